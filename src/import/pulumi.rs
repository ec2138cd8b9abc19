//! What `pulumi stack export` prints: the resources of a stack, of the provider azure-native, whose outputs have the names
//! of Azure's API, or of the provider azure, whose outputs are those of Terraform's azurerm in other letters.
//!
//! Source: pulumi/pulumi, `sdk/go/common/apitype/core.go` (`DeploymentV3`, `ResourceV3`); pulumi/pulumi-terraform-bridge,
//! `pkg/tfbridge/names.go` (plurals, camel case), 2026-08.

use crate::json::{Json, Map, MemberName};

use super::assemble::FoundParts;
use super::fault::{ImportFault, quoted};
use super::tree::TreeCursor;
use super::{resource, terraform};
use crate::template::TemplateNode;

/// The key of an object that means a secret or an asset.
const SIGNATURE: &str = "4dabf18193072939515e22adb298388d";

/// The types of azure-native that are read, and Azure's.
const NATIVE: [(&str, &str); 6] = [
    ("FirewallPolicy", "Microsoft.Network/firewallPolicies"),
    ("FirewallPolicyRuleCollectionGroup", "Microsoft.Network/firewallPolicies/ruleCollectionGroups"),
    ("IpGroup", "Microsoft.Network/ipGroups"),
    ("RouteTable", "Microsoft.Network/routeTables"),
    ("Route", "Microsoft.Network/routeTables/routes"),
    ("AzureFirewall", "Microsoft.Network/azureFirewalls"),
];
/// What azure-native outputs beside the properties of the resource.
const OWN: [&str; 4] = ["azureApiVersion", "__defaults", "__inputs", "__meta"];

/// Whether the document is the export of a stack.
pub(super) fn is_stack(document: &Map) -> bool {
    let resources = document.get("deployment").and_then(|deployment| deployment.get("resources"));
    resources.and_then(Json::as_array).is_some_and(|all| all.iter().all(|one| one.get("urn").is_some()))
}

/// Reads the resources of a stack.
pub(super) fn read(document: &Map, found: &mut FoundParts) -> Result<(), ImportFault> {
    let resources = document.get("deployment").and_then(|deployment| deployment.get("resources"));
    let mut of_azurerm = Vec::new();
    for (index, one) in resources.and_then(Json::as_array).into_iter().flatten().enumerate() {
        let at = format!("$.deployment.resources[{index}].outputs");
        // One that waits to be deleted was replaced by another.
        if one.get("delete") == Some(&Json::Bool(true)) {
            continue;
        }
        match StackKind::of(text(one, "type")) {
            StackKind::Native(kind) => read_native(one, kind, &at, found)?,
            StackKind::Azurerm(kind) => of_azurerm.push(azurerm(one, &kind, &at)?),
            StackKind::Unread => {
                let what = quoted(text(one, "type"));
                return Err(ImportFault::at(at, format!("resources of type {what} are not read")));
            }
            StackKind::Other => {}
        }
    }
    if of_azurerm.is_empty() {
        return Ok(());
    }
    let module: Map = [("resources", Json::Array(of_azurerm))].into_iter().collect();
    let values: Map = [("root_module", Json::Object(module))].into_iter().collect();
    terraform::read(&[("values", Json::Object(values))].into_iter().collect(), found)
}

