//! A row of `fwc.observed/1`: flows that were seen, once for all records that have the same.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::explain::{FlowError, FlowLine};

use super::unread::UnreadLine;

/// The fields of a row that a flow does not have. Engines give numbers as texts, too.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Default, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct SeenFields {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) table: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) action: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) reason: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) firewall: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) policy: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) group: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) collection: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) rule: String,
    pub(super) lines: u64,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) first: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) last: String,
}

/// A row of a table of observed flows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct ObservedRow {
    /// The flow.
    pub(super) flow: FlowLine,
    /// What was seen of it.
    pub(super) seen: SeenFields,
}

/// The fields of a flow; the others of a row are those of [`SeenFields`].
const OF_FLOW: [&str; 5] = ["source", "destination", "destinationAddress", "path", "service"];

impl ObservedRow {
    /// The row as a line of JSON.
    pub(super) fn text(&self) -> String {
        let fields = [serde_json::to_value(&self.flow), serde_json::to_value(&self.seen)];
        let fields = fields.into_iter().filter_map(Result::ok);
        let all = fields.filter_map(|value| value.as_object().cloned()).flatten();
        Value::Object(all.collect()).to_string()
    }

    /// Reads an object that counts lines; nothing where it does not.
    pub(super) fn parse(text: &str) -> Option<Result<Self, UnreadLine>> {
        let mut fields: serde_json::Map<String, Value> = serde_json::from_str(text).ok()?;
        if !fields.contains_key("lines") || !fields.contains_key("service") {
            return None;
        }
        fields.retain(|_, value| !value.is_null());
        let (of_flow, of_row) = fields.into_iter().partition(|(name, _)| OF_FLOW.contains(&name.as_str()));
        let wrong = |error: serde_json::Error| UnreadLine::Flow(FlowError::from(&error));
        let flow = serde_json::from_value(Value::Object(of_flow)).map_err(wrong);
        let seen = || serde_json::from_value(Value::Object(of_row)).map_err(wrong);
        Some(flow.and_then(|flow| Ok(Self { flow, seen: seen()? })))
    }
}
