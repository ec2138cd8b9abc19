//! The lines of a log, one after the other.

use serde_json::{Map, Value};

use crate::explain::{FlowError, FlowLine};
use crate::net::same_word;

use super::objects::{Kind, Objects, Piece};
use super::rows::{Row, Rows};
use super::unread::Unread;
use super::{message, record};

/// A record of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The line where it begins.
    pub line: u64,
    /// Which of the line it is, from 1, where the line has several.
    pub record: Option<usize>,
    /// Its flow, or why it is not one.
    pub flow: Result<FlowLine, Unread>,
}

/// Reads a log line by line.
#[derive(Default, Debug)]
pub struct Reader {
    number: u64,
    objects: Objects,
    rows: Rows,
}

impl Reader {
    /// The records that end on the next line, which is given without its end.
    pub fn line(&mut self, text: &str) -> Vec<Entry> {
        self.number += 1;
        let mark = if self.number == 1 { '\u{feff}' } else { '\n' };
        let text = text.trim_start_matches(mark);
        if self.objects.is_between() && !self.is_json(text) {
            let read = self.plain(text).map(|flow| Entry { line: self.number, record: None, flow });
            return read.into_iter().collect();
        }
        entries(self.objects.line(self.number, text))
    }

    /// Whether a line begins with JSON, or with what separates objects. In a table a row may begin with an empty column.
    fn is_json(&self, text: &str) -> bool {
        let text = text.trim_start();
        text.starts_with(['{', '[', ']', '}']) || text.starts_with(',') && !self.rows.is_table()
    }

    /// The records that the end of the log leaves incomplete.
    pub fn end(&mut self) -> Vec<Entry> {
        entries(self.objects.end())
    }

    /// A line that is not JSON; nothing where it is blank or a header.
    fn plain(&mut self, text: &str) -> Option<Result<FlowLine, Unread>> {
        if text.trim_matches(|c: char| c == ',' || c.is_whitespace()).is_empty() {
            return None;
        }
        match self.rows.line(text) {
            Row::Header => None,
            Row::Values(columns) => Some(columns.and_then(|columns| record::flow(&columns))),
            Row::Other => Some(other(text)),
        }
    }
}

fn entries(pieces: Vec<Piece>) -> Vec<Entry> {
    let mut found = Vec::new();
    for Piece { line, text, kind } in pieces {
        let flows = match kind {
            Kind::Object => object(&text),
            Kind::Torn => vec![Err(torn(&text))],
            Kind::Other => vec![other(&text)],
        };
        found.extend(flows.into_iter().map(|flow| Entry { line, record: None, flow }));
    }
    numbered(&mut found);
    found
}

/// Numbers the records of a line that has several.
fn numbered(entries: &mut [Entry]) {
    for of_line in entries.chunk_by_mut(|one, next| one.line == next.line).filter(|entries| entries.len() > 1) {
        for (number, entry) in (1..).zip(of_line) {
            entry.record = Some(number);
        }
    }
}

/// The flows of an object: one, or those of its `records`.
fn object(text: &str) -> Vec<Result<FlowLine, Unread>> {
    let error = match text.parse::<FlowLine>() {
        Ok(flow) => return vec![Ok(flow)],
        Err(error) => error,
    };
    let fields: Map<String, Value> = match serde_json::from_str(text) {
        Ok(fields) => fields,
        Err(error) => return vec![Err(Unread::Flow(FlowError::from(&error)))],
    };
    match records(&fields) {
        Some(records) => records.iter().map(of_document).collect(),
        None if record::is_record(&fields) => vec![record::read(&fields)],
        None => vec![Err(Unread::Flow(error))],
    }
}

/// The records of an Event Hub document.
fn records(fields: &Map<String, Value>) -> Option<&Vec<Value>> {
    let (_, records) = fields.iter().find(|(name, _)| same_word(name, "records"))?;
    records.as_array()
}

fn of_document(record: &Value) -> Result<FlowLine, Unread> {
    record.as_object().map_or(Err(Unread::Text), record::read)
}

/// What is wrong with an object that is torn.
fn torn(text: &str) -> Unread {
    match serde_json::from_str::<serde::de::IgnoredAny>(text.trim_end()) {
        Ok(_) => Unread::Text,
        Err(error) => Unread::Flow(FlowError::from(&error)),
    }
}

/// A text that is neither JSON nor a row.
fn other(text: &str) -> Result<FlowLine, Unread> {
    match message::is_message(text) {
        true => message::read(text),
        false => Err(Unread::Text),
    }
}
