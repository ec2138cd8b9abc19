//! Resources, as templates and as `az` write them.

use super::assemble::Found;
use super::body::{Body, body, scope};
use super::coerce::Member;
use super::fault::{Fault, quoted};
use super::tree::{Cursor, Fields};
use super::{classic, left_out, rules, settings};
use crate::model::{self, Labels, Pods, Presence, Requirement, ResourceId, ResourceName, Wanted};
use crate::net::AddressSpan;
use crate::template::Node;

const GROUP: &[&str] = &["priority", "ruleCollections"];
const IP_GROUP: &[&str] = &["ipAddresses"];
const TABLE: &[&str] = &["disableBgpRoutePropagation", "disablePeeringRoute", "routes"];
const ROUTE: &[&str] = &["addressPrefix", "nextHopType", "nextHopIpAddress"];

/// The kinds of resource that matter here.
#[derive(Clone, Copy)]
enum Kind {
    Policy,
    Group,
    /// Pods of a cluster.
    Pods,
    IpGroup,
    RouteTable,
    Route,
    Firewall,
    /// Inspects traffic of a policy, by profiles that are not read.
    Profile,
    /// Says something about a policy that is not read.
    Refused,
    /// Says nothing about what is enforced.
    Ignored,
}

fn kind_of(kind: &str) -> Kind {
    match kind.to_ascii_lowercase().as_str() {
        "microsoft.network/firewallpolicies" => Kind::Policy,
        "microsoft.network/firewallpolicies/rulecollectiongroups" => Kind::Group,
        "microsoft.network/firewallpolicies/kubeselectorgroups" => Kind::Pods,
        "microsoft.network/ipgroups" => Kind::IpGroup,
        "microsoft.network/routetables" => Kind::RouteTable,
        "microsoft.network/routetables/routes" => Kind::Route,
        "microsoft.network/azurefirewalls" => Kind::Firewall,
        "microsoft.network/firewallpolicies/firewallpolicydrafts"
        | "microsoft.network/firewallpolicies/rulecollectiongroups/rulecollectiongroupdrafts" => Kind::Ignored,
        "microsoft.network/firewallpolicies/securityprofiles"
        | "microsoft.network/firewallpolicies/securityprofilegroups" => Kind::Profile,
        kind if kind.starts_with("microsoft.network/firewallpolicies/") => Kind::Refused,
        _ => Kind::Ignored,
    }
}

/// The resource around a nested one.
pub(super) struct Parent {
    kind: String,
    name: ResourceName,
}

impl Parent {
    /// A policy.
    pub(super) fn policy(name: &str) -> Self {
        Self { kind: "Microsoft.Network/firewallPolicies".to_owned(), name: name.into() }
    }
}

/// Reads one resource, and those nested in it.
pub(super) fn read(cursor: &Cursor<'_>, parent: Option<&Parent>, found: &mut Found) -> Result<(), Fault> {
    let resource = cursor.fields()?;
    let kind = full_kind(&resource, parent)?;
    if matches!(kind_of(&kind), Kind::Ignored) {
        return Ok(());
    }
    let Some(own) = presence(&resource, found)? else {
        left_out::note_left_out(cursor.node, cursor.notes);
        return Ok(());
    };
    let around = found.under(own);
    let read = read_deployed(cursor, &resource, kind, parent, found, &around);
    found.set_presence(around);
    read
}

/// Reads a resource that is there where [`Found::presence`] is the case, and those nested in it, which a condition of it does
/// not hold back: they are there where `around` is the case.
///
/// Source: Microsoft Learn, "Conditional deployments in ARM templates", 2025-08: a condition does not cascade to children.
fn read_deployed(
    cursor: &Cursor<'_>,
    resource: &Fields<'_>,
    kind: String,
    parent: Option<&Parent>,
    found: &mut Found,
    around: &Presence,
) -> Result<(), Fault> {
    if matches!(kind_of(&kind), Kind::Firewall) {
        return classic_rules(resource, found);
    }
    let wrapped = resource.object("properties");
    let body = body(*resource, wrapped.as_ref())?;
    let names = match full_name(resource, &kind, parent) {
        // Where nothing is deployed, names may be made up; a route decides no flow.
        Err(fault) if found.reads_all() && matches!(kind_of(&kind), Kind::Route | Kind::RouteTable) => {
            cursor.notes.add(format!("a route is left out: {}", fault.message));
            return Ok(());
        }
        names => names?,
    };
    read_kind(&kind, &names, &body, found)?;
    let Some(nested) = resource.get("resources") else { return Ok(()) };
    let name = names.iter().map(ResourceName::as_str).collect::<Vec<_>>().join("/");
    let name = names.first().map_or_else(|| name.as_str().into(), |first| first.with_text(name.as_str()));
    let parent = Parent { kind, name };
    found.set_presence(around.clone());
    nested.items()?.try_for_each(|child| read(&child, Some(&parent), found))
}

