//! The entries of `fwc.diff/1` as a program reads them, from the JSON alone.

use std::net::Ipv4Addr;

use fwc::evaluate::{Atom, Outside, World};
use fwc::flow::Service;
use fwc::net::{AddressSpan, AppProtocol, HostName, HostPattern, PortSpan};
use serde_json::Value;

/// One flow, and the sets that only Azure knows it to be in.
#[derive(Clone, Debug)]
pub struct Asked {
    pub source: Ipv4Addr,
    pub address: Ipv4Addr,
    pub name: Option<HostName>,
    pub path: Option<String>,
    pub service: Service,
    pub world: World,
}

/// A product of sets.
#[derive(Debug)]
pub struct Entry {
    pub sources: Vec<AddressSpan>,
    pub addresses: Vec<AddressSpan>,
    pub of: Vec<Term>,
    pub except: Vec<HostPattern>,
    pub services: Vec<(String, PortSpan)>,
    pub inside: Vec<Atom>,
    pub any: Vec<Vec<Atom>>,
    pub outside: Vec<Atom>,
    /// What rules that come first take: each its sets, as lists of which one holds.
    pub first: Vec<Vec<Vec<Atom>>>,
    pub paths: Vec<String>,
    pub paths_except: Vec<String>,
    pub before: (String, String),
    pub after: (String, String),
    pub fates: (String, String),
}

#[derive(Debug)]
pub enum Term {
    None,
    Names(HostPattern),
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().map(|text| text.as_str().unwrap()).collect()
}

fn spans(value: &Value) -> Vec<AddressSpan> {
    let span = |text: &str| if text == "*" { "0.0.0.0/0".parse() } else { text.parse() };
    texts(value).into_iter().map(|text| span(text).unwrap()).collect()
}

fn lists(value: &Value) -> Vec<Vec<Atom>> {
    value.as_array().into_iter().flatten().map(|list| texts(list).into_iter().map(atom).collect()).collect()
}

fn first(value: &Value) -> Vec<Vec<Atom>> {
    let single = texts(&value["in"]).into_iter().map(|text| vec![atom(text)]);
    single.chain(lists(&value["anyOf"])).collect()
}

fn in_each(lists: &[Vec<Atom>], world: &World) -> bool {
    lists.iter().all(|of| of.iter().any(|atom| world.holds(atom)))
}

impl Entry {
    pub fn of(value: &Value) -> Self {
        let term = |text: &str| if text == "none" { Term::None } else { Term::Names(text.parse().unwrap()) };
        let service = |text: &str| match text.split_once('/') {
            Some((word, ports)) => (word.to_owned(), ports.parse().unwrap()),
            None => (text.to_owned(), PortSpan::single(1).unwrap()),
        };
        let side = |name: &str| {
            let by = &value[name]["decidedBy"];
            let verdict = value[name]["verdict"].as_str().unwrap_or("").to_owned();
            (verdict, by["rule"].as_str().unwrap_or("").to_owned())
        };
        let fate = |name: &str| value[name]["fate"].as_str().unwrap_or("").to_owned();
        Self {
            sources: spans(&value["sources"]),
            addresses: spans(&value["addresses"]),
            of: texts(&value["names"]["of"]).into_iter().map(term).collect(),
            except: texts(&value["names"]["except"]).into_iter().map(|text| text.parse().unwrap()).collect(),
            services: texts(&value["services"]).into_iter().map(service).collect(),
            inside: texts(&value["opaque"]["in"]).into_iter().map(atom).collect(),
            any: lists(&value["opaque"]["anyOf"]),
            outside: texts(&value["opaque"]["notIn"]).into_iter().map(atom).collect(),
            first: value["except"].as_array().into_iter().flatten().map(first).collect(),
            paths: texts(&value["paths"]).into_iter().map(str::to_owned).collect(),
            paths_except: texts(&value["pathsExcept"]).into_iter().map(str::to_owned).collect(),
            before: side("before"),
            after: side("after"),
            fates: (fate("before"), fate("after")),
        }
    }

    pub fn holds(&self, asked: &Asked) -> bool {
        let inside = |spans: &[AddressSpan], address: Ipv4Addr| {
            spans.iter().any(|span| span.interval().contains(address.into()))
        };
        inside(&self.sources, asked.source)
            && inside(&self.addresses, asked.address)
            && self.named(asked.name.as_ref())
            && self.carries(asked.service)
            && self.pathed(asked.path.as_deref().unwrap_or("/"))
            && self.inside.iter().all(|atom| asked.world.holds(atom))
            && !self.outside.iter().any(|atom| asked.world.holds(atom))
            && in_each(&self.any, &asked.world)
            && !self.first.iter().any(|of| in_each(of, &asked.world))
    }

    fn named(&self, name: Option<&HostName>) -> bool {
        let term = |term: &Term| match (term, name) {
            (Term::None, None) => true,
            (Term::Names(pattern), Some(name)) => pattern.matches(name),
            (Term::None, Some(_)) | (Term::Names(_), None) => false,
        };
        let except = name.is_some_and(|name| self.except.iter().any(|pattern| pattern.matches(name)));
        self.of.iter().any(term) && !except
    }

    fn carries(&self, service: Service) -> bool {
        let (word, port) = match service {
            Service::Application(AppProtocol::Http, port) => ("http", port),
            Service::Application(AppProtocol::Https, port) => ("https", port),
            Service::Application(AppProtocol::Mssql, port) => ("mssql", port),
            Service::Tcp(port) => ("tcp", port),
            Service::Udp(port) => ("udp", port),
            Service::Icmp => ("icmp", 1),
            Service::Other(_) => ("other", 1),
        };
        self.services.iter().any(|(of, ports)| of == word && ports.first() <= port && port <= ports.last())
    }

    fn pathed(&self, path: &str) -> bool {
        let fits = |pattern: &String| match pattern.strip_suffix('*') {
            Some(prefix) => path.starts_with(prefix),
            None => pattern == path,
        };
        self.paths.iter().any(fits) && !self.paths_except.iter().any(fits)
    }
}

/// A set that only Azure knows, from the words for it.
pub fn atom(text: &str) -> Atom {
    let (source, text) = match text.strip_prefix("source ") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (kind, rest) = text.split_once('(').unwrap();
    let name = rest.strip_suffix(')').unwrap().trim_matches('"');
    let place = |set: Outside| if source { Atom::Source(set) } else { Atom::Destination(set) };
    match kind {
        "tag" => place(Outside::ServiceTag(name.into())),
        "ip-group" => place(Outside::IpGroup(name.into())),
        "pods" => place(Outside::Pods(name.into())),
        "dns" => place(Outside::Dns(name.parse().unwrap())),
        "fqdn-tag" => Atom::FqdnTag(name.into()),
        "category" => Atom::WebCategory(name.into()),
        "url" => Atom::Url(name.to_owned()),
        other => panic!("{other}"),
    }
}
