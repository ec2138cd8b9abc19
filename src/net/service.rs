//! Transports, application protocols and the services made of them.

use std::fmt;

use super::port::{PortSet, PortSpan};

/// A transport that a network rule can name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Transport {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// ICMP, which has no ports.
    Icmp,
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Icmp => "icmp",
        })
    }
}

/// A protocol that an application rule can name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum AppProtocol {
    /// HTTP, by its Host header.
    Http,
    /// HTTPS, by its SNI, or by the URL where TLS is inspected.
    Https,
    /// Microsoft SQL Server (TDS), by its SNI, in proxy mode only.
    Mssql,
}

impl AppProtocol {
    /// All of them, in the order artefacts list them.
    pub const ALL: [Self; 3] = [Self::Http, Self::Https, Self::Mssql];

    /// The port that the bare name of the protocol means.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
            Self::Mssql => 1433,
        }
    }
}

impl fmt::Display for AppProtocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Mssql => "mssql",
        })
    }
}

/// A set of services, as in the `SERVICES` of a rule.
///
/// `tcp/443` is every TCP flow to that port, whatever it carries; `https` is the part of it that carries TLS with a name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct ServiceSet {
    /// Every protocol and every port.
    pub any: bool,
    /// ICMP.
    pub icmp: bool,
    /// TCP ports, whatever they carry.
    pub tcp: PortSet,
    /// UDP ports, whatever they carry.
    pub udp: PortSet,
    /// TCP ports that carry HTTP.
    pub http: PortSet,
    /// TCP ports that carry TLS with a name.
    pub https: PortSet,
    /// TCP ports that carry TDS with a name.
    pub mssql: PortSet,
}

impl ServiceSet {
    /// The set of one application protocol on `ports`.
    pub fn application(protocol: AppProtocol, ports: PortSet) -> Self {
        let mut set = Self::default();
        *set.application_ports_mut(protocol) = ports;
        set
    }

    /// The set of one transport on `ports`; for ICMP `ports` does not matter.
    pub fn transport(transport: Transport, ports: PortSet) -> Self {
        match transport {
            Transport::Tcp => Self { tcp: ports, ..Self::default() },
            Transport::Udp => Self { udp: ports, ..Self::default() },
            Transport::Icmp => Self { icmp: true, ..Self::default() },
        }
    }

    /// Every protocol and port.
    pub fn any() -> Self {
        Self { any: true, ..Self::default() }
    }

    /// Whether the set holds no service.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The ports of one application protocol.
    pub fn application_ports(&self, protocol: AppProtocol) -> &PortSet {
        match protocol {
            AppProtocol::Http => &self.http,
            AppProtocol::Https => &self.https,
            AppProtocol::Mssql => &self.mssql,
        }
    }

    fn application_ports_mut(&mut self, protocol: AppProtocol) -> &mut PortSet {
        match protocol {
            AppProtocol::Http => &mut self.http,
            AppProtocol::Https => &mut self.https,
            AppProtocol::Mssql => &mut self.mssql,
        }
    }

    /// The services of either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self {
            any: self.any || other.any,
            icmp: self.icmp || other.icmp,
            tcp: self.tcp.union(&other.tcp),
            udp: self.udp.union(&other.udp),
            http: self.http.union(&other.http),
            https: self.https.union(&other.https),
            mssql: self.mssql.union(&other.mssql),
        }
    }

    /// The part that application rules match.
    #[must_use]
    pub fn application_part(&self) -> Self {
        let Self { http, https, mssql, .. } = self.clone();
        Self { http, https, mssql, ..Self::default() }
    }

    /// The part that network rules match.
    #[must_use]
    pub fn network_part(&self) -> Self {
        let Self { any, icmp, tcp, udp, .. } = self.clone();
        Self { any, icmp, tcp, udp, ..Self::default() }
    }
}

impl fmt::Display for ServiceSet {
    /// Prints the set as the language writes it, joined by commas.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut terms = Vec::new();
        terms.extend(self.any.then(|| "any".to_owned()));
        terms.extend(self.icmp.then(|| "icmp".to_owned()));
        for protocol in AppProtocol::ALL {
            let default = PortSpan::single(protocol.default_port());
            for span in self.application_ports(protocol).spans() {
                terms.push(if Some(span) == default { protocol.to_string() } else { format!("{protocol}/{span}") });
            }
        }
        terms.extend(self.tcp.spans().map(|span| format!("tcp/{span}")));
        terms.extend(self.udp.spans().map(|span| format!("udp/{span}")));
        f.write_str(&terms.join(", "))
    }
}
