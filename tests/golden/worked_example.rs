//! The worked example of Microsoft's page on rule processing, <https://learn.microsoft.com/azure/firewall/rule-processing>:
//! a base and a child policy, whose collections stand in the template in another order than they are read in.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{compare, files, golden};
use crate::cli::Sandbox;

const TEMPLATE: &str = "template.json";

/// A flow that every collection is asked about, and that only the last one has a rule for.
const OUT: [&str; 6] = ["--from", "10.1.0.4", "--to", "www.example.com", "--service", "https"];
/// A flow that the DNAT rules of both policies are written for.
const IN: [&str; 6] = ["--from", "203.0.113.9", "--to", "198.51.100.4", "--service", "tcp/443"];

fn explain(flow: &[&str], more: &[&str]) -> String {
    let sandbox = Sandbox::new();
    let template = std::fs::read_to_string(golden("worked-example").join(TEMPLATE)).unwrap();
    sandbox.write(TEMPLATE, &template);
    let arguments = [&["explain", TEMPLATE, "--passed"], flow, more].concat();
    let run = sandbox.run(&arguments);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    run.stdout
}

#[test]
fn the_worked_example_is_explained_like_this() {
    let template = files(&golden("worked-example")).remove(TEMPLATE).unwrap();
    let written = [
        (TEMPLATE.to_owned(), template),
        ("out.txt".to_owned(), explain(&OUT, &[])),
        ("in.txt".to_owned(), explain(&IN, &[])),
    ];
    compare(&golden("worked-example"), &BTreeMap::from(written));
}

#[test]
fn collections_are_read_in_the_documented_order() {
    let documented = "DNATRC1 DNATRC3 ChDNATRC3 NetworkRC1 NetworkRC2 ChNetRC1 ChNetRC2 AppRC2 ChAppRC1 ChAppRC2";
    let answer: Value = serde_json::from_str(&explain(&OUT, &["--format", "json"])).unwrap();
    let passed = answer["passed"].as_array().unwrap();
    let read: Vec<&str> =
        passed.iter().chain([&answer["decidedBy"]]).map(|line| line["collection"].as_str().unwrap()).collect();
    assert_eq!(read.join(" "), documented);
}

#[test]
fn the_dnat_of_a_parent_decides_if_it_is_inherited() {
    let answer: Value = serde_json::from_str(&explain(&IN, &["--format", "json"])).unwrap();
    let why: Vec<_> = answer["passed"].as_array().unwrap().iter().map(|line| line["why"].as_str().unwrap()).collect();
    assert_eq!(why, ["condition", "condition"]);
    assert_eq!(answer["verdict"], "allow");
    assert_eq!(answer["decidedBy"]["collection"], "ChDNATRC3");
}
