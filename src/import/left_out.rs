//! What is not read, by the rules in it.

use indexmap::IndexSet;

use super::fault::quoted;
use super::tree::Notes;
use crate::model::{AssumptionKind, Bearing};
use crate::net::same_word;
use crate::template::TemplateNode;

/// Reports which rules are left out with `node` at `path`, whose condition does not hold.
pub(super) fn note_left_out(node: &TemplateNode, path: String, notes: &Notes) {
    let mut names = IndexSet::new();
    rule_names(node, &mut names);
    if !names.is_empty() {
        let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
        let message = format!("rules under a condition that does not hold: {}", names.join(", "));
        notes.tell(AssumptionKind::Omitted, Bearing::NoFlow, path, message);
    }
}

/// The names of all rules in `node`.
pub(super) fn rule_names(node: &TemplateNode, names: &mut IndexSet<String>) {
    match node {
        TemplateNode::List(items) => items.iter().for_each(|item| rule_names(item, names)),
        TemplateNode::Object(entries) => {
            for (key, value) in entries {
                if let (true, TemplateNode::List(rules)) = (same_word(key, "rules"), value) {
                    names.extend(rules.iter().filter_map(name_of));
                }
                rule_names(value, names);
            }
        }
        TemplateNode::Null
        | TemplateNode::Bool(_)
        | TemplateNode::Number(_)
        | TemplateNode::Text(_)
        | TemplateNode::Expression(_)
        | TemplateNode::Reference(_) => {}
    }
}

fn name_of(rule: &TemplateNode) -> Option<String> {
    let TemplateNode::Object(fields) = rule else { return None };
    let (_, name) = fields.iter().find(|(key, _)| same_word(key, "name"))?;
    let TemplateNode::Text(name) = name else { return None };
    Some(name.clone())
}
