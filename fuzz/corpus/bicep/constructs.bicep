targetScope = 'resourceGroup'
metadata owner = { team: 'net' }
@description('where')
param location string = resourceGroup().location
@allowed(['dev', 'prod'])
param env string = 'dev'
param hosts array = ['a.example.com', 'b.example.com']
param extra { name: string, ports: int[]? }? = null
type address = string | null
import { shared as common } from 'br:example.azurecr.io/values:v1'
var ports = [443, 8443]
var names = {
  'a-b': ['x', 'y']
  '${env}-c': '''
several
lines'''
}
func label(name string, n int) string => '${name}-${n}'
var rules = [for (h, i) in hosts: {
  ruleType: 'ApplicationRule'
  name: label('app', i)
  protocols: [{ protocolType: 'Https', port: ports[0] }]
  sourceAddresses: env == 'dev' && length(hosts) > 1 ? ['10.0.0.0/8'] : ['10.1.0.0/16']
  targetFqdns: [h, ...hosts]
}]
resource base 'Microsoft.Network/firewallPolicies@2024-05-01' existing = {
  name: 'base'
  scope: resourceGroup('rg-hub')
}
resource policy 'Microsoft.Network/firewallPolicies@2024-05-01' = if (env != 'none') {
  name: 'fw-${env}'
  location: location
  properties: {
    sku: { tier: 'Premium' }
    basePolicy: { id: base.id }
    threatIntelMode: extra.?name ?? 'Alert'
  }
  resource apps 'ruleCollectionGroups' = {
    name: 'apps'
    properties: {
      priority: 300
      ruleCollections: [
        {
          ruleCollectionType: 'FirewallPolicyFilterRuleCollection'
          name: 'c'
          priority: 100
          action: { type: 'Allow' }
          rules: concat(rules, filter(rules, r => contains(r.name, '1')), map(range(0, 1), n => union(rules[n], { name: '${n}!' })))
        }
      ]
    }
  }
}
resource more 'Microsoft.Network/firewallPolicies/ruleCollectionGroups@2024-05-01' = [for (n, i) in ['a', 'b']: if (i != 1) {
  parent: policy
  name: 'more-${n}'
  dependsOn: [policy::apps]
  properties: {
    priority: 400 + i
    ruleCollections: []
  }
}]
module hub 'br/public:avm/res/network/azure-firewall:0.1.0' = {
  name: 'hub'
  params: { name: more[0].name, ...names }
}
output id string = policy.id
output last string = rules[^1].name
