//! What a source means, flow by flow, written from the language's definition alone.
//!
//! "DNAT of the policy attached to the firewall stands first and is final. Then the parent's groups, then the child's,
//! in order. In a group of rules every `deny` stands first. The first group that mentions the flow decides; nothing
//! matches: deny." Nothing here knows of Azure's rule kinds or order.

use std::net::Ipv4Addr;

use fwc::evaluate::{Atom, Outside, World};
use fwc::flow::Service;
use fwc::intent::{Action, Address, Dnat, DnatTarget, Entry, GroupBody, Host, Intent, Parent, Policy, Rule};
use fwc::net::{AddressSet, HostName, HostPattern, Transport};

/// A flow of which nothing is left open, and what is true of it that only Azure knows.
#[derive(Clone, Debug)]
pub struct Ask {
    pub source: Ipv4Addr,
    pub address: Ipv4Addr,
    pub name: Option<HostName>,
    pub service: Service,
    pub facts: Vec<Fact>,
}

/// Something true of a flow that only Azure, or DNS, knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fact {
    SourceInGroup(String),
    InGroup(String),
    InServiceTag(String),
    AddressOf(HostName),
    InFqdnTag(String),
    InCategory(String),
}

/// The facts as the evaluator under test takes them.
pub fn world(facts: &[Fact]) -> World {
    facts.iter().map(atom).collect()
}

fn atom(fact: &Fact) -> Atom {
    match fact {
        Fact::SourceInGroup(id) => Atom::Source(Outside::IpGroup(id.as_str().into())),
        Fact::InGroup(id) => Atom::Destination(Outside::IpGroup(id.as_str().into())),
        Fact::InServiceTag(tag) => Atom::Destination(Outside::ServiceTag(tag.as_str().into())),
        Fact::AddressOf(name) => Atom::Destination(Outside::Dns(name.clone())),
        Fact::InFqdnTag(tag) => Atom::FqdnTag(tag.as_str().into()),
        Fact::InCategory(category) => Atom::WebCategory(category.as_str().into()),
    }
}

/// What a policy means, its rules in the order in which they decide.
pub struct Meaning<'i> {
    intent: &'i Intent,
    internet: AddressSet,
    pub dnats: Vec<&'i Dnat>,
    pub rules: Vec<(Level, &'i Rule)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    Parent,
    Attached,
}

/// What decides a flow.
#[derive(Clone, Copy, Debug)]
pub enum Decision<'i> {
    Dnat(&'i Dnat),
    Rule(Level, &'i Rule, Mention),
    Nothing,
}

/// How a rule mentions a flow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mention {
    /// By transport and address.
    Network,
    /// By application protocol and this sort of name.
    Application(Name),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Name {
    Exact,
    Below,
    Ending,
    Any,
    Outside,
}

impl Decision<'_> {
    pub fn action(&self) -> Action {
        match self {
            Self::Dnat(_) => Action::Allow,
            Self::Rule(_, rule, _) => rule.action,
            Self::Nothing => Action::Deny,
        }
    }
}

impl<'i> Meaning<'i> {
    /// What `intent` says of a firewall that `policy` is attached to.
    pub fn of(intent: &'i Intent, policy: &'i Policy) -> Self {
        let parent = policy.parent.as_ref().map(|parent| match &parent.value {
            Parent::Policy(name) => intent.policies.iter().find(|policy| policy.name.value == *name).unwrap(),
            Parent::External(name) => panic!("no source here has a base outside: {name}"),
        });
        let mut rules = Vec::new();
        for (level, policy) in
            parent.map(|parent| (Level::Parent, parent)).into_iter().chain([(Level::Attached, policy)])
        {
            rules.extend(in_order(policy).into_iter().map(|rule| (level, rule)));
        }
        Self { intent, internet: AddressSet::internet(), dnats: dnats(policy), rules }
    }

