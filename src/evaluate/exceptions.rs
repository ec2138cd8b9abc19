//! What turns the answer of a line into the other one.

use std::collections::BTreeSet;
use std::fmt;

use super::open_lines::{OpenLine, OpenLines, action_of, place_of};
use super::order::OrderLine;
use super::world::World;

/// The most exceptions of a condition that are listed; the others are counted.
const TOLD: usize = 16;

/// Up to so many lines, an exception of which an earlier line takes all is left out.
const FEW: usize = 64;

/// Where the answer under a condition is the other one: where one of these worlds is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Exceptions {
    told: Vec<World>,
    /// How many rules more would turn the answer.
    more: usize,
    /// The lines that turn the answer, by their places.
    by: BTreeSet<usize>,
}

impl Exceptions {
    /// Whether the answer holds without exception.
    pub fn is_empty(&self) -> bool {
        self.told.is_empty() && self.more == 0
    }

    /// Whether `line` turns the answer in one of them.
    pub fn are_by(&self, line: Option<OrderLine<'_>>) -> bool {
        place_of(line).is_some_and(|place| self.by.contains(&place))
    }

    /// Whether `world` is one of the listed exceptions.
    pub fn have(&self, world: &World) -> bool {
        self.told.iter().any(|told| world.implies(told))
    }

    /// Adds `world`, unless a smaller one is there.
    fn add(&mut self, world: World) {
        if !self.have(&world) {
            self.told.retain(|told| !told.implies(&world));
            self.told.push(world);
        }
    }
}

/// Each as what is not the case, joined by `and`.
impl fmt::Display for Exceptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = self.told.iter().map(World::denial);
        let more = (self.more > 0).then(|| format!("none of {} more rules before it matches", self.more));
        f.write_str(&told.chain(more).collect::<Vec<_>>().join(" and "))
    }
}

impl<'m> OpenLines<'_, 'm> {
    /// Where the answer of `line`, which decides in `world`, is turned by a line that is read before it.
    pub(super) fn exceptions(&self, world: &World, line: Option<OrderLine<'m>>) -> Exceptions {
        let is_it = |open: &OpenLine<'_, 'm>| Some(open.line.place) == place_of(line);
        let until = self.lines.iter().position(|open| is_it(open) && open.needs_met(world));
        self.exceptions_of(self.lines.get(..until.unwrap_or(self.lines.len())).unwrap_or(&[]), world, line)
    }

    /// Where the answer of `line`, which decides in the empty world, is turned by any line, or as it is not there.
    pub(super) fn exceptions_anywhere(&self, line: Option<OrderLine<'m>>) -> Exceptions {
        let nothing = World::default();
        let mut found = self.exceptions_of(&self.lines, &nothing, line);
        let turns = |row: u32| action_of(self.decider(&self.set(&nothing, row))) != action_of(line);
        self.said(&nothing, &turns).into_iter().for_each(|said| found.add(said));
        found
    }

    fn exceptions_of(&self, lines: &[OpenLine<'_, 'm>], world: &World, line: Option<OrderLine<'m>>) -> Exceptions {
        let mut found = Exceptions::default();
        let turns = |open: &&OpenLine<'_, 'm>| open.line.rule.action() != action_of(line);
        for open in lines.iter().filter(turns) {
            if found.told.len() >= TOLD {
                found.more += 1;
                found.by.insert(open.line.place);
                continue;
            }
            for small in open.worlds.iter().filter(|small| small.agrees(world)) {
                self.add_exceptions(open, small, world, line, &mut found);
            }
        }
        found
    }

    /// Adds where `open` turns the answer of `line` in `world`, with the facts of `small`.
    fn add_exceptions(
        &self,
        open: &OpenLine<'_, 'm>,
        small: &World,
        world: &World,
        line: Option<OrderLine<'m>>,
        found: &mut Exceptions,
    ) {
        let both = world.and(small);
        let decider = |row: u32| {
            let set = self.set(&both, row);
            match self.lines.len() {
                0..=FEW => self.decider(&set),
                _ if open.is_there(&set) => Some(open.line),
                _ => line,
            }
        };
        let turns = |row: u32| self.allows(world, row) && action_of(decider(row)) != action_of(line);
        for said in self.said(small, &turns) {
            found.add(said.beyond(world));
            found.by.insert(open.line.place);
        }
    }
}
