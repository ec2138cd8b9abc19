//! Resources that are not read, and what they may hold all the same.

use crate::json::Json;

use super::fault::quoted;
use super::tree::Notes;
use crate::model::{AssumptionKind, Bearing};
use crate::net::same_word;
use crate::template::TemplateNode;

/// Types whose names look like a firewall's and that decide nothing of what its policies allow: web application firewalls,
/// the rules of network managers, and the roles of those who may write rules.
const OTHERS: [&str; 7] = [
    "webapplicationfirewall",
    "azurefirewallfqdntags",
    "networkmanager",
    "roledefinition",
    "network_manager",
    "role_definition",
    "association",
];
/// What the type of a resource is called that holds rules, IP groups or routes; `_` parts the words in Terraform.
const OF_RULES: [&str; 2] = ["rulecollection", "rule_collection"];
const OF_ADDRESSES: [&str; 2] = ["ipgroup", "ip_group"];
const OF_ROUTES: [&str; 4] = ["routetable", "route_table", "routingintent", "routing_intent"];
/// Tells a resource at `path` that is not read and may hold rules, IP groups or routes, by its type or by its content.
pub(super) fn tell_unread(notes: &Notes, path: &str, kind: &str, name: &str, content: &impl UnreadContent) {
    let Some(bears) = bearing(kind, content) else { return };
    let what = match name {
        "" => format!("a resource of type {} is not read", quoted(kind)),
        name => format!("resource {} of type {} is not read", quoted(name), quoted(kind)),
    };
    let holds = match bears {
        Bearing::Routes => "it may hold routes",
        Bearing::IpGroups => "it may hold addresses of IP groups",
        Bearing::NoFlow => "a draft takes part in no flow before it is deployed",
        Bearing::Rules | Bearing::FromHere | Bearing::EveryFlow => "it may hold rules",
    };
    notes.tell(AssumptionKind::Omitted, bears, path.to_owned(), format!("{what}: {holds}"));
}

/// Which answers may rest on a resource that is not read; `None` where it is no business of a firewall's.
fn bearing(kind: &str, content: &impl UnreadContent) -> Option<Bearing> {
    let kind = kind.to_ascii_lowercase();
    // Of what another provider puts onto a resource, the type is not that of the resource.
    let kind = kind.rsplit("/providers/").next().unwrap_or(&kind);
    if OTHERS.iter().any(|other| kind.contains(other)) {
        return None;
    }
    if kind.ends_with("/firewallpolicydrafts") || kind.ends_with("/rulecollectiongroupdrafts") {
        return Some(Bearing::NoFlow);
    }
    let is_network = kind.contains("microsoft.network") || !kind.contains('/');
    // Every database of Terraform's has firewall rules.
    let is_terraform = !kind.contains('/') && kind.contains('_');
    let has = |words: &[&str]| is_network && words.iter().any(|word| kind.contains(word));
    if has(&OF_RULES) || !is_terraform && has(&["firewall"]) || content.holds_rules() {
        return Some(Bearing::EveryFlow);
    }
    if has(&OF_ADDRESSES) {
        return Some(Bearing::IpGroups);
    }
    has(&OF_ROUTES).then_some(Bearing::Routes)
}

/// A value that may hold rules in it.
pub(super) trait UnreadContent {
    /// Whether rules of a firewall are somewhere in it, also as the text of a template or of a script.
    fn holds_rules(&self) -> bool;
}

impl UnreadContent for TemplateNode {
    fn holds_rules(&self) -> bool {
        match self {
            Self::Text(text) => text_holds_rules(text),
            Self::List(items) => items.iter().any(Self::holds_rules),
            Self::Object(entries) => {
                entries.iter().any(|(key, value)| !is_order(key) && (is_of_rules(key) || value.holds_rules()))
            }
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Expression(_) | Self::Reference(_) => false,
        }
    }
}

impl UnreadContent for Json {
    fn holds_rules(&self) -> bool {
        match self {
            Self::String(text) => text_holds_rules(text),
            Self::Array(items) => items.iter().any(Self::holds_rules),
            Self::Object(entries) => {
                entries.iter().any(|(key, value)| !is_order(key) && (is_of_rules(key) || value.holds_rules()))
            }
            Self::Null | Self::Bool(_) | Self::Number(_) => false,
        }
    }
}

/// What states only which resource waits for which.
fn is_order(key: &str) -> bool {
    same_word(key, "dependsOn")
}

fn is_of_rules(key: &str) -> bool {
    let plain: String = key.chars().filter(|&c| c != '_').collect::<String>().to_ascii_lowercase();
    plain.contains("rulecollection")
}

/// Whether the text is a template, or a script of `az` or PowerShell, that makes rules. An id that names a group is neither.
fn text_holds_rules(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let is_template = text.contains('{') && text.contains("rulecollection");
    is_template || text.contains("rule-collection-group") || text.contains("azfirewallpolicyrulecollection")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_may_hold_rules_is_told_apart_from_what_does_not() {
        let nothing = Json::from(json!({"properties": {}}));
        let group = Json::from(json!({"properties": {"ruleCollections": []}}));
        let id = "[resourceId('Microsoft.Network/firewallPolicies/ruleCollectionGroups', 'a')] {";
        let waits = Json::from(json!({"dependsOn": [id]}));
        let command = "az network firewall policy rule-collection-group create";
        let script = Json::from(json!({"properties": {"scriptContent": command}}));
        for (kind, content, wanted) in [
            ("Microsoft.Compute/virtualMachines", &nothing, None),
            ("Microsoft.Compute/virtualMachines", &waits, None),
            ("Microsoft.Compute/virtualMachines", &group, Some(Bearing::EveryFlow)),
            ("Microsoft.Resources/deploymentScripts", &script, Some(Bearing::EveryFlow)),
            ("Microsoft.Network/firewallPolicy", &nothing, Some(Bearing::EveryFlow)),
            ("Microsoft.Network/applicationGatewayWebApplicationFirewallPolicies", &nothing, None),
            ("Microsoft.Network/networkManagers/securityAdminConfigurations/ruleCollections", &group, None),
            ("Microsoft.Network/azureFirewalls/providers/diagnosticSettings", &nothing, None),
            ("Microsoft.Network/azureFirewalls/providers/diagnosticSettings", &group, Some(Bearing::EveryFlow)),
            ("Microsoft.Network/ipGroup", &nothing, Some(Bearing::IpGroups)),
            ("Microsoft.Network/virtualHubs/hubRouteTables", &nothing, Some(Bearing::Routes)),
            ("Microsoft.Network/firewallPolicies/firewallPolicyDrafts", &group, Some(Bearing::NoFlow)),
            ("ruleCollectionGroups", &nothing, Some(Bearing::EveryFlow)),
        ] {
            assert_eq!(bearing(kind, content), wanted, "{kind}");
        }
    }
}
