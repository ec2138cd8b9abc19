//! The causes of a difference, with what is risky about each and whether somebody has accepted it.

use jiff::civil::Date;

use crate::diff::{
    Cause, Diff, causes,
    renderers::{Source, meta},
};
use crate::intent::Intent;
use crate::risk::{self, Judged, Level, Table, judge};

use super::approvals::{Approvals, Content, contents};
use super::compared::Compared;

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
    pub contents: Vec<Content>,
}

impl Criteria {
    /// What differs beside flows.
    pub fn beside(&self, compared: &Compared<'_>) -> Beside {
        let found = &compared.diff;
        let listed = found.settings.len() + found.routes.len() + found.guards.len() + compared.upkeep.len();
        Beside {
            is_other: listed > 0 || !found.guards_complete,
            settings: found.settings.iter().map(|one| risk::of_setting(one, &self.table)).collect(),
            routes: found.routes.iter().map(|one| risk::of_route(one, &self.table)).collect(),
            guards: found.guards.iter().map(|one| risk::of_guard(one, &self.table)).collect(),
        }
    }

    /// The causes of what differs, in the order in which they are shown.
    pub fn assess<'d, 'm>(&self, found: &'d Diff<'m>, new: &Source<'_>) -> Vec<Assessed<'d, 'm>> {
        let owned = new.intent.is_some_and(is_owned);
        let assess = |cause: Cause<'d, 'm>| {
            let origin = cause.after.rule().and_then(|line| line.rule.origin().cloned());
            let meta = origin.and_then(|origin| meta(new.intent?, &origin));
            let contents = contents(&cause, &new.side.policy.name);
            Assessed {
                risks: judge(&cause, &self.table, meta, owned, self.today),
                approved: self.approvals.hold(&contents, self.today),
                contents,
                cause,
            }
        };
        causes(found).into_iter().map(assess).collect()
    }
}

/// What differs beside flows, judged.
#[derive(Clone, Debug)]
pub struct Beside {
    /// Whether something is listed beside flows.
    pub is_other: bool,
    /// The risk of each setting of the difference.
    pub settings: Vec<Option<Judged>>,
    /// The risk of each route and subnet.
    pub routes: Vec<Option<Judged>>,
    /// The risk of each deny rule that went or shrank.
    pub guards: Vec<Option<Judged>>,
}

impl Beside {
    /// The highest level of these risks.
    pub fn level(&self) -> Level {
        let all = self.settings.iter().chain(&self.routes).chain(&self.guards);
        all.flatten().map(|risk| risk.level).max().unwrap_or(Level::Off)
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
