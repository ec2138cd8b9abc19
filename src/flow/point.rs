//! One flow.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use crate::net::{AppProtocol, HostName};

/// One flow, as far as it is known.
///
/// A flow with a name and without an address represents that name at every address it may have. A flow with an
/// application protocol and without a name matches no application rule.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Flow {
    /// The source address.
    pub source: Ipv4Addr,
    /// The destination address, before any translation.
    pub address: Option<Ipv4Addr>,
    /// The name in the client's request: Host header, SNI or DNS name.
    pub name: Option<HostName>,
    /// The path of the URL, with its leading `/`, where it is known.
    pub path: Option<String>,
    /// What it carries, to which port.
    pub service: Service,
}

/// The protocol and port of one flow.
///
/// Here `tcp/443` carries neither HTTP nor TLS nor TDS; as a set of flows it would be every TCP flow to that port.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Service {
    /// TCP that carries an application protocol.
    Application(AppProtocol, u16),
    /// TCP that carries none of the application protocols.
    Tcp(u16),
    /// UDP.
    Udp(u16),
    /// ICMP.
    Icmp,
    /// Another IP protocol, by IANA number; never 1, 6 or 17.
    Other(u8),
}

impl Service {
    /// The application protocol, where the flow carries one.
    pub fn application(self) -> Option<AppProtocol> {
        match self {
            Self::Application(protocol, _) => Some(protocol),
            Self::Tcp(_) | Self::Udp(_) | Self::Icmp | Self::Other(_) => None,
        }
    }

    /// The destination port, where the protocol has ports.
    pub fn port(self) -> Option<u16> {
        match self {
            Self::Application(_, port) | Self::Tcp(port) | Self::Udp(port) => Some(port),
            Self::Icmp | Self::Other(_) => None,
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Application(protocol, port) if *port == protocol.default_port() => write!(f, "{protocol}"),
            Self::Application(protocol, port) => write!(f, "{protocol}/{port}"),
            Self::Tcp(port) => write!(f, "tcp/{port}"),
            Self::Udp(port) => write!(f, "udp/{port}"),
            Self::Icmp => write!(f, "icmp"),
            Self::Other(number) => write!(f, "proto/{number}"),
        }
    }
}

/// The text is no service of one flow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServiceError(String);

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(text) = self;
        write!(
            f,
            "`{text}` is no service of one flow: expected `https`, `https/8443`, `http`, `mssql`, `tcp/443`, \
             `udp/123`, `icmp` or `proto/47`"
        )
    }
}

impl std::error::Error for ServiceError {}

impl FromStr for Service {
    type Err = ServiceError;

    fn from_str(text: &str) -> Result<Self, ServiceError> {
        let (word, number) = match text.split_once('/') {
            Some((word, number)) => (word, Some(number)),
            None => (text, None),
        };
        let port = || number.and_then(|number| number.parse().ok()).filter(|&port: &u16| port > 0);
        let application = |protocol: AppProtocol| match number {
            None => Some(Self::Application(protocol, protocol.default_port())),
            Some(_) => port().map(|port| Self::Application(protocol, port)),
        };
        // Azure's logs have `HTTPS` and `TCP`.
        let service = match word.to_ascii_lowercase().as_str() {
            "http" => application(AppProtocol::Http),
            "https" => application(AppProtocol::Https),
            "mssql" => application(AppProtocol::Mssql),
            "tcp" => port().map(Self::Tcp),
            "udp" => port().map(Self::Udp),
            "icmp" => number.is_none().then_some(Self::Icmp),
            "proto" => number.and_then(|number| number.parse().ok()).and_then(other),
            _ => None,
        };
        service.ok_or_else(|| ServiceError(text.to_owned()))
    }
}

fn other(number: u8) -> Option<Service> {
    match number {
        1 => Some(Service::Icmp),
        6 | 17 => None,
        number => Some(Service::Other(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_print_as_they_are_written() {
        for text in ["https", "https/8443", "http", "mssql", "tcp/443", "udp/123", "icmp", "proto/47"] {
            assert_eq!(text.parse::<Service>().map(|service| service.to_string()).as_deref(), Ok(text));
        }
        assert_eq!("HTTPS".parse::<Service>(), "https".parse());
        assert_eq!("UDP/123".parse::<Service>(), "udp/123".parse());
        for text in ["tcp", "tcp/0", "tcp/x", "icmp/8", "proto/6", "ftp", "https/65536"] {
            assert!(text.parse::<Service>().is_err(), "{text}");
        }
    }
}
