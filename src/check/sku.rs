//! FW0402: features that the tier of a policy does not have, and a firewall whose tier does not take its policy.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::intent::{Entry, Firewall, Host, Intent, Policy, Rule};
use crate::model::{Sku, ThreatIntel};
use crate::net::AddressSet;
use crate::source::Span;

use super::subject::{Sighting, Sightings, Subject, dnats, filters, names_network, set_at};

/// A feature that not every tier has.
pub struct Gate {
    /// The feature.
    pub feature: &'static str,
    /// The least tier that has it.
    pub least: Sku,
    /// What to do on a lower tier, beside taking a higher one.
    pub instead: &'static str,
    /// The page that says so.
    pub source: &'static str,
    /// The date of the page.
    pub date: &'static str,
    find: for<'a> fn(&Subject<'a>) -> Option<Sightings<'a>>,
}

const BY_SKU: &str = "MicrosoftDocs/azure-docs, articles/firewall/features-by-sku.md";
const BY_SKU_DATE: &str = "2025-09-18";

/// The features that not every tier has.
pub static GATES: [Gate; 8] = [
    Gate {
        feature: "threat intelligence that denies",
        least: Sku::Standard,
        instead: "write `threat-intel alert`",
        source: BY_SKU,
        date: BY_SKU_DATE,
        find: threat_intel_deny,
    },
    Gate {
        feature: "`dns`",
        least: Sku::Standard,
        instead: "take the setting away",
        source: BY_SKU,
        date: BY_SKU_DATE,
        find: dns,
    },
    Gate {
        feature: "a host name in a network rule",
        least: Sku::Standard,
        instead: "write the addresses, or use `https` or `http`",
        source: BY_SKU,
        date: BY_SKU_DATE,
        find: network_names,
    },
    Gate {
        feature: "DNAT on the firewall's private address",
        least: Sku::Standard,
        instead: "translate a public address",
        source: "MicrosoftDocs/azure-docs, articles/firewall/destination-nat-rules.md",
        date: "2025-04",
        find: private_dnat,
    },
    Gate {
        feature: "a web category",
        least: Sku::Standard,
        instead: "name the hosts",
        source: BY_SKU,
        date: BY_SKU_DATE,
        find: categories,
    },
    Gate {
        feature: "a URL",
        least: Sku::Premium,
        instead: "name the host",
        source: BY_SKU,
        date: BY_SKU_DATE,
        find: urls,
    },
    Gate {
        feature: "TLS inspection",
        least: Sku::Premium,
        instead: "take `inspect` and `tls` away",
        source: BY_SKU,
        date: BY_SKU_DATE,
        find: inspection,
    },
    Gate {
        feature: "`idps`",
        least: Sku::Premium,
        instead: "take the setting away",
        source: BY_SKU,
        date: BY_SKU_DATE,
        find: idps,
    },
];

/// Reports each feature above the tier once for each policy.
pub(super) fn check(subject: &Subject<'_>, diagnostics: &mut Diagnostics) {
    let Some(&stated) = subject.policy.setting_spans.get("sku") else { return };
    let sku = subject.settings().sku;
    for gate in GATES.iter().filter(|gate| gate.least > sku) {
        let Some(seen) = (gate.find)(subject) else { continue };
        let message = format!("{} needs `sku {}`, found `sku {sku}`{}", gate.feature, gate.least, seen.others());
        let found = seen.first.finding(Code::FW0402, message);
        let found = found.related(stated, format!("the tier of policy `{}`", subject.name()));
        diagnostics.push(found.help(format!("{}, or write `sku {}`", gate.instead, gate.least)));
    }
}

/// Reports firewalls that do not take their policy: a Basic one takes Basic, Standard takes Standard, Premium takes both
/// Standard and Premium.
///
/// Source: MicrosoftDocs/azure-docs, articles/firewall-manager/policy-overview.md, 2025-07-09.
pub(super) fn check_firewalls(meant: &Intent, diagnostics: &mut Diagnostics) {
    for firewall in &meant.firewalls {
        let (Some(sku), Some(attached)) = (&firewall.sku, &firewall.policy) else { continue };
        let policy = meant.policies.iter().find(|policy| policy.name.value == attached.value);
        let Some(policy) = policy.filter(|policy| policy.setting_spans.contains_key("sku")) else { continue };
        if !takes(sku.value, policy.settings.sku) {
            diagnostics.push(wrong_firewall(firewall, sku, policy));
        }
    }
}

