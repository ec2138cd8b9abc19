//! FW0204 and FW0501 to FW0505: what Azure requires of a base policy and its children.
//!
//! Source: MicrosoftDocs/azure-docs, articles/firewall-manager/policy-overview.md, 2025-07-09. Tiers are not
//! documented.

use crate::diag::{Code, Severity};
use crate::model::{Policy, Setting, SiteField, ThreatIntel, same_region};

use super::finding::{Finding, Findings};
use super::subject::{CheckSubject, Sightings, SubjectForm, is_external, of_policy};

/// Reports what does not fit between a policy and its base.
pub(super) fn check(subject: &CheckSubject<'_>, found: &mut Findings) {
    let Some(base) = subject.parent else { return };
    if let Some(circle) = subject.model.circle(subject.policy) {
        found.extend(in_a_circle(subject, &circle));
        return;
    }
    found.extend(external_dnat(subject, base));
    found.extend(base_of_base(subject.policy, base));
    found.extend(region(subject.policy, base));
    found.extend(threat_intel(subject.policy, base));
    found.extend(tier(subject.policy, base));
}

/// Reports DNAT in a policy that others inherit.
pub(super) fn check_dnat(subject: &CheckSubject<'_>) -> Option<Finding> {
    if is_external(subject.model, subject.policy) {
        return None;
    }
    let seen = Sightings::of(subject.dnats.iter().copied(), |_| Some(SiteField::Whole))?;
    let heir = subject.heir()?;
    let message = format!(
        "DNAT in policy `{}`, which `{}` inherits: Microsoft's pages disagree on whether Azure reads it for the child{}",
        subject.name(),
        heir.name,
        seen.others()
    );
    let found = seen.finding(Code::FW0504, message).related(of_policy(heir, SiteField::Base), "inherited here");
    let found = found.help("move it to the policy that is attached to the firewall");
    // Pages disagree about such rules; what is deployed was taken.
    Some(subject.form().pick(found.clone(), found.severity(Severity::Warning)))
}

/// DNAT in an export that a policy of a source inherits, which the author can only see at the child.
fn external_dnat(subject: &CheckSubject<'_>, base: &Policy) -> Option<Finding> {
    if !is_external(subject.model, base) {
        return None;
    }
    let seen = Sightings::of(CheckSubject::new(subject.model, base).dnats, |_| Some(SiteField::Whole))?;
    let message = format!(
        "base `{}` has DNAT rules: Microsoft's pages disagree on whether Azure reads them for the child",
        base.name
    );
    let found = Finding::new(Code::FW0504, of_policy(subject.policy, SiteField::Base), message);
    Some(found.related(seen.first, "such a rule").help("write them into this policy"))
}

/// FW0204, once for each circle, at that of its policies which is stated first.
fn in_a_circle(subject: &CheckSubject<'_>, circle: &[&Policy]) -> Option<Finding> {
    let is_in = |policy: &&Policy| circle.iter().any(|other| std::ptr::eq(*other, *policy));
    let first = subject.model.policies.iter().find(is_in)?;
    if !std::ptr::eq(first, subject.policy) {
        return None;
    }
    let (own, others) = circle.split_first()?;
    let through: Vec<String> = others.iter().map(|policy| format!("`{}`", policy.name)).collect();
    let through = if through.is_empty() { String::new() } else { format!(" by way of {}", through.join(", ")) };
    let message = format!("policy `{}` inherits itself{through}: a base policy must not lead back", own.name);
    let found = Finding::new(Code::FW0204, of_policy(own, SiteField::Base), message);
    let found =
        others.iter().fold(found, |found, policy| found.related(of_policy(policy, SiteField::Base), "by way of this"));
    Some(found.help("remove one of the base policies"))
}

fn base_of_base(policy: &Policy, base: &Policy) -> Option<Finding> {
    base.base.as_ref()?;
    let message = format!("policy `{}` inherits another one, so it cannot be inherited itself", base.name);
    let found = Finding::new(Code::FW0502, of_policy(policy, SiteField::Base), message);
    let found = found.related(of_policy(base, SiteField::Base), "it inherits this one");
    let bundle = SubjectForm::of(policy.origin.as_ref()).pick(", or put the shared groups into a `bundle`", "");
    Some(found.help(format!("inherit that one directly{bundle}")))
}

