//! What becomes of every flow: its way, and where that leads to the firewall, the rules.

use crate::evaluate::Knowledge;
use crate::flow::{DecisionList, FlowAction, ListLine, Match, MatchingAtom, MatchingEnds, MatchingNames};
use crate::logic::Formula;
use crate::model::Model;
use crate::net::{AddressSet, HostName, HostPattern};
use crate::way::{Carrier, Destinations, NetworkWay, Sender, Ways};

use super::decisions::{Decisions, Effects};
use super::opaque::OpaqueSort;
use super::verdict::VerdictReason;

/// A decision list of the fate of every flow, and what its lines were made of.
#[derive(Clone, Debug)]
pub struct Courses<'m> {
    /// The list: what does not come to the firewall, then its rules. The origin of a line below the number of
    /// `decisions.lines` is a rule, of one from there on a way.
    pub list: DecisionList,
    /// The rules.
    pub decisions: Decisions<'m>,
    /// The ways that do not lead to the firewall.
    pub ways: Vec<NetworkWay<'m>>,
}

/// Which lines of a list stay.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Keep {
    /// The lines of ways and of rules.
    All,
    /// The lines of ways only: flows that come to the firewall meet the default.
    Ways,
}

/// What an unknown way counts as: the answer must hold whichever it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnknownCourse {
    /// A flow that may not come to the firewall arrives.
    Arrives,
    /// It does not.
    IsLost,
}

/// What becomes of every flow of `model` whose rules are `decisions`. The effect of a line distinguishes different
/// ways.
pub fn courses<'m>(
    model: &'m Model,
    knowledge: &Knowledge,
    decisions: Decisions<'m>,
    effects: &mut Effects,
    unknown: UnknownCourse,
) -> Courses<'m> {
    let around = ProvedAround { rules: &decisions.list, first: decisions.lines.len() };
    let ways = Ways::of(model, knowledge);
    let WayLines { mut lines, ways } = way_lines(&ways, &around, &mut |_, way| match action(way.by, unknown) {
        Some(action) => {
            Meets::Line { action, effect: effects.number(&format!("way {}", way.by)), when: Formula::Always }
        }
        None => Meets::Rules,
    });
    lines.extend(decisions.list.lines.iter().cloned());
    Courses { list: DecisionList { lines, default: decisions.list.default }, decisions, ways }
}

/// What a flow meets on its way.
#[derive(Clone, PartialEq, Debug)]
pub enum Meets {
    /// What the rules do, or the default.
    Rules,
    /// Something of its own, under a condition; where that does not hold, the rules.
    Line {
        /// Whether it arrives.
        action: FlowAction,
        /// The number that distinguishes different lines.
        effect: u32,
        /// The condition.
        when: Formula<MatchingAtom>,
    },
}

/// When flows from a subnet that travel on `way` go past the firewall, if they may: a way that is not known is a condition that
/// only a deployment knows.
pub fn leads_past(sender: &Sender<'_>, way: &NetworkWay<'_>) -> Option<Formula<MatchingAtom>> {
    match way.by {
        Carrier::Firewall | Carrier::Nowhere => None,
        Carrier::Unknown => Some(Formula::Is(OpaqueSort::Condition.atom(&unknown_way(sender, way)))),
        Carrier::Internet
        | Carrier::VirtualNetwork
        | Carrier::Gateway
        | Carrier::PrivateEndpoint
        | Carrier::ServiceEndpoint
        | Carrier::LinkLocal => Some(Formula::Always),
    }
}

/// The condition that an unknown way leads past the firewall.
fn unknown_way(sender: &Sender<'_>, way: &NetworkWay<'_>) -> String {
    let route = match (way.table, way.route) {
        (Some(table), Some(route)) => {
            format!(" by route {} of table {} to {}", route.prefix, table.name, route.next_hop)
        }
        (Some(_) | None, _) => String::new(),
    };
    format!("subnet {} sends them past the firewall{route}", sender.subnets.join(" or "))
}

/// The lines of flows that do not meet the rules.
#[derive(Clone, Default, Debug)]
pub struct WayLines<'m> {
    /// The lines. The origin of a line below `first` of [`ProvedAround`] is a rule, of one from there on a way.
    pub lines: Vec<ListLine>,
    /// The ways.
    pub ways: Vec<NetworkWay<'m>>,
}

