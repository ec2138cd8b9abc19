//! What is not read, by the rules in it.

use indexmap::IndexSet;

use super::fault::quoted;
use super::tree::Notes;
use crate::model::{AssumptionKind, Bearing};
use crate::net::same_word;
use crate::template::Node;

/// Says which rules are left out with `node` at `path`, whose condition does not hold.
pub(super) fn note_left_out(node: &Node, path: String, notes: &Notes) {
    let mut names = IndexSet::new();
    rule_names(node, &mut names);
    if !names.is_empty() {
        let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
        let message = format!("rules under a condition that does not hold: {}", names.join(", "));
        notes.tell(AssumptionKind::Omitted, Bearing::NoFlow, path, message);
    }
}

/// The names of all rules in `node`.
pub(super) fn rule_names(node: &Node, names: &mut IndexSet<String>) {
    match node {
        Node::List(items) => items.iter().for_each(|item| rule_names(item, names)),
        Node::Object(entries) => {
            for (key, value) in entries {
                if let (true, Node::List(rules)) = (same_word(key, "rules"), value) {
                    names.extend(rules.iter().filter_map(name_of));
                }
                rule_names(value, names);
            }
        }
        Node::Null | Node::Bool(_) | Node::Number(_) | Node::Text(_) | Node::Expression(_) | Node::Reference(_) => {}
    }
}

fn name_of(rule: &Node) -> Option<String> {
    let Node::Object(fields) = rule else { return None };
    let (_, name) = fields.iter().find(|(key, _)| same_word(key, "name"))?;
    let Node::Text(name) = name else { return None };
    Some(name.clone())
}
