//! The file of a policy: its IP groups, itself and its rule collection groups.

use crate::model::{self, ResourceId, Settings};

use super::hcl::{BlockContent, TerraformValue};
use super::{EmittedModule, EmittedVariable, WantedVariables, ask, label, location, resource_group, rules, settings};
use crate::emit::{EmitScope, template::by_priority};

pub(super) const POLICY: &str = "azurerm_firewall_policy";
pub(super) const GROUP: &str = "azurerm_firewall_policy_rule_collection_group";
pub(super) const IP_GROUP: &str = "azurerm_ip_group";

/// The file of the policy at `index`.
///
/// Azure refuses to change two groups of a policy, or two IP groups of a firewall, at the same time: each depends on the
/// one before it, groups in order of priority, and a policy on all that its base needs.
pub(super) fn file(module: &EmittedModule<'_>, index: usize, wanted: &mut WantedVariables) -> BlockContent {
    let Some(&policy) = module.policies.get(index) else { return BlockContent::default() };
    let mut file = BlockContent::default();
    for group in module.ip_groups.get(index).into_iter().flatten() {
        file = file.with_labelled("resource", &[IP_GROUP, &label(&[&group.name])], ip_group(module, group, wanted));
    }
    if module.scope == EmitScope::Whole {
        file = file.with_labelled("resource", &[POLICY, &label(&[&policy.name])], whole(module, policy, wanted));
    }
    let mut before = first_needs(module, policy);
    let mut chained: Vec<(usize, BlockContent)> = Vec::new();
    for (place, group) in by_priority(policy) {
        let needs = std::mem::replace(&mut before, vec![reference(GROUP, &[&policy.name, &group.name])]);
        chained.push((place, group_content(module, policy, group, needs, wanted)));
    }
    chained.sort_by_key(|(place, _)| *place);
    policy.groups.iter().zip(chained).fold(file, |file, (group, (_, content))| {
        file.with_labelled("resource", &[GROUP, &label(&[&policy.name, &group.name])], content)
    })
}

fn reference(kind: &str, names: &[&str]) -> TerraformValue {
    TerraformValue::reference(&[kind, &label(names)])
}

fn id(kind: &str, names: &[&str]) -> TerraformValue {
    TerraformValue::reference(&[kind, &label(names), "id"])
}

/// What the first group of a policy waits for.
fn first_needs(module: &EmittedModule<'_>, policy: &model::Policy) -> Vec<TerraformValue> {
    let base = match module.scope {
        EmitScope::Whole => None,
        EmitScope::RulesOnly => module.base_of(policy).and_then(|base| last(module, base)),
    };
    let ip_groups = module.ip_group_chain().last().map(|group| reference(IP_GROUP, &[&group.name]));
    base.into_iter().chain(ip_groups).collect()
}

/// What is written last of a policy.
fn last(module: &EmittedModule<'_>, policy: &model::Policy) -> Option<TerraformValue> {
    match (by_priority(policy).last(), module.scope) {
        (Some((_, group)), _) => Some(reference(GROUP, &[&policy.name, &group.name])),
        (None, EmitScope::Whole) => Some(reference(POLICY, &[&policy.name])),
        (None, EmitScope::RulesOnly) => None,
    }
}

fn ip_group(module: &EmittedModule<'_>, group: &model::IpGroup, wanted: &mut WantedVariables) -> BlockContent {
    let chain = || module.ip_group_chain();
    let before = chain().zip(chain().skip(1)).find(|(_, next)| next.name == group.name);
    BlockContent::default()
        .with_text("name", &group.name)
        .with("resource_group_name", resource_group(wanted))
        .with("location", location(group.location.as_ref(), wanted))
        .with_texts(
            "cidrs",
            group.addresses.iter().map(ToString::to_string).chain(group.ipv6.iter().map(ToString::to_string)),
        )
        .with(
            "depends_on",
            TerraformValue::List(before.map(|(before, _)| reference(IP_GROUP, &[&before.name])).into_iter().collect()),
        )
}

fn group_content(
    module: &EmittedModule<'_>,
    policy: &model::Policy,
    group: &model::Group,
    needs: Vec<TerraformValue>,
    wanted: &mut WantedVariables,
) -> BlockContent {
    let policy_id = match module.scope {
        EmitScope::Whole => id(POLICY, &[&policy.name]),
        EmitScope::RulesOnly => {
            let description = ["The resource id of the policy ", &policy.name, "."].concat();
            ask(wanted, EmittedVariable::new([&label(&[&policy.name]), "_id"].concat(), description))
        }
    };
    let head = BlockContent::default()
        .with_text("name", &group.name)
        .with("firewall_policy_id", policy_id)
        .with_number("priority", group.priority.get());
    let content = group
        .collections
        .iter()
        .fold(head, |content, collection| rules::collection(content, collection, &|name| ip_group_id(module, name)));
    content.with("depends_on", TerraformValue::List(needs))
}

/// The id of an IP group of the model.
fn ip_group_id(module: &EmittedModule<'_>, name: &str) -> TerraformValue {
    let name = module.ip_group(name).map_or(name, |group| group.name.as_str());
    id(IP_GROUP, &[name])
}

fn whole(module: &EmittedModule<'_>, policy: &model::Policy, wanted: &mut WantedVariables) -> BlockContent {
    let own = &policy.settings;
    let base = module.base_of(policy);
    let base_id = policy.base.as_ref().map(|of| match (of, base) {
        (_, Some(base)) => id(POLICY, &[&base.name]),
        (model::Base::Id(id), None) => TerraformValue::text(id.text()),
        (model::Base::Named(ResourceId { name, .. }), None) => {
            let description = ["The resource id of the policy ", name.as_str(), "."].concat();
            ask(wanted, EmittedVariable::new([&label(&[name]), "_id"].concat(), description))
        }
    });
    let content = BlockContent::default()
        .with_text("name", &policy.name)
        .with("resource_group_name", resource_group(wanted))
        .with("location", location(own.location.as_ref(), wanted))
        .with_optional("base_policy_id", base_id);
    let needs = base.and_then(|base| last(module, base));
    let sent = Settings { threat_intel: threat_intel(module, policy), ..own.clone() };
    settings::with(content, &sent).with("depends_on", TerraformValue::List(needs.into_iter().collect()))
}

/// A child that states nothing has its parent's mode; the provider would send `Alert`.
fn threat_intel(module: &EmittedModule<'_>, policy: &model::Policy) -> Option<crate::model::ThreatIntel> {
    let inherited = || module.model.parent_of(policy)?.settings.threat_intel;
    policy.settings.threat_intel.or_else(inherited)
}
