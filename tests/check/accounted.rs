//! Every row of the reference's table of limits is one that fwc counts, or one of which it says why not; and `LIMITS.md`
//! has all of them.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use fwc::diag::grouped;
use fwc::limits::{Force, LIMITS, UNCOUNTED};

use crate::corpus::shared;
use crate::golden::is_update;

/// An item of the reference, the numbers of its value in order, and the rows that answer for it.
type Item = (&'static str, &'static [&'static str], &'static [&'static str]);

const ITEMS: [Item; 34] = [
    ("Throughput", &["100", "30", "250"], &["throughput"]),
    ("Unique source × destination in **network** rules", &["20,000", "1"], &["network-pairs"]),
    ("Size of all rules in a RCG", &["1 MB", "2022", "2 MB"], &["group-size", "older-policies"]),
    ("RCGs per policy", &["50", "2022", "60", "2023", "90"], &["groups", "older-policies"]),
    ("Rule collections total", &["2,000"], &["collections"]),
    ("DNAT rules", &["250", "500", "1", "500", "500"], &["dnat"]),
    ("Public IPs", &["250", "250"], &["public-addresses", "basic-addresses"]),
    ("IP groups per firewall", &["200", "100"], &["ip-groups"]),
    ("Addresses per IP group", &["5,000"], &["ip-group-addresses"]),
    ("FQDNs in network rules", &["1,000"], &["network-names"]),
    ("Ports, network & app", &["1", "65535", "0", "64000"], &["network-ports", "application-ports"]),
    ("Ports, NAT", &["1", "63999", "64000", "65535", "1", "64000", "1", "65535"], &["dnat-ports"]),
    ("Priorities RCG, RC", &["100", "65000"], &["priorities"]),
    ("Subnet", &["26"], &["firewall-subnet"]),
    ("SNAT", &["2,496", "2", "20"], &["snat-ports"]),
    ("TLS inspection timeout", &["120"], &["inspection-time"]),
    ("TCP idle", &["4"], &["idle-time"]),
    ("Config update", &["3", "5"], &["update-time"]),
    ("IDPS customised signatures", &["10,000"], &["idps-signatures"]),
    ("HTTP headers", &["100", "16,000", "16,384"], &["header-name", "header-value", "headers"]),
    ("Firewall name", &["50"], &["firewall-names"]),
    ("firewallPolicies, RCG name", &["1", "80"], &["names"]),
    ("RC name", &["80"], &["names"]),
    ("Rule name", &["1", "80"], &["names"]),
    ("kubeSelectorGroups name", &["80"], &["selector-names"]),
    ("routeTables / routes name", &["1", "80"], &["route-names"]),
    ("ipGroups name", &["1", "80"], &["ip-group-names"]),
    ("Route tables", &["200"], &["route-tables"]),
    ("Routes per table", &["400", "600", "1,000"], &["routes"]),
    ("Service-tag routes per table", &["25"], &["tag-routes"]),
    ("`VirtualApplianceEcmp` next hops", &["2", "64"], &["next-hops"]),
    ("DNS servers in policy", &["4"], &["dns-servers"]),
    ("Policy draft", &["one"], &["drafts"]),
    ("DNS zone group (private endpoint)", &["5"], &["endpoint-zones"]),
];

#[test]
fn every_row_of_the_reference_is_accounted_for() {
    let Some(path) = shared("reference/azure-firewall.md") else { return };
    let text = fs::read_to_string(path).unwrap();
    let stated = limits_of(&text);
    let known: Vec<(String, Vec<String>)> = ITEMS
        .iter()
        .map(|(item, numbers, _)| ((*item).to_owned(), numbers.iter().map(|&number| number.to_owned()).collect()))
        .collect();
    assert_eq!(stated, known);
}

/// The items of the table, each with the numbers of its value.
fn limits_of(text: &str) -> Vec<(String, Vec<String>)> {
    let section = text.split("\n# 2. Limits").nth(1).unwrap().split("\n# ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| Item "));
    rows.map(|row| {
        let mut cells = row.split(" | ").map(|cell| cell.trim_matches(['|', ' ']));
        (cells.next().unwrap().to_owned(), numbers(cells.next().unwrap()))
    })
    .collect()
}

/// The numbers of a cell; of a pattern, how long what it matches may be.
fn numbers(cell: &str) -> Vec<String> {
    if cell.starts_with('`') && cell.contains("{0,78}") {
        return vec!["80".to_owned()];
    }
    if cell.starts_with("one ") {
        return vec!["one".to_owned()];
    }
    let plain: String = cell.split('`').step_by(2).collect();
    let mut found = Vec::new();
    let mut rest = plain.as_str();
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        rest = &rest[at..];
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != ',').unwrap_or(rest.len());
        let (number, behind) = rest.split_at(end);
        let unit = if behind.starts_with(" MB") { " MB" } else { "" };
        found.push(format!("{}{unit}", number.trim_end_matches(',')));
        rest = behind;
    }
    found
}

