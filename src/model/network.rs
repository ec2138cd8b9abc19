//! The network around a firewall, as far as an input states it: virtual networks with their subnets and peerings.

use std::fmt;

use crate::net::Cidr;
use crate::source::Origin;

use super::equal::equal_without_origin;
use super::identity::{ResourceId, ResourceName, Scope};

equal_without_origin! {
    VirtualNetwork { name, scope, address_space, subnets, peerings }
    NetworkSubnet { name, prefixes, route_table, service_endpoints }
}

/// A `Microsoft.Network/virtualNetworks` resource, for the routes that Azure gives its subnets.
#[derive(Clone, Debug)]
pub struct VirtualNetwork {
    /// The resource name.
    pub name: ResourceName,
    /// Where it is, as far as that is stated.
    pub scope: Scope,
    /// The address space: each of its prefixes is a system route of every subnet.
    pub address_space: Vec<Cidr>,
    /// The subnets.
    pub subnets: Vec<NetworkSubnet>,
    /// The peerings with other networks: their address spaces are system routes too.
    pub peerings: Vec<Peering>,
    /// Where it was written; absent in models built in code.
    pub origin: Option<Origin>,
}

impl VirtualNetwork {
    /// Which resource it is.
    pub fn id(&self) -> ResourceId {
        ResourceId { name: self.name.clone(), scope: self.scope.clone() }
    }
}

/// A subnet of a virtual network.
#[derive(Clone, Debug)]
pub struct NetworkSubnet {
    /// Its name.
    pub name: String,
    /// Its prefixes.
    pub prefixes: Vec<Cidr>,
    /// The route table that it names.
    pub route_table: TableOf,
    /// The service tags of its service endpoints, as [`service_tags_of`] gives them.
    pub service_endpoints: Vec<String>,
    /// Where it was written; absent in models built in code.
    pub origin: Option<Origin>,
}

/// Which route table a subnet has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TableOf {
    /// It names none, so Azure's system routes alone hold.
    None,
    /// It names this one.
    Named(ResourceId),
    /// It names one that only a deployment knows, by this expression.
    Unknown(String),
}

/// A peering, seen from one side.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Peering {
    /// The name.
    pub name: String,
    /// The other network, where the input names it.
    pub remote: Option<ResourceId>,
    /// The address space of the other network, where the input states it, here or at that network.
    pub address_space: Vec<Cidr>,
}

/// The service tags whose addresses a service endpoint of `service` routes past the table, such as
/// `Microsoft.Storage`; a service of an unknown name is its own last part.
///
/// Source: Microsoft Learn, "Virtual Network service endpoints", 2026-03.
pub fn service_tags_of(service: &str) -> Vec<String> {
    let name = service.strip_prefix("Microsoft.").unwrap_or(service);
    let tag = match name.split('.').next().unwrap_or(name) {
        "KeyVault" => "AzureKeyVault",
        "ContainerRegistry" => "AzureContainerRegistry",
        "Web" => "AppService",
        "CognitiveServices" => "CognitiveServicesManagement",
        other => other,
    };
    vec![tag.to_owned()]
}

impl fmt::Display for TableOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("no route table"),
            Self::Named(id) => id.fmt(f),
            Self::Unknown(expression) => f.write_str(expression),
        }
    }
}
