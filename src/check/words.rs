//! FW0201: words outside Azure's closed lists: service tags, FQDN tags, web categories.
//!
//! In a source the bare word is an error where it is read; here are the quoted ones, and those of artefacts. A word may be
//! newer than this fwc, so that it is a warning; a tag that firewall rules do not take is an error.

use crate::diag::{Code, Severity, nearest};
use crate::model::{
    AddressTerm, FOREIGN_TAGS, FQDN_TAGS, Model, RoutePrefix, Site, SiteField, SiteSubject as Of, WEB_CATEGORIES,
    is_fqdn_tag, near_service_tag, service_tag,
};
use crate::net::same_word;

use super::finding::{Finding, Findings};
use super::subject::{CheckSubject, Each, StatedSubject, SubjectForm};

/// Reports each such word of a rule.
pub(super) fn check(subject: &CheckSubject<'_>, found: &mut Findings) {
    subject.filters.iter().for_each(|stated| check_rule(stated, subject.model, found));
}

fn check_rule(stated: &StatedSubject<'_>, model: &Model, found: &mut Findings) {
    let destinations = match stated.rule {
        Each::Nat(_) => &[],
        Each::Network(rule) => rule.matches.destinations.as_slice(),
        Each::Application(rule) => rule.matches.destinations.as_slice(),
    };
    for (at, term) in destinations.iter().enumerate() {
        let AddressTerm::ServiceTag(tag) = term else { continue };
        found.extend(of_tag(tag, model, || stated.site(SiteField::Destination(at, term.clone()))));
    }
    let Some(rule) = stated.application() else { return };
    for (at, tag) in rule.matches.fqdn_tags.iter().enumerate().filter(|(_, tag)| !is_fqdn_tag(tag)) {
        let near = nearest(tag, FQDN_TAGS.words()).map(str::to_owned);
        found.push(unknown("FQDN tag", tag, near, stated.site(SiteField::FqdnTag(at, tag.clone()))));
    }
    for (at, word) in rule.matches.web_categories.iter().enumerate() {
        if WEB_CATEGORIES.canonical(word).is_none() {
            let near = nearest(word, WEB_CATEGORIES.words()).map(str::to_owned);
            found.push(unknown("web category", word, near, stated.site(SiteField::Category(at, word.clone()))));
        }
    }
}

/// Reports the service tags of routes of artefacts.
pub(super) fn check_routes(model: &Model, found: &mut Findings) {
    for route in model.route_tables.iter().flat_map(|table| &table.routes) {
        let RoutePrefix::ServiceTag(tag) = &route.prefix else { continue };
        if SubjectForm::of(route.origin.as_ref()) == SubjectForm::Source {
            continue;
        }
        let term = AddressTerm::ServiceTag(tag.clone());
        let site = || Site { of: Of::Route, origin: route.origin.clone(), field: SiteField::Destination(0, term) };
        found.extend(of_tag(tag, model, site).filter(|finding| !finding.is_error()));
    }
}

fn of_tag(tag: &str, model: &Model, site: impl FnOnce() -> Site) -> Option<Finding> {
    if service_tag(tag).is_some() {
        return None;
    }
    if model.stand_ins.iter().any(|stand_in| stand_in == tag) {
        return None;
    }
    let plain = tag.split('.').next().unwrap_or(tag);
    let foreign = FOREIGN_TAGS.iter().find(|foreign| same_word(foreign, plain));
    Some(match foreign {
        Some(foreign) => {
            let message =
                format!("`{foreign}` is a service tag of network security groups: firewall rules do not take it");
            Finding::new(Code::FW0201, site(), message).help("write the addresses, or `*` for any")
        }
        None => unknown("service tag", tag, near_service_tag(tag), site()),
    })
}

fn unknown(what: &str, word: &str, near: Option<String>, site: Site) -> Finding {
    let found = Finding::new(Code::FW0201, site, format!("`{word}` is not a known {what}"));
    let found = match near {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found,
    };
    found.severity(Severity::Warning)
}
