//! The rule collections of a group, where only a deployment knows which collections or rules are there.

use std::collections::{BTreeMap, BTreeSet};

use super::condition;
use super::fault::ImportFault;
use super::rules;
use super::tree::{TreeCursor, TreeFields};
use crate::model::{Bearing, Collection, Presence};
use crate::net::same_word;
use crate::template::TemplateNode;

/// How many unknown conditions may decide which rules one collection has: each doubles the number of cases.
const CONDITIONS: usize = 4;

/// The collections of a group. One that is there only under a condition states so; one whose rules depend on conditions is there
/// once for each case, with the rules of that case.
pub(super) fn read(fields: &TreeFields<'_>) -> Result<Vec<Collection>, ImportFault> {
    let mut found = Vec::new();
    let Some(list) = fields.get("ruleCollections") else { return Ok(found) };
    let Some(items) = conditional(&list) else {
        fields.list("ruleCollections", cases)?.into_iter().for_each(|cases| found.extend(cases));
        return Ok(found);
    };
    for (index, (presence, node)) in items.iter().enumerate() {
        let item = list.item(node, index);
        if !presence.is_always() {
            tell(&item, presence);
        }
        for case in cases(&item)? {
            let presence = case.presence.clone().and(presence.clone()).settled();
            found.push(Collection { presence, ..case });
        }
    }
    Ok(found.into_iter().filter(|collection| collection.presence != Presence::Never).collect())
}

/// A collection, once for each case of what its rules depend on.
fn cases(item: &TreeCursor<'_>) -> Result<Vec<Collection>, ImportFault> {
    let fields = item.fields()?;
    let items = fields.get("rules").and_then(|list| conditional(&list));
    let Some(cases) = items.as_deref().and_then(by_case) else { return Ok(vec![rules::collection(item)?]) };
    let read = |(presence, rules): (Presence, Vec<TemplateNode>)| {
        let node = with_rules(item.node, rules);
        let collection = rules::collection(&item.standing_for(&node))?;
        tell(item, &presence);
        Ok(Collection { presence, ..collection })
    };
    cases.into_iter().map(read).collect()
}

/// The items that are there in each case of the conditions, with when that is; `None` where those are too many.
fn by_case(items: &[(Presence, TemplateNode)]) -> Option<Vec<(Presence, Vec<TemplateNode>)>> {
    let atoms: BTreeSet<_> = items.iter().flat_map(|(presence, _)| presence.atoms()).collect();
    let atoms: Vec<_> = atoms.into_iter().collect();
    if atoms.len() > CONDITIONS {
        return None;
    }
    let mut cases: BTreeMap<Vec<usize>, Presence> = BTreeMap::new();
    for case in 0..1usize << atoms.len() {
        let truth = |at: usize| case >> at & 1 == 1;
        let holds = |atom: &_| atoms.iter().position(|other| *other == atom).is_some_and(truth);
        let there = items.iter().enumerate().filter(|(_, (presence, _))| presence.holds(&holds)).map(|(at, _)| at);
        let literal = |(at, atom): (usize, &&_)| {
            let is = Presence::Is(Clone::clone(*atom));
            if truth(at) { is } else { is.negated() }
        };
        let when = atoms.iter().enumerate().map(literal).fold(Presence::Always, Presence::and);
        let known = cases.entry(there.collect()).or_insert(Presence::Never);
        *known = std::mem::replace(known, Presence::Never).or(when).settled();
    }
    let nodes = |there: Vec<usize>| there.into_iter().filter_map(|at| items.get(at)).map(|(_, node)| node.clone());
    Some(cases.into_iter().map(|(there, presence)| (presence, nodes(there).collect())).collect())
}

/// The collection with these rules.
fn with_rules(collection: &TemplateNode, rules: Vec<TemplateNode>) -> TemplateNode {
    let TemplateNode::Object(entries) = collection else { return collection.clone() };
    let mut entries = entries.clone();
    if let Some((_, node)) = entries.iter_mut().find(|(key, _)| same_word(key, "rules")) {
        *node = TemplateNode::List(rules);
    }
    TemplateNode::Object(entries)
}

/// The items of a list that is not known as a whole, with when they are there.
fn conditional(list: &TreeCursor<'_>) -> Option<Vec<(Presence, TemplateNode)>> {
    match list.node {
        TemplateNode::Expression(unknown) => condition::items(unknown),
        TemplateNode::Null
        | TemplateNode::Bool(_)
        | TemplateNode::Number(_)
        | TemplateNode::Text(_)
        | TemplateNode::Reference(_)
        | TemplateNode::List(_)
        | TemplateNode::Object(_) => None,
    }
}

fn tell(at: &TreeCursor<'_>, presence: &Presence) {
    at.leave_unknown(Bearing::Rules, format!("it is there only where {presence}, which only a deployment knows"));
}
