//! `fwc import`.

use std::process::Command;

use serde_json::{Value, json};

use super::Sandbox;

const BASE: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/firewallPolicies/corp";

/// The template of a policy that allows `host`, below a base where one is given.
fn policy(name: &str, host: &str, base: Option<&str>) -> Value {
    let group = json!({"type": "ruleCollectionGroups", "name": "web", "properties": {"priority": 300, "ruleCollections": [{
        "ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": "web-allow", "priority": 250,
        "action": {"type": "Allow"}, "rules": [{"ruleType": "ApplicationRule", "name": "api", "sourceAddresses":
        ["10.0.0.0/8"], "targetFqdns": [host], "protocols": [{"protocolType": "Https", "port": 443}]}]}]}});
    let base = base.map(|id| json!({"id": id}));
    json!({"type": "Microsoft.Network/firewallPolicies", "name": name, "location": "westeurope",
        "properties": {"sku": {"tier": "Standard"}, "basePolicy": base}, "resources": [group]})
}

fn template(resources: &[Value]) -> String {
    json!({"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "parameters": {"host": {"type": "string"}}, "resources": resources})
    .to_string()
}

fn export() -> String {
    template(&[policy("hub", "api.contoso.com", None)])
}

#[test]
fn an_export_becomes_a_source_with_its_lock() {
    let sandbox = Sandbox::new();
    sandbox.write("export.json", &export());
    let run = sandbox.run(&["import", "export.json", "-o", "egress.pol"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert!(run.stdout.starts_with("egress.pol: 1 rule\nproved: the source decides every flow as the input does"));
    let source = sandbox.read("egress.pol");
    assert!(
        source.contains("group web priority 300 {\n        api: allow https from 10.0.0.0/8 to api.contoso.com"),
        "{source}"
    );
    assert!(
        sandbox.read("egress.lock").contains("\"web\": {\n        \"priority\": 300"),
        "{}",
        sandbox.read("egress.lock")
    );
    assert_eq!(sandbox.run(&["fmt", "--check", "egress.pol"]).status, 0);
    assert_eq!(sandbox.run(&["compile", "egress.pol", "--locked"]).status, 0);
}

#[test]
fn without_a_file_the_source_goes_to_standard_output_and_the_proof_to_standard_error() {
    let sandbox = Sandbox::new();
    sandbox.write("export.json", &export());
    let run = sandbox.run(&["import", "export.json", "--faithful"]);
    assert!(run.stdout.contains("collection web-allow priority 250 allow {"), "{}", run.stdout);
    assert!(
        run.stderr
            .contains("proved: the source decides every flow as the input does, with the same names and priorities")
    );
}

#[test]
fn a_dash_is_standard_output() {
    let sandbox = Sandbox::new();
    sandbox.write("export.json", &export());
    for (command, expected) in [("import", "policy hub {"), ("report", "<!DOCTYPE html>")] {
        let run = sandbox.run(&[command, "export.json", "-o", "-"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert!(run.stdout.contains(expected), "{}", run.stdout);
        assert!(!sandbox.path("-").exists());
    }
}

#[test]
fn a_folder_is_read_whole_and_a_policy_is_picked() {
    let sandbox = Sandbox::new();
    sandbox.write("all/a.json", &template(&[policy("one", "a.contoso.com", None)]));
    sandbox.write("all/b.json", &template(&[policy("two", "b.contoso.com", None)]));
    let run = sandbox.run(&["import", "all", "--policy", "two"]);
    assert!(run.stdout.contains("policy two") && !run.stdout.contains("policy one"), "{}", run.stdout);
    sandbox.run(&["import", "all", "--policy", "three"]).fails("the input has no policy `three`; it has one, two");
}

#[test]
fn a_base_that_is_elsewhere_is_asked_for() {
    let sandbox = Sandbox::new();
    sandbox.write("child.json", &template(&[policy("hub", "api.contoso.com", Some(BASE))]));
    sandbox.write("corp.json", &template(&[policy("corp", "corp.contoso.com", None)]));
    let run = sandbox.run(&["import", "child.json"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("policy `hub` inherits `g/corp`, which the artefacts do not hold"), "{}", run.stderr);
    let run = sandbox.run(&["import", "child.json", "--parent", "corp.json", "-o", "hub.pol"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert!(
        sandbox.read("hub.pol").contains("policy hub inherits external \"corp.json\""),
        "{}",
        sandbox.read("hub.pol")
    );
    assert_eq!(sandbox.run(&["check", "hub.pol"]).status, 0);
    let run = sandbox.run(&["import", "child.json", "--parent", "none", "-o", "alone.pol"]);
    assert!(run.stdout.contains("compared without the base policy `corp`"), "{}", run.stdout);
    assert!(sandbox.read("alone.pol").contains(&format!("base-id  \"{BASE}\"")), "{}", sandbox.read("alone.pol"));
}

#[test]
fn parameters_come_from_a_file_for_every_command() {
    let sandbox = Sandbox::new();
    sandbox.write("export.json", &template(&[policy("hub", "[parameters('host')]", None)]));
    sandbox.write("values.json", r#"{"parameters": {"host": {"value": "given.contoso.com"}}}"#);
    let run = sandbox.run(&["import", "export.json"]);
    assert!(
        run.stderr.contains("parameter `host` has no value: give it one with `--parameters FILE`"),
        "{}",
        run.stderr
    );
    let run = sandbox.run(&["import", "export.json", "--parameters", "values.json"]);
    assert!(run.stdout.contains("to given.contoso.com"), "{}{}", run.stdout, run.stderr);
    let question = ["--from", "10.0.0.4", "--to", "given.contoso.com", "--service", "https"];
    let run = sandbox.run(&[&["explain", "export.json", "--parameters", "values.json"][..], &question].concat());
    assert!(run.stdout.starts_with("allow"), "{}{}", run.stdout, run.stderr);
}

#[test]
fn an_artefact_is_read_as_of_a_revision() {
    let sandbox = Sandbox::new();
    sandbox.write("exports/a.json", &export());
    let identity = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"];
    for step in [&["init", "-q"][..], &["add", "."], &["commit", "-q", "-m", "first"], &["rm", "-rq", "."]] {
        let mut git = Command::new("git");
        let done = git.current_dir(sandbox.path("")).args(identity).args(step).env("GIT_CONFIG_GLOBAL", "/dev/null");
        if !done.status().is_ok_and(|status| status.success()) {
            assert!(std::env::var_os("CI").is_none(), "these tests need git");
            return eprintln!("SKIPPED: there is no git");
        }
    }
    for input in ["HEAD:exports/a.json", "HEAD:exports"] {
        let run = sandbox.run(&["import", input]);
        assert!(run.stdout.contains("policy hub {"), "{}{}", run.stdout, run.stderr);
    }
}

#[test]
fn what_cannot_be_said_leaves_the_old_file_as_it_was() {
    let sandbox = Sandbox::new();
    let mut odd = policy("hub", "api.contoso.com", None);
    odd["resources"][0]["properties"]["ruleCollections"][0]["rules"][0]["invented"] = json!(1);
    sandbox.write("export.json", &template(&[odd]));
    sandbox.write("egress.pol", "as it was");
    let run = sandbox.run(&["import", "export.json", "-o", "egress.pol"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("unknown property `invented`, which could change a meaning"), "{}", run.stderr);
    assert_eq!(sandbox.read("egress.pol"), "as it was");
    assert!(!sandbox.path("egress.lock").exists());
}

#[test]
fn expectations_are_not_looked_for_in_artefacts() {
    let sandbox = Sandbox::new();
    sandbox.write("export.json", &export());
    sandbox.run(&["test", "export.json"]).fails("`export.json` is an artefact, which holds no expectations");
    sandbox.run(&["import", "export.json", "-o", "egress.pol"]);
    let source = sandbox.read("egress.pol");
    sandbox.write("egress.pol", &format!("{source}\nexpect allow https from 10.0.0.4 to api.contoso.com\n"));
    assert_eq!(sandbox.run(&["test", "egress.pol"]).status, 0);
}

#[test]
fn what_is_no_json_is_said_so() {
    let sandbox = Sandbox::with_small();
    sandbox
        .run(&["import", "egress.pol"])
        .fails("`egress.pol` is not JSON: it begins with neither an object nor a list");
}
