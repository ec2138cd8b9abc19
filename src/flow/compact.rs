//! Merges products whose union is one product, and splits products whose names need more than one term.

use std::hash::{BuildHasher, Hash, Hasher};

use hashbrown::{DefaultHashBuilder, HashMap};

use crate::net::IntervalSet;

use super::diagram::Path;
use super::space::{DIMENSIONS, NAME, PATH, Space};

/// The same flows in fewer products: two that differ in one set only, or in how one opaque set is, become one.
pub(super) fn compact(paths: Vec<Path>) -> Vec<Path> {
    let mut paths = paths;
    loop {
        let before = paths.len();
        for dimension in (0..DIMENSIONS).rev() {
            paths = joined(paths, dimension);
        }
        paths = without_needless_bits(paths);
        if paths.len() == before {
            return paths;
        }
    }
}

/// Joins products that differ in one dimension only; each takes the place of the first of its parts.
fn joined(paths: Vec<Path>, dimension: usize) -> Vec<Path> {
    let hashing = DefaultHashBuilder::default();
    let mut places: HashMap<u64, Vec<usize>> = HashMap::new();
    let mut kept: Vec<Path> = Vec::with_capacity(paths.len());
    for path in paths {
        let mut hasher = hashing.build_hasher();
        (path.value, path.extra).hash(&mut hasher);
        path.bits.hash(&mut hasher);
        others(&path, dimension).for_each(|set| set.hash(&mut hasher));
        let candidates = places.entry(hasher.finish()).or_default();
        let same = candidates.iter().copied().find(|&at| {
            kept.get(at).is_some_and(|other| {
                (other.value, other.extra) == (path.value, path.extra)
                    && other.bits == path.bits
                    && others(other, dimension).eq(others(&path, dimension))
            })
        });
        match same.and_then(|at| kept.get_mut(at)?.sets.get_mut(dimension)).zip(path.sets.get(dimension)) {
            Some((set, more)) => *set = set.union(more),
            None => {
                candidates.push(kept.len());
                kept.push(path);
            }
        }
    }
    kept
}

fn others(path: &Path, dimension: usize) -> impl Iterator<Item = &IntervalSet<u32>> {
    path.sets.iter().enumerate().filter(move |(at, _)| *at != dimension).map(|(_, set)| set)
}

/// Joins two products that are the same but for how one opaque set is.
fn without_needless_bits(paths: Vec<Path>) -> Vec<Path> {
    let mut kept: Vec<Path> = Vec::with_capacity(paths.len());
    for path in paths {
        let twin = kept.iter_mut().rev().take(NEAR).find_map(|other| {
            let bit = only_bit_apart(other, &path)?;
            Some((other, bit))
        });
        match twin {
            Some((other, bit)) => other.bits.retain(|(of, _)| *of != bit),
            None => kept.push(path),
        }
    }
    kept
}

/// A product and its twin are close together, because opaque sets come last in the order of decisions.
const NEAR: usize = 64;

fn only_bit_apart(one: &Path, other: &Path) -> Option<u32> {
    if (one.value, one.extra) != (other.value, other.extra)
        || one.bits.len() != other.bits.len()
        || one.sets != other.sets
    {
        return None;
    }
    let mut apart = one.bits.iter().zip(&other.bits).filter(|(a, b)| a != b);
    let ((bit, _), (same, _)) = apart.next()?;
    (bit == same && apart.next().is_none()).then_some(*bit)
}

impl Space {
    /// The flows of `path` in products whose names and paths need one term each: what some patterns match and no
    /// others.
    pub(super) fn in_terms(&self, path: Path) -> Vec<Path> {
        let mut parts = vec![path];
        for (dimension, terms) in [(NAME, Self::name_layers as Layers), (PATH, Self::path_layers as Layers)] {
            parts = parts.into_iter().flat_map(|path| self.split(path, dimension, terms)).collect();
        }
        parts
    }

    fn split(&self, path: Path, dimension: usize, layers: Layers) -> Vec<Path> {
        let Some(set) = path.sets.get(dimension) else { return vec![path] };
        let layers = layers(self, set);
        if layers.len() < 2 {
            return vec![path];
        }
        let with = |set: IntervalSet<u32>| {
            let mut part = path.clone();
            part.sets.get_mut(dimension).into_iter().for_each(|slot| *slot = set.clone());
            part
        };
        // Flows without a name, which no term holds, are in the first layer.
        let rest = layers.iter().skip(1).fold(set.clone(), |rest, layer| rest.difference(layer));
        std::iter::once(rest).chain(layers.into_iter().skip(1)).map(with).collect()
    }
}

type Layers = fn(&Space, &IntervalSet<u32>) -> Vec<IntervalSet<u32>>;
