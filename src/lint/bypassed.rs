//! FW0303: the proof of meaning, as findings. Azure reads every network rule before any application rule, so that a
//! network rule written later may decide what an opposite application rule written earlier was meant to decide.

use std::cell::LazyCell;

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::evaluate::{self, Knowledge};
use crate::flow::{FlowAction, MatchingAtom, MatchingField, Witness, WorkBudget};
use crate::intent::{Intent, Order, Policy};
use crate::lower::{Lowered, as_written};
use crate::prove::{Bypass, RuleMeaning, describe, meaning, words};

use super::judged::example;

/// What the proof of one policy's meaning came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proof {
    /// The policy.
    pub policy: String,
    /// The order that is meant.
    pub order: Order,
    /// The conditions of the proof; none where it is unconditional.
    pub conditions: Vec<String>,
}

/// Proves the meaning of each policy, and reports what prevents a proof. A policy without a proof is in no list.
pub fn bypassed(
    intent: &Intent,
    lowered: &Lowered,
    knowledge: &Knowledge,
    budget: &WorkBudget,
) -> (Vec<Proof>, Diagnostics) {
    let mut proofs = Vec::new();
    let mut found = Diagnostics::new();
    let model = knowledge.applied_to(&lowered.model);
    // It decides every flow alike, and has each rule where it was written: a merged rule has only the place of its
    // first.
    let written = LazyCell::new(|| knowledge.applied_to(&as_written(intent, lowered)));
    for policy in &intent.policies {
        let mut conditions = Vec::new();
        let proved = match meaning(intent, policy, &model, knowledge, budget) {
            RuleMeaning::Differs(bypasses) => match meaning(intent, policy, &written, knowledge, budget) {
                RuleMeaning::Differs(exact) => RuleMeaning::Differs(exact),
                RuleMeaning::Proved | RuleMeaning::NotDecided(_) => RuleMeaning::Differs(bypasses),
            },
            decided @ (RuleMeaning::Proved | RuleMeaning::NotDecided(_)) => decided,
        };
        match proved {
            RuleMeaning::Proved => {}
            RuleMeaning::Differs(bypasses) => {
                conditions.extend(bypasses.iter().filter(|bypass| !bypass.certain).map(condition));
                found.extend(bypasses.iter().map(|bypass| finding(policy, bypass)));
            }
            RuleMeaning::NotDecided(stopped) => {
                let message = format!("whether `{}` means what is written was {stopped}", policy.name.value);
                let help = "split the policy, or express the same with fewer and simpler rules";
                found.push(Diagnostic::new(Code::FW0305, policy.name.at, message).help(help));
                continue;
            }
        }
        conditions.sort();
        conditions.dedup();
        let meant_by_azure = policy.order == Order::Azure;
        let conditions = if meant_by_azure { Vec::new() } else { conditions };
        proofs.push(Proof { policy: policy.name.value.clone(), order: policy.order, conditions });
    }
    (proofs, found)
}

/// The condition that the proof depends on.
fn condition(bypass: &Bypass<'_>) -> String {
    let sets: Vec<String> = bypass.witness.inside.iter().map(outside).collect();
    match (&bypass.witness.flow.name, sets.is_empty()) {
        (_, false) => sets.join(" and "),
        (Some(name), true) => format!("the address of {name}"),
        (None, true) => format!("not {}", describe(&bypass.witness)),
    }
}

fn finding(policy: &Policy, bypass: &Bypass<'_>) -> Diagnostic {
    let does = bypass.does.as_ref().and_then(|line| line.rule.origin());
    let at = does.or(bypass.meant.as_ref()).unwrap_or(&policy.origin);
    let severity = match (bypass.certain, policy.order) {
        (true, Order::Intent) => Severity::Error,
        (true, Order::Azure) | (false, _) => Severity::Warning,
    };
    let hangs = if bypass.certain { String::new() } else { format!(", depending on {}", on(&bypass.witness)) };
    let message = format!(
        "this {} {} flows that {} before it {}{hangs}",
        bypass.does.as_ref().map_or("policy".to_owned(), kind),
        verb(bypass.does_action),
        if bypass.meant.is_some() { "a rule" } else { "the default" },
        verb(bypass.meant_action),
    );
    let found = Diagnostic::at_origin(Code::FW0303, at, message).severity(severity);
    let found = match &bypass.meant {
        Some(meant) => found.related(meant.at, "the rule that is meant to decide").about(meant),
        None => found,
    };
    let help = match bypass.meant_action {
        FlowAction::Deny => "narrow the network rule, or deny by address in a network rule before it",
        FlowAction::Allow => "narrow the network rule, or allow by address in a network rule before it",
    };
    let why = "Azure reads every network rule before any application rule";
    let found = found.help(format!("for example {}", describe(&bypass.witness))).help(why).help(help);
    found.witness(example(&bypass.witness))
}

/// What decides whether the flow of a witness is decided so.
pub(super) fn on(witness: &Witness) -> String {
    match witness.inside.as_slice() {
        [] => witness.flow.name.as_ref().map_or("its address".to_owned(), |name| format!("the address of {name}")),
        sets => sets.iter().map(holding).collect::<Vec<_>>().join(" and "),
    }
}

fn outside((field, atom): &(MatchingField, MatchingAtom)) -> String {
    match field {
        MatchingField::Common => format!("not({})", words(atom)),
        MatchingField::Source | MatchingField::Destination | MatchingField::Name => format!("outside {}", words(atom)),
    }
}

fn holding((field, atom): &(MatchingField, MatchingAtom)) -> String {
    match field {
        MatchingField::Common => format!("the condition `{}`", words(atom)),
        MatchingField::Source | MatchingField::Destination | MatchingField::Name => {
            format!("what {} holds", words(atom))
        }
    }
}

fn kind(line: &evaluate::OrderLine<'_>) -> String {
    format!("{} rule", line.rule.kind())
}

fn verb(action: FlowAction) -> &'static str {
    match action {
        FlowAction::Allow => "allows",
        FlowAction::Deny => "denies",
    }
}
