//! The values that a template is made of. Escaping has its one home here.

use serde_json::{Map, Value};

/// A text that the template engine must take as it stands: it evaluates what stands in brackets.
pub(super) fn literal(text: &str) -> Value {
    Value::String(escaped(text))
}

/// `[resourceId('KIND','NAME',…)]`: a resource of the deployment's resource group.
pub(super) fn resource_id(kind: &str, names: &[&str]) -> Value {
    let arguments: Vec<String> = [kind].iter().chain(names).map(|argument| quoted(argument)).collect();
    Value::String(["[resourceId(", &arguments.join(","), ")]"].concat())
}

/// `value` with each of its texts, and each of its keys, to be taken as it stands.
pub(super) fn literal_tree(value: &Value) -> Value {
    match value {
        Value::String(text) => literal(text),
        Value::Array(items) => items.iter().map(literal_tree).collect(),
        Value::Object(entries) => entries.iter().map(|(key, value)| (escaped(key), literal_tree(value))).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

fn escaped(text: &str) -> String {
    let evaluated = text.starts_with('[') && text.ends_with(']');
    [if evaluated { "[" } else { "" }, text].concat()
}

fn quoted(text: &str) -> String {
    ["'", &text.replace('\'', "''"), "'"].concat()
}

/// A JSON object that leaves out what is empty: nulls, texts, lists and objects without content.
#[derive(Default)]
pub(super) struct Object(Map<String, Value>);

impl Object {
    /// Sets `key`, which is a name of ours and needs no escaping, unless `value` is empty.
    pub(super) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        if !is_empty(&value) {
            self.0.insert(key.to_owned(), value);
        }
        self
    }

    /// Sets `key` to an object that stands even when it is empty.
    pub(super) fn with_body(mut self, key: &str, body: Object) -> Self {
        self.0.insert(key.to_owned(), Value::Object(body.0));
        self
    }

    /// Sets `key`, a text of the model, whatever `value` is.
    pub(super) fn with_entry(mut self, key: &str, value: Value) -> Self {
        self.0.insert(escaped(key), value);
        self
    }

    /// Sets `key` to a literal text.
    pub(super) fn with_text(self, key: &str, text: impl AsRef<str>) -> Self {
        self.with(key, literal(text.as_ref()))
    }

    /// Sets `key` to a literal text, where there is one.
    pub(super) fn with_optional(self, key: &str, text: Option<&String>) -> Self {
        self.with(key, text.map(|text| literal(text)))
    }

    /// Sets `key` to the literal texts of `items`.
    pub(super) fn with_texts<T: ToString>(self, key: &str, items: impl IntoIterator<Item = T>) -> Self {
        let texts: Vec<Value> = items.into_iter().map(|item| literal(&item.to_string())).collect();
        self.with(key, texts)
    }

    /// Sets what stands at `path`, whose steps are keys with `/` between them, making the objects on the way.
    pub(super) fn merge(&mut self, path: &str, value: &Value) {
        merge(&mut self.0, path, literal_tree(value));
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object.0)
    }
}

fn merge(object: &mut Map<String, Value>, path: &str, value: Value) {
    let Some((key, rest)) = path.split_once('/') else {
        object.insert(path_key(path), value);
        return;
    };
    let slot = object.entry(path_key(key)).or_insert(Value::Null);
    if !slot.is_object() {
        *slot = Value::Object(Map::new());
    }
    if let Value::Object(inner) = slot {
        merge(inner, rest, value);
    }
}

/// A step of a path, in which `~1` stands for `/` and `~0` for `~`, as in a JSON pointer (RFC 6901).
fn path_key(step: &str) -> String {
    escaped(&step.replace("~1", "/").replace("~0", "~"))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_bracketed_text_is_kept_from_evaluation() {
        assert_eq!(literal("[x]"), json!("[[x]"));
        assert_eq!(literal("[x"), json!("[x"));
        assert_eq!(literal("[[x]"), json!("[[[x]"));
    }

    #[test]
    fn a_quote_inside_an_expression_is_doubled() {
        assert_eq!(resource_id("T", &["it's"]), json!("[resourceId('T','it''s')]"));
    }

    #[test]
    fn a_path_reaches_into_what_is_there() {
        let mut object = Object::default().with("properties", json!({"sku": {"tier": "Basic"}}));
        object.merge("properties/sku/family", &json!("[x]"));
        object.merge("a~1b", &json!(1));
        let expected = json!({"properties": {"sku": {"tier": "Basic", "family": "[[x]"}}, "a/b": 1});
        assert_eq!(Value::from(object), expected);
    }
}
