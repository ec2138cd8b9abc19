//! Gates: what a pipeline fails on.

use std::str::FromStr;

use crate::diag::{Diagnostics, Severity};
use crate::diff::{Diff, Effect};
use crate::prove::{Caveat, Checked, ProofVerdict};
use crate::risk::RiskLevel;

use super::assessment::{Assessed, AssessedBeside};

/// Whether something was found that is as severe as `least`.
pub fn fails(found: &Diagnostics, least: Severity) -> bool {
    found.iter().any(|found| found.severity >= least)
}

/// What an expectation is that holds only under a condition which the source does not state, past the firewall, or at
/// ordinary addresses alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Conditional {
    /// It counts as held.
    Holds,
    /// It counts as failed.
    Fails,
}

/// Whether an expectation counts as failed.
pub fn is_failed(checked: &Checked<'_, '_>, conditional: Conditional) -> bool {
    match checked.verdict {
        ProofVerdict::Holds => conditional == Conditional::Fails && checked.caveats.iter().any(Caveat::is_strict),
        ProofVerdict::Conditional(_) => conditional == Conditional::Fails,
        ProofVerdict::Fails { .. } | ProofVerdict::NotDecided(_) => true,
    }
}

/// What a difference may fail on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FailOnChange {
    /// Flows that are newly allowed, newly unfiltered or sent elsewhere, or a setting, a route or a guard that protects less.
    Widened,
    /// Flows that newly go past the firewall, to private endpoints among others.
    Unfiltered,
    /// Anything that is listed but the structure.
    Changed,
    /// A change that is as risky.
    Risk(RiskLevel),
    /// Nothing.
    Never,
}

impl FromStr for FailOnChange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text, text.strip_prefix("risk=")) {
            ("widened", _) => Ok(Self::Widened),
            ("unfiltered", _) => Ok(Self::Unfiltered),
            ("changed", _) => Ok(Self::Changed),
            ("never", _) => Ok(Self::Never),
            (_, Some(level)) => level.parse().map(Self::Risk),
            (_, None) => Err("expected `widened`, `unfiltered`, `changed`, `never` or `risk=LEVEL`".to_owned()),
        }
    }
}

impl Assessed<'_, '_> {
    /// Whether it meets a gate.
    pub fn meets(&self, fail_on: FailOnChange) -> bool {
        match fail_on {
            FailOnChange::Never => false,
            FailOnChange::Widened => counts_as_wider(self.cause.effect),
            FailOnChange::Unfiltered => is_unfiltered(self.cause.effect),
            FailOnChange::Changed => true,
            FailOnChange::Risk(level) => self.level() >= level,
        }
    }
}

/// Whether a pipeline that lets nothing be widened stops at it.
fn counts_as_wider(effect: Effect) -> bool {
    effect.is_wider() || effect == Effect::TranslationChanged
}

fn is_unfiltered(effect: Effect) -> bool {
    match effect {
        Effect::NewlyUnfiltered | Effect::NewlyPrivate => true,
        Effect::NewlyAllowed | Effect::TranslationChanged | Effect::NewlyDenied | Effect::NewlyFiltered => false,
    }
}

/// The changes of a policy that nobody has accepted.
#[derive(Clone, Copy, Debug)]
pub struct OpenGate {
    /// Whether flows change.
    pub flows: bool,
    wider: bool,
    unfiltered: bool,
    beside: bool,
    risk: RiskLevel,
}

impl OpenGate {
    /// Those of a difference whose causes were assessed.
    pub fn of(found: &Diff<'_>, assessed: &[Assessed<'_, '_>], beside: &AssessedBeside) -> Self {
        let open = || assessed.iter().filter(|one| !one.approved);
        // What a cut list leaves out, nobody has accepted.
        let hidden = |of: fn(Effect) -> bool| !found.complete && found.effects.iter().any(|effect| of(*effect));
        let hidden_wider = hidden(counts_as_wider);
        let risk = if hidden_wider { RiskLevel::High } else { RiskLevel::Off };
        Self {
            flows: open().next().is_some() || !found.complete,
            wider: beside.is_weaker() || open().any(|one| counts_as_wider(one.cause.effect)) || hidden_wider,
            unfiltered: open().any(|one| is_unfiltered(one.cause.effect)) || hidden(is_unfiltered),
            beside: beside.is_open(),
            risk: open().map(Assessed::level).max().unwrap_or(RiskLevel::Off).max(risk).max(beside.level()),
        }
    }

    /// Where it is not known what changes, everything may.
    pub fn unknown() -> Self {
        Self { flows: true, wider: true, unfiltered: true, beside: true, risk: RiskLevel::High }
    }

    /// Whether that meets a gate.
    pub fn meets(self, fail_on: FailOnChange) -> bool {
        match fail_on {
            FailOnChange::Never => false,
            FailOnChange::Widened => self.wider,
            FailOnChange::Unfiltered => self.unfiltered,
            FailOnChange::Changed => self.flows || self.beside,
            FailOnChange::Risk(level) => self.risk >= level,
        }
    }
}
