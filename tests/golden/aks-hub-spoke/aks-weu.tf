resource "azurerm_firewall_policy" "aks-weu" {
  name                     = "aks-weu"
  resource_group_name      = var.resource_group_name
  location                 = "westeurope"
  base_policy_id           = azurerm_firewall_policy.corp-base.id
  sku                      = "Premium"
  threat_intelligence_mode = "Deny"

  dns {
    proxy_enabled = true
    servers       = ["10.0.0.10"]
  }

  depends_on = [azurerm_firewall_policy_rule_collection_group.corp-base__guardrails]
}

resource "azurerm_firewall_policy_rule_collection_group" "aks-weu__platform" {
  name               = "platform"
  firewall_policy_id = azurerm_firewall_policy.aks-weu.id
  priority           = 1000

  network_rule_collection {
    name     = "platform-allow-network"
    priority = 300
    action   = "Allow"

    rule {
      name              = "node-clock"
      description       = "Clock of the nodes."
      protocols         = ["UDP"]
      source_addresses  = ["10.240.0.0/20"]
      destination_fqdns = ["ntp.ubuntu.com"]
      destination_ports = ["123"]
    }
  }

  application_rule_collection {
    name     = "platform-allow-application"
    priority = 500
    action   = "Allow"

    rule {
      name              = "aks-images"
      description       = "Images of the system pods and add-ons."
      source_addresses  = ["10.240.0.0/20"]
      destination_fqdns = ["mcr.microsoft.com"]

      protocols {
        type = "Https"
        port = 443
      }
    }

    rule {
      name             = "aks-image-layers"
      description      = "Layers of those images."
      source_addresses = ["10.240.0.0/20"]
      destination_fqdns = [
        "*.data.mcr.microsoft.com",
        "mcr-0001.mcr-msedge.net",
      ]

      protocols {
        type = "Https"
        port = 443
      }
    }

    rule {
      name              = "aks-resource-manager"
      description       = "Azure Resource Manager, which the cloud provider calls."
      source_addresses  = ["10.240.0.0/20"]
      destination_fqdns = ["management.azure.com"]

      protocols {
        type = "Https"
        port = 443
      }
    }

    rule {
      name              = "aks-entra"
      description       = "Tokens from Microsoft Entra ID."
      source_addresses  = ["10.240.0.0/20"]
      destination_fqdns = ["login.microsoftonline.com"]

      protocols {
        type = "Https"
        port = 443
      }
    }

    rule {
      name              = "aks-packages"
      description       = "Packages read while a node is provisioned."
      source_addresses  = ["10.240.0.0/20"]
      destination_fqdns = ["packages.microsoft.com"]

      protocols {
        type = "Https"
        port = 443
      }
    }

    rule {
      name              = "aks-binaries"
      description       = "Kubernetes and CNI binaries."
      source_addresses  = ["10.240.0.0/20"]
      destination_fqdns = ["packages.aks.azure.com"]

      protocols {
        type = "Https"
        port = 443
      }
    }

    rule {
      name              = "aks-binaries-old"
      description       = "Kubernetes and CNI binaries, the host being replaced."
      source_addresses  = ["10.240.0.0/20"]
      destination_fqdns = ["acs-mirror.azureedge.net"]

      protocols {
        type = "Https"
        port = 443
      }
    }

    rule {
      name             = "aks-ubuntu-archives"
      description      = "Security updates."
      source_addresses = ["10.240.0.0/20"]
      destination_fqdns = [
        "security.ubuntu.com",
        "azure.archive.ubuntu.com",
        "changelogs.ubuntu.com",
      ]

      protocols {
        type = "Http"
        port = 80
      }
    }

    rule {
      name              = "aks-ubuntu-snapshots"
      description       = "Snapshots of the archive, for the security patch channel."
      source_addresses  = ["10.240.0.0/20"]
      destination_fqdns = ["snapshot.ubuntu.com"]

      protocols {
        type = "Https"
        port = 443
      }
    }
  }
}

