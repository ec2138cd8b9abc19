//! Model to template to model to source to model: the same each time.

use fwc::decompile::DecompileOptions;
use fwc::driver::decompile;
use fwc::emit::EmitOptions;
use fwc::emit::arm::{policy_template, route_template};
use fwc::emit::json_text;
use fwc::import::{Artefact, read_all};
use fwc::model::{Base, IpGroupRef, Model, Policy, Priority, ResourceId, Rules};
use fwc::net::PortSet;
use indexmap::IndexMap;
use proptest::prelude::*;

use crate::artefacts::models;
use crate::project::{project, sound};

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_model_comes_back_from_its_source(model in models::with_profiles()) {
        let model = tame(model);
        let read = deployed(&model);
        prop_assert_eq!(read.canonical(), model.canonical());
        let options = DecompileOptions { faithful: true, ..DecompileOptions::default() };
        let decompiled = decompile(&read, &[], &options);
        let Ok(decompiled) = decompiled else { return Err(TestCaseError::fail(format!("{}", decompiled.unwrap_err()))) };
        prop_assert!(decompiled.proof.same_structure);
        let again = deployed(&compiled(&decompiled.text));
        prop_assert_eq!(again.canonical(), read.canonical(), "{}", decompiled.text);
    }
}

/// What the templates of a model say, with the IP groups that no rule uses.
fn deployed(model: &Model) -> Model {
    let options = EmitOptions::default();
    let templates = model.policies.iter().map(|policy| policy_template(model, policy, &options));
    let texts: Vec<String> = templates.chain(route_template(model)).map(|template| json_text(&template)).collect();
    let artefacts: Vec<Artefact> = texts.iter().map(|text| Artefact { name: "t", text }).collect();
    let mut read = read_all(&artefacts).unwrap();
    for (name, group) in &model.as_deployed().ip_groups {
        read.ip_groups.entry(name.clone()).or_insert_with(|| group.clone());
    }
    read
}

fn compiled(text: &str) -> Model {
    sound(project(text)).into_lowered().1.model
}

/// The model as Azure would take it: names that resources may have, ids that are ids, priorities apart, rules with ports.
fn tame(mut model: Model) -> Model {
    let names: Vec<ResourceId> = model.ip_groups.keys().cloned().collect();
    let mut groups = IndexMap::new();
    for mut group in model.ip_groups.into_values() {
        group.name = resource(&group.name, "ipg", groups.len()).into();
        if group.addresses.is_empty() {
            group.addresses.push("10.0.0.0/8".parse().unwrap());
        }
        groups.insert(group.id(), group);
    }
    let new: Vec<ResourceId> = groups.keys().cloned().collect();
    let renamed: IndexMap<ResourceId, ResourceId> = names.into_iter().zip(new).collect();
    model.ip_groups = groups;
    let policies: Vec<String> = model.policies.iter().map(|policy| policy.name.to_string()).collect();
    let own = |name: &str| policies.iter().position(|own| own == name).map(|index| resource(name, "pol", index));
    for (index, policy) in model.policies.iter_mut().enumerate() {
        policy.name = resource(&policy.name, "pol", index).into();
        policy.base = policy.base.take().and_then(|base| match base {
            Base::Named(id) => own(&id.name).map(|name| Base::Named(name.into())),
            Base::Id(_) => Some(Base::id(format!("/subscriptions/s/resourceGroups/g/providers/x/elsewhere-{index}"))),
        });
        tame_policy(policy, &renamed);
    }
    // A source has one level of bases.
    for index in 0..model.policies.len() {
        let is_base = |heir: &Policy| model.parent_of(heir).is_some_and(|base| base.name == model.policies[index].name);
        if model.policies.iter().any(is_base) {
            model.policies[index].base = None;
        }
    }
    for (index, table) in model.route_tables.iter_mut().enumerate() {
        table.name = resource(&table.name, "rt", index).into();
        table.location = table.location.as_ref().map(|_| "westeurope".to_owned());
        let mut seen = Vec::new();
        table.routes.retain(|route| {
            let is_new = !seen.contains(&route.prefix);
            seen.push(route.prefix.clone());
            is_new
        });
    }
    model
}

/// A name that Azure takes, with a dot, so that the source quotes it.
fn resource(text: &str, kind: &str, index: usize) -> String {
    let kept: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{kind}.{index}-{kept}_")
}

fn tame_policy(policy: &mut Policy, renamed: &IndexMap<ResourceId, ResourceId>) {
    policy.settings.location = policy.settings.location.as_ref().map(|_| "West Europe".to_owned());
    if let Some(idps) = &mut policy.settings.idps {
        for (index, bypass) in idps.bypass.iter_mut().enumerate() {
            bypass.name = format!("{index}{}", bypass.name);
            bypass.source_ip_groups.iter_mut().chain(&mut bypass.destination_ip_groups).for_each(|id| *id = outside());
        }
    }
    for (index, group) in policy.groups.iter_mut().enumerate() {
        group.priority = priority(group.priority, index);
        for (index, collection) in group.collections.iter_mut().enumerate() {
            collection.priority = priority(collection.priority, index);
            tame_rules(&mut collection.rules, renamed);
        }
    }
}

/// Priorities apart from each other.
fn priority(from: Priority, index: usize) -> Priority {
    Priority::new(100 + u32::from(from.get()) % 6000 * 10 + u32::try_from(index).unwrap()).unwrap()
}

fn outside() -> String {
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/ipGroups/there".to_owned()
}

fn references(groups: &mut [IpGroupRef], renamed: &IndexMap<ResourceId, ResourceId>) {
    for group in groups {
        *group = match group {
            IpGroupRef::Named(id) => IpGroupRef::Named(renamed.get(id).unwrap_or(id).clone()),
            IpGroupRef::Id(_) => IpGroupRef::Id(outside()),
        };
    }
}

/// A name of its own for each rule of a collection, without regard to case.
fn own_name(name: &mut String, index: usize) {
    *name = format!("{index} {name}");
}

fn tame_rules(rules: &mut Rules, renamed: &IndexMap<ResourceId, ResourceId>) {
    rules.heads_mut().enumerate().for_each(|(index, head)| own_name(head.name, index));
    rules.ip_groups_mut().for_each(|groups| references(groups, renamed));
    if let Rules::Network(_, rules) = rules {
        let portless = rules.iter_mut().map(|rule| &mut rule.matches.ports).filter(|ports| ports.is_empty());
        portless.for_each(|ports| *ports = PortSet::any());
    }
}
