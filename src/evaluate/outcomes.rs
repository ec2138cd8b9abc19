//! Everything that may happen to one flow.

use std::collections::BTreeSet;
use std::fmt;
use std::net::Ipv4Addr;

use indexmap::{IndexMap, IndexSet};

use super::order::{Line, Order, Reading};
use super::pieces::{Knowledge, NoDestination, candidate_addresses, may_meet, pieces};
use super::rule::{Fit, Miss, Needs, Point, caller_fit, fit, target_fit};
use super::world::{Atom, World};
use crate::flow::{Flow, Service};
use crate::logic::{MOST, cubes, fillings};
use crate::model::{Action, Presence};
use crate::net::{AddressSet, AddressSpan, Interval};

/// What may happen to a flow at some of its addresses, all of which behave alike.
#[derive(Clone, Debug)]
pub struct Outcome<'m> {
    /// The addresses.
    pub addresses: AddressSet,
    /// The line that decides where no fact is true, and no unknown condition holds; `None` is the default, deny.
    pub decided_by: Option<Line<'m>>,
    /// The smallest worlds in which another line decides, with that line.
    pub unless: Vec<(World, Option<Line<'m>>)>,
}

/// What happens to a flow that `line` decides; `None` is the default, deny.
pub fn action_of(line: Option<Line<'_>>) -> Action {
    line.map_or(Action::Deny, |line| line.rule.action())
}

/// Everything that may happen to `flow`, whatever the sets hold that only Azure knows.
///
/// There is at least one outcome, and each address that the flow may go to is in one of them.
///
/// # Errors
/// Where the flow has no destination, or more conditions meet in it than are tried.
pub fn outcomes<'m>(order: &Order<'m>, flow: &Flow, knowledge: &Knowledge) -> Result<Vec<Outcome<'m>>, NoAnswer> {
    outcomes_among(&asked_by(order, flow.source, flow.service), order, flow, knowledge)
}

/// There is no answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoAnswer {
    /// The flow has no destination.
    Destination(NoDestination),
    /// So many unknown conditions meet in the flow, more than are tried in every combination.
    Conditions(usize),
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Destination(none) => none.fmt(f),
            Self::Conditions(count) => write!(
                f,
                "not decided: the flow depends on {count} conditions that only a deployment knows, and at most {MOST} are \
                 tried together; give the parameters values with `--parameters FILE`"
            ),
        }
    }
}

impl std::error::Error for NoAnswer {}

impl From<NoDestination> for NoAnswer {
    fn from(none: NoDestination) -> Self {
        Self::Destination(none)
    }
}

/// The lines of `order`, as they are read, that may match a flow of `service` from `source`, as far as the two tell.
pub fn asked_by<'o, 'm>(order: &'o Order<'m>, source: Ipv4Addr, service: Service) -> Vec<&'o Reading<'m>> {
    let may_match = |reading: &&Reading<'m>| !caller_fit(&reading.line, source, service, order.model()).is_never();
    order.readings().iter().filter(may_match).collect()
}

/// As [`outcomes`], where `asked` is what [`asked_by`] says of the flow's source and service.
pub fn outcomes_among<'m>(
    asked: &[&Reading<'m>],
    order: &Order<'m>,
    flow: &Flow,
    knowledge: &Knowledge,
) -> Result<Vec<Outcome<'m>>, NoAnswer> {
    let addresses = candidate_addresses(flow, knowledge)?;
    let open: Vec<&Reading<'m>> = asked.iter().copied().filter(|reading| is_open(&reading.line, flow, order)).collect();
    let lines: Vec<&Line<'m>> = open.iter().map(|reading| &reading.line).collect();
    let pieces = pieces(&addresses, &lines, order.model(), knowledge);
    let mut alike = IndexMap::new();
    Search { order, flow, knowledge }.visit(&pieces, &open, &mut alike);
    alike.into_iter().map(|(possible, pieces)| outcome(order, &possible, &pieces)).collect()
}

/// Whether `line` may match `flow` at some address, as far as service, source and name tell.
fn is_open(line: &Line<'_>, flow: &Flow, order: &Order<'_>) -> bool {
    let caller = caller_fit(line, flow.source, flow.service, order.model());
    !target_fit(caller, line, flow).is_never()
}

/// The lines that may match at an address, in order, with what each needs, up to the first that needs nothing.
type Possible = Vec<(usize, Needs)>;

struct Search<'s, 'm> {
    order: &'s Order<'m>,
    flow: &'s Flow,
    knowledge: &'s Knowledge,
}

