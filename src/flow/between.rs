//! What a list on the way from one to another does that neither does.

use std::collections::BTreeSet;

use super::answers::answers;
use super::budget::{NotDecided, WorkBudget};
use super::choices::{ChoicesApart, WantedFlows};
use super::diagram::DiagramNode;
use super::difference::{Work, pair_of};
use super::list::{By, FlowAction};
use super::product::Product;
use super::reach::{by, default_value};
use super::space::{LoweredBoxes, Space, Witness};

/// Flows that pass on the way and at neither end, or at both ends and not on the way.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Between {
    /// Flows that pass on the way, and neither before nor after; one that is sent elsewhere counts as another.
    pub opened: Vec<PassingFlows>,
    /// Flows that pass before and after, and not on the way.
    pub cut: Vec<PassingFlows>,
    /// Whether that is all; else there are more than the caller's limit.
    pub complete: bool,
}

/// Flows, and one of them.
#[derive(Clone, PartialEq, Debug)]
pub struct PassingFlows {
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
    [before, way, after]: [&LoweredBoxes; 3],
    limit: usize,
    budget: &WorkBudget,
) -> Result<Between, NotDecided> {
    let mut work = Work::new(space, before, way, budget);
    let apart = work.apart()?;
    let mut found = Between { complete: true, ..Between::default() };
    if apart == DiagramNode::NONE {
        return Ok(found);
    }
    let stopped = |bound| NotDecided { at: 0, bound };
    let sides = [work.deciders(before, apart)?, work.deciders(way, apart)?, work.deciders(after, apart)?];
    let (ends, first) = work.diagram.pairs(sides[0], sides[1]).map_err(stopped)?;
    let (root, second) = work.diagram.pairs(ends, sides[2]).map_err(stopped)?;
    let ends = |end: DiagramNode| {
        let Some((pair, after)) = pair_of(end, &second) else { return Vec::new() };
        pair_of(pair, &first).map_or(Vec::new(), |(before, way)| vec![before, way, after])
    };
    let mut passing = |wanted: &dyn Fn([(FlowAction, u32); 3]) -> bool, into: &mut Vec<PassingFlows>| {
        let class = |values: &[u32]| {
            let &[b, w, a] = values else { return None };
            wanted([outcome(before, b), outcome(way, w), outcome(after, a)]).then_some(0)
        };
        // Which lines decide does not matter here.
        let wanted = WantedFlows { class: &class, apart: ChoicesApart::Classes };
        let answers = answers(&work.diagram, root, &ends, wanted, limit, &mut work.steps).map_err(stopped)?;
        into.extend(answers.products(space).map(|of| PassingFlows { product: of.product, witness: of.witness }));
        Ok(answers.complete)
    };
    for effect in allowed_effects(way) {
        let passes = (FlowAction::Allow, effect);
        found.complete &= passing(&|[b, w, a]| b != passes && w == passes && a != passes, &mut found.opened)?;
    }
    let cut = |[b, w, a]: [(FlowAction, u32); 3]| {
        b.0 == FlowAction::Allow && w.0 != FlowAction::Allow && a.0 == FlowAction::Allow
    };
    found.complete &= passing(&cut, &mut found.cut)?;
    Ok(found)
}

/// What a list may do with the flows that it lets pass.
fn allowed_effects(list: &LoweredBoxes) -> BTreeSet<u32> {
    let allowing = list.lines.iter().filter(|line| line.action == FlowAction::Allow);
    let default = (list.default == FlowAction::Allow).then_some(0);
    allowing.map(|line| line.effect).chain(default).collect()
}

/// What the line with a value of the deciders does.
fn outcome(list: &LoweredBoxes, value: u32) -> (FlowAction, u32) {
    match by(value, default_value(list)) {
        By::Line(line) => list.lines.get(line).map_or((list.default, 0), |line| (line.action, line.effect)),
        By::Default => (list.default, 0),
    }
}
