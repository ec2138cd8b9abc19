//! Assumptions in addition to the lists.

use crate::flow::matching::MatchingAtom;
use crate::net::{AddressSet, HostName};

/// The assumptions about names, addresses and opaque sets. Every answer holds under these.
#[derive(Clone, Debug)]
pub struct Axioms {
    /// The addresses that a name may have about which nothing else is known.
    pub unlisted: AddressSet,
    /// Names whose addresses are known: all of them, and no others.
    pub given: Vec<(HostName, AddressSet)>,
    /// Opaque sets that lie inside another one: inner, outer.
    pub inclusions: Vec<(MatchingAtom, MatchingAtom)>,
    /// The opaque set that another one shows by its id to lie inside of, if any.
    pub around: fn(&MatchingAtom) -> Option<MatchingAtom>,
    /// Whether an opaque set of addresses holds none of [`AddressSet::untagged`].
    pub is_public: fn(&MatchingAtom) -> bool,
}

impl Default for Axioms {
    /// A name has addresses in `internet`; nothing else is known.
    fn default() -> Self {
        Self {
            unlisted: AddressSet::internet(),
            given: Vec::new(),
            inclusions: Vec::new(),
            around: |_| None,
            is_public: |_| false,
        }
    }
}
