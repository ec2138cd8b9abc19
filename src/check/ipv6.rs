//! FW0413: IPv6 addresses, which Azure takes as a preview in network rules and in no others.
//!
//! Source: Microsoft Learn, "Deploy Azure Firewall in dual stack mode (preview)", read on 2026-11-29: IPv6 in network rules,
//! no firewall of IPv6 alone.

use crate::diag::{Code, Severity};
use crate::model::{AddressTerm, Model, RuleKind, Site, SiteField, SiteSubject as Of, Sources};

use super::finding::{Finding, Findings};
use super::subject::{CheckSubject, Each, Sightings, StatedSubject};

/// Reports the first IPv6 address of network rules, and that of others.
pub(super) fn check(subject: &CheckSubject<'_>, found: &mut Findings) {
    let all = || subject.filters.iter().chain(&subject.dnats).copied();
    let network = |stated: &StatedSubject<'_>| stated.kind() == RuleKind::Network;
    if let Some(seen) = Sightings::of(all().filter(network), first) {
        let message = format!("IPv6 addresses in network rules are a preview of Azure's{}", seen.others());
        let help = "no answer here speaks of IPv6 flows: the entry is carried through as it is";
        found.push(seen.finding(Code::FW0413, message).help(help));
    }
    if let Some(seen) = Sightings::of(all().filter(|stated| !network(stated)), first) {
        let message = format!("only network rules take IPv6 addresses{}", seen.others());
        found.push(seen.finding(Code::FW0413, message).severity(Severity::Error).help("write IPv4 addresses"));
    }
}

/// Reports IP groups with members of IPv6.
pub(super) fn check_ip_groups(model: &Model, found: &mut Findings) {
    for group in model.own_ip_groups().filter(|group| !group.ipv6.is_empty()) {
        let of = Of::IpGroup(group.name.to_string());
        let message = format!("IP group `{}` has IPv6 addresses, which are a preview of Azure's", group.name);
        found.push(Finding::new(
            Code::FW0413,
            Site { of, origin: group.origin.clone(), field: SiteField::Whole },
            message,
        ));
    }
}

/// The first IPv6 address of a rule.
fn first(stated: &StatedSubject<'_>) -> Option<SiteField> {
    let (sources, destinations): (&Sources, &[AddressTerm]) = match stated.rule {
        Each::Nat(rule) => (&rule.matches.sources, &rule.matches.destinations),
        Each::Network(rule) => (&rule.matches.sources, &rule.matches.destinations),
        Each::Application(rule) => (&rule.matches.sources, &rule.matches.destinations),
    };
    let is_ipv6 = |term: &AddressTerm| matches!(term, AddressTerm::Ipv6(_));
    let destination = destinations.iter().enumerate().find(|(_, term)| is_ipv6(term));
    let of_source = || sources.addresses.iter().any(is_ipv6).then_some(SiteField::Whole);
    destination.map(|(at, term)| SiteField::Destination(at, term.clone())).or_else(of_source)
}
