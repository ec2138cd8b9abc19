//! Flows from what Azure Firewall logs.
//!
//! In: the lines of a log, one after the other. Out: an [`LogEntry`] for each record, a [`FlowLine`](crate::explain::FlowLine)
//! or the reason why it is not one; or a table of [`Observed`] flows: each distinct flow once, with what was logged that was
//! decided, how often, first and last. The forms, which may follow each other in one file: lines of `--flows`; records as
//! diagnostic settings export them, one on a line or in the array `records`; rows of a query, as JSON objects or as CSV with
//! a header; the texts of `AzureDiagnostics`, as the field `msg` or alone; rows of `fwc.observed/1`, which the table writes.
//! Guaranteed: no line is an error for the lines beside it, a record cut short costs no other, of a document only the record
//! that is read is kept, and a table grows within [`Bounds`] and counts what it leaves out. Deliberately absent: files, and
//! what the policy decides.

mod asked;
mod columns;
mod event;
mod fields;
mod logged;
mod message;
mod objects;
mod observed;
mod observed_row;
mod reader;
mod record;
mod rows;
mod texts;
mod time;
mod unread;

pub use logged::{LogTable, Logged, LoggedReason};
pub use observed::{Bounds, LineCount, Numbers, Observed, Row, Unreadable};
pub use reader::{LogEntry, LogReader};
pub use time::Time;
pub use unread::UnreadLine;
