//! Flows at the corners of rules: just inside and just outside of what a rule says, in each of its parts.

use std::net::Ipv4Addr;

use fwc::flow::Service;
use fwc::intent::{Address, Dnat, Entry, Host, Intent, Rule};
use fwc::net::{AppProtocol, HostName, HostPattern, Interval, PortSpan, ServiceSet};

use super::meaning::{Ask, Fact, Meaning};
use super::random::Random;

/// Addresses that no rule need name.
const ELSEWHERE: [Ipv4Addr; 4] = [
    Ipv4Addr::new(20, 99, 0, 1),
    Ipv4Addr::new(10, 1, 2, 4),
    Ipv4Addr::new(192, 168, 1, 1),
    Ipv4Addr::new(203, 0, 113, 7),
];

/// Names that no rule need name.
const NAMES: [&str; 5] = ["unrelated.test", "a.corp.example", "deep.x.a.corp.example", "notcorp.example", "example"];

/// The most facts of one flow.
const MOST_FACTS: usize = 2;

pub struct Corners<'m, 'i> {
    intent: &'i Intent,
    meaning: &'m Meaning<'i>,
}

/// Where a flow goes.
struct End {
    address: Ipv4Addr,
    name: Option<HostName>,
}

impl<'m, 'i> Corners<'m, 'i> {
    pub fn of(intent: &'i Intent, meaning: &'m Meaning<'i>) -> Self {
        Self { intent, meaning }
    }

    /// A flow at a corner of some rule; now and then a part of it is from another rule.
    pub fn draw(&self, random: &mut Random) -> Ask {
        if !self.meaning.dnats.is_empty() && random.chance(6) {
            let dnat = *random.pick(self.meaning.dnats.as_slice());
            return self.at_dnat(dnat, random);
        }
        let mut facts = Vec::new();
        let rule = self.rule(random);
        let other = |random: &mut Random| if random.chance(12) { self.rule(random) } else { rule };
        let (by_source, by_end, by_service) = (other(random), other(random), other(random));
        let source = self.source(&by_source.from, &mut facts, random);
        let end = self.end(by_end, &mut facts, random);
        let service = service(&by_service.services, end.name.is_some(), random);
        if random.chance(10) {
            self.end(self.rule(random), &mut facts, random);
        }
        facts.dedup();
        facts.truncate(MOST_FACTS);
        Ask { source, address: end.address, name: end.name, service, facts }
    }

    fn rule(&self, random: &mut Random) -> &'i Rule {
        random.pick(&self.meaning.rules).1
    }

    fn at_dnat(&self, dnat: &Dnat, random: &mut Random) -> Ask {
        let mut facts = Vec::new();
        let source = self.source(&dnat.from, &mut facts, random);
        let services = ServiceSet::transport(dnat.transport, dnat.ports.value.into());
        let address = around(Interval::point(random.pick(&dnat.to).value.into()), random);
        Ask { source, address, name: None, service: service(&services, false, random), facts }
    }

    fn source(&self, entries: &[Entry<Address>], facts: &mut Vec<Fact>, random: &mut Random) -> Ipv4Addr {
        let (address, fact) = self.address(&random.pick(entries).value, random, Fact::SourceInGroup);
        facts.extend(fact);
        address
    }

    /// An address at a corner of `address`; of a set that only Azure knows, often one that is in it.
    fn address(
        &self,
        address: &Address,
        random: &mut Random,
        in_group: fn(String) -> Fact,
    ) -> (Ipv4Addr, Option<Fact>) {
        let anywhere = *random.pick(&ELSEWHERE);
        let fact = match address {
            Address::Span(span) => return (around(span.interval(), random), None),
            Address::IpGroup(name) => {
                let member = random.pick(&self.intent.ip_groups[name].addresses).value;
                return (around(member.interval(), random), None);
            }
            // No policy that is made here has pods or IPv6 addresses.
            Address::Any | Address::Pods(_) | Address::Ipv6(_) => return (anywhere, None),
            Address::OutsideIpGroup(id) => in_group(id.clone()),
            Address::ServiceTag(tag) => {
                let part = if random.chance(30) { format!("{tag}.NorthEurope") } else { tag.clone() };
                Fact::InServiceTag(if tag.contains('.') { tag.clone() } else { part })
            }
        };
        (anywhere, random.chance(70).then_some(fact))
    }

    fn end(&self, rule: &Rule, facts: &mut Vec<Fact>, random: &mut Random) -> End {
        let (addresses, hosts) = (&rule.to.addresses, &rule.to.hosts);
        if !hosts.is_empty() && (addresses.is_empty() || random.chance(50)) {
            return self.host(&random.pick(hosts).value, facts, random);
        }
        let (address, fact) = self.address(&random.pick(addresses).value, random, Fact::InGroup);
        facts.extend(fact);
        let name = random.chance(30).then(|| self.any_name(random)).filter(|name| self.meaning.may_have(name, address));
        End { address, name }
    }

    fn host(&self, host: &Host, facts: &mut Vec<Fact>, random: &mut Random) -> End {
        let (name, fact) = match host {
            Host::Pattern(HostPattern::Any) => (self.any_name(random), None),
            Host::Pattern(HostPattern::Exact(name) | HostPattern::Below(name) | HostPattern::Ending(name)) => {
                (like(host, name, random), random.chance(10).then(|| Fact::AddressOf(name.clone())))
            }
            Host::FqdnTag(tag) => (self.any_name(random), Some(Fact::InFqdnTag(tag.clone()))),
            Host::Category(category) => (self.any_name(random), Some(Fact::InCategory(category.clone()))),
            Host::Url(url) => panic!("no source here has a URL: {url}"),
        };
        let is_named = !random.chance(10);
        facts.extend(fact.filter(|_| random.chance(80)));
        if !is_named && random.chance(60) {
            facts.extend(matches!(host, Host::Pattern(HostPattern::Exact(_))).then(|| Fact::AddressOf(name.clone())));
        }
        End { address: self.address_of(&name, random), name: is_named.then_some(name) }
    }

    /// An address that a name may have, often one that some rule speaks of.
    fn address_of(&self, name: &HostName, random: &mut Random) -> Ipv4Addr {
        if let Some(given) = self.meaning.given(name) {
            let interval = *random.pick(given.as_intervals().intervals());
            return if random.chance(50) { interval.first().into() } else { interval.last().into() };
        }
        let addresses = &self.rule(random).to.addresses;
        let near = (!addresses.is_empty() && random.chance(50)).then(|| {
            let entry = random.pick(addresses);
            self.address(&entry.value, random, Fact::InGroup).0
        });
        near.filter(|&address| self.meaning.may_have(name, address)).unwrap_or(ELSEWHERE[0])
    }

    fn any_name(&self, random: &mut Random) -> HostName {
        let hosts = &self.rule(random).to.hosts;
        let near = (!hosts.is_empty() && random.chance(60)).then(|| &random.pick(hosts).value);
        match near {
            Some(Host::Pattern(HostPattern::Exact(name) | HostPattern::Below(name) | HostPattern::Ending(name))) => {
                name.clone()
            }
            _ => random.word(&NAMES).parse().unwrap(),
        }
    }
}

