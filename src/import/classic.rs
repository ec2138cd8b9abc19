//! Classic firewalls, whose rules stand in the firewall itself, as a policy of the firewall's name.
//!
//! Microsoft's own migration puts them into three groups: DNAT, network and application rules. What a classic firewall
//! decides is decided alike there: Azure reads DNAT before network before application rules in both.

use super::assemble::Found;
use super::fault::Fault;
use super::rules;
use super::tree::{Cursor, Fields};
use super::{body, settings};
use crate::model::{self, Carried, Presence, Priority, ResourceId, ResourceName, Settings, Sku, Spelling, Unknown};
use crate::net::AppProtocol;

const LISTS: [(&str, &str, u32); 3] = [
    ("natRuleCollections", "DefaultDnatRuleCollectionGroup", 100),
    ("networkRuleCollections", "DefaultNetworkRuleCollectionGroup", 200),
    ("applicationRuleCollections", "DefaultApplicationRuleCollectionGroup", 300),
];
const RULE: &[&str] =
    &["name", "description", "sourceAddresses", "sourceIpGroups", "protocols", "direction", "actions", "priority"];
const NAT: &[&str] =
    &["destinationAddresses", "destinationPorts", "translatedAddress", "translatedFqdn", "translatedPort"];
const NETWORK: &[&str] = &["destinationAddresses", "destinationIpGroups", "destinationFqdns", "destinationPorts"];
const APPLICATION: &[&str] = &["targetFqdns", "targetUrls", "fqdnTags"];

/// Whether the fields of a firewall hold rules.
pub(super) fn has_rules(fields: &Fields<'_>) -> bool {
    LISTS.iter().any(|(list, ..)| fields.get(list).is_some())
}

/// Reads the rules among `fields` as a policy called `name`. `resource` has the region.
pub(super) fn read(
    name: &ResourceName,
    resource: &Fields<'_>,
    fields: &Fields<'_>,
    found: &mut Found,
) -> Result<(), Fault> {
    let notes = fields.cursor.notes;
    let before = notes.len();
    notes.add("the rules of a classic firewall: they are read as those of a policy");
    let path = fields.cursor.path();
    let id = ResourceId { name: name.clone(), scope: body::scope(resource, found.scope())? };
    let mut settings = Settings::new(sku(fields)?);
    settings.location = settings::location(resource)?;
    // DNS is among the additional properties of a firewall, and a part of one states neither tier nor region.
    let is_part = resource.get("type").is_none();
    settings.unknown =
        Unknown { sku: is_part && fields.get("sku").is_none(), dns: true, location: settings.location.is_none() };
    settings.threat_intel = fields.optional("threatIntelMode", Cursor::word)?;
    found.policy(
        path.clone(),
        model::Policy {
            name: id.name.clone(),
            scope: id.scope.clone(),
            base: None,
            settings,
            groups: Vec::new(),
            origin: fields.cursor.origin(),
        },
    );
    for (list, group, priority) in LISTS {
        let before = notes.len();
        let collections = fields.list(list, |cursor| collection(cursor, list))?;
        let Some(priority) = Priority::new(priority).filter(|_| !collections.is_empty()) else { continue };
        notes.within(before, group);
        found.group(
            path.clone(),
            id.clone(),
            model::Group {
                name: group.to_owned().into(),
                priority,
                presence: Presence::Always,
                collections,
                origin: fields.cursor.origin(),
            },
        );
    }
    notes.within(before, name);
    Ok(())
}

fn sku(fields: &Fields<'_>) -> Result<Sku, Fault> {
    let Some(sku) = fields.object("sku") else { return Ok(Sku::Standard) };
    let tier = sku.fields()?.optional("tier", Cursor::text)?;
    Ok(tier.and_then(|tier| Sku::from_spelling(&tier)).unwrap_or(Sku::Standard))
}

fn collection(cursor: &Cursor<'_>, list: &str) -> Result<model::Collection, Fault> {
    let before = cursor.notes.len();
    let outer = cursor.fields()?;
    let wrapped = outer.object("properties");
    let wrapped = wrapped.as_ref().map(Cursor::fields).transpose()?;
    let known: &[&str] =
        &["name", "id", "etag", "type", "properties", "priority", "action", "rules", "provisioningState"];
    outer.only(&[known])?;
    let fields = wrapped.unwrap_or(outer);
    fields.only(&[known])?;
    let rules = match list {
        "natRuleCollections" => {
            rules::dnat_action(&fields)?;
            model::Rules::Nat(fields.list("rules", |rule| rules::noted(rule, nat))?)
        }
        "networkRuleCollections" => {
            model::Rules::Network(rules::action(&fields)?, fields.list("rules", |rule| rules::noted(rule, network))?)
        }
        _ => model::Rules::Application(
            rules::action(&fields)?,
            fields.list("rules", |rule| rules::noted(rule, application))?,
        ),
    };
    let name = outer.require("name")?.name()?;
    cursor.notes.within(before, &name);
    let priority = fields.require("priority")?.priority()?;
    let (presence, carried) = (Presence::Always, Carried::default());
    Ok(model::Collection { name, priority, presence, rules, carried, origin: cursor.origin() })
}

fn nat(rule: &Cursor<'_>) -> Result<model::NatRule, Fault> {
    let fields = rule.fields()?;
    fields.only(&[RULE, NAT])?;
    rules::nat_rule_of(&fields, "protocols")
}

fn network(rule: &Cursor<'_>) -> Result<model::NetworkRule, Fault> {
    let fields = rule.fields()?;
    fields.only(&[RULE, NETWORK])?;
    rules::network_rule_of(&fields, "protocols")
}

fn application(rule: &Cursor<'_>) -> Result<model::ApplicationRule, Fault> {
    let fields = rule.fields()?;
    fields.only(&[RULE, APPLICATION])?;
    let mut said = rules::application_rule_of(&fields)?;
    if said.matches.protocols.is_empty() && !said.matches.fqdn_tags.is_empty() {
        rule.notes.add("FQDN tags of a classic firewall take no protocols: they are taken for Http:80 and Https:443");
        said.matches.protocols = vec![(AppProtocol::Http, 80), (AppProtocol::Https, 443)];
    }
    if fields.get("targetUrls").is_some() {
        rule.notes.add("`targetUrls` is what the API of 2018-04-01 calls host names");
        said.matches.fqdns.extend(fields.list("targetUrls", |at| at.parsed())?);
        said.matches.urls.clear();
    }
    Ok(said)
}
