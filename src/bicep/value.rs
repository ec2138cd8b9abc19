//! Values of a template that is being made: literal where they are, else expressions of templates.

use serde_json::{Map, Value as Json};

/// A value.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum BicepValue {
    Null,
    Bool(bool),
    Number(i64),
    Text(String),
    List(Vec<BicepValue>),
    Object(Vec<(String, BicepValue)>),
    /// A value of a file that is loaded, as it is.
    Loaded(Json),
    /// An expression of templates, without its brackets.
    Expression(String),
}

impl BicepValue {
    /// A call of the template function `name`.
    pub(super) fn call<'a>(name: &str, arguments: impl IntoIterator<Item = &'a Self>) -> Self {
        let arguments: Vec<String> = arguments.into_iter().map(Self::expression).collect();
        Self::Expression(format!("{name}({})", arguments.join(", ")))
    }

    /// A call of the template function `name` with arguments that are written out.
    pub(super) fn called(name: &str, arguments: &[String]) -> Self {
        Self::Expression(format!("{name}({})", arguments.join(", ")))
    }

    /// The value as an expression of templates.
    pub(super) fn expression(&self) -> String {
        match self {
            Self::Null => "null()".to_owned(),
            Self::Bool(value) => format!("{value}()"),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => quoted(text),
            Self::List(items) => made("createArray", items.iter().map(Self::expression)),
            Self::Object(entries) => {
                made("createObject", entries.iter().flat_map(|(key, value)| [quoted(key), value.expression()]))
            }
            Self::Loaded(json) => of_json(json),
            Self::Expression(text) => text.clone(),
        }
    }

    /// The value as a template states it.
    pub(super) fn json(self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(value) => Json::Bool(value),
            Self::Number(number) => number.into(),
            Self::Text(text) => Json::String(escaped(text)),
            Self::List(items) => items.into_iter().map(Self::json).collect(),
            Self::Object(entries) if entries.iter().any(|(key, _)| key == "copy") => {
                // A property of that name is a loop in a template.
                Json::String(format!("[{}]", Self::Object(entries).expression()))
            }
            Self::Object(entries) => {
                Json::Object(entries.into_iter().map(|(key, value)| (escaped(key), value.json())).collect())
            }
            Self::Loaded(json) => literal(json),
            Self::Expression(text) => Json::String(format!("[{text}]")),
        }
    }
}

fn made(function: &str, arguments: impl Iterator<Item = String>) -> String {
    format!("{function}({})", arguments.collect::<Vec<_>>().join(", "))
}

/// A text in an expression.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A text, or a key, that would be an expression of templates in brackets.
fn escaped(text: String) -> String {
    match text.starts_with('[') && text.ends_with(']') {
        true => ["[", &text].concat(),
        false => text,
    }
}

fn of_json(json: &Json) -> String {
    match json {
        Json::Null => "null()".to_owned(),
        Json::Bool(value) => format!("{value}()"),
        Json::Number(number) if number.is_i64() => number.to_string(),
        Json::Number(number) => format!("json('{number}')"),
        Json::String(text) => quoted(text),
        Json::Array(items) => made("createArray", items.iter().map(of_json)),
        Json::Object(entries) => {
            made("createObject", entries.iter().flat_map(|(key, value)| [quoted(key), of_json(value)]))
        }
    }
}

/// A value of a template that is `json` as it is.
pub fn literal(json: Json) -> Json {
    match json {
        Json::String(text) => Json::String(escaped(text)),
        Json::Array(items) => items.into_iter().map(literal).collect(),
        Json::Object(entries) if entries.contains_key("copy") => {
            Json::String(format!("[{}]", of_json(&Json::Object(entries))))
        }
        Json::Object(entries) => {
            let escaped: Map<String, Json> =
                entries.into_iter().map(|(key, value)| (escaped(key), literal(value))).collect();
            Json::Object(escaped)
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => json,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn texts_that_look_like_expressions_stay_texts() {
        let value = BicepValue::Object(vec![("[a]".to_owned(), BicepValue::Text("[b]".to_owned()))]);
        assert_eq!(value.clone().json(), json!({ "[[a]": "[[b]" }));
        assert_eq!(value.expression(), "createObject('[a]', '[b]')");
        assert_eq!(BicepValue::Text("it's".to_owned()).expression(), "'it''s'");
        assert_eq!(BicepValue::Text("[open".to_owned()).json(), json!("[open"));
        assert_eq!(BicepValue::Loaded(json!({ "a": ["[x]", 1.5] })).json(), json!({ "a": ["[[x]", 1.5] }));
    }

    #[test]
    fn a_property_called_copy_is_no_loop() {
        let value = BicepValue::Object(vec![("copy".to_owned(), BicepValue::List(Vec::new()))]);
        assert_eq!(value.json(), json!("[createObject('copy', createArray())]"));
    }
}
