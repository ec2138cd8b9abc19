//! The condition of a line.

use crate::flow::{matching::MatchingAtom, setting::FlowSetting};
use crate::logic::Formula;

/// A formula over bits, with the bits it contains.
#[derive(Clone, Debug)]
pub(in crate::flow) struct SpaceWhen {
    formula: Formula<u32>,
    /// The same as it was stated.
    pub(in crate::flow) stated: Formula<MatchingAtom>,
    /// Sorted.
    pub(in crate::flow) bits: Vec<u32>,
}

impl SpaceWhen {
    /// The condition `stated`, where `bit` numbers its atoms.
    pub(super) fn new(stated: &Formula<MatchingAtom>, bit: &mut dyn FnMut(&MatchingAtom) -> u32) -> Self {
        let formula = stated.map(bit);
        let bits = formula.atoms().into_iter().copied().collect();
        Self { formula, stated: stated.clone(), bits }
    }

    /// Whether it is the case in the world in which just `world` is set.
    pub(in crate::flow) fn holds(&self, world: &[u32]) -> bool {
        self.holds_where(&|bit| world.contains(&bit))
    }

    /// Whether it holds where exactly the bits are set for which `set` is true.
    pub(in crate::flow) fn holds_where(&self, set: &dyn Fn(u32) -> bool) -> bool {
        self.formula.holds(&|&bit| set(bit))
    }

    /// How the condition is where only some bits are settled, if those show it.
    pub(in crate::flow) fn shown_by(&self, settled: &dyn Fn(u32) -> Option<FlowSetting>) -> Option<FlowSetting> {
        let known = |&bit: &u32| settled(bit).map(|setting| setting == FlowSetting::On);
        let shown = self.formula.shown_by(&known)?;
        Some(if shown { FlowSetting::On } else { FlowSetting::Off })
    }

    /// The share of all settings in which it holds, where a bit is set in half of them: as if no bit occurred twice.
    pub(in crate::flow) fn share(&self) -> f64 {
        share(&self.formula)
    }
}

fn share(formula: &Formula<u32>) -> f64 {
    match formula {
        Formula::Always => 1.0,
        Formula::Never => 0.0,
        Formula::Is(_) => 0.5,
        Formula::Not(of) => 1.0 - share(of),
        Formula::All(parts) => parts.iter().map(share).product(),
        Formula::Any(parts) => 1.0 - parts.iter().map(|part| 1.0 - share(part)).product::<f64>(),
    }
}