enum StackKind {
    /// Azure's type.
    Native(&'static str),
    /// Terraform's type.
    Azurerm(String),
    /// It may hold rules.
    Unread,
    Other,
}

impl StackKind {
    fn of(kind: &str) -> Self {
        let mut parts = kind.split(':');
        let (provider, module, name) =
            (parts.next(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let is_network = module.split('/').next() == Some("network");
        match provider {
            Some("azure-native" | "azure-nextgen") if is_network => {
                match NATIVE.iter().find(|(known, _)| *known == name) {
                    Some((_, azure)) => Self::Native(azure),
                    None if name.starts_with("FirewallPolicy") => Self::Unread,
                    None => Self::Other,
                }
            }
            Some("azure") if is_network => {
                // Two capitals beside each other are one word there.
                let kind = format!("azurerm_{}", snake(&name.replace("IPGroup", "IpGroup")));
                if terraform::is_read(&kind) { Self::Azurerm(kind) } else { Self::Other }
            }
            _ => Self::Other,
        }
    }
}

fn read_native(one: &Json, kind: &str, at: &str, found: &mut FoundParts) -> Result<(), ImportFault> {
    let mut outputs = one.get("outputs").and_then(Json::as_object).cloned().unwrap_or_default();
    OWN.iter().for_each(|own| drop(outputs.remove(own)));
    outputs.insert("type".to_owned(), kind.into());
    if let Some(id) = one.get("id") {
        outputs.insert("id".to_owned(), id.clone());
    }
    let node = TemplateNode::plain(known(Json::Object(outputs), at)?);
    resource::read(&TreeCursor::root(&node, at, &found.notes()), None, found)
}

/// The resource as `terraform show -json` prints it.
fn azurerm(one: &Json, kind: &str, at: &str) -> Result<Json, ImportFault> {
    let outputs = known(one.get("outputs").cloned().unwrap_or_default(), at)?;
    let urn = text(one, "urn");
    let name = urn.rsplit("::").next().unwrap_or(urn);
    // A classic rule has blocks of that name, one for each protocol; a policy's has a list.
    let is_classic = kind == "azurerm_firewall_application_rule_collection";
    let values = snaked(outputs, if is_classic { "protocols" } else { "" });
    let address = format!("{kind}.{name}");
    let own = [("address", address.into()), ("mode", "managed".into()), ("type", kind.into()), ("values", values)];
    Ok(own.into_iter().collect())
}

/// The value, in which nothing is secret.
fn known(value: Json, at: &str) -> Result<Json, ImportFault> {
    match value {
        Json::Object(object) if object.contains_key(SIGNATURE) => match object.get("value") {
            Some(value) => Ok(value.clone()),
            None => match object.get("plaintext").and_then(Json::as_str) {
                Some(text) => serde_json::from_str(text)
                    .map(|value: serde_json::Value| value.into())
                    .map_err(|error| ImportFault::at(at, error.to_string())),
                None => Err(ImportFault::at(
                    at,
                    "the value is a secret: expected what `pulumi stack export --show-secrets` prints",
                )),
            },
        },
        Json::Object(object) => {
            let entries = object.into_iter().map(|(key, value)| {
                let value = known(value, &format!("{at}.{key}"))?;
                Ok((key, value))
            });
            entries.collect::<Result<Map, _>>().map(Json::Object)
        }
        Json::Array(items) => {
            let items = items.into_iter().enumerate().map(|(index, item)| known(item, &format!("{at}[{index}]")));
            items.collect()
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => Ok(value),
    }
}

/// The attributes with Terraform's names; `block` is one more that has a singular there.
fn snaked(value: Json, block: &str) -> Json {
    match value {
        Json::Object(object) => {
            let own = object.into_iter().filter(|(key, _)| !key.starts_with("__"));
            let entry = |(key, value): (MemberName, Json)| match key.as_str() {
                "tags" => (key, value),
                _ => (attribute(&key, block).into(), snaked(value, block)),
            };
            Json::Object(own.map(entry).collect())
        }
        Json::Array(items) => items.into_iter().map(|item| snaked(item, block)).collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => value,
    }
}

/// Pulumi has plurals for lists of blocks, and Terraform singulars.
fn attribute(name: &str, block: &str) -> String {
    const BLOCKS: [&str; 6] = [
        "nat_rule_collections",
        "network_rule_collections",
        "application_rule_collections",
        "rules",
        "routes",
        "log_analytics_workspaces",
    ];
    let name = snake(name);
    match name.as_str() {
        "traffic_bypasses" => "traffic_bypass".to_owned(),
        _ if name == block || BLOCKS.contains(&name.as_str()) => name.trim_end_matches('s').to_owned(),
        _ => name,
    }
}

/// `sourceIpGroups` as `source_ip_groups`.
fn snake(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(c.to_ascii_lowercase());
    }
    text
}

fn text<'v>(value: &'v Json, key: &str) -> &'v str {
    value.get(key).and_then(Json::as_str).unwrap_or_default()
}
