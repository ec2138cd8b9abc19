//! Lines to boxes.

use hashbrown::HashMap;

use crate::flow::{
    list::{DecisionList, ListLine},
    matching::{Match, MatchingAtom, MatchingEnds, MatchingField, MatchingNames, MatchingPaths},
};
use crate::logic::Formula;
use crate::net::{AddressSet, HostPattern, Interval, IntervalSet, ServiceSet};

use super::axioms::Axioms;
use super::boxes::{LoweredBoxes, LoweredLine, SpacePiece, SpaceQuery};
use super::dimensions::{ADDRESS, NAME, PATH, SERVICE, SOURCE};
use super::names::UNNAMED;
use super::numbered::Space;
use super::pool::{FULL, SetId};
use super::services;
use super::when::SpaceWhen;

impl Space {
    /// The space of `lists`, and the lists in it.
    pub fn of<const N: usize>(axioms: &Axioms, lists: [&DecisionList; N]) -> (Self, [LoweredBoxes; N]) {
        let (space, lists, _) = Self::with_queries(axioms, lists, &[]);
        (space, lists)
    }

    /// The space of `lists` and `queries`, and both in it.
    pub fn with_queries<const N: usize>(
        axioms: &Axioms,
        lists: [&DecisionList; N],
        queries: &[Match],
    ) -> (Self, [LoweredBoxes; N], Vec<SpaceQuery>) {
        let mut space = Self::numbering(axioms, lists.iter().copied(), queries);
        let mut lowering = SpaceLowering::new(&mut space);
        let lists = lists.map(|list| lowering.list(list));
        let queries = queries.iter().map(|query| SpaceQuery { pieces: lowering.product(query, 0) }).collect();
        (space, lists, queries)
    }
}

/// Lowers lists into one space.
struct SpaceLowering<'s> {
    space: &'s mut Space,
    services: HashMap<ServiceSet, SetId>,
    addresses: HashMap<(usize, AddressSet), SetId>,
    clipped: HashMap<(SetId, usize, SpaceSide), SetId>,
    mentions: HashMap<(MatchingField, Vec<MatchingAtom>), u32>,
    patterns: HashMap<HostPattern, Option<Interval<u32>>>,
    whens: HashMap<Formula<MatchingAtom>, u32>,
}

/// The addresses that names may have, or the others.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum SpaceSide {
    Inside,
    Elsewhere,
}

/// One way to match a field: a set, and a disjunction of opaque sets.
#[derive(Clone, Copy)]
struct SpaceWay {
    set: SetId,
    mention: u32,
}

/// One way to match destination and name.
struct SpaceTarget {
    address: SetId,
    name: SetId,
    mentions: (u32, u32),
}

/// One way to match the names: all flows, or a set of numbers.
struct NameWay {
    set: Option<IntervalSet<u32>>,
    mention: u32,
}

impl<'s> SpaceLowering<'s> {
    pub(in crate::flow) fn new(space: &'s mut Space) -> Self {
        Self {
            space,
            services: HashMap::new(),
            addresses: HashMap::new(),
            clipped: HashMap::new(),
            mentions: HashMap::new(),
            patterns: HashMap::new(),
            whens: HashMap::new(),
        }
    }

    /// The boxes of a list.
    pub(in crate::flow) fn list(&mut self, list: &DecisionList) -> LoweredBoxes {
        let mut lowered = LoweredBoxes { lines: Vec::new(), pieces: Vec::new(), default: list.default };
        for (index, line) in (0..).zip(&list.lines) {
            let first = number(lowered.pieces.len());
            self.line(line, index, &mut lowered.pieces);
            let count = number(lowered.pieces.len()) - first;
            lowered.lines.push(LoweredLine { action: line.action, effect: line.effect, first, count, named: index });
        }
        name_again(list, &mut lowered);
        lowered
    }

    fn line(&mut self, line: &ListLine, index: u32, pieces: &mut Vec<SpacePiece>) {
        let when = match &line.when {
            Formula::Always => 0,
            Formula::Never => return,
            when => self.when(when),
        };
        for product in &line.matches {
            pieces.extend(self.product(product, index).into_iter().map(|piece| SpacePiece { when, ..piece }));
        }
    }

    fn when(&mut self, when: &Formula<MatchingAtom>) -> u32 {
        if let Some(&id) = self.whens.get(when) {
            return id;
        }
        let atoms = &self.space.atoms;
        self.space
            .whens
            .push(SpaceWhen::new(when, &mut |atom| atoms.bit(MatchingField::Common, atom).unwrap_or(u32::MAX)));
        let id = number(self.space.whens.len());
        self.whens.insert(when.clone(), id);
        id
    }

