//! Conditions that only a deployment knows, as flags of the source.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::naming::{SourceNames, plain};
use super::{DecompileRefusal, words};
use crate::logic::Formula;
use crate::model::{Model, Presence};

/// How long the name of a flag may be.
const LONGEST: usize = 48;

/// The flags of a source: for each condition that a group or collection of `model` is under, the name of its flag.
pub fn flags(model: &Model) -> Vec<(Arc<str>, String)> {
    let mut taken = SourceNames::default();
    let policies = model.policies.iter().map(|policy| &policy.name);
    policies.chain(model.ip_groups.values().map(|group| &group.name)).for_each(|name| taken.take(name));
    crate::intent::table::predefined_services().for_each(|(name, _)| taken.take(name));
    let own = model.policies.iter().filter(|policy| !policy.is_adopted()).flat_map(|policy| &policy.groups);
    let presences = own.flat_map(|group| {
        let collections = group.collections.iter().map(|collection| &collection.presence);
        std::iter::once(&group.presence).chain(collections)
    });
    let conditions: BTreeSet<Arc<str>> = presences.flat_map(Presence::atoms).cloned().collect();
    conditions.into_iter().map(|condition| (condition.clone(), taken.unique(&name(&condition)))).collect()
}

/// A name derived from the text of a condition.
fn name(condition: &str) -> String {
    let name = plain(condition);
    let end = name.char_indices().map(|(at, _)| at).nth(LONGEST).unwrap_or(name.len());
    name.get(..end).unwrap_or_default().trim_end_matches('-').to_owned()
}

/// The items that declare them, each after a comment with its condition.
pub(super) fn items(flags: &[(Arc<str>, String)]) -> String {
    let item = |(condition, name): &(Arc<str>, String)| {
        format!("{}param {}: flag\n", words::comment(&format!("whether {condition}")), words::name(name))
    };
    flags.iter().map(item).collect()
}

/// `item` where `presence` is the case.
///
/// # Errors
/// Where the language cannot express the condition.
pub(super) fn within(
    presence: &Presence,
    flags: &[(Arc<str>, String)],
    what: &str,
    item: String,
) -> Result<String, DecompileRefusal> {
    let mut item = item;
    for part in presence.clone().conjuncts() {
        let (condition, value) = match &part {
            Formula::Is(condition) => (condition, ""),
            Formula::Not(of) => match &**of {
                Formula::Is(condition) => (condition, " = off"),
                Formula::Always | Formula::Never | Formula::Not(_) | Formula::All(_) | Formula::Any(_) => {
                    return Err(inexpressible(what, presence));
                }
            },
            Formula::Always | Formula::Never | Formula::All(_) | Formula::Any(_) => {
                return Err(inexpressible(what, presence));
            }
        };
        let flag = flags.iter().find(|(known, _)| known == condition).map(|(_, name)| words::name(name));
        item = format!("\nwhen {}{value} {{\n{item}}}\n", flag.ok_or_else(|| inexpressible(what, presence))?);
    }
    Ok(item)
}

fn inexpressible(what: &str, presence: &Presence) -> DecompileRefusal {
    DecompileRefusal::Inexpressible(format!(
        "{what} is there only where {presence}, which the language cannot express: give the parameters values with \
         `--parameters FILE`"
    ))
}
