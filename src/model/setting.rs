//! The settings of a policy as a table: a row for each keyword, with what it takes, where Azure and its Terraform provider
//! have it, the tier that it needs and what its change does to the protection.
//!
//! The parser, the builder of `intent`, the emitters and readers, the source writer, the tier gates and `diff` read
//! these rows. They match on [`SettingKind`], so that a kind without a reader or writer does not compile.

use std::sync::LazyLock;

use super::setting_row::{
    Azurerm, BypassPart, Lens, SettingEffect, SettingKind, SettingPlace, SettingRow, TierGate, Times, Truth, Unresolved,
};
use super::{Dns, Sku, Snat};

/// A setting that is given once, has no property and changes no protection.
const fn row(keyword: &'static str, place: SettingPlace, kind: SettingKind) -> SettingRow {
    SettingRow {
        keyword,
        place,
        kind,
        times: Times::Once,
        arm: "",
        states: &[],
        azurerm: Azurerm::Absent,
        unresolved: Unresolved::Refused,
        gate: None,
        effects: &[],
    }
}

macro_rules! settings {
    ($($(#[$doc:meta])* $variant:ident => $row:expr;)*) => {
        /// A setting of a policy, or a part of one.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Setting { $($(#[$doc])* $variant),* }

        impl Setting {
            /// Every setting, in the order in which a source states them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its row.
            pub fn row(self) -> &'static SettingRow {
                match self {
                    $(Self::$variant => {
                        static ROW: SettingRow = $row;
                        &ROW
                    })*
                }
            }
        }
    };
}

/// A value of the settings itself, or of one of its parts, which is made where it is missing.
macro_rules! lens {
    ($field:ident) => {
        Lens { get: |settings| settings.$field, set: |settings, value| settings.$field = Some(value) }
    };
    ($part:ident.$field:ident) => {
        Lens {
            get: |settings| settings.$part.as_ref().and_then(|part| part.$field),
            set: |settings, value| settings.$part.get_or_insert_default().$field = Some(value),
        }
    };
}

use Azurerm::{Block, Former, Named};
use SettingEffect::{Exceptions, Neutral};
use SettingKind as Kind;
use SettingPlace as In;

settings! {
    /// The region.
    Location => SettingRow {
        arm: "location",
        azurerm: Named("location"),
        effects: &[("", Neutral)],
        ..row("location", In::Policy, Kind::Region)
    };
    /// The tier.
    Sku => SettingRow {
        arm: "properties/sku/tier",
        azurerm: Named("sku"),
        effects: &[("", SettingEffect::Tier)],
        ..row("sku", In::Policy, Kind::Tier)
    };
    /// Threat intelligence.
    ThreatIntel => SettingRow {
        arm: "properties/threatIntelMode",
        azurerm: Named("threat_intelligence_mode"),
        unresolved: Unresolved::LeftOut,
        gate: Some((|settings| settings.threat_intel == Some(super::ThreatIntel::Deny), TierGate {
            least: Sku::Standard,
            feature: "threat intelligence that denies",
            property: "threat intelligence that denies",
            instead: "write `threat-intel alert`",
            instead_of_property: "set `threatIntelMode` to `Alert`",
            source: TierGate::BY_SKU,
            date: TierGate::BY_SKU_DATE,
        })),
        effects: &[("", SettingEffect::ThreatIntel)],
        ..row("threat-intel", In::Policy, Kind::ThreatIntel)
    };
    /// What threat intelligence ignores.
    ThreatIntelAllow => SettingRow {
        times: Times::Many,
        arm: "properties/threatIntelWhitelist",
        states: &["fqdns", "ipAddresses"],
        azurerm: Named("threat_intelligence_allowlist"),
        unresolved: Unresolved::LeftOut,
        effects: &[("", Exceptions)],
        ..row("threat-intel-allow", In::Policy, Kind::ThreatIntelAllow)
    };
    /// DNS.
    Dns => SettingRow {
        arm: "properties/dnsSettings",
        azurerm: Block("dns"),
        unresolved: Unresolved::LeftOut,
        gate: Some((|settings| settings.dns.as_ref().is_some_and(|dns| dns.proxy == Some(true) || !dns.servers.is_empty()), TierGate {
            least: Sku::Standard,
            feature: "`dns`",
            property: "`dnsSettings`",
            instead: "remove the setting",
            instead_of_property: "remove `dnsSettings`",
            source: TierGate::BY_SKU,
            date: TierGate::BY_SKU_DATE,
        })),
        ..row("dns", In::Policy, Kind::Block(In::Dns, |settings| settings.dns = Some(Dns::default())))
    };
    /// Whether the firewall answers DNS queries.
    DnsProxy => SettingRow {
        arm: "properties/dnsSettings/enableProxy",
        azurerm: Named("dns/proxy_enabled"),
        unresolved: Unresolved::LeftOut,
        effects: &[("", SettingEffect::On)],
        ..row("proxy", In::Dns, Kind::Switch(Truth::Bool, lens!(dns.proxy)))
    };
    /// The DNS servers.
    DnsServers => SettingRow {
        arm: "properties/dnsSettings/servers",
        azurerm: Named("dns/servers"),
        unresolved: Unresolved::LeftOut,
        effects: &[("", Neutral)],
        ..row("servers", In::Dns, Kind::Servers)
    };
    /// Whether host names in network rules need the proxy.
    NetworkRules => SettingRow {
        arm: "properties/dnsSettings/requireProxyForNetworkRules",
        azurerm: Former("dns/network_rule_fqdn_enabled"),
        unresolved: Unresolved::LeftOut,
        ..row("network-rules", In::Dns, Kind::NetworkRules)
    };
    /// Intrusion detection.
    Idps => SettingRow {
        arm: "properties/intrusionDetection",
        states: &["mode"],
        azurerm: Block("intrusion_detection"),
        unresolved: Unresolved::LeftOut,
        gate: Some((|settings| settings.idps.as_ref().is_some_and(|idps| idps.mode != super::IdpsMode::Off), TierGate {
            least: Sku::Premium,
            feature: "`idps`",
            property: "`intrusionDetection`",
            instead: "remove the setting",
            instead_of_property: "set its mode to `Off`",
            source: TierGate::BY_SKU,
            date: TierGate::BY_SKU_DATE,
        })),
        effects: &[("", SettingEffect::Inspection), ("mode", SettingEffect::Mode)],
        ..row("idps", In::Policy, Kind::Idps)
    };
    /// The set of signatures.
    Profile => SettingRow {
        arm: "properties/intrusionDetection/profile",
        effects: &[("", SettingEffect::Profile)],
        ..row("profile", In::Idps, Kind::Profile)
    };
    /// A signature with a mode of its own.
    Signature => SettingRow {
        times: Times::Many,
        arm: "properties/intrusionDetection/configuration/signatureOverrides",
        azurerm: Named("intrusion_detection/signature_overrides"),
        effects: &[("", SettingEffect::Overrides)],
        ..row("signature", In::Idps, Kind::Signature)
    };
    /// Traffic that intrusion detection ignores.
    Bypass => SettingRow {
        times: Times::Many,
        arm: "properties/intrusionDetection/configuration/bypassTrafficSettings",
        azurerm: Named("intrusion_detection/traffic_bypass"),
        effects: &[("", Exceptions)],
        ..row("bypass", In::Idps, Kind::Bypass)
    };
    /// The ranges that intrusion detection takes for private. They say which flows are inbound, outbound or internal, and
    /// signatures are for some of these.
    IdpsPrivate => SettingRow {
        arm: "properties/intrusionDetection/configuration/privateRanges",
        azurerm: Named("intrusion_detection/private_ranges"),
        effects: &[("", SettingEffect::Unknown)],
        ..row("private", In::Idps, Kind::IdpsRanges)
    };
    /// The protocol of ignored traffic.
    BypassProtocol => row("protocol", In::Bypass, Kind::PartOfBypass(BypassPart::Protocol));
    /// The sources of ignored traffic.
    BypassFrom => row("from", In::Bypass, Kind::PartOfBypass(BypassPart::From));
    /// The destinations of ignored traffic.
    BypassTo => row("to", In::Bypass, Kind::PartOfBypass(BypassPart::To));
    /// The destination ports of ignored traffic.
    BypassPorts => row("ports", In::Bypass, Kind::PartOfBypass(BypassPart::Ports));
    /// TLS inspection. The tiers that have it are a gate of `check`, which also sees the rules that inspect.
    Tls => SettingRow {
        arm: "properties/transportSecurity",
        states: &["certificateAuthority"],
        azurerm: Named("tls_certificate"),
        unresolved: Unresolved::LeftOut,
        effects: &[("", SettingEffect::Presence)],
        ..row("tls", In::Policy, Kind::Certificate)
    };
    /// The user-assigned identities.
    Identity => SettingRow {
        arm: "identity",
        states: &["type", "userAssignedIdentities"],
        azurerm: Named("identity"),
        effects: &[("", Neutral)],
        ..row("identity", In::Policy, Kind::Identities)
    };
    /// The explicit proxy.
    ExplicitProxy => SettingRow {
        arm: "properties/explicitProxy",
        states: &["enableExplicitProxy"],
        azurerm: Block("explicit_proxy"),
        unresolved: Unresolved::LeftOut,
        effects: &[("", Neutral), ("enableExplicitProxy", SettingEffect::Off)],
        ..row("explicit-proxy", In::Policy, Kind::ExplicitProxy)
    };
    /// The port for HTTP.
    ProxyHttp => SettingRow {
        arm: "properties/explicitProxy/httpPort",
        azurerm: Named("explicit_proxy/http_port"),
        ..row("http", In::ExplicitProxy, Kind::Port(lens!(explicit_proxy.http_port)))
    };
    /// The port for HTTPS.
    ProxyHttps => SettingRow {
        arm: "properties/explicitProxy/httpsPort",
        azurerm: Named("explicit_proxy/https_port"),
        ..row("https", In::ExplicitProxy, Kind::Port(lens!(explicit_proxy.https_port)))
    };
    /// The PAC file.
    Pac => SettingRow {
        arm: "properties/explicitProxy",
        states: &["enablePacFile", "pacFilePort", "pacFile"],
        azurerm: Named("explicit_proxy/pac_file"),
        ..row("pac", In::ExplicitProxy, Kind::PacFile)
    };
    /// SQL redirect mode.
    SqlRedirect => SettingRow {
        arm: "properties/sql/allowSqlRedirect",
        azurerm: Named("sql_redirect_allowed"),
        effects: &[("", SettingEffect::Off)],
        ..row("sql-redirect", In::Policy, Kind::Switch(Truth::Bool, lens!(sql_redirect)))
    };
    /// Which destinations are not source-translated.
    Snat => SettingRow {
        arm: "properties/snat",
        unresolved: Unresolved::LeftOut,
        ..row("snat", In::Policy, Kind::Block(In::Snat, |settings| settings.snat = Some(Snat::default())))
    };
    /// The ranges that are not source-translated.
    SnatPrivate => SettingRow {
        arm: "properties/snat/privateRanges",
        azurerm: Named("private_ip_ranges"),
        effects: &[("", Exceptions)],
        ..row("private", In::Snat, Kind::SnatRanges)
    };
    /// Whether these ranges are learned from the routes.
    AutoLearn => SettingRow {
        arm: "properties/snat/autoLearnPrivateRanges",
        azurerm: Named("auto_learn_private_ranges_enabled"),
        ..row("auto-learn", In::Snat, Kind::Switch(Truth::Enabled, lens!(snat.auto_learn)))
    };
    /// Policy analytics.
    Insights => SettingRow {
        arm: "properties/insights",
        states: &["isEnabled"],
        azurerm: Block("insights"),
        unresolved: Unresolved::LeftOut,
        effects: &[("", SettingEffect::Logging), ("isEnabled", SettingEffect::On)],
        ..row("insights", In::Policy, Kind::Insights)
    };
    /// A workspace for all regions or for one.
    Workspace => SettingRow {
        times: Times::Many,
        arm: "properties/insights/logAnalyticsResources",
        states: &["defaultWorkspaceId", "workspaces"],
        azurerm: Named("insights/log_analytics_workspace"),
        ..row("workspace", In::Insights, Kind::Workspace)
    };
    /// How many days analytics are kept.
    Retention => SettingRow {
        arm: "properties/insights/retentionDays",
        azurerm: Named("insights/retention_in_days"),
        unresolved: Unresolved::LeftOut,
        effects: &[("", SettingEffect::More)],
        ..row(
            "retention",
            In::Insights,
            Kind::Number { most: 36500, what: "a number of days", of: lens!(insights.retention_days) },
        )
    };
    /// Resource tags.
    Tags => SettingRow {
        times: Times::Many,
        arm: "tags",
        azurerm: Named("tags"),
        effects: &[("", Neutral)],
        ..row("tags", In::Policy, Kind::Tags)
    };
    /// The id of a base policy.
    BaseId => row("base-id", In::Policy, Kind::BaseId);
    /// The order of the rules.
    Order => row("order", In::Policy, Kind::Order);
    /// A property that the language does not name.
    Azure => SettingRow { times: Times::Many, ..row("azure", In::PolicyOrCollection, Kind::Carried) };
}

/// The order in which artefacts list properties: by the longest of these that a path begins with. It changes no meaning, and
/// a property without a line is last.
const ARM_ORDER: [&str; 17] = [
    "properties/sku",
    "location",
    "tags",
    "identity",
    "properties/threatIntelMode",
    "properties/threatIntelWhitelist",
    "properties/dnsSettings/servers",
    "properties/dnsSettings",
    "properties/explicitProxy",
    "properties/insights",
    "properties/insights/logAnalyticsResources",
    "properties/intrusionDetection",
    "properties/snat",
    "properties/sql",
    "properties/transportSecurity",
    "properties",
    "",
];

static IN_ARM_ORDER: LazyLock<Vec<Setting>> = LazyLock::new(|| {
    let mut all: Vec<Setting> = Setting::ALL.iter().copied().filter(|setting| !setting.row().arm.is_empty()).collect();
    all.sort_by_key(|setting| {
        let listed = ARM_ORDER.iter().enumerate().filter(|(_, of)| below(of, setting.row().arm).is_some());
        listed.max_by_key(|(_, of)| of.len()).map(|(at, _)| at)
    });
    all
});

/// What follows `path` in a path that begins with it: empty where they are the same.
fn below<'p>(path: &str, longer: &'p str) -> Option<&'p str> {
    if path.is_empty() {
        return Some(longer);
    }
    let rest = longer.strip_prefix(path)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

