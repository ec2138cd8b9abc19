//! Deny rules that deny less than they did, where nothing is allowed for it: today the default denies what they denied, and a
//! rule that comes later may allow it.

use indexmap::IndexMap;

use crate::evaluate::{OrderLevel, OrderLine, RuleOrder, SortedRule};
use crate::flow::{self, By, NotDecided, Product, Space, Witness, difference};
use crate::model::{Action, AddressTerm, IpGroupRef, NameSpelling};
use crate::net::AddressSet;
use crate::prove::{Decisions, Effects, axioms_of_any_address, decisions_with};

use super::{DiffSide, Limits};

/// A deny rule that went or shrank.
#[derive(Clone, Debug)]
pub struct GuardChange<'m> {
    /// The rule before.
    pub rule: OrderLine<'m>,
    /// What became of it.
    pub change: Shrunk,
    /// What it denied, as it is stated.
    pub before: String,
    /// The same of the rule of that name after; absent where there is none.
    pub after: Option<String>,
    /// Flows that it denied, and that no deny rule of its level denies any more.
    pub flows: Vec<Product>,
    /// One of them.
    pub witness: Witness,
}

/// What became of a deny rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shrunk {
    /// It is gone.
    Removed,
    /// It denies less.
    Narrowed,
}

impl Shrunk {
    /// The word for it in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Narrowed => "narrowed",
        }
    }
}

/// What becomes of the deny rules.
pub(super) struct Guards<'m> {
    /// Those that went or shrank.
    pub(super) changes: Vec<GuardChange<'m>>,
    /// Whether those are all.
    pub(super) complete: bool,
}

/// The deny rules of which some flow is denied by a rule of a lower level now, or by the default alone.
pub(super) fn changes<'m>(old: DiffSide<'m>, new: DiffSide<'m>, limits: &Limits) -> Result<Guards<'m>, NotDecided> {
    let mut effects = Effects::default();
    let levels =
        Levels { own: effects.number("denied by a rule"), base: effects.number("denied by a rule of the base") };
    let (before, after) = (levels.decided(old), levels.decided(new));
    if !before.lines.iter().any(|line| line.rule.action() == Action::Deny) {
        return Ok(Guards { changes: Vec::new(), complete: true });
    }
    let axioms = axioms_of_any_address(new.knowledge);
    let (space, [a, b]) = Space::of(&axioms, [&before.list, &after.list]);
    let found = difference(&space, &a, &b, limits.products, &limits.budget)?;
    let mut by_rule: IndexMap<usize, GuardChange<'m>> = IndexMap::new();
    for change in found.changes {
        let By::Line(index) = change.before else { continue };
        let weaker = levels.rank(deed(&before, change.before)) > levels.rank(deed(&after, change.after));
        let origin = before.list.lines.get(index).map(|line| line.origin);
        let Some(line) = origin.and_then(|origin| before.lines.get(origin)).filter(|_| weaker) else { continue };
        let guard = by_rule.entry(line.place).or_insert_with(|| guard(*line, &after, change.witness));
        guard.flows.push(change.product);
    }
    let lost = |deeds: &(GuardDeed, GuardDeed)| levels.rank(deeds.0) > levels.rank(deeds.1);
    let complete = found.complete || !found.deeds.iter().any(lost);
    Ok(Guards { changes: by_rule.into_values().collect(), complete })
}

type GuardDeed = (flow::FlowAction, u32);

/// The effects of deny rules by who may allow against them: those of the base hold against the rules of its children.
struct Levels {
    own: u32,
    base: u32,
}