/// The lines before and after the lines of ways.
#[derive(Clone, Copy, Debug)]
pub struct ProvedAround<'l> {
    /// The rules that flows to the firewall meet.
    pub rules: &'l DecisionList,
    /// The origin of the first way.
    pub first: usize,
}

/// The lines of flows that do not meet the rules: `meets` gives, for the sources of a subnet, the lines that flows on a
/// way meet.
pub fn way_lines<'m>(
    ways: &Ways<'m>,
    around: &ProvedAround<'_>,
    meets: &mut dyn FnMut(&Sender<'m>, &NetworkWay<'m>) -> Meets,
) -> WayLines<'m> {
    let mut found = WayLines::default();
    for sender in ways.senders() {
        let mut to_rules = AddressSet::default();
        for step in &sender.steps {
            let flows = flows(&sender.sources, &step.to, &to_rules);
            let meets = meets(sender, &step.way);
            if let Meets::Line { action, effect, when } = &meets {
                let matches = vec![flows.clone()];
                let origin = around.first + found.ways.len();
                found.lines.push(ListLine { matches, action: *action, effect: *effect, origin, when: when.clone() });
                found.ways.push(step.way);
            }
            if meets.is_certain() {
                continue;
            }
            match &step.to {
                Destinations::Addresses(addresses) => to_rules = to_rules.union(addresses),
                Destinations::Tagged { .. } => found.lines.extend(decided(around.rules, &flows)),
            }
        }
    }
    found
}

impl Meets {
    /// Whether a flow never meets the rules.
    fn is_certain(&self) -> bool {
        match self {
            Self::Rules => false,
            Self::Line { when, .. } => when.is_always(),
        }
    }
}

impl<'m> Courses<'m> {
    /// The list in which only flows to private endpoints arrive, and those of unknown ways where these do.
    pub fn only_private(&self, unknown: UnknownCourse) -> DecisionList {
        let arrives =
            |by| by == Carrier::PrivateEndpoint || by == Carrier::Unknown && unknown == UnknownCourse::Arrives;
        self.with_ways(|way| arrives(way.by), Keep::Ways)
    }

    /// The list in which only flows arrive that the rules allow.
    pub fn only_filtered(&self) -> DecisionList {
        self.with_ways(|_| false, Keep::All)
    }

    /// The list in which flows that are sent to the Internet arrive at public addresses only, and at link-local ones none.
    pub fn arriving(&self) -> DecisionList {
        let others = AddressSet::any().difference(&AddressSet::internet());
        let lost = |line: &ListLine, to: Option<&AddressSet>| {
            let within = |product: &Match| match to {
                Some(to) => {
                    let addresses = product.destinations.addresses.intersection(to);
                    Match { destinations: addresses.into(), ..product.clone() }
                }
                None => product.clone(),
            };
            let matches = line.matches.iter().map(within).filter(|product| !is_nowhere(&product.destinations));
            ListLine { action: FlowAction::Deny, matches: matches.collect(), ..line.clone() }
        };
        let mut lines = Vec::new();
        for line in &self.list.lines {
            let way = line.origin.checked_sub(self.decisions.lines.len()).and_then(|at| self.ways.get(at));
            match way.map(|way| way.by) {
                Some(Carrier::LinkLocal) => lines.push(lost(line, None)),
                Some(Carrier::Internet) => lines.extend([lost(line, Some(&others)), line.clone()]),
                Some(_) | None => lines.push(line.clone()),
            }
        }
        lines.retain(|line| !line.matches.is_empty());
        DecisionList { lines, default: self.list.default }
    }

    fn with_ways(&self, arrives: impl Fn(&NetworkWay<'m>) -> bool, keep: Keep) -> DecisionList {
        let first = self.decisions.lines.len();
        let action = |way: &NetworkWay<'m>| if arrives(way) { FlowAction::Allow } else { FlowAction::Deny };
        let line = |line: &ListLine| match line.origin.checked_sub(first).and_then(|at| self.ways.get(at)) {
            Some(way) => Some(ListLine { action: action(way), ..line.clone() }),
            None if keep == Keep::All => Some(line.clone()),
            None => None,
        };
        DecisionList { lines: self.list.lines.iter().filter_map(line).collect(), default: self.list.default }
    }

    /// What decides a line of that origin; `None` for the default.
    pub fn reason(&self, origin: usize) -> Option<VerdictReason<'m>> {
        match origin.checked_sub(self.decisions.lines.len()) {
            None => self.decisions.lines.get(origin).map(|line| VerdictReason::Rule(*line)),
            Some(at) => self.ways.get(at).map(|way| VerdictReason::Way(*way)),
        }
    }
}

