//! What becomes of flows.

use crate::evaluate::OrderLine;
use crate::explain::Decision;
use crate::way::{self, Fate, NetworkWay};

/// What becomes of flows on one side.
#[derive(Clone, Copy, Debug)]
pub struct DiffOutcome<'m> {
    /// What the rules do with them. Where they do not come to the firewall, that is what the rules would do with the flow that
    /// is shown.
    pub decision: Decision<'m>,
    /// Where the network sends the flow that is shown.
    pub way: NetworkWay<'m>,
    /// What becomes of them all.
    pub fate: Fate,
}

impl<'m> DiffOutcome<'m> {
    /// The rule that decides them; `None` where that is the default, or where they do not come to the firewall.
    pub fn rule(&self) -> Option<OrderLine<'m>> {
        if self.off_course().is_some() { None } else { self.decision.line() }
    }

    /// The way that decides, where that is no rule.
    pub fn off_course(&self) -> Option<&NetworkWay<'m>> {
        (self.fate == Fate::Unfiltered || self.way.by == way::Carrier::Nowhere).then_some(&self.way)
    }
}
