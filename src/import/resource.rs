//! Resources, as templates and as `az` write them.

use super::assemble::FoundParts;
use super::body::{DocumentBody, body, scope};
use super::coerce::CoercedMember;
use super::fault::{ImportFault, quoted};
use super::tree::{TreeCursor, TreeFields};
use super::{classic, collections, condition, diagnostics, left_out, network, routes, settings, unread};
use crate::model::{self, Bearing, Labels, Pods, Presence, Requirement, ResourceId, ResourceName, WantedPods};
use crate::template::TemplateNode;

const GROUP: &[&str] = &["priority", "ruleCollections"];
const IP_GROUP: &[&str] = &["ipAddresses"];

/// The kinds of resource that matter here.
#[derive(Clone, Copy)]
enum ResourceKind {
    Policy,
    Group,
    /// Pods of a cluster.
    Pods,
    IpGroup,
    RouteTable,
    Route,
    Firewall,
    VirtualNetwork,
    Subnet,
    Peering,
    PrivateEndpoint,
    /// Inspects traffic of a policy, by profiles that are not read.
    Profile,
    /// Reports something about a policy that is not read.
    Refused,
    /// Reports nothing about what is enforced.
    Ignored,
}

fn kind_of(kind: &str) -> ResourceKind {
    match kind.to_ascii_lowercase().as_str() {
        "microsoft.network/firewallpolicies" => ResourceKind::Policy,
        "microsoft.network/firewallpolicies/rulecollectiongroups" => ResourceKind::Group,
        "microsoft.network/firewallpolicies/kubeselectorgroups" => ResourceKind::Pods,
        "microsoft.network/ipgroups" => ResourceKind::IpGroup,
        "microsoft.network/routetables" => ResourceKind::RouteTable,
        "microsoft.network/routetables/routes" => ResourceKind::Route,
        "microsoft.network/azurefirewalls" => ResourceKind::Firewall,
        "microsoft.network/virtualnetworks" => ResourceKind::VirtualNetwork,
        "microsoft.network/virtualnetworks/subnets" => ResourceKind::Subnet,
        "microsoft.network/virtualnetworks/virtualnetworkpeerings" => ResourceKind::Peering,
        "microsoft.network/privateendpoints" => ResourceKind::PrivateEndpoint,
        "microsoft.network/firewallpolicies/firewallpolicydrafts"
        | "microsoft.network/firewallpolicies/rulecollectiongroups/rulecollectiongroupdrafts" => ResourceKind::Ignored,
        "microsoft.network/firewallpolicies/securityprofiles"
        | "microsoft.network/firewallpolicies/securityprofilegroups" => ResourceKind::Profile,
        // What another provider puts onto a resource, such as its diagnostic settings or a lock.
        kind if kind.contains("/providers/") => ResourceKind::Ignored,
        kind if kind.starts_with("microsoft.network/firewallpolicies/") => ResourceKind::Refused,
        _ => ResourceKind::Ignored,
    }
}

/// Which answers rest on whether a resource of that kind is there.
fn bearing(kind: ResourceKind) -> Bearing {
    match kind {
        ResourceKind::Policy | ResourceKind::Refused | ResourceKind::Profile => Bearing::EveryFlow,
        ResourceKind::Group | ResourceKind::Pods | ResourceKind::Firewall => Bearing::Rules,
        ResourceKind::IpGroup => Bearing::IpGroups,
        ResourceKind::RouteTable
        | ResourceKind::Route
        | ResourceKind::VirtualNetwork
        | ResourceKind::Subnet
        | ResourceKind::Peering
        | ResourceKind::PrivateEndpoint => Bearing::Routes,
        ResourceKind::Ignored => Bearing::NoFlow,
    }
}

/// The resource around a nested one.
pub(super) struct ParentResource {
    kind: String,
    name: ResourceName,
}

/// Reads one resource, and those nested in it.
pub(super) fn read(
    cursor: &TreeCursor<'_>,
    parent: Option<&ParentResource>,
    found: &mut FoundParts,
) -> Result<(), ImportFault> {
    let resource = cursor.fields()?;
    let kind = full_kind(&resource, parent)?;
    if matches!(kind_of(&kind), ResourceKind::Ignored) {
        let name = resource.get("name").and_then(|name| name.text().ok()).unwrap_or_default();
        unread::tell_unread(cursor.notes, &cursor.path(), &kind, &name, cursor.node);
        found.log_export(diagnostics::read(&resource, &kind, parent.map(|parent| &parent.name)));
        return Ok(());
    }
    let Some(own) = presence(&resource, bearing(kind_of(&kind)), found)? else {
        left_out::note_left_out(cursor.node, cursor.path(), cursor.notes);
        return Ok(());
    };
    let around = found.under(own);
    let read = read_deployed(cursor, &resource, kind, parent, found, &around);
    found.set_presence(around);
    read
}

