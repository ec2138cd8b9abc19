//! The public samples: each is a flow, or says what it is.

use std::fs;

use serde_json::Value;

use super::one;
use crate::corpus::shared;

/// What is not a flow among them.
const OTHERS: [&str; 4] = [
    "not a flow: a request that states no host name, which the firewall denies",
    "not a flow: a query to the DNS proxy",
    "not a flow: a query to the DNS proxy",
    "not a flow: an error of the DNS proxy",
];

#[test]
fn each_sample_is_a_flow_or_says_what_it_is() {
    let Some(path) = shared("corpus/logs/samples.jsonl") else { return };
    let samples = fs::read_to_string(path).unwrap();
    let read: Vec<(String, String)> = samples.lines().map(sample).collect();
    assert_eq!(read.len(), 29);
    let others: Vec<&str> = read.iter().map(|(_, read)| read.as_str()).filter(|read| read.starts_with("not")).collect();
    assert_eq!(others, OTHERS);
    for (text, read) in read.iter().filter(|(_, read)| !read.starts_with("not")) {
        let parts: Vec<&str> = read.split_whitespace().collect();
        assert!(text.contains(parts[1]) && text.contains(parts[3].split('/').next().unwrap()), "{text}: {read}");
    }
}

/// A sample, and how it is read: the record, or the message in the record that an export has.
fn sample(line: &str) -> (String, String) {
    let sample: Value = serde_json::from_str(line).unwrap();
    let text = match (&sample["record"], &sample["msg"]) {
        (Value::Null, message) => {
            let category = match sample["category"].as_str().unwrap() {
                "legacy" => "AzureFirewallNetworkRule",
                category => category,
            };
            // What the DNS proxy writes says more alone than by its category.
            match category {
                "AzureFirewallDnsProxy" => message.as_str().unwrap().to_owned(),
                category => serde_json::json!({"category": category, "properties": {"msg": message}}).to_string(),
            }
        }
        (record, _) => record.to_string(),
    };
    let read = one(&text);
    (text, read)
}
