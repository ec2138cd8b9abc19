//! Text to a value.

use std::cell::RefCell;
use std::fmt;

use hashbrown::HashSet;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use super::name::MemberName;
use super::value::{Json, Map};

/// The value of `text`.
///
/// # Errors
/// Where it is no JSON, or an object has a name twice, which `quoted` writes into the message.
pub(crate) fn parse(text: &str, quoted: fn(&str) -> String) -> Result<Json, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let names = RefCell::default();
    let value = ValueOf(&Document { names, quoted }).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// What the values of a document share.
struct Document {
    names: RefCell<HashSet<MemberName>>,
    quoted: fn(&str) -> String,
}

impl Document {
    /// The name as all objects have it.
    fn name(&self, text: &str) -> MemberName {
        let mut names = self.names.borrow_mut();
        names.get_or_insert_with(text, |text| text.into()).clone()
    }
}

/// A value of the document.
#[derive(Clone, Copy)]
struct ValueOf<'d>(&'d Document);

impl<'de> DeserializeSeed<'de> for ValueOf<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueOf<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Number::from_f64(value).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Json::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut object = Map::new();
        while let Some((name, value)) = entries.next_entry_seed(NameOf(self.0), self)? {
            if object.has_shared(&name) {
                return Err(A::Error::custom(format_args!("duplicate key {}", (self.0.quoted)(&name))));
            }
            object.push(name, value);
        }
        Ok(Json::Object(object))
    }
}

/// The name of a property.
struct NameOf<'d>(&'d Document);

impl<'de> DeserializeSeed<'de> for NameOf<'_> {
    type Value = MemberName;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<MemberName, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for NameOf<'_> {
    type Value = MemberName;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, text: &str) -> Result<MemberName, E> {
        Ok(self.0.name(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(text: &str) -> String {
        format!("`{text}`")
    }

    #[test]
    fn a_value_is_as_serde_json_reads_it() {
        for text in ["null", "[1,-2,3.5,1e400,true]", r#"{"b":{"a":"\u00e9"},"a":[],"c":{}}"#, r#"["a",{"a":1}]"#] {
            let plain = serde_json::from_str::<serde_json::Value>(text).ok();
            assert_eq!(parse(text, quoted).ok(), plain.map(Json::from), "{text}");
        }
    }

    #[test]
    fn a_value_is_written_as_it_was_read() {
        let text = r#"{"b":{"a":"x\"y"},"a":[null,1,-2,3.5,true]}"#;
        assert_eq!(parse(text, quoted).map(|value| value.to_string()).ok().as_deref(), Some(text));
    }

    #[test]
    fn a_name_that_is_twice_in_an_object_is_refused_however_large_it_is() {
        for count in [1, 15, 16, 17, 40] {
            let entries: Vec<String> = (0..count).map(|at| format!("\"k{at}\":{at}")).collect();
            assert!(parse(&format!("{{{}}}", entries.join(",")), quoted).is_ok(), "{count}");
            let text = format!("{{{},\"k0\":0}}", entries.join(","));
            let message = parse(&text, quoted).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(message.starts_with("duplicate key `k0` at line 1 column "), "{count}: {message}");
        }
    }

    #[test]
    fn objects_share_their_names() {
        let value = parse(r#"[{"name":1},{"name":2}]"#, quoted).unwrap_or_default();
        let names: Vec<&MemberName> =
            value.as_array().into_iter().flatten().filter_map(Json::as_object).flat_map(Map::keys).collect();
        assert!(matches!(names.as_slice(), [one, other] if one.shares(other)));
    }

    #[test]
    fn properties_of_large_objects_are_found_set_and_removed() {
        let mut map: Map = (0..40).map(|at| (format!("k{at}"), Json::from("old"))).collect();
        assert_eq!(map.get("k39"), Some(&Json::from("old")));
        assert_eq!(map.insert("k39", Json::from("new")), Some(Json::from("old")));
        assert_eq!(map.insert("k40", Json::Null), None);
        assert_eq!(map.remove("k0"), Some(Json::from("old")));
        assert_eq!(map.get("k0"), None);
        assert_eq!((map.get("k39"), map.get("k40")), (Some(&Json::from("new")), Some(&Json::Null)));
        map.retain(|name| name != "k1");
        assert_eq!((map.len(), map.contains_key("k1")), (39, false));
    }
}
