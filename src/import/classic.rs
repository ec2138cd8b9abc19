//! Classic firewalls, whose rules are in the firewall itself, as a policy of the firewall's name.
//!
//! Microsoft's own migration puts them into three groups: DNAT, network and application rules. What a classic firewall
//! decides is decided alike there: Azure reads DNAT before network before application rules in both.

use super::assemble::FoundParts;
use super::body::{self, DocumentBody};
use super::classic_settings as settings;
use super::fault::ImportFault;
use super::rules;
use super::tree::{TreeCursor, TreeFields};
use crate::model::{self, Bearing, Carried, Presence, Priority, ResourceId, ResourceName, Settings};
use crate::net::{AppProtocol, same_word};
use crate::template::TemplateNode;

/// A list of rule collections of a classic firewall.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ClassicList {
    Nat,
    Network,
    Application,
}

impl ClassicList {
    const ALL: [Self; 3] = [Self::Nat, Self::Network, Self::Application];

    /// The property of the firewall.
    fn property(self) -> &'static str {
        match self {
            Self::Nat => "natRuleCollections",
            Self::Network => "networkRuleCollections",
            Self::Application => "applicationRuleCollections",
        }
    }

    /// The group that it becomes, and its priority.
    fn group(self) -> (&'static str, u32) {
        match self {
            Self::Nat => ("DefaultDnatRuleCollectionGroup", 100),
            Self::Network => ("DefaultNetworkRuleCollectionGroup", 200),
            Self::Application => ("DefaultApplicationRuleCollectionGroup", 300),
        }
    }
}

/// What is done about a firewall that is no policy.
const AS_POLICY: &str = "the rules of a classic firewall: they are read as those of a policy";
/// What a firewall may say beside its rules and what the policy's settings are read from.
///
/// Source: Microsoft.Network 2025-01-01, `AzureFirewallPropertiesFormat`.
const FIREWALL: &[&str] = &[
    "applicationRuleCollections",
    "autoscaleConfiguration",
    "firewallPolicy",
    "hubIPAddresses",
    "ipConfigurations",
    "ipGroups",
    "learnedIPPrefixes",
    "managementIpConfiguration",
    "natRuleCollections",
    "networkRuleCollections",
    "sku",
    "virtualHub",
];
const RULE: &[&str] =
    &["name", "description", "sourceAddresses", "sourceIpGroups", "protocols", "direction", "actions", "priority"];
const NAT: &[&str] =
    &["destinationAddresses", "destinationPorts", "translatedAddress", "translatedFqdn", "translatedPort"];
const NETWORK: &[&str] = &["destinationAddresses", "destinationIpGroups", "destinationFqdns", "destinationPorts"];
const APPLICATION: &[&str] = &["targetFqdns", "targetUrls", "fqdnTags"];

/// Whether the fields hold rules of a classic firewall.
pub(super) fn has_rules(fields: &TreeFields<'_>) -> bool {
    ClassicList::ALL.iter().any(|list| fields.get(list.property()).is_some())
}

/// Whether a property of this name is a list of rule collections.
pub(super) fn is_list(key: &str) -> bool {
    ClassicList::ALL.iter().any(|list| same_word(list.property(), key))
}

/// Whether the firewall decides by rules of its own: it states some, or it states lists of them, though empty, and no policy.
pub(super) fn is_without_policy(firewall: &TreeFields<'_>) -> bool {
    let policy = firewall.object("firewallPolicy");
    let has_policy = policy.is_some_and(|policy| policy.fields().map_or(true, |fields| fields.get("id").is_some()));
    has_rules(firewall) || !has_policy && ClassicList::ALL.iter().any(|list| firewall.has(list.property()))
}

