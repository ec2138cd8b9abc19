//! Many single flows against one list.

use super::budget::{NotDecided, WorkBudget};
use super::case;
use super::diagram::{Diagram, DiagramLeaf, DiagramNode, NodeTable};
use super::list::By;
use super::matching::{MatchingAtom, MatchingField};
use super::point::Flow;
use super::reach::{by, default_value};
use super::space::{LoweredBoxes, Space};
use crate::logic::Formula;

/// A list made ready to decide millions of flows.
pub struct Decider<'s> {
    space: &'s Space,
    table: NodeTable,
    /// The part that depends on opaque sets.
    diagram: Diagram<'s>,
    nodes: usize,
    default: u32,
}

/// What decides a flow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DeciderAnswer {
    /// That, whatever the opaque sets hold.
    By(By),
    /// It depends on opaque sets: see [`Decider::cases`].
    Hangs(OpenDecision),
}

/// What is left to decide where opaque sets matter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OpenDecision(DiagramNode);

/// One case of an answer that depends on opaque sets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DecidedCase {
    /// What decides.
    pub by: By,
    /// Disjunctions of opaque sets: the flow is in one of each.
    pub any: Vec<Vec<(MatchingField, MatchingAtom)>>,
    /// The condition under which it decides.
    pub when: Formula<MatchingAtom>,
}

impl<'s> Decider<'s> {
    /// Makes a list ready.
    ///
    /// # Errors
    /// Where the budget does not suffice.
    pub fn new(space: &'s Space, list: &LoweredBoxes, budget: &WorkBudget) -> Result<Self, NotDecided> {
        let mut diagram = Diagram::new(space, budget);
        let leaves: Vec<DiagramLeaf<'_>> = list.pieces.iter().map(|piece| (piece, list.value(piece))).collect();
        let default = default_value(list);
        let root = diagram.list(&leaves, default, None)?;
        let root = diagram.finish(root);
        let nodes = diagram.nodes();
        let mut table = NodeTable::new(&diagram, root);
        diagram.keep_only(table.ends_mut());
        Ok(Self { space, table, diagram, nodes, default })
    }

    /// What decides `flow`. `None` where the flow has no address, or one that its name is not known to have: then
    /// [`super::DecisionList::decide`] is the way.
    pub fn decide(&self, flow: &Flow) -> Option<DeciderAnswer> {
        let point = self.space.point(flow)?;
        let end = self.table.at(&point);
        match end.value() {
            Some(value) => Some(DeciderAnswer::By(by(value, self.default))),
            None => Some(DeciderAnswer::Hangs(OpenDecision(end))),
        }
    }

    /// The cases of an answer of this decider that depends on opaque sets, in their order: the first that holds
    /// decides.
    pub fn cases(&self, open: OpenDecision) -> Vec<DecidedCase> {
        let of = |need: &u32| self.space.atoms_of(&self.space.mention(*need).named);
        let case = |case: case::FlowCase| DecidedCase {
            by: by(case.value, self.default),
            any: case.needs.iter().map(of).collect(),
            when: case.whens.iter().fold(Formula::Always, |all, &when| all.and(self.space.condition(when))),
        };
        self.diagram.cases(open.0).into_iter().map(case).collect()
    }

    /// What decides in the world where `holds` tells which opaque sets the flow is in.
    pub fn settle(&self, open: OpenDecision, holds: &dyn Fn(MatchingField, &MatchingAtom) -> bool) -> By {
        let set = |bit| self.space.atom(bit).is_some_and(|(field, atom)| holds(*field, atom));
        by(self.diagram.settle(open.0, &set), self.default)
    }

    /// How many nodes the decision diagram has.
    pub fn nodes(&self) -> usize {
        self.nodes
    }

    /// About how many bytes they take.
    pub fn bytes(&self) -> usize {
        self.table.size() + self.diagram.size()
    }
}