/// Reads a resource that is there where [`FoundParts::presence`] is the case, and those nested in it, which a condition of it does
/// not hold back: they are there where `around` is the case.
///
/// Source: Microsoft Learn, "Conditional deployments in ARM templates", 2025-08: a condition does not cascade to children.
fn read_deployed(
    cursor: &TreeCursor<'_>,
    resource: &TreeFields<'_>,
    kind: String,
    parent: Option<&ParentResource>,
    found: &mut FoundParts,
    around: &Presence,
) -> Result<(), ImportFault> {
    if matches!(kind_of(&kind), ResourceKind::Firewall) {
        return classic_rules(resource, &kind, found);
    }
    let wrapped = resource.object("properties");
    let body = body(*resource, wrapped.as_ref())?;
    let names = match full_name(resource, &kind, parent) {
        // Where nothing is deployed, names may be made up; a route decides no flow.
        Err(fault) if found.reads_all() && matches!(kind_of(&kind), ResourceKind::Route | ResourceKind::RouteTable) => {
            cursor.omit(Bearing::Routes, format!("a route is left out: {}", fault.message));
            return Ok(());
        }
        // The network around decides nothing by itself.
        Err(fault) if is_around(kind_of(&kind)) => {
            cursor.omit(Bearing::Routes, format!("a part of the network is left out: {}", fault.message));
            return Ok(());
        }
        names => names?,
    };
    read_kind(&kind, &names, &body, found)?;
    let Some(nested) = resource.get("resources") else { return Ok(()) };
    let name = names.iter().map(ResourceName::as_str).collect::<Vec<_>>().join("/");
    let name = names.first().map_or_else(|| name.as_str().into(), |first| first.with_text(name.as_str()));
    let parent = ParentResource { kind, name };
    found.set_presence(around.clone());
    nested.items()?.try_for_each(|child| read(&child, Some(&parent), found))
}

/// Whether resources of the kind tell where flows are sent, and nothing of what a firewall does with them.
fn is_around(kind: ResourceKind) -> bool {
    match kind {
        ResourceKind::VirtualNetwork | ResourceKind::Subnet | ResourceKind::Peering | ResourceKind::PrivateEndpoint => {
            true
        }
        ResourceKind::Policy
        | ResourceKind::Group
        | ResourceKind::Pods
        | ResourceKind::IpGroup
        | ResourceKind::RouteTable
        | ResourceKind::Route
        | ResourceKind::Firewall
        | ResourceKind::Profile
        | ResourceKind::Refused
        | ResourceKind::Ignored => false,
    }
}

/// A firewall without a policy has rules of its own. What only a deployment tells of a firewall is passed over.
fn classic_rules(firewall: &TreeFields<'_>, kind: &str, found: &mut FoundParts) -> Result<(), ImportFault> {
    let wrapped = firewall.object("properties");
    let body = body(*firewall, wrapped.as_ref())?;
    if !classic::is_without_policy(&body.properties) {
        let names = full_name(firewall, kind, None).unwrap_or_default();
        names.iter().take(1).for_each(|name| network::firewall(name, firewall, &body.properties, found));
        return Ok(());
    }
    let names = full_name(firewall, kind, None)?;
    names.first().map_or(Ok(()), |name| classic::read(name, &body, found))
}

/// Whether the object states what it is, by its type or by the id of a resource that is read here, rather than being a part of
/// one or naming one.
pub(super) fn is_one(fields: &TreeFields<'_>) -> bool {
    let is_whole = || ["name", "id", "resourceId"].iter().any(|name| fields.has(name));
    match fields.get("type") {
        Some(kind) => is_whole() && kind.text().is_ok_and(|kind| is_type(&kind)),
        None => {
            let has_content = || OWN.iter().any(|name| fields.has(name));
            id(fields).is_some_and(|id| is_read(&id)) && has_content()
        }
    }
}

/// What only resources that are read here have, beside their names.
const OWN: [&str; 8] = [
    "properties",
    "ruleCollections",
    "ipAddresses",
    "routes",
    "threatIntelMode",
    "applicationRuleCollections",
    "networkRuleCollections",
    "natRuleCollections",
];

