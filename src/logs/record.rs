//! A record of a table.
//!
//! An export has the columns in `properties`, beside the category; a row of a query has them at the top, and its table in
//! `Type`, if the query kept that. Where no table is named, the columns tell.
//!
//! Source of the tables and columns: Microsoft Learn, "Azure Monitor Logs table reference", AZFW*, 2024-03 to 2026-05.

use serde_json::{Map, Value};

use crate::explain::FlowLine;
use crate::net::same_word;

use super::asked::Asked;
use super::columns::{Columns, is_name};
use super::message;
use super::unread::{DNS, Unread};

const UNRESOLVED: &str = "a host name of a rule that DNS did not resolve";
const PACKET: &str = "a packet of a connection, on which no rule decides";

/// How the records of a table are read.
#[derive(Clone, Copy, Debug)]
enum Reading {
    /// As a flow.
    Flow,
    /// As a flow, if the firewall decided on it.
    Decided,
    /// As a flow in a text.
    Message,
    /// As something else.
    Other(&'static str),
}

/// The tables and categories.
const TABLES: [(&str, Reading); 19] = [
    ("AZFWApplicationRule", Reading::Flow),
    ("AZFWApplicationRuleAggregation", Reading::Flow),
    ("AZFWNetworkRule", Reading::Flow),
    ("AZFWNetworkRuleAggregation", Reading::Flow),
    ("AZFWNatRule", Reading::Flow),
    ("AZFWNatRuleAggregation", Reading::Other("the count of a NAT rule, without the destination")),
    ("AZFWThreatIntel", Reading::Flow),
    ("AZFWIdpsSignature", Reading::Flow),
    ("AZFWFatFlow", Reading::Flow),
    ("AZFWFlowTrace", Reading::Decided),
    ("AZFWDnsQuery", Reading::Other(DNS)),
    ("AZFWDnsAdditional", Reading::Other(DNS)),
    ("AZFWDnsFlowTrace", Reading::Other(DNS)),
    ("AZFWFqdnResolveFailure", Reading::Other(UNRESOLVED)),
    ("AZFWInternalFqdnResolutionFailure", Reading::Other(UNRESOLVED)),
    ("AzureFirewallApplicationRule", Reading::Message),
    ("AzureFirewallNetworkRule", Reading::Message),
    ("AzureFirewallDnsProxy", Reading::Other(DNS)),
    ("AzureFirewallThreatIntel", Reading::Message),
];

/// Columns that only the tables of one reading have.
const TOLD_BY: [(&str, Reading); 4] = [
    ("msg", Reading::Message),
    ("QueryName", Reading::Other(DNS)),
    ("ServerIp", Reading::Other(UNRESOLVED)),
    ("Flag", Reading::Decided),
];

/// Fields by which a JSON object is a record of a log, and not a line of `--flows` with an error.
const FIELDS: [&str; 10] = [
    "category",
    "properties",
    "Type",
    "TableName",
    "msg",
    "SourceIp",
    "DestinationIp",
    "Fqdn",
    "QueryName",
    "ServerIp",
];

/// Whether an object is meant as a record.
pub(super) fn is_record(fields: &Map<String, Value>) -> bool {
    !fields.contains_key("service") && fields.keys().any(|name| FIELDS.iter().any(|field| is_name(name, field)))
}

/// The flow of an exported record, or of a row.
pub(super) fn read(fields: &Map<String, Value>) -> Result<FlowLine, Unread> {
    let top = Columns::of_json(fields);
    let properties = fields.iter().find(|(name, _)| same_word(name, "properties"));
    let Some(inner) = properties.and_then(|(_, value)| value.as_object()) else { return flow(&top) };
    match (top.get("category"), table(&top)) {
        (Some(category), None) => Err(Unread::Category(category.to_owned())),
        (_, found) => by(found, &Columns::of_json(inner)),
    }
}

/// The flow of a row.
pub(super) fn flow(columns: &Columns) -> Result<FlowLine, Unread> {
    by(table(columns), columns)
}

/// The reading that the name of the table gives. `Category` is also a column of AZFWIdpsSignature, with other values.
fn table(columns: &Columns) -> Option<Reading> {
    let names = ["Type", "TableName", "category"].map(|field| columns.get(field));
    names.into_iter().flatten().find_map(|name| {
        let found = TABLES.iter().find(|(table, _)| same_word(table, name));
        found.map(|(_, reading)| *reading)
    })
}

fn by(table: Option<Reading>, columns: &Columns) -> Result<FlowLine, Unread> {
    let told = || TOLD_BY.iter().find(|(column, _)| columns.get(column).is_some()).map(|(_, reading)| *reading);
    match table.or_else(told).unwrap_or(Reading::Flow) {
        Reading::Flow => asked(columns).flow(),
        Reading::Decided if is_decided(columns) => asked(columns).flow(),
        Reading::Decided => Err(Unread::Other(PACKET)),
        Reading::Message => columns.get("msg").map_or(Err(Unread::Missing("message")), message::read),
        Reading::Other(what) => Err(Unread::Other(what)),
    }
}

fn asked(columns: &Columns) -> Asked<'_> {
    Asked {
        source: columns.get("SourceIp"),
        protocol: columns.get("Protocol"),
        host: columns.get("Fqdn"),
        address: columns.get("DestinationIp"),
        port: columns.get("DestinationPort"),
        url: columns.get("TargetUrl"),
    }
}

/// Whether a flow trace is of a decision. Most are of later packets, either way, and their action is `Log`.
fn is_decided(columns: &Columns) -> bool {
    columns.get("Action").is_some_and(|action| ["Allow", "Deny"].iter().any(|one| same_word(one, action)))
}
