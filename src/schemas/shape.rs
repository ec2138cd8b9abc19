//! What a value may be, as JSON Schema states it.

use serde_json::{Map, Value, json};

/// What a value may be.
#[derive(Clone, Debug)]
pub struct SchemaShape(Value);

impl SchemaShape {
    /// What a schema states.
    pub(super) fn of(schema: Value) -> Self {
        Self(schema)
    }

    /// As JSON Schema.
    pub fn value(self) -> Value {
        self.0
    }

    /// With a sentence that states what it is.
    #[must_use]
    pub fn about(mut self, what: &str) -> Self {
        if let Some(fields) = self.0.as_object_mut() {
            fields.insert("description".to_owned(), what.into());
        }
        self
    }

    /// This, or null.
    #[must_use]
    pub fn or_null(self) -> Self {
        Self(json!({ "anyOf": [self.0, { "type": "null" }] }))
    }
}

pub(super) fn text() -> SchemaShape {
    SchemaShape(json!({ "type": "string" }))
}

pub(super) fn number() -> SchemaShape {
    SchemaShape(json!({ "type": "integer" }))
}

/// A part of one.
pub(super) fn share() -> SchemaShape {
    SchemaShape(json!({ "type": "number", "minimum": 0, "maximum": 1 }))
}

pub(super) fn truth() -> SchemaShape {
    SchemaShape(json!({ "type": "boolean" }))
}

/// Any object: what it holds is Azure's to say.
pub(super) fn foreign() -> SchemaShape {
    SchemaShape(json!({ "type": "object" }))
}

/// Any value: what it is, is Azure's to say.
pub(super) fn anything() -> SchemaShape {
    SchemaShape(json!({}))
}

/// A text that is always this one.
pub(super) fn constant(text: &str) -> SchemaShape {
    SchemaShape(json!({ "const": text }))
}

pub(super) fn one_of(words: &[&str]) -> SchemaShape {
    SchemaShape(json!({ "enum": words }))
}

pub(super) fn list(of: SchemaShape) -> SchemaShape {
    SchemaShape(json!({ "type": "array", "items": of.0 }))
}

/// An object whose names are of the author.
pub(super) fn by_name(of: SchemaShape) -> SchemaShape {
    SchemaShape(json!({ "type": "object", "additionalProperties": of.0 }))
}

/// One of several kinds of value.
pub(super) fn any(of: impl IntoIterator<Item = SchemaShape>) -> SchemaShape {
    SchemaShape(json!({ "anyOf": of.into_iter().map(SchemaShape::value).collect::<Vec<_>>() }))
}

/// A field of an object.
pub(super) struct ShapeField {
    name: &'static str,
    shape: SchemaShape,
    is_there: bool,
}

/// A field that is always there.
pub(super) fn must(name: &'static str, shape: SchemaShape) -> ShapeField {
    ShapeField { name, shape, is_there: true }
}

/// A field that is there where it states something.
pub(super) fn may(name: &'static str, shape: SchemaShape) -> ShapeField {
    ShapeField { name, shape, is_there: false }
}

/// An object with these fields and no others.
pub(super) fn object(fields: impl IntoIterator<Item = ShapeField>) -> SchemaShape {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for ShapeField { name, shape, is_there } in fields {
        if is_there {
            required.push(name);
        }
        properties.insert(name.to_owned(), shape.0);
    }
    SchemaShape(json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    }))
}
