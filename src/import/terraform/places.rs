//! Where source states what resources become in Azure's shape.

use super::schema::{self, SchemaTo};
use crate::source::{Inside, LayoutId, LayoutStretch, SourceLayout};

/// Adds to the value `of`, which has the attributes of a resource of type `kind`, the properties that the resource has in
/// Azure's shape.
pub fn add_places(layout: &mut SourceLayout, kind: &str, of: LayoutId) {
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
enum PlaceTree {
    Value(LayoutId),
    List(LayoutStretch, Vec<LayoutId>),
    Object(LayoutStretch, Vec<(String, PlaceTree)>),
}

fn shaped(layout: &mut SourceLayout, of: LayoutId, attributes: &[(&str, SchemaTo)]) {
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

fn add(layout: &mut SourceLayout, id: LayoutId, to: &SchemaTo, tree: &mut Vec<(String, PlaceTree)>) {
    let Some(at) = layout.stretch(id) else { return };
    match to {
        SchemaTo::Nothing => {}
        SchemaTo::At(path)
        | SchemaTo::TrueAt(path)
        | SchemaTo::NotAt(path)
        | SchemaTo::EnabledAt(path)
        | SchemaTo::IdAt(path)
        | SchemaTo::KeysAt(path)
        | SchemaTo::WrappedAt(path, _) => put(tree, path, at, PlaceTree::Value(id)),
        SchemaTo::OnlyAt(path) => put(tree, path, at, PlaceTree::List(at, vec![id])),
        SchemaTo::Inside(path, attributes) => {
            let block = layout.items(id).first().copied().unwrap_or(id);
            shaped(layout, block, attributes);
            put(tree, path, at, PlaceTree::Value(block));
        }
        SchemaTo::Each(path, attributes, _) => {
            let blocks = layout.items(id).to_vec();
            blocks.iter().for_each(|block| shaped(layout, *block, attributes));
            put(tree, path, at, PlaceTree::List(at, blocks));
        }
    }
}

/// Puts what is at `path` into the tree; lists at one path are one after another.
fn put(tree: &mut Vec<(String, PlaceTree)>, path: &str, at: LayoutStretch, part: PlaceTree) {
    let (step, rest) = path.split_once('/').map_or((path, None), |(step, rest)| (step, Some(rest)));
    let position = tree.iter().position(|(name, _)| name == step);
    let known = position.and_then(|position| tree.get_mut(position)).map(|(_, known)| known);
    match (known, rest, part) {
        (Some(PlaceTree::Object(_, inner)), Some(rest), part) => put(inner, rest, at, part),
        (Some(PlaceTree::List(_, items)), None, PlaceTree::List(_, more)) => items.extend(more),
        (Some(known), None, part) => *known = part,
        (Some(_), Some(_), _) => {}
        (None, Some(rest), part) => {
            let mut inner = Vec::new();
            put(&mut inner, rest, at, part);
            tree.push((step.to_owned(), PlaceTree::Object(at, inner)));
        }
        (None, None, part) => tree.push((step.to_owned(), part)),
    }
}

fn built(layout: &mut SourceLayout, tree: PlaceTree) -> LayoutId {
    match tree {
        PlaceTree::Value(id) => id,
        PlaceTree::List(at, items) => layout.add(at, Inside::Items(items)),
        PlaceTree::Object(at, entries) => {
            let fields = entries.into_iter().map(|(name, part)| (name, built(layout, part))).collect();
            layout.add(at, Inside::Fields(fields))
        }
    }
}
