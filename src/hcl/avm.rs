//! Azure Verified Modules that mean one resource: what they are given is the resource under other names.
//!
//! Source: Azure/terraform-azurerm-avm-res-network-firewallpolicy 0.3, README of the module and of `rule_collection_groups`.

use std::rc::Rc;

use super::ast::{HclBlock, HclBody, HclKind};

/// A module, the resource that it makes, and how the names of its variables begin.
struct KnownModule {
    source: &'static str,
    kind: &'static str,
    prefix: &'static str,
}

const KNOWN: [KnownModule; 2] = [
    KnownModule {
        source: "Azure/avm-res-network-firewallpolicy/azurerm",
        kind: "azurerm_firewall_policy",
        prefix: "firewall_policy_",
    },
    KnownModule {
        source: "Azure/avm-res-network-firewallpolicy/azurerm//modules/rule_collection_groups",
        kind: "azurerm_firewall_policy_rule_collection_group",
        prefix: "firewall_policy_rule_collection_group_",
    },
];

/// Variables of such modules that say nothing of the resource itself.
const BESIDE: [&str; 6] = ["source", "version", "enable_telemetry", "lock", "role_assignments", "diagnostic_settings"];

/// The resource that the call of a module means, with its address.
pub(super) fn resource(call: &HclBlock) -> Option<(Rc<str>, HclBlock)> {
    let HclKind::Text(source) = &call.body.attribute("source")?.value.kind else { return None };
    let plain = source.strip_prefix("registry.terraform.io/").unwrap_or(source);
    let known = KNOWN.iter().find(|known| known.source == plain)?;
    let name = call.labels.first()?;
    let attributes = call.body.attributes.iter().filter(|attribute| !BESIDE.contains(&&*attribute.name));
    let attributes = attributes.cloned().map(|mut attribute| {
        if let Some(own) = attribute.name.strip_prefix(known.prefix) {
            attribute.name = own.into();
        }
        attribute
    });
    let body = HclBody { attributes: attributes.collect(), blocks: call.body.blocks.clone() };
    let labels = vec![known.kind.into(), "this".into()];
    let address = format!("module.{name}.{}.this", known.kind).into();
    Some((address, HclBlock { kind: "resource".into(), labels, at: call.at, body }))
}

/// What an output of such a module is called as an attribute of the resource; `None` for the resource itself.
pub(super) fn attribute(output: &Rc<str>) -> Option<Rc<str>> {
    match &**output {
        "resource" => None,
        "resource_id" => Some("id".into()),
        _ => Some(Rc::clone(output)),
    }
}