/// Whether the value is a collection of a classic firewall, which does not say of which kind its rules are.
pub(super) fn is_collection(node: &TemplateNode) -> bool {
    let TemplateNode::Object(entries) = node else { return false };
    let get = |name: &str| entries.iter().find(|(key, _)| same_word(key, name)).map(|(_, value)| value);
    match get("properties") {
        Some(inner @ TemplateNode::Object(_)) => is_collection(inner),
        _ => {
            let has_own =
                matches!((get("rules"), get("action")), (Some(TemplateNode::List(_)), Some(TemplateNode::Object(_))));
            has_own && get("ruleCollectionType").is_none()
        }
    }
}

/// Reads a firewall as a policy called `name`. A property that is not known is refused.
pub(super) fn read(
    name: &ResourceName,
    firewall: &DocumentBody<'_>,
    found: &mut FoundParts,
) -> Result<(), ImportFault> {
    let cursor = firewall.resource.cursor;
    let before = cursor.notes.len();
    firewall.only(&[FIREWALL, settings::PROPERTIES, &settings::additional(&firewall.properties)].concat())?;
    let id = ResourceId { name: name.clone(), scope: body::scope(&firewall.resource, found.scope())? };
    found.suppose(id.clone());
    put(&id, settings::read(firewall)?, &firewall.properties, found)?;
    cursor.notes.within(before, name);
    Ok(())
}

/// Reads the lists of a firewall that are part of something else, as a policy called `name`. What is beside them is not
/// the firewall's.
pub(super) fn part(name: &ResourceName, fields: &TreeFields<'_>, found: &mut FoundParts) -> Result<(), ImportFault> {
    let before = fields.cursor.notes.len();
    let id = ResourceId { name: name.clone(), scope: body::scope(fields, found.scope())? };
    put(&id, settings::of_part(fields)?, fields, found)?;
    fields.cursor.notes.within(before, name);
    Ok(())
}

/// Reads one list of collections by itself, the value of `key`, as a part of `policy`.
pub(super) fn loose(list: &TreeCursor<'_>, key: &str, policy: &str, found: &mut FoundParts) -> Result<(), ImportFault> {
    let kind = kind_of(list.node, key);
    list.assume(Bearing::NoFlow, AS_POLICY);
    let collections = list.items()?.map(|item| collection(&item, kind)).collect::<Result<_, _>>()?;
    let policy = ResourceId::own(policy);
    let (name, priority) = kind.group();
    let Some(priority) = Priority::new(priority) else { return Ok(()) };
    let name = found.free_name(&policy, name).into();
    found.group(
        list.path(),
        policy,
        model::Group { name, priority, presence: found.presence().clone(), collections, origin: list.origin() },
    );
    Ok(())
}

/// Of which kind the rules of the collections are: by what they state, else by the name of the list.
fn kind_of(list: &TemplateNode, key: &str) -> ClassicList {
    let has = |name: &str| has_anywhere(list, name);
    if has("targetFqdns") || has("fqdnTags") || has("protocolType") {
        return ClassicList::Application;
    }
    if has("translatedAddress") || has("translatedPort") || has("translatedFqdn") {
        return ClassicList::Nat;
    }
    let key = key.to_ascii_lowercase();
    if key.contains("application") {
        return ClassicList::Application;
    }
    if key.contains("nat") { ClassicList::Nat } else { ClassicList::Network }
}

fn has_anywhere(node: &TemplateNode, name: &str) -> bool {
    match node {
        TemplateNode::List(items) => items.iter().any(|item| has_anywhere(item, name)),
        TemplateNode::Object(entries) => {
            entries.iter().any(|(key, value)| same_word(key, name) || has_anywhere(value, name))
        }
        TemplateNode::Null
        | TemplateNode::Bool(_)
        | TemplateNode::Number(_)
        | TemplateNode::Text(_)
        | TemplateNode::Expression(_)
        | TemplateNode::Reference(_) => false,
    }
}

