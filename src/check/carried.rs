//! FW0214: properties of an artefact that fwc does not read, and which may drop what a rule allows.
//!
//! In a source `intent` reports it where it is written.

use crate::diag::Code;
use crate::model::{Bearer, CarriedProperty, RuleHead, Site, SiteField, SiteSubject as Of, carried_property};
use crate::source::Origin;

use super::finding::{Finding, Findings};
use super::subject::{CheckSubject, SubjectForm, of_policy};

/// Reports each such property of the policy, its collections and its rules.
pub(super) fn check(subject: &CheckSubject<'_>, found: &mut Findings) {
    if subject.form() == SubjectForm::Source {
        return;
    }
    let settings = subject.settings().other.keys();
    let named = settings.filter_map(|path| carried_property(Bearer::Policy, path.strip_prefix("properties/")?));
    let whole = format!("policy `{}`", subject.name());
    found.extend(named.map(|property| note(property, &whole, of_policy(subject.policy, SiteField::Whole))));
    of_collections(subject, found);
    for stated in subject.filters.iter().chain(&subject.dnats) {
        let RuleHead { name, carried, .. } = stated.head();
        let properties = carried.iter().filter_map(|(name, _)| carried_property(Bearer::Rule, name));
        found.extend(
            properties.map(|property| note(property, &format!("rule `{name}`"), stated.site(SiteField::Whole))),
        );
    }
}

fn of_collections(subject: &CheckSubject<'_>, found: &mut Findings) {
    for group in &subject.policy.groups {
        for own in &group.collections {
            let of = || Of::Collection {
                policy: subject.name().to_owned(),
                group: group.name.to_string(),
                collection: own.name.clone(),
            };
            let properties = own.carried.iter().filter_map(|(name, _)| carried_property(Bearer::Collection, name));
            let whose = format!("collection `{}`", own.name);
            found.extend(properties.map(|property| note(property, &whose, site(of(), own.origin.as_ref()))));
        }
    }
}

fn site(of: Of, origin: Option<&Origin>) -> Site {
    Site { of, origin: origin.cloned(), field: SiteField::Whole }
}

fn note(property: &CarriedProperty, whose: &str, site: Site) -> Finding {
    let message = format!("`{}` of {whose} {}: fwc does not read it", property.name, property.does);
    Finding::new(Code::FW0214, site, message)
}