impl<'m> Search<'_, 'm> {
    /// Sorts `pieces` by what may happen there. Halving them leaves lines about addresses elsewhere behind early.
    fn visit(
        &self,
        pieces: &[Interval<u32>],
        open: &[&Reading<'m>],
        alike: &mut IndexMap<Possible, Vec<Interval<u32>>>,
    ) {
        if let [piece] = pieces {
            return alike.entry(self.possible(*piece, open)).or_default().push(*piece);
        }
        let (left, right) = pieces.split_at(pieces.len() / 2);
        for half in [left, right] {
            let ends = half.first().zip(half.last());
            if let Some(hull) = ends.and_then(|(first, last)| Interval::new(first.first(), last.last())) {
                let meets = |of: &&Reading<'_>| may_meet(&of.line, hull, self.order.model(), self.knowledge);
                let near: Vec<&Reading<'m>> = open.iter().copied().filter(meets).collect();
                self.visit(half, &near, alike);
            }
        }
    }

    /// What may happen at `piece`; its first address stands for all of it.
    fn possible(&self, piece: Interval<u32>, open: &[&Reading<'m>]) -> Possible {
        let point = Point::of(self.flow, piece.first().into());
        let mut possible = Vec::new();
        for Reading { line, first } in open {
            if let Fit::When(mut needs) = fit(line, &point, self.order.model(), self.knowledge) {
                first.iter().for_each(|first| needs.also(Miss::Order, Atom::ReadFirst(first.clone())));
                let certain = needs.is_empty() && self.order.presence(line).is_always();
                possible.push((line.place, needs));
                if certain {
                    break;
                }
            }
        }
        possible
    }
}

/// What the `possible` lines do in the empty world, and in each of their small worlds.
fn outcome<'m>(order: &Order<'m>, possible: &Possible, pieces: &[Interval<u32>]) -> Result<Outcome<'m>, NoAnswer> {
    let open = Open::new(order, possible)?;
    let nothing = World::default();
    let decided_by = open.decider(&nothing);
    let mut worlds: IndexSet<World> = IndexSet::from([nothing]);
    worlds.extend(possible.iter().flat_map(|(_, needs)| needs.small_worlds()));
    let decided = worlds.iter().flat_map(|world| open.deciders(world));
    let unless: Vec<_> = decided.filter(|&(line, _)| place_of(line) != place_of(decided_by)).collect();
    let addresses = pieces.iter().map(|&piece| AddressSpan::from(piece)).collect();
    Ok(Outcome { addresses, decided_by, unless: without_implied(&unless) })
}

/// Lines that may match, and the conditions that they are under.
struct Open<'o, 'm> {
    order: &'o Order<'m>,
    lines: Vec<(Line<'m>, &'o Needs, Presence)>,
    conditions: Vec<Atom>,
}

impl<'o, 'm> Open<'o, 'm> {
    fn new(order: &'o Order<'m>, possible: &'o Possible) -> Result<Self, NoAnswer> {
        let with_presence = |(place, needs): &'o (usize, Needs)| {
            let line = *order.lines().get(*place)?;
            Some((line, needs, order.presence(&line)))
        };
        let lines: Vec<_> = possible.iter().filter_map(with_presence).collect();
        let texts: BTreeSet<_> = lines.iter().flat_map(|(_, _, presence)| presence.atoms()).cloned().collect();
        if texts.len() > MOST {
            return Err(NoAnswer::Conditions(texts.len()));
        }
        Ok(Self { order, lines, conditions: texts.into_iter().map(Atom::Condition).collect() })
    }

    /// The line that decides in `world`.
    fn decider(&self, world: &World) -> Option<Line<'m>> {
        let is_there = |presence: &Presence| presence.holds(&|text| world.holds(&Atom::Condition(text.clone())));
        let matches =
            |(_, needs, presence): &&(Line<'m>, &Needs, Presence)| needs.miss(world).is_none() && is_there(presence);
        let (line, ..) = self.lines.iter().find(matches)?;
        self.order.lines().get(line.place).copied()
    }

    /// The lines that decide in `world`, each with the conditions under which it does.
    fn deciders(&self, world: &World) -> Vec<(Option<Line<'m>>, World)> {
        let conditions = || (0..).zip(&self.conditions);
        let set = |row: u32| {
            let holding = conditions().filter(|(bit, _)| row >> bit & 1 == 1);
            holding.fold(world.clone(), |world, (_, condition)| world.with(condition))
        };
        let by_row: Vec<Option<Line<'m>>> =
            fillings(self.conditions.len()).map(|row| self.decider(&set(row))).collect();
        let mut lines: IndexMap<Option<usize>, Option<Line<'m>>> = IndexMap::new();
        lines.extend(by_row.iter().map(|line| (place_of(*line), *line)));
        let mut found = Vec::new();
        for (place, line) in lines {
            let decides = |row: u32| by_row.get(row as usize).is_some_and(|line| place_of(*line) == place);
            for cube in cubes(self.conditions.len(), &decides) {
                let said = conditions().fold(world.clone(), |world, (bit, condition)| match (cube.on, cube.off) {
                    (on, _) if on >> bit & 1 == 1 => world.with(condition),
                    (_, off) if off >> bit & 1 == 1 => world.without(condition),
                    (_, _) => world,
                });
                found.push((line, said));
            }
        }
        found
    }
}

/// Leaves out each world that says no more than a smaller one with the same decider.
fn without_implied<'m>(worlds: &[(Option<Line<'m>>, World)]) -> Vec<(World, Option<Line<'m>>)> {
    let is_implied = |line: Option<Line<'_>>, world: &World| {
        let mut others = worlds.iter().filter(|(other, _)| place_of(*other) == place_of(line));
        others.any(|(_, smaller)| smaller != world && world.implies(smaller))
    };
    let kept = worlds.iter().filter(|(line, world)| !is_implied(*line, world));
    kept.map(|(line, world)| (world.clone(), *line)).collect()
}

fn place_of(line: Option<Line<'_>>) -> Option<usize> {
    line.map(|line| line.place)
}
