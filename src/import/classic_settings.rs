//! What a classic firewall states beside its rules, as the settings of a policy.
//!
//! Most of it is in `additionalProperties`, by keys with dots. Source: Azure/azure-powershell,
//! `NetworkResourceManagerProfile.cs` (`PSAzureFirewall`), and Azure/azure-cli-extensions, azure-firewall (`custom.py`),
//! 2026-08.

use std::net::Ipv4Addr;
use std::str::FromStr;

use super::body::DocumentBody;
use super::fault::{ImportFault, quoted};
use super::settings;
use super::tree::{TreeCursor, TreeFields};
use crate::model::{Bearing, Dns, Settings, Sku, Snat, ThreatIntelAllow, UnknownSetting};
use crate::net::same_word;
use crate::template::TemplateNode;

/// The properties of a firewall that settings are read from.
pub(super) const PROPERTIES: &[&str] = &["additionalProperties", "sku", "threatIntelMode"];

/// What an additional property states.
#[derive(Clone, Copy)]
enum Additional {
    DnsProxy,
    DnsServers,
    DnsForNetworkRules,
    PrivateRanges,
    AllowedNames,
    AllowedAddresses,
    /// Policies have no such setting, and it opens data connections that no rule names.
    ActiveFtp,
    /// It decides no flow.
    NoFlow,
}

const ADDITIONAL: [(&str, Additional); 11] = [
    ("Network.DNS.EnableProxy", Additional::DnsProxy),
    ("Network.DNS.Servers", Additional::DnsServers),
    ("Network.DNS.RequireProxyForNetworkRules", Additional::DnsForNetworkRules),
    ("Network.SNAT.PrivateRanges", Additional::PrivateRanges),
    ("ThreatIntel.Whitelist.FQDNs", Additional::AllowedNames),
    ("ThreatIntel.Whitelist.IpAddresses", Additional::AllowedAddresses),
    ("Network.FTP.AllowActiveFTP", Additional::ActiveFtp),
    ("Network.AdditionalLogs.EnableFatFlowLogging", Additional::NoFlow),
    ("Network.AdditionalLogs.EnableUDPLogOptimization", Additional::NoFlow),
    ("Network.AdditionalLogs.EnableDnstapLogging", Additional::NoFlow),
    ("Network.RouteServerInfo.RouteServerID", Additional::NoFlow),
];

/// The additional properties that `az` prints among a firewall's own, by their names.
pub(super) fn additional<'a>(firewall: &TreeFields<'a>) -> Vec<&'a str> {
    firewall.present().map(|(key, _)| key).filter(|key| is_additional(key)).collect()
}

fn is_additional(key: &str) -> bool {
    ["Network.", "ThreatIntel."].iter().any(|start| key.starts_with(start))
}

/// The settings of a firewall.
pub(super) fn read(firewall: &DocumentBody<'_>) -> Result<Settings, ImportFault> {
    let fields = &firewall.properties;
    let sku = sku(fields)?;
    let mut settings = Settings::new(sku.unwrap_or(Sku::Premium));
    settings.location = settings::location(&firewall.resource)?;
    settings.threat_intel = fields.known("threatIntelMode", TreeCursor::word)?;
    settings.unknown = UnknownSetting { sku: sku.is_none(), dns: false, location: settings.location.is_none() };
    match fields.get("additionalProperties") {
        Some(more) if matches!(more.node, TemplateNode::Expression(_)) => {
            let what = more.node.described();
            more.leave_unknown(
                Bearing::NoFlow,
                format!("the additional properties, {what}, cannot be evaluated and are left out"),
            );
            settings.unknown.dns = true;
        }
        Some(more) => more.fields()?.present().try_for_each(|(key, at)| state(key, &at, &mut settings))?,
        None => {}
    }
    let mut own = fields.present().filter(|(key, _)| is_additional(key));
    own.try_for_each(|(key, at)| state(key, &at, &mut settings))?;
    // Azure took a classic firewall with host names in network rules and without a word about the proxy. Source: the answers
    // recorded in test_azure_firewall_rules of Azure/azure-cli-extensions.
    settings.unknown.dns |=
        settings.dns.as_ref().is_none_or(|dns| dns.proxy.is_none() && dns.network_rules_need_proxy.is_none());
    Ok(settings)
}

