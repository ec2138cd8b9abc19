//! Puts the rules of a group into collections.

use crate::diag::{Code, Diagnostic, Severity};
use crate::intent::{self, Address, AsIsDnat, CollectionKind, Dnat, Entry, GroupBody};
use crate::limits;
use crate::model::{
    Action, AddressTerm, ApplicationRule, Carried, Collection, DnatTranslation, NatMatches, NatRule, NetworkMatches,
    NetworkRule, Presence, Priority, Rules, Sources, size,
};
use crate::net::PortSpan;
use crate::source::{Origin, SourceSpan};

use super::as_is::{self, AsIs, AsIsNote};
use super::called::{CalledNames, GivenNames, NameRequest, give};
use super::fault::fault;
use super::lock::MadeUp;
use super::lowered::{LoweredPolicy, PlacedRule};
use super::lowering::{PolicyLowering, Purpose};
use super::matches::{address_terms, application_matches, nat_protocol, nat_target, sources};
use super::names::{MAX_NAME, fit, from_content};
use super::optimise::Saving;
use super::part_names::Naming;
use super::parts::{GroupPart, NetworkEnds, PartKind, parts};
use super::{denies, priorities};

/// The collections that hold the rules of a group, with priorities that never change.
const SLOTS: [(Slot, &str, u32); 5] = [
    (Slot::Dnat, "dnat", 100),
    (Slot::Network(intent::Action::Deny), "deny-network", 200),
    (Slot::Network(intent::Action::Allow), "allow-network", 300),
    (Slot::Application(intent::Action::Deny), "deny-application", 400),
    (Slot::Application(intent::Action::Allow), "allow-application", 500),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Slot {
    Dnat,
    Network(intent::Action),
    Application(intent::Action),
}

impl PolicyLowering<'_> {
    /// The collections of one group.
    pub(super) fn group(&mut self, group: &intent::Group, place: usize, done: &mut LoweredPolicy) -> Vec<Collection> {
        done.source_rules += group.body.rules().map(intent::Rules::len).sum::<usize>();
        group.body.rules().for_each(|rules| self.check_labels(rules));
        match &group.body {
            GroupBody::Rules(rules) => self.rules(group, rules, place, done),
            GroupBody::Collections(collections) => self.stated(&group.name.value, collections, place, done),
        }
    }

    fn rules(
        &mut self,
        group: &intent::Group,
        rules: &intent::Rules,
        place: usize,
        done: &mut LoweredPolicy,
    ) -> Vec<Collection> {
        let mut placed = Vec::new();
        let kept_as_is = self.as_is(&rules.filters);
        for rule in rules.filters.iter().filter(|rule| rule.as_is.is_none()) {
            let rank = usize::from(rule.action == intent::Action::Allow);
            for part in parts(rule, &mut self.diagnostics) {
                placed.push(PlacedRule { place: (place, rank), action: rule.action, part });
            }
        }
        if self.purpose == Purpose::Deployed {
            denies::check(&placed, self.meant, &mut self.diagnostics);
        }
        let mut collections = Vec::new();
        for (slot, suffix, priority) in SLOTS {
            let slot_rules = match slot {
                Slot::Dnat => self.nat_rules(&rules.dnats, &group.name.value, done),
                Slot::Network(action) | Slot::Application(action) => {
                    let own: Vec<GroupPart> =
                        placed.iter().filter(|p| slot_of(p) == slot).map(|p| p.part.clone()).collect();
                    let kind = CollectionFilter { is_application: slot == Slot::Application(action), action };
                    let items = self.optimised(kind, own, done).into_iter().map(CollectionItem::Part);
                    let as_is =
                        kept_as_is.iter().filter(|(own, rule)| *own == action && slot_of_as_is(*own, rule) == slot);
                    let items = items.chain(as_is.map(|(_, rule)| CollectionItem::AsIs(rule.clone()))).collect();
                    self.filter_rules(kind, items, &group.name.value, done)
                }
            };
            let Some(priority) = Priority::new(priority).filter(|_| !slot_rules.is_empty()) else { continue };
            let name = fit(&format!("{}-{suffix}", group.name.value), &group.name.value);
            collections.push(Collection {
                name,
                priority,
                presence: Presence::Always,
                rules: slot_rules,
                carried: Carried::default(),
                origin: Some(group.origin.clone()),
            });
        }
        done.parts.extend(placed);
        collections
    }

    /// The parts after the steps of the optimiser; `done` records what each of them saved.
    fn optimised(&self, kind: CollectionFilter, mut parts: Vec<GroupPart>, done: &mut LoweredPolicy) -> Vec<GroupPart> {
        let steps = self.how.steps;
        let naming = if steps.is_empty() { Naming::Whole } else { Naming::WithoutEnds };
        parts.iter_mut().for_each(|part| part.called.extend(CalledNames::part(part, naming, kind.sort())));
        done.savings.resize(steps.len(), Saving::default());
        if steps.is_empty() {
            return parts;
        }
        let mut before = measured(kind, &parts);
        for (step, saving) in steps.iter().zip(&mut done.savings) {
            let extent = extent(&parts);
            parts = step.on_parts(parts, &mut done.removals);
            if self::extent(&parts) == extent {
                continue;
            }
            let after = measured(kind, &parts);
            saving.add(before.less(after));
            before = after;
        }
        parts
    }

    /// The rules that are `as-is`, with what they do.
    fn as_is(&mut self, rules: &[intent::Rule]) -> Vec<(intent::Action, AsIs)> {
        let of = rules.iter().filter(|rule| rule.as_is.is_some());
        of.filter_map(|rule| Some((rule.action, as_is::filter(rule, &mut self.diagnostics)?))).collect()
    }

    /// The collections that the author made, rule for rule.
    fn stated(
        &mut self,
        group: &str,
        collections: &[intent::Collection],
        place: usize,
        done: &mut LoweredPolicy,
    ) -> Vec<Collection> {
        let mut lowered = Vec::new();
        let known = self.how.lock.collections(&done.name, group);
        let order = priorities::collections(collections, &known, &mut self.diagnostics);
        for (rank, (collection, priority)) in order.into_iter().enumerate() {
            let rules = match collection.kind {
                CollectionKind::Dnat => self.nat_rules(&collection.rules.dnats, group, done),
                CollectionKind::Filter(action) => {
                    let own = self.stated_items(collection, action);
                    let place = (place, rank);
                    let parts = own.iter().filter_map(CollectionItem::part).cloned();
                    done.parts.extend(parts.map(|part| PlacedRule { place, action, part }));
                    let is_application = own.iter().any(CollectionItem::is_application);
                    self.filter_rules(CollectionFilter { is_application, action }, own, group, done)
                }
            };
            let name = collection.name.value.clone();
            lowered.push(Collection {
                name,
                priority,
                presence: Presence::Always,
                rules,
                carried: collection.carried.clone(),
                origin: Some(collection.origin.clone()),
            });
        }
        lowered
    }

    /// The rules of a collection, named as the lock knows them.
    fn filter_rules(
        &mut self,
        kind: CollectionFilter,
        items: Vec<CollectionItem>,
        group: &str,
        done: &mut LoweredPolicy,
    ) -> Rules {
        let asking: Vec<NameRequest> = items.iter().map(CollectionItem::asking).collect();
        let ats: Vec<Option<SourceSpan>> = items.iter().map(CollectionItem::at).collect();
        let names = self.names(&asking, &ats, group, done);
        kind.rules(items, names)
    }

    /// The names of the rules of a collection, whose labels are at `ats`; `done` records which of them were made up.
    fn names(
        &mut self,
        asking: &[NameRequest],
        ats: &[Option<SourceSpan>],
        group: &str,
        done: &mut LoweredPolicy,
    ) -> Vec<String> {
        let policy = self.meant.policies.iter().find(|policy| policy.name.value == done.name);
        let is_there = |name: &str| policy.is_some_and(|own| own.groups.iter().any(|own| own.name.value == name));
        let GivenNames { names, made_up, clashes } = give(asking, &self.how.lock.names(&done.name, group, is_there));
        for (name, marks) in made_up {
            done.made_up.entry(group.to_owned()).or_default().entry(name).or_default().extend(marks);
        }
        for (label, other) in clashes {
            let (Some(Some(at)), Some(other)) = (ats.get(label), ats.get(other)) else { continue };
            let named = asking.get(label).and_then(NameRequest::as_label).unwrap_or_default();
            let message = format!("`{named}` is what another rule of `{group}` is called already");
            let found = Diagnostic::new(Code::FW0206, *at, message);
            let found = other.iter().fold(found, |found, other| found.related(*other, "a name was made up for it"));
            self.diagnostics.push(found.help("give the new rule another label, or label the old one too"));
        }
        names
    }

    /// The rules of a collection in written order, all of which must have one kind.
    fn stated_items(&mut self, collection: &intent::Collection, action: intent::Action) -> Vec<CollectionItem> {
        let mut own = Vec::new();
        for rule in &collection.rules.filters {
            match rule.as_is {
                Some(_) => own.extend(as_is::filter(rule, &mut self.diagnostics).map(CollectionItem::AsIs)),
                None => own.extend(parts(rule, &mut self.diagnostics).into_iter().map(|part| stated(part, action))),
            }
        }
        let network = own.iter().find(|item| !item.is_application());
        let application = own.iter().find(|item| item.is_application());
        if let (Some(network), Some(application)) = (network, application) {
            let message = format!("collection `{}` mixes network and application rules", collection.name.value);
            let found = Diagnostic::new(Code::FW0207, collection.name.at, message);
            let found = network.at().into_iter().fold(found, |found, at| found.related(at, "a network rule"));
            let found = application.at().into_iter().fold(found, |found, at| found.related(at, "an application rule"));
            self.diagnostics.push(found.help("make two collections of it"));
        }
        own
    }

    fn nat_rules(&mut self, dnats: &[Dnat], group: &str, done: &mut LoweredPolicy) -> Rules {
        let most = match self.purpose {
            Purpose::Deployed => self.how.options.max(&limits::DNAT),
            Purpose::Asked => u64::MAX,
        };
        let mut asked: Vec<(NatRule, NameRequest)> = Vec::new();
        for dnat in dnats {
            match &dnat.as_is {
                Some(said) => {
                    self.check_dnat_as_is(dnat, said);
                    asked.push(as_is::nat_rule(dnat, said));
                }
                None => {
                    self.check_dnat(dnat);
                    asked.extend(nat_rules(dnat, most));
                }
            }
        }
        let (rules, asking): (Vec<NatRule>, Vec<NameRequest>) = asked.into_iter().unzip();
        let ats: Vec<Option<SourceSpan>> = rules.iter().map(|rule| rule.origin.as_ref()?.span()).collect();
        let names = self.names(&asking, &ats, group, done);
        Rules::Nat(rules.into_iter().zip(names).map(|(rule, name)| NatRule { name, ..rule }).collect())
    }

    /// Reports a port of a rule that is `as-is`, and so comes from a firewall that has it.
    fn check_dnat_as_is(&mut self, dnat: &Dnat, said: &AsIsDnat) {
        let most = self.how.options.max(&limits::DNAT_PORTS);
        let target = dnat.target_port.as_ref().map(|port| port.value);
        let largest = said.ports.iter().map(|span| span.last()).chain(target).map(u64::from).max().unwrap_or(0);
        if largest > most {
            let message = format!("DNAT takes ports up to {most}, found {largest}");
            let found = super::fault(Code::FW0405, &dnat.origin, dnat.ports.at, message);
            self.diagnostics.push(found.severity(Severity::Warning).help(limits::DNAT_PORTS.note));
        }
    }

    /// Reports the labels of rules that are too long for a name.
    fn check_labels(&mut self, rules: &intent::Rules) {
        let filters = rules.filters.iter().map(|rule| (&rule.label, &rule.origin));
        let labels = filters.chain(rules.dnats.iter().map(|dnat| (&dnat.label, &dnat.origin)));
        for (label, origin) in labels.filter_map(|(label, origin)| Some((label.as_ref()?, origin))) {
            let length = label.value.chars().count();
            if length > MAX_NAME {
                let message = format!("the label has {length} characters: it is cut to {MAX_NAME} in the artefacts");
                let found = super::fault(Code::FW0403, origin, label.at, message).severity(Severity::Warning);
                self.diagnostics.push(found.help("use a shorter label, and `##` for what the rule is for"));
            }
        }
    }

    fn check_dnat(&mut self, dnat: &Dnat) {
        let ports = dnat.ports.value;
        for entry in &dnat.from {
            if let Address::ServiceTag(tag) = &entry.value {
                let message =
                    format!("service tag `{tag}` as a source: Azure Firewall takes service tags as destinations only");
                self.diagnostics.push(fault(Code::FW0406, &dnat.origin, entry.at, message));
            }
        }
        if let (Some(target), None) = (&dnat.target_port, ports.as_single()) {
            let message = format!("ports {ports} cannot all go to port {}", target.value);
            let found = Diagnostic::new(Code::FW0407, dnat.ports.at, message).related(target.at, "a single port");
            self.diagnostics
                .push(found.help("leave the target port out to keep each port, or write one rule for each"));
        }
        let largest = ports.last().max(dnat.target_port.as_ref().map_or(0, |port| port.value));
        let most = self.how.options.max(&limits::DNAT_PORTS);
        if u64::from(largest) > most {
            let message = format!("DNAT takes ports up to {most}, found {largest}");
            self.diagnostics.push(fault(Code::FW0405, &dnat.origin, dnat.ports.at, message));
        }
        let most = self.how.options.max(&limits::DNAT);
        if u64::from(ports.last() - ports.first()) >= most {
            let message = format!("the range needs a DNAT rule for each port: a firewall takes {most}");
            self.diagnostics.push(fault(Code::FW0405, &dnat.origin, dnat.ports.at, message));
        }
    }
}

