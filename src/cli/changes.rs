//! What a change does to flows, as findings for the formats of pipelines.

use crate::diag::{Code, CodeNeeds, Family, Severity};
use crate::diff::{
    DiffOutcome, Effect,
    renderers::{DiffView, GuardView, RuleSource, other_sentence},
};
use crate::driver::{Assessed, FailOnChange, ReachedAnswer};
use crate::risk::RiskLevel;

use super::formats::{FormatPlace, LocatedFinding, Suite, TestCase, case, place_of};

static ALLOWED: Code = Code {
    id: "newly-allowed",
    name: "newly-allowed",
    severity: Severity::Warning,
    family: Family::Change,
    needs: CodeNeeds::Source,
    summary: "flows are allowed that were not",
    page: "The change allows flows that were denied. Whoever approves it should know who requests them and why.\n",
};
static ELSEWHERE: Code = Code {
    id: "translation-changed",
    name: "translation-changed",
    severity: Severity::Warning,
    family: Family::Change,
    needs: CodeNeeds::Source,
    summary: "flows are sent elsewhere",
    page: "The flows pass before and after the change, and are translated to another address or port.\n",
};
static DENIED: Code = Code {
    id: "newly-denied",
    name: "newly-denied",
    severity: Severity::Note,
    family: Family::Change,
    needs: CodeNeeds::Source,
    summary: "flows are denied that were not",
    page: "The change denies flows that were allowed. Whoever still needs them will ask.\n",
};

static UNFILTERED: Code = Code {
    id: "newly-unfiltered",
    name: "newly-unfiltered",
    severity: Severity::Warning,
    family: Family::Change,
    needs: CodeNeeds::Source,
    summary: "flows go past the firewall that did not",
    page: "The change sends flows past the firewall, so that no rule decides them. Whoever approves it should know why.\n",
};
static FILTERED: Code = Code {
    id: "newly-filtered",
    name: "newly-filtered",
    severity: Severity::Note,
    family: Family::Change,
    needs: CodeNeeds::Source,
    summary: "flows come to the firewall that went past it",
    page: "The change sends flows to the firewall, whose rules decide them now. The implicit deny covers the rest.\n",
};

static WEAKENED: Code = Code {
    id: "weakened",
    name: "weakened",
    severity: Severity::Warning,
    family: Family::Change,
    needs: CodeNeeds::Source,
    summary: "a setting, a route or a deny rule protects less than it did",
    page: "The change stops, inspects or logs less, whatever happens to flows. Whoever approves it should know why.\n",
};

/// A finding for each setting, route and deny rule that protects less and that nobody has accepted, which is something to
/// fail on.
pub(super) fn weaker(view: &DiffView, input: &str) -> Vec<(LocatedFinding, bool)> {
    let rows = view.settings.iter().chain(&view.routes).filter(|row| row.is_weaker() && !row.approved);
    let rows = rows.map(|row| {
        let risk = row.risk.as_ref().map(|(level, risk)| format!("\n{level} risk: {risk}")).unwrap_or_default();
        format!("`{}` protects less: it was {} and is {}{risk}", row.path, row.before, row.after)
    });
    let guards = view.guards.iter().filter(|guard| !guard.approved);
    let messages = rows.chain(guards.map(GuardView::line));
    messages
        .map(|message| {
            let found = LocatedFinding {
                input: input.to_owned(),
                code: &WEAKENED,
                severity: WEAKENED.severity,
                message,
                help: String::new(),
                at: None,
                related: Vec::new(),
                rule: None,
                witness: None,
                fixes: Vec::new(),
            };
            (found, true)
        })
        .collect()
}

