//! A policy resource: everything but its rule collection groups.

use std::net::Ipv4Addr;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::body::{self, DocumentBody};
use super::fault::ImportFault;
use super::tree::{TreeCursor, TreeFields};
use crate::model::{
    self, Bearer, Bearing, ExplicitProxy, Idps, IdpsBypass, IdpsMode, IdpsProfile, Insights, Lens, NameSpelling,
    ResourceId, Setting, SettingKind, SettingPlace, Settings, Sku, ThreatIntelAllow, Tls, Truth, UnknownSetting,
    Unresolved, carried_property,
};
use crate::net::{AddressSpan, Ipv6Span, PortSpan, same_word};
use crate::template::TemplateNode;

const FIREWALL_POLICIES: &str = "Microsoft.Network/firewallPolicies";
const BASE: &[&str] = &["basePolicy"];
const READ_ONLY: &[&str] = &[
    "afcManaged",
    "childPolicies",
    "firewalls",
    "kubeSelectorGroups",
    "provisioningState",
    "resourceGuid",
    "ruleCollectionGroups",
    "securityProfileGroups",
    "securityProfiles",
    "size",
];

type Other = IndexMap<String, Value>;

/// The policy `id`, without its groups. What the settings do not name is kept in `other`.
pub(super) fn policy(id: ResourceId, body: &DocumentBody<'_>) -> Result<model::Policy, ImportFault> {
    let mut settings = Settings::new(Sku::Standard);
    settings.unknown = unknown(body)?;
    settings.is_managed = body.properties.optional("afcManaged", TreeCursor::bool)?.unwrap_or(false);
    keep_paths(&body.resource, 4);
    for setting in Setting::in_arm_order().filter(|setting| setting.row().place == SettingPlace::Policy) {
        match setting.row().arm.strip_prefix("properties/") {
            Some(path) => descend(&body.properties, "properties", path, setting, &mut settings)?,
            None => read(&body.resource, setting.row().arm, setting, &mut settings)?,
        }
    }
    keep_unknown(body, &mut settings.other)?;
    Ok(model::Policy {
        name: id.name,
        scope: id.scope,
        base: body.properties.optional("basePolicy", base)?.flatten(),
        settings,
        groups: Vec::new(),
        origin: body.resource.cursor.origin(),
    })
}

/// Reads the setting whose property is at `path` below the object `fields`, which is at `above`.
fn descend(
    fields: &TreeFields<'_>,
    above: &str,
    path: &str,
    setting: Setting,
    settings: &mut Settings,
) -> Result<(), ImportFault> {
    let Some((step, rest)) = path.split_once('/') else { return read(fields, path, setting, settings) };
    let inner = |at: &TreeCursor<'_>| {
        let path = [above, step].join("/");
        descend(&known_fields(at, &path, settings)?, &path, rest, setting, settings)
    };
    match above {
        "properties" => fields.known(step, inner)?,
        _ => fields.optional(step, inner)?,
    };
    Ok(())
}

/// The properties of the object at `path`; those that no setting states are kept.
fn known_fields<'b>(
    cursor: &'b TreeCursor<'_>,
    path: &str,
    settings: &mut Settings,
) -> Result<TreeFields<'b>, ImportFault> {
    let fields = cursor.fields()?;
    keep(&fields, &[&Setting::names_at(path)], &[path, "/"].concat(), &mut settings.other)?;
    Ok(fields)
}

/// Reads what is in the braces of a setting, whose properties are those of the object at `path`.
fn inside(
    fields: &TreeFields<'_>,
    path: &str,
    place: SettingPlace,
    settings: &mut Settings,
) -> Result<(), ImportFault> {
    for setting in Setting::in_arm_order().filter(|setting| setting.row().place == place) {
        let below = setting.row().arm.strip_prefix(path).unwrap_or_default();
        descend(fields, path, below.trim_start_matches('/'), setting, settings)?;
    }
    Ok(())
}

