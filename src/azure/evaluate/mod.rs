//! What Azure Firewall does with one flow: the first line that matches, in Azure's own processing order.
//!
//! In: a [`Model`](super::Model), the policy attached to the firewall, and a flow. Out: the line that decides it, for
//! one content of the sets that only Azure knows ([`decide`]) or for all of them ([`outcomes`]). Guaranteed: each
//! sentence of the documentation that decides a flow stands here once, with its source: RP is the page "rule
//! processing" (2026-03-23), POL "policy overview" (2025-07-09), IPG "IP groups" (2026-03), FAQ the Azure Firewall FAQ
//! (2023-01), all by Microsoft. Deliberately absent: set algebra, so that this is a witness for it; threat intelligence,
//! intrusion detection and the infrastructure rules, which stand apart from the policy's own.
//!
//! # Sets that only Azure knows
//!
//! Whether an address is in a service tag, or a name in an FQDN tag, is a fact that a flow does not state. A fact is an
//! [`Atom`]; a [`World`] is the set of atoms that are true. Rules only ever ask that an atom be true, never that it be
//! false, so a line that matches in a world matches in every larger one. That gives the small worlds:
//!
//! *Let line `r` decide the flow in world `T`. For each field of `r` that matches by atoms alone (at most two: the
//! source, and the destination or name) pick one that is true in `T`, and let `t` be those. In `t` line `r` still
//! matches, and no earlier line does, because it would in `T` too. So `r` decides the flow in `t`. If the default
//! decides in `T`, it does so in the empty world.*
//!
//! So the empty world, and for each line the worlds of one atom per field, reach every line that any world reaches.
//! `Storage.WestEurope` lies in `Storage`: a world that holds the first holds the second, which keeps `t` inside `T`.

mod condition;
mod order;
mod pieces;
mod rule;
mod url;
mod world;

use indexmap::{IndexMap, IndexSet};

use super::model::Action;
use crate::flow::Flow;
use crate::net::{AddressSet, AddressSpan, Interval};
use pieces::{candidate_addresses, pieces};
use rule::{Fit, Needs, caller_fit, fit};

pub use order::{Level, Line, Order, Rule};
pub use pieces::{Knowledge, NoDestination};
pub use rule::{Miss, Point};
pub use world::{Atom, Outside, RulePath, Spelling, World};

/// The line that decides the flow at `point` where `world` says which atoms are true; `None` is the default, deny.
pub fn decide<'m>(order: &Order<'m>, point: &Point<'_>, knowledge: &Knowledge, world: &World) -> Option<Line<'m>> {
    order.lines().iter().copied().find(|line| misses(order, line, point, knowledge, world).is_none())
}

/// Why `line` does not match at `point` in `world`; `None` where it matches.
pub fn misses(order: &Order<'_>, line: &Line<'_>, point: &Point<'_>, known: &Knowledge, world: &World) -> Option<Miss> {
    fit(line, point, order.model(), known).miss(world)
}

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
    let addresses = candidate_addresses(flow, knowledge)?;
    let open = |line: &&Line<'m>| !caller_fit(line, flow.source, flow.service, order.model()).is_never();
    let open: Vec<Line<'m>> = order.lines().iter().filter(open).copied().collect();
    let mut alike: IndexMap<Vec<(usize, Needs)>, Vec<Interval<u32>>> = IndexMap::new();
    for piece in pieces(&addresses, &open, order.model(), knowledge) {
        let point = Point::of(flow, piece.first().into());
        alike.entry(possible(order, &open, &point, knowledge)).or_default().push(piece);
    }
    Ok(alike.into_iter().map(|(possible, pieces)| outcome(&open, &possible, &pieces)).collect())
}

/// The lines that may match at `point`, with what each needs, up to the first that matches in every world.
fn possible(order: &Order<'_>, open: &[Line<'_>], point: &Point<'_>, knowledge: &Knowledge) -> Vec<(usize, Needs)> {
    let mut possible = Vec::new();
    for (at, line) in open.iter().enumerate() {
        if let Fit::When(needs) = fit(line, point, order.model(), knowledge) {
            let certain = needs.is_empty();
            possible.push((at, needs));
            if certain {
                break;
            }
        }
    }
    possible
}

/// What the `possible` lines do in the empty world, and in each of their small worlds.
fn outcome<'m>(open: &[Line<'m>], possible: &[(usize, Needs)], pieces: &[Interval<u32>]) -> Outcome<'m> {
    let decider = |world: &World| {
        let first = possible.iter().find(|(_, needs)| needs.miss(world).is_none());
        first.and_then(|&(at, _)| open.get(at).copied())
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