#[test]
fn the_numbers_of_the_rows_are_those_of_the_reference() {
    for limit in &LIMITS {
        let items: Vec<_> = ITEMS.iter().filter(|(_, _, rows)| rows.contains(&limit.name)).collect();
        assert!(!items.is_empty(), "{} is of no row of the reference", limit.name);
        let written = [limit.max.to_string(), grouped(limit.max), format!("{} MB", limit.max / 1_000_000)];
        for (item, numbers, _) in items {
            assert!(written.iter().any(|max| numbers.contains(&max.as_str())), "{}: {item} {numbers:?}", limit.name);
        }
    }
    for row in &UNCOUNTED {
        assert!(ITEMS.iter().any(|(_, _, rows)| rows.contains(&row.name)), "{} is of no row", row.name);
    }
    for (item, numbers, rows) in ITEMS {
        let says: Vec<&str> =
            rows.iter().filter_map(|name| UNCOUNTED.iter().find(|row| row.name == *name)).map(|row| row.says).collect();
        let is_alone = rows.len() == says.len() && item != "DNS servers in policy";
        assert!(!is_alone || numbers.iter().all(|number| says[0].contains(number)), "{item}: {says:?}");
    }
}

#[test]
fn each_row_has_a_name_of_its_own_a_source_and_a_reason() {
    let names: BTreeSet<&str> = LIMITS.iter().map(|row| row.name).chain(UNCOUNTED.iter().map(|row| row.name)).collect();
    assert_eq!(names.len(), LIMITS.len() + UNCOUNTED.len());
    for row in &UNCOUNTED {
        assert!([row.says, row.why, row.source, row.date].iter().all(|text| !text.is_empty()), "{}", row.name);
    }
}

#[test]
fn the_page_of_limits_is_what_the_rows_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("LIMITS.md");
    let page = page();
    if is_update() {
        fs::write(&path, &page).unwrap();
    }
    assert!(fs::read_to_string(&path).unwrap_or_default() == page, "{} is stale: UPDATE=1", path.display());
}

fn page() -> String {
    let mut text = String::from(
        "# Limits\n\nAzure's limits as fwc knows them, made from its tables; do not edit this page. `fwc check --limits` \
         says how much a\nsource or an artefact uses of each, and how much is free. `--limit NAME=NUMBER` sets another \
         number. Beyond what is\nsafe there is a warning (FW0408); beyond the most an error (FW0405), or a warning where \
         Microsoft only advises.\n\n## Counted\n\n| name | what | most | safe | what else pages say | source |\n\
         | --- | --- | --- | --- | --- | --- |\n",
    );
    for limit in &LIMITS {
        let advised = if limit.force == Force::Advised { ", advised" } else { "" };
        let (most, safe) = (grouped(limit.max), grouped(limit.near));
        let (name, note, source) = (limit.name, limit.note, dated(limit.source, limit.date));
        let what = limit.counts.trim_start_matches("for ");
        writeln!(text, "| `{name}` | {what} | {most}{advised} | {safe} | {note} | {source} |").unwrap();
    }
    text.push_str(
        "\n## Not counted\n\nNo input can use these up, or nobody knows the number. What is known of a policy, as the \
         throughput of its tier, stands\nin the summary of `compile` and in `manifest.json`.\n\n\
         | name | what pages say | why it is not counted | source |\n| --- | --- | --- | --- |\n",
    );
    for row in &UNCOUNTED {
        let source = dated(row.source, row.date);
        writeln!(text, "| `{}` | {} | {} | {source} |", row.name, row.says, row.why).unwrap();
    }
    text
}

fn dated(source: &str, date: &str) -> String {
    if date == "not recorded" { source.to_owned() } else { format!("{source}, {date}") }
}
