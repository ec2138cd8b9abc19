//! Sentences that the renderers share.

use super::super::{Effect, SharedContext};
use super::OtherChanges;
use super::lines::{counted, few};

/// How many terms of a list are shown.
pub(super) const TERMS: usize = 6;

/// The terms of a list as one text.
pub(super) fn terms(list: &[String]) -> String {
    few(list, TERMS)
}

/// That something shared differs, and what that reaches.
pub(super) fn shared_sentence(shared: &SharedContext) -> String {
    let list = |sign: &str, list: &[String]| {
        if list.is_empty() { String::new() } else { format!(" {sign} {}", terms(list)) }
    };
    let holds = format!("{}{}", list("+", &shared.added), list("-", &shared.removed));
    let holds = if holds.is_empty() { String::new() } else { format!(" ({})", holds.trim_start()) };
    let policies = match shared.policies.len() {
        0 => String::new(),
        _ => format!(", policies {}", terms(&shared.policies)),
    };
    format!(
        "{} `{}` changed{holds}: {}{policies}, {} of changed flows",
        shared.what,
        shared.name,
        counted(shared.rules, "rule"),
        counted(shared.changes, "set")
    )
}

/// What happens to another policy.
pub fn other_sentence(other: &OtherChanges) -> String {
    let verdict = match &other.verdict {
        Ok(verdict) => verdict.phrase().to_owned(),
        Err(why) => why.clone(),
    };
    let counts: Vec<String> = Effect::ALL
        .iter()
        .zip(other.counts)
        .filter(|(_, count)| *count > 0)
        .map(|(effect, count)| format!("{} {}", counted(count, "cause"), effect.phrase()))
        .collect();
    let counts = if counts.is_empty() { String::new() } else { format!(" ({})", counts.join(", ")) };
    let witness = other.witness.as_ref().map(|flow| format!(", such as `{flow}`")).unwrap_or_default();
    let weaker = if other.weakened && other.verdict.is_ok() { "; its settings protect less" } else { "" };
    format!("policy `{}`: {verdict}{counts}{witness}{weaker}", other.policy)
}
