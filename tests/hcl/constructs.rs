//! What each construct of a module means for the rules.

use fwc::driver::ImportRequest;

use super::{fault, files, group, imported, lines, requested, rule, rules};

#[test]
fn variables_have_defaults_values_of_files_and_settings() {
    let text = format!(
        "variable \"to\" {{\n  type    = list(string)\n  default = [\"192.0.2.1\"]\n}}\n{}",
        group(&rule("\"r\"", "var.to"))
    );
    let all = [
        ("main.tf", text.as_str()),
        ("last.tfvars", "to = [\"192.0.2.4\"]\n"),
        ("last.tfvars.json", "{\"to\": [\"192.0.2.5\"]}"),
    ];
    let own = |more: &[(&str, &str)], parameters: &[&str]| {
        let all: Vec<(&str, &str)> = all.iter().chain(more).copied().collect();
        lines(&imported(&files(&all), "main.tf", parameters).unwrap()).join("\n")
    };
    assert!(own(&[], &[]).contains("192.0.2.1"));
    let automatic = [("terraform.tfvars", "to = [\"192.0.2.2\"]\n")];
    assert!(own(&automatic, &[]).contains("192.0.2.2"));
    let later = [automatic[0], ("z.auto.tfvars", "to = [\"192.0.2.3\"]\n")];
    assert!(own(&later, &[]).contains("192.0.2.3"));
    assert!(own(&later, &["last.tfvars"]).contains("192.0.2.4"));
    assert!(own(&later, &["last.tfvars", "last.tfvars.json"]).contains("192.0.2.5"));
    let request = ImportRequest {
        inputs: vec!["main.tf".into()],
        settings: vec![("to".to_owned(), "[\"192.0.2.6\"]".to_owned())],
        ..ImportRequest::default()
    };
    let read = requested(&files(&all), &request).unwrap();
    assert!(read.source.text.contains("192.0.2.6"), "{}", read.source.text);
}

