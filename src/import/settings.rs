//! A policy resource: everything but its rule collection groups.

use std::net::Ipv4Addr;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::body::{self, Body};
use super::fault::Fault;
use super::tree::{Cursor, Fields};
use crate::model::{
    self, Bearer, Bearing, Dns, ExplicitProxy, Idps, IdpsBypass, IdpsMode, IdpsProfile, Insights, ResourceId, Settings,
    Sku, Snat, Spelling, ThreatIntelAllow, Tls, Unknown, carried_property,
};
use crate::net::{AddressSpan, Ipv6Span, PortSpan, same_word};
use crate::template::Node;

const FIREWALL_POLICIES: &str = "Microsoft.Network/firewallPolicies";
const PROPERTIES: &[&str] = &[
    "basePolicy",
    "sku",
    "threatIntelMode",
    "threatIntelWhitelist",
    "dnsSettings",
    "explicitProxy",
    "insights",
    "intrusionDetection",
    "snat",
    "sql",
    "transportSecurity",
];
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
pub(super) fn policy(id: ResourceId, body: &Body<'_>) -> Result<model::Policy, Fault> {
    let fields = &body.properties;
    let mut settings = Settings::new(Sku::Standard);
    let other = &mut settings.other;
    settings.sku = fields.optional("sku", |at| sku(at, other))?.unwrap_or(settings.sku);
    settings.location = location(&body.resource)?;
    settings.unknown = unknown(body)?;
    settings.is_managed = fields.optional("afcManaged", Cursor::bool)?.unwrap_or(false);
    keep_paths(&body.resource, 4);
    settings.tags = tags(&body.resource)?;
    settings.identities = identities(&body.resource, other)?;
    settings.threat_intel = fields.known("threatIntelMode", Cursor::word)?;
    settings.threat_intel_allow = fields.known("threatIntelWhitelist", |at| threat_intel_allow(at, other))?;
    settings.dns = fields.known("dnsSettings", |at| dns(at, other))?;
    settings.explicit_proxy = fields.known("explicitProxy", |at| explicit_proxy(at, other))?;
    settings.insights = fields.known("insights", |at| insights(at, other))?;
    settings.idps = fields.known("intrusionDetection", |at| idps(at, other))?;
    settings.snat = fields.known("snat", |at| snat(at, other))?;
    settings.sql_redirect = fields.known("sql", |at| sql(at, other))?.flatten();
    settings.tls = fields.known("transportSecurity", |at| tls(at, other))?.flatten();
    keep_unknown(body, other)?;
    Ok(model::Policy {
        name: id.name,
        scope: id.scope,
        base: fields.optional("basePolicy", base)?.flatten(),
        settings,
        groups: Vec::new(),
        origin: body.resource.cursor.origin(),
    })
}

/// Keeps the paths of a resource's settings, so that findings can point at them.
fn keep_paths(fields: &Fields<'_>, depth: u8) {
    let Some(depth) = depth.checked_sub(1) else { return };
    for (_, value) in fields.present().filter(|(key, _)| !same_word(key, "ruleCollectionGroups")) {
        let _ = value.origin();
        if let (Node::Object(_), Ok(fields)) = (value.node, value.fields()) {
            keep_paths(&fields, depth);
        }
    }
}

/// Settings that only a deployment knows.
fn unknown(body: &Body<'_>) -> Result<Unknown, Fault> {
    let is_open = |cursor: Option<Cursor<'_>>| cursor.is_some_and(|at| matches!(at.node, Node::Expression(_)));
    let tier = body.properties.object("sku");
    let tier = tier.as_ref().map(Cursor::fields).transpose()?;
    let dns = body.properties.object("dnsSettings");
    let dns = dns.as_ref().map(Cursor::fields).transpose()?;
    let of_dns = ["enableProxy", "requireProxyForNetworkRules"];
    Ok(Unknown {
        sku: tier.is_some_and(|fields| is_open(fields.get("tier"))),
        dns: is_open(body.properties.get("dnsSettings"))
            || dns.is_some_and(|fields| of_dns.iter().any(|&name| is_open(fields.get(name)))),
        location: is_open(body.resource.get("location")),
    })
}

