//! What waits for what: nothing that Azure refuses to change at the same time is.

use fwc::emit::{EmitOptions, EmitScope, Parents, bicep::policy_file, terraform};
use fwc::model::*;
use fwc::model::{Priority, Settings, Sku};
use serde_json::{Value, json};

use super::bicep::lowered;
use super::terraform::{Module, module};

fn group(name: &str, priority: u32) -> Group {
    let priority = Priority::new(priority).unwrap();
    Group { name: name.into(), priority, presence: Presence::Always, collections: Vec::new(), origin: None }
}

fn hub_and_spoke() -> Model {
    let policy = |name: &str, base, groups| Policy {
        scope: fwc::model::Scope::default(),
        name: name.into(),
        base,
        settings: Settings::new(Sku::Premium),
        groups,
        origin: None,
    };
    let hub = policy("hub", None, vec![group("late", 500), group("early", 200)]);
    let spoke = policy("spoke", Some(Base::Named("hub".into())), vec![group("own", 300)]);
    let ip_group = |name: &str| {
        let group = IpGroup {
            scope: fwc::model::Scope::default(),
            name: name.into(),
            location: None,
            addresses: Vec::new(),
            ipv6: Vec::new(),
            origin: None,
        };
        (group.id(), group)
    };
    Model { policies: vec![hub, spoke], ip_groups: [ip_group("a"), ip_group("b")].into(), ..Model::default() }
}

#[test]
fn terraform_writes_groups_one_by_one_and_a_child_after_its_base() {
    let waits = module(&hub_and_spoke()).waits();
    let of = |name: &str| waits[name].join(", ");
    let group = "azurerm_firewall_policy_rule_collection_group";
    assert_eq!(of("azurerm_ip_group.a"), "");
    assert_eq!(of("azurerm_ip_group.b"), "azurerm_ip_group.a");
    assert_eq!(of("azurerm_firewall_policy.hub"), "");
    assert_eq!(of(&format!("{group}.hub__early")), "azurerm_ip_group.b");
    assert_eq!(of(&format!("{group}.hub__late")), format!("{group}.hub__early"));
    assert_eq!(of("azurerm_firewall_policy.spoke"), format!("{group}.hub__late"));
    assert_eq!(of(&format!("{group}.spoke__own")), "azurerm_ip_group.b");
}

#[test]
fn rules_alone_leave_the_policy_to_its_owner() {
    let model = hub_and_spoke();
    let policies: Vec<&Policy> = model.policies.iter().collect();
    let module = Module::parse(&terraform::files(&model, &policies, EmitScope::RulesOnly));
    let waits = module.waits();
    assert!(waits.keys().all(|name| !name.starts_with("azurerm_firewall_policy.")), "{waits:?}");
    let own = &waits["azurerm_firewall_policy_rule_collection_group.spoke__own"];
    assert_eq!(own[0], "azurerm_firewall_policy_rule_collection_group.hub__late");
    assert_eq!(module.faults().unwrap_or_default(), Vec::<String>::new());

    let options = EmitOptions { scope: EmitScope::RulesOnly, parents: Parents::Included };
    let names = |resources: &[Value]| resources.iter().map(|one| one["name"].clone()).collect::<Vec<_>>();
    let resources = lowered(&policy_file(&model, &model.policies[1], &options));
    assert_eq!(names(&resources), ["a", "b", "hub/late", "hub/early", "spoke/own"]);
    let group = |policy: &str, name: &str| {
        json!(format!("[resourceId('Microsoft.Network/firewallPolicies/ruleCollectionGroups','{policy}','{name}')]"))
    };
    assert!(resources[4]["dependsOn"].as_array().unwrap().contains(&group("hub", "late")), "{:#}", resources[4]);
}
