//! FW0303 in artefacts: a network rule that takes flows from an application rule with the other action. A source has the proof
//! of its meaning for that (`bypassed`).

use indexmap::IndexMap;

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::evaluate::{Knowledge, OrderLevel, OrderLine, SortedRule};
use crate::flow::FlowAction;
use crate::net::HostPattern;
use crate::prove::{Voided, voided as pairs};

use super::bypassed::on;
use super::judged::{JudgedRule, listed, plain, shown, verb};
use super::registry::{Lint, OfPolicy};

pub(super) static LINT: Lint<OfPolicy> =
    Lint::<OfPolicy>::new(&[Code::FW0303], |judged, context| voided(judged, context.known)).of_artefacts();

/// How many of the application rules a message names.
const NAMED: usize = 3;

/// Reports each network rule once, with the application rules that it takes flows from; where the network rule is the base's,
/// the rule of the policy that it takes flows from.
fn voided(judged: &JudgedRule<'_>, known: &Knowledge) -> Diagnostics {
    let pairs = match pairs(&judged.decisions, known, &judged.budget) {
        Ok(pairs) => pairs,
        Err(stopped) => {
            let message = format!("whether network rules take flows from application rules was {stopped}");
            return std::iter::once(Diagnostic::nowhere(Code::FW0305, message).severity(Severity::Note)).collect();
        }
    };
    let mut by_rule: IndexMap<(usize, bool), Vec<&Voided>> = IndexMap::new();
    for pair in pairs.iter().filter(|pair| counts(judged, pair)) {
        let network_is_own = level(judged, pair.network) == OrderLevel::Attached;
        let at = if network_is_own { pair.network } else { pair.application };
        by_rule.entry((at, network_is_own)).or_default().push(pair);
    }
    by_rule.into_iter().filter_map(|((at, is_network), pairs)| finding(judged, at, is_network, &pairs)).collect()
}

/// Whether a pair is of this policy, and may not be what its author intended: the application rule comes before the
/// network rule by its priorities, or it denies certain names and surely loses flows to them.
fn counts(judged: &JudgedRule<'_>, pair: &Voided) -> bool {
    let lines = judged.line(pair.network).zip(judged.line(pair.application));
    lines.is_some_and(|(network, application)| {
        let is_own = network.level == OrderLevel::Attached || application.level == OrderLevel::Attached;
        let denies = judged.action(pair.application) == FlowAction::Deny && names_some(application);
        is_own && (rank(application) < rank(network) || (denies && pair.certain))
    })
}

fn level(judged: &JudgedRule<'_>, line: usize) -> OrderLevel {
    judged.line(line).map_or(OrderLevel::Attached, |line| line.level)
}

/// The place of a rule by policy and priorities, whatever its kind.
fn rank(line: &OrderLine<'_>) -> (bool, u16, u16) {
    (line.level == OrderLevel::Attached, line.group.priority.get(), line.collection.priority.get())
}

/// Whether an application rule is for some names, and not for all.
fn names_some(line: &OrderLine<'_>) -> bool {
    match line.rule {
        SortedRule::Application(_, rule) => !rule.matches.fqdns.contains(&HostPattern::Any),
        SortedRule::Nat(_) | SortedRule::Network(..) => false,
    }
}

fn finding(judged: &JudgedRule<'_>, at: usize, is_network: bool, pairs: &[&Voided]) -> Option<Diagnostic> {
    let first = pairs.iter().find(|pair| pair.certain).or(pairs.first())?;
    let mut others: Vec<usize> =
        pairs.iter().map(|pair| if is_network { pair.application } else { pair.network }).collect();
    others.dedup();
    let names: Vec<String> = others.iter().map(|&other| judged.other(other)).collect();
    let names = listed(&names, NAMED);
    let (does, meant) = (verb(judged.action(first.network)), verb(judged.action(first.application)));
    let hangs = if first.certain { String::new() } else { format!(", depending on {}", on(&first.witness)) };
    let called = judged.called(at);
    let message = if is_network {
        let meant = if others.len() == 1 { meant } else { plain(judged.action(first.application)) };
        format!("{called} {does} flows that {names} {meant}{hangs}")
    } else {
        format!("{called} {meant} flows that {names} {does} first{hangs}")
    };
    let found = judged.finding(Code::FW0303, at, message).severity(Severity::Warning);
    let found = shown(judged.pointing(found, &others, "the other rule"), &first.witness);
    let help = match judged.action(first.application) {
        FlowAction::Deny => "narrow the network rule, or deny by address in a network rule before it",
        FlowAction::Allow => "narrow the network rule, or allow by address in a network rule before it",
    };
    Some(found.help("Azure reads every network rule before any application rule, a parent's too").help(help))
}
