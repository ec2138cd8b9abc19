//! Claims that what a command writes or says has to show.

use serde_json::Value;

use crate::cli::Sandbox;
use crate::resolve::server::Zone;

const AKS: &str = "policies/examples/aks-hub-spoke";

#[track_caller]
fn runs(sandbox: &Sandbox, arguments: &[&str]) -> String {
    let run = sandbox.run(arguments);
    assert_eq!(run.status, 0, "{arguments:?}\n{}{}", run.stdout, run.stderr);
    run.stdout
}

fn json(sandbox: &Sandbox, path: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(sandbox.path(path)).unwrap()).unwrap()
}

/// Each resource of a template: its kind and its name.
fn resources(sandbox: &Sandbox, path: &str) -> Vec<(String, String)> {
    let template = json(sandbox, path);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    template["resources"].as_array().unwrap().iter().map(|of| (text(&of["type"]), text(&of["name"]))).collect()
}

/// Terraform makes the policy and ignores changes to its rules: with `--rules-only` nothing that is written makes it again.
#[test]
pub(super) fn terraform_may_own_the_policy_and_leave_the_rules() {
    let sandbox = Sandbox::with_example();
    let source = format!("{AKS}/egress.pol");
    let makes = |file: &str| {
        let policy = "Microsoft.Network/firewallPolicies";
        resources(&sandbox, file).iter().filter(|(kind, _)| kind == policy).count()
    };
    runs(&sandbox, &["compile", &source, "-o", "whole", "--emit", "arm"]);
    runs(&sandbox, &["compile", &source, "-o", "rules", "--emit", "arm,terraform", "--rules-only"]);
    assert_eq!((makes("whole/aks-weu.arm.json"), makes("rules/aks-weu.arm.json")), (1, 0));
    let groups = |file: &str| {
        let mut groups = resources(&sandbox, file);
        groups.retain(|(kind, _)| kind.ends_with("/ruleCollectionGroups"));
        groups
    };
    assert_eq!(groups("whole/aks-weu.arm.json"), groups("rules/aks-weu.arm.json"));
    assert!(!groups("rules/aks-weu.arm.json").is_empty());
    let terraform = std::fs::read_to_string(sandbox.path("rules/aks-weu.tf")).unwrap();
    assert!(!terraform.contains("resource \"azurerm_firewall_policy\""), "{terraform}");
    assert!(terraform.contains("resource \"azurerm_firewall_policy_rule_collection_group\""), "{terraform}");
}

/// The collections of a policy as Azure reads them: by group, then by collection, network before application.
fn order(sandbox: &Sandbox, file: &str) -> Vec<String> {
    let template = json(sandbox, file);
    let mut found = Vec::new();
    for resource in template["resources"].as_array().unwrap() {
        for collection in resource["properties"]["ruleCollections"].as_array().into_iter().flatten() {
            let kind = collection["rules"][0]["ruleType"].as_str().unwrap();
            let rank = usize::from(kind == "ApplicationRule");
            let priority = |value: &Value| value["priority"].as_u64().unwrap();
            let name = format!("{kind} {}", collection["name"].as_str().unwrap());
            found.push((rank, priority(&resource["properties"]), priority(collection), name));
        }
    }
    found.sort();
    found.into_iter().map(|(.., name)| name).collect()
}

/// The order is gold: network collections before application ones, in each the base's first, as `explain` says it too.
#[test]
pub(super) fn each_region_reads_the_organisation_first() {
    let sandbox = Sandbox::with_example();
    runs(&sandbox, &["compile", &format!("{AKS}/regions.pol"), "-o", "out", "--emit", "arm"]);
    let guardrails = ["NetworkRule guardrails-deny-network"];
    let weu = [
        "NetworkRule platform-allow-network",
        "ApplicationRule platform-allow-application",
        "ApplicationRule workloads-allow-application",
    ];
    let neu = ["NetworkRule platform-allow-network", "ApplicationRule platform-allow-application"];
    assert_eq!(order(&sandbox, "out/org-weu.arm.json"), guardrails);
    assert_eq!(order(&sandbox, "out/org-neu.arm.json"), guardrails);
    assert_eq!(order(&sandbox, "out/aks-weu.arm.json"), weu);
    assert_eq!(order(&sandbox, "out/aks-neu.arm.json"), neu);
    let base = |child: &str, base: &str| {
        let template = json(&sandbox, &format!("out/{child}.arm.json"));
        let id = template["resources"][0]["properties"]["basePolicy"]["id"].as_str().unwrap().to_owned();
        assert!(id.contains(&format!("'{base}'")), "{id}");
    };
    base("aks-weu", "org-weu");
    base("aks-neu", "org-neu");
    let flow =
        ["--policy", "aks-weu", "--from", "10.240.0.7", "--to", "8.8.8.8", "--service", "tcp/22", "--format", "json"];
    let said = runs(&sandbox, &[&["explain", &format!("{AKS}/regions.pol"), "--passed"], flow.as_slice()].concat());
    let answer: Value = serde_json::from_str(said.lines().next().unwrap()).unwrap();
    assert_eq!((&answer["verdict"], &answer["decidedBy"]["policy"]), (&"deny".into(), &"org-weu".into()), "{said}");
}

