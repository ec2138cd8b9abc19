//! One thing that rules decide as far as opaque sets and conditions go, and the work that finding all of them may take.

use super::budget::{BoundReached, WorkBudget};
use super::setting::FlowSetting;

/// Work that is left: one step holds one rule against one world.
#[derive(Debug)]
pub(super) struct Steps(u64);

impl Steps {
    /// A step costs a small part of what a node does.
    pub(super) fn of(budget: &WorkBudget) -> Self {
        Self(u64::try_from(budget.nodes).unwrap_or(u64::MAX).saturating_mul(16))
    }

    pub(super) fn take(&mut self, count: usize) -> Result<(), BoundReached> {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        self.0 = self.0.checked_sub(count).ok_or(BoundReached::Nodes)?;
        Ok(())
    }
}

/// Flows that one rule of each list decides, as far as opaque sets and conditions go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Choice {
    /// What the rules give, or the class of that.
    pub(super) label: Vec<u32>,
    /// The opaque sets that the flows are in, and are not in, and the conditions under which they are there; sorted.
    pub(super) bits: Vec<(u32, FlowSetting)>,
    /// Further disjunctions, which hold as well.
    pub(super) any: Vec<Vec<u32>>,
    /// The rules that decide first where they match.
    pub(super) except: Vec<Exception>,
    /// The opaque sets and conditions of an example.
    pub(super) world: Vec<u32>,
}

/// A rule that decides first.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Exception {
    /// The disjunctions of opaque sets it requires, by their numbers in the space.
    pub(super) needs: Vec<u32>,
    /// Which list it is in.
    pub(super) list: usize,
    /// What it gives.
    pub(super) value: u32,
}

/// So many exceptions take the room of one choice.
const EXCEPTIONS: usize = 8;

impl Choice {
    /// How much room it takes.
    pub(super) fn room(&self) -> usize {
        1 + self.except.len() / EXCEPTIONS
    }
}
