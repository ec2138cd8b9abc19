//! Which flows a policy lets through, and by which rule.
//!
//! In: a model, the policy attached to the firewall, and the flows that are asked about. Out: entries that do not share a
//! flow, each a product of literal sets, with the rule that decides it. Guaranteed: the entries cover every flow that is
//! asked about and passes, and no other. Deliberately absent: files, the command line, and the names of the author's sets.

mod entry;

use crate::evaluate::{Knowledge, Line, Order};
use crate::flow::{
    Action, Budget, By, Decided, Except, Match, NotDecided, Product, Space, Witness, reach as flow_reach,
};
use crate::model::{Model, Policy};
use crate::prove::{Decisions, axioms, decisions};

pub use entry::{Entry, Excepted, Opaque, opaque_words, witness};

/// Flows, and the rule that decides them.
#[derive(Clone, Debug)]
pub struct Passing<'m> {
    /// The flows.
    pub entry: Entry,
    /// The same, as sets.
    pub product: Product,
    /// The rule.
    pub by: Line<'m>,
    /// One of the flows.
    pub witness: Witness,
    /// The rules that come first and take some of the product: one for each of its exceptions.
    pub first: Vec<Line<'m>>,
}

/// The flows of a question that pass.
#[derive(Clone, Debug)]
pub struct Reach<'m> {
    /// The flows, rule by rule in processing order: those that pass, or those that one rule decides.
    pub passing: Vec<Passing<'m>>,
    /// Whether that is all; else there are more than the limit.
    pub complete: bool,
}

/// The flows that one rule decides: the first rule in processing order that `wanted` picks.
///
/// # Errors
/// Where the budget does not suffice.
pub fn decided_by<'m>(
    model: &'m Model,
    policy: &'m Policy,
    wanted: impl Fn(&Line<'_>) -> bool,
    knowledge: &Knowledge,
    limit: usize,
    budget: &Budget,
) -> Result<Option<(Line<'m>, Reach<'m>)>, NotDecided> {
    let decisions = decisions(&Order::of(model, policy), knowledge);
    let picked = decisions.list.lines.iter().enumerate();
    let picked = picked.filter_map(|(index, line)| Some((index, line, *decisions.lines.get(line.origin)?)));
    let Some((index, line, by)) = { picked }.find(|(_, _, by)| wanted(by)) else { return Ok(None) };
    let (space, [list], queries) = Space::with_queries(&axioms(knowledge), [&decisions.list], &line.matches);
    let (mut passing, mut complete) = (Vec::new(), true);
    for query in &queries {
        let reached = flow_reach(&space, &list, query, limit, budget)?;
        complete &= reached.complete;
        let own = reached.decided.into_iter().filter(|decided| decided.by == By::Line(index));
        passing.extend(own.map(|decided| passing_by(decided, by, &decisions)));
    }
    Ok(Some((by, Reach { passing, complete })))
}

fn passing_by<'m>(decided: Decided, by: Line<'m>, decisions: &Decisions<'m>) -> Passing<'m> {
    let Decided { product, witness, .. } = decided;
    let line = |except: &Except| decisions.lines.get(decisions.list.lines.get(except.line)?.origin).copied();
    let first = product.except.iter().filter_map(line).collect();
    Passing { entry: Entry::of(&product), product, by, witness, first }
}

/// The flows of `asked` that `policy` lets through, in at most `limit` entries for each product that is asked.
///
/// # Errors
/// Where the budget does not suffice.
pub fn reach<'m>(
    model: &'m Model,
    policy: &'m Policy,
    asked: &[Match],
    knowledge: &Knowledge,
    limit: usize,
    budget: &Budget,
) -> Result<Reach<'m>, NotDecided> {
    let decisions = decisions(&Order::of(model, policy), knowledge);
    let (space, [list], queries) = Space::with_queries(&axioms(knowledge), [&decisions.list], asked);
    let (mut found, mut complete) = (Vec::new(), true);
    for query in &queries {
        let reached = flow_reach(&space, &list, query, limit, budget)?;
        complete &= reached.complete;
        for decided in reached.decided {
            let By::Line(index) = decided.by else { continue };
            let line = decisions.list.lines.get(index).filter(|line| line.action == Action::Allow);
            let by = line.and_then(|line| decisions.lines.get(line.origin)).copied();
            let Some(by) = by else { continue };
            found.push((index, passing_by(decided, by, &decisions)));
        }
    }
    found.sort_by_key(|(index, _)| *index);
    Ok(Reach { passing: found.into_iter().map(|(_, passing)| passing).collect(), complete })
}
