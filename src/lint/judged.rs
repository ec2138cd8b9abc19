//! A policy as its firewall reads it, with the state of each of its rules.

use std::cell::OnceCell;

use indexmap::IndexMap;

use crate::diag::{Code, Diagnostic, EvidenceRule, Example, Severity};
use crate::evaluate::{Knowledge, OrderLevel, OrderLine, RuleLack, RuleOrder};
use crate::flow::{Axioms, FlowAction, LoweredBoxes, Space, Standing, Witness, WorkBudget, shadows};
use crate::model::{Model, Policy, RuleKind};
use crate::prove::{Decisions, Effects, Ipv6, axioms_of_any_address, decisions_of, describe};
use crate::source::Origin;

/// A policy, judged as if it were attached to a firewall.
pub(super) struct JudgedRule<'m> {
    pub policy: &'m Policy,
    pub decisions: Decisions<'m>,
    pub axioms: Axioms,
    pub space: Space,
    /// The decisions in that space.
    pub lowered: LoweredBoxes,
    /// For each line, whether it decides any flow; for one that is read several times, whether it does in any place.
    pub standings: Vec<Standing>,
    pub budget: WorkBudget,
    /// The own rules of the policy; those that it inherits are judged in the base.
    pub rules: Vec<OwnRule>,
    /// Every place of the line whose first place is the index.
    all_places: Vec<Vec<usize>>,
    /// Whether each line alone could be removed, once computed.
    pub needless: OnceCell<Vec<bool>>,
    names: &'m RuleNames,
}

/// A rule as its author wrote it: one line, or several where Azure needs them.
pub(super) struct OwnRule {
    /// The lines, in processing order.
    pub lines: Vec<usize>,
}

impl<'m> JudgedRule<'m> {
    pub fn new(
        model: &'m Model,
        policy: &'m Policy,
        known: &Knowledge,
        budget: WorkBudget,
        names: &'m RuleNames,
    ) -> Self {
        let order = RuleOrder::of(model, policy);
        let decisions = decisions_of(&order, known, &mut Effects::default(), Ipv6::Sets);
        let axioms = axioms_of_any_address(known);
        let (space, [lowered]) = Space::of(&axioms, [&decisions.list]);
        let standings = together(&decisions, shadows(&space, &lowered, &budget));
        let rules = own_rules(&decisions);
        let all_places = all_places(&decisions);
        Self {
            policy,
            decisions,
            axioms,
            space,
            lowered,
            standings,
            budget,
            rules,
            all_places,
            needless: OnceCell::new(),
            names,
        }
    }

