//! The limits that fwc counts, a row for each.

use crate::model::{LAST_APPLICATION_PORT, Priority};

use super::count::{self, LimitCount};
use super::{Force, Limit, LimitCounter, largest};

const FIREWALL_LIMITS: &str = "MicrosoftDocs/azure-docs, includes/firewall-limits.md";
const FIREWALL_LIMITS_DATE: &str = "2023-10-10";

/// The most rule collection groups of a policy. Pages state 50 (before July 2022), 60 and, the newest copies, 90.
pub const GROUPS: Limit = Limit {
    name: "groups",
    counts: "rule collection groups",
    max: 90,
    near: 60,
    force: Force::Refused,
    instead: "put rules of several groups into one",
    note: "50 for policies made before July 2022, 60 in the newest page that was read, 90 in later copies",
    source: FIREWALL_LIMITS,
    date: FIREWALL_LIMITS_DATE,
    counter: LimitCounter::Policy(count::groups),
};
/// The most rule collections that a firewall reads.
pub const COLLECTIONS: Limit = Limit {
    name: "collections",
    counts: "rule collections",
    max: 2_000,
    near: 1_800,
    force: Force::Refused,
    instead: "put rules of several collections into one",
    note: "",
    source: "not in Microsoft's list of limits",
    date: FIREWALL_LIMITS_DATE,
    counter: LimitCounter::Policy(count::collections),
};
/// The public addresses of the firewall and the unique destinations of DNAT. Whether a destination is that before or
/// after translation is not documented: the larger number counts.
pub const DNAT: Limit = Limit {
    name: "dnat",
    counts: "public addresses and unique DNAT destinations",
    max: 250,
    near: 225,
    force: Force::Refused,
    instead: "translate fewer addresses and ports, or use another firewall",
    note: "298 in older pages",
    source: FIREWALL_LIMITS,
    date: FIREWALL_LIMITS_DATE,
    counter: LimitCounter::Policy(count::dnat),
};
/// The public addresses of a firewall. Basic takes fewer; the number is not documented.
pub const PUBLIC_ADDRESSES: Limit = Limit {
    name: "public-addresses",
    counts: "public addresses",
    max: 250,
    near: 225,
    force: Force::Refused,
    instead: "put a NAT gateway on the firewall's subnet, or use another firewall",
    note: "a Basic firewall takes several; no page documents how many",
    source: FIREWALL_LIMITS,
    date: FIREWALL_LIMITS_DATE,
    counter: LimitCounter::Policy(count::public),
};
/// The sum over network rules of unique sources times unique destinations; an IP group counts as one. Older pages: 10,000.
pub const NETWORK_PAIRS: Limit = Limit {
    name: "network-pairs",
    counts: "pairs of source and destination in network rules",
    max: 20_000,
    near: 18_000,
    force: Force::Refused,
    instead: "put addresses into an `ip-group`, which counts as one",
    note: "10,000 in older pages; a newer formula that also counts names, protocols and ports is not confirmed",
    source: FIREWALL_LIMITS,
    date: FIREWALL_LIMITS_DATE,
    counter: LimitCounter::Policy(count::network_pairs),
};
/// The different host names in network rules.
pub const NETWORK_NAMES: Limit = Limit {
    name: "network-names",
    counts: "host names in network rules",
    max: 1_000,
    near: 1_000,
    force: Force::Advised,
    instead: "use `https` or `http`, whose rules look at names",
    note: "advice, for speed",
    source: FIREWALL_LIMITS,
    date: FIREWALL_LIMITS_DATE,
    counter: LimitCounter::Policy(count::network_names),
};
/// The most IP groups that a firewall uses. Older pages: 100.
pub const IP_GROUPS: Limit = Limit {
    name: "ip-groups",
    counts: "IP groups",
    max: 200,
    near: 180,
    force: Force::Refused,
    instead: "put several IP groups into one, or write short lists as addresses",
    note: "100 in older pages",
    source: FIREWALL_LIMITS,
    date: FIREWALL_LIMITS_DATE,
    counter: LimitCounter::Policy(count::ip_groups_used),
};
/// The most signatures that intrusion detection treats otherwise.
pub const IDPS_SIGNATURES: Limit = Limit {
    name: "idps-signatures",
    counts: "signatures of intrusion detection",
    max: 10_000,
    near: 9_000,
    force: Force::Refused,
    instead: "let more signatures follow the mode of `idps`",
    note: "",
    source: "MicrosoftDocs/azure-docs, articles/firewall/features-by-sku.md",
    date: "2025-09-18",
    counter: LimitCounter::Policy(count::idps_signatures),
};
/// The rules of one group: 1 MB for policies from before July 2022, else 2 MB. Users meet the bound earlier
/// (MicrosoftDocs/azure-docs#93880), which is why the warning comes early.
pub const GROUP_SIZE: Limit = Limit {
    name: "group-size",
    counts: "bytes of rules, as estimated from their JSON",
    max: 2_000_000,
    near: 1_400_000,
    force: Force::Refused,
    instead: "make two groups of it, or put long address lists into an `ip-group`",
    note: "1 MB for policies made before July 2022; how Azure counts is not documented, and it refuses earlier",
    source: FIREWALL_LIMITS,
    date: FIREWALL_LIMITS_DATE,
    counter: LimitCounter::Group(count::group_size),
};
/// The most members of an IP group: addresses, prefixes or ranges.
pub const IP_GROUP_ADDRESSES: Limit = Limit {
    name: "ip-group-addresses",
    counts: "addresses and prefixes",
    max: 5_000,
    near: 4_500,
    force: Force::Refused,
    instead: "make two IP groups of it",
    note: "",
    source: FIREWALL_LIMITS,
    date: FIREWALL_LIMITS_DATE,
    counter: LimitCounter::IpGroup(count::ip_group_addresses),
};
/// The most routes of a table. Newer text: 600, and 1,000 with Virtual Network Manager.
pub const ROUTES: Limit = Limit {
    name: "routes",
    counts: "routes",
    max: 400,
    near: 360,
    force: Force::Refused,
    instead: "route larger prefixes, or use another table",
    note: "newer text: 600, and 1,000 with Virtual Network Manager",
    source: "MicrosoftDocs/azure-docs, Azure networking limits (newer text by hearsay only)",
    date: FIREWALL_LIMITS_DATE,
    counter: LimitCounter::RouteTable(count::routes),
};
/// The most routes of a table to service tags.
pub const TAG_ROUTES: Limit = Limit {
    name: "tag-routes",
    counts: "routes to service tags",
    max: 25,
    near: 22,
    force: Force::Refused,
    instead: "route fewer tags, or one without a region",
    note: "",
    source: "MicrosoftDocs/azure-docs, articles/virtual-network/virtual-networks-udr-overview.md",
    date: "2024",
    counter: LimitCounter::RouteTable(count::tag_routes),
};

