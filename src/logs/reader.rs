//! The lines of a log, one after the other.

use serde_json::{Map, Value};

use crate::explain::{FlowError, FlowLine};
use crate::net::same_word;

use super::event::Event;
use super::fields::LogFields;
use super::objects::{JsonKind, ObjectPiece, Objects};
use super::observed_row::ObservedRow;
use super::rows::{LogRow, LogRows};
use super::unread::UnreadLine;
use super::{message, record};

/// A record of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogEntry {
    /// The line where it begins.
    pub line: u64,
    /// Which of the line it is, from 1, where the line has several.
    pub record: Option<usize>,
    /// Its flow, or why it is not one.
    pub flow: Result<FlowLine, UnreadLine>,
}

/// Where a record is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct LogSpot {
    pub(super) line: u64,
    pub(super) record: Option<usize>,
}

/// A record as it was read.
#[derive(Clone, Debug)]
pub(super) enum LogRead<'l> {
    /// A line of `--flows`.
    Given(FlowLine),
    /// What a firewall logged.
    Logged(Event<'l>),
    /// A row of a table of observed flows.
    Observed(Box<ObservedRow>),
}

impl LogRead<'_> {
    fn flow(self) -> FlowLine {
        match self {
            Self::Given(flow) => flow,
            Self::Logged(event) => event.parts.line(),
            Self::Observed(row) => row.flow,
        }
    }
}

/// Takes each record.
pub(super) type Take<'t> = dyn FnMut(LogSpot, Result<LogRead<'_>, UnreadLine>) + 't;

/// Reads a log line by line.
#[derive(Default, Debug)]
pub struct LogReader {
    number: u64,
    objects: Objects,
    rows: LogRows,
}

impl LogReader {
    /// The records that end on the next line, which is given without its end.
    pub fn line(&mut self, text: &str) -> Vec<LogEntry> {
        let mut entries = Vec::new();
        self.each(text, &mut |spot, read| entries.push(entry(spot, read)));
        entries
    }

    /// The records that the end of the log leaves incomplete.
    pub fn end(&mut self) -> Vec<LogEntry> {
        let mut entries = Vec::new();
        self.rest(&mut |spot, read| entries.push(entry(spot, read)));
        entries
    }

    /// As [`Self::line`], without copies.
    pub(super) fn each(&mut self, text: &str, take: &mut Take<'_>) {
        self.number += 1;
        let spot = LogSpot { line: self.number, record: None };
        let mark = if self.number == 1 { '\u{feff}' } else { '\n' };
        let text = text.trim_start_matches(mark);
        if !self.objects.is_between() {
            return pieces(&self.objects.line(self.number, text), take);
        }
        // Most lines are a whole record; what is not is cut into objects first.
        if let Some(fields) = whole(text) {
            return take(spot, record::read(&fields).map(LogRead::Logged));
        }
        if self.is_json(text) {
            return pieces(&self.objects.line(self.number, text), take);
        }
        self.plain(text, spot, take);
    }

    /// As [`Self::end`], without copies.
    pub(super) fn rest(&mut self, take: &mut Take<'_>) {
        pieces(&self.objects.end(), take);
    }

    /// Whether a line begins with JSON, or with what separates objects. In a table a row may begin with an empty column.
    fn is_json(&self, text: &str) -> bool {
        let text = text.trim_start();
        text.starts_with(['{', '[', ']', '}']) || text.starts_with(',') && !self.rows.is_table()
    }

    /// A line that is not JSON; nothing where it is blank or a header.
    fn plain(&mut self, text: &str, spot: LogSpot, take: &mut Take<'_>) {
        if text.trim_matches(|c: char| c == ',' || c.is_whitespace()).is_empty() {
            return;
        }
        match self.rows.line(text) {
            LogRow::Header => {}
            LogRow::Values(Ok(columns)) => take(spot, record::row(&columns).map(LogRead::Logged)),
            LogRow::Values(Err(why)) => take(spot, Err(why)),
            LogRow::Other => other(text, spot, take),
        }
    }
}