/// A finding for each cause that nobody has accepted, and whether that is something to fail on: what is wider is in any case.
pub(super) fn findings(
    view: &DiffView,
    assessed: &[Assessed<'_, '_>],
    (old, new): &(RuleSource<'_>, RuleSource<'_>),
    fail_on: &[FailOnChange],
) -> Vec<(LocatedFinding, bool)> {
    let open = view.causes.iter().zip(assessed).filter(|(_, assessed)| !assessed.approved);
    open.map(|(words, assessed)| {
        let cause = &assessed.cause;
        let (before, after) = (place(&cause.before, old), place(&cause.after, new));
        let rule = words.rule();
        let flows = words.flows.first().map(|flows| format!(": {}", flows.sentence(4))).unwrap_or_default();
        let mut message = format!("{}{flows}", words.title);
        message.extend(words.risks.iter().map(|(level, risk)| format!("\n{level} risk: {risk}")));
        message.extend(rule.owner.iter().map(|owner| format!("\nowner: {owner}")));
        let found = LocatedFinding {
            input: new.label.to_owned(),
            code: code(cause.effect),
            severity: severity(assessed),
            message,
            help: String::new(),
            at: after,
            related: before.map(|place| ("decided before".to_owned(), place)).into_iter().collect(),
            rule: rule.name.as_ref().map(|_| rule.path()),
            witness: Some(words.witness.clone()),
            fixes: Vec::new(),
        };
        let fails = fail_on.iter().chain([&FailOnChange::Widened]).any(|&what| assessed.meets(what));
        (found, fails)
    })
    .collect()
}

/// The same of another policy that the change reaches.
pub(super) fn finding(other: &ReachedAnswer, input: &str, fail_on: &[FailOnChange]) -> Option<(LocatedFinding, bool)> {
    let effects = Effect::ALL.iter().zip(other.view.counts).filter(|(_, count)| *count > 0);
    let first = effects.map(|(effect, _)| *effect).next();
    // Of a policy that is not decided, the worst has to be thought.
    let effect = first.or(other.view.verdict.is_err().then_some(Effect::NewlyAllowed));
    let code = effect.map(code).or(other.view.weakened.then_some(&WEAKENED))?;
    let found = LocatedFinding {
        input: input.to_owned(),
        code,
        severity: code.severity,
        message: other_sentence(&other.view),
        help: String::new(),
        at: None,
        related: Vec::new(),
        rule: Some(other.view.policy.clone()),
        witness: None,
        fixes: Vec::new(),
    };
    (other.open.flows || other.view.weakened)
        .then(|| (found, fail_on.iter().chain([&FailOnChange::Widened]).any(|&what| other.open.meets(what))))
}

/// The findings as a suite; without any, a case that states so.
pub(super) fn suite(view: &DiffView, found: &[(LocatedFinding, bool)]) -> Suite {
    let mut cases: Vec<TestCase> = found.iter().map(|(found, fails)| case(found, *fails)).collect();
    if cases.is_empty() {
        cases.push(TestCase { group: view.new.clone(), name: view.headline(), fault: None, remark: None });
    }
    Suite { name: format!("{} -> {}, policy {}", view.old, view.new, view.policy), cases, remarks: Vec::new() }
}

fn code(effect: Effect) -> &'static Code {
    match effect {
        Effect::NewlyUnfiltered | Effect::NewlyPrivate => &UNFILTERED,
        Effect::NewlyFiltered => &FILTERED,
        Effect::NewlyAllowed => &ALLOWED,
        Effect::TranslationChanged => &ELSEWHERE,
        Effect::NewlyDenied => &DENIED,
    }
}

fn severity(assessed: &Assessed<'_, '_>) -> Severity {
    match assessed.level() {
        RiskLevel::High => Severity::Error,
        RiskLevel::Off | RiskLevel::Low | RiskLevel::Medium => code(assessed.cause.effect).severity,
    }
}

/// Where the rule was written that decides.
fn place(outcome: &DiffOutcome<'_>, source: &RuleSource<'_>) -> Option<FormatPlace> {
    let line = outcome.rule()?;
    place_of(line.rule.origin()?.at, source.files)
}
