//! `fwc check` of artefacts: one page that an operator understands.

use std::process::Command;

use crate::cli::Sandbox;

const SAMPLE: &str = "tests/golden/private-aks-sample/policy.json";

fn check(arguments: &[&str]) -> (String, Option<i32>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fwc"));
    let done = command.arg("check").args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    (String::from_utf8(done.stdout).unwrap(), done.status.code())
}

#[test]
fn the_published_sample_is_open_and_mostly_dead() {
    let (text, status) = check(&[SAMPLE]);
    let wanted = include_str!("../golden/private-aks-sample/check.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/private-aks-sample/check.txt"), &text)
            .unwrap();
    } else {
        assert_eq!(text, wanted);
    }
    assert_eq!(status, Some(0));
    assert!(text.lines().count() <= 24 && text.lines().all(|line| line.chars().count() <= 80));
    assert_eq!(check(&[SAMPLE, "--fail-on", "warning"]).1, Some(1));
}

#[test]
fn a_baseline_leaves_what_is_new() {
    let folder = tempfile::tempdir().unwrap();
    let (json, _) = check(&[SAMPLE, "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    let mut known = value.clone();
    known["diagnostics"].as_array_mut().unwrap().remove(2);
    let file = folder.path().join("baseline.json");
    std::fs::write(&file, known.to_string()).unwrap();
    let (json, _) = check(&[SAMPLE, "--format", "json", "--baseline", file.to_str().unwrap()]);
    let left: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(left["diagnostics"].as_array().unwrap().as_slice(), &value["diagnostics"].as_array().unwrap()[2..3]);
    assert_eq!(check(&[SAMPLE, "--baseline", SAMPLE]).1, Some(2));
}

#[test]
fn a_page_is_a_page_however_much_is_found() {
    let rule = |index: usize| {
        serde_json::json!({"ruleType": "NetworkRule", "name": format!("a-rather-long-name-of-a-rule-{index}"),
            "ipProtocols": ["TCP", "UDP"], "sourceAddresses": [format!("10.{index}.0.0/16")], "destinationAddresses": ["*"],
            "destinationPorts": ["*"]})
    };
    let rules: Vec<_> = (0..200).map(|index| rule(index / 2)).collect();
    let group = serde_json::json!([{"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/firewallPolicies/hub/ruleCollectionGroups/web",
        "name": "web", "type": "Microsoft.Network/FirewallPolicies/RuleCollectionGroups", "priority": 300,
        "ruleCollections": [{"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": "c", "priority": 200,
            "action": {"type": "allow"}, "rules": rules}]}]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("groups.json");
    std::fs::write(&file, group.to_string()).unwrap();
    let (text, _) = check(&[file.to_str().unwrap()]);
    assert!(text.lines().count() <= 24 && text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert!(text.contains("and 99 more") || text.contains("more"), "{text}");
}

#[test]
fn a_way_that_leads_astray_is_drawn() {
    let (sandbox, source) = (Sandbox::with_example(), "policies/examples/aks-hub-spoke/public-load-balancer.pol");
    let text = std::fs::read_to_string(sandbox.path(source)).unwrap();
    sandbox.write(source, &text.replace("    return via internet for partner-api\n", ""));
    assert_eq!(sandbox.run(&["compile", source, "--emit", "arm"]).status, 0);
    let text = sandbox.run(&["check", "build"]).stdout;
    let drawn =
        "\nroutes\n  replies from 203.0.113.80 take another way than the flow\n    192.0.2.0/24 -> 203.0.113.11\n";
    assert!(text.contains(drawn) && !text.contains("more: `fwc check"), "{text}");
    assert!(text.lines().count() <= 24 && text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn a_base_that_is_not_given_is_asked_for() {
    let policy = serde_json::json!({"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "resources": [{"type": "Microsoft.Network/firewallPolicies", "name": "child", "properties": {
            "basePolicy": {"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/firewallPolicies/corp"}}}]});
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("child.json");
    std::fs::write(&file, policy.to_string()).unwrap();
    let file = file.to_str().unwrap();
    assert_eq!(check(&[file]).1, Some(2));
    let (text, status) = check(&[file, "--parent", "none"]);
    assert_eq!(status, Some(0));
    assert!(text.contains("judged without the base policy `corp`"), "{text}");
}
