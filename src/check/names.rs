//! FW0403: names that Azure refuses.

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::intent::{Address, Entry, Firewall, GroupBody, Intent};
use crate::limits::{CheckOptions, FIREWALL_NAMES, IP_GROUP_NAMES, Limit, NAMES, ROUTE_NAMES, SELECTOR_NAMES};
use crate::model::{Model, Pods};
use crate::source::{Origin, Span};

use super::subject::{Sighting, Subject, dnats, filters};

/// What Azure asks of the name of a resource, or of a part of one: letters, digits, `_`, `.` and `-`, with a letter or
/// digit at the start and one of them or `_` at the end.
pub struct NameRule {
    /// What has such a name.
    pub of: &'static str,
    /// How many characters the name may have.
    pub limit: &'static Limit,
    /// Whether Terraform wants two characters where Azure takes one.
    pub two_in_terraform: bool,
    /// Where that stands.
    pub source: &'static str,
    /// The date of the page or commit.
    pub date: &'static str,
}

const RESOURCE_NAMES: &str = "MicrosoftDocs/azure-docs, resource-name-rules.md; hashicorp/terraform-provider-azurerm";
const PROVIDER_DATE: &str = "2026-08-21";

const POLICY: NameRule =
    NameRule { of: "policy", limit: &NAMES, two_in_terraform: true, source: RESOURCE_NAMES, date: PROVIDER_DATE };
const GROUP: NameRule = NameRule { of: "group", ..POLICY };
const COLLECTION: NameRule = NameRule {
    of: "collection",
    limit: &NAMES,
    two_in_terraform: false,
    source: "MicrosoftDocs/azure-docs, articles/firewall/rule-processing.md",
    date: "2026-03-23",
};
const IP_GROUP: NameRule = NameRule {
    of: "IP group",
    limit: &IP_GROUP_NAMES,
    two_in_terraform: false,
    source: "no page speaks of it: taken to be as for the other resources",
    date: PROVIDER_DATE,
};
const PODS: NameRule = NameRule {
    of: "selector group",
    limit: &SELECTOR_NAMES,
    two_in_terraform: false,
    source: "Azure/bicep-types-az, Microsoft.Network 2025-09-01, firewallPolicies/kubeSelectorGroups",
    date: "2026-08-20",
};
const ROUTE_TABLE: NameRule = NameRule { of: "route table", limit: &ROUTE_NAMES, two_in_terraform: false, ..POLICY };
const ROUTE: NameRule = NameRule { of: "route", ..ROUTE_TABLE };

/// The names that are checked.
pub const NAME_RULES: [&NameRule; 7] = [&POLICY, &GROUP, &COLLECTION, &IP_GROUP, &PODS, &ROUTE_TABLE, &ROUTE];

/// How long the name of a rule is kept; Azure documents no bound.
const MAX_LABEL: usize = 80;

/// Reports the names of a policy and of what it holds.
pub(super) fn check(subject: &Subject<'_>, options: &CheckOptions, diagnostics: &mut Diagnostics) {
    let policy = subject.policy;
    let finding = |rule: &NameRule, name: &Entry<String>, origin: &Origin| finding(rule, name, origin, options);
    diagnostics.extend(finding(&POLICY, &policy.name, &policy.origin));
    for group in &policy.groups {
        diagnostics.extend(finding(&GROUP, &group.name, &group.origin));
        let collections = match &group.body {
            GroupBody::Rules(_) => &[],
            GroupBody::Collections(collections) => collections.as_slice(),
        };
        diagnostics.extend(collections.iter().filter_map(|own| finding(&COLLECTION, &own.name, &own.origin)));
    }
    pods_names(policy, options, diagnostics);
    let filters = filters(policy).map(|rule| (&rule.label, &rule.origin));
    let dnats = dnats(policy).map(|dnat| (&dnat.label, &dnat.origin));
    diagnostics.extend(filters.chain(dnats).filter_map(|(label, origin)| long_label(label, origin)));
}

