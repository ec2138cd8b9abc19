//! The lines that may match at an address.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::order::{OrderLine, RuleOrder};
use super::rule::RuleNeeds;
use super::world::{Atom, World};
use crate::logic::{Cube, MOST, cubes, fillings};
use crate::model::{Action, Presence};

/// The lines that may match at an address, in order, with what each needs, up to the first that needs nothing.
pub(super) type Possible = Vec<(usize, RuleNeeds)>;

/// Lines that may match, and the conditions that they are under.
pub(super) struct OpenLines<'o, 'm> {
    order: &'o RuleOrder<'m>,
    pub(super) lines: Vec<OpenLine<'o, 'm>>,
    conditions: Vec<Atom>,
}

/// A line that may match.
pub(super) struct OpenLine<'o, 'm> {
    pub(super) line: OrderLine<'m>,
    needs: &'o RuleNeeds,
    /// The smallest worlds that meet its needs.
    pub(super) worlds: Vec<World>,
    presence: Presence,
}

impl OpenLine<'_, '_> {
    /// Whether the line is there, given the conditions of `world`.
    pub(super) fn is_there(&self, world: &World) -> bool {
        self.presence.holds(&|text| world.holds(&Atom::Condition(text.clone())))
    }

    /// Whether it matches in `world` where it is there.
    pub(super) fn needs_met(&self, world: &World) -> bool {
        self.needs.miss(world).is_none()
    }
}

impl<'o, 'm> OpenLines<'o, 'm> {
    /// The lines, or the number of the conditions where there are too many to be tried together.
    pub(super) fn new(order: &'o RuleOrder<'m>, possible: &'o Possible) -> Result<Self, usize> {
        let with_presence = |(place, needs): &'o (usize, RuleNeeds)| {
            let line = *order.lines().get(*place)?;
            Some(OpenLine { line, needs, worlds: needs.small_worlds(), presence: order.presence(&line) })
        };
        let lines: Vec<OpenLine<'_, '_>> = possible.iter().filter_map(with_presence).collect();
        let texts: BTreeSet<_> = lines.iter().flat_map(|line| line.presence.atoms()).cloned().collect();
        if texts.len() > MOST {
            return Err(texts.len());
        }
        Ok(Self { order, lines, conditions: texts.into_iter().map(Atom::Condition).collect() })
    }

    /// The line that decides in `world`.
    pub(super) fn decider(&self, world: &World) -> Option<OrderLine<'m>> {
        let found = self.lines.iter().find(|line| line.needs_met(world) && line.is_there(world))?;
        self.order.lines().get(found.line.place).copied()
    }

    fn numbered(&self) -> impl Iterator<Item = (u32, &Atom)> {
        (0..).zip(&self.conditions)
    }

    /// `world` with the conditions whose bits are set in `row`.
    pub(super) fn set(&self, world: &World, row: u32) -> World {
        let holding = self.numbered().filter(|(bit, _)| row >> bit & 1 == 1);
        holding.fold(world.clone(), |world, (_, condition)| world.with(condition))
    }

    /// Whether `world` is consistent with the conditions of `row`.
    pub(super) fn allows(&self, world: &World, row: u32) -> bool {
        self.numbered().all(|(bit, condition)| match row >> bit & 1 == 1 {
            true => !world.denies(condition),
            false => !world.holds(condition),
        })
    }

    /// Extensions of `world` that together cover the rows of conditions that `holds`.
    pub(super) fn said(&self, world: &World, holds: &dyn Fn(u32) -> bool) -> Vec<World> {
        let with = |cube: Cube| {
            self.numbered().fold(world.clone(), |world, (bit, condition)| match (cube.on, cube.off) {
                (on, _) if on >> bit & 1 == 1 => world.with(condition),
                (_, off) if off >> bit & 1 == 1 => world.without(condition),
                (_, _) => world,
            })
        };
        cubes(self.conditions.len(), holds).into_iter().map(with).collect()
    }

    /// The lines that decide in `world`, each with the conditions under which it does.
    pub(super) fn deciders(&self, world: &World) -> Vec<(Option<OrderLine<'m>>, World)> {
        let rows = fillings(self.conditions.len());
        let by_row: Vec<Option<OrderLine<'m>>> = rows.map(|row| self.decider(&self.set(world, row))).collect();
        let mut lines: IndexMap<Option<usize>, Option<OrderLine<'m>>> = IndexMap::new();
        lines.extend(by_row.iter().map(|line| (place_of(*line), *line)));
        let mut found = Vec::new();
        for (place, line) in lines {
            let decides = |row: u32| by_row.get(row as usize).is_some_and(|line| place_of(*line) == place);
            found.extend(self.said(world, &decides).into_iter().map(|said| (line, said)));
        }
        found
    }
}

/// What happens to a flow that `line` decides; `None` is the default, deny.
pub fn action_of(line: Option<OrderLine<'_>>) -> Action {
    line.map_or(Action::Deny, |line| line.rule.action())
}

pub(super) fn place_of(line: Option<OrderLine<'_>>) -> Option<usize> {
    line.map(|line| line.place)
}
