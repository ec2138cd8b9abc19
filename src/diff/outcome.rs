//! What becomes of flows.

use crate::evaluate::Line;
use crate::explain::Decision;
use crate::way::{self, Fate, Way};

/// What becomes of flows on one side.
#[derive(Clone, Copy, Debug)]
pub struct Outcome<'m> {
    /// What the rules do with them. Where they do not come to the firewall, that is what the rules would do with the flow that
    /// is shown.
    pub decision: Decision<'m>,
    /// Where the network sends the flow that is shown.
    pub way: Way<'m>,
    /// What becomes of them all.
    pub fate: Fate,
}

impl<'m> Outcome<'m> {
    /// The rule that decides them; `None` where that is the default, or where they do not come to the firewall.
    pub fn rule(&self) -> Option<Line<'m>> {
        if self.off_course().is_some() { None } else { self.decision.line() }
    }

    /// The way that decides, where that is no rule.
    pub fn off_course(&self) -> Option<&Way<'m>> {
        (self.fate == Fate::Unfiltered || self.way.by == way::By::Nowhere).then_some(&self.way)
    }
}