/// Reads a setting from the property `name` of the object, or, where its property is the object itself, from the object.
fn read(fields: &TreeFields<'_>, name: &str, setting: Setting, settings: &mut Settings) -> Result<(), ImportFault> {
    let row = setting.row();
    match row.kind {
        SettingKind::Switch(truth, of) => {
            let read = match truth {
                Truth::Bool => TreeCursor::bool,
                Truth::Enabled => enabled,
            };
            state(of, settings, stated(fields, name, setting, read)?);
        }
        SettingKind::Port(of) => {
            state(of, settings, stated(fields, name, setting, |at| at.number("a port from 0 to 64000"))?);
        }
        SettingKind::Number { what, of, .. } => {
            state(of, settings, stated(fields, name, setting, |at| at.number(what))?);
        }
        SettingKind::Region => settings.location = location(fields)?,
        SettingKind::Tier => settings.sku = sku(fields)?,
        SettingKind::ThreatIntel => settings.threat_intel = stated(fields, name, setting, TreeCursor::word)?,
        SettingKind::ThreatIntelAllow => {
            let allow = stated(fields, name, setting, |at| threat_intel_allow(at, settings))?;
            settings.threat_intel_allow = allow;
        }
        SettingKind::Servers => settings.dns.get_or_insert_default().servers = servers(fields, &mut settings.other)?,
        SettingKind::NetworkRules => {
            let needed = stated(fields, name, setting, TreeCursor::bool)?;
            settings.dns.get_or_insert_default().network_rules_need_proxy = needed;
        }
        SettingKind::Profile => {
            let profile = stated(fields, name, setting, |at| profile(at, &mut settings.other))?.flatten();
            settings.idps.iter_mut().for_each(|idps| idps.profile = profile);
        }
        SettingKind::Signature => {
            let mut signatures = signatures(fields)?;
            settings.idps.iter_mut().for_each(|idps| idps.signatures = std::mem::take(&mut signatures));
        }
        SettingKind::Bypass => {
            let mut entries = without_ipv6(fields, name, &mut settings.other, bypass)?;
            settings.idps.iter_mut().for_each(|idps| idps.bypass = std::mem::take(&mut entries));
        }
        SettingKind::IdpsRanges => {
            let mut ranges = without_ipv6(fields, name, &mut settings.other, |at| at.span())?;
            settings.idps.iter_mut().for_each(|idps| idps.private_ranges = std::mem::take(&mut ranges));
        }
        SettingKind::Certificate => settings.tls = stated(fields, name, setting, |at| tls(at, settings))?.flatten(),
        SettingKind::Identities => settings.identities = identities(fields, &mut settings.other)?,
        SettingKind::PacFile => pac_file(fields, settings.explicit_proxy.get_or_insert_default())?,
        SettingKind::SnatRanges => {
            settings.snat.get_or_insert_default().private_ranges = fields.list(name, |at| at.text())?;
        }
        SettingKind::Workspace => {
            stated(fields, name, setting, |at| workspaces(&known_fields(at, row.arm, settings)?, settings))?;
        }
        SettingKind::Tags => settings.tags = tags(fields)?,
        SettingKind::Block(place, open) => block(fields, name, setting, place, settings, |_, settings| {
            open(settings);
            Ok(())
        })?,
        SettingKind::Idps => block(fields, name, setting, SettingPlace::Idps, settings, |fields, settings| {
            settings.idps = Some(Idps::new(fields.require("mode")?.word()?));
            Ok(())
        })?,
        SettingKind::ExplicitProxy => {
            block(fields, name, setting, SettingPlace::ExplicitProxy, settings, |fields, settings| {
                let enabled = fields.optional("enableExplicitProxy", TreeCursor::bool)?;
                settings.explicit_proxy = Some(ExplicitProxy { enabled, ..ExplicitProxy::default() });
                Ok(())
            })?;
        }
        SettingKind::Insights => block(fields, name, setting, SettingPlace::Insights, settings, |fields, settings| {
            let enabled = fields.known("isEnabled", TreeCursor::bool)?;
            settings.insights = Some(Insights { enabled, ..Insights::default() });
            Ok(())
        })?,
        SettingKind::PartOfBypass(_) | SettingKind::BaseId | SettingKind::Order | SettingKind::Carried => {}
    }
    Ok(())
}

/// Reads a setting that has others in its braces: what `own` reads of its object, then those.
fn block(
    fields: &TreeFields<'_>,
    name: &str,
    setting: Setting,
    place: SettingPlace,
    settings: &mut Settings,
    own: impl FnOnce(&TreeFields<'_>, &mut Settings) -> Result<(), ImportFault>,
) -> Result<(), ImportFault> {
    let path = setting.row().arm;
    let read = |at: &TreeCursor<'_>| {
        let fields = known_fields(at, path, settings)?;
        own(&fields, settings)?;
        inside(&fields, path, place, settings)
    };
    stated(fields, name, setting, read).map(|_| ())
}

