//! Which risks a change has.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::diff::{Cause, Change, Effect};
use crate::evaluate::{OrderLevel as Whose, SortedRule};
use crate::exposure::{is_most, is_most_of_internet, is_wide, is_wide_tag, most_ports, ports, shared_suffix};
use crate::flow::{FlowNames, FlowServices, MatchingField};
use crate::intent::Meta;
use crate::model::Action;
use crate::net::{AddressSet, HostPattern, PortSet, PortSpan};
use crate::prove::OpaqueSort;

use super::{RiskLevel, RiskTable};

/// A risk of a cause.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JudgedRisks {
    /// How much it counts.
    pub level: RiskLevel,
    /// What it is.
    pub what: String,
}

/// The risks of a cause, the highest first. `meta` names the owner of the rule that decides now; `owned` is true where
/// rules of its source have owners at all.
pub fn judge(
    cause: &Cause<'_, '_>,
    table: &RiskTable,
    meta: Option<&Meta>,
    owned: bool,
    today: Date,
) -> Vec<JudgedRisks> {
    let mut found = match cause.effect {
        Effect::NewlyDenied | Effect::NewlyFiltered => return Vec::new(),
        Effect::NewlyUnfiltered => vec![risk(table.firewall_bypassed, "no rule of the firewall applies")],
        Effect::NewlyPrivate => {
            vec![risk(table.private_path, "the path to the private endpoint has no rule of the firewall")]
        }
        Effect::NewlyAllowed | Effect::TranslationChanged => {
            let mut found = of_rules(cause, table, meta, owned, today);
            found.extend(of_flows(&Opened::by(cause), table));
            found
        }
    };
    found.retain(|risk| risk.level != RiskLevel::Off);
    found.sort_by_key(|risk| std::cmp::Reverse(risk.level));
    found
}

fn risk(level: RiskLevel, what: impl Into<String>) -> JudgedRisks {
    JudgedRisks { level, what: what.into() }
}

fn of_rules(
    cause: &Cause<'_, '_>,
    table: &RiskTable,
    meta: Option<&Meta>,
    owned: bool,
    today: Date,
) -> Vec<JudgedRisks> {
    let mut found = Vec::new();
    let before = cause.before.rule().filter(|line| line.level == Whose::Parent && line.rule.action() == Action::Deny);
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
    /// The addresses of flows with any name, or with none.
    addresses: AddressSet,
    /// The services of those.
    services: FlowServices,
    /// TCP ports, whatever they carry.
    tcp: PortSet,
    patterns: BTreeSet<HostPattern>,
    /// The addresses at which web sites and databases of every name are reached.
    every_name_at: AddressSet,
    /// A service tag among the destinations that holds machines of any customer.
    of_everybody: Option<String>,
    /// A web category among the names.
    category: Option<String>,
    inbound: bool,
    /// The port after DNAT.
    translated: Option<u16>,
}

impl Opened {
    fn by(cause: &Cause<'_, '_>) -> Self {
        let mut opened = Self::default();
        if let Some(line) = cause.after.rule()
            && let SortedRule::Nat(rule) = line.rule
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
        let of_names = || product.opaque_inside().filter(|(field, _)| *field == MatchingField::Name);
        let category = of_names().find(|(_, atom)| OpaqueSort::of(atom) == OpaqueSort::Category);
        self.category = self.category.take().or(category.map(|(_, atom)| atom.name.to_string()));
        // Of names in a set that is not listed here, none is any name.
        let is_listed = of_names().next().is_none();
        let (unnamed, every_name) = if is_listed { self.add_names(&product.names) } else { (false, false) };
        let mut inside = product.opaque_inside().filter(|(field, _)| *field == MatchingField::Destination).peekable();
        let known = inside.peek().is_none();
        let wide = inside.find(|(_, atom)| OpaqueSort::of(atom) == OpaqueSort::ServiceTag && is_wide_tag(&atom.name));
        self.of_everybody = self.of_everybody.take().or(wide.map(|(_, atom)| atom.name.to_string()));
        if unnamed && known {
            self.addresses = self.addresses.union(&product.addresses);
        }
        if unnamed {
            self.services.tcp = self.services.tcp.union(&services.tcp);
            self.services.udp = self.services.udp.union(&services.udp);
        }
        let asks_by_name = [&services.http, &services.https, &services.mssql].iter().any(|ports| !ports.is_empty());
        if every_name && known && asks_by_name {
            self.every_name_at = self.every_name_at.union(&product.addresses);
        }
    }

    /// Whether flows without a name are among them, and whether those of every name are.
    fn add_names(&mut self, names: &FlowNames) -> (bool, bool) {
        match names {
            FlowNames::Any => (true, true),
            FlowNames::Of { unnamed, terms } => {
                self.patterns.extend(terms.iter().flat_map(|term| term.of.iter().cloned()));
                let every = terms.iter().any(|term| term.of.contains(&HostPattern::Any));
                (*unnamed, every)
            }
        }
    }

