//! What Azure calls the attributes of the provider's resources.
//!
//! Source: the schema of hashicorp/azurerm 5.2.0; names that older versions had are beside them.

use std::sync::LazyLock;

use crate::model::{Azurerm, IP_GROUPS, Setting, SettingKind, Truth};

const POLICIES: &str = "Microsoft.Network/firewallPolicies";

/// What becomes of an attribute. Paths part the steps with `/`.
pub(super) enum SchemaTo {
    /// It decides no flow, or states what another attribute states.
    Nothing,
    /// It is there as it is.
    At(&'static str),
    /// As it is; `false` is what the provider states for an attribute that is not set.
    TrueAt(&'static str),
    /// A truth value that Azure states the other way round.
    NotAt(&'static str),
    /// `Enabled` for true; `false` is what the provider states for an attribute that is not set.
    EnabledAt(&'static str),
    /// A text that Azure has a list for.
    OnlyAt(&'static str),
    /// An id that Azure wraps into an object.
    IdAt(&'static str),
    /// Texts, of which Azure has each as that property of an object.
    WrappedAt(&'static str, &'static str),
    /// Ids that Azure has as the keys of an object.
    KeysAt(&'static str),
    /// A block that is there at most once.
    Inside(&'static str, &'static [(&'static str, SchemaTo)]),
    /// Blocks, each an entry of the list there, with what Azure states beside.
    Each(&'static str, &'static [(&'static str, SchemaTo)], &'static [(&'static str, &'static str)]),
}

use SchemaTo::{At, Each, EnabledAt, IdAt, Inside, KeysAt, NotAt, Nothing, OnlyAt, TrueAt, WrappedAt};

/// A kind of resource.
pub(super) struct SchemaTable {
    /// What Azure calls it; `None` for one that is read with another.
    pub kind: Option<&'static str>,
    /// The attribute with the id or the name of the resource around it.
    pub parent: Option<&'static str>,
    pub attributes: &'static [(&'static str, SchemaTo)],
    /// Whether it tells where flows are sent, and nothing of what a firewall does with them: what is not known of it, and
    /// attributes that are not in the table, refuse nothing.
    pub is_around: bool,
}

/// A kind of collection of a classic firewall.
pub(super) struct Classic {
    /// Where the firewall has its collections of that kind.
    pub list: &'static str,
    pub attributes: &'static [(&'static str, SchemaTo)],
}

/// Whether a resource of that type may say something about flows.
pub(super) fn matters(kind: &str) -> bool {
    kind.starts_with("azurerm_firewall") || table(kind).is_some()
}

/// What is known of resources of that type.
pub(super) fn table(kind: &str) -> Option<SchemaTable> {
    let table = |kind, parent, attributes| SchemaTable { kind, parent, attributes, is_around: false };
    let own = |kind, attributes| Some(table(Some(kind), None, attributes));
    let below = |kind, parent, attributes| Some(table(Some(kind), Some(parent), attributes));
    let around = |table: Option<SchemaTable>| table.map(|table| SchemaTable { is_around: true, ..table });
    match kind {
        "azurerm_firewall_policy" => own(POLICIES, &POLICY),
        "azurerm_firewall_policy_rule_collection_group" => {
            below("Microsoft.Network/firewallPolicies/ruleCollectionGroups", "firewall_policy_id", GROUP)
        }
        "azurerm_ip_group" => own(IP_GROUPS, IP_GROUP),
        "azurerm_route_table" => own("Microsoft.Network/routeTables", ROUTE_TABLE),
        "azurerm_route" => below("Microsoft.Network/routeTables/routes", "route_table_name", ROUTE),
        "azurerm_virtual_network" => around(own("Microsoft.Network/virtualNetworks", NETWORK)),
        "azurerm_subnet" => around(below("Microsoft.Network/virtualNetworks/subnets", "virtual_network_name", SUBNET)),
        "azurerm_virtual_network_peering" => {
            around(below("Microsoft.Network/virtualNetworks/virtualNetworkPeerings", "virtual_network_name", PEERING))
        }
        "azurerm_private_endpoint" => around(own("Microsoft.Network/privateEndpoints", ENDPOINT)),
        "azurerm_subnet_route_table_association" => around(Some(table(None, None, &[]))),
        "azurerm_firewall" | "azurerm_ip_group_cidr" => Some(table(None, None, &[])),
        _ if classic(kind).is_some() => Some(table(None, None, &[])),
        _ => None,
    }
}

/// What is known of the collections of classic firewalls.
pub(super) fn classic(kind: &str) -> Option<Classic> {
    match kind {
        "azurerm_firewall_nat_rule_collection" => {
            Some(Classic { list: "properties/natRuleCollections", attributes: CLASSIC_NAT })
        }
        "azurerm_firewall_network_rule_collection" => {
            Some(Classic { list: "properties/networkRuleCollections", attributes: CLASSIC_NETWORK })
        }
        "azurerm_firewall_application_rule_collection" => {
            Some(Classic { list: "properties/applicationRuleCollections", attributes: CLASSIC_APPLICATION })
        }
        _ => None,
    }
}

type Attributes = &'static [(&'static str, SchemaTo)];

/// The attributes of a policy: those of its settings, and others.
static POLICY: LazyLock<Vec<(&'static str, SchemaTo)>> = LazyLock::new(|| {
    let mut attributes = vec![
        ("id", At("id")),
        ("name", At("name")),
        ("resource_group_name", Nothing),
        ("timeouts", Nothing),
        ("child_policies", Nothing),
        ("firewalls", Nothing),
        ("rule_collection_groups", Nothing),
        ("base_policy_id", IdAt("properties/basePolicy")),
    ];
    attributes.extend(of_settings(None));
    attributes.extend(BLOCKS.iter().map(|(name, path, attributes)| (*name, Inside(path, attributes))));
    attributes
});

/// A block that has settings, its path and its attributes.
type SchemaBlock = (&'static str, &'static str, Vec<(&'static str, SchemaTo)>);

/// The blocks that have settings.
static BLOCKS: LazyLock<Vec<SchemaBlock>> = LazyLock::new(|| {
    let block = |setting: &Setting| match setting.row().azurerm {
        Azurerm::Block(name) => Some((name, setting.row().arm, of_settings(Some((name, setting.row().arm))))),
        Azurerm::Absent | Azurerm::Named(_) | Azurerm::Former(_) => None,
    };
    Setting::ALL.iter().filter_map(block).collect()
});

/// The attributes of the settings that are in the block, or in none.
fn of_settings(block: Option<(&'static str, &'static str)>) -> Vec<(&'static str, SchemaTo)> {
    let mut found = Vec::new();
    for setting in Setting::ALL {
        let row = setting.row();
        let (of, name) = match row.azurerm {
            Azurerm::Named(path) | Azurerm::Former(path) => {
                path.split_once('/').map_or((None, path), |(of, name)| (Some(of), name))
            }
            Azurerm::Block(of) => (Some(of), ""),
            Azurerm::Absent => continue,
        };
        if of == block.map(|(name, _)| name) {
            let above = block.map_or("", |(_, path)| path);
            let path = row.arm.strip_prefix(above).unwrap_or(row.arm);
            found.extend(of_setting(row.kind, name, path.trim_start_matches('/'), block.is_some()));
        }
    }
    found
}

/// The attributes of a setting: mostly the attribute `name` with the property at `path`.
fn of_setting(
    kind: SettingKind,
    name: &'static str,
    path: &'static str,
    is_in_block: bool,
) -> Vec<(&'static str, SchemaTo)> {
    match kind {
        SettingKind::Switch(Truth::Bool, _) if is_in_block => vec![(name, At(path))],
        SettingKind::Switch(Truth::Bool, _) => vec![(name, TrueAt(path))],
        SettingKind::Switch(Truth::Enabled, _) => vec![(name, EnabledAt(path))],
        SettingKind::Port(_)
        | SettingKind::Number { .. }
        | SettingKind::Region
        | SettingKind::Tier
        | SettingKind::ThreatIntel
        | SettingKind::Servers
        | SettingKind::NetworkRules
        | SettingKind::Profile
        | SettingKind::IdpsRanges
        | SettingKind::SnatRanges
        | SettingKind::Tags => vec![(name, At(path))],
        SettingKind::ThreatIntelAllow => vec![(name, Inside(path, ALLOWED))],
        SettingKind::Idps => vec![("mode", At("mode"))],
        SettingKind::Signature => vec![(name, Each(path, &[("id", At("id")), ("state", At("mode"))], &[]))],
        SettingKind::Bypass => vec![(name, Each(path, BYPASS, &[]))],
        SettingKind::Certificate => {
            vec![(name, Inside("properties/transportSecurity/certificateAuthority", AUTHORITY))]
        }
        SettingKind::Identities => vec![(name, Inside(path, IDENTITY))],
        SettingKind::ExplicitProxy => vec![("enabled", At("enableExplicitProxy"))],
        SettingKind::PacFile => {
            vec![("enable_pac_file", At("enablePacFile")), ("pac_file_port", At("pacFilePort")), (name, At("pacFile"))]
        }
        SettingKind::Insights => vec![("enabled", At("isEnabled"))],
        SettingKind::Workspace => vec![
            ("default_log_analytics_workspace_id", IdAt("logAnalyticsResources/defaultWorkspaceId")),
            (name, Each("logAnalyticsResources/workspaces", WORKSPACE, &[])),
        ],
        SettingKind::Block(..)
        | SettingKind::PartOfBypass(_)
        | SettingKind::BaseId
        | SettingKind::Order
        | SettingKind::Carried => Vec::new(),
    }
}

const ALLOWED: Attributes = &[("fqdns", At("fqdns")), ("ip_addresses", At("ipAddresses"))];

const IDENTITY: Attributes = &[
    ("type", At("type")),
    ("identity_ids", KeysAt("userAssignedIdentities")),
    ("principal_id", Nothing),
    ("tenant_id", Nothing),
];

const AUTHORITY: Attributes = &[("key_vault_secret_id", At("keyVaultSecretId")), ("name", At("name"))];

const WORKSPACE: Attributes = &[("firewall_location", At("region")), ("id", IdAt("workspaceId"))];

const BYPASS: Attributes = &[
    ("name", At("name")),
    ("description", At("description")),
    ("protocol", At("protocol")),
    ("source_addresses", At("sourceAddresses")),
    ("source_ip_groups", At("sourceIpGroups")),
    ("destination_addresses", At("destinationAddresses")),
    ("destination_ip_groups", At("destinationIpGroups")),
    ("destination_ports", At("destinationPorts")),
];

const FILTER: &[(&str, &str)] = &[("ruleCollectionType", "FirewallPolicyFilterRuleCollection")];
const NAT: &[(&str, &str)] = &[("ruleCollectionType", "FirewallPolicyNatRuleCollection")];

const GROUP: Attributes = &[
    ("id", At("id")),
    ("name", At("name")),
    ("firewall_policy_id", Nothing),
    ("timeouts", Nothing),
    ("priority", At("properties/priority")),
    (
        "nat_rule_collection",
        Each(
            "properties/ruleCollections",
            &[
                ("name", At("name")),
                ("priority", At("priority")),
                ("action", At("action/type")),
                ("rule", Each("rules", NAT_RULE, &[("ruleType", "NatRule")])),
            ],
            NAT,
        ),
    ),
    (
        "network_rule_collection",
        Each(
            "properties/ruleCollections",
            &[
                ("name", At("name")),
                ("priority", At("priority")),
                ("action", At("action/type")),
                ("rule", Each("rules", NETWORK_RULE, &[("ruleType", "NetworkRule")])),
            ],
            FILTER,
        ),
    ),
    (
        "application_rule_collection",
        Each(
            "properties/ruleCollections",
            &[
                ("name", At("name")),
                ("priority", At("priority")),
                ("action", At("action/type")),
                ("rule", Each("rules", APPLICATION_RULE, &[("ruleType", "ApplicationRule")])),
            ],
            FILTER,
        ),
    ),
];

/// Who calls the module of Azure Verified Modules may state the kind of a rule, which the list that it is in states too.
const NAT_RULE: Attributes = &[
    ("name", At("name")),
    ("rule_type", Nothing),
    ("description", At("description")),
    ("protocols", At("ipProtocols")),
    ("source_addresses", At("sourceAddresses")),
    ("source_ip_groups", At("sourceIpGroups")),
    ("destination_address", OnlyAt("destinationAddresses")),
    ("destination_ports", At("destinationPorts")),
    ("translated_address", At("translatedAddress")),
    ("translated_fqdn", At("translatedFqdn")),
    ("translated_port", At("translatedPort")),
];

const NETWORK_RULE: Attributes = &[
    ("name", At("name")),
    ("rule_type", Nothing),
    ("description", At("description")),
    ("protocols", At("ipProtocols")),
    ("source_addresses", At("sourceAddresses")),
    ("source_ip_groups", At("sourceIpGroups")),
    ("destination_addresses", At("destinationAddresses")),
    ("destination_ip_groups", At("destinationIpGroups")),
    ("destination_fqdns", At("destinationFqdns")),
    ("destination_ports", At("destinationPorts")),
];

const APPLICATION_RULE: Attributes = &[
    ("name", At("name")),
    ("rule_type", Nothing),
    ("description", At("description")),
    ("protocols", Each("protocols", &[("type", At("protocolType")), ("port", At("port"))], &[])),
    ("source_addresses", At("sourceAddresses")),
    ("source_ip_groups", At("sourceIpGroups")),
    ("destination_addresses", At("destinationAddresses")),
    ("destination_fqdns", At("targetFqdns")),
    ("destination_urls", At("targetUrls")),
    ("destination_fqdn_tags", At("fqdnTags")),
    ("web_categories", At("webCategories")),
    ("terminate_tls", At("terminateTLS")),
    ("http_headers", Each("httpHeadersToInsert", &[("name", At("headerName")), ("value", At("headerValue"))], &[])),
];

const IP_GROUP: Attributes = &[
    ("id", At("id")),
    ("name", At("name")),
    ("location", At("location")),
    ("tags", At("tags")),
    ("resource_group_name", Nothing),
    ("timeouts", Nothing),
    ("firewall_ids", Nothing),
    ("firewall_policy_ids", Nothing),
    ("cidrs", At("properties/ipAddresses")),
];

const ROUTE_TABLE: Attributes = &[
    ("id", At("id")),
    ("name", At("name")),
    ("location", At("location")),
    ("tags", At("tags")),
    ("resource_group_name", Nothing),
    ("timeouts", Nothing),
    ("subnets", Nothing),
    ("bgp_route_propagation_enabled", NotAt("properties/disableBgpRoutePropagation")),
    ("disable_bgp_route_propagation", At("properties/disableBgpRoutePropagation")),
    (
        "route",
        Each(
            "properties/routes",
            &[
                ("name", At("name")),
                ("address_prefix", At("addressPrefix")),
                ("next_hop_type", At("nextHopType")),
                ("next_hop_in_ip_address", At("nextHopIpAddress")),
            ],
            &[],
        ),
    ),
];

const ROUTE: Attributes = &[
    ("id", At("id")),
    ("name", At("name")),
    ("route_table_name", Nothing),
    ("resource_group_name", Nothing),
    ("timeouts", Nothing),
    ("address_prefix", At("properties/addressPrefix")),
    ("next_hop_type", At("properties/nextHopType")),
    ("next_hop_in_ip_address", At("properties/nextHopIpAddress")),
];

/// Source: hashicorp/terraform-provider-azurerm, docs of v4: `virtual_network`, `subnet`, `virtual_network_peering` and
/// `private_endpoint`. Version 1 had `address_prefix` and `route_table_id` of subnets.
const NETWORK: Attributes = &[
    ("id", At("id")),
    ("name", At("name")),
    ("address_space", At("properties/addressSpace/addressPrefixes")),
    (
        "subnet",
        Each(
            "properties/subnets",
            &[
                ("name", At("name")),
                ("address_prefix", At("addressPrefix")),
                ("address_prefixes", At("addressPrefixes")),
                ("route_table_id", IdAt("routeTable")),
                ("service_endpoints", WrappedAt("serviceEndpoints", "service")),
            ],
            &[],
        ),
    ),
];

const SUBNET: Attributes = &[
    ("id", At("id")),
    ("name", At("name")),
    ("address_prefix", At("properties/addressPrefix")),
    ("address_prefixes", At("properties/addressPrefixes")),
    ("route_table_id", IdAt("properties/routeTable")),
    ("service_endpoints", WrappedAt("properties/serviceEndpoints", "service")),
];

const PEERING: Attributes =
    &[("id", At("id")), ("name", At("name")), ("remote_virtual_network_id", IdAt("properties/remoteVirtualNetwork"))];

const ENDPOINT: Attributes = &[
    ("id", At("id")),
    ("name", At("name")),
    (
        "private_service_connection",
        Each("properties/ipConfigurations", &[("private_ip_address", At("privateIPAddress"))], &[]),
    ),
    ("ip_configuration", Each("properties/ipConfigurations", &[("private_ip_address", At("privateIPAddress"))], &[])),
    (
        "custom_dns_configs",
        Each("properties/customDnsConfigs", &[("fqdn", At("fqdn")), ("ip_addresses", At("ipAddresses"))], &[]),
    ),
];

const CLASSIC_NAT: Attributes = &[
    ("id", Nothing),
    ("name", At("name")),
    ("azure_firewall_name", Nothing),
    ("resource_group_name", Nothing),
    ("timeouts", Nothing),
    ("priority", At("properties/priority")),
    ("action", At("properties/action/type")),
    (
        "rule",
        Each(
            "properties/rules",
            &[
                ("name", At("name")),
                ("description", At("description")),
                ("protocols", At("protocols")),
                ("source_addresses", At("sourceAddresses")),
                ("source_ip_groups", At("sourceIpGroups")),
                ("destination_addresses", At("destinationAddresses")),
                ("destination_ports", At("destinationPorts")),
                ("translated_address", At("translatedAddress")),
                ("translated_port", At("translatedPort")),
            ],
            &[],
        ),
    ),
];

const CLASSIC_NETWORK: Attributes = &[
    ("id", Nothing),
    ("name", At("name")),
    ("azure_firewall_name", Nothing),
    ("resource_group_name", Nothing),
    ("timeouts", Nothing),
    ("priority", At("properties/priority")),
    ("action", At("properties/action/type")),
    (
        "rule",
        Each(
            "properties/rules",
            &[
                ("name", At("name")),
                ("description", At("description")),
                ("protocols", At("protocols")),
                ("source_addresses", At("sourceAddresses")),
                ("source_ip_groups", At("sourceIpGroups")),
                ("destination_addresses", At("destinationAddresses")),
                ("destination_ip_groups", At("destinationIpGroups")),
                ("destination_fqdns", At("destinationFqdns")),
                ("destination_ports", At("destinationPorts")),
            ],
            &[],
        ),
    ),
];

const CLASSIC_APPLICATION: Attributes = &[
    ("id", Nothing),
    ("name", At("name")),
    ("azure_firewall_name", Nothing),
    ("resource_group_name", Nothing),
    ("timeouts", Nothing),
    ("priority", At("properties/priority")),
    ("action", At("properties/action/type")),
    (
        "rule",
        Each(
            "properties/rules",
            &[
                ("name", At("name")),
                ("description", At("description")),
                ("protocol", Each("protocols", &[("type", At("protocolType")), ("port", At("port"))], &[])),
                ("source_addresses", At("sourceAddresses")),
                ("source_ip_groups", At("sourceIpGroups")),
                ("fqdn_tags", At("fqdnTags")),
                ("target_fqdns", At("targetFqdns")),
            ],
            &[],
        ),
    ),
];
