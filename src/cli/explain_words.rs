//! `fwc explain --from nodes --service ssh`: a question in the words of the source, as questions about single flows.

use serde_json::Value;

use crate::driver::{Asked, FlowQuestion};
use crate::flow::{Ends, Service};
use crate::intent::{Definition, Intent, Says};
use crate::net::{AddressSet, AddressSpan, AppProtocol, PortSet, ServiceSet};

use super::Failure;
use super::args::ExplainArgs;

/// How many services a word may stand for.
const SERVICES: usize = 8;
/// How many spans of addresses a text names.
const SPANS: usize = 4;

/// The sets that a question is about.
pub(super) struct Words {
    pub(super) sources: AddressSet,
    pub(super) services: Vec<Service>,
}

/// Whether the source or the service of a question is a word, and no single address or service; then the sets to look up.
pub(super) fn question(args: &ExplainArgs) -> Option<FlowQuestion> {
    let (from, service) = (args.from.as_deref()?, args.service.as_deref()?);
    let is_address = from.parse::<AddressSpan>().is_ok_and(|span| span.single().is_some());
    if is_address && service.parse::<Service>().is_ok() {
        return None;
    }
    // One service in the words of a flow is looked up as anything: only what a word means is asked of the source.
    let services = if service.parse::<Service>().is_ok() { "any" } else { service };
    Some(FlowQuestion { services: services.to_owned(), from: from.to_owned(), to: "any".to_owned() })
}

/// The words of the language for sets of destinations.
const DESTINATIONS: [&str; 4] = ["any", "any-host", "internet", "private"];

/// That `to` is no word for a set: a set would be taken for a host of that name.
///
/// # Errors
/// Where it is one.
pub(super) fn one_destination(to: &str, intent: Option<&Intent>) -> Result<(), Failure> {
    let mut names = intent.into_iter().flat_map(|intent| &intent.names);
    let is_set = |of: &Definition| of.name == to && !matches!(of.says, Says::Bundle(_));
    if !DESTINATIONS.contains(&to) && !names.any(is_set) {
        return Ok(());
    }
    let message = format!("`{to}` is a set: expected one address or host name after `--to`");
    Err(Failure::new(format!("{message}; `fwc reach --to {to}` answers about sets")))
}

impl Words {
    /// The sets that a question asks about.
    ///
    /// # Errors
    /// Where its sources are opaque, or its services too many.
    pub(super) fn of(asked: &Asked, args: &ExplainArgs) -> Result<Self, Failure> {
        let ends = || asked.flows.iter().map(|flows| &flows.sources);
        if ends().any(|ends: &Ends| !ends.atoms.is_empty()) {
            return Err(Failure::new("expected addresses after `--from`, found a set that only Azure knows"));
        }
        let sources = ends().fold(AddressSet::default(), |all, ends| all.union(&ends.addresses));
        let text = args.service.as_deref().unwrap_or_default();
        let services = match text.parse::<Service>() {
            Ok(service) => vec![service],
            Err(_) => asked.flows.iter().flat_map(|flows| single(&flows.services)).collect(),
        };
        let mut distinct = Vec::new();
        for service in services {
            if !distinct.contains(&service) {
                distinct.push(service);
            }
        }
        if distinct.is_empty() || distinct.len() > SERVICES {
            return Err(Failure::new(format!(
                "`{text}` is no service of one flow and no word for at most {SERVICES} of them: `fwc reach` answers \
                 about sets"
            )));
        }
        Ok(Self { sources, services: distinct })
    }
}

/// The services of a set, one by one; too many where it has ranges of ports.
fn single(set: &ServiceSet) -> Vec<Service> {
    let ports = |ports: &PortSet| -> Vec<u16> {
        ports.spans().flat_map(|span| span.first()..=span.last()).take(SERVICES + 1).collect()
    };
    let mut found: Vec<Service> = Vec::new();
    let named = [(AppProtocol::Http, &set.http), (AppProtocol::Https, &set.https), (AppProtocol::Mssql, &set.mssql)];
    for (protocol, of) in named {
        found.extend(ports(of).into_iter().map(|port| Service::Application(protocol, port)));
    }
    found.extend(ports(&set.tcp).into_iter().map(Service::Tcp));
    found.extend(ports(&set.udp).into_iter().map(Service::Udp));
    found.extend(set.icmp.then_some(Service::Icmp));
    if set.any { Vec::new() } else { found }
}

/// Answers about parts of a set that are the same but for the flow.
pub(super) struct Alike<T> {
    /// The parts.
    pub(super) of: Vec<AddressSpan>,
    /// The flow and the answer of the first part.
    pub(super) first: T,
    key: String,
}

/// Adds an answer to those before; one that is the same is told once.
pub(super) fn add<T>(all: &mut Vec<Alike<T>>, part: AddressSpan, answer: T, mut told: Value) {
    told.as_object_mut().into_iter().for_each(|fields| drop(fields.shift_remove("flow")));
    let key = told.to_string();
    match all.iter_mut().find(|known| known.key == key) {
        Some(known) => known.of.push(part),
        None => all.push(Alike { of: vec![part], first: answer, key }),
    }
}

/// The parts of a set, those that touch together.
pub(super) fn together(of: &[AddressSpan]) -> Vec<String> {
    let set: AddressSet = of.iter().copied().collect();
    set.spans().map(|span| span.to_string()).collect()
}

/// The first of them, and how many more there are.
pub(super) fn shortened(spans: &[String]) -> String {
    let more = spans.len().saturating_sub(SPANS);
    let shown = spans.iter().take(SPANS).cloned();
    shown.chain((more > 0).then(|| format!("{more} more"))).collect::<Vec<_>>().join(", ")
}
