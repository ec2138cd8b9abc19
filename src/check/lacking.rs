//! FW0211: rules without protocols or ports, which Azure refuses.
//!
//! Source: hashicorp/terraform-provider-azurerm#14099 and #15760 (an application rule without protocols, also one of FQDN
//! tags); Azure/azure-cli#24493 (FirewallPolicyRuleIpAddressesAndPortsMustBeSpecified).

use crate::diag::{Code, Severity};
use crate::model::{NetworkProtocol, SiteField};

use super::finding::{Finding, Findings};
use super::subject::{CheckSubject, Each, StatedSubject, SubjectForm};

/// Reports each rule that lacks one of them.
pub(super) fn check(subject: &CheckSubject<'_>, found: &mut Findings) {
    let rules = subject.filters.iter().chain(&subject.dnats);
    found.extend(rules.filter_map(finding));
}

/// A rule of a source that is `as-is` comes from a firewall that has it, so that it is a warning there.
fn finding(stated: &StatedSubject<'_>) -> Option<Finding> {
    let (what, help) = lacks(stated)?;
    let message = format!("{} rule `{}` has no {what}: Azure refuses it", stated.kind(), stated.head().name);
    let found = Finding::new(Code::FW0211, stated.site(SiteField::Whole), message);
    Some(match SubjectForm::of(stated.head().origin) {
        SubjectForm::Source => found.severity(Severity::Warning).help("write its services in the place of `none`"),
        SubjectForm::Artefact => found.help(help),
    })
}

/// What a rule lacks, and what to do about it.
fn lacks(stated: &StatedSubject<'_>) -> Option<(&'static str, &'static str)> {
    let protocols = ("protocols", "give it `ipProtocols`, such as `TCP`");
    let ports = ("ports", "give it `destinationPorts`; `*` is any");
    match stated.rule {
        // Azure answered 200 to rules of URLs without protocols (recordings of the tests of azure-cli-extensions).
        Each::Application(rule) if rule.matches.protocols.is_empty() && rule.matches.urls.is_empty() => {
            Some(("protocols", "give it `protocols`, such as Https with port 443, also for FQDN tags"))
        }
        Each::Application(_) => None,
        Each::Network(rule) if rule.matches.protocols.is_empty() => Some(protocols),
        // How Azure treats ICMP without ports is not documented.
        Each::Network(rule) if rule.matches.protocols == [NetworkProtocol::Icmp] => None,
        Each::Network(rule) => rule.matches.ports.is_empty().then_some(ports),
        Each::Nat(rule) if rule.matches.protocols.is_empty() => Some(protocols),
        Each::Nat(rule) => rule.matches.ports.is_empty().then_some(ports),
    }
}
