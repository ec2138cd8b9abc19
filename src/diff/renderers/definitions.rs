//! Causes that are one: several rules that do otherwise because a definition that they use has changed.

use crate::diag::counted;
use crate::words::NamedSet;

use super::super::{Effect, SharedContext};
use super::sentences::{TERMS, terms};
use super::{CauseView, DiffView};

/// What is told as one cause.
pub(super) enum CauseBlock<'v> {
    /// A cause by itself.
    One(&'v CauseView),
    /// A definition that changed, and the causes of the rules that use it.
    Definition(&'v SharedContext, Vec<&'v CauseView>),
}

/// The causes in order, those of one definition and one effect as one where the first of them is.
pub(super) fn blocks<'v>(view: &'v DiffView, causes: &[&'v CauseView]) -> Vec<CauseBlock<'v>> {
    let key = |cause: &CauseView| cause.definition.map(|at| (at, cause.effect, cause.case));
    let mut blocks = Vec::new();
    for (at, cause) in causes.iter().enumerate() {
        let same = |other: &&&CauseView| key(cause).is_some() && key(other) == key(cause);
        let definition = cause.definition.and_then(|at| view.shared.get(at));
        match definition.filter(|_| causes.iter().filter(same).nth(1).is_some()) {
            None => blocks.push(CauseBlock::One(cause)),
            Some(_) if causes.iter().take(at).any(|other| same(&other)) => {}
            Some(definition) => {
                blocks.push(CauseBlock::Definition(definition, causes.iter().filter(same).copied().collect()));
            }
        }
    }
    blocks
}

/// What a change of a definition does, in a line; the author's words are in backticks.
pub(super) fn definition_title(definition: &SharedContext, causes: &[&CauseView]) -> String {
    let rules = counted(causes.len(), "rule");
    let does = match causes.first().map(|cause| cause.effect) {
        Some(Effect::NewlyAllowed) => format!("{rules} allow more"),
        Some(Effect::NewlyDenied) => format!("{rules} allow less"),
        Some(effect) => format!("{rules}, {}", effect.phrase()),
        None => rules,
    };
    let sizes = definition.sizes.as_ref().filter(|[before, after]| before != after);
    let sizes = sizes.map(|[before, after]| format!(" from {before} to {after}")).unwrap_or_default();
    format!("{} `{}` changed{sizes}: {does}", definition.what, definition.name)
}

/// What a definition holds now and did not, and what it held and does not, each with the word for it.
pub(super) fn definition_members(definition: &SharedContext) -> Vec<(&'static str, String)> {
    let parts = [("added", &definition.added), ("removed", &definition.removed)];
    parts.into_iter().filter(|(_, words)| !words.is_empty()).map(|(word, words)| (word, terms(words))).collect()
}

/// The sets that the flows of the rules name, each once.
pub(super) fn shared_sets<'v>(causes: &[&'v CauseView]) -> Vec<&'v NamedSet> {
    let mut found: Vec<&NamedSet> = Vec::new();
    for set in causes.iter().flat_map(|cause| &cause.sets) {
        if !found.iter().any(|known| known.name == set.name) {
            found.push(set);
        }
    }
    found
}

/// Owners, tickets and expiries of the rules, each once.
pub(super) fn shared_upkeep(causes: &[&CauseView]) -> Vec<(&'static str, String)> {
    let mut found: Vec<(&'static str, Vec<String>)> = Vec::new();
    for (word, value) in causes.iter().flat_map(|cause| cause.rule().upkeep()) {
        match found.iter_mut().find(|(known, _)| *known == word) {
            Some((_, values)) if values.contains(&value) => {}
            Some((_, values)) => values.push(value),
            None => found.push((word, vec![value])),
        }
    }
    found.into_iter().map(|(word, values)| (word, terms(&values))).collect()
}

/// What is risky about any of the rules, each once, the highest level first.
pub(super) fn shared_risks<'v>(causes: &[&'v CauseView]) -> Vec<&'v (String, String)> {
    let mut found: Vec<&(String, String)> = Vec::new();
    for level in ["high", "medium", "low"] {
        for risk in causes.iter().flat_map(|cause| &cause.risks).filter(|(of, _)| of == level) {
            if !found.contains(&risk) {
                found.push(risk);
            }
        }
    }
    found
}

impl CauseView {
    /// The rule, its first flows and where it is written, in a line.
    pub(super) fn line(&self) -> String {
        let rule = self.rule();
        let flows = self.flows.first().map(|flows| flows.sentence(TERMS)).unwrap_or_default();
        let more = match self.flows.len() {
            0 | 1 => String::new(),
            several => format!(" and {}", counted(several - 1, "more set")),
        };
        let place = rule.place.as_ref().map(|place| format!(", {place}")).unwrap_or_default();
        let approved = if self.approved { " (approved)" } else { "" };
        format!("`{}`{approved}: {flows}{more}{place}", rule.name.as_deref().unwrap_or("implicit deny"))
    }
}
