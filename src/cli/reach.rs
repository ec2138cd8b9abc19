//! `fwc reach`.

use serde_json::{Map, Value, json};

use crate::driver::{FlowQuestion, Input, ParsedQuestion, Unasked, asked, assumptions_json};
use crate::evaluate::OrderLine;
use crate::explain::way_taken;
use crate::exposure::is_most_of_internet;
use crate::flow::{Product, WorkBudget};
use crate::net::AddressSet;
use crate::prove::describe;
use crate::reach::{PassingEntries, PastFirewall, PolicyReach, ReachCase, ReachEntry, reach, witness};
use crate::source::{Files, Place, visible};
use crate::way::words;
use crate::words::{SetWords, excepted};

use super::args::{Format, ReachArgs};
use super::open::{deciding_about, disk, ended, rest_on, tell_refused};
use super::{CommandOutcome, Failure, printer, wrap};

/// How many entries are printed at the most for each product that is asked, and how many where all are wanted: more than the
/// work that a question may take finds.
const LIMIT: usize = 10_000;
const ALL: usize = 1 << 40;

pub(super) fn run(args: &ReachArgs) -> Result<CommandOutcome, Failure> {
    let options = deciding_about(&args.about);
    let question = FlowQuestion { services: args.service.clone(), from: args.from.clone(), to: args.to.clone() };
    let ParsedQuestion { input, flows } =
        match asked(&disk(&args.input, &args.about.source)?, &args.input, &question, &options) {
            Ok(asked) => asked,
            Err(Unasked::Input(why) | Unasked::Question(why)) => return ended(why),
        };
    tell_refused(&[&args.input], input.refused);
    rest_on(&input.snapshots, &args.about.knowledge);
    printer::assumptions(&input.model.assumptions);
    let policy = input.policy(&options)?;
    let found = reach(
        &input.model,
        policy,
        &flows,
        &input.knowledge,
        if args.all { ALL } else { LIMIT },
        &WorkBudget::default(),
    );
    let found = found.map_err(|stopped| Failure::new(stopped.to_string()))?;
    let without_parent = input.without_parent.as_deref();
    match args.format {
        Format::Json => printer::json(&format!("{}\n", json_of(&found, &input))),
        Format::Text => say!("{}", text(&found, without_parent)),
    }
    Ok(CommandOutcome::Done)
}

pub(super) fn json_of(found: &PolicyReach<'_>, input: &Input) -> Value {
    let flows: Vec<Value> = found.passing.iter().map(|passing| entry(passing, &input.files)).collect();
    let mut value = json!({
        "schema": "fwc.reach/1",
        "complete": found.complete,
        "flows": flows,
        "unfiltered": found.past.iter().map(unfiltered).collect::<Vec<_>>(),
        "assumptions": assumptions_json(&input.model.assumptions),
    });
    if let (Some(base), Some(fields)) = (&input.without_parent, value.as_object_mut()) {
        fields.insert("withoutParent".to_owned(), base.as_str().into());
    }
    value
}

fn entry(passing: &PassingEntries<'_>, files: &Files) -> Value {
    let mut fields = fields(&passing.entry);
    fields.insert("case".to_owned(), passing.case.word().into());
    for (except, first) in
        fields.get_mut("except").and_then(Value::as_array_mut).into_iter().flatten().zip(&passing.first)
    {
        except.as_object_mut().into_iter().for_each(|fields| {
            fields.insert("decidedBy".to_owned(), decided_by(first, files));
        });
    }
    fields.insert("decidedBy".to_owned(), decided_by(&passing.by, files));
    fields.insert("witness".to_owned(), witness(&passing.witness));
    Value::Object(fields)
}

fn unfiltered(past: &PastFirewall<'_>) -> Value {
    let mut fields = fields(&past.entry);
    fields.insert("way".to_owned(), json!(way_taken(&past.way)));
    fields.insert("fate".to_owned(), "unfiltered".into());
    fields.insert("witness".to_owned(), witness(&past.witness));
    Value::Object(fields)
}

fn fields(entry: &ReachEntry) -> Map<String, Value> {
    match serde_json::to_value(entry) {
        Ok(Value::Object(fields)) => fields,
        Ok(_) | Err(_) => Map::new(),
    }
}

fn decided_by(line: &OrderLine<'_>, files: &Files) -> Value {
    let mut value = json!({
        "policy": line.policy.name,
        "group": line.group.name,
        "collection": line.collection.name,
        "rule": line.rule.name(),
        "kind": line.rule.kind().to_string(),
        "action": line.rule.action().to_string(),
    });
    let at = line.rule.origin().and_then(|origin| files.locate(origin.at));
    if let (Some(at), Some(fields)) = (at, value.as_object_mut()) {
        fields.insert("at".to_owned(), at.start_json());
    }
    value
}