/// A firewall without a policy has rules of its own. What only a deployment tells of a firewall is passed over.
fn classic_rules(firewall: &Fields<'_>, found: &mut Found) -> Result<(), Fault> {
    let wrapped = firewall.object("properties");
    let fields = wrapped.as_ref().map_or(Ok(*firewall), Cursor::fields)?;
    if !classic::has_rules(&fields) {
        return Ok(());
    }
    let name = firewall.require("name")?.resource_name()?;
    classic::read(&name, firewall, &fields, found)
}

/// The type, from the provider on; where `az` prints none, that of the resources that have such properties.
fn full_kind(resource: &Fields<'_>, parent: Option<&Parent>) -> Result<String, Fault> {
    match (resource.get("type"), parent) {
        (Some(kind), Some(parent)) => {
            let kind = kind.text()?;
            let is_full = kind.starts_with("Microsoft.");
            Ok(if is_full { kind } else { [parent.kind.as_str(), kind.as_str()].join("/") })
        }
        (Some(kind), None) => kind.text(),
        (None, _) => guessed_kind(resource).map(str::to_owned),
    }
}

fn guessed_kind(resource: &Fields<'_>) -> Result<&'static str, Fault> {
    let has = |name: &str| resource.get(name).is_some();
    if has("ruleCollections") {
        return Ok("Microsoft.Network/firewallPolicies/ruleCollectionGroups");
    }
    resource.require("type").map(|_| "")
}

/// Whether resources of that type say nothing here, so that their expressions need not be evaluated.
pub(super) fn is_ignored(kind: &str) -> bool {
    !kind.is_empty() && matches!(kind_of(kind), Kind::Ignored)
}

/// When a template makes the resource, what is around it apart; `None` where it does not.
fn presence(resource: &Fields<'_>, found: &Found) -> Result<Option<Presence>, Fault> {
    if let Some(cursor) = resource.get("scope") {
        return Err(cursor.fault("`scope` of a resource is not read: expected a resource of the resource group"));
    }
    let condition = match resource.get("condition") {
        Some(condition) if found.reads_all() => {
            condition.notes.add("a resource stands under a condition that does not hold: it is read all the same");
            Presence::Always
        }
        Some(condition) => match condition.node {
            Node::Expression(unknown) => found.condition(&unknown.text),
            Node::Null
            | Node::Bool(_)
            | Node::Number(_)
            | Node::Text(_)
            | Node::Reference(_)
            | Node::List(_)
            | Node::Object(_) => {
                if condition.bool()? {
                    Presence::Always
                } else {
                    Presence::Never
                }
            }
        },
        None => Presence::Always,
    };
    let existing = resource.optional("existing", Cursor::bool)?;
    Ok(Some(condition).filter(|presence| *presence != Presence::Never && existing != Some(true)))
}

/// The names of the resource and of those around it, the outermost first.
fn full_name(resource: &Fields<'_>, kind: &str, parent: Option<&Parent>) -> Result<Vec<ResourceName>, Fault> {
    let cursor = resource.require("name")?;
    let name = cursor.resource_name()?;
    let names: Vec<ResourceName> = name.split('/').map(|part| name.with_text(part)).collect();
    let wanted = kind.matches('/').count();
    if names.len() == wanted {
        return Ok(names);
    }
    let around = match parent {
        Some(parent) => Some(parent.name.clone()),
        None => resource.optional("id", Cursor::text)?.and_then(|id| id.rsplit('/').nth(2).map(ResourceName::from)),
    };
    match (around, names.as_slice()) {
        (Some(around), [name]) if wanted == 2 => Ok(vec![around, name.clone()]),
        _ => Err(cursor.expected(&format!("the name of a `{kind}`, of {wanted} parts, or an `id` that says the rest"))),
    }
}

fn read_kind(kind: &str, names: &[ResourceName], body: &Body<'_>, found: &mut Found) -> Result<(), Fault> {
    let path = body.resource.cursor.path();
    let scope = scope(&body.resource, found.scope())?;
    let id = |name: &ResourceName| ResourceId { name: name.clone(), scope: scope.clone() };
    match (kind_of(kind), names) {
        (Kind::Policy, [name]) => {
            suppose(body, found, "policy", name);
            found.suppose(id(name));
            found.policy(path, settings::policy(id(name), body)?);
            listed_groups(&id(name), body, found)?;
        }
        (Kind::Group, [policy, name]) => {
            let notes = body.resource.cursor.notes;
            let before = notes.len();
            let group = model::Group { presence: found.presence().clone(), ..group(name.clone(), body)? };
            if !group.presence.is_always() {
                notes.add(format!("it is there only where {}, which only a deployment knows", group.presence));
            }
            [name, policy].iter().for_each(|name| notes.within(before, name));
            found.group(path, id(policy), group);
        }
        (Kind::Pods, [policy, name]) => {
            body.only(&["podSelector", "namespaceSelector"])?;
            suppose(body, found, "selector group", name);
            let labels = selector(&body.properties, "podSelector")?;
            let namespaces = selector(&body.properties, "namespaceSelector")?;
            found.pods(id(policy), Pods::Selected { name: Some(name.to_string()), labels, namespaces });
        }
        (Kind::IpGroup, [name]) => {
            match ip_group(id(name), body) {
                Ok(group) => found.ip_group(path, group),
                // Rules name it all the same: a set of addresses that nobody knows here.
                Err(fault) if fault.is_deployed => left_out(body, &format!("IP group {}", quoted(name)), fault)?,
                Err(fault) => return Err(fault),
            }
        }
        (Kind::RouteTable, [name]) => match route_table(id(name), body) {
            Ok(table) => {
                suppose(body, found, "route table", name);
                found.route_table(path, table);
            }
            Err(fault) => left_out(body, &format!("route table {}", quoted(name)), fault)?,
        },
        (Kind::Route, [table, name]) => match route_of(name.clone(), body) {
            Ok(Some(route)) => {
                suppose(body, found, "route", name);
                found.route(path, id(table), route);
            }
            Ok(None) => {}
            Err(fault) => left_out(body, &format!("route {}", quoted(name)), fault)?,
        },
        (Kind::Profile, _) => {
            let name = names.last().map_or("", ResourceName::as_str);
            let what = kind.rsplit('/').next().unwrap_or(kind);
            body.resource.cursor.notes.add(format!(
                "{} of `{what}` is not read: what it inspects may drop traffic that a rule allows",
                quoted(name)
            ));
        }
        (Kind::Firewall | Kind::Ignored, _) => {}
        (
            Kind::Refused | Kind::Policy | Kind::Group | Kind::Pods | Kind::IpGroup | Kind::RouteTable | Kind::Route,
            _,
        ) => {
            return Err(body.resource.cursor.fault(format!("resources of type {} are not read", quoted(kind))));
        }
    }
    Ok(())
}

/// Says that a resource is taken to be there where only a deployment knows whether it is.
fn suppose(body: &Body<'_>, found: &Found, what: &str, name: &ResourceName) {
    if !found.presence().is_always() {
        let (name, when) = (quoted(name), found.presence());
        body.resource.cursor.notes.add(format!(
            "{what} {name} is there only where {when}, which only a deployment knows: it is supposed to be there"
        ));
    }
}

/// What is not known here is left out, and that is said: a route decides no flow, and an IP group is then one elsewhere.
fn left_out(body: &Body<'_>, what: &str, fault: Fault) -> Result<(), Fault> {
    if !fault.is_unknown {
        return Err(fault);
    }
    body.resource.cursor.notes.add(format!("{what} is left out: {}", fault.message));
    Ok(())
}

/// A policy that Azure printed lists the ids of its groups, without their rules.
fn listed_groups(policy: &ResourceId, body: &Body<'_>, found: &mut Found) -> Result<(), Fault> {
    let Some(groups) = body.properties.get("ruleCollectionGroups") else { return Ok(()) };
    for group in groups.items()? {
        let id = group.fields()?.require("id")?.text()?;
        let name = id.rsplit('/').next().unwrap_or(&id);
        found.listed(group.path(), policy.clone(), name.into());
    }
    Ok(())
}

fn group(name: ResourceName, body: &Body<'_>) -> Result<model::Group, Fault> {
    body.only(GROUP)?;
    Ok(model::Group {
        name,
        priority: body.properties.require("priority")?.priority()?,
        presence: Presence::Always,
        collections: body.properties.list("ruleCollections", rules::collection)?,
        origin: body.resource.cursor.origin(),
    })
}

/// A label selector; one that is absent selects everything.
fn selector(fields: &Fields<'_>, name: &str) -> Result<Labels, Fault> {
    let Some(cursor) = fields.get(name) else { return Ok(Labels::default()) };
    let fields = cursor.fields()?;
    fields.only(&[&["matchLabels", "matchExpressions"]])?;
    let mut all = Vec::new();
    if let Some(labels) = fields.get("matchLabels") {
        for (key, value) in labels.fields()?.all() {
            all.push(Requirement { key: key.to_owned(), wanted: Wanted::In(vec![value.text()?]) });
        }
    }
    all.extend(fields.list("matchExpressions", requirement)?);
    Labels::new(all).map_err(|why| cursor.fault(why))
}

fn requirement(cursor: &Cursor<'_>) -> Result<Requirement, Fault> {
    let fields = cursor.fields()?;
    fields.only(&[&["key", "operator", "values"]])?;
    let values = fields.list("values", |at| at.text())?;
    let operator = fields.require("operator")?;
    let wanted = match operator.text()?.to_ascii_lowercase().as_str() {
        "in" => Wanted::In(values),
        "notin" => Wanted::NotIn(values),
        "exists" if values.is_empty() => Wanted::Exists,
        "doesnotexist" if values.is_empty() => Wanted::DoesNotExist,
        _ => return Err(operator.expected("`In` or `NotIn` with values, `Exists` or `DoesNotExist` without")),
    };
    Ok(Requirement { key: fields.require("key")?.text()?, wanted })
}

fn ip_group(id: ResourceId, body: &Body<'_>) -> Result<model::IpGroup, Fault> {
    body.only(IP_GROUP)?;
    let (mut addresses, mut ipv6) = (Vec::new(), Vec::new());
    for member in body.properties.list("ipAddresses", |at| at.member())? {
        match member {
            Member::Ipv4(span) => addresses.push(span),
            Member::Ipv6(span) => ipv6.push(span),
        }
    }
    Ok(model::IpGroup {
        name: id.name,
        scope: id.scope,
        location: settings::location(&body.resource)?,
        addresses,
        ipv6,
        origin: body.resource.cursor.origin(),
    })
}

fn route_table(id: ResourceId, body: &Body<'_>) -> Result<model::RouteTable, Fault> {
    body.only(TABLE)?;
    let fields = &body.properties;
    if let Some(peering) =
        fields.get("disablePeeringRoute").filter(|at| !matches!(at.node, Node::Text(text) if text == "None"))
    {
        return Err(peering.expected("`None`, as peering routes that are kept out are not read"));
    }
    Ok(model::RouteTable {
        name: id.name,
        scope: id.scope,
        location: settings::location(&body.resource)?,
        disable_bgp_propagation: fields.optional("disableBgpRoutePropagation", Cursor::bool)?,
        routes: fields.list("routes", route)?.into_iter().flatten().collect(),
        subnets: Vec::new(),
        origin: body.resource.cursor.origin(),
    })
}

/// A route; none where it is one of IPv6 flows, of which no answer speaks.
fn route(cursor: &Cursor<'_>) -> Result<Option<model::Route>, Fault> {
    let resource = cursor.fields()?;
    let wrapped = resource.object("properties");
    route_of(resource.require("name")?.text()?.into(), &body(resource, wrapped.as_ref())?)
}

fn route_of(name: ResourceName, body: &Body<'_>) -> Result<Option<model::Route>, Fault> {
    body.only(ROUTE)?;
    let fields = &body.properties;
    let Some(prefix) = prefix(&fields.require("addressPrefix")?, &name)? else { return Ok(None) };
    Ok(Some(model::Route { name, prefix, next_hop: next_hop(fields)?, origin: body.resource.cursor.origin() }))
}

fn prefix(cursor: &Cursor<'_>, route: &ResourceName) -> Result<Option<model::RoutePrefix>, Fault> {
    Ok(Some(match cursor.destination()? {
        model::AddressTerm::Span(AddressSpan::Cidr(cidr)) => model::RoutePrefix::Cidr(cidr),
        model::AddressTerm::ServiceTag(tag) => model::RoutePrefix::ServiceTag(tag),
        model::AddressTerm::Ipv6(span) => {
            cursor.notes.add(format!("route {} is left out: its prefix `{span}` is of IPv6", quoted(route)));
            return Ok(None);
        }
        model::AddressTerm::Span(AddressSpan::Range(..)) | model::AddressTerm::Any => {
            return Err(cursor.expected("a prefix or a service tag"));
        }
    }))
}

fn next_hop(fields: &Fields<'_>) -> Result<model::NextHop, Fault> {
    let kind = fields.require("nextHopType")?;
    let hop = match kind.text()?.to_ascii_lowercase().as_str() {
        "virtualappliance" => {
            // Templates leave it empty where another deployment fills it in.
            let address = fields.require("nextHopIpAddress").map_err(|fault| Fault { is_unknown: true, ..fault })?;
            return Ok(model::NextHop::Appliance(address.parsed()?));
        }
        "internet" => model::NextHop::Internet,
        "virtualnetworkgateway" => model::NextHop::Gateway,
        "vnetlocal" => model::NextHop::VnetLocal,
        "none" => model::NextHop::None,
        _ => {
            return Err(kind.expected("`VirtualAppliance`, `Internet`, `VirtualNetworkGateway`, `VnetLocal` or `None`"));
        }
    };
    match fields.get("nextHopIpAddress") {
        Some(address) => Err(address.fault("only a next hop of type `VirtualAppliance` has an address")),
        None => Ok(hop),
    }
}
