//! `fwc check`.

use serde_json::{Value, json};

use super::{Sandbox, wrong};

#[test]
fn each_file_has_its_line() {
    let sandbox = Sandbox::with_small();
    sandbox.write("wrong.pol", &wrong());
    let run = sandbox.run(&["check", "egress.pol", "wrong.pol"]);
    assert_eq!((run.status, run.stderr.as_str()), (1, ""));
    let finding = "egress.pol: no findings\nerror[FW0101]: expected `from`, found `frm`\n --> wrong.pol:8:26\n";
    assert!(run.stdout.starts_with(finding) && run.stdout.ends_with("\nwrong.pol: 1 error\n"), "{}", run.stdout);
    assert_eq!(sandbox.names(""), ["egress.pol", "wrong.pol"]);
}

/// A module of the catalogue is in no repository: what is wrong with its use is said where the source uses it.
#[test]
fn a_finding_in_a_module_is_placed_where_it_is_applied() {
    let sandbox = Sandbox::with_small();
    let policy = "policy pp {\n    sku standard\n    location \"westeurope\"\n    group gg {\n        apply ubuntu::clock(machines: 10.240.0.0/20)\n    }\n}\n";
    sandbox.write("clock.pol", &format!("use ubuntu\n\n{policy}"));
    let run = sandbox.run(&["check", "clock.pol", "--format", "json"]);
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    let found = document["diagnostics"].as_array().unwrap();
    let files: Vec<&Value> = found.iter().map(|found| &found["at"]["file"]).collect();
    assert_eq!(files, ["clock.pol"]);
    assert_eq!((&found[0]["code"], &found[0]["at"]["line"]), (&"FW0401".into(), &7.into()));
    let related = found[0]["related"].as_array().unwrap();
    assert!(related.iter().any(|related| related["at"]["file"] == "catalogue/ubuntu.pol"), "{related:?}");
    let run = sandbox.run(&["check", "clock.pol", "--format", "github"]);
    assert!(run.stdout.starts_with("::error file=clock.pol,line=7,"), "{}", run.stdout);
}

#[test]
fn compile_counts_what_check_finds() {
    let sandbox = Sandbox::with_small();
    let rules = "        narrow: allow https from 10.1.0.0/16 to a.contoso.com\n        wide: allow https from 10.0.0.0/8 to *.contoso.com\n";
    let policy =
        format!("policy pp {{\n    sku standard\n    location \"westeurope\"\n    group gg {{\n{rules}    }}\n}}\n");
    sandbox.write("twice.pol", &policy);
    let run = sandbox.run(&["check", "twice.pol", "--format", "json"]);
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    let severities: Vec<&Value> =
        document["diagnostics"].as_array().unwrap().iter().map(|found| &found["severity"]).collect();
    assert_eq!(severities, ["warning"], "a rule that could go: {document:#}");
    let run = sandbox.run(&["compile", "twice.pol", "-o", "out", "--no-lock"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let manifest: Value = serde_json::from_str(&sandbox.read("out/manifest.json")).unwrap();
    assert_eq!(manifest["diagnostics"], json!({"errors": 0, "warnings": 1, "notes": 0}));
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
        "fixes": [{"message": "did you mean `from`?", "applicability": "maybe", "edits": [
            {"file": "wrong.pol", "line": 8, "column": 26, "endLine": 8, "endColumn": 29, "text": "from"},
        ]}],
    }]});
    assert_eq!((run.status, run.stderr.as_str()), (1, ""));
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&found["schema"], &found["diagnostics"]), (&expected["schema"], &expected["diagnostics"]));
}

