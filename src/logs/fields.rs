//! A JSON object of a log, read once and without copies.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::columns::{Column, LogColumns};
use crate::net::same_word;

/// Columns by which a JSON object is a record of a log, and not a line of `--flows` with an error.
const OF_RECORDS: [Column; 9] = [
    Column::Category,
    Column::Type,
    Column::TableName,
    Column::Message,
    Column::SourceIp,
    Column::DestinationIp,
    Column::Fqdn,
    Column::QueryName,
    Column::ServerIp,
];

/// The field that holds the columns of an exported record.
const PROPERTIES: &str = "properties";

/// The fields of an object as far as a log has them: texts, numbers and truth values, and those of `properties`.
#[derive(Default, Debug)]
pub(super) struct LogFields<'l> {
    /// Those of the object itself.
    pub(super) top: LogColumns<'l>,
    /// Those of its `properties`.
    pub(super) properties: Option<Box<LogColumns<'l>>>,
    /// Whether it has a list of records.
    pub(super) has_records: bool,
    /// Whether it has a field that only records have.
    names_record: bool,
    /// Whether it has the field that lines of `--flows` have.
    names_service: bool,
}

impl<'l> LogFields<'l> {
    /// Whether the object is meant as a record.
    pub(super) fn is_record(&self) -> bool {
        self.names_record && !self.names_service
    }

    /// Those of an object that was read as a value.
    pub(super) fn of_map(map: &'l Map<String, Value>) -> Self {
        let mut fields = Self::default();
        map.iter().for_each(|(name, value)| fields.add(name, FieldCell::of(value)));
        fields
    }

    fn add(&mut self, name: &str, cell: FieldCell<'l>) {
        self.names_service |= name == "service";
        self.names_record = self.names_record || names_record(name);
        match cell {
            FieldCell::Text(value) => self.top.push(name, value),
            FieldCell::Object(columns) if same_word(name, PROPERTIES) => self.properties = Some(columns),
            FieldCell::List => self.has_records |= same_word(name, "records"),
            FieldCell::Object(_) | FieldCell::Nothing => {}
        }
    }
}

fn names_record(name: &str) -> bool {
    same_word(name, PROPERTIES) || Column::of(name).is_some_and(|column| OF_RECORDS.contains(&column))
}

impl<'de> Deserialize<'de> for LogFields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfObject;
        impl<'de> Visitor<'de> for OfObject {
            type Value = LogFields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<LogFields<'de>, A::Error> {
                let mut fields = LogFields::default();
                while let Some(FieldName(name)) = map.next_key()? {
                    let cell = map.next_value_seed(NestingDepth::Outer)?;
                    fields.add(&name, cell);
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(OfObject)
    }
}

/// A value of a field.
#[derive(Debug)]
enum FieldCell<'l> {
    Text(Cow<'l, str>),
    /// The texts of an object, without what is deeper.
    Object(Box<LogColumns<'l>>),
    List,
    Nothing,
}

impl<'l> FieldCell<'l> {
    fn of(value: &'l Value) -> Self {
        match value {
            Value::Object(map) => {
                let mut columns = Box::<LogColumns<'_>>::default();
                for (name, value) in map {
                    if let Self::Text(value) = Self::flat(value) {
                        columns.push(name, value);
                    }
                }
                Self::Object(columns)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Self::flat(value),
        }
    }

    fn flat(value: &'l Value) -> Self {
        match value {
            Value::String(text) => Self::Text(Cow::Borrowed(text)),
            Value::Number(number) => Self::Text(Cow::Owned(number.to_string())),
            Value::Bool(truth) => Self::truth(*truth),
            Value::Array(_) => Self::List,
            Value::Null | Value::Object(_) => Self::Nothing,
        }
    }

    fn truth(truth: bool) -> Self {
        Self::Text(Cow::Borrowed(if truth { "true" } else { "false" }))
    }
}

/// Where a value is: objects inside an object are passed over.
#[derive(Clone, Copy)]
enum NestingDepth {
    Outer,
    Inner,
}

impl<'de> DeserializeSeed<'de> for NestingDepth {
    type Value = FieldCell<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<FieldCell<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for NestingDepth {
    type Value = FieldCell<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<FieldCell<'de>, E> {
        Ok(FieldCell::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<FieldCell<'de>, E> {
        Ok(FieldCell::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<FieldCell<'de>, E> {
        Ok(FieldCell::truth(truth))
    }

    fn visit_u64<E>(self, number: u64) -> Result<FieldCell<'de>, E> {
        Ok(FieldCell::Text(Cow::Owned(number.to_string())))
    }

    fn visit_i64<E>(self, number: i64) -> Result<FieldCell<'de>, E> {
        Ok(FieldCell::Text(Cow::Owned(number.to_string())))
    }

    fn visit_f64<E>(self, number: f64) -> Result<FieldCell<'de>, E> {
        let number = serde_json::Number::from_f64(number);
        Ok(number.map_or(FieldCell::Nothing, |number| FieldCell::Text(Cow::Owned(number.to_string()))))
    }

    fn visit_unit<E>(self) -> Result<FieldCell<'de>, E> {
        Ok(FieldCell::Nothing)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<FieldCell<'de>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(FieldCell::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<FieldCell<'de>, A::Error> {
        let mut columns = Box::<LogColumns<'_>>::default();
        match self {
            Self::Inner => while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {},
            Self::Outer => {
                while let Some(FieldName(name)) = map.next_key()? {
                    if let FieldCell::Text(value) = map.next_value_seed(Self::Inner)? {
                        columns.push(&name, value);
                    }
                }
            }
        }
        Ok(FieldCell::Object(columns))
    }
}

/// The name of a field, of the line itself where it has no escapes.
struct FieldName<'l>(Cow<'l, str>);

impl<'de> Deserialize<'de> for FieldName<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfName;
        impl<'de> Visitor<'de> for OfName {
            type Value = FieldName<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<FieldName<'de>, E> {
                Ok(FieldName(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<FieldName<'de>, E> {
                Ok(FieldName(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(OfName)
    }
}