/// The settings of a part of a firewall, which states neither region nor DNS.
pub(super) fn of_part(fields: &TreeFields<'_>) -> Result<Settings, ImportFault> {
    let sku = sku(fields)?;
    let mut settings = Settings::new(sku.unwrap_or(Sku::Premium));
    settings.location = settings::location(fields)?;
    settings.threat_intel = fields.optional("threatIntelMode", TreeCursor::word)?;
    settings.unknown =
        UnknownSetting { sku: sku.is_none() || !fields.has("sku"), dns: true, location: settings.location.is_none() };
    Ok(settings)
}

/// The tier, where it is known; Azure's default is Standard.
fn sku(fields: &TreeFields<'_>) -> Result<Option<Sku>, ImportFault> {
    let Some(sku) = fields.object("sku") else { return Ok(Some(Sku::Standard)) };
    let unknown = |at: &TreeCursor<'_>| {
        let what = at.node.described();
        at.leave_unknown(Bearing::NoFlow, format!("the tier, {what}, cannot be evaluated: every rule is taken"));
    };
    if let TemplateNode::Expression(_) = sku.node {
        unknown(&sku);
        return Ok(None);
    }
    match sku.fields()?.get("tier") {
        Some(tier) if matches!(tier.node, TemplateNode::Expression(_)) => {
            unknown(&tier);
            Ok(None)
        }
        Some(tier) => tier.word().map(Some),
        None => Ok(Some(Sku::Standard)),
    }
}

fn state(key: &str, at: &TreeCursor<'_>, settings: &mut Settings) -> Result<(), ImportFault> {
    let Some((_, what)) = ADDITIONAL.iter().find(|(known, _)| same_word(known, key)) else {
        return Err(at.fault(format!("unknown property {}, which could change a meaning", quoted(key))));
    };
    if let TemplateNode::Expression(_) = at.node {
        let value = at.node.described();
        at.leave_unknown(Bearing::NoFlow, format!("{}, {value}, cannot be evaluated and is left out", quoted(key)));
        settings.unknown.dns |= key.to_ascii_lowercase().starts_with("network.dns");
        return Ok(());
    }
    match what {
        Additional::DnsProxy => dns(settings).proxy = Some(at.bool()?),
        Additional::DnsServers => dns(settings).servers = entries::<Ipv4Addr>(at)?,
        Additional::DnsForNetworkRules => dns(settings).network_rules_need_proxy = Some(at.bool()?),
        Additional::PrivateRanges => {
            let private_ranges = texts(at)?;
            settings.snat = Some(Snat { private_ranges, auto_learn: None });
        }
        Additional::AllowedNames => allow(settings).fqdns = texts(at)?,
        Additional::AllowedAddresses => allow(settings).addresses = entries(at)?,
        Additional::ActiveFtp if at.bool()? => {
            at.omit(Bearing::EveryFlow, format!("{} has no counterpart in a policy and is left out", quoted(key)));
        }
        Additional::ActiveFtp | Additional::NoFlow => {}
    }
    Ok(())
}

fn dns(settings: &mut Settings) -> &mut Dns {
    settings.dns.get_or_insert_default()
}

fn allow(settings: &mut Settings) -> &mut ThreatIntelAllow {
    settings.threat_intel_allow.get_or_insert_default()
}

/// The entries of a comma-separated text.
fn texts(at: &TreeCursor<'_>) -> Result<Vec<String>, ImportFault> {
    let text = at.text()?;
    Ok(text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(str::to_owned).collect())
}

fn entries<T: FromStr<Err: std::fmt::Display>>(at: &TreeCursor<'_>) -> Result<Vec<T>, ImportFault> {
    let read = |text: String| text.parse::<T>().map_err(|error| at.fault(format!("{}: {error}", quoted(&text))));
    texts(at)?.into_iter().map(read).collect()
}
