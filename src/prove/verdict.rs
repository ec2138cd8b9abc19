//! The verdict on an expectation.

use crate::evaluate::OrderLine;
use crate::flow::{NotDecided, Witness};
use crate::model::Firewall;
use crate::way::NetworkWay;

/// What came of an expectation.
#[derive(Clone, Debug)]
pub enum ProofVerdict<'m> {
    /// It holds for every flow.
    Holds,
    /// It holds for every flow outside these sets.
    Conditional(Vec<String>),
    /// It does not hold.
    Fails {
        /// A flow that shows it.
        witness: Witness,
        /// What decides that flow.
        by: VerdictReason<'m>,
        /// The part of the flows that fails; absent where that depends on opaque sets.
        share: Option<f64>,
        /// The sets outside which it holds, as the source would state them; absent where there are none such.
        outside: Option<String>,
    },
    /// The budget did not suffice.
    NotDecided(NotDecided),
}

/// What decides a flow that an expectation fails for.
#[derive(Clone, Copy, Debug)]
pub enum VerdictReason<'m> {
    /// A rule.
    Rule(OrderLine<'m>),
    /// Its way.
    Way(NetworkWay<'m>),
    /// No rule: the implicit deny.
    Default,
    /// No private endpoint is stated for the name.
    NoEndpoint,
}

/// Something that a reader of an expectation that holds should know.
#[derive(Clone, Debug)]
pub enum Caveat<'m> {
    /// Flows arrive past the firewall: this way, and how large a part of all, where that is known.
    Unfiltered(NetworkWay<'m>, Option<f64>),
    /// It would not hold for names at addresses that are unusual: private ones, those of the firewall itself, and those
    /// that the expectation lists and its names need not have.
    Unusual(Box<Witness>, VerdictReason<'m>),
    /// It would not hold for flows that no route table can move: to link-local addresses, and inside of a subnet.
    Unmoved(Box<Witness>, VerdictReason<'m>),
    /// Flows come to this firewall, which does not have the named policy whose rules were evaluated.
    Elsewhere(&'m Firewall, &'m str, Attached),
    /// It states nothing: its `outside` leaves out every flow.
    Vacuous,
}

/// Whether a policy that was evaluated is that of some firewall.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Attached {
    /// Another firewall has it, and this one has a policy of its own.
    ToAnother,
    /// No stated firewall has it, or the policy of this one is not stated.
    Nowhere,
}

impl Caveat<'_> {
    /// Whether a strict reading does not let it pass.
    pub fn is_strict(&self) -> bool {
        match self {
            Self::Unfiltered(..) | Self::Unusual(..) | Self::Elsewhere(_, _, Attached::Nowhere) | Self::Vacuous => true,
            Self::Unmoved(..) | Self::Elsewhere(_, _, Attached::ToAnother) => false,
        }
    }
}
