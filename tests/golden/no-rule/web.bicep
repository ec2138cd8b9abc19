resource policy_web 'Microsoft.Network/firewallPolicies@2025-07-01' = {
  name: 'web'
  location: 'westeurope'
  properties: {
    sku: {
      tier: 'Premium'
    }
  }
}
