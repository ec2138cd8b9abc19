//! Rows of CSV under a header.

use std::borrow::Cow;

use csv::{ReaderBuilder, StringRecord, Trim};

use super::columns::{Column, LogColumns};
use super::unread::UnreadLine;

/// The columns by which a line is a header.
const HEADERS: [Column; 2] = [Column::SourceIp, Column::Message];

/// Reads rows by the last header.
#[derive(Default, Debug)]
pub(super) struct LogRows {
    header: Option<StringRecord>,
}

/// What a line of a table is.
#[derive(Debug)]
pub(super) enum LogRow<'r> {
    /// The header of the rows after it.
    Header,
    /// A row.
    Values(Result<Box<LogColumns<'r>>, UnreadLine>),
    /// No header was read before.
    Other,
}

impl LogRows {
    /// Whether a header was read.
    pub(super) fn is_table(&self) -> bool {
        self.header.is_some()
    }

    /// Reads a line as a header or as a row.
    pub(super) fn line(&mut self, line: &str) -> LogRow<'_> {
        let fields = fields(line);
        if fields.iter().filter_map(Column::of).any(|column| HEADERS.contains(&column)) {
            self.header = Some(fields);
            return LogRow::Header;
        }
        let Some(header) = &self.header else { return LogRow::Other };
        LogRow::Values(match () {
            () if line.matches('"').count() % 2 == 1 => Err(UnreadLine::Quotes),
            () if fields.len() != header.len() => Err(UnreadLine::Columns(fields.len(), header.len())),
            () => Ok(Box::new(header.iter().zip(fields.iter().map(|field| Cow::Owned(field.to_owned()))).collect())),
        })
    }
}

fn fields(line: &str) -> StringRecord {
    let mut builder = ReaderBuilder::new();
    let mut reader = builder.has_headers(false).flexible(true).trim(Trim::All).from_reader(line.as_bytes());
    reader.records().next().and_then(Result::ok).unwrap_or_default()
}
