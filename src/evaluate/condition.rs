//! When one field of a rule matches.

use std::collections::BTreeSet;

use super::world::Atom;

/// When one field of a rule matches a flow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Condition {
    /// Whatever the world is.
    Always,
    /// In no world.
    Never,
    /// Where one of the facts is true. Never empty.
    AnyOf(BTreeSet<Atom>),
}

impl Condition {
    /// Matches where the fact is true.
    pub fn when(atom: Atom) -> Self {
        Self::AnyOf(BTreeSet::from([atom]))
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Always, _) | (_, Self::Always) => Self::Always,
            (Self::Never, condition) | (condition, Self::Never) => condition,
            (Self::AnyOf(mut atoms), Self::AnyOf(more)) => {
                atoms.extend(more);
                Self::AnyOf(atoms)
            }
        }
    }
}

impl From<bool> for Condition {
    fn from(matches: bool) -> Self {
        if matches { Self::Always } else { Self::Never }
    }
}

/// The entries of a list are alternatives.
impl FromIterator<Condition> for Condition {
    fn from_iter<I: IntoIterator<Item = Self>>(conditions: I) -> Self {
        conditions.into_iter().fold(Self::Never, Self::or)
    }
}
