//! The answer to the question whether a flow passes.

use std::fmt;

use crate::model::Action;

/// The answer to the question whether a flow passes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FlowVerdict {
    /// It passes.
    Allow,
    /// It is dropped.
    Deny,
    /// It depends on an address or on a set that the flow does not state.
    Depends,
}

impl From<Action> for FlowVerdict {
    fn from(action: Action) -> Self {
        match action {
            Action::Allow => Self::Allow,
            Action::Deny => Self::Deny,
        }
    }
}

impl fmt::Display for FlowVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Depends => "depends",
        })
    }
}
