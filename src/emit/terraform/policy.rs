//! The file of a policy: its IP groups, itself and its rule collection groups.

use crate::model::{self, ExplicitProxy, Idps, IdpsBypass, Insights, ResourceId, Settings, Spelling};

use super::hcl::{Content, Value};
use super::{Module, Variable, Wanted, ask, label, location, resource_group, rules};
use crate::emit::{Scope, template::by_priority};

pub(super) const POLICY: &str = "azurerm_firewall_policy";
pub(super) const GROUP: &str = "azurerm_firewall_policy_rule_collection_group";
pub(super) const IP_GROUP: &str = "azurerm_ip_group";

/// The file of the policy at `index`.
///
/// Azure refuses to change two groups of a policy, or two IP groups of a firewall, at the same time: each depends on the
/// one before it, groups in order of priority, and a policy on all that its base needs.
pub(super) fn file(module: &Module<'_>, index: usize, wanted: &mut Wanted) -> Content {
    let Some(&policy) = module.policies.get(index) else { return Content::default() };
    let mut file = Content::default();
    for group in module.ip_groups.get(index).into_iter().flatten() {
        file = file.with_labelled("resource", &[IP_GROUP, &label(&[&group.name])], ip_group(module, group, wanted));
    }
    if module.scope == Scope::Whole {
        file = file.with_labelled("resource", &[POLICY, &label(&[&policy.name])], whole(module, policy, wanted));
    }
    let mut before = first_needs(module, policy);
    let mut chained: Vec<(usize, Content)> = Vec::new();
    for (place, group) in by_priority(policy) {
        let needs = std::mem::replace(&mut before, vec![reference(GROUP, &[&policy.name, &group.name])]);
        chained.push((place, group_content(module, policy, group, needs, wanted)));
    }
    chained.sort_by_key(|(place, _)| *place);
    policy.groups.iter().zip(chained).fold(file, |file, (group, (_, content))| {
        file.with_labelled("resource", &[GROUP, &label(&[&policy.name, &group.name])], content)
    })
}

fn reference(kind: &str, names: &[&str]) -> Value {
    Value::reference(&[kind, &label(names)])
}

fn id(kind: &str, names: &[&str]) -> Value {
    Value::reference(&[kind, &label(names), "id"])
}

/// What the first group of a policy waits for.
fn first_needs(module: &Module<'_>, policy: &model::Policy) -> Vec<Value> {
    let base = match module.scope {
        Scope::Whole => None,
        Scope::RulesOnly => module.base_of(policy).and_then(|base| last(module, base)),
    };
    let ip_groups = module.ip_group_chain().last().map(|group| reference(IP_GROUP, &[&group.name]));
    base.into_iter().chain(ip_groups).collect()
}

/// What is written last of a policy.
fn last(module: &Module<'_>, policy: &model::Policy) -> Option<Value> {
    match (by_priority(policy).last(), module.scope) {
        (Some((_, group)), _) => Some(reference(GROUP, &[&policy.name, &group.name])),
        (None, Scope::Whole) => Some(reference(POLICY, &[&policy.name])),
        (None, Scope::RulesOnly) => None,
    }
}

fn ip_group(module: &Module<'_>, group: &model::IpGroup, wanted: &mut Wanted) -> Content {
    let chain = || module.ip_group_chain();
    let before = chain().zip(chain().skip(1)).find(|(_, next)| next.name == group.name);
    Content::default()
        .with_text("name", &group.name)
        .with("resource_group_name", resource_group(wanted))
        .with("location", location(group.location.as_ref(), wanted))
        .with_texts(
            "cidrs",
            group.addresses.iter().map(ToString::to_string).chain(group.ipv6.iter().map(ToString::to_string)),
        )
        .with(
            "depends_on",
            Value::List(before.map(|(before, _)| reference(IP_GROUP, &[&before.name])).into_iter().collect()),
        )
}

fn group_content(
    module: &Module<'_>,
    policy: &model::Policy,
    group: &model::Group,
    needs: Vec<Value>,
    wanted: &mut Wanted,
) -> Content {
    let policy_id = match module.scope {
        Scope::Whole => id(POLICY, &[&policy.name]),
        Scope::RulesOnly => {
            let description = ["The resource id of the policy ", &policy.name, "."].concat();
            ask(wanted, Variable::new([&label(&[&policy.name]), "_id"].concat(), description))
        }
    };
    let head = Content::default()
        .with_text("name", &group.name)
        .with("firewall_policy_id", policy_id)
        .with_number("priority", group.priority.get());
    let content = group
        .collections
        .iter()
        .fold(head, |content, collection| rules::collection(content, collection, &|name| ip_group_id(module, name)));
    content.with("depends_on", Value::List(needs))
}

/// The id of an IP group of the model.
fn ip_group_id(module: &Module<'_>, name: &str) -> Value {
    let name = module.ip_group(name).map_or(name, |group| group.name.as_str());
    id(IP_GROUP, &[name])
}

