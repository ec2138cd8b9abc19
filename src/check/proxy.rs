//! FW0401: a host name in a network rule, which Azure takes only with the DNS proxy.
//!
//! Source: Azure/azure-sdk-for-go#11094; MicrosoftDocs/azure-docs, articles/firewall/fqdn-filtering-network-rules.md,
//! 2025-03.

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::intent::{Host, Policy, Rule};
use crate::model::{Settings, Sku};
use crate::source::Span;

use super::subject::{Sighting, Sightings, Subject, filters, names_network, set_at};

/// Reports the first host name in a network rule, where the policy has no proxy to look it up.
pub(super) fn check(subject: &Subject<'_>, diagnostics: &mut Diagnostics) {
    let settings = subject.settings();
    // On Basic the feature itself is missing, which is another finding.
    if answers_names(settings) || settings.sku == Sku::Basic {
        return;
    }
    if let Some(seen) = named(subject.policy) {
        diagnostics.push(missing(subject, &seen));
    } else if let Some((parent, seen)) = subject.parent.and_then(|parent| Some((parent, named(parent)?))) {
        diagnostics.push(not_inherited(subject, parent, &seen));
    }
}

fn answers_names(settings: &Settings) -> bool {
    let unneeded = settings.dns.as_ref().is_some_and(|dns| dns.network_rules_need_proxy == Some(false));
    settings.dns_proxy() || unneeded
}

fn named(policy: &Policy) -> Option<Sightings<'_>> {
    let seen = filters(policy).filter_map(|rule| Some(Sighting::in_rule(first_name(rule)?, &rule.origin)));
    Sightings::of(seen)
}

fn first_name(rule: &Rule) -> Option<Span> {
    let is_name = |host: &Host| matches!(host, Host::Pattern(pattern) if pattern.as_exact().is_some());
    let name = rule.to.hosts.iter().find(|entry| is_name(&entry.value))?;
    names_network(rule).then_some(name.at)
}

fn missing(subject: &Subject<'_>, seen: &Sightings<'_>) -> Diagnostic {
    let message = format!("a host name in a network rule needs the DNS proxy{}", seen.others());
    let found = seen.first.finding(Code::FW0401, message).label("looked up by the firewall");
    with_remedy(found, subject)
}

/// What Azure does with a child of such a base is not documented.
fn not_inherited(subject: &Subject<'_>, parent: &Policy, seen: &Sightings<'_>) -> Diagnostic {
    let message = format!(
        "policy `{}` inherits host names in network rules, but not the DNS settings of `{}`",
        subject.name(),
        parent.name.value
    );
    let at = subject.policy.parent.as_ref().map_or(subject.policy.name.at, |parent| parent.at);
    let found = Diagnostic::new(Code::FW0401, at, message).severity(Severity::Warning);
    with_remedy(found.related(seen.first.at, "such a name"), subject)
}

fn with_remedy(found: Diagnostic, subject: &Subject<'_>) -> Diagnostic {
    if subject.settings().dns.is_some() {
        let found = found.related(set_at(subject.policy, "dns"), "no `proxy on` here");
        return found.help("write `proxy on` in `dns { … }`");
    }
    let found = found.related(subject.policy.name.at, "this policy has no `dns`");
    found.help(format!("add `dns {{ proxy on }}` to policy `{}`", subject.name()))
}
