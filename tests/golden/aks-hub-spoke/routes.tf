resource "azurerm_route_table" "aks-nodes" {
  name                          = "aks-nodes"
  resource_group_name           = var.routes_resource_group_name
  location                      = "westeurope"
  bgp_route_propagation_enabled = false

  route {
    name                   = "default-via-hub-weu"
    address_prefix         = "0.0.0.0/0"
    next_hop_type          = "VirtualAppliance"
    next_hop_in_ip_address = "10.0.1.4"
  }

  route {
    name           = "return-partner-api"
    address_prefix = "203.0.113.11/32"
    next_hop_type  = "Internet"
  }
}

resource "azurerm_route_table" "aks-agents" {
  name                          = "aks-agents"
  resource_group_name           = var.routes_resource_group_name
  location                      = "westeurope"
  bgp_route_propagation_enabled = false

  route {
    name                   = "default-via-hub-weu"
    address_prefix         = "0.0.0.0/0"
    next_hop_type          = "VirtualAppliance"
    next_hop_in_ip_address = "10.0.1.4"
  }
}

resource "azurerm_route_table" "aks-jumpbox" {
  name                          = "aks-jumpbox"
  resource_group_name           = var.routes_resource_group_name
  location                      = "westeurope"
  bgp_route_propagation_enabled = false

  route {
    name                   = "default-via-hub-weu"
    address_prefix         = "0.0.0.0/0"
    next_hop_type          = "VirtualAppliance"
    next_hop_in_ip_address = "10.0.1.4"
  }
}
