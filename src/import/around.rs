//! The network around the policies of several artefacts, put together.

use indexmap::IndexMap;

use crate::model::{Firewall, Model, NetworkSubnet, Peering, PrivateEndpoint, ResourceId, VirtualNetwork};
use crate::net::Cidr;

/// What was found of the network so far.
#[derive(Default)]
pub(super) struct Around {
    pub networks: IndexMap<ResourceId, VirtualNetwork>,
    pub subnets: Vec<(ResourceId, NetworkSubnet)>,
    pub peerings: Vec<(ResourceId, Peering)>,
    pub endpoints: Vec<PrivateEndpoint>,
    pub firewalls: Vec<Firewall>,
}

impl Around {
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
        model.virtual_networks = self.networks.into_values().collect();
        model.private_endpoints = self.endpoints;
        model.firewalls = self.firewalls;
    }
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
