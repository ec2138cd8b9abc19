//! Network rules that decide flows which an application rule with the other action matches: Azure reads every network
//! rule before any application rule, whatever their priorities and policies (Microsoft Learn, "Azure Firewall rule
//! processing logic", example 1).

use crate::evaluate::{Knowledge, OrderLine};
use crate::flow::{By, DecisionList, FlowAction, NotDecided, Space, Witness, WorkBudget, difference};
use crate::model::RuleKind;

use super::meaning::{MeaningDoubt, are_certain};
use super::{Decisions, axioms};

/// The most products of the difference that are examined.
const LIMIT: usize = 5000;
/// The most pairs of rules that are reported.
const PAIRS: usize = 1000;

/// A network rule and an application rule whose opposite decision it takes flows from.
#[derive(Clone, Debug)]
pub struct Voided {
    /// The network rule, as an index of the lines.
    pub network: usize,
    /// The application rule.
    pub application: usize,
    /// A flow that shows it.
    pub witness: Witness,
    /// Whether such a flow is decided by network rules whatever its address and whatever the opaque sets hold.
    pub certain: bool,
}

/// Each pair once: what differs from reading the application rules first. Under [`axioms`], a pair that meets only where a name
/// resolves to a private address is none.
///
/// # Errors
/// Where the budget does not suffice.
pub fn voided(
    decisions: &Decisions<'_>,
    knowledge: &Knowledge,
    budget: &WorkBudget,
) -> Result<Vec<Voided>, NotDecided> {
    if !may_differ(decisions) {
        return Ok(Vec::new());
    }
    let names_first = names_first(decisions);
    let (space, [first, azure]) = Space::of(&axioms(knowledge), [&names_first, &decisions.list]);
    let apart = difference(&space, &first, &azure, LIMIT, budget)?;
    let mut pairs: Vec<(usize, usize, Witness)> = Vec::new();
    for change in &apart.changes {
        let pair = line(&names_first, change.before).zip(line(&decisions.list, change.after));
        let Some((application, network)) = pair else { continue };
        let is_told = pairs.iter().any(|(one, other, _)| (*one, *other) == (network, application));
        if !is_told && pairs.len() < PAIRS {
            pairs.push((network, application, change.witness.clone()));
        }
    }
    let action = |line: usize| decisions.list.lines.get(line).map_or(FlowAction::Deny, |line| line.action);
    let doubts: Vec<MeaningDoubt<'_>> = pairs
        .iter()
        .map(|(network, application, witness)| MeaningDoubt {
            witness,
            left: action(*application),
            right: action(*network),
        })
        .collect();
    let certain = are_certain(&doubts, [&names_first, &decisions.list], knowledge, budget)?;
    let pairs = pairs.into_iter().zip(certain);
    Ok(pairs
        .map(|((network, application, witness), certain)| Voided { network, application, witness, certain })
        .collect())
}

/// Whether a network rule and an application rule have opposite actions at all.
fn may_differ(decisions: &Decisions<'_>) -> bool {
    let has = |kind: RuleKind, action: FlowAction| {
        let lines = decisions.list.lines.iter().zip(&decisions.lines);
        lines.into_iter().any(|(line, of)| of.rule.kind() == kind && line.action == action)
    };
    [(FlowAction::Allow, FlowAction::Deny), (FlowAction::Deny, FlowAction::Allow)]
        .into_iter()
        .any(|(network, application)| has(RuleKind::Network, network) && has(RuleKind::Application, application))
}

/// The list with the application rules before the network rules.
fn names_first(decisions: &Decisions<'_>) -> DecisionList {
    let rank = |of: &OrderLine<'_>| match of.rule.kind() {
        RuleKind::Nat => 0,
        RuleKind::Application => 1,
        RuleKind::Network => 2,
    };
    let mut lines: Vec<_> = decisions.list.lines.iter().zip(&decisions.lines).collect();
    lines.sort_by_key(|(_, of)| rank(of));
    let lines = lines.into_iter().map(|(line, _)| line.clone()).collect();
    DecisionList { lines, default: decisions.list.default }
}

/// The line that decides, as an index of the lines in processing order.
fn line(list: &DecisionList, by: By) -> Option<usize> {
    let By::Line(index) = by else { return None };
    Some(list.lines.get(index)?.origin)
}
