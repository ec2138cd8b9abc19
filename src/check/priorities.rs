//! FW0404: two groups of a policy, or two collections of a group, with one priority.
//!
//! In a source that is an error where it is written. Whether Azure refuses it is not documented, nor which of the two it
//! reads first, so that it is a warning of an artefact.

use std::collections::BTreeMap;

use crate::diag::{Code, Severity};
use crate::model::{Field, Priority, Site, Subject as Of};
use crate::source::Origin;

use super::finding::{Finding, Findings};
use super::subject::{Form, Subject};

/// Reports the later of two that have one priority.
pub(super) fn check(subject: &Subject<'_>, found: &mut Findings) {
    if subject.form() == Form::Source {
        return;
    }
    let policy = &subject.policy.name;
    let groups = subject.policy.groups.iter().map(|group| {
        let of = Of::Group { policy: policy.to_string(), group: group.name.to_string() };
        (group.name.as_str(), group.priority, of, group.origin.as_ref())
    });
    clashes("groups", groups, found);
    for group in &subject.policy.groups {
        let collections = group.collections.iter().map(|own| {
            let (policy, group) = (policy.to_string(), group.name.to_string());
            let of = Of::Collection { policy, group, collection: own.name.clone() };
            (own.name.as_str(), own.priority, of, own.origin.as_ref())
        });
        clashes("collections", collections, found);
    }
}

type Placed<'m> = (&'m str, Priority, Of, Option<&'m Origin>);

fn clashes<'m>(what: &str, all: impl Iterator<Item = Placed<'m>>, found: &mut Findings) {
    let mut known: BTreeMap<Priority, Placed<'m>> = BTreeMap::new();
    for (name, priority, of, origin) in all {
        let site =
            |of: &Of, origin: Option<&Origin>| Site { of: of.clone(), origin: origin.cloned(), field: Field::Whole };
        if let Some((other, _, first, first_origin)) = known.get(&priority) {
            let message = format!(
                "{what} `{other}` and `{name}` have priority {priority}: which is read first is not documented"
            );
            let clash = Finding::new(Code::FW0404, site(&of, origin), message).severity(Severity::Warning);
            let clash = clash.related(site(first, *first_origin), "the other one");
            found.push(clash.help("give each a priority of its own"));
        }
        known.entry(priority).or_insert((name, priority, of, origin));
    }
}
