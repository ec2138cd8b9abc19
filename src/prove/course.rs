//! What becomes of every flow: its way, and where that leads to the firewall, the rules.

use crate::evaluate::Knowledge;
use crate::flow::{Action, DecisionList, Ends, Line, Match, Names};
use crate::logic::Formula;
use crate::model::Model;
use crate::net::{AddressSet, HostPattern};
use crate::way::{By, Destinations, Way, Ways};

use super::decisions::{Decisions, Effects};
use super::opaque::Sort;
use super::verdict::Reason;

/// A decision list of what becomes of every flow, and what its lines were made of.
#[derive(Clone, Debug)]
pub struct Courses<'m> {
    /// The list: what does not come to the firewall, then its rules. The origin of a line below the number of
    /// `decisions.lines` is a rule, of one from there on a way.
    pub list: DecisionList,
    /// The rules.
    pub decisions: Decisions<'m>,
    /// The ways that do not lead to the firewall.
    pub ways: Vec<Way<'m>>,
}

/// Which lines of a list stay.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Keep {
    /// Those of ways and those of rules.
    All,
    /// Those of ways: what comes to the firewall meets the default.
    Ways,
}

/// What an unknown way counts as: the answer must hold whichever it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unknown {
    /// A flow that may not come to the firewall arrives.
    Arrives,
    /// It does not.
    IsLost,
}

/// What becomes of every flow of `model` whose rules are `decisions`. The effect of a line tells unlike ways apart.
pub fn courses<'m>(
    model: &'m Model,
    knowledge: &Knowledge,
    decisions: Decisions<'m>,
    effects: &mut Effects,
    unknown: Unknown,
) -> Courses<'m> {
    let (mut lines, mut ways) = (Vec::new(), Vec::new());
    let first = decisions.lines.len();
    for sender in Ways::of(model, knowledge).senders() {
        let mut to_firewall = AddressSet::default();
        for step in &sender.steps {
            let destinations = destinations(&step.to, &to_firewall);
            let Some(action) = action(step.way.by, unknown) else {
                match &step.to {
                    Destinations::Addresses(addresses) => to_firewall = to_firewall.union(addresses),
                    Destinations::Tagged { .. } => {
                        lines.extend(Part { sources: &sender.sources, destinations, unknown }.of(&decisions.list));
                    }
                }
                continue;
            };
            let matches = vec![Match { sources: sender.sources.clone().into(), destinations, ..Match::any() }];
            let effect = effects.number(&format!("way {}", step.way.by));
            lines.push(Line { matches, action, effect, origin: first + ways.len(), when: Formula::Always });
            ways.push(step.way);
        }
    }
    lines.extend(decisions.list.lines.iter().cloned());
    Courses { list: DecisionList { lines, default: decisions.list.default }, decisions, ways }
}

impl<'m> Courses<'m> {
    /// The list in which only flows to private endpoints arrive, and those of unknown ways where these do.
    pub fn only_private(&self, unknown: Unknown) -> DecisionList {
        let arrives = |by| by == By::PrivateEndpoint || by == By::Unknown && unknown == Unknown::Arrives;
        self.with_ways(|way| arrives(way.by), Keep::Ways)
    }

    /// The list in which only flows arrive that the rules allow.
    pub fn only_filtered(&self) -> DecisionList {
        self.with_ways(|_| false, Keep::All)
    }

    fn with_ways(&self, arrives: impl Fn(&Way<'m>) -> bool, keep: Keep) -> DecisionList {
        let first = self.decisions.lines.len();
        let action = |way: &Way<'m>| if arrives(way) { Action::Allow } else { Action::Deny };
        let line = |line: &Line| match line.origin.checked_sub(first).and_then(|at| self.ways.get(at)) {
            Some(way) => Some(Line { action: action(way), ..line.clone() }),
            None if keep == Keep::All => Some(line.clone()),
            None => None,
        };
        DecisionList { lines: self.list.lines.iter().filter_map(line).collect(), default: self.list.default }
    }

    /// What decides a line of that origin; `None` for the default.
    pub fn reason(&self, origin: usize) -> Option<Reason<'m>> {
        match origin.checked_sub(self.decisions.lines.len()) {
            None => self.decisions.lines.get(origin).map(|line| Reason::Rule(*line)),
            Some(at) => self.ways.get(at).map(|way| Reason::Way(*way)),
        }
    }
}

