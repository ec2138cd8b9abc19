//! The limits that fwc does not count: no input can use them up, or their number is not documented.

use crate::diag::grouped;
use crate::model::{Model, Policy, Sku};

use super::count::{Lineage, public_addresses};

/// A limit that is not counted.
pub struct Uncounted {
    /// The stable name, as in `throughput`.
    pub name: &'static str,
    /// The limit as documented.
    pub says: &'static str,
    /// Why it is not counted.
    pub why: &'static str,
    /// The page that states it.
    pub source: &'static str,
    /// The date of the page.
    pub date: &'static str,
    here: Option<Here>,
}

/// What is known of a limit for one policy, beyond the documentation.
type Here = fn(&Lineage<'_>) -> Option<String>;

const LIM: &str = "MicrosoftDocs/azure-docs, includes/firewall-limits.md";
const LIM_DATE: &str = "2023-10-10";
const FAQ: &str = "MicrosoftDocs/azure-docs, articles/firewall/firewall-faq.yml";
const FAQ_DATE: &str = "2023-01";
/// Source ports for one public address on one instance, and the fewest instances.
const SNAT_PORTS: u64 = 2_496;
const INSTANCES: u64 = 2;

/// The name of the limit for the addresses of Basic firewalls.
const BASIC_ADDRESSES: &str = "basic-addresses";

/// Every limit that is not counted.
pub static UNCOUNTED: [Uncounted; 10] = [
    Uncounted {
        name: "throughput",
        says: "Premium 100 Gbps, Standard 30 Gbps, Basic 250 Mbps",
        why: "rules do not tell how much traffic there is",
        source: LIM,
        date: LIM_DATE,
        here: Some(throughput),
    },
    Uncounted {
        name: "snat-ports",
        says: "2,496 ports for each public address on each of 2 to 20 instances",
        why: "rules do not tell how many flows there are, and Azure chooses how many instances run",
        source: "no page recorded",
        date: "not recorded",
        here: Some(snat_ports),
    },
    Uncounted {
        name: BASIC_ADDRESSES,
        says: "several public addresses for a Basic firewall",
        why: "no page documents how many: 250, which is counted, is the number of the other tiers",
        source: "MicrosoftDocs/azure-docs, articles/firewall/features-by-sku.md",
        date: "2025-09-18",
        here: Some(basic_addresses),
    },
    Uncounted {
        name: "older-policies",
        says: "1 MB of rules in a group and 50 groups in a policy made before July 2022",
        why: "no input states when a policy was made: `--limit group-size=1000000 --limit groups=50`",
        source: LIM,
        date: LIM_DATE,
        here: None,
    },
    Uncounted {
        name: "dns-servers",
        says: "no page documents how many a policy takes",
        why: "the number is not known",
        source: "hashicorp/terraform-provider-azurerm, internal/services/firewall",
        date: "2026-08-21",
        here: Some(dns_servers),
    },
    Uncounted {
        name: "next-hops",
        says: "2 to 64 addresses of a route that has several",
        why: "each route that fwc reads or writes has one next hop",
        source: "Azure/bicep-types-az, Microsoft.Network 2025-09-01, VirtualApplianceEcmp",
        date: "2026-08-20",
        here: None,
    },
    Uncounted {
        name: "inspection-time",
        says: "120 s for TLS inspection",
        why: "it is a time, which no rule changes",
        source: LIM,
        date: LIM_DATE,
        here: None,
    },
    Uncounted {
        name: "idle-time",
        says: "4 minutes for a TCP connection",
        why: "it is a time, which no rule changes",
        source: FAQ,
        date: FAQ_DATE,
        here: None,
    },
    Uncounted {
        name: "update-time",
        says: "3 to 5 minutes, one update at a time",
        why: "it is how long a deployment takes",
        source: FAQ,
        date: FAQ_DATE,
        here: None,
    },
    Uncounted {
        name: "drafts",
        says: "one draft of a policy",
        why: "fwc makes no drafts",
        source: "MicrosoftDocs/azure-docs-cli, az network firewall policy draft",
        date: "2026-08-21",
        here: None,
    },
];

/// A limit that is not counted, with its known figures for one policy.
pub struct UncountedPart {
    /// The limit.
    pub row: &'static Uncounted,
    /// What is known beyond the documentation.
    pub here: Option<String>,
}

/// What is known of each uncounted limit of a policy.
pub fn uncounted(model: &Model, policy: &Policy) -> Vec<UncountedPart> {
    let lineage = Lineage::new(model, policy);
    let own = UNCOUNTED.iter().filter(|row| row.name != BASIC_ADDRESSES || is_basic(&lineage));
    own.map(|row| UncountedPart { row, here: row.here.and_then(|here| here(&lineage)) }).collect()
}

fn throughput(lineage: &Lineage<'_>) -> Option<String> {
    let most = match lineage.policy.settings.sku {
        Sku::Basic => "250 Mbps",
        Sku::Standard => "30 Gbps",
        Sku::Premium => "100 Gbps",
    };
    Some(format!("{most}, {}", lineage.policy.settings.sku))
}

fn snat_ports(lineage: &Lineage<'_>) -> Option<String> {
    let addresses = public_addresses(lineage);
    let ports = grouped(addresses.saturating_mul(SNAT_PORTS * INSTANCES));
    match addresses {
        0 => None,
        1 => Some(format!("{ports} or more, 1 public address")),
        several => Some(format!("{ports} or more, {several} public addresses")),
    }
}

fn basic_addresses(lineage: &Lineage<'_>) -> Option<String> {
    Some(format!("{} given, the most is unknown", public_addresses(lineage)))
}

fn dns_servers(lineage: &Lineage<'_>) -> Option<String> {
    let given = lineage.policy.settings.dns.as_ref().map_or(0, |dns| dns.servers.len());
    (given > 0).then(|| format!("{given} given, the most is unknown"))
}

fn is_basic(lineage: &Lineage<'_>) -> bool {
    matches!(lineage.policy.settings.sku, Sku::Basic)
}