    /// Whether every name is reached, at whatever address the Internet has for it.
    fn every_name(&self) -> bool {
        is_most_of_internet(&self.every_name_at)
    }

    /// How much services count that are a risk to or from many addresses: all of `level` where these are a large part of the
    /// Internet, as `lint` reports them; less in one's own network, and little to few.
    fn by_width(&self, level: RiskLevel, table: &RiskTable) -> RiskLevel {
        let addresses = if self.inbound { &self.sources } else { &self.addresses };
        let of_everybody = !self.inbound && self.of_everybody.is_some();
        if of_everybody || is_wide(&addresses.intersection(&AddressSet::internet()), table.wide_prefix_length) {
            level
        } else if is_wide(addresses, table.wide_prefix_length) {
            level.min(RiskLevel::Medium)
        } else {
            level.min(RiskLevel::Low)
        }
    }

    /// The patterns of names that are reached, every name only where it is.
    fn reached_patterns(&self) -> impl Iterator<Item = &HostPattern> {
        let every = self.every_name().then_some(&HostPattern::Any);
        self.patterns.iter().filter(|pattern| **pattern != HostPattern::Any).chain(every)
    }
}

fn of_flows(opened: &Opened, table: &RiskTable) -> Vec<JudgedRisks> {
    let mut found = of_destinations(opened, table);
    if is_most_of_internet(&opened.sources) {
        if opened.inbound {
            found.push(risk(table.ingress_from_anywhere, "in from all of the Internet, or much of it"));
        } else if opened.addresses.intersects(&AddressSet::private()) {
            // Without DNAT the Internet's flows do not come to the firewall by themselves.
            let level = table.ingress_from_anywhere.min(RiskLevel::Medium);
            found.push(risk(level, "to private addresses from all of the Internet, or much of it"));
        }
    }
    if is_wide(&opened.sources, table.wide_prefix_length) {
        let length = table.wide_prefix_length;
        found.push(risk(table.wide_sources, format!("from as many addresses as a /{length} has, or more")));
    }
    if let Some(ports) = whole(&opened.services) {
        found.push(risk(opened.by_width(table.whole_port_range, table), ports));
    }
    found.extend(managed(opened, table));
    found
}

/// The risks of where to, but for DNAT, whose targets are one's own.
fn of_destinations(opened: &Opened, table: &RiskTable) -> Vec<JudgedRisks> {
    let mut found = Vec::new();
    if opened.inbound {
        return found;
    }
    let (every_name, internet) = (opened.every_name(), is_most_of_internet(&opened.addresses));
    if is_most(&opened.sources, &AddressSet::private()) && (every_name || internet) {
        found.push(risk(table.any_to_any, "from nearly every machine to nearly everywhere"));
    }
    if every_name {
        found.push(risk(table.every_name, "to every name"));
    }
    if let Some(category) = opened.category.as_ref().filter(|_| !every_name) {
        found.push(risk(table.every_name, format!("to every name of web category `{category}`")));
    }
    if internet {
        found.push(risk(table.all_of_internet, "to all of the Internet, or much of it"));
    }
    let shared = |pattern: &HostPattern| Some((pattern.clone(), shared_suffix(pattern)?));
    for (pattern, suffix) in opened.reached_patterns().filter_map(shared) {
        let what = format!("`{pattern}` takes in names below `{}`, which anybody can get", suffix.name);
        found.push(risk(table.shared_hosting, what));
    }
    let length = table.wide_prefix_length;
    if is_wide(&opened.addresses, length) {
        found.push(risk(table.wide_prefix, format!("to as many addresses as a /{length} has, or more")));
    } else if let Some(tag) = &opened.of_everybody {
        found.push(risk(table.wide_prefix, format!("to service tag `{tag}`, which holds machines of everybody")));
    }
    found
}

/// The management ports that are opened; with DNAT, the ports after translation.
fn managed(opened: &Opened, table: &RiskTable) -> Option<JudgedRisks> {
    let wanted = ports(&table.management_port_numbers);
    let behind: Option<PortSet> = opened.translated.and_then(PortSpan::single).map(Into::into);
    let open = behind.unwrap_or_else(|| opened.tcp.clone()).intersection(&wanted);
    let said: Vec<String> = open.spans().map(|span| span.to_string()).collect();
    let level = opened.by_width(table.management_ports, table);
    (!said.is_empty()).then(|| risk(level, format!("management port {}", said.join(", "))))
}

/// The risk that most ports of a protocol are opened, in words.
fn whole(services: &FlowServices) -> Option<String> {
    let said: Vec<String> = [("TCP", &services.tcp), ("UDP", &services.udp)]
        .iter()
        .filter_map(|(word, ports)| Some(format!("{} of {word}", most_ports(ports)?)))
        .collect();
    (!said.is_empty()).then(|| said.join(", "))
}
