//! The largest of something that has a bound by itself: a port, a priority, a name, a header. Of a policy its own counts:
//! what it inherits is its base's to mend.

use crate::model::{ApplicationRule, Collection, Model, NatRule, NetworkRule, Pods, ResourceName, Rules};

use super::count::{Count, Lineage, NAMED, number};

/// The subnet that a firewall stands in.
const FIREWALL_SUBNET: &str = "AzureFirewallSubnet";

/// The largest numbers that were seen, and whose they are.
#[derive(Default)]
struct Largest(Vec<(String, u64)>);

impl Largest {
    /// Takes a number in, whose it is asked for only where it is among the largest. Of equal ones the first counts.
    fn see(&mut self, number: u64, whose: impl FnOnce() -> String) {
        let place = self.0.iter().take_while(|(_, other)| *other >= number).count();
        if place < NAMED && number > 0 {
            self.0.insert(place, (whose(), number));
            self.0.truncate(NAMED);
        }
    }

    fn count(self) -> Count {
        Count { total: self.0.first().map_or(0, |(_, number)| *number), by: self.0.into_iter().collect() }
    }
}

/// Each rule of the policy, with its path.
fn each_rule(lineage: &Lineage<'_>, mut seen: impl FnMut(Rule<'_>, &dyn Fn() -> String)) {
    let groups = lineage.policy.groups.iter();
    for (group, collection) in groups.flat_map(|group| group.collections.iter().map(move |own| (&group.name, own))) {
        let mut one = |rule: Rule<'_>, name: &str| seen(rule, &|| format!("{group}/{}/{name}", collection.name));
        match &collection.rules {
            Rules::Nat(rules) => rules.iter().for_each(|rule| one(Rule::Nat(rule), &rule.name)),
            Rules::Network(_, rules) => rules.iter().for_each(|rule| one(Rule::Network(rule), &rule.name)),
            Rules::Application(_, rules) => rules.iter().for_each(|rule| one(Rule::Application(rule), &rule.name)),
        }
    }
}

#[derive(Clone, Copy)]
enum Rule<'m> {
    Nat(&'m NatRule),
    Network(&'m NetworkRule),
    Application(&'m ApplicationRule),
}

/// The largest of what `of` says of the rules.
fn of_rules(lineage: &Lineage<'_>, of: impl Fn(Rule<'_>) -> Option<u64>) -> Count {
    let mut largest = Largest::default();
    each_rule(lineage, |rule, path| {
        if let Some(number) = of(rule) {
            largest.see(number, path);
        }
    });
    largest.count()
}

fn of_application_rules(lineage: &Lineage<'_>, of: impl Fn(&ApplicationRule) -> Option<u64>) -> Count {
    of_rules(lineage, |rule| match rule {
        Rule::Application(rule) => of(rule),
        Rule::Nat(_) | Rule::Network(_) => None,
    })
}

pub(super) fn network_ports(lineage: &Lineage<'_>) -> Count {
    of_rules(lineage, |rule| match rule {
        // Every port is written as `*`, which names none.
        Rule::Network(rule) if rule.matches.ports.is_any() => None,
        Rule::Network(rule) => rule.matches.ports.spans().map(|span| u64::from(span.last())).max(),
        Rule::Nat(_) | Rule::Application(_) => None,
    })
}

pub(super) fn application_ports(lineage: &Lineage<'_>) -> Count {
    of_application_rules(lineage, |rule| rule.matches.protocols.iter().map(|&(_, port)| u64::from(port)).max())
}

pub(super) fn dnat_ports(lineage: &Lineage<'_>) -> Count {
    of_rules(lineage, |rule| match rule {
        Rule::Nat(rule) => {
            let before = rule.matches.ports.iter().map(|span| span.last());
            before.chain([rule.handling.port]).max().map(u64::from)
        }
        Rule::Network(_) | Rule::Application(_) => None,
    })
}

pub(super) fn priorities(lineage: &Lineage<'_>) -> Count {
    let mut largest = Largest::default();
    for group in &lineage.policy.groups {
        largest.see(group.priority.get().into(), || group.name.to_string());
        for own in &group.collections {
            largest.see(own.priority.get().into(), || format!("{}/{}", group.name, own.name));
        }
    }
    largest.count()
}

pub(super) fn header_name(lineage: &Lineage<'_>) -> Count {
    of_application_rules(lineage, |rule| rule.handling.headers.iter().map(|(name, _)| number(name.len())).max())
}

pub(super) fn header_value(lineage: &Lineage<'_>) -> Count {
    of_application_rules(lineage, |rule| rule.handling.headers.iter().map(|(_, value)| number(value.len())).max())
}

pub(super) fn headers(lineage: &Lineage<'_>) -> Count {
    of_application_rules(lineage, |rule| {
        Some(rule.handling.headers.iter().map(|(name, value)| number(name.len() + value.len())).sum())
    })
}

pub(super) fn names(lineage: &Lineage<'_>) -> Count {
    let mut largest = Largest::default();
    let mut name = |name: &str| largest.see(length(name), || name.to_owned());
    name(&lineage.policy.name);
    for group in &lineage.policy.groups {
        name(&group.name);
        for own in &group.collections {
            name(&own.name);
            rule_names(own).for_each(&mut name);
        }
    }
    largest.count()
}

fn rule_names(collection: &Collection) -> Box<dyn Iterator<Item = &str> + '_> {
    match &collection.rules {
        Rules::Nat(rules) => Box::new(rules.iter().map(|rule| rule.name.as_str())),
        Rules::Network(_, rules) => Box::new(rules.iter().map(|rule| rule.name.as_str())),
        Rules::Application(_, rules) => Box::new(rules.iter().map(|rule| rule.name.as_str())),
    }
}