/// The property `name`, where it is there; the row tells what becomes of one that only a deployment knows.
fn stated<'a, T>(
    fields: &TreeFields<'a>,
    name: &str,
    setting: Setting,
    read: impl FnOnce(&TreeCursor<'a>) -> Result<T, ImportFault>,
) -> Result<Option<T>, ImportFault> {
    match setting.row().unresolved {
        Unresolved::Refused => fields.optional(name, read),
        Unresolved::LeftOut => fields.known(name, read),
    }
}

fn state<T>(of: Lens<T>, settings: &mut Settings, value: Option<T>) {
    if let Some(value) = value {
        (of.set)(settings, value);
    }
}

/// Keeps the paths of a resource's settings, so that findings can point at them.
fn keep_paths(fields: &TreeFields<'_>, depth: u8) {
    let Some(depth) = depth.checked_sub(1) else { return };
    for (_, value) in fields.present().filter(|(key, _)| !same_word(key, "ruleCollectionGroups")) {
        let _ = value.origin();
        if let (TemplateNode::Object(_), Ok(fields)) = (value.node, value.fields()) {
            keep_paths(&fields, depth);
        }
    }
}

/// Settings that only a deployment knows.
fn unknown(body: &DocumentBody<'_>) -> Result<UnknownSetting, ImportFault> {
    let is_open =
        |cursor: Option<TreeCursor<'_>>| cursor.is_some_and(|at| matches!(at.node, TemplateNode::Expression(_)));
    let tier = body.properties.object("sku");
    let tier = tier.as_ref().map(TreeCursor::fields).transpose()?;
    let dns = body.properties.object("dnsSettings");
    let dns = dns.as_ref().map(TreeCursor::fields).transpose()?;
    let of_dns = ["enableProxy", "requireProxyForNetworkRules"];
    Ok(UnknownSetting {
        sku: tier.is_some_and(|fields| is_open(fields.get("tier"))),
        dns: is_open(body.properties.get("dnsSettings"))
            || dns.is_some_and(|fields| of_dns.iter().any(|&name| is_open(fields.get(name)))),
        location: is_open(body.resource.get("location")),
    })
}

fn keep_unknown(body: &DocumentBody<'_>, other: &mut Other) -> Result<(), ImportFault> {
    let known = Setting::names_at("properties");
    if body.is_wrapped {
        keep(&body.resource, &[body::RESOURCE], "", other)?;
        return keep(&body.properties, &[&known, BASE, READ_ONLY], "properties/", other);
    }
    keep(&body.properties, &[body::RESOURCE, &known, BASE, READ_ONLY], "properties/", other)
}

/// Keeps what `known` does not name, by its path below the resource.
fn keep(fields: &TreeFields<'_>, known: &[&[&str]], prefix: &str, other: &mut Other) -> Result<(), ImportFault> {
    for (key, cursor) in fields.unknown(known) {
        if same_word(key, "copy") {
            return Err(cursor.fault("`copy` is not read: expected literal properties"));
        }
        let value = match carried_property(Bearer::Policy, key).filter(|_| prefix == "properties/") {
            Some(property) => {
                cursor.assume(
                    Bearing::NoFlow,
                    format!("`{}`, which {}, is carried through unread", property.name, property.does),
                );
                carried_value(&cursor)?
            }
            None => value(&cursor)?,
        };
        other.insert([prefix, &path_step(key)].concat(), value);
    }
    Ok(())
}

/// Keeps the list `name` unread where it has IPv6 addresses, which no setting of the language holds; whether it does.
fn is_kept_for_ipv6(fields: &TreeFields<'_>, name: &str, prefix: &str, other: &mut Other) -> Result<bool, ImportFault> {
    let Some(list) = fields.get(name).filter(|list| has_ipv6(list.node)) else { return Ok(false) };
    list.assume(
        Bearing::NoFlow,
        format!("`{name}` has IPv6 addresses, a preview of Azure's: it is carried through unread"),
    );
    other.insert([prefix, name].concat(), value(&list)?);
    Ok(true)
}

