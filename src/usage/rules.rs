//! Every rule, with what was seen of it.

use std::collections::HashMap;

use hashbrown::{DefaultHashBuilder, HashSet};

use crate::evaluate::{Line, Order};
use crate::flow::{Budget, Space, Standing, shadows};
use crate::logs::Count;
use crate::model::Kind;
use crate::prove::{Decisions, axioms, decisions};
use crate::source::Origin;

use super::judge::Side;

/// A rule, and what was seen of it.
#[derive(Clone, Debug)]
pub struct RuleUse<'m> {
    /// The rule; of a rule of a source, the one of Azure that it became, or the first of several.
    pub line: Line<'m>,
    /// Where it was written.
    pub origin: Option<Origin>,
    /// How many distinct flows it decided.
    pub flows: u64,
    /// What was seen.
    pub count: Count,
    /// Whether a flow can reach it.
    pub reached: Reached<'m>,
}

/// Whether a flow can reach a rule.
#[derive(Clone, PartialEq, Debug)]
pub enum Reached<'m> {
    /// One can, or it was seen.
    Yes,
    /// None can: rules before it decide all of its flows.
    Shadowed(Vec<Name<'m>>),
    /// It matches nothing.
    Empty,
    /// The work that may be spent on it did not suffice.
    NotDecided,
}

/// A rule by its names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Name<'m> {
    /// The group.
    pub group: &'m str,
    /// The rule.
    pub rule: &'m str,
}

/// The key of a rule of the source: the policy, its place and its kind; a rule may be of two kinds.
type RuleKey = (String, Origin, Kind);

/// Counts for each rule.
pub(super) struct Rules<'m> {
    rows: Vec<RuleUse<'m>>,
    by_key: HashMap<RuleKey, usize>,
    /// Rules without an origin, by their places.
    by_place: HashMap<usize, usize>,
    /// Which flows were counted for which rules.
    counted: HashSet<(usize, usize), DefaultHashBuilder>,
}

impl<'m> Rules<'m> {
    /// Every rule: of a source, as it is written; of an artefact, as it is there.
    pub(super) fn of(side: Side<'_, 'm>) -> Self {
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
    pub(super) fn add(&mut self, line: Line<'m>, origin: Option<Origin>, flow: usize, count: Count) {
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
    pub(super) fn done(mut self, side: Side<'_, 'm>) -> Vec<RuleUse<'m>> {
        if self.rows.iter().any(|row| row.count.lines == 0) {
            self.judge(side);
        }
        self.rows
    }

    fn row(&mut self, line: Line<'m>, origin: Option<Origin>) -> usize {
        let next = self.rows.len();
        let row = match origin.clone() {
            Some(origin) => *self.by_key.entry(key(&line, origin)).or_insert(next),
            None => *self.by_place.entry(line.place).or_insert(next),
        };
        if row == next {
            let (count, reached) = (Count::default(), Reached::Yes);
            self.rows.push(RuleUse { line, origin, flows: 0, count, reached });
        }
        row
    }

    /// Records for each rule without a log record whether a flow can reach it. One that became several is reached where
    /// one of them is.
    fn judge(&mut self, side: Side<'_, 'm>) {
        let order: &Order<'m> = side.written.unwrap_or(side.order);
        let Decisions { list, lines } = decisions(order, side.knowledge);
        let (space, [lowered]) = Space::of(&axioms(side.knowledge), [&list]);
        let mut found: HashMap<usize, Reached<'m>> = HashMap::new();
        for (line, standing) in lines.iter().zip(shadows(&space, &lowered, &Budget::default())) {
            let row = self.row(*line, line.rule.origin().cloned());
            let reached = reached(standing, &lines);
            let known = found.entry(row).or_insert_with(|| reached.clone());
            if reached == Reached::Yes {
                *known = reached;
            }
        }
        for (row, reached) in found {
            let row = self.rows.get_mut(row).filter(|row| row.count.lines == 0);
            row.into_iter().for_each(|row| row.reached = reached.clone());
        }
    }
}

fn reached<'m>(standing: Standing, lines: &[Line<'m>]) -> Reached<'m> {
    match standing {
        Standing::Reached(_) => Reached::Yes,
        Standing::Empty => Reached::Empty,
        Standing::NotDecided(_) => Reached::NotDecided,
        Standing::Covered { by } => {
            let name = |line: &Line<'m>| Name { group: &line.group.name, rule: line.rule.name() };
            let mut names: Vec<Name<'m>> = by.iter().filter_map(|at| lines.get(*at)).map(name).collect();
            names.dedup();
            Reached::Shadowed(names)
        }
    }
}

fn key(line: &Line<'_>, origin: Origin) -> RuleKey {
    (line.policy.name.to_string(), origin, line.rule.kind())
}