fn entry(spot: LogSpot, read: Result<LogRead<'_>, UnreadLine>) -> LogEntry {
    LogEntry { line: spot.line, record: spot.record, flow: read.map(LogRead::flow) }
}

/// The fields of a line that is one record and nothing else.
fn whole(text: &str) -> Option<LogFields<'_>> {
    let text = text.trim();
    let fields: LogFields<'_> = text.starts_with('{').then(|| serde_json::from_str(text).ok())??;
    (fields.is_record() && !fields.has_records).then_some(fields)
}

/// The records of parts of the lines; those of a line that has several are numbered.
fn pieces(pieces: &[ObjectPiece], take: &mut Take<'_>) {
    for of_line in pieces.chunk_by(|one, next| one.line == next.line) {
        let mut number = (of_line.len() > 1).then_some(0);
        of_line.iter().for_each(|piece| self::piece(piece, &mut number, take));
    }
}

fn piece(piece: &ObjectPiece, number: &mut Option<usize>, take: &mut Take<'_>) {
    let mut next = |number: &mut Option<usize>| {
        *number = number.map(|number| number + 1);
        LogSpot { line: piece.line, record: *number }
    };
    match piece.kind {
        JsonKind::Object => object(&piece.text, number, &mut next, take),
        JsonKind::Torn => take(next(number), Err(torn(&piece.text))),
        JsonKind::Other => other(&piece.text, next(number), take),
    }
}

/// Gives the next record of a line its place.
type Next<'n> = dyn FnMut(&mut Option<usize>) -> LogSpot + 'n;

/// The record, row or flow of an object, or the records of a document.
fn object(text: &str, number: &mut Option<usize>, next: &mut Next<'_>, take: &mut Take<'_>) {
    match serde_json::from_str::<LogFields<'_>>(text) {
        Ok(fields) if fields.has_records => {
            number.get_or_insert(0);
            for record in records(text) {
                of_document(&record, next(number), take);
            }
        }
        Ok(fields) if fields.is_record() => take(next(number), record::read(&fields).map(LogRead::Logged)),
        Ok(_) => take(next(number), given(text)),
        Err(error) => take(next(number), Err(UnreadLine::Flow(FlowError::from(&error)))),
    }
}

/// A line of `--flows`, or a row of a table of observed flows.
fn given(text: &str) -> Result<LogRead<'static>, UnreadLine> {
    match (text.parse::<FlowLine>(), ObservedRow::parse(text)) {
        (Ok(flow), _) => Ok(LogRead::Given(flow)),
        (Err(_), Some(row)) => row.map(|row| LogRead::Observed(Box::new(row))),
        (Err(error), None) => Err(UnreadLine::Flow(error)),
    }
}

/// The records of an Event Hub document.
fn records(text: &str) -> Vec<Value> {
    let fields: Map<String, Value> = serde_json::from_str(text).unwrap_or_default();
    let lists = fields.into_iter().filter(|(name, _)| same_word(name, "records"));
    let records = lists.filter_map(|(_, value)| match value {
        Value::Array(records) => Some(records),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => None,
    });
    records.flatten().collect()
}

fn of_document(record: &Value, spot: LogSpot, take: &mut Take<'_>) {
    match record.as_object() {
        Some(fields) => take(spot, record::read(&LogFields::of_map(fields)).map(LogRead::Logged)),
        None => take(spot, Err(UnreadLine::Text)),
    }
}

/// What is wrong with an object that is torn.
fn torn(text: &str) -> UnreadLine {
    match serde_json::from_str::<serde::de::IgnoredAny>(text.trim_end()) {
        Ok(_) => UnreadLine::Text,
        Err(error) => UnreadLine::Flow(FlowError::from(&error)),
    }
}

/// A text that is neither JSON nor a row.
fn other(text: &str, spot: LogSpot, take: &mut Take<'_>) {
    match message::is_message(text) {
        true => take(spot, message::read(text).map(LogRead::Logged)),
        false => take(spot, Err(UnreadLine::Text)),
    }
}
