//! The target model: policies, groups, collections, IP groups and route tables, shaped as Azure has them.
//!
//! Shapes follow Microsoft.Network 2025-07-01. Lists keep their order; an empty list is an absent property.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt;
use std::net::Ipv4Addr;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::logic::Formula;
use crate::net::{AddressSet, AddressSpan, Cidr, HostName, Ipv6Span};
use crate::source::Origin;

use super::assumption::Assumption;
use super::equal::equal_without_origin;
use super::identity::{Came, ResourceId, ResourceName, Scope};
use super::network::VirtualNetwork;
use super::terms::IpGroupRef;
use super::{Carried, Priority, Rules, Settings, Sku};

/// The content of one source, or of one set of artefacts. What it leaves open, its assumptions, takes no part in
/// equality.
#[derive(Clone, Default, Debug)]
pub struct Model {
    /// The policies, a base before those that inherit it where the source has it so.
    pub policies: Vec<Policy>,
    /// The IP group resources, by id.
    pub ip_groups: IndexMap<ResourceId, IpGroup>,
    /// The route tables.
    pub route_tables: Vec<RouteTable>,
    /// The virtual networks that artefacts state; a source states subnets in its route tables.
    pub virtual_networks: Vec<VirtualNetwork>,
    /// The firewalls, which no artefact creates; they name the addresses of DNAT rules and routes.
    pub firewalls: Vec<Firewall>,
    /// What firewalls log, as diagnostic settings of artefacts state it.
    pub log_exports: Vec<LogExport>,
    /// The private endpoints, which no artefact creates; they give names their private addresses.
    pub private_endpoints: Vec<PrivateEndpoint>,
    /// Service tags that are stand-ins for a text that only a deployment knows.
    pub stand_ins: Vec<String>,
    /// The bases that were put beside their children ([`Model::adopt`]), by child.
    pub adopted: IndexMap<ResourceId, ResourceId>,
    /// The policies that are there only under a condition that a deployment knows, with the condition: answers about such a
    /// policy suppose that it is there.
    pub supposed: IndexMap<ResourceId, Presence>,
    /// What its artefacts, and those of the bases beside them, do not settle.
    pub assumptions: Vec<Assumption>,
}

impl PartialEq for Model {
    fn eq(&self, other: &Self) -> bool {
        let Self {
            policies,
            ip_groups,
            route_tables,
            firewalls,
            log_exports,
            private_endpoints,
            stand_ins,
            adopted,
            supposed,
            virtual_networks,
            assumptions: _,
        } = self;
        *policies == other.policies
            && *ip_groups == other.ip_groups
            && *route_tables == other.route_tables
            && *firewalls == other.firewalls
            && *log_exports == other.log_exports
            && *private_endpoints == other.private_endpoints
            && *stand_ins == other.stand_ins
            && *adopted == other.adopted
            && *supposed == other.supposed
            && *virtual_networks == other.virtual_networks
    }
}

impl Model {
    /// The same where the files of its origins come after `count` others.
    #[must_use]
    pub fn behind(mut self, count: usize) -> Self {
        self.policies = self.policies.into_iter().map(|policy| policy.behind(count)).collect();
        let groups = self.ip_groups.values_mut().filter_map(|group| group.origin.as_mut());
        groups.for_each(|origin| *origin = origin.behind(count));
        self
    }

    /// The addresses of the firewalls, public and private.
    pub fn firewall_addresses(&self) -> AddressSet {
        let own = self.firewalls.iter().flat_map(|firewall| firewall.public_ips.values().chain(&firewall.private_ip));
        own.map(|&address| AddressSpan::from(address)).collect()
    }

    /// The policy with the name `name`; of several, the first, and one of the input itself before a base that was added
    /// to it.
    pub fn policy(&self, name: &str) -> Option<&Policy> {
        let mut of_name = self.policies.iter().filter(|policy| policy.name == *name);
        let own = of_name.clone().find(|policy| !policy.is_adopted());
        own.or_else(|| of_name.next())
    }

