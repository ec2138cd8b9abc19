//! How much work an answer may cost.

use std::fmt;

/// Bounds on one query. A cover test whose search grows too large continues as a diagram, under the same bounds. They
/// end the work, never change an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WorkBudget {
    /// Nodes of a decision diagram. Holding a rule against one choice of opaque sets counts as a sixteenth of one.
    pub nodes: usize,
    /// Bytes of a decision diagram.
    pub bytes: usize,
}

impl Default for WorkBudget {
    /// Enough for a policy at the limits of Azure, on a machine with 4 GB.
    fn default() -> Self {
        Self { nodes: 100_000_000, bytes: 3 << 30 }
    }
}

/// The question was not decided within the budget.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotDecided {
    /// The index of the line that the work stopped at.
    pub at: usize,
    /// The bound that was met.
    pub bound: BoundReached,
}

/// A bound of a [`WorkBudget`], or of the engine itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BoundReached {
    /// [`WorkBudget::nodes`].
    Nodes,
    /// [`WorkBudget::bytes`].
    Bytes,
    /// More conditions that meet than are tried in every combination.
    Conditions,
}

impl fmt::Display for NotDecided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bound = match self.bound {
            BoundReached::Nodes => "nodes",
            BoundReached::Bytes => "memory",
            BoundReached::Conditions => "conditions",
        };
        write!(f, "not decided within the budget of {bound}")
    }
}

impl std::error::Error for NotDecided {}
