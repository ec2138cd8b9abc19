//! FW0501 to FW0505: what Azure asks of a base policy and its children.
//!
//! Source: MicrosoftDocs/azure-docs, articles/firewall-manager/policy-overview.md, 2025-07-09. Of tiers no page speaks.

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::intent::Policy;
use crate::model::ThreatIntel;
use crate::source::Span;

use super::subject::{Sighting, Sightings, Subject, dnats, set_at};

/// Reports what does not fit between a policy and its base.
pub(super) fn check(subject: &Subject<'_>, diagnostics: &mut Diagnostics) {
    diagnostics.extend(dnat_in_base(subject));
    let (Some(base), Some(inherits)) = (subject.parent, &subject.policy.parent) else { return };
    diagnostics.extend(base_of_base(base, inherits.at));
    diagnostics.extend(region(subject.policy, base));
    diagnostics.extend(threat_intel(subject.policy, base));
    diagnostics.extend(tier(subject.policy, base));
}

fn dnat_in_base(subject: &Subject<'_>) -> Option<Diagnostic> {
    let seen = Sightings::of(dnats(subject.policy).map(|dnat| {
        let at = dnat.label.as_ref().map_or(dnat.origin.at, |label| label.at.into());
        Sighting::in_rule(at, &dnat.origin)
    }))?;
    let (heir, inherits) = subject.heir()?;
    let message = format!(
        "DNAT in policy `{}`, which `{}` inherits: Azure hands no DNAT rule down{}",
        subject.name(),
        heir.name.value,
        seen.others()
    );
    let found = seen.first.finding(Code::FW0504, message).related(inherits, "inherited here");
    Some(found.help("move it to the policy that is attached to the firewall"))
}

fn base_of_base(base: &Policy, inherits: Span) -> Option<Diagnostic> {
    let above = base.parent.as_ref()?;
    let message = format!("policy `{}` inherits another one, so it cannot be inherited itself", base.name.value);
    let found = Diagnostic::new(Code::FW0502, inherits, message).related(above.at, "it inherits this one");
    Some(found.help("inherit that one directly, or put the shared groups into a `bundle`"))
}

fn region(policy: &Policy, base: &Policy) -> Option<Diagnostic> {
    let names = (&policy.name.value, &base.name.value);
    match (&policy.settings.location, &base.settings.location) {
        (Some(own), Some(theirs)) if own != theirs => {
            let message = format!(
                "policy `{}` is in `{own}` and its base `{}` in `{theirs}`: Azure wants both in one region",
                names.0, names.1
            );
            let found = Diagnostic::new(Code::FW0501, set_at(policy, "location"), message);
            let found = found.related(set_at(base, "location"), "the region of the base");
            Some(found.help(format!("write `location \"{theirs}\"`, or give `{own}` a base of its own")))
        }
        (Some(own), None) => Some(no_region(base, policy, own)),
        (None, Some(theirs)) => Some(no_region(policy, base, theirs)),
        (Some(_), Some(_)) | (None, None) => None,
    }
}

/// Without a region a policy goes to that of its resource group, which may be another.
fn no_region(without: &Policy, with: &Policy, region: &str) -> Diagnostic {
    let message = format!(
        "policy `{}` has no `location`, and `{}` is in `{region}`: Azure wants a base and its children in one region",
        without.name.value, with.name.value
    );
    let found = Diagnostic::new(Code::FW0211, without.name.at, message).severity(Severity::Warning);
    found.related(set_at(with, "location"), "this region").help(format!("add `location \"{region}\"`"))
}

fn threat_intel(policy: &Policy, base: &Policy) -> Option<Diagnostic> {
    let own = policy.settings.threat_intel?;
    // A base that does not say gets Azure's default.
    let (theirs, said) = match base.settings.threat_intel {
        Some(theirs) => (theirs, "says"),
        None => (ThreatIntel::Alert, "says nothing, which is"),
    };
    if own >= theirs {
        return None;
    }
    let message = format!("`threat-intel {own}` is weaker than the base: `{}` {said} `{theirs}`", base.name.value);
    let found = Diagnostic::new(Code::FW0503, set_at(policy, "threat-intel"), message);
    let found = match base.settings.threat_intel {
        Some(_) => found.related(set_at(base, "threat-intel"), "set here in the base"),
        None => found.severity(Severity::Warning).related(base.name.at, "the base"),
    };
    Some(found.help(format!("leave it out to have the base's, or write `threat-intel {theirs}`")))
}

fn tier(policy: &Policy, base: &Policy) -> Option<Diagnostic> {
    let (own_at, base_at) = (policy.setting_spans.get("sku")?, base.setting_spans.get("sku")?);
    let (own, theirs) = (policy.settings.sku, base.settings.sku);
    if own == theirs {
        return None;
    }
    let (severity, why) = if theirs > own {
        (Severity::Error, "the base of a policy cannot have a higher tier")
    } else {
        (Severity::Warning, "no page of Microsoft's says that Azure takes this")
    };
    let names = (&policy.name.value, &base.name.value);
    let message = format!("policy `{}` is {own} and its base `{}` is {theirs}: {why}", names.0, names.1);
    let found = Diagnostic::new(Code::FW0505, *own_at, message).severity(severity);
    Some(found.related(*base_at, "the tier of the base").help("give both one tier"))
}
