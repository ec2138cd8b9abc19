//! FW0403: names that Azure refuses.

use std::collections::BTreeMap;

use crate::diag::{Code, Severity};
use crate::limits::{CheckOptions, FIREWALL_NAMES, IP_GROUP_NAMES, Limit, NAMES, ROUTE_NAMES, SELECTOR_NAMES};
use crate::model::{
    Collection, Firewall, Group, Model, Pods, Policy, ResourceName, Site, SiteField, SiteSubject as Of,
};

use super::finding::{Finding, Findings};
use super::subject::{CheckSubject, StatedSubject, SubjectForm, of_policy};

/// Azure's rule for the name of a resource, or of a part of one: letters, digits, `_`, `.` and `-`, with a letter or
/// digit at the start and one of them or `_` at the end.
pub struct NameRule {
    /// What has such a name.
    pub of: &'static str,
    /// How many characters the name may have.
    pub limit: &'static Limit,
    /// Whether Terraform wants two characters where Azure takes one.
    pub two_in_terraform: bool,
    /// Whether a page documents it for this very resource; where none does, a finding about a deployed resource is a
    /// warning only.
    pub is_documented: bool,
    /// The page or file that states it.
    pub source: &'static str,
    /// The date of the page or commit.
    pub date: &'static str,
}

const RESOURCE_NAMES: &str = "MicrosoftDocs/azure-docs, resource-name-rules.md; hashicorp/terraform-provider-azurerm";
const PROVIDER_DATE: &str = "2026-08-21";

const POLICY: NameRule = NameRule {
    of: "policy",
    limit: &NAMES,
    two_in_terraform: true,
    is_documented: true,
    source: RESOURCE_NAMES,
    date: PROVIDER_DATE,
};
const GROUP: NameRule = NameRule { of: "group", ..POLICY };
const COLLECTION: NameRule = NameRule {
    of: "collection",
    limit: &NAMES,
    two_in_terraform: false,
    is_documented: false,
    source: "MicrosoftDocs/azure-docs, articles/firewall/rule-processing.md",
    date: "2026-03-23",
};
const IP_GROUP: NameRule = NameRule {
    of: "IP group",
    limit: &IP_GROUP_NAMES,
    two_in_terraform: false,
    is_documented: false,
    source: "no page speaks of it: taken to be as for the other resources",
    date: PROVIDER_DATE,
};
const PODS: NameRule = NameRule {
    of: "selector group",
    limit: &SELECTOR_NAMES,
    two_in_terraform: false,
    is_documented: true,
    source: "Azure/bicep-types-az, Microsoft.Network 2025-09-01, firewallPolicies/kubeSelectorGroups",
    date: "2026-08-20",
};
const ROUTE_TABLE: NameRule = NameRule { of: "route table", limit: &ROUTE_NAMES, two_in_terraform: false, ..POLICY };
const ROUTE: NameRule = NameRule { of: "route", ..ROUTE_TABLE };

/// The names that are checked.
pub const NAME_RULES: [&NameRule; 7] = [&POLICY, &GROUP, &COLLECTION, &IP_GROUP, &PODS, &ROUTE_TABLE, &ROUTE];

/// Reports the names of a policy and of what it holds.
pub(super) fn check(subject: &CheckSubject<'_>, options: &CheckOptions, found: &mut Findings) {
    let policy = subject.policy;
    found.extend(known(&POLICY, &policy.name, of_policy(policy, SiteField::Name), options));
    let mut groups: Vec<&Group> = policy.groups.iter().collect();
    groups.sort_by_key(|group| group.origin.as_ref().map(|origin| (origin.outermost(), origin.at)));
    for group in groups {
        found.extend(known(&GROUP, &group.name, of_group(policy, group), options));
        let mut collections: Vec<&Collection> = group.collections.iter().filter(|own| is_named(group, own)).collect();
        collections.sort_by_key(|own| own.origin.as_ref().map(|origin| (origin.outermost(), origin.at)));
        let names = collections.into_iter().map(|own| (&own.name, of_collection(policy, group, own)));
        found.extend(names.filter_map(|(name, site)| finding(&COLLECTION, name, site, options)));
    }
    pods_names(subject, options, found);
    let rules = subject.filters.iter().chain(&subject.dnats);
    found.extend(rules.filter_map(|stated| long_rule(stated, options)));
}

