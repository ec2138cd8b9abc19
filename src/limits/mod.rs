//! Azure's limits, and how much of them a model uses.
//!
//! In: a model, and limits that differ from the table's. Out: how much of each limit is used, and by what. Guaranteed: each
//! limit is one row of [`LIMITS`], with its counter, source and date; those that no input can use up, or whose number
//! is not documented, are rows of [`UNCOUNTED`]; where Microsoft's pages disagree, the row has the safe value and
//! states it. The page `LIMITS.md` has all rows. Deliberately absent: findings (`check` reports them).

mod bounds;
mod count;
mod largest;
mod table;
mod uncounted;

use std::fmt;

use crate::model::{Group, IpGroup, Model, Policy, PrivateEndpoint, RouteTable, Rules, size};
use count::{LimitCount, Lineage, number};

pub use bounds::CheckOptions;
pub use count::pairs;
pub use table::*;
pub use uncounted::{UNCOUNTED, Uncounted, UncountedPart, uncounted};

/// One of Azure's limits.
pub struct Limit {
    /// The stable name, as in `network-pairs`.
    pub name: &'static str,
    /// What is counted, as the words after a number.
    pub counts: &'static str,
    /// The most that Azure takes.
    pub max: u64,
    /// Beyond this, a warning.
    pub near: u64,
    /// What it means to be beyond `max`.
    pub force: Force,
    /// How to use less.
    pub instead: &'static str,
    /// Other figures in Microsoft's pages, and what is not known; empty where there is nothing.
    pub note: &'static str,
    /// The page that states it.
    pub source: &'static str,
    /// The date of the page.
    pub date: &'static str,
    counter: LimitCounter,
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
enum LimitCounter {
    Policy(fn(&Lineage<'_>) -> LimitCount),
    Group(fn(&Group) -> LimitCount),
    IpGroup(fn(&IpGroup) -> LimitCount),
    RouteTable(fn(&RouteTable) -> LimitCount),
    Network(fn(&Model) -> LimitCount),
    Endpoint(fn(&PrivateEndpoint) -> LimitCount),
    /// The largest number of any one thing of the policy's own.
    Largest(fn(&Lineage<'_>) -> LimitCount),
    /// The largest number of any one thing around the policies.
    LargestAround(fn(&Model) -> LimitCount),
}

/// How much of a limit something uses.
pub struct LimitUsed {
    /// The limit.
    pub limit: &'static Limit,
    /// What uses it.
    pub of: Of,
    /// How much.
    pub used: u64,
    /// The largest users, the biggest first.
    pub biggest: Vec<(String, u64)>,
}

impl Limit {
    /// Whether the bound is on each one thing, as on a port or a name: there is nothing to save, and in a source each
    /// that is too large is reported where it is written.
    pub fn is_of_one_thing(&self) -> bool {
        match self.counter {
            LimitCounter::Largest(_) | LimitCounter::LargestAround(_) => true,
            LimitCounter::Policy(_)
            | LimitCounter::Group(_)
            | LimitCounter::IpGroup(_)
            | LimitCounter::RouteTable(_)
            | LimitCounter::Network(_)
            | LimitCounter::Endpoint(_) => false,
        }
    }

    /// Whether the language itself has the bound, so that no other can be given.
    pub fn is_fixed(&self) -> bool {
        [NETWORK_PORTS.name, APPLICATION_PORTS.name, PRIORITIES.name].contains(&self.name)
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
    /// A private endpoint.
    Endpoint(String),
    /// Everything around the policies together.
    Network,
}

impl fmt::Display for Of {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Policy(name) => write!(f, "policy `{name}`"),
            Self::Group(name) => write!(f, "group `{name}`"),
            Self::IpGroup(name) => write!(f, "IP group `{name}`"),
            Self::RouteTable(name) => write!(f, "route table `{name}`"),
            Self::Endpoint(name) => write!(f, "private endpoint `{name}`"),
            Self::Network => f.write_str("the network"),
        }
    }
}

/// How much a policy and its groups use, with what the policy inherits.
pub fn used(model: &Model, policy: &Policy) -> Vec<LimitUsed> {
    let lineage = Lineage::new(model, policy);
    let mut found = Vec::new();
    for limit in &LIMITS {
        match limit.counter {
            LimitCounter::Policy(count) | LimitCounter::Largest(count) => {
                found.push(count(&lineage).used(limit, Of::Policy(policy.name.to_string())));
            }
            LimitCounter::Group(count) => {
                let each = |group: &Group| count(group).used(limit, Of::Group(group.name.to_string()));
                found.extend(policy.groups.iter().map(each));
            }
            LimitCounter::IpGroup(_)
            | LimitCounter::RouteTable(_)
            | LimitCounter::Network(_)
            | LimitCounter::Endpoint(_)
            | LimitCounter::LargestAround(_) => {}
        }
    }
    found
}

/// How much a policy uses of one limit of policies.
pub fn used_of(limit: &Limit, model: &Model, policy: &Policy) -> u64 {
    match limit.counter {
        LimitCounter::Policy(count) | LimitCounter::Largest(count) => count(&Lineage::new(model, policy)).total,
        LimitCounter::Group(_)
        | LimitCounter::IpGroup(_)
        | LimitCounter::RouteTable(_)
        | LimitCounter::Network(_)
        | LimitCounter::Endpoint(_)
        | LimitCounter::LargestAround(_) => 0,
    }
}

/// How much is used around the policies: by each IP group, route table and private endpoint, and by all together.
pub fn around(model: &Model) -> Vec<LimitUsed> {
    LIMITS.iter().flat_map(|limit| around_of(limit, model)).collect()
}

fn around_of(limit: &'static Limit, model: &Model) -> Vec<LimitUsed> {
    match limit.counter {
        LimitCounter::IpGroup(count) => {
            let each = |group: &IpGroup| count(group).used(limit, Of::IpGroup(group.name.to_string()));
            model.own_ip_groups().map(each).collect()
        }
        LimitCounter::RouteTable(count) => {
            let each = |table: &RouteTable| count(table).used(limit, Of::RouteTable(table.name.to_string()));
            model.route_tables.iter().map(each).collect()
        }
        LimitCounter::Endpoint(count) => {
            let name = |endpoint: &PrivateEndpoint| Of::Endpoint(endpoint.name.clone());
            model.private_endpoints.iter().map(|endpoint| count(endpoint).used(limit, name(endpoint))).collect()
        }
        LimitCounter::Network(count) | LimitCounter::LargestAround(count) => {
            vec![count(model).used(limit, Of::Network)]
        }
        LimitCounter::Policy(_) | LimitCounter::Group(_) | LimitCounter::Largest(_) => Vec::new(),
    }
}

/// What one group uses of the limits that it shares with the others of its policy, and of its own.
pub struct GroupShare {
    /// Its name.
    pub name: String,
    /// Its place among the groups.
    pub priority: u16,
    /// Its rule collections.
    pub collections: u64,
    /// Its rules.
    pub rules: u64,
    /// Pairs of source and destination in its network rules.
    pub pairs: u64,
    /// Its DNAT rules.
    pub dnat_rules: u64,
    /// Its size in bytes, as estimated.
    pub bytes: u64,
}

/// What each group of a policy uses.
pub fn shares(policy: &Policy) -> Vec<GroupShare> {
    policy.groups.iter().map(share).collect()
}

fn share(group: &Group) -> GroupShare {
    let rules = || group.collections.iter().map(|own| &own.rules);
    GroupShare {
        name: group.name.to_string(),
        priority: group.priority.get(),
        collections: number(group.collections.len()),
        rules: number(rules().map(Rules::len).sum()),
        pairs: rules().map(pairs).sum(),
        dnat_rules: number(rules().map(|rules| rules.nat().len()).sum()),
        bytes: size::group(group),
    }
}