/// The flows rule by rule, the answer first.
fn text(found: &PolicyReach<'_>, without_parent: Option<&str>) -> String {
    let mut lines = Vec::new();
    let rules = found.passing.iter().map(|passing| rule(&passing.by)).collect::<std::collections::BTreeSet<_>>().len();
    lines.push(match (found.passing.is_empty(), found.complete) {
        (true, _) => "no rule lets a flow pass".to_owned(),
        (false, true) if rules == 1 => "1 rule lets flows pass".to_owned(),
        (false, true) => format!("{rules} rules let flows pass"),
        (false, false) => format!("{rules} rules and more let flows pass: the list is cut, `--all` has all of it"),
    });
    if let Some(base) = without_parent {
        lines.push(format!("without the base policy `{base}`, which was left out"));
    }
    let chosen = || found.past.iter().filter(|past| past.is_chosen() && past.case == ReachCase::Ordinary);
    if chosen().next().is_some() {
        lines.push("\npast the firewall, whatever its rules say".to_owned());
    }
    for past in chosen() {
        lines.push(field("way", &words(&past.way)));
        lines.extend(entry_lines(&past.entry, &past.product));
        lines.push(field("such as", &describe(&past.witness)));
    }
    let (ordinary, unusual): (Vec<_>, Vec<_>) =
        found.passing.iter().partition(|passing| passing.case == ReachCase::Ordinary);
    let mut heading = None;
    for passing in ordinary {
        let now = rule(&passing.by);
        if heading.as_ref() != Some(&now) {
            lines.push(format!("\n{now}"));
            heading = Some(now);
        }
        lines.extend(flow_lines(passing));
        lines.push(field("such as", &describe(&passing.witness)));
    }
    lines.extend(folded(&unusual));
    lines.push(String::new());
    lines.join("\n")
}

/// What passes only where a name has an unusual address, in few lines.
fn folded(unusual: &[&PassingEntries<'_>]) -> Vec<String> {
    let mut rules: Vec<&str> = unusual.iter().map(|passing| passing.by.rule.name()).collect();
    rules.dedup();
    let names = rules.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let text = format!("also where a name has a private, a special or the firewall's own address: {}", few(&names));
    if unusual.is_empty() { Vec::new() } else { vec![String::new(), wrapped(&text)] }
}

/// One rule: where it was written, and the flows it decides.
pub(super) fn of_rule(line: &OrderLine<'_>, found: &PolicyReach<'_>, files: &Files) -> String {
    let mut lines = vec![rule(line)];
    let places = line.rule.origin().into_iter().flat_map(|origin| {
        let applied = origin.via.iter().map(|&via| ("applied at", Place::from(via)));
        std::iter::once(("written at", origin.at)).chain(applied)
    });
    for (word, place) in places {
        lines.extend(files.locate(place).map(|located| format!("  {word} {}", located.line())));
    }
    let does = line.rule.action();
    match (found.passing.is_empty(), found.complete) {
        (true, _) => lines.push("  no flow reaches it: rules before it decide all that it matches".to_owned()),
        (false, true) => lines.push(format!("  these flows reach it: {does}")),
        (false, false) => lines.push(format!("  these flows and more reach it: {does}")),
    }
    for passing in &found.passing {
        lines.push(String::new());
        lines.extend(flow_lines(passing));
        lines.push(field("such as", &describe(&passing.witness)));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn rule(line: &OrderLine<'_>) -> String {
    let path = [line.policy.name.as_str(), &line.group.name, &line.collection.name, line.rule.name()].join(" / ");
    visible(&path).into_owned()
}

fn flow_lines(passing: &PassingEntries<'_>) -> Vec<String> {
    let mut lines = entry_lines(&passing.entry, &passing.product);
    lines.extend(excepted(passing.first.iter().map(|line| line.rule.name())).map(|text| field("", &text)));
    lines
}

/// Whether flows go to nearly every address that a name usually has.
fn is_everywhere(product: &Product) -> bool {
    is_most_of_internet(&product.addresses)
}

fn entry_lines(entry: &ReachEntry, product: &Product) -> Vec<String> {
    let services = SetWords::default().services(&product.services);
    let mut lines = vec![format!("  services  {}", few(&services)), format!("  from      {}", few(&entry.sources))];
    let any_name = entry.names.of.iter().any(|name| name == "*") && entry.names.of.iter().any(|name| name == "none");
    if !any_name {
        let except =
            if entry.names.except.is_empty() { String::new() } else { format!(" except {}", few(&entry.names.except)) };
        lines.push(field("to", &format!("{}{except}", few(&entry.names.of))));
    }
    if any_name || !is_everywhere(product) {
        lines.push(field(if any_name { "to" } else { "at" }, &few(&known(&entry.addresses))));
    }
    let opaque = entry.opaque.inside.iter().map(|set| format!("in {set}"));
    let any = entry.opaque.any_of.iter().map(|sets| format!("in {}", sets.join(" or ")));
    let opaque: Vec<String> =
        opaque.chain(any).chain(entry.opaque.not_in.iter().map(|set| format!("not in {set}"))).collect();
    if !opaque.is_empty() {
        lines.push(field("where", &opaque.join(" and ")));
    }
    if !entry.conditions.is_empty() {
        lines.push(field("if", &entry.conditions.join(" and ")));
    }
    lines
}

/// A sentence, broken at blanks to stay within 80 columns.
fn wrapped(text: &str) -> String {
    field("", text).trim_start().replace("\n            ", "\n")
}

/// A line of a name and what it is, broken at blanks to stay within 80 columns.
fn field(name: &str, value: &str) -> String {
    let lines = wrap::wrapped(value, &format!("  {name:<8}  "), &" ".repeat(12));
    lines.join("\n")
}

/// The list, or the word of the language for it.
fn known(list: &[String]) -> Vec<String> {
    for (word, set) in [("internet", AddressSet::internet()), ("private", AddressSet::private())] {
        if list == spans(&set) {
            return vec![word.to_owned()];
        }
        if list == spans(&AddressSet::any().difference(&set)) {
            return vec![format!("any except {word}")];
        }
    }
    list.to_vec()
}

fn spans(set: &AddressSet) -> Vec<String> {
    set.spans().map(|span| span.to_string()).collect()
}

/// The first entries of a list, and how many more there are.
fn few(list: &[String]) -> String {
    const SHOWN: usize = 4;
    let shown = list.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match list.len().checked_sub(SHOWN).filter(|&more| more > 0) {
        Some(more) => format!("{shown} and {more} more"),
        None => shown,
    }
}
