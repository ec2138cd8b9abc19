//! Everything that may happen to one flow.

use std::net::Ipv4Addr;

use indexmap::{IndexMap, IndexSet};

use super::order::{Line, Order};
use super::pieces::{Knowledge, NoDestination, candidate_addresses, may_meet, pieces};
use super::rule::{Fit, Needs, Point, caller_fit, fit, target_fit};
use super::world::World;
use crate::flow::{Flow, Service};
use crate::model::Action;
use crate::net::{AddressSet, AddressSpan, Interval};

/// What may happen to a flow at some of its addresses, all of which behave alike.
#[derive(Clone, Debug)]
pub struct Outcome<'m> {
    /// The addresses.
    pub addresses: AddressSet,
    /// The line that decides where no fact is true; `None` is the default, deny.
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
pub fn outcomes<'m>(order: &Order<'m>, flow: &Flow, knowledge: &Knowledge) -> Result<Vec<Outcome<'m>>, NoDestination> {
    outcomes_among(&asked_by(order, flow.source, flow.service), order, flow, knowledge)
}

/// The lines of `order` that may match a flow of `service` from `source`, as far as the two tell.
pub fn asked_by<'o, 'm>(order: &'o Order<'m>, source: Ipv4Addr, service: Service) -> Vec<&'o Line<'m>> {
    let may_match = |line: &&Line<'m>| !caller_fit(line, source, service, order.model()).is_never();
    order.lines().iter().filter(may_match).collect()
}

/// As [`outcomes`], where `asked` is what [`asked_by`] says of the flow's source and service.
pub fn outcomes_among<'m>(
    asked: &[&Line<'m>],
    order: &Order<'m>,
    flow: &Flow,
    knowledge: &Knowledge,
) -> Result<Vec<Outcome<'m>>, NoDestination> {
    let addresses = candidate_addresses(flow, knowledge)?;
    let open: Vec<&Line<'m>> = asked.iter().copied().filter(|line| is_open(line, flow, order)).collect();
    let pieces = pieces(&addresses, &open, order.model(), knowledge);
    let mut alike = IndexMap::new();
    Search { order, flow, knowledge }.visit(&pieces, &open, &mut alike);
    Ok(alike.into_iter().map(|(possible, pieces)| outcome(order, &possible, &pieces)).collect())
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
    fn visit(&self, pieces: &[Interval<u32>], open: &[&Line<'m>], alike: &mut IndexMap<Possible, Vec<Interval<u32>>>) {
        if let [piece] = pieces {
            return alike.entry(self.possible(*piece, open)).or_default().push(*piece);
        }
        let (left, right) = pieces.split_at(pieces.len() / 2);
        for half in [left, right] {
            let ends = half.first().zip(half.last());
            if let Some(hull) = ends.and_then(|(first, last)| Interval::new(first.first(), last.last())) {
                let meets = |line: &&Line<'_>| may_meet(line, hull, self.order.model(), self.knowledge);
                let near: Vec<&Line<'m>> = open.iter().copied().filter(meets).collect();
                self.visit(half, &near, alike);
            }
        }
    }

    /// What may happen at `piece`; its first address stands for all of it.
    fn possible(&self, piece: Interval<u32>, open: &[&Line<'m>]) -> Possible {
        let point = Point::of(self.flow, piece.first().into());
        let mut possible = Vec::new();
        for line in open {
            if let Fit::When(needs) = fit(line, &point, self.order.model(), self.knowledge) {
                let certain = needs.is_empty();
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
fn outcome<'m>(order: &Order<'m>, possible: &Possible, pieces: &[Interval<u32>]) -> Outcome<'m> {
    let decider = |world: &World| {
        let first = possible.iter().find(|(_, needs)| needs.miss(world).is_none());
        first.and_then(|&(place, _)| order.lines().get(place).copied())
    };
    let decided_by = decider(&World::default());
    let worlds: IndexSet<World> = possible.iter().flat_map(|(_, needs)| needs.small_worlds()).collect();
    let decided = worlds.into_iter().map(|world| (decider(&world), world));
    let unless: Vec<_> = decided.filter(|&(line, _)| place_of(line) != place_of(decided_by)).collect();
    let addresses = pieces.iter().map(|&piece| AddressSpan::from(piece)).collect();
    Outcome { addresses, decided_by, unless: without_implied(&unless) }
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
