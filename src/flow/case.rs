//! What a rule requires of opaque sets and conditions.

use super::setting::FlowSetting;
use super::space::{MENTIONS, Space};

/// How a bit is set, where that is settled.
pub(super) type Settled<'s> = &'s dyn Fn(u32) -> Option<FlowSetting>;

/// A rule as far as opaque sets and conditions go: its value, where each of some disjunctions of opaque sets and each of some
/// conditions holds.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct FlowCase {
    /// The disjunctions, by their numbers in the space; sorted.
    pub(super) needs: Vec<u32>,
    /// The conditions, by their numbers in the space; sorted.
    pub(super) whens: Vec<u32>,
    /// What the rule gives.
    pub(super) value: u32,
}

impl FlowCase {
    pub(super) fn always(value: u32) -> Self {
        Self { needs: Vec::new(), whens: Vec::new(), value }
    }

    /// The case of a box, by its disjunctions and its condition; number 0 requires nothing.
    pub(super) fn of(needs: [u32; MENTIONS], when: u32, value: u32) -> Self {
        Self { needs: asked(needs.into_iter()), whens: asked([when].into_iter()), value }
    }

    /// The case of a rule inside a mask.
    pub(super) fn both(&self, other: &Self) -> Self {
        let both = |one: &[u32], other: &[u32]| asked(one.iter().chain(other).copied());
        Self { needs: both(&self.needs, &other.needs), whens: both(&self.whens, &other.whens), value: self.value }
    }

    /// Whether its conditions hold where only some bits are settled, if those show it.
    pub(super) fn is_there(&self, space: &Space, settled: Settled<'_>) -> Option<FlowSetting> {
        let mut open = false;
        for when in self.whens.iter().filter_map(|&when| space.when(when)) {
            match when.shown_by(settled) {
                Some(FlowSetting::Off) => return Some(FlowSetting::Off),
                Some(FlowSetting::On) => {}
                None => open = true,
            }
        }
        (!open).then_some(FlowSetting::On)
    }

    /// The first bit that its conditions still depend on.
    pub(super) fn open_condition(&self, space: &Space, settled: Settled<'_>) -> Option<u32> {
        let open =
            self.whens.iter().filter_map(|&when| space.when(when)).filter(|when| when.shown_by(settled).is_none());
        open.flat_map(|when| &when.bits).copied().filter(|&bit| settled(bit).is_none()).min()
    }

    /// Whether it holds whatever the opaque sets and conditions are.
    pub(super) fn asks_nothing(&self) -> bool {
        self.needs.is_empty() && self.whens.is_empty()
    }
}

fn asked(numbers: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut asked: Vec<u32> = numbers.filter(|&number| number != 0).collect();
    asked.sort_unstable();
    asked.dedup();
    asked
}
