//! The command.

use serde_json::Value;

use crate::cli::Sandbox;

const OLD: &str = "\
policy web {
    location \"westeurope\"
    sku      standard
    group out priority 1000 { mcr: allow https from 10.240.0.0/16 to mcr.microsoft.com }
    group old priority 2000 { old: allow tcp/22 from 10.240.0.0/16 to 10.1.0.1 }
}
";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("old.pol", OLD);
    sandbox.write(
        "new.pol",
        &OLD.replace("mcr.microsoft.com", "*.data.mcr.microsoft.com").replace("group old", "group new"),
    );
    assert_eq!(sandbox.run(&["compile", "old.pol", "-o", "deployed", "--emit", "arm"]).status, 0);
    sandbox
}

#[test]
fn the_operations_are_listed() {
    let run = sandbox().run(&["plan", "new.pol", "--deployed", "deployed"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let first = run.stdout.lines().next().unwrap();
    assert!(first.starts_with("deployed -> new.pol: "), "{}", run.stdout);
    for line in ["put     group        web/out", "delete  group        web/old", "put     group        web/new"] {
        assert!(run.stdout.contains(line), "{line}\n{}", run.stdout);
    }
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 80), "{}", run.stdout);
}

#[test]
fn the_json_has_the_templates() {
    let run = sandbox().run(&["plan", "new.pol", "--deployed", "deployed", "--format", "json"]);
    let plan: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((plan["schema"].as_str(), plan["guarded"].as_bool()), (Some("fwc.plan/1"), Some(false)));
    for operation in plan["operations"].as_array().unwrap() {
        let written = &operation["template"]["resources"];
        let count = written.as_array().map_or(0, Vec::len);
        assert_eq!(count, usize::from(operation["do"] == "put"), "{operation:#}");
        assert!(written[0]["dependsOn"].is_null());
    }
}

#[test]
fn the_same_twice_needs_nothing() {
    let run = sandbox().run(&["plan", "old.pol", "--deployed", "deployed"]);
    assert_eq!(run.stdout, "deployed says what old.pol says: nothing to do\n");
}

#[test]
fn what_leads_back_is_said_and_written() {
    let sandbox = sandbox();
    let run = sandbox.run(&["plan", "new.pol", "--deployed", "deployed", "--rollback", "back.sh"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert!(run.stdout.contains("`sh back.sh` undoes all of it, `sh back.sh N`"), "{}", run.stdout);
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 80), "{}", run.stdout);
    let back = std::fs::read_to_string(sandbox.path("back.sh")).unwrap();
    assert!(back.starts_with("#!/bin/sh\n# Written by fwc plan. It undoes 3 operations"), "{back}");
    let run =
        sandbox.run(&["plan", "new.pol", "--deployed", "deployed", "--rollback", "back.sh", "--format", "script"]);
    assert!(run.stdout.contains("'back.sh'"), "{}", run.stdout);
}

/// Each operation says what makes its resource as it was.
#[test]
fn the_json_leads_back() {
    let run = sandbox().run(&["plan", "new.pol", "--deployed", "deployed", "--format", "json"]);
    let plan: Value = serde_json::from_str(&run.stdout).unwrap();
    for operation in plan["operations"].as_array().unwrap() {
        let undo = match operation["why"].as_str().unwrap() {
            "new" => "delete",
            "changed" | "no longer wanted" => "put",
            why => panic!("{why}"),
        };
        assert_eq!(operation["undo"]["do"], undo, "{operation:#}");
        assert_eq!(operation["undo"]["template"].is_object(), undo == "put", "{operation:#}");
        assert_eq!(operation["cutComplete"], true);
    }
}

/// A guarded plan with all that it may say fits a terminal.
#[test]
fn a_plan_with_a_guard_and_long_names_fits_a_terminal() {
    let sandbox = Sandbox::new();
    let (one, next) = ("no: deny tcp/443 from 10.0.0.0/8 to 10.1.0.1", "no: deny tcp/443 from 10.0.0.0/8 to 10.1.0.2");
    let source = |first: &str, second: &str| {
        format!(
            "policy platform-weu-firewall-policy-of-the-hub {{ location \"westeurope\" sku standard\n\
             group first priority 1000 {{ {first} }} group second priority 2000 {{ {second} }}\n\
             group late priority 3000 {{ all: allow tcp/443 from 10.0.0.0/8 to 10.1.0.1, 10.1.0.2 }} }}"
        )
    };
    sandbox.write("old.pol", &source(one, next));
    sandbox.write("new.pol", &source(next, one));
    assert_eq!(sandbox.run(&["compile", "old.pol", "-o", "deployed", "--emit", "arm"]).status, 0);
    let run = sandbox.run(&["plan", "new.pol", "--deployed", "deployed", "--rollback", "back.sh"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert!(run.stdout.contains("fwc-plan-guard"), "{}", run.stdout);
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 80), "{}", run.stdout);
}

#[test]
fn a_policy_that_a_controller_writes_is_left_alone() {
    let sandbox = sandbox();
    let path = "deployed/web.arm.json";
    let text = std::fs::read_to_string(sandbox.path(path)).unwrap();
    let managed = text.replacen("\"properties\": {", "\"properties\": { \"afcManaged\": true,", 1);
    sandbox.write(path, &managed);
    let run = sandbox.run(&["plan", "new.pol", "--deployed", "deployed"]);
    assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains("policy `web` is written by the controller of a cluster"), "{}", run.stderr);
    let run = sandbox.run(&["plan", "old.pol", "--deployed", "deployed"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{}", run.stdout);
}
