//! What was seen in logs.

use super::parts::{assumptions, complete, decided_by, fate, flow, place, rule_path, translated, way, without_parent};
use super::shape::{SchemaShape, ShapeField, constant, list, may, must, number, object, one_of, text, truth};

/// How often, and when.
fn seen() -> [ShapeField; 3] {
    let time = || text().about("RFC 3339, in UTC; absent where no record states a time");
    [must("lines", number()), may("first", time()), may("last", time())]
}

/// The names of the log that a record is of.
fn table() -> SchemaShape {
    let words = [
        "application",
        "network",
        "nat",
        "threat-intelligence",
        "intrusion-detection",
        "connections",
        "counts",
        "flow",
    ];
    one_of(&words)
}

/// What is decided of a flow.
fn decided() -> SchemaShape {
    let verdict = || one_of(&["allow", "deny", "depends"]);
    let depends = object([
        must("on", text()),
        must("verdict", verdict()),
        must("fate", fate()),
        may("way", way()),
        must("decidedBy", decided_by()),
    ]);
    object([
        must("verdict", verdict()),
        must("fate", fate()),
        must("way", way()),
        must("decidedBy", decided_by()),
        may("depends", list(depends)),
        may("translated", translated()),
    ])
}

pub(super) fn usage() -> SchemaShape {
    let at = object([must("file", text()), may("line", number()), may("record", number())]);
    let unread = object([must("at", at), must("why", text())]);
    let rule = object(
        [
            must("rule", rule_path()),
            must("kind", one_of(&["dnat", "network", "application"])),
            must("action", one_of(&["allow", "deny"])),
            may("at", place()),
            must("flows", number().about("how many distinct flows it decided")),
            must("reached", one_of(&["yes", "shadowed", "empty", "not-decided"]).about("whether a flow can reach it")),
            may("shadowedBy", list(text())),
        ]
        .into_iter()
        .chain(seen()),
    );
    let names = ["policy", "group", "collection", "rule"].map(|name| may(name, text()));
    let logged = object([must("table", table()), may("action", one_of(&["allow", "deny"]))].into_iter().chain(names));
    let what = one_of(&["no-such-rule", "action", "rule", "way"]);
    let disagreement = [must("flow", flow()), must("what", what), must("logged", logged), must("decided", decided())];
    let replay = [must("flow", flow()), must("breaks", truth()), must("before", decided()), must("after", decided())];
    object([
        must("schema", constant("fwc.usage/1")),
        must("window", object(seen().into_iter().skip(1))),
        must("lines", number().about("every record, also those that could not be read")),
        must("flows", number().about("distinct flows that rules decided")),
        must("unread", list(unread).about("the first hundred records that could not be read")),
        must("unreadLines", number()),
        must("notFlows", list(object([must("what", text()), must("lines", number())]))),
        must("rules", list(rule)),
        must("denied", list(object([must("flow", flow())].into_iter().chain(seen()))).about("because no rule matches")),
        must("disagreements", list(object(disagreement.into_iter().chain(seen())))),
        may("open", object(seen()).about("where neither logs nor policy tell which rule decided")),
        may("undecided", object([must("lines", number()), must("why", text())])),
        may("replay", list(object(replay.into_iter().chain(seen()))).about("what a change decides otherwise")),
        complete(),
        without_parent(),
        assumptions(),
    ])
}

/// A row of a table of observed flows.
pub(super) fn observed() -> SchemaShape {
    let optional = ["policy", "group", "collection", "rule", "firewall"].map(|name| may(name, text()));
    let own = [
        must("source", text().about("an address")),
        must("destination", text().about("a host name or an address")),
        may("destinationAddress", text().about("the address that the host name has")),
        must("service", text().about("as in https, https/8443, tcp/443, udp/123, icmp, proto/47")),
        may("path", text()),
        may("table", table()),
        may("action", one_of(&["allow", "deny"])),
        may("reason", one_of(&["default", "unresolved", "unnamed", "other"])),
    ];
    object(own.into_iter().chain(optional).chain(seen()))
}
