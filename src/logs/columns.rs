//! The names and values of a record.

use std::borrow::Cow;

use crate::net::same_word;

/// What Log Analytics appends to the names of columns of `AzureDiagnostics`, by the type of the column.
const TYPES: [&str; 4] = ["_s", "_d", "_b", "_g"];

/// The values of a record that are not empty, by name. Values without escapes are those of the line itself.
#[derive(Default, Debug)]
pub(super) struct Columns<'l> {
    values: Vec<(Cow<'l, str>, Cow<'l, str>)>,
}

impl<'l> Columns<'l> {
    /// Adds a value, without the blanks around it, unless it is empty.
    pub(super) fn push(&mut self, name: Cow<'l, str>, value: Cow<'l, str>) {
        let value = trimmed(value);
        if !value.is_empty() {
            self.values.push((name, value));
        }
    }

    /// The value of a column; of several of one name, the last. Names are compared without regard to case.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.values.iter().rev().find(|(other, _)| is_name(other, name));
        found.map(|(_, value)| value.as_ref())
    }
}

impl<'l> FromIterator<(&'l str, Cow<'l, str>)> for Columns<'l> {
    fn from_iter<T: IntoIterator<Item = (&'l str, Cow<'l, str>)>>(values: T) -> Self {
        let mut columns = Self::default();
        values.into_iter().for_each(|(name, value)| columns.push(Cow::Borrowed(name), value));
        columns
    }
}

fn trimmed(value: Cow<'_, str>) -> Cow<'_, str> {
    match value {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

/// Whether a column has this name, with or without the type that Log Analytics appends.
#[inline]
pub(super) fn is_name(column: &str, name: &str) -> bool {
    match column.len().checked_sub(name.len()) {
        Some(0) => same_word(column, name),
        Some(2) => {
            let parts = column.split_at_checked(name.len());
            parts.is_some_and(|(plain, end)| same_word(plain, name) && TYPES.iter().any(|one| same_word(one, end)))
        }
        Some(_) | None => false,
    }
}
