//! The target model: policies, groups, collections, IP groups and route tables, shaped as Azure has them.
//!
//! Shapes follow Microsoft.Network 2025-07-01. Lists keep their order; an empty list is an absent property.

use std::fmt;
use std::net::Ipv4Addr;

use indexmap::IndexMap;

use crate::net::{AddressSet, AddressSpan, Cidr, HostName};
use crate::source::Origin;

use super::{Priority, Rules, Settings};

/// Everything that one source, or one set of artefacts, says.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Model {
    /// The policies, a base before those that inherit it where the source has it so.
    pub policies: Vec<Policy>,
    /// The IP group resources, by name.
    pub ip_groups: IndexMap<String, IpGroup>,
    /// The route tables.
    pub route_tables: Vec<RouteTable>,
    /// The firewalls, which no artefact creates; they name the addresses of DNAT rules and routes.
    pub firewalls: Vec<Firewall>,
    /// The private endpoints, which no artefact creates; they give names their private addresses.
    pub private_endpoints: Vec<PrivateEndpoint>,
}

impl Model {
    /// The policy called `name`; Azure compares resource names without regard to case.
    pub fn policy(&self, name: &str) -> Option<&Policy> {
        self.policies.iter().find(|policy| policy.name.eq_ignore_ascii_case(name))
    }

    /// The policy that `policy` inherits, where it has one and the model holds it.
    pub fn parent_of(&self, policy: &Policy) -> Option<&Policy> {
        self.policy(policy.base.as_ref()?.name())
    }

    /// The policies that no other inherits.
    pub fn leaves(&self) -> impl Iterator<Item = &Policy> {
        let is_base = |name: &str| {
            let bases = self.policies.iter().filter_map(|policy| policy.base.as_ref());
            bases.into_iter().any(|base| base.name().eq_ignore_ascii_case(name))
        };
        self.policies.iter().filter(move |policy| !is_base(&policy.name))
    }
}

/// A `Microsoft.Network/firewallPolicies` resource with its rule collection groups.
#[derive(Clone, PartialEq, Debug)]
pub struct Policy {
    /// The resource name.
    pub name: String,
    /// The policy it inherits.
    pub base: Option<Base>,
    /// Everything but the rules.
    pub settings: Settings,
    /// The rule collection groups.
    pub groups: Vec<Group>,
    /// Where it was written; absent in artefacts.
    pub origin: Option<Origin>,
}

impl Policy {
    /// The same where the files of its origins stand behind `count` others.
    #[must_use]
    pub fn behind(mut self, count: usize) -> Self {
        self.origins().for_each(|origin| *origin = origin.behind(count));
        self
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
    /// A policy of the same resource group, by name.
    Named(String),
    /// A policy anywhere, by resource id.
    Id(String),
}

impl Base {
    /// The resource name of the base.
    pub fn name(&self) -> &str {
        match self {
            Self::Named(name) => name,
            Self::Id(id) => id.rsplit('/').next().unwrap_or(id),
        }
    }
}

/// A rule collection group.
#[derive(Clone, PartialEq, Debug)]
pub struct Group {
    /// The resource name, without the policy's.
    pub name: String,
    /// Its place among the groups of the policy.
    pub priority: Priority,
    /// The rule collections.
    pub collections: Vec<Collection>,
    /// Where it was written; absent in artefacts.
    pub origin: Option<Origin>,
}

/// A rule collection. All of its rules are of one kind.
#[derive(Clone, PartialEq, Debug)]
pub struct Collection {
    /// The name, unique in its group.
    pub name: String,
    /// Its place among the collections of the group.
    pub priority: Priority,
    /// The rules, and what they do.
    pub rules: Rules,
    /// Where it was written; absent in artefacts and for collections that the compiler made.
    pub origin: Option<Origin>,
}

/// A `Microsoft.Network/ipGroups` resource.
#[derive(Clone, PartialEq, Debug)]
pub struct IpGroup {
    /// The resource name.
    pub name: String,
    /// The region.
    pub location: Option<String>,
    /// The members.
    pub addresses: Vec<AddressSpan>,
    /// Where it was written; absent in artefacts.
    pub origin: Option<Origin>,
}

impl IpGroup {
    /// The members as a set.
    pub fn address_set(&self) -> AddressSet {
        self.addresses.iter().copied().collect()
    }
}

/// A `Microsoft.Network/routeTables` resource.
#[derive(Clone, PartialEq, Debug)]
pub struct RouteTable {
    /// The resource name.
    pub name: String,
    /// The region.
    pub location: Option<String>,
    /// Whether routes that a gateway learns are kept out; absent is Azure's default, that they come in.
    pub disable_bgp_propagation: Option<bool>,
    /// The routes.
    pub routes: Vec<Route>,
    /// The subnets that the table is meant for, which a route table resource does not list itself.
    pub subnets: Vec<Subnet>,
    /// Where it was written; absent in artefacts.
    pub origin: Option<Origin>,
}

/// A subnet that a route table is meant for.
#[derive(Clone, PartialEq, Debug)]
pub struct Subnet {
    /// Its name.
    pub name: String,
    /// Its prefixes.
    pub prefixes: Vec<Cidr>,
}

/// A route.
#[derive(Clone, PartialEq, Debug)]
pub struct Route {
    /// The name, unique in its table.
    pub name: String,
    /// What it routes.
    pub prefix: RoutePrefix,
    /// Where to.
    pub next_hop: NextHop,
    /// Where it was written; absent in artefacts.
    pub origin: Option<Origin>,
}

/// What a route routes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RoutePrefix {
    /// A prefix.
    Cidr(Cidr),
    /// A service tag.
    ServiceTag(String),
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
    /// The Internet.
    Internet,
    /// The virtual network gateway.
    Gateway,
    /// The virtual network itself.
    VnetLocal,
    /// Nowhere.
    None,
}

/// A firewall that the source speaks of.
#[derive(Clone, PartialEq, Debug)]
pub struct Firewall {
    /// Its name.
    pub name: String,
    /// The policy attached to it.
    pub policy: Option<String>,
    /// Its private address.
    pub private_ip: Option<Ipv4Addr>,
    /// Its public addresses, by the author's names for them.
    pub public_ips: IndexMap<String, Ipv4Addr>,
}

/// A service that is reached by a private address in the network.
#[derive(Clone, PartialEq, Debug)]
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
