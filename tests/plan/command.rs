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
    assert_eq!(run.stdout, "deployed and old.pol state the same: nothing to do\n");
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

const NETWORK: &str = "\
policy web {
    location \"westeurope\"
    sku      standard
    threat-intel deny
    group out priority 1000 { mcr: allow https from 10.240.0.0/16 to mcr.microsoft.com }
}
firewall hub {
    policy     web
    sku        standard
    private-ip 10.0.1.4
}
routes nodes {
    subnet \"nodes\" 10.240.0.0/16
    via hub
}
";

fn network(new: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("old.pol", NETWORK);
    sandbox.write("new.pol", new);
    sandbox
}

fn at_end(stdout: &str) -> &str {
    stdout.split_once("\nat the end: ").map_or_else(|| panic!("{stdout}"), |(_, end)| end)
}

/// A route that sends flows past the firewall is one operation that opens nothing on the way; what it opens is told.
#[test]
fn what_a_route_opens_at_the_end_is_told_in_every_format() {
    let new = NETWORK.replace("via hub\n", "via hub\n    route 20.0.0.0/8 via internet\n");
    let sandbox = network(&new);
    let run = |format: &str| sandbox.run(&["plan", "new.pol", "--deployed", "old.pol", "--format", format]);
    let text = run("text");
    assert_eq!((text.status, text.stderr.as_str()), (0, ""));
    assert!(text.stdout.contains("put     route-table  nodes"), "{}", text.stdout);
    let end = at_end(&text.stdout);
    assert!(end.starts_with("wider: flows go past the firewall that did not; 1 route protects\n  less\n"), "{end}");
    assert!(end.contains("! newly unfiltered"), "{end}");
    assert!(end.contains("nodes 20.0.0.0/8 (weaker): not routed -> internet"), "{end}");
    assert!(text.stdout.lines().all(|line| line.chars().count() <= 80), "{}", text.stdout);
    let json: Value = serde_json::from_str(&run("json").stdout).unwrap();
    let end = &json["atEnd"];
    assert_eq!((&json["opened"], &end["widened"]), (&serde_json::json!([]), &true.into()));
    assert_eq!(end["changes"][0]["effect"], "newly-unfiltered");
    assert_eq!(end["routes"][0]["effect"], "weakens");
    assert!(end["schema"].is_null() && end["structure"].is_null());
    // As `diff` says it.
    let diff = sandbox.run(&["diff", "old.pol", "new.pol", "--format", "json"]);
    let diff: Value = serde_json::from_str(&diff.stdout).unwrap();
    assert_eq!(end["changes"][0]["witness"], diff["changes"][0]["witness"]);
    for field in ["equivalent", "widened", "narrowed", "weakened", "guards"] {
        assert_eq!(end[field], diff[field], "{field}");
    }
    let script = run("script").stdout;
    assert!(script.contains("say 'at the end: wider: flows go past the firewall that did not"), "{script}");
    assert!(script.ends_with("{ main \"$@\"; }\n"));
}

/// Settings that protect less are named, though no flow changes.
#[test]
fn a_weaker_setting_is_told_at_the_end() {
    let sandbox = network(&NETWORK.replace("threat-intel deny", "threat-intel off"));
    let run = sandbox.run(&["plan", "new.pol", "--deployed", "old.pol"]);
    let end = at_end(&run.stdout);
    assert!(end.starts_with("no flow changes, but 1 setting protects less"), "{end}");
    assert!(end.contains("(weaker): Deny -> Off"), "{end}");
}

/// No plan writes which table a subnet uses: where all else is deployed there is nothing to do, and yet something to tell.
#[test]
fn a_subnet_that_leaves_its_table_is_told_though_there_is_nothing_to_do() {
    let other = "routes past {\n    subnet \"nodes\" 10.240.0.0/16\n    route 0.0.0.0/0 via internet\n}\n";
    let both = |nodes: &str, past: &str| {
        format!(
            "{}{}",
            NETWORK.replace("    subnet \"nodes\" 10.240.0.0/16\n", nodes),
            other.replace("    subnet \"nodes\" 10.240.0.0/16\n", past)
        )
    };
    let subnet = "    subnet \"nodes\" 10.240.0.0/16\n";
    let sandbox = network(&both("", subnet));
    sandbox.write("old.pol", &both(subnet, ""));
    let run = sandbox.run(&["plan", "new.pol", "--deployed", "old.pol"]);
    assert!(run.stdout.starts_with("old.pol and new.pol state the same: nothing to do\n"), "{}", run.stdout);
    let end = at_end(&run.stdout);
    assert!(end.starts_with("wider: flows go past the firewall that did not"), "{end}");
    assert!(end.contains("the plan writes no subnet"), "{end}");
}

/// An export states the network; the source, which states none, says another route of the same table.
#[test]
fn the_subnets_of_an_export_are_asked_where_the_source_states_none() {
    let sandbox = network("");
    let table = |hop: &str| {
        serde_json::json!({
            "type": "Microsoft.Network/routeTables", "apiVersion": "2024-05-01", "name": "nodes", "location": "westeurope",
            "properties": { "disableBgpRoutePropagation": true, "routes": [
                { "name": "out", "properties": { "addressPrefix": "0.0.0.0/0", "nextHopType": hop } } ] },
        })
    };
    let network = serde_json::json!({
        "type": "Microsoft.Network/virtualNetworks", "apiVersion": "2024-05-01", "name": "spoke", "location": "westeurope",
        "properties": { "addressSpace": { "addressPrefixes": ["10.240.0.0/12"] }, "subnets": [
            { "name": "nodes", "properties": { "addressPrefix": "10.240.0.0/16",
                "routeTable": { "id": "[resourceId('Microsoft.Network/routeTables', 'nodes')]" } } } ] },
    });
    let policy = serde_json::json!({
        "type": "Microsoft.Network/firewallPolicies", "apiVersion": "2024-05-01", "name": "web", "location": "westeurope",
        "properties": { "sku": { "tier": "Standard" } },
    });
    let template = |resources: &[&Value]| {
        serde_json::json!({
            "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
            "contentVersion": "1.0.0.0", "resources": resources,
        })
        .to_string()
    };
    sandbox.write("old.json", &template(&[&policy, &network, &table("None")]));
    sandbox.write("new.json", &template(&[&policy, &table("Internet")]));
    let run = sandbox.run(&["plan", "new.json", "--deployed", "old.json"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("put     route-table  nodes"), "{}", run.stdout);
    assert!(at_end(&run.stdout).starts_with("wider: flows go past the firewall that did not"), "{}", run.stdout);
}
