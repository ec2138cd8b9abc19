resource "azurerm_firewall_policy" "corp-base" {
  name                     = "corp-base"
  resource_group_name      = var.resource_group_name
  location                 = "westeurope"
  sku                      = "Premium"
  threat_intelligence_mode = "Deny"

  dns {
    proxy_enabled = true
    servers       = ["10.0.0.10"]
  }

  intrusion_detection {
    mode = "Alert"
  }
}

resource "azurerm_firewall_policy_rule_collection_group" "corp-base__guardrails" {
  name               = "guardrails"
  firewall_policy_id = azurerm_firewall_policy.corp-base.id
  priority           = 200

  network_rule_collection {
    name     = "guardrails-deny-network"
    priority = 200
    action   = "Deny"

    rule {
      name                  = "imds"
      description           = "The instance metadata service. Link-local traffic seldom gets as far as a firewall: a network policy in the cluster has to deny it too."
      protocols             = ["Any"]
      source_addresses      = ["10.0.0.0/8"]
      destination_addresses = ["169.254.169.254"]
      destination_ports     = ["*"]
    }

    rule {
      name             = "shells"
      description      = "No remote shell to the internet."
      protocols        = ["TCP"]
      source_addresses = ["10.0.0.0/8"]
      destination_addresses = [
        "1.0.0.0-9.255.255.255",
        "11.0.0.0-100.63.255.255",
        "100.128.0.0-126.255.255.255",
        "128.0.0.0-169.253.255.255",
        "169.255.0.0-172.15.255.255",
        "172.32.0.0-192.167.255.255",
        "192.169.0.0-223.255.255.255",
      ]
      destination_ports = [
        "22",
        "3389",
      ]
    }
  }

  application_rule_collection {
    name     = "guardrails-deny-application"
    priority = 400
    action   = "Deny"

    rule {
      name             = "betting"
      description      = "Acceptable use."
      source_addresses = ["10.0.0.0/8"]
      web_categories   = ["Gambling"]

      protocols {
        type = "Http"
        port = 80
      }

      protocols {
        type = "Https"
        port = 443
      }
    }
  }
}
