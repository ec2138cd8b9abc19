//! What commands answer with `--format json`.

use super::parts::{
    assumptions, complete, decided_by, fate, flow, limit, part_of, per_group, place, product, risks, rule_path,
    split_next, stretch, translated, uncounted, way, without_parent,
};
use super::shape::{
    SchemaShape, ShapeField, anything, constant, foreign, list, may, must, number, object, one_of, text, truth,
};

/// One finding.
fn diagnostic() -> SchemaShape {
    let numbers = ["line", "column", "endLine", "endColumn"].map(|name| must(name, number()));
    let edit = object([must("file", text()), must("text", text())].into_iter().chain(numbers));
    let fix = object([
        must("message", text()),
        must("applicability", one_of(&["safe", "maybe", "display"])),
        must("edits", list(edit)),
    ]);
    object([
        must("code", text()),
        must("name", text()),
        must("severity", one_of(&["error", "warning", "note"])),
        must("message", text()),
        may("at", stretch()),
        may("rule", rule_path()),
        must("related", list(object([must("message", text()), must("at", stretch())]))),
        may("path", list(text()).about("the way of a packet, hop by hop")),
        may("help", text()),
        may("witness", flow()),
        may("fixes", list(fix)),
    ])
}

pub(super) fn check() -> SchemaShape {
    object([
        must("schema", constant("fwc.check/1")),
        must("diagnostics", list(diagnostic())),
        assumptions(),
        without_parent(),
        may("limits", list(limit())),
        may("uncounted", list(uncounted())),
        may("perGroup", list(per_group())),
        may("splitNext", list(split_next())),
    ])
}

pub(super) fn explain() -> SchemaShape {
    let verdict = || one_of(&["allow", "deny", "depends"]);
    let names = ["policy", "group", "collection", "rule", "why"].map(|name| must(name, text()));
    let depends = object([
        must("on", text()),
        must("verdict", verdict()),
        must("fate", fate()),
        may("way", way()),
        must("decidedBy", decided_by()),
    ]);
    let near = object([
        must("rule", decided_by()),
        must("differs", one_of(&["source", "destination", "service", "name"])),
        must("with", text()),
    ]);
    object([
        must("schema", constant("fwc.explain/1")),
        must("flow", flow()),
        must("verdict", verdict().about("what the rules decide")),
        must("fate", fate().about("what becomes of the flow along its way")),
        must("way", way()),
        must("decidedBy", decided_by()),
        may("passed", list(object(names))),
        may("depends", list(depends)),
        may("near", list(near)),
        may("translated", translated()),
        may("sources", list(text()).about("the sources of a set that get this answer; `flow` has one of them")),
        may("services", list(text()).about("the services of a set that get this answer; `flow` has one of them")),
        without_parent(),
        assumptions(),
    ])
}

/// A product with more fields.
fn flows(more: impl IntoIterator<Item = ShapeField>) -> SchemaShape {
    object(product().into_iter().chain(more))
}

fn case() -> SchemaShape {
    one_of(&["ordinary", "unusual-address"])
}

pub(super) fn reach() -> SchemaShape {
    let passing = flows([must("case", case()), must("decidedBy", decided_by()), must("witness", flow())]);
    let past = flows([must("way", way()), must("fate", constant("unfiltered")), must("witness", flow())]);
    object([
        must("schema", constant("fwc.reach/1")),
        must("complete", truth()),
        must("flows", list(passing)),
        must("unfiltered", list(past)),
        assumptions(),
        without_parent(),
    ])
}

pub(super) fn test() -> SchemaShape {
    let by = || {
        let names = ["policy", "group", "collection", "rule", "action"].map(|name| may(name, text()));
        let kind = one_of(&["dnat", "network", "application", "default", "way"]);
        object([must("kind", kind), may("way", way())].into_iter().chain(names))
    };
    let note = object([
        must("kind", one_of(&["unfiltered", "unusual-address", "not-routed"])),
        must("message", text()),
        may("way", way()),
        part_of(),
        may("witness", flow()),
        may("decidedBy", by()),
    ]);
    let result = object([
        must("test", text().or_null()),
        must("policy", text()),
        must("expect", text()),
        must("at", place().or_null()),
        must("result", one_of(&["holds", "fails", "conditional"])),
        must("conditions", list(text())),
        may("witness", flow()),
        may("decidedBy", by()),
        part_of(),
        may("outside", text().about("what would state that the flow does not occur")),
        may("notes", list(note)),
    ]);
    object([
        must("schema", constant("fwc.test/1")),
        must("results", list(result)),
        must("coverage", list(coverage())),
        assumptions(),
    ])
}