resource "azurerm_firewall_policy_rule_collection_group" "aks-weu__build" {
  name               = "build"
  firewall_policy_id = azurerm_firewall_policy.aks-weu.id
  priority           = 1100

  network_rule_collection {
    name     = "build-allow-network"
    priority = 300
    action   = "Allow"

    rule {
      name              = "ubuntu-clock"
      description       = "Clock."
      protocols         = ["UDP"]
      source_addresses  = ["10.240.16.0/24"]
      destination_fqdns = ["ntp.ubuntu.com"]
      destination_ports = ["123"]
    }
  }

  application_rule_collection {
    name     = "build-allow-application"
    priority = 500
    action   = "Allow"

    rule {
      name             = "azure-devops"
      description      = "Jobs, sign-in and artifacts of Azure DevOps."
      source_addresses = ["10.240.16.0/24"]
      destination_fqdns = [
        "dev.azure.com",
        "*.dev.azure.com",
        "*.vssps.visualstudio.com",
        "*.vsassets.io",
      ]

      protocols {
        type = "Https"
        port = 443
      }
    }

    rule {
      name              = "docker-engine-packages"
      description       = "Docker Engine packages."
      source_addresses  = ["10.240.16.0/24"]
      destination_fqdns = ["download.docker.com"]

      protocols {
        type = "Https"
        port = 443
      }
    }

    rule {
      name             = "docker-registry"
      description      = "Registry and tokens of Docker Hub."
      source_addresses = ["10.240.16.0/24"]
      destination_fqdns = [
        "registry-1.docker.io",
        "auth.docker.io",
      ]

      protocols {
        type = "Https"
        port = 443
      }
    }

    rule {
      name              = "docker-layers"
      description       = "Image layers of Docker Hub."
      source_addresses  = ["10.240.16.0/24"]
      destination_fqdns = ["production.cloudfront.docker.com"]

      protocols {
        type = "Https"
        port = 443
      }
    }

    rule {
      name              = "kubectl-binaries"
      description       = "kubectl."
      source_addresses  = ["10.240.16.0/24"]
      destination_fqdns = ["dl.k8s.io"]

      protocols {
        type = "Https"
        port = 443
      }
    }

    rule {
      name              = "helm-binaries"
      description       = "Helm."
      source_addresses  = ["10.240.16.0/24"]
      destination_fqdns = ["get.helm.sh"]

      protocols {
        type = "Https"
        port = 443
      }
    }

    rule {
      name              = "azure-cli-packages"
      description       = "The Azure CLI as a package."
      source_addresses  = ["10.240.16.0/24"]
      destination_fqdns = ["packages.microsoft.com"]

      protocols {
        type = "Https"
        port = 443
      }
    }

    rule {
      name             = "azure-cli-management"
      description      = "Sign-in and Azure Resource Manager."
      source_addresses = ["10.240.16.0/24"]
      destination_fqdns = [
        "login.microsoftonline.com",
        "management.azure.com",
      ]

      protocols {
        type = "Https"
        port = 443
      }
    }

    rule {
      name              = "azure-cli-extension-link"
      description       = "Short link to the extension index."
      source_addresses  = ["10.240.16.0/24"]
      destination_fqdns = ["aka.ms"]

      protocols {
        type = "Https"
        port = 443
      }
    }

    rule {
      name             = "azure-cli-extensions"
      description      = "Extensions and their index."
      source_addresses = ["10.240.16.0/24"]
      destination_fqdns = [
        "azcliextensionsync.blob.core.windows.net",
        "azcliprod.blob.core.windows.net",
      ]

      protocols {
        type = "Https"
        port = 443
      }
    }

    rule {
      name             = "ubuntu-archives"
      description      = "Packages, security updates and change logs."
      source_addresses = ["10.240.16.0/24"]
      destination_fqdns = [
        "azure.archive.ubuntu.com",
        "security.ubuntu.com",
        "changelogs.ubuntu.com",
      ]

      protocols {
        type = "Http"
        port = 80
      }
    }

    rule {
      name              = "ubuntu-snapshots"
      description       = "Snapshots of the archive."
      source_addresses  = ["10.240.16.0/24"]
      destination_fqdns = ["snapshot.ubuntu.com"]

      protocols {
        type = "Https"
        port = 443
      }
    }
  }

  depends_on = [azurerm_firewall_policy_rule_collection_group.aks-weu__platform]
}

resource "azurerm_firewall_policy_rule_collection_group" "aks-weu__workloads" {
  name               = "workloads"
  firewall_policy_id = azurerm_firewall_policy.aks-weu.id
  priority           = 1200

  application_rule_collection {
    name     = "workloads-allow-application"
    priority = 500
    action   = "Allow"

    rule {
      name             = "stripe"
      description      = "Card settlement."
      source_addresses = ["10.240.0.0/20"]
      destination_fqdns = [
        "api.stripe.com",
        "*.stripe.network",
      ]

      protocols {
        type = "Https"
        port = 443
      }
    }
  }

  depends_on = [azurerm_firewall_policy_rule_collection_group.aks-weu__build]
}

resource "azurerm_firewall_policy_rule_collection_group" "aks-weu__ingress" {
  name               = "ingress"
  firewall_policy_id = azurerm_firewall_policy.aks-weu.id
  priority           = 1300

  nat_rule_collection {
    name     = "ingress-dnat"
    priority = 100
    action   = "Dnat"

    rule {
      name                = "shop"
      description         = "The shop, behind an internal load balancer. Replies go back to the firewall by the default route."
      protocols           = ["TCP"]
      source_addresses    = ["198.51.100.0/24"]
      destination_address = "203.0.113.10"
      destination_ports   = ["443"]
      translated_address  = "10.240.4.10"
      translated_port     = 443
    }

    rule {
      name                = "partner-api"
      description         = "The partner API, behind a public load balancer. Replies go to the firewall's public address, which the nodes' route table sends straight to the internet."
      protocols           = ["TCP"]
      source_addresses    = ["192.0.2.0/24"]
      destination_address = "203.0.113.11"
      destination_ports   = ["443"]
      translated_address  = "203.0.113.80"
      translated_port     = 443
    }
  }

  depends_on = [azurerm_firewall_policy_rule_collection_group.aks-weu__workloads]
}