fn put(
    id: &ResourceId,
    settings: Settings,
    fields: &TreeFields<'_>,
    found: &mut FoundParts,
) -> Result<(), ImportFault> {
    let (cursor, notes) = (fields.cursor, fields.cursor.notes);
    cursor.assume(Bearing::NoFlow, AS_POLICY);
    let policy = model::Policy {
        name: id.name.clone(),
        scope: id.scope.clone(),
        base: None,
        settings,
        groups: Vec::new(),
        origin: cursor.origin(),
    };
    found.policy(cursor.path(), policy);
    for list in ClassicList::ALL {
        let before = notes.len();
        let (name, priority) = list.group();
        let collections = fields.list(list.property(), |at| collection(at, list))?;
        let Some(priority) = Priority::new(priority).filter(|_| !collections.is_empty()) else { continue };
        notes.within(before, name);
        let group = model::Group {
            name: name.into(),
            priority,
            presence: found.presence().clone(),
            collections,
            origin: cursor.origin(),
        };
        found.group(cursor.path(), id.clone(), group);
    }
    Ok(())
}

fn collection(cursor: &TreeCursor<'_>, list: ClassicList) -> Result<model::Collection, ImportFault> {
    let before = cursor.notes.len();
    let outer = cursor.fields()?;
    let wrapped = outer.object("properties");
    let wrapped = wrapped.as_ref().map(TreeCursor::fields).transpose()?;
    let known: &[&str] = &[
        "name",
        "id",
        "etag",
        "type",
        "properties",
        "priority",
        "action",
        "rules",
        "provisioningState",
        "resourceGroup",
    ];
    outer.only(&[known])?;
    let fields = wrapped.unwrap_or(outer);
    fields.only(&[known])?;
    let rules = match list {
        ClassicList::Nat => {
            rules::dnat_action(&fields)?;
            model::Rules::Nat(fields.list("rules", |rule| rules::noted(rule, nat))?)
        }
        ClassicList::Network => {
            model::Rules::Network(rules::action(&fields)?, fields.list("rules", |rule| rules::noted(rule, network))?)
        }
        ClassicList::Application => {
            let read = |rule: &TreeCursor<'_>| rules::noted(rule, application);
            model::Rules::Application(rules::action(&fields)?, fields.list("rules", read)?)
        }
    };
    let name = outer.require("name")?.name()?;
    cursor.notes.within(before, &name);
    let priority = fields.require("priority")?.priority()?;
    let (presence, carried) = (Presence::Always, Carried::default());
    Ok(model::Collection { name, priority, presence, rules, carried, origin: cursor.origin() })
}

fn nat(rule: &TreeCursor<'_>) -> Result<model::NatRule, ImportFault> {
    let fields = rule.fields()?;
    fields.only(&[RULE, NAT])?;
    rules::nat_rule_of(&fields, "protocols")
}

fn network(rule: &TreeCursor<'_>) -> Result<model::NetworkRule, ImportFault> {
    let fields = rule.fields()?;
    fields.only(&[RULE, NETWORK])?;
    rules::network_rule_of(&fields, "protocols")
}

/// FQDN tags of a classic firewall bring their protocols along.
///
/// Source: Azure/azure-powershell, `New-AzFirewallApplicationRule`, whose parameter set of FQDN tags has no protocol;
/// MicrosoftDocs/azure-docs#108165: the tags cover http and https; 2026-11.
fn application(rule: &TreeCursor<'_>) -> Result<model::ApplicationRule, ImportFault> {
    let fields = rule.fields()?;
    fields.only(&[RULE, APPLICATION])?;
    let mut said = rules::application_rule_of(&fields)?;
    if said.matches.protocols.is_empty() && !said.matches.fqdn_tags.is_empty() {
        let message = "FQDN tags of a classic firewall take no protocols: they are taken for Http:80 and Https:443";
        rule.assume(Bearing::Rules, message);
        said.matches.protocols = vec![(AppProtocol::Http, 80), (AppProtocol::Https, 443)];
    }
    if fields.get("targetUrls").is_some() {
        rule.assume(Bearing::Rules, "`targetUrls` is what the API of 2018-04-01 calls host names");
        said.matches.fqdns.extend(fields.list("targetUrls", |at| at.parsed())?);
        said.matches.urls.clear();
    }
    Ok(said)
}
