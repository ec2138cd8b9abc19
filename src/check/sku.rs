//! FW0402: features that the tier of a policy does not have, and a firewall whose tier does not take its policy.

use crate::diag::Code;
use crate::model::{
    AddressTerm, Firewall, Model, NameSpelling, Policy, Setting, Settings, Site, SiteField, SiteSubject as Of, Sku,
    TierGate,
};
use crate::net::{AddressSet, AddressSpan};

use super::finding::{Finding, Findings};
use super::inspection::inspected;
use super::proxy::first_name;
use super::subject::{CheckSubject, Sightings, StatedSubject, SubjectForm, of_policy};

/// Where a policy uses a feature.
type Find = fn(&CheckSubject<'_>) -> Option<Sightings>;

/// The features of rules that not every tier has; those of settings are rows of the table of settings.
static OF_RULES: [(Find, TierGate); 5] = [
    (
        network_names,
        TierGate {
            feature: "a host name in a network rule",
            property: "a host name in a network rule",
            least: Sku::Standard,
            instead: "write the addresses, or use `https` or `http`",
            instead_of_property: "use addresses, or an application rule",
            source: TierGate::BY_SKU,
            date: TierGate::BY_SKU_DATE,
        },
    ),
    (
        private_dnat,
        TierGate {
            feature: "DNAT on the firewall's private address",
            property: "DNAT on the firewall's private address",
            least: Sku::Standard,
            instead: "translate a public address",
            instead_of_property: "translate a public address",
            source: "MicrosoftDocs/azure-docs, articles/firewall/destination-nat-rules.md",
            date: "2025-04",
        },
    ),
    (
        categories,
        TierGate {
            feature: "a web category",
            property: "a web category",
            least: Sku::Standard,
            instead: "name the hosts",
            instead_of_property: "name the hosts",
            source: TierGate::BY_SKU,
            date: TierGate::BY_SKU_DATE,
        },
    ),
    (
        urls,
        TierGate {
            feature: "a URL",
            property: "a URL",
            least: Sku::Premium,
            instead: "name the host",
            instead_of_property: "name the host in `targetFqdns`",
            source: TierGate::BY_SKU,
            date: TierGate::BY_SKU_DATE,
        },
    ),
    (
        inspection,
        TierGate {
            feature: "TLS inspection",
            property: "TLS inspection",
            least: Sku::Premium,
            instead: "take `inspect` and `tls` away",
            instead_of_property: "remove `terminateTLS` and `transportSecurity`",
            source: TierGate::BY_SKU,
            date: TierGate::BY_SKU_DATE,
        },
    ),
];

/// Reports each feature above the tier once for each policy.
pub(super) fn check(subject: &CheckSubject<'_>, found: &mut Findings) {
    let Some(sku) = subject.settings().known_sku() else { return };
    let is_above = |gate: &&TierGate| gate.least > sku;
    for setting in Setting::ALL {
        let Some((uses, gate)) = setting.row().gate.as_ref().filter(|(_, gate)| is_above(&gate)) else { continue };
        found.extend(of_setting(subject, *setting, uses).map(|seen| above(subject, gate, sku, seen)));
    }
    for (find, gate) in OF_RULES.iter().filter(|(_, gate)| is_above(&gate)) {
        found.extend(find(subject).map(|seen| above(subject, gate, sku, seen)));
    }
}

fn above(subject: &CheckSubject<'_>, gate: &TierGate, sku: Sku, seen: Sightings) -> Finding {
    let (form, others) = (subject.form(), seen.others());
    let (own, least) = (form.tier(sku), form.tier(gate.least));
    let message = format!("{} needs {least}, found {own}{others}", form.pick(gate.feature, gate.property));
    let found = seen.finding(Code::FW0402, message);
    let found = found.related(subject.setting(Setting::Sku), format!("the tier of policy `{}`", subject.name()));
    let instead = form.pick(gate.instead, gate.instead_of_property);
    found.help(format!("{instead}, or {} {least}", form.pick("write", "take")))
}

impl SubjectForm {
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
    let field = SiteField::Setting(Setting::Sku);
    let site = Site { of: Of::Firewall(own.to_string()), origin: firewall.origin.clone(), field: field.clone() };
    let found = Finding::new(Code::FW0402, site, message);
    let found = found.related(of_policy(policy, field), "the tier of the policy");
    let form = SubjectForm::of(firewall.origin.as_ref());
    let write = form.pick("write", "take");
    found.help(format!("{write} {}, or attach a policy of the firewall's tier", form.tier(tier)))
}

/// The setting, where the policy uses it.
fn of_setting(subject: &CheckSubject<'_>, field: Setting, uses: impl Fn(&Settings) -> bool) -> Option<Sightings> {
    uses(subject.settings()).then(|| Sightings::setting(subject.setting(field)))
}

fn network_names(subject: &CheckSubject<'_>) -> Option<Sightings> {
    filters(subject, first_name)
}

fn categories(subject: &CheckSubject<'_>) -> Option<Sightings> {
    filters(subject, |stated| {
        let category = stated.application()?.matches.web_categories.first()?;
        Some(SiteField::Category(0, category.clone()))
    })
}

fn urls(subject: &CheckSubject<'_>) -> Option<Sightings> {
    filters(subject, |stated| Some(SiteField::Url(0, stated.application()?.matches.urls.first()?.clone())))
}

fn inspection(subject: &CheckSubject<'_>) -> Option<Sightings> {
    let tls = of_setting(subject, Setting::Tls, |settings| settings.tls.is_some());
    Sightings::and(tls, filters(subject, inspected))
}

fn private_dnat(subject: &CheckSubject<'_>) -> Option<Sightings> {
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
        Some(SiteField::Destination(at, to.clone()))
    })
}

/// Where `find` finds a field in the filter rules.
fn filters(subject: &CheckSubject<'_>, find: impl Fn(&StatedSubject<'_>) -> Option<SiteField>) -> Option<Sightings> {
    Sightings::of(subject.filters.iter().copied(), find)
}
