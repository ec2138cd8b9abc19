//! What a policy says apart from its rules.

use super::location;
use super::value::{Id, Kind, Object, Value};
use crate::model::{
    self, Dns, ExplicitProxy, Idps, IdpsBypass, Insights, Settings, Snat, Spelling, ThreatIntelAllow, Tls,
};

/// What stands before the properties.
pub(super) fn head(settings: &Settings) -> Object {
    let tags = settings.tags.iter();
    let tags = tags.fold(Object::default(), |tags, (name, value)| tags.with_entry(name, value));
    Object::default()
        .with("location", location(settings.location.as_ref()))
        .with("tags", tags)
        .with("identity", identity(&settings.identities))
}

fn identity(ids: &[String]) -> Object {
    if ids.is_empty() {
        return Object::default();
    }
    let users = ids.iter().fold(Object::default(), |users, id| users.with_entry(id, Object::default()));
    Object::default().with("type", "UserAssigned").with("userAssignedIdentities", users)
}

/// The properties of the policy resource.
pub(super) fn properties(policy: &model::Policy) -> Object {
    let settings = &policy.settings;
    Object::default()
        .with("basePolicy", policy.base.as_ref().map(base))
        .with("sku", Object::default().with("tier", settings.sku.spelled()))
        .with("threatIntelMode", settings.threat_intel.map(Spelling::spelled))
        .with("threatIntelWhitelist", settings.threat_intel_allow.as_ref().map(threat_intel_allow))
        .with("dnsSettings", settings.dns.as_ref().map(dns))
        .with("explicitProxy", settings.explicit_proxy.as_ref().map(explicit_proxy))
        .with("insights", settings.insights.as_ref().map(insights))
        .with("intrusionDetection", settings.idps.as_ref().map(idps))
        .with("snat", settings.snat.as_ref().map(snat))
        .with("sql", Object::default().with("allowSqlRedirect", settings.sql_redirect))
        .with("transportSecurity", settings.tls.as_ref().map(tls))
}

fn base(base: &model::Base) -> Value {
    match base {
        model::Base::Named(id) => Object::default().with("id", Id::new(Kind::Policy, &[&id.name])).into(),
        model::Base::Id(id) => sub_resource(id.text()),
    }
}

fn sub_resource(id: &str) -> Value {
    Object::default().with("id", id).into()
}

fn threat_intel_allow(allow: &ThreatIntelAllow) -> Value {
    Object::default().with_texts("fqdns", &allow.fqdns).with_texts("ipAddresses", &allow.addresses).into()
}

fn dns(dns: &Dns) -> Value {
    Object::default()
        .with_texts("servers", &dns.servers)
        .with("enableProxy", dns.proxy)
        .with("requireProxyForNetworkRules", dns.network_rules_need_proxy)
        .into()
}

fn explicit_proxy(proxy: &ExplicitProxy) -> Value {
    Object::default()
        .with("enableExplicitProxy", proxy.enabled)
        .with("httpPort", proxy.http_port)
        .with("httpsPort", proxy.https_port)
        .with("enablePacFile", proxy.pac_file_enabled)
        .with("pacFilePort", proxy.pac_file_port)
        .with("pacFile", proxy.pac_file.as_ref())
        .into()
}

fn insights(insights: &Insights) -> Value {
    let regional = insights.regional_workspaces.iter();
    let regional = regional
        .map(|(region, id)| Object::default().with("region", region).with("workspaceId", sub_resource(id)).into());
    let workspaces = Object::default()
        .with("defaultWorkspaceId", insights.default_workspace.as_ref().map(|id| sub_resource(id)))
        .with("workspaces", regional.collect::<Vec<Value>>());
    Object::default()
        .with("isEnabled", insights.enabled)
        .with("retentionDays", insights.retention_days)
        .with("logAnalyticsResources", workspaces)
        .into()
}

fn idps(idps: &Idps) -> Value {
    let overrides = idps.signatures.iter();
    let overrides = overrides.map(|(id, mode)| Object::default().with("id", id).with("mode", mode.spelled()).into());
    let configuration = Object::default()
        .with("signatureOverrides", overrides.collect::<Vec<Value>>())
        .with("bypassTrafficSettings", idps.bypass.iter().map(bypass).collect::<Vec<Value>>())
        .with_texts("privateRanges", &idps.private_ranges);
    Object::default()
        .with("mode", idps.mode.spelled())
        .with("profile", idps.profile.map(Spelling::spelled))
        .with("configuration", configuration)
        .into()
}

fn bypass(bypass: &IdpsBypass) -> Value {
    Object::default()
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

fn snat(snat: &Snat) -> Value {
    let learn = snat.auto_learn.map(|learn| if learn { "Enabled" } else { "Disabled" });
    Object::default().with_texts("privateRanges", &snat.private_ranges).with("autoLearnPrivateRanges", learn).into()
}

fn tls(tls: &Tls) -> Value {
    let authority = Object::default().with("name", &tls.name).with("keyVaultSecretId", &tls.key_vault_secret_id);
    Object::default().with("certificateAuthority", authority).into()
}
