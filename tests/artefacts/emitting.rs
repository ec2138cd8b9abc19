//! What templates look like.

use fwc::emit::{EmitOptions, Parents, arm::policy_template};
use fwc::model::*;
use fwc::model::{Priority, Settings, Sku};
use serde_json::{Value, json};

use super::schema;

fn group(name: &str, priority: u32) -> Group {
    let priority = Priority::new(priority).expect("a priority");
    Group { name: name.into(), priority, presence: Presence::Always, collections: Vec::new(), origin: None }
}

fn policy(name: &str, base: Option<Base>, groups: Vec<Group>) -> Policy {
    Policy {
        scope: fwc::model::Scope::default(),
        name: name.into(),
        base,
        settings: Settings::new(Sku::Premium),
        groups,
        origin: None,
    }
}

fn hub_and_spoke() -> Model {
    let hub = policy("hub", None, vec![group("late", 500), group("early", 200)]);
    let spoke = policy("spoke", Some(Base::Named("hub".into())), vec![group("own", 300)]);
    Model { policies: vec![hub, spoke], ..Model::default() }
}

fn resources(model: &Model, name: &str, parents: Parents) -> Vec<Value> {
    let policy = model.policy(name).expect("a policy");
    let template = policy_template(model, policy, &EmitOptions { parents, ..EmitOptions::default() });
    template["resources"].as_array().expect("resources").clone()
}

fn depends_on(resources: &[Value], name: &str) -> Value {
    let resource = resources.iter().find(|resource| resource["name"] == name).expect("a resource");
    resource["dependsOn"].clone()
}

#[test]
fn groups_wait_for_each_other_in_order_of_priority() {
    let resources = resources(&hub_and_spoke(), "hub", Parents::Referenced);
    assert_eq!(
        depends_on(&resources, "hub/early"),
        json!(["[resourceId('Microsoft.Network/firewallPolicies','hub')]"])
    );
    let early = "[resourceId('Microsoft.Network/firewallPolicies/ruleCollectionGroups','hub','early')]";
    assert_eq!(depends_on(&resources, "hub/late"), json!([early]));
}

#[test]
fn a_child_waits_for_the_groups_of_a_base_that_stands_beside_it() {
    let resources = resources(&hub_and_spoke(), "spoke", Parents::Included);
    let late = "[resourceId('Microsoft.Network/firewallPolicies/ruleCollectionGroups','hub','late')]";
    assert_eq!(depends_on(&resources, "spoke"), json!([late]));
}

#[test]
fn a_base_elsewhere_is_referred_to() {
    let resources = resources(&hub_and_spoke(), "spoke", Parents::Referenced);
    let names: Vec<&Value> = resources.iter().map(|resource| &resource["name"]).collect();
    assert_eq!(names, ["spoke", "spoke/own"]);
    let base = json!({"id": "[resourceId('Microsoft.Network/firewallPolicies','hub')]"});
    assert_eq!(resources[0]["properties"]["basePolicy"], base);
}

#[test]
fn a_policy_without_anything_says_nothing_empty() {
    let model = Model { policies: vec![policy("p", None, Vec::new())], ..Model::default() };
    let expected = json!([{
        "type": "Microsoft.Network/firewallPolicies",
        "apiVersion": "2025-07-01",
        "name": "p",
        "location": "[resourceGroup().location]",
        "properties": {"sku": {"tier": "Premium"}},
    }]);
    assert_eq!(Value::Array(resources(&model, "p", Parents::Referenced)), expected);
}

#[test]
fn properties_that_are_not_named_stand_where_they_stood() {
    let mut model = Model { policies: vec![policy("p", None, Vec::new())], ..Model::default() };
    model.policies[0].settings.other.insert("properties/sku/family".into(), json!(["[x]"]));
    let resources = resources(&model, "p", Parents::Referenced);
    assert_eq!(resources[0]["properties"]["sku"], json!({"tier": "Premium", "family": ["[[x]"]}));
}

#[test]
fn ip_groups_come_one_by_one_and_before_the_groups() {
    let ip_group = |name: &str| IpGroup {
        scope: fwc::model::Scope::default(),
        name: name.into(),
        location: None,
        addresses: Vec::new(),
        ipv6: Vec::new(),
        origin: None,
    };
    let mut model = hub_and_spoke();
    model.ip_groups.extend(["a", "b"].map(|name| (name.into(), ip_group(name))));
    let resources = resources(&model, "spoke", Parents::Referenced);
    let id = |kind: &str, name: &str| format!("[resourceId('Microsoft.Network/{kind}','{name}')]");
    assert_eq!(depends_on(&resources, "b"), json!([id("ipGroups", "a")]));
    assert_eq!(depends_on(&resources, "spoke/own"), json!([id("firewallPolicies", "spoke"), id("ipGroups", "b")]));
}

#[test]
fn the_schema_finds_a_wrong_field_name() {
    let model = hub_and_spoke();
    let mut template = policy_template(&model, &model.policies[0], &EmitOptions::default());
    assert!(schema::faults(&template).is_none_or(|faults| faults.is_empty()));
    template["resources"][0]["properties"]["threatIntelModus"] = json!("Alert");
    assert!(schema::faults(&template).is_none_or(|faults| !faults.is_empty()));
}
