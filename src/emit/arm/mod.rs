//! ARM deployment templates (`Microsoft.Network` 2025-07-01).
//!
//! Every name is literal; a reference to a resource of the same deployment or resource group is a `resourceId`
//! expression. Resources that Azure refuses to change at the same time are chained by `dependsOn`.

mod policy;
mod routes;
mod rules;
mod settings;
mod value;

use serde_json::Value;

use self::value::{Object, literal};

pub use policy::policy_template;
pub use routes::route_template;

const API_VERSION: &str = "2025-07-01";
const SCHEMA: &str = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";

const FIREWALL_POLICIES: &str = "Microsoft.Network/firewallPolicies";
const RULE_COLLECTION_GROUPS: &str = "Microsoft.Network/firewallPolicies/ruleCollectionGroups";
const IP_GROUPS: &str = "Microsoft.Network/ipGroups";
const ROUTE_TABLES: &str = "Microsoft.Network/routeTables";

/// What a policy's template holds beside the policy.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Options {
    /// Whether the bases of the policy stand in its template.
    pub parents: Parents,
}

/// Where the base of a policy is.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Parents {
    /// Deployed apart, and referred to.
    #[default]
    Referenced,
    /// In the same template, where the model holds it and the policy names it. A base given by resource id is elsewhere.
    Included,
}

fn template(resources: Vec<Value>) -> Value {
    Object::default()
        .with("$schema", SCHEMA)
        .with("contentVersion", "1.0.0.0")
        .with_entry("resources", Value::Array(resources))
        .into()
}

fn resource(kind: &str, name: &str) -> Object {
    Object::default().with("type", kind).with("apiVersion", API_VERSION).with_text("name", name)
}

/// The region; absent, that of the resource group.
fn location(region: Option<&String>) -> Value {
    match region {
        Some(region) => literal(region),
        None => Value::from("[resourceGroup().location]"),
    }
}
