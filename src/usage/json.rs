//! The observed traffic, as `fwc.usage/1`.

use serde_json::{Map, Value, json};

use crate::explain::{Decision, Detail, Explanation, FlowLine, decided_by, report};
use crate::logs::{LineCount, Logged, Observed, Unreadable};
use crate::source::{Files, Origin};

use super::replay::{Changed, Replay, Replayed};
use super::rules::{RuleReached, RuleUse};
use super::tally::{Disagreement, SeenTimes, Unlike, Usage};

/// How many entries a list has at the most.
const MOST: usize = 10_000;

/// The observed traffic of one policy. Lists are cut after ten thousand entries, which `complete` states; the counts
/// are exact.
pub fn json(usage: &Usage<'_>, observed: &Observed, files: &Files, replay: Option<(&Replay<'_>, &Files)>) -> Value {
    let (unread, named) = observed.unread();
    let lists = [usage.denied.len(), usage.disagreements.len(), replay.map_or(0, |(replay, _)| replay.flows.len())];
    let mut value = json!({
        "schema": "fwc.usage/1",
        "window": window(usage.all),
        "lines": usage.all.lines,
        "flows": usage.flows,
        "unread": named.iter().map(unreadable).collect::<Vec<_>>(),
        "unreadLines": unread,
        "notFlows": usage.others.iter().map(|(what, lines)| json!({ "what": what, "lines": lines })).collect::<Vec<_>>(),
        "rules": usage.rules.iter().map(|rule| of_rule(rule, files)).collect::<Vec<_>>(),
        "denied": usage.denied.iter().take(MOST).filter_map(|one| seen(one, observed)).collect::<Vec<_>>(),
        "disagreements": usage.disagreements.iter().take(MOST).filter_map(|one| disagreement(one, observed, files)).collect::<Vec<_>>(),
        "complete": lists.iter().all(|length| *length <= MOST) && observed.cut() == 0,
    });
    let Some(fields) = value.as_object_mut() else { return value };
    if usage.open.lines > 0 {
        fields.insert("open".to_owned(), Value::Object(counted(usage.open)));
    }
    if let Some((count, why)) = &usage.undecided {
        fields.insert("undecided".to_owned(), json!({ "lines": count.lines, "why": why }));
    }
    if let Some((replay, new)) = replay {
        let flows = replay.flows.iter().take(MOST).filter_map(|one| replayed(one, (replay, observed), (files, new)));
        fields.insert("replay".to_owned(), flows.collect());
    }
    value
}

fn window(count: LineCount) -> Value {
    let mut fields = counted(count);
    fields.shift_remove("lines");
    Value::Object(fields)
}

/// The lines, and when the first and the last were written.
pub(super) fn counted(count: LineCount) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("lines".to_owned(), count.lines.into());
    for (name, time) in [("first", count.first), ("last", count.last)] {
        fields.extend(time.map(|time| (name.to_owned(), time.to_string().into())));
    }
    fields
}

fn with(mut fields: Map<String, Value>, count: LineCount) -> Value {
    fields.extend(counted(count));
    Value::Object(fields)
}

fn unreadable(one: &Unreadable) -> Value {
    let mut at = Map::new();
    at.insert("file".to_owned(), one.file.as_str().into());
    at.extend(one.line.map(|line| ("line".to_owned(), line.into())));
    at.extend(one.record.map(|record| ("record".to_owned(), record.into())));
    json!({ "at": at, "why": one.why })
}

fn of_rule(of: &RuleUse<'_>, files: &Files) -> Value {
    let RuleUse { line, origin, flows, count, reached } = of;
    let mut fields = Map::new();
    fields.insert(
        "rule".to_owned(),
        json!({
            "policy": line.policy.name.label(),
            "group": line.group.name.as_str(),
            "collection": line.collection.name,
            "rule": line.rule.name(),
        }),
    );
    fields.insert("kind".to_owned(), line.rule.kind().to_string().into());
    fields.insert("action".to_owned(), line.rule.action().to_string().into());
    fields.extend(origin.as_ref().and_then(|origin| at(origin, files)).map(|at| ("at".to_owned(), at)));
    fields.insert("flows".to_owned(), (*flows).into());
    fields.insert("reached".to_owned(), reached.word().into());
    if let RuleReached::Shadowed(by) = reached {
        let by = by.iter().map(|name| format!("{}/{}", name.group, name.rule));
        fields.insert("shadowedBy".to_owned(), by.collect());
    }
    with(fields, *count)
}

