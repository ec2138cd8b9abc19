//! The causes of a difference, with what is risky about each and whether somebody has accepted it.

use jiff::civil::Date;

use crate::diff::{Cause, Diff, Protection, causes, renderers::RuleSource};
use crate::intent::Intent;
use crate::risk::{self, JudgedRisks, RiskLevel, RiskTable, judge};

use super::approvals::{ApprovalContent, Approvals, contents};
use super::compared::ComparedProjects;

/// What changes are assessed by.
pub struct Criteria {
    /// The table of risks.
    pub table: RiskTable,
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
    pub risks: Vec<JudgedRisks>,
    /// Whether it was accepted before.
    pub approved: bool,
    /// What tells each of its changes.
    pub contents: Vec<ApprovalContent>,
}

impl Criteria {
    /// What differs beside flows; `policy` is the name of the new side's.
    pub fn beside(&self, compared: &ComparedProjects<'_>, policy: &str) -> AssessedBeside {
        let found = &compared.diff;
        let remark = |content: ApprovalContent, risk: Option<JudgedRisks>, weakens: bool| {
            let approved = self.approvals.hold(std::slice::from_ref(&content), self.today);
            AssessmentRemark { risk, content, approved, weakens }
        };
        let settings = found.settings.iter().map(|one| {
            let weakens = one.effect == Protection::Weakens;
            remark(ApprovalContent::of_setting(one, policy), risk::of_setting(one, &self.table), weakens)
        });
        let routes = found.routes.iter().map(|one| {
            let weakens = one.effect == Protection::Weakens;
            remark(ApprovalContent::of_route(one, policy), risk::of_route(one, &self.table), weakens)
        });
        let guards = found.guards.iter();
        let guards =
            guards.map(|one| remark(ApprovalContent::of_guard(one, policy), risk::of_guard(one, &self.table), true));
        let upkeep = compared.upkeep.iter().map(|one| remark(ApprovalContent::of_upkeep(one), None, false));
        AssessedBeside {
            is_cut: !found.guards_complete,
            settings: settings.collect(),
            routes: routes.collect(),
            guards: guards.collect(),
            upkeep: upkeep.collect(),
        }
    }

    /// The causes of what differs, in the order in which they are shown.
    pub fn assess<'d, 'm>(&self, found: &'d Diff<'m>, new: &RuleSource<'_>) -> Vec<Assessed<'d, 'm>> {
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
pub struct AssessmentRemark {
    /// What is risky about it.
    pub risk: Option<JudgedRisks>,
    /// What tells it.
    pub content: ApprovalContent,
    /// Whether it was accepted before.
    pub approved: bool,
    /// Whether it protects less.
    pub weakens: bool,
}

/// What differs beside flows, judged.
#[derive(Clone, Debug)]
pub struct AssessedBeside {
    /// Whether the list of deny rules is cut.
    pub is_cut: bool,
    /// Each setting of the difference.
    pub settings: Vec<AssessmentRemark>,
    /// Each route and subnet.
    pub routes: Vec<AssessmentRemark>,
    /// Each deny rule that went or shrank.
    pub guards: Vec<AssessmentRemark>,
    /// Each owner, ticket, expiry and description.
    pub upkeep: Vec<AssessmentRemark>,
}

impl AssessedBeside {
    /// All of them, in the order in which they are shown.
    pub fn all(&self) -> impl Iterator<Item = &AssessmentRemark> {
        self.settings.iter().chain(&self.routes).chain(&self.guards).chain(&self.upkeep)
    }

    /// What nobody has accepted.
    fn open(&self) -> impl Iterator<Item = &AssessmentRemark> {
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
    pub fn level(&self) -> RiskLevel {
        self.open().filter_map(|remark| remark.risk.as_ref()).map(|risk| risk.level).max().unwrap_or(RiskLevel::Off)
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
    pub fn level(&self) -> RiskLevel {
        self.risks.first().map_or(RiskLevel::Off, |risk| risk.level)
    }
}
