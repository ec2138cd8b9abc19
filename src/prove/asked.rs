//! Which flows an expectation speaks of.

use crate::evaluate::Knowledge;
use crate::flow::{Match, Names, Paths};
use crate::intent::{self, Expectation, Host, Intent};
use crate::net::{PortSet, ServiceSet};

use super::decisions::url_match;
use super::meant::ends;
use super::opaque::Sort;

/// The flows that an expectation speaks of.
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
    flows.extend(names(&expectation.to.hosts, &base));
    flows
}

/// The flows that an expectation leaves out.
pub(super) fn outside(expectation: &Expectation, intent: &Intent, knowledge: &Knowledge) -> Vec<Match> {
    let (outside, base) = (&expectation.outside, Match::any());
    let mut flows = Vec::new();
    if !outside.addresses.is_empty() {
        flows.push(Match { destinations: ends(&outside.addresses, intent, knowledge), ..base.clone() });
    }
    if !outside.hosts.is_empty() {
        flows.extend(names(&outside.hosts, &base));
    }
    flows
}

/// The flows of `base` that ask for one of `hosts`.
fn names(hosts: &[intent::Entry<Host>], base: &Match) -> Vec<Match> {
    let (mut patterns, mut atoms, mut flows) = (Vec::new(), Vec::new(), Vec::new());
    for host in hosts {
        match &host.value {
            Host::Pattern(pattern) => patterns.push(pattern.clone()),
            Host::FqdnTag(tag) => atoms.push(Sort::FqdnTag.atom(tag)),
            Host::Category(category) => atoms.push(Sort::Category.atom(category)),
            Host::Url(url) => {
                // A field of paths goes with HTTP and HTTPS only.
                let seen = ServiceSet { mssql: PortSet::empty(), ..base.services.application_part() };
                let make =
                    |services: ServiceSet, names: Names, paths: Paths| Match { services, names, paths, ..base.clone() };
                flows.push(url_match(url, seen, &make));
            }
        }
    }
    if !patterns.is_empty() || !atoms.is_empty() {
        flows.push(Match { names: Names::Of { patterns, atoms }, ..base.clone() });
    }
    flows
}
