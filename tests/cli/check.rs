//! `fwc check`.

use serde_json::{Value, json};

use super::{Sandbox, wrong};

#[test]
fn each_file_has_its_line() {
    let sandbox = Sandbox::with_small();
    sandbox.write("wrong.pol", &wrong());
    let run = sandbox.run(&["check", "egress.pol", "wrong.pol"]);
    assert_eq!((run.status, run.stdout.as_str()), (1, "egress.pol: no findings\nwrong.pol: 1 error\n"));
    assert!(run.stderr.starts_with("error[FW0101]: expected `from`, found `frm`\n --> wrong.pol:8:26\n"));
    assert_eq!(sandbox.names(""), ["egress.pol", "wrong.pol"]);
}

#[test]
fn json_has_every_finding() {
    let sandbox = Sandbox::with_small();
    sandbox.write("wrong.pol", &wrong());
    let run = sandbox.run(&["check", "egress.pol", "wrong.pol", "--format", "json"]);
    let expected = json!({"schema": "fwc.check/1", "diagnostics": [{
        "code": "FW0101",
        "name": "unexpected-text",
        "severity": "error",
        "message": "expected `from`, found `frm`",
        "at": {"file": "wrong.pol", "line": 8, "column": 26, "endLine": 8, "endColumn": 29},
        "related": [],
        "help": "did you mean `from`?",
    }]});
    assert_eq!((run.status, run.stderr.as_str()), (1, ""));
    assert_eq!(serde_json::from_str::<Value>(&run.stdout).unwrap(), expected);
}

#[test]
fn json_without_findings_is_an_empty_list() {
    let run = Sandbox::with_small().run(&["check", "egress.pol", "--format", "json"]);
    run.says(0, "{\"schema\":\"fwc.check/1\",\"diagnostics\":[]}\n", "");
}

#[test]
fn warnings_fail_only_where_asked() {
    let sandbox = Sandbox::with_small();
    let expired = super::SMALL.replace("        mcr:", "        @expires(2026-03-31)\n        mcr:");
    sandbox.write("expired.pol", &expired);
    let run = |more: &[&str]| {
        let arguments = [&["check", "expired.pol", "--as-of", "2026-10-01"], more].concat();
        let run = sandbox.run(&arguments);
        (run.status, run.stdout)
    };
    assert_eq!(run(&[]), (1, "expired.pol: 1 error\n".to_owned()));
    assert_eq!(run(&["--expired", "warn"]), (0, "expired.pol: 1 warning\n".to_owned()));
    assert_eq!(run(&["--expired", "warn", "--fail-on", "warning"]), (1, "expired.pol: 1 warning\n".to_owned()));
}

#[test]
fn a_code_has_a_page() {
    let run = Sandbox::new().run(&["check", "--explain", "FW0303"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert!(run.stdout.starts_with("# FW0303"), "{}", run.stdout);
}
