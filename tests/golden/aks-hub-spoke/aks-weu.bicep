resource policy_aks_weu 'Microsoft.Network/firewallPolicies@2025-07-01' = {
  name: 'aks-weu'
  location: 'westeurope'
  properties: {
    basePolicy: {
      id: resourceId('Microsoft.Network/firewallPolicies', 'corp-base')
    }
    sku: {
      tier: 'Premium'
    }
    dnsSettings: {
      servers: [
        '10.0.0.10'
      ]
      enableProxy: true
    }
  }
}

resource group_aks_weu__platform 'Microsoft.Network/firewallPolicies/ruleCollectionGroups@2025-07-01' = {
  parent: policy_aks_weu
  name: 'platform'
  properties: {
    priority: 1000
    ruleCollections: [
      {
        ruleCollectionType: 'FirewallPolicyFilterRuleCollection'
        name: 'platform-allow-network'
        priority: 300
        action: {
          type: 'Allow'
        }
        rules: [
          {
            ruleType: 'NetworkRule'
            name: 'node-clock'
            description: 'Clock of the nodes.'
            ipProtocols: [
              'UDP'
            ]
            sourceAddresses: [
              '10.240.0.0/20'
            ]
            destinationFqdns: [
              'ntp.ubuntu.com'
            ]
            destinationPorts: [
              '123'
            ]
          }
        ]
      }
      {
        ruleCollectionType: 'FirewallPolicyFilterRuleCollection'
        name: 'platform-allow-application'
        priority: 500
        action: {
          type: 'Allow'
        }
        rules: [
          {
            ruleType: 'ApplicationRule'
            name: 'aks-images'
            description: 'Images of the system pods and add-ons.'
            sourceAddresses: [
              '10.240.0.0/20'
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
          {
            ruleType: 'ApplicationRule'
            name: 'aks-image-layers'
            description: 'Layers of those images.'
            sourceAddresses: [
              '10.240.0.0/20'
            ]
            protocols: [
              {
                protocolType: 'Https'
                port: 443
              }
            ]
            targetFqdns: [
              '*.data.mcr.microsoft.com'
              'mcr-0001.mcr-msedge.net'
            ]
          }
          {
            ruleType: 'ApplicationRule'
            name: 'aks-resource-manager'
            description: 'Azure Resource Manager, which the cloud provider calls.'
            sourceAddresses: [
              '10.240.0.0/20'
            ]
            protocols: [
              {
                protocolType: 'Https'
                port: 443
              }
            ]
            targetFqdns: [
              'management.azure.com'
            ]
          }
          {
            ruleType: 'ApplicationRule'
            name: 'aks-entra'
            description: 'Tokens from Microsoft Entra ID.'
            sourceAddresses: [
              '10.240.0.0/20'
            ]
            protocols: [
              {
                protocolType: 'Https'
                port: 443
              }
            ]
            targetFqdns: [
              'login.microsoftonline.com'
            ]
          }
          {
            ruleType: 'ApplicationRule'
            name: 'aks-packages'
            description: 'Packages read while a node is provisioned.'
            sourceAddresses: [
              '10.240.0.0/20'
            ]
            protocols: [
              {
                protocolType: 'Https'
                port: 443
              }
            ]
            targetFqdns: [
              'packages.microsoft.com'
            ]
          }
          {
            ruleType: 'ApplicationRule'
            name: 'aks-binaries'
            description: 'Kubernetes and CNI binaries.'
            sourceAddresses: [
              '10.240.0.0/20'
            ]
            protocols: [
              {
                protocolType: 'Https'
                port: 443
              }
            ]
            targetFqdns: [
              'packages.aks.azure.com'
            ]
          }
          {
            ruleType: 'ApplicationRule'
            name: 'aks-binaries-old'
            description: 'Kubernetes and CNI binaries, the host being replaced.'
            sourceAddresses: [
              '10.240.0.0/20'
            ]
            protocols: [
              {
                protocolType: 'Https'
                port: 443
              }
            ]
            targetFqdns: [
              'acs-mirror.azureedge.net'
            ]
          }
          {
            ruleType: 'ApplicationRule'
            name: 'aks-ubuntu-archives'
            description: 'Security updates.'
            sourceAddresses: [
              '10.240.0.0/20'
            ]
            protocols: [
              {
                protocolType: 'Http'
                port: 80
              }
            ]
            targetFqdns: [
              'security.ubuntu.com'
              'azure.archive.ubuntu.com'
              'changelogs.ubuntu.com'
            ]
          }
          {
            ruleType: 'ApplicationRule'
            name: 'aks-ubuntu-snapshots'
            description: 'Snapshots of the archive, for the security patch channel.'
            sourceAddresses: [
              '10.240.0.0/20'
            ]
            protocols: [
              {
                protocolType: 'Https'
                port: 443
              }
            ]
            targetFqdns: [
              'snapshot.ubuntu.com'
            ]
          }
        ]
      }
    ]
  }
}

resource group_aks_weu__build 'Microsoft.Network/firewallPolicies/ruleCollectionGroups@2025-07-01' = {
  parent: policy_aks_weu
  name: 'build'
  dependsOn: [
    group_aks_weu__platform
  ]
  properties: {
    priority: 1100
    ruleCollections: [
      {
        ruleCollectionType: 'FirewallPolicyFilterRuleCollection'
        name: 'build-allow-network'
        priority: 300
        action: {
          type: 'Allow'
        }
        rules: [
          {
            ruleType: 'NetworkRule'
            name: 'ubuntu-clock'
            description: 'Clock.'
            ipProtocols: [
              'UDP'
            ]
            sourceAddresses: [
              '10.240.16.0/24'
            ]
            destinationFqdns: [
              'ntp.ubuntu.com'
            ]
            destinationPorts: [
              '123'
            ]
          }
        ]
      }
      {
        ruleCollectionType: 'FirewallPolicyFilterRuleCollection'
        name: 'build-allow-application'
        priority: 500
        action: {
          type: 'Allow'
        }
        rules: [
          {
            ruleType: 'ApplicationRule'
            name: 'azure-devops'
            description: 'Jobs, sign-in and artifacts of Azure DevOps.'
            sourceAddresses: [
              '10.240.16.0/24'
            ]
            protocols: [
              {
                protocolType: 'Https'
                port: 443
              }
            ]
            targetFqdns: [
              'dev.azure.com'
              '*.dev.azure.com'
              '*.vssps.visualstudio.com'
              '*.vsassets.io'
            ]
          }
          {
            ruleType: 'ApplicationRule'
            name: 'docker-engine-packages'
            description: 'Docker Engine packages.'
            sourceAddresses: [
              '10.240.16.0/24'
            ]
            protocols: [
              {
                protocolType: 'Https'
                port: 443
              }
            ]
            targetFqdns: [
              'download.docker.com'
            ]
          }
          {
            ruleType: 'ApplicationRule'
            name: 'docker-registry'
            description: 'Registry and tokens of Docker Hub.'
            sourceAddresses: [
              '10.240.16.0/24'
            ]
            protocols: [
              {
                protocolType: 'Https'
                port: 443
              }
            ]
            targetFqdns: [
              'registry-1.docker.io'
              'auth.docker.io'
            ]
          }
          {
            ruleType: 'ApplicationRule'
            name: 'docker-layers'
            description: 'Image layers of Docker Hub.'
            sourceAddresses: [
              '10.240.16.0/24'
            ]
            protocols: [
              {
                protocolType: 'Https'
                port: 443
              }
            ]
            targetFqdns: [
              'production.cloudfront.docker.com'
            ]
          }
          {
            ruleType: 'ApplicationRule'
            name: 'kubectl-binaries'
            description: 'kubectl.'
            sourceAddresses: [
              '10.240.16.0/24'
            ]
            protocols: [
              {
                protocolType: 'Https'
                port: 443
              }
            ]
            targetFqdns: [
              'dl.k8s.io'
            ]
          }
          {
            ruleType: 'ApplicationRule'
            name: 'helm-binaries'
            description: 'Helm.'
            sourceAddresses: [
              '10.240.16.0/24'
            ]
            protocols: [
              {
                protocolType: 'Https'
                port: 443
              }
            ]
            targetFqdns: [
              'get.helm.sh'
            ]
          }
          {
            ruleType: 'ApplicationRule'
            name: 'azure-cli-packages'
            description: 'The Azure CLI as a package.'
            sourceAddresses: [
              '10.240.16.0/24'
            ]
            protocols: [
              {
                protocolType: 'Https'
                port: 443
              }
            ]
            targetFqdns: [
              'packages.microsoft.com'
            ]
          }
          {
            ruleType: 'ApplicationRule'
            name: 'azure-cli-management'
            description: 'Sign-in and Azure Resource Manager.'
            sourceAddresses: [
              '10.240.16.0/24'
            ]
            protocols: [
              {
                protocolType: 'Https'
                port: 443
              }
            ]
            targetFqdns: [
              'login.microsoftonline.com'
              'management.azure.com'
            ]
          }
          {
            ruleType: 'ApplicationRule'
            name: 'azure-cli-extension-link'
            description: 'Short link to the extension index.'
            sourceAddresses: [
              '10.240.16.0/24'
            ]
            protocols: [
              {
                protocolType: 'Https'
                port: 443
              }
            ]
            targetFqdns: [
              'aka.ms'
            ]
          }
          {
            ruleType: 'ApplicationRule'
            name: 'azure-cli-extensions'
            description: 'Extensions and their index.'
            sourceAddresses: [
              '10.240.16.0/24'
            ]
            protocols: [
              {
                protocolType: 'Https'
                port: 443
              }
            ]
            targetFqdns: [
              'azcliextensionsync.blob.core.windows.net'
              'azcliprod.blob.core.windows.net'
            ]
          }
          {
            ruleType: 'ApplicationRule'
            name: 'ubuntu-archives'
            description: 'Packages, security updates and change logs.'
            sourceAddresses: [
              '10.240.16.0/24'
            ]
            protocols: [
              {
                protocolType: 'Http'
                port: 80
              }
            ]
            targetFqdns: [
              'azure.archive.ubuntu.com'
              'security.ubuntu.com'
              'changelogs.ubuntu.com'
            ]
          }
          {
            ruleType: 'ApplicationRule'
            name: 'ubuntu-snapshots'
            description: 'Snapshots of the archive.'
            sourceAddresses: [
              '10.240.16.0/24'
            ]
            protocols: [
              {
                protocolType: 'Https'
                port: 443
              }
            ]
            targetFqdns: [
              'snapshot.ubuntu.com'
            ]
          }
        ]
      }
    ]
  }
}

resource group_aks_weu__workloads 'Microsoft.Network/firewallPolicies/ruleCollectionGroups@2025-07-01' = {
  parent: policy_aks_weu
  name: 'workloads'
  dependsOn: [
    group_aks_weu__build
  ]
  properties: {
    priority: 1200
    ruleCollections: [
      {
        ruleCollectionType: 'FirewallPolicyFilterRuleCollection'
        name: 'workloads-allow-application'
        priority: 500
        action: {
          type: 'Allow'
        }
        rules: [
          {
            ruleType: 'ApplicationRule'
            name: 'stripe'
            description: 'Card settlement.'
            sourceAddresses: [
              '10.240.0.0/20'
            ]
            protocols: [
              {
                protocolType: 'Https'
                port: 443
              }
            ]
            targetFqdns: [
              'api.stripe.com'
              '*.stripe.network'
            ]
          }
        ]
      }
    ]
  }
}

resource group_aks_weu__ingress 'Microsoft.Network/firewallPolicies/ruleCollectionGroups@2025-07-01' = {
  parent: policy_aks_weu
  name: 'ingress'
  dependsOn: [
    group_aks_weu__workloads
  ]
  properties: {
    priority: 1300
    ruleCollections: [
      {
        ruleCollectionType: 'FirewallPolicyNatRuleCollection'
        name: 'ingress-dnat'
        priority: 100
        action: {
          type: 'DNAT'
        }
        rules: [
          {
            ruleType: 'NatRule'
            name: 'shop'
            description: 'The shop, behind an internal load balancer. Replies go back to the firewall by the default route.'
            ipProtocols: [
              'TCP'
            ]
            sourceAddresses: [
              '198.51.100.0/24'
            ]
            destinationAddresses: [
              '203.0.113.10'
            ]
            destinationPorts: [
              '443'
            ]
            translatedAddress: '10.240.4.10'
            translatedPort: '443'
          }
          {
            ruleType: 'NatRule'
            name: 'partner-api'
            description: 'The partner API, behind a public load balancer. Replies go to the firewall\'s public address, which the nodes\' route table sends straight to the internet.'
            ipProtocols: [
              'TCP'
            ]
            sourceAddresses: [
              '192.0.2.0/24'
            ]
            destinationAddresses: [
              '203.0.113.11'
            ]
            destinationPorts: [
              '443'
            ]
            translatedAddress: '203.0.113.80'
            translatedPort: '443'
          }
        ]
      }
    ]
  }
}
