//! The settings that hold for a policy, its own and those of its base.
//!
//! Source: Microsoft Learn, "Use Azure Firewall policy to define a rule hierarchy" and "Azure Firewall Manager policy overview",
//! 2025-07-09: threat intelligence and its exceptions are inherited, of two modes the stricter holds; IDPS is as strict as the
//! stricter of the two, its profile is the base's; DNS settings are not inherited.

use serde_json::Value;

use crate::emit::{EmitOptions, arm::policy_template};
use crate::model::{Model, Policy};

/// A property that holds, as Azure names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SettingInForce {
    /// The path of the property.
    pub path: String,
    /// Its value.
    pub value: String,
    /// The base that sets it, where it is not the policy itself.
    pub base: Option<String>,
}

impl SettingInForce {
    /// Who sets it.
    pub fn origin(&self) -> String {
        self.base.as_ref().map_or("own".to_owned(), |base| format!("base `{base}`"))
    }
}

/// The properties that a child takes over from its base, with all that is below them.
const INHERITED: [&str; 3] = ["threatIntelMode", "threatIntelWhitelist", "intrusionDetection"];
/// Those of which the stricter holds.
const STRICTER: [&str; 2] = ["threatIntelMode", "intrusionDetection.mode"];

/// Each property that holds for a policy.
pub(super) fn settings(model: &Model, policy: &Policy) -> Vec<SettingInForce> {
    let own = stated(model, policy).into_iter();
    let mut found: Vec<SettingInForce> = own.map(|(path, value)| SettingInForce { path, value, base: None }).collect();
    for base in model.bases(policy) {
        for (path, value) in stated(model, base) {
            let is_inherited = INHERITED.iter().any(|of| path == *of || path.starts_with(&format!("{of}.")));
            let known = found.iter().position(|setting| setting.path == path && STRICTER.contains(&path.as_str()));
            let setting = SettingInForce { path, value, base: Some(base.name.to_string()) };
            match known.and_then(|at| found.get_mut(at)) {
                _ if !is_inherited => {}
                Some(own) if strictness(&own.value) < strictness(&setting.value) => *own = setting,
                Some(_) => {}
                None => found.push(setting),
            }
        }
    }
    found
}

fn strictness(mode: &str) -> Option<usize> {
    ["Off", "Alert", "Deny"].iter().position(|known| *known == mode)
}

/// Each property that a policy states itself.
fn stated(model: &Model, policy: &Policy) -> Vec<(String, String)> {
    let template = policy_template(model, policy, &EmitOptions::default());
    let resources = template.get("resources").and_then(Value::as_array).into_iter().flatten();
    let of_policy = |resource: &&Value| {
        resource.get("type").and_then(Value::as_str) == Some("Microsoft.Network/firewallPolicies")
            && resource.get("name").and_then(Value::as_str) == Some(&*policy.name.to_string())
    };
    let mut found = Vec::new();
    if let Some(policy) = resources.into_iter().find(of_policy) {
        let parts = [("location", policy.get("location")), ("", policy.get("properties"))];
        parts.into_iter().for_each(|(name, value)| value.into_iter().for_each(|value| flat(name, value, &mut found)));
    }
    found
}

fn flat(path: &str, value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flat(&below, value, found);
            }
        }
        Value::String(text) => found.push((path.to_owned(), text.clone())),
        value => found.push((path.to_owned(), value.to_string())),
    }
}
