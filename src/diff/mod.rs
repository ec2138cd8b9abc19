//! What a change opens and closes.
//!
//! In: two models, the policy attached to the firewall in each, and what is known of names. Out: a [`Diff`]: every flow
//! whose verdict or translation changes, in products that do not share a flow, with the rules that decide before and
//! after; apart from it settings, routes, and what was added, removed, moved or renamed. The same for programs ([`json`])
//! and, grouped by cause and in the words of the author, for people ([`faces`]). Guaranteed: a change that alters no flow
//! has no [`Change`]. Deliberately absent: files, git, the command line, and judgement of what is risky.

mod causes;
mod changed;
pub mod faces;
mod flows;
mod handled;
mod ipv6;
mod json;
mod limits;
mod network;
mod protection;
mod settings;
mod shared;
mod side;
mod structure;
mod words;

use std::collections::BTreeSet;

use crate::explain::Decision;
use crate::flow::{Product, Witness};

pub use causes::{Cause, causes};
pub use changed::diff;
pub use json::json;
pub use limits::Limits;
pub use network::RouteChange;
pub use protection::Protection;
pub use settings::SettingChange;
pub use shared::{Shared, shared};
pub use side::Side;
pub use structure::{Kind, Move, What};
pub use words::{Words, excepted};

/// Everything that differs.
#[derive(Clone, Debug)]
pub struct Diff<'m> {
    /// The flows, in the order of the flow space.
    pub changes: Vec<Change<'m>>,
    /// Whether those are all; else the list was cut, with a change for each pair of rules as far as the limit goes.
    pub complete: bool,
    /// How flows change, whether or not the list was cut.
    pub effects: BTreeSet<Effect>,
    /// What the policies say apart from their rules.
    pub settings: Vec<SettingChange>,
    /// The route tables.
    pub routes: Vec<RouteChange>,
    /// What stands elsewhere or is called otherwise, whether or not that changes a flow.
    pub structure: Vec<Move>,
}

/// Flows whose verdict or translation changes.
#[derive(Clone, Debug)]
pub struct Change<'m> {
    /// How.
    pub effect: Effect,
    /// The flows.
    pub product: Product,
    /// What decided.
    pub before: Decision<'m>,
    /// What decides.
    pub after: Decision<'m>,
    /// One of the flows.
    pub witness: Witness,
    /// The rules that come first and take some of the product: one for each of its exceptions.
    pub first: Vec<First<'m>>,
}

/// A rule that comes first.
#[derive(Clone, Copy, Debug)]
pub struct First<'m> {
    /// Whether it comes first before or after the change; where it does both, before.
    pub when: When,
    /// The rule.
    pub rule: Decision<'m>,
}

/// A side of a difference.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// The old one.
    Before,
    /// The new one.
    After,
}

/// How flows change.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Effect {
    /// They pass, and did not.
    NewlyAllowed,
    /// They pass to somewhere else.
    TranslationChanged,
    /// They do not pass, and did.
    NewlyDenied,
}

impl Effect {
    /// Every effect, that which opens most first.
    pub const ALL: [Self; 3] = [Self::NewlyAllowed, Self::TranslationChanged, Self::NewlyDenied];

    /// The word for it in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::NewlyAllowed => "newly-allowed",
            Self::TranslationChanged => "translation-changed",
            Self::NewlyDenied => "newly-denied",
        }
    }
}

impl Diff<'_> {
    /// Whether no flow changes.
    pub fn is_equivalent(&self) -> bool {
        self.effects.is_empty()
    }

    /// Whether a setting protects less than it did.
    pub fn is_weaker(&self) -> bool {
        self.settings.iter().any(|setting| setting.effect == Protection::Weakens)
    }

    /// Whether some flow changes so.
    pub fn has(&self, effect: Effect) -> bool {
        self.effects.contains(&effect)
    }

    /// The verdict in a word.
    pub fn verdict(&self) -> Verdict {
        match (self.is_equivalent(), self.has(Effect::NewlyAllowed), self.has(Effect::NewlyDenied)) {
            (true, ..) => Verdict::Equivalent,
            (false, true, true) => Verdict::Both,
            (false, true, false) => Verdict::Wider,
            (false, false, true) => Verdict::Narrower,
            (false, false, false) => Verdict::Elsewhere,
        }
    }
}

/// A difference in a word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// No flow changes.
    Equivalent,
    /// Flows are allowed that were not.
    Wider,
    /// Flows are denied that were not.
    Narrower,
    /// Both.
    Both,
    /// Flows only go elsewhere.
    Elsewhere,
}

impl Verdict {
    /// As a person says it.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Equivalent => "no flow changes",
            Self::Wider => "wider: flows are allowed that were not",
            Self::Narrower => "narrower: flows are denied that were not",
            Self::Both => "wider and narrower: some flows are newly allowed, others newly denied",
            Self::Elsewhere => "flows are sent elsewhere",
        }
    }
}
