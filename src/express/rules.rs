//! A rule as the language says it.

use super::lets::Lets;
use super::{Refusal, words};
use crate::evaluate::Rule;
use crate::intent::Host;
use crate::limits::DNAT_PORTS;
use crate::model::{
    self, Action, AddressTerm, ApplicationRule, IpGroupRef, NatRule, NatTarget, NetworkProtocol, NetworkRule, Pods,
    Sources,
};
use crate::net::{AppProtocol, HostPattern, PortSet, PortSpan};

/// What a rule lists.
#[derive(Debug, Default)]
pub(super) struct Lists {
    pub services: String,
    pub from: Vec<AddressTerm>,
    pub from_groups: Vec<IpGroupRef>,
    pub pods: Vec<Pods>,
    pub to: Vec<AddressTerm>,
    pub to_groups: Vec<IpGroupRef>,
    pub hosts: Vec<Host>,
}

/// The lists of `rule`; its services are empty where the language has no word for them.
pub(super) fn lists(rule: Rule<'_>) -> Lists {
    match rule {
        Rule::Nat(rule) => Lists {
            services: words::network_services(&rule.protocols, &nat_ports(rule)),
            from: rule.sources.addresses.clone(),
            from_groups: rule.sources.ip_groups.clone(),
            to: rule.destinations.clone(),
            ..Lists::default()
        },
        Rule::Network(_, rule) => Lists {
            services: words::network_services(&rule.protocols, &rule.ports),
            from: rule.sources.addresses.clone(),
            from_groups: rule.sources.ip_groups.clone(),
            pods: rule.sources.pods.clone(),
            to: rule.destinations.clone(),
            to_groups: rule.destination_ip_groups.clone(),
            hosts: rule.destination_fqdns.iter().map(|name| Host::Pattern(HostPattern::Exact(name.clone()))).collect(),
        },
        Rule::Application(_, rule) => Lists {
            services: words::application_services(&rule.protocols).unwrap_or_default(),
            from: rule.sources.addresses.clone(),
            from_groups: rule.sources.ip_groups.clone(),
            pods: rule.sources.pods.clone(),
            to: rule.destinations.clone(),
            to_groups: Vec::new(),
            hosts: targets(rule),
        },
    }
}

fn nat_ports(rule: &NatRule) -> PortSet {
    rule.ports.iter().copied().collect()
}

fn targets(rule: &ApplicationRule) -> Vec<Host> {
    let fqdns = rule.fqdns.iter().cloned().map(Host::Pattern);
    let urls = rule.urls.iter().cloned().map(Host::Url);
    let tags = rule.fqdn_tags.iter().cloned().map(Host::FqdnTag);
    fqdns.chain(urls).chain(tags).chain(rule.web_categories.iter().cloned().map(Host::Category)).collect()
}

/// The rule as an item of a group or a collection, and comments about what is odd in it.
pub(super) fn rule(rule: Rule<'_>, name: &str, lets: &Lets<'_>) -> Result<String, Refusal> {
    let lists = lists(rule);
    let cannot = |what: &str| Err(Refusal::Inexpressible(format!("rule `{name}`: {what}")));
    let says_none =
        matches!(rule, Rule::Application(_, rule) if rule.protocols.is_empty() && !targets(rule).is_empty());
    if lists.services.is_empty() && !says_none {
        return cannot("it has no protocol, or a port that no flow has");
    }
    let (keyword, description, odd) = match rule {
        Rule::Nat(rule) => ("dnat", &rule.description, odd_nat(rule)),
        Rule::Network(action, rule) => (word(action), &rule.description, odd_network(rule)),
        Rule::Application(action, rule) => (word(action), &rule.description, odd_application(rule)),
    };
    if lists.services.ends_with("/{}") {
        return cannot("it has no port, so that no flow can match it: take it out of the artefact, or give it ports");
    }
    let none = |text: String| if text.is_empty() { "none".to_owned() } else { text };
    let from = none(lets.sources(&lists.from, &lists.from_groups, &lists.pods));
    let to = [lets.hosts(&lists.hosts), lets.addresses(&lists.to, &lists.to_groups)];
    let to = none(to.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", "));
    let tail = match rule {
        Rule::Nat(rule) => format!(" -> {}", target(rule)),
        Rule::Network(..) => String::new(),
        Rule::Application(_, rule) => application_tail(rule),
    };
    let as_is = if odd.is_some() { " as-is" } else { "" };
    let comment = odd.filter(|why| !why.is_empty()).map(words::comment).unwrap_or_default();
    let description = words::description(description.as_deref());
    let services = if says_none { "none".to_owned() } else { lets.services(&lists.services) };
    let label = words::label(name);
    Ok(format!("{comment}{description}{label}: {keyword} {services} from {from} to {to}{tail}{as_is}\n"))
}

