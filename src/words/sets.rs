//! Sets in the words of the author: the name of a set where it fits exactly, else the nearest with its exceptions.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use crate::flow::{
    FlowNames, FlowPaths, FlowServices, Match, MatchingAtom, MatchingEnds, MatchingField, MatchingNames, Product,
};
use crate::intent::{Address, Host, Intent, Says, table::predefined_services};
use crate::model::Model;
use crate::net::{AddressSet, AddressSpan, AppProtocol, HostPattern, PortSet, PortSpan};
use crate::prove::{OpaqueSort, conditions, words};
use crate::reach::opaque_words;

/// The names of one or two sources.
#[derive(Clone, Default, Debug)]
pub struct SetWords {
    pub(super) addresses: Vec<(String, AddressSet)>,
    pub(super) hosts: Vec<(String, BTreeSet<HostPattern>)>,
    /// The words of sets that were already put into words: rules share their sources and destinations.
    known: RefCell<HashMap<AddressSet, Vec<String>>>,
}

/// What is after a name that means something else now, or nothing.
pub(super) const BEFORE: &str = " (before)";

/// How many literal spans may be beside a name.
const FEW: usize = 3;

/// How many may be taken from it.
const EXCEPTIONS: usize = 5;

impl SetWords {
    /// The names of a policy and, where they mean something else or are gone, those it had before.
    pub fn of(old: (Option<&Intent>, &Model), new: (Option<&Intent>, &Model)) -> Self {
        let mut words = Self::default();
        words.learn(new.0, new.1, "");
        words.learn(old.0, old.1, BEFORE);
        words.addresses.push(("internet".to_owned(), AddressSet::internet()));
        words.addresses.push(("private".to_owned(), AddressSet::private()));
        words
    }

    fn learn(&mut self, intent: Option<&Intent>, model: &Model, suffix: &str) {
        let names = intent.into_iter().flat_map(|intent| &intent.names);
        for definition in names {
            match &definition.says {
                Says::Addresses(entries) => {
                    let set = intent.and_then(|intent| literal(entries, intent));
                    set.into_iter().for_each(|set| self.add_addresses(&definition.name, set, suffix));
                }
                Says::Hosts(hosts) => {
                    let patterns = patterns(hosts);
                    patterns.into_iter().for_each(|patterns| self.add_hosts(&definition.name, patterns, suffix));
                }
                Says::Services(_) | Says::Bundle(_) => {}
            }
        }
        for group in model.ip_groups.values() {
            self.add_addresses(&group.name, group.address_set(), suffix);
        }
    }

    fn add_addresses(&mut self, name: &str, set: AddressSet, suffix: &str) {
        if !set.is_empty() && !self.addresses.iter().any(|(_, known)| *known == set) {
            let taken = self.addresses.iter().any(|(known, _)| known == name);
            self.addresses.push((if taken { format!("{name}{suffix}") } else { name.to_owned() }, set));
        }
    }

    fn add_hosts(&mut self, name: &str, set: BTreeSet<HostPattern>, suffix: &str) {
        if set.len() > 1 && !self.hosts.iter().any(|(_, known)| *known == set) {
            let taken = self.hosts.iter().any(|(known, _)| known == name);
            self.hosts.push((if taken { format!("{name}{suffix}") } else { name.to_owned() }, set));
        }
    }

    /// Addresses.
    pub fn addresses(&self, set: &AddressSet) -> Vec<String> {
        if let Some(known) = self.known.borrow().get(set) {
            return known.clone();
        }
        let words = self.address_words(set);
        self.known.borrow_mut().insert(set.clone(), words.clone());
        words
    }

    fn address_words(&self, set: &AddressSet) -> Vec<String> {
        if set.is_any() {
            return vec!["any".to_owned()];
        }
        let said = self.exactly(set).or_else(|| self.within(set)).or_else(|| self.but_for_few(set));
        said.unwrap_or_else(|| self.in_parts(set))
    }

    /// One prefix, and the smallest set of the author that it lies in.
    fn within(&self, set: &AddressSet) -> Option<Vec<String>> {
        let spans = spans(set);
        let ([span], 1) = (spans.as_slice(), set.cidrs().len()) else { return None };
        let own = self.addresses.iter().filter(|(name, known)| !name.ends_with(BEFORE) && !is_general(known));
        let own = own.filter(|(_, known)| known.covers(set));
        let (name, _) = own.min_by_key(|(_, known)| known.count())?;
        Some(vec![format!("{span} in {name}")])
    }

    fn exactly(&self, set: &AddressSet) -> Option<Vec<String>> {
        if let [span] = spans(set).as_slice()
            && span.single().is_some()
        {
            let named = self.addresses.iter().find(|(_, known)| known == set);
            return Some(vec![named.map_or(span.to_string(), |(name, _)| format!("{name} ({span})"))]);
        }
        self.addresses.iter().find(|(_, known)| known == set).map(|(name, _)| vec![name.clone()])
    }

