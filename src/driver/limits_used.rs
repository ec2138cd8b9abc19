//! How much of Azure's limits is used, as the JSON documents have it.

use serde::Serialize;
use serde_json::{Value, json};

use crate::limits::{self, CheckOptions, GroupShare, LimitUsed, Of, UncountedPart};
use crate::model::{Model, Policy};

/// What is to be accounted for: policies of a model, and what is around them.
#[derive(Clone, Copy)]
pub struct Account<'a> {
    /// The model.
    pub model: &'a Model,
    /// The policies.
    pub policies: &'a [&'a Policy],
    /// The limits that hold.
    pub given: &'a CheckOptions,
}

/// One of Azure's limits, and how much of it is used.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LimitEntry {
    name: &'static str,
    used: u64,
    max: u64,
    free: u64,
    /// Beyond this, a warning; the optimiser keeps groups below it.
    safe: u64,
    #[serde(flatten)]
    whose: Whose,
}

/// What uses a limit, where it is not the policy.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Whose {
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip_group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    route_table: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    private_endpoint: Option<String>,
}

impl Whose {
    fn of(used: &LimitUsed) -> Self {
        let mut whose = Self::default();
        match &used.of {
            Of::Policy(_) | Of::Network => {}
            Of::Group(name) => whose.group = Some(name.clone()),
            Of::IpGroup(name) => whose.ip_group = Some(name.clone()),
            Of::RouteTable(name) => whose.route_table = Some(name.clone()),
            Of::Endpoint(name) => whose.private_endpoint = Some(name.clone()),
        }
        whose
    }
}

impl LimitEntry {
    fn of(used: &LimitUsed, given: &CheckOptions) -> Self {
        let max = given.max(used.limit);
        Self {
            name: used.limit.name,
            used: used.used,
            max,
            free: max.saturating_sub(used.used),
            safe: given.near(used.limit),
            whose: Whose::of(used),
        }
    }
}

/// A limit that is not counted.
#[derive(Debug, Serialize)]
pub struct UncountedEntry {
    name: &'static str,
    says: String,
    why: &'static str,
}

impl UncountedEntry {
    fn of(UncountedPart { row, here }: UncountedPart) -> Self {
        Self { name: row.name, says: here.unwrap_or_else(|| row.says.to_owned()), why: row.why }
    }
}

/// What one group uses of the limits that all groups share, and of its own.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupEntry {
    name: String,
    priority: u16,
    collections: u64,
    rules: u64,
    pairs: u64,
    dnat_rules: u64,
    bytes: u64,
}

impl GroupEntry {
    fn of(share: GroupShare) -> Self {
        let GroupShare { name, priority, collections, rules, pairs, dnat_rules, bytes } = share;
        Self { name, priority, collections, rules, pairs, dnat_rules, bytes }
    }
}

/// The limit of which most is used, by whom, and how to use less.
#[derive(Debug, Serialize)]
pub struct NextEntry {
    name: &'static str,
    #[serde(flatten)]
    whose: Whose,
    percent: u64,
    biggest: Vec<UsedPart>,
    instead: &'static str,
}

#[derive(Debug, Serialize)]
struct UsedPart {
    name: String,
    used: u64,
}

impl NextEntry {
    fn of(used: &LimitUsed, given: &CheckOptions) -> Self {
        let part = |(name, used): &(String, u64)| UsedPart { name: name.clone(), used: *used };
        Self {
            name: used.limit.name,
            whose: Whose::of(used),
            percent: percent(used, given),
            biggest: used.biggest.iter().map(part).collect(),
            instead: used.limit.instead,
        }
    }
}

/// Everything that the accountant states of one policy.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyLimits {
    /// How much of Azure's limits the policy and its groups use.
    limits: Vec<LimitEntry>,
    /// The limits that are not counted.
    uncounted: Vec<UncountedEntry>,
    /// What each group uses.
    per_group: Vec<GroupEntry>,
    /// What to split, or use less of, next.
    #[serde(skip_serializing_if = "Option::is_none")]
    split_next: Option<NextEntry>,
}

/// What is said of a policy.
pub fn of_policy(model: &Model, policy: &Policy, given: &CheckOptions) -> PolicyLimits {
    let used = limits::used(model, policy);
    PolicyLimits {
        limits: used.iter().map(|used| LimitEntry::of(used, given)).collect(),
        uncounted: limits::uncounted(model, policy).into_iter().map(UncountedEntry::of).collect(),
        per_group: limits::shares(policy).into_iter().map(GroupEntry::of).collect(),
        split_next: fullest(&used, given).map(|used| NextEntry::of(used, given)),
    }
}

/// Everything that the accountant states of what is around the policies.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LimitsAround {
    /// How much of Azure's limits IP groups, route tables, private endpoints and names use.
    limits: Vec<LimitEntry>,
    /// What to split, or use less of, next.
    #[serde(skip_serializing_if = "Option::is_none")]
    split_next: Option<NextEntry>,
}

/// What is said of what is around the policies.
pub fn around(model: &Model, given: &CheckOptions) -> LimitsAround {
    let used = limits::around(model);
    LimitsAround {
        limits: used.iter().map(|used| LimitEntry::of(used, given)).collect(),
        split_next: fullest(&used, given).map(|used| NextEntry::of(used, given)),
    }
}

/// The same of several policies and of what is around them, each with what it is of: a list for each field.
pub fn lists(account: &Account<'_>) -> [(&'static str, Vec<Value>); 4] {
    let mut lists = ["limits", "uncounted", "perGroup", "splitNext"].map(|name| (name, Vec::new()));
    let [limits, uncounted, per_group, split_next] = &mut lists;
    for policy in account.policies {
        let of = of_policy(account.model, policy, account.given);
        limits.1.extend(of.limits.iter().map(|entry| with_policy(json!(entry), policy)));
        uncounted.1.extend(of.uncounted.iter().map(|entry| with_policy(json!(entry), policy)));
        per_group.1.extend(of.per_group.iter().map(|entry| with_policy(json!(entry), policy)));
        split_next.1.extend(of.split_next.iter().map(|entry| with_policy(json!(entry), policy)));
    }
    let around = around(account.model, account.given);
    limits.1.extend(around.limits.iter().map(|entry| json!(entry)));
    split_next.1.extend(around.split_next.iter().map(|entry| json!(entry)));
    lists
}

fn with_policy(mut entry: Value, policy: &Policy) -> Value {
    if let Some(fields) = entry.as_object_mut() {
        fields.insert("policy".to_owned(), policy.name.label().into());
    }
    entry
}

/// The limit of which most is used: of those that can be saved.
pub fn fullest<'u>(all: &'u [LimitUsed], given: &CheckOptions) -> Option<&'u LimitUsed> {
    let counted = all.iter().filter(|used| used.used > 0 && !used.limit.is_of_one_thing());
    // Of equal ones the first.
    counted.rev().max_by_key(|used| percent_fine(used, given))
}

/// Rounded down, but never to all of it where there is more.
pub fn percent(used: &LimitUsed, given: &CheckOptions) -> u64 {
    let least = if used.used > given.max(used.limit) { 101 } else { 0 };
    least.max(percent_fine(used, given) / 1000)
}

/// In thousandths of a percent.
pub fn percent_fine(used: &LimitUsed, given: &CheckOptions) -> u64 {
    let part = u128::from(used.used) * 100_000 / u128::from(given.max(used.limit).max(1));
    u64::try_from(part).unwrap_or(u64::MAX)
}