impl Levels {
    /// A policy as a decision list in which deny rules differ from the default.
    fn decided<'m>(&self, side: DiffSide<'m>) -> Decisions<'m> {
        let order = RuleOrder::of(side.model, side.policy);
        let mut decisions = decisions_with(&order, side.knowledge, &mut Effects::default());
        for line in &mut decisions.list.lines {
            let level = decisions.lines.get(line.origin).map(|line| line.level);
            line.effect = match (line.action, level) {
                (flow::FlowAction::Deny, Some(OrderLevel::Parent)) => self.base,
                (flow::FlowAction::Deny, Some(OrderLevel::Attached) | None) => self.own,
                (flow::FlowAction::Allow, _) => 0,
            };
        }
        decisions
    }

    /// How firmly a flow is denied; that it is allowed is no matter of a guard.
    fn rank(&self, (action, effect): GuardDeed) -> Option<u8> {
        match action {
            flow::FlowAction::Allow => None,
            flow::FlowAction::Deny if effect == self.base => Some(2),
            flow::FlowAction::Deny if effect == self.own => Some(1),
            flow::FlowAction::Deny => Some(0),
        }
    }
}

fn deed(of: &Decisions<'_>, by: By) -> GuardDeed {
    let line = match by {
        By::Line(index) => of.list.lines.get(index),
        By::Default => None,
    };
    line.map_or((of.list.default, 0), |line| (line.action, line.effect))
}

fn guard<'m>(rule: OrderLine<'m>, after: &Decisions<'_>, witness: Witness) -> GuardChange<'m> {
    let is_same = |other: &&OrderLine<'_>| {
        other.rule.name() == rule.rule.name()
            && other.rule.action() == Action::Deny
            && other.policy.name == rule.policy.name
    };
    let now = after.lines.iter().find(is_same);
    GuardChange {
        rule,
        change: if now.is_some() { Shrunk::Narrowed } else { Shrunk::Removed },
        before: stated(rule.rule),
        after: now.map(|line| stated(line.rule)),
        flows: Vec::new(),
        witness,
    }
}

/// A rule as it is stated.
fn stated(rule: SortedRule<'_>) -> String {
    let terms = |terms: &[AddressTerm], groups: &[IpGroupRef]| -> Vec<String> {
        let span = |term: &AddressTerm| match term {
            AddressTerm::Span(span) => Some(*span),
            AddressTerm::Any | AddressTerm::ServiceTag(_) | AddressTerm::Ipv6(_) => None,
        };
        let is_internet = terms.iter().filter_map(span).collect::<AddressSet>() == AddressSet::internet();
        let said = terms.iter().filter(|term| !is_internet || span(term).is_none()).map(ToString::to_string);
        let internet = is_internet.then(|| "internet".to_owned());
        internet.into_iter().chain(said).chain(groups.iter().map(|group| group.key().to_string())).collect()
    };
    let (services, sources, to): (Vec<String>, _, Vec<String>) = match rule {
        SortedRule::Nat(rule) => (Vec::new(), &rule.matches.sources, terms(&rule.matches.destinations, &[])),
        SortedRule::Network(_, rule) => {
            let matches = &rule.matches;
            let ports: Vec<String> = matches.ports.spans().map(|span| span.to_string()).collect();
            let services =
                matches.protocols.iter().map(|protocol| format!("{}/{}", protocol.spelled(), ports.join(",")));
            let names = matches.destination_fqdns.iter().map(ToString::to_string);
            let to = terms(&matches.destinations, &matches.destination_ip_groups).into_iter().chain(names).collect();
            (services.collect(), &matches.sources, to)
        }
        SortedRule::Application(_, rule) => {
            let matches = &rule.matches;
            let services = matches.protocols.iter().map(|(protocol, port)| format!("{protocol}/{port}")).collect();
            let names = matches.fqdns.iter().map(ToString::to_string);
            let lists = [&matches.urls, &matches.fqdn_tags, &matches.web_categories];
            (services, &matches.sources, names.chain(lists.into_iter().flatten().cloned()).collect())
        }
    };
    let from = terms(&sources.addresses, &sources.ip_groups);
    format!("{} from {} to {}", services.join(", "), from.join(", "), to.join(", "))
}