#[test]
fn json_without_findings_is_an_empty_list() {
    let run = Sandbox::with_small().run(&["check", "egress.pol", "--format", "json"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert!(
        run.stdout.starts_with("{\"schema\":\"fwc.check/1\",\"diagnostics\":[],\"assumptions\":[],\"limits\":["),
        "{}",
        run.stdout
    );
}

/// A program may want to know how much room there is, whether or not somebody thought of asking.
#[test]
fn json_has_the_limits() {
    let run = Sandbox::with_small().run(&["check", "egress.pol", "--format", "json"]);
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    let of = |list: &str, name: &str| {
        found[list].as_array().unwrap().iter().find(|entry| entry["name"] == name).unwrap().clone()
    };
    let size = json!({"name": "group-size", "used": 346, "max": 2_000_000, "free": 1_999_654, "safe": 1_400_000,
                      "group": "out", "policy": "web"});
    assert_eq!(of("limits", "group-size"), size);
    let share = json!({"name": "out", "priority": 1000, "collections": 1, "rules": 1, "pairs": 0, "dnatRules": 0, "bytes": 346,
                       "policy": "web"});
    assert_eq!(of("perGroup", "out"), share);
    assert_eq!(of("uncounted", "throughput")["says"], "30 Gbps, standard");
    assert_eq!(of("splitNext", "groups")["percent"], 1);
}

/// Half of a limit is worth a line, which nobody has to ask for.
#[test]
fn a_limit_that_is_half_used_is_told() {
    let sandbox = Sandbox::with_small();
    let check = |limit: &str| sandbox.run(&["check", "egress.pol", "--limit", limit]).stdout;
    assert_eq!(check("collections=3"), "egress.pol: no findings\n");
    let half = "egress.pol: no findings\nnearest limit, 50 %: 1 of 2 rule collections in policy `web`\n";
    assert_eq!(check("collections=2"), half);
}

#[test]
fn a_bound_of_the_language_cannot_be_given() {
    let run = Sandbox::with_small().run(&["check", "egress.pol", "--limit", "network-ports=70000"]);
    assert!(run.status == 2 && run.stderr.contains("`network-ports` cannot be given"), "{}", run.stderr);
}

#[test]
fn warnings_fail_only_where_asked() {
    let sandbox = Sandbox::with_small();
    let expired = super::SMALL.replace("        mcr:", "        @expires(2026-03-31)\n        mcr:");
    sandbox.write("expired.pol", &expired);
    let run = |more: &[&str]| {
        let arguments = [&["check", "expired.pol", "--as-of", "2026-10-01"], more].concat();
        let run = sandbox.run(&arguments);
        (run.status, run.stdout.lines().last().map(|line| format!("{line}\n")).unwrap_or_default())
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

/// A bound on one thing is named only where something is beyond it, and then never as if it were just full.
#[test]
fn what_an_artefact_has_too_large_stands_in_the_table() {
    let sandbox = Sandbox::with_small();
    assert_eq!(sandbox.run(&["compile", "egress.pol", "--emit", "arm"]).status, 0);
    let template = sandbox.read("build/web.arm.json").replace("\"port\": 443", "\"port\": 64001");
    sandbox.write("over.json", &template);
    let run = sandbox.run(&["check", "over.json", "--limits"]);
    let refused = "refused by Azure\n  `out/out-allow-application/mcr` has 64,001 for a port of application rules:\n    \
                   Azure takes up to 64,000\n";
    assert!(run.status == 1 && run.stdout.contains(refused), "{}", run.stdout);
    assert!(run.stdout.contains("             application-ports                          64,001          0  101%\n"));
}

/// An artefact that Azure refuses fails `check` alone; the other commands answer and say so in one line.
#[test]
fn of_a_long_path_the_end_and_the_count_are_shown() {
    let sandbox = Sandbox::new();
    let file = format!("{}/export.json", "folder".repeat(20));
    sandbox.write(
        &file,
        r#"{"type": "Microsoft.Network/firewallPolicies", "name": "e", "location": "westeurope", "properties": {}}"#,
    );
    let run = sandbox.run(&["check", &file]);
    let first = run.stdout.lines().next().unwrap_or_default();
    assert!(first.starts_with('…') && first.ends_with("/export.json: no findings"), "{first}");
    assert_eq!(first.chars().count(), 80, "{first}");
}

#[test]
fn an_artefact_with_errors_is_answered_about_all_the_same() {
    let rule = json!({"ruleType": "NetworkRule", "name": "mail", "ipProtocols": ["TCP"], "sourceAddresses": ["10.20.0.0/16"],
        "destinationPorts": ["587"], "destinationFqdns": ["mail.shop.example"]});
    let collection = json!({"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": "web", "priority": 200,
        "action": {"type": "Allow"}, "rules": [rule]});
    let text = json!({"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0", "resources": [
            {"type": "Microsoft.Network/firewallPolicies", "apiVersion": "2024-05-01", "name": "shop",
             "location": "westeurope", "properties": {"sku": {"tier": "Standard"}}},
            {"type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups", "apiVersion": "2024-05-01",
             "name": "shop/rcg", "properties": {"priority": 300, "ruleCollections": [collection]}}]});
    let sandbox = Sandbox::new();
    sandbox.write("main.json", &text.to_string());
    let check = sandbox.run(&["check", "main.json", "--format", "json"]);
    assert_eq!((check.status, check.stderr.as_str()), (1, ""));
    let flow = ["--from", "10.20.0.4", "--to", "mail.shop.example", "--service", "tcp/587"];
    let explain = sandbox.run(&[&["explain", "main.json"], flow.as_slice()].concat());
    assert_eq!(explain.status, 0, "{}", explain.stderr);
    assert_eq!(explain.stderr, "fwc: main.json: 1 error: run `fwc check main.json`\n");
}
