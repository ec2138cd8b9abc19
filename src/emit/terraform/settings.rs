//! The settings of a policy as attributes and blocks of `azurerm_firewall_policy`.

use indexmap::IndexMap;

use crate::model::{Azurerm, Idps, IdpsBypass, IdpsMode, Insights, NameSpelling, Setting, SettingKind, Settings};

use super::hcl::{BlockContent, TerraformValue};

/// The order in which the blocks are written. It changes no meaning, and a block without a line is last.
const BLOCKS: [&str; 7] = [
    "identity",
    "dns",
    "threat_intelligence_allowlist",
    "intrusion_detection",
    "tls_certificate",
    "insights",
    "explicit_proxy",
];

/// `content` with the settings that the provider has words for. The region is not among them: it may be a variable.
pub(super) fn with(content: BlockContent, settings: &Settings) -> BlockContent {
    let mut blocks: IndexMap<&'static str, BlockContent> = IndexMap::new();
    let mut content = content;
    for &setting in Setting::ALL {
        let (block, name) = match setting.row().azurerm {
            Azurerm::Named(path) => path.split_once('/').map_or((None, path), |(block, name)| (Some(block), name)),
            Azurerm::Block(block) => (Some(block), ""),
            Azurerm::Absent | Azurerm::Former(_) => continue,
        };
        let into = block.map_or(&mut content, |block| blocks.entry(block).or_default());
        *into = stated(std::mem::take(into), setting, name, settings);
    }
    let blocks = blocks.into_iter().map(|(name, block)| (name, block.with_blocks_last(&[])));
    blocks.fold(content, |content, (name, block)| content.with_block(name, block)).with_blocks_last(&BLOCKS)
}

/// `content` with what the settings state of `setting`, as the attribute or the block `name`.
fn stated(content: BlockContent, setting: Setting, name: &'static str, settings: &Settings) -> BlockContent {
    let idps = settings.idps.as_ref();
    match setting.row().kind {
        SettingKind::Switch(_, of) => content.with_optional(name, (of.get)(settings).map(TerraformValue::Bool)),
        SettingKind::Port(of) => {
            content.with_optional(name, (of.get)(settings).map(|port| TerraformValue::Number(port.into())))
        }
        SettingKind::Number { of, .. } => {
            content.with_optional(name, (of.get)(settings).map(|number| TerraformValue::Number(number.into())))
        }
        SettingKind::Tier => content.with_text(name, settings.sku.spelled()),
        SettingKind::ThreatIntel => {
            content.with_optional(name, settings.threat_intel.map(|mode| TerraformValue::text(mode.spelled())))
        }
        SettingKind::ThreatIntelAllow => settings.threat_intel_allow.iter().fold(content, |content, allow| {
            let own =
                BlockContent::default().with_texts("ip_addresses", &allow.addresses).with_texts("fqdns", &allow.fqdns);
            content.with_block(name, own)
        }),
        SettingKind::Servers => content.with_texts(name, settings.dns.iter().flat_map(|dns| &dns.servers)),
        SettingKind::Idps => content.with_optional("mode", idps.map(|idps| TerraformValue::text(idps.mode.spelled()))),
        SettingKind::Signature => {
            let signatures = idps.iter().flat_map(|idps| &idps.signatures).map(signature);
            signatures.fold(content, |content, own| content.with_block(name, own))
        }
        SettingKind::Bypass => entries(idps).fold(content, |content, entry| content.with_block(name, bypass(entry))),
        SettingKind::IdpsRanges => content.with_texts(name, idps.iter().flat_map(|idps| &idps.private_ranges)),
        SettingKind::Certificate => settings.tls.iter().fold(content, |content, tls| {
            let own = BlockContent::default().with_text("name", &tls.name);
            content.with_block(name, own.with_text("key_vault_secret_id", &tls.key_vault_secret_id))
        }),
        SettingKind::Identities if settings.identities.is_empty() => content,
        SettingKind::Identities => {
            let own = BlockContent::default().with_text("type", "UserAssigned");
            content.with_block(name, own.with_texts("identity_ids", &settings.identities))
        }
        SettingKind::ExplicitProxy => {
            let enabled = settings.explicit_proxy.as_ref().and_then(|proxy| proxy.enabled);
            content.with_optional("enabled", enabled.map(TerraformValue::Bool))
        }
        SettingKind::PacFile => settings.explicit_proxy.iter().fold(content, |content, proxy| {
            content
                .with_optional("enable_pac_file", proxy.pac_file_enabled.map(TerraformValue::Bool))
                .with_optional("pac_file_port", proxy.pac_file_port.map(|port| TerraformValue::Number(port.into())))
                .with_optional(name, proxy.pac_file.as_ref().map(TerraformValue::text))
        }),
        SettingKind::SnatRanges => content.with_texts(name, settings.snat.iter().flat_map(|snat| &snat.private_ranges)),
        SettingKind::Insights => {
            let enabled = settings.insights.as_ref().and_then(|insights| insights.enabled);
            content.with_optional("enabled", enabled.map(TerraformValue::Bool))
        }
        SettingKind::Workspace => settings.insights.iter().fold(content, |content, own| workspaces(content, name, own)),
        SettingKind::Tags => {
            let tags = settings.tags.iter().map(|(key, value)| (key.clone(), TerraformValue::text(value)));
            content.with(name, TerraformValue::Map(tags.collect()))
        }
        SettingKind::Region
        | SettingKind::Block(..)
        | SettingKind::NetworkRules
        | SettingKind::Profile
        | SettingKind::PartOfBypass(_)
        | SettingKind::BaseId
        | SettingKind::Order
        | SettingKind::Carried => content,
    }
}

fn signature((id, mode): (&String, &IdpsMode)) -> BlockContent {
    BlockContent::default().with_text("id", id).with_text("state", mode.spelled())
}

fn entries(idps: Option<&Idps>) -> impl Iterator<Item = &IdpsBypass> {
    idps.into_iter().flat_map(|idps| &idps.bypass)
}

fn bypass(bypass: &IdpsBypass) -> BlockContent {
    BlockContent::default()
        .with_text("name", &bypass.name)
        .with_optional("description", bypass.description.as_ref().map(TerraformValue::text))
        .with_text("protocol", bypass.protocol.spelled())
        .with_texts("source_addresses", &bypass.sources)
        .with_texts("source_ip_groups", &bypass.source_ip_groups)
        .with_texts("destination_addresses", &bypass.destinations)
        .with_texts("destination_ip_groups", &bypass.destination_ip_groups)
        .with_texts("destination_ports", &bypass.ports)
}

fn workspaces(content: BlockContent, name: &'static str, insights: &Insights) -> BlockContent {
    let default = insights.default_workspace.as_ref().map(TerraformValue::text);
    let content = content.with_optional("default_log_analytics_workspace_id", default);
    insights.regional_workspaces.iter().fold(content, |content, (region, id)| {
        let workspace = BlockContent::default().with_text("id", id).with_text("firewall_location", region);
        content.with_block(name, workspace)
    })
}
