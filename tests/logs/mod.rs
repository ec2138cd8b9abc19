//! What Azure Firewall logs, read as flows.

mod corpus;
mod damaged;
mod forms;
mod written;

use fwc::explain::FlowLine;
use fwc::logs::{LogEntry, LogReader};

/// All records of a log.
fn entries(log: &str) -> Vec<LogEntry> {
    let mut reader = LogReader::default();
    let mut entries: Vec<LogEntry> = log.lines().flat_map(|line| reader.line(line)).collect();
    entries.extend(reader.end());
    entries
}

/// A flow on one line, `https 10.0.0.4 > a.com`, with the address and the path, where it has them.
fn shown(flow: &FlowLine) -> String {
    let address = flow.destination_address.iter().map(|address| format!(" at {address}"));
    let rest: String = address.chain(flow.path.clone()).collect();
    format!("{} {} > {}{rest}", flow.service, flow.source, flow.destination)
}

/// Each record with its line, as its flow or as the reason why it is not one.
fn told(log: &str) -> Vec<String> {
    let told = |entry: LogEntry| {
        let record = entry.record.map(|record| format!(".{record}")).unwrap_or_default();
        let what = entry.flow.map_or_else(|error| error.to_string(), |flow| shown(&flow));
        format!("{}{record}: {what}", entry.line)
    };
    entries(log).into_iter().map(told).collect()
}

/// The one record of a log.
fn one(log: &str) -> String {
    let told = told(log);
    let [only] = told.as_slice() else { panic!("{told:?}") };
    only.split_once(": ").unwrap().1.to_owned()
}