impl Setting {
    /// The settings that have a property, in the order in which artefacts list them.
    pub fn in_arm_order() -> impl Iterator<Item = Self> {
        IN_ARM_ORDER.iter().copied()
    }

    /// The setting that `keyword` is in a policy or in the braces of a setting.
    pub fn of(place: SettingPlace, keyword: &str) -> Option<Self> {
        Self::inside(place).find(|setting| setting.row().keyword == keyword)
    }

    /// The settings that are valid there.
    pub fn inside(place: SettingPlace) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |setting| match setting.row().place {
            SettingPlace::PolicyOrCollection => place == SettingPlace::Policy,
            own @ (SettingPlace::Policy
            | SettingPlace::Dns
            | SettingPlace::Idps
            | SettingPlace::Bypass
            | SettingPlace::ExplicitProxy
            | SettingPlace::Snat
            | SettingPlace::Insights) => own == place,
        })
    }

    /// The keyword of the language.
    pub fn keyword(self) -> &'static str {
        self.row().keyword
    }

    /// The names of the properties of the object at `path` that settings state, each once.
    pub fn names_at(path: &str) -> Vec<&'static str> {
        let mut names = Vec::new();
        let mut add = |name: &'static str| {
            if !name.is_empty() && !names.contains(&name) {
                names.push(name);
            }
        };
        for row in Self::ALL.iter().map(|setting| setting.row()).filter(|row| !row.arm.is_empty()) {
            if let Some(rest) = below(path, row.arm) {
                add(rest.split('/').next().unwrap_or_default());
            }
            row.states.iter().filter(|_| row.arm == path).for_each(|name| add(name));
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Settings;

    #[test]
    fn artefacts_list_what_is_stated_in_their_own_order() {
        let order: Vec<Setting> = Setting::in_arm_order().collect();
        let at = |setting: Setting| order.iter().position(|other| *other == setting);
        assert!(at(Setting::Tags) < at(Setting::Dns) && at(Setting::Insights) < at(Setting::Retention));
        assert!(at(Setting::DnsServers) < at(Setting::DnsProxy) && at(Setting::Retention) < at(Setting::Workspace));
        assert_eq!((at(Setting::Order), at(Setting::Location)), (None, Some(1)));
    }

    #[test]
    fn an_object_has_the_properties_of_all_settings_below_it() {
        assert_eq!(Setting::names_at("properties/sku"), ["tier"]);
        assert_eq!(Setting::names_at("properties/insights"), ["isEnabled", "logAnalyticsResources", "retentionDays"]);
        assert_eq!(Setting::names_at("properties/sk"), [""; 0]);
    }

    #[test]
    fn keywords_are_unique_where_they_are_valid() {
        for setting in Setting::ALL {
            assert_eq!(
                Setting::of(setting.row().place, setting.keyword()),
                match setting {
                    Setting::Azure => None,
                    other => Some(*other),
                }
            );
        }
        assert_eq!(Setting::of(SettingPlace::Policy, "azure"), Some(Setting::Azure));
    }

    #[test]
    fn what_a_lens_sets_it_gets() {
        for setting in Setting::ALL {
            let mut settings = Settings::new(Sku::Premium);
            match setting.row().kind {
                SettingKind::Switch(_, of) => {
                    (of.set)(&mut settings, true);
                    assert_eq!((of.get)(&settings), Some(true), "{setting:?}");
                }
                SettingKind::Port(of) => {
                    (of.set)(&mut settings, 8080);
                    assert_eq!((of.get)(&settings), Some(8080), "{setting:?}");
                }
                SettingKind::Number { of, .. } => {
                    (of.set)(&mut settings, 7);
                    assert_eq!((of.get)(&settings), Some(7), "{setting:?}");
                }
                _ => continue,
            }
            assert_ne!(settings, Settings::new(Sku::Premium), "{setting:?}");
        }
    }
}