/// Whether the collection was named in the input; one that the compiler made has the name of its group.
fn is_named(group: &Group, collection: &Collection) -> bool {
    SubjectForm::of(group.origin.as_ref()) == SubjectForm::Artefact || collection.origin != group.origin
}

fn of_group(policy: &Policy, group: &Group) -> Site {
    let of = Of::Group { policy: policy.name.to_string(), group: group.name.to_string() };
    Site { of, origin: group.origin.clone(), field: SiteField::Name }
}

fn of_collection(policy: &Policy, group: &Group, own: &Collection) -> Site {
    let (policy, group) = (policy.name.to_string(), group.name.to_string());
    let of = Of::Collection { policy, group, collection: own.name.clone() };
    Site { of, origin: own.origin.clone(), field: SiteField::Name }
}

/// Reports invalid names of sets of pods, and two sets with one name.
fn pods_names(subject: &CheckSubject<'_>, options: &CheckOptions, found: &mut Findings) {
    let mut known: BTreeMap<String, (&Pods, Site)> = BTreeMap::new();
    for (stated, at, pods) in subject.filters.iter().flat_map(pods_of) {
        let Pods::Selected { name: Some(name), .. } = pods else { continue };
        let site = stated.site(SiteField::Pods(at, pods.clone()));
        match known.get(&name.to_ascii_lowercase()) {
            Some((other, first)) if other.key() != pods.key() => {
                let message = format!("`{name}` is the name of two sets of pods");
                let twice = Finding::new(Code::FW0403, site, message).related(first.clone(), "the other one");
                found.push(twice.help("give each a name of its own"));
            }
            Some(_) => {}
            None => {
                found.extend(finding(&PODS, name, site.clone(), options));
                known.insert(name.to_ascii_lowercase(), (pods, site));
            }
        }
    }
}

fn pods_of<'s, 'm>(stated: &'s StatedSubject<'m>) -> impl Iterator<Item = (&'s StatedSubject<'m>, usize, &'m Pods)> {
    let own = stated.network().map(|rule| &rule.matches.sources);
    let sources = own.or(stated.application().map(|rule| &rule.matches.sources));
    let pods = sources.into_iter().flat_map(|sources| sources.pods.iter().enumerate());
    pods.map(move |(at, pods)| (stated, at, pods))
}

/// Reports the names of firewalls, IP groups, route tables and routes.
pub(super) fn check_network(model: &Model, options: &CheckOptions, found: &mut Findings) {
    found.extend(model.firewalls.iter().filter_map(|firewall| long_firewall(firewall, options)));
    for group in model.ip_groups.values() {
        let of = Of::IpGroup(group.name.to_string());
        let site = Site { of, origin: group.origin.clone(), field: SiteField::Name };
        found.extend(known(&IP_GROUP, &group.name, site, options));
    }
    for table in &model.route_tables {
        let of = Of::RouteTable(table.name.to_string());
        let site = Site { of, origin: table.origin.clone(), field: SiteField::Name };
        found.extend(known(&ROUTE_TABLE, &table.name, site, options));
    }
    for route in model.route_tables.iter().flat_map(|table| &table.routes) {
        let site = Site { of: Of::Route, origin: route.origin.clone(), field: SiteField::Name };
        found.extend(finding(&ROUTE, &route.name, site, options));
    }
}