    /// The policy with exactly that id.
    pub fn policy_of(&self, id: &ResourceId) -> Option<&Policy> {
        self.policies.iter().find(|policy| policy.name == id.name && policy.scope == id.scope)
    }

    /// The policies that `text` may mean: `NAME`, `RESOURCEGROUP/NAME` or a whole resource id.
    pub fn policies_called(&self, text: &str) -> Vec<&Policy> {
        let wanted = ResourceId::parse(text).or_else(|| {
            let (group, name) = text.split_once('/')?;
            let scope = Scope { resource_group: Some(group.into()), ..Scope::default() };
            Some(ResourceId { name: name.into(), scope })
        });
        let wanted = wanted.unwrap_or_else(|| ResourceId::own(text));
        let agrees = |policy: &&Policy| {
            let scope = Scope { came: Came::Itself, ..policy.scope.clone() };
            policy.name == *wanted.name.as_str() && wanted.scope.agrees(&scope)
        };
        self.policies.iter().filter(agrees).collect()
    }

    /// The policies that may be the base of `policy`: that which was put beside it, else those whose id agrees with the
    /// stated one in every part that both state.
    pub fn possible_parents(&self, policy: &Policy) -> Vec<&Policy> {
        if let Some(base) = self.adopted.get(&policy.id()) {
            return self.policy_of(base).into_iter().collect();
        }
        let Some(wanted) = policy.base.as_ref().and_then(Base::resource) else { return Vec::new() };
        let is_named = |other: &&Policy| other.name == wanted.name && wanted.scope.agrees(&other.scope);
        let mut found: Vec<&Policy> = self.policies.iter().filter(is_named).collect();
        if let Some(exact) = found.iter().copied().find(|other| other.scope == wanted.scope) {
            found = vec![exact];
        }
        found
    }

    /// The policy that `policy` inherits, where it has one and the model determines which it is.
    pub fn parent_of(&self, policy: &Policy) -> Option<&Policy> {
        match self.possible_parents(policy).as_slice() {
            [only] => Some(only),
            [] | [..] => None,
        }
    }

    /// The policies that no other inherits.
    pub fn leaves(&self) -> impl Iterator<Item = &Policy> {
        let bases = self.policies.iter().filter_map(|policy| self.parent_of(policy));
        let bases: HashSet<*const Policy> = bases.map(std::ptr::from_ref).collect();
        self.policies.iter().filter(move |policy| !bases.contains(&std::ptr::from_ref(*policy)))
    }

    /// Has policies of one name printed as `RESOURCEGROUP/NAME`, so that messages and outputs distinguish them.
    pub fn tell_twins_apart(&mut self) {
        let mut count: HashMap<ResourceName, usize> = HashMap::new();
        self.policies.iter().for_each(|policy| *count.entry(policy.name.clone()).or_default() += 1);
        for policy in self.policies.iter_mut().filter(|policy| count.get(&policy.name) > Some(&1)) {
            policy.name = policy.name.clone().shown_as(&policy.id().to_string());
        }
    }

    /// The IP groups of the input itself, and not of the bases that were put beside their children.
    pub fn own_ip_groups(&self) -> impl Iterator<Item = &IpGroup> {
        self.ip_groups.values().filter(|group| !matches!(group.scope.came, Came::Base(_)))
    }

    /// The IP group, where the model holds it.
    pub fn ip_group(&self, of: &IpGroupRef) -> Option<&IpGroup> {
        match of {
            IpGroupRef::Named(id) => self.ip_groups.get(id),
            IpGroupRef::Id(_) => None,
        }
    }
}

equal_without_origin! {
    Policy { name, scope, base, settings, groups }
    Group { name, priority, presence, collections }
    Collection { name, priority, presence, rules, carried }
    IpGroup { name, scope, location, addresses, ipv6 }
    RouteTable { name, scope, location, disable_bgp_propagation, routes, subnets }
    Route { name, prefix, next_hop, moves }
    PrivateEndpoint { name, hosts, addresses, zones }
}

