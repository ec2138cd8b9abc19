terraform {
  required_providers {
    azurerm = { source = "hashicorp/azurerm" }
  }
}

variable "rules" {
  type = map(object({
    to    = set(string)
    ports = optional(list(string), ["443"])
  }))
  default = {
    web = { to = ["192.0.2.1", "192.0.2.2"] }
    dns = { to = [cidrhost("192.0.2.0/24", 53)], ports = [53, "5353"] }
  }
}

variable "prefix" {
  default = "edge"
}

locals {
  names = [for i, key in keys(var.rules) : "${i}-${upper(key)}" if length(key) > 2]
  by_port = { for key, rule in var.rules : rule.ports[0] => key... }
  text = <<-EOT
    %{ for name in local.names ~}
    ${name}
    %{ endfor ~}
  EOT
  choice = length(local.names) > 1 ? try(local.names[5], "none") : null
  sum    = 1 + 2 * -3 % 2
}

resource "azurerm_ip_group" "spokes" {
  for_each = toset(["a", "b"])
  name     = "ipg-${each.key}"
  location = "westeurope"
  cidrs    = [cidrsubnet("10.0.0.0/8", 8, index(["a", "b"], each.value))]
}

resource "azurerm_firewall_policy" "edge" {
  name     = "${var.prefix}-policy"
  location = "westeurope"
  dns {
    proxy_enabled = true
  }
}

resource "azurerm_firewall_policy_rule_collection_group" "web" {
  count              = 2
  name               = "web-${count.index}"
  firewall_policy_id = azurerm_firewall_policy.edge.id
  priority           = 300 + count.index
  network_rule_collection {
    name     = "out"
    priority = 200
    action   = "Allow"
    dynamic "rule" {
      for_each = var.rules
      iterator = each_rule
      content {
        name                  = each_rule.key
        protocols             = ["TCP", "UDP"]
        source_ip_groups      = values(azurerm_ip_group.spokes)[*].id
        destination_addresses = each_rule.value.to
        destination_ports     = each_rule.value.ports
      }
    }
  }
}

module "more" {
  source = "./more"
  rules  = merge(var.rules, { last = { to = ["198.51.100.1"] } })
}

data "azurerm_firewall_policy" "base" {
  name = "base"
}

output "text" {
  value = coalesce(local.choice, local.text)
}
