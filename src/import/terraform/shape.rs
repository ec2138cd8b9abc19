//! The attributes of a resource in the shape that Azure has for them.

use super::schema::To;
use crate::import::fault::{Fault, quoted};
use crate::json::Name;
use crate::template::Node;

/// What becomes of an attribute that is not in the table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Others {
    /// It is refused, as it could change a meaning.
    Refused,
    /// It is left out.
    LeftOut,
}

/// The attributes `values` of the resource at `address`, as the table says.
pub(super) fn shaped(address: &str, values: &Node, attributes: &[(&str, To)]) -> Result<Node, Fault> {
    shaped_with(address, values, attributes, Others::Refused)
}

/// As [`shaped`], with what becomes of attributes that are not in the table.
pub(super) fn shaped_with(
    address: &str,
    values: &Node,
    attributes: &[(&str, To)],
    others: Others,
) -> Result<Node, Fault> {
    let mut shaped = Node::Object(Vec::new());
    let Node::Object(entries) = values else {
        return Err(Fault::at(address, format!("found {}, expected an object", values.described())));
    };
    for (name, value) in entries {
        if value.is_absent() {
            continue;
        }
        let at = format!("{address}.{name}");
        let Some((_, to)) = attributes.iter().find(|(known, _)| name == *known) else {
            if others == Others::LeftOut {
                continue;
            }
            return Err(Fault::at(at, format!("unknown attribute {}, which could change a meaning", quoted(name))));
        };
        place(&at, value, to, others, &mut shaped)?;
    }
    Ok(shaped)
}

fn place(at: &str, value: &Node, to: &To, others: Others, shaped: &mut Node) -> Result<(), Fault> {
    match to {
        To::Nothing => {}
        To::At(path) => put(shaped, path, value.clone()),
        To::TrueAt(_) | To::EnabledAt(_) if matches!(value, Node::Bool(false)) => {}
        To::TrueAt(path) => put(shaped, path, value.clone()),
        To::EnabledAt(path) => put(shaped, path, enabled(value)),
        To::NotAt(path) => put(shaped, path, negated(value)),
        To::OnlyAt(path) => put(shaped, path, Node::List(vec![value.clone()])),
        To::IdAt(path) => put(shaped, path, Node::Object(vec![("id".into(), value.clone())])),
        To::WrappedAt(path, key) => {
            let wrapped = |text: &Node| Node::Object(vec![((*key).into(), text.clone())]);
            match value {
                Node::Expression(_) => put(shaped, path, value.clone()),
                _ => put(shaped, path, Node::List(items(value).iter().map(wrapped).collect())),
            }
        }
        To::KeysAt(path) => {
            for id in items(value) {
                let Node::Text(id) = id else {
                    return Err(Fault::at(at, format!("found {}, expected a literal id", id.described())));
                };
                let mut keys = get_mut(shaped, path);
                keys.push((id.as_str().into(), Node::Object(Vec::new())));
                put_object(shaped, path, keys);
            }
        }
        To::Inside(path, attributes) => match items(value) {
            [] => {}
            [unknown @ Node::Expression(_)] => put(shaped, path, unknown.clone()),
            [block] => put(shaped, path, shaped_with(&format!("{at}[0]"), block, attributes, others)?),
            _ => return Err(Fault::at(at, "expected one block")),
        },
        To::Each(path, attributes, beside) => {
            if let Node::Expression(_) = value {
                put(shaped, path, value.clone());
                return Ok(());
            }
            for (index, block) in items(value).iter().enumerate() {
                let mut entry = shaped_with(&format!("{at}[{index}]"), block, attributes, others)?;
                beside.iter().for_each(|(name, said)| put(&mut entry, name, Node::Text((*said).to_owned())));
                put(shaped, path, Node::List(vec![entry]));
            }
        }
    }
    Ok(())
}

fn enabled(value: &Node) -> Node {
    match value {
        Node::Bool(on) => Node::Text(if *on { "Enabled" } else { "Disabled" }.to_owned()),
        other => other.clone(),
    }
}

fn negated(value: &Node) -> Node {
    match value {
        Node::Bool(on) => Node::Bool(!on),
        other => other.clone(),
    }
}

fn items(value: &Node) -> &[Node] {
    match value {
        Node::List(items) => items,
        other => std::slice::from_ref(other),
    }
}

/// The value of the object's entry `name`.
pub(super) fn get<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    let Node::Object(entries) = node else { return None };
    entries.iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// The entries of the list at `path`; none where there is no list.
pub(super) fn items_at<'n>(node: &'n Node, path: &str) -> impl Iterator<Item = &'n Node> {
    let found = path.split('/').try_fold(node, get);
    found.and_then(|found| if let Node::List(items) = found { Some(items) } else { None }).into_iter().flatten()
}

/// As [`items_at`], to be changed.
pub(super) fn items_at_mut<'n>(node: &'n mut Node, path: &str) -> impl Iterator<Item = &'n mut Node> {
    let entry = |node: &'n mut Node, name: &str| match node {
        Node::Object(entries) => entries.iter_mut().find(|(key, _)| key == name).map(|(_, value)| value),
        Node::Null
        | Node::Bool(_)
        | Node::Number(_)
        | Node::Text(_)
        | Node::Expression(_)
        | Node::Reference(_)
        | Node::List(_) => None,
    };
    let found = path.split('/').try_fold(node, entry);
    found.and_then(|found| if let Node::List(items) = found { Some(items) } else { None }).into_iter().flatten()
}

/// The entries of the object at `path`.
fn get_mut(node: &Node, path: &str) -> Vec<(Name, Node)> {
    match path.split('/').try_fold(node, get) {
        Some(Node::Object(entries)) => entries.clone(),
        Some(_) | None => Vec::new(),
    }
}

fn put_object(node: &mut Node, path: &str, entries: Vec<(Name, Node)>) {
    put(node, path, Node::Object(entries));
}

/// Puts `value` at `path`, objects on the way made where they are missing; a list is put behind the list that is there.
pub(super) fn put(node: &mut Node, path: &str, value: Node) {
    let Node::Object(entries) = node else { return };
    let (step, rest) = path.split_once('/').map_or((path, None), |(step, rest)| (step, Some(rest)));
    let position = entries.iter().position(|(key, _)| key == step);
    match (position.and_then(|position| entries.get_mut(position)), rest, value) {
        (Some((_, inner)), Some(rest), value) => put(inner, rest, value),
        (None, Some(rest), value) => {
            let mut inner = Node::Object(Vec::new());
            put(&mut inner, rest, value);
            entries.push((step.into(), inner));
        }
        (Some((_, Node::List(items))), None, Node::List(more)) => items.extend(more),
        (Some((_, old)), None, value) => *old = value,
        (None, None, value) => entries.push((step.into(), value)),
    }
}
