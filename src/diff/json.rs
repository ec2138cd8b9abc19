//! A difference for programs, `fwc.diff/1`.

use serde_json::{Map, Value, json};

use crate::explain::{Decision, decided_by, target, way_taken};
use crate::reach::{ReachEntry, witness};
use crate::source::Files;

use super::{Change, ChangeWhen, Diff, DiffOutcome, GuardChange, Move, RouteChange, Routed, UpkeepChange};

/// The JSON of `diff`; the files tell where the rules of each side were written.
pub fn json(diff: &Diff<'_>, upkeep: &[UpkeepChange], old: &Files, new: &Files) -> Value {
    let mut value = json!({
        "schema": "fwc.diff/1",
        "equivalent": diff.is_equivalent(),
        "widened": diff.is_wider(),
        "narrowed": diff.is_narrower(),
        "weakened": diff.is_weaker(),
        "changes": diff.changes.iter().map(|change| entry(change, old, new)).collect::<Vec<_>>(),
        "settings": diff.settings.iter().map(|setting| json!({
            "path": setting.path, "before": setting.before, "after": setting.after, "effect": setting.effect.word(),
        })).collect::<Vec<_>>(),
        "routes": diff.routes.iter().map(route_json).collect::<Vec<_>>(),
        "guards": diff.guards.iter().map(|guard| of_guard(guard, old)).collect::<Vec<_>>(),
        "upkeep": upkeep.iter().map(upkeep_json).collect::<Vec<_>>(),
        "structure": diff.structure.iter().map(moved).collect::<Vec<_>>(),
    });
    if let (false, Some(fields)) = (diff.complete && diff.guards_complete, value.as_object_mut()) {
        fields.insert("complete".to_owned(), false.into());
    }
    value
}

/// The fields of [`json()`] that speak of flows and of what protects them.
pub fn meaning_json(diff: &Diff<'_>, old: &Files, new: &Files) -> Value {
    let mut value = json(diff, &[], old, new);
    if let Some(fields) = value.as_object_mut() {
        for name in ["schema", "upkeep", "structure"] {
            fields.shift_remove(name);
        }
    }
    value
}

fn entry(change: &Change<'_>, old: &Files, new: &Files) -> Value {
    let mut fields = Map::from_iter([("effect".to_owned(), change.effect.word().into())]);
    fields.insert("case".to_owned(), change.case.word().into());
    if let Ok(Value::Object(entry)) = serde_json::to_value(ReachEntry::of(&change.product)) {
        fields.extend(entry);
    }
    for (except, first) in
        fields.get_mut("except").and_then(Value::as_array_mut).into_iter().flatten().zip(&change.first)
    {
        let files = match first.when {
            ChangeWhen::Before => old,
            ChangeWhen::After => new,
        };
        except.as_object_mut().into_iter().for_each(|fields| {
            fields.insert("decidedBy".to_owned(), json!(decided_by(first.rule, files)));
        });
    }
    fields.insert("before".to_owned(), side(&change.before, old));
    fields.insert("after".to_owned(), side(&change.after, new));
    fields.insert("witness".to_owned(), witness(&change.witness));
    Value::Object(fields)
}

fn side(outcome: &DiffOutcome<'_>, files: &Files) -> Value {
    let mut value = json!({
        "verdict": outcome.decision.action().to_string(),
        "decidedBy": decided_by(outcome.decision, files),
        "way": way_taken(&outcome.way),
        "fate": outcome.fate.to_string(),
    });
    if let (Some(target), Some(fields)) = (outcome.rule().and_then(target), value.as_object_mut()) {
        fields.insert("translated".to_owned(), json!(target));
    }
    value
}

/// A route or a subnet that differs.
pub fn route_json(one: &RouteChange) -> Value {
    let (field, what) = match &one.what {
        Routed::Prefix(prefix) => ("prefix", prefix),
        Routed::Subnet(name) => ("subnet", name),
    };
    json!({
        "table": one.table, field: what, "before": one.before, "after": one.after, "effect": one.effect.word(),
    })
}

fn of_guard(one: &GuardChange<'_>, files: &Files) -> Value {
    json!({
        "policy": one.rule.policy.name.label(),
        "rule": decided_by(Decision::Rule(one.rule), files),
        "change": one.change.word(),
        "before": one.before,
        "after": one.after,
        "flows": one.flows.iter().map(ReachEntry::of).collect::<Vec<_>>(),
        "witness": witness(&one.witness),
    })
}

/// An owner, a ticket, an expiry or a description that differs.
pub fn upkeep_json(one: &UpkeepChange) -> Value {
    let (group, rule) = &one.place;
    let mut value = json!({ "policy": one.policy, "what": one.what, "before": one.before, "after": one.after });
    if let Some(fields) = value.as_object_mut() {
        match rule {
            Some(rule) => fields.insert("rule".to_owned(), json!({ "group": group, "rule": rule })),
            None => fields.insert("group".to_owned(), group.as_str().into()),
        };
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

/// The answer of one policy, where each of its entries states of which policy it is.
pub fn of_policy(mut value: Value, policy: &str, status: &str) -> Value {
    for list in ["changes", "settings", "structure"] {
        let entries = value.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten();
        for fields in entries.filter_map(Value::as_object_mut) {
            let of = fields.get("path").and_then(Value::as_str).and_then(|path| path.split_once(": "));
            let of = of.map_or(policy, |(policy, _)| policy).to_owned();
            let is_shared = ["ip-group", "route-table"].iter().any(|what| fields.get("what") == Some(&json!(what)));
            if !is_shared {
                fields.shift_insert(0, "policy".to_owned(), of.into());
            }
        }
    }
    if let Some(fields) = value.as_object_mut() {
        fields.insert("policies".to_owned(), json!([{ "policy": policy, "status": status }]));
    }
    value
}

/// The answers of several policies as one. What is said of a base or of the network is said once.
pub fn together(values: impl Iterator<Item = Value>) -> Value {
    let mut all = Map::new();
    for value in values {
        let Value::Object(fields) = value else { continue };
        for (name, value) in fields {
            let Some(known) = all.get_mut(&name) else {
                all.insert(name, value);
                continue;
            };
            match (known, value) {
                (Value::Bool(known), Value::Bool(other)) => {
                    // What holds of all, and what holds of one.
                    let of_all = ["equivalent", "complete"].contains(&name.as_str());
                    *known = if of_all { *known && other } else { *known || other };
                }
                (Value::Array(known), Value::Array(more)) => {
                    let repeated = |entry: &Value| name != "changes" && known.contains(entry);
                    let more: Vec<Value> = more.into_iter().filter(|entry| !repeated(entry)).collect();
                    known.extend(more);
                }
                _ => {}
            }
        }
    }
    Value::Object(all)
}
