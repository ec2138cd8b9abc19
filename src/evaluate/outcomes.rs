//! Everything that may happen to one flow.

use std::fmt;
use std::net::Ipv4Addr;

use indexmap::{IndexMap, IndexSet};

use super::exceptions::Exceptions;
use super::open_lines::{OpenLines, Possible, place_of};
use super::order::{OrderLine, OrderReading, RuleOrder};
use super::pieces::{Knowledge, NoDestination, candidate_addresses, may_meet, pieces};
use super::rule::{FlowPoint, Miss, RuleFit, caller_fit, fit, target_fit};
use super::world::{Atom, World};
use crate::flow::{Flow, Service};
use crate::logic::MOST;
use crate::net::{AddressSet, AddressSpan, Interval};

/// What may happen to a flow at some of its addresses, all of which behave alike.
#[derive(Clone, Debug)]
pub struct FlowOutcome<'m> {
    /// The addresses.
    pub addresses: AddressSet,
    /// The line that decides where no fact is true, and no unknown condition holds; `None` is the default, deny.
    pub decided_by: Option<OrderLine<'m>>,
    /// What turns the action of that line into the other one.
    pub but: Exceptions,
    /// Where another line decides, or the same one and less turns its answer: together with `decided_by`, every line that
    /// decides in some world.
    pub unless: Vec<Turn<'m>>,
}

/// Where a line decides.
#[derive(Clone, Debug)]
pub struct Turn<'m> {
    /// The smallest world in which it does.
    pub world: World,
    /// What turns its action into the other one again.
    pub but: Exceptions,
    /// The line; `None` is the default, deny.
    pub line: Option<OrderLine<'m>>,
}

/// Everything that may happen to `flow`, whatever the sets hold that only Azure knows.
///
/// There is at least one outcome, and each address that the flow may go to is in one of them.
///
/// # Errors
/// Where the flow has no destination, or more conditions meet in it than are tried.
pub fn outcomes<'m>(
    order: &RuleOrder<'m>,
    flow: &Flow,
    knowledge: &Knowledge,
) -> Result<Vec<FlowOutcome<'m>>, NoAnswer> {
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

/// The lines of `order`, as they are read, that may match a flow of `service` from `source`, judged by these two alone.
pub fn asked_by<'o, 'm>(order: &'o RuleOrder<'m>, source: Ipv4Addr, service: Service) -> Vec<&'o OrderReading<'m>> {
    let may_match = |reading: &&OrderReading<'m>| !caller_fit(&reading.line, source, service, order.model()).is_never();
    order.readings().iter().filter(may_match).collect()
}

/// As [`outcomes`], where `asked` is the result of [`asked_by`] for the flow's source and service.
pub fn outcomes_among<'m>(
    asked: &[&OrderReading<'m>],
    order: &RuleOrder<'m>,
    flow: &Flow,
    knowledge: &Knowledge,
) -> Result<Vec<FlowOutcome<'m>>, NoAnswer> {
    let addresses = candidate_addresses(flow, knowledge)?;
    let open: Vec<&OrderReading<'m>> =
        asked.iter().copied().filter(|reading| is_open(&reading.line, flow, order, knowledge)).collect();
    let lines: Vec<&OrderLine<'m>> = open.iter().map(|reading| &reading.line).collect();
    let pieces = pieces(&addresses, &lines, order.model(), knowledge);
    let mut alike = IndexMap::new();
    OutcomeSearch { order, flow, knowledge }.visit(&pieces, &open, &mut alike);
    alike.into_iter().map(|(possible, pieces)| outcome(order, &possible, &pieces)).collect()
}

/// Whether `line` may match `flow` at some address, judged by service, source and name.
fn is_open(line: &OrderLine<'_>, flow: &Flow, order: &RuleOrder<'_>, knowledge: &Knowledge) -> bool {
    let caller = caller_fit(line, flow.source, flow.service, order.model());
    !target_fit(caller, line, flow, knowledge).is_never()
}

struct OutcomeSearch<'s, 'm> {
    order: &'s RuleOrder<'m>,
    flow: &'s Flow,
    knowledge: &'s Knowledge,
}

impl<'m> OutcomeSearch<'_, 'm> {
    /// Sorts `pieces` by what may happen there. Halving them drops lines about addresses elsewhere early.
    fn visit(
        &self,
        pieces: &[Interval<u32>],
        open: &[&OrderReading<'m>],
        alike: &mut IndexMap<Possible, Vec<Interval<u32>>>,
    ) {
        if let [piece] = pieces {
            return alike.entry(self.possible(*piece, open)).or_default().push(*piece);
        }
        let (left, right) = pieces.split_at(pieces.len() / 2);
        for half in [left, right] {
            let ends = half.first().zip(half.last());
            if let Some(hull) = ends.and_then(|(first, last)| Interval::new(first.first(), last.last())) {
                let meets = |of: &&OrderReading<'_>| may_meet(&of.line, hull, self.order.model(), self.knowledge);
                let near: Vec<&OrderReading<'m>> = open.iter().copied().filter(meets).collect();
                self.visit(half, &near, alike);
            }
        }
    }

    /// What may happen at `piece`; its first address represents all of it.
    fn possible(&self, piece: Interval<u32>, open: &[&OrderReading<'m>]) -> Possible {
        let point = FlowPoint::of(self.flow, piece.first().into());
        let mut possible = Vec::new();
        for OrderReading { line, first } in open {
            if let RuleFit::When(mut needs) = fit(line, &point, self.order.model(), self.knowledge) {
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
fn outcome<'m>(
    order: &RuleOrder<'m>,
    possible: &Possible,
    pieces: &[Interval<u32>],
) -> Result<FlowOutcome<'m>, NoAnswer> {
    let open = OpenLines::new(order, possible).map_err(NoAnswer::Conditions)?;
    let nothing = World::default();
    let decided_by = open.decider(&nothing);
    let plain = Turn { world: nothing.clone(), but: open.exceptions_anywhere(decided_by), line: decided_by };
    let mut worlds: IndexSet<World> = IndexSet::from([nothing]);
    worlds.extend(open.lines.iter().flat_map(|line| line.worlds.iter().cloned()));
    let decided = worlds.iter().flat_map(|world| open.deciders(world));
    // The line of the empty world decides in others too; these are listed only where a smaller world turns its answer.
    let decided = decided.filter(|(line, world)| match place_of(*line) == place_of(decided_by) {
        true => !world.is_empty() && !plain.but.is_empty(),
        false => true,
    });
    let turns = decided.map(|(line, world)| Turn { but: open.exceptions(&world, line), world, line });
    let turns: Vec<Turn<'_>> = std::iter::once(plain.clone()).chain(turns).collect();
    let mut unless = without_implied(&turns);
    unless.retain(|turn| !turn.world.is_empty());
    let addresses = pieces.iter().map(|&piece| AddressSpan::from(piece)).collect();
    Ok(FlowOutcome { addresses, decided_by, but: plain.but, unless })
}

/// Leaves out each world that implies a smaller one with the same decider. Where a line is read first, a smaller world
/// turns its answer, so that its world stays.
fn without_implied<'m>(turns: &[Turn<'m>]) -> Vec<Turn<'m>> {
    let is_implied = |turn: &Turn<'m>| {
        let mut others = turns.iter().filter(|other| place_of(other.line) == place_of(turn.line));
        others.any(|smaller| {
            let says_less = smaller.world != turn.world && turn.world.implies(&smaller.world);
            says_less && (smaller.but.is_empty() || smaller.but == turn.but)
        })
    };
    turns.iter().filter(|turn| !is_implied(turn)).cloned().collect()
}
