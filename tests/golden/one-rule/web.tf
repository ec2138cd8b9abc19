resource "azurerm_firewall_policy" "web" {
  name                = "web"
  resource_group_name = var.resource_group_name
  location            = "westeurope"
  sku                 = "Premium"
}

resource "azurerm_firewall_policy_rule_collection_group" "web__out" {
  name               = "out"
  firewall_policy_id = azurerm_firewall_policy.web.id
  priority           = 1000

  application_rule_collection {
    name     = "out-allow-application"
    priority = 500
    action   = "Allow"

    rule {
      name              = "mcr"
      source_addresses  = ["10.240.0.0/16"]
      destination_fqdns = ["mcr.microsoft.com"]

      protocols {
        type = "Https"
        port = 443
      }
    }
  }
}
