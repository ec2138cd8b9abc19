//! What only a deployment or a variable without a value tells is unknown, and told.

use std::path::Path;

use fwc::driver::{ProjectOptions, load};
use fwc::model::Rules;

use super::{fault, files, group, imported, lines, rule};

#[test]
fn a_variable_without_a_value_is_named_where_it_matters() {
    let text = format!("variable \"to\" {{\n}}\n{}", group(&rule("\"r\"", "[var.to]")));
    let why = fault(&text);
    assert!(why.contains("parameter `to` has no value") && why.starts_with("main.tf:"), "{why}");
    let derived = fault(&text.replace("[var.to]", "[cidrhost(var.to, 1)]"));
    assert!(derived.contains("cidrhost(var.to, 1)") && derived.contains("`to` has no value"), "{derived}");
}

#[test]
fn what_only_a_deployment_knows_is_named_where_it_matters() {
    let text = format!(
        "resource \"azurerm_public_ip\" \"pip\" {{\n  name = \"pip\"\n}}\n{}",
        group(&rule("\"r\"", "[azurerm_public_ip.pip.ip_address]"))
    );
    let why = fault(&text);
    assert!(why.contains("only a deployment knows `azurerm_public_ip.pip.ip_address`"), "{why}");
}

#[test]
fn names_and_regions_that_are_not_known_stand_for_themselves() {
    let text = format!(
        "variable \"place\" {{\n}}\n{}",
        group(&rule("\"r\"", "[\"Storage.${var.place}\"]")).replace(
            "\"edge\"\n  location            = \"westeurope\"",
            "\"edge-${var.place}\"\n  location = var.place"
        )
    );
    let read = imported(&files(&[("main.tf", &text)]), "main.tf", &[]).unwrap();
    assert!(read.source.text.contains("tag(\"Storage.place\")"), "{}", read.source.text);
    assert!(read.source.text.contains("edge-place"), "{}", read.source.text);
}

#[test]
fn a_policy_that_is_elsewhere_is_the_one_that_its_data_source_names() {
    let own = group(&rule("\"r\"", "[\"192.0.2.1\"]"));
    let (_, only_group) = own.split_once("}\n").unwrap();
    let text = format!(
        "data \"azurerm_firewall_policy\" \"edge\" {{\n  name = \"shared\"\n}}\n{}",
        only_group.replace("azurerm_firewall_policy.edge.id", "data.azurerm_firewall_policy.edge.id")
    );
    let read = imported(&files(&[("main.tf", &text)]), "main.tf", &[]).unwrap();
    assert!(read.source.text.contains("policy shared"), "{}", read.source.text);
    let unnamed = text.replace("name = \"shared\"", "name = timestamp()");
    let read = imported(&files(&[("main.tf", &unnamed)]), "main.tf", &[]).unwrap();
    assert_eq!(lines(&read).len(), 1, "{}", read.source.text);
}

#[test]
fn a_group_whose_count_is_not_known_is_told() {
    let text = format!(
        "variable \"on\" {{\n}}\n{}\nresource \"azurerm_firewall_policy_rule_collection_group\" \"more\" {{
  count              = var.on ? 1 : 0
  name               = \"more\"
  firewall_policy_id = azurerm_firewall_policy.edge.id
  priority           = 400
}}\n",
        group(&rule("\"r\"", "[\"192.0.2.1\"]"))
    );
    let line = 1 + text.lines().position(|line| line.contains("\"more\" {")).unwrap();
    let read = imported(&files(&[("main.tf", &text)]), "main.tf", &[]).unwrap();
    let told = read.assumptions.iter().find(|told| told.message.contains("rule_collection_group.more")).unwrap();
    assert!(told.message.contains("depends on variable `on`, which has no value"), "{told:?}");
    assert_eq!(told.at.to_string(), format!("main.tf:{line}:1"));
}

#[test]
fn two_values_that_are_not_known_are_two() {
    let sources = |first: &str, second: &str| {
        let one = |name: &str, group: &str| {
            format!(
                "rule {{
  name                  = \"{name}\"
  protocols             = [\"TCP\"]
  source_ip_groups      = [{group}]
  destination_addresses = [\"192.0.2.1\"]
  destination_ports     = [\"443\"]
}}"
            )
        };
        let data = "data \"external\" \"x\" {\n  for_each = toset([\"a\", \"b\"])\n}\n";
        let text = format!("{data}{}", group(&format!("{}\n{}", one("one", first), one("two", second))));
        let input = load(&files(&[("main.tf", &text)]), Path::new("main.tf"), &ProjectOptions::default()).ok().unwrap();
        let Rules::Network(_, rules) = &input.model.policies[0].groups[0].collections[0].rules else { panic!() };
        [&rules[0], &rules[1]].map(|rule| rule.matches.sources.ip_groups.clone())
    };
    let same = sources("data.external.x[\"a\"].id", "data.external.x[\"a\"].id");
    let other = sources("data.external.x[\"a\"].id", "data.external.x[\"b\"].id");
    assert_eq!(same[0], same[1]);
    assert_ne!(other[0], other[1]);
}