    /// The policies among `all` that inherit this one.
    pub fn children<'a>(&self, all: &'a [Self]) -> Vec<&'a Self> {
        let is_own = |line: &OrderLine<'_>| line.level == OrderLevel::Parent && std::ptr::eq(line.policy, self.policy);
        all.iter().filter(|other| other.decisions.lines.iter().any(is_own)).collect()
    }

    /// The places of a line of a policy that this one inherits.
    pub fn inherited(&self, line: &OrderLine<'_>) -> Vec<usize> {
        let all = self.decisions.lines.iter().enumerate();
        all.filter(|(_, other)| other.rule.is_that(line.rule)).map(|(index, _)| index).collect()
    }

    pub fn line(&self, index: usize) -> Option<&OrderLine<'m>> {
        self.decisions.lines.get(index)
    }

    /// What the rule of a line lacks, if it matches no flow.
    pub fn lack(&self, index: usize) -> RuleLack {
        self.line(index).map_or(RuleLack::Ends, |line| line.rule.lack())
    }

    pub fn action(&self, index: usize) -> FlowAction {
        self.decisions.list.lines.get(index).map_or(self.decisions.list.default, |line| line.action)
    }

    pub fn is_covered(&self, index: usize) -> bool {
        matches!(self.standings.get(index), Some(Standing::Covered { .. }))
    }

    /// Whether no line of the rule decides a flow.
    pub fn is_dead(&self, rule: &OwnRule) -> bool {
        rule.lines
            .iter()
            .all(|&line| matches!(self.standings.get(line), Some(Standing::Covered { .. } | Standing::Empty)))
    }

    /// Every place of the lines.
    pub fn places(&self, lines: &[usize]) -> Vec<usize> {
        let mut places: Vec<usize> =
            lines.iter().filter_map(|&line| self.all_places.get(line)).flatten().copied().collect();
        places.sort_unstable();
        places
    }

    /// Whether this is the first place of its line.
    pub fn is_first_place(&self, index: usize) -> bool {
        first_place(&self.decisions, index) == index
    }

    /// Whether a line is there whatever a deployment knows, and in one place.
    pub fn is_settled(&self, index: usize) -> bool {
        self.decisions.list.lines.get(index).is_some_and(|line| line.when.is_always())
    }

    /// A finding about a line, at the text of its rule where there is one.
    pub fn finding(&self, code: &'static Code, index: usize, message: impl Into<String>) -> Diagnostic {
        let Some(line) = self.line(index) else { return Diagnostic::nowhere(code, message) };
        let found = match line.rule.origin() {
            Some(origin) => Diagnostic::at_origin(code, origin, message),
            None => Diagnostic::nowhere(code, message),
        };
        found.rule(self.names.path(line))
    }

    /// The words of a message for the rule that it is about.
    pub fn called(&self, index: usize) -> String {
        match self.line(index) {
            Some(line) if line.rule.origin().and_then(Origin::span).is_none() => {
                format!("{} rule `{}`", line.rule.kind(), EvidenceRule::from(line))
            }
            Some(_) | None => "this rule".to_owned(),
        }
    }

    /// The words of a message for another rule: its path, with the policy where that is another.
    pub fn other(&self, index: usize) -> String {
        let Some(line) = self.line(index) else { return String::new() };
        let path = self.names.path(line);
        match line.level {
            OrderLevel::Parent => format!("`{}/{path}`", path.policy),
            OrderLevel::Attached => format!("`{path}`"),
        }
    }

    /// Points at other rules with the same words, where there is a text of them.
    pub fn pointing(&self, found: Diagnostic, others: &[usize], words: &str) -> Diagnostic {
        let origins = others.iter().filter_map(|&other| self.line(other)?.rule.origin());
        origins.fold(found, |found, origin| found.related(origin.at, words))
    }

    /// Whether the rule came through an `apply`: its text is not of this policy, and serves others too.
    pub fn is_applied(&self, index: usize) -> bool {
        self.line(index).and_then(|line| line.rule.origin()).is_some_and(|origin| !origin.via.is_empty())
    }
}

/// The first place of a line in its list; it has several where the order of its group or collection is open.
fn first_place(decisions: &Decisions<'_>, index: usize) -> usize {
    decisions.list.lines.get(index).map_or(index, |line| line.origin)
}

fn all_places(decisions: &Decisions<'_>) -> Vec<Vec<usize>> {
    let lines = decisions.list.lines.len();
    let mut all = vec![Vec::new(); lines];
    for index in 0..lines {
        all.get_mut(first_place(decisions, index)).into_iter().for_each(|places: &mut Vec<usize>| places.push(index));
    }
    all
}

/// What is known of lines, put together for those that are one.
fn together(decisions: &Decisions<'_>, standings: Vec<Standing>) -> Vec<Standing> {
    let mut all: Vec<Standing> = Vec::with_capacity(standings.len());
    for (index, standing) in standings.into_iter().enumerate() {
        let first = first_place(decisions, index);
        match all.get_mut(first) {
            Some(known) if first < index => {
                *known = either(std::mem::replace(known, Standing::Empty), standing.clone())
            }
            Some(_) | None => {}
        }
        all.push(standing);
    }
    all.iter().enumerate().filter_map(|(index, _)| all.get(first_place(decisions, index)).cloned()).collect()
}

/// What is known of a line of which two places are known.
fn either(one: Standing, other: Standing) -> Standing {
    match (one, other) {
        (reached @ Standing::Reached(_), _) | (_, reached @ Standing::Reached(_)) => reached,
        (open @ Standing::NotDecided(_), _) | (_, open @ Standing::NotDecided(_)) => open,
        (Standing::Covered { mut by }, Standing::Covered { by: more }) => {
            by.extend(more);
            by.sort_unstable();
            by.dedup();
            Standing::Covered { by }
        }
        (covered @ Standing::Covered { .. }, Standing::Empty) | (Standing::Empty, covered) => covered,
    }
}

