//! What is told of each rule, of denied flows and of disagreements.

use serde_json::json;

use super::{application, document, network, rule, run, sandbox};

const FIRST: &str = "2026-11-03T08:00:00.1234567Z";
const LAST: &str = "2026-11-09T14:00:00.0000000Z";

#[test]
fn each_rule_has_what_was_seen_of_it_at_its_line() {
    let sandbox = sandbox(&[
        application(LAST, "api.example.com", "Allow", "api"),
        application(FIRST, "api.example.com", "Allow", "api"),
        application(FIRST, "API.example.com.", "Allow", "api"),
        network(FIRST, "20.0.0.9", ("UDP", 123), "Allow", "clock"),
    ]);
    let document = document(&sandbox, &[]);
    assert_eq!((&document["lines"], &document["flows"]), (&json!(4), &json!(2)));
    assert_eq!(document["window"], json!({"first": "2026-11-03T08:00:00.1234567Z", "last": "2026-11-09T14:00:00Z"}));
    let api = rule(&document, "api");
    assert_eq!((&api["lines"], &api["flows"]), (&json!(3), &json!(1)));
    assert_eq!(
        (api["first"].as_str(), api["last"].as_str()),
        (Some("2026-11-03T08:00:00.1234567Z"), Some("2026-11-09T14:00:00Z"))
    );
    assert_eq!(api["at"], json!({"file": "egress.pol", "line": 11, "column": 9}));
    assert_eq!(rule(&document, "clock")["lines"], 1);
    assert_eq!(
        (document["denied"].as_array().unwrap().len(), document["disagreements"].as_array().unwrap().len()),
        (0, 0)
    );
}

#[test]
fn a_rule_that_was_not_seen_says_whether_a_flow_can_reach_it() {
    let document = document(&sandbox(&[application(FIRST, "api.example.com", "Allow", "api")]), &[]);
    assert_eq!(document["rules"].as_array().unwrap().len(), 5);
    let hidden = rule(&document, "hidden");
    assert_eq!((hidden["lines"].as_u64(), hidden["reached"].as_str()), (Some(0), Some("shadowed")));
    assert_eq!(hidden["shadowedBy"], json!(["out/clock"]));
    assert_eq!(rule(&document, "images")["reached"], "yes");
}

#[test]
fn flows_that_no_rule_matches_are_ranked_by_their_records() {
    let denied = |host: &str| application(FIRST, host, "Deny", "");
    let sandbox = sandbox(&[denied("a.net"), denied("b.net"), denied("b.net")]);
    let document = document(&sandbox, &[]);
    let told: Vec<_> =
        document["denied"].as_array().unwrap().iter().map(|one| (&one["flow"]["destination"], &one["lines"])).collect();
    assert_eq!(told, [(&json!("b.net"), &json!(2)), (&json!("a.net"), &json!(1))]);
    let text = run(&sandbox, &[]).stdout;
    assert!(
        text.contains(
            "denied because no rule matches: 2 flows, 3 lines\n        2  2026-11-03  https to b.net from 10.240.0.4\n"
        ),
        "{text}"
    );
}

