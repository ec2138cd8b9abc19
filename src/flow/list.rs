//! Ordered lines, the first of which that matches decides.

use super::matching::{Match, MatchingAtom, MatchingField};
use super::point::Flow;
use crate::logic::Formula;

/// What happens to a flow.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FlowAction {
    /// It passes.
    Allow,
    /// It does not.
    Deny,
}

/// One line of a decision list.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ListLine {
    /// The flows it matches: those of any of the products.
    pub matches: Vec<Match>,
    /// What it does with them.
    pub action: FlowAction,
    /// A number for what else it does with them, a translation for instance; the caller defines its meaning. Two lines
    /// decide alike where action and number are equal.
    pub effect: u32,
    /// Where the line comes from; the caller defines the meaning of the number. Where conditions matter, lines that
    /// have the number, the products and what they do in common are one line that occurs several times: answers name
    /// the first.
    pub origin: usize,
    /// Where the line is there at all.
    pub when: Formula<MatchingAtom>,
}

impl ListLine {
    /// A line of one product without further effect.
    pub fn new(action: FlowAction, product: Match, origin: usize) -> Self {
        Self { matches: vec![product], action, effect: 0, origin, when: Formula::Always }
    }

    /// The same line, there only where `when` is the case.
    #[must_use]
    pub fn when(self, when: Formula<MatchingAtom>) -> Self {
        Self { when, ..self }
    }

    /// Whether the line matches `flow`, where `holds` tells which opaque sets its ends and its name are in, and what
    /// else is true.
    pub fn matches(&self, flow: &Flow, holds: &dyn Fn(MatchingField, &MatchingAtom) -> bool) -> bool {
        self.when.holds(&|atom| holds(MatchingField::Common, atom))
            && self.matches.iter().any(|product| product.contains(flow, holds))
    }
}

/// Lines in order, and what happens to the flows that none of them matches.
///
/// The stages of Azure Firewall are lists that are concatenated.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct DecisionList {
    /// The lines; the first that matches decides.
    pub lines: Vec<ListLine>,
    /// What happens where none matches.
    pub default: FlowAction,
}

impl DecisionList {
    /// Lines before the default deny.
    pub fn new(lines: Vec<ListLine>) -> Self {
        Self { lines, default: FlowAction::Deny }
    }

    /// What decides one flow, read line by line. Right for every flow, one with an address that its name is not known to
    /// have among them; `flow::Decider` is the fast way for many.
    pub fn decide(&self, flow: &Flow, holds: &dyn Fn(MatchingField, &MatchingAtom) -> bool) -> By {
        self.lines.iter().position(|line| line.matches(flow, holds)).map_or(By::Default, By::Line)
    }

    /// The action of what decides.
    pub fn action(&self, by: By) -> FlowAction {
        match by {
            By::Line(line) => self.lines.get(line).map_or(self.default, |line| line.action),
            By::Default => self.default,
        }
    }
}

/// What decides a flow.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum By {
    /// The line of that index.
    Line(usize),
    /// The default, because no line matches.
    Default,
}
