resource policy_corp_base 'Microsoft.Network/firewallPolicies@2025-07-01' = {
  name: 'corp-base'
  location: 'westeurope'
  properties: {
    sku: {
      tier: 'Premium'
    }
    threatIntelMode: 'Deny'
    dnsSettings: {
      servers: [
        '10.0.0.10'
      ]
      enableProxy: true
    }
    intrusionDetection: {
      mode: 'Alert'
    }
  }
}

resource group_corp_base__guardrails 'Microsoft.Network/firewallPolicies/ruleCollectionGroups@2025-07-01' = {
  parent: policy_corp_base
  name: 'guardrails'
  properties: {
    priority: 200
    ruleCollections: [
      {
        ruleCollectionType: 'FirewallPolicyFilterRuleCollection'
        name: 'guardrails-deny-network'
        priority: 200
        action: {
          type: 'Deny'
        }
        rules: [
          {
            ruleType: 'NetworkRule'
            name: 'imds'
            description: 'The instance metadata service. Link-local traffic seldom gets as far as a firewall: a network policy in the cluster has to deny it too.'
            ipProtocols: [
              'Any'
            ]
            sourceAddresses: [
              '10.0.0.0/8'
            ]
            destinationAddresses: [
              '169.254.169.254'
            ]
            destinationPorts: [
              '*'
            ]
          }
          {
            ruleType: 'NetworkRule'
            name: 'shells'
            description: 'No remote shell to the internet.'
            ipProtocols: [
              'TCP'
            ]
            sourceAddresses: [
              '10.0.0.0/8'
            ]
            destinationAddresses: [
              '1.0.0.0-9.255.255.255'
              '11.0.0.0-100.63.255.255'
              '100.128.0.0-126.255.255.255'
              '128.0.0.0-169.253.255.255'
              '169.255.0.0-172.15.255.255'
              '172.32.0.0-192.167.255.255'
              '192.169.0.0-223.255.255.255'
            ]
            destinationPorts: [
              '22'
              '3389'
            ]
          }
        ]
      }
      {
        ruleCollectionType: 'FirewallPolicyFilterRuleCollection'
        name: 'guardrails-deny-application'
        priority: 400
        action: {
          type: 'Deny'
        }
        rules: [
          {
            ruleType: 'ApplicationRule'
            name: 'betting'
            description: 'Acceptable use.'
            sourceAddresses: [
              '10.0.0.0/8'
            ]
            protocols: [
              {
                protocolType: 'Http'
                port: 80
              }
              {
                protocolType: 'Https'
                port: 443
              }
            ]
            webCategories: [
              'Gambling'
            ]
          }
        ]
      }
    ]
  }
}
