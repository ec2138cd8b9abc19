//! Which risks a change has.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::diff::{Cause, Change, Effect};
use crate::evaluate::{Level as Whose, Rule};
use crate::explain::Decision;
use crate::exposure::is_wide;
use crate::flow::{Field, FlowNames, FlowServices};
use crate::intent::Meta;
use crate::lint::shared_suffix;
use crate::model::Action;
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
    found.extend(of_flows(&Opened::by(cause), table));
    found.retain(|risk| risk.level != Level::Off);
    found.sort_by_key(|risk| std::cmp::Reverse(risk.level));
    found
}

fn risk(level: Level, what: impl Into<String>) -> Judged {
    Judged { level, what: what.into() }
}

fn of_rules(cause: &Cause<'_, '_>, table: &Table, meta: Option<&Meta>, owned: bool, today: Date) -> Vec<Judged> {
    let mut found = Vec::new();
    let before = cause.before.line().filter(|line| line.level == Whose::Parent && line.rule.action() == Action::Deny);
    if let Some(line) = before {
        let what = format!("`{}` of the base policy `{}` denied it", line.rule.name(), line.policy.name);
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

/// What a cause opens, each dimension by itself. One rule decides all of it, which is a product of such dimensions, so that
/// together they are hardly wider than what is opened.
#[derive(Default)]
struct Opened {
    sources: AddressSet,
    /// The addresses of flows that ask for any name, or for none.
    addresses: AddressSet,
    /// The services of those.
    services: FlowServices,
    /// TCP ports, whatever they carry.
    tcp: PortSet,
    patterns: BTreeSet<HostPattern>,
    inbound: bool,
    /// The port behind DNAT.
    translated: Option<u16>,
}

impl Opened {
    fn by(cause: &Cause<'_, '_>) -> Self {
        let mut opened = Self::default();
        if let Decision::Rule(line) = cause.after
            && let Rule::Nat(rule) = line.rule
        {
            (opened.inbound, opened.translated) = (true, Some(rule.handling.port));
        }
        cause.changes.iter().for_each(|change| opened.add(change));
        opened
    }

    fn add(&mut self, change: &Change<'_>) {
        let product = &change.product;
        let services = &product.services;
        self.sources = self.sources.union(&product.sources);
        for ports in [&services.tcp, &services.http, &services.https, &services.mssql] {
            self.tcp = self.tcp.union(ports);
        }
        let unnamed = match &product.names {
            FlowNames::Any => true,
            FlowNames::Of { unnamed, terms } => {
                self.patterns.extend(terms.iter().flat_map(|term| term.of.iter().cloned()));
                *unnamed
            }
        };
        let known = !product.opaque_inside().any(|(field, _)| *field == Field::Destination);
        if unnamed && known {
            self.addresses = self.addresses.union(&product.addresses);
        }
        if unnamed {
            self.services.tcp = self.services.tcp.union(&services.tcp);
            self.services.udp = self.services.udp.union(&services.udp);
        }
    }
}

fn of_flows(opened: &Opened, table: &Table) -> Vec<Judged> {
    let mut found = Vec::new();
    let (internet, private) = (AddressSet::internet(), AddressSet::private());
    let everywhere = most(&opened.addresses, &internet) || opened.patterns.contains(&HostPattern::Any);
    if !opened.inbound && most(&opened.sources, &private) && everywhere {
        found.push(risk(table.any_to_any, "from nearly every machine to nearly everywhere"));
    }
    if let Some(ports) = whole(&opened.services) {
        found.push(risk(table.whole_port_range, ports));
    }
    for pattern in &opened.patterns {
        if let Some(suffix) = shared_suffix(pattern) {
            let what = format!("`{pattern}` takes in names below `{}`, which anybody can get", suffix.name);
            found.push(risk(table.shared_hosting, what));
        }
    }
    let length = table.wide_prefix_length.min(32);
    if !opened.inbound && is_wide(&opened.addresses, length) {
        found.push(risk(table.wide_prefix, format!("to as many addresses as a /{length} has, or more")));
    }
    if opened.inbound && most(&opened.sources, &internet) {
        found.push(risk(table.ingress_from_anywhere, "in from nearly all of the Internet"));
    }
    found.extend(managed(opened, table).map(|ports| risk(table.management_ports, format!("management port {ports}"))));
    found
}

/// The ports of management that are opened, behind DNAT those that are reached.
fn managed(opened: &Opened, table: &Table) -> Option<String> {
    let wanted: PortSet = table.management_port_numbers.iter().filter_map(|&port| PortSpan::single(port)).collect();
    let behind: Option<PortSet> = opened.translated.and_then(PortSpan::single).map(Into::into);
    let ports = behind.unwrap_or_else(|| opened.tcp.clone()).intersection(&wanted);
    let said: Vec<String> = ports.spans().map(|span| span.to_string()).collect();
    (!said.is_empty()).then(|| said.join(", "))
}

/// Whether at least half of `of` is in `set`: what a change opens lacks what was open before.
fn most(set: &AddressSet, of: &AddressSet) -> bool {
    2 * set.intersection(of).count() >= of.count()
}

/// That most ports of a protocol are opened, in words.
fn whole(services: &FlowServices) -> Option<String> {
    let say = |protocol: &str, ports: &PortSet| {
        let number: u64 =
            ports.as_intervals().intervals().iter().map(|span| u64::from(span.last() - span.first()) + 1).sum();
        let all = u64::from(u16::MAX);
        let how = if number >= all { "every port" } else { "most ports" };
        (2 * number >= all).then(|| format!("{how} of {protocol}"))
    };
    let said: Vec<String> =
        [("TCP", &services.tcp), ("UDP", &services.udp)].iter().filter_map(|(word, ports)| say(word, ports)).collect();
    (!said.is_empty()).then(|| said.join(", "))
}
