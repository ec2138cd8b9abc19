//! The causes of a difference, with what is risky about each and whether somebody has accepted it.

use jiff::civil::Date;

use crate::diff::{Cause, Diff, Protection, causes, renderers::Source};
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
    /// What differs beside flows; `policy` is the name of the new side's.
    pub fn beside(&self, compared: &Compared<'_>, policy: &str) -> Beside {
        let found = &compared.diff;
        let remark = |content: Content, risk: Option<Judged>, weakens: bool| {
            let approved = self.approvals.hold(std::slice::from_ref(&content), self.today);
            Remark { risk, content, approved, weakens }
        };
        let settings = found.settings.iter().map(|one| {
            let weakens = one.effect == Protection::Weakens;
            remark(Content::of_setting(one, policy), risk::of_setting(one, &self.table), weakens)
        });
        let routes = found.routes.iter().map(|one| {
            let weakens = one.effect == Protection::Weakens;
            remark(Content::of_route(one, policy), risk::of_route(one, &self.table), weakens)
        });
        let guards = found.guards.iter();
        let guards = guards.map(|one| remark(Content::of_guard(one, policy), risk::of_guard(one, &self.table), true));
        let upkeep = compared.upkeep.iter().map(|one| remark(Content::of_upkeep(one), None, false));
        Beside {
            is_cut: !found.guards_complete,
            settings: settings.collect(),
            routes: routes.collect(),
            guards: guards.collect(),
            upkeep: upkeep.collect(),
        }
    }

    /// The causes of what differs, in the order in which they are shown.
    pub fn assess<'d, 'm>(&self, found: &'d Diff<'m>, new: &Source<'_>) -> Vec<Assessed<'d, 'm>> {
        let owned = new.intent.is_some_and(is_owned);
        let assess = |cause: Cause<'d, 'm>| {
            let origin = cause.after.rule().and_then(|line| line.rule.origin().cloned());
            let meta = origin.and_then(|origin| new.intent?.meta(&origin));
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

/// Something that differs beside flows, judged.
#[derive(Clone, Debug)]
pub struct Remark {
    /// What is risky about it.
    pub risk: Option<Judged>,
    /// What tells it.
    pub content: Content,
    /// Whether it was accepted before.
    pub approved: bool,
    /// Whether it protects less.
    pub weakens: bool,
}

/// What differs beside flows, judged.
#[derive(Clone, Debug)]
pub struct Beside {
    /// Whether the list of deny rules is cut.
    pub is_cut: bool,
    /// Each setting of the difference.
    pub settings: Vec<Remark>,
    /// Each route and subnet.
    pub routes: Vec<Remark>,
    /// Each deny rule that went or shrank.
    pub guards: Vec<Remark>,
    /// Each owner, ticket, expiry and description.
    pub upkeep: Vec<Remark>,
}

impl Beside {
    /// All of them, in the order in which they are shown.
    pub fn all(&self) -> impl Iterator<Item = &Remark> {
        self.settings.iter().chain(&self.routes).chain(&self.guards).chain(&self.upkeep)
    }

    /// What nobody has accepted.
    fn open(&self) -> impl Iterator<Item = &Remark> {
        self.all().filter(|remark| !remark.approved)
    }

    /// Whether something differs that nobody has accepted.
    pub fn is_open(&self) -> bool {
        self.is_cut || self.open().next().is_some()
    }

    /// Whether something protects less that nobody has accepted.
    pub fn is_weaker(&self) -> bool {
        self.is_cut || self.open().any(|remark| remark.weakens)
    }

    /// The highest level of the risks that nobody has accepted.
    pub fn level(&self) -> Level {
        self.open().filter_map(|remark| remark.risk.as_ref()).map(|risk| risk.level).max().unwrap_or(Level::Off)
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
