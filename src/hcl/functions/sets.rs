//! Functions of sets.

use super::super::types::unified;
use super::super::value::{HclValue, ListKind, order, same};
use super::argument::{Taken, list, refused};
use super::{Function, FunctionCall};

pub(super) fn function(name: &str) -> Option<Function> {
    Some(match name {
        "setunion" => union,
        "setintersection" => |asked| kept(asked, true),
        "setsubtract" => |asked| kept(asked, false),
        _ => return None,
    })
}

fn union(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let mut items = Vec::new();
    for own in asked.arguments {
        let own = list(own)?;
        asked.charge(own.items.len())?;
        items.extend(own.items.iter().cloned());
    }
    as_set(asked, items)
}

/// The elements of the first that are, or are not, in each of the others.
fn kept(asked: &mut FunctionCall<'_, '_, '_>, is_in: bool) -> Taken {
    let Some((first, others)) = asked.arguments.split_first() else { return refused("expected a set") };
    let mut items = unified(&list(first)?.items);
    for other in others {
        let other = unified(&list(other)?.items);
        asked.evaluator.step(asked.at, items.len().saturating_mul(other.len()))?;
        let has = |item: &HclValue| other.iter().any(|own| same(own, item) == Some(true));
        items.retain(|item| has(item) == is_in);
    }
    as_set(asked, items)
}

fn as_set(asked: &mut FunctionCall<'_, '_, '_>, items: Vec<HclValue>) -> Taken {
    let mut items = unified(&items);
    items.sort_by(order);
    let items = asked.evaluator.distinct(items, asked.at)?;
    asked.made_list(ListKind::Set, items)
}