/// A rule of a collection that the author made, which no step of the optimiser merges.
fn stated(mut part: GroupPart, action: intent::Action) -> CollectionItem {
    let kind = CollectionFilter { is_application: matches!(part.kind, PartKind::Application { .. }), action };
    part.called.extend(CalledNames::part(&part, Naming::Whole, kind.sort()));
    CollectionItem::Part(part)
}

/// What becomes one rule of a collection.
#[derive(Clone, Debug)]
enum CollectionItem {
    Part(GroupPart),
    AsIs(AsIs),
}

impl CollectionItem {
    fn part(&self) -> Option<&GroupPart> {
        match self {
            Self::Part(part) => Some(part),
            Self::AsIs(_) => None,
        }
    }

    /// The name request of its rule.
    fn asking(&self) -> NameRequest {
        match self {
            Self::Part(part) => NameRequest::part(part),
            Self::AsIs(rule) => rule.asking(),
        }
    }

    fn is_application(&self) -> bool {
        match self {
            Self::Part(part) => matches!(part.kind, PartKind::Application { .. }),
            Self::AsIs(rule) => matches!(rule.said, AsIsNote::Application(_)),
        }
    }

    fn at(&self) -> Option<SourceSpan> {
        let origin = match self {
            Self::Part(part) => Some(&part.origin),
            Self::AsIs(AsIs { said: AsIsNote::Network(rule), .. }) => rule.origin.as_ref(),
            Self::AsIs(AsIs { said: AsIsNote::Application(rule), .. }) => rule.origin.as_ref(),
        };
        origin.and_then(Origin::span)
    }

