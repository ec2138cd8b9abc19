//! The network around the policies of several artefacts, put together.

use indexmap::IndexMap;

use crate::model::{
    Assumption, AssumptionKind, Bearing, DocumentPlace, Firewall, LogExport, Model, NetworkSubnet, Peering,
    PrivateEndpoint, ResourceId, ResourceName, VirtualNetwork,
};
use crate::net::Cidr;

/// What was found of the network so far.
#[derive(Default)]
pub(super) struct DocumentsAround {
    pub networks: IndexMap<ResourceId, VirtualNetwork>,
    pub subnets: Vec<(ResourceId, NetworkSubnet)>,
    pub peerings: Vec<(ResourceId, Peering)>,
    /// Where the peerings are written, by the network and their name.
    pub places: Vec<(ResourceName, String, DocumentPlace)>,
    pub endpoints: Vec<PrivateEndpoint>,
    pub firewalls: Vec<Firewall>,
    pub log_exports: Vec<LogExport>,
}

impl DocumentsAround {
    /// Puts the network into `model`: each subnet and peering into its network, and the address spaces of networks into
    /// the peerings that name them.
    pub(super) fn into_model(mut self, model: &mut Model) {
        for (of, subnet) in self.subnets {
            let subnets = &mut network(&mut self.networks, of).subnets;
            subnets.retain(|other| other.name != subnet.name);
            subnets.push(subnet);
        }
        for (of, peering) in self.peerings {
            network(&mut self.networks, of).peerings.push(peering);
        }
        let spaces: Vec<(ResourceId, Vec<Cidr>)> =
            self.networks.iter().map(|(id, network)| (id.clone(), network.address_space.clone())).collect();
        for peering in self.networks.values_mut().flat_map(|network| &mut network.peerings) {
            let remote = peering.remote.as_ref();
            let stated = spaces.iter().find(|(id, _)| remote.is_some_and(|remote| remote.agrees(id)));
            if let Some((_, space)) = stated.filter(|_| peering.address_space.is_empty()) {
                peering.address_space.clone_from(space);
            }
        }
        model.assumptions.extend(unstated(&self.networks, &self.places));
        model.virtual_networks = self.networks.into_values().collect();
        model.private_endpoints = self.endpoints;
        model.firewalls = self.firewalls;
        model.log_exports = self.log_exports;
    }
}

/// That the address spaces after some peerings are not known, which are routes past the firewall.
fn unstated(
    networks: &IndexMap<ResourceId, VirtualNetwork>,
    places: &[(ResourceName, String, DocumentPlace)],
) -> Vec<Assumption> {
    let peerings = networks.values().flat_map(|network| network.peerings.iter().map(move |peering| (network, peering)));
    let open = peerings.filter(|(_, peering)| peering.address_space.is_empty());
    let told = open.filter_map(|(network, peering)| {
        let is_here = |(of, name, _): &&(ResourceName, String, DocumentPlace)| *of == network.name && *name == peering.name;
        let (_, _, at) = places.iter().find(is_here)?;
        Some(Assumption {
            kind: AssumptionKind::Unknown,
            of: Vec::new(),
            message: format!(
                "the addresses behind peering `{}` of virtual network `{}` are not stated: flows there are decided as if \
                 there were no peering",
                peering.name, network.name
            ),
            at: at.clone(),
            bears: Bearing::Routes,
        })
    });
    told.collect()
}

/// The network `id`, of which nothing but its name may be stated.
fn network(networks: &mut IndexMap<ResourceId, VirtualNetwork>, id: ResourceId) -> &mut VirtualNetwork {
    let key = networks.keys().find(|known| id.agrees(known)).cloned().unwrap_or_else(|| id.clone());
    networks.entry(key).or_insert_with(|| VirtualNetwork {
        name: id.name,
        scope: id.scope,
        address_space: Vec::new(),
        subnets: Vec::new(),
        peerings: Vec::new(),
        origin: None,
    })
}
