resource fw 'Microsoft.Network/azureFirewalls@2024-05-01' = {
  name: 'fw'
  properties: {
    networkRuleCollections: [for n in range(0, 3): {
      name: 'net-${n}'
      properties: {
        priority: 200 + n
        action: { type: n == 0 ? 'Deny' : 'Allow' }
        rules: [
          {
            name: 'dns'
            protocols: ['UDP']
            sourceAddresses: ['10.${n}.0.0/16']
            destinationAddresses: ['192.0.2.${n}', reference(fw.id).x]
            destinationPorts: ['53']
          }
        ]
      }
    }]
  }
}
