//! FW0405 and FW0408: more than Azure takes, or close to it.

use crate::azure::limits::{self, Force, Of, Used};
use crate::azure::model::Model;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::intent::{Intent, Policy};
use crate::source::Span;

use crate::azure::CheckOptions;

/// Reports each limit that a policy, a group, an IP group or a route table exceeds or comes close to.
pub(super) fn check(meant: &Intent, model: &Model, options: &CheckOptions, diagnostics: &mut Diagnostics) {
    for policy in &meant.policies {
        let lowered = model.policies.iter().find(|lowered| lowered.name == policy.name.value);
        let used = lowered.map(|lowered| limits::used(model, lowered)).unwrap_or_default();
        let counted = used.iter().filter(|used| !used.limit.is_of_one_thing());
        diagnostics.extend(counted.filter_map(|used| finding(used, || at_policy(policy, &used.of), options)));
    }
    let others = limits::ip_groups(model).into_iter().chain(limits::route_tables(model));
    let found =
        others.filter_map(|used| Some(drawn(finding(&used, || at_network(meant, &used.of), options)?, &used, model)));
    diagnostics.extend(found);
}

/// Reports the same of a model that was read from artefacts, which have no text to point at.
pub(super) fn check_model(model: &Model, options: &CheckOptions, diagnostics: &mut Diagnostics) {
    let policies = model.policies.iter().flat_map(|policy| limits::used(model, policy));
    let all = policies.chain(limits::ip_groups(model)).chain(limits::route_tables(model));
    diagnostics.extend(all.filter_map(|used| Some(drawn(finding(&used, || None, options)?, &used, model))));
}

/// The way that flows take while Azure refuses their route table: by its own routes.
fn drawn(found: Diagnostic, used: &Used, model: &Model) -> Diagnostic {
    let Of::RouteTable(name) = &used.of else { return found };
    if found.code != Code::FW0405 {
        return found;
    }
    let table = model.route_tables.iter().find(|table| table.name == *name);
    let subnets = table.and_then(|table| table.subnets.first()).map_or("its subnets", |subnet| &subnet.name);
    found.path(vec![
        subnets.to_owned(),
        format!("-> route table {name}: {} {}, which Azure refuses", grouped(used.used), used.limit.counts),
        "-> so Azure's own route: 0.0.0.0/0 -> the Internet, past the firewall".to_owned(),
    ])
}

fn at_policy(policy: &Policy, of: &Of) -> Option<Span> {
    match of {
        Of::Policy(_) => Some(policy.name.at),
        Of::Group(name) => policy.groups.iter().find(|group| group.name.value == *name).map(|group| group.name.at),
        Of::IpGroup(_) | Of::RouteTable(_) | Of::Network => None,
    }
}

fn at_network(meant: &Intent, of: &Of) -> Option<Span> {
    match of {
        Of::IpGroup(name) => meant.ip_groups.get(name).map(|group| group.name_at),
        Of::RouteTable(name) => meant.route_tables.iter().find(|table| table.name.value == *name).map(|t| t.name.at),
        Of::Policy(_) | Of::Group(_) | Of::Network => None,
    }
}

fn finding(used: &Used, at: impl FnOnce() -> Option<Span>, options: &CheckOptions) -> Option<Diagnostic> {
    let limit = used.limit;
    let (max, near) = (options.max(limit), options.near(limit));
    let code = match (used.used > max, used.used > near, limit.force) {
        (true, _, Force::Refused) => Code::FW0405,
        (true, _, Force::Advised) | (false, true, _) => Code::FW0408,
        (false, false, _) => return None,
    };
    let (subject, counts, has) = (&used.of, limit.counts, grouped(used.used));
    let bound = match limit.force {
        Force::Refused => format!("Azure takes up to {}", grouped(max)),
        Force::Advised => format!("Microsoft advises up to {}", grouped(max)),
    };
    let message = format!("{subject} has {has} {counts}: {bound}");
    let found = match at() {
        Some(at) => Diagnostic::new(code, at, message),
        None => Diagnostic::nowhere(code, message),
    };
    let found = match biggest(&used.biggest) {
        Some(biggest) => found.help(format!("most of it: {biggest}")),
        None => found,
    };
    Some(found.help(limit.instead))
}

fn biggest(parts: &[(String, u64)]) -> Option<String> {
    let named: Vec<String> = parts.iter().map(|(name, amount)| format!("`{name}` with {}", grouped(*amount))).collect();
    (!named.is_empty()).then(|| named.join(", "))
}

/// A number with a comma before each group of three digits.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
