//! What Azure Firewall does with one flow: the first line that matches, in Azure's own processing order.
//!
//! In: a [`Model`](crate::model::Model), the policy attached to the firewall, and a flow. Out: the line that decides it, for
//! one content of the sets that only Azure knows ([`decide`]) or for all of them ([`outcomes`]). Guaranteed: each
//! sentence of the documentation that decides a flow is implemented here once, with its source: RP is the page "rule
//! processing" (2026-03-23), POL "policy overview" (2025-07-09), IPG "IP groups" (2026-03), FAQ the Azure Firewall FAQ
//! (2023-01), all by Microsoft. Deliberately absent: set algebra, so that this is a witness for it; threat
//! intelligence, intrusion detection and the infrastructure rules, which are separate from the policy's own.
//!
//! # Sets that only Azure knows
//!
//! Whether an address is in a service tag, or a name in an FQDN tag, is a fact that a flow does not state. A fact is an
//! [`Atom`]; a [`World`] is the set of atoms that are true. Rules only ever require an atom to be true, never to be
//! false, so a line that matches in a world matches in every larger one. That gives the small worlds:
//!
//! *Let line `r` decide the flow in world `T`. For each field of `r` that matches by atoms alone (at most two: the
//! source, and the destination or name) pick one that is true in `T`, and let `t` be those. In `t` line `r` still
//! matches, and no earlier line does, because it would in `T` too. So `r` decides the flow in `t`. If the default
//! decides in `T`, it does so in the empty world.*
//!
//! So the empty world, and for each line the worlds of one atom per field, reach every line that any world reaches.
//! `Storage.WestEurope` lies in `Storage`: a world that holds the first holds the second, which keeps `t` inside `T`.
//!
//! That `r` decides in `t` does not mean that it does in every world that holds `t`: an earlier line may match there.
//! Where it turns the answer, it is one of the [`Exceptions`], found by the same lemma: *let `q`, which turns the
//! answer, decide in a world `T` that holds `t`; then it decides in `t` with the facts of one of its own small worlds,
//! which `T` holds.*
//!
//! That one of several groups or collections of one priority is read first is a fact too: they are listed twice, first each
//! where that is so, then each. Whichever rule may decide in some order decides where its own is read first.
//!
//! A condition that only a deployment knows may be required or excluded, so that the small worlds do not reach it: all
//! settings of the conditions that meet in a flow are tried, or there is no answer.

mod condition;
mod exceptions;
mod first;
mod open_lines;
mod order;
mod outcomes;
mod pieces;
mod rule;
mod sort;
mod tag_hosts;
mod ties;
mod url;
mod world;

use rule::fit;

pub use exceptions::Exceptions;
pub use first::ReadFirst;
pub use open_lines::action_of;
pub use order::{DNAT_IS_INHERITED, OrderLevel, OrderLine, OrderReading, RuleOrder};
pub use outcomes::{FlowOutcome, NoAnswer, Turn, asked_by, outcomes, outcomes_among};
pub use pieces::{Knowledge, NoDestination};
pub use rule::{FlowPoint, Miss, only_miss};
pub use sort::{RuleLack, SortedRule};
pub use tag_hosts::TagHosts;
pub use world::{Atom, HostSpelling, Outside, RulePath, World};

/// The line that decides the flow at `point` where `world` holds the true atoms; `None` is the default, deny.
pub fn decide<'m>(
    order: &RuleOrder<'m>,
    point: &FlowPoint<'_>,
    knowledge: &Knowledge,
    world: &World,
) -> Option<OrderLine<'m>> {
    let is_read =
        |reading: &&OrderReading<'m>| reading.first.iter().all(|first| world.holds(&Atom::ReadFirst(first.clone())));
    let matches = |line: &OrderLine<'m>| misses(order, line, point, knowledge, world).is_none();
    order.readings().iter().filter(is_read).map(|reading| reading.line).find(matches)
}

/// Why `line` does not match at `point` in `world`; `None` where it matches.
pub fn misses(
    order: &RuleOrder<'_>,
    line: &OrderLine<'_>,
    point: &FlowPoint<'_>,
    known: &Knowledge,
    world: &World,
) -> Option<Miss> {
    let is_there = || order.presence(line).holds(&|text| world.holds(&Atom::Condition(text.clone())));
    fit(line, point, order.model(), known).miss(world).or_else(|| (!is_there()).then_some(Miss::Condition))
}
