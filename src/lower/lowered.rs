//! The result of lowering.

use std::collections::BTreeMap;

use crate::intent;
use crate::model::Model;
use crate::source::{Origin, SourceSpan};

use super::lock::MadeUp;
use super::optimise::Saving;
use super::parts::GroupPart;

/// A model, and what lowering did to get there.
#[derive(Debug, Default)]
pub struct Lowered {
    /// The model.
    pub model: Model,
    /// For each policy of the model, what lowering did.
    pub policies: Vec<LoweredPolicy>,
}

/// What lowering did in one policy.
#[derive(Clone, Debug, Default)]
pub struct LoweredPolicy {
    /// The name of the policy.
    pub name: String,
    /// How many rules the source has.
    pub source_rules: usize,
    /// What was removed because something else covers it.
    pub removals: Vec<Removal>,
    /// What each step of the optimiser saved, in the order of [`STEPS`](super::STEPS).
    pub savings: Vec<Saving>,
    /// For each group, the names of rules that were made up.
    pub made_up: BTreeMap<String, MadeUp>,
    /// The IP groups that a limit forced.
    pub ip_groups: MadeUp,
    /// The rules of Azure kinds in the order of the source, before anything was removed.
    pub parts: Vec<PlacedRule>,
}

/// An entry that was removed because something else covers it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Removal {
    /// The removed entry, as the language writes it.
    pub what: String,
    /// The rule that contained it.
    pub rule: Origin,
    /// Its text.
    pub at: SourceSpan,
    /// The text that covers it.
    pub by: SourceSpan,
}

/// A part of a rule, and its place in the order of the source: smaller decides first.
#[derive(Clone, Debug)]
pub struct PlacedRule {
    /// The place of the group among the groups of the policy, or of the collection in its group, and denies first.
    pub place: (usize, usize),
    /// What the rule does.
    pub action: intent::Action,
    /// The part.
    pub part: GroupPart,
}
