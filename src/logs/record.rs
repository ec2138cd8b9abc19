//! A record of a table.
//!
//! An export has the columns in `properties`, beside the category; a row of a query has them at the top, and its table in
//! `Type`, if the query kept that. Where no table is named, the columns tell.
//!
//! Source of the tables and columns: Microsoft Learn, "Azure Monitor Logs table reference", AZFW*, 2024-03 to 2026-05.

use crate::flow::Action;
use crate::net::same_word;

use super::asked::Asked;
use super::columns::{Column, Columns};
use super::event::Event;
use super::fields::Fields;
use super::logged::{self, Logged, Reason, Table};
use super::message;
use super::time::Time;
use super::unread::{DNS, Unread};

const UNRESOLVED: &str = "a host name of a rule that DNS did not resolve";
const PACKET: &str = "a packet of a connection, on which no rule decides";

/// How the records of a table are read.
#[derive(Clone, Copy, Debug)]
enum Reading {
    /// As a flow.
    Flow(Table),
    /// As a flow, if the firewall decided on it.
    Decided,
    /// As a flow in a text.
    Message,
    /// As something else.
    Other(&'static str),
}

/// The tables and categories.
const TABLES: [(&str, Reading); 19] = [
    ("AZFWApplicationRule", Reading::Flow(Table::Application)),
    ("AZFWApplicationRuleAggregation", Reading::Flow(Table::Counts)),
    ("AZFWNetworkRule", Reading::Flow(Table::Network)),
    ("AZFWNetworkRuleAggregation", Reading::Flow(Table::Counts)),
    ("AZFWNatRule", Reading::Flow(Table::Nat)),
    ("AZFWNatRuleAggregation", Reading::Other("the count of a NAT rule, without the destination")),
    ("AZFWThreatIntel", Reading::Flow(Table::ThreatIntelligence)),
    ("AZFWIdpsSignature", Reading::Flow(Table::IntrusionDetection)),
    ("AZFWFatFlow", Reading::Flow(Table::Connections)),
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
const TOLD_BY: [(Column, Reading); 8] = [
    (Column::Message, Reading::Message),
    (Column::QueryName, Reading::Other(DNS)),
    (Column::ServerIp, Reading::Other(UNRESOLVED)),
    (Column::Flag, Reading::Decided),
    (Column::SignatureId, Reading::Flow(Table::IntrusionDetection)),
    (Column::ThreatDescription, Reading::Flow(Table::ThreatIntelligence)),
    (Column::TranslatedIp, Reading::Flow(Table::Nat)),
    (Column::Fqdn, Reading::Flow(Table::Application)),
];

/// The record of an exported object, or of a row.
pub(super) fn read<'f>(fields: &'f Fields<'_>) -> Result<Event<'f>, Unread> {
    let top = &fields.top;
    let Some(inner) = &fields.properties else { return row(top) };
    let found = match (table(top), top.get(Column::Category)) {
        (None, Some(category)) => return Err(Unread::Category(category.to_owned())),
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
pub(super) fn row<'f>(columns: &'f Columns<'_>) -> Result<Event<'f>, Unread> {
    by(table(columns), columns)
}

/// The reading that the name of the table gives. `Category` is also a column of AZFWIdpsSignature, with other values.
fn table(columns: &Columns<'_>) -> Option<Reading> {
    let names = [Column::Category, Column::Type, Column::TableName].map(|column| columns.get(column));
    names.into_iter().flatten().find_map(|name| {
        let found = TABLES.iter().find(|(table, _)| same_word(table, name));
        found.map(|(_, reading)| *reading)
    })
}

fn by<'f>(table: Option<Reading>, columns: &'f Columns<'_>) -> Result<Event<'f>, Unread> {
    let told = || TOLD_BY.iter().find(|(column, _)| columns.get(*column).is_some()).map(|(_, reading)| *reading);
    match table.or_else(told).unwrap_or(Reading::Flow(Table::Network)) {
        Reading::Flow(table) => flow(columns, table),
        Reading::Decided if is_decided(columns) => flow(columns, Table::Connections),
        Reading::Decided => Err(Unread::Other(PACKET)),
        Reading::Message => {
            let mut record = columns.get(Column::Message).map_or(Err(Unread::Missing("message")), message::read)?;
            (record.time, record.logged.firewall) = (time(columns), firewall(columns));
            Ok(record)
        }
        Reading::Other(what) => Err(Unread::Other(what)),
    }
}

fn flow<'f>(columns: &'f Columns<'_>, table: Table) -> Result<Event<'f>, Unread> {
    let asked = Asked {
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

fn decided<'f>(columns: &'f Columns<'_>, table: Table) -> Logged<&'f str> {
    let column = |column: Column| columns.get(column).unwrap_or_default();
    let action = columns.get(Column::Action).and_then(logged::action);
    // The table of DNAT has no action: its rules let pass.
    let action = if table == Table::Nat { action.or(Some(Action::Allow)) } else { action };
    Logged {
        table,
        action,
        reason: columns.get(Column::ActionReason).map_or(Reason::None, Reason::of),
        firewall: firewall(columns),
        policy: column(Column::Policy),
        group: column(Column::RuleCollectionGroup),
        collection: column(Column::RuleCollection),
        rule: column(Column::Rule),
    }
}

/// The name of the firewall, which ends the id of its resource.
fn firewall<'f>(columns: &'f Columns<'_>) -> &'f str {
    let id = columns.get(Column::ResourceId);
    id.and_then(|id| id.rsplit_once('/')).map_or("", |(_, name)| name)
}

fn time(columns: &Columns<'_>) -> Option<Time> {
    columns.get(Column::Time).and_then(Time::parse)
}

/// Whether a flow trace is of a decision. Most are of later packets, either way, and their action is `Log`.
fn is_decided(columns: &Columns<'_>) -> bool {
    columns.get(Column::Action).is_some_and(|action| ["Allow", "Deny"].iter().any(|one| same_word(one, action)))
}