/// A `Microsoft.Network/firewallPolicies` resource with its rule collection groups.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The resource name.
    pub name: ResourceName,
    /// Where it is, as far as that is stated.
    pub scope: Scope,
    /// The policy it inherits.
    pub base: Option<Base>,
    /// Everything but the rules.
    pub settings: Settings,
    /// The rule collection groups.
    pub groups: Vec<Group>,
    /// Where it was written; absent in models built in code.
    pub origin: Option<Origin>,
}

impl Policy {
    /// Whether it is a base that was put beside its child, from an input of its own ([`Model::adopt`]).
    pub fn is_adopted(&self) -> bool {
        matches!(self.scope.came, Came::Base(_))
    }

    /// Which resource it is.
    pub fn id(&self) -> ResourceId {
        ResourceId { name: self.name.clone(), scope: self.scope.clone() }
    }

    /// The same, with the numbers of its origins' files moved up by `count`.
    #[must_use]
    pub fn behind(mut self, count: usize) -> Self {
        self.origins().for_each(|origin| *origin = origin.behind(count));
        self
    }

    /// Every IP group that its rules name.
    pub fn ip_group_refs_mut(&mut self) -> impl Iterator<Item = &mut IpGroupRef> {
        let collections = self.groups.iter_mut().flat_map(|group| &mut group.collections);
        collections.flat_map(|collection| collection.rules.ip_groups_mut()).flatten()
    }

    /// Every IP group that its rules name.
    pub fn ip_group_refs(&self) -> impl Iterator<Item = &IpGroupRef> {
        let collections = self.groups.iter().flat_map(|group| &group.collections);
        collections.flat_map(|collection| collection.rules.ip_groups()).flatten()
    }

    /// Where it and everything in it was written.
    fn origins(&mut self) -> impl Iterator<Item = &mut Origin> {
        let groups = self.groups.iter_mut().flat_map(|group| {
            let collections = group.collections.iter_mut().flat_map(|collection| {
                let rules = collection.rules.heads_mut().map(|head| head.origin);
                std::iter::once(&mut collection.origin).chain(rules)
            });
            std::iter::once(&mut group.origin).chain(collections)
        });
        std::iter::once(&mut self.origin).chain(groups).flatten()
    }
}

/// The policy that another inherits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Base {
    /// A policy of the same resource group, or one of the model.
    Named(ResourceId),
    /// A policy anywhere, by the id as stated.
    Id(BaseId),
}

/// The resource id of a base, as stated.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BaseId {
    /// The text.
    text: String,
    /// Which policy it names, where it is a whole id.
    resource: Option<ResourceId>,
}

impl Base {
    /// A policy anywhere, by resource id.
    pub fn id(text: impl Into<String>) -> Self {
        let text = text.into();
        Self::Id(BaseId { resource: ResourceId::parse(&text), text })
    }

    /// The resource name of the base.
    pub fn name(&self) -> &str {
        match self {
            Self::Named(id) => &id.name,
            Self::Id(id) => id.text.rsplit('/').next().unwrap_or(&id.text),
        }
    }

    /// Which policy it is, as far as that is stated.
    pub fn resource(&self) -> Option<&ResourceId> {
        match self {
            Self::Named(id) => Some(id),
            Self::Id(id) => id.resource.as_ref(),
        }
    }
}

/// `NAME`, or `RESOURCEGROUP/NAME` where the resource group is stated; the text of what is no resource id.
impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(id) => id.fmt(f),
            Self::Id(BaseId { resource: Some(id), .. }) => id.fmt(f),
            Self::Id(BaseId { text, resource: None }) => f.write_str(text),
        }
    }
}