#[test]
fn types_convert_and_give_defaults() {
    let text = format!(
        "variable \"rules\" {{
  type = map(object({{
    to    = set(string)
    ports = optional(list(string), [\"8080\"])
    note  = optional(string)
  }}))
  default = {{
    b = {{ to = [\"192.0.2.2\", \"192.0.2.1\", \"192.0.2.1\"], ports = [443] }}
    a = {{ to = [\"192.0.2.3\"] }}
  }}
}}
{}",
        group(
            "dynamic \"rule\" {
  for_each = var.rules
  content {
    name                  = rule.key
    description           = rule.value.note
    protocols             = [\"TCP\"]
    source_addresses      = [\"10.0.0.0/8\"]
    destination_addresses = rule.value.to
    destination_ports     = rule.value.ports
  }
}"
        )
    );
    let read = rules(&text).join("\n");
    assert!(read.contains("a: allow tcp/8080 from 10.0.0.0/8 to 192.0.2.3"), "{read}");
    assert!(read.contains("b: allow tcp/443 from 10.0.0.0/8 to") && read.contains("192.0.2.1, 192.0.2.2"), "{read}");
    let why = fault(&text.replace("to = [\"192.0.2.3\"]", "from = 1"));
    assert!(why.contains("expected attribute `to`"), "{why}");
}

#[test]
fn groups_are_made_by_count_and_for_each() {
    let text = "locals {
  names = { for name in [\"b\", \"a\"] : name => index([\"a\", \"b\"], name) }
}
resource \"azurerm_firewall_policy\" \"edge\" {
  name     = \"edge\"
  location = \"westeurope\"
}
resource \"azurerm_firewall_policy_rule_collection_group\" \"web\" {
  for_each           = local.names
  name               = \"web-${each.key}\"
  firewall_policy_id = azurerm_firewall_policy.edge.id
  priority           = 300 + each.value
  network_rule_collection {
    name     = \"out\"
    priority = 200
    action   = \"Allow\"
    RULE
  }
}
resource \"azurerm_firewall_policy_rule_collection_group\" \"none\" {
  count              = length(local.names) - 2
  name               = \"none\"
  firewall_policy_id = azurerm_firewall_policy.edge.id
  priority           = 400
}
";
    let text = text.replace("RULE", &rule("\"r\"", "[\"192.0.2.${each.value}\"]"));
    let read = imported(&files(&[("main.tf", &text)]), "main.tf", &[]).unwrap().source.text;
    for wanted in ["web-a priority 300", "web-b priority 301", "192.0.2.0", "192.0.2.1"] {
        assert!(read.contains(wanted), "{wanted}: {read}");
    }
    assert!(!read.contains("none"), "{read}");
}

#[test]
fn references_lead_to_ip_groups_bases_and_tables() {
    let text = format!(
        "resource \"azurerm_ip_group\" \"spoke\" {{
  for_each = toset([\"a.b\", \"c\"])
  name     = \"ipg-${{each.key}}\"
  location = \"westeurope\"
  cidrs    = each.key == \"c\" ? [\"10.9.0.0/16\"] : [\"10.8.0.0/16\"]
}}
resource \"azurerm_firewall_policy\" \"base\" {{
  name     = \"base\"
  location = \"westeurope\"
}}
{}",
        group(
            "rule {
  name                  = \"r\"
  protocols             = [\"TCP\"]
  source_ip_groups      = [azurerm_ip_group.spoke[\"a.b\"].id]
  destination_ip_groups = [for group in azurerm_ip_group.spoke : group.id if group.name == \"ipg-c\"]
  destination_ports     = [\"443\"]
}"
        )
        .replacen("resource_group_name = \"rg\"", "base_policy_id      = azurerm_firewall_policy.base.id", 1)
    );
    let read = imported(&files(&[("main.tf", &text)]), "main.tf", &[]).unwrap().source.text;
    assert!(read.contains("tcp/443 from ip-group(\"ipg-a.b\") to ipg-c"), "{read}");
    assert!(read.contains("inherits base"), "{read}");
}

#[test]
fn classic_collections_are_of_the_firewall_that_they_name() {
    let text = "resource \"azurerm_firewall\" \"fw\" {
  name     = \"fw\"
  location = \"westeurope\"
  sku_name = \"AZFW_VNet\"
  sku_tier = \"Standard\"
}
resource \"azurerm_firewall_network_rule_collection\" \"out\" {
  name                = \"out\"
  azure_firewall_name = azurerm_firewall.fw.name
  resource_group_name = \"rg\"
  priority            = 100
  action              = \"Allow\"
  RULE
}
";
    let text = text.replace("RULE", &rule("\"r\"", "[\"192.0.2.1\"]"));
    assert_eq!(rules(&text).len(), 1);
}

#[test]
fn json_syntax_is_read() {
    let text = r#"{
  "//": "a comment",
  "variable": { "to": { "type": "list(string)", "default": ["192.0.2.1"] } },
  "locals": { "more": { "r2": ["192.0.2.2"] } },
  "resource": {
    "azurerm_firewall_policy": { "edge": { "name": "edge", "location": "westeurope" } },
    "azurerm_firewall_policy_rule_collection_group": {
      "web": [{
        "name": "web", "priority": 300, "firewall_policy_id": "${azurerm_firewall_policy.edge.id}",
        "network_rule_collection": {
          "name": "out", "priority": 200, "action": "Allow",
          "rule": [{
            "name": "r", "protocols": ["TCP"], "source_addresses": ["10.0.0.0/8"],
            "destination_addresses": "${concat(var.to, local.more[\"r2\"])}", "destination_ports": ["443"]
          }]
        }
      }]
    }
  }
}"#;
    let read = imported(&files(&[("main.tf.json", text)]), "main.tf.json", &[]).unwrap();
    let rules = lines(&read).join("\n");
    assert!(rules.contains("to 192.0.2.1, 192.0.2.2"), "{rules}");
}

#[test]
fn modules_of_avm_stand_for_their_resources() {
    let text = format!(
        "module \"policy\" {{
  source              = \"Azure/avm-res-network-firewallpolicy/azurerm\"
  version             = \"0.3.3\"
  enable_telemetry    = false
  name                = \"edge\"
  location            = \"westeurope\"
  resource_group_name = \"rg\"
  firewall_policy_sku = \"Premium\"
}}
module \"rules\" {{
  source = \"Azure/avm-res-network-firewallpolicy/azurerm//modules/rule_collection_groups\"
  firewall_policy_rule_collection_group_name               = \"web\"
  firewall_policy_rule_collection_group_priority           = 300
  firewall_policy_rule_collection_group_firewall_policy_id = module.policy.resource_id
  firewall_policy_rule_collection_group_network_rule_collection = [{{
    name     = \"out\"
    priority = 200
    action   = \"Allow\"
    rule     = [{}]
  }}]
}}
",
        rule("\"r\"", "[\"192.0.2.1\"]").replace("rule {", "{")
    );
    let read = imported(&files(&[("main.tf", &text)]), "main.tf", &[]).unwrap().source.text;
    for wanted in ["policy edge", "premium", "group web priority 300", "192.0.2.1"] {
        assert!(read.contains(wanted), "{wanted}: {read}");
    }
}