/// A name that `host` matches, or one that looks so.
fn like(host: &Host, name: &HostName, random: &mut Random) -> HostName {
    let prefixes: &[&'static str] = match host {
        Host::Pattern(HostPattern::Exact(_)) => &["", "", "", "", "", "", "x.", "evil"],
        Host::Pattern(HostPattern::Below(_)) => &["a.", "b.", "x.", "deep.er.", "a.b.c.", "", "evil", "x-"],
        _ => &["", "a.", "evil", "x.", "evil.x.", "b."],
    };
    format!("{}{name}", random.word(prefixes)).parse().unwrap()
}

/// The first or the last address of an interval, or, now and then, the one before or behind it.
fn around(interval: Interval<u32>, random: &mut Random) -> Ipv4Addr {
    let (first, last) = (interval.first(), interval.last());
    let number = match random.below(12) {
        0 => first.saturating_sub(1),
        1 => last.saturating_add(1),
        2..7 => first,
        _ => last,
    };
    number.into()
}

fn port_around(span: PortSpan, random: &mut Random) -> u16 {
    let port = match random.below(12) {
        0 => span.first().saturating_sub(1),
        1 => span.last().saturating_add(1),
        2..7 => span.first(),
        _ => span.last(),
    };
    port.max(1)
}

/// A service at a corner of `services`. Over a TCP port may go anything, and a flow with a name carries an application
/// protocol more often than one without.
fn service(services: &ServiceSet, is_named: bool, random: &mut Random) -> Service {
    let mut found = Vec::new();
    for protocol in AppProtocol::ALL {
        for span in services.application_ports(protocol).spans() {
            let port = port_around(span, random);
            found.push(if random.chance(85) { Service::Application(protocol, port) } else { Service::Tcp(port) });
        }
    }
    for span in services.tcp.spans() {
        let port = port_around(span, random);
        let carried = *random.pick(&AppProtocol::ALL);
        let is_application = random.chance(if is_named { 50 } else { 15 });
        found.push(if is_application { Service::Application(carried, port) } else { Service::Tcp(port) });
    }
    found.extend(services.udp.spans().map(|span| Service::Udp(port_around(span, random))));
    if services.icmp {
        found.push(if random.chance(90) { Service::Icmp } else { Service::Other(47) });
    }
    if services.any {
        let https = Service::Application(AppProtocol::Https, 443);
        found.extend([Service::Icmp, Service::Other(47), Service::Tcp(22), Service::Udp(53), https]);
    }
    *random.pick(&found)
}