const LOCATION: SiteField = SiteField::Setting(Setting::Location);

fn region(policy: &Policy, base: &Policy) -> Option<Finding> {
    if policy.settings.unknown.location || base.settings.unknown.location {
        return None;
    }
    match (&policy.settings.location, &base.settings.location) {
        (Some(own), Some(theirs)) if !same_region(own, theirs) => {
            let message = format!(
                "policy `{}` is in `{own}` and its base `{}` in `{theirs}`: Azure wants both in one region",
                policy.name, base.name
            );
            let found = Finding::new(Code::FW0501, of_policy(policy, LOCATION), message);
            let found = found.related(of_policy(base, LOCATION), "the region of the base");
            Some(found.help(format!("{}, or give `{own}` a base of its own", set_region(policy, theirs))))
        }
        (Some(own), None) => Some(no_region(base, policy, own)),
        (None, Some(theirs)) => Some(no_region(policy, base, theirs)),
        (Some(_), Some(_)) | (None, None) => None,
    }
}

fn set_region(policy: &Policy, region: &str) -> String {
    let form = SubjectForm::of(policy.origin.as_ref());
    form.pick(format!("write `location \"{region}\"`"), format!("set `location` to `{region}`"))
}

/// Without a region a policy is in that of its resource group, which may be another.
fn no_region(without: &Policy, with: &Policy, region: &str) -> Finding {
    let message = format!(
        "policy `{}` has no `location`, and `{}` is in `{region}`: Azure wants a base and its children in one region",
        without.name, with.name
    );
    let found = Finding::new(Code::FW0211, of_policy(without, SiteField::Name), message).severity(Severity::Warning);
    found.related(of_policy(with, LOCATION), "this region").help(match SubjectForm::of(without.origin.as_ref()) {
        SubjectForm::Source => format!("add `location \"{region}\"`"),
        SubjectForm::Artefact => set_region(without, region),
    })
}

const THREAT_INTEL: SiteField = SiteField::Setting(Setting::ThreatIntel);

fn threat_intel(policy: &Policy, base: &Policy) -> Option<Finding> {
    let own = policy.settings.threat_intel?;
    // A base without the setting gets Azure's default; the setting of one that is only named is not known.
    let (theirs, said) = match base.settings.threat_intel {
        Some(theirs) => (theirs, "has"),
        None if base.settings.unknown.is_all() => return None,
        None => (ThreatIntel::Alert, "states none, which means"),
    };
    if own >= theirs {
        return None;
    }
    let form = SubjectForm::of(policy.origin.as_ref());
    let written = |mode: ThreatIntel| form.pick(format!("threat-intel {mode}"), format!("threatIntelMode {mode}"));
    let message = format!("`{}` is weaker than the base: `{}` {said} `{theirs}`", written(own), base.name);
    let found = Finding::new(Code::FW0503, of_policy(policy, THREAT_INTEL), message);
    let found = match base.settings.threat_intel {
        Some(_) => found.related(of_policy(base, THREAT_INTEL), "set here in the base"),
        None => found.severity(Severity::Warning).related(of_policy(base, SiteField::Name), "the base"),
    };
    Some(found.help(format!("leave it out to have the base's, or write `{}`", written(theirs))))
}

const SKU: SiteField = SiteField::Setting(Setting::Sku);

fn tier(policy: &Policy, base: &Policy) -> Option<Finding> {
    let (own, theirs) = (policy.settings.known_sku()?, base.settings.known_sku()?);
    if own == theirs {
        return None;
    }
    let (severity, why) = if theirs > own {
        (Severity::Error, "the base of a policy cannot have a higher tier")
    } else {
        (Severity::Warning, "no page of Microsoft documents that Azure accepts this")
    };
    let message = format!("policy `{}` is {own} and its base `{}` is {theirs}: {why}", policy.name, base.name);
    let found = Finding::new(Code::FW0505, of_policy(policy, SKU), message).severity(severity);
    Some(found.related(of_policy(base, SKU), "the tier of the base").help("give both one tier"))
}
