//! Removes entries that another rule of the collection covers: hosts under a wildcard, addresses under a prefix.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use super::services::{MergedServices, sorted_sources};
use super::step::Removals;
use crate::intent::{Address, Entry, Host};
use crate::lower::{
    Removal,
    parts::{GroupPart, NetworkEnds, PartKind},
};
use crate::net::{AddressSet, AddressSpan, Cidr, HostName, HostPattern};
use crate::source::SourceSpan;

/// Removes entries that other parts cover. Of two equal ones, the one written first stays.
pub(super) fn step(parts: Vec<GroupPart>, removals: Removals<'_>) -> Vec<GroupPart> {
    let covers = Covers::of(&parts);
    let mut kept = Vec::with_capacity(parts.len());
    for (index, part) in parts.into_iter().enumerate() {
        kept.extend(covers.thin(index, part, removals));
    }
    kept
}

/// A destination entry of any kind.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum FoldEnd {
    Address(Address),
    Name(HostName),
    Host(Host),
}

impl FoldEnd {
    fn text(&self) -> String {
        match self {
            Self::Address(address) => address.to_string(),
            Self::Name(name) => name.to_string(),
            Self::Host(host) => host.to_string(),
        }
    }

    /// Itself, and every entry that covers it and may be in the index; ranges apart.
    fn covering(&self, has_endings: bool) -> Vec<Self> {
        let mut keys = vec![self.clone()];
        match self {
            Self::Address(Address::Span(span)) => {
                keys.push(Self::Address(Address::Any));
                keys.extend(prefixes_around(*span).map(|cidr| Self::Address(Address::Span(AddressSpan::Cidr(cidr)))));
            }
            Self::Host(Host::Pattern(pattern)) => {
                let around = patterns_around(pattern, has_endings);
                keys.extend(around.into_iter().map(|pattern| Self::Host(Host::Pattern(pattern))));
            }
            // No page states that `*` is IPv6 too.
            Self::Address(Address::Ipv6(_)) => {}
            Self::Address(_) => keys.push(Self::Address(Address::Any)),
            Self::Name(_) | Self::Host(_) => {}
        }
        keys
    }
}

/// Every prefix that holds all of `span`, the longest first.
fn prefixes_around(span: AddressSpan) -> impl Iterator<Item = Cidr> {
    let (first, last) = (span.interval().first(), span.interval().last());
    let shared = u8::try_from((first ^ last).leading_zeros()).unwrap_or(32);
    (0..=shared).rev().filter_map(move |length| {
        let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
        Cidr::new((first & mask).into(), length)
    })
}

/// The patterns that cover `pattern` and are not it.
fn patterns_around(pattern: &HostPattern, has_endings: bool) -> Vec<HostPattern> {
    let (text, dotted) = match pattern {
        HostPattern::Any => return Vec::new(),
        HostPattern::Exact(name) | HostPattern::Ending(name) => (name.as_str(), name.as_str().to_owned()),
        HostPattern::Below(name) => (name.as_str(), format!(".{}", name.as_str())),
    };
    let mut around = vec![HostPattern::Any];
    let parents = text.match_indices('.').filter_map(|(dot, _)| text.get(dot + 1..)?.parse().ok());
    around.extend(parents.map(HostPattern::Below));
    if has_endings {
        let endings = dotted.char_indices().filter_map(|(start, _)| dotted.get(start..)?.parse().ok());
        around.extend(endings.map(HostPattern::Ending));
    }
    around.retain(|other| other != pattern && other.covers(pattern));
    around
}

/// Sources as a set of addresses and the sets that only Azure knows.
struct SourceSet {
    literal: AddressSet,
    opaque: BTreeSet<Address>,
}

impl SourceSet {
    fn of(sources: &[Address]) -> Self {
        let mut literal = AddressSet::default();
        let mut opaque = BTreeSet::new();
        let mut spans = Vec::new();
        for source in sources {
            match source {
                Address::Any => literal = AddressSet::any(),
                Address::Span(span) => spans.push(*span),
                Address::ServiceTag(_)
                | Address::IpGroup(_)
                | Address::OutsideIpGroup(_)
                | Address::Pods(_)
                | Address::Ipv6(_) => {
                    opaque.insert(source.clone());
                }
            }
        }
        Self { literal: literal.union(&spans.into_iter().collect()), opaque }
    }

    fn cover(&self, other: &Self) -> bool {
        let is_covered = |source: &Address| {
            self.opaque.contains(source) || self.literal.is_any() && !matches!(source, Address::Ipv6(_))
        };
        self.literal.covers(&other.literal) && other.opaque.iter().all(is_covered)
    }
}

/// A part as the index knows it: everything but its destinations.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Holder {
    part: usize,
    sources: usize,
    services: usize,
    at: SourceSpan,
}

/// The parts that have each destination.
struct Covers {
    index: HashMap<FoldEnd, Vec<Holder>>,
    /// Ranges, which no prefix look-up finds.
    ranges: Vec<(AddressSpan, Holder)>,
    has_endings: bool,
    holders: Vec<(usize, usize)>,
    sources: Vec<SourceSet>,
    services: Vec<MergedServices>,
    /// Whether the sources and services of one kind of holder cover those of another, as far as computed.
    known: RefCell<HashMap<[(usize, usize); 2], bool>>,
}

