//! A difference for programs, `fwc.diff/1`.

use serde_json::{Map, Value, json};

use crate::explain::{Decision, decided_by, target};
use crate::reach::{Entry, witness};
use crate::source::Files;

use super::{Change, Diff, Effect, Move, When};

/// The JSON of `diff`; the files tell where the rules of each side were written.
pub fn json(diff: &Diff<'_>, old: &Files, new: &Files) -> Value {
    let mut value = json!({
        "schema": "fwc.diff/1",
        "equivalent": diff.is_equivalent(),
        "widened": diff.has(Effect::NewlyAllowed),
        "narrowed": diff.has(Effect::NewlyDenied),
        "weakened": diff.is_weaker(),
        "changes": diff.changes.iter().map(|change| entry(change, old, new)).collect::<Vec<_>>(),
        "settings": diff.settings.iter().map(|setting| json!({
            "path": setting.path, "before": setting.before, "after": setting.after, "effect": setting.effect.word(),
        })).collect::<Vec<_>>(),
        "routes": diff.routes.iter().map(|route| json!({
            "table": route.table, "prefix": route.prefix, "before": route.before, "after": route.after,
        })).collect::<Vec<_>>(),
        "structure": diff.structure.iter().map(moved).collect::<Vec<_>>(),
    });
    if let (false, Some(fields)) = (diff.complete, value.as_object_mut()) {
        fields.insert("complete".to_owned(), false.into());
    }
    value
}

fn entry(change: &Change<'_>, old: &Files, new: &Files) -> Value {
    let mut fields = Map::from_iter([("effect".to_owned(), change.effect.word().into())]);
    if let Ok(Value::Object(entry)) = serde_json::to_value(Entry::of(&change.product)) {
        fields.extend(entry);
    }
    for (except, first) in
        fields.get_mut("except").and_then(Value::as_array_mut).into_iter().flatten().zip(&change.first)
    {
        let files = match first.when {
            When::Before => old,
            When::After => new,
        };
        except.as_object_mut().into_iter().for_each(|fields| {
            fields.insert("decidedBy".to_owned(), json!(decided_by(first.rule, files)));
        });
    }
    fields.insert("before".to_owned(), side(change.before, old));
    fields.insert("after".to_owned(), side(change.after, new));
    fields.insert("witness".to_owned(), witness(&change.witness));
    Value::Object(fields)
}

fn side(decision: Decision<'_>, files: &Files) -> Value {
    let mut value = json!({
        "verdict": decision.action().to_string(),
        "decidedBy": decided_by(decision, files),
    });
    if let (Some(target), Some(fields)) = (decision.line().and_then(target), value.as_object_mut()) {
        fields.insert("translated".to_owned(), json!(target));
    }
    value
}

fn moved(one: &Move) -> Value {
    let mut value = json!({ "kind": one.kind.word(), "what": one.what.word(), "name": one.name });
    if let (Some(from), Some(fields)) = (&one.from, value.as_object_mut()) {
        fields.insert("from".to_owned(), from.as_str().into());
    }
    value
}
