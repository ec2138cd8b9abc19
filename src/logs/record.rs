//! A record of a table.
//!
//! An export has the columns in `properties`, beside the category; a row of a query has them at the top, and its table in
//! `Type`, if the query kept that. Where no table is named, the columns tell.
//!
//! Source of the tables and columns: Microsoft Learn, "Azure Monitor Logs table reference", AZFW*, 2024-03 to 2026-05.

use crate::flow::FlowAction;
use crate::net::same_word;

use super::asked::AskedName;
use super::columns::{Column, LogColumns};
use super::event::Event;
use super::fields::LogFields;
use super::logged::{self, LogTable, Logged, LoggedReason};
use super::message;
use super::time::Time;
use super::unread::{DNS, UnreadLine};

const UNRESOLVED: &str = "a host name of a rule that DNS did not resolve";
const PACKET: &str = "a packet of a connection, on which no rule decides";

/// How the records of a table are read.
#[derive(Clone, Copy, Debug)]
enum RecordReading {
    /// As a flow.
    Flow(LogTable),
    /// As a flow, if the firewall decided on it.
    Decided,
    /// As a flow in a text.
    Message,
    /// As something else.
    Other(&'static str),
}

/// The tables and categories.
const TABLES: [(&str, RecordReading); 19] = [
    ("AZFWApplicationRule", RecordReading::Flow(LogTable::Application)),
    ("AZFWApplicationRuleAggregation", RecordReading::Flow(LogTable::Counts)),
    ("AZFWNetworkRule", RecordReading::Flow(LogTable::Network)),
    ("AZFWNetworkRuleAggregation", RecordReading::Flow(LogTable::Counts)),
    ("AZFWNatRule", RecordReading::Flow(LogTable::Nat)),
    ("AZFWNatRuleAggregation", RecordReading::Other("the count of a NAT rule, without the destination")),
    ("AZFWThreatIntel", RecordReading::Flow(LogTable::ThreatIntelligence)),
    ("AZFWIdpsSignature", RecordReading::Flow(LogTable::IntrusionDetection)),
    ("AZFWFatFlow", RecordReading::Flow(LogTable::Connections)),
    ("AZFWFlowTrace", RecordReading::Decided),
    ("AZFWDnsQuery", RecordReading::Other(DNS)),
    ("AZFWDnsAdditional", RecordReading::Other(DNS)),
    ("AZFWDnsFlowTrace", RecordReading::Other(DNS)),
    ("AZFWFqdnResolveFailure", RecordReading::Other(UNRESOLVED)),
    ("AZFWInternalFqdnResolutionFailure", RecordReading::Other(UNRESOLVED)),
    ("AzureFirewallApplicationRule", RecordReading::Message),
    ("AzureFirewallNetworkRule", RecordReading::Message),
    ("AzureFirewallDnsProxy", RecordReading::Other(DNS)),
    ("AzureFirewallThreatIntel", RecordReading::Message),
];

/// Columns that only the tables of one reading have.
const TOLD_BY: [(Column, RecordReading); 8] = [
    (Column::Message, RecordReading::Message),
    (Column::QueryName, RecordReading::Other(DNS)),
    (Column::ServerIp, RecordReading::Other(UNRESOLVED)),
    (Column::Flag, RecordReading::Decided),
    (Column::SignatureId, RecordReading::Flow(LogTable::IntrusionDetection)),
    (Column::ThreatDescription, RecordReading::Flow(LogTable::ThreatIntelligence)),
    (Column::TranslatedIp, RecordReading::Flow(LogTable::Nat)),
    (Column::Fqdn, RecordReading::Flow(LogTable::Application)),
];

/// The record of an exported object, or of a row.
pub(super) fn read<'f>(fields: &'f LogFields<'_>) -> Result<Event<'f>, UnreadLine> {
    let top = &fields.top;
    let Some(inner) = &fields.properties else { return row(top) };
    let found = match (table(top), top.get(Column::Category)) {
        (None, Some(category)) => return Err(UnreadLine::Category(category.to_owned())),
        (found, _) => found,
    };
    let mut record = by(found, inner)?;
    record.time = record.time.or_else(|| time(top));
    if record.logged.firewall.is_empty() {
        record.logged.firewall = firewall(top);
    }
    Ok(record)
}

/// The record of a row.
pub(super) fn row<'f>(columns: &'f LogColumns<'_>) -> Result<Event<'f>, UnreadLine> {
    by(table(columns), columns)
}

/// The reading that the name of the table gives. `Category` is also a column of AZFWIdpsSignature, with other values.
fn table(columns: &LogColumns<'_>) -> Option<RecordReading> {
    let names = [Column::Category, Column::Type, Column::TableName].map(|column| columns.get(column));
    names.into_iter().flatten().find_map(|name| {
        let found = TABLES.iter().find(|(table, _)| same_word(table, name));
        found.map(|(_, reading)| *reading)
    })
}

fn by<'f>(table: Option<RecordReading>, columns: &'f LogColumns<'_>) -> Result<Event<'f>, UnreadLine> {
    let told = || TOLD_BY.iter().find(|(column, _)| columns.get(*column).is_some()).map(|(_, reading)| *reading);
    match table.or_else(told).unwrap_or(RecordReading::Flow(LogTable::Network)) {
        RecordReading::Flow(table) => flow(columns, table),
        RecordReading::Decided if is_decided(columns) => flow(columns, LogTable::Connections),
        RecordReading::Decided => Err(UnreadLine::Other(PACKET)),
        RecordReading::Message => {
            let mut record = columns.get(Column::Message).map_or(Err(UnreadLine::Missing("message")), message::read)?;
            (record.time, record.logged.firewall) = (time(columns), firewall(columns));
            Ok(record)
        }
        RecordReading::Other(what) => Err(UnreadLine::Other(what)),
    }
}

fn flow<'f>(columns: &'f LogColumns<'_>, table: LogTable) -> Result<Event<'f>, UnreadLine> {
    let asked = AskedName {
        source: columns.get(Column::SourceIp),
        protocol: columns.get(Column::Protocol),
        host: columns.get(Column::Fqdn),
        address: columns.get(Column::DestinationIp),
        port: columns.get(Column::DestinationPort),
        url: columns.get(Column::TargetUrl),
    };
    let logged = decided(columns, table);
    let parts = asked.parts().map_err(|why| why.without_name(logged.reason))?;
    Ok(Event { parts, logged, time: time(columns) })
}

fn decided<'f>(columns: &'f LogColumns<'_>, table: LogTable) -> Logged<&'f str> {
    let column = |column: Column| columns.get(column).unwrap_or_default();
    let action = columns.get(Column::Action).and_then(logged::action);
    // The table of DNAT has no action: its rules let pass.
    let action = if table == LogTable::Nat { action.or(Some(FlowAction::Allow)) } else { action };
    Logged {
        table,
        action,
        reason: columns.get(Column::ActionReason).map_or(LoggedReason::None, LoggedReason::of),
        firewall: firewall(columns),
        policy: column(Column::Policy),
        group: column(Column::RuleCollectionGroup),
        collection: column(Column::RuleCollection),
        rule: column(Column::Rule),
    }
}

/// The name of the firewall, which ends the id of its resource.
fn firewall<'f>(columns: &'f LogColumns<'_>) -> &'f str {
    let id = columns.get(Column::ResourceId);
    id.and_then(|id| id.rsplit_once('/')).map_or("", |(_, name)| name)
}

fn time(columns: &LogColumns<'_>) -> Option<Time> {
    columns.get(Column::Time).and_then(Time::parse)
}

/// Whether a flow trace is of a decision. Most are of later packets, either way, and their action is `Log`.
fn is_decided(columns: &LogColumns<'_>) -> bool {
    columns.get(Column::Action).is_some_and(|action| ["Allow", "Deny"].iter().any(|one| same_word(one, action)))
}
