//! What PowerShell's `ConvertTo-Json` makes of the objects of `Get-AzFirewallPolicy`, `Get-AzFirewallPolicyRuleCollectionGroup`,
//! `Get-AzFirewall`, `Get-AzIpGroup`, `Get-AzRouteTable` and `Get-AzResource`, with the names that Azure's API has.
//!
//! Source: Azure/azure-powershell, `src/Network/Network/Models` (`PSAzureFirewallPolicyRuleCollectionGroupWrapper`,
//! `PSAzureFirewallPolicyNetworkRule`, `PSAzureFirewallPolicy`, `PSAzureFirewall`), 2026-08.

use crate::json::{Json, Map, MemberName};

use super::fault::{ImportFault, quoted};
use crate::net::same_word;

type Object = Map;

/// Names that only PowerShell begins with a capital.
const CAPITALS: [&str; 6] = ["Id", "Name", "Properties", "ProvisioningState", "ResourceGroupName", "ResourceId"];
/// Properties that are lists, so that a text in their place is what PowerShell made of a list that nests too deep.
const LISTS: [&str; 12] = [
    "destinationAddresses",
    "destinationFqdns",
    "destinationIpGroups",
    "destinationPorts",
    "fqdnTags",
    "ipAddresses",
    "protocols",
    "ruleCollection",
    "rules",
    "sourceAddresses",
    "sourceIpGroups",
    "targetFqdns",
];
/// How the text of an object begins that PowerShell did not take apart.
const CUT: [&str; 5] =
    ["@{", "Microsoft.Azure.Commands.", "Microsoft.Azure.Management.", "System.Collections.", "System.Object"];
/// What a firewall states beside its rules, and the additional property that Azure has for it.
const ADDITIONAL: [(&str, &str); 9] = [
    ("AllowActiveFTP", "Network.FTP.AllowActiveFTP"),
    ("DNSEnableProxy", "Network.DNS.EnableProxy"),
    ("DNSRequireProxyForNetworkRules", "Network.DNS.RequireProxyForNetworkRules"),
    ("DNSServer", "Network.DNS.Servers"),
    ("DNSServers", "Network.DNS.Servers"),
    ("EnableFatFlowLogging", "Network.AdditionalLogs.EnableFatFlowLogging"),
    ("EnableUDPLogOptimization", "Network.AdditionalLogs.EnableUDPLogOptimization"),
    ("PrivateRange", "Network.SNAT.PrivateRanges"),
    ("RouteServerId", "Network.RouteServerInfo.RouteServerID"),
];

