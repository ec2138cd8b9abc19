resource "azurerm_firewall_policy" "web" {
  name                = "web"
  resource_group_name = var.resource_group_name
  location            = "westeurope"
  sku                 = "Premium"
}