fn has_ipv6(node: &TemplateNode) -> bool {
    match node {
        TemplateNode::Text(text) => text.parse::<Ipv6Span>().is_ok(),
        TemplateNode::List(items) => items.iter().any(has_ipv6),
        // A name may look like an address.
        TemplateNode::Object(entries) => {
            entries.iter().any(|(key, value)| key != "name" && key != "description" && has_ipv6(value))
        }
        TemplateNode::Null
        | TemplateNode::Bool(_)
        | TemplateNode::Number(_)
        | TemplateNode::Expression(_)
        | TemplateNode::Reference(_) => false,
    }
}

/// A step of a path, as `emit` reads it.
fn path_step(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The value of a property that is carried through: a reference to another resource by its id, beside which `az` prints the
/// resource group, or any other.
pub(super) fn carried_value(cursor: &TreeCursor<'_>) -> Result<Value, ImportFault> {
    let TemplateNode::Object(_) = cursor.node else { return value(cursor) };
    let fields = cursor.fields()?;
    match fields.get("id") {
        Some(id) if fields.only(&[&["id", "resourceGroup"]]).is_ok() => Ok(json!({ "id": id.name()? })),
        Some(_) | None => value(cursor),
    }
}

fn value(cursor: &TreeCursor<'_>) -> Result<Value, ImportFault> {
    Ok(match cursor.node {
        TemplateNode::Null => Value::Null,
        TemplateNode::Bool(value) => Value::Bool(*value),
        TemplateNode::Number(number) => Value::Number(number.clone()),
        TemplateNode::Text(text) => Value::String(text.clone()),
        TemplateNode::Expression(_) | TemplateNode::Reference(_) => return Err(cursor.unevaluated()),
        TemplateNode::List(_) => Value::Array(cursor.items()?.map(|item| value(&item)).collect::<Result<_, _>>()?),
        TemplateNode::Object(_) => Value::Object(object(&cursor.fields()?)?),
    })
}

fn object(fields: &TreeFields<'_>) -> Result<Map<String, Value>, ImportFault> {
    fields.all().map(|(key, cursor)| Ok((key.to_owned(), value(&cursor)?))).collect()
}

/// Azure's default is Standard.
fn sku(fields: &TreeFields<'_>) -> Result<Sku, ImportFault> {
    match fields.get("tier") {
        Some(tier) if matches!(tier.node, TemplateNode::Expression(_)) => {
            let what = tier.node.described();
            let message =
                format!("the tier, {what}, cannot be evaluated: it is taken for Premium, which takes every rule");
            tier.assume(Bearing::NoFlow, message);
            Ok(Sku::Premium)
        }
        Some(tier) => tier.word(),
        None => Ok(Sku::Standard),
    }
}

/// The region; absent where the template takes that of the resource group.
pub(super) fn location(fields: &TreeFields<'_>) -> Result<Option<String>, ImportFault> {
    match fields.get("location") {
        Some(TreeCursor { node: TemplateNode::Expression(unknown), .. }) if unknown.is_group_location() => Ok(None),
        Some(location) if matches!(location.node, TemplateNode::Expression(_)) => {
            let message = format!("the region, {}, cannot be evaluated and is left out", location.node.described());
            location.omit(Bearing::NoFlow, message);
            Ok(None)
        }
        Some(location) => location.text().map(Some),
        None => Ok(None),
    }
}

fn tags(fields: &TreeFields<'_>) -> Result<IndexMap<String, String>, ImportFault> {
    let Some(tags) = fields.get("tags") else { return Ok(IndexMap::new()) };
    if matches!(tags.node, TemplateNode::Expression(_)) {
        let message = format!("the tags, {}, cannot be evaluated and are left out", tags.node.described());
        tags.omit(Bearing::NoFlow, message);
        return Ok(IndexMap::new());
    }
    let tags = tags.fields()?;
    let text = |(key, tag): (&str, TreeCursor<'_>)| match tag.node {
        TemplateNode::Null => Ok((key.to_owned(), String::new())),
        _ => Ok((key.to_owned(), tag.name()?)),
    };
    tags.all().map(text).collect()
}

fn identities(fields: &TreeFields<'_>, other: &mut Other) -> Result<Vec<String>, ImportFault> {
    let Some(identity) = fields.get("identity") else { return Ok(Vec::new()) };
    let identity = identity.fields()?;
    if let Some(kind) =
        identity.get("type").filter(|kind| !kind.text().is_ok_and(|kind| same_word(&kind, "UserAssigned")))
    {
        other.insert("identity/type".to_owned(), Value::String(kind.text()?));
    }
    keep(&identity, &[&Setting::names_at("identity"), &["principalId", "tenantId"]], "identity/", other)?;
    match identity.get("userAssignedIdentities") {
        Some(users) => users.fields()?.all().map(|(id, at)| identity_id(id, &at)).collect(),
        None => Ok(Vec::new()),
    }
}

/// The keys are ids; an expression is in a key as it does in a text.
fn identity_id(id: &str, at: &TreeCursor<'_>) -> Result<String, ImportFault> {
    match at.node {
        TemplateNode::Object(_) | TemplateNode::Null => Ok(id.to_owned()),
        _ => Err(at.expected("an object")),
    }
}

/// The base; an id that is empty is none.
fn base(cursor: &TreeCursor<'_>) -> Result<Option<model::Base>, ImportFault> {
    let fields = cursor.fields()?;
    fields.only(&[&["id", "resourceGroup"]])?;
    fields.optional("id", |id| id.reference(FIREWALL_POLICIES, model::Base::Named, model::Base::id))
}

fn threat_intel_allow(cursor: &TreeCursor<'_>, settings: &mut Settings) -> Result<ThreatIntelAllow, ImportFault> {
    let path = Setting::ThreatIntelAllow.row().arm;
    let fields = known_fields(cursor, path, settings)?;
    let addresses = match is_kept_for_ipv6(&fields, "ipAddresses", &[path, "/"].concat(), &mut settings.other)? {
        true => Vec::new(),
        false => fields.list("ipAddresses", |at| at.span())?,
    };
    Ok(ThreatIntelAllow { fqdns: fields.list("fqdns", |at| at.text())?, addresses })
}

/// The servers that are known here.
fn servers(fields: &TreeFields<'_>, other: &mut Other) -> Result<Vec<Ipv4Addr>, ImportFault> {
    if is_kept_for_ipv6(fields, "servers", "properties/dnsSettings/", other)? {
        return Ok(Vec::new());
    }
    let read = |list: &TreeCursor<'_>| {
        let mut servers = Vec::new();
        for item in list.items()? {
            match item.node {
                TemplateNode::Expression(_) => {
                    let what = item.node.described();
                    let message = format!("the DNS server {what} cannot be evaluated and is left out");
                    item.omit(Bearing::NoFlow, message);
                }
                _ => servers.push(item.parsed()?),
            }
        }
        Ok(servers)
    };
    Ok(fields.known("servers", read)?.unwrap_or_default())
}

