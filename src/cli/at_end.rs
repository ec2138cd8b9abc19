//! What a plan leaves open at its end: the difference between what is deployed and what is deployed then.

use crate::diag::counted;
use serde_json::Value;

use crate::diff::{
    self, DiffSide, RouteChange, Routed,
    renderers::{CauseView, DiffView, RuleSource, SettingView, say_once, view},
};
use crate::driver::{ComparedProjects, FileFault, Input, Sides, Status, Whole, compared, planned_pairs};
use crate::model::{Model, Policy};
use crate::plan::{PlanLine, ended};
use crate::source::visible;

/// How many causes of a policy are shown, and how many sets of flows of each; the JSON has them all.
const CAUSES: usize = 30;
const FLOWS: usize = 3;
/// How many terms of a list are shown.
const TERMS: usize = 6;

/// What is different at the end, for people and for programs.
pub(super) struct AtEnd {
    /// The sentences.
    pub(super) lines: Vec<PlanLine>,
    /// The fields of `fwc.diff/1`.
    pub(super) json: Value,
    /// Whether nothing is different.
    pub(super) is_same: bool,
}

/// The models of both inputs as `diff` compares them.
pub(super) struct ExitCleanup {
    old: Model,
    end: Model,
}

impl ExitCleanup {
    /// Those of what is deployed and what is meant.
    pub(super) fn of(old: &Input, new: &Input) -> Self {
        let end = ended(&old.model, &new.model);
        Self { old: old.knowledge.applied_to(&old.model), end: new.knowledge.applied_to(&end) }
    }
}

/// What is different at the end, with the labels of both inputs.
///
/// # Errors
/// Where it is not decided within its budget.
pub(super) fn at_end(
    ends: &ExitCleanup,
    (old, old_label): (&Input, &str),
    (new, new_label): (&Input, &str),
) -> Result<AtEnd, FileFault> {
    let of_old = |policy| source(&ends.old, policy, old, old_label);
    let of_new = |policy| source(&ends.end, policy, new, new_label);
    let pairs = planned_pairs(
        Whole { label: old_label, model: &ends.old, of: &of_old },
        Whole { label: new_label, model: &ends.end, of: &of_new },
        &new.model,
    );
    let mut views = Vec::new();
    let mut values = Vec::new();
    for pair in &pairs {
        let sources = pair.sources();
        let found = compared(&sources, pair.sides)?;
        views.push(seen(&found, &sources, pair.sides));
        values.push(value(&found, &sources));
    }
    say_once(&mut views);
    let is_same =
        views.iter().all(|view| view.verdict.is_same() && rows(view).next().is_none() && view.guards.is_empty());
    let several = views.len() > 1;
    let lines = views.iter().flat_map(|view| sentences(view, several)).collect();
    Ok(AtEnd { lines, json: diff::together(values.into_iter()), is_same })
}

fn source<'i>(model: &'i Model, policy: &'i Policy, input: &'i Input, label: &'i str) -> RuleSource<'i> {
    let side = DiffSide { model, policy, knowledge: &input.knowledge };
    RuleSource { side, intent: input.intent.as_ref(), files: &input.files, label }
}

fn seen(found: &ComparedProjects<'_>, (old, new): &(RuleSource<'_>, RuleSource<'_>), sides: Sides) -> DiffView {
    let mut view = view(&found.diff, &[], old, new);
    let rows = std::mem::take(&mut view.routes).into_iter().zip(&found.diff.routes);
    view.routes = rows.filter_map(|(row, route)| seen_route(row, route)).collect();
    if sides == Sides::OnlyNew {
        view.caveats.insert(0, "the policy is new".to_owned());
    }
    view
}

/// A route as it is listed. A subnet that only the new side states is none that differs: exports of policies state none.
fn seen_route(row: SettingView, route: &RouteChange) -> Option<SettingView> {
    match &route.what {
        Routed::Prefix(_) => Some(row),
        Routed::Subnet(_) if route.before.is_none() && !row.is_weaker() => None,
        Routed::Subnet(_) => Some(SettingView { path: format!("{} (the plan writes no subnet)", row.path), ..row }),
    }
}

/// The fields of `fwc.diff/1` that speak of flows and of what protects them.
fn value(found: &ComparedProjects<'_>, (old, new): &(RuleSource<'_>, RuleSource<'_>)) -> Value {
    let value = diff::meaning_json(&found.diff, old.files, new.files);
    let is_same = found.diff.is_same_in_meaning();
    let status = if found.status == Status::Changed && is_same { Status::Same } else { found.status };
    diff::of_policy(value, new.side.policy.name.label(), status.word())
}

fn rows(view: &DiffView) -> impl Iterator<Item = &SettingView> {
    view.settings.iter().chain(&view.routes)
}

fn line(level: usize, text: String) -> PlanLine {
    PlanLine { text: visible(&text).into_owned(), indent: 2 * level }
}

fn sentences(view: &DiffView, is_one_of_several: bool) -> Vec<PlanLine> {
    let of = if is_one_of_several { format!(", policy {}", view.policy) } else { String::new() };
    let mut lines = vec![line(0, format!("at the end{of}: {}", view.headline()))];
    lines.extend(view.caveats.iter().map(|caveat| line(1, caveat.clone())));
    lines.extend(view.causes.iter().take(CAUSES).flat_map(of_cause));
    if let Some(more) = view.causes.len().checked_sub(CAUSES).filter(|&more| more > 0) {
        lines.push(line(1, format!("and {more} more: `--format json` has them")));
    }
    lines.extend(rows(view).map(|row| {
        let weaker = if row.is_weaker() { " (weaker)" } else { "" };
        line(1, format!("{}{weaker}: {} -> {}", row.path, row.before, row.after))
    }));
    lines.extend(view.guards.iter().map(|guard| line(1, guard.line())));
    lines
}

fn of_cause(cause: &CauseView) -> Vec<PlanLine> {
    let mut lines = vec![line(1, format!("{} {}: {}", cause.effect.sign(), cause.effect.phrase(), cause.title))];
    lines.extend(cause.flows.iter().take(FLOWS).map(|flows| line(2, flows.sentence(TERMS))));
    if let Some(more) = cause.flows.len().checked_sub(FLOWS).filter(|&more| more > 0) {
        let sets = counted(more, "more set");
        lines.push(line(2, format!("and {sets} of flows: `--format json` has them")));
    }
    lines
}