impl BaseId {
    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// When a group or a collection is there: in terms of conditions that only a deployment knows, by their texts. Equal texts are
/// one condition, in whichever input they are.
pub type Presence = Formula<Arc<str>>;

/// A rule collection group.
#[derive(Clone, Debug)]
pub struct Group {
    /// The resource name, without the policy's.
    pub name: ResourceName,
    /// Its place among the groups of the policy.
    pub priority: Priority,
    /// When it is there at all.
    pub presence: Presence,
    /// The rule collections.
    pub collections: Vec<Collection>,
    /// Where it was written; absent in models built in code.
    pub origin: Option<Origin>,
}

/// A rule collection. All of its rules are of one kind.
#[derive(Clone, Debug)]
pub struct Collection {
    /// The name, unique in its group.
    pub name: String,
    /// Its place among the collections of the group.
    pub priority: Priority,
    /// When it is there at all.
    pub presence: Presence,
    /// The rules, and what they do.
    pub rules: Rules,
    /// Properties that are carried through unread.
    pub carried: Carried,
    /// Where it was written; absent in models built in code and for collections that the compiler made.
    pub origin: Option<Origin>,
}

/// A `Microsoft.Network/ipGroups` resource.
#[derive(Clone, Debug)]
pub struct IpGroup {
    /// The resource name.
    pub name: ResourceName,
    /// Where it is, as far as that is stated.
    pub scope: Scope,
    /// The region.
    pub location: Option<String>,
    /// The members, but those of IPv6.
    pub addresses: Vec<AddressSpan>,
    /// The members of IPv6, which no IPv4 flow has.
    pub ipv6: Vec<Ipv6Span>,
    /// Where it was written; absent in models built in code.
    pub origin: Option<Origin>,
}

impl IpGroup {
    /// Which resource it is.
    pub fn id(&self) -> ResourceId {
        ResourceId { name: self.name.clone(), scope: self.scope.clone() }
    }

    /// Whether it has no member, so that Azure skips a rule that names it.
    pub fn is_empty(&self) -> bool {
        self.addresses.is_empty() && self.ipv6.is_empty()
    }

    /// The members as a set of IPv4 addresses.
    pub fn address_set(&self) -> AddressSet {
        self.addresses.iter().copied().collect()
    }
}

/// A `Microsoft.Network/routeTables` resource.
#[derive(Clone, Debug)]
pub struct RouteTable {
    /// The resource name.
    pub name: ResourceName,
    /// Where it is, as far as that is stated.
    pub scope: Scope,
    /// The region.
    pub location: Option<String>,
    /// Whether routes that a gateway learns are kept out; absent is Azure's default, that they come in.
    pub disable_bgp_propagation: Option<bool>,
    /// The routes.
    pub routes: Vec<Route>,
    /// The subnets that the table is meant for, which a route table resource does not list itself.
    pub subnets: Vec<Subnet>,
    /// Where it was written; absent in models built in code.
    pub origin: Option<Origin>,
}

impl RouteTable {
    /// Which resource it is.
    pub fn id(&self) -> ResourceId {
        ResourceId { name: self.name.clone(), scope: self.scope.clone() }
    }

    /// The first two routes of one prefix, which Azure refuses: "Routes cannot have the same AddressPrefix"
    /// (kubernetes-sigs/cloud-provider-azure#657).
    pub fn prefix_twice(&self) -> Option<(&Route, &Route)> {
        let mut seen: HashMap<&RoutePrefix, &Route> = HashMap::new();
        self.routes.iter().find_map(|route| seen.insert(&route.prefix, route).map(|first| (first, route)))
    }
}

/// A subnet that a route table is meant for.
#[derive(Clone, PartialEq, Debug)]
pub struct Subnet {
    /// Its name.
    pub name: String,
    /// Its prefixes.
    pub prefixes: Vec<Cidr>,
    /// The service tags of its service endpoints: their addresses are reached past the firewall.
    pub service_endpoints: Vec<String>,
}

impl Subnet {
    /// The name with its addresses.
    pub fn called(&self) -> String {
        let prefixes: Vec<String> = self.prefixes.iter().map(Cidr::to_string).collect();
        if prefixes.is_empty() { self.name.clone() } else { format!("{} ({})", self.name, prefixes.join(", ")) }
    }
}

/// A subnet, and the route table that it is meant to have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Association {
    /// The route table.
    pub table: ResourceName,
    /// The subnet with its addresses.
    pub subnet: String,
}

