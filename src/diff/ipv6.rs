//! Rules whose IPv6 addresses differ: no flow that is compared has one, so that they are listed as they are stated.

use indexmap::IndexMap;
use serde_json::{Value, json};

use crate::evaluate::{OrderLine, RuleOrder, SortedRule};
use crate::model::{Action, AddressTerm, IpGroup, IpGroupRef, Model, NameSpelling};

use super::DiffSide;
use super::protection::Protection;
use super::settings::{SettingChange, SettingOf};

/// Rules with IPv6 addresses in the order in which they are read, by `GROUP/COLLECTION/RULE`.
type Ipv6Rules = IndexMap<String, (Action, Value)>;

/// The rules that have other IPv6 addresses than they had, or do something else with them. One that is only called
/// otherwise is the same rule.
pub(super) fn changes(old: DiffSide<'_>, new: DiffSide<'_>) -> Vec<SettingChange> {
    let (mut before, mut after) = (rules(old), rules(new));
    let is_same = before.iter().eq(after.iter());
    let renamed: Vec<(String, String)> = before
        .iter()
        .filter(|(path, _)| !after.contains_key(*path))
        .filter_map(|(path, rule)| Some((path.clone(), after.iter().find(|(_, other)| *other == rule)?.0.clone())))
        .collect();
    for (old, new) in renamed.iter().filter(|(_, new)| !before.contains_key(new)).cloned().collect::<Vec<_>>() {
        before.shift_remove(&old);
        after.shift_remove(&new);
    }
    let name = &new.policy.name;
    let paths: Vec<&String> = before.keys().chain(after.keys().filter(|path| !before.contains_key(*path))).collect();
    let mut found: Vec<SettingChange> = Vec::new();
    for path in paths {
        let (old, new) = (before.get(path), after.get(path));
        if old != new {
            let value = |rule: Option<&(Action, Value)>| rule.map(|(_, value)| value.clone());
            let (path, effect) = (format!("{name}: {path}/ipv6"), effect(old, new));
            found.push(SettingChange { of: SettingOf::Other, path, before: value(old), after: value(new), effect });
        }
    }
    if found.is_empty() && !is_same && renamed.is_empty() {
        let (path, effect) = (format!("{name}: order of the rules with IPv6 addresses"), Protection::Weakens);
        let order = |rules: &Ipv6Rules| Some(rules.keys().cloned().collect());
        found.push(SettingChange { of: SettingOf::Other, path, before: order(&before), after: order(&after), effect });
    }
    found
}

fn effect(before: Option<&(Action, Value)>, after: Option<&(Action, Value)>) -> Protection {
    let action = |rule: Option<&(Action, Value)>| rule.map(|(action, _)| *action);
    match (action(before), action(after)) {
        (None, Some(Action::Deny)) | (Some(Action::Allow), None) => Protection::Strengthens,
        (Some(_) | None, _) => Protection::Weakens,
    }
}

fn rules(side: DiffSide<'_>) -> Ipv6Rules {
    let order = RuleOrder::of(side.model, side.policy);
    order.lines().iter().filter_map(|line| stated(line, side.model)).collect()
}

/// What a network rule states, where some of it is of IPv6.
fn stated(line: &OrderLine<'_>, model: &Model) -> Option<(String, (Action, Value))> {
    let SortedRule::Network(action, rule) = line.rule else { return None };
    let matches = &rule.matches;
    let sources = ends(&matches.sources.addresses, &matches.sources.ip_groups, model);
    let destinations = ends(&matches.destinations, &matches.destination_ip_groups, model);
    if !sources.1 && !destinations.1 {
        return None;
    }
    let texts = |items: &mut dyn Iterator<Item = String>| items.collect::<Vec<String>>();
    let value = json!({
        "action": action.to_string(),
        "protocols": texts(&mut matches.protocols.iter().map(|protocol| protocol.spelled().to_owned())),
        "ports": texts(&mut matches.ports.spans().map(|span| span.to_string())),
        "sources": sources.0,
        "destinations": destinations.0,
    });
    let path = format!("{}/{}/{}", line.group.name, line.collection.name, rule.name);
    Some((path, (action, value)))
}

/// The entries that IPv6 addresses may be among, sorted, and whether one is stated to be of IPv6.
fn ends(terms: &[AddressTerm], groups: &[IpGroupRef], model: &Model) -> (Vec<String>, bool) {
    let mut has_ipv6 = false;
    let mut entries = Vec::new();
    for term in terms {
        match term {
            AddressTerm::Span(_) => continue,
            AddressTerm::Ipv6(_) => has_ipv6 = true,
            AddressTerm::Any | AddressTerm::ServiceTag(_) => {}
        }
        entries.push(term.to_string());
    }
    for group in groups {
        let members = model.ip_group(group).map(|group: &IpGroup| &group.ipv6);
        has_ipv6 |= members.is_some_and(|members| !members.is_empty());
        entries.extend(members.into_iter().flatten().map(ToString::to_string));
        entries.extend(members.is_none().then(|| group.outside()));
    }
    entries.sort_unstable();
    entries.dedup();
    (entries, has_ipv6)
}
