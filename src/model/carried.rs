//! Properties of policies, collections and rules that Azure knows and that fwc carries through unread.
//!
//! Source: Azure/azure-rest-api-specs, Microsoft.Network 2026-01-01, firewallPolicy.json (commit 0b12cddf, read on
//! 2026-11-29): `FirewallPolicyRule`, `FirewallPolicyRuleCollection`, `FirewallPolicyPropertiesFormat`.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::net::same_word;

/// What has such a property.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bearer {
    /// A policy; the property is among its settings.
    Policy,
    /// A collection: what its rules have unless they have their own.
    Collection,
    /// A rule of any kind.
    Rule,
}

/// A property that is carried through.
#[derive(PartialEq, Eq, Debug)]
pub struct CarriedProperty {
    /// Its name, as Azure spells it.
    pub name: &'static str,
    /// What has it.
    pub on: &'static [Bearer],
    /// What it does, as the words after "which".
    pub does: &'static str,
}

/// The properties that are carried through.
pub const CARRIED: [CarriedProperty; 2] = [
    CarriedProperty { name: SECURITY_PROFILE_GROUP, on: &[Bearer::Rule, Bearer::Collection], does: INSPECTS },
    CarriedProperty { name: "globalSecurityProfileGroup", on: &[Bearer::Policy], does: INSPECTS },
];

/// The security profiles of a rule or collection.
pub const SECURITY_PROFILE_GROUP: &str = "securityProfileGroup";

const INSPECTS: &str = "may drop traffic that a rule allows";

/// The properties of `on` that are carried through.
pub fn carried_properties(on: Bearer) -> impl Iterator<Item = &'static CarriedProperty> {
    CARRIED.iter().filter(move |property| property.on.contains(&on))
}

/// The property of `on` with the name `name`, in any case.
pub fn carried_property(on: Bearer, name: &str) -> Option<&'static CarriedProperty> {
    carried_properties(on).find(|property| same_word(property.name, name))
}

/// The properties of a rule or collection that are carried through, by name. None is null or empty.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct Carried(BTreeMap<&'static str, Value>);

impl Carried {
    /// Sets a property; one that was there is returned.
    pub fn insert(&mut self, property: &'static CarriedProperty, value: Value) -> Option<Value> {
        self.0.insert(property.name, value)
    }

    /// The value of the property `name`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The properties with their values, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.0.iter().map(|(name, value)| (*name, value))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
