//! A flow in the words of a log.

use crate::explain::FlowLine;
use crate::flow::Service;
use crate::net::same_word;

use super::unread::Unread;

/// The parts of a flow as a record states them; what it leaves out or empty is `None`.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Asked<'t> {
    pub(super) source: Option<&'t str>,
    pub(super) protocol: Option<&'t str>,
    /// The host name that was asked for; an address, where the client gave no name.
    pub(super) host: Option<&'t str>,
    pub(super) address: Option<&'t str>,
    pub(super) port: Option<&'t str>,
    /// The URL, with or without its scheme.
    pub(super) url: Option<&'t str>,
}

impl Asked<'_> {
    /// The flow, before any translation.
    pub(super) fn flow(&self) -> Result<FlowLine, Unread> {
        let source = self.source.ok_or(Unread::Missing("source"))?;
        let protocol = self.protocol.ok_or(Unread::Missing("protocol"))?;
        let (url_host, path) = self.url.map(parts_of_url).unzip();
        let host = self.host.or(url_host).filter(|host| !host.is_empty());
        let destination = host.or(self.address).ok_or(Unread::Missing("destination"))?;
        let service = service(protocol, self.port)?;
        // The URL of another host says nothing about the path of this one.
        let path = path.flatten().filter(|_| url_host.is_some_and(|other| same_word(other, destination)));
        let beside = self.address.filter(|_| host.is_some_and(|host| !is_address(host)));
        Ok(FlowLine {
            source: source.to_owned(),
            destination: destination.to_owned(),
            destination_address: beside.map(str::to_owned),
            path,
            service: service.to_string(),
        })
    }
}

/// The service of `HTTPS` and `443`, or of `ICMP Type=8`, which has no port.
fn service(protocol: &str, port: Option<&str>) -> Result<Service, Unread> {
    let word = protocol.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
    let unknown = || Unread::Protocol(protocol.to_owned());
    match word.as_str() {
        "icmp" | "1" => Ok(Service::Icmp),
        "6" => with_port("tcp", port),
        "17" => with_port("udp", port),
        "http" | "https" | "mssql" | "tcp" | "udp" => with_port(&word, port),
        number => format!("proto/{number}").parse().map_err(|_| unknown()),
    }
}

fn with_port(word: &str, port: Option<&str>) -> Result<Service, Unread> {
    let port = port.ok_or(Unread::Missing("destination port"))?;
    // A number of `AzureDiagnostics` is a real one.
    let number = port.strip_suffix(".0").unwrap_or(port);
    format!("{word}/{number}").parse().map_err(|_| Unread::Port(port.to_owned()))
}

/// The host of a URL, and its path with the query, where it has one.
fn parts_of_url(url: &str) -> (&str, Option<String>) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (host, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let host = host.split_once(':').map_or(host, |(host, _)| host);
    match path.chars().next() {
        None => (host, None),
        Some('/') => (host, Some(path.to_owned())),
        Some(_) => (host, Some(format!("/{path}"))),
    }
}

fn is_address(host: &str) -> bool {
    host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}
