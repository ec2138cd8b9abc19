//! `fwc explain --from nodes --service ssh`: a question in the words of the source, as questions about single flows.

use serde_json::Value;

use crate::driver::{FlowQuestion, ParsedQuestion};
use crate::explain::ServiceSpan;
use crate::flow::{MatchingEnds, Service};
use crate::intent::{Definition, Intent, Says};
use crate::net::{AddressSet, AddressSpan, AppProtocol, PortSet, ServiceSet};

use super::Failure;
use super::args::ExplainArgs;

/// How many services are answered one by one, with near misses.
const SERVICES: usize = 8;
/// How many spans of addresses a text names.
const SPANS: usize = 4;

/// The sets that a question is about.
pub(super) struct ExplainWords {
    pub(super) sources: AddressSet,
    pub(super) services: ServiceWords,
}

/// The services of a question.
pub(super) enum ServiceWords {
    /// Few of them, each answered for itself.
    Each(Vec<Service>),
    /// A set, of which those that are answered alike are answered at once.
    Set(ServiceSet),
}

/// Whether the source or the service of a question is a word, and no single address or service; then the sets to look up.
pub(super) fn question(args: &ExplainArgs) -> Option<FlowQuestion> {
    let (from, service) = (args.from.as_deref()?, args.service.as_deref()?);
    let is_address = from.parse::<AddressSpan>().is_ok_and(|span| span.single().is_some());
    if is_address && service.parse::<Service>().is_ok() {
        return None;
    }
    // One service in the words of a flow is looked up as anything: only the meaning of a word comes from the source.
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

impl ExplainWords {
    /// The sets that a question asks about.
    ///
    /// # Errors
    /// Where its sources are opaque.
    pub(super) fn of(asked: &ParsedQuestion, args: &ExplainArgs) -> Result<Self, Failure> {
        let ends = || asked.flows.iter().map(|flows| &flows.sources);
        if ends().any(|ends: &MatchingEnds| !ends.atoms.is_empty()) {
            return Err(Failure::new("expected addresses after `--from`, found a set that only Azure knows"));
        }
        let sources = ends().fold(AddressSet::default(), |all, ends| all.union(&ends.addresses));
        let text = args.service.as_deref().unwrap_or_default();
        let services = match text.parse::<Service>() {
            Ok(service) => ServiceWords::Each(vec![service]),
            Err(_) => ServiceWords::of(asked.flows.iter().map(|flows| &flows.services)),
        };
        Ok(Self { sources, services })
    }
}

impl ServiceWords {
    /// The services of the sets together.
    fn of<'s>(sets: impl Iterator<Item = &'s ServiceSet>) -> Self {
        let set = sets.fold(ServiceSet::default(), |all, set| all.union(set));
        let each = single(&set);
        if set.any || each.len() > SERVICES { Self::Set(set) } else { Self::Each(each) }
    }
}

/// The services of a set, one by one; more than are answered so where it has ranges of ports.
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
    found
}

/// Answers that are the same but for the flow.
pub(super) struct Alike<T> {
    /// The sources.
    pub(super) of: Vec<AddressSpan>,
    /// The services.
    pub(super) services: Vec<ServiceSpan>,
    /// The flow and the answer of the first of them.
    pub(super) first: T,
    key: String,
}

/// Adds an answer to those before about one part of the services; one that is the same is told once.
pub(super) fn add<T>(all: &mut Vec<Alike<T>>, service: ServiceSpan, part: AddressSpan, answer: T, mut told: Value) {
    told.as_object_mut().into_iter().for_each(|fields| drop(fields.shift_remove("flow")));
    let key = told.to_string();
    match all.iter_mut().find(|known| known.key == key) {
        Some(known) => known.of.push(part),
        None => all.push(Alike { of: vec![part], services: vec![service], first: answer, key }),
    }
}

/// Adds the answers about one part of the services to those about the others; those to the same sources are told once.
pub(super) fn add_services<T>(all: &mut Vec<Alike<T>>, more: Vec<Alike<T>>) {
    for answer in more {
        match all.iter_mut().find(|known| known.key == answer.key && known.of == answer.of) {
            Some(known) => known.services.extend(answer.services),
            None => all.push(answer),
        }
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
