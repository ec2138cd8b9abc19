//! What only a deployment knows, as every command tells it: conditions, and the order of equal priorities.

use serde_json::{Value, json};

use super::{Run, Sandbox};

const SCHEMA: &str = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";
const CONDITION: &str = "equals(parameters('env'), 'prod')";

fn rule(name: &str, to: &str, port: &str) -> Value {
    json!({"ruleType": "NetworkRule", "name": name, "ipProtocols": ["TCP"], "sourceAddresses": ["10.20.0.0/16"],
        "destinationAddresses": [to], "destinationPorts": [port]})
}

fn collection(name: &str, action: &str, rule: Value) -> Value {
    json!({"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": name, "priority": 200,
        "action": {"type": action}, "rules": [rule]})
}

fn group(name: &str, priority: u32, collections: &[Value]) -> Value {
    json!({"type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups", "name": format!("hub/{name}"),
        "properties": {"priority": priority, "ruleCollections": collections}})
}

fn template(groups: &[Value]) -> String {
    let policy = json!({"type": "Microsoft.Network/firewallPolicies", "name": "hub", "location": "westeurope",
        "properties": {"sku": {"tier": "Standard"}}});
    let resources: Vec<Value> = std::iter::once(policy).chain(groups.iter().cloned()).collect();
    json!({"$schema": SCHEMA, "parameters": {"env": {"type": "string"}}, "resources": resources}).to_string()
}

fn web() -> Value {
    group("web", 200, &[collection("web", "Allow", rule("web", "192.0.2.10", "443"))])
}

/// A group that allows everything, in production only.
fn open(condition: &str) -> Value {
    let mut open = group("open", 300, &[collection("open", "Allow", rule("open", "*", "*"))]);
    open["condition"] = json!(condition);
    open
}

/// A sandbox with `old.json`, and with `new.json` where there is one more group in production.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("old.json", &template(&[web()]));
    sandbox.write("new.json", &template(&[web(), open("[equals(parameters('env'),'prod')]")]));
    for env in ["prod", "dev"] {
        sandbox.write(&format!("{env}.json"), &json!({"parameters": {"env": {"value": env}}}).to_string());
    }
    sandbox
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", run.stdout, run.stderr))
}

#[test]
fn explain_says_on_what_a_verdict_depends() {
    let sandbox = sandbox();
    let ask = |to: &str, service: &str| {
        let run = sandbox.run(&[
            "explain",
            "new.json",
            "--from",
            "10.20.0.4",
            "--to",
            to,
            "--service",
            service,
            "--format",
            "json",
        ]);
        json(&run)
    };
    let open = ask("192.0.2.77", "tcp/22");
    assert_eq!((&open["verdict"], &open["depends"][0]["on"]), (&json!("depends"), &json!(CONDITION)));
    assert_eq!(ask("192.0.2.10", "tcp/443")["verdict"], "allow");
}

#[test]
fn what_may_become_wider_meets_the_gate() {
    let sandbox = sandbox();
    let diff = |old: &str, new: &str, more: &[&str]| {
        let all = [&["diff", old, new, "--fail-on", "widened", "--format", "json"], more].concat();
        sandbox.run(&all)
    };
    let wider = diff("old.json", "new.json", &[]);
    assert_eq!(wider.status, 1, "{}", wider.stderr);
    let changes = json(&wider)["changes"].clone();
    assert!(
        changes
            .as_array()
            .is_some_and(|all| !all.is_empty() && all.iter().all(|one| one["conditions"] == json!([CONDITION]))),
        "{changes}"
    );
    assert_eq!(diff("old.json", "new.json", &["--parameters", "dev.json"]).status, 0);
    assert_eq!(diff("old.json", "new.json", &["--parameters", "prod.json"]).status, 1);
    assert_eq!(json(&diff("new.json", "new.json", &[]))["equivalent"], true);
}

#[test]
fn a_condition_and_its_opposite_change_flows_in_every_deployment() {
    let sandbox = sandbox();
    sandbox.write("other.json", &template(&[web(), open("[not(equals(parameters('env'),'prod'))]")]));
    let found = json(&sandbox.run(&["diff", "new.json", "other.json", "--format", "json"]));
    let all = found["changes"].as_array().unwrap().iter();
    let said: Vec<(&Value, &Value)> = all.map(|one| (&one["effect"], &one["conditions"][0])).collect();
    let not = json!(format!("not({CONDITION})"));
    assert!(said.contains(&(&json!("newly-denied"), &json!(CONDITION))), "{found}");
    assert!(said.contains(&(&json!("newly-allowed"), &not)), "{found}");
}

#[test]
fn reach_says_the_condition_of_an_entry() {
    let found = json(&sandbox().run(&["reach", "new.json", "--service", "tcp/22", "--format", "json"]));
    assert_eq!(found["flows"][0]["conditions"], json!([CONDITION]), "{found}");
}

