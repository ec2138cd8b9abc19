//! What a source compiles to, in few words.
//!
//! ```text
//! policy egress
//!   100 web                                          a rule collection group and its priority
//!     500 web-allow-application                      a rule collection and its priority
//!       shop: Https:443 from 10.0.0.0/8 to a.com     a rule
//! ```

use std::fmt::{Display, Write};

use fwc::flow::WorkBudget;
use fwc::intent::{Intent, Meta};
use fwc::model::{
    AddressTerm, ApplicationRule, Carried, Collection, IpGroupRef, Model, NameSpelling, NatRule, NatTarget,
    NetworkRule, NextHop, Policy, RouteTable, Rules, Sources,
};
use fwc::prove::{ProofVerdict, describe, expectations};
use fwc::source::Origin;

use crate::understood::Understood;

/// Everything that reaches an artefact, and what a later pass proves.
pub(super) fn text(understood: &Understood) -> String {
    let (intent, lowered) = (understood.project.intent(), understood.project.lowered());
    let mut out = String::new();
    for policy in &lowered.model.policies {
        out.push_str(&policy_text(policy, understood));
    }
    network(&mut out, &lowered.model, intent);
    verdicts(&mut out, understood);
    out
}

fn policy_text(policy: &Policy, understood: &Understood) -> String {
    let mut out = String::new();
    let base = policy.base.as_ref().map_or(String::new(), |base| format!(" inherits {}", base.name()));
    writeln!(out, "policy {}{base}", policy.name).unwrap();
    let mut groups: Vec<_> = policy.groups.iter().collect();
    groups.sort_by_key(|group| group.priority);
    for group in groups {
        writeln!(out, "  {} {}", group.priority, group.name).unwrap();
        let mut collections: Vec<_> = group.collections.iter().collect();
        collections.sort_by_key(|collection| collection.priority);
        for collection in collections {
            out.push_str(&collection_text(collection, understood));
        }
    }
    out
}

fn collection_text(collection: &Collection, understood: &Understood) -> String {
    let mut out = String::new();
    let kind = collection.rules.kind();
    match &collection.rules {
        Rules::Nat(_) => write!(out, "    {} {}: {kind}", collection.priority, collection.name),
        Rules::Network(action, _) | Rules::Application(action, _) => {
            write!(out, "    {} {}: {action} {kind}", collection.priority, collection.name)
        }
    }
    .unwrap();
    writeln!(out, "{}", carried(&collection.carried)).unwrap();
    let texts: Vec<String> = match &collection.rules {
        Rules::Nat(rules) => rules.iter().map(nat).collect(),
        Rules::Network(_, rules) => rules.iter().map(network_rule).collect(),
        Rules::Application(_, rules) => rules.iter().map(application).collect(),
    };
    for (text, head) in texts.into_iter().zip(collection.rules.heads()) {
        let intent = understood.project.intent();
        writeln!(out, "      {text}{}", carried(head.carried)).unwrap();
        let remarks = head.description.iter().map(|text| format!("## {text}")).chain(annotations(head.origin, intent));
        remarks.for_each(|remark| writeln!(out, "        {remark}").unwrap());
    }
    out
}

fn carried(carried: &Carried) -> String {
    carried.iter().map(|(name, value)| format!(", {name} {value}")).collect()
}

/// What annotations say of the rule that was written at `origin`.
fn annotations(origin: Option<&Origin>, intent: &Intent) -> Option<String> {
    let groups = intent.policies.iter().flat_map(|policy| &policy.groups);
    let rules: Vec<_> = groups.flat_map(|group| group.body.rules()).collect();
    let filters = rules.iter().flat_map(|rules| &rules.filters).map(|rule| (&rule.origin, &rule.meta));
    let dnats = rules.iter().flat_map(|rules| &rules.dnats).map(|rule| (&rule.origin, &rule.meta));
    let (_, meta) = filters.chain(dnats).find(|(other, _)| Some(*other) == origin)?;
    let Meta { owner, ticket, expires, ignored, source, need, applies: _ } = meta;
    let mut words = Vec::new();
    words.extend(owner.iter().map(|owner| format!("@owner({owner:?})")));
    words.extend(ticket.iter().map(|ticket| format!("@ticket({ticket:?})")));
    words.extend(expires.iter().map(|expires| format!("@expires({})", expires.value)));
    words.extend(ignored.iter().map(|ignored| format!("@ignore({}, {:?})", ignored.value.0, ignored.value.1)));
    words.extend(source.iter().map(|(from, date)| format!("@source({from:?}, {date})")));
    words.extend(need.iter().map(|need| format!("@need({need:?})")));
    (!words.is_empty()).then(|| words.join(" "))
}

fn nat(rule: &NatRule) -> String {
    let protocols = list(rule.matches.protocols.iter().map(|protocol| protocol.spelled()));
    let target = match &rule.handling.target {
        NatTarget::Address(address) => address.to_string(),
        NatTarget::Fqdn(name) => name.to_string(),
    };
    let (ports, to, from) =
        (list(&rule.matches.ports), list(&rule.matches.destinations), sources(&rule.matches.sources));
    format!("{}: {protocols} {ports} from {from} to {to} -> {target}:{}", rule.name, rule.handling.port)
}

