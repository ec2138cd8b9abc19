//! Mistakes that `way` could make, each made on purpose: the walk of a packet has to notice every one.

use std::net::Ipv4Addr;

use fwc::evaluate::Knowledge;
use fwc::model::{Model, Moves, RoutePrefix, TableOf};
use fwc::net::AddressSet;
use fwc::way::{Carrier, Destinations, WayStep, Ways};

use super::walk::Network;
use crate::oracle::random::Random;

/// A mistake, in what is read of a network or in the order in which its routes win.
enum Mistake {
    Reading(fn(&mut Model)),
    Winning(fn(&mut Vec<WayStep<'_>>)),
}

use Mistake::{Reading, Winning};

const MISTAKES: [(&str, Mistake); 18] = [
    ("private endpoints have no route", Reading(|model| model.private_endpoints.clear())),
    ("service endpoints take nothing", Reading(without_service_endpoints)),
    ("routes to service tags are not read", Reading(without_tags)),
    ("`return` routes take all flows", Reading(|model| routes(model, |route| route.moves = Moves::Flows))),
    ("any appliance is the firewall", Reading(|model| model.firewalls.clear())),
    ("a table that is not known is none", Reading(without_unknown_tables)),
    ("of two routes to one prefix the first holds", Reading(without_repeated_routes)),
    ("peered networks are not reached", Reading(|model| networks(model, |network| network.peerings.clear()))),
    ("an address space is not stated", Reading(|model| networks(model, |network| network.address_space.clear()))),
    ("each subnet has an empty table", Reading(|model| model.route_tables.iter_mut().for_each(|t| t.routes.clear()))),
    ("the shortest prefix wins", Winning(|steps| steps.reverse())),
    ("service tags go before every prefix", Winning(|steps| steps.sort_by_key(|step| !is_tagged(step)))),
    ("service tags go after every prefix", Winning(|steps| steps.sort_by_key(is_tagged))),
    ("tags count outside of the prefixes that they meet", Winning(tags_hold_everything)),
    ("one of several tags is enough", Winning(one_tag_is_enough)),
    ("link-local addresses are routed", Winning(|steps| steps.retain(|step| step.way.by != Carrier::LinkLocal))),
    ("what is not known leads to the firewall", Winning(|steps| turn(steps, Carrier::Unknown, Carrier::Firewall))),
    ("what no route takes goes to the Internet", Winning(|steps| turn(steps, Carrier::Nowhere, Carrier::Internet))),
];

fn routes(model: &mut Model, change: fn(&mut fwc::model::Route)) {
    model.route_tables.iter_mut().flat_map(|table| &mut table.routes).for_each(change);
}

fn networks(model: &mut Model, change: fn(&mut fwc::model::VirtualNetwork)) {
    model.virtual_networks.iter_mut().for_each(change);
}

fn without_service_endpoints(model: &mut Model) {
    let listed = model.route_tables.iter_mut().flat_map(|table| &mut table.subnets);
    listed.for_each(|subnet| subnet.service_endpoints.clear());
    let stated = model.virtual_networks.iter_mut().flat_map(|network| &mut network.subnets);
    stated.for_each(|subnet| subnet.service_endpoints.clear());
}

fn without_tags(model: &mut Model) {
    for table in &mut model.route_tables {
        table.routes.retain(|route| matches!(route.prefix, RoutePrefix::Cidr(_)));
    }
}

fn without_unknown_tables(model: &mut Model) {
    let names: Vec<_> = model.route_tables.iter().map(fwc::model::RouteTable::id).collect();
    for subnet in model.virtual_networks.iter_mut().flat_map(|network| &mut network.subnets) {
        let is_known = matches!(&subnet.route_table, TableOf::Named(id) if names.iter().any(|name| id.agrees(name)));
        if !is_known {
            subnet.route_table = TableOf::None;
        }
    }
}

fn without_repeated_routes(model: &mut Model) {
    for table in &mut model.route_tables {
        let mut seen = Vec::new();
        table.routes.retain(|route| {
            let is_new = route.moves != Moves::Flows || !seen.contains(&route.prefix);
            seen.push(route.prefix.clone());
            is_new
        });
    }
}

fn is_tagged(step: &WayStep<'_>) -> bool {
    matches!(step.to, Destinations::Tagged { .. })
}

fn tags_hold_everything(steps: &mut Vec<WayStep<'_>>) {
    for step in steps {
        if let Destinations::Tagged { within, .. } = &mut step.to {
            *within = AddressSet::any();
        }
    }
}

fn one_tag_is_enough(steps: &mut Vec<WayStep<'_>>) {
    for step in steps {
        if let Destinations::Tagged { tags, .. } = &mut step.to {
            tags.truncate(1);
        }
    }
}

fn turn(steps: &mut [WayStep<'_>], from: Carrier, to: Carrier) {
    steps.iter_mut().filter(|step| step.way.by == from).for_each(|step| step.way.by = to);
}

/// The way that `way` would say if it made the mistake.
fn mistaken(model: &Model, mistake: &Mistake) -> Vec<(AddressSet, Vec<(Destinations<'static>, Carrier)>)> {
    let mut model = model.clone();
    if let Reading(change) = mistake {
        change(&mut model);
    }
    let ways = Ways::of(&model, &Knowledge::none());
    let sender = |sender: &fwc::way::Sender<'_>| {
        let mut steps = sender.steps.clone();
        if let Winning(change) = mistake {
            change(&mut steps);
        }
        let kept = steps.iter().map(|step| (owned(&step.to), step.way.by)).collect();
        (sender.sources.clone(), kept)
    };
    ways.senders().iter().map(sender).collect()
}

/// The names of tags outlive the mutated model: the walk has them as constants.
fn owned(to: &Destinations<'_>) -> Destinations<'static> {
    match to {
        Destinations::Addresses(addresses) => Destinations::Addresses(addresses.clone()),
        Destinations::Tagged { tags, within } => {
            let named = |tag: &&str| super::walk::TAGS.into_iter().find(|known| known == tag).unwrap();
            Destinations::Tagged { tags: tags.iter().map(named).collect(), within: within.clone() }
        }
    }
}

fn by(
    senders: &[(AddressSet, Vec<(Destinations<'static>, Carrier)>)],
    (from, to): (Ipv4Addr, Ipv4Addr),
    holds: &dyn Fn(&str) -> bool,
) -> Carrier {
    let Some((_, steps)) = senders.iter().find(|(sources, _)| sources.contains(from)) else { return Carrier::Firewall };
    steps.iter().find(|(destinations, _)| destinations.holds(to, holds)).map_or(Carrier::Nowhere, |(_, by)| *by)
}

/// Whether the walk of a packet differs from the way with the mistake, in one of so many random networks.
fn is_noticed(mistake: &Mistake, networks: u64) -> bool {
    // Rare networks notice rare mistakes; the first that does ends it.
    (0..networks).any(|seed| {
        let mut random = Random::of(seed);
        let network = Network::draw(&mut random);
        let senders = mistaken(&network.model(), mistake);
        (0..super::PACKETS / 5).any(|_| {
            let packet = network.packet(&mut random);
            let inside = network.tags_of(packet.1, &mut random);
            let holds = |tag: &str| inside.contains(&tag);
            by(&senders, packet, &holds) != network.walk(packet.0, packet.1, &holds)
        })
    })
}

#[test]
fn every_mistake_is_noticed() {
    for (what, mistake) in &MISTAKES {
        assert!(is_noticed(mistake, 20 * super::NETWORKS), "no packet notices that {what}");
    }
}

#[test]
fn without_a_mistake_nothing_is_noticed() {
    assert!(!is_noticed(&Reading(|_| {}), super::NETWORKS));
    assert!(!is_noticed(&Winning(|_| {}), super::NETWORKS));
}
