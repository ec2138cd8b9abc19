//! What two policies say apart from their rules, property by property, as Azure names them.

use serde_json::{Map, Value};

use crate::emit::{EmitOptions, arm::policy_template};
use crate::model::{Model, Policy};

use super::DiffSide;
use super::protection::{self, Protection};

/// What a change beside the rules is a change of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SettingOf {
    /// Threat intelligence.
    ThreatIntelligence,
    /// Intrusion detection and prevention.
    IntrusionDetection,
    /// What is inspected: TLS, and by which security profiles.
    Inspection,
    /// The headers that a rule inserts.
    Headers,
    /// The base that a policy inherits.
    Base,
    /// What is logged.
    Logging,
    /// The policy that a firewall has.
    Firewall,
    /// The private endpoint of a name.
    Endpoint,
    /// Something of the network that is not stated after the change.
    Unstated,
    /// Anything else.
    Other,
}

/// The properties of a policy resource that are none of [`SettingOf::Other`], by how their paths begin.
const PROPERTIES: [(&str, SettingOf); 6] = [
    ("properties.threatIntel", SettingOf::ThreatIntelligence),
    ("properties.intrusionDetection", SettingOf::IntrusionDetection),
    ("properties.transportSecurity", SettingOf::Inspection),
    ("properties.basePolicy", SettingOf::Base),
    ("properties.insights", SettingOf::Logging),
    ("properties.globalSecurityProfileGroup", SettingOf::Inspection),
];

impl SettingOf {
    /// What the property of a policy resource at a path belongs to.
    fn property(path: &str) -> Self {
        PROPERTIES.iter().find(|(start, _)| path.starts_with(start)).map_or(Self::Other, |(_, of)| *of)
    }
}

/// A property that differs.
#[derive(Clone, PartialEq, Debug)]
pub struct SettingChange {
    /// What it belongs to.
    pub of: SettingOf,
    /// The policy, and the properties that lead there, as in `aks-weu: properties.dnsSettings.servers`.
    pub path: String,
    /// What it was; absent where it was not given.
    pub before: Option<Value>,
    /// What it is.
    pub after: Option<Value>,
    /// What that does to what the firewall stops, inspects or logs.
    pub effect: Protection,
}

/// The properties that differ, of the policies and of their bases.
pub(super) fn changes(old: DiffSide<'_>, new: DiffSide<'_>) -> Vec<SettingChange> {
    let mut found = of_policy(Some((old.model, old.policy)), Some((new.model, new.policy)));
    // A base that comes or goes is a change of `basePolicy`, not of each of its properties.
    let bases = old.model.bases(old.policy).into_iter().zip(new.model.bases(new.policy));
    found.extend(bases.flat_map(|(before, after)| of_policy(Some((old.model, before)), Some((new.model, after)))));
    found
}

fn of_policy(old: Option<(&Model, &Policy)>, new: Option<(&Model, &Policy)>) -> Vec<SettingChange> {
    let name = new.or(old).map_or("", |(_, policy)| policy.name.label());
    let properties = |side: Option<(&Model, &Policy)>| side.map_or(Map::new(), |(model, policy)| of(model, policy));
    let mut found = Vec::new();
    compare(name, &Value::Object(properties(old)), &Value::Object(properties(new)), &mut found);
    let base = |side: Option<(&Model, &Policy)>| side.and_then(|(_, policy)| policy.base.as_ref()?.resource().cloned());
    // One side may state more of an id than the other.
    if base(old).zip(base(new)).is_some_and(|(before, after)| before.agrees(&after)) {
        found.retain(|change| change.of != SettingOf::Base);
    }
    found
}

/// What the policy resource states.
fn of(model: &Model, policy: &Policy) -> Map<String, Value> {
    let template = policy_template(model, policy, &EmitOptions::default());
    let resources = template.get("resources").and_then(Value::as_array).into_iter().flatten();
    let mut own = resources.filter(|resource| resource.get("type") == Some(&Value::from(TYPE)));
    let Some(Value::Object(fields)) = own.next() else { return Map::new() };
    let said = |name: &str| !["type", "apiVersion", "name", "dependsOn"].contains(&name);
    fields.iter().filter(|(name, _)| said(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

const TYPE: &str = "Microsoft.Network/firewallPolicies";

fn compare(path: &str, old: &Value, new: &Value, found: &mut Vec<SettingChange>) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            let names = old.keys().chain(new.keys().filter(|name| !old.contains_key(*name)));
            for name in names {
                let below = if path.contains(": ") { format!("{path}.{name}") } else { format!("{path}: {name}") };
                compare(&below, old.get(name).unwrap_or(&Value::Null), new.get(name).unwrap_or(&Value::Null), found);
            }
        }
        _ if old != new => {
            let given = |value: &Value| Some(value.clone()).filter(|value| !value.is_null());
            let (before, after) = (given(old), given(new));
            let property = path.split_once(": ").map_or(path, |(_, property)| property);
            let effect = protection::of(property, before.as_ref(), after.as_ref());
            let of = SettingOf::property(property);
            found.push(SettingChange { of, path: path.to_owned(), before, after, effect });
        }
        _ => {}
    }
}