    /// A name with a few addresses left out.
    fn but_for_few(&self, set: &AddressSet) -> Option<Vec<String>> {
        let any = ("any".to_owned(), AddressSet::any());
        let near = self.addresses.iter().chain([&any]).filter(|(_, known)| known.covers(set));
        let near = near.filter_map(|(name, known)| {
            let without = known.difference(set);
            let said = self.exactly(&without).unwrap_or_else(|| self.in_parts(&without));
            (said.len() <= EXCEPTIONS && said.len() < spans(set).len().max(2)).then_some((name, said))
        });
        let (name, without) = near.min_by_key(|(_, without)| without.len())?;
        Some(vec![format!("{name} except {}", bracketed(&without))])
    }

    /// Names for what they hold, the rest literally; the whole literally where names do not make it shorter or clearer.
    fn in_parts(&self, set: &AddressSet) -> Vec<String> {
        let mut parts = Vec::new();
        let mut rest = set.clone();
        let mut known: Vec<&(String, AddressSet)> = self.addresses.iter().collect();
        known.sort_by_key(|(_, known)| std::cmp::Reverse(known.count()));
        for (name, known) in known {
            if rest.covers(known) && known.count() > 1 {
                parts.push(name.clone());
                rest = rest.difference(known);
            }
        }
        parts.extend(literal_words(&rest));
        let literal = literal_words(set);
        let clearer = rest.is_empty() && parts.len() <= FEW || parts.len() <= literal.len();
        if clearer { parts } else { literal }
    }

    /// Host names; `None` where any will do, and none at all.
    pub fn hosts(&self, names: &FlowNames) -> Option<Vec<String>> {
        let FlowNames::Of { unnamed, terms } = names else { return None };
        let of: BTreeSet<HostPattern> = terms.iter().flat_map(|term| term.of.iter().cloned()).collect();
        let except: Vec<String> = terms.iter().flat_map(|term| &term.except).map(ToString::to_string).collect();
        let mut said = self.named_hosts(of);
        if *unnamed {
            said.push("no name".to_owned());
        }
        if let (Some(last), false) = (said.last_mut(), except.is_empty()) {
            *last = format!("{last} except {}", bracketed(&except));
        }
        Some(said)
    }

    /// The named sets of addresses, literal ones of one name each.
    pub fn named_addresses(&self) -> impl Iterator<Item = (&str, &AddressSet)> {
        self.addresses.iter().map(|(name, set)| (name.as_str(), set))
    }

    /// What a rule asks for: services, sources, destinations.
    pub fn of_match(&self, product: &Match) -> [Vec<String>; 3] {
        let of = &product.services;
        let carrying = |ports: &PortSet| if of.any { PortSet::any() } else { of.tcp.union(ports) };
        let port = |protocol| carrying(of.application_ports(protocol));
        let services = FlowServices {
            tcp: carrying(&PortSet::empty()),
            http: port(AppProtocol::Http),
            https: port(AppProtocol::Https),
            mssql: port(AppProtocol::Mssql),
            udp: if of.any { PortSet::any() } else { of.udp.clone() },
            icmp: of.any || of.icmp,
            other: of.any,
        };
        let to = match &product.names {
            MatchingNames::Any | MatchingNames::Unnamed => self.ends(&product.destinations),
            MatchingNames::Of { patterns, atoms } => {
                let hosts = self.named_hosts(patterns.iter().cloned().collect());
                hosts.into_iter().chain(atoms.iter().map(words)).collect()
            }
            MatchingNames::Within { atoms, .. } => atoms.iter().map(words).collect(),
        };
        [self.services(&services), self.ends(&product.sources), to]
    }

    fn ends(&self, ends: &MatchingEnds) -> Vec<String> {
        let known = if ends.addresses.is_empty() { Vec::new() } else { self.addresses(&ends.addresses) };
        known.into_iter().chain(ends.atoms.iter().map(opaque_set)).collect()
    }

    fn named_hosts(&self, patterns: BTreeSet<HostPattern>) -> Vec<String> {
        let mut rest = patterns;
        let mut said = Vec::new();
        let mut known: Vec<&(String, BTreeSet<HostPattern>)> = self.hosts.iter().collect();
        known.sort_by_key(|(_, known)| std::cmp::Reverse(known.len()));
        for (name, known) in known {
            if known.is_subset(&rest) {
                said.push(name.clone());
                rest.retain(|pattern| !known.contains(pattern));
            }
        }
        said.extend(rest.iter().map(|pattern| match pattern {
            HostPattern::Any => "any-host".to_owned(),
            HostPattern::Exact(_) | HostPattern::Below(_) | HostPattern::Ending(_) => pattern.to_string(),
        }));
        said
    }