/// The route tables of a subscription in a region, of which these are some.
pub const ROUTE_TABLES: Limit = Limit {
    name: "route-tables",
    counts: "route tables",
    max: 200,
    near: 180,
    force: Force::Refused,
    instead: "let subnets share a table",
    note: "in a subscription and region, of which fwc sees those of the input",
    source: "MicrosoftDocs/azure-docs, Azure networking limits (no page recorded)",
    date: FIREWALL_LIMITS_DATE,
    counter: LimitCounter::Network(|model| LimitCount::of(model.route_tables.len())),
};

const HEADER_INSERTION: &str = "MicrosoftDocs/azure-docs, articles/firewall/configure-http-header-insertion.md";

/// The length of an HTTP header's name.
pub const HEADER_NAME: Limit = Limit {
    name: "header-name",
    counts: "characters of a header name",
    max: 100,
    near: 100,
    force: Force::Refused,
    instead: "use a shorter name",
    note: "in bytes, the safe side for text beyond ASCII",
    source: HEADER_INSERTION,
    date: "2026-07-20",
    counter: LimitCounter::Largest(largest::header_name),
};
/// The length of an HTTP header's value.
pub const HEADER_VALUE: Limit = Limit {
    name: "header-value",
    counts: "characters of a header value",
    max: 16_000,
    near: 16_000,
    instead: "use a shorter value",
    counter: LimitCounter::Largest(largest::header_value),
    ..HEADER_NAME
};
/// The length of all HTTP headers of a rule.
pub const HEADERS: Limit = Limit {
    name: "headers",
    counts: "bytes of headers in a rule",
    max: 16_384,
    near: 16_384,
    instead: "insert fewer or shorter headers",
    counter: LimitCounter::Largest(largest::headers),
    ..HEADER_NAME
};

/// The length of names of policies, groups, collections and rules; that of rules is not documented and taken to be alike.
pub const NAMES: Limit = Limit {
    name: "names",
    counts: "characters of a name",
    max: 80,
    near: 80,
    force: Force::Refused,
    instead: "use a shorter name",
    note: "of policies, groups, collections and rules; no page speaks of rules",
    source: "MicrosoftDocs/azure-docs, resource-name-rules.md",
    date: "2026-08-21",
    counter: LimitCounter::Largest(largest::names),
};