    pub fn decide(&self, ask: &Ask) -> Decision<'i> {
        if let Some(dnat) = self.dnats.iter().find(|dnat| self.translates(dnat, ask)) {
            return Decision::Dnat(dnat);
        }
        let mentions = |&(level, rule): &(Level, &'i Rule)| Some(Decision::Rule(level, rule, self.mention(rule, ask)?));
        self.rules.iter().find_map(mentions).unwrap_or(Decision::Nothing)
    }

    fn translates(&self, dnat: &Dnat, ask: &Ask) -> bool {
        let port = match (dnat.transport, ask.service) {
            (Transport::Tcp, Service::Tcp(port) | Service::Application(_, port))
            | (Transport::Udp, Service::Udp(port)) => port,
            _ => return false,
        };
        let ports = dnat.ports.value;
        ports.first() <= port
            && port <= ports.last()
            && dnat.to.iter().any(|to| to.value == ask.address)
            && self.holds(&dnat.from, ask.source, &ask.facts, Side::Source)
    }

    /// The addresses that the source gives a name.
    pub fn given(&self, name: &HostName) -> Option<AddressSet> {
        let endpoints = self
            .intent
            .private_endpoints
            .iter()
            .filter(|endpoint| endpoint.hosts.iter().any(|host| host.value == *name));
        endpoints.map(|endpoint| endpoint.addresses.clone()).reduce(|all, more| all.union(&more))
    }

    /// Whether the name may have the address: "those given; otherwise any in `internet`".
    pub fn may_have(&self, name: &HostName, address: Ipv4Addr) -> bool {
        self.given(name).as_ref().unwrap_or(&self.internet).contains(address)
    }

    /// Whether the rule mentions the flow, and how.
    pub fn mention(&self, rule: &Rule, ask: &Ask) -> Option<Mention> {
        if !self.holds(&rule.from, ask.source, &ask.facts, Side::Source) {
            return None;
        }
        let to_address = || self.holds(&rule.to.addresses, ask.address, &ask.facts, Side::Destination);
        let to_name = || rule.to.hosts.iter().any(|host| self.is_behind(&host.value, ask));
        if over_application_port(rule, ask) && to_address() || over_transport(rule, ask) && (to_address() || to_name())
        {
            return Some(Mention::Network);
        }
        let Service::Application(protocol, port) = ask.service else { return None };
        let name = ask.name.as_ref()?;
        let spoken = rule.services.application_ports(protocol).contains(port);
        let sort = || rule.to.hosts.iter().find_map(|host| asks_for(&host.value, name, &ask.facts));
        spoken.then(sort).flatten().map(Mention::Application)
    }

    /// Whether the flow goes to one of the addresses of a name: because it asks for it, or because it happens to.
    fn is_behind(&self, host: &Host, ask: &Ask) -> bool {
        let Host::Pattern(HostPattern::Exact(name)) = host else { return false };
        ask.name.as_ref() == Some(name)
            || match self.given(name) {
                Some(addresses) => addresses.contains(ask.address),
                None => ask.facts.contains(&Fact::AddressOf(name.clone())),
            }
    }

    fn holds(&self, entries: &[Entry<Address>], address: Ipv4Addr, facts: &[Fact], side: Side) -> bool {
        entries.iter().any(|entry| match &entry.value {
            Address::Any => true,
            // No policy that is made here has pods or IPv6 addresses.
            Address::Pods(_) | Address::Ipv6(_) => false,
            Address::Span(span) => span.interval().contains(address.into()),
            Address::IpGroup(name) => {
                let members = &self.intent.ip_groups[name].addresses;
                members.iter().any(|member| member.value.interval().contains(address.into()))
            }
            Address::OutsideIpGroup(id) => facts.iter().any(|fact| match (fact, side) {
                (Fact::SourceInGroup(group), Side::Source) | (Fact::InGroup(group), Side::Destination) => group == id,
                _ => false,
            }),
            Address::ServiceTag(_) if AddressSet::untagged().contains(address) => false,
            Address::ServiceTag(tag) => facts.iter().any(|fact| match fact {
                Fact::InServiceTag(part) => part == tag || part.starts_with(&format!("{tag}.")),
                _ => false,
            }),
        })
    }
}