    fn network(self, name: String) -> Option<NetworkRule> {
        match self {
            Self::Part(part) => network_rule(part, name),
            Self::AsIs(AsIs { said: AsIsNote::Network(rule), .. }) => Some(NetworkRule { name, ..rule }),
            Self::AsIs(AsIs { said: AsIsNote::Application(_), .. }) => None,
        }
    }

    fn application(self, name: String) -> Option<ApplicationRule> {
        match self {
            Self::Part(part) => application_rule(part, name),
            Self::AsIs(AsIs { said: AsIsNote::Application(rule), .. }) => Some(ApplicationRule { name, ..rule }),
            Self::AsIs(AsIs { said: AsIsNote::Network(_), .. }) => None,
        }
    }
}

fn slot_of_as_is(action: intent::Action, rule: &AsIs) -> Slot {
    match rule.said {
        AsIsNote::Network(_) => Slot::Network(action),
        AsIsNote::Application(_) => Slot::Application(action),
    }
}

fn slot_of(placed: &PlacedRule) -> Slot {
    match placed.part.kind {
        PartKind::Network { .. } => Slot::Network(placed.action),
        PartKind::Application { .. } => Slot::Application(placed.action),
    }
}

/// The kind of a collection's rules, and what they do.
#[derive(Clone, Copy)]
struct CollectionFilter {
    is_application: bool,
    action: intent::Action,
}

