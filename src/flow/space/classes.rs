//! Which addresses a name may have.

use std::collections::BTreeMap;

use crate::net::{Interval, IntervalSet};

use super::axioms::Axioms;
use super::names::NameDomain;

/// Names by the addresses they may have. The names of two classes do not meet; together they are all names.
#[derive(Clone, Debug)]
pub(super) struct SpaceClasses {
    classes: Vec<SpaceClass>,
}

#[derive(Clone, Debug)]
struct SpaceClass {
    names: IntervalSet<u32>,
    addresses: IntervalSet<u32>,
    elsewhere: IntervalSet<u32>,
}

impl SpaceClass {
    fn new(names: IntervalSet<u32>, addresses: IntervalSet<u32>) -> Self {
        let elsewhere = addresses.complement();
        Self { names, addresses, elsewhere }
    }
}

impl SpaceClasses {
    pub(super) fn new(axioms: &Axioms, names: &NameDomain) -> Self {
        let mut addresses: BTreeMap<u32, IntervalSet<u32>> = BTreeMap::new();
        for (name, given) in axioms.given.iter().filter(|(_, given)| !given.is_empty()) {
            let of = names.name(name).map(|point| addresses.entry(point.first()).or_default());
            of.into_iter().for_each(|of| *of = of.union(given.as_intervals()));
        }
        let mut given: BTreeMap<IntervalSet<u32>, Vec<Interval<u32>>> = BTreeMap::new();
        for (name, addresses) in addresses {
            given.entry(addresses).or_default().push(Interval::point(name));
        }
        let known: IntervalSet<u32> = given.values().flatten().copied().collect();
        let unlisted = SpaceClass::new(names.all().difference(&known), axioms.unlisted.as_intervals().clone());
        let given = given.into_iter().map(|(addresses, names)| SpaceClass::new(names.into_iter().collect(), addresses));
        Self { classes: std::iter::once(unlisted).chain(given).collect() }
    }

    pub(super) fn len(&self) -> usize {
        self.classes.len()
    }

    /// The names of a class.
    pub(super) fn names(&self, class: usize) -> Option<&IntervalSet<u32>> {
        self.classes.get(class).map(|class| &class.names)
    }

    /// The addresses that they may have.
    pub(super) fn addresses(&self, class: usize) -> Option<&IntervalSet<u32>> {
        self.classes.get(class).map(|class| &class.addresses)
    }

    /// All other addresses.
    pub(super) fn elsewhere(&self, class: usize) -> Option<&IntervalSet<u32>> {
        self.classes.get(class).map(|class| &class.elsewhere)
    }

    /// Whether a flow with the name of that number may go to `address`.
    pub(super) fn may_have(&self, name: u32, address: u32) -> bool {
        let class = self.classes.iter().find(|class| class.names.contains(name));
        class.is_none_or(|class| class.addresses.contains(address))
    }
}