/// Whether the text is the type of a resource: a provider, and a type of its own.
fn is_type(text: &str) -> bool {
    text.split_once('/').is_some_and(|(provider, _)| provider.contains('.'))
}

/// The id of the resource, where it is stated.
fn id(fields: &TreeFields<'_>) -> Option<String> {
    let text = |name: &str| fields.get(name).filter(|at| matches!(at.node, TemplateNode::Text(_)))?.text().ok();
    text("id").or_else(|| text("resourceId"))
}

/// The type that the id of a resource states; empty where it states none.
pub(super) fn kind_in(id: &str) -> String {
    let Some((_, of_provider)) = id.rsplit_once("/providers/") else { return String::new() };
    let mut steps = of_provider.split('/');
    let provider = steps.next().unwrap_or_default();
    let kinds: Vec<&str> = steps.step_by(2).collect();
    [provider, &kinds.join("/")].join("/")
}

/// The type, from the provider on; where none is stated, that of the id, or of the resources that have such properties.
fn full_kind(resource: &TreeFields<'_>, parent: Option<&ParentResource>) -> Result<String, ImportFault> {
    match (resource.get("type"), parent) {
        (Some(kind), Some(parent)) => {
            let kind = kind.text()?;
            let is_full = kind.starts_with("Microsoft.");
            Ok(if is_full { kind } else { [parent.kind.as_str(), kind.as_str()].join("/") })
        }
        (Some(kind), None) => kind.text(),
        (None, _) => {
            let stated = id(resource).filter(|id| is_read(id)).map(|id| kind_in(&id));
            stated.map_or_else(|| guessed_kind(resource).map(str::to_owned), Ok)
        }
    }
}

