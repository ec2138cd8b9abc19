//! Findings about what a source or an artefact says, beyond what Azure refuses.
//!
//! In: what the author means, or a model that was imported. Out: findings, each with a rule and, where it speaks of flows, a
//! flow that shows it. Guaranteed: a lint changes nothing and finds nothing that is not so; what the flow algebra could not
//! decide is said to be undecided. Deliberately absent: limits and tiers of Azure (`azure` checks them), and the rules of a
//! base that is an export: nobody can mend them in this source, and `check` of the export finds them.

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
mod routes;
mod shadowed;
mod shared_address;
mod stale;
mod unreached;
mod voided;

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::evaluate::Knowledge;
use crate::flow::Budget;
use crate::intent::Intent;
use crate::lower::{Lowered, as_written};
use crate::model::{Model, Policy};
use crate::source::Place;

use judged::{Judged, Names};

pub use accepted::{Looked, accepted};
pub use bypassed::{Proof, bypassed};
pub use expiry::expiry;
pub use nothing::nothing;
pub use overview::{Dead, Named, Overview};
pub use ownerless::ownerless;
pub use routes::is_reserved_subnet;
pub use stale::stale;

/// The findings about the rules of each policy of a source, a rule of a base in the base itself, and about its routes.
pub fn of_source(intent: &Intent, lowered: &Lowered, known: &Knowledge, budget: &Budget) -> Diagnostics {
    let names = Names::of(&lowered.model);
    let model = known.applied_to(&as_written(intent, lowered));
    let own = |policy: &&Policy| intent.policies.iter().any(|of| of.name.value == policy.name);
    let judged = |policy| Judged::new(&model, policy, known, *budget, &names);
    let all: Vec<Judged<'_>> = model.policies.iter().filter(own).map(judged).collect();
    let mut found: Diagnostics = all.iter().flat_map(|judged| of_policy(judged, &all, known)).collect();
    found.extend(routes::routes(&model, Some(intent), known));
    without_idle_guards(found)
}

/// The findings, but for those that call a deny a guard of which another finding tells that it may stop nothing: a route
/// leads its flows past the firewall, or DNAT takes them first.
fn without_idle_guards(mut found: Diagnostics) -> Diagnostics {
    let places: Vec<Place> = found.iter().flat_map(idle_denies).collect();
    found.retain(|finding| {
        let is_guard = finding.code == Code::FW0302 && finding.severity == Severity::Note;
        !(is_guard && finding.at.as_ref().is_some_and(|label| places.contains(&label.at)))
    });
    found
}

/// The places of the denies that a finding tells to stop nothing, or perhaps nothing.
fn idle_denies(finding: &Diagnostic) -> Vec<Place> {
    if finding.code == Code::FW0602 {
        finding.at.iter().map(|label| label.at).collect()
    } else if finding.code == Code::FW0309 {
        finding.related.iter().map(|label| label.at).collect()
    } else {
        Vec::new()
    }
}

/// The findings about the rules of each policy of a model, as artefacts have them, and about its routes; and what matters
/// most of each policy.
pub fn of_model(model: &Model, known: &Knowledge, budget: &Budget) -> (Diagnostics, Vec<Overview>) {
    let names = Names::default();
    let mut found = Diagnostics::new();
    let mut overviews = Vec::new();
    let judged = |policy| Judged::new(model, policy, known, *budget, &names);
    let all: Vec<Judged<'_>> = model.policies.iter().map(judged).collect();
    for judged in &all {
        found.extend(of_policy(judged, &all, known));
        found.extend(voided::voided(judged, known));
        overviews.push(overview::overview(judged, &judged.policy.name));
    }
    found.extend(routes::routes(model, None, known));
    (without_idle_guards(found), overviews)
}

/// Says of each finding about a rule of a source which rule of the artefact that is, where it is not said yet.
pub fn name_rules(found: &mut Diagnostics, model: &Model) {
    let names = Names::of(model);
    // A finding about a group speaks of no rule in particular.
    let of_rule = |finding: &&mut Diagnostic| finding.rule.is_none() && finding.code != Code::FW0803;
    for finding in found.iter_mut().filter(of_rule) {
        finding.rule = finding.about.first().and_then(|origin| names.of_origin(origin));
    }
}

/// The findings about the own rules of a policy, one of `all` of its model.
fn of_policy(judged: &Judged<'_>, all: &[Judged<'_>], known: &Knowledge) -> Diagnostics {
    let mut found = shadowed::shadowed(judged);
    found.extend(unreached::unreached(judged, all));
    found.extend(exposure::exposure(judged));
    found.extend(denied_ingress::denied_ingress(judged));
    found.extend(redundant::redundant(judged, &judged.children(all)));
    found.extend(mostly_shadowed::mostly_shadowed(judged));
    found.extend(shared_address::shared_address(judged, known));
    found
}