fn takes(firewall: Sku, policy: Sku) -> bool {
    match firewall {
        Sku::Basic => policy == Sku::Basic,
        Sku::Standard => policy == Sku::Standard,
        Sku::Premium => policy == Sku::Standard || policy == Sku::Premium,
    }
}

fn wrong_firewall(firewall: &Firewall, sku: &Entry<Sku>, policy: &Policy) -> Diagnostic {
    let (name, tier) = (&policy.name.value, policy.settings.sku);
    let wanted = match tier {
        Sku::Basic => "a basic firewall",
        Sku::Standard => "a standard or premium firewall",
        Sku::Premium => "a premium firewall",
    };
    let message = format!(
        "policy `{name}` is {tier} and needs {wanted}, but firewall `{}` is {}",
        firewall.name.value, sku.value
    );
    let found = Diagnostic::new(Code::FW0402, sku.at, message);
    let found = found.related(set_at(policy, "sku"), "the tier of the policy");
    found.help(format!("write `sku {tier}`, or attach a policy of the firewall's tier"))
}

fn setting<'a>(subject: &Subject<'a>, keyword: &str, used: bool) -> Option<Sightings<'a>> {
    let seen = used.then(|| Sighting::in_setting(set_at(subject.policy, keyword)));
    Sightings::of(seen.into_iter())
}

fn threat_intel_deny<'a>(subject: &Subject<'a>) -> Option<Sightings<'a>> {
    setting(subject, "threat-intel", subject.settings().threat_intel == Some(ThreatIntel::Deny))
}

fn dns<'a>(subject: &Subject<'a>) -> Option<Sightings<'a>> {
    setting(subject, "dns", subject.settings().dns.is_some())
}

fn idps<'a>(subject: &Subject<'a>) -> Option<Sightings<'a>> {
    setting(subject, "idps", subject.settings().idps.is_some())
}

fn network_names<'a>(subject: &Subject<'a>) -> Option<Sightings<'a>> {
    rules(subject, |rule| {
        host(rule, |host| matches!(host, Host::Pattern(pattern) if pattern.as_exact().is_some()))
            .filter(|_| names_network(rule))
    })
}

fn categories<'a>(subject: &Subject<'a>) -> Option<Sightings<'a>> {
    rules(subject, |rule| host(rule, |host| matches!(host, Host::Category(_))))
}

fn urls<'a>(subject: &Subject<'a>) -> Option<Sightings<'a>> {
    rules(subject, |rule| host(rule, |host| matches!(host, Host::Url(_))))
}

fn inspection<'a>(subject: &Subject<'a>) -> Option<Sightings<'a>> {
    let tls = subject.settings().tls.is_some().then(|| Sighting::in_setting(set_at(subject.policy, "tls")));
    let inspected = filters(subject.policy).filter_map(|rule| Some(Sighting::in_rule(rule.inspect?, &rule.origin)));
    Sightings::of(tls.into_iter().chain(inspected))
}

fn private_dnat<'a>(subject: &Subject<'a>) -> Option<Sightings<'a>> {
    let private = AddressSet::private();
    let firewalls = &subject.meant.firewalls;
    let is_private =
        |address| private.contains(address) || firewalls.iter().any(|firewall| firewall.private_ip == Some(address));
    Sightings::of(dnats(subject.policy).filter_map(|dnat| {
        let to = dnat.to.iter().find(|to| is_private(to.value))?;
        Some(Sighting::in_rule(to.at, &dnat.origin))
    }))
}

/// Where `find` finds a text in the filter rules.
fn rules<'a>(subject: &Subject<'a>, find: impl Fn(&Rule) -> Option<Span>) -> Option<Sightings<'a>> {
    Sightings::of(filters(subject.policy).filter_map(|rule| Some(Sighting::in_rule(find(rule)?, &rule.origin))))
}

fn host(rule: &Rule, wanted: impl Fn(&Host) -> bool) -> Option<Span> {
    rule.to.hosts.iter().find(|entry| wanted(&entry.value)).map(|entry| entry.at)
}