/// The length of the names of selector groups, which hold pods of a cluster.
pub const SELECTOR_NAMES: Limit = Limit {
    name: "selector-names",
    counts: "characters of the name of a selector group",
    note: "",
    source: "Azure/bicep-types-az, Microsoft.Network 2025-09-01, firewallPolicies/kubeSelectorGroups",
    date: "2026-08-20",
    counter: LimitCounter::Largest(largest::selector_names),
    ..NAMES
};
/// The length of the names of IP groups.
pub const IP_GROUP_NAMES: Limit = Limit {
    name: "ip-group-names",
    counts: "characters of the name of an IP group",
    note: "no page speaks of it: taken to be as for the other resources",
    counter: LimitCounter::LargestAround(largest::ip_group_names),
    ..NAMES
};
/// The length of the names of route tables and routes.
pub const ROUTE_NAMES: Limit = Limit {
    name: "route-names",
    counts: "characters of the name of a route table or route",
    note: "",
    counter: LimitCounter::LargestAround(largest::route_names),
    ..NAMES
};
/// The length of the names of firewalls.
pub const FIREWALL_NAMES: Limit = Limit {
    name: "firewall-names",
    counts: "characters of the name of a firewall",
    max: 50,
    near: 50,
    note: "",
    source: "MicrosoftDocs/azure-docs, articles/firewall/firewall-faq.yml",
    date: "2023-01",
    counter: LimitCounter::LargestAround(largest::firewall_names),
    ..NAMES
};

/// The largest port of network rules. The language has no larger one.
pub const NETWORK_PORTS: Limit = Limit {
    name: "network-ports",
    counts: "for a port of network rules",
    max: u16::MAX as u64,
    near: u16::MAX as u64,
    force: Force::Refused,
    instead: "use a smaller port",
    note: "",
    source: FIREWALL_LIMITS,
    date: FIREWALL_LIMITS_DATE,
    counter: LimitCounter::Largest(largest::network_ports),
};
/// The largest port of application rules. The language has no larger one.
pub const APPLICATION_PORTS: Limit = Limit {
    name: "application-ports",
    counts: "for a port of application rules",
    max: LAST_APPLICATION_PORT as u64,
    near: LAST_APPLICATION_PORT as u64,
    note: "the page of limits states 65535",
    source: "Azure/bicep-types-az, Microsoft.Network 2025-09-01, FirewallPolicyRuleApplicationProtocol",
    date: "2026-08-20",
    counter: LimitCounter::Largest(largest::application_ports),
    ..NETWORK_PORTS
};
/// The largest port of DNAT rules, before or after translation; newer pages do not name one. The safe value.
pub const DNAT_PORTS: Limit = Limit {
    name: "dnat-ports",
    counts: "for a port of DNAT",
    max: 63_999,
    near: 63_999,
    note: "a known issue of older pages; newer ones name no bound; Terraform takes 64000, and 65535 after translation",
    source: "MicrosoftDocs/azure-docs, articles/firewall/overview.md, older copies",
    date: "not recorded",
    counter: LimitCounter::Largest(largest::dnat_ports),
    ..NETWORK_PORTS
};
/// The largest priority of a group or a collection. The language has none outside.
pub const PRIORITIES: Limit = Limit {
    name: "priorities",
    counts: "for a priority",
    max: Priority::LAST.get() as u64,
    near: Priority::LAST.get() as u64,
    force: Force::Refused,
    instead: "use a smaller priority",
    note: "the first is 100",
    source: "Azure/bicep-types-az, Microsoft.Network 2025-09-01; hashicorp/terraform-provider-azurerm",
    date: "2026-08-21",
    counter: LimitCounter::Largest(largest::priorities),
};
/// The length of the prefix of a firewall's subnet: the longer, the smaller the subnet.
pub const FIREWALL_SUBNET: Limit = Limit {
    name: "firewall-subnet",
    counts: "AzureFirewallSubnet",
    max: 26,
    near: 26,
    force: Force::Refused,
    instead: "give the firewall a subnet of /26 or larger",
    note: "the length of its prefix: the longer, the smaller the subnet",
    source: FIREWALL_LIMITS,
    date: FIREWALL_LIMITS_DATE,
    counter: LimitCounter::LargestAround(largest::firewall_subnet),
};
/// The private DNS zones of one private endpoint.
pub const ENDPOINT_ZONES: Limit = Limit {
    name: "endpoint-zones",
    counts: "private DNS zones",
    max: 5,
    near: 5,
    force: Force::Refused,
    instead: "make a private endpoint for each service",
    note: "of the DNS zone group of a private endpoint",
    source: "Azure Private Link documentation, no page recorded",
    date: "not recorded",
    counter: LimitCounter::Endpoint(count::endpoint_zones),
};

/// Every limit.
pub static LIMITS: [Limit; 27] = [
    GROUPS,
    COLLECTIONS,
    PUBLIC_ADDRESSES,
    DNAT,
    NETWORK_PAIRS,
    NETWORK_NAMES,
    IP_GROUPS,
    IDPS_SIGNATURES,
    GROUP_SIZE,
    IP_GROUP_ADDRESSES,
    ROUTES,
    TAG_ROUTES,
    ROUTE_TABLES,
    HEADER_NAME,
    HEADER_VALUE,
    HEADERS,
    NAMES,
    SELECTOR_NAMES,
    IP_GROUP_NAMES,
    ROUTE_NAMES,
    FIREWALL_NAMES,
    NETWORK_PORTS,
    APPLICATION_PORTS,
    DNAT_PORTS,
    PRIORITIES,
    FIREWALL_SUBNET,
    ENDPOINT_ZONES,
];
