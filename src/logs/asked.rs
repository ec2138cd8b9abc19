//! A flow in the words of a log.

use std::borrow::Cow;

use crate::explain::FlowLine;
use crate::flow::Service;
use crate::net::{AppProtocol, same_word};

use super::unread::UnreadLine;

/// The parts of a flow as a record states them; what it leaves out or empty is `None`.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct AskedName<'t> {
    pub(super) source: Option<&'t str>,
    pub(super) protocol: Option<&'t str>,
    /// The host name that was requested; an address, where the client gave no name.
    pub(super) host: Option<&'t str>,
    pub(super) address: Option<&'t str>,
    pub(super) port: Option<&'t str>,
    /// The URL, with or without its scheme.
    pub(super) url: Option<&'t str>,
}

/// The flow of a record, before any translation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct NameParts<'t> {
    pub(super) source: &'t str,
    /// A host name, or an address.
    pub(super) destination: &'t str,
    /// The address of a host name.
    pub(super) address: Option<&'t str>,
    pub(super) path: Option<Cow<'t, str>>,
    pub(super) service: Service,
}

impl NameParts<'_> {
    /// As a line of `--flows`.
    pub(super) fn line(&self) -> FlowLine {
        FlowLine {
            source: self.source.to_owned(),
            destination: self.destination.to_owned(),
            destination_address: self.address.map(str::to_owned),
            path: self.path.as_deref().map(str::to_owned),
            service: self.service.to_string(),
        }
    }
}

impl<'t> AskedName<'t> {
    /// The flow, before any translation.
    pub(super) fn parts(&self) -> Result<NameParts<'t>, UnreadLine> {
        let source = self.source.ok_or(UnreadLine::Missing("source"))?;
        let protocol = self.protocol.ok_or(UnreadLine::Missing("protocol"))?;
        let (url_host, path) = self.url.map(parts_of_url).unzip();
        let host = self.host.or(url_host).filter(|host| !host.is_empty());
        let destination = host.or(self.address).ok_or(UnreadLine::Missing("destination"))?;
        let service = service(protocol, self.port)?;
        // The URL of another host states nothing about the path of this one.
        let path = path.flatten().filter(|_| url_host.is_some_and(|other| same_word(other, destination)));
        let address = self.address.filter(|_| host.is_some_and(|host| !is_address(host)));
        Ok(NameParts { source, destination, address, path, service })
    }
}

/// The service of `HTTPS` and `443`, or of `ICMP Type=8`, which has no port.
fn service(protocol: &str, port: Option<&str>) -> Result<Service, UnreadLine> {
    let word = protocol.split_whitespace().next().unwrap_or_default();
    let is = |name: &str| same_word(word, name);
    if is("tcp") || word == "6" {
        return port_of(port).map(Service::Tcp);
    }
    if is("udp") || word == "17" {
        return port_of(port).map(Service::Udp);
    }
    if is("icmp") || word == "1" {
        return Ok(Service::Icmp);
    }
    let applications = [("https", AppProtocol::Https), ("http", AppProtocol::Http), ("mssql", AppProtocol::Mssql)];
    if let Some((_, application)) = applications.into_iter().find(|(name, _)| is(name)) {
        return port_of(port).map(|port| Service::Application(application, port));
    }
    format!("proto/{word}").parse().map_err(|_| UnreadLine::Protocol(protocol.to_owned()))
}

fn port_of(port: Option<&str>) -> Result<u16, UnreadLine> {
    let port = port.ok_or(UnreadLine::Missing("destination port"))?;
    // A number of `AzureDiagnostics` is a real one.
    let number = port.strip_suffix(".0").unwrap_or(port);
    let is_plain = number.bytes().all(|byte| byte.is_ascii_digit());
    let read = number.parse().ok().filter(|number| *number > 0 && is_plain);
    read.ok_or_else(|| UnreadLine::Port(port.to_owned()))
}

/// The host of a URL, and its path with the query, where it has one.
fn parts_of_url(url: &str) -> (&str, Option<Cow<'_, str>>) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (host, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let host = host.split_once(':').map_or(host, |(host, _)| host);
    match path.chars().next() {
        None => (host, None),
        Some('/') => (host, Some(Cow::Borrowed(path))),
        Some(_) => (host, Some(Cow::Owned(format!("/{path}")))),
    }
}

fn is_address(host: &str) -> bool {
    host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}
