//! Why a record of a log is not a flow.

use std::fmt;

use super::logged::LoggedReason;
use crate::explain::FlowError;

/// What a record of the DNS proxy tells.
pub(super) const DNS: &str = "a query to the DNS proxy";
/// What an error of the DNS proxy tells.
pub(super) const DNS_ERROR: &str = "an error of the DNS proxy";

/// What a request tells that has no destination, and is denied for that.
pub(super) const UNNAMED: &str = "a request that states no host name, which the firewall denies";

/// Why a record is not a flow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum UnreadLine {
    /// A line of `--flows` with an error, or JSON with one.
    Flow(FlowError),
    /// A record of something other than a flow; states of what.
    Other(&'static str),
    /// A record of a category that is not Azure Firewall's.
    Category(String),
    /// The record lacks a part of the flow.
    Missing(&'static str),
    /// The protocol is not one that rules name.
    Protocol(String),
    /// The destination port is not a port.
    Port(String),
    /// The text of `AzureDiagnostics` has another form.
    Message(String),
    /// The row has this many columns, and the header that many.
    Columns(usize, usize),
    /// The row ends inside quotation marks.
    Quotes,
    /// The line has none of the forms of a log.
    Text,
}

impl UnreadLine {
    /// The same, where a destination is not missing by accident: the record states that the request has no name.
    pub(super) fn without_name(self, reason: LoggedReason) -> Self {
        match (self, reason) {
            (Self::Missing("destination"), LoggedReason::Unnamed) => Self::Other(UNNAMED),
            (other, _) => other,
        }
    }
}

impl fmt::Display for UnreadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flow(error) => error.fmt(f),
            Self::Other(what) => write!(f, "not a flow: {what}"),
            Self::Category(category) => {
                write!(f, "not a flow: `{category}` is not a log category of Azure Firewall")
            }
            Self::Missing(part) => write!(f, "not a flow: the log record has no {part}"),
            Self::Protocol(protocol) => {
                write!(f, "not a flow: protocol `{protocol}`: expected HTTP, HTTPS, MSSQL, TCP, UDP, ICMP or a number")
            }
            Self::Port(port) => {
                write!(f, "not a flow: destination port `{port}`: expected a number from 1 to 65535")
            }
            Self::Message(text) => {
                write!(f, "not a flow: message `{text}`: expected `TCP request from 10.0.0.4:50000 to 10.0.0.5:443`")
            }
            Self::Columns(found, expected) => {
                write!(f, "not a flow: the row has {found} columns: expected {expected}, as in the header")
            }
            Self::Quotes => write!(f, "not a flow: the row ends inside quotation marks"),
            Self::Text => write!(
                f,
                "not a flow: expected a JSON object, a row under a header with `SourceIp` or `msg_s`, \
                 or a message of Azure Firewall"
            ),
        }
    }
}

impl std::error::Error for UnreadLine {}