/// Reports what sets of pods are called, and two that are called alike.
fn pods_names(policy: &crate::intent::Policy, options: &CheckOptions, diagnostics: &mut Diagnostics) {
    let mut known: Vec<(String, Pods, Span)> = Vec::new();
    for rule in filters(policy) {
        for entry in &rule.from {
            let Address::Pods(pods @ Pods::Selected { name: Some(name), .. }) = &entry.value else { continue };
            match known.iter().find(|(other, ..)| other.eq_ignore_ascii_case(name)) {
                Some((_, other, at)) if other.key() != pods.key() => {
                    let message = format!("`{name}` is the name of two sets of pods");
                    let found = Diagnostic::new(Code::FW0403, entry.at, message).related(*at, "the other one");
                    diagnostics.push(found.help("give each a name of its own"));
                }
                Some(_) => {}
                None => {
                    let sighting = Sighting::in_rule(entry.at, &rule.origin);
                    diagnostics.extend(finding_at(&PODS, name, sighting, options));
                    known.push((name.clone(), pods.clone(), entry.at));
                }
            }
        }
    }
}

/// Reports the names of firewalls, IP groups, route tables and routes.
pub(super) fn check_network(meant: &Intent, model: &Model, options: &CheckOptions, diagnostics: &mut Diagnostics) {
    diagnostics.extend(meant.firewalls.iter().filter_map(|firewall| long_firewall(firewall, options)));
    for group in meant.ip_groups.values() {
        let sighting = Sighting::in_rule(group.name_at, &group.origin);
        diagnostics.extend(finding_at(&IP_GROUP, &group.name, sighting, options));
    }
    for table in &meant.route_tables {
        diagnostics.extend(finding(&ROUTE_TABLE, &table.name, &table.origin, options));
    }
    for route in model.route_tables.iter().flat_map(|table| &table.routes) {
        let Some(origin) = &route.origin else { continue };
        diagnostics.extend(finding_at(&ROUTE, &route.name, Sighting::in_rule(origin.at, origin), options));
    }
}

/// Reports a firewall whose name is too long; of which characters it may be, no page says.
fn long_firewall(firewall: &Firewall, options: &CheckOptions) -> Option<Diagnostic> {
    let (name, max) = (&firewall.name, options.max(&FIREWALL_NAMES));
    let length = length(&name.value);
    let message = format!("firewall name `{}` has {length} characters: Azure takes up to {max}", name.value);
    let found = Sighting::in_rule(name.at, &firewall.origin).finding(Code::FW0403, message);
    (length > max).then(|| found.help(FIREWALL_NAMES.instead))
}

fn finding(rule: &NameRule, name: &Entry<String>, origin: &Origin, options: &CheckOptions) -> Option<Diagnostic> {
    finding_at(rule, &name.value, Sighting::in_rule(name.at, origin), options)
}

fn finding_at(rule: &NameRule, name: &str, sighting: Sighting<'_>, options: &CheckOptions) -> Option<Diagnostic> {
    let max = options.max(rule.limit);
    if let Some(fault) = fault(name, max) {
        let found = sighting.finding(Code::FW0403, format!("{} name `{name}` {fault}", rule.of));
        return Some(match mended(name, max) {
            Some(mended) => found.help(format!("write it like `{mended}`")),
            None => found.help("use letters, digits, `-`, `_` and `.`, with a letter or digit first"),
        });
    }
    let short = rule.two_in_terraform && name.len() < 2;
    let message = format!("{} name `{name}` has one character: Terraform wants two", rule.of);
    short.then(|| sighting.finding(Code::FW0403, message).severity(Severity::Warning).help("use a longer name"))
}

/// What is wrong with `name`, to be read behind it.
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

fn long_label(label: &Option<Entry<String>>, origin: &Origin) -> Option<Diagnostic> {
    let Entry { value, at } = label.as_ref()?;
    let length = value.chars().count();
    if length <= MAX_LABEL {
        return None;
    }
    let message = format!("the label has {length} characters: it is cut to {MAX_LABEL} in the artefacts");
    Some(label_finding(*at, origin, message).help("use a shorter label, and `##` for what the rule is for"))
}

fn label_finding(at: Span, origin: &Origin, message: String) -> Diagnostic {
    Sighting::in_rule(at, origin).finding(Code::FW0403, message).severity(Severity::Warning)
}
