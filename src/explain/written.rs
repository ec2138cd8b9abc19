//! The rule of the source that matches a flow which a merged rule of Azure decides.

use std::collections::HashMap;

use crate::evaluate::{self, FlowPoint, Knowledge, OrderLine, RuleOrder, World};
use crate::model::{Action, RuleKind};
use crate::source::Origin;

/// The rules of a source as they were written, by what leads to them.
pub struct WrittenAnswer<'o, 'm> {
    order: &'o RuleOrder<'m>,
    by_origin: HashMap<&'m Origin, Vec<&'o OrderLine<'m>>>,
    /// By the group of the source, which may have become several in Azure.
    by_group: HashMap<(&'m Origin, RuleKind, Action), Vec<&'o OrderLine<'m>>>,
}

impl<'o, 'm> WrittenAnswer<'o, 'm> {
    /// The rules of `order`, whose model has every rule as it was written.
    pub fn new(order: &'o RuleOrder<'m>) -> Self {
        let mut written = Self { order, by_origin: HashMap::new(), by_group: HashMap::new() };
        for line in order.lines() {
            if let Some(origin) = line.rule.origin() {
                written.by_origin.entry(origin).or_default().push(line);
            }
            if let Some(key) = key(line) {
                written.by_group.entry(key).or_default().push(line);
            }
        }
        written
    }

    /// The place of the rule that does what `line` does at `point`: the rule that gave the line its place, where it
    /// matches, else the first of the rules of its group that do, with which it was merged.
    pub(super) fn origin(&self, line: &OrderLine<'_>, point: &FlowPoint<'_>, knowledge: &Knowledge) -> Option<Origin> {
        let own = line.rule.origin()?;
        let says = |other: &&&OrderLine<'m>| {
            let same = (other.rule.kind(), other.rule.action()) == (line.rule.kind(), line.rule.action());
            same && evaluate::misses(self.order, other, point, knowledge, &World::default()).is_none()
        };
        let first = |lines: Option<&Vec<&'o OrderLine<'m>>>| {
            lines.into_iter().flatten().find(says).and_then(|line| line.rule.origin())
        };
        let others = || key(line).and_then(|key| first(self.by_group.get(&key)));
        Some(first(self.by_origin.get(own)).or_else(others).unwrap_or(own).clone())
    }
}

fn key<'m>(line: &OrderLine<'m>) -> Option<(&'m Origin, RuleKind, Action)> {
    Some((line.group.origin.as_ref()?, line.rule.kind(), line.rule.action()))
}
