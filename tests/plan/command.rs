//! The command.

use std::process::Command;

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

/// What a script does where `az` only writes down its arguments.
fn calls(sandbox: &Sandbox, script: &str) -> String {
    sandbox.write("script.sh", script);
    sandbox.write("bin/az", "#!/bin/sh\nfor word in \"$@\"; do printf '<%s>' \"$word\"; done >>calls\necho >>calls\n");
    let made = Command::new("chmod").arg("+x").arg(sandbox.path("bin/az")).status().unwrap();
    assert!(made.success());
    let path = format!("{}:{}", sandbox.path("bin").display(), std::env::var("PATH").unwrap());
    let run = Command::new("sh")
        .arg("script.sh")
        .env("PATH", path)
        .env("RESOURCE_GROUP", "rg")
        .current_dir(sandbox.path(""))
        .output()
        .unwrap();
    assert!(run.status.success(), "{}\n{script}", String::from_utf8_lossy(&run.stderr));
    std::fs::read_to_string(sandbox.path("calls")).unwrap()
}

#[test]
fn the_script_calls_az_and_a_name_is_no_command() {
    let sandbox = sandbox();
    let template = std::fs::read_to_string(sandbox.path("deployed/web.arm.json")).unwrap();
    let hostile = "$(touch broken) `touch broken` 'x' \\\\\\\" ; touch broken";
    sandbox.write("deployed/web.arm.json", &template.replace("web/old", &format!("web/{hostile}")));
    sandbox.write("deployed/manifest.json", "{}");
    let run =
        sandbox.run(&["plan", "new.pol", "--deployed", "deployed", "--format", "script", "--rollback", "back.sh"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let calls = calls(&sandbox, &run.stdout);
    assert!(calls.contains("<delete><--resource-group><rg><--policy-name><web><--name><$(touch broken)"), "{calls}");
    assert!(calls.contains("<deployment><group><create><--resource-group><rg>"), "{calls}");
    let back = std::fs::read_to_string(sandbox.path("back.sh")).unwrap();
    self::calls(&sandbox, &back);
    assert!(!sandbox.path("broken").exists());
}
