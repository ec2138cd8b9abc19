//! Objects.

use std::cell::OnceCell;

use hashbrown::HashMap;
use serde::ser::{Serialize, Serializer};

use super::name::MemberName;

/// From how many entries on an object has an index of its names.
const INDEXED: usize = 16;

/// An object: its properties in the order of the text. Two are equal whose properties are, in whatever order.
#[derive(Clone, Debug)]
pub(crate) struct MapEntries<V> {
    entries: Vec<(MemberName, V)>,
    /// Where each property is, once a large object was requested one.
    index: OnceCell<Box<HashMap<MemberName, usize>>>,
}

impl<V> MapEntries<V> {
    /// An object without properties.
    pub(crate) fn new() -> Self {
        Self { entries: Vec::new(), index: OnceCell::new() }
    }

    /// How many properties there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The value of a property.
    pub(crate) fn get(&self, name: &str) -> Option<&V> {
        self.entries.get(self.position(name)?).map(|(_, value)| value)
    }

    /// The value of a property, to be changed.
    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut V> {
        let at = self.position(name)?;
        self.entries.get_mut(at).map(|(_, value)| value)
    }

    /// Whether there is a property of that name.
    pub(crate) fn contains_key(&self, name: &str) -> bool {
        self.position(name).is_some()
    }

    /// Sets a property; a new one becomes the last. The value that was there is returned.
    pub(crate) fn insert(&mut self, name: impl Into<MemberName>, value: V) -> Option<V> {
        let name = name.into();
        match self.get_mut(&name) {
            Some(known) => Some(std::mem::replace(known, value)),
            None => {
                self.push(name, value);
                None
            }
        }
    }

    /// Takes a property out; those after it keep their order.
    pub(crate) fn remove(&mut self, name: &str) -> Option<V> {
        let at = self.entries.iter().position(|(own, _)| own == name)?;
        self.index.take();
        Some(self.entries.remove(at).1)
    }

    /// Keeps the properties of which `keeps` is true.
    pub(crate) fn retain(&mut self, keeps: impl Fn(&str) -> bool) {
        self.index.take();
        self.entries.retain(|(name, _)| keeps(name));
    }

    /// The properties.
    pub(crate) fn iter(&self) -> Iter<'_, V> {
        self.into_iter()
    }

    /// The properties, their values to be changed.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&MemberName, &mut V)> {
        self.entries.iter_mut().map(|(name, value)| (&*name, value))
    }

    /// The names.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &MemberName> {
        self.entries.iter().map(|(name, _)| name)
    }

    /// The values.
    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.entries.iter().map(|(_, value)| value)
    }

    /// The values, to be changed.
    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.entries.iter_mut().map(|(_, value)| value)
    }

    /// Whether there is a property of that name, which is one of the names that the document shares.
    pub(super) fn has_shared(&self, name: &MemberName) -> bool {
        match self.entries.len() < INDEXED {
            true => self.entries.iter().any(|(own, _)| own.shares(name)),
            false => self.index().contains_key(name),
        }
    }

    /// Adds a property whose name is new.
    pub(super) fn push(&mut self, name: MemberName, value: V) {
        if let Some(index) = self.index.get_mut() {
            index.insert(name.clone(), self.entries.len());
        }
        self.entries.push((name, value));
    }

    fn position(&self, name: &str) -> Option<usize> {
        match self.entries.len() < INDEXED {
            true => self.entries.iter().position(|(own, _)| own == name),
            false => self.index().get(name).copied(),
        }
    }

    fn index(&self) -> &HashMap<MemberName, usize> {
        let place = |(at, (name, _)): (usize, &(MemberName, V))| (name.clone(), at);
        self.index.get_or_init(|| Box::new(self.entries.iter().enumerate().map(place).collect()))
    }
}

type Iter<'m, V> =
    std::iter::Map<std::slice::Iter<'m, (MemberName, V)>, fn(&'m (MemberName, V)) -> (&'m MemberName, &'m V)>;

impl<'m, V> IntoIterator for &'m MapEntries<V> {
    type Item = (&'m MemberName, &'m V);
    type IntoIter = Iter<'m, V>;

    fn into_iter(self) -> Iter<'m, V> {
        self.entries.iter().map(|(name, value)| (name, value))
    }
}

impl<V> IntoIterator for MapEntries<V> {
    type Item = (MemberName, V);
    type IntoIter = std::vec::IntoIter<(MemberName, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<V> Default for MapEntries<V> {
    fn default() -> Self {
        Self::new()
    }
}

/// Of several properties of one name, the value of the last one is taken.
impl<N: Into<MemberName>, V> FromIterator<(N, V)> for MapEntries<V> {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        for (name, value) in entries {
            map.insert(name, value);
        }
        map
    }
}

impl<V: PartialEq> PartialEq for MapEntries<V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|(name, value)| other.get(name) == Some(value))
    }
}

impl<V: Serialize> Serialize for MapEntries<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(name, value)| (name.as_str(), value)))
    }
}