/// The own lines of the attached policy, those of one text together; a rule of an artefact has one line.
fn own_rules(decisions: &Decisions<'_>) -> Vec<OwnRule> {
    let mut by_origin: IndexMap<(Option<&Origin>, usize), Vec<usize>> = IndexMap::new();
    let own = decisions.lines.iter().enumerate().filter(|(_, line)| line.level == OrderLevel::Attached);
    for (index, line) in own.filter(|(index, _)| first_place(decisions, *index) == *index) {
        let origin = line.rule.origin();
        by_origin.entry((origin, if origin.is_some() { 0 } else { index })).or_default().push(index);
    }
    by_origin.into_values().map(|lines| OwnRule { lines }).collect()
}

/// The names that the rules have in the artefacts, where a rule of the source may have been merged with others.
#[derive(Default)]
pub(super) struct RuleNames(IndexMap<(Origin, RuleKind), EvidenceRule>);

impl RuleNames {
    pub fn of(model: &Model) -> Self {
        let mut names = IndexMap::new();
        for policy in &model.policies {
            for line in RuleOrder::of(model, policy).lines().iter().filter(|line| line.level == OrderLevel::Attached) {
                if let Some(origin) = line.rule.origin() {
                    names.entry((origin.clone(), line.rule.kind())).or_insert_with(|| EvidenceRule::from(line));
                }
            }
        }
        Self(names)
    }

    /// The first rule of the artefacts that came from there.
    pub fn of_origin(&self, origin: &Origin) -> Option<EvidenceRule> {
        let kinds = [RuleKind::Nat, RuleKind::Network, RuleKind::Application];
        kinds.into_iter().find_map(|kind| self.0.get(&(origin.clone(), kind))).cloned()
    }

    fn path(&self, line: &OrderLine<'_>) -> EvidenceRule {
        // DNAT rules are never merged, and one of a source may be several.
        let origin = line.rule.origin().filter(|_| line.rule.kind() != RuleKind::Nat);
        let known = origin.and_then(|origin| self.0.get(&(origin.clone(), line.rule.kind())));
        known.cloned().unwrap_or_else(|| EvidenceRule::from(line))
    }
}

impl From<&OrderLine<'_>> for EvidenceRule {
    fn from(line: &OrderLine<'_>) -> Self {
        Self {
            policy: line.policy.name.to_string(),
            group: line.group.name.to_string(),
            collection: line.collection.name.clone(),
            rule: line.rule.name().to_owned(),
        }
    }
}

/// A witness in the fields of a flow.
pub(super) fn example(witness: &Witness) -> Example {
    let flow = &witness.flow;
    let address = flow.address.map(|address| address.to_string());
    let (destination, destination_address) = match &flow.name {
        Some(name) => (name.to_string(), address),
        None => (address.unwrap_or_default(), None),
    };
    Example {
        source: flow.source.to_string(),
        destination,
        destination_address,
        path: flow.path.clone(),
        service: flow.service.to_string(),
    }
}

/// Shows a finding by a flow.
pub(super) fn shown(found: Diagnostic, witness: &Witness) -> Diagnostic {
    found.help(format!("for example {}", describe(witness))).witness(example(witness))
}

/// What a rule does, as a verb.
pub(super) fn verb(action: FlowAction) -> &'static str {
    match action {
        FlowAction::Allow => "allows",
        FlowAction::Deny => "denies",
    }
}

/// What several rules do, as a verb.
pub(super) fn plain(action: FlowAction) -> &'static str {
    match action {
        FlowAction::Allow => "allow",
        FlowAction::Deny => "deny",
    }
}

/// A bundle is written for many, so that one of them need not make use of all of it: a note, where it does no harm.
pub(super) fn milder(judged: &JudgedRule<'_>, index: usize, found: Diagnostic) -> Diagnostic {
    let applied = judged.is_applied(index) && found.severity == Severity::Warning;
    if applied { found.severity(Severity::Note) } else { found }
}

/// `a`, `a and b`, or `a, b and 3 more`, of things already in words.
pub(super) fn listed(items: &[String], most: usize) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [rest @ .., last] if items.len() <= most => format!("{} and {last}", rest.join(", ")),
        items => {
            let shown: Vec<&str> = items.iter().take(most).map(String::as_str).collect();
            format!("{} and {} more", shown.join(", "), items.len() - shown.len())
        }
    }
}