#[test]
fn the_network_gives_flows_their_way() {
    let text = format!(
        "{}
resource \"azurerm_virtual_network\" \"spoke\" {{
  name          = \"spoke\"
  location      = \"westeurope\"
  address_space = [\"10.1.0.0/16\"]
  subnet {{
    name             = \"inline\"
    address_prefixes = [\"10.1.9.0/24\"]
  }}
}}
resource \"azurerm_subnet\" \"nodes\" {{
  name                 = \"nodes\"
  virtual_network_name = azurerm_virtual_network.spoke.name
  address_prefixes     = [cidrsubnet(\"10.1.0.0/16\", 8, 1)]
  service_endpoints    = [\"Microsoft.Storage\"]
}}
resource \"azurerm_route_table\" \"nodes\" {{
  name     = \"rt-nodes\"
  location = \"westeurope\"
}}
resource \"azurerm_route\" \"out\" {{
  name                   = \"out\"
  route_table_name       = azurerm_route_table.nodes.name
  address_prefix         = \"0.0.0.0/0\"
  next_hop_type          = \"VirtualAppliance\"
  next_hop_in_ip_address = \"10.0.1.4\"
}}
resource \"azurerm_subnet_route_table_association\" \"nodes\" {{
  subnet_id      = azurerm_subnet.nodes.id
  route_table_id = azurerm_route_table.nodes.id
}}
resource \"azurerm_virtual_network_peering\" \"hub\" {{
  name                      = \"hub\"
  virtual_network_name      = azurerm_virtual_network.spoke.name
  remote_virtual_network_id = \"/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/hub\"
}}
",
        group(&rule("\"r\"", "[\"192.0.2.1\"]"))
    );
    let options = fwc::driver::ProjectOptions::default();
    let input = fwc::driver::load(&files(&[("main.tf", &text)]), std::path::Path::new("main.tf"), &options);
    let model = input.ok().unwrap().model;
    let [network] = model.virtual_networks.as_slice() else { panic!("{:?}", model.virtual_networks) };
    let subnet = |name: &str| network.subnets.iter().find(|subnet| subnet.name == name).unwrap();
    assert_eq!(subnet("nodes").route_table.to_string(), "rt-nodes");
    assert_eq!(subnet("nodes").service_endpoints, ["Storage"]);
    assert_eq!(subnet("inline").route_table.to_string(), "no route table");
    assert_eq!(network.peerings[0].remote.as_ref().unwrap().name, *"hub");
    assert!(!model.assumptions.iter().any(|told| told.message.contains("are not read")), "{:#?}", model.assumptions);
}
