//! Ends of paths where opaque sets and conditions are left to decide, each stored once.
//!
//! They are not tested one after another, as the dimensions are: with each rule from one set to another the nodes would
//! double. An end keeps the rules that meet there in their order; [`choices`](crate::flow::choices) finds what they
//! decide.

use std::collections::HashSet;

use hashbrown::HashMap;

use super::node::Node;
use crate::flow::case::Case;
use crate::flow::space::MENTIONS;

/// What is left to decide.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Rest {
    /// The value, where each of these disjunctions of opaque sets holds, and the condition; number 0 requires nothing.
    When { needs: [u32; MENTIONS], when: u32, value: u32 },
    /// The first where it has a value, else the second.
    Else(Node, Node),
    /// The first, restricted to where the second has a value.
    Within(Node, Node),
}

/// Whether each of some disjunctions of opaque sets holds, and a condition, by their numbers.
pub(super) type Holds<'h> = &'h dyn Fn([u32; MENTIONS], u32) -> bool;

#[derive(Default, Debug)]
pub(super) struct Rests {
    all: Vec<Rest>,
    numbers: HashMap<Rest, u32>,
}

/// About how much memory one takes, with its place in the table of numbers.
pub(super) const BYTES: usize = 56;

impl Rests {
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn known(&self, rest: Rest) -> Option<Node> {
        self.numbers.get(&rest).map(|&number| Node::open(number))
    }

    pub(super) fn enter(&mut self, rest: Rest) -> Node {
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.all.push(rest);
        self.numbers.insert(rest, number);
        Node::open(number)
    }

    fn get(&self, end: Node) -> Option<Rest> {
        self.all.get(end.rest()? as usize).copied()
    }

    /// Whether an end has a value whatever the opaque sets hold and under every condition, as far as its shape shows.
    pub(super) fn is_total(&self, end: Node) -> bool {
        match self.get(end) {
            None => end.value().is_some_and(|value| value > 0),
            Some(Rest::Else(_, second)) => self.is_total(second),
            Some(Rest::When { .. } | Rest::Within(..)) => false,
        }
    }

    /// The value of an end in a world.
    pub(super) fn settle(&self, end: Node, holds: Holds<'_>) -> u32 {
        match self.get(end) {
            None => end.value().unwrap_or(0),
            Some(Rest::When { needs, when, value }) => {
                if holds(needs, when) {
                    value
                } else {
                    0
                }
            }
            Some(Rest::Else(first, second)) => match self.settle(first, holds) {
                0 => self.settle(second, holds),
                value => value,
            },
            Some(Rest::Within(first, second)) => match self.settle(second, holds) {
                0 => 0,
                _ => self.settle(first, holds),
            },
        }
    }

    /// The rules of an end in their order, up to one that requires nothing. One that requires more than an earlier one
    /// is left out.
    pub(super) fn cases(&self, end: Node) -> Vec<Case> {
        let mut all = Vec::new();
        self.collect(end, &mut all);
        let mut before: HashSet<Vec<u32>> = HashSet::new();
        all.retain(|case| {
            let asked = asked(case);
            let is_new = !parts(&asked).any(|part| before.contains(&part));
            if is_new {
                before.insert(asked);
            }
            is_new
        });
        all
    }

    fn collect(&self, end: Node, into: &mut Vec<Case>) {
        match self.get(end) {
            None => into.extend(end.value().filter(|&value| value > 0).map(Case::always)),
            Some(Rest::When { needs, when, value }) => into.push(Case::of(needs, when, value)),
            Some(Rest::Else(first, second)) => {
                self.collect(first, into);
                self.collect(second, into);
            }
            Some(Rest::Within(first, second)) => {
                let (mut inner, mut around) = (Vec::new(), Vec::new());
                self.collect(first, &mut inner);
                self.collect(second, &mut around);
                into.extend(inner.iter().flat_map(|case| around.iter().map(|mask| case.both(mask))));
            }
        }
    }

    /// Throws away what neither `roots` nor something kept leads to; gives the new number of each.
    pub(super) fn keep(&mut self, roots: impl Iterator<Item = Node>) -> Vec<u32> {
        let mut kept = vec![false; self.all.len()];
        let mark = |kept: &mut Vec<bool>, node: Node| {
            let slot = node.rest().and_then(|number| kept.get_mut(number as usize));
            slot.into_iter().for_each(|kept| *kept = true);
        };
        roots.for_each(|root| mark(&mut kept, root));
        for at in (0..self.all.len()).rev() {
            if let (Some(true), Some(Rest::Else(one, other) | Rest::Within(one, other))) =
                (kept.get(at).copied(), self.all.get(at).copied())
            {
                mark(&mut kept, one);
                mark(&mut kept, other);
            }
        }
        let mut numbers = vec![0; self.all.len()];
        self.numbers.clear();
        for (at, rest) in
            std::mem::take(&mut self.all).into_iter().enumerate().filter(|(at, _)| kept.get(*at) == Some(&true))
        {
            let moved = match rest {
                Rest::When { .. } => rest,
                Rest::Else(one, other) => Rest::Else(one.renumbered(&numbers), other.renumbered(&numbers)),
                Rest::Within(one, other) => Rest::Within(one.renumbered(&numbers), other.renumbered(&numbers)),
            };
            let new = self.enter(moved).rest().unwrap_or(0);
            numbers.get_mut(at).into_iter().for_each(|number| *number = new);
        }
        numbers
    }
}

/// What a rule requires: disjunctions as odd numbers, conditions as even ones.
fn asked(case: &Case) -> Vec<u32> {
    let needs = case.needs.iter().map(|need| need << 1 | 1);
    needs.chain(case.whens.iter().map(|when| when << 1)).collect()
}

/// The subsets of `needs`; only `needs` itself where there are many.
fn parts(needs: &[u32]) -> impl Iterator<Item = Vec<u32>> + '_ {
    let few = needs.len().min(6);
    let choices = if needs.len() > few { 1 } else { 1_u32 << few };
    (0..choices).map(move |without| {
        let kept = (0..).zip(needs).filter(|&(at, _)| without >> at & 1 == 0);
        kept.map(|(_, need)| *need).collect()
    })
}
