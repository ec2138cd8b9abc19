//! Rules that were not used for a number of days.

use super::rules::RuleUse;
use super::tally::Usage;
use crate::logs::Time;
use crate::model::Action;

/// The unused rules of a log.
#[derive(Clone, Debug)]
pub enum Unused<'u, 'm> {
    /// The window is shorter: it cannot show that a rule was not used for so long. Holds its days.
    TooShort(u64),
    /// These rules were not used in the last days of the window.
    Rules(Vec<&'u RuleUse<'m>>),
}

/// The rules that allow something and decided nothing in the last `days` of the window, which ends with the last record, or
/// with `until`, where that is later. A rule that denies does its work where no traffic attempts what it denies.
pub fn unused<'u, 'm>(usage: &'u Usage<'m>, days: u64, until: Option<Time>) -> Unused<'u, 'm> {
    let Some((first, last)) = usage.all.first.zip(usage.all.last.max(until)) else { return Unused::TooShort(0) };
    let window = last.days_since(first);
    if window < days {
        return Unused::TooShort(window);
    }
    let is_unused = |rule: &&RuleUse<'m>| match (rule.count.lines, rule.count.last) {
        (0, _) => true,
        (_, Some(seen)) => last.days_since(seen) >= days,
        // It was seen, at an unknown time.
        (_, None) => false,
    };
    let allows = |rule: &&RuleUse<'m>| match rule.line.rule.action() {
        Action::Allow => true,
        Action::Deny => false,
    };
    Unused::Rules(usage.rules.iter().filter(allows).filter(is_unused).collect())
}
