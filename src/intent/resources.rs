//! Names that become Azure resources: Azure compares them without regard to case, the language with it, so two that differ
//! in case alone would be one resource.
//!
//! Source: Microsoft Learn, "Naming rules and restrictions for Azure resources", 2026-06.

use std::collections::HashMap;

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::ResourceName;
use crate::source::SourceSpan;

use super::model::Intent;

/// Reports each resource whose name another of its kind has.
pub(super) fn check(intent: &Intent, diagnostics: &mut Diagnostics) {
    let policies = intent.policies.iter().map(|policy| (policy.name.value.as_str(), policy.name.at));
    let groups = intent.ip_groups.values().map(|group| (group.name.as_str(), group.name_at));
    let firewalls = intent.firewalls.iter().map(|firewall| (firewall.name.value.as_str(), firewall.name.at));
    let tables = intent.route_tables.iter().map(|table| (table.name.value.as_str(), table.name.at));
    let endpoints = intent.private_endpoints.iter().map(|endpoint| (endpoint.name.value.as_str(), endpoint.name.at));
    // Two definitions of the very same name are reported where names are bound; tables and endpoints bind none.
    unlike("policies", policies, diagnostics);
    unlike("IP groups", groups, diagnostics);
    unlike("firewalls", firewalls, diagnostics);
    twice("route tables", tables, diagnostics);
    twice("private endpoints", endpoints, diagnostics);
}

/// Reports names that differ in case alone.
fn unlike<'n>(kind: &str, names: impl Iterator<Item = (&'n str, SourceSpan)>, diagnostics: &mut Diagnostics) {
    let mut seen: HashMap<ResourceName, (&str, SourceSpan)> = HashMap::new();
    for (name, at) in names {
        match seen.get(&ResourceName::from(name)) {
            Some((first, first_at)) if *first != name => diagnostics.push(clash(kind, first, *first_at, name, at)),
            Some(_) => {}
            None => drop(seen.insert(name.into(), (name, at))),
        }
    }
}

/// Reports names that are equal, whatever their case.
fn twice<'n>(kind: &str, names: impl Iterator<Item = (&'n str, SourceSpan)>, diagnostics: &mut Diagnostics) {
    let mut seen: HashMap<ResourceName, (&str, SourceSpan)> = HashMap::new();
    for (name, at) in names {
        match seen.get(&ResourceName::from(name)) {
            Some((first, first_at)) => diagnostics.push(clash(kind, first, *first_at, name, at)),
            None => drop(seen.insert(name.into(), (name, at))),
        }
    }
}

fn clash(kind: &str, first: &str, first_at: SourceSpan, name: &str, at: SourceSpan) -> Diagnostic {
    let message = if first == name {
        format!("two {kind} are called `{name}`")
    } else {
        format!("`{name}` and `{first}` differ in case alone: Azure takes two {kind} of such names for one")
    };
    let found = Diagnostic::new(Code::FW0203, at, message).related(first_at, "the first one");
    found.help("give one of them another name")
}
