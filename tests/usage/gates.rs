//! `--fail-on`, `--strict`, and wrong usage.

use super::{application, run, sandbox};

const OLD: &str = "2026-08-01T00:00:00Z";
const NEW: &str = "2026-11-20T00:00:00Z";

fn api(time: &str) -> serde_json::Value {
    application(time, "api.example.com", "Allow", "api")
}

fn images(time: &str) -> serde_json::Value {
    application(time, "x.example.org", "Allow", "images")
}

#[test]
fn a_rule_counts_as_unused_where_the_window_is_long_enough() {
    let sandbox = sandbox(&[images(OLD), api(NEW)]);
    let failed = run(&sandbox, &["--fail-on", "unused=90d"]);
    assert_eq!(failed.status, 1);
    for (rule, is_told) in [("images", true), ("clock", true), ("api", false), ("closed", false)] {
        assert_eq!(
            failed.stderr.contains(&format!("unused for 90 days: `out/{rule}`")),
            is_told,
            "{rule}: {}",
            failed.stderr
        );
    }
    assert_eq!(run(&sandbox, &["--fail-on", "unused=112d"]).status, 0);
}

#[test]
fn a_short_window_shows_nothing() {
    let short = run(&sandbox(&[images(NEW), api(NEW)]), &["--fail-on", "unused=90d"]);
    assert_eq!(short.status, 0);
    assert!(short.stderr.contains("the logs cover 0 days: too few"), "{}", short.stderr);
}

/// Who names a day says that the logs reach it.
#[test]
fn the_window_reaches_the_day_that_is_named() {
    let sandbox = sandbox(&[images(OLD), api(NEW)]);
    let until = |day: &str| run(&sandbox, &["--fail-on", "unused=112d", "--as-of", day]).status;
    assert_eq!((until("2026-11-20"), until("2026-11-30")), (0, 1));
}

#[test]
fn bad_lines_are_named_and_cost_nothing_else() {
    let sandbox = sandbox(&[api(NEW)]);
    let text = sandbox.read("PT1H.json");
    sandbox.write("PT1H.json", &format!("{text}{}\nnonsense\n{text}{}", &text[..200], &text[..300]));
    let lenient = run(&sandbox, &[]);
    assert_eq!(lenient.status, 0, "{}", lenient.stderr);
    assert!(lenient.stdout.contains("not read: 3 lines\n  PT1H.json:2: not a flow: "), "{}", lenient.stdout);
    assert!(lenient.stdout.contains("used: 1 of 5 rules"), "{}", lenient.stdout);
    assert_eq!(run(&sandbox, &["--strict"]).status, 1);
}

#[test]
fn wrong_usage_is_told() {
    let sandbox = sandbox(&[api(NEW)]);
    let refused = |arguments: &[&str], why: &str| {
        let run = sandbox.run(arguments);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(run.stderr.contains(why), "{}", run.stderr);
    };
    refused(&["usage", "egress.pol"], "--logs <PATH>...");
    refused(&["usage", "egress.pol", "--logs", "absent.json"], "cannot read `absent.json`: no such file");
    refused(&["usage", "egress.pol", "--logs", "PT1H.json", "--fail-on", "breaks-seen"], "requires `--replay NEW`");
    refused(&["usage", "egress.pol", "--logs", "PT1H.json", "--fail-on", "unused"], "expected `unused=DAYS`");
    std::fs::create_dir(sandbox.path("empty")).unwrap();
    refused(&["usage", "egress.pol", "--logs", "empty"], "`empty` has no file of logs below it");
}
