//! Inputs that ask for more than they hold: a clear answer, in memory that fits the input.

use std::process::Command;

use super::Sandbox;

/// Address space that a run may take, in KiB. The binary alone takes a part of it.
const ROOM: usize = 600 << 10;

/// What a check of `source` prints where memory is short.
fn checked(source: &str) -> (Option<i32>, String) {
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", source);
    let line = format!("ulimit -v {ROOM}; exec {} check egress.pol", env!("CARGO_BIN_EXE_fwc"));
    let run = Command::new("sh").args(["-c", &line]).current_dir(sandbox.path(".")).output().unwrap();
    (run.status.code(), String::from_utf8_lossy(&run.stderr).into_owned() + &String::from_utf8_lossy(&run.stdout))
}

fn policy(rule: &str) -> String {
    format!("policy web {{\n    location \"westeurope\"\n    sku standard\n    group out {{ {rule} }}\n}}\n")
}

#[test]
fn bundles_that_double_are_stopped_before_memory_is_taken() {
    let mut source = String::from("bundle b0(n: addresses) { allow tcp/443 from n to 203.0.113.1 }\n");
    for at in 1..40 {
        let below = at - 1;
        source += &format!("bundle b{at}(n: addresses) {{ apply b{below}(n: n) apply b{below}(n: n) }}\n");
    }
    source += &policy("apply b39(n: 10.0.0.1)");
    let (status, said) = checked(&source);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("FW0108") && said.contains("bundles expand to more than 100"), "{said}");
}

#[test]
fn sets_that_double_are_the_same_set() {
    let mut source = String::from("let a0 = 10.0.0.1\n");
    (1..60).for_each(|at| source += &format!("let a{at} = a{}, a{}\n", at - 1, at - 1));
    let (status, said) = checked(&(source + &policy("r: allow tcp/443 from a59 to 203.0.113.1")));
    assert_eq!(status, Some(0), "{said}");
}

#[test]
fn sets_that_grow_along_a_chain_are_stopped_before_memory_is_taken() {
    let mut source = String::from("let a0 = 10.0.0.1\n");
    for at in 1..20_000 {
        source += &format!("let a{at} = a{}, 10.{}.{}.{}\n", at - 1, at >> 16, at >> 8 & 255, at & 255);
    }
    let (status, said) = checked(&(source + &policy("r: allow tcp/443 from a19999 to 203.0.113.1")));
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("FW0108"), "{said}");
}

#[test]
fn a_set_named_many_times_in_a_list_is_stopped_before_memory_is_taken() {
    let addresses: Vec<String> = (0..5000).map(|at| format!("10.0.{}.{}", at >> 7, (at & 127) * 2)).collect();
    let source = format!("let a = {}\nlet b = {}\n", addresses.join(", "), vec!["a"; 5000].join(", "));
    let (status, said) = checked(&(source + &policy("r: allow tcp/443 from b to 203.0.113.1")));
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("FW0108"), "{said}");
}

#[test]
fn each_finding_in_a_long_line_is_shown_with_its_neighbourhood_only() {
    let printed = |count: usize| {
        let rules: Vec<String> =
            (0..count).map(|at| format!("r{at}: allow tcp/443 from nobody{at} to 203.0.113.1")).collect();
        let (status, said) = checked(&policy(&rules.join(" ")).replace('\n', " "));
        assert_eq!(status, Some(1), "{said}");
        assert!(
            said.contains("egress.pol:1:") && said.contains(&format!("`nobody{}` is not defined", count - 1)),
            "{said}"
        );
        said.len()
    };
    let (few, many) = (printed(100), printed(400));
    assert!(many < few * 5, "{few} bytes for 100 findings, {many} for 400");
}

#[test]
fn a_list_of_flows_that_is_cut_says_so_and_how_to_see_all() {
    let rule = |at: usize| {
        let [high, low] = [at / 256, at % 256];
        serde_json::json!({"ruleType": "NetworkRule", "name": format!("r{at}"), "ipProtocols": ["TCP"],
            "sourceAddresses": [format!("10.1.{high}.{low}")], "destinationAddresses": [format!("192.0.{low}.{high}")],
            "destinationPorts": [(1000 + at).to_string()]})
    };
    let rules: Vec<serde_json::Value> = (0..10_010).map(rule).collect();
    let collection = serde_json::json!({"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": "c",
        "priority": 200, "action": {"type": "Allow"}, "rules": rules});
    let policy = serde_json::json!({"type": "Microsoft.Network/firewallPolicies", "apiVersion": "2024-05-01", "name": "p",
        "location": "westeurope", "properties": {"sku": {"tier": "Standard"}}});
    let group = serde_json::json!({"type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups",
        "apiVersion": "2024-05-01", "name": "p/g", "properties": {"priority": 200, "ruleCollections": [collection]}});
    let template = serde_json::json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0", "resources": [policy, group]});
    let sandbox = Sandbox::new();
    sandbox.write("many.json", &template.to_string());
    let first = |more: &[&str]| {
        let run = sandbox.run(&[&["reach", "many.json"], more].concat());
        run.stdout.lines().next().unwrap_or_default().to_owned()
    };
    assert!(first(&[]).ends_with("and more let flows pass: the list is cut, `--all` has all of it"), "{}", first(&[]));
    assert_eq!(first(&["--all"]), "10010 rules let flows pass");
}
