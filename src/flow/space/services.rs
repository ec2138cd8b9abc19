//! Transport, port and application protocol as one number.
//!
//! A TCP port has four consecutive numbers, for what it carries (nothing known, HTTP, HTTPS, TDS), so that `tcp/443` is
//! one interval and `https` a point of it. Then the UDP ports, ICMP, and one number for every other protocol.

use crate::flow::point::Service;
use crate::net::{AppProtocol, Interval, IntervalSet, PortSet, PortSpan, ServiceSet};

const PORTS: u32 = 65_535;
const UDP: u32 = 4 * PORTS;
const ICMP: u32 = UDP + PORTS;
const OTHER: u32 = ICMP + 1;

/// The largest number.
pub(in crate::flow) const LAST: u32 = OTHER;

/// The IANA number that represents every protocol but TCP, UDP and ICMP: GRE.
const GRE: u8 = 47;

fn carried(protocol: Option<AppProtocol>) -> u32 {
    match protocol {
        None => 0,
        Some(AppProtocol::Http) => 1,
        Some(AppProtocol::Https) => 2,
        Some(AppProtocol::Mssql) => 3,
    }
}

fn tcp(port: u16, carries: u32) -> u32 {
    4 * (u32::from(port.max(1)) - 1) + carries
}

fn udp(port: u16) -> u32 {
    UDP + u32::from(port.max(1)) - 1
}

/// The numbers of a set of services.
pub(in crate::flow) fn encode(services: &ServiceSet) -> IntervalSet<u32> {
    if services.any {
        return Interval::new(0, LAST).into_iter().collect();
    }
    let whole = spans(&services.tcp).filter_map(|(first, last)| Interval::new(tcp(first, 0), tcp(last, 3)));
    let datagrams = spans(&services.udp).filter_map(|(first, last)| Interval::new(udp(first), udp(last)));
    let icmp = services.icmp.then_some(Interval::point(ICMP));
    let applications = AppProtocol::ALL.into_iter().flat_map(|protocol| {
        let carries = carried(Some(protocol));
        spans(services.application_ports(protocol))
            .flat_map(|(first, last)| first..=last)
            .map(move |port| Interval::point(tcp(port, carries)))
    });
    whole.chain(datagrams).chain(icmp).chain(applications).collect()
}

/// The ports as ends, without the port 0 that no flow has.
fn spans(ports: &PortSet) -> impl Iterator<Item = (u16, u16)> + '_ {
    ports.spans().filter(|span| span.last() > 0).map(|span| (span.first().max(1), span.last()))
}

/// The number of one service.
pub(in crate::flow) fn number(service: Service) -> u32 {
    match service {
        Service::Application(protocol, port) => tcp(port, carried(Some(protocol))),
        Service::Tcp(port) => tcp(port, 0),
        Service::Udp(port) => udp(port),
        Service::Icmp => ICMP,
        Service::Other(_) => OTHER,
    }
}

/// The service of one number.
pub(in crate::flow) fn service(number: u32) -> Service {
    let port = |offset: u32| u16::try_from(offset + 1).unwrap_or(u16::MAX);
    match number {
        OTHER.. => Service::Other(GRE),
        ICMP => Service::Icmp,
        UDP.. => Service::Udp(port(number - UDP)),
        _ => match number % 4 {
            0 => Service::Tcp(port(number / 4)),
            1 => Service::Application(AppProtocol::Http, port(number / 4)),
            2 => Service::Application(AppProtocol::Https, port(number / 4)),
            _ => Service::Application(AppProtocol::Mssql, port(number / 4)),
        },
    }
}

/// A set of services, each flow in just one field: here `tcp` is TCP that carries no application protocol.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct FlowServices {
    /// TCP ports that carry none of the application protocols.
    pub tcp: PortSet,
    /// TCP ports that carry HTTP.
    pub http: PortSet,
    /// TCP ports that carry TLS with a name.
    pub https: PortSet,
    /// TCP ports that carry TDS.
    pub mssql: PortSet,
    /// UDP ports.
    pub udp: PortSet,
    /// ICMP.
    pub icmp: bool,
    /// Every other protocol.
    pub other: bool,
}

/// The services of a set of numbers.
pub(in crate::flow) fn decode(numbers: &IntervalSet<u32>) -> FlowServices {
    let carrying =
        |protocol| numbers.intervals().iter().filter_map(|&span| every_fourth(span, carried(protocol))).collect();
    FlowServices {
        tcp: carrying(None),
        http: carrying(Some(AppProtocol::Http)),
        https: carrying(Some(AppProtocol::Https)),
        mssql: carrying(Some(AppProtocol::Mssql)),
        udp: numbers.intervals().iter().filter_map(|&span| datagrams(span)).collect(),
        icmp: numbers.contains(ICMP),
        other: numbers.contains(OTHER),
    }
}

fn every_fourth(span: Interval<u32>, carries: u32) -> Option<PortSpan> {
    let span = span.intersection(Interval::new(0, UDP - 1)?)?;
    let first = (span.first() + 3).checked_sub(carries)? / 4;
    let last = span.last().checked_sub(carries)? / 4;
    ports(first, last)
}

fn datagrams(span: Interval<u32>) -> Option<PortSpan> {
    let span = span.intersection(Interval::new(UDP, ICMP - 1)?)?;
    ports(span.first() - UDP, span.last() - UDP)
}

fn ports(first: u32, last: u32) -> Option<PortSpan> {
    PortSpan::new(u16::try_from(first + 1).ok()?, u16::try_from(last + 1).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ports(text: &str) -> PortSet {
        text.split(',').filter_map(|span| span.parse::<PortSpan>().ok()).collect()
    }

    #[test]
    fn a_tcp_port_holds_whatever_it_carries() {
        let set = encode(&ServiceSet { tcp: ports("443"), ..ServiceSet::default() });
        for service in ["tcp/443", "https", "http/443", "mssql/443"] {
            assert!(service.parse().is_ok_and(|service| set.contains(number(service))), "{service}");
        }
        assert!("tcp/444".parse().is_ok_and(|service| !set.contains(number(service))));
    }

    #[test]
    fn sets_come_back() {
        let set = ServiceSet { https: ports("443,8443-8450"), udp: ports("53"), icmp: true, ..ServiceSet::default() };
        let back = decode(&encode(&set));
        assert_eq!((back.https, back.udp, back.icmp, back.other), (set.https, set.udp, true, false));
        assert!(back.tcp.is_empty() && back.http.is_empty() && back.mssql.is_empty());
    }

    proptest! {
        #[test]
        fn numbers_and_services_are_one_to_one(value in 0..=LAST) {
            prop_assert_eq!(number(service(value)), value);
            let point = decode(&Interval::point(value).into());
            let ports: usize = [&point.tcp, &point.http, &point.https, &point.mssql, &point.udp].iter().map(|set| set.spans().count()).sum();
            prop_assert_eq!(ports + usize::from(point.icmp) + usize::from(point.other), 1);
        }
    }
}