/// Whether the document is what PowerShell made of objects.
pub(super) fn is_powershell(document: &Json) -> bool {
    let first = match document {
        Json::Array(items) => items.first(),
        Json::Object(object) => unwrapped(object).and_then(|items| items.first()).or(Some(document)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => None,
    };
    let Some(Json::Object(first)) = first else { return false };
    let inner = get(first, "properties").and_then(Json::as_object);
    CAPITALS.iter().any(|name| first.contains_key(name))
        || inner.is_some_and(|inner| get(inner, "ruleCollection").is_some())
}

/// The document with the names of Azure's API.
///
/// # Errors
/// Where PowerShell cut what nests too deep.
pub(super) fn plain(document: Json) -> Result<Json, ImportFault> {
    converted(document, "", "$")
}

fn converted(value: Json, key: &str, path: &str) -> Result<Json, ImportFault> {
    match value {
        Json::Object(object) => match unwrapped(&object) {
            Some(items) => list(items.clone(), key, path),
            None => Ok(Json::Object(object_of(object, path)?)),
        },
        Json::Array(items) => list(items, key, path),
        Json::String(text) if is_cut(&text, key) => Err(ImportFault::at(
            path,
            format!(
                "found {}: PowerShell cuts what nests deep: expected `… | ConvertTo-Json -Depth 100`",
                quoted(&text)
            ),
        )),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => Ok(value),
    }
}

fn list(items: Vec<Json>, key: &str, path: &str) -> Result<Json, ImportFault> {
    let is_plain = LISTS.iter().any(|known| same_word(known, key));
    let key = if is_plain { "" } else { key };
    let items = items.into_iter().enumerate();
    items.map(|(index, item)| converted(item, key, &format!("{path}[{index}]"))).collect()
}

fn is_cut(text: &str, key: &str) -> bool {
    let is_prose = ["name", "description"].iter().any(|known| same_word(known, key));
    let is_list = LISTS.iter().any(|known| same_word(known, key));
    !is_prose && CUT.iter().any(|start| text.starts_with(start)) || is_list && !text.is_empty()
}

/// The items of a list that Windows PowerShell wrapped into an object of its own.
fn unwrapped(object: &Object) -> Option<&Vec<Json>> {
    let items = object.get("value").and_then(Json::as_array)?;
    (object.len() == 2 && object.get("Count").is_some_and(Json::is_number)).then_some(items)
}

fn object_of(object: Object, path: &str) -> Result<Object, ImportFault> {
    let is_text_of_another = |key: &str, value: &Json| {
        value.is_string() && key.strip_suffix("Text").is_some_and(|of| get(&object, of).is_some())
    };
    let renderings: Vec<MemberName> =
        object.iter().filter(|(key, value)| is_text_of_another(key, value)).map(|(key, _)| key.clone()).collect();
    let mut plain = Object::new();
    for (key, value) in object {
        if !renderings.contains(&key) {
            let value = converted(value, &key, &format!("{path}.{key}"))?;
            plain.insert(key, value);
        }
    }
    renamed(&mut plain);
    Ok(plain)
}

fn renamed(object: &mut Object) {
    let has_rules = ["ApplicationRuleCollections", "NatRuleCollections", "NetworkRuleCollections"];
    if has_rules.iter().any(|list| object.contains_key(list)) {
        return firewall(object);
    }
    let is = |name: &str| text(object, "ruleType").is_some_and(|kind| same_word(kind, name));
    if is("NetworkRule") || is("NatRule") {
        rename(object, "protocols", "ipProtocols");
    }
    rename(object, "ruleCollection", "ruleCollections");
    rename(object, "sqlSetting", "sql");
    // It repeats what SNAT states.
    if let Some(ranges) = take(object, "privateRange")
        && !ranges.is_null()
        && get(object, "snat").is_none_or(Json::is_null)
    {
        take(object, "snat");
        object.insert("snat".to_owned(), [("privateRanges".to_owned(), ranges)].into_iter().collect());
    }
    group(object);
    identity(object);
}

/// A group states its name, its id and its type among its properties too, and may state them there alone.
fn group(object: &mut Object) {
    for name in ["id", "name", "etag", "type"] {
        let Some(Json::Object(inner)) = get_mut(object, "properties") else { return };
        if get(inner, "ruleCollections").is_none() {
            return;
        }
        if let Some(value) = take(inner, name)
            && get(object, name).is_none_or(Json::is_null)
        {
            take(object, name);
            object.insert(name.to_owned(), value);
        }
    }
}

/// The kind of an identity is a number where PowerShell has an enumeration.
fn identity(object: &mut Object) {
    let Some(Json::Object(identity)) = get_mut(object, "identity") else { return };
    if let Some(kind) = get_mut(identity, "type")
        && kind.as_u64() == Some(1)
    {
        *kind = Json::from("UserAssigned");
    }
}

/// A firewall, whose settings are additional properties for Azure.
fn firewall(object: &mut Object) {
    let mut additional = Object::new();
    for (own, name) in ADDITIONAL {
        if let Some(text) = take(object, own).as_ref().and_then(joined) {
            additional.insert(name.to_owned(), text.into());
        }
    }
    if let Some(Json::Object(allowed)) = take(object, "ThreatIntelWhitelist") {
        for (own, name) in
            [("FQDNs", "ThreatIntel.Whitelist.FQDNs"), ("IpAddresses", "ThreatIntel.Whitelist.IpAddresses")]
        {
            if let Some(text) = get(&allowed, own).and_then(joined) {
                additional.insert(name.to_owned(), text.into());
            }
        }
    }
    object.insert("additionalProperties".to_owned(), Json::Object(additional));
}

/// The text, or the texts of the list with commas between; `None` where there is none.
fn joined(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Bool(value) => Some(value.to_string()),
        Json::Array(items) if !items.is_empty() => {
            Some(items.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(","))
        }
        Json::Null | Json::Number(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

fn get<'v>(object: &'v Object, name: &str) -> Option<&'v Json> {
    object.iter().find(|(key, _)| same_word(key, name)).map(|(_, value)| value)
}

fn get_mut<'v>(object: &'v mut Object, name: &str) -> Option<&'v mut Json> {
    object.iter_mut().find(|(key, _)| same_word(key, name)).map(|(_, value)| value)
}

fn text<'v>(object: &'v Object, name: &str) -> Option<&'v str> {
    get(object, name).and_then(Json::as_str)
}

fn take(object: &mut Object, name: &str) -> Option<Json> {
    let key = object.keys().find(|key| same_word(key, name))?.clone();
    object.remove(&key)
}

fn rename(object: &mut Object, from: &str, to: &str) {
    if get(object, to).is_none()
        && let Some(value) = take(object, from)
    {
        object.insert(to.to_owned(), value);
    }
}
