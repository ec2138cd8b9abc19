//! Small models and questions, written as text.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its own input shall fail")]

use fwc::evaluate::Knowledge;
use fwc::explain::{self, Explanation, FlowLine};
use fwc::model::{
    Action, AddressTerm, ApplicationMatches, ApplicationRule, Base, Collection, DnatTranslation, Group, Inspection,
    IpGroup, IpGroupRef, Model, NatMatches, NatRule, NatTarget, NetworkMatches, NetworkProtocol, NetworkRule, Policy,
    Presence, Priority, Rules, Scope, Settings, Sku, Sources,
};
use fwc::net::{AddressSet, AppProtocol, PortSet};

/// A model of one policy with one group.
pub fn one_group(collections: Vec<Collection>) -> Model {
    model(vec![policy("p", None, vec![group("g", 200, collections)])])
}

pub fn model(policies: Vec<Policy>) -> Model {
    Model { policies, ..Model::default() }
}

pub fn policy(name: &str, base: Option<&str>, groups: Vec<Group>) -> Policy {
    let base = base.map(|name| Base::Named(name.to_owned().into()));
    Policy {
        scope: Scope::default(),
        name: name.to_owned().into(),
        base,
        settings: Settings::new(Sku::Premium),
        groups,
        origin: None,
    }
}

pub fn group(name: &str, priority: u32, collections: Vec<Collection>) -> Group {
    Group {
        name: name.to_owned().into(),
        priority: Priority::new(priority).unwrap(),
        presence: Presence::Always,
        collections,
        origin: None,
    }
}

pub fn collection(name: &str, priority: u32, rules: Rules) -> Collection {
    Collection {
        name: name.to_owned(),
        priority: Priority::new(priority).unwrap(),
        presence: Presence::Always,
        rules,
        carried: Default::default(),
        origin: None,
    }
}

/// A collection of network rules; the action is the name up to the first `-`.
pub fn network(name: &str, priority: u32, rules: Vec<NetworkRule>) -> Collection {
    collection(name, priority, Rules::Network(action(name), rules))
}

/// A collection of application rules; the action is the name up to the first `-`.
pub fn application(name: &str, priority: u32, rules: Vec<ApplicationRule>) -> Collection {
    collection(name, priority, Rules::Application(action(name), rules))
}

pub fn nat(name: &str, priority: u32, rules: Vec<NatRule>) -> Collection {
    collection(name, priority, Rules::Nat(rules))
}

fn action(name: &str) -> Action {
    if name.starts_with("deny") { Action::Deny } else { Action::Allow }
}

/// A network rule, as in `net("r", "tcp udp", "10.0.0.0/8", "tag:Storage group:on-prem ntp.ubuntu.com", "80 100-200")`.
pub fn net(name: &str, protocols: &str, from: &str, to: &str, ports: &str) -> NetworkRule {
    let mut rule = NetworkRule {
        name: name.to_owned(),
        description: None,
        origin: None,
        matches: NetworkMatches {
            protocols: protocols.split_whitespace().map(protocol).collect(),
            sources: sources(from),
            destinations: Vec::new(),
            destination_ip_groups: Vec::new(),
            destination_fqdns: Vec::new(),
            ports: port_set(ports),
        },
        handling: (),
        carried: Default::default(),
    };
    for word in to.split_whitespace() {
        match (term(word), ip_group(word)) {
            (_, Some(group)) => rule.matches.destination_ip_groups.push(group),
            (Some(term), None) => rule.matches.destinations.push(term),
            (None, None) => rule.matches.destination_fqdns.push(word.parse().unwrap()),
        }
    }
    rule
}

/// An application rule, as in `app("r", "https:443", "10.0.0.0/8", "*.a.com tag:T category:C url:a.com/x to:10.0.0.1")`.
pub fn app(name: &str, protocols: &str, from: &str, to: &str) -> ApplicationRule {
    let mut rule = ApplicationRule {
        name: name.to_owned(),
        description: None,
        origin: None,
        matches: ApplicationMatches {
            protocols: protocols.split_whitespace().map(app_protocol).collect(),
            sources: sources(from),
            destinations: Vec::new(),
            fqdns: Vec::new(),
            urls: Vec::new(),
            fqdn_tags: Vec::new(),
            web_categories: Vec::new(),
        },
        handling: Inspection { terminate_tls: false, headers: Vec::new() },
        carried: Default::default(),
    };
    for word in to.split_whitespace() {
        match word.split_once(':') {
            Some(("tag", tag)) => rule.matches.fqdn_tags.push(tag.to_owned()),
            Some(("category", category)) => rule.matches.web_categories.push(category.to_owned()),
            Some(("url", url)) => rule.matches.urls.push(url.to_owned()),
            Some((_, address)) => rule.matches.destinations.push(term(address).unwrap()),
            None => rule.matches.fqdns.push(word.parse().unwrap()),
        }
    }
    rule
}