#[test]
fn what_does_not_agree_is_told() {
    let sandbox = sandbox(&[
        application(FIRST, "api.example.com", "Deny", ""),
        application(FIRST, "x.example.org", "Allow", "renamed"),
        application(FIRST, "x.example.org", "Allow", "api"),
    ]);
    let document = document(&sandbox, &[]);
    let told: Vec<_> =
        document["disagreements"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect();
    assert_eq!(told, ["action", "no-such-rule", "rule"]);
    let first = &document["disagreements"][0];
    assert_eq!(
        (first["logged"]["action"].as_str(), first["decided"]["verdict"].as_str()),
        (Some("deny"), Some("allow"))
    );
    // The record of a rule that is not there counts for the one that decides the flow.
    assert_eq!(rule(&document, "images")["lines"], 1);
}

/// An application record has no address, so that a rule about addresses may have decided or not.
#[test]
fn what_a_record_does_not_say_is_no_disagreement() {
    let source = super::SOURCE
        .replace("clock:  allow udp/123 from nodes to 20.0.0.0/24", "direct: allow tcp/443 from nodes to 20.0.0.0/24");
    let sandbox = sandbox(&[
        application(FIRST, "api.example.com", "Allow", "api"),
        network(FIRST, "20.0.0.9", ("TCP", 443), "Allow", "direct"),
    ]);
    sandbox.write("egress.pol", &source);
    assert_eq!(document(&sandbox, &[])["disagreements"], json!([]));
}

/// The policy of a record may be deployed under another name; that is told.
#[test]
fn a_policy_of_another_name_is_an_assumption() {
    let mut record = application(FIRST, "api.example.com", "Allow", "api");
    record["properties"]["Policy"] = json!("web-prod");
    let sandbox = sandbox(&[record]);
    let document = document(&sandbox, &[]);
    assert_eq!((rule(&document, "api")["lines"].as_u64(), &document["disagreements"]), (Some(1), &json!([])));
    let what = document["assumptions"][0]["what"].as_str().unwrap();
    assert!(what.contains("records name policy `web-prod`"), "{what}");
    assert!(run(&sandbox, &[]).stderr.contains("records name policy `web-prod`"));
}

#[test]
fn what_rules_do_not_decide_is_told_apart() {
    let mut signature = network(FIRST, "20.0.0.9", ("TCP", 80), "alert", "");
    signature["category"] = json!("AZFWIdpsSignature");
    let mut threat = application(FIRST, "bad.net", "Alert", "");
    threat["category"] = json!("AZFWThreatIntel");
    let query = json!({"category": "AZFWDnsQuery", "time": FIRST, "properties": {"SourceIp": "10.240.0.4", "QueryName": "a.com."}});
    let document = document(&sandbox(&[signature, threat, query]), &[]);
    let told: Vec<_> =
        document["notFlows"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect();
    assert_eq!(told.len(), 3);
    assert!(told.iter().any(|what| what.contains("intrusion detection")), "{told:?}");
    assert_eq!(
        (&document["denied"], document["unreadLines"].as_u64(), document["flows"].as_u64()),
        (&json!([]), Some(0), Some(0))
    );
}

#[test]
fn messages_of_azure_diagnostics_name_their_rules() {
    let message =
        |text: &str| json!({"category": "AzureFirewallApplicationRule", "time": FIRST, "properties": {"msg": text}});
    let sandbox = sandbox(&[
        message(
            "HTTPS request from 10.240.0.4:5000 to api.example.com:443. Action: Allow. Policy: web. Rule Collection Group: out. Rule Collection: out-allow-application. Rule: api",
        ),
        message(
            "HTTPS request from 10.240.0.4:5000 to a.net:443. Action: Deny. No rule matched. Proceeding with default action",
        ),
        message(
            "HTTPS request from 10.240.0.4:5000 to b.example.org:443. Action: Deny. Failed to resolve address b.example.org:443: no such host",
        ),
        message(
            "HTTPS request from 10.240.0.4:5000 to c.example.org:443. Action: Allow. Rule Collection: out-allow-application. Rule: images. Web Category: SearchEngines",
        ),
    ]);
    let document = document(&sandbox, &[]);
    assert_eq!(
        (rule(&document, "api")["lines"].as_u64(), rule(&document, "images")["lines"].as_u64()),
        (Some(1), Some(1))
    );
    assert_eq!(document["denied"].as_array().unwrap().len(), 1);
    assert_eq!(document["notFlows"][0]["what"], "denied because the name has no address");
    assert_eq!(document["disagreements"], json!([]));
}

/// The page has what the document has, and nothing of the input is markup there.
#[test]
fn the_page_stands_alone() {
    let sandbox = sandbox(&[
        application(FIRST, "api.example.com", "Allow", "api"),
        application(FIRST, "a.net", "Allow", "<b>x</b>"),
    ]);
    let page = run(&sandbox, &["--format", "html"]).stdout;
    assert!(page.contains("out/api") && page.contains("&lt;b&gt;x") && !page.contains("<b>x"), "{page}");
    assert!(page.starts_with("<!DOCTYPE html>") && !page.contains("http-equiv=\"refresh\""));
}