    /// The boxes of a product; none where a field is empty.
    pub(in crate::flow) fn product(&mut self, product: &Match, line: u32) -> Vec<SpacePiece> {
        let (Some(service), Some(path)) = (self.service(&product.services), self.path(&product.paths)) else {
            return Vec::new();
        };
        let sources = self.ends(&product.sources, MatchingField::Source);
        let clipped = product.besides.iter().flatten().any(self.space.is_public).then(|| in_public(product));
        let targets = self.targets(clipped.as_ref().unwrap_or(product));
        let [one, other] = [0, 1].map(|at| self.besides(product, at));
        let piece = |source: &SpaceWay, target: &SpaceTarget| SpacePiece {
            line,
            sets: [service, source.set, target.address, target.name, path],
            mentions: [source.mention, target.mentions.0, target.mentions.1, one, other],
            when: 0,
        };
        sources.iter().flat_map(|source| targets.iter().map(move |target| piece(source, target))).collect()
    }

    fn besides(&mut self, product: &Match, at: usize) -> u32 {
        match product.besides.get(at) {
            Some(Some(atom)) => self.mention(MatchingField::Destination, std::slice::from_ref(atom)),
            Some(None) | None => 0,
        }
    }

    /// The ways to match destination and name together.
    fn targets(&mut self, product: &Match) -> Vec<SpaceTarget> {
        let mut targets = Vec::new();
        let ends = self.ends(&product.destinations, MatchingField::Destination);
        for way in self.names(&product.names) {
            ends.iter().for_each(|end| self.meet(*end, &way, &mut targets));
            if let Some(asked) = self.asked(&product.destinations) {
                let names = way.set.as_ref().map_or(asked.clone(), |set| set.intersection(&asked));
                let way = NameWay { set: Some(names), mention: way.mention };
                self.meet(SpaceWay { set: FULL, mention: 0 }, &way, &mut targets);
            }
        }
        targets
    }

    /// The boxes of a destination and a set of names, so that a flow whose name cannot have its address counts as unnamed.
    fn meet(&mut self, end: SpaceWay, way: &NameWay, targets: &mut Vec<SpaceTarget>) {
        let mentions = (end.mention, way.mention);
        let Some(names) = &way.set else {
            return targets.push(SpaceTarget { address: end.set, name: FULL, mentions });
        };
        if names.contains(UNNAMED) {
            let name = self.intern(NAME, Interval::point(UNNAMED).into());
            targets.push(SpaceTarget { address: end.set, name, mentions });
        }
        for class in 0..self.space.classes.len() {
            let Some(of) = self.space.classes.names(class).cloned() else { continue };
            if names.contains(UNNAMED) {
                targets.extend(self.target(end, class, SpaceSide::Elsewhere, of.clone(), mentions));
            }
            targets.extend(self.target(end, class, SpaceSide::Inside, names.intersection(&of), mentions));
        }
    }

    fn target(
        &mut self,
        end: SpaceWay,
        class: usize,
        side: SpaceSide,
        names: IntervalSet<u32>,
        mentions: (u32, u32),
    ) -> Option<SpaceTarget> {
        if names.is_empty() {
            return None;
        }
        let address = self.clip(end.set, class, side)?;
        Some(SpaceTarget { address, name: self.intern(NAME, names), mentions })
    }

    fn clip(&mut self, address: SetId, class: usize, side: SpaceSide) -> Option<SetId> {
        if let Some(&clipped) = self.clipped.get(&(address, class, side)) {
            return Some(clipped);
        }
        let class_addresses = match side {
            SpaceSide::Inside => self.space.classes.addresses(class)?,
            SpaceSide::Elsewhere => self.space.classes.elsewhere(class)?,
        };
        let whole = self.space.pools.get(ADDRESS)?.get(address);
        let part = whole.intersection(class_addresses);
        if part.is_empty() {
            return None;
        }
        let clipped = self.intern(ADDRESS, part);
        self.clipped.insert((address, class, side), clipped);
        Some(clipped)
    }

    fn intern(&mut self, dimension: usize, set: IntervalSet<u32>) -> SetId {
        self.space.pools.get_mut(dimension).map_or(FULL, |pool| pool.intern(set))
    }

    fn service(&mut self, set: &ServiceSet) -> Option<SetId> {
        if let Some(&id) = self.services.get(set) {
            return Some(id);
        }
        let numbers = services::encode(set);
        if numbers.is_empty() {
            return None;
        }
        let id = self.intern(SERVICE, numbers);
        self.services.insert(set.clone(), id);
        Some(id)
    }

    fn path(&mut self, paths: &MatchingPaths) -> Option<SetId> {
        match paths {
            MatchingPaths::Any => Some(FULL),
            MatchingPaths::Of(patterns) => {
                let set: IntervalSet<u32> =
                    patterns.iter().filter_map(|pattern| self.space.paths.pattern(pattern)).collect();
                (!set.is_empty()).then(|| self.intern(PATH, set))
            }
        }
    }

