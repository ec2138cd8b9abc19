//! What is said of rules and groups beside their flows: who answers for them, and until when.

use std::collections::{BTreeMap, BTreeSet};

use crate::intent::{Intent, Meta};
use crate::model::{Policy, Rules};
use crate::source::Origin;

use super::renderers::RuleSource;

/// Something that is said of a rule or a group, and differs.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct UpkeepChange {
    /// The policy.
    pub policy: String,
    /// The group and, where it is said of a rule, the rule.
    pub place: (String, Option<String>),
    /// `owner`, `ticket`, `expires` or `description`.
    pub what: &'static str,
    /// What was said.
    pub before: Option<String>,
    /// What is said.
    pub after: Option<String>,
}

/// What is said of a rule or a group.
type UpkeepWords = BTreeMap<&'static str, String>;

/// What is said, by group and rule.
type Places = BTreeMap<(String, Option<String>), UpkeepWords>;

/// What differs of the groups and rules that both sides have, the policy's own and those of its bases.
pub fn upkeep(old: &RuleSource<'_>, new: &RuleSource<'_>) -> Vec<UpkeepChange> {
    fn policies<'m>(source: &RuleSource<'m>) -> Vec<&'m Policy> {
        std::iter::once(source.side.policy).chain(source.side.model.bases(source.side.policy)).collect()
    }
    let pairs = policies(old).into_iter().zip(policies(new));
    let mut found: Vec<UpkeepChange> =
        pairs.flat_map(|(before, after)| of_policy((old, before), (new, after))).collect();
    found.sort();
    found
}

fn of_policy((old, before): (&RuleSource<'_>, &Policy), (new, after): (&RuleSource<'_>, &Policy)) -> Vec<UpkeepChange> {
    // Artefacts have no annotations: they did not go where one side is a source.
    let both = old.intent.is_some() && new.intent.is_some();
    let of = |source: &RuleSource<'_>, policy: &Policy| said(policy, source.intent.filter(|_| both));
    let (one, other) = (of(old, before), of(new, after));
    let mut found = Vec::new();
    for (place, before) in &one {
        let Some(now) = other.get(place) else { continue };
        let words: BTreeSet<&&str> = before.keys().chain(now.keys()).collect();
        for what in words {
            let (before, now) = (before.get(*what).cloned(), now.get(*what).cloned());
            if before != now {
                let policy = after.name.to_string();
                found.push(UpkeepChange { policy, place: place.clone(), what, before, after: now });
            }
        }
    }
    let of_groups: Vec<UpkeepChange> = found.iter().filter(|one| one.place.1.is_none()).cloned().collect();
    let is_told = |one: &UpkeepChange| {
        let same = |group: &UpkeepChange| {
            (&group.place.0, group.what, &group.before, &group.after)
                == (&one.place.0, one.what, &one.before, &one.after)
        };
        one.place.1.is_some() && of_groups.iter().any(same)
    };
    found.retain(|one| !is_told(one));
    found
}

/// The descriptions of rules, and their annotations.
fn said(policy: &Policy, intent: Option<&Intent>) -> Places {
    let mut places = Places::new();
    for group in &policy.groups {
        let of = |name: &str| (group.name.to_string(), Some(name.to_owned()));
        for collection in &group.collections {
            let mut note = |name: &str, description: Option<&String>, origin: Option<&Origin>| {
                let said = places.entry(of(name)).or_default();
                said.extend(description.map(|text| ("description", text.clone())));
                said.extend(origin.and_then(|origin| intent?.meta(origin)).into_iter().flat_map(annotated));
            };
            match &collection.rules {
                Rules::Nat(rules) => {
                    rules.iter().for_each(|rule| note(&rule.name, rule.description.as_ref(), rule.origin.as_ref()));
                }
                Rules::Network(_, rules) => {
                    rules.iter().for_each(|rule| note(&rule.name, rule.description.as_ref(), rule.origin.as_ref()));
                }
                Rules::Application(_, rules) => {
                    rules.iter().for_each(|rule| note(&rule.name, rule.description.as_ref(), rule.origin.as_ref()));
                }
            }
        }
    }
    let own = intent.into_iter().flat_map(|intent| &intent.policies).filter(|of| policy.name == of.name.value);
    for group in own.flat_map(|of| &of.groups) {
        places.insert((group.name.value.clone(), None), annotated(&group.meta).collect());
    }
    places
}

fn annotated(meta: &Meta) -> impl Iterator<Item = (&'static str, String)> {
    let all = [
        ("owner", meta.owner.clone()),
        ("ticket", meta.ticket.clone()),
        ("expires", meta.expires.as_ref().map(|expires| expires.value.to_string())),
    ];
    all.into_iter().filter_map(|(what, said)| Some((what, said?)))
}
