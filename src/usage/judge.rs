//! Decides flows, each class of them once.

use std::collections::HashMap;
use std::rc::Rc;

use hashbrown::DefaultHashBuilder;

use crate::evaluate::{Knowledge, OrderLine, RuleOrder};
use crate::explain::{Decision, Detail, Explainer, Explanation, FlowLine, WrittenAnswer};
use crate::logs::Row;
use crate::model::Action;
use crate::source::Files;
use crate::way::{Carrier, Fate, Ways};

use super::classes::{UsageClass, UsageClasses};

/// A policy, with the knowledge that its answers use.
#[derive(Clone, Copy)]
pub struct UsageSide<'o, 'm> {
    /// Its rules in Azure's order.
    pub order: &'o RuleOrder<'m>,
    /// The rules of the source as they were written, where the input is one.
    pub written: Option<&'o RuleOrder<'m>>,
    /// What is known of names and tags.
    pub knowledge: &'o Knowledge,
    /// The texts that origins point at.
    pub files: &'o Files,
}

/// What the policy does with the flows of a class.
pub(super) type JudgedAnswer<'m> = Result<Rc<Explanation<'m>>, String>;

/// Decides the rows of a table.
pub(super) struct UsageJudge<'o, 'm> {
    pub(super) side: UsageSide<'o, 'm>,
    explainer: Explainer<'o, 'm>,
    classes: UsageClasses<'o, 'm>,
    numbers: HashMap<UsageClass, usize, DefaultHashBuilder>,
    answers: Vec<JudgedAnswer<'m>>,
}

impl<'o, 'm> UsageJudge<'o, 'm> {
    pub(super) fn new(side: UsageSide<'o, 'm>) -> Self {
        let UsageSide { order, written, knowledge, .. } = side;
        let explainer = Explainer::new(order, knowledge, Detail::Decision);
        let explainer = match written {
            Some(written) => explainer.with_source(WrittenAnswer::new(written)),
            None => explainer,
        };
        let orders: Vec<&RuleOrder<'m>> = [Some(order), written].into_iter().flatten().collect();
        let classes = UsageClasses::of(&orders, &Ways::of(order.model(), knowledge), knowledge);
        Self { side, explainer, classes, numbers: HashMap::default(), answers: Vec::new() }
    }

    /// The number of the class of a row.
    pub(super) fn class(&mut self, row: &Row<'_>) -> usize {
        let class = self.classes.class(row);
        if let Some(number) = self.numbers.get(&class) {
            return *number;
        }
        let answer = self.explain(&row.line());
        self.answers.push(answer);
        self.numbers.insert(class, self.answers.len() - 1);
        self.answers.len() - 1
    }

    /// What is done with the flows of a class.
    pub(super) fn answer(&self, class: usize) -> Option<&JudgedAnswer<'m>> {
        self.answers.get(class)
    }

    /// What is done with one flow, in its own words.
    pub(super) fn explain(&mut self, line: &FlowLine) -> JudgedAnswer<'m> {
        let flow = line.flow(self.side.order.model()).map_err(|error| error.to_string())?;
        self.explainer.explain(&flow).map(Rc::new).map_err(|error| error.to_string())
    }

    /// How many classes there are so far.
    pub(super) fn count(&self) -> usize {
        self.answers.len()
    }
}

/// Whatever may decide, each with what it does: first what decides unless a condition holds.
pub(super) fn deciders<'m>(explained: &Explanation<'m>) -> Vec<Decision<'m>> {
    let cases = explained.depends.iter().chain(&explained.also).map(|case| case.decided_by);
    let mut all: Vec<Decision<'m>> = Vec::new();
    for decision in std::iter::once(explained.decided_by).chain(cases) {
        if all.iter().all(|other| place(*other) != place(decision)) {
            all.push(decision);
        }
    }
    all
}

/// The place of the rule that decides; nothing for the default.
pub(super) fn place(decision: Decision<'_>) -> Option<usize> {
    decision.line().map(|line: OrderLine<'_>| line.place)
}

/// Whether the network is stated to send the flow elsewhere than to the firewall, whatever address it has.
pub(super) fn is_elsewhere(explained: &Explanation<'_>) -> bool {
    let passes = match explained.course.way.by {
        Carrier::Firewall | Carrier::Unknown => false,
        Carrier::Internet | Carrier::VirtualNetwork | Carrier::Gateway | Carrier::PrivateEndpoint => true,
        Carrier::ServiceEndpoint | Carrier::LinkLocal | Carrier::Nowhere => true,
    };
    passes && explained.course.others.is_empty()
}

/// Whether the flow passes for certain, at the firewall or past it.
pub(super) fn passes(fate: Fate) -> bool {
    match fate {
        Fate::Allowed | Fate::Unfiltered => true,
        Fate::Denied | Fate::Depends => false,
    }
}

/// What was logged, in the model's words.
pub(super) fn action(logged: crate::flow::FlowAction) -> Action {
    match logged {
        crate::flow::FlowAction::Allow => Action::Allow,
        crate::flow::FlowAction::Deny => Action::Deny,
    }
}
