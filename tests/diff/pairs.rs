//! Generated policies, and what became of them.

use fwc::model::Model;

use super::edits::edit;
use super::sampled::{Counts, check, side};
use super::{number, read};
use crate::oracle::{random::Random, source::source};
use crate::way::walk::Network;

/// How many pairs, and how many flows each: the full count is 500 pairs and 10,000 flows.
const PAIRS: &str = "FWC_DIFF_PAIRS";
const FLOWS: &str = "FWC_DIFF_FLOWS";

#[test]
fn every_flow_that_changes_lies_in_one_entry_and_no_other_in_any() {
    let (pairs, flows) = (number(PAIRS, 60), number(FLOWS, 400));
    let mut counts = Counts::default();
    let mut seed = 0;
    while counts.pairs < pairs {
        seed += 1;
        let mut random = Random::of(seed);
        let Some(old) = read(&source(&mut random)) else { continue };
        let new = if random.chance(15) {
            let Some(other) = read(&source(&mut random)) else { continue };
            other.model
        } else {
            let mut model = old.model.clone();
            let edits = random.between(1, 5);
            edit(&mut model, edits, &mut random);
            model
        };
        let before = side(&old.model, old.model.policy("child").unwrap(), &old.knowledge);
        let after = side(&new, new.policy("child").unwrap(), &old.knowledge);
        check(before, after, flows, &mut random, &mut counts, &format!("seed {seed}"));
    }
    println!("{counts:?}");
    assert!(counts.inside * 5 >= counts.flows, "too few flows change: {counts:?}");
}

#[test]
fn every_flow_whose_way_changes_lies_in_one_entry_and_no_other_in_any() {
    let (pairs, flows) = (number(PAIRS, 60), number(FLOWS, 400));
    let mut counts = Counts::default();
    let mut seed = 10_000;
    while counts.pairs < pairs {
        seed += 1;
        let mut random = Random::of(seed);
        let Some(old) = read(&source(&mut random)) else { continue };
        let (mut before, mut after) = (old.model.clone(), old.model.clone());
        let network = Network::draw(&mut random);
        put(&network, &mut before);
        let other = if random.chance(20) { network } else { Network::draw(&mut random) };
        put(&other, &mut after);
        if random.chance(50) {
            edit(&mut after, random.between(1, 3), &mut random);
        }
        let one = side(&before, before.policy("child").unwrap(), &old.knowledge);
        let other = side(&after, after.policy("child").unwrap(), &old.knowledge);
        check(one, other, flows, &mut random, &mut counts, &format!("seed {seed}"));
    }
    println!("{counts:?}");
    assert!(counts.inside * 20 >= counts.flows, "too few flows change: {counts:?}");
}

/// Gives a model the network instead of its own.
fn put(network: &Network, model: &mut Model) {
    let Model { firewalls, route_tables, private_endpoints, virtual_networks, .. } = network.model();
    model.firewalls = firewalls;
    model.route_tables = route_tables;
    model.private_endpoints = private_endpoints;
    model.virtual_networks = virtual_networks;
}
