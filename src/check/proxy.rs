//! FW0401: a host name in a network rule, which Azure takes only with the DNS proxy.
//!
//! Source: Azure/azure-sdk-for-go#11094; MicrosoftDocs/azure-docs, articles/firewall/fqdn-filtering-network-rules.md,
//! 2025-03.

use crate::diag::{Code, Severity};
use crate::model::{Setting, SiteField, Sku};
use crate::net::HostPattern;

use super::finding::{Finding, Findings, Remedy};
use super::subject::{CheckSubject, Sightings, StatedSubject, of_policy};

/// Reports the first host name in a network rule, where the policy has no proxy to look it up.
pub(super) fn check(subject: &CheckSubject<'_>, found: &mut Findings) {
    let settings = subject.settings();
    // On Basic the feature itself is missing, which is another finding.
    if settings.unknown.dns || settings.takes_network_names() || settings.known_sku() == Some(Sku::Basic) {
        return;
    }
    if let Some(seen) = named(subject) {
        found.push(missing(subject, seen));
        return;
    }
    let Some(parent) = subject.parent.map(|parent| CheckSubject::new(subject.model, parent)) else { return };
    found.extend(named(&parent).map(|seen| not_inherited(subject, &parent, seen)));
}

fn named(subject: &CheckSubject<'_>) -> Option<Sightings> {
    Sightings::of(subject.filters.iter().copied(), first_name)
}

/// The first host name of a network rule.
pub(super) fn first_name(stated: &StatedSubject<'_>) -> Option<SiteField> {
    let name = stated.network()?.matches.destination_fqdns.first()?;
    Some(SiteField::Host(0, HostPattern::Exact(name.clone())))
}

fn missing(subject: &CheckSubject<'_>, seen: Sightings) -> Finding {
    let message = format!("a host name in a network rule needs the DNS proxy{}", seen.others());
    let found = seen.finding(Code::FW0401, message).label("looked up by the firewall");
    with_remedy(found, subject)
}

/// What Azure does with a child of such a base is not documented.
fn not_inherited(subject: &CheckSubject<'_>, parent: &CheckSubject<'_>, seen: Sightings) -> Finding {
    let message = format!(
        "policy `{}` inherits host names in network rules, but not the DNS settings of `{}`",
        subject.name(),
        parent.name()
    );
    let found = Finding::new(Code::FW0401, of_policy(subject.policy, SiteField::Base), message);
    with_remedy(found.severity(Severity::Warning).related(seen.first, "such a name"), subject)
}

fn with_remedy(found: Finding, subject: &CheckSubject<'_>) -> Finding {
    let form = subject.form();
    let found = found.remedy(Remedy::DnsProxy(subject.name().to_owned()));
    if subject.settings().dns.is_some() {
        let found = found.related(subject.setting(Setting::Dns), form.pick("no `proxy on` here", "no proxy here"));
        return found.help(form.pick("write `proxy on` in `dns { … }`", "set `enableProxy` of `dnsSettings` to true"));
    }
    let what = form.pick("this policy has no `dns`", "this policy has no `dnsSettings`");
    let found = found.related(of_policy(subject.policy, SiteField::Name), what);
    let name = subject.name();
    found.help(form.pick(
        format!("add `dns {{ proxy on }}` to policy `{name}`"),
        format!("add `dnsSettings` with `enableProxy: true` to policy `{name}`"),
    ))
}
