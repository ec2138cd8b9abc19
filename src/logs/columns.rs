//! The names and values of a record.

use serde_json::{Map, Value};

use crate::net::same_word;

/// What Log Analytics appends to the names of columns of `AzureDiagnostics`, by the type of the column.
const TYPES: [&str; 4] = ["_s", "_d", "_b", "_g"];

/// The values of a record that are not empty, by name.
#[derive(Default, Debug)]
pub(super) struct Columns {
    values: Vec<(String, String)>,
}

impl Columns {
    /// Of a JSON object: its texts, numbers and truth values.
    pub(super) fn of_json(fields: &Map<String, Value>) -> Self {
        fields.iter().filter_map(|(name, value)| Some((name.as_str(), text_of(value)?))).collect()
    }

    /// The value of a column. Names are compared without regard to case.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.values.iter().find(|(other, _)| is_name(other, name));
        found.map(|(_, value)| value.as_str())
    }
}

impl<'n> FromIterator<(&'n str, String)> for Columns {
    fn from_iter<T: IntoIterator<Item = (&'n str, String)>>(values: T) -> Self {
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
        Self { values: values.filter(|(_, value)| !value.is_empty()).collect() }
    }
}

/// Whether a column has this name, with or without the type that Log Analytics appends.
pub(super) fn is_name(column: &str, name: &str) -> bool {
    let column = column.trim();
    let plain = column.split_at_checked(column.len().saturating_sub(2));
    same_word(column, name)
        || plain.is_some_and(|(plain, end)| same_word(plain, name) && TYPES.iter().any(|one| same_word(one, end)))
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