    /// Services; `bare tcp/443` is TCP that carries none of the application protocols.
    pub fn services(&self, set: &FlowServices) -> Vec<String> {
        let whole = |of: &&PortSet| PortSpan::new(1, u16::MAX).is_some_and(|all| of.covers(&all.into()));
        if set.icmp && set.other && [&set.tcp, &set.http, &set.https, &set.mssql, &set.udp].iter().all(whole) {
            return vec!["any".to_owned()];
        }
        let whole = set.tcp.intersection(&set.http).intersection(&set.https).intersection(&set.mssql);
        let mut said = ports("tcp", &whole);
        for (word, of) in [("http", &set.http), ("https", &set.https), ("mssql", &set.mssql)] {
            said.extend(ports(word, &of.difference(&whole)));
        }
        said.extend(ports("bare tcp", &set.tcp.difference(&whole)));
        said.extend(ports("udp", &set.udp));
        said.extend(set.icmp.then(|| "icmp".to_owned()));
        said.extend(set.other.then(|| "other protocols".to_owned()));
        said
    }

    /// The paths, where they matter.
    pub fn paths(&self, paths: &FlowPaths) -> Option<Vec<String>> {
        let FlowPaths::Of(terms) = paths else { return None };
        let say = |term: &crate::flow::PathTerm| {
            let list = |of: &[crate::flow::PathPattern]| of.iter().map(ToString::to_string).collect::<Vec<_>>();
            let except = list(&term.except);
            let except = if except.is_empty() { String::new() } else { format!(" except {}", bracketed(&except)) };
            format!("{}{except}", list(&term.of).join(", "))
        };
        Some(terms.iter().map(say).collect())
    }

    /// The sets that only Azure knows, and the conditions that only a deployment does, where they matter.
    pub fn opaque(&self, product: &Product) -> Vec<String> {
        let sets = |of: &[(MatchingField, MatchingAtom)], word: &str| {
            let sets = of.iter().filter(|(field, _)| *field != MatchingField::Common);
            sets.map(|atom| format!("{word} {}", opaque_words(atom))).collect::<Vec<_>>()
        };
        let any = product.any.iter().map(|of| {
            let sets: Vec<String> = of.iter().map(opaque_words).collect();
            format!("in {}", sets.join(" or "))
        });
        let conditions = conditions(&product.inside, &product.outside).into_iter().map(|said| format!("if {said}"));
        let inside = sets(&product.inside, "in").into_iter().chain(any);
        inside.chain(sets(&product.outside, "not in")).chain(conditions).collect()
    }
}

/// What rules take of a product because they come first.
pub fn excepted<'n>(rules: impl Iterator<Item = &'n str>) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    rules.for_each(|name| {
        if !names.contains(&name) {
            names.push(name);
        }
    });
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    let list = match names.len().checked_sub(SHOWN).filter(|&more| more > 0) {
        Some(more) => format!("{} and {more} more rules", shown.join(", ")),
        None => shown.join(", "),
    };
    let take = if names.len() == 1 { "takes" } else { "take" };
    (!names.is_empty()).then(|| format!("except what {list} {take} first"))
}

/// How many rules of an exception are named.
const SHOWN: usize = 4;

/// An opaque set as a person calls it: the addresses of a host name by that name.
pub fn opaque_set(atom: &MatchingAtom) -> String {
    if OpaqueSort::of(atom) == OpaqueSort::Dns { atom.name.to_string() } else { words(atom) }
}

fn ports(word: &str, ports: &PortSet) -> Vec<String> {
    let say = |span: PortSpan| {
        let text = format!("{word}/{span}");
        match (word, span.as_single()) {
            ("https", Some(443)) | ("http", Some(80)) | ("mssql", Some(1433)) => word.to_owned(),
            _ => predefined_services().find(|(_, meaning)| *meaning == text).map_or(text, |(name, _)| name.to_owned()),
        }
    };
    ports.spans().map(say).collect()
}

/// The addresses of a definition, where only the source is needed to know them.
fn literal(entries: &[Address], intent: &Intent) -> Option<AddressSet> {
    let mut set = AddressSet::default();
    for entry in entries {
        let more = match entry {
            Address::Any => AddressSet::any(),
            Address::Span(span) => AddressSet::from(*span),
            Address::IpGroup(name) => intent.ip_groups.get(name)?.addresses.iter().map(|entry| entry.value).collect(),
            Address::ServiceTag(_) | Address::OutsideIpGroup(_) | Address::Pods(_) | Address::Ipv6(_) => return None,
        };
        set = set.union(&more);
    }
    Some(set)
}

fn patterns(hosts: &[Host]) -> Option<BTreeSet<HostPattern>> {
    let pattern = |host: &Host| match host {
        Host::Pattern(pattern) => Some(pattern.clone()),
        Host::FqdnTag(_) | Host::Category(_) | Host::Url(_) => None,
    };
    hosts.iter().map(pattern).collect()
}

/// Whether a set is one that everybody has.
fn is_general(set: &AddressSet) -> bool {
    *set == AddressSet::internet() || *set == AddressSet::private() || set.is_any()
}

fn spans(set: &AddressSet) -> Vec<AddressSpan> {
    set.spans().collect()
}

fn literal_words(set: &AddressSet) -> Vec<String> {
    set.spans().map(|span| span.to_string()).collect()
}

fn bracketed(list: &[String]) -> String {
    match list {
        [one] => one.clone(),
        several => format!("({})", several.join(", ")),
    }
}