fn coverage() -> SchemaShape {
    let untouched = object([
        must("group", text()),
        must("rule", text()),
        must("kind", one_of(&["dnat", "network", "application"])),
        must("action", one_of(&["allow", "deny", "dnat"])),
        must("at", place()),
        must("why", text()),
    ]);
    object([
        must("policy", text()),
        must("rules", number()),
        must("touched", number()),
        must("untouched", list(untouched)),
    ])
}

pub(super) fn plan() -> SchemaShape {
    let undo = object([must("do", text()), may("template", foreign())]);
    let association = object([must("routeTable", text()), must("subnet", text())]);
    let at_end = object(compared()).about("what is different at the end");
    let operation = object([
        must("step", number()),
        must("do", text()),
        must("what", text()),
        must("name", text()),
        must("why", text()),
        must("cut", list(flows([])).about("flows that pass neither before nor after it")),
        must("cutComplete", truth()),
        may("template", foreign()),
        must("undo", undo),
    ]);
    object([
        must("schema", constant("fwc.plan/1")),
        must("opened", list(flows([])).about("empty: no operation opens a flow")),
        must("guarded", truth()),
        must("operations", list(operation)),
        must("leftOver", list(text())),
        must("associate", list(association).about("the subnets of new route tables")),
        must("atEnd", at_end),
        assumptions(),
    ])
}

pub(super) fn resolve() -> SchemaShape {
    let name = object([
        must("name", text()),
        must("result", one_of(&["addresses", "no-name", "no-address", "no-answer"])),
        may("aliases", list(text())),
        may("addresses", list(text())),
        may("varies", truth()),
        may("why", text()),
        may("privateEndpoint", text()),
        must("rules", list(rule_path())),
    ]);
    let change = object([must("name", text()), must("added", list(text())), must("removed", list(text()))]);
    object([
        must("schema", constant("fwc.resolve/1")),
        must("names", list(name)),
        must("wildcards", list(text()).about("host patterns that cannot be looked up")),
        must("changes", list(change)),
        must("diagnostics", list(diagnostic())),
        assumptions(),
    ])
}

pub(super) fn catalogue() -> SchemaShape {
    let parameter = object([
        must("name", text()),
        must("kind", text()),
        must("default", text().or_null()),
        must("note", text().or_null()),
    ]);
    let entry = object([
        must("services", text()),
        must("destinations", list(text())),
        must("purpose", text()),
        must("need", text()),
        must("source", text()),
        must("checked", text().about("the day on which the source was read")),
        must("conditions", list(text())),
    ]);
    let applies = object([must("bundle", text()), must("conditions", list(text()))]);
    let bundle = object([
        must("name", text()),
        must("purpose", text()),
        must("parameters", list(parameter)),
        must("entries", list(entry)),
        must("applies", list(applies)),
    ]);
    let set = object([must("name", text()), must("purpose", text()), must("members", list(text()))]);
    let module = object([
        must("name", text()),
        must("summary", text()),
        must("checked", text().or_null()),
        must("sha256", text()),
        may("notes", list(text())),
        may("sets", list(set)),
        may("bundles", list(bundle)),
    ]);
    object([must("schema", constant("fwc.catalogue/1")), must("modules", list(module))])
}

pub(super) fn catalogue_diff() -> SchemaShape {
    let moment = || object([must("checked", text()), must("sha256", text())]);
    let module = object([
        must("name", text()),
        must("opened", list(text())),
        must("closed", list(text())),
        must("before", moment()),
        must("after", moment().or_null()),
    ]);
    object([must("schema", constant("fwc.catalogue-diff/1")), must("modules", list(module))])
}

