//! Rules that are `as-is`: one Azure rule each, with just the entries that were written.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::intent::{AsIsDnat, Dnat, Host, Rule};
use crate::model::{
    ApplicationRule, DnatTranslation, NatMatches, NatRule, NetworkMatches, NetworkProtocol, NetworkRule,
};
use crate::net::{PortSet, ServiceSet};

use super::called::{CalledNames, NameRequest};
use super::matches::{address_terms, application_matches, nat_protocol, nat_target, sources};
use super::names::from_content;
use super::parts::handling;

/// One Azure rule, still without a name.
#[derive(Clone, Debug)]
pub(super) struct AsIs {
    pub(super) label: Option<String>,
    /// Its generated name, used without a label.
    called: CalledNames,
    pub(super) said: AsIsNote,
}

/// An Azure rule.
#[derive(Clone, Debug)]
pub(super) enum AsIsNote {
    Network(NetworkRule),
    Application(ApplicationRule),
}

impl AsIs {
    pub(super) fn asking(&self) -> NameRequest {
        match &self.label {
            Some(label) => NameRequest::label(label, label.clone()),
            None => NameRequest::made_up(std::slice::from_ref(&self.called), format!("{:?}", self.called)),
        }
    }
}

/// The one Azure rule for `rule`; a finding where that takes several.
pub(super) fn filter(rule: &Rule, diagnostics: &mut Diagnostics) -> Option<AsIs> {
    let (application, network) = (rule.services.application_part(), rule.services.network_part());
    let said = match (application.is_empty(), network.is_empty()) {
        (false, true) => Some(AsIsNote::Application(application_rule(rule, &application))),
        (true, false) => network_rule(rule, &network).map(AsIsNote::Network),
        (true, true) if !rule.to.hosts.is_empty() => Some(AsIsNote::Application(application_rule(rule, &application))),
        (true, true) | (false, false) => None,
    };
    if said.is_none() {
        let message = format!("`{}` takes several Azure rules, and `as-is` makes one", rule.services);
        let found = Diagnostic::new(Code::FW0207, rule.services_at, message);
        diagnostics.push(found.help("write one rule for each, with the same ports for every protocol"));
    }
    let label = rule.label.as_ref().map(|label| label.value.clone());
    said.map(|said| AsIs { label, called: called(rule), said })
}

fn network_rule(rule: &Rule, services: &ServiceSet) -> Option<NetworkRule> {
    let (protocols, ports) = protocols(services)?;
    let (destinations, destination_ip_groups) = address_terms(&rule.to.addresses);
    let names = rule.to.hosts.iter().map(|entry| match &entry.value {
        Host::Pattern(pattern) => pattern.as_exact().cloned(),
        Host::FqdnTag(_) | Host::Category(_) | Host::Url(_) => None,
    });
    Some(NetworkRule {
        name: String::new(),
        description: rule.description.clone(),
        origin: Some(rule.origin.clone()),
        matches: NetworkMatches {
            protocols,
            sources: sources(&rule.from),
            destinations,
            destination_ip_groups,
            destination_fqdns: names.collect::<Option<_>>()?,
            ports,
        },
        handling: (),
        carried: rule.carried.clone(),
    })
}

/// The protocols that share one list of ports.
fn protocols(services: &ServiceSet) -> Option<(Vec<NetworkProtocol>, PortSet)> {
    let ServiceSet { any, icmp, tcp, udp, .. } = services;
    if *any {
        return Some((vec![NetworkProtocol::Any], PortSet::any()));
    }
    let ports = match (tcp.is_empty(), udp.is_empty()) {
        (true, true) => PortSet::any(),
        (false, true) => tcp.clone(),
        (true, false) => udp.clone(),
        (false, false) => tcp.clone(),
    };
    let same = |own: &PortSet| own.is_empty() || *own == ports;
    let mut protocols = Vec::new();
    protocols.extend((!tcp.is_empty()).then_some(NetworkProtocol::Tcp));
    protocols.extend((!udp.is_empty()).then_some(NetworkProtocol::Udp));
    protocols.extend(icmp.then_some(NetworkProtocol::Icmp));
    (same(tcp) && same(udp)).then_some((protocols, ports))
}

fn application_rule(rule: &Rule, services: &ServiceSet) -> ApplicationRule {
    ApplicationRule {
        name: String::new(),
        description: rule.description.clone(),
        origin: Some(rule.origin.clone()),
        matches: application_matches(
            services,
            sources(&rule.from),
            address_terms(&rule.to.addresses).0,
            &rule.to.hosts,
        ),
        handling: handling(rule),
        carried: rule.carried.clone(),
    }
}

fn called(rule: &Rule) -> CalledNames {
    let services = rule.services.to_string();
    let from: Vec<String> = rule.from.iter().map(|entry| entry.value.to_string()).collect();
    let name = from_content(&[services.clone(), "as-is".to_owned()], &format!("{services}\n{}", from.join(",")));
    CalledNames::new(name, &rule.written.to_string(), "as-is")
}

/// The one NAT rule for `dnat`, without a name, and its name request.
pub(super) fn nat_rule(dnat: &Dnat, said: &AsIsDnat) -> (NatRule, NameRequest) {
    let content = format!("{} {}", dnat.ports.value, said.to.first().map_or(String::new(), |to| to.value.to_string()));
    let asking = match &dnat.label {
        Some(label) => NameRequest::label(&label.value, content),
        None => {
            let name = from_content(&["dnat".to_owned(), dnat.transport.to_string(), "as-is".to_owned()], &content);
            NameRequest::made_up(&[CalledNames::new(name, &dnat.written.to_string(), "dnat")], content)
        }
    };
    let rule = NatRule {
        name: String::new(),
        description: dnat.description.clone(),
        origin: Some(dnat.origin.clone()),
        matches: NatMatches {
            protocols: said.transports.iter().map(|&transport| nat_protocol(transport)).collect(),
            sources: sources(&dnat.from),
            destinations: address_terms(&said.to).0,
            ports: said.ports.clone(),
        },
        handling: DnatTranslation {
            target: nat_target(&dnat.target.value),
            port: dnat.target_port.as_ref().map_or(dnat.ports.value.first(), |port| port.value),
        },
        carried: dnat.carried.clone(),
    };
    (rule, asking)
}
