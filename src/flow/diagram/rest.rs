//! Ends of paths where opaque sets and conditions are left to decide, each stored once.
//!
//! They are not tested one after another, as the dimensions are: with each rule from one set to another the nodes would
//! double. An end keeps the rules that meet there in their order; [`choices`](crate::flow::choices) finds what they
//! decide.

use std::collections::HashSet;

use hashbrown::HashMap;

use super::node::DiagramNode;
use crate::flow::case::FlowCase;
use crate::flow::space::MENTIONS;

/// What is left to decide.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum DiagramRest {
    /// The value, where each of these disjunctions of opaque sets holds, and the condition; number 0 requires nothing.
    When { needs: [u32; MENTIONS], when: u32, value: u32 },
    /// The first where it has a value, else the second.
    Else(DiagramNode, DiagramNode),
    /// The first, restricted to where the second has a value.
    Within(DiagramNode, DiagramNode),
}

/// Whether each of some disjunctions of opaque sets holds, and a condition, by their numbers.
pub(super) type Holds<'h> = &'h dyn Fn([u32; MENTIONS], u32) -> bool;

#[derive(Default, Debug)]
pub(super) struct DiagramRests {
    all: Vec<DiagramRest>,
    numbers: HashMap<DiagramRest, u32>,
}

/// About how much memory one takes, with its place in the table of numbers.
pub(super) const BYTES: usize = 56;

impl DiagramRests {
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn known(&self, rest: DiagramRest) -> Option<DiagramNode> {
        self.numbers.get(&rest).map(|&number| DiagramNode::open(number))
    }

    pub(super) fn enter(&mut self, rest: DiagramRest) -> DiagramNode {
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.all.push(rest);
        self.numbers.insert(rest, number);
        DiagramNode::open(number)
    }

    fn get(&self, end: DiagramNode) -> Option<DiagramRest> {
        self.all.get(end.rest()? as usize).copied()
    }

    /// Whether an end has a value whatever the opaque sets hold and under every condition, as far as its shape shows.
    pub(super) fn is_total(&self, end: DiagramNode) -> bool {
        match self.get(end) {
            None => end.value().is_some_and(|value| value > 0),
            Some(DiagramRest::Else(_, second)) => self.is_total(second),
            Some(DiagramRest::When { .. } | DiagramRest::Within(..)) => false,
        }
    }

    /// The value of an end in a world.
    pub(super) fn settle(&self, end: DiagramNode, holds: Holds<'_>) -> u32 {
        match self.get(end) {
            None => end.value().unwrap_or(0),
            Some(DiagramRest::When { needs, when, value }) => {
                if holds(needs, when) {
                    value
                } else {
                    0
                }
            }
            Some(DiagramRest::Else(first, second)) => match self.settle(first, holds) {
                0 => self.settle(second, holds),
                value => value,
            },
            Some(DiagramRest::Within(first, second)) => match self.settle(second, holds) {
                0 => 0,
                _ => self.settle(first, holds),
            },
        }
    }

    /// The rules of an end in their order, up to one that requires nothing. One that requires more than an earlier one
    /// is left out.
    pub(super) fn cases(&self, end: DiagramNode) -> Vec<FlowCase> {
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

    fn collect(&self, end: DiagramNode, into: &mut Vec<FlowCase>) {
        match self.get(end) {
            None => into.extend(end.value().filter(|&value| value > 0).map(FlowCase::always)),
            Some(DiagramRest::When { needs, when, value }) => into.push(FlowCase::of(needs, when, value)),
            Some(DiagramRest::Else(first, second)) => {
                self.collect(first, into);
                self.collect(second, into);
            }
            Some(DiagramRest::Within(first, second)) => {
                let (mut inner, mut around) = (Vec::new(), Vec::new());
                self.collect(first, &mut inner);
                self.collect(second, &mut around);
                into.extend(inner.iter().flat_map(|case| around.iter().map(|mask| case.both(mask))));
            }
        }
    }

    /// Throws away what neither `roots` nor something kept leads to; gives the new number of each.
    pub(super) fn keep(&mut self, roots: impl Iterator<Item = DiagramNode>) -> Vec<u32> {
        let mut kept = vec![false; self.all.len()];
        let mark = |kept: &mut Vec<bool>, node: DiagramNode| {
            let slot = node.rest().and_then(|number| kept.get_mut(number as usize));
            slot.into_iter().for_each(|kept| *kept = true);
        };
        roots.for_each(|root| mark(&mut kept, root));
        for at in (0..self.all.len()).rev() {
            if let (Some(true), Some(DiagramRest::Else(one, other) | DiagramRest::Within(one, other))) =
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
                DiagramRest::When { .. } => rest,
                DiagramRest::Else(one, other) => {
                    DiagramRest::Else(one.renumbered(&numbers), other.renumbered(&numbers))
                }
                DiagramRest::Within(one, other) => {
                    DiagramRest::Within(one.renumbered(&numbers), other.renumbered(&numbers))
                }
            };
            let new = self.enter(moved).rest().unwrap_or(0);
            numbers.get_mut(at).into_iter().for_each(|number| *number = new);
        }
        numbers
    }
}

/// What a rule requires: disjunctions as odd numbers, conditions as even ones.
fn asked(case: &FlowCase) -> Vec<u32> {
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
