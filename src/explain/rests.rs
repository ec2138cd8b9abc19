//! The assumptions that an answer depends on.

use super::Explanation;
use crate::evaluate::{OrderLine, RuleOrder};
use crate::model::{Assumption, Bearing, DocumentPlace};
use crate::source::{Files, Origin};

/// The assumptions of a model, filtered for each answer.
pub struct AnswerRests<'m> {
    files: &'m Files,
    order: &'m RuleOrder<'m>,
    assumptions: Vec<&'m Assumption>,
}

impl<'m> AnswerRests<'m> {
    /// The assumptions that an answer of `order` may depend on. `files` resolve where its rules are.
    pub fn of(order: &'m RuleOrder<'m>, files: &'m Files) -> Self {
        let bears = |assumption: &&Assumption| match assumption.bears {
            Bearing::NoFlow => false,
            Bearing::Rules | Bearing::IpGroups | Bearing::FromHere | Bearing::EveryFlow | Bearing::Routes => true,
        };
        Self { files, order, assumptions: order.model().assumptions.iter().filter(bears).collect() }
    }

    /// The assumptions that the answer depends on: without them, another rule might decide. Every rule that decides in
    /// some case takes part in the answer, as unknowns are evaluated either way.
    pub fn on(&self, answer: &Explanation<'m>) -> Vec<&'m Assumption> {
        if self.assumptions.is_empty() {
            return Vec::new();
        }
        let cases = answer.depends.iter().chain(&answer.also).map(|case| case.decided_by);
        let deciders: Vec<Option<OrderLine<'m>>> = cases.chain([answer.decided_by]).map(|by| by.line()).collect();
        let deciders = Deciders {
            places: deciders.iter().flatten().filter_map(|line| self.place(line.rule.origin())).collect(),
            have_ip_groups: deciders.iter().flatten().any(|line| line.rule.has_ip_groups()),
            last: deciders.iter().map(|line| line.map_or(usize::MAX, |line| line.place)).max().unwrap_or(usize::MAX),
        };
        self.assumptions.iter().copied().filter(|assumption| self.is_for(assumption, &deciders)).collect()
    }

    fn is_for(&self, assumption: &Assumption, deciders: &Deciders) -> bool {
        match assumption.bears {
            Bearing::NoFlow => false,
            // What is not known of a route may be the way of any flow.
            Bearing::EveryFlow | Bearing::Routes => true,
            Bearing::Rules => deciders.places.iter().any(|place| place.meets(&assumption.at)),
            Bearing::IpGroups => deciders.have_ip_groups,
            Bearing::FromHere => self.first_at(&assumption.at) <= deciders.last,
        }
    }

    /// The first line in the order whose group is at the place or around it; where none is, all come after it.
    fn first_at(&self, at: &DocumentPlace) -> usize {
        let is_at = |line: &&OrderLine<'_>| {
            let places = [line.rule.origin(), line.collection.origin.as_ref(), line.group.origin.as_ref()];
            places.into_iter().filter_map(|origin| self.place(origin)).any(|place| place.meets(at))
        };
        self.order.lines().iter().find(is_at).map_or(0, |line| line.place)
    }

    fn place(&self, origin: Option<&Origin>) -> Option<DocumentPlace> {
        DocumentPlace::of(self.files, origin?.at)
    }
}

/// The rules that decide a flow in some case.
struct Deciders {
    places: Vec<DocumentPlace>,
    have_ip_groups: bool,
    /// The last of them in the order; the default comes after all.
    last: usize,
}
