//! The causes of a difference, with what is risky about each and whether somebody has accepted it.

use jiff::civil::Date;

use crate::diff::{
    Cause, Diff, causes,
    faces::{Source, meta},
};
use crate::intent::Intent;
use crate::risk::{Judged, Level, Table, judge};

use super::approvals::{Approvals, contents};

/// What changes are assessed by.
pub struct Criteria {
    /// The table of risks.
    pub table: Table,
    /// The changes that were accepted before.
    pub approvals: Approvals,
    /// The day that expiry dates are compared with.
    pub today: Date,
}

/// A cause, judged.
pub struct Assessed<'d, 'm> {
    /// The cause.
    pub cause: Cause<'d, 'm>,
    /// The highest first.
    pub risks: Vec<Judged>,
    /// Whether it was accepted before.
    pub approved: bool,
    /// What tells each of its changes.
    pub contents: Vec<String>,
}

impl Criteria {
    /// The causes of what differs, in the order in which they are shown.
    pub fn assess<'d, 'm>(&self, found: &'d Diff<'m>, new: &Source<'_>) -> Vec<Assessed<'d, 'm>> {
        let owned = new.intent.is_some_and(is_owned);
        let assess = |cause: Cause<'d, 'm>| {
            let origin = cause.after.line().and_then(|line| line.rule.origin().cloned());
            let meta = origin.and_then(|origin| meta(new.intent?, &origin));
            let contents = contents(&cause, &new.side.policy.name);
            Assessed {
                risks: judge(&cause, &self.table, meta, owned, self.today),
                approved: self.approvals.hold(&contents),
                contents,
                cause,
            }
        };
        causes(found).into_iter().map(assess).collect()
    }
}

/// Whether some rule of the source has an owner.
fn is_owned(intent: &Intent) -> bool {
    let groups = intent.policies.iter().flat_map(|policy| &policy.groups);
    let mut rules = groups.flat_map(|group| group.body.rules());
    rules.any(|rules| {
        rules.filters.iter().any(|rule| rule.meta.owner.is_some())
            || rules.dnats.iter().any(|dnat| dnat.meta.owner.is_some())
    })
}

impl Assessed<'_, '_> {
    /// The highest level of its risks.
    pub fn level(&self) -> Level {
        self.risks.first().map_or(Level::Off, |risk| risk.level)
    }
}