fn word(action: Action) -> &'static str {
    match action {
        Action::Allow => "allow",
        Action::Deny => "deny",
    }
}

fn target(rule: &NatRule) -> String {
    let to = match &rule.target {
        NatTarget::Address(address) => address.to_string(),
        NatTarget::Fqdn(name) => words::host(&HostPattern::Exact(name.clone())),
    };
    let same = rule.ports.first().and_then(|span| span.as_single()) == Some(rule.target_port) && rule.ports.len() == 1;
    if same { to } else { format!("{to}:{}", rule.target_port) }
}

fn application_tail(rule: &ApplicationRule) -> String {
    let inspect = if rule.terminate_tls { " inspect" } else { "" };
    let quote = crate::source::quote;
    let headers = rule.headers.iter().map(|(name, value)| format!(" with header {} {}", quote(name), quote(value)));
    format!("{inspect}{}", headers.collect::<String>())
}

/// Why a rule must be kept `as-is`: a remark, empty where the rule says it plainly. `None`: it is an ordinary rule.
type Odd = Option<&'static str>;

fn odd_sources(sources: &Sources) -> Odd {
    let kinds = [sources.addresses.is_empty(), sources.ip_groups.is_empty(), sources.pods.is_empty()];
    match kinds.into_iter().filter(|is_empty| !is_empty).count() {
        0 => Some("it has no source, so that it matches nothing"),
        1 => None,
        _ => Some("it lists several kinds of sources: Azure documents one kind for each rule"),
    }
}

fn odd_nat(rule: &NatRule) -> Odd {
    let single = |term: &AddressTerm| match term {
        AddressTerm::Span(span) => span.single().is_some(),
        AddressTerm::Any | AddressTerm::ServiceTag(_) => false,
    };
    let takes = |port: u16| u64::from(port) <= DNAT_PORTS.max;
    let one_port = |span: &PortSpan| span.as_single().is_some_and(takes);
    let plain = matches!(rule.protocols.as_slice(), [NetworkProtocol::Tcp | NetworkProtocol::Udp])
        && matches!(rule.ports.as_slice(), [span] if one_port(span))
        && matches!(rule.destinations.as_slice(), [term] if single(term))
        && takes(rule.target_port);
    odd_sources(&rule.sources).or((!plain).then_some(""))
}

fn odd_network(rule: &NetworkRule) -> Odd {
    let kinds =
        [rule.destinations.is_empty(), rule.destination_ip_groups.is_empty(), rule.destination_fqdns.is_empty()];
    let kinds = kinds.into_iter().filter(|is_empty| !is_empty).count();
    let icmp = rule.protocols.contains(&NetworkProtocol::Icmp);
    let mixed = icmp && rule.protocols.iter().any(|protocol| *protocol != NetworkProtocol::Icmp);
    let icmp_to_name = icmp && !rule.destination_fqdns.is_empty();
    let destinations = match kinds {
        0 => Some("it has no destination, so that it matches nothing"),
        1 => None,
        _ => Some("it lists several kinds of destinations: Azure documents one for each rule"),
    };
    odd_sources(&rule.sources).or(destinations).or((mixed || icmp_to_name).then_some(""))
}

fn odd_application(rule: &ApplicationRule) -> Odd {
    let kinds =
        [rule.fqdns.is_empty(), rule.urls.is_empty(), rule.fqdn_tags.is_empty(), rule.web_categories.is_empty()];
    let targets = match kinds.into_iter().filter(|is_empty| !is_empty).count() {
        0 => Some("it has no target, so that it matches nothing"),
        1 => None,
        _ => Some("it lists several kinds of targets: Azure does not document what that means"),
    };
    let narrowed = (!rule.destinations.is_empty())
        .then_some("it lists destination addresses beside its targets: Azure does not document what that means");
    let has = |wanted: AppProtocol| rule.protocols.iter().any(|(protocol, _)| *protocol == wanted);
    let unseen = has(AppProtocol::Https) && !rule.urls.is_empty() && !rule.terminate_tls;
    let strange_url = rule.urls.iter().any(|url| model::url_fault(url).is_some());
    let odd_mssql = has(AppProtocol::Mssql) && rule.fqdns.is_empty();
    let silent = rule.protocols.is_empty().then_some("it has no protocol, so that it matches nothing");
    let hidden = unseen.then_some("it names URLs in https without TLS inspection: Azure cannot see them");
    odd_sources(&rule.sources)
        .or(silent)
        .or(targets)
        .or(narrowed)
        .or(hidden)
        .or((strange_url || odd_mssql).then_some(""))
}