impl CollectionFilter {
    /// What separates the names of such rules from those of others.
    fn sort(self) -> &'static str {
        match (self.is_application, self.action) {
            (false, intent::Action::Allow) => "allow network",
            (false, intent::Action::Deny) => "deny network",
            (true, intent::Action::Allow) => "allow application",
            (true, intent::Action::Deny) => "deny application",
        }
    }

    /// `items` as rules, with their names.
    fn rules(self, items: Vec<CollectionItem>, names: Vec<String>) -> Rules {
        let action = match self.action {
            intent::Action::Allow => Action::Allow,
            intent::Action::Deny => Action::Deny,
        };
        let items = items.into_iter().zip(names);
        if self.is_application {
            Rules::Application(action, items.filter_map(|(item, name)| item.application(name)).collect())
        } else {
            Rules::Network(action, items.filter_map(|(item, name)| item.network(name)).collect())
        }
    }
}

/// How much the rules of some parts take.
/// How many parts there are, and entries in them. A step only removes or joins some, so that it changed nothing where this is
/// as before.
fn extent(parts: &[GroupPart]) -> (usize, usize) {
    (parts.len(), parts.iter().map(GroupPart::entries).sum())
}

fn measured(kind: CollectionFilter, parts: &[GroupPart]) -> Saving {
    let asking: Vec<NameRequest> = parts.iter().map(NameRequest::part).collect();
    let names = give(&asking, &MadeUp::new()).names;
    let rules = kind.rules(parts.iter().cloned().map(CollectionItem::Part).collect(), names);
    Saving::new(rules.len(), limits::pairs(&rules), size::of_rules(&rules))
}

