//! Findings about the content of a source or an artefact, beyond what Azure refuses.
//!
//! In: what the author means, or a model that was imported. Out: findings, each with a rule and, where it is about
//! flows, a flow that shows it. Guaranteed: a lint changes nothing and finds nothing that is not so; what the flow
//! algebra could not decide is reported as undecided. Deliberately absent: limits and tiers of Azure (`check` has
//! them), and the rules of a base that is an export: they cannot be fixed in this source, and `check` of the export
//! finds them.

mod accepted;
mod bypassed;
mod denied_ingress;
mod expiry;
mod exposure;
mod judged;
mod mostly_shadowed;
mod nothing;
mod overview;
mod ownerless;
mod redundant;
mod registry;
mod routes;
mod shadowed;
mod shared_address;
mod stale;
mod unreached;
mod voided;

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::evaluate::Knowledge;
use crate::flow::WorkBudget;
use crate::intent::{Intent, Sources};
use crate::model::{Model, Policy};
use crate::source::Place;
use jiff::civil::Date;

use judged::{JudgedRule, RuleNames};
use registry::{Lint, LintContext, LintInputs, LintedSource, OfPolicy, OfText};

pub use accepted::{Looked, accepted};
pub use bypassed::{Proof, bypassed};
pub use expiry::expiry;
pub use nothing::nothing;
pub use overview::{Dead, NamedOverview, Overview};
pub use routes::is_reserved_subnet;

/// The findings about the rules of each policy of a source, a rule of a base in the base itself, and about its routes.
/// `deployed` has the rules as Azure gets them, `written` as their author wrote them, with what is known.
pub fn of_source(
    intent: &Intent,
    deployed: &Model,
    written: &Model,
    known: &Knowledge,
    budget: &WorkBudget,
) -> Diagnostics {
    let names = RuleNames::of(deployed);
    let own = |policy: &&Policy| intent.policies.iter().any(|of| of.name.value == policy.name);
    let judged = |policy| JudgedRule::new(written, policy, known, *budget, &names);
    let all: Vec<JudgedRule<'_>> = written.policies.iter().filter(own).map(judged).collect();
    let context = LintContext { all: &all, known };
    let mut found: Diagnostics = all.iter().flat_map(|judged| of_policy(judged, &context, LintInputs::All)).collect();
    found.extend(routes::routes(written, Some(intent), known));
    without_idle_guards(found)
}

/// The findings, without those that call a deny a guard although another finding reports that it may stop nothing: a
/// route leads its flows past the firewall, or DNAT takes them first.
fn without_idle_guards(mut found: Diagnostics) -> Diagnostics {
    let places: Vec<Place> = found.iter().flat_map(idle_denies).collect();
    found.retain(|finding| {
        let is_guard = finding.code == Code::FW0302 && finding.severity == Severity::Note;
        !(is_guard && finding.at.as_ref().is_some_and(|label| places.contains(&label.at)))
    });
    found
}

/// The places of the denies that, according to a finding, stop nothing, or perhaps nothing.
fn idle_denies(finding: &Diagnostic) -> Vec<Place> {
    if finding.code == Code::FW0602 {
        finding.at.iter().map(|label| label.at).collect()
    } else if finding.code == Code::FW0309 {
        finding.related.iter().map(|label| label.at).collect()
    } else {
        Vec::new()
    }
}

/// The findings about what an author wrote, whatever it is lowered to.
pub fn of_text(sources: &Sources, intent: &Intent, today: Option<Date>) -> Diagnostics {
    let written = LintedSource { sources, intent, today };
    TEXT.iter().flat_map(|lint| (lint.check)(&written)).collect()
}

/// The findings about the rules of each policy of a model, as artefacts have them, and about its routes; and what matters
/// most of each policy.
pub fn of_model(model: &Model, known: &Knowledge, budget: &WorkBudget) -> (Diagnostics, Vec<Overview>) {
    let names = RuleNames::default();
    let mut found = Diagnostics::new();
    let mut overviews = Vec::new();
    let judged = |policy| JudgedRule::new(model, policy, known, *budget, &names);
    let all: Vec<JudgedRule<'_>> = model.policies.iter().map(judged).collect();
    let context = LintContext { all: &all, known };
    for judged in &all {
        found.extend(of_policy(judged, &context, LintInputs::Artefacts));
        overviews.push(overview::overview(judged, &judged.policy.name));
    }
    found.extend(routes::routes(model, None, known));
    (without_idle_guards(found), overviews)
}

/// Adds the name of the artefact's rule to each finding about a rule of a source, where it is missing.
pub fn name_rules(found: &mut Diagnostics, model: &Model) {
    let names = RuleNames::of(model);
    // A finding about a group is about no rule in particular.
    let of_rule = |finding: &&mut Diagnostic| finding.rule.is_none() && finding.code != Code::FW0803;
    for finding in found.iter_mut().filter(of_rule) {
        finding.rule = finding.about.first().and_then(|origin| names.of_origin(origin));
    }
}

/// The findings about the own rules of a policy.
fn of_policy(judged: &JudgedRule<'_>, context: &LintContext<'_, '_>, inputs: LintInputs) -> Diagnostics {
    let lints = POLICY.iter().filter(|lint| lint.of == LintInputs::All || lint.of == inputs);
    lints.flat_map(|lint| (lint.check)(judged, context)).collect()
}

/// The codes that the lints report. Some are reported by `check` or the proof too.
pub fn codes() -> impl Iterator<Item = &'static Code> {
    let of_policy = POLICY.iter().flat_map(|lint| lint.codes.iter().copied());
    let of_text = TEXT.iter().flat_map(|lint| lint.codes.iter().copied());
    // Whether an `@ignore` is needed is known when all of them have reported.
    of_policy.chain(exposure::codes()).chain(routes::codes()).chain(of_text).chain([Code::FW0805])
}

/// The lints about the rules of a policy, in the order in which they report. Those of exposure are one of them.
static POLICY: [&Lint<OfPolicy>; 8] = [
    &shadowed::LINT,
    &unreached::LINT,
    &exposure::POLICY_LINT,
    &denied_ingress::LINT,
    &redundant::LINT,
    &mostly_shadowed::LINT,
    &shared_address::LINT,
    &voided::LINT,
];

/// The lints about what an author wrote.
static TEXT: [&Lint<OfText>; 3] = [&nothing::LINT, &ownerless::LINT, &stale::LINT];
