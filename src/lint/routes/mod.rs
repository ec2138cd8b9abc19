//! FW06: whether the route tables lead flows to the firewall that decides them, and replies back to it.
//!
//! Each lint has a file. Its statements are about sets of addresses, by the longest prefix; where the input does not
//! state a subnet's table, there is no finding, or a note that it is not known.

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

use crate::diag::{Code, Diagnostics};
use crate::evaluate::Knowledge;
use crate::intent::Intent;
use crate::model::Model;

use self::network::{LintedNetwork, OfRoutes};
use super::registry::Lint;

/// Whether a subnet of that name is for one of Azure's services, so that no machine of one's own sends from it.
pub fn is_reserved_subnet(name: &str) -> bool {
    reserved::Reserved::of(name).is_some()
}

/// Reports what the route tables of a model do with the flows of its rules; `intent` is the source, where there is one.
pub(super) fn routes(model: &Model, intent: Option<&Intent>, known: &Knowledge) -> Diagnostics {
    let network = LintedNetwork::new(model, intent, known);
    LINTS.iter().flat_map(|lint| (lint.check)(&network)).collect()
}

/// The codes of the lints.
pub(super) fn codes() -> impl Iterator<Item = &'static Code> {
    LINTS.iter().flat_map(|lint| lint.codes.iter().copied())
}

/// The lints, in the order in which they report.
static LINTS: [&Lint<OfRoutes>; 19] = [
    &gateway_subnet::LINT,
    &reserved_subnet::LINT,
    &no_default_route::LINT,
    &no_table::LINT,
    &unserved::LINT,
    &routed_around::LINT,
    &part_around::LINT,
    &service_endpoint::LINT,
    &asymmetric_return::LINT,
    &no_way_back::LINT,
    &forced_tunnelling::LINT,
    &kept_source::LINT,
    &bgp_bypass::LINT,
    &kubenet_table::LINT,
    &private_name::LINT,
    &endpoint_route::LINT,
    &endpoint_zone::LINT,
    &api_server::LINT,
    &link_local::LINT,
];