fn change() -> SchemaShape {
    let effect =
        ["newly-allowed", "newly-denied", "newly-unfiltered", "newly-filtered", "newly-private", "translation-changed"];
    let seen = object([
        must("lines", number()),
        must("flows", number()),
        may("first", text()),
        may("last", text()),
        must("certain", truth().about("false where some of the flows may be of another cause")),
    ]);
    let side = || {
        object([
            must("verdict", one_of(&["allow", "deny", "depends"])),
            must("decidedBy", decided_by()),
            must("way", way()),
            must("fate", fate()),
            may("translated", translated()),
        ])
    };
    flows([
        must("policy", text()),
        must("effect", one_of(&effect)),
        must("case", case()),
        must("before", side()),
        must("after", side()),
        must("witness", flow()),
        risks(),
        may("approved", truth()),
        may("seen", seen.about("what was seen of the pair of rules or ways that causes it, with --logs")),
    ])
}

/// What was before and is after.
fn before_and_after() -> [ShapeField; 2] {
    ["before", "after"].map(|name| must(name, text().or_null()))
}

/// What differs of flows and of what protects them, as `diff` and the end of a plan say it.
fn compared() -> Vec<ShapeField> {
    let effect = || must("effect", one_of(&["weakens", "strengthens", "neutral"]));
    let values = ["before", "after"].map(|name| must(name, anything().about("as the property has it; null is absent")));
    let approved = || may("approved", truth());
    let setting = [may("policy", text()), must("path", text()), effect(), risks(), approved()];
    let setting = object(setting.into_iter().chain(values));
    let route = [must("table", text()), may("prefix", text()), may("subnet", text()), effect(), risks(), approved()];
    let guard = [
        must("policy", text()),
        must("rule", decided_by()),
        must("change", one_of(&["removed", "narrowed"])),
        must("flows", list(flows([]))),
        must("witness", flow()),
        risks(),
        approved(),
    ];
    let flags = ["equivalent", "widened", "narrowed", "weakened"].map(|name| must(name, truth()));
    let status = one_of(&["same", "changed", "added", "removed"]);
    let lists = [
        must("changes", list(change())),
        must("settings", list(setting)),
        must("routes", list(object(route.into_iter().chain(before_and_after())))),
        must("guards", list(object(guard.into_iter().chain(before_and_after())))),
        must("policies", list(object([must("policy", text()), must("status", status)]))),
        complete(),
    ];
    flags.into_iter().chain(lists).collect()
}

pub(super) fn diff() -> SchemaShape {
    let rule = object([must("group", text()), must("rule", text())]);
    let upkeep = [
        must("policy", text()),
        must("what", text()),
        may("rule", rule),
        may("group", text()),
        may("approved", truth()),
    ];
    let moved = object([
        may("policy", text()),
        must("kind", one_of(&["added", "removed", "moved", "renamed"])),
        must("what", text()),
        must("name", text()),
        may("from", text()),
    ]);
    let lists = [
        must("upkeep", list(object(upkeep.into_iter().chain(before_and_after())))),
        must("structure", list(moved)),
        may("children", list(child())),
    ];
    let head = [must("schema", constant("fwc.diff/1"))].into_iter().chain(compared()).chain(lists);
    let config = may("config", text().about("the file by which risks are judged"));
    object(head.chain([without_parent(), config, assumptions()]))
}

pub(super) fn drift() -> SchemaShape {
    let head = [
        must("schema", constant("fwc.drift/1")),
        must("drifted", truth().about("whether anything that is listed differs")),
        must("notCompared", list(text()).about("what only one of the two states")),
    ];
    let tail = [
        must("notInSource", list(text()).about("policies that are deployed and that the source does not state")),
        without_parent(),
        assumptions(),
    ];
    object(head.into_iter().chain(compared()).chain(tail))
}

/// What the change of a base does to a policy that inherits it.
fn child() -> SchemaShape {
    let flags = ["equivalent", "widened", "narrowed", "weakened", "translationChanged"].map(|name| may(name, truth()));
    object([must("policy", text()), may("notDecided", text())].into_iter().chain(flags))
}
