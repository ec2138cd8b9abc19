//! Documents that fwc keeps: what it compiled, locked, was told and found, and its configuration.

use super::parts::{assumptions, limit, per_group, split_next, uncounted};
use super::shape::{
    SchemaShape, any, anything, by_name, constant, foreign, list, may, must, number, object, one_of, text,
};

/// `manifest.json`.
pub(super) fn manifest() -> SchemaShape {
    let hashed = || list(object([must("path", text()), must("sha256", text())]));
    let zone = object([must("zone", text()), must("endpoints", list(text()))]);
    let counts = object(["errors", "warnings", "notes"].map(|name| must(name, number())));
    object([
        must("schema", constant("fwc.manifest/1")),
        must("tool", text()),
        must("inputs", hashed().about("as the source names them")),
        must("outputs", hashed()),
        must("policies", list(of_policy())),
        must("limits", list(limit())),
        may("splitNext", split_next()),
        may("privateDnsZones", list(zone)),
        must("diagnostics", counts),
        assumptions(),
    ])
}

fn of_policy() -> SchemaShape {
    let place = || object([must("file", text()), must("line", number()), must("column", number())]);
    let removed = object([must("what", text()), must("at", place()), must("coveredBy", place())]);
    let saved =
        object([must("step", text())].into_iter().chain(["rules", "pairs", "bytes"].map(|name| must(name, number()))));
    let proof = object([
        must("order", one_of(&["intent", "azure"])),
        must("meaning", one_of(&["proved", "conditional"])),
        must("conditions", list(text())),
        must("artefact", constant("proved")),
    ]);
    let counts = ["groups", "collections", "rules", "sourceRules", "merged"].map(|name| must(name, number()));
    let own = [
        must("name", text()),
        must("parent", text().or_null()),
        must("sku", text()),
        must("limits", list(limit())),
        must("uncounted", list(uncounted())),
        must("perGroup", list(per_group())),
        may("splitNext", split_next()),
        must("proof", proof),
        must("removed", list(removed)),
        may("saved", list(saved)),
    ];
    object(own.into_iter().chain(counts))
}

/// `egress.lock`.
pub(super) fn lock() -> SchemaShape {
    let marks = || list(text());
    let rules = || any([by_name(marks()), list(text())]);
    let part = object([must("of", text()), must("members", marks())]);
    let group = object([
        must("priority", number()),
        may("collections", by_name(number())),
        may("rules", rules().about("names that were made up, with the marks of the rules that have them")),
        may("part", part),
    ]);
    let module = object([
        must("checked", text().about("the day on which its oldest fact was checked")),
        must("sha256", text()),
        must("opens", list(text())),
    ]);
    object([
        must("schema", constant("fwc.lock/1")),
        must("policies", by_name(by_name(group))),
        may("ipGroups", by_name(rules())),
        may("catalogue", by_name(module).about("the modules of the catalogue that were used")),
    ])
}

/// Changes that were accepted.
pub(super) fn approved() -> SchemaShape {
    let rule = object([must("group", text()), must("rule", text())]);
    let change = object([
        must("policy", text()),
        may("effect", text()),
        may("flows", anything().about("one set of flows; a list of them of a deny rule")),
        may("translated", anything()),
        may("way", text().about("where the flows are sent instead of to the firewall")),
        may("setting", text().about("the path of a setting that differs")),
        may("table", text().about("the route table of a route or a subnet that differs")),
        may("prefix", text()),
        may("subnet", text()),
        may("guard", text().about("what became of a deny rule")),
        may("what", text().about("which of owner, ticket, expiry and description differs")),
        may("rule", rule),
        may("group", text()),
        may("before", anything()),
        may("after", anything()),
    ]);
    let one = object([
        must("content", text().about("a hash of the flows and of how they change")),
        must("what", text()),
        may("by", text().about("who accepts it")),
        may("reason", text()),
        may("on", text().about("the day of the approval")),
        may("until", text().about("the last day on which it counts")),
        may("change", change),
    ]);
    object([must("schema", constant("fwc.approved/1")), must("approved", list(one))])
}

/// Addresses of names.
pub(super) fn dns() -> SchemaShape {
    let name = object([must("name", text()), must("addresses", list(text()))]);
    object([must("schema", constant("fwc.dns/1")), must("names", list(name))])
}

/// Which risks there are, as `[risk]` of `fwc.toml` names them.
const RISKS: [&str; 20] = [
    "any-to-any",
    "every-name",
    "all-of-internet",
    "whole-port-range",
    "shared-hosting",
    "wide-prefix",
    "wide-sources",
    "ingress-from-anywhere",
    "management-ports",
    "bypass-of-base",
    "firewall-bypassed",
    "private-path",
    "threat-intelligence-weakened",
    "intrusion-detection-weakened",
    "inspection-weakened",
    "logging-weakened",
    "setting-weakened",
    "guard-removed",
    "expired-rule",
    "ownerless-rule",
];

/// `fwc.toml`.
pub(super) fn config() -> SchemaShape {
    let level = || one_of(&["off", "low", "medium", "high"]);
    let risks = RISKS.into_iter().map(|name| may(name, level()));
    let numbers = [may("wide-prefix-length", number()), may("management-port-numbers", list(number()))];
    let risk = object(risks.chain(numbers)).about("how much each risk of a change counts");
    let mut whole = object([may("risk", risk)]).value();
    // Other tables are for other things.
    if let Some(fields) = whole.as_object_mut() {
        fields.insert("additionalProperties".to_owned(), foreign().value());
    }
    SchemaShape::of(whole)
}