fn at(origin: &Origin, files: &Files) -> Option<Value> {
    files.locate(origin.at).map(|located| located.start_json())
}

fn seen(seen: &SeenTimes, observed: &Observed) -> Option<Value> {
    let mut fields = Map::new();
    fields.insert("flow".to_owned(), json!(seen.flow(observed)?.line()));
    Some(with(fields, seen.count))
}

fn disagreement(one: &Disagreement<'_>, observed: &Observed, files: &Files) -> Option<Value> {
    let row = one.seen.flow(observed)?;
    let (flow, mut fields) = (row.line(), Map::new());
    fields.insert("flow".to_owned(), json!(flow));
    fields.insert("what".to_owned(), one.what.word().into());
    fields.insert("logged".to_owned(), logged(row.logged));
    fields.insert("decided".to_owned(), decided(&one.decided, &flow, files));
    Some(with(fields, one.seen.count))
}

fn logged(of: &Logged<Box<str>>) -> Value {
    let mut fields = Map::new();
    fields.insert("table".to_owned(), of.table.word().into());
    let action = of.action.map(|action| super::judge::action(action).to_string());
    fields.extend(action.map(|action| ("action".to_owned(), action.into())));
    let names = [("policy", &of.policy), ("group", &of.group), ("collection", &of.collection), ("rule", &of.rule)];
    let stated = names.into_iter().filter(|(_, name)| !name.is_empty());
    fields.extend(stated.map(|(field, name)| (field.to_owned(), Value::from(&**name))));
    Value::Object(fields)
}

/// The parts of an explanation that state what is decided, and on what it depends.
fn decided(explained: &Explanation<'_>, flow: &FlowLine, files: &Files) -> Value {
    const PARTS: [&str; 6] = ["verdict", "fate", "way", "decidedBy", "depends", "translated"];
    let whole = serde_json::to_value(report(explained, flow, files, Detail::Decision)).unwrap_or_default();
    let parts = whole.as_object().into_iter().flatten().filter(|(name, _)| PARTS.contains(&name.as_str()));
    Value::Object(parts.map(|(name, value)| (name.clone(), value.clone())).collect())
}

fn replayed(
    one: &Replayed,
    (replay, observed): (&Replay<'_>, &Observed),
    (old, new): (&Files, &Files),
) -> Option<Value> {
    let Changed { before, after, unless } = replay.changes.get(one.change)?;
    let (flow, mut fields) = (one.seen.flow(observed)?.line(), Map::new());
    fields.insert("flow".to_owned(), json!(flow));
    fields.insert("breaks".to_owned(), one.breaks.into());
    fields.insert("before".to_owned(), decided(before, &flow, old));
    let mut then = decided(after, &flow, new);
    if let (Some(unless), Some(fields)) = (unless, then.as_object_mut()) {
        depends_on_name(fields, *unless, new);
    }
    fields.insert("after".to_owned(), then);
    Some(with(fields, one.seen.count))
}

/// What the log does not state is a condition of the answer.
fn depends_on_name(fields: &mut Map<String, Value>, unless: Decision<'_>, files: &Files) {
    let otherwise = json!({
        "on": "otherwise",
        "verdict": fields.get("verdict"),
        "fate": fields.get("fate"),
        "decidedBy": fields.get("decidedBy"),
    });
    let named = json!({
        "on": UNTOLD,
        "verdict": "allow",
        "fate": "allowed",
        "decidedBy": decided_by(unless, files),
    });
    fields.insert("depends".to_owned(), json!([named, otherwise]));
    fields.insert("verdict".to_owned(), "depends".into());
    fields.insert("fate".to_owned(), "depends".into());
}

/// What the log of network rules does not state.
pub(super) const UNTOLD: &str = "the connection carries a protocol with a host name that this rule allows, which the log \
                                 does not say";

impl RuleReached<'_> {
    /// The word in JSON.
    fn word(&self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Shadowed(_) => "shadowed",
            Self::Empty => "empty",
            Self::NotDecided => "not-decided",
        }
    }
}

impl Unlike {
    /// The word in JSON.
    fn word(self) -> &'static str {
        match self {
            Self::NoSuchRule => "no-such-rule",
            Self::Action => "action",
            Self::Rule => "rule",
            Self::Way => "way",
        }
    }
}
