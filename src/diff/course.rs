//! What becomes of every flow on one side, as a decision list.

use crate::explain::Decision;
use crate::flow::{self, By, DecisionList, ListLine, Match, MatchingField, Witness};
use crate::logic::Formula;
use crate::model::{Action, Model};
use crate::net::AddressSet;
use crate::prove::{Decisions, Effects, Meets, OpaqueSort, ProvedAround, WayLines, leads_past, way_lines};
use crate::way::{self, Fate, NetworkWay, Sender, Ways, link_local};

use super::DiffSide;
use super::outcome::DiffOutcome;

/// What is done with flows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Done {
    /// They are denied, or their route drops them.
    Denied,
    /// They are allowed.
    Allowed,
    /// They go past the firewall.
    Past,
    /// They go past the firewall, to a private endpoint.
    ToEndpoint,
}

impl Done {
    /// Whether the firewall does not see them.
    pub(super) fn is_past(self) -> bool {
        match self {
            Self::Past | Self::ToEndpoint => true,
            Self::Denied | Self::Allowed => false,
        }
    }
}

/// The effects of lines that mean ways past the firewall.
#[derive(Clone, Copy, Debug)]
pub(super) struct CourseMarks {
    past: u32,
    endpoint: u32,
}

impl CourseMarks {
    /// Two effects that no translation has.
    pub(super) fn of(effects: &mut Effects) -> Self {
        Self { past: effects.number("past the firewall"), endpoint: effects.number("to a private endpoint") }
    }

    /// What a line does.
    pub(super) fn done(self, (action, effect): (flow::FlowAction, u32)) -> Done {
        match action {
            flow::FlowAction::Deny => Done::Denied,
            flow::FlowAction::Allow if effect == self.past => Done::Past,
            flow::FlowAction::Allow if effect == self.endpoint => Done::ToEndpoint,
            flow::FlowAction::Allow => Done::Allowed,
        }
    }

    /// What flows of `sender` meet on `way`, where only what passes the firewall counts: an unknown way is a condition that
    /// only a deployment knows, and where a route drops a flow the rules are met.
    fn meets(self, sender: &Sender<'_>, way: &NetworkWay<'_>) -> Meets {
        let effect = if way.by == way::Carrier::PrivateEndpoint { self.endpoint } else { self.past };
        match leads_past(sender, way) {
            Some(when) => Meets::Line { action: flow::FlowAction::Allow, effect, when },
            None => Meets::Rules,
        }
    }
}

/// The flows from `sources` that no route table moves, as `ways` state them; of those to private endpoints, the flows to
/// addresses of endpoints that `model` has.
fn unmoved(sources: &AddressSet, ways: &Ways<'_>, model: &Model, marks: CourseMarks) -> Vec<ListLine> {
    let endpoints = model.private_endpoints.iter();
    let endpoints = endpoints.fold(AddressSet::default(), |all, endpoint| all.union(&endpoint.addresses));
    let line = |sender: &Sender<'_>, destinations: AddressSet, effect| {
        let sources = sender.sources.intersection(sources);
        let matches = Match { sources: sources.into(), destinations: destinations.into(), ..Match::any() };
        ListLine { effect, ..ListLine::new(flow::FlowAction::Allow, matches, usize::MAX) }
    };
    let senders = ways.senders().iter().filter(|sender| sender.sources.intersects(sources));
    let lines = senders.flat_map(|sender| {
        let to_endpoints = line(sender, sender.endpoints().intersection(&endpoints), marks.endpoint);
        [to_endpoints, line(sender, sender.own().union(&link_local()), marks.past)]
    });
    lines.collect()
}

/// What becomes of every flow on one side, as far as a question asks.
pub(super) struct ComparedCourse<'w, 'm> {
    /// The list. The origin of a line below `first` is a rule, of one from there on a way.
    pub(super) list: DecisionList,
    first: usize,
    side: DiffSide<'m>,
    rules: &'w Decisions<'m>,
    /// The ways that lines mean.
    taken: Vec<NetworkWay<'m>>,
    ways: &'w Ways<'m>,
}

