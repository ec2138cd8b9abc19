//! A flow as the user gave it.

use std::fmt;
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use crate::flow::{Flow, Service, ServiceError};
use crate::model::Model;
use crate::net::{AddressError, AddressSpan, HostError, HostName};

/// A line of `--flows`, or the equivalent options; echoed in the answer as it was given.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct FlowLine {
    /// The source address.
    pub source: String,
    /// An address, a host name, or `FIREWALL::IP`.
    pub destination: String,
    /// The address of the host, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination_address: Option<String>,
    /// The path of the URL, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The service.
    pub service: String,
}

/// Why a line is no flow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FlowError {
    /// The line is no JSON object with the fields of a flow.
    Json(String),
    /// The field is no address.
    Address(&'static str, String, AddressError),
    /// The field is a set of addresses.
    ManyAddresses(&'static str, String),
    /// The destination is neither an address nor a host name.
    Destination(String, HostError),
    /// The destination is made of digits only and is no address.
    Numeric(String),
    /// The destination is one address, and `destinationAddress` another.
    TwoAddresses(String, String),
    /// No firewall has this name.
    UnknownFirewall(String),
    /// The firewall has no address of this name; holds those it has.
    UnknownFirewallAddress(String, String, Vec<String>),
    /// The path does not begin with `/`.
    Path(String),
    /// The service is none.
    Service(ServiceError),
}

impl fmt::Display for FlowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(message) => write!(f, "not a flow: {message}"),
            Self::Address(field, text, error) => write!(f, "{field} `{text}`: {error}"),
            Self::ManyAddresses(field, text) => {
                write!(f, "{field} `{text}` holds more than one address: expected one, as in `10.1.2.3`")
            }
            Self::Destination(text, error) => {
                write!(f, "destination `{text}` is neither an address nor a host name: {error}")
            }
            Self::Numeric(text) => {
                write!(f, "destination `{text}` is neither an address such as `10.1.2.3` nor a host name")
            }
            Self::TwoAddresses(destination, address) => write!(
                f,
                "destination `{destination}` is an address already, and `destinationAddress` says `{address}`: \
                 expected a host name beside it"
            ),
            Self::UnknownFirewall(name) => write!(f, "no firewall is called `{name}`"),
            Self::UnknownFirewallAddress(firewall, name, known) => {
                write!(f, "firewall `{firewall}` has no address `{name}`: it has `{}`", known.join("`, `"))
            }
            Self::Path(path) => write!(f, "path `{path}` does not begin with `/`"),
            Self::Service(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for FlowError {}

impl std::str::FromStr for FlowLine {
    type Err = FlowError;

    /// Reads a line of `--flows`. Fields that a flow does not have are refused.
    fn from_str(line: &str) -> Result<Self, FlowError> {
        if !line.trim_start().starts_with('{') {
            return Err(FlowError::Json("expected a JSON object".to_owned()));
        }
        serde_json::from_str(line).map_err(|error| FlowError::from(&error))
    }
}

impl From<&serde_json::Error> for FlowError {
    /// What is wrong with a line that was read as JSON.
    fn from(error: &serde_json::Error) -> Self {
        Self::Json(message_of(error))
    }
}

/// The message of the JSON reader, without the line number, which is always 1.
fn message_of(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(" at line ") {
        Some((message, _)) => format!("{message} (column {})", error.column()),
        None => text,
    }
}

impl FlowLine {
    /// The flow that the line means; `model` has the addresses of its firewalls.
    pub fn flow(&self, model: &Model) -> Result<Flow, FlowError> {
        let source = one_address("source", &self.source)?;
        let service: Service = self.service.parse().map_err(FlowError::Service)?;
        let (address, name) = match destination(&self.destination, model)? {
            GivenDestination::Address(address) => (Some(self.same_address(address)?), None),
            GivenDestination::Host(name) => (self.given_address()?, Some(name)),
        };
        match &self.path {
            Some(path) if !path.starts_with('/') => Err(FlowError::Path(path.clone())),
            path => Ok(Flow { source, address, name, path: path.clone(), service }),
        }
    }

    fn given_address(&self) -> Result<Option<Ipv4Addr>, FlowError> {
        self.destination_address.as_deref().map(|text| one_address("destinationAddress", text)).transpose()
    }

    fn same_address(&self, address: Ipv4Addr) -> Result<Ipv4Addr, FlowError> {
        match self.given_address()? {
            Some(other) if other != address => {
                Err(FlowError::TwoAddresses(self.destination.clone(), other.to_string()))
            }
            Some(_) | None => Ok(address),
        }
    }
}

enum GivenDestination {
    Address(Ipv4Addr),
    Host(HostName),
}

fn destination(text: &str, model: &Model) -> Result<GivenDestination, FlowError> {
    if let Some((firewall, name)) = text.split_once("::").filter(|(firewall, _)| is_firewall_name(firewall)) {
        return firewall_address(firewall, name, model).map(GivenDestination::Address);
    }
    match one_address("destination", text) {
        Ok(address) => Ok(GivenDestination::Address(address)),
        Err(FlowError::Address(_, _, AddressError::Malformed)) => host(text),
        Err(error) => Err(error),
    }
}

/// Distinguishes `hub::web` from the IPv6 address `fe80::1`, which is then refused as such.
fn is_firewall_name(text: &str) -> bool {
    text.bytes().any(|byte| !byte.is_ascii_hexdigit() && byte != b':')
}

fn host(text: &str) -> Result<GivenDestination, FlowError> {
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return Err(FlowError::Numeric(text.to_owned()));
    }
    text.parse().map(GivenDestination::Host).map_err(|error| FlowError::Destination(text.to_owned(), error))
}

fn one_address(field: &'static str, text: &str) -> Result<Ipv4Addr, FlowError> {
    let span: AddressSpan = text.parse().map_err(|error| FlowError::Address(field, text.to_owned(), error))?;
    span.single().ok_or_else(|| FlowError::ManyAddresses(field, text.to_owned()))
}

/// The address `name` of `firewall`; `private` is its private one.
fn firewall_address(firewall: &str, name: &str, model: &Model) -> Result<Ipv4Addr, FlowError> {
    let found = model.firewalls.iter().find(|other| other.name == firewall);
    let found = found.ok_or_else(|| FlowError::UnknownFirewall(firewall.to_owned()))?;
    let private = found.private_ip.filter(|_| name == "private");
    private.or_else(|| found.public_ips.get(name).copied()).ok_or_else(|| {
        let private = found.private_ip.map(|_| "private".to_owned());
        let known = found.public_ips.keys().cloned().chain(private).collect();
        FlowError::UnknownFirewallAddress(firewall.to_owned(), name.to_owned(), known)
    })
}
