//! A change, replayed on what was seen.

use serde_json::{Value, json};

use super::{SOURCE, application, document, network, run, sandbox};
use crate::cli::assert_valid;

const TIME: &str = "2026-11-03T08:00:00Z";

fn seen() -> crate::cli::Sandbox {
    sandbox(&[
        application(TIME, "api.example.com", "Allow", "api"),
        application(TIME, "x.example.org", "Allow", "images"),
        application(TIME, "x.example.org", "Allow", "images"),
        application(TIME, "new.example.net", "Deny", ""),
        network(TIME, "20.0.0.9", ("UDP", 123), "Allow", "clock"),
    ])
}

/// The replay of a change of the source.
fn replay(sandbox: &crate::cli::Sandbox, from: &str, to: &str) -> Vec<Value> {
    assert!(SOURCE.contains(from));
    sandbox.write("new.pol", &SOURCE.replace(from, to));
    document(sandbox, &["--replay", "new.pol"])["replay"].as_array().unwrap().clone()
}

#[test]
fn a_change_that_decides_nothing_otherwise_has_an_empty_replay() {
    let sandbox = seen();
    assert_eq!(replay(&sandbox, "api:    allow", "interface: allow"), Vec::<Value>::new());
    let run = run(&sandbox, &["--replay", "new.pol", "--fail-on", "breaks-seen"]);
    assert_eq!(run.status, 0);
    assert!(run.stdout.contains("replay: the change decides every seen flow as before"), "{}", run.stdout);
}

#[test]
fn what_a_change_breaks_is_told_with_both_rules() {
    let sandbox = seen();
    let found = replay(&sandbox, "to *.example.org", "to y.example.org");
    assert_eq!(found.len(), 1);
    assert_eq!(
        (&found[0]["flow"]["destination"], &found[0]["lines"], &found[0]["breaks"]),
        (&json!("x.example.org"), &json!(2), &json!(true))
    );
    assert_eq!(
        (&found[0]["before"]["decidedBy"]["rule"], &found[0]["after"]["decidedBy"]["kind"]),
        (&json!("images"), &json!("default"))
    );
    let run = run(&sandbox, &["--replay", "new.pol", "--fail-on", "breaks-seen"]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("replay: the change breaks 1 seen flow, 2 lines"), "{}", run.stdout);
    assert!(
        run.stdout.contains("before: allowed by `out/images`\n  after:  denied: no rule matches"),
        "{}",
        run.stdout
    );
}

#[test]
fn what_a_change_opens_breaks_nothing() {
    let sandbox = seen();
    let found = replay(&sandbox, "to api.example.com", "to api.example.com, new.example.net");
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0]["flow"]["destination"], &found[0]["breaks"]), (&json!("new.example.net"), &json!(false)));
    assert_eq!(run(&sandbox, &["--replay", "new.pol", "--fail-on", "breaks-seen"]).status, 0);
}

/// The log of network rules does not say what a connection carries: an application rule may allow it or not.
#[test]
fn a_connection_whose_name_is_not_logged_depends() {
    let old = SOURCE.replace("clock:  allow udp/123", "direct: allow tcp/443");
    let new = old.replace("direct: allow tcp/443 from nodes to 20.0.0.0/24\n", "");
    let sandbox = sandbox(&[network(TIME, "20.0.0.9", ("TCP", 443), "Allow", "direct")]);
    sandbox.write("egress.pol", &old);
    sandbox.write("new.pol", &new);
    let document = document(&sandbox, &["--replay", "new.pol"]);
    let after = &document["replay"][0]["after"];
    assert_eq!((&after["verdict"], &document["replay"][0]["breaks"]), (&json!("depends"), &json!(true)));
    assert!(after["depends"][0]["on"].as_str().unwrap().contains("which the log does not say"), "{after}");
    // Nothing may allow UDP by a name.
    let udp = self::seen();
    let found = replay(&udp, "clock:  allow udp/123 from nodes to 20.0.0.0/24\n", "");
    assert_eq!(found[0]["after"]["verdict"], "deny");
}

#[test]
fn a_difference_says_what_was_seen_of_each_cause() {
    let sandbox = seen();
    sandbox.write("new.pol", &SOURCE.replace("to *.example.org", "to y.example.org"));
    let arguments = ["diff", "egress.pol", "new.pol", "--logs", "PT1H.json"];
    let text = sandbox.run(&arguments).stdout;
    assert!(text.contains("    seen      2 lines, 2026-11-03\n"), "{text}");
    for format in ["markdown", "html"] {
        let told = sandbox.run(&[&arguments[..], &["--format", format]].concat()).stdout;
        assert!(told.contains("2 lines, 2026-11-03"), "{told}");
    }
    let json: Value =
        serde_json::from_str(&sandbox.run(&[&arguments[..], &["--format", "json"]].concat()).stdout).unwrap();
    assert_valid(&json);
    let seen = &json["changes"][0]["seen"];
    assert_eq!((&seen["lines"], &seen["flows"], &seen["certain"]), (&json!(2), &json!(1), &json!(true)));
    sandbox.write("new.pol", &SOURCE.replace("to api.example.com", "to api.example.com, quiet.example.net"));
    assert!(sandbox.run(&arguments).stdout.contains("    seen      not in these logs\n"));
    let without = sandbox.run(&["diff", "egress.pol", "new.pol"]).stdout;
    assert!(!without.contains("seen"), "{without}");
}