fn network_rule(part: GroupPart, name: String) -> Option<NetworkRule> {
    let PartKind::Network { protocols, ports, to } = &part.kind else { return None };
    let (mut destinations, mut groups, mut fqdns) = (Vec::new(), Vec::new(), Vec::new());
    match to {
        NetworkEnds::Addresses(entries) => (destinations, groups) = address_terms(entries),
        NetworkEnds::Names(entries) => fqdns = entries.iter().map(|entry| entry.value.clone()).collect(),
    }
    Some(NetworkRule {
        name,
        description: part.description,
        origin: Some(part.origin),
        matches: NetworkMatches {
            protocols: protocols.clone(),
            sources: sources(&part.sources),
            destinations,
            destination_ip_groups: groups,
            destination_fqdns: fqdns,
            ports: ports.clone(),
        },
        handling: (),
        carried: part.carried,
    })
}

fn application_rule(part: GroupPart, name: String) -> Option<ApplicationRule> {
    let PartKind::Application { services, hosts, handling } = &part.kind else { return None };
    Some(ApplicationRule {
        name,
        description: part.description.clone(),
        origin: Some(part.origin.clone()),
        matches: application_matches(services, sources(&part.sources), Vec::new(), hosts),
        handling: handling.clone(),
        carried: part.carried.clone(),
    })
}

