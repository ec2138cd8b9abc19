//! A rule in the language.

use super::lets::Lets;
use super::settings::carried;
use super::{DecompileRefusal, words};
use crate::evaluate::SortedRule;
use crate::intent::Host;
use crate::limits::DNAT_PORTS;
use crate::model::{
    self, Action, AddressTerm, ApplicationRule, IpGroupRef, NatRule, NatTarget, NetworkProtocol, NetworkRule, Pods,
    Sources,
};
use crate::net::{AppProtocol, HostPattern, PortSet, PortSpan};
use crate::source::quote;

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
pub(super) fn lists(rule: SortedRule<'_>) -> Lists {
    match rule {
        SortedRule::Nat(rule) => Lists {
            services: words::network_services(&rule.matches.protocols, &nat_ports(rule)),
            from: rule.matches.sources.addresses.clone(),
            from_groups: rule.matches.sources.ip_groups.clone(),
            to: rule.matches.destinations.clone(),
            ..Lists::default()
        },
        SortedRule::Network(_, rule) => Lists {
            services: words::network_services(&rule.matches.protocols, &rule.matches.ports),
            from: rule.matches.sources.addresses.clone(),
            from_groups: rule.matches.sources.ip_groups.clone(),
            pods: rule.matches.sources.pods.clone(),
            to: rule.matches.destinations.clone(),
            to_groups: rule.matches.destination_ip_groups.clone(),
            hosts: rule
                .matches
                .destination_fqdns
                .iter()
                .map(|name| Host::Pattern(HostPattern::Exact(name.clone())))
                .collect(),
        },
        SortedRule::Application(_, rule) => Lists {
            services: words::application_services(&rule.matches.protocols).unwrap_or_default(),
            from: rule.matches.sources.addresses.clone(),
            from_groups: rule.matches.sources.ip_groups.clone(),
            pods: rule.matches.sources.pods.clone(),
            to: rule.matches.destinations.clone(),
            to_groups: Vec::new(),
            hosts: targets(rule),
        },
    }
}

fn nat_ports(rule: &NatRule) -> PortSet {
    rule.matches.ports.iter().copied().collect()
}

fn targets(rule: &ApplicationRule) -> Vec<Host> {
    let fqdns = rule.matches.fqdns.iter().cloned().map(Host::Pattern);
    let urls = rule.matches.urls.iter().cloned().map(Host::Url);
    let tags = rule.matches.fqdn_tags.iter().cloned().map(Host::FqdnTag);
    fqdns.chain(urls).chain(tags).chain(rule.matches.web_categories.iter().cloned().map(Host::Category)).collect()
}

/// The rule as an item of a group or a collection, and comments about what is odd in it.
pub(super) fn rule(rule: SortedRule<'_>, name: &str, lets: &Lets<'_>) -> Result<String, DecompileRefusal> {
    let lists = lists(rule);
    let cannot = |what: &str| Err(DecompileRefusal::Inexpressible(format!("rule `{name}`: {what}")));
    let says_none = matches!(rule, SortedRule::Application(_, rule) if rule.matches.protocols.is_empty() && !targets(rule).is_empty());
    if lists.services.is_empty() && !says_none {
        return cannot("it has no protocol, or a port that no flow has");
    }
    let (keyword, description, odd) = match rule {
        SortedRule::Nat(rule) => ("dnat", &rule.description, odd_nat(rule)),
        SortedRule::Network(action, rule) => (word(action), &rule.description, odd_network(rule)),
        SortedRule::Application(action, rule) => (word(action), &rule.description, odd_application(rule)),
    };
    if lists.services.ends_with("/{}") {
        return cannot("it has no port, so that no flow can match it: take it out of the artefact, or give it ports");
    }
    let none = |text: String| if text.is_empty() { "none".to_owned() } else { text };
    let from = none(lets.sources(&lists.from, &lists.from_groups, &lists.pods));
    let to = [lets.hosts(&lists.hosts), lets.addresses(&lists.to, &lists.to_groups)];
    let to = none(to.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", "));
    let tail = match rule {
        SortedRule::Nat(rule) => format!(" -> {}", target(rule)),
        SortedRule::Network(..) => String::new(),
        SortedRule::Application(_, rule) => application_tail(rule),
    };
    let carried: String =
        rule.carried().iter().map(|(name, value)| format!(" with {}", carried(name, value))).collect();
    let as_is = if odd.is_some() { " as-is" } else { "" };
    let comment = odd.filter(|why| !why.is_empty()).map(words::comment).unwrap_or_default();
    let description = words::description(description.as_deref());
    let services = if says_none { "none".to_owned() } else { lets.services(&lists.services) };
    let label = words::label(name);
    Ok(format!("{comment}{description}{label}: {keyword} {services} from {from} to {to}{tail}{carried}{as_is}\n"))
}

