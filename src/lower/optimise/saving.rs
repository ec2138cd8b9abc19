//! How much a step saves.

use crate::limits;
use crate::model::{Policy, size};

/// What a step saved in a policy; less than nothing where it made more of it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Saving {
    /// Rules.
    pub rules: i64,
    /// Pairs of source and destination in network rules.
    pub pairs: i64,
    /// Bytes of the groups, as estimated.
    pub bytes: i64,
}

impl Saving {
    /// What the rules of a policy use.
    pub(super) fn measured(policy: &Policy) -> Self {
        let collections = || policy.groups.iter().flat_map(|group| &group.collections);
        Self {
            rules: signed(collections().map(|collection| collection.rules.len()).sum::<usize>()),
            pairs: signed(collections().map(|collection| limits::pairs(&collection.rules)).sum::<u64>()),
            bytes: signed(policy.groups.iter().map(size::group).sum::<u64>()),
        }
    }

    /// What is used.
    pub(in crate::lower) fn new(rules: usize, pairs: u64, bytes: u64) -> Self {
        Self { rules: signed(rules), pairs: signed(pairs), bytes: signed(bytes) }
    }

    /// What is saved where `after` is used instead.
    pub(in crate::lower) fn less(self, after: Self) -> Self {
        Self { rules: self.rules - after.rules, pairs: self.pairs - after.pairs, bytes: self.bytes - after.bytes }
    }

    /// Both together.
    pub(in crate::lower) fn add(&mut self, more: Self) {
        *self = Self { rules: self.rules + more.rules, pairs: self.pairs + more.pairs, bytes: self.bytes + more.bytes };
    }

    /// Whether nothing was saved, and nothing more is used.
    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }
}

fn signed(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}