    fn ends(&mut self, ends: &MatchingEnds, field: MatchingField) -> Vec<SpaceWay> {
        let dimension = dimension(field);
        let mut ways = Vec::new();
        if !ends.addresses.is_empty() {
            ways.push(SpaceWay { set: self.addresses(dimension, &ends.addresses), mention: 0 });
        }
        if !ends.addresses.is_any() {
            let (public, others): (Vec<_>, Vec<_>) = ends.atoms.iter().cloned().partition(self.space.is_public);
            ways.extend(self.opaque(field, others, &ends.except));
            ways.extend(self.opaque(field, public, &ends.except.union(&AddressSet::untagged())));
        }
        ways
    }

    /// The addresses of opaque sets, which do not count at some.
    fn opaque(&mut self, field: MatchingField, atoms: Vec<MatchingAtom>, except: &AddressSet) -> Option<SpaceWay> {
        let rest = AddressSet::any().difference(except);
        let dimension = dimension(field);
        (!atoms.is_empty() && !rest.is_empty())
            .then(|| SpaceWay { set: self.addresses(dimension, &rest), mention: self.mention(field, &atoms) })
    }

    fn addresses(&mut self, dimension: usize, addresses: &AddressSet) -> SetId {
        if addresses.is_any() {
            return FULL;
        }
        let key = (dimension, addresses.clone());
        if let Some(&id) = self.addresses.get(&key) {
            return id;
        }
        let id = self.intern(dimension, addresses.as_intervals().clone());
        self.addresses.insert(key, id);
        id
    }

    /// The names whose flows are taken to go to one of the ends.
    fn asked(&self, ends: &MatchingEnds) -> Option<IntervalSet<u32>> {
        let names: IntervalSet<u32> = ends.asked.iter().filter_map(|name| self.space.names.name(name)).collect();
        (!names.is_empty() && !ends.addresses.is_any()).then_some(names)
    }

    fn names(&mut self, names: &MatchingNames) -> Vec<NameWay> {
        match names {
            MatchingNames::Any => vec![NameWay { set: None, mention: 0 }],
            MatchingNames::Unnamed => vec![NameWay { set: Some(Interval::point(UNNAMED).into()), mention: 0 }],
            MatchingNames::Of { patterns, atoms } => {
                let known = patterns.iter().filter_map(|pattern| self.pattern(pattern)).collect();
                let mut ways = vec![NameWay { set: Some(known), mention: 0 }];
                if !atoms.is_empty() {
                    let mention = self.mention(MatchingField::Name, atoms);
                    ways.push(NameWay { set: Some(self.space.names.all()), mention });
                }
                ways
            }
            MatchingNames::Within { atoms, .. } if atoms.is_empty() => Vec::new(),
            MatchingNames::Within { patterns, atoms } => {
                let within = patterns.iter().filter_map(|pattern| self.pattern(pattern)).collect();
                vec![NameWay { set: Some(within), mention: self.mention(MatchingField::Name, atoms) }]
            }
        }
    }

    fn pattern(&mut self, pattern: &HostPattern) -> Option<Interval<u32>> {
        if let Some(&span) = self.patterns.get(pattern) {
            return span;
        }
        let span = self.space.names.pattern(pattern);
        self.patterns.insert(pattern.clone(), span);
        span
    }

    fn mention(&mut self, field: MatchingField, atoms: &[MatchingAtom]) -> u32 {
        let key = (field, atoms.to_vec());
        if let Some(&id) = self.mentions.get(&key) {
            return id;
        }
        let id = number(self.space.mentions.len());
        self.space.mentions.push(self.space.atoms.mention(field, atoms));
        self.mentions.insert(key, id);
        id
    }
}

/// The product without the addresses that no public set holds.
fn in_public(product: &Match) -> Match {
    let MatchingEnds { addresses, atoms, except, asked } = &product.destinations;
    let destinations = MatchingEnds {
        addresses: addresses.difference(&AddressSet::untagged()),
        atoms: atoms.clone(),
        except: except.union(&AddressSet::untagged()),
        asked: asked.clone(),
    };
    Match { destinations, ..product.clone() }
}

fn dimension(field: MatchingField) -> usize {
    match field {
        MatchingField::Source => SOURCE,
        MatchingField::Destination | MatchingField::Name | MatchingField::Common => ADDRESS,
    }
}

/// Has answers name the first of lines that are one line, there several times.
fn name_again(list: &DecisionList, lowered: &mut LoweredBoxes) {
    if list.lines.iter().all(|line| line.when.is_always()) {
        return;
    }
    let mut first: HashMap<_, u32> = HashMap::new();
    for (line, lowered) in list.lines.iter().zip(&mut lowered.lines) {
        lowered.named = *first.entry((line.origin, line.action, line.effect, &line.matches)).or_insert(lowered.named);
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
