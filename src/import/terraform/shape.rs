//! The attributes of a resource in the shape that Azure has for them.

use super::schema::SchemaTo;
use crate::import::fault::{ImportFault, quoted};
use crate::json::MemberName;
use crate::template::TemplateNode;

/// What becomes of an attribute that is not in the table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Others {
    /// It is refused, as it could change a meaning.
    Refused,
    /// It is left out.
    LeftOut,
}

/// The attributes `values` of the resource at `address`, as the table states.
pub(super) fn shaped(
    address: &str,
    values: &TemplateNode,
    attributes: &[(&str, SchemaTo)],
) -> Result<TemplateNode, ImportFault> {
    shaped_with(address, values, attributes, Others::Refused)
}

/// As [`shaped`], with what becomes of attributes that are not in the table.
pub(super) fn shaped_with(
    address: &str,
    values: &TemplateNode,
    attributes: &[(&str, SchemaTo)],
    others: Others,
) -> Result<TemplateNode, ImportFault> {
    let mut shaped = TemplateNode::Object(Vec::new());
    let TemplateNode::Object(entries) = values else {
        return Err(ImportFault::at(address, format!("found {}, expected an object", values.described())));
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
            return Err(ImportFault::at(
                at,
                format!("unknown attribute {}, which could change a meaning", quoted(name)),
            ));
        };
        place(&at, value, to, others, &mut shaped)?;
    }
    Ok(shaped)
}

fn place(
    at: &str,
    value: &TemplateNode,
    to: &SchemaTo,
    others: Others,
    shaped: &mut TemplateNode,
) -> Result<(), ImportFault> {
    match to {
        SchemaTo::Nothing => {}
        SchemaTo::At(path) => put(shaped, path, value.clone()),
        SchemaTo::TrueAt(_) | SchemaTo::EnabledAt(_) if matches!(value, TemplateNode::Bool(false)) => {}
        SchemaTo::TrueAt(path) => put(shaped, path, value.clone()),
        SchemaTo::EnabledAt(path) => put(shaped, path, enabled(value)),
        SchemaTo::NotAt(path) => put(shaped, path, negated(value)),
        SchemaTo::OnlyAt(path) => put(shaped, path, TemplateNode::List(vec![value.clone()])),
        SchemaTo::IdAt(path) => put(shaped, path, TemplateNode::Object(vec![("id".into(), value.clone())])),
        SchemaTo::WrappedAt(path, key) => {
            let wrapped = |text: &TemplateNode| TemplateNode::Object(vec![((*key).into(), text.clone())]);
            match value {
                TemplateNode::Expression(_) => put(shaped, path, value.clone()),
                _ => put(shaped, path, TemplateNode::List(items(value).iter().map(wrapped).collect())),
            }
        }
        SchemaTo::KeysAt(path) => {
            for id in items(value) {
                let TemplateNode::Text(id) = id else {
                    return Err(ImportFault::at(at, format!("found {}, expected a literal id", id.described())));
                };
                let mut keys = get_mut(shaped, path);
                keys.push((id.as_str().into(), TemplateNode::Object(Vec::new())));
                put_object(shaped, path, keys);
            }
        }
        SchemaTo::Inside(path, attributes) => match items(value) {
            [] => {}
            [unknown @ TemplateNode::Expression(_)] => put(shaped, path, unknown.clone()),
            [block] => put(shaped, path, shaped_with(&format!("{at}[0]"), block, attributes, others)?),
            _ => return Err(ImportFault::at(at, "expected one block")),
        },
        SchemaTo::Each(path, attributes, beside) => {
            if let TemplateNode::Expression(_) = value {
                put(shaped, path, value.clone());
                return Ok(());
            }
            for (index, block) in items(value).iter().enumerate() {
                let mut entry = shaped_with(&format!("{at}[{index}]"), block, attributes, others)?;
                beside.iter().for_each(|(name, said)| put(&mut entry, name, TemplateNode::Text((*said).to_owned())));
                put(shaped, path, TemplateNode::List(vec![entry]));
            }
        }
    }
    Ok(())
}

fn enabled(value: &TemplateNode) -> TemplateNode {
    match value {
        TemplateNode::Bool(on) => TemplateNode::Text(if *on { "Enabled" } else { "Disabled" }.to_owned()),
        other => other.clone(),
    }
}

fn negated(value: &TemplateNode) -> TemplateNode {
    match value {
        TemplateNode::Bool(on) => TemplateNode::Bool(!on),
        other => other.clone(),
    }
}

fn items(value: &TemplateNode) -> &[TemplateNode] {
    match value {
        TemplateNode::List(items) => items,
        other => std::slice::from_ref(other),
    }
}

/// The value of the object's entry `name`.
pub(super) fn get<'n>(node: &'n TemplateNode, name: &str) -> Option<&'n TemplateNode> {
    let TemplateNode::Object(entries) = node else { return None };
    entries.iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// The entries of the list at `path`; none where there is no list.
pub(super) fn items_at<'n>(node: &'n TemplateNode, path: &str) -> impl Iterator<Item = &'n TemplateNode> {
    let found = path.split('/').try_fold(node, get);
    found.and_then(|found| if let TemplateNode::List(items) = found { Some(items) } else { None }).into_iter().flatten()
}

/// As [`items_at`], to be changed.
pub(super) fn items_at_mut<'n>(node: &'n mut TemplateNode, path: &str) -> impl Iterator<Item = &'n mut TemplateNode> {
    let entry = |node: &'n mut TemplateNode, name: &str| match node {
        TemplateNode::Object(entries) => entries.iter_mut().find(|(key, _)| key == name).map(|(_, value)| value),
        TemplateNode::Null
        | TemplateNode::Bool(_)
        | TemplateNode::Number(_)
        | TemplateNode::Text(_)
        | TemplateNode::Expression(_)
        | TemplateNode::Reference(_)
        | TemplateNode::List(_) => None,
    };
    let found = path.split('/').try_fold(node, entry);
    found.and_then(|found| if let TemplateNode::List(items) = found { Some(items) } else { None }).into_iter().flatten()
}

/// The entries of the object at `path`.
fn get_mut(node: &TemplateNode, path: &str) -> Vec<(MemberName, TemplateNode)> {
    match path.split('/').try_fold(node, get) {
        Some(TemplateNode::Object(entries)) => entries.clone(),
        Some(_) | None => Vec::new(),
    }
}

fn put_object(node: &mut TemplateNode, path: &str, entries: Vec<(MemberName, TemplateNode)>) {
    put(node, path, TemplateNode::Object(entries));
}

/// Puts `value` at `path`, objects on the way made where they are missing; a list is put after the list that is there.
pub(super) fn put(node: &mut TemplateNode, path: &str, value: TemplateNode) {
    let TemplateNode::Object(entries) = node else { return };
    let (step, rest) = path.split_once('/').map_or((path, None), |(step, rest)| (step, Some(rest)));
    let position = entries.iter().position(|(key, _)| key == step);
    match (position.and_then(|position| entries.get_mut(position)), rest, value) {
        (Some((_, inner)), Some(rest), value) => put(inner, rest, value),
        (None, Some(rest), value) => {
            let mut inner = TemplateNode::Object(Vec::new());
            put(&mut inner, rest, value);
            entries.push((step.into(), inner));
        }
        (Some((_, TemplateNode::List(items))), None, TemplateNode::List(more)) => items.extend(more),
        (Some((_, old)), None, value) => *old = value,
        (None, None, value) => entries.push((step.into(), value)),
    }
}
