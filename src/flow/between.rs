//! What a list on the way from one to another does that neither does.

use std::collections::BTreeSet;

use super::budget::{Bound, Budget, NotDecided};
use super::compact::compact;
use super::diagram::Node;
use super::difference::Work;
use super::list::{Action, By};
use super::product::Product;
use super::reach::{by, default_value};
use super::space::{Lowered, Space, Witness};

/// Flows that pass on the way and at neither end, or at both ends and not on the way.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Between {
    /// Flows that pass on the way, and neither before nor after; one that is sent elsewhere counts as another.
    pub opened: Vec<Passing>,
    /// Flows that pass before and after, and not on the way.
    pub cut: Vec<Passing>,
    /// Whether that is all; else there are more than the caller's limit.
    pub complete: bool,
}

/// Flows, and one of them.
#[derive(Clone, PartialEq, Debug)]
pub struct Passing {
    /// The flows. The products of one answer do not meet.
    pub product: Product,
    /// One of them.
    pub witness: Witness,
}

/// What `way` lets pass that neither `before` nor `after` does, or translates as neither does, and what it does not let
/// pass that both do; each in at most `limit` products, whatever the opaque sets hold.
///
/// # Errors
/// Where the budget does not suffice.
pub fn between(
    space: &Space,
    [before, way, after]: [&Lowered; 3],
    limit: usize,
    budget: &Budget,
) -> Result<Between, NotDecided> {
    let mut work = Work::new(space, before, way, budget)?;
    let apart = work.apart()?;
    let mut found = Between { complete: true, ..Between::default() };
    if apart == Node::NONE {
        return Ok(found);
    }
    let sides = [work.deciders(before, apart)?, work.deciders(way, apart)?, work.deciders(after, apart)?];
    let mut passing =
        |[one, two, three]: [&dyn Fn(u32) -> bool; 3], into: &mut Vec<Passing>| -> Result<bool, NotDecided> {
            let stopped = |bound| NotDecided { at: 0, bound };
            let [first, middle, last] = sides;
            let (node, _) = work.diagram.pairs(first, middle, |b, w| one(b) && two(w)).map_err(stopped)?;
            let (node, _) = work.diagram.pairs(node, last, |_, a| three(a)).map_err(stopped)?;
            let mut paths = work.diagram.paths(node, limit);
            let complete = paths.len() <= limit;
            paths.truncate(limit);
            // Which pair of lines decides is not asked here.
            paths.iter_mut().for_each(|path| path.value = 1);
            let paths = compact(paths).into_iter().flat_map(|path| space.in_terms(path));
            into.extend(paths.filter_map(|path| {
                Some(Passing { product: space.product(&path)?, witness: space.path_witness(&path)? })
            }));
            Ok(complete)
        };
    for effect in allowed_effects(way) {
        let does = |list: &Lowered, value| outcome(list, value) == (Action::Allow, effect);
        let wanted: [&dyn Fn(u32) -> bool; 3] = [&|b| !does(before, b), &|w| does(way, w), &|a| !does(after, a)];
        let complete = passing(wanted, &mut found.opened)?;
        if !complete && found.opened.is_empty() {
            // Those looked at are no flows; whether there are some behind them is not known.
            return Err(NotDecided { at: 0, bound: Bound::Nodes });
        }
        found.complete &= complete;
    }
    let allows = |list: &Lowered, value| outcome(list, value).0 == Action::Allow;
    let wanted: [&dyn Fn(u32) -> bool; 3] = [&|b| allows(before, b), &|w| !allows(way, w), &|a| allows(after, a)];
    found.complete &= passing(wanted, &mut found.cut)?;
    Ok(found)
}

/// What a list may do with the flows that it lets pass.
fn allowed_effects(list: &Lowered) -> BTreeSet<u32> {
    let allowing = list.lines.iter().filter(|line| line.action == Action::Allow);
    let default = (list.default == Action::Allow).then_some(0);
    allowing.map(|line| line.effect).chain(default).collect()
}

/// What the line behind a value of the deciders does.
fn outcome(list: &Lowered, value: u32) -> (Action, u32) {
    match by(value, default_value(list)) {
        By::Line(line) => list.lines.get(line).map_or((list.default, 0), |line| (line.action, line.effect)),
        By::Default => (list.default, 0),
    }
}