#[test]
fn nothing_is_planned_on_what_is_not_known() {
    let sandbox = sandbox();
    let plan = |more: &[&str]| {
        sandbox.run(&[&["plan", "new.json", "--deployed", "old.json", "--format", "script"], more].concat())
    };
    let open = plan(&[]);
    assert_eq!((open.status, open.stdout.as_str()), (1, ""));
    assert!(open.stderr.contains(&format!("group `hub/open` is there only where {CONDITION}")), "{}", open.stderr);
    let known = plan(&["--parameters", "prod.json"]);
    assert!(known.status == 0 && known.stdout.contains("open"), "{}{}", known.stdout, known.stderr);
}

const CHILD: &str = "\
policy team inherits external \"new.json\" {
    location \"westeurope\"
    sku      standard

    group work {
        time: allow udp/123 from 10.20.0.0/16 to 192.0.2.123
    }

    expect allow udp/123 from 10.20.0.0/16 to 192.0.2.123
    expect deny  tcp/22  from 10.20.0.0/16 to 192.0.2.123
}
";

#[test]
fn what_a_base_leaves_open_stays_open_in_its_child() {
    let sandbox = sandbox();
    sandbox.write("egress.pol", CHILD);
    let asked = [
        "explain",
        "egress.pol",
        "--from",
        "10.20.0.4",
        "--to",
        "192.0.2.77",
        "--service",
        "tcp/22",
        "--format",
        "json",
    ];
    assert_eq!(json(&sandbox.run(&asked))["verdict"], "depends");
    let tested = sandbox.run(&["test", "egress.pol", "--format", "json"]);
    let results = json(&tested)["results"].clone();
    assert_eq!((&results[0]["result"], &results[1]["result"]), (&json!("holds"), &json!("conditional")), "{results}");
    assert_eq!(results[1]["conditions"], json!([format!("not({CONDITION})")]), "{results}");
}

#[test]
fn a_group_under_a_condition_becomes_one_under_a_flag() {
    let sandbox = sandbox();
    let run = sandbox.run(&["import", "new.json", "-o", "egress.pol"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let source = sandbox.read("egress.pol");
    assert!(source.contains("param equals-parameters-env-prod: flag\n"), "{source}");
    assert!(source.contains("    when equals-parameters-env-prod {\n        group open priority 300 {"), "{source}");
    let asked = |value: &str| {
        let set = format!("equals-parameters-env-prod={value}");
        let asked = ["explain", "egress.pol", "--from", "10.20.0.4", "--to", "192.0.2.77", "--service", "tcp/22"];
        json(&sandbox.run(&[&asked[..], &["--format", "json", "--set", &set]].concat()))["verdict"].clone()
    };
    assert_eq!((asked("on"), asked("off")), (json!("allow"), json!("deny")));
    assert_ne!(sandbox.run(&["compile", "egress.pol"]).status, 0);
}

#[test]
fn a_choice_of_conditions_is_refused_by_name() {
    let sandbox = sandbox();
    sandbox
        .write("either.json", &template(&[open("[or(equals(parameters('env'),'a'), equals(parameters('env'),'b'))]")]));
    let run = sandbox.run(&["import", "either.json", "-o", "egress.pol"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("hub/open is there only where equals("), "{}", run.stderr);
}

/// Two collections of one priority that allow and deny the same flows.
fn tied(names: [&str; 2]) -> String {
    let of = |name: &str| {
        let (action, rule_name) = if name == "alpha" { ("Allow", "yes") } else { ("Deny", "no") };
        collection(name, action, rule(rule_name, "10.30.0.0/16", "443"))
    };
    template(&[group("g", 200, &names.map(of))])
}

#[test]
fn an_order_that_is_not_documented_decides_nothing() {
    let sandbox = Sandbox::new();
    sandbox.write("one.json", &tied(["alpha", "beta"]));
    sandbox.write("other.json", &tied(["beta", "alpha"]));
    for file in ["one.json", "other.json"] {
        let asked =
            ["explain", file, "--from", "10.20.0.4", "--to", "10.30.0.4", "--service", "tcp/443", "--format", "json"];
        let found = json(&sandbox.run(&asked));
        assert_eq!(found["verdict"], "depends", "{found}");
        let on = found["depends"][0]["on"].as_str().unwrap_or_default();
        assert!(on.starts_with("collection `beta` of group `g` is read before `alpha`"), "{on}");
    }
    let same = json(&sandbox.run(&["diff", "one.json", "other.json", "--format", "json"]));
    assert_eq!(same["equivalent"], true, "{same}");
    let checked = sandbox.run(&["check", "one.json"]);
    assert!(
        checked.status == 0
            && (checked.stdout + &checked.stderr).contains("collections `alpha` and `beta` have priority 200")
    );
    let imported = sandbox.run(&["import", "one.json", "--faithful"]);
    assert_eq!(imported.status, 1);
    assert!(imported.stderr.contains("have priority 200 both"), "{}", imported.stderr);
}
