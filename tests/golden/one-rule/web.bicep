resource policy_web 'Microsoft.Network/firewallPolicies@2025-07-01' = {
  name: 'web'
  location: 'westeurope'
  properties: {
    sku: {
      tier: 'Premium'
    }
  }
}

resource group_web__out 'Microsoft.Network/firewallPolicies/ruleCollectionGroups@2025-07-01' = {
  parent: policy_web
  name: 'out'
  properties: {
    priority: 1000
    ruleCollections: [
      {
        ruleCollectionType: 'FirewallPolicyFilterRuleCollection'
        name: 'out-allow-application'
        priority: 500
        action: {
          type: 'Allow'
        }
        rules: [
          {
            ruleType: 'ApplicationRule'
            name: 'mcr'
            sourceAddresses: [
              '10.240.0.0/16'
            ]
            protocols: [
              {
                protocolType: 'Https'
                port: 443
              }
            ]
            targetFqdns: [
              'mcr.microsoft.com'
            ]
          }
        ]
      }
    ]
  }
}