/// Pre-production from one source: what differs is its networks, its callers and the one rule that it says it has.
#[test]
pub(super) fn what_differs_between_environments_is_told_exactly() {
    let sandbox = Sandbox::with_example();
    let source = format!("{AKS}/environments.pol");
    let compile = |to: &str, set: &[&str]| {
        let set: Vec<&str> = set.iter().flat_map(|set| ["--set", set]).collect();
        runs(&sandbox, &[&["compile", &source, "-o", to, "--emit", "arm"], set.as_slice()].concat());
    };
    compile("production", &[]);
    compile("mirror", &["environment=preproduction"]);
    let diff = |to: &str| -> Value {
        let said = runs(
            &sandbox,
            &["diff", "production/cluster.arm.json", &format!("{to}/cluster.arm.json"), "--format", "json"],
        );
        serde_json::from_str(&said).unwrap()
    };
    // With production's own networks, its one difference is the rule for load tests.
    let found = diff("mirror");
    let names: Vec<&Value> = found["changes"].as_array().unwrap().iter().map(|change| &change["names"]["of"]).collect();
    assert_eq!((names, &found["narrowed"]), (vec![&serde_json::json!(["cloud.k6.io"])], &false.into()), "{found}");
    compile("moved", &["environment=preproduction", "nodes=10.241.0.0/20"]);
    let found = diff("moved");
    let changes = found["changes"].as_array().unwrap();
    let sources = |effect: &str| -> Vec<String> {
        let of = changes.iter().filter(|change| change["effect"] == effect);
        of.map(|change| change["sources"].to_string()).collect()
    };
    assert!(sources("newly-allowed").iter().all(|from| from == "[\"10.241.0.0/20\"]"), "{found}");
    assert!(sources("newly-denied").iter().all(|from| from == "[\"10.240.0.0/20\"]"), "{found}");
    assert!(!changes.is_empty());
}

/// The firewall cannot see link-local traffic, and who writes a rule about it is told.
#[test]
pub(super) fn a_deny_of_the_metadata_service_is_said_to_be_for_the_cluster() {
    let sandbox = Sandbox::with_example();
    let said = sandbox.run(&["check", "policies/examples/digibee/egress.pol"]);
    let said = said.stdout + &said.stderr;
    let note = said.split("\n\n").find(|finding| finding.contains("note[FW0612]")).unwrap_or_else(|| panic!("{said}"));
    assert!(note.contains("169.254.169.254") && note.contains("network policy"), "{note}");
}

/// `resolve` finds the vault's name at its private address where the zone is linked, and says where it is not.
#[test]
pub(super) fn dns_is_asked_whether_the_vault_is_private() {
    let sandbox = Sandbox::with_example();
    let ask = |zone: &Zone| {
        let server = zone.address.to_string();
        let source = "policies/examples/key-vault-private-link/egress.pol";
        let run = sandbox.run(&["resolve", source, "--server", &server, "--timeout", "1000", "--fail-on", "warning"]);
        (run.status, run.stdout + &run.stderr)
    };
    let (status, said) = ask(&Zone::linked());
    assert_eq!(status, 0, "{said}");
    let (status, said) = ask(&Zone::new());
    assert_eq!(status, 1, "{said}");
    assert!(said.contains("warning[FW0902]: `kv-shop.vault.azure.net` answers publicly, at 20.1.2.9"), "{said}");
}
