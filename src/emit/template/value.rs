//! The values that a deployment is made of, in no syntax yet: each format writes them, and escapes in one place.

use crate::model::ResourceName;
use indexmap::IndexMap;
use serde_json::Value as Json;

/// A value of a property.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::emit) enum EmittedValue {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A number.
    Number(serde_json::Number),
    /// A text, to be taken as it is.
    Text(String),
    /// The id of a resource.
    Id(EmittedId),
    /// The region of the deployment's resource group.
    GroupLocation,
    /// A list.
    List(Vec<EmittedValue>),
    /// Properties by name.
    Object(EmittedObject),
}

/// The id of a resource of the deployment or of its resource group: its kind, its name and those above it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::emit) struct EmittedId {
    /// Its kind.
    pub(in crate::emit) kind: IdKind,
    /// The names that lead to it.
    pub(in crate::emit) names: Vec<String>,
}

impl EmittedId {
    pub(in crate::emit) fn new(kind: IdKind, names: &[&str]) -> Self {
        Self { kind, names: names.iter().map(|&name| name.to_owned()).collect() }
    }
}

/// The kinds of resources that are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::emit) enum IdKind {
    /// A firewall policy.
    Policy,
    /// A rule collection group of a policy.
    Group,
    /// An IP group.
    IpGroup,
    /// A route table.
    RouteTable,
    /// A selector group of a policy: pods of a cluster.
    Pods,
}

impl IdKind {
    /// The resource type, as Azure spells it.
    pub(in crate::emit) fn spelled(self) -> &'static str {
        match self {
            Self::Policy => "Microsoft.Network/firewallPolicies",
            Self::Group => "Microsoft.Network/firewallPolicies/ruleCollectionGroups",
            Self::IpGroup => "Microsoft.Network/ipGroups",
            Self::RouteTable => "Microsoft.Network/routeTables",
            Self::Pods => "Microsoft.Network/firewallPolicies/kubeSelectorGroups",
        }
    }
}

/// Properties by name, without those that are empty: nulls, texts, lists and objects without content.
#[derive(Clone, PartialEq, Default, Debug)]
pub(in crate::emit) struct EmittedObject(IndexMap<String, EmittedValue>);

impl EmittedObject {
    /// The properties in order.
    pub(in crate::emit) fn iter(&self) -> impl Iterator<Item = (&str, &EmittedValue)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// Whether there is none.
    pub(in crate::emit) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sets `key` unless `value` is empty.
    pub(super) fn with(mut self, key: &str, value: impl Into<EmittedValue>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.0.insert(key.to_owned(), value);
        }
        self
    }

    /// Sets `key` whatever `value` is.
    pub(super) fn with_entry(mut self, key: &str, value: impl Into<EmittedValue>) -> Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }

    /// Sets `key` to the texts of `items`.
    pub(super) fn with_texts<T: ToString>(self, key: &str, items: impl IntoIterator<Item = T>) -> Self {
        let texts: Vec<EmittedValue> = items.into_iter().map(|item| EmittedValue::Text(item.to_string())).collect();
        self.with(key, texts)
    }

    /// Sets what is at `path` unless `value` is empty, making the objects on the way. The steps of the path are keys with `/`
    /// between them.
    pub(super) fn put(&mut self, path: &str, value: EmittedValue) {
        if !value.is_empty() {
            merge(self, path, value);
        }
    }

    /// Sets what is at `path`, whose steps are keys with `/` between them, making the objects on the way.
    pub(super) fn merge(&mut self, path: &str, value: &Json) {
        merge(self, path, value.into());
    }
}

fn merge(object: &mut EmittedObject, path: &str, value: EmittedValue) {
    let Some((key, rest)) = path.split_once('/') else {
        object.0.insert(path_key(path), value);
        return;
    };
    let slot = object.0.entry(path_key(key)).or_insert(EmittedValue::Null);
    if !matches!(slot, EmittedValue::Object(_)) {
        *slot = EmittedValue::Object(EmittedObject::default());
    }
    if let EmittedValue::Object(inner) = slot {
        merge(inner, rest, value);
    }
}

/// A step of a path, in which `~1` means `/` and `~0` means `~`, as in a JSON pointer (RFC 6901).
fn path_key(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

impl EmittedValue {
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Object(object) => object.is_empty(),
            Self::Bool(_) | Self::Number(_) | Self::Id(_) | Self::GroupLocation => false,
        }
    }
}

impl From<&Json> for EmittedValue {
    fn from(json: &Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(number) => Self::Number(number.clone()),
            Json::String(text) => Self::Text(text.clone()),
            Json::Array(items) => Self::List(items.iter().map(Self::from).collect()),
            Json::Object(entries) => {
                Self::Object(EmittedObject(entries.iter().map(|(key, value)| (key.clone(), value.into())).collect()))
            }
        }
    }
}

impl From<&str> for EmittedValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for EmittedValue {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<&ResourceName> for EmittedValue {
    fn from(name: &ResourceName) -> Self {
        Self::from(name.as_str())
    }
}

impl From<String> for EmittedValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for EmittedValue {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<u16> for EmittedValue {
    fn from(value: u16) -> Self {
        Self::Number(value.into())
    }
}

impl From<u32> for EmittedValue {
    fn from(value: u32) -> Self {
        Self::Number(value.into())
    }
}

impl From<EmittedId> for EmittedValue {
    fn from(id: EmittedId) -> Self {
        Self::Id(id)
    }
}

impl From<EmittedObject> for EmittedValue {
    fn from(object: EmittedObject) -> Self {
        Self::Object(object)
    }
}

impl From<Vec<EmittedValue>> for EmittedValue {
    fn from(items: Vec<EmittedValue>) -> Self {
        Self::List(items)
    }
}

impl<T: Into<EmittedValue>> From<Option<T>> for EmittedValue {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_path_reaches_into_what_is_there() {
        let mut object =
            EmittedObject::default().with("properties", EmittedValue::from(&json!({"sku": {"tier": "Basic"}})));
        object.merge("properties/sku/family", &json!("[x]"));
        object.merge("a~1b", &json!(1));
        let expected =
            EmittedValue::from(&json!({"properties": {"sku": {"tier": "Basic", "family": "[x]"}}, "a/b": 1}));
        assert_eq!(EmittedValue::from(object), expected);
    }
}
