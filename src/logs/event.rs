//! What a record tells.

use super::asked::NameParts;
use super::logged::Logged;
use super::time::Time;

/// A flow that a firewall logged, with what it did.
#[derive(Clone, Debug)]
pub(super) struct Event<'l> {
    /// The flow, before any translation.
    pub(super) parts: NameParts<'l>,
    /// What the record states that was decided.
    pub(super) logged: Logged<&'l str>,
    /// When it was written.
    pub(super) time: Option<Time>,
}