/// Reports a firewall whose name is too long; its valid characters are not documented.
fn long_firewall(firewall: &Firewall, options: &CheckOptions) -> Option<Finding> {
    let (name, max) = (&firewall.name, options.max(&FIREWALL_NAMES));
    let length = length(name);
    let message = format!("firewall name `{name}` has {length} characters: Azure takes up to {max}");
    let site = Site { of: Of::Firewall(name.to_string()), origin: firewall.origin.clone(), field: SiteField::Name };
    (length > max).then(|| Finding::new(Code::FW0403, site, message).help(FIREWALL_NAMES.instead))
}

/// Reports a rule of an artefact whose name is too long to be safe: no page bounds it. In a source it is cut.
fn long_rule(stated: &StatedSubject<'_>, options: &CheckOptions) -> Option<Finding> {
    let (name, max) = (stated.head().name, options.max(&NAMES));
    let length = length(name);
    if length <= max || SubjectForm::of(stated.head().origin) == SubjectForm::Source {
        return None;
    }
    let message = format!("rule name `{name}` has {length} characters: {max} are safe, and no page documents more");
    let found = Finding::new(Code::FW0403, stated.site(SiteField::Name), message).severity(Severity::Warning);
    Some(found.help("use a shorter name"))
}

/// No finding for a name that only a deployment knows.
fn known(rule: &NameRule, name: &ResourceName, site: Site, options: &CheckOptions) -> Option<Finding> {
    name.is_known().then(|| finding(rule, name, site, options)).flatten()
}

fn finding(rule: &NameRule, name: &str, site: Site, options: &CheckOptions) -> Option<Finding> {
    let max = options.max(rule.limit);
    if let Some(fault) = fault(name, max) {
        let form = SubjectForm::of(site.origin.as_ref());
        let found = Finding::new(Code::FW0403, site, format!("{} name `{name}` {fault}", rule.of));
        let found = match mended(name, max) {
            Some(mended) => found.help(format!("write it like `{mended}`")),
            None => found.help("use letters, digits, `-`, `_` and `.`, with a letter or digit first"),
        };
        // A template may give a name only with other parameters than its own.
        let is_mild = form == SubjectForm::Artefact && (!rule.is_documented || name.is_empty());
        return Some(if is_mild { found.severity(Severity::Warning) } else { found });
    }
    let is_source = SubjectForm::of(site.origin.as_ref()) == SubjectForm::Source;
    let short = rule.two_in_terraform && is_source && name.len() < 2;
    let message = format!("{} name `{name}` has one character: Terraform wants two", rule.of);
    short.then(|| Finding::new(Code::FW0403, site, message).severity(Severity::Warning).help("use a longer name"))
}

/// What is wrong with `name`, as the words after it.
fn fault(name: &str, max: u64) -> Option<String> {
    let length = length(name);
    let (Some(first), Some(last)) = (name.chars().next(), name.chars().last()) else {
        return Some("is empty".to_owned());
    };
    if let Some(strange) = name.chars().find(|&c| !is_inner(c)) {
        return Some(format!("has `{}`: Azure takes letters, digits, `-`, `_` and `.`", strange.escape_debug()));
    }
    if !first.is_ascii_alphanumeric() {
        return Some(format!("begins with `{first}`: Azure wants a letter or digit first"));
    }
    if !is_last(last) {
        return Some(format!("ends with `{last}`: Azure wants a letter, digit or `_` last"));
    }
    (length > max).then(|| format!("has {length} characters: Azure takes up to {max}"))
}

fn length(name: &str) -> u64 {
    u64::try_from(name.chars().count()).unwrap_or(u64::MAX)
}

fn is_inner(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
}

fn is_last(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// A name like `name` that Azure takes.
fn mended(name: &str, max: u64) -> Option<String> {
    let plain: String = name.chars().map(|c| if is_inner(c) { c } else { '-' }).collect();
    let begun = plain.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    let cut: String = begun.chars().take(usize::try_from(max).unwrap_or(usize::MAX)).collect();
    let whole = cut.trim_end_matches(|c| !is_last(c));
    (!whole.is_empty()).then(|| whole.to_owned())
}