impl Covers {
    fn of(parts: &[GroupPart]) -> Self {
        let (source_ids, sources) = intern(parts.iter().map(sorted_sources));
        let (service_ids, services) = intern(parts.iter().map(MergedServices::of));
        let mut covers = Self {
            index: HashMap::new(),
            ranges: Vec::new(),
            has_endings: false,
            holders: source_ids.iter().copied().zip(service_ids.iter().copied()).collect(),
            sources: sources.iter().map(|sources| SourceSet::of(sources)).collect(),
            services,
            known: RefCell::default(),
        };
        for (part, &(sources, services)) in covers.holders.clone().iter().enumerate() {
            for Entry { value, at } in parts.get(part).into_iter().flat_map(ends) {
                covers.insert(value, Holder { part, sources, services, at });
            }
        }
        covers
    }

    fn insert(&mut self, end: FoldEnd, holder: Holder) {
        if let FoldEnd::Address(Address::Span(span @ AddressSpan::Range(..))) = end {
            self.ranges.push((span, holder));
        }
        self.has_endings |= matches!(end, FoldEnd::Host(Host::Pattern(HostPattern::Ending(_))));
        let holders = self.index.entry(end).or_default();
        let known = |other: &Holder| other.sources == holder.sources && other.services == holder.services;
        // Of parts that differ only in their other destinations, the first one represents all.
        if !holders.iter().any(known) {
            holders.push(holder);
        }
    }

    /// The part without the entries that others cover; nothing where nothing is left.
    fn thin(&self, index: usize, part: GroupPart, removals: &mut Vec<Removal>) -> Option<GroupPart> {
        let GroupPart { kind, origin, .. } = &part;
        let mut keep = |end: FoldEnd, at: SourceSpan| {
            let by = self.covered_by(index, &end, at);
            if let Some(by) = by {
                removals.push(Removal { what: end.text(), rule: origin.clone(), at, by });
            }
            by.is_none()
        };
        let kind = match kind.clone() {
            PartKind::Network { protocols, ports, to } => {
                let to = match to {
                    NetworkEnds::Addresses(mut entries) => {
                        entries.retain(|entry| keep(FoldEnd::Address(entry.value.clone()), entry.at));
                        NetworkEnds::Addresses(entries)
                    }
                    NetworkEnds::Names(mut entries) => {
                        entries.retain(|entry| keep(FoldEnd::Name(entry.value.clone()), entry.at));
                        NetworkEnds::Names(entries)
                    }
                };
                PartKind::Network { protocols, ports, to }
            }
            PartKind::Application { services, mut hosts, handling } => {
                hosts.retain(|entry| keep(FoldEnd::Host(entry.value.clone()), entry.at));
                PartKind::Application { services, hosts, handling }
            }
        };
        let part = GroupPart { kind, ..part };
        let left = ends(&part).next().is_some();
        left.then_some(part)
    }

    /// The text that covers `end` of part `index`.
    fn covered_by(&self, index: usize, end: &FoldEnd, at: SourceSpan) -> Option<SourceSpan> {
        let &(sources, services) = self.holders.get(index)?;
        let mine = Holder { part: index, sources, services, at };
        for key in end.covering(self.has_endings) {
            let same = key == *end;
            let holders = self.index.get(&key).into_iter().flatten();
            if let Some(holder) = holders.copied().find(|&holder| self.outranks(holder, mine, same)) {
                return Some(holder.at);
            }
        }
        let FoldEnd::Address(Address::Span(span)) = end else { return None };
        let wider = |(range, holder): &&(AddressSpan, Holder)| {
            range.interval().covers(span.interval()) && self.outranks(*holder, mine, range == span)
        };
        self.ranges.iter().find(wider).map(|(_, holder)| holder.at)
    }

    /// Whether `other` makes `mine` redundant, where both have the same destination or `other` a wider one.
    fn outranks(&self, other: Holder, mine: Holder, same_end: bool) -> bool {
        if other == mine || !self.cover(other, mine) {
            return false;
        }
        let equal = same_end && self.cover(mine, other);
        !equal || (other.part, other.at) < (mine.part, mine.at)
    }

    fn cover(&self, a: Holder, b: Holder) -> bool {
        let key = [(a.sources, a.services), (b.sources, b.services)];
        let find = || {
            let sources = self.sources.get(a.sources).zip(self.sources.get(b.sources));
            let services = self.services.get(a.services).zip(self.services.get(b.services));
            services.is_some_and(|(a, b)| a.cover(b)) && sources.is_some_and(|(a, b)| a.cover(b))
        };
        *self.known.borrow_mut().entry(key).or_insert_with(find)
    }
}

fn ends(part: &GroupPart) -> impl Iterator<Item = Entry<FoldEnd>> {
    let (addresses, names, hosts) = match &part.kind {
        PartKind::Network { to: NetworkEnds::Addresses(entries), .. } => (Some(entries), None, None),
        PartKind::Network { to: NetworkEnds::Names(entries), .. } => (None, Some(entries), None),
        PartKind::Application { hosts, .. } => (None, None, Some(hosts)),
    };
    let end = |value, at| Entry { value, at };
    let addresses = addresses.into_iter().flatten().map(move |of| end(FoldEnd::Address(of.value.clone()), of.at));
    let names = names.into_iter().flatten().map(move |of| end(FoldEnd::Name(of.value.clone()), of.at));
    let hosts = hosts.into_iter().flatten().map(move |of| end(FoldEnd::Host(of.value.clone()), of.at));
    addresses.chain(names).chain(hosts)
}

/// Numbers equal values alike.
fn intern<T: Clone + Eq + std::hash::Hash>(values: impl Iterator<Item = T>) -> (Vec<usize>, Vec<T>) {
    let mut known: HashMap<T, usize> = HashMap::new();
    let (mut ids, mut distinct) = (Vec::new(), Vec::new());
    for value in values {
        let next = distinct.len();
        let id = *known.entry(value.clone()).or_insert(next);
        if id == next {
            distinct.push(value);
        }
        ids.push(id);
    }
    (ids, distinct)
}
