//! Where the author wrote what a finding speaks of.

use crate::model::{AddressTerm, Pods, Setting, Site, SiteField, SiteSubject};
use crate::source::{Origin, Place, SourceSpan};
use crate::syntax::Connective;

use super::model::{Address, Dnat, Entry, Firewall, GroupBody, Host, Intent, Policy, Rule};

/// The text of the field, or the nearest that has one; where the source has none of it, the place of its origin.
pub fn locate(meant: &Intent, site: &Site) -> Option<Place> {
    let found = match &site.of {
        SiteSubject::Policy(name) => policy(meant, name).map(|policy| of_policy(policy, &site.field)),
        SiteSubject::Group { policy: of, group } => policy(meant, of).and_then(|policy| of_group(policy, group)),
        SiteSubject::Collection { policy: of, group, collection } => {
            policy(meant, of).and_then(|policy| of_collection(policy, group, collection))
        }
        SiteSubject::Rule(_, path) => policy(meant, &path.policy).and_then(|policy| of_rule(policy, site)),
        SiteSubject::IpGroup(name) => meant.ip_groups.get(name).map(|group| group.name_at),
        SiteSubject::RouteTable(name) => {
            meant.route_tables.iter().find(|table| table.name.value == *name).map(|table| table.name.at)
        }
        SiteSubject::Route => None,
        SiteSubject::Firewall(name) => {
            meant.firewalls.iter().find(|own| own.name.value == *name).map(|own| of_firewall(own, &site.field))
        }
        SiteSubject::Endpoint(name) => {
            meant.private_endpoints.iter().find(|own| own.name.value == *name).map(|own| own.name.at)
        }
    };
    let due_to =
        |at: SourceSpan| meant.due_to.get(&at).copied().filter(|_| site.field == SiteField::Name).unwrap_or(at);
    found.map(due_to).map(Place::from).or(site.origin.as_ref().map(|origin| origin.at))
}

fn policy<'i>(meant: &'i Intent, name: &str) -> Option<&'i Policy> {
    meant.policies.iter().find(|policy| policy.name.value == *name)
}

/// Where the author set it; the name of the policy where a bundle or a broken text hides it.
fn of_policy(policy: &Policy, field: &SiteField) -> SourceSpan {
    let found = match field {
        SiteField::Setting(setting) => policy.setting_spans.get(setting.keyword()).copied(),
        SiteField::Base => policy.parent.as_ref().map(|parent| parent.at),
        SiteField::Whole
        | SiteField::Name
        | SiteField::Services
        | SiteField::Ports
        | SiteField::Host(..)
        | SiteField::FqdnTag(..)
        | SiteField::Category(..)
        | SiteField::Url(..)
        | SiteField::Destination(..)
        | SiteField::Pods(..)
        | SiteField::TerminateTls
        | SiteField::Header(_) => None,
    };
    found.unwrap_or(policy.name.at)
}

fn of_group(policy: &Policy, name: &str) -> Option<SourceSpan> {
    policy.groups.iter().find(|group| group.name.value == *name).map(|group| group.name.at)
}

fn of_collection(policy: &Policy, group: &str, name: &str) -> Option<SourceSpan> {
    let group = policy.groups.iter().find(|own| own.name.value == *group)?;
    let collections = match &group.body {
        GroupBody::Rules(_) => return Some(group.name.at),
        GroupBody::Collections(collections) => collections,
    };
    collections.iter().find(|own| own.name.value == *name).map(|own| own.name.at)
}

fn of_firewall(firewall: &Firewall, field: &SiteField) -> SourceSpan {
    let sku = firewall.sku.as_ref().filter(|_| *field == SiteField::Setting(Setting::Sku));
    sku.map_or(firewall.name.at, |sku| sku.at)
}

fn of_rule(policy: &Policy, site: &Site) -> Option<SourceSpan> {
    let origin = site.origin.as_ref()?;
    let rules = || policy.groups.iter().flat_map(|group| group.body.rules());
    let is_it = |own: &Origin| own == origin;
    if let Some(rule) = rules().flat_map(|rules| &rules.filters).find(|rule| is_it(&rule.origin)) {
        return of_filter(rule, &site.field);
    }
    let dnat = rules().flat_map(|rules| &rules.dnats).find(|dnat| is_it(&dnat.origin))?;
    of_dnat(dnat, &site.field)
}

fn of_filter(rule: &Rule, field: &SiteField) -> Option<SourceSpan> {
    let host = |wanted: &Host| rule.to.hosts.iter().find(|entry| entry.value == *wanted).map(|entry| entry.at);
    match field {
        SiteField::Services | SiteField::Ports => Some(rule.services_at),
        SiteField::Host(_, pattern) => host(&Host::Pattern(pattern.clone())),
        SiteField::FqdnTag(_, tag) => host(&Host::FqdnTag(tag.clone())),
        SiteField::Category(_, category) => host(&Host::Category(category.clone())),
        SiteField::Url(_, url) => host(&Host::Url(url.clone())),
        SiteField::Destination(_, term) => address(&rule.to.addresses, term),
        SiteField::Pods(_, Pods::Selected { name, .. }) => pods(&rule.from, name.as_deref()?),
        SiteField::Pods(_, Pods::Group(_)) => None,
        SiteField::TerminateTls => rule.flag(Connective::Inspect),
        SiteField::Header(at) => rule.headers.get(*at).map(|header| header.at),
        SiteField::Whole | SiteField::Name | SiteField::Setting(_) | SiteField::Base => {
            rule.label.as_ref().map(|label| label.at)
        }
    }
}

fn of_dnat(dnat: &Dnat, field: &SiteField) -> Option<SourceSpan> {
    match field {
        SiteField::Services | SiteField::Ports => Some(dnat.ports.at),
        SiteField::Destination(_, term) => {
            let AddressTerm::Span(span) = term else { return None };
            dnat.to.iter().find(|to| span.single() == Some(to.value)).map(|to| to.at)
        }
        SiteField::Whole
        | SiteField::Name
        | SiteField::Setting(_)
        | SiteField::Base
        | SiteField::Host(..)
        | SiteField::FqdnTag(..)
        | SiteField::Category(..)
        | SiteField::Url(..)
        | SiteField::Pods(..)
        | SiteField::TerminateTls
        | SiteField::Header(_) => dnat.label.as_ref().map(|label| label.at),
    }
}

fn address(entries: &[Entry<Address>], term: &AddressTerm) -> Option<SourceSpan> {
    let wanted = match term {
        AddressTerm::Any => Address::Any,
        AddressTerm::Span(span) => Address::Span(*span),
        AddressTerm::ServiceTag(tag) => Address::ServiceTag(tag.clone()),
        AddressTerm::Ipv6(span) => Address::Ipv6(*span),
    };
    entries.iter().find(|entry| entry.value == wanted).map(|entry| entry.at)
}

fn pods(entries: &[Entry<Address>], name: &str) -> Option<SourceSpan> {
    let is_it = |entry: &&Entry<Address>| match &entry.value {
        Address::Pods(Pods::Selected { name: Some(own), .. }) => own == name,
        Address::Pods(Pods::Selected { name: None, .. } | Pods::Group(_))
        | Address::Any
        | Address::Span(_)
        | Address::ServiceTag(_)
        | Address::IpGroup(_)
        | Address::OutsideIpGroup(_)
        | Address::Ipv6(_) => false,
    };
    entries.iter().find(is_it).map(|entry| entry.at)
}