fn guessed_kind(resource: &TreeFields<'_>) -> Result<&'static str, ImportFault> {
    if resource.has("ruleCollections") {
        return Ok("Microsoft.Network/firewallPolicies/ruleCollectionGroups");
    }
    resource.require("type").map(|_| "")
}

/// Whether resources of that type say nothing here, so that their expressions need not be evaluated.
pub(super) fn is_ignored(kind: &str) -> bool {
    !kind.is_empty() && matches!(kind_of(kind), ResourceKind::Ignored)
}

/// Whether the resource of that id is one that is read, or refused.
pub(super) fn is_read(id: &str) -> bool {
    !matches!(kind_of(&kind_in(id)), ResourceKind::Ignored)
}

/// When a template makes the resource, what is around it apart; `None` where it does not.
fn presence(resource: &TreeFields<'_>, bears: Bearing, found: &FoundParts) -> Result<Option<Presence>, ImportFault> {
    if let Some(cursor) = resource.get("scope") {
        return Err(cursor.fault("`scope` of a resource is not read: expected a resource of the resource group"));
    }
    let presence = match resource.get("condition") {
        Some(_) if found.reads_all() => {
            let message = "a resource is under a condition that does not hold: it is read all the same";
            resource.cursor.assume(bears, message);
            Presence::Always
        }
        Some(condition) => match condition.node {
            TemplateNode::Expression(unknown) => condition::presence(unknown),
            TemplateNode::Null
            | TemplateNode::Bool(_)
            | TemplateNode::Number(_)
            | TemplateNode::Text(_)
            | TemplateNode::Reference(_)
            | TemplateNode::List(_)
            | TemplateNode::Object(_) => {
                if condition.bool()? {
                    Presence::Always
                } else {
                    Presence::Never
                }
            }
        },
        None => Presence::Always,
    };
    let existing = resource.optional("existing", TreeCursor::bool)?;
    Ok(Some(presence).filter(|presence| *presence != Presence::Never && existing != Some(true)))
}

/// The names of the resource and of those around it, the outermost first.
fn full_name(
    resource: &TreeFields<'_>,
    kind: &str,
    parent: Option<&ParentResource>,
) -> Result<Vec<ResourceName>, ImportFault> {
    let wanted = kind.matches('/').count();
    let of_id = || id(resource).map(|id| names_in(&id)).filter(|names| names.len() == wanted);
    let cursor = match (resource.get("name"), of_id()) {
        (Some(name), _) => name,
        (None, Some(names)) => return Ok(names),
        (None, None) => resource.require("name")?,
    };
    let name = cursor.resource_name()?;
    let mut names: Vec<ResourceName> = name.split('/').map(|part| name.with_text(part)).collect();
    // Of a resource below one whose name is not known, the own name may be.
    if let TemplateNode::Expression(unknown) = cursor.node
        && let (Some(last), Some(known)) = (names.last_mut(), unknown.known_end())
        && *last == *known
    {
        *last = known.into();
    }
    if names.len() == wanted {
        return Ok(names);
    }
    let around = parent.map(|parent| parent.name.clone()).or_else(|| of_id()?.into_iter().next());
    match (around, names.as_slice()) {
        (Some(around), [name]) if wanted == 2 => Ok(vec![around, name.clone()]),
        _ => {
            Err(cursor.expected(&format!("the name of a `{kind}`, of {wanted} parts, or an `id` that states the rest")))
        }
    }
}

/// The names of the resource and of those around it that an id states.
fn names_in(id: &str) -> Vec<ResourceName> {
    let of_provider = id.rsplit_once("/providers/").map(|(_, of_provider)| of_provider).unwrap_or_default();
    of_provider.split('/').skip(2).step_by(2).map(ResourceName::from).collect()
}

fn read_kind(
    kind: &str,
    names: &[ResourceName],
    body: &DocumentBody<'_>,
    found: &mut FoundParts,
) -> Result<(), ImportFault> {
    let path = body.resource.cursor.path();
    let scope = scope(&body.resource, found.scope())?;
    let id = |name: &ResourceName| ResourceId { name: name.clone(), scope: scope.clone() };
    match (kind_of(kind), names) {
        (ResourceKind::Policy, [name]) => {
            suppose(body, found, Bearing::EveryFlow, &format!("policy {}", quoted(name)));
            found.suppose(id(name));
            found.policy(path, settings::policy(id(name), body)?);
            listed_groups(&id(name), body, found)?;
        }
        (ResourceKind::Group, [policy, name]) => {
            let notes = body.resource.cursor.notes;
            let before = notes.len();
            let group = model::Group { presence: found.presence().clone(), ..group(name.clone(), body)? };
            if !group.presence.is_always() {
                let message = format!("it is there only where {}, which only a deployment knows", group.presence);
                body.resource.cursor.leave_unknown(Bearing::Rules, message);
            }
            [name, policy].iter().for_each(|name| notes.within(before, name));
            found.group(path, id(policy), group);
        }
        (ResourceKind::Pods, [policy, name]) => {
            body.only(&["podSelector", "namespaceSelector"])?;
            suppose(body, found, Bearing::Rules, &format!("selector group {}", quoted(name)));
            let labels = selector(&body.properties, "podSelector")?;
            let namespaces = selector(&body.properties, "namespaceSelector")?;
            found.pods(path, id(policy), Pods::Selected { name: Some(name.to_string()), labels, namespaces });
        }
        (ResourceKind::IpGroup, [name]) => {
            match ip_group(id(name), body) {
                Ok(group) => found.ip_group(path, group),
                // Rules name it all the same: a set of addresses that nobody knows here.
                Err(fault) if fault.is_deployed => {
                    left_out(body, Bearing::IpGroups, &format!("IP group {}", quoted(name)), fault)?;
                }
                Err(fault) => return Err(fault),
            }
        }
        (ResourceKind::RouteTable, [name]) => match routes::table(id(name), body) {
            Ok(table) => found.route_table(path, table),
            Err(fault) => left_out(body, Bearing::Routes, &format!("route table {}", quoted(name)), fault)?,
        },
        (ResourceKind::Route, [table, name]) => match routes::route(name.clone(), body) {
            Ok(route) => found.route(path, id(table), route),
            Err(fault) => left_out(body, Bearing::Routes, &format!("route {}", quoted(name)), fault)?,
        },
        (ResourceKind::VirtualNetwork, [name]) => {
            suppose(body, found, Bearing::Routes, &format!("virtual network {}", quoted(name)));
            network::virtual_network(id(name), body, found);
        }
        (ResourceKind::Subnet, [of, name]) => {
            suppose(body, found, Bearing::Routes, &format!("subnet {}", quoted(name)));
            network::subnet_of(id(of), name, body, found);
        }
        (ResourceKind::Peering, [of, name]) => {
            suppose(body, found, Bearing::Routes, &format!("peering {}", quoted(name)));
            network::peering_of(id(of), name, body, found);
        }
        (ResourceKind::PrivateEndpoint, [name]) => {
            suppose(body, found, Bearing::Routes, &format!("private endpoint {}", quoted(name)));
            network::private_endpoint(name, body, found);
        }
        (ResourceKind::Profile, _) => {
            let name = names.last().map_or("", ResourceName::as_str);
            let what = kind.rsplit('/').next().unwrap_or(kind);
            let message = format!(
                "{} of `{what}` is not read: what it inspects may drop traffic that a rule allows",
                quoted(name)
            );
            body.resource.cursor.omit(Bearing::EveryFlow, message);
        }
        (
            ResourceKind::Firewall
            | ResourceKind::Ignored
            | ResourceKind::VirtualNetwork
            | ResourceKind::Subnet
            | ResourceKind::Peering
            | ResourceKind::PrivateEndpoint,
            _,
        ) => {}
        (
            ResourceKind::Refused
            | ResourceKind::Policy
            | ResourceKind::Group
            | ResourceKind::Pods
            | ResourceKind::IpGroup
            | ResourceKind::RouteTable
            | ResourceKind::Route,
            _,
        ) => {
            return Err(body.resource.cursor.fault(format!("resources of type {} are not read", quoted(kind))));
        }
    }
    Ok(())
}

/// Reports that a resource is taken to be there where only a deployment knows whether it is.
fn suppose(body: &DocumentBody<'_>, found: &FoundParts, bears: Bearing, what: &str) {
    if !found.presence().is_always() {
        let when = found.presence();
        body.resource.cursor.assume(
            bears,
            format!("{what} is there only where {when}, which only a deployment knows: it is supposed to be there"),
        );
    }
}

/// What is not known here is left out, and that is said: a route decides no flow, and an IP group is then one elsewhere.
fn left_out(body: &DocumentBody<'_>, bears: Bearing, what: &str, fault: ImportFault) -> Result<(), ImportFault> {
    if !fault.is_unknown {
        return Err(fault);
    }
    body.resource.cursor.omit(bears, format!("{what} is left out: {}", fault.message));
    Ok(())
}

/// A policy that Azure printed lists the ids of its groups, without their rules.
fn listed_groups(policy: &ResourceId, body: &DocumentBody<'_>, found: &mut FoundParts) -> Result<(), ImportFault> {
    let Some(groups) = body.properties.get("ruleCollectionGroups") else { return Ok(()) };
    for group in groups.items()? {
        let id = group.fields()?.require("id")?.text()?;
        let name = id.rsplit('/').next().unwrap_or(&id);
        found.listed(group.path(), policy.clone(), name.into());
    }
    Ok(())
}

fn group(name: ResourceName, body: &DocumentBody<'_>) -> Result<model::Group, ImportFault> {
    body.only(GROUP)?;
    Ok(model::Group {
        name,
        priority: body.properties.require("priority")?.priority()?,
        presence: Presence::Always,
        collections: collections::read(&body.properties)?,
        origin: body.resource.cursor.origin(),
    })
}

/// A label selector; one that is absent selects everything.
fn selector(fields: &TreeFields<'_>, name: &str) -> Result<Labels, ImportFault> {
    let Some(cursor) = fields.get(name) else { return Ok(Labels::default()) };
    let fields = cursor.fields()?;
    fields.only(&[&["matchLabels", "matchExpressions"]])?;
    let mut all = Vec::new();
    if let Some(labels) = fields.get("matchLabels") {
        for (key, value) in labels.fields()?.all() {
            all.push(Requirement { key: key.to_owned(), wanted: WantedPods::In(vec![value.text()?]) });
        }
    }
    all.extend(fields.list("matchExpressions", requirement)?);
    Labels::new(all).map_err(|why| cursor.fault(why))
}

fn requirement(cursor: &TreeCursor<'_>) -> Result<Requirement, ImportFault> {
    let fields = cursor.fields()?;
    fields.only(&[&["key", "operator", "values"]])?;
    let values = fields.list("values", |at| at.text())?;
    let operator = fields.require("operator")?;
    let wanted = match operator.text()?.to_ascii_lowercase().as_str() {
        "in" => WantedPods::In(values),
        "notin" => WantedPods::NotIn(values),
        "exists" if values.is_empty() => WantedPods::Exists,
        "doesnotexist" if values.is_empty() => WantedPods::DoesNotExist,
        _ => return Err(operator.expected("`In` or `NotIn` with values, `Exists` or `DoesNotExist` without")),
    };
    Ok(Requirement { key: fields.require("key")?.text()?, wanted })
}

fn ip_group(id: ResourceId, body: &DocumentBody<'_>) -> Result<model::IpGroup, ImportFault> {
    body.only(IP_GROUP)?;
    let (mut addresses, mut ipv6) = (Vec::new(), Vec::new());
    for member in body.properties.list("ipAddresses", |at| at.member())? {
        match member {
            CoercedMember::Ipv4(span) => addresses.push(span),
            CoercedMember::Ipv6(span) => ipv6.push(span),
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
