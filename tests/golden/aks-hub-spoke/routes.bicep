resource routes_aks_nodes 'Microsoft.Network/routeTables@2025-07-01' = {
  name: 'aks-nodes'
  location: 'westeurope'
  properties: {
    disableBgpRoutePropagation: true
    routes: [
      {
        name: 'default-via-hub-weu'
        properties: {
          addressPrefix: '0.0.0.0/0'
          nextHopType: 'VirtualAppliance'
          nextHopIpAddress: '10.0.1.4'
        }
      }
      {
        name: 'return-partner-api'
        properties: {
          addressPrefix: '203.0.113.11/32'
          nextHopType: 'Internet'
        }
      }
    ]
  }
}

resource routes_aks_agents 'Microsoft.Network/routeTables@2025-07-01' = {
  name: 'aks-agents'
  location: 'westeurope'
  properties: {
    disableBgpRoutePropagation: true
    routes: [
      {
        name: 'default-via-hub-weu'
        properties: {
          addressPrefix: '0.0.0.0/0'
          nextHopType: 'VirtualAppliance'
          nextHopIpAddress: '10.0.1.4'
        }
      }
    ]
  }
}

resource routes_aks_jumpbox 'Microsoft.Network/routeTables@2025-07-01' = {
  name: 'aks-jumpbox'
  location: 'westeurope'
  properties: {
    disableBgpRoutePropagation: true
    routes: [
      {
        name: 'default-via-hub-weu'
        properties: {
          addressPrefix: '0.0.0.0/0'
          nextHopType: 'VirtualAppliance'
          nextHopIpAddress: '10.0.1.4'
        }
      }
    ]
  }
}
