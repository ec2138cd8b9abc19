//! Where source states what resources become in Azure's shape.

use super::schema::{self, To};
use crate::source::{Inside, Layout, LayoutId, Stretch};

/// Adds to the value `of`, which has the attributes of a resource of type `kind`, the properties that the resource has in
/// Azure's shape.
pub fn add_places(layout: &mut Layout, kind: &str, of: LayoutId) {
    let classic = || schema::classic(kind).map(|classic| classic.attributes);
    let attributes = match schema::table(kind) {
        Some(table) if table.kind.is_some() => table.attributes,
        Some(_) | None => match classic() {
            Some(attributes) => attributes,
            None => return,
        },
    };
    shaped(layout, of, attributes);
}

/// What is at a path: a value, or an object that the path makes.
enum Tree {
    Value(LayoutId),
    List(Stretch, Vec<LayoutId>),
    Object(Stretch, Vec<(String, Tree)>),
}

fn shaped(layout: &mut Layout, of: LayoutId, attributes: &[(&str, To)]) {
    let own: Vec<(String, LayoutId)> = layout.fields(of).to_vec();
    let mut tree = Vec::new();
    for (name, id) in &own {
        if let Some((_, to)) = attributes.iter().find(|(known, _)| name == *known) {
            add(layout, *id, to, &mut tree);
        }
    }
    let mut fields = own;
    for (name, part) in tree {
        let id = built(layout, part);
        fields.retain(|(known, _)| !known.eq_ignore_ascii_case(&name));
        fields.push((name, id));
    }
    layout.set(of, Inside::Fields(fields));
}

fn add(layout: &mut Layout, id: LayoutId, to: &To, tree: &mut Vec<(String, Tree)>) {
    let Some(at) = layout.stretch(id) else { return };
    match to {
        To::Nothing => {}
        To::At(path)
        | To::TrueAt(path)
        | To::NotAt(path)
        | To::EnabledAt(path)
        | To::IdAt(path)
        | To::KeysAt(path)
        | To::WrappedAt(path, _) => put(tree, path, at, Tree::Value(id)),
        To::OnlyAt(path) => put(tree, path, at, Tree::List(at, vec![id])),
        To::Inside(path, attributes) => {
            let block = layout.items(id).first().copied().unwrap_or(id);
            shaped(layout, block, attributes);
            put(tree, path, at, Tree::Value(block));
        }
        To::Each(path, attributes, _) => {
            let blocks = layout.items(id).to_vec();
            blocks.iter().for_each(|block| shaped(layout, *block, attributes));
            put(tree, path, at, Tree::List(at, blocks));
        }
    }
}

/// Puts what is at `path` into the tree; lists at one path are one behind another.
fn put(tree: &mut Vec<(String, Tree)>, path: &str, at: Stretch, part: Tree) {
    let (step, rest) = path.split_once('/').map_or((path, None), |(step, rest)| (step, Some(rest)));
    let position = tree.iter().position(|(name, _)| name == step);
    let known = position.and_then(|position| tree.get_mut(position)).map(|(_, known)| known);
    match (known, rest, part) {
        (Some(Tree::Object(_, inner)), Some(rest), part) => put(inner, rest, at, part),
        (Some(Tree::List(_, items)), None, Tree::List(_, more)) => items.extend(more),
        (Some(known), None, part) => *known = part,
        (Some(_), Some(_), _) => {}
        (None, Some(rest), part) => {
            let mut inner = Vec::new();
            put(&mut inner, rest, at, part);
            tree.push((step.to_owned(), Tree::Object(at, inner)));
        }
        (None, None, part) => tree.push((step.to_owned(), part)),
    }
}

fn built(layout: &mut Layout, tree: Tree) -> LayoutId {
    match tree {
        Tree::Value(id) => id,
        Tree::List(at, items) => layout.add(at, Inside::Items(items)),
        Tree::Object(at, entries) => {
            let fields = entries.into_iter().map(|(name, part)| (name, built(layout, part))).collect();
            layout.add(at, Inside::Fields(fields))
        }
    }
}
