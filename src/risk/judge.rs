//! Which risks a change has.

use jiff::civil::Date;

use crate::azure::Action;
use crate::azure::evaluate::{Level as Whose, Rule};
use crate::diff::{Cause, Change, Effect};
use crate::flow::{FlowNames, FlowServices};
use crate::intent::Meta;
use crate::lint::SHARED_HOSTING;
use crate::net::{AddressSet, HostPattern, PortSet, PortSpan};

use super::{Level, Table};

/// A risk of a cause.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Judged {
    /// How much it counts.
    pub level: Level,
    /// What it is.
    pub what: String,
}

/// The risks of a cause, the highest first. `meta` says who answers for the rule that decides now; `owned` whether rules of
/// its source have owners at all.
pub fn judge(cause: &Cause<'_, '_>, table: &Table, meta: Option<&Meta>, owned: bool, today: Date) -> Vec<Judged> {
    if cause.effect == Effect::NewlyDenied {
        return Vec::new();
    }
    let mut found = of_rules(cause, table, meta, owned, today);
    for change in &cause.changes {
        for risk in of_flows(change, table) {
            if !found.contains(&risk) {
                found.push(risk);
            }
        }
    }
    found.retain(|risk| risk.level != Level::Off);
    found.sort_by(|a, b| b.level.cmp(&a.level));
    found
}

fn risk(level: Level, what: impl Into<String>) -> Judged {
    Judged { level, what: what.into() }
}

fn of_rules(cause: &Cause<'_, '_>, table: &Table, meta: Option<&Meta>, owned: bool, today: Date) -> Vec<Judged> {
    let mut found = Vec::new();
    let before = cause.before.line().filter(|line| line.level == Whose::Parent && line.rule.action() == Action::Deny);
    if let Some(line) = before {
        let what = format!("it passes what `{}` of the base policy `{}` denied", line.rule.name(), line.policy.name);
        found.push(risk(table.bypass_of_base, what));
    }
    if let Some(expires) = meta.and_then(|meta| meta.expires.as_ref()).filter(|expires| expires.value < today) {
        found.push(risk(table.expired_rule, format!("the rule expired on {}", expires.value)));
    }
    if owned && meta.is_some_and(|meta| meta.owner.is_none()) {
        found.push(risk(table.ownerless_rule, "nobody answers for the rule"));
    }
    found
}

fn of_flows(change: &Change<'_>, table: &Table) -> Vec<Judged> {
    let product = &change.product;
    let mut found = Vec::new();
    let inbound = change.after.line().is_some_and(|line| matches!(line.rule, Rule::Nat(_)));
    let unnamed = match &product.names {
        FlowNames::Any => true,
        FlowNames::Of { unnamed, .. } => *unnamed,
    };
    let known = !product.inside.iter().any(|(field, _)| *field == crate::flow::Field::Destination);
    let everywhere = unnamed && known && product.addresses.covers(&AddressSet::internet()) || any_name(&product.names);
    if product.sources.covers(&AddressSet::private()) && everywhere && !inbound {
        found.push(risk(table.any_to_any, "from every machine to everywhere"));
    }
    if let Some(protocol) = whole(&product.services).filter(|_| unnamed) {
        found.push(risk(table.whole_port_range, format!("every port of {protocol}")));
    }
    for suffix in shared(&product.names) {
        let what = format!("names below `{suffix}`, which anybody can get");
        found.push(risk(table.shared_hosting, what));
    }
    let size = if unnamed && known { count(&product.addresses) } else { 0 };
    let wide = 1u64 << (32 - u32::from(table.wide_prefix_length.min(32)));
    if size >= wide && !inbound {
        found.push(risk(table.wide_prefix, format!("as many addresses as a /{} or more", table.wide_prefix_length)));
    }
    if inbound && product.sources.covers(&AddressSet::internet()) {
        found.push(risk(table.ingress_from_anywhere, "from all of the Internet"));
    }
    let managed: PortSet = table.management_port_numbers.iter().filter_map(|&port| PortSpan::single(port)).collect();
    let ports = product.services.tcp.intersection(&managed);
    if !ports.is_empty() {
        let ports: Vec<String> = ports.spans().map(|span| span.to_string()).collect();
        found.push(risk(table.management_ports, format!("management port {}", ports.join(", "))));
    }
    found
}

fn any_name(names: &FlowNames) -> bool {
    match names {
        FlowNames::Any => false,
        FlowNames::Of { terms, .. } => terms.iter().any(|term| term.of.contains(&HostPattern::Any)),
    }
}

/// The protocol of which every port is open.
fn whole(services: &FlowServices) -> Option<&'static str> {
    let whole = |ports: &PortSet| PortSpan::new(1, u16::MAX).is_some_and(|all| ports.covers(&all.into()));
    match (whole(&services.tcp), whole(&services.udp)) {
        (true, true) => Some("TCP and UDP"),
        (true, false) => Some("TCP"),
        (false, true) => Some("UDP"),
        (false, false) => None,
    }
}

/// The wildcards that take in names below a suffix that many share.
fn shared(names: &FlowNames) -> Vec<String> {
    let FlowNames::Of { terms, .. } = names else { return Vec::new() };
    let patterns = terms.iter().flat_map(|term| &term.of);
    let wide = |pattern: &&HostPattern| match pattern {
        HostPattern::Any | HostPattern::Exact(_) => false,
        HostPattern::Below(name) | HostPattern::Ending(name) => {
            let name = name.as_str();
            SHARED_HOSTING.iter().any(|suffix| {
                suffix.name == name || suffix.name.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'))
            })
        }
    };
    patterns.filter(wide).map(ToString::to_string).collect()
}

fn count(addresses: &AddressSet) -> u64 {
    let intervals = addresses.as_intervals().intervals();
    intervals.iter().map(|interval| u64::from(interval.last() - interval.first()) + 1).sum()
}
