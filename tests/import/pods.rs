//! Pods: read from what Azure has, and opaque to every question about flows.

use fwc::emit::{EmitOptions, EmitScope, arm::policy_template, bicep, terraform};
use fwc::flow::WorkBudget;
use fwc::import::{Artefact, read, read_with};
use fwc::model::{Pods, Rules};
use fwc::prove::ProofVerdict;
use serde_json::{Value, json};

use crate::understood::understand_with;

const POLICY: &str = "Microsoft.Network/firewallPolicies";

/// A policy `hub` with one rule, whose sources are selector groups.
fn template(ids: Value, more: &[Value]) -> String {
    let group = json!({"type": format!("{POLICY}/ruleCollectionGroups"), "apiVersion": "2025-09-01", "name": "hub/web",
        "properties": {"priority": 200, "ruleCollections": [{"name": "c", "priority": 200, "action": {"type": "Allow"},
        "ruleCollectionType": "FirewallPolicyFilterRuleCollection", "rules": [{"ruleType": "ApplicationRule", "name": "r",
        "sourceKubeSelectorGroups": ids, "targetFqdns": ["a.contoso.com"],
        "protocols": [{"protocolType": "Https", "port": 443}]}]}]}});
    let policy = json!({"type": POLICY, "name": "hub", "properties": {"kubeSelectorGroups": [{"id": "x"}]}});
    let resources: Vec<&Value> = [&policy, &group].into_iter().chain(more).collect();
    json!({"$schema": "x/deploymentTemplate.json", "resources": resources}).to_string()
}

fn selector(name: &str, properties: Value) -> Value {
    json!({"type": format!("{POLICY}/kubeSelectorGroups"), "name": format!("hub/{name}"), "properties": properties})
}

/// The one selector group of Microsoft's own sample.
fn sample() -> Value {
    selector(
        "example",
        json!({
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "production"}},
        "podSelector": {"matchExpressions": [{"key": "tier", "operator": "In", "values": ["frontend", "backend"]}],
            "matchLabels": {"app": "web", "env": "production"}}}),
    )
}

fn first(text: &str) -> Vec<Pods> {
    let model = read(text, "t").unwrap();
    let Rules::Application(_, rules) = &model.policies[0].groups[0].collections[0].rules else { panic!() };
    rules[0].matches.sources.pods.clone()
}

const REFERENCE: &str = "[resourceId('Microsoft.Network/firewallPolicies/kubeSelectorGroups', 'hub', 'example')]";

#[test]
fn a_selector_group_is_what_it_selects() {
    let said = "pods(\"app=web, env=production, tier in (frontend, backend)\" in \
        \"kubernetes.io/metadata.name=production\" named \"example\")";
    let id =
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/firewallPolicies/hub/kubeSelectorGroups/Example";
    for reference in [REFERENCE, id] {
        assert_eq!(first(&template(json!([reference]), &[sample()]))[0].to_string(), said);
    }
}

#[test]
fn one_that_is_elsewhere_keeps_its_id_and_one_that_is_missing_is_refused() {
    let id =
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/firewallPolicies/other/kubeSelectorGroups/k";
    assert_eq!(first(&template(json!([id]), &[sample()])), [Pods::Group(id.to_owned())]);
    let error = read(&template(json!([REFERENCE]), &[]), "t").unwrap_err().to_string();
    assert!(error.contains("selector group `example` of policy `hub` is missing"), "{error}");
}

#[test]
fn one_that_no_rule_names_is_noted() {
    let text = template(json!(["/x/kubeSelectorGroups/k"]), &[sample()]);
    let read = read_with(&[Artefact { name: "t", text: &text }], &[]).unwrap();
    assert!(
        read.model.assumptions.iter().any(|note| note.message.contains("is the source of no rule and is left out"))
    );
}

#[test]
fn what_a_selector_says_otherwise_is_refused() {
    let operator = json!({"podSelector": {"matchExpressions": [{"key": "a", "operator": "Near", "values": ["b"]}]}});
    let more = json!({"podSelector": {"matchFields": {}, "matchNames": ["a"]}});
    for (properties, wanted) in [(operator, "expected `In` or `NotIn`"), (more, "unknown property `matchNames`")] {
        let error = read(&template(json!([REFERENCE]), &[selector("example", properties)]), "t").unwrap_err();
        assert!(error.message.contains(wanted), "{error}");
    }
}

#[test]
fn pods_are_a_set_that_only_azure_knows() {
    let understood = understand_with(
        "policy egress { sku standard group g {\n\
         no:  deny  https from pods(\"app=web\" named \"a\") to b.contoso.com\n\
         yes: allow https from any to *.contoso.com\n\
         }\n\
         expect allow https from any to a.contoso.com\n\
         expect deny https from pods(\"app=web\") to b.contoso.com\n\
         expect allow https from 10.0.0.4 to b.contoso.com\n\
         expect deny https from pods(\"app=other\") to b.contoso.com }",
        &[],
        &WorkBudget::default(),
    );
    let checked = understood.project.expectations();
    let verdicts: Vec<&str> = checked
        .iter()
        .map(|checked| match &checked.verdict {
            ProofVerdict::Holds => "holds",
            ProofVerdict::Conditional(_) => "conditional",
            ProofVerdict::Fails { .. } => "fails",
            ProofVerdict::NotDecided(_) => "not decided",
        })
        .collect();
    assert_eq!(verdicts, ["holds", "holds", "conditional", "fails"], "{}", understood.rendered());
}

#[test]
fn only_what_speaks_of_pods_is_written_for_the_new_api() {
    let source = "policy egress { sku standard\n\
         group web { api: allow https from pods(\"app=web, team\" in \"a!=b\" named \"web\") to a.contoso.com }\n\
         group other { dns: allow dns from 10.0.0.4 to 10.0.0.5 } }";
    let model = understand_with(source, &[], &WorkBudget::default()).project.into_lowered().1.model;
    let template = policy_template(&model, &model.policies[0], &EmitOptions::default());
    let resources: Vec<(&str, &str)> = template["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|resource| (resource["name"].as_str().unwrap(), resource["apiVersion"].as_str().unwrap()))
        .collect();
    let newer = "2025-09-01";
    let wanted =
        [("egress", "2025-07-01"), ("egress/web", newer), ("egress/web", newer), ("egress/other", "2025-07-01")];
    assert_eq!(resources, wanted);
    let pods = &template["resources"][1];
    let selector = json!({"podSelector": {"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "team",
        "operator": "Exists"}]}, "namespaceSelector": {"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["b"]}]}});
    assert_eq!(pods["properties"], selector);
    let group = &template["resources"][2];
    assert_eq!(
        group["dependsOn"],
        json!([REFERENCE.replace(", ", ",").replace("hub", "egress").replace("example", "web")])
    );
    let bicep = bicep::policy_file(&model, &model.policies[0], &EmitOptions::default());
    assert!(bicep.contains("'Microsoft.Network/firewallPolicies/kubeSelectorGroups@2025-09-01'"), "{bicep}");
    let unsaid = terraform::unsaid(&model.policies[0], EmitScope::Whole);
    assert!(unsaid[0].starts_with("`pods(…)` as a source in `web/"), "{unsaid:?}");
}
