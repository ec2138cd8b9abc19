//! `fwc check --fix`, fixes as data, and texts as other systems write them.

use serde_json::Value;

use super::{SMALL, Sandbox};

/// A source with a finding that has a safe fix, and one whose fix is a guess.
fn habits() -> String {
    let text = SMALL.replace("sku      standard", "sku: standard;");
    text.replace("from nodes", "from nods")
}

#[test]
fn safe_fixes_are_written_and_guesses_are_not() {
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", &habits());
    let run = sandbox.run(&["check", "egress.pol", "--fix"]);
    assert_eq!((run.status, run.stderr.as_str()), (1, "fwc: 1 finding fixed in egress.pol\n"));
    assert!(run.stdout.contains("did you mean `nodes`?"), "{}", run.stdout);
    assert_eq!(sandbox.read("egress.pol"), habits().replace("sku: standard;", "sku standard"));
}

#[test]
fn a_difference_is_shown_and_nothing_is_written() {
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", &habits());
    let run = sandbox.run(&["check", "egress.pol", "--fix", "--diff"]);
    assert!(run.stdout.contains("-    sku: standard;\n+    sku standard\n"), "{}", run.stdout);
    assert_eq!(sandbox.read("egress.pol"), habits());
}

#[test]
fn what_is_imported_is_fixed_too_and_keeps_its_line_ends() {
    let sandbox = Sandbox::new();
    sandbox.write("network.pol", "\u{feff}let nodes: 10.240.0.0/16\r\n// the jump host\r\nlet jump = 10.10.1.4\r\n");
    sandbox.write("egress.pol", &SMALL.replace("let nodes = 10.240.0.0/16", "import \"network.pol\""));
    let run = sandbox.run(&["check", "egress.pol", "--fix"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, "fwc: 2 findings fixed in network.pol\n"), "{}", run.stdout);
    let fixed = "\u{feff}let nodes = 10.240.0.0/16\r\n# the jump host\r\nlet jump = 10.10.1.4\r\n";
    assert_eq!(sandbox.read("network.pol"), fixed);
}

#[test]
fn an_artefact_has_no_fixes() {
    let sandbox = Sandbox::new();
    sandbox.write("main.json", "{\"resources\": []}");
    sandbox.run(&["check", "main.json", "--fix"]).fails("`--fix` is for sources, and `main.json` is none");
}

#[test]
fn json_and_sarif_have_the_edits() {
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", &SMALL.replace("10.240.0.0/16", "10.240.0.7/16"));
    let json: Value = serde_json::from_str(&sandbox.run(&["check", "egress.pol", "--format", "json"]).stdout).unwrap();
    let fix = &json["diagnostics"][0]["fixes"][0];
    assert_eq!(
        (fix["applicability"].as_str(), fix["message"].as_str()),
        (Some("maybe"), Some("write `10.240.0.0/16`"))
    );
    let edit = serde_json::json!({
        "file": "egress.pol", "line": 1, "column": 13, "endLine": 1, "endColumn": 26, "text": "10.240.0.0/16",
    });
    assert_eq!(fix["edits"], serde_json::json!([edit]));
    let sarif: Value =
        serde_json::from_str(&sandbox.run(&["check", "egress.pol", "--format", "sarif"]).stdout).unwrap();
    let _: serde_sarif::sarif::Sarif = serde_json::from_value(sarif.clone()).unwrap();
    let change = &sarif["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "egress.pol");
    assert_eq!(change["replacements"][0]["insertedContent"]["text"], "10.240.0.0/16");
    assert_eq!(change["replacements"][0]["deletedRegion"]["startColumn"], 13);
}

#[test]
fn errors_stand_before_warnings() {
    let sandbox = Sandbox::new();
    let text = SMALL.replace("policy web", "policy w").replace("from nodes", "from agents");
    sandbox.write("egress.pol", &text);
    let run = sandbox.run(&["check", "egress.pol"]);
    let (error, warning) = (run.stdout.find("error[").unwrap(), run.stdout.find("warning[").unwrap());
    assert!(error < warning, "{}", run.stdout);
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_source() {
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", &format!("\u{feff}{SMALL}"));
    assert_eq!(sandbox.run(&["check", "egress.pol"]).status, 0);
    sandbox.run(&["fmt", "--check", "egress.pol"]).says(0, "", "");
    sandbox.write("wrong.pol", "\u{feff}lt a = 10.0.0.0/8\n");
    let run = sandbox.run(&["check", "wrong.pol"]);
    assert!(run.stdout.contains("--> wrong.pol:1:1"), "{}", run.stdout);
}

#[test]
fn line_ends_of_windows_are_kept() {
    let sandbox = Sandbox::new();
    let text = SMALL.replace('\n', "\r\n");
    sandbox.write("egress.pol", &text);
    sandbox.run(&["fmt", "--check", "egress.pol"]).says(0, "", "");
    sandbox.write("egress.pol", &text.replace("sku      standard", "sku standard"));
    assert_eq!(sandbox.run(&["fmt", "--check", "egress.pol"]).status, 1);
    sandbox.run(&["fmt", "egress.pol"]).says(0, "", "");
    assert_eq!(sandbox.read("egress.pol"), text);
}

#[test]
fn an_empty_source_is_not_compiled() {
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", "# nothing yet\n");
    let run = sandbox.run(&["compile", "egress.pol", "-o", "out"]);
    assert!(run.status == 1 && run.stderr.contains("error[FW0216]: the source is empty"), "{}", run.stderr);
    assert!(!sandbox.path("out").exists());
    let check = sandbox.run(&["check", "egress.pol"]);
    assert!(check.status == 0 && check.stdout.starts_with("warning[FW0216]"), "{}", check.stdout);
}

#[test]
fn nothing_compiled_is_said() {
    let sandbox = Sandbox::new();
    sandbox.write("network.pol", "let nodes = 10.0.0.0/8\n");
    let run = sandbox.run(&["compile", "network.pol", "-o", "out"]);
    assert!(run.status == 0 && run.stderr.contains("warning[FW0216]: the source has no policy"), "{}", run.stderr);
    sandbox.run(&["check", "network.pol"]).says(0, "network.pol: no findings\n", "");
}

#[test]
fn tcp_is_shown_as_it_is_written() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "egress.pol",
        &SMALL.replace("https from nodes to mcr.microsoft.com", "tcp/8443 from nodes to 10.1.2.3"),
    );
    let run = sandbox.run(&["reach", "egress.pol"]);
    assert!(run.stdout.contains("services  tcp/8443\n"), "{}", run.stdout);
}
