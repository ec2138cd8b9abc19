//! FW0404: two groups of a policy, or two collections of a group, with one priority.
//!
//! In a source that is an error where it is written. Whether Azure refuses it is not documented, nor which of the two it
//! reads first, so that it is a warning of an artefact.

use std::collections::BTreeMap;

use crate::diag::{Code, Severity};
use crate::model::{Presence, Priority, Site, SiteField, SiteSubject as Of};
use crate::source::Origin;

use super::finding::{Finding, Findings};
use super::subject::{CheckSubject, SubjectForm};

/// Reports the later of two that have one priority.
pub(super) fn check(subject: &CheckSubject<'_>, found: &mut Findings) {
    if subject.form() == SubjectForm::Source {
        return;
    }
    let policy = &subject.policy.name;
    let groups = subject.policy.groups.iter().map(|group| {
        let of = Of::Group { policy: policy.to_string(), group: group.name.to_string() };
        PlacedPriority {
            name: &group.name,
            priority: group.priority,
            presence: &group.presence,
            of,
            origin: group.origin.as_ref(),
        }
    });
    clashes("groups", groups, found);
    for group in &subject.policy.groups {
        let collections = group.collections.iter().map(|own| {
            let (policy, group) = (policy.to_string(), group.name.to_string());
            let of = Of::Collection { policy, group, collection: own.name.clone() };
            PlacedPriority {
                name: &own.name,
                priority: own.priority,
                presence: &own.presence,
                of,
                origin: own.origin.as_ref(),
            }
        });
        clashes("collections", collections, found);
    }
}

/// A group or a collection.
struct PlacedPriority<'m> {
    name: &'m str,
    priority: Priority,
    presence: &'m Presence,
    of: Of,
    origin: Option<&'m Origin>,
}

impl PlacedPriority<'_> {
    fn site(&self) -> Site {
        Site { of: self.of.clone(), origin: self.origin.cloned(), field: SiteField::Whole }
    }

    /// Whether both may be there at once.
    fn meets(&self, other: &Self) -> bool {
        self.presence.clone().and(other.presence.clone()).is_possible()
    }
}

fn clashes<'m>(what: &str, all: impl Iterator<Item = PlacedPriority<'m>>, found: &mut Findings) {
    let mut known: BTreeMap<Priority, Vec<PlacedPriority<'m>>> = BTreeMap::new();
    for one in all {
        let others = known.entry(one.priority).or_default();
        if let Some(first) = others.iter().find(|other| other.meets(&one)) {
            let (name, other, priority) = (one.name, first.name, one.priority);
            let message = format!(
                "{what} `{other}` and `{name}` have priority {priority}: which is read first is not documented"
            );
            let clash = Finding::new(Code::FW0404, one.site(), message).severity(Severity::Warning);
            let clash = clash.related(first.site(), "the other one");
            found.push(clash.help("give each a priority of its own"));
        }
        // One that is always there represents all that come after it.
        if others.iter().all(|other| !other.presence.is_always()) {
            others.push(one);
        }
    }
}
