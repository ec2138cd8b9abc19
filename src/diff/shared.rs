//! What a change to something shared reaches: a name, a bundle, a base policy.

use crate::azure::Model;
use crate::azure::evaluate::Level;
use crate::intent::{self, Definition, Intent, Parent, Says};
use crate::source::{Origin, Span};

use super::{Change, Diff, Side};

/// Something shared that differs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shared {
    /// What it is: `set`, `bundle`, `base policy`.
    pub what: &'static str,
    /// Its name.
    pub name: String,
    /// What it holds now and did not, in the words of the language.
    pub added: Vec<String>,
    /// What it held and does not.
    pub removed: Vec<String>,
    /// How many rules use it.
    pub rules: usize,
    /// The policies that these rules decide in.
    pub policies: Vec<String>,
    /// How many of the changed sets of flows such a rule decides.
    pub changes: usize,
}

/// The shared things that differ and that some rule uses.
pub fn shared(old: (Side<'_>, Option<&Intent>), new: (Side<'_>, Option<&Intent>), diff: &Diff<'_>) -> Vec<Shared> {
    let mut found = Vec::new();
    if let (Some(before), Some(after)) = (old.1, new.1) {
        for definition in &after.names {
            let other = before.names.iter().find(|other| other.name == definition.name);
            if let Some(other) = other.filter(|other| other.says != definition.says) {
                found.extend(name((before, other), (after, definition), diff));
            }
        }
    }
    found.extend(base(old.0, new.0, diff));
    found
}

fn name(
    (before, old): (&Intent, &Definition),
    (after, new): (&Intent, &Definition),
    diff: &Diff<'_>,
) -> Option<Shared> {
    let users = users(after, new);
    let earlier = self::users(before, old);
    let rules = users.len().max(earlier.len());
    if rules == 0 {
        return None;
    }
    let mut policies: Vec<String> = Vec::new();
    for (policy, _) in users.iter().chain(&earlier) {
        for name in with_children(after, policy) {
            if !policies.contains(&name) {
                policies.push(name);
            }
        }
    }
    let decides = |change: &&Change<'_>| {
        let origin =
            |decision: crate::explain::Decision<'_>| decision.line().and_then(|line| line.rule.origin().cloned());
        let by = |origin: Option<Origin>, users: &[(String, Origin)]| {
            origin.is_some_and(|origin| users.iter().any(|(_, user)| *user == origin))
        };
        by(origin(change.after), &users) || by(origin(change.before), &earlier)
    };
    let (added, removed) = apart(&old.says, &new.says);
    Some(Shared {
        what: if matches!(new.says, Says::Bundle(_)) { "bundle" } else { "set" },
        name: new.name.clone(),
        added,
        removed,
        rules,
        policies,
        changes: diff.changes.iter().filter(decides).count(),
    })
}

/// The rules that have something of a definition, with their policies.
fn users(intent: &Intent, definition: &Definition) -> Vec<(String, Origin)> {
    let inside =
        |at: Span| at.file == definition.at.file && at.start >= definition.at.start && at.end <= definition.at.end;
    let mut found = Vec::new();
    for policy in &intent.policies {
        for rules in policy.groups.iter().flat_map(|group| group.body.rules()) {
            let filters = rules.filters.iter().filter(|rule| {
                let from = rule.from.iter().any(|entry| inside(entry.at));
                let addresses = rule.to.addresses.iter().any(|entry| inside(entry.at));
                let hosts = rule.to.hosts.iter().any(|entry| inside(entry.at));
                from || addresses || hosts || inside(rule.origin.at)
            });
            let dnats = rules
                .dnats
                .iter()
                .filter(|dnat| dnat.from.iter().any(|entry| inside(entry.at)) || inside(dnat.origin.at));
            let origins = filters.map(|rule| &rule.origin).chain(dnats.map(|dnat| &dnat.origin));
            found.extend(origins.map(|origin| (policy.name.value.clone(), origin.clone())));
        }
    }
    found
}

/// A policy and those that inherit it.
fn with_children(intent: &Intent, name: &str) -> Vec<String> {
    let inherits = |policy: &&intent::Policy| {
        policy.parent.as_ref().is_some_and(|parent| matches!(&parent.value, Parent::Policy(base) if base == name))
    };
    let children = intent.policies.iter().filter(inherits).map(|policy| policy.name.value.clone());
    std::iter::once(name.to_owned()).chain(children).collect()
}

/// What is in the one and not in the other: added, removed.
fn apart(old: &Says, new: &Says) -> (Vec<String>, Vec<String>) {
    let words = |says: &Says| -> Vec<String> {
        match says {
            Says::Addresses(entries) => entries.iter().map(ToString::to_string).collect(),
            Says::Hosts(hosts) => hosts.iter().map(ToString::to_string).collect(),
            Says::Services(_) | Says::Bundle(_) => Vec::new(),
        }
    };
    let (old, new) = (words(old), words(new));
    let only = |here: &[String], there: &[String]| here.iter().filter(|word| !there.contains(word)).cloned().collect();
    (only(&new, &old), only(&old, &new))
}

/// The base policy, where rules of it decide flows that change.
fn base(old: Side<'_>, new: Side<'_>, diff: &Diff<'_>) -> Option<Shared> {
    let base = new.model.parent_of(new.policy).or_else(|| old.model.parent_of(old.policy))?;
    let of_base = |decision: crate::explain::Decision<'_>| {
        decision.line().filter(|line| line.level == Level::Parent).map(|line| line.place)
    };
    let changes: Vec<&Change<'_>> =
        diff.changes.iter().filter(|change| of_base(change.before).or(of_base(change.after)).is_some()).collect();
    let mut rules: Vec<(bool, usize)> = Vec::new();
    for change in &changes {
        rules.extend(of_base(change.before).map(|place| (false, place)));
        rules.extend(of_base(change.after).map(|place| (true, place)));
    }
    rules.sort_unstable();
    rules.dedup();
    let inherits = |model: &Model| -> Vec<String> {
        let children = model
            .policies
            .iter()
            .filter(|policy| policy.base.as_ref().is_some_and(|of| of.name().eq_ignore_ascii_case(&base.name)));
        children.map(|policy| policy.name.clone()).collect()
    };
    let mut policies = inherits(new.model);
    policies.extend(inherits(old.model).into_iter().filter(|name| !inherits(new.model).contains(name)));
    (!changes.is_empty()).then(|| Shared {
        what: "base policy",
        name: base.name.clone(),
        added: Vec::new(),
        removed: Vec::new(),
        rules: rules.len(),
        policies,
        changes: changes.len(),
    })
}
