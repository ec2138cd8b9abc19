//! What several documents have in common.

use super::shape::{SchemaShape, ShapeField, any, list, may, must, number, object, one_of, share, text, truth};

/// The start of something: of a text its line and column, of a document the path of a value.
pub(super) fn place() -> SchemaShape {
    let of_text = object([must("file", text()), must("line", number()), must("column", number())]);
    any([of_text, value_place()]).about("lines and columns count from 1, columns in Unicode scalars")
}

/// A stretch of a text, or a value of a document.
pub(super) fn stretch() -> SchemaShape {
    let ends = ["line", "column", "endLine", "endColumn"].map(|name| must(name, number()));
    let of_text = object([must("file", text())].into_iter().chain(ends));
    any([of_text, value_place()])
}

fn value_place() -> SchemaShape {
    object([must("file", text()), must("path", text())])
}

/// A value of a document, with the line and column of the text that it was made from.
fn stated_place() -> SchemaShape {
    let position = ["line", "column"].map(|name| may(name, number()));
    object([must("file", text()), must("path", text())].into_iter().chain(position))
}

/// What an answer rests on.
pub(super) fn assumptions() -> ShapeField {
    let kind = one_of(&["assumed", "omitted", "unknown"]);
    let one = object([must("kind", kind), must("what", text()), must("at", stated_place())]);
    must("assumptions", list(one).about("what the input does not settle, and is supposed, left out or unknown"))
}

/// The base that was left out on the user's word.
pub(super) fn without_parent() -> ShapeField {
    may("withoutParent", text().about("the base policy that was left out"))
}

/// One flow, as it is examined.
pub(super) fn flow() -> SchemaShape {
    object([
        must("source", text().about("an address")),
        must("destination", text().about("a host name or an address, or FIREWALL::IP")),
        may("destinationAddress", text().about("the address that the host name has")),
        may("path", text()),
        must("service", text().about("as in https, https/8443, tcp/443, udp/123, icmp, proto/47")),
    ])
}

/// The names of a rule.
pub(super) fn rule_path() -> SchemaShape {
    object(["policy", "group", "collection", "rule"].map(|name| must(name, text())))
}

/// What decides a flow.
pub(super) fn decided_by() -> SchemaShape {
    let kind = one_of(&["dnat", "network", "application", "infrastructure", "default"]);
    object([
        must("policy", text()),
        may("group", text()),
        may("collection", text()),
        may("rule", text()),
        must("kind", kind),
        must("action", one_of(&["allow", "deny"])),
        may("at", place()),
    ])
}

/// Where the network sends a flow.
pub(super) fn way() -> SchemaShape {
    let by = [
        "firewall",
        "internet",
        "virtual-network",
        "gateway",
        "private-endpoint",
        "service-endpoint",
        "link-local",
        "nowhere",
        "unknown",
    ];
    object([
        must("by", one_of(&by)),
        may("table", text()),
        may("route", text()),
        may("endpoint", text()),
        may("hops", list(text())),
    ])
}

/// What becomes of a flow.
pub(super) fn fate() -> SchemaShape {
    one_of(&["allowed", "denied", "unfiltered", "depends"])
}

/// Where a flow goes instead.
pub(super) fn translated() -> SchemaShape {
    object([may("address", text()), may("host", text()), must("port", number()), may("sourceBecomes", text())])
}

/// A product of sets: a flow is inside where every field holds it.
pub(super) fn product() -> Vec<ShapeField> {
    let names = object([must("of", list(text())), must("except", list(text()))]);
    let sets = || list(list(text()));
    let opaque = object([must("in", list(text())), may("anyOf", sets()), must("notIn", list(text()))]);
    let except = object([must("in", list(text())), may("anyOf", sets()), may("decidedBy", decided_by())]);
    vec![
        must("sources", list(text()).about("prefixes, ranges, or *")),
        must("addresses", list(text()).about("prefixes, ranges, or *")),
        must("names", names.about("`none` is not a name, `*` any name")),
        must("services", list(text())),
        may("opaque", opaque.about("sets that only Azure knows")),
        may("conditions", list(text()).about("what only a deployment knows")),
        must("paths", list(text())),
        may("pathsExcept", list(text())),
        may("except", list(except).about("flows among all these that rules which come first decide")),
    ]
}

/// Whose a limit is, where it is not the policy's.
fn whose() -> Vec<ShapeField> {
    ["policy", "group", "ipGroup", "routeTable", "privateEndpoint"].map(|name| may(name, text())).into()
}

/// One of Azure's limits, and how much of it is used.
pub(super) fn limit() -> SchemaShape {
    let numbers = ["used", "max", "free", "safe"].map(|name| must(name, number()));
    object([must("name", text())].into_iter().chain(numbers).chain(whose()))
}

/// A limit that is not counted.
pub(super) fn uncounted() -> SchemaShape {
    object([may("policy", text()), must("name", text()), must("says", text()), must("why", text())])
}

/// What a group uses of the limits.
pub(super) fn per_group() -> SchemaShape {
    let numbers = ["priority", "collections", "rules", "pairs", "dnatRules", "bytes"].map(|name| must(name, number()));
    object([may("policy", text()), must("name", text())].into_iter().chain(numbers))
}

/// What to use less of next.
pub(super) fn split_next() -> SchemaShape {
    let biggest = object([must("name", text()), must("used", number())]);
    let own =
        [must("name", text()), must("percent", number()), must("biggest", list(biggest)), must("instead", text())];
    object(own.into_iter().chain(whose()))
}

/// How risky something is.
pub(super) fn risks() -> ShapeField {
    let one = object([must("level", one_of(&["low", "medium", "high"])), must("what", text())]);
    may("risks", list(one))
}

/// A share of flows.
pub(super) fn part_of() -> ShapeField {
    may("share", share())
}

/// Whether a list is whole.
pub(super) fn complete() -> ShapeField {
    may("complete", truth().about("false where a list was cut"))
}