#[derive(Clone, Copy)]
enum Side {
    Source,
    Destination,
}

/// The rules of a policy, in the order in which they decide.
fn in_order(policy: &Policy) -> Vec<&Rule> {
    let mut rules = Vec::new();
    for group in by_priority(&policy.groups, |group| group.priority.as_ref().map(|at| at.value.get())) {
        match &group.body {
            GroupBody::Rules(own) => {
                rules.extend(own.filters.iter().filter(|rule| rule.action == Action::Deny));
                rules.extend(own.filters.iter().filter(|rule| rule.action == Action::Allow));
            }
            GroupBody::Collections(collections) => {
                for collection in by_priority(collections, |own| own.priority.as_ref().map(|at| at.value.get())) {
                    rules.extend(&collection.rules.filters);
                }
            }
        }
    }
    rules
}

fn dnats(policy: &Policy) -> Vec<&Dnat> {
    let mut dnats = Vec::new();
    for group in by_priority(&policy.groups, |group| group.priority.as_ref().map(|at| at.value.get())) {
        match &group.body {
            GroupBody::Rules(own) => dnats.extend(&own.dnats),
            GroupBody::Collections(collections) => {
                for collection in by_priority(collections, |own| own.priority.as_ref().map(|at| at.value.get())) {
                    dnats.extend(&collection.rules.dnats);
                }
            }
        }
    }
    dnats
}

/// By priority; what has none stays behind what is written before it.
fn by_priority<T>(items: &[T], priority: impl Fn(&T) -> Option<u16>) -> Vec<&T> {
    let mut last = 0;
    let mut placed: Vec<(u16, &T)> = Vec::new();
    for item in items {
        last = priority(item).unwrap_or(last);
        placed.push((last, item));
    }
    placed.sort_by_key(|&(place, _)| place);
    placed.into_iter().map(|(_, item)| item).collect()
}

/// The services of network rules.
fn over_transport(rule: &Rule, ask: &Ask) -> bool {
    let services = &rule.services;
    services.any
        || match ask.service {
            Service::Tcp(port) | Service::Application(_, port) => services.tcp.contains(port),
            Service::Udp(port) => services.udp.contains(port),
            Service::Icmp => services.icmp,
            Service::Other(_) => false,
        }
}

/// "http, https, mssql to addresses: network on that TCP port, whatever it carries."
fn over_application_port(rule: &Rule, ask: &Ask) -> bool {
    let (Service::Tcp(port) | Service::Application(_, port)) = ask.service else { return false };
    [&rule.services.http, &rule.services.https, &rule.services.mssql].iter().any(|ports| ports.contains(port))
}

fn asks_for(host: &Host, name: &HostName, facts: &[Fact]) -> Option<Name> {
    let (text, found) = (name.as_str(), |holds: bool, sort| holds.then_some(sort));
    match host {
        Host::Pattern(HostPattern::Any) => Some(Name::Any),
        Host::Pattern(HostPattern::Exact(exact)) => found(text == exact.as_str(), Name::Exact),
        Host::Pattern(HostPattern::Below(parent)) => found(text.ends_with(&format!(".{parent}")), Name::Below),
        Host::Pattern(HostPattern::Ending(end)) => found(text.ends_with(end.as_str()), Name::Ending),
        Host::FqdnTag(tag) => found(facts.contains(&Fact::InFqdnTag(tag.clone())), Name::Outside),
        Host::Category(category) => found(facts.contains(&Fact::InCategory(category.clone())), Name::Outside),
        Host::Url(url) => panic!("no source here has a URL: {url}"),
    }
}

/// Where a DNAT rule sends the flow.
pub fn translation(dnat: &Dnat, ask: &Ask) -> (String, u16) {
    let target = match &dnat.target.value {
        DnatTarget::Address(address) => address.to_string(),
        DnatTarget::Host(name) => name.to_string(),
    };
    (target, dnat.target_port.as_ref().map_or(ask.service.port().unwrap_or_default(), |port| port.value))
}
