//! What a list on the way from one to another does that neither does.

use super::budget::{Budget, NotDecided};
use super::diagram::Node;
use super::difference::Work;
use super::list::{Action, By};
use super::product::Product;
use super::reach::{by, default_value};
use super::space::{Lowered, Space, Witness};

/// Flows that pass on the way and at neither end, or at both ends and not on the way.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Between {
    /// Flows that pass on the way, and neither before nor after.
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

/// What `way` lets pass that neither `before` nor `after` does, and what it does not that both do; each in at most `limit`
/// products, whatever the opaque sets hold.
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
    if apart == Node::NONE {
        return Ok(Between { complete: true, ..Between::default() });
    }
    let sides = [work.deciders(before, apart)?, work.deciders(way, apart)?, work.deciders(after, apart)?];
    let mut found = |wanted: [Action; 3]| -> Result<(Vec<Passing>, bool), NotDecided> {
        let is = |list: &Lowered, value: u32, wanted: Action| match by(value, default_value(list)) {
            By::Line(line) => list.action(u32::try_from(line).unwrap_or(u32::MAX)) == wanted,
            By::Default => list.default == wanted,
        };
        let stopped = |bound| NotDecided { at: 0, bound };
        let [first, middle, last] = sides;
        let both = |b: u32, w: u32| is(before, b, wanted[0]) && is(way, w, wanted[1]);
        let (node, _) = work.diagram.pairs(first, middle, both).map_err(stopped)?;
        let (node, _) = work.diagram.pairs(node, last, |_, a| is(after, a, wanted[2])).map_err(stopped)?;
        let mut paths = work.diagram.paths(node, limit);
        let complete = paths.len() <= limit;
        paths.truncate(limit);
        let passing = paths
            .iter()
            .filter_map(|path| Some(Passing { product: space.product(path)?, witness: space.path_witness(path)? }));
        Ok((passing.collect(), complete))
    };
    let (opened, all_opened) = found([Action::Deny, Action::Allow, Action::Deny])?;
    let (cut, all_cut) = found([Action::Allow, Action::Deny, Action::Allow])?;
    Ok(Between { opened, cut, complete: all_opened && all_cut })
}
