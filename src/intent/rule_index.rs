//! Where rules are, by where they were written.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::source::Origin;

/// Where each rule is in an `Intent`, filled on the first question.
#[derive(Clone, Default, Debug)]
pub(super) struct RuleIndex(pub(super) OnceLock<HashMap<Origin, RulePosition>>);

/// The indices of a policy, of its group, of the rules in the group, and of the rule in those.
#[derive(Clone, Copy, Debug)]
pub(super) struct RulePosition {
    pub(super) policy: usize,
    pub(super) group: usize,
    pub(super) rules: usize,
    pub(super) rule: RuleAt,
}

/// The index of a rule among those of its kind.
#[derive(Clone, Copy, Debug)]
pub(super) enum RuleAt {
    Filter(usize),
    Dnat(usize),
}