/// The names that the author gave to sets of pods; those that are made up are short.
pub(super) fn selector_names(lineage: &Lineage<'_>) -> Count {
    let mut largest = Largest::default();
    each_rule(lineage, |rule, _| {
        let sources = match rule {
            Rule::Nat(rule) => &rule.matches.sources,
            Rule::Network(rule) => &rule.matches.sources,
            Rule::Application(rule) => &rule.matches.sources,
        };
        for pods in &sources.pods {
            match pods {
                Pods::Selected { name: Some(name), .. } => largest.see(length(name), || name.clone()),
                Pods::Selected { name: None, .. } | Pods::Group(_) => {}
            }
        }
    });
    largest.count()
}

fn length(name: &str) -> u64 {
    number(name.chars().count())
}

fn of_all<'m>(all: impl Iterator<Item = (&'m str, u64)>) -> Count {
    let mut largest = Largest::default();
    all.for_each(|(name, number)| largest.see(number, || name.to_owned()));
    largest.count()
}

fn longest<'m>(names: impl Iterator<Item = &'m ResourceName>) -> Count {
    of_all(names.map(|name| (name.as_str(), length(name))))
}

pub(super) fn firewall_names(model: &Model) -> Count {
    longest(model.firewalls.iter().map(|firewall| &firewall.name))
}

pub(super) fn ip_group_names(model: &Model) -> Count {
    longest(model.ip_groups.values().map(|group| &group.name))
}

pub(super) fn route_names(model: &Model) -> Count {
    let tables = model.route_tables.iter();
    longest(tables.flat_map(|table| std::iter::once(&table.name).chain(table.routes.iter().map(|route| &route.name))))
}

/// The longest prefix, which is the smallest subnet, with the table that speaks of it.
pub(super) fn firewall_subnet(model: &Model) -> Count {
    let prefixes = model.route_tables.iter().flat_map(|table| {
        let own = table.subnets.iter().filter(|subnet| subnet.name == *FIREWALL_SUBNET);
        own.flat_map(|subnet| &subnet.prefixes).map(|prefix| (table.name.as_str(), u64::from(prefix.length())))
    });
    of_all(prefixes)
}
