//! What a policy states apart from its rules.

use super::location;
use super::value::{EmittedId, EmittedObject, EmittedValue, IdKind};
use crate::model::{
    self, ExplicitProxy, IdpsBypass, IdpsMode, Insights, NameSpelling, Setting, SettingKind, Settings,
    ThreatIntelAllow, Tls, Truth,
};

/// What the policy resource states: the properties of the resource, and `properties` with the base and the settings.
pub(super) fn body(policy: &model::Policy) -> EmittedObject {
    let (mut body, mut properties) = (EmittedObject::default(), EmittedObject::default());
    properties = properties.with("basePolicy", policy.base.as_ref().map(base));
    for setting in Setting::in_arm_order() {
        for (name, value) in stated(setting, &policy.settings) {
            let path = if name.is_empty() { setting.row().arm.to_owned() } else { [setting.row().arm, name].join("/") };
            match path.strip_prefix("properties/") {
                Some(path) => properties.put(path, value),
                None => body.put(&path, value),
            }
        }
    }
    body.with_entry("properties", properties)
}

/// Whether the settings state anything of the property of `setting`.
pub(in crate::emit) fn states(setting: Setting, settings: &Settings) -> bool {
    stated(setting, settings).iter().any(|(_, value)| !value.is_empty())
}

/// What the settings state of the property of `setting`: the property itself, with an empty name, or parts of it.
fn stated(setting: Setting, settings: &Settings) -> Vec<(&'static str, EmittedValue)> {
    let whole = |value: EmittedValue| vec![("", value)];
    let idps = settings.idps.as_ref();
    match setting.row().kind {
        SettingKind::Switch(Truth::Bool, of) => whole((of.get)(settings).into()),
        SettingKind::Switch(Truth::Enabled, of) => {
            whole((of.get)(settings).map(|on| if on { "Enabled" } else { "Disabled" }).into())
        }
        SettingKind::Port(of) => whole((of.get)(settings).into()),
        SettingKind::Number { of, .. } => whole((of.get)(settings).into()),
        SettingKind::Region => whole(location(settings.location.as_ref())),
        SettingKind::Tier => whole(settings.sku.spelled().into()),
        SettingKind::ThreatIntel => whole(settings.threat_intel.map(NameSpelling::spelled).into()),
        SettingKind::ThreatIntelAllow => settings.threat_intel_allow.iter().flat_map(threat_intel_allow).collect(),
        SettingKind::Servers => whole(texts(settings.dns.iter().flat_map(|dns| &dns.servers))),
        SettingKind::NetworkRules => whole(settings.dns.as_ref().and_then(|dns| dns.network_rules_need_proxy).into()),
        SettingKind::Idps => vec![("mode", idps.map(|idps| idps.mode.spelled()).into())],
        SettingKind::Profile => whole(idps.and_then(|idps| idps.profile).map(NameSpelling::spelled).into()),
        SettingKind::Signature => whole(list(idps.iter().flat_map(|idps| &idps.signatures).map(signature))),
        SettingKind::Bypass => whole(list(idps.iter().flat_map(|idps| &idps.bypass).map(bypass))),
        SettingKind::IdpsRanges => whole(texts(idps.iter().flat_map(|idps| &idps.private_ranges))),
        SettingKind::Certificate => vec![("certificateAuthority", settings.tls.as_ref().map(certificate).into())],
        SettingKind::Identities => identity(&settings.identities),
        SettingKind::ExplicitProxy => {
            vec![("enableExplicitProxy", settings.explicit_proxy.as_ref().and_then(|proxy| proxy.enabled).into())]
        }
        SettingKind::PacFile => settings.explicit_proxy.iter().flat_map(pac_file).collect(),
        SettingKind::SnatRanges => whole(texts(settings.snat.iter().flat_map(|snat| &snat.private_ranges))),
        SettingKind::Insights => {
            vec![("isEnabled", settings.insights.as_ref().and_then(|insights| insights.enabled).into())]
        }
        SettingKind::Workspace => settings.insights.iter().flat_map(workspaces).collect(),
        SettingKind::Tags => {
            let tags = settings.tags.iter();
            whole(tags.fold(EmittedObject::default(), |tags, (name, value)| tags.with_entry(name, value)).into())
        }
        // The carried properties are put in last, whatever they are called; the rest has no property.
        SettingKind::Carried
        | SettingKind::Block(..)
        | SettingKind::PartOfBypass(_)
        | SettingKind::BaseId
        | SettingKind::Order => Vec::new(),
    }
}

fn texts<T: ToString>(items: impl IntoIterator<Item = T>) -> EmittedValue {
    list(items.into_iter().map(|item| EmittedValue::Text(item.to_string())))
}

fn list(items: impl IntoIterator<Item = EmittedValue>) -> EmittedValue {
    EmittedValue::List(items.into_iter().collect())
}

fn identity(ids: &[String]) -> Vec<(&'static str, EmittedValue)> {
    if ids.is_empty() {
        return Vec::new();
    }
    let users = ids.iter().fold(EmittedObject::default(), |users, id| users.with_entry(id, EmittedObject::default()));
    vec![("type", "UserAssigned".into()), ("userAssignedIdentities", users.into())]
}

fn base(base: &model::Base) -> EmittedValue {
    match base {
        model::Base::Named(id) => {
            EmittedObject::default().with("id", EmittedId::new(IdKind::Policy, &[&id.name])).into()
        }
        model::Base::Id(id) => sub_resource(id.text()),
    }
}

fn sub_resource(id: &str) -> EmittedValue {
    EmittedObject::default().with("id", id).into()
}

fn threat_intel_allow(allow: &ThreatIntelAllow) -> [(&'static str, EmittedValue); 2] {
    [("fqdns", texts(&allow.fqdns)), ("ipAddresses", texts(&allow.addresses))]
}

fn pac_file(proxy: &ExplicitProxy) -> [(&'static str, EmittedValue); 3] {
    [
        ("enablePacFile", proxy.pac_file_enabled.into()),
        ("pacFilePort", proxy.pac_file_port.into()),
        ("pacFile", proxy.pac_file.as_ref().into()),
    ]
}

fn workspaces(insights: &Insights) -> [(&'static str, EmittedValue); 2] {
    let regional = insights.regional_workspaces.iter();
    let regional = regional.map(|(region, id)| {
        EmittedObject::default().with("region", region).with("workspaceId", sub_resource(id)).into()
    });
    [
        ("defaultWorkspaceId", insights.default_workspace.as_ref().map(|id| sub_resource(id)).into()),
        ("workspaces", list(regional)),
    ]
}

fn signature((id, mode): (&String, &IdpsMode)) -> EmittedValue {
    EmittedObject::default().with("id", id).with("mode", mode.spelled()).into()
}

fn bypass(bypass: &IdpsBypass) -> EmittedValue {
    EmittedObject::default()
        .with("name", &bypass.name)
        .with("description", bypass.description.as_ref())
        .with("protocol", bypass.protocol.spelled())
        .with_texts("sourceAddresses", &bypass.sources)
        .with_texts("sourceIpGroups", &bypass.source_ip_groups)
        .with_texts("destinationAddresses", &bypass.destinations)
        .with_texts("destinationIpGroups", &bypass.destination_ip_groups)
        .with_texts("destinationPorts", &bypass.ports)
        .into()
}

fn certificate(tls: &Tls) -> EmittedValue {
    EmittedObject::default().with("name", &tls.name).with("keyVaultSecretId", &tls.key_vault_secret_id).into()
}
