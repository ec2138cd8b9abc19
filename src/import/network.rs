//! Virtual networks, their subnets and peerings, private endpoints, and the addresses of firewalls: what sends flows to a
//! firewall or past it. What of them only a deployment knows is noted and left out; nothing here refuses an input.

use super::assemble::FoundParts;
use super::body::DocumentBody;
use super::fault::ImportFault;
use super::tree::{TreeCursor, TreeFields};
use crate::model::{
    Bearing, Firewall, NetworkSubnet, Peering, PrivateEndpoint, ResourceId, ResourceName, TableOf, VirtualNetwork,
    service_tags_of,
};
use crate::net::{AddressSet, AddressSpan, Cidr, HostName, same_word};

const ROUTE_TABLES: &str = "Microsoft.Network/routeTables";
const NETWORKS: &str = "Microsoft.Network/virtualNetworks";
const POLICIES: &str = "Microsoft.Network/firewallPolicies";

/// A virtual network with the subnets and peerings that are written in it.
pub(super) fn virtual_network(id: ResourceId, body: &DocumentBody<'_>, found: &mut FoundParts) {
    let what = format!("virtual network `{}`", id.name);
    let fields = &body.properties;
    let address_space = inside(fields, "addressSpace", &what, |space| prefixes(space, "addressPrefixes", &what));
    let network = VirtualNetwork {
        name: id.name.clone(),
        scope: id.scope.clone(),
        address_space: address_space.unwrap_or_default(),
        subnets: items(fields, "subnets", &what, |item| named(item, subnet)),
        peerings: items(fields, "virtualNetworkPeerings", &what, |item| named(item, peering))
            .into_iter()
            .flatten()
            .collect(),
        origin: body.resource.cursor.origin(),
    };
    found.virtual_network(body.resource.cursor.path(), network);
}

/// A subnet of `network`, as a resource of its own.
pub(super) fn subnet_of(network: ResourceId, name: &ResourceName, body: &DocumentBody<'_>, found: &mut FoundParts) {
    let subnet = subnet(name.to_string(), &body.properties);
    found.subnet(network, NetworkSubnet { origin: body.resource.cursor.origin(), ..subnet });
}

/// A peering of `network`, as a resource of its own.
pub(super) fn peering_of(network: ResourceId, name: &ResourceName, body: &DocumentBody<'_>, found: &mut FoundParts) {
    if let Some(peering) = peering(name.to_string(), &body.properties) {
        found.peering(body.resource.cursor.path(), network, peering);
    }
}

/// A private endpoint. Its address has a route of its own: without a stated address it is told that nothing is known of it.
pub(super) fn private_endpoint(name: &ResourceName, body: &DocumentBody<'_>, found: &mut FoundParts) {
    let what = format!("private endpoint `{name}`");
    let (mut hosts, mut addresses) = (Vec::new(), AddressSet::default());
    let configured = |item: &TreeCursor<'_>| {
        let fields = item.fields()?;
        let address = inside(&fields, "properties", &what, |inner| spans(inner, "privateIPAddress", &what));
        Ok(address.unwrap_or_else(|| spans(&fields, "privateIPAddress", &what)))
    };
    for own in items(&body.properties, "ipConfigurations", &what, configured) {
        addresses = addresses.union(&own);
    }
    let answered = |item: &TreeCursor<'_>| {
        let fields = item.fields()?;
        let host: Option<HostName> = fields.optional("fqdn", TreeCursor::parsed)?;
        Ok((host, spans(&fields, "ipAddresses", &what)))
    };
    for (host, own) in items(&body.properties, "customDnsConfigs", &what, answered) {
        addresses = addresses.union(&own);
        hosts.extend(host);
    }
    if addresses.is_empty() {
        let message =
            format!("the address of {what} is not stated: flows are decided as if there were no such endpoint");
        body.resource.cursor.leave_unknown(Bearing::Routes, message);
    } else {
        let origin = body.resource.cursor.origin();
        found.private_endpoint(PrivateEndpoint { name: name.to_string(), hosts, addresses, zones: Vec::new(), origin });
    }
}

/// A firewall, with its policy: routes to its private address lead to it, where the input states that.
pub(super) fn firewall(
    name: &ResourceName,
    resource: &TreeFields<'_>,
    fields: &TreeFields<'_>,
    found: &mut FoundParts,
) {
    let what = format!("firewall `{name}`");
    let addresses = items(fields, "ipConfigurations", &what, |item| {
        let fields = item.fields()?;
        let address = inside(&fields, "properties", &what, |inner| spans(inner, "privateIPAddress", &what));
        Ok(address.unwrap_or_else(|| spans(&fields, "privateIPAddress", &what)))
    });
    let private_ip = addresses.iter().flat_map(AddressSet::spans).find_map(AddressSpan::single);
    let policy = inside(fields, "firewallPolicy", &what, |policy| {
        let id = policy.get("id")?;
        kept(&id, &what, id.reference(POLICIES, |id| Some(id.name), |text| Some(ResourceId::parse(&text)?.name)))?
    });
    let sku = fields.object("sku").and_then(|sku| sku.fields().ok()?.get("tier")?.word().ok());
    found.firewall(Firewall {
        name: name.clone(),
        policy: policy.flatten(),
        sku,
        private_ip,
        public_ips: indexmap::IndexMap::new(),
        origin: resource.cursor.origin(),
    });
}

