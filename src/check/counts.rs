//! FW0405 and FW0408: more than Azure takes, or close to it.

use crate::diag::{Code, Diagnostic, Diagnostics, Severity, grouped};
use crate::intent::{AsIsDnat, Intent, Policy};
use crate::limits::{self, CheckOptions, DNAT_PORTS, FIREWALL_SUBNET, Force, Of, Used};
use crate::model::Model;
use crate::source::Span;

use super::subject::{Sighting, dnats};

/// Reports each limit that a policy, a group or something around the policies exceeds or comes close to. What is too
/// large by itself, as a name or a port, is reported where it is written, by those who read it there.
pub(super) fn check(meant: &Intent, model: &Model, options: &CheckOptions, diagnostics: &mut Diagnostics) {
    for policy in &meant.policies {
        let lowered = model.policies.iter().find(|lowered| lowered.name == policy.name.value);
        let used = lowered.map(|lowered| limits::used(model, lowered)).unwrap_or_default();
        let counted = used.iter().filter(|used| !used.limit.is_of_one_thing());
        diagnostics.extend(counted.filter_map(|used| finding(used, || at_policy(policy, &used.of), options)));
    }
    let others = limits::around(model);
    let others = others.iter().filter(|used| !used.limit.is_of_one_thing() || used.limit.name == FIREWALL_SUBNET.name);
    let found = others.filter_map(|used| Some(drawn(finding(used, || at_network(meant, used), options)?, used, model)));
    diagnostics.extend(found);
}

/// Reports ports of DNAT rules that are `as-is`, and so come from a firewall that has them.
pub(super) fn check_ports_as_they_are(policy: &Policy, options: &CheckOptions, diagnostics: &mut Diagnostics) {
    let max = options.max(&DNAT_PORTS);
    for dnat in dnats(policy) {
        let Some(AsIsDnat { ports, .. }) = &dnat.as_is else { continue };
        let target = dnat.target_port.as_ref().map(|port| port.value);
        let largest = ports.iter().map(|span| span.last()).chain(target).map(u64::from).max().unwrap_or(0);
        if largest > max {
            let message = format!("DNAT takes ports up to {max}, found {largest}");
            let found = Sighting::in_rule(dnat.ports.at, &dnat.origin).finding(Code::FW0405, message);
            diagnostics.push(found.severity(Severity::Warning).help(DNAT_PORTS.note));
        }
    }
}

/// Reports the same of a model that was read from artefacts, which have no text to point at.
pub(super) fn check_model(model: &Model, options: &CheckOptions, diagnostics: &mut Diagnostics) {
    let policies = model.policies.iter().flat_map(|policy| limits::used(model, policy));
    let all = policies.chain(limits::around(model));
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
        Of::IpGroup(_) | Of::RouteTable(_) | Of::Endpoint(_) | Of::Network => None,
    }
}

fn at_network(meant: &Intent, used: &Used) -> Option<Span> {
    let table = |name: &str| meant.route_tables.iter().find(|table| table.name.value == name).map(|t| t.name.at);
    match &used.of {
        Of::IpGroup(name) => meant.ip_groups.get(name).map(|group| group.name_at),
        Of::RouteTable(name) => table(name),
        Of::Endpoint(name) => {
            let mut endpoints = meant.private_endpoints.iter().map(|endpoint| &endpoint.name);
            endpoints.find(|own| own.value == *name).map(|own| own.at)
        }
        // Of all network things together, the largest of which a table has.
        Of::Network => used.biggest.first().and_then(|(name, _)| table(name)),
        Of::Policy(_) | Of::Group(_) => None,
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
    let bound = match limit.force {
        Force::Refused => format!("Azure takes up to {}", grouped(max)),
        Force::Advised => format!("Microsoft advises up to {}", grouped(max)),
    };
    let message = if limit.name == FIREWALL_SUBNET.name {
        format!("{} is a /{}: Azure wants a /{max} or larger", limit.counts, used.used)
    } else {
        format!("{} has {} {}: {bound}", subject(used), grouped(used.used), limit.counts)
    };
    let found = match at() {
        Some(at) => Diagnostic::new(code, at, message),
        None => Diagnostic::nowhere(code, message),
    };
    let found = match others(used, max) {
        Some(others) => found.help(others),
        None => found,
    };
    Some(found.help(limit.instead))
}

/// What has too much of something: of one thing, that thing.
fn subject(used: &Used) -> String {
    match used.biggest.first().filter(|_| used.limit.is_of_one_thing()) {
        Some((name, _)) => format!("`{name}`"),
        None => used.of.to_string(),
    }
}

/// Those who use most; of one thing, the others that are too large.
fn others(used: &Used, max: u64) -> Option<String> {
    let named = |parts: &mut dyn Iterator<Item = &(String, u64)>| {
        let named: Vec<String> = parts.map(|(name, amount)| format!("`{name}` with {}", grouped(*amount))).collect();
        (!named.is_empty()).then(|| named.join(", "))
    };
    if used.limit.is_of_one_thing() {
        let mut others = used.biggest.iter().skip(1).filter(|(_, amount)| *amount > max);
        return named(&mut others).map(|others| format!("so have others: {others}"));
    }
    named(&mut used.biggest.iter()).map(|biggest| format!("most of it: {biggest}"))
}
