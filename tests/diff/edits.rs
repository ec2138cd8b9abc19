//! Edits of a model, as somebody might make them.

use fwc::model::{Action, AddressTerm, Collection, Model, NatTarget, Rules};
use fwc::net::PortSet;

use crate::oracle::random::Random;

const ADDRESSES: [&str; 8] =
    ["10.1.0.0/16", "10.1.2.0/24", "10.1.2.4", "10.2.0.0/15", "20.61.0.0/16", "0.0.0.0/1", "192.168.1.1", "10.50.1.4"];
const HOSTS: [&str; 6] = ["a.corp.example", "*.corp.example", "*corp.example", "x.test", "*.mcr.example", "other.test"];
const PORTS: [&str; 5] = ["443", "80", "22", "1000-2000", "8443"];

/// Makes `count` edits.
pub fn edit(model: &mut Model, count: usize, random: &mut Random) {
    for _ in 0..count {
        one(model, random);
    }
}

fn one(model: &mut Model, random: &mut Random) {
    if random.chance(5) && !model.ip_groups.is_empty() {
        let at = random.below(model.ip_groups.len());
        model.ip_groups[at].addresses = vec![random.word(&ADDRESSES).parse().unwrap()];
        return;
    }
    let policies: Vec<usize> = (0..model.policies.len()).filter(|&at| !model.policies[at].groups.is_empty()).collect();
    if policies.is_empty() {
        return;
    }
    let policy = &mut model.policies[*random.pick(&policies)];
    if random.chance(10) {
        let (one, other) = (random.below(policy.groups.len()), random.below(policy.groups.len()));
        let priority = policy.groups[one].priority;
        policy.groups[one].priority = policy.groups[other].priority;
        policy.groups[other].priority = priority;
        return;
    }
    let at = random.below(policy.groups.len());
    let group = &mut policy.groups[at];
    if group.collections.is_empty() {
        return;
    }
    let at = random.below(group.collections.len());
    collection(&mut group.collections[at], random);
}

fn collection(collection: &mut Collection, random: &mut Random) {
    match &mut collection.rules {
        Rules::Nat(rules) if !rules.is_empty() => {
            let at = random.below(rules.len());
            match random.below(3) {
                0 => drop(rules.remove(at)),
                1 => rules[at].handling.target = NatTarget::Address("10.50.9.9".parse().unwrap()),
                _ => rules[at].matches.sources.addresses = address(random),
            }
        }
        Rules::Network(action, rules) if !rules.is_empty() => {
            let at = random.below(rules.len());
            match random.below(6) {
                0 => drop(rules.remove(at)),
                1 => *action = other(*action),
                2 => {
                    (rules[at].matches.sources.addresses, rules[at].matches.sources.ip_groups) =
                        (address(random), Vec::new())
                }
                3 if rules[at].matches.destination_fqdns.is_empty() => {
                    rules[at].matches.destinations = address(random);
                    rules[at].matches.destination_ip_groups.clear();
                }
                4 => {
                    let mut copy = rules[at].clone();
                    copy.name.push_str("-2");
                    (copy.matches.sources.addresses, copy.matches.sources.ip_groups) = (address(random), Vec::new());
                    rules.push(copy);
                }
                _ => {
                    rules[at].matches.ports = PortSet::from(random.word(&PORTS).parse::<fwc::net::PortSpan>().unwrap())
                }
            }
        }
        Rules::Application(action, rules) if !rules.is_empty() => {
            let at = random.below(rules.len());
            match random.below(5) {
                0 => drop(rules.remove(at)),
                1 => *action = other(*action),
                2 => {
                    (rules[at].matches.sources.addresses, rules[at].matches.sources.ip_groups) =
                        (address(random), Vec::new())
                }
                3 if !rules[at].matches.fqdns.is_empty() => {
                    rules[at].matches.fqdns = vec![random.word(&HOSTS).parse().unwrap()]
                }
                _ => {
                    let mut copy = rules[at].clone();
                    copy.name.push_str("-2");
                    (copy.matches.sources.addresses, copy.matches.sources.ip_groups) = (address(random), Vec::new());
                    rules.push(copy);
                }
            }
        }
        Rules::Nat(_) | Rules::Network(..) | Rules::Application(..) => {}
    }
}

fn other(action: Action) -> Action {
    match action {
        Action::Allow => Action::Deny,
        Action::Deny => Action::Allow,
    }
}

fn address(random: &mut Random) -> Vec<AddressTerm> {
    vec![AddressTerm::Span(random.word(&ADDRESSES).parse().unwrap())]
}
