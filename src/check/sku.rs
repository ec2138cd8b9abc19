//! FW0402: features that the tier of a policy does not have, and a firewall whose tier does not take its policy.

use crate::diag::Code;
use crate::model::{
    AddressTerm, Field, Firewall, IdpsMode, Model, Policy, Setting, Settings, Site, Sku, Spelling, Subject as Of,
    ThreatIntel,
};
use crate::net::{AddressSet, AddressSpan};

use super::finding::{Finding, Findings};
use super::inspection::inspected;
use super::proxy::first_name;
use super::subject::{Form, Sightings, Stated, Subject, of_policy};

/// A feature that not every tier has.
pub struct Gate {
    /// The feature, in the words of the language.
    pub feature: &'static str,
    /// The feature, in the words of an artefact.
    pub property: &'static str,
    /// The least tier that has it.
    pub least: Sku,
    /// What to do in a source on a lower tier, beside taking a higher one.
    pub instead: &'static str,
    /// The same in an artefact.
    pub instead_of_property: &'static str,
    /// The page that says so.
    pub source: &'static str,
    /// The date of the page.
    pub date: &'static str,
    find: fn(&Subject<'_>) -> Option<Sightings>,
}

const BY_SKU: &str = "MicrosoftDocs/azure-docs, articles/firewall/features-by-sku.md";
const BY_SKU_DATE: &str = "2025-09-18";

/// The features that not every tier has.
pub static GATES: [Gate; 8] = [
    Gate {
        feature: "threat intelligence that denies",
        property: "threat intelligence that denies",
        least: Sku::Standard,
        instead: "write `threat-intel alert`",
        instead_of_property: "set `threatIntelMode` to `Alert`",
        source: BY_SKU,
        date: BY_SKU_DATE,
        find: threat_intel_deny,
    },
    Gate {
        feature: "`dns`",
        property: "`dnsSettings`",
        least: Sku::Standard,
        instead: "take the setting away",
        instead_of_property: "remove `dnsSettings`",
        source: BY_SKU,
        date: BY_SKU_DATE,
        find: dns,
    },
    Gate {
        feature: "a host name in a network rule",
        property: "a host name in a network rule",
        least: Sku::Standard,
        instead: "write the addresses, or use `https` or `http`",
        instead_of_property: "use addresses, or an application rule",
        source: BY_SKU,
        date: BY_SKU_DATE,
        find: network_names,
    },
    Gate {
        feature: "DNAT on the firewall's private address",
        property: "DNAT on the firewall's private address",
        least: Sku::Standard,
        instead: "translate a public address",
        instead_of_property: "translate a public address",
        source: "MicrosoftDocs/azure-docs, articles/firewall/destination-nat-rules.md",
        date: "2025-04",
        find: private_dnat,
    },
    Gate {
        feature: "a web category",
        property: "a web category",
        least: Sku::Standard,
        instead: "name the hosts",
        instead_of_property: "name the hosts",
        source: BY_SKU,
        date: BY_SKU_DATE,
        find: categories,
    },
    Gate {
        feature: "a URL",
        property: "a URL",
        least: Sku::Premium,
        instead: "name the host",
        instead_of_property: "name the host in `targetFqdns`",
        source: BY_SKU,
        date: BY_SKU_DATE,
        find: urls,
    },
    Gate {
        feature: "TLS inspection",
        property: "TLS inspection",
        least: Sku::Premium,
        instead: "take `inspect` and `tls` away",
        instead_of_property: "remove `terminateTLS` and `transportSecurity`",
        source: BY_SKU,
        date: BY_SKU_DATE,
        find: inspection,
    },
    Gate {
        feature: "`idps`",
        property: "`intrusionDetection`",
        least: Sku::Premium,
        instead: "take the setting away",
        instead_of_property: "set its mode to `Off`",
        source: BY_SKU,
        date: BY_SKU_DATE,
        find: idps,
    },
];

/// Reports each feature above the tier once for each policy.
pub(super) fn check(subject: &Subject<'_>, found: &mut Findings) {
    let Some(sku) = subject.settings().known_sku() else { return };
    for gate in GATES.iter().filter(|gate| gate.least > sku) {
        found.extend((gate.find)(subject).map(|seen| above(subject, gate, sku, seen)));
    }
}

fn above(subject: &Subject<'_>, gate: &Gate, sku: Sku, seen: Sightings) -> Finding {
    let (form, others) = (subject.form(), seen.others());
    let (own, least) = (form.tier(sku), form.tier(gate.least));
    let message = format!("{} needs {least}, found {own}{others}", form.pick(gate.feature, gate.property));
    let found = seen.finding(Code::FW0402, message);
    let found = found.related(subject.setting(Setting::Sku), format!("the tier of policy `{}`", subject.name()));
    let instead = form.pick(gate.instead, gate.instead_of_property);
    found.help(format!("{instead}, or {} {least}", form.pick("write", "take")))
}

impl Form {
    /// A tier, as it is written.
    pub(super) fn tier(self, sku: Sku) -> String {
        self.pick(format!("`sku {sku}`"), format!("tier {}", sku.spelled()))
    }
}

/// Reports firewalls that do not take their policy: a Basic one takes Basic, Standard takes Standard, Premium takes both
/// Standard and Premium.
///
/// Source: MicrosoftDocs/azure-docs, articles/firewall-manager/policy-overview.md, 2025-07-09.
pub(super) fn check_firewalls(model: &Model, found: &mut Findings) {
    for firewall in &model.firewalls {
        let (Some(sku), Some(attached)) = (firewall.sku, &firewall.policy) else { continue };
        let Some(policy) = model.policy(attached) else { continue };
        let Some(tier) = policy.settings.known_sku() else { continue };
        if !takes(sku, tier) {
            found.push(wrong_firewall(firewall, sku, policy, tier));
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

fn wrong_firewall(firewall: &Firewall, sku: Sku, policy: &Policy, tier: Sku) -> Finding {
    let wanted = match tier {
        Sku::Basic => "a basic firewall",
        Sku::Standard => "a standard or premium firewall",
        Sku::Premium => "a premium firewall",
    };
    let (name, own) = (&policy.name, &firewall.name);
    let message = format!("policy `{name}` is {tier} and needs {wanted}, but firewall `{own}` is {sku}");
    let field = Field::Setting(Setting::Sku);
    let site = Site { of: Of::Firewall(own.to_string()), origin: firewall.origin.clone(), field: field.clone() };
    let found = Finding::new(Code::FW0402, site, message);
    let found = found.related(of_policy(policy, field), "the tier of the policy");
    let form = Form::of(firewall.origin.as_ref());
    let write = form.pick("write", "take");
    found.help(format!("{write} {}, or attach a policy of the firewall's tier", form.tier(tier)))
}

/// The setting, where the policy uses it.
fn setting(subject: &Subject<'_>, field: Setting, uses: impl Fn(&Settings) -> bool) -> Option<Sightings> {
    uses(subject.settings()).then(|| Sightings::setting(subject.setting(field)))
}

fn threat_intel_deny(subject: &Subject<'_>) -> Option<Sightings> {
    setting(subject, Setting::ThreatIntel, |settings| settings.threat_intel == Some(ThreatIntel::Deny))
}

/// Azure's answers have settings that set nothing.
fn dns(subject: &Subject<'_>) -> Option<Sightings> {
    setting(subject, Setting::Dns, |settings| {
        settings.dns.as_ref().is_some_and(|dns| dns.proxy == Some(true) || !dns.servers.is_empty())
    })
}

fn idps(subject: &Subject<'_>) -> Option<Sightings> {
    setting(subject, Setting::Idps, |settings| settings.idps.as_ref().is_some_and(|idps| idps.mode != IdpsMode::Off))
}

fn network_names(subject: &Subject<'_>) -> Option<Sightings> {
    filters(subject, first_name)
}

fn categories(subject: &Subject<'_>) -> Option<Sightings> {
    filters(subject, |stated| {
        let category = stated.application()?.matches.web_categories.first()?;
        Some(Field::Category(0, category.clone()))
    })
}

fn urls(subject: &Subject<'_>) -> Option<Sightings> {
    filters(subject, |stated| Some(Field::Url(0, stated.application()?.matches.urls.first()?.clone())))
}

fn inspection(subject: &Subject<'_>) -> Option<Sightings> {
    let tls = setting(subject, Setting::Tls, |settings| settings.tls.is_some());
    Sightings::and(tls, filters(subject, inspected))
}

fn private_dnat(subject: &Subject<'_>) -> Option<Sightings> {
    let private = AddressSet::private();
    let firewalls = &subject.model.firewalls;
    let is_private = |term: &AddressTerm| {
        let AddressTerm::Span(span) = term else { return false };
        let own = |address| AddressSpan::from(address) == *span;
        let set = AddressSet::from_iter([*span]);
        private.covers(&set) || firewalls.iter().any(|firewall| firewall.private_ip.is_some_and(own))
    };
    Sightings::of(subject.dnats.iter().copied(), |stated| {
        let mut destinations = stated.nat()?.matches.destinations.iter().enumerate();
        let (at, to) = destinations.find(|(_, to)| is_private(to))?;
        Some(Field::Destination(at, to.clone()))
    })
}

/// Where `find` finds a field in the filter rules.
fn filters(subject: &Subject<'_>, find: impl Fn(&Stated<'_>) -> Option<Field>) -> Option<Sightings> {
    Sightings::of(subject.filters.iter().copied(), find)
}