fn keep_unknown(body: &Body<'_>, other: &mut Other) -> Result<(), Fault> {
    if body.is_wrapped {
        keep(&body.resource, &[body::RESOURCE], "", other)?;
        return keep(&body.properties, &[PROPERTIES, READ_ONLY], "properties/", other);
    }
    keep(&body.properties, &[body::RESOURCE, PROPERTIES, READ_ONLY], "properties/", other)
}

/// Keeps what `known` does not name, by its path below the resource.
fn keep(fields: &Fields<'_>, known: &[&[&str]], prefix: &str, other: &mut Other) -> Result<(), Fault> {
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
fn is_kept_for_ipv6(fields: &Fields<'_>, name: &str, prefix: &str, other: &mut Other) -> Result<bool, Fault> {
    let Some(list) = fields.get(name).filter(|list| has_ipv6(list.node)) else { return Ok(false) };
    list.assume(
        Bearing::NoFlow,
        format!("`{name}` has IPv6 addresses, a preview of Azure's: it is carried through unread"),
    );
    other.insert([prefix, name].concat(), value(&list)?);
    Ok(true)
}

fn has_ipv6(node: &Node) -> bool {
    match node {
        Node::Text(text) => text.parse::<Ipv6Span>().is_ok(),
        Node::List(items) => items.iter().any(has_ipv6),
        // A name may look like an address.
        Node::Object(entries) => {
            entries.iter().any(|(key, value)| key != "name" && key != "description" && has_ipv6(value))
        }
        Node::Null | Node::Bool(_) | Node::Number(_) | Node::Expression(_) | Node::Reference(_) => false,
    }
}

/// A step of a path, as `emit` reads it.
fn path_step(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The value of a property that is carried through: a reference to another resource by its id, beside which `az` prints the
/// resource group, or any other.
pub(super) fn carried_value(cursor: &Cursor<'_>) -> Result<Value, Fault> {
    let Node::Object(_) = cursor.node else { return value(cursor) };
    let fields = cursor.fields()?;
    match fields.get("id") {
        Some(id) if fields.only(&[&["id", "resourceGroup"]]).is_ok() => Ok(json!({ "id": id.name()? })),
        Some(_) | None => value(cursor),
    }
}

fn value(cursor: &Cursor<'_>) -> Result<Value, Fault> {
    Ok(match cursor.node {
        Node::Null => Value::Null,
        Node::Bool(value) => Value::Bool(*value),
        Node::Number(number) => Value::Number(number.clone()),
        Node::Text(text) => Value::String(text.clone()),
        Node::Expression(_) | Node::Reference(_) => return Err(cursor.unevaluated()),
        Node::List(_) => Value::Array(cursor.items()?.map(|item| value(&item)).collect::<Result<_, _>>()?),
        Node::Object(_) => Value::Object(object(&cursor.fields()?)?),
    })
}

fn object(fields: &Fields<'_>) -> Result<Map<String, Value>, Fault> {
    fields.all().map(|(key, cursor)| Ok((key.to_owned(), value(&cursor)?))).collect()
}

/// Azure's default is Standard.
fn sku(cursor: &Cursor<'_>, other: &mut Other) -> Result<Sku, Fault> {
    let fields = cursor.fields()?;
    keep(&fields, &[&["tier"]], "properties/sku/", other)?;
    match fields.get("tier") {
        Some(tier) if matches!(tier.node, Node::Expression(_)) => {
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
pub(super) fn location(fields: &Fields<'_>) -> Result<Option<String>, Fault> {
    match fields.get("location") {
        Some(Cursor { node: Node::Expression(unknown), .. }) if unknown.is_group_location() => Ok(None),
        Some(location) if matches!(location.node, Node::Expression(_)) => {
            let message = format!("the region, {}, cannot be evaluated and is left out", location.node.described());
            location.omit(Bearing::NoFlow, message);
            Ok(None)
        }
        Some(location) => location.text().map(Some),
        None => Ok(None),
    }
}

fn tags(fields: &Fields<'_>) -> Result<IndexMap<String, String>, Fault> {
    let Some(tags) = fields.get("tags") else { return Ok(IndexMap::new()) };
    if matches!(tags.node, Node::Expression(_)) {
        let message = format!("the tags, {}, cannot be evaluated and are left out", tags.node.described());
        tags.omit(Bearing::NoFlow, message);
        return Ok(IndexMap::new());
    }
    let tags = tags.fields()?;
    let text = |(key, tag): (&str, Cursor<'_>)| match tag.node {
        Node::Null => Ok((key.to_owned(), String::new())),
        _ => Ok((key.to_owned(), tag.name()?)),
    };
    tags.all().map(text).collect()
}

fn identities(fields: &Fields<'_>, other: &mut Other) -> Result<Vec<String>, Fault> {
    let Some(identity) = fields.get("identity") else { return Ok(Vec::new()) };
    let identity = identity.fields()?;
    if let Some(kind) =
        identity.get("type").filter(|kind| !kind.text().is_ok_and(|kind| same_word(&kind, "UserAssigned")))
    {
        other.insert("identity/type".to_owned(), Value::String(kind.text()?));
    }
    keep(&identity, &[&["type", "userAssignedIdentities", "principalId", "tenantId"]], "identity/", other)?;
    match identity.get("userAssignedIdentities") {
        Some(users) => users.fields()?.all().map(|(id, at)| identity_id(id, &at)).collect(),
        None => Ok(Vec::new()),
    }
}

/// The keys are ids; an expression stands in a key as it does in a text.
fn identity_id(id: &str, at: &Cursor<'_>) -> Result<String, Fault> {
    match at.node {
        Node::Object(_) | Node::Null => Ok(id.to_owned()),
        _ => Err(at.expected("an object")),
    }
}

/// The base; an id that is empty is none.
fn base(cursor: &Cursor<'_>) -> Result<Option<model::Base>, Fault> {
    let fields = cursor.fields()?;
    fields.only(&[&["id", "resourceGroup"]])?;
    fields.optional("id", |id| id.reference(FIREWALL_POLICIES, model::Base::Named, model::Base::id))
}

fn threat_intel_allow(cursor: &Cursor<'_>, other: &mut Other) -> Result<ThreatIntelAllow, Fault> {
    let fields = cursor.fields()?;
    keep(&fields, &[&["fqdns", "ipAddresses"]], "properties/threatIntelWhitelist/", other)?;
    let prefix = "properties/threatIntelWhitelist/";
    let addresses = match is_kept_for_ipv6(&fields, "ipAddresses", prefix, other)? {
        true => Vec::new(),
        false => fields.list("ipAddresses", |at| at.span())?,
    };
    Ok(ThreatIntelAllow { fqdns: fields.list("fqdns", |at| at.text())?, addresses })
}

fn dns(cursor: &Cursor<'_>, other: &mut Other) -> Result<Dns, Fault> {
    let fields = cursor.fields()?;
    let known = &["servers", "enableProxy", "requireProxyForNetworkRules"];
    keep(&fields, &[known], "properties/dnsSettings/", other)?;
    Ok(Dns {
        proxy: fields.known("enableProxy", Cursor::bool)?,
        servers: match is_kept_for_ipv6(&fields, "servers", "properties/dnsSettings/", other)? {
            true => Vec::new(),
            false => servers(&fields)?,
        },
        network_rules_need_proxy: fields.known("requireProxyForNetworkRules", Cursor::bool)?,
    })
}

/// The servers that are known here.
fn servers(fields: &Fields<'_>) -> Result<Vec<Ipv4Addr>, Fault> {
    let read = |list: &Cursor<'_>| {
        let mut servers = Vec::new();
        for item in list.items()? {
            match item.node {
                Node::Expression(_) => {
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

fn explicit_proxy(cursor: &Cursor<'_>, other: &mut Other) -> Result<ExplicitProxy, Fault> {
    let fields = cursor.fields()?;
    let known = &["enableExplicitProxy", "httpPort", "httpsPort", "enablePacFile", "pacFilePort", "pacFile"];
    keep(&fields, &[known], "properties/explicitProxy/", other)?;
    let port = |at: &Cursor<'_>| at.number("a port from 0 to 64000");
    Ok(ExplicitProxy {
        enabled: fields.optional("enableExplicitProxy", Cursor::bool)?,
        http_port: fields.optional("httpPort", port)?,
        https_port: fields.optional("httpsPort", port)?,
        pac_file_enabled: fields.optional("enablePacFile", Cursor::bool)?,
        pac_file_port: fields.optional("pacFilePort", port)?,
        pac_file: fields.optional("pacFile", Cursor::text)?,
    })
}

fn insights(cursor: &Cursor<'_>, other: &mut Other) -> Result<Insights, Fault> {
    let fields = cursor.fields()?;
    keep(&fields, &[&["isEnabled", "retentionDays", "logAnalyticsResources"]], "properties/insights/", other)?;
    let mut insights = Insights {
        enabled: fields.known("isEnabled", Cursor::bool)?,
        retention_days: fields.known("retentionDays", |at| at.number("a number of days"))?,
        ..Insights::default()
    };
    if let Some(workspaces) = fields.get("logAnalyticsResources") {
        let fields = workspaces.fields()?;
        let prefix = "properties/insights/logAnalyticsResources/";
        keep(&fields, &[&["defaultWorkspaceId", "workspaces"]], prefix, other)?;
        insights.default_workspace = fields.optional("defaultWorkspaceId", sub_resource)?;
        insights.regional_workspaces = regional_workspaces(&fields)?;
    }
    Ok(insights)
}

fn regional_workspaces(fields: &Fields<'_>) -> Result<IndexMap<String, String>, Fault> {
    let mut workspaces = IndexMap::new();
    for (region, id) in fields.list("workspaces", regional_workspace)? {
        if workspaces.insert(region, id).is_some() {
            return Err(fields.cursor.fault("two workspaces of one region"));
        }
    }
    Ok(workspaces)
}

fn regional_workspace(cursor: &Cursor<'_>) -> Result<(String, String), Fault> {
    let fields = cursor.fields()?;
    fields.only(&[&["region", "workspaceId"]])?;
    Ok((fields.require("region")?.text()?, sub_resource(&fields.require("workspaceId")?)?))
}

fn sub_resource(cursor: &Cursor<'_>) -> Result<String, Fault> {
    let fields = cursor.fields()?;
    fields.only(&[&["id", "resourceGroup"]])?;
    fields.require("id")?.name()
}

fn idps(cursor: &Cursor<'_>, other: &mut Other) -> Result<Idps, Fault> {
    let fields = cursor.fields()?;
    keep(&fields, &[&["mode", "profile", "configuration"]], "properties/intrusionDetection/", other)?;
    let mut idps = Idps::new(fields.require("mode")?.word()?);
    idps.profile = fields.optional("profile", |at| profile(at, other))?.flatten();
    if let Some(configuration) = fields.get("configuration") {
        let fields = configuration.fields()?;
        let known = &["signatureOverrides", "bypassTrafficSettings", "privateRanges"];
        keep(&fields, &[known], "properties/intrusionDetection/configuration/", other)?;
        read_configuration(&fields, &mut idps, other)?;
    }
    Ok(idps)
}

/// The profiles had other names before 2024, which Azure still prints; they are kept as they stand.
fn profile(cursor: &Cursor<'_>, other: &mut Other) -> Result<Option<IdpsProfile>, Fault> {
    let text = cursor.text()?;
    let known = IdpsProfile::from_spelling(&text);
    if known.is_none() {
        other.insert("properties/intrusionDetection/profile".to_owned(), Value::String(text));
    }
    Ok(known)
}

fn read_configuration(fields: &Fields<'_>, idps: &mut Idps, other: &mut Other) -> Result<(), Fault> {
    let prefix = "properties/intrusionDetection/configuration/";
    for (id, mode) in fields.list("signatureOverrides", signature)? {
        if idps.signatures.insert(id, mode).is_some() {
            return Err(fields.cursor.fault("two overrides of one signature"));
        }
    }
    if !is_kept_for_ipv6(fields, "bypassTrafficSettings", prefix, other)? {
        idps.bypass = fields.list("bypassTrafficSettings", bypass)?;
    }
    if !is_kept_for_ipv6(fields, "privateRanges", prefix, other)? {
        idps.private_ranges = fields.list("privateRanges", |at| at.span())?;
    }
    Ok(())
}

fn signature(cursor: &Cursor<'_>) -> Result<(String, IdpsMode), Fault> {
    let fields = cursor.fields()?;
    fields.only(&[&["id", "mode"]])?;
    Ok((fields.require("id")?.text()?, fields.require("mode")?.word()?))
}

fn bypass(cursor: &Cursor<'_>) -> Result<IdpsBypass, Fault> {
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
        description: fields.optional("description", Cursor::text)?,
        protocol: fields.require("protocol")?.word()?,
        sources,
        source_ip_groups: fields.list("sourceIpGroups", |at| at.text())?,
        destinations: spans("destinationAddresses")?,
        destination_ip_groups: fields.list("destinationIpGroups", |at| at.text())?,
        ports: any_or(&fields, "destinationPorts", |at| at.parsed::<PortSpan>())?,
    })
}

/// The entries of the list `name`; none where `*` is among them, which is any.
fn any_or<T>(fields: &Fields<'_>, name: &str, read: impl Fn(&Cursor<'_>) -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
    let entry = |at: &Cursor<'_>| if at.text()? == "*" { Ok(None) } else { read(at).map(Some) };
    let entries: Option<Vec<T>> = fields.list(name, entry)?.into_iter().collect();
    Ok(entries.unwrap_or_default())
}

fn snat(cursor: &Cursor<'_>, other: &mut Other) -> Result<Snat, Fault> {
    let fields = cursor.fields()?;
    keep(&fields, &[&["privateRanges", "autoLearnPrivateRanges"]], "properties/snat/", other)?;
    let private_ranges = fields.list("privateRanges", |at| at.text())?;
    Ok(Snat { private_ranges, auto_learn: fields.optional("autoLearnPrivateRanges", enabled)? })
}

fn enabled(cursor: &Cursor<'_>) -> Result<bool, Fault> {
    match cursor.text()?.to_ascii_lowercase().as_str() {
        "enabled" => Ok(true),
        "disabled" => Ok(false),
        _ => Err(cursor.expected("`Enabled` or `Disabled`")),
    }
}

fn sql(cursor: &Cursor<'_>, other: &mut Other) -> Result<Option<bool>, Fault> {
    let fields = cursor.fields()?;
    keep(&fields, &[&["allowSqlRedirect"]], "properties/sql/", other)?;
    fields.optional("allowSqlRedirect", Cursor::bool)
}

fn tls(cursor: &Cursor<'_>, other: &mut Other) -> Result<Option<Tls>, Fault> {
    let fields = cursor.fields()?;
    keep(&fields, &[&["certificateAuthority"]], "properties/transportSecurity/", other)?;
    fields.optional("certificateAuthority", |at| {
        let fields = at.fields()?;
        fields.only(&[&["name", "keyVaultSecretId"]])?;
        let key_vault_secret_id = fields.require("keyVaultSecretId")?.name()?;
        Ok(Tls { name: fields.require("name")?.name()?, key_vault_secret_id })
    })
}
