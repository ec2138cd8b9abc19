//! `fwc test`.

use serde_json::Value;

use super::{EXAMPLE, SMALL, Sandbox};

const EXPECTED: &str = "
test \"open\" for web {
    expect allow https from nodes to mcr.microsoft.com
    expect deny ssh from nodes to internet
}
";

fn sandbox(expected: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", &[SMALL, expected].concat());
    sandbox
}

#[test]
fn what_holds_has_its_line() {
    let expected = "\
egress.pol: all hold: 2 of 2 expectations

open, in web
  holds     allow https from nodes to mcr.microsoft.com
  holds     deny ssh from nodes to internet
";
    sandbox(EXPECTED).run(&["test", "egress.pol"]).says(0, expected, "");
}

#[test]
fn what_fails_comes_with_a_flow() {
    let sandbox = sandbox(&EXPECTED.replace("deny ssh", "allow ssh"));
    let run = sandbox.run(&["test", "egress.pol", "--format", "json"]);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((run.status, run.stderr.as_str(), &answer["schema"]), (1, "", &"fwc.test/1".into()));
    let failed = &answer["results"][1];
    assert_eq!((&failed["result"], &failed["at"]["line"]), (&"fails".into(), &14.into()));
    let witness = format!("{}\n", failed["witness"]);
    let explained = sandbox.run_on(&["explain", "egress.pol", "--flows", "-", "--format", "json"], &witness);
    assert_eq!(serde_json::from_str::<Value>(&explained.stdout).unwrap()["verdict"], "deny");
}

#[test]
fn the_reference_example_holds_without_a_condition() {
    let run = Sandbox::with_example().run(&["test", EXAMPLE, "--strict"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{}", run.stdout);
}