fn network_rule(rule: &NetworkRule) -> String {
    let protocols = list(rule.matches.protocols.iter().map(|protocol| protocol.spelled()));
    let ports = if rule.matches.ports.is_any() { "*".to_owned() } else { list(rule.matches.ports.spans()) };
    let to = [
        list(&rule.matches.destinations),
        groups(&rule.matches.destination_ip_groups),
        list(&rule.matches.destination_fqdns),
    ];
    let to = list(to.into_iter().filter(|part| !part.is_empty()));
    format!("{}: {protocols} {ports} from {} to {to}", rule.name, sources(&rule.matches.sources))
}

fn application(rule: &ApplicationRule) -> String {
    let protocols =
        list(rule.matches.protocols.iter().map(|(protocol, port)| format!("{}:{port}", protocol.spelled())));
    let protocols = if protocols.is_empty() { "none".to_owned() } else { protocols };
    let to = list(
        rule.matches
            .fqdns
            .iter()
            .map(ToString::to_string)
            .chain(rule.matches.fqdn_tags.iter().map(|tag| format!("tag {tag}")))
            .chain(rule.matches.web_categories.iter().map(|category| format!("category {category}")))
            .chain(rule.matches.urls.iter().map(|url| format!("url {url}")))
            .chain(rule.matches.destinations.iter().map(ToString::to_string)),
    );
    let tls = if rule.handling.terminate_tls { ", TLS inspected" } else { "" };
    let headers: String =
        rule.handling.headers.iter().map(|(name, value)| format!(", header {name}: {value}")).collect();
    format!("{}: {protocols} from {} to {to}{tls}{headers}", rule.name, sources(&rule.matches.sources))
}

fn sources(sources: &Sources) -> String {
    let (addresses, groups) = (list::<&AddressTerm>(&sources.addresses), groups(&sources.ip_groups));
    let pods = list(&sources.pods);
    let all = list([addresses, groups, pods].into_iter().filter(|part| !part.is_empty()));
    if all.is_empty() { "none".to_owned() } else { all }
}

fn groups(groups: &[IpGroupRef]) -> String {
    list(groups.iter().map(|group| format!("ip-group {}", group.name())))
}

fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

fn network(out: &mut String, model: &Model, intent: &Intent) {
    for group in model.ip_groups.values() {
        let members = [list(&group.addresses), list(&group.ipv6)];
        let members = list(members.into_iter().filter(|part| !part.is_empty()));
        writeln!(out, "ip-group {}: {members}", group.name).unwrap();
    }
    for firewall in &model.firewalls {
        let policy = firewall.policy.as_deref().unwrap_or("no policy");
        let private = firewall.private_ip.map(|address| format!("private {address}"));
        let public = firewall.public_ips.iter().map(|(name, address)| format!("{name} {address}"));
        writeln!(
            out,
            "firewall {}: {}",
            firewall.name,
            list([policy.to_owned()].into_iter().chain(private).chain(public))
        )
        .unwrap();
    }
    model.route_tables.iter().for_each(|table| out.push_str(&routes(table)));
    for endpoint in &intent.private_endpoints {
        let hosts = list(endpoint.hosts.iter().map(|host| &host.value));
        let zones = list(endpoint.zones.iter().map(|zone| &zone.value));
        writeln!(out, "private-endpoint {}: {hosts} at {} in {zones}", endpoint.name.value, endpoint.addresses)
            .unwrap();
    }
}

fn routes(table: &RouteTable) -> String {
    let mut out = format!("routes {}\n", table.name);
    for subnet in &table.subnets {
        writeln!(out, "  subnet {} {}", subnet.name, list(&subnet.prefixes)).unwrap();
    }
    for route in &table.routes {
        let hop = match &route.next_hop {
            NextHop::Appliance(address) => address.to_string(),
            NextHop::Appliances(addresses) => NextHop::spelled(addresses),
            NextHop::Unknown(expression) => expression.clone(),
            NextHop::Internet => "Internet".to_owned(),
            NextHop::Gateway => "VirtualNetworkGateway".to_owned(),
            NextHop::VnetLocal => "VnetLocal".to_owned(),
            NextHop::None => "None".to_owned(),
        };
        writeln!(out, "  {}: {} -> {hop}", route.name, route.prefix).unwrap();
    }
    if let Some(disabled) = table.disable_bgp_propagation {
        writeln!(out, "  routes of a gateway {}", if disabled { "stay out" } else { "come in" }).unwrap();
    }
    out
}

/// What came of each expectation, by the policy it was judged in.
fn verdicts(out: &mut String, understood: &Understood) {
    let (intent, lowered) = (understood.project.intent(), understood.project.lowered());
    for checked in expectations(intent, &lowered.model, understood.project.knowledge(), &WorkBudget::default()) {
        let verdict = match &checked.verdict {
            ProofVerdict::Holds => "holds".to_owned(),
            ProofVerdict::Conditional(conditions) => format!("holds {}", conditions.join(" and ")),
            ProofVerdict::Fails { witness, .. } => format!("fails: {}", describe(witness)),
            ProofVerdict::NotDecided(_) => "not decided".to_owned(),
        };
        let test = checked.test.map_or(String::new(), |test| format!("{test:?}, "));
        writeln!(out, "{test}{}: {}\n  {verdict}", checked.policy, checked.expectation.text).unwrap();
    }
}
