//! The settings of a policy, without its rules. Both `intent` and `model` use these types: lowering changes none of
//! them.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use indexmap::IndexMap;
use serde_json::Value;

use crate::net::{AddressSpan, PortSpan};

/// A priority of a rule collection group or a rule collection: 100 (first) to 65000 (last).
///
/// Source: Microsoft.Network 2025-07-01, `FirewallPolicyRuleCollectionGroupProperties.priority`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Priority(u16);

impl Priority {
    /// The priority that is read first.
    pub const FIRST: Self = Self(100);
    /// The priority that is read last.
    pub const LAST: Self = Self(65000);

    /// The priority `number`, or `None` outside 100 to 65000.
    pub fn new(number: u32) -> Option<Self> {
        u16::try_from(number).ok().map(Self).filter(|priority| (Self::FIRST..=Self::LAST).contains(priority))
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident $word:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name { $($(#[$doc])* $variant),* }

        impl $name {
            /// The words of the language for it, in order.
            pub const WORDS: &[&'static str] = &[$($word),*];

            /// The word of the language for it.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl FromStr for $name {
            type Err = ();

            /// Reads the word of the language, or Azure's spelling of it, in any case.
            fn from_str(text: &str) -> Result<Self, ()> {
                match text.to_ascii_lowercase().as_str() { $($word => Ok(Self::$variant),)* _ => Err(()) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}

words! {
    /// The tier of a firewall and of its policy, in rising order.
    Sku {
        /// Basic: up to 250 Mbps; no DNS proxy, no names in network rules.
        Basic "basic",
        /// Standard.
        Standard "standard",
        /// Premium: TLS inspection, IDPS, URL filtering.
        Premium "premium",
    }
}

words! {
    /// What threat intelligence does with traffic of known-bad addresses and names, in rising strictness.
    ThreatIntel {
        /// Nothing.
        Off "off",
        /// Logs it.
        Alert "alert",
        /// Drops it, before any rule is read.
        Deny "deny",
    }
}

words! {
    /// What intrusion detection does with traffic that fits a signature, in rising strictness.
    IdpsMode {
        /// Nothing.
        Off "off",
        /// Logs it.
        Alert "alert",
        /// Drops it, also where a rule allowed it.
        Deny "deny",
    }
}

words! {
    /// Which set of signatures intrusion detection uses.
    IdpsProfile {
        /// None.
        Off "off",
        /// The newest threats.
        Emerging "emerging",
        /// The main set.
        Core "core",
        /// The widest set.
        Extended "extended",
    }
}

words! {
    /// The protocol of traffic that intrusion detection passes by.
    BypassProtocol {
        /// Every protocol.
        Any "any",
        /// ICMP.
        Icmp "icmp",
        /// TCP.
        Tcp "tcp",
        /// UDP.
        Udp "udp",
    }
}

/// The settings of a policy, all of them optional but the tier.
#[derive(Clone, PartialEq, Debug)]
pub struct Settings {
    /// The Azure region, as in `westeurope`.
    pub location: Option<String>,
    /// The tier.
    pub sku: Sku,
    /// Threat intelligence; absent in a child, the parent's.
    pub threat_intel: Option<ThreatIntel>,
    /// What threat intelligence leaves alone.
    pub threat_intel_allow: Option<ThreatIntelAllow>,
    /// DNS, which a child does not inherit.
    pub dns: Option<Dns>,
    /// Intrusion detection (Premium).
    pub idps: Option<Idps>,
    /// The certificate authority that TLS inspection signs with (Premium).
    pub tls: Option<Tls>,
    /// The resource ids of the user-assigned identities.
    pub identities: Vec<String>,
    /// The explicit proxy.
    pub explicit_proxy: Option<ExplicitProxy>,
    /// Whether SQL redirect mode is let through.
    pub sql_redirect: Option<bool>,
    /// Which destinations are not source-translated.
    pub snat: Option<Snat>,
    /// Policy analytics.
    pub insights: Option<Insights>,
    /// Resource tags.
    pub tags: IndexMap<String, String>,
    /// Properties that the language does not name, by JSON path, kept unread.
    pub other: IndexMap<String, Value>,
    /// Settings that the policy has but the input does not state.
    pub unknown: UnknownSetting,
    /// Whether a controller writes the policy (`afcManaged`, of Azure Firewall for Containers), so that others only read it.
    /// Source: Azure/azure-rest-api-specs, Microsoft.Network 2025-09-01, read-only.
    pub is_managed: bool,
}

/// Settings that a policy has and that an input does not state: those of a policy which it only names, or that only a
/// deployment knows. The setting itself then has a value that refuses nothing.
#[derive(Clone, Copy, Eq, Default, Debug)]
pub struct UnknownSetting {
    /// The tier.
    pub sku: bool,
    /// DNS.
    pub dns: bool,
    /// The region.
    pub location: bool,
}

impl PartialEq for UnknownSetting {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl UnknownSetting {
    /// Nothing of the policy is stated but its name.
    pub const ALL: Self = Self { sku: true, dns: true, location: true };

    /// Whether nothing of the policy is stated but its name.
    pub fn is_all(self) -> bool {
        let Self { sku, dns, location } = self;
        sku && dns && location
    }
}

impl Settings {
    /// Only a tier.
    pub fn new(sku: Sku) -> Self {
        Self {
            location: None,
            sku,
            threat_intel: None,
            threat_intel_allow: None,
            dns: None,
            idps: None,
            tls: None,
            identities: Vec::new(),
            explicit_proxy: None,
            sql_redirect: None,
            snat: None,
            insights: None,
            tags: IndexMap::new(),
            other: IndexMap::new(),
            unknown: UnknownSetting::default(),
            is_managed: false,
        }
    }

    /// The tier, where the input states it.
    pub fn known_sku(&self) -> Option<Sku> {
        (!self.unknown.sku).then_some(self.sku)
    }

    /// Whether Azure takes host names in network rules: with the DNS proxy, or where it is not required.
    pub fn takes_network_names(&self) -> bool {
        let unneeded = self.dns.as_ref().is_some_and(|dns| dns.network_rules_need_proxy == Some(false));
        self.dns_proxy() || unneeded
    }

    /// Whether the DNS proxy is on.
    pub fn dns_proxy(&self) -> bool {
        self.dns.as_ref().is_some_and(|dns| dns.proxy == Some(true))
    }
}

/// What threat intelligence leaves alone.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ThreatIntelAllow {
    /// Host names, with a star at the left where wanted.
    pub fqdns: Vec<String>,
    /// Addresses.
    pub addresses: Vec<AddressSpan>,
}

/// The DNS settings.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Dns {
    /// Whether the firewall answers DNS queries itself.
    pub proxy: Option<bool>,
    /// Its upstream servers; none: Azure's.
    pub servers: Vec<Ipv4Addr>,
    /// Whether names in network rules need the proxy; Azure's own default is that they do.
    pub network_rules_need_proxy: Option<bool>,
}

/// Intrusion detection and prevention.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Idps {
    /// What it does.
    pub mode: IdpsMode,
    /// Which signatures it uses.
    pub profile: Option<IdpsProfile>,
    /// Signatures by number that do something else.
    pub signatures: IndexMap<String, IdpsMode>,
    /// Traffic that it passes by.
    pub bypass: Vec<IdpsBypass>,
    /// The ranges that it treats as private.
    pub private_ranges: Vec<AddressSpan>,
}

impl Idps {
    /// Only a mode.
    pub fn new(mode: IdpsMode) -> Self {
        Self { mode, profile: None, signatures: IndexMap::new(), bypass: Vec::new(), private_ranges: Vec::new() }
    }
}

/// Traffic that intrusion detection passes by. Empty lists mean any.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IdpsBypass {
    /// The name of the entry.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The protocol.
    pub protocol: BypassProtocol,
    /// Source addresses.
    pub sources: Vec<AddressSpan>,
    /// Resource ids of source IP groups.
    pub source_ip_groups: Vec<String>,
    /// Destination addresses.
    pub destinations: Vec<AddressSpan>,
    /// Resource ids of destination IP groups.
    pub destination_ip_groups: Vec<String>,
    /// Destination ports.
    pub ports: Vec<PortSpan>,
}

/// The certificate authority that TLS inspection signs with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tls {
    /// The name of the certificate.
    pub name: String,
    /// The Key Vault secret that holds it.
    pub key_vault_secret_id: String,
}

/// The explicit proxy. A port is 0 to 64000 in Azure; absent is Azure's default.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ExplicitProxy {
    /// Whether it is on.
    pub enabled: Option<bool>,
    /// The port for HTTP.
    pub http_port: Option<u16>,
    /// The port for HTTPS.
    pub https_port: Option<u16>,
    /// Whether a PAC file is served.
    pub pac_file_enabled: Option<bool>,
    /// The port that serves it.
    pub pac_file_port: Option<u16>,
    /// The SAS URL of the PAC file.
    pub pac_file: Option<String>,
}

/// Which destinations are not source-translated.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Snat {
    /// Prefixes, or the keyword `IANAPrivateRanges`.
    pub private_ranges: Vec<String>,
    /// Whether the ranges are learnt from the routes.
    pub auto_learn: Option<bool>,
}

/// Policy analytics.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Insights {
    /// Whether it is on.
    pub enabled: Option<bool>,
    /// The resource id of the workspace for firewalls of any region.
    pub default_workspace: Option<String>,
    /// Workspaces for firewalls of one region, by region.
    pub regional_workspaces: IndexMap<String, String>,
    /// How many days it is kept.
    pub retention_days: Option<u32>,
}