fn pac_file(fields: &TreeFields<'_>, proxy: &mut ExplicitProxy) -> Result<(), ImportFault> {
    proxy.pac_file_enabled = fields.optional("enablePacFile", TreeCursor::bool)?;
    proxy.pac_file_port = fields.optional("pacFilePort", |at| at.number("a port from 0 to 64000"))?;
    proxy.pac_file = fields.optional("pacFile", TreeCursor::text)?;
    Ok(())
}

fn workspaces(fields: &TreeFields<'_>, settings: &mut Settings) -> Result<(), ImportFault> {
    let insights = settings.insights.get_or_insert_default();
    insights.default_workspace = fields.optional("defaultWorkspaceId", sub_resource)?;
    insights.regional_workspaces = regional_workspaces(fields)?;
    Ok(())
}

fn regional_workspaces(fields: &TreeFields<'_>) -> Result<IndexMap<String, String>, ImportFault> {
    let mut workspaces = IndexMap::new();
    for (region, id) in fields.list("workspaces", regional_workspace)? {
        if workspaces.insert(region, id).is_some() {
            return Err(fields.cursor.fault("two workspaces of one region"));
        }
    }
    Ok(workspaces)
}

fn regional_workspace(cursor: &TreeCursor<'_>) -> Result<(String, String), ImportFault> {
    let fields = cursor.fields()?;
    fields.only(&[&["region", "workspaceId"]])?;
    Ok((fields.require("region")?.text()?, sub_resource(&fields.require("workspaceId")?)?))
}

fn sub_resource(cursor: &TreeCursor<'_>) -> Result<String, ImportFault> {
    let fields = cursor.fields()?;
    fields.only(&[&["id", "resourceGroup"]])?;
    fields.require("id")?.id_beside()
}

