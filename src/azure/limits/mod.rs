//! Azure's limits, and how much of them a model uses.
//!
//! Each limit is one row of [`LIMITS`], with its counter. Where Microsoft's pages disagree, the row has the safe value
//! and says so.

mod count;

use std::fmt;

use super::model::{Group, IpGroup, Model, Policy, RouteTable};
use count::{Count, Lineage};

pub(super) use count::pairs;

/// One of Azure's limits.
pub struct Limit {
    /// The stable name, as in `network-pairs`.
    pub name: &'static str,
    /// What is counted, as it goes behind a number.
    pub counts: &'static str,
    /// The most that Azure takes.
    pub max: u64,
    /// Beyond this, a warning.
    pub near: u64,
    /// What it means to be beyond `max`.
    pub force: Force,
    /// How to use less.
    pub instead: &'static str,
    /// The page that says so.
    pub source: &'static str,
    /// The date of the page.
    pub date: &'static str,
    counter: Counter,
}

/// What it means to be beyond a limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Force {
    /// Azure refuses.
    Refused,
    /// Azure advises against it.
    Advised,
}

/// What has a limit, and what counts it.
enum Counter {
    Policy(fn(&Lineage<'_>) -> Count),
    Group(fn(&Group) -> Count),
    IpGroup(fn(&IpGroup) -> Count),
    RouteTable(fn(&RouteTable) -> Count),
    Network(fn(&Model) -> Count),
    /// The most of any one thing that the policy reads. The checks of names and headers report it where it is written.
    Largest(fn(&Lineage<'_>) -> Count),
}

/// How much of a limit something uses.
pub struct Used {
    /// The limit.
    pub limit: &'static Limit,
    /// What uses it.
    pub of: Of,
    /// How much.
    pub used: u64,
    /// Those who use most of it, the biggest first.
    pub biggest: Vec<(String, u64)>,
}

impl Limit {
    /// Whether each thing that is too large is reported where it is written.
    pub fn is_of_one_thing(&self) -> bool {
        match self.counter {
            Counter::Largest(_) => true,
            Counter::Policy(_)
            | Counter::Group(_)
            | Counter::IpGroup(_)
            | Counter::RouteTable(_)
            | Counter::Network(_) => false,
        }
    }
}

/// What uses a limit, by name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Of {
    /// The policy itself, with what it inherits.
    Policy(String),
    /// A group of the policy.
    Group(String),
    /// An IP group.
    IpGroup(String),
    /// A route table.
    RouteTable(String),
    /// All route tables together.
    Network,
}

impl fmt::Display for Of {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Policy(name) => write!(f, "policy `{name}`"),
            Self::Group(name) => write!(f, "group `{name}`"),
            Self::IpGroup(name) => write!(f, "IP group `{name}`"),
            Self::RouteTable(name) => write!(f, "route table `{name}`"),
            Self::Network => f.write_str("the network"),
        }
    }
}

const FIREWALL_LIMITS: &str = "MicrosoftDocs/azure-docs, includes/firewall-limits.md";
const FIREWALL_LIMITS_DATE: &str = "2023-10-10";

/// The most rule collection groups of a policy. Pages say 50 (before July 2022), 60 and, the newest copies, 90.
pub const GROUPS: Limit = Limit {
    name: "groups",
    counts: "rule collection groups",
    max: 90,
    near: 60,
    force: Force::Refused,
    instead: "put rules of several groups into one",
    source: FIREWALL_LIMITS,
    date: FIREWALL_LIMITS_DATE,
    counter: Counter::Policy(count::groups),
};
/// The most rule collections that a firewall reads.
pub const COLLECTIONS: Limit = Limit {
    name: "collections",
    counts: "rule collections",
    max: 2_000,
    near: 1_800,
    force: Force::Refused,
    instead: "put rules of several collections into one",
    source: "no page recorded; not in Microsoft's list of limits",
    date: FIREWALL_LIMITS_DATE,
    counter: Counter::Policy(count::collections),
};
/// The public addresses of the firewall and the unique destinations of DNAT. Whether a destination is that before or
/// after translation is not said: the larger number counts.
pub const DNAT: Limit = Limit {
    name: "dnat",
    counts: "public addresses and unique DNAT destinations",
    max: 250,
    near: 225,
    force: Force::Refused,
    instead: "translate fewer addresses and ports, or use another firewall",
    source: FIREWALL_LIMITS,
    date: FIREWALL_LIMITS_DATE,
    counter: Counter::Policy(count::dnat),
};
/// The public addresses of a firewall. Basic takes fewer; no page says how many.
pub const PUBLIC_ADDRESSES: Limit = Limit {
    name: "public-addresses",
    counts: "public addresses",
    max: 250,
    near: 225,
    force: Force::Refused,
    instead: "put a NAT gateway on the firewall's subnet, or use another firewall",
    source: FIREWALL_LIMITS,
    date: FIREWALL_LIMITS_DATE,
    counter: Counter::Policy(count::public),
};
/// The sum over network rules of unique sources times unique destinations; an IP group counts as one. Older pages: 10,000.
pub const NETWORK_PAIRS: Limit = Limit {
    name: "network-pairs",
    counts: "pairs of source and destination in network rules",
    max: 20_000,
    near: 18_000,
    force: Force::Refused,
    instead: "put addresses into an `ip-group`, which counts as one",
    source: FIREWALL_LIMITS,
    date: FIREWALL_LIMITS_DATE,
    counter: Counter::Policy(count::network_pairs),
};
/// The different host names in network rules.
pub const NETWORK_NAMES: Limit = Limit {
    name: "network-names",
    counts: "host names in network rules",
    max: 1_000,
    near: 1_000,
    force: Force::Advised,
    instead: "use `https` or `http`, whose rules look at names",
    source: FIREWALL_LIMITS,
    date: FIREWALL_LIMITS_DATE,
    counter: Counter::Policy(count::network_names),
};
/// The most IP groups that a firewall uses. Older pages: 100.
pub const IP_GROUPS: Limit = Limit {
    name: "ip-groups",
    counts: "IP groups",
    max: 200,
    near: 180,
    force: Force::Refused,
    instead: "put several IP groups into one, or write short lists as addresses",
    source: FIREWALL_LIMITS,
    date: FIREWALL_LIMITS_DATE,
    counter: Counter::Policy(count::ip_groups_used),
};
/// The most signatures that intrusion detection treats otherwise.
pub const IDPS_SIGNATURES: Limit = Limit {
    name: "idps-signatures",
    counts: "signatures of intrusion detection",
    max: 10_000,
    near: 9_000,
    force: Force::Refused,
    instead: "let more signatures follow the mode of `idps`",
    source: "MicrosoftDocs/azure-docs, articles/firewall/features-by-sku.md",
    date: "2025-09-18",
    counter: Counter::Policy(count::idps_signatures),
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
    source: FIREWALL_LIMITS,
    date: FIREWALL_LIMITS_DATE,
    counter: Counter::Group(count::group_size),
};
/// The most members of an IP group: addresses, prefixes or ranges.
pub const IP_GROUP_ADDRESSES: Limit = Limit {
    name: "ip-group-addresses",
    counts: "addresses and prefixes",
    max: 5_000,
    near: 4_500,
    force: Force::Refused,
    instead: "make two IP groups of it",
    source: FIREWALL_LIMITS,
    date: FIREWALL_LIMITS_DATE,
    counter: Counter::IpGroup(count::ip_group_addresses),
};
/// The most routes of a table. Newer text: 600, and 1,000 with Virtual Network Manager.
pub const ROUTES: Limit = Limit {
    name: "routes",
    counts: "routes",
    max: 400,
    near: 360,
    force: Force::Refused,
    instead: "route larger prefixes, or use another table",
    source: "MicrosoftDocs/azure-docs, Azure networking limits (newer text by hearsay only)",
    date: FIREWALL_LIMITS_DATE,
    counter: Counter::RouteTable(count::routes),
};
/// The most routes of a table to service tags.
pub const TAG_ROUTES: Limit = Limit {
    name: "tag-routes",
    counts: "routes to service tags",
    max: 25,
    near: 22,
    force: Force::Refused,
    instead: "route fewer tags, or one without a region",
    source: "MicrosoftDocs/azure-docs, articles/virtual-network/virtual-networks-udr-overview.md",
    date: "2024",
    counter: Counter::RouteTable(count::tag_routes),
};

/// The route tables of a subscription in a region, of which these are some.
pub const ROUTE_TABLES: Limit = Limit {
    name: "route-tables",
    counts: "route tables",
    max: 200,
    near: 180,
    force: Force::Refused,
    instead: "let subnets share a table",
    source: "MicrosoftDocs/azure-docs, Azure networking limits (no page recorded)",
    date: FIREWALL_LIMITS_DATE,
    counter: Counter::Network(|model| Count::of(model.route_tables.len())),
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
    source: HEADER_INSERTION,
    date: "2026-07-20",
    counter: Counter::Largest(count::header_name),
};
/// The length of an HTTP header's value.
pub const HEADER_VALUE: Limit = Limit {
    name: "header-value",
    counts: "characters of a header value",
    max: 16_000,
    near: 16_000,
    instead: "use a shorter value",
    counter: Counter::Largest(count::header_value),
    ..HEADER_NAME
};
/// The length of all HTTP headers of a rule.
pub const HEADERS: Limit = Limit {
    name: "headers",
    counts: "bytes of headers in a rule",
    max: 16_384,
    near: 16_384,
    instead: "insert fewer or shorter headers",
    counter: Counter::Largest(count::headers),
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
    source: "MicrosoftDocs/azure-docs, resource-name-rules.md",
    date: "2026-08-21",
    counter: Counter::Largest(count::names),
};

/// Every limit.
pub static LIMITS: [Limit; 17] = [
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
];

/// How much a policy and its groups use, with what the policy inherits.
pub fn used(model: &Model, policy: &Policy) -> Vec<Used> {
    let parent = model.parent_of(policy).filter(|parent| !std::ptr::eq(*parent, policy));
    let lineage = Lineage { model, policy, parent };
    let mut found = Vec::new();
    for limit in &LIMITS {
        match limit.counter {
            Counter::Policy(count) | Counter::Largest(count) => {
                found.push(count(&lineage).used(limit, Of::Policy(policy.name.clone())));
            }
            Counter::Group(count) => {
                let each = |group: &Group| count(group).used(limit, Of::Group(group.name.clone()));
                found.extend(policy.groups.iter().map(each));
            }
            Counter::IpGroup(_) | Counter::RouteTable(_) | Counter::Network(_) => {}
        }
    }
    found
}

/// How much each IP group uses.
pub fn ip_groups(model: &Model) -> Vec<Used> {
    let mut found = Vec::new();
    for limit in &LIMITS {
        if let Counter::IpGroup(count) = limit.counter {
            let each = |group: &IpGroup| count(group).used(limit, Of::IpGroup(group.name.clone()));
            found.extend(model.ip_groups.values().map(each));
        }
    }
    found
}

/// How much each route table uses, and all of them together.
pub fn route_tables(model: &Model) -> Vec<Used> {
    let mut found = Vec::new();
    for limit in &LIMITS {
        match limit.counter {
            Counter::RouteTable(count) => {
                let each = |table: &RouteTable| count(table).used(limit, Of::RouteTable(table.name.clone()));
                found.extend(model.route_tables.iter().map(each));
            }
            Counter::Network(count) if !model.route_tables.is_empty() => {
                found.push(count(model).used(limit, Of::Network));
            }
            Counter::Network(_)
            | Counter::Policy(_)
            | Counter::Group(_)
            | Counter::IpGroup(_)
            | Counter::Largest(_) => {}
        }
    }
    found
}