fn whole(module: &Module<'_>, policy: &model::Policy, wanted: &mut Wanted) -> Content {
    let settings = &policy.settings;
    let base = module.base_of(policy);
    let base_id = policy.base.as_ref().map(|of| match (of, base) {
        (_, Some(base)) => id(POLICY, &[&base.name]),
        (model::Base::Id(id), None) => Value::text(id.text()),
        (model::Base::Named(ResourceId { name, .. }), None) => {
            let description = ["The resource id of the policy ", name.as_str(), "."].concat();
            ask(wanted, Variable::new([&label(&[name]), "_id"].concat(), description))
        }
    });
    let tags = settings.tags.iter().map(|(key, value)| (key.clone(), Value::text(value)));
    let identity = |content: Content| content.with_text("type", "UserAssigned");
    let identities = if settings.identities.is_empty() { Content::default() } else { identity(Content::default()) };
    let content = Content::default()
        .with_text("name", &policy.name)
        .with("resource_group_name", resource_group(wanted))
        .with("location", location(settings.location.as_ref(), wanted))
        .with_optional("base_policy_id", base_id)
        .with_text("sku", settings.sku.spelled())
        .with_optional("threat_intelligence_mode", threat_intel(module, policy).map(|mode| Value::text(mode.spelled())))
        .with_optional("sql_redirect_allowed", settings.sql_redirect.map(Value::Bool))
        .with_texts("private_ip_ranges", settings.snat.iter().flat_map(|snat| &snat.private_ranges))
        .with_optional(
            "auto_learn_private_ranges_enabled",
            settings.snat.as_ref().and_then(|snat| snat.auto_learn).map(Value::Bool),
        )
        .with("tags", Value::Map(tags.collect()))
        .with_block("identity", identities.with_texts("identity_ids", &settings.identities));
    let needs = base.and_then(|base| last(module, base));
    blocks(content, settings).with("depends_on", Value::List(needs.into_iter().collect()))
}

/// A child that says nothing has its parent's mode; the provider would send `Alert`.
fn threat_intel(module: &Module<'_>, policy: &model::Policy) -> Option<crate::model::ThreatIntel> {
    let inherited = || module.model.parent_of(policy)?.settings.threat_intel;
    policy.settings.threat_intel.or_else(inherited)
}

fn blocks(content: Content, settings: &Settings) -> Content {
    let allow = settings
        .threat_intel_allow
        .as_ref()
        .map(|allow| Content::default().with_texts("ip_addresses", &allow.addresses).with_texts("fqdns", &allow.fqdns));
    let dns = settings.dns.as_ref().map(|dns| {
        let proxy = dns.proxy.map(Value::Bool);
        Content::default().with_optional("proxy_enabled", proxy).with_texts("servers", &dns.servers)
    });
    let tls = settings.tls.as_ref().map(|tls| {
        Content::default().with_text("name", &tls.name).with_text("key_vault_secret_id", &tls.key_vault_secret_id)
    });
    content
        .with_block("dns", dns.unwrap_or_default())
        .with_block("threat_intelligence_allowlist", allow.unwrap_or_default())
        .with_block("intrusion_detection", settings.idps.as_ref().map(idps).unwrap_or_default())
        .with_block("tls_certificate", tls.unwrap_or_default())
        .with_block("insights", settings.insights.as_ref().map(insights).unwrap_or_default())
        .with_block("explicit_proxy", settings.explicit_proxy.as_ref().map(explicit_proxy).unwrap_or_default())
}

fn idps(idps: &Idps) -> Content {
    let content =
        Content::default().with_text("mode", idps.mode.spelled()).with_texts("private_ranges", &idps.private_ranges);
    let content = idps.signatures.iter().fold(content, |content, (id, mode)| {
        let signature = Content::default().with_text("id", id).with_text("state", mode.spelled());
        content.with_block("signature_overrides", signature)
    });
    idps.bypass.iter().fold(content, |content, entry| content.with_block("traffic_bypass", bypass(entry)))
}

fn bypass(bypass: &IdpsBypass) -> Content {
    Content::default()
        .with_text("name", &bypass.name)
        .with_optional("description", bypass.description.as_ref().map(Value::text))
        .with_text("protocol", bypass.protocol.spelled())
        .with_texts("source_addresses", &bypass.sources)
        .with_texts("source_ip_groups", &bypass.source_ip_groups)
        .with_texts("destination_addresses", &bypass.destinations)
        .with_texts("destination_ip_groups", &bypass.destination_ip_groups)
        .with_texts("destination_ports", &bypass.ports)
}

fn insights(insights: &Insights) -> Content {
    let content = Content::default()
        .with_optional("enabled", insights.enabled.map(Value::Bool))
        .with_optional("default_log_analytics_workspace_id", insights.default_workspace.as_ref().map(Value::text))
        .with_optional("retention_in_days", insights.retention_days.map(|days| Value::Number(days.into())));
    insights.regional_workspaces.iter().fold(content, |content, (region, id)| {
        let workspace = Content::default().with_text("id", id).with_text("firewall_location", region);
        content.with_block("log_analytics_workspace", workspace)
    })
}

fn explicit_proxy(proxy: &ExplicitProxy) -> Content {
    let port = |port: Option<u16>| port.map(|port| Value::Number(port.into()));
    Content::default()
        .with_optional("enabled", proxy.enabled.map(Value::Bool))
        .with_optional("http_port", port(proxy.http_port))
        .with_optional("https_port", port(proxy.https_port))
        .with_optional("enable_pac_file", proxy.pac_file_enabled.map(Value::Bool))
        .with_optional("pac_file_port", port(proxy.pac_file_port))
        .with_optional("pac_file", proxy.pac_file.as_ref().map(Value::text))
}