/// The profiles had other names before 2024, which Azure still prints; they are kept as they are.
fn profile(cursor: &TreeCursor<'_>, other: &mut Other) -> Result<Option<IdpsProfile>, ImportFault> {
    let text = cursor.text()?;
    let known = IdpsProfile::from_spelling(&text);
    if known.is_none() {
        other.insert("properties/intrusionDetection/profile".to_owned(), Value::String(text));
    }
    Ok(known)
}

fn signatures(fields: &TreeFields<'_>) -> Result<IndexMap<String, IdpsMode>, ImportFault> {
    let mut signatures = IndexMap::new();
    for (id, mode) in fields.list("signatureOverrides", signature)? {
        if signatures.insert(id, mode).is_some() {
            return Err(fields.cursor.fault("two overrides of one signature"));
        }
    }
    Ok(signatures)
}

/// The entries of a list of the configuration; none where it is kept because it has IPv6 addresses.
fn without_ipv6<T>(
    fields: &TreeFields<'_>,
    name: &str,
    other: &mut Other,
    read: impl Fn(&TreeCursor<'_>) -> Result<T, ImportFault>,
) -> Result<Vec<T>, ImportFault> {
    match is_kept_for_ipv6(fields, name, "properties/intrusionDetection/configuration/", other)? {
        true => Ok(Vec::new()),
        false => fields.list(name, read),
    }
}

fn signature(cursor: &TreeCursor<'_>) -> Result<(String, IdpsMode), ImportFault> {
    let fields = cursor.fields()?;
    fields.only(&[&["id", "mode"]])?;
    Ok((fields.require("id")?.text()?, fields.require("mode")?.word()?))
}

fn bypass(cursor: &TreeCursor<'_>) -> Result<IdpsBypass, ImportFault> {
    const KNOWN: &[&str] = &[
        "name",
        "description",
        "protocol",
        "sourceAddresses",
        "sourceIpGroups",
        "destinationAddresses",
        "destinationIpGroups",
        "destinationPorts",
    ];
    let fields = cursor.fields()?;
    fields.only(&[KNOWN])?;
    let spans = |name: &str| any_or(&fields, name, |at| at.span());
    let sources: Vec<AddressSpan> = spans("sourceAddresses")?;
    Ok(IdpsBypass {
        name: fields.require("name")?.text()?,
        description: fields.optional("description", TreeCursor::text)?,
        protocol: fields.require("protocol")?.word()?,
        sources,
        source_ip_groups: fields.list("sourceIpGroups", |at| at.text())?,
        destinations: spans("destinationAddresses")?,
        destination_ip_groups: fields.list("destinationIpGroups", |at| at.text())?,
        ports: any_or(&fields, "destinationPorts", |at| at.parsed::<PortSpan>())?,
    })
}

/// The entries of the list `name`; none where `*` is among them, which is any.
fn any_or<T>(
    fields: &TreeFields<'_>,
    name: &str,
    read: impl Fn(&TreeCursor<'_>) -> Result<T, ImportFault>,
) -> Result<Vec<T>, ImportFault> {
    let entry = |at: &TreeCursor<'_>| if at.text()? == "*" { Ok(None) } else { read(at).map(Some) };
    let entries: Option<Vec<T>> = fields.list(name, entry)?.into_iter().collect();
    Ok(entries.unwrap_or_default())
}

fn enabled(cursor: &TreeCursor<'_>) -> Result<bool, ImportFault> {
    match cursor.text()?.to_ascii_lowercase().as_str() {
        "enabled" => Ok(true),
        "disabled" => Ok(false),
        _ => Err(cursor.expected("`Enabled` or `Disabled`")),
    }
}

fn tls(cursor: &TreeCursor<'_>, settings: &mut Settings) -> Result<Option<Tls>, ImportFault> {
    let fields = known_fields(cursor, Setting::Tls.row().arm, settings)?;
    fields.optional("certificateAuthority", |at| {
        let fields = at.fields()?;
        fields.only(&[&["name", "keyVaultSecretId"]])?;
        let key_vault_secret_id = fields.require("keyVaultSecretId")?.name()?;
        Ok(Tls { name: fields.require("name")?.name()?, key_vault_secret_id })
    })
}
