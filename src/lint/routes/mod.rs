//! FW06: whether the route tables lead flows to the firewall that decides them, and replies back to it.
//!
//! Each lint has a file. What it claims about addresses it claims of sets of them, by the longest prefix; where the input
//! says nothing of a subnet's table, there is no finding, or a note that it is not known.

mod api_server;
mod asymmetric_return;
mod bgp_bypass;
mod endpoint_route;
mod endpoint_zone;
mod forced_tunnelling;
mod gateway_subnet;
mod kept_source;
mod kubenet_table;
mod link_local;
mod network;
mod no_default_route;
mod no_table;
mod no_way_back;
mod part_around;
mod private_name;
mod reserved;
mod reserved_subnet;
mod routed_around;
mod service_endpoint;
mod table;
mod unserved;
mod words;

use crate::diag::Diagnostics;
use crate::evaluate::Knowledge;
use crate::intent::Intent;
use crate::model::Model;

use network::Network;

/// Whether a subnet of that name is for one of Azure's services, so that no machine of one's own sends from it.
pub fn is_reserved_subnet(name: &str) -> bool {
    reserved::Reserved::of(name).is_some()
}

/// Reports what the route tables of a model do with the flows of its rules; `intent` is the source, where there is one.
pub(super) fn routes(model: &Model, intent: Option<&Intent>, known: &Knowledge) -> Diagnostics {
    let network = Network::new(model, intent, known);
    let mut found = Diagnostics::new();
    found.extend(gateway_subnet::check(&network));
    found.extend(reserved_subnet::check(&network));
    found.extend(no_default_route::check(&network));
    found.extend(no_table::check(&network));
    found.extend(unserved::check(&network));
    found.extend(routed_around::check(&network));
    found.extend(part_around::check(&network));
    found.extend(service_endpoint::check(&network));
    found.extend(asymmetric_return::check(&network));
    found.extend(no_way_back::check(&network));
    found.extend(forced_tunnelling::check(&network));
    found.extend(kept_source::check(&network));
    found.extend(bgp_bypass::check(&network));
    found.extend(kubenet_table::check(&network));
    found.extend(private_name::check(&network));
    found.extend(endpoint_route::check(&network));
    found.extend(endpoint_zone::check(&network));
    found.extend(api_server::check(&network));
    found.extend(link_local::check(&network));
    found
}
