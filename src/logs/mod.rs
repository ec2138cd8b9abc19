//! Flows from what Azure Firewall logs.
//!
//! In: the lines of a log, one after the other. Out: an [`Entry`] for each record, a [`FlowLine`](crate::explain::FlowLine)
//! or the reason why it is not a flow. The forms, which may follow each other in one file: lines of `--flows`; records as
//! diagnostic settings export them, one on a line or in the array `records`; rows of a query, as JSON objects or as CSV with
//! a header; the texts of `AzureDiagnostics`, as the field `msg` or alone. Guaranteed: no line is an error for the lines
//! beside it, a record cut short costs no other, and of a document only the record that is read is kept. Deliberately
//! absent: files, and what the log says was decided; `explain` decides anew.

mod asked;
mod columns;
mod message;
mod objects;
mod reader;
mod record;
mod rows;
mod unread;

pub use reader::{Entry, Reader};
pub use unread::Unread;
