//! What a plan states of itself that it does not hold.
//!
//! Source: HashiCorp, "JSON Output Format" of Terraform 1.9, and `actions` of its change representation.

use crate::json::{Json, Map};

use super::pick::wanted;
use crate::import::fault::{ImportFault, quoted};
use crate::import::tree::Notes;
use crate::model::{AssumptionKind, Bearing};

/// Refuses what no plan or state that can be read is.
pub(super) fn refuse(shown: &Map) -> Result<(), ImportFault> {
    if shown.get("errored") == Some(&Json::Bool(true)) {
        return Err(ImportFault::at("$.errored", "the plan ended with an error, so that it is not whole: plan again"));
    }
    if shown.contains_key("encrypted_data") {
        let expected = "expected a state or a plan in plain text, as `tofu show -json` prints it";
        return Err(ImportFault::at("$.encrypted_data", format!("found an encrypted state, {expected}")));
    }
    Ok(())
}

/// Tells that a plan is not complete, and which resources it leaves for later.
pub(super) fn tell(shown: &Map, notes: &Notes) {
    let omit = |path: String, message: String| {
        notes.tell(AssumptionKind::Omitted, Bearing::EveryFlow, path, message);
    };
    if shown.get("complete") == Some(&Json::Bool(false)) {
        let message = "the plan is not complete (`complete` is false): what is left for another plan is not here";
        omit("$.complete".to_owned(), message.to_owned());
    }
    let deferred = shown.get("deferred_changes").and_then(Json::as_array).into_iter().flatten();
    for (index, one) in deferred.enumerate() {
        if let Some((message, bears)) = not_read(one) {
            notes.tell(AssumptionKind::Omitted, bears, format!("$.deferred_changes[{index}]"), message);
            continue;
        }
        let change = one.get("resource_change").unwrap_or(one);
        let address = change.get("address").and_then(Json::as_str).unwrap_or_default();
        if wanted(kind(change, address)) {
            let reason = one.get("reason").and_then(Json::as_str).unwrap_or("no reason is stated");
            let message = match one.get("why").and_then(Json::as_str) {
                // Of what is made from source, and never from a plan.
                Some(why) => format!("{} is not read, and may hold rules: {why}", quoted(address)),
                None => format!("{} is deferred to another plan, and is not read: {reason}", quoted(address)),
            };
            omit(format!("$.deferred_changes[{index}]"), message);
        }
    }
}

/// What source names and is not read: only what is made from source has such entries.
fn not_read(one: &Json) -> Option<(&str, Bearing)> {
    if one.get("reason").and_then(Json::as_str) != Some("not_read") {
        return None;
    }
    let may_hold_rules = one.get("may_hold_rules") == Some(&Json::Bool(true));
    let bears = if may_hold_rules { Bearing::EveryFlow } else { Bearing::NoFlow };
    Some((one.get("why").and_then(Json::as_str)?, bears))
}

/// The type of a changed resource: as stated, else as its address has it.
fn kind<'v>(change: &'v Json, address: &'v str) -> &'v str {
    let stated = change.get("type").and_then(Json::as_str);
    stated.unwrap_or_else(|| address.split('.').rev().find(|part| part.contains('_')).unwrap_or(address))
}

/// What becomes of a resource that a change speaks of.
pub(super) enum PartialFate {
    /// It is there after the change, with these values.
    Stays,
    /// It is deleted.
    Goes,
    /// Terraform forgets it, and it stays as it is.
    Forgotten,
}

pub(super) fn fate(change: &Json) -> PartialFate {
    let actions = change.get("change").and_then(|change| change.get("actions")).and_then(Json::as_array);
    let actions: Vec<&str> = actions.into_iter().flatten().filter_map(Json::as_str).collect();
    match actions.as_slice() {
        ["delete"] => PartialFate::Goes,
        ["forget"] => PartialFate::Forgotten,
        _ => PartialFate::Stays,
    }
}