fn subnet(name: String, fields: &TreeFields<'_>) -> NetworkSubnet {
    let what = format!("subnet `{name}`");
    let mut own = prefixes(fields, "addressPrefixes", &what);
    own.extend(prefixes(fields, "addressPrefix", &what));
    own.dedup();
    let service = |item: &TreeCursor<'_>| item.fields()?.require("service")?.text();
    let services = items(fields, "serviceEndpoints", &what, service);
    NetworkSubnet {
        name,
        prefixes: own,
        route_table: table(fields, &what),
        service_endpoints: services.iter().flat_map(|service| service_tags_of(service)).collect(),
        origin: fields.cursor.origin(),
    }
}

fn table(fields: &TreeFields<'_>, what: &str) -> TableOf {
    let Some(table) = fields.get("routeTable") else { return TableOf::None };
    let id = table.fields().ok().and_then(|table| table.get("id"));
    let Some(id) = id else { return TableOf::Unknown(table.node.described()) };
    let by_id = |text: String| ResourceId::parse(&text).map_or(TableOf::Unknown(text), TableOf::Named);
    let unknown = || TableOf::Unknown(id.node.described());
    kept(&id, what, id.reference(ROUTE_TABLES, TableOf::Named, by_id)).unwrap_or_else(unknown)
}

/// A peering; `None` where an export shows that it carries nothing, because the other side is not there.
///
/// Source of the states: Azure's schema of virtual network peerings, `peeringState`, 2025-07-01.
fn peering(name: String, fields: &TreeFields<'_>) -> Option<Peering> {
    let what = format!("peering `{name}`");
    let state = fields.get("peeringState").and_then(|state| kept(&state, &what, state.text()));
    if state.is_some_and(|state| ["Initiated", "Disconnected"].iter().any(|idle| same_word(idle, &state))) {
        return None;
    }
    let remote = inside(fields, "remoteVirtualNetwork", &what, |remote| {
        let id = remote.get("id")?;
        kept(&id, &what, id.reference(NETWORKS, Some, |text| ResourceId::parse(&text)))?
    });
    let space = |key: &str| inside(fields, key, &what, |space| prefixes(space, "addressPrefixes", &what));
    let address_space = space("remoteAddressSpace").or_else(|| space("remoteVirtualNetworkAddressSpace"));
    Some(Peering { name, remote: remote.flatten(), address_space: address_space.unwrap_or_default() })
}

/// What `read` makes of a resource that is written in another: its name, and its properties.
fn named<T>(item: &TreeCursor<'_>, read: impl FnOnce(String, &TreeFields<'_>) -> T) -> Result<T, ImportFault> {
    let fields = item.fields()?;
    let name = fields.require("name")?.text()?;
    match fields.object("properties") {
        Some(properties) => Ok(read(name, &properties.fields()?)),
        None => Ok(read(name, &fields)),
    }
}

/// What `read` makes of the object `key`, where it is one.
fn inside<T>(fields: &TreeFields<'_>, key: &str, what: &str, read: impl FnOnce(&TreeFields<'_>) -> T) -> Option<T> {
    let cursor = fields.get(key)?;
    let inner = kept(&cursor, what, cursor.fields())?;
    Some(read(&inner))
}

/// What `read` makes of each item of the list `key`; what cannot be read is noted and left out.
fn items<T>(
    fields: &TreeFields<'_>,
    key: &str,
    what: &str,
    read: impl Fn(&TreeCursor<'_>) -> Result<T, ImportFault>,
) -> Vec<T> {
    let Some(list) = fields.get(key) else { return Vec::new() };
    let Some(items) = kept(&list, what, list.items()) else { return Vec::new() };
    items.filter_map(|item| kept(&item, what, read(&item))).collect()
}

/// The prefixes under `key`, one or a list.
fn prefixes(fields: &TreeFields<'_>, key: &str, what: &str) -> Vec<Cidr> {
    spans(fields, key, what).cidrs()
}

/// The IPv4 addresses under `key`, one or a list; IPv6 is no part of any flow here.
fn spans(fields: &TreeFields<'_>, key: &str, what: &str) -> AddressSet {
    let Some(cursor) = fields.get(key) else { return AddressSet::default() };
    let is_other = |at: &TreeCursor<'_>| at.text().is_ok_and(|text| text.contains(':'));
    let one = |at: &TreeCursor<'_>| kept(at, what, at.span()).into_iter().collect::<AddressSet>();
    match cursor.items() {
        Ok(items) => {
            items.filter(|item| !is_other(item)).fold(AddressSet::default(), |all, item| all.union(&one(&item)))
        }
        Err(_) if is_other(&cursor) => AddressSet::default(),
        Err(_) => one(&cursor),
    }
}

/// The value, or a note that it is left out.
fn kept<T>(at: &TreeCursor<'_>, what: &str, value: Result<T, ImportFault>) -> Option<T> {
    match value {
        Ok(value) => Some(value),
        Err(fault) => {
            at.omit(Bearing::Routes, format!("a part of {what} is left out: {}", fault.message));
            None
        }
    }
}