/// The destinations of a step that do not come to the firewall by an earlier one.
fn destinations(to: &Destinations<'_>, to_firewall: &AddressSet) -> Ends {
    match to {
        Destinations::Addresses(addresses) => Ends::from(addresses.difference(to_firewall)),
        Destinations::Tagged { tags, within } => Ends {
            atoms: tags.iter().take(1).map(|tag| Sort::ServiceTag.atom(tag)).collect(),
            except: AddressSet::any().difference(within).union(to_firewall),
            ..Ends::default()
        },
    }
}

/// The flows of a sender to a service tag whose route leads to the firewall, while what lies outside may go elsewhere.
struct Part<'a> {
    sources: &'a AddressSet,
    destinations: Ends,
    unknown: Unknown,
}

impl Part<'_> {
    /// What `list` does with these flows, and only with them.
    fn of(&self, list: &DecisionList) -> Vec<Line> {
        let decided = |line: &Line| Line { matches: self.matches(line), ..line.clone() };
        let rest =
            Match { sources: self.sources.clone().into(), destinations: self.destinations.clone(), ..Match::any() };
        let rest =
            Line { matches: vec![rest], action: list.default, effect: 0, origin: usize::MAX, when: Formula::Always };
        list.lines.iter().map(decided).chain([rest]).filter(|line| !line.matches.is_empty()).collect()
    }

    fn matches(&self, line: &Line) -> Vec<Match> {
        line.matches.iter().flat_map(|product| self.products(product, line.action)).collect()
    }

    fn products(&self, product: &Match, action: Action) -> Vec<Match> {
        let elsewhere = AddressSet::any().difference(self.sources);
        let sources = Ends {
            addresses: product.sources.addresses.intersection(self.sources),
            except: product.sources.except.union(&elsewhere),
            ..product.sources.clone()
        };
        let asked = product.destinations.asked.iter().cloned().map(HostPattern::Exact);
        let asked = Match { names: Names::of(asked), ..self.at(product, AddressSet::any()) };
        let listed = self.at(product, self.listed(&product.destinations, action));
        let all =
            [listed, asked].into_iter().filter(|part| !part.destinations.atoms.is_empty() && !is_nobody(&part.names));
        all.map(|part| Match { sources: sources.clone(), ..part }).collect()
    }

    /// Those of `product` that go to the tag at one of `addresses`.
    fn at(&self, product: &Match, addresses: AddressSet) -> Match {
        let except = self.destinations.except.union(&AddressSet::any().difference(&addresses));
        let atoms = if except.is_any() { Vec::new() } else { self.destinations.atoms.clone() };
        Match { destinations: Ends { atoms, except, ..Ends::default() }, ..product.clone() }
    }

    /// The addresses at which a rule to `destinations` decides flows to the tag. What of two opaque sets lies in both is
    /// not known: it counts where that makes the answer hold whatever it is.
    fn listed(&self, destinations: &Ends, action: Action) -> AddressSet {
        let same = destinations.atoms.iter().any(|atom| self.destinations.atoms.contains(atom));
        let counts = match self.unknown {
            Unknown::Arrives => action == Action::Allow,
            Unknown::IsLost => action == Action::Deny,
        };
        match !destinations.atoms.is_empty() && (same || counts) {
            true => destinations.addresses.union(&AddressSet::any().difference(&destinations.except)),
            false => destinations.addresses.clone(),
        }
    }
}

/// Whether no flow asks for one of the names.
fn is_nobody(names: &Names) -> bool {
    matches!(names, Names::Of { patterns, atoms } if patterns.is_empty() && atoms.is_empty())
}

/// Whether a flow that travels `by` arrives without being asked about; `None` where the firewall decides.
fn action(by: By, unknown: Unknown) -> Option<Action> {
    match by {
        By::Firewall => None,
        By::Nowhere => Some(Action::Deny),
        By::Unknown => Some(match unknown {
            Unknown::Arrives => Action::Allow,
            Unknown::IsLost => Action::Deny,
        }),
        By::Internet | By::VirtualNetwork | By::Gateway | By::PrivateEndpoint | By::ServiceEndpoint | By::LinkLocal => {
            Some(Action::Allow)
        }
    }
}