fn word(action: Action) -> &'static str {
    match action {
        Action::Allow => "allow",
        Action::Deny => "deny",
    }
}

fn target(rule: &NatRule) -> String {
    let to = match &rule.handling.target {
        NatTarget::Address(address) => address.to_string(),
        NatTarget::Fqdn(name) => words::host(&HostPattern::Exact(name.clone())),
    };
    let same = rule.matches.ports.first().and_then(|span| span.as_single()) == Some(rule.handling.port)
        && rule.matches.ports.len() == 1;
    if same { to } else { format!("{to}:{}", rule.handling.port) }
}

fn application_tail(rule: &ApplicationRule) -> String {
    let inspect = if rule.handling.terminate_tls { " inspect" } else { "" };
    let headers =
        rule.handling.headers.iter().map(|(name, value)| format!(" with header {} {}", quote(name), quote(value)));
    format!("{inspect}{}", headers.collect::<String>())
}

/// Why a rule must be kept `as-is`: a remark, empty where the rule itself shows it. `None`: it is an ordinary rule.
type OddRules = Option<&'static str>;

fn odd_sources(sources: &Sources) -> OddRules {
    let kinds = [sources.addresses.is_empty(), sources.ip_groups.is_empty(), sources.pods.is_empty()];
    match kinds.into_iter().filter(|is_empty| !is_empty).count() {
        0 => Some("it has no source, so that it matches nothing"),
        1 => None,
        _ => Some("it lists several kinds of sources: Azure documents one kind for each rule"),
    }
}

fn odd_nat(rule: &NatRule) -> OddRules {
    let single = |term: &AddressTerm| match term {
        AddressTerm::Span(span) => span.single().is_some(),
        AddressTerm::Any | AddressTerm::ServiceTag(_) | AddressTerm::Ipv6(_) => false,
    };
    let takes = |port: u16| u64::from(port) <= DNAT_PORTS.max;
    let one_port = |span: &PortSpan| span.as_single().is_some_and(takes);
    let plain = matches!(rule.matches.protocols.as_slice(), [NetworkProtocol::Tcp | NetworkProtocol::Udp])
        && matches!(rule.matches.ports.as_slice(), [span] if one_port(span))
        && matches!(rule.matches.destinations.as_slice(), [term] if single(term))
        && takes(rule.handling.port);
    odd_sources(&rule.matches.sources).or((!plain).then_some(""))
}

fn odd_network(rule: &NetworkRule) -> OddRules {
    let kinds = [
        rule.matches.destinations.is_empty(),
        rule.matches.destination_ip_groups.is_empty(),
        rule.matches.destination_fqdns.is_empty(),
    ];
    let kinds = kinds.into_iter().filter(|is_empty| !is_empty).count();
    let icmp = rule.matches.protocols.contains(&NetworkProtocol::Icmp);
    let mixed = icmp && rule.matches.protocols.iter().any(|protocol| *protocol != NetworkProtocol::Icmp);
    let icmp_to_name = icmp && !rule.matches.destination_fqdns.is_empty();
    let destinations = match kinds {
        0 => Some("it has no destination, so that it matches nothing"),
        1 => None,
        _ => Some("it lists several kinds of destinations: Azure documents one for each rule"),
    };
    odd_sources(&rule.matches.sources).or(destinations).or((mixed || icmp_to_name).then_some(""))
}

fn odd_application(rule: &ApplicationRule) -> OddRules {
    let kinds = [
        rule.matches.fqdns.is_empty(),
        rule.matches.urls.is_empty(),
        rule.matches.fqdn_tags.is_empty(),
        rule.matches.web_categories.is_empty(),
    ];
    let targets = match kinds.into_iter().filter(|is_empty| !is_empty).count() {
        0 => Some("it has no target, so that it matches nothing"),
        1 => None,
        _ => Some("it lists several kinds of targets: Azure does not document what that means"),
    };
    let narrowed = (!rule.matches.destinations.is_empty())
        .then_some("it lists destination addresses beside its targets: Azure does not document what that means");
    let has = |wanted: AppProtocol| rule.matches.protocols.iter().any(|(protocol, _)| *protocol == wanted);
    let unseen = has(AppProtocol::Https) && !rule.matches.urls.is_empty() && !rule.handling.terminate_tls;
    let strange_url = rule.matches.urls.iter().any(|url| model::url_fault(url).is_some());
    let odd_mssql = has(AppProtocol::Mssql) && rule.matches.fqdns.is_empty();
    let silent = rule.matches.protocols.is_empty().then_some("it has no protocol, so that it matches nothing");
    let hidden = unseen.then_some("it names URLs in https without TLS inspection: Azure cannot see them");
    odd_sources(&rule.matches.sources)
        .or(silent)
        .or(targets)
        .or(narrowed)
        .or(hidden)
        .or((strange_url || odd_mssql).then_some(""))
}
