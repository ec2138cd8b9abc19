//! FW0803: groups without an owner, in a source where others have one.

use super::registry::{Lint, OfText};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::intent::{Group, Intent, Meta};

pub(super) static LINT: Lint<OfText> = Lint::new(&[Code::FW0803], |written| ownerless(written.intent));

/// Reports each group with rules that have no owner, if any rule of the source has one.
fn ownerless(intent: &Intent) -> Diagnostics {
    let groups = || intent.policies.iter().flat_map(|policy| &policy.groups);
    if !groups().flat_map(metas).any(|meta| meta.owner.is_some()) {
        return Diagnostics::new();
    }
    groups().filter_map(finding).collect()
}

fn metas(group: &Group) -> impl Iterator<Item = &Meta> {
    group.body.rules().flat_map(|rules| {
        let filters = rules.filters.iter().map(|rule| &rule.meta);
        filters.chain(rules.dnats.iter().map(|rule| &rule.meta))
    })
}

fn finding(group: &Group) -> Option<Diagnostic> {
    let (without, all) = (metas(group).filter(|meta| meta.owner.is_none()).count(), metas(group).count());
    if without == 0 {
        return None;
    }
    let name = &group.name.value;
    let message = match all - without {
        0 => format!("group `{name}` has no owner"),
        _ => format!("{without} of {all} rules of group `{name}` have no owner"),
    };
    let found = Diagnostic::new(Code::FW0803, group.name.at, message);
    let rules = group.body.rules().flat_map(|rules| {
        let filters = rules.filters.iter().map(|rule| &rule.origin);
        filters.chain(rules.dnats.iter().map(|rule| &rule.origin))
    });
    let found = rules.fold(found, |found, origin| found.about(origin));
    Some(found.help("name who is responsible, as in `@owner(\"team\")` before the group"))
}