impl<'w, 'm> ComparedCourse<'w, 'm> {
    /// Which flows go past the firewall; whatever comes to it meets the default.
    ///
    /// Flows that no route table moves, inside a subnet, to private endpoints and to link-local addresses, are not known of a
    /// subnet that is not stated: where only the other side states it, they are taken for what they are there.
    pub(super) fn of_ways(
        side: DiffSide<'m>,
        rules: &'w Decisions<'m>,
        (ways, other): (&'w Ways<'m>, &Ways<'_>),
        marks: CourseMarks,
    ) -> Self {
        let (first, none) = (rules.lines.len(), DecisionList::new(Vec::new()));
        let around = ProvedAround { rules: &none, first };
        let WayLines { mut lines, ways: taken } = way_lines(ways, &around, &mut |sender, way| marks.meets(sender, way));
        lines.extend(unmoved(&ways.elsewhere(), other, side.model, marks));
        Self { list: DecisionList::new(lines), first, side, rules, taken, ways }
    }

    /// What becomes of the flows that neither this nor the other side sends past the firewall.
    pub(super) fn of_rules(
        side: DiffSide<'m>,
        rules: &'w Decisions<'m>,
        (ways, other): (&'w Ways<'m>, &Ways<'_>),
        marks: CourseMarks,
    ) -> Self {
        let marks = CourseMarks { endpoint: marks.past, ..marks };
        let first = rules.lines.len();
        let around = ProvedAround { rules: &rules.list, first };
        let WayLines { mut lines, ways: taken } = way_lines(ways, &around, &mut |sender, way| match way.by {
            way::Carrier::Nowhere => Meets::Line { action: flow::FlowAction::Deny, effect: 0, when: Formula::Always },
            way::Carrier::Firewall
            | way::Carrier::Internet
            | way::Carrier::VirtualNetwork
            | way::Carrier::Gateway
            | way::Carrier::PrivateEndpoint
            | way::Carrier::ServiceEndpoint
            | way::Carrier::LinkLocal
            | way::Carrier::Unknown => marks.meets(sender, way),
        });
        let beyond = ProvedAround { first: first + taken.len(), ..around };
        lines.extend(way_lines(other, &beyond, &mut |sender, way| marks.meets(sender, way)).lines);
        lines.extend(rules.list.lines.iter().cloned());
        Self { list: DecisionList { lines, default: rules.list.default }, first, side, rules, taken, ways }
    }

    /// What is done by it.
    pub(super) fn deed(&self, by: By) -> (flow::FlowAction, u32) {
        match by {
            By::Line(index) => {
                self.list.lines.get(index).map_or((self.list.default, 0), |line| (line.action, line.effect))
            }
            By::Default => (self.list.default, 0),
        }
    }

    fn origin(&self, by: By) -> Option<usize> {
        match by {
            By::Line(index) => self.list.lines.get(index).map(|line| line.origin),
            By::Default => None,
        }
    }

    /// What the rules do with flows that are decided so, of which `witness` is one: where that is no rule, what they do with
    /// the witness.
    pub(super) fn decision(&self, by: By, witness: &Witness) -> Decision<'m> {
        let rule = self.origin(by).and_then(|origin| self.rules.lines.get(origin));
        let rule = rule.or_else(|| {
            let holds = |field: MatchingField, atom: &flow::MatchingAtom| holds(witness, field, atom);
            match self.rules.list.decide(&witness.flow, &holds) {
                By::Line(index) => self.rules.lines.get(self.rules.list.lines.get(index)?.origin),
                By::Default => None,
            }
        });
        rule.map_or(Decision::Default(self.side.policy), |line| Decision::Rule(*line))
    }

    /// What becomes of flows that are decided so, of which `witness` is one.
    pub(super) fn outcome(&self, by: By, witness: &Witness) -> DiffOutcome<'m> {
        let decision = self.decision(by, witness);
        let taken = self.origin(by).and_then(|origin| self.taken.get(origin.checked_sub(self.first)?));
        if let Some(way) = taken {
            let fate = if way.by == way::Carrier::Nowhere { Fate::Denied } else { Fate::Unfiltered };
            return DiffOutcome { decision, way: *way, fate };
        }
        let tagged = |tag: &str| holds(witness, MatchingField::Destination, &OpaqueSort::ServiceTag.atom(tag));
        let source = witness.flow.source;
        let way = witness.flow.address.map(|address| self.ways.of_flow(source, address, &tagged));
        let way = way.unwrap_or(NetworkWay::plain(way::Carrier::Firewall));
        let fate = match (way.by, decision.action()) {
            (way::Carrier::Nowhere, _) | (_, Action::Deny) => Fate::Denied,
            (_, Action::Allow) => Fate::Allowed,
        };
        DiffOutcome { decision, way, fate }
    }
}

/// Whether a witness is in an opaque set.
fn holds(witness: &Witness, field: MatchingField, atom: &flow::MatchingAtom) -> bool {
    witness.inside.iter().any(|(at, of)| *at == field && of == atom)
}
