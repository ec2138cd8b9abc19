//! The largest of something that has a bound by itself: a port, a priority, a name, a header. Of a policy only its own
//! items count: those it inherits belong to its base.

use crate::model::{Model, Pods, ResourceName, Rule, Rules};

use super::count::{LimitCount, Lineage, NAMED, number};

/// The name of the subnet of a firewall.
const FIREWALL_SUBNET: &str = "AzureFirewallSubnet";

/// The largest numbers that were seen, and whose they are.
#[derive(Default)]
struct Largest(Vec<(String, u64)>);

impl Largest {
    /// Adds a number; `whose` is called only where it is among the largest. Of equal ones the first counts.
    fn see(&mut self, number: u64, whose: impl FnOnce() -> String) {
        let place = self.0.iter().take_while(|(_, other)| *other >= number).count();
        if place < NAMED && number > 0 {
            self.0.insert(place, (whose(), number));
            self.0.truncate(NAMED);
        }
    }

    fn count(self) -> LimitCount {
        LimitCount { total: self.0.first().map_or(0, |(_, number)| *number), by: self.0.into_iter().collect() }
    }
}

/// The largest of the numbers that `of` gives for the rules of one kind.
fn of_rules<'m, M: 'm, H: 'm>(
    lineage: &Lineage<'m>,
    rules: fn(&'m Rules) -> &'m [Rule<M, H>],
    of: impl Fn(&Rule<M, H>) -> Option<u64>,
) -> LimitCount {
    let mut largest = Largest::default();
    for group in &lineage.policy.groups {
        for own in &group.collections {
            for rule in rules(&own.rules) {
                let path = || format!("{}/{}/{}", group.name, own.name, rule.name);
                of(rule).into_iter().for_each(|number| largest.see(number, path));
            }
        }
    }
    largest.count()
}

pub(super) fn network_ports(lineage: &Lineage<'_>) -> LimitCount {
    of_rules(lineage, Rules::network, |rule| {
        let ports = &rule.matches.ports;
        // Every port is written as `*`, which names none.
        if ports.is_any() { None } else { ports.spans().map(|span| u64::from(span.last())).max() }
    })
}

pub(super) fn application_ports(lineage: &Lineage<'_>) -> LimitCount {
    of_rules(lineage, Rules::application, |rule| rule.matches.protocols.iter().map(|&(_, port)| u64::from(port)).max())
}

pub(super) fn dnat_ports(lineage: &Lineage<'_>) -> LimitCount {
    of_rules(lineage, Rules::nat, |rule| {
        let before = rule.matches.ports.iter().map(|span| span.last());
        before.chain([rule.handling.port]).max().map(u64::from)
    })
}

pub(super) fn priorities(lineage: &Lineage<'_>) -> LimitCount {
    let mut largest = Largest::default();
    for group in &lineage.policy.groups {
        largest.see(group.priority.get().into(), || group.name.to_string());
        for own in &group.collections {
            largest.see(own.priority.get().into(), || format!("{}/{}", group.name, own.name));
        }
    }
    largest.count()
}

pub(super) fn header_name(lineage: &Lineage<'_>) -> LimitCount {
    of_rules(lineage, Rules::application, |rule| rule.handling.headers.iter().map(|(name, _)| number(name.len())).max())
}

pub(super) fn header_value(lineage: &Lineage<'_>) -> LimitCount {
    of_rules(lineage, Rules::application, |rule| {
        rule.handling.headers.iter().map(|(_, value)| number(value.len())).max()
    })
}

pub(super) fn headers(lineage: &Lineage<'_>) -> LimitCount {
    of_rules(lineage, Rules::application, |rule| {
        Some(rule.handling.headers.iter().map(|(name, value)| number(name.len() + value.len())).sum())
    })
}

pub(super) fn names(lineage: &Lineage<'_>) -> LimitCount {
    let mut largest = Largest::default();
    let mut name = |name: &str| largest.see(length(name), || name.to_owned());
    name(&lineage.policy.name);
    for group in &lineage.policy.groups {
        name(&group.name);
        for own in &group.collections {
            name(&own.name);
            own.rules.names().for_each(&mut name);
        }
    }
    largest.count()
}

/// The names that the author gave to sets of pods; those that are made up are short.
pub(super) fn selector_names(lineage: &Lineage<'_>) -> LimitCount {
    let mut largest = Largest::default();
    let collections = lineage.policy.groups.iter().flat_map(|group| &group.collections);
    for pods in collections.flat_map(|own| own.rules.pods()) {
        match pods {
            Pods::Selected { name: Some(name), .. } => largest.see(length(name), || name.clone()),
            Pods::Selected { name: None, .. } | Pods::Group(_) => {}
        }
    }
    largest.count()
}

fn length(name: &str) -> u64 {
    number(name.chars().count())
}

fn of_all<'m>(all: impl Iterator<Item = (&'m str, u64)>) -> LimitCount {
    let mut largest = Largest::default();
    all.for_each(|(name, number)| largest.see(number, || name.to_owned()));
    largest.count()
}

fn longest<'m>(names: impl Iterator<Item = &'m ResourceName>) -> LimitCount {
    of_all(names.map(|name| (name.as_str(), length(name))))
}

pub(super) fn firewall_names(model: &Model) -> LimitCount {
    longest(model.firewalls.iter().map(|firewall| &firewall.name))
}

pub(super) fn ip_group_names(model: &Model) -> LimitCount {
    longest(model.own_ip_groups().map(|group| &group.name))
}

pub(super) fn route_names(model: &Model) -> LimitCount {
    let tables = model.route_tables.iter();
    longest(tables.flat_map(|table| std::iter::once(&table.name).chain(table.routes.iter().map(|route| &route.name))))
}

/// The longest prefix, which is the smallest subnet, with the table that states it.
pub(super) fn firewall_subnet(model: &Model) -> LimitCount {
    let prefixes = model.route_tables.iter().flat_map(|table| {
        let own = table.subnets.iter().filter(|subnet| subnet.name == *FIREWALL_SUBNET);
        own.flat_map(|subnet| &subnet.prefixes).map(|prefix| (table.name.as_str(), u64::from(prefix.length())))
    });
    of_all(prefixes)
}
