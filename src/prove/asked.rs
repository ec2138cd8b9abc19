//! The flows of an expectation.

use crate::evaluate::Knowledge;
use crate::flow::{Match, MatchingEnds};
use crate::intent::{self, Expectation, Host, Intent};

use super::meant::{by_name, ends, exact_name};
use super::opaque::OpaqueSort;

/// The flows of an expectation.
pub fn flows(expectation: &Expectation, intent: &Intent, knowledge: &Knowledge) -> Vec<Match> {
    let base = Match {
        services: expectation.services.clone(),
        sources: ends(&expectation.from, intent, knowledge),
        ..Match::any()
    };
    let mut flows = Vec::new();
    if !expectation.to.addresses.is_empty() {
        flows.push(Match { destinations: ends(&expectation.to.addresses, intent, knowledge), ..base.clone() });
    }
    flows.extend(names(&expectation.to.hosts, &base, knowledge));
    flows
}

/// The flows that an expectation leaves out. Outside a host are not only the flows that request its name, but those to
/// its addresses too, because a network rule to the host allows each flow to these.
pub(super) fn outside(expectation: &Expectation, intent: &Intent, knowledge: &Knowledge) -> Vec<Match> {
    let (outside, base) = (&expectation.outside, Match::any());
    let mut flows = Vec::new();
    if !outside.addresses.is_empty() {
        flows.push(Match { destinations: ends(&outside.addresses, intent, knowledge), ..base.clone() });
    }
    if !outside.hosts.is_empty() {
        flows.extend(names(&outside.hosts, &base, knowledge));
        flows.extend(outside.hosts.iter().filter_map(|host| behind(&host.value)));
    }
    flows
}

/// The flows to the addresses of a host's name, where these are a set of their own.
fn behind(host: &Host) -> Option<Match> {
    let atom = OpaqueSort::Dns.atom(exact_name(host)?.as_str());
    Some(Match { destinations: MatchingEnds::from(vec![atom]), ..Match::any() })
}

/// The flows of `base` that request one of `hosts`.
fn names(hosts: &[intent::Entry<Host>], base: &Match, knowledge: &Knowledge) -> Vec<Match> {
    by_name(&base.services, hosts, knowledge, &|services, names, paths| Match {
        services,
        names,
        paths,
        ..base.clone()
    })
}
