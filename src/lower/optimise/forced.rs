//! The input of a step that a limit forces.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::intent::{GroupBody, Intent};
use crate::limits::CheckOptions;
use crate::lower::lock::Lock;
use crate::source::{Fingerprint, Origin};

/// The input of a step that a limit forces.
pub(in crate::lower) struct Forced<'f> {
    meant: &'f Intent,
    pub(super) lock: &'f Lock,
    pub(super) options: &'f CheckOptions,
    clashes: RefCell<Vec<Clash>>,
    /// The IP groups that were made: their policy, their name, and the lists that they replace.
    pub(super) named: RefCell<Vec<NamedMatches>>,
}

pub(in crate::lower) type NamedMatches = (String, String, BTreeSet<Fingerprint>);

/// Something of the author's that has the name of a piece of something else.
pub(in crate::lower) struct Clash {
    /// Where it was written.
    pub(in crate::lower) origin: Option<Origin>,
    /// Its name.
    pub(in crate::lower) name: String,
    /// What is cut in pieces, in words.
    pub(in crate::lower) whole: String,
}

impl<'f> Forced<'f> {
    pub(in crate::lower) fn new(meant: &'f Intent, lock: &'f Lock, options: &'f CheckOptions) -> Self {
        Self { meant, lock, options, clashes: RefCell::default(), named: RefCell::default() }
    }

    /// The IP groups that were made, and the name clashes that were found.
    pub(in crate::lower) fn found(self) -> (Vec<NamedMatches>, Vec<Clash>) {
        (self.named.into_inner(), self.clashes.into_inner())
    }

    pub(super) fn clash(&self, origin: Option<&Origin>, name: &str, whole: String) {
        self.clashes.borrow_mut().push(Clash { origin: origin.cloned(), name: name.to_owned(), whole });
    }

    /// Whether the source itself has the policy, so that its rules may be rewritten.
    pub(super) fn is_own(&self, policy: &str) -> bool {
        self.meant.policies.iter().any(|own| own.name.value == policy)
    }

    /// Whether a group holds collections that the author made.
    pub(super) fn is_made(&self, policy: &str, group: &str) -> bool {
        let policy = self.meant.policies.iter().find(|own| own.name.value == policy);
        let group = policy.and_then(|policy| policy.groups.iter().find(|own| own.name.value == group));
        group.is_some_and(|group| match group.body {
            GroupBody::Collections(_) => true,
            GroupBody::Rules(_) => false,
        })
    }
}
