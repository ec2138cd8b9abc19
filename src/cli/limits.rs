//! How much of Azure's limits is used: for people, and for programs.

use std::fmt::Write;

use serde::Serialize;
use serde_json::{Value, json};

use crate::azure::limits::{self, Of, Used};
use crate::azure::{CheckOptions, Model, Policy, grouped};

/// How many groups of a policy are shown, the fullest first; the manifest has them all.
const GROUPS: usize = 3;
/// From this part on, in percent, it is said what to split.
const FULL: u64 = 50;

/// One of Azure's limits, and how much of it is used.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LimitEntry {
    name: String,
    used: u64,
    max: u64,
    free: u64,
    /// Beyond this, a warning; the optimiser keeps groups below it.
    safe: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip_group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    route_table: Option<String>,
}

impl LimitEntry {
    fn of(used: &Used, given: &CheckOptions) -> Self {
        let max = given.max(used.limit);
        let mut entry = Self {
            name: used.limit.name.to_owned(),
            used: used.used,
            max,
            free: max.saturating_sub(used.used),
            safe: given.near(used.limit),
            group: None,
            ip_group: None,
            route_table: None,
        };
        match &used.of {
            Of::Policy(_) | Of::Network => {}
            Of::Group(name) => entry.group = Some(name.clone()),
            Of::IpGroup(name) => entry.ip_group = Some(name.clone()),
            Of::RouteTable(name) => entry.route_table = Some(name.clone()),
        }
        entry
    }
}

/// What a policy and its groups use.
pub(super) fn of_policy(model: &Model, policy: &Policy, given: &CheckOptions) -> Vec<LimitEntry> {
    limits::used(model, policy).iter().map(|used| LimitEntry::of(used, given)).collect()
}

/// What IP groups and route tables use.
pub(super) fn of_network(model: &Model, given: &CheckOptions) -> Vec<LimitEntry> {
    network(model).iter().map(|used| LimitEntry::of(used, given)).collect()
}

/// The same of several policies and of the network, each with what it is of.
pub(super) fn entries(model: &Model, policies: &[&Policy], given: &CheckOptions) -> Vec<Value> {
    let of = |policy: &&Policy| {
        let entries = of_policy(model, policy, given).into_iter();
        entries.map(|entry| with_policy(&entry, Some(&policy.name))).collect::<Vec<Value>>()
    };
    let network = of_network(model, given);
    let network = network.iter().map(|entry| with_policy(entry, None));
    policies.iter().flat_map(of).chain(network).collect()
}

fn with_policy(entry: &LimitEntry, policy: Option<&str>) -> Value {
    let mut value = json!(entry);
    if let (Some(fields), Some(policy)) = (value.as_object_mut(), policy) {
        fields.insert("policy".to_owned(), policy.into());
    }
    value
}

fn network(model: &Model) -> Vec<Used> {
    limits::ip_groups(model).into_iter().chain(limits::route_tables(model)).collect()
}

/// Every limit of which anything is used, as a table at most 80 columns wide.
pub(super) fn table(model: &Model, policies: &[&Policy], given: &CheckOptions) -> String {
    let mut text = format!("\n{:51}  {:>9}  {:>9}  {:>4}\n", "limits", "used", "free", "full");
    let (mut some, mut unused): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    let mut fullest: Option<(u64, Used)> = None;
    let parts = policies.iter().map(|policy| (policy.name.as_str(), limits::used(model, policy)));
    for (name, all) in parts.chain([("network", network(model))]) {
        let mut label = name;
        for used in shown(all, given) {
            if used.used == 0 {
                unused.push(used.limit.name);
                continue;
            }
            some.push(used.limit.name);
            row(&mut text, label, &used, given);
            label = "";
            let part = percent(&used, given);
            if part >= FULL && fullest.as_ref().is_none_or(|(most, _)| part > *most) {
                fullest = Some((part, used));
            }
        }
    }
    unused.retain(|name| !some.contains(name));
    unused.sort_unstable();
    unused.dedup();
    if !unused.is_empty() {
        let _ = writeln!(text, "{}", wrapped("nothing used of", &unused));
    }
    if let Some((part, used)) = fullest {
        split(&mut text, part, &used);
    }
    text
}

/// What is said of a part: every limit of its own, and those of its fullest groups.
fn shown(mut all: Vec<Used>, given: &CheckOptions) -> Vec<Used> {
    all.sort_by_key(|used| {
        let is_own = matches!(used.of, Of::Policy(_) | Of::Network);
        (!is_own, if is_own { 0 } else { u64::MAX - percent_fine(used, given) })
    });
    let mut below = 0;
    all.retain(|used| {
        below += usize::from(!matches!(used.of, Of::Policy(_) | Of::Network));
        below <= GROUPS
    });
    all
}

fn row(text: &mut String, label: &str, used: &Used, given: &CheckOptions) {
    let what = match &used.of {
        Of::Policy(_) | Of::Network => used.limit.name.to_owned(),
        Of::Group(name) | Of::IpGroup(name) | Of::RouteTable(name) => format!("{} of {name}", used.limit.name),
    };
    let cut = |text: &str, width: usize| text.chars().take(width).collect::<String>();
    let (label, what) = (cut(label, 12), cut(&what, 38));
    let free = given.max(used.limit).saturating_sub(used.used);
    let part = percent(used, given);
    let _ = writeln!(text, "{label:12} {what:38}  {:>9}  {:>9}  {part:>3}%", grouped(used.used), grouped(free));
}

/// What to make smaller next.
fn split(text: &mut String, part: u64, used: &Used) {
    let _ = writeln!(text, "split next: {}, {part}% of {}", used.of, used.limit.name);
    for (name, amount) in &used.biggest {
        let _ = writeln!(text, "  most of it: `{name}` with {}", grouped(*amount));
    }
    let _ = writeln!(text, "  {}", used.limit.instead);
}

/// Words behind a beginning, in lines of at most 80 columns.
fn wrapped(beginning: &str, words: &[&str]) -> String {
    let mut text = beginning.to_owned();
    let mut width = text.len();
    for (index, word) in words.iter().enumerate() {
        let word = if index + 1 < words.len() { format!("{word},") } else { (*word).to_owned() };
        if width + 1 + word.len() > 80 {
            text.push_str("\n ");
            width = 1;
        }
        text.extend([" ", &word]);
        width += 1 + word.len();
    }
    text
}

fn percent(used: &Used, given: &CheckOptions) -> u64 {
    percent_fine(used, given) / 1000
}

/// In thousandths of a percent.
fn percent_fine(used: &Used, given: &CheckOptions) -> u64 {
    let part = u128::from(used.used) * 100_000 / u128::from(given.max(used.limit).max(1));
    u64::try_from(part).unwrap_or(u64::MAX)
}