/// The flows to the destinations of a step that no earlier one sends to the rules.
fn flows(sources: &AddressSet, to: &Destinations<'_>, to_rules: &AddressSet) -> Match {
    let (addresses, besides) = match to {
        Destinations::Addresses(addresses) => (addresses, [None, None]),
        Destinations::Tagged { tags, within } => {
            let mut tags = tags.iter().map(|tag| OpaqueSort::ServiceTag.atom(tag));
            (within, [tags.next(), tags.next()])
        }
    };
    let destinations = MatchingEnds::from(addresses.difference(to_rules));
    Match { sources: sources.clone().into(), destinations, besides, ..Match::any() }
}

/// What `list` does with flows to a service tag whose route leads to the firewall, while what lies outside may go elsewhere.
fn decided(list: &DecisionList, flows: &Match) -> Vec<ListLine> {
    let within = |line: &ListLine| {
        let matches = line.matches.iter().flat_map(|product| parts(product, flows)).collect();
        ListLine { matches, ..line.clone() }
    };
    let matches = vec![flows.clone()];
    let rest = ListLine { matches, action: list.default, effect: 0, origin: usize::MAX, when: Formula::Always };
    list.lines.iter().map(within).chain([rest]).filter(|line| !line.matches.is_empty()).collect()
}

/// The flows of `product` among `flows`; those that are taken to go to its destinations by their name apart.
fn parts(product: &Match, flows: &Match) -> Vec<Match> {
    let both = |ends: &MatchingEnds, within: &AddressSet| MatchingEnds {
        addresses: ends.addresses.intersection(within),
        except: ends.except.union(&AddressSet::any().difference(within)),
        asked: Vec::new(),
        ..ends.clone()
    };
    let (sources, to) = (&flows.sources.addresses, &flows.destinations.addresses);
    let listed = Match {
        sources: both(&product.sources, sources),
        destinations: both(&product.destinations, to),
        besides: flows.besides.clone(),
        ..product.clone()
    };
    let asked = product.destinations.asked.iter().filter(|name| asks(&product.names, name));
    let asked = MatchingNames::of(asked.cloned().map(HostPattern::Exact));
    let named = Match { destinations: flows.destinations.clone(), names: asked, ..listed.clone() };
    let is_some =
        |part: &Match| !is_nobody(&part.names) && !is_nowhere(&part.destinations) && !is_nowhere(&part.sources);
    [listed, named].into_iter().filter(is_some).collect()
}

fn is_nowhere(ends: &MatchingEnds) -> bool {
    ends.addresses.is_empty() && ends.atoms.is_empty()
}

/// Whether a flow to `name` may have one of `names`.
fn asks(names: &MatchingNames, name: &HostName) -> bool {
    match names {
        MatchingNames::Any => true,
        MatchingNames::Unnamed => false,
        MatchingNames::Of { patterns, .. } => patterns.iter().any(|pattern| pattern.matches(name)),
        MatchingNames::Within { .. } => false,
    }
}

/// Whether no flow has one of the names.
fn is_nobody(names: &MatchingNames) -> bool {
    match names {
        MatchingNames::Any | MatchingNames::Unnamed => false,
        MatchingNames::Of { patterns, atoms } => patterns.is_empty() && atoms.is_empty(),
        MatchingNames::Within { patterns, atoms } => patterns.is_empty() || atoms.is_empty(),
    }
}

/// Whether a flow that travels `by` arrives without a decision of the firewall; `None` where the firewall decides.
fn action(by: Carrier, unknown: UnknownCourse) -> Option<FlowAction> {
    match by {
        Carrier::Firewall => None,
        Carrier::Nowhere => Some(FlowAction::Deny),
        Carrier::Unknown => Some(match unknown {
            UnknownCourse::Arrives => FlowAction::Allow,
            UnknownCourse::IsLost => FlowAction::Deny,
        }),
        Carrier::Internet
        | Carrier::VirtualNetwork
        | Carrier::Gateway
        | Carrier::PrivateEndpoint
        | Carrier::ServiceEndpoint
        | Carrier::LinkLocal => Some(FlowAction::Allow),
    }
}