impl RouteTable {
    /// The subnets that it is meant for: fwc writes the table, and no subnet. Subnets of virtual networks name their tables
    /// themselves.
    pub fn associations(&self) -> impl Iterator<Item = Association> + '_ {
        self.subnets.iter().map(|subnet| Association { table: self.name.clone(), subnet: subnet.called() })
    }
}

/// A route.
#[derive(Clone, Debug)]
pub struct Route {
    /// The name, unique in its table.
    pub name: ResourceName,
    /// What it routes.
    pub prefix: RoutePrefix,
    /// Where to.
    pub next_hop: NextHop,
    /// What it is for.
    pub moves: Moves,
    /// Where it was written; absent in models built in code.
    pub origin: Option<Origin>,
}

/// Which packets a route is for.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Moves {
    /// All to its prefix, as far as the input states.
    #[default]
    Flows,
    /// Replies to what came through the prefix, an address of the firewall or of its NAT gateway: no flow begins there.
    Replies,
}

/// What a route routes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum RoutePrefix {
    /// A prefix.
    Cidr(Cidr),
    /// A service tag.
    ServiceTag(String),
}

impl RoutePrefix {
    /// Whether it is all addresses.
    pub fn is_default(&self) -> bool {
        match self {
            Self::Cidr(cidr) => cidr.length() == 0,
            Self::ServiceTag(_) => false,
        }
    }
}

impl fmt::Display for RoutePrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cidr(cidr) => cidr.fmt(f),
            Self::ServiceTag(tag) => f.write_str(tag),
        }
    }
}

/// Where a route leads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NextHop {
    /// A virtual appliance: here, the firewall.
    Appliance(Ipv4Addr),
    /// Several appliances, among which Azure spreads the flows (`VirtualApplianceEcmp`, since API 2025-01-01).
    Appliances(Vec<Ipv4Addr>),
    /// What only a deployment knows: the expression.
    Unknown(String),
    /// The Internet.
    Internet,
    /// The virtual network gateway.
    Gateway,
    /// The virtual network itself.
    VnetLocal,
    /// Nowhere.
    None,
}

impl fmt::Display for NextHop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Appliance(address) => write!(f, "appliance {address}"),
            Self::Appliances(addresses) => write!(f, "appliances {}", Self::spelled(addresses)),
            Self::Unknown(expression) => write!(f, "not known: {expression}"),
            Self::Internet => f.write_str("internet"),
            Self::Gateway => f.write_str("gateway"),
            Self::VnetLocal => f.write_str("virtual network"),
            Self::None => f.write_str("nowhere"),
        }
    }
}

impl NextHop {
    /// The addresses of the appliances, where there are several.
    pub fn spelled(addresses: &[Ipv4Addr]) -> String {
        let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        addresses.join(", ")
    }
}

/// A firewall that the source states.
#[derive(Clone, PartialEq, Debug)]
pub struct Firewall {
    /// Its name.
    pub name: ResourceName,
    /// The policy attached to it.
    pub policy: Option<ResourceName>,
    /// Its tier.
    pub sku: Option<Sku>,
    /// Its private address.
    pub private_ip: Option<Ipv4Addr>,
    /// Its public addresses, by the author's names for them.
    pub public_ips: IndexMap<String, Ipv4Addr>,
    /// Where it was written.
    pub origin: Option<Origin>,
}

/// What a diagnostic setting of a firewall has it log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogExport {
    /// The firewall.
    pub firewall: ResourceName,
    /// The categories and groups of categories that are on, such as `AZFWNetworkRule` and `allLogs`.
    pub logs: BTreeSet<String>,
}

/// A service that is reached by a private address in the network.
#[derive(Clone, Debug)]
pub struct PrivateEndpoint {
    /// The name.
    pub name: String,
    /// The names that lead to it.
    pub hosts: Vec<HostName>,
    /// Its addresses.
    pub addresses: AddressSet,
    /// The private DNS zones that the source states for it.
    pub zones: Vec<HostName>,
    /// Where it was written.
    pub origin: Option<Origin>,
}