/// One NAT rule for each address and port, as Azure takes them, without a name, and which it shall have. A firewall takes
/// `most` of them.
fn nat_rules(dnat: &Dnat, most: u64) -> Vec<(NatRule, NameRequest)> {
    let (first, last) = (dnat.ports.value.first(), dnat.ports.value.last());
    // A range that is too large has been reported; its first port represents it.
    let last = if u64::from(last - first) < most { last } else { first };
    let mut rules = Vec::new();
    for to in &dnat.to {
        for (port, span) in (first..=last).filter_map(|port| Some((port, PortSpan::single(port)?))) {
            for (suffix, sources) in nat_sources(&dnat.from) {
                let asking = nat_name(dnat, to.value, port, suffix);
                let rule = NatRule {
                    name: String::new(),
                    description: dnat.description.clone(),
                    origin: Some(dnat.origin.clone()),
                    matches: NatMatches {
                        protocols: vec![nat_protocol(dnat.transport)],
                        sources,
                        destinations: vec![AddressTerm::Span(to.value.into())],
                        ports: vec![span],
                    },
                    handling: DnatTranslation {
                        target: nat_target(&dnat.target.value),
                        port: dnat.target_port.as_ref().map_or(port, |port| port.value),
                    },
                    carried: dnat.carried.clone(),
                };
                rules.push((rule, asking));
            }
        }
    }
    rules
}

/// Addresses and IP groups apart, each with what its rule's name ends in.
fn nat_sources(entries: &[Entry<Address>]) -> Vec<(&'static str, Sources)> {
    let Sources { addresses, ip_groups, .. } = sources(entries);
    let suffix = if addresses.is_empty() { "" } else { "-from-ip-group" };
    let mut split = Vec::new();
    if !addresses.is_empty() {
        split.push(("", Sources { addresses, ..Sources::default() }));
    }
    if !ip_groups.is_empty() {
        split.push((suffix, Sources { ip_groups, ..Sources::default() }));
    }
    split
}

fn nat_name(dnat: &Dnat, to: std::net::Ipv4Addr, port: u16, suffix: &str) -> NameRequest {
    let sources: Vec<String> = dnat.from.iter().map(|entry| entry.value.to_string()).collect();
    let content = format!("{}/{port} {to} {}", dnat.transport, sources.join(","));
    let wanted = match &dnat.label {
        Some(label) if dnat.ports.value.as_single().is_some() && dnat.to.len() == 1 && suffix.is_empty() => {
            return NameRequest::label(&label.value, content);
        }
        Some(label) if dnat.ports.value.as_single().is_some() && dnat.to.len() == 1 => label.value.clone(),
        Some(label) if dnat.to.len() == 1 => format!("{}-{port}", label.value),
        Some(label) => format!("{}-{to}-{port}", label.value),
        None => {
            let words = ["dnat".to_owned(), dnat.transport.to_string(), port.to_string()];
            let name = format!("{}{suffix}", from_content(&words, &content));
            let place = dnat.to.iter().position(|entry| entry.value == to).unwrap_or(0);
            let written = format!("{} {place} {port}{suffix}", dnat.written);
            return NameRequest::made_up(&[CalledNames::new(name, &written, "dnat")], content);
        }
    };
    NameRequest::like_label(format!("{wanted}{suffix}"), content)
}
