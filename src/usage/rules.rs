//! Every rule, with what was seen of it.

use std::collections::HashMap;

use hashbrown::{DefaultHashBuilder, HashSet};

use crate::evaluate::{OrderLine, RuleOrder};
use crate::flow::{Space, Standing, WorkBudget, shadows};
use crate::logs::LineCount;
use crate::model::RuleKind;
use crate::prove::{Decisions, axioms, decisions};
use crate::source::Origin;

use super::judge::UsageSide;

/// A rule, and what was seen of it.
#[derive(Clone, Debug)]
pub struct RuleUse<'m> {
    /// The rule; of a rule of a source, the one of Azure that it became, or the first of several.
    pub line: OrderLine<'m>,
    /// Where it was written.
    pub origin: Option<Origin>,
    /// How many distinct flows it decided.
    pub flows: u64,
    /// What was seen.
    pub count: LineCount,
    /// Whether a flow can reach it.
    pub reached: RuleReached<'m>,
}

/// Whether a flow can reach a rule.
#[derive(Clone, PartialEq, Debug)]
pub enum RuleReached<'m> {
    /// One can, or it was seen.
    Yes,
    /// None can: rules before it decide all of its flows.
    Shadowed(Vec<LoggedName<'m>>),
    /// It matches nothing.
    Empty,
    /// The work that may be spent on it did not suffice.
    NotDecided,
}

/// A rule by its names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LoggedName<'m> {
    /// The group.
    pub group: &'m str,
    /// The rule.
    pub rule: &'m str,
}

/// The key of a rule of the source: the policy, its place and its kind; a rule may be of two kinds.
type RuleKey = (String, Origin, RuleKind);

/// Counts for each rule.
pub(super) struct UsageRules<'m> {
    rows: Vec<RuleUse<'m>>,
    by_key: HashMap<RuleKey, usize>,
    /// Rules without an origin, by their places.
    by_place: HashMap<usize, usize>,
    /// Which flows were counted for which rules.
    counted: HashSet<(usize, usize), DefaultHashBuilder>,
}

impl<'m> UsageRules<'m> {
    /// Every rule: of a source, as it is written; of an artefact, as it is there.
    pub(super) fn of(side: UsageSide<'_, 'm>) -> Self {
        let mut rules =
            Self { rows: Vec::new(), by_key: HashMap::new(), by_place: HashMap::new(), counted: HashSet::default() };
        for line in side.written.unwrap_or(side.order).lines() {
            rules.row(*line, line.rule.origin().cloned());
        }
        // What a rule became is what records name: the last that is put there is the first of several.
        for line in side.order.lines().iter().rev() {
            let row = line.rule.origin().and_then(|origin| rules.by_key.get(&key(line, origin.clone())));
            let row = row.copied().and_then(|row| rules.rows.get_mut(row));
            row.into_iter().for_each(|row| row.line = *line);
        }
        rules
    }

    /// Counts what a rule decided of the flow with a number.
    pub(super) fn add(&mut self, line: OrderLine<'m>, origin: Option<Origin>, flow: usize, count: LineCount) {
        let row = self.row(line, origin);
        let is_new = self.counted.insert((row, flow));
        if let Some(row) = self.rows.get_mut(row) {
            row.flows += u64::from(is_new);
            if row.count.lines == 0 {
                row.line = line;
            }
            row.count.add(count);
        }
    }

    /// Every rule, and whether a flow can reach those that were not seen.
    pub(super) fn done(mut self, side: UsageSide<'_, 'm>) -> Vec<RuleUse<'m>> {
        if self.rows.iter().any(|row| row.count.lines == 0) {
            self.judge(side);
        }
        self.rows
    }

    fn row(&mut self, line: OrderLine<'m>, origin: Option<Origin>) -> usize {
        let next = self.rows.len();
        let row = match origin.clone() {
            Some(origin) => *self.by_key.entry(key(&line, origin)).or_insert(next),
            None => *self.by_place.entry(line.place).or_insert(next),
        };
        if row == next {
            let (count, reached) = (LineCount::default(), RuleReached::Yes);
            self.rows.push(RuleUse { line, origin, flows: 0, count, reached });
        }
        row
    }

    /// Records for each rule without a log record whether a flow can reach it. One that became several is reached where
    /// one of them is.
    fn judge(&mut self, side: UsageSide<'_, 'm>) {
        let order: &RuleOrder<'m> = side.written.unwrap_or(side.order);
        let Decisions { list, lines } = decisions(order, side.knowledge);
        let (space, [lowered]) = Space::of(&axioms(side.knowledge), [&list]);
        let mut found: HashMap<usize, RuleReached<'m>> = HashMap::new();
        for (line, standing) in lines.iter().zip(shadows(&space, &lowered, &WorkBudget::default())) {
            let row = self.row(*line, line.rule.origin().cloned());
            let reached = reached(standing, &lines);
            let known = found.entry(row).or_insert_with(|| reached.clone());
            if reached == RuleReached::Yes {
                *known = reached;
            }
        }
        for (row, reached) in found {
            let row = self.rows.get_mut(row).filter(|row| row.count.lines == 0);
            row.into_iter().for_each(|row| row.reached = reached.clone());
        }
    }
}

fn reached<'m>(standing: Standing, lines: &[OrderLine<'m>]) -> RuleReached<'m> {
    match standing {
        Standing::Reached(_) => RuleReached::Yes,
        Standing::Empty => RuleReached::Empty,
        Standing::NotDecided(_) => RuleReached::NotDecided,
        Standing::Covered { by } => {
            let name = |line: &OrderLine<'m>| LoggedName { group: &line.group.name, rule: line.rule.name() };
            let mut names: Vec<LoggedName<'m>> = by.iter().filter_map(|at| lines.get(*at)).map(name).collect();
            names.dedup();
            RuleReached::Shadowed(names)
        }
    }
}

fn key(line: &OrderLine<'_>, origin: Origin) -> RuleKey {
    (line.policy.name.to_string(), origin, line.rule.kind())
}