pub fn dnat(name: &str, from: &str, to: &str, port: &str, target: &str) -> NatRule {
    let (host, target_port) = target.split_once(':').unwrap();
    NatRule {
        name: name.to_owned(),
        description: None,
        origin: None,
        matches: NatMatches {
            protocols: vec![NetworkProtocol::Tcp, NetworkProtocol::Udp],
            sources: sources(from),
            destinations: to.split_whitespace().filter_map(term).collect(),
            ports: vec![port.parse().unwrap()],
        },
        handling: DnatTranslation {
            target: host.parse().map_or_else(|_| NatTarget::Fqdn(host.parse().unwrap()), NatTarget::Address),
            port: target_port.parse().unwrap(),
        },
        carried: Default::default(),
    }
}

pub fn with_ip_group(mut model: Model, name: &str, members: &str) -> Model {
    let addresses = members.split_whitespace().map(|member| member.parse().unwrap()).collect();
    let group = IpGroup {
        scope: Scope::default(),
        name: name.to_owned().into(),
        location: None,
        addresses,
        ipv6: Vec::new(),
        origin: None,
    };
    model.ip_groups.insert(name.to_owned().into(), group);
    model
}

fn sources(text: &str) -> Sources {
    Sources {
        addresses: text.split_whitespace().filter_map(term).collect(),
        ip_groups: text.split_whitespace().filter_map(ip_group).collect(),
        pods: Vec::new(),
    }
}

fn term(word: &str) -> Option<AddressTerm> {
    match (word, word.strip_prefix("tag:")) {
        ("*", _) => Some(AddressTerm::Any),
        (_, Some(tag)) => Some(AddressTerm::ServiceTag(tag.to_owned())),
        (_, None) => word.parse().ok().map(AddressTerm::Span),
    }
}

fn ip_group(word: &str) -> Option<IpGroupRef> {
    let named = word.strip_prefix("group:").map(|name| IpGroupRef::Named(name.to_owned().into()));
    named.or_else(|| word.strip_prefix("id:").map(|id| IpGroupRef::Id(id.to_owned())))
}

fn protocol(word: &str) -> NetworkProtocol {
    match word {
        "tcp" => NetworkProtocol::Tcp,
        "udp" => NetworkProtocol::Udp,
        "icmp" => NetworkProtocol::Icmp,
        _ => NetworkProtocol::Any,
    }
}

fn app_protocol(word: &str) -> (AppProtocol, u16) {
    let (name, port) = word.split_once(':').unwrap();
    let protocol = AppProtocol::ALL.into_iter().find(|protocol| protocol.to_string() == name);
    (protocol.unwrap(), port.parse().unwrap())
}

fn port_set(text: &str) -> PortSet {
    match text {
        "*" => PortSet::any(),
        text => text.split_whitespace().map(|span| span.parse().unwrap()).collect::<PortSet>(),
    }
}

/// What is known of DNS, as in `dns(&[("a.com", "20.0.0.1")])`.
pub fn dns(entries: &[(&str, &str)]) -> Knowledge {
    let mut knowledge = Knowledge::none();
    for (name, span) in entries {
        let addresses: AddressSet = std::iter::once(span.parse().unwrap()).collect();
        knowledge.learn(name.parse().unwrap(), &addresses);
    }
    knowledge
}

/// A question, as in `https 10.0.0.4 a.com /path`, or `https 10.0.0.4 a.com@20.0.0.1`.
pub fn question(text: &str) -> FlowLine {
    let mut words = text.split_whitespace().map(str::to_owned);
    let (service, source, destination) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
    let (host, address) = match destination.split_once('@') {
        Some((host, address)) => (host.to_owned(), Some(address.to_owned())),
        None => (destination, None),
    };
    FlowLine { source, destination: host, destination_address: address, path: words.next(), service }
}

/// The explanation of a question about the last policy of the model.
pub fn explain<'m>(model: &'m Model, text: &str, knowledge: &Knowledge) -> Explanation<'m> {
    let flow = question(text).flow(model).unwrap();
    explain::explain(model, model.policies.last().unwrap(), &flow, knowledge).unwrap()
}

/// The answer in one line, as in `allow r`, `deny default`, `depends tag(Storage): allow r; otherwise: deny default`.
pub fn ask(model: &Model, text: &str) -> String {
    ask_with(model, text, &Knowledge::none())
}

pub fn ask_with(model: &Model, text: &str, knowledge: &Knowledge) -> String {
    let found = explain(model, text, knowledge);
    let decision = |decision: explain::Decision<'_>| {
        let rule = decision.line().map_or("default", |line| line.rule.name());
        format!("{} {rule}", decision.action())
    };
    match found.verdict {
        explain::FlowVerdict::Allow | explain::FlowVerdict::Deny => decision(found.decided_by),
        explain::FlowVerdict::Depends => {
            let cases = found.depends.iter().map(|case| format!("{}: {}", case.on, decision(case.decided_by)));
            let all: Vec<_> = cases.chain([format!("otherwise: {}", decision(found.decided_by))]).collect();
            format!("depends {}", all.join("; "))
        }
    }
}
