//! FW0309: a network rule that denies what a DNAT rule lets in.

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::evaluate::SortedRule;
use crate::flow::{By, DecisionList, FlowAction, Match, MatchingEnds, NotDecided, Space, reach};
use crate::model::{NatRule, NatTarget, RuleKind};
use crate::net::{AddressSet, AddressSpan, PortSet, PortSpan, ServiceSet};

use super::judged::JudgedRule;
use super::registry::{Lint, OfPolicy};

pub(super) static LINT: Lint<OfPolicy> = Lint::new(&[Code::FW0309], |judged, _| denied_ingress(judged));

/// The most products of the traffic of one rule that are examined.
const PRODUCTS: usize = 200;

/// Reports each DNAT rule of the policy whose flows a network rule would deny, as they come or as they are translated. What
/// Azure does then is documented in two ways.
fn denied_ingress(judged: &JudgedRule<'_>) -> Diagnostics {
    let kept: Vec<usize> =
        (0..judged.decisions.list.lines.len()).filter(|&at| kind(judged, at) != Some(RuleKind::Nat)).collect();
    if !kept.iter().any(|&at| is_deny(judged, at)) {
        return Diagnostics::new();
    }
    let lines = kept.iter().filter_map(|&at| judged.decisions.list.lines.get(at).cloned()).collect();
    let list = DecisionList { lines, default: judged.decisions.list.default };
    let own = judged.rules.iter().filter_map(|rule| rule.lines.first().copied());
    let dnat = own.filter(|&at| kind(judged, at) == Some(RuleKind::Nat));
    dnat.filter_map(|at| match denied_by(judged, at, (&list, &kept)) {
        Ok(deny) => deny.map(|deny| finding(judged, at, deny)),
        Err(stopped) => Some(undecided(judged, at, stopped)),
    })
    .collect()
}

fn kind(judged: &JudgedRule<'_>, at: usize) -> Option<RuleKind> {
    judged.line(at).map(|line| line.rule.kind())
}

fn is_deny(judged: &JudgedRule<'_>, at: usize) -> bool {
    kind(judged, at) == Some(RuleKind::Network) && judged.action(at) == FlowAction::Deny
}

/// The network rule that denies some flow of a DNAT rule, where the DNAT rules are not evaluated.
fn denied_by(
    judged: &JudgedRule<'_>,
    at: usize,
    (list, kept): (&DecisionList, &[usize]),
) -> Result<Option<usize>, NotDecided> {
    let mut asked: Vec<Match> = judged.decisions.list.lines.get(at).map_or(Vec::new(), |line| line.matches.clone());
    if let Some(SortedRule::Nat(rule)) = judged.line(at).map(|line| line.rule) {
        asked.extend(asked.clone().into_iter().filter_map(|product| translated(rule, product)));
    }
    let (space, [lowered], queries) = Space::with_queries(&judged.axioms, [list], &asked);
    for query in &queries {
        for decided in reach(&space, &lowered, query, PRODUCTS, &judged.budget)?.decided {
            let By::Line(index) = decided.by else { continue };
            let deny = kept.get(index).copied().filter(|&deny| is_deny(judged, deny));
            if deny.is_some() {
                return Ok(deny);
            }
        }
    }
    Ok(None)
}

/// The flows of a DNAT rule as they leave it, where they go to an address.
fn translated(rule: &NatRule, product: Match) -> Option<Match> {
    let NatTarget::Address(address) = rule.handling.target else { return None };
    let port = PortSpan::single(rule.handling.port)?;
    let ports = |was: bool| if was { port.into() } else { PortSet::empty() };
    let services = ServiceSet {
        tcp: ports(!product.services.tcp.is_empty()),
        udp: ports(!product.services.udp.is_empty()),
        ..ServiceSet::default()
    };
    Some(Match { services, destinations: MatchingEnds::from(AddressSet::from(AddressSpan::from(address))), ..product })
}

fn finding(judged: &JudgedRule<'_>, at: usize, deny: usize) -> Diagnostic {
    let message = format!("{} lets in what {} denies", judged.called(at), judged.other(deny));
    let found = judged.finding(Code::FW0309, at, message);
    judged
        .pointing(found, &[deny], "this rule denies it")
        .help("Azure's documentation of DNAT states that network rules are not read for it; an older text, that a deny holds")
        .help("narrow the sources of the DNAT rule, or the deny, so that both texts mean the same")
}

fn undecided(judged: &JudgedRule<'_>, at: usize, stopped: NotDecided) -> Diagnostic {
    let message = format!("whether network rules deny what {} lets in was {stopped}", judged.called(at));
    judged.finding(Code::FW0305, at, message).severity(Severity::Note)
}
