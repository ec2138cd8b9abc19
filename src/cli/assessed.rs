//! The causes of a difference, with what is risky about each and whether somebody has accepted it.

use std::path::Path;

use jiff::civil::Date;

use crate::diff::{
    Cause, Diff, Effect, causes,
    faces::{Source, meta},
};
use crate::intent::Intent;
use crate::risk::{Judged, Level, Table, judge};

use super::approvals::{Approvals, contents};
use super::args::{DiffArgs, FailOnChange};
use super::reader::read;
use super::{Failure, clock};

/// The file with the table of risks, where there is one in the working folder.
const CONFIG: &str = "fwc.toml";

/// What changes are judged by.
pub(super) struct Judge {
    table: Table,
    approvals: Approvals,
    today: Date,
}

/// A cause, judged.
pub(super) struct Assessed<'d, 'm> {
    pub(super) cause: Cause<'d, 'm>,
    /// The highest first.
    pub(super) risks: Vec<Judged>,
    /// Whether it was accepted before.
    pub(super) approved: bool,
    /// What tells each of its changes.
    pub(super) contents: Vec<String>,
}

impl Judge {
    pub(super) fn of(args: &DiffArgs) -> Result<Self, Failure> {
        let known = args.approved.iter().chain(args.approve.as_ref().filter(|path| path.exists()));
        let mut approvals = Approvals::default();
        for path in known {
            approvals.extend(Approvals::read(path)?);
        }
        Ok(Self { table: table(args)?, approvals, today: args.source.as_of.unwrap_or_else(clock::today) })
    }

    /// The causes of what differs, in the order in which they are shown.
    pub(super) fn assess<'d, 'm>(&self, found: &'d Diff<'m>, new: &Source<'_>) -> Vec<Assessed<'d, 'm>> {
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

fn table(args: &DiffArgs) -> Result<Table, Failure> {
    let usual = Path::new(CONFIG);
    let Some(path) = args.config.as_deref().or_else(|| usual.exists().then_some(usual)) else {
        return Ok(Table::default());
    };
    read(path)?.parse().map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}

/// What a policy's changes amount to that nobody has accepted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    pub(super) flows: bool,
    wider: bool,
    beside: bool,
    risk: Level,
}

impl Open {
    pub(super) fn of(found: &Diff<'_>, assessed: &[Assessed<'_, '_>]) -> Self {
        let open = || assessed.iter().filter(|one| !one.approved);
        Self {
            flows: open().next().is_some(),
            wider: open().any(|one| one.cause.effect != Effect::NewlyDenied),
            beside: !found.settings.is_empty() || !found.routes.is_empty(),
            risk: open().map(Assessed::level).max().unwrap_or(Level::Off),
        }
    }

    /// Where nobody knows what changes, everything may.
    pub(super) fn unknown() -> Self {
        Self { flows: true, wider: true, beside: true, risk: Level::High }
    }

    /// Whether that is something which the caller wants to fail on.
    pub(super) fn meets(self, fail_on: FailOnChange) -> bool {
        match fail_on {
            FailOnChange::Never => false,
            FailOnChange::Widened => self.wider,
            FailOnChange::Changed => self.flows || self.beside,
            FailOnChange::Risk(level) => self.risk >= level,
        }
    }
}

impl Assessed<'_, '_> {
    /// Whether it is something that the caller wants to fail on.
    pub(super) fn meets(&self, fail_on: FailOnChange) -> bool {
        match fail_on {
            FailOnChange::Never => false,
            FailOnChange::Widened => self.cause.effect != Effect::NewlyDenied,
            FailOnChange::Changed => true,
            FailOnChange::Risk(level) => self.level() >= level,
        }
    }

    /// The highest level of its risks.
    pub(super) fn level(&self) -> Level {
        self.risks.first().map_or(Level::Off, |risk| risk.level)
    }
}
