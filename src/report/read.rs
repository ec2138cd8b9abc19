//! From a model to a report.

use jiff::civil::Date;
use jiff::{Span as Days, ToSpan};

use crate::assert::axioms;
use crate::azure::evaluate::{Level, Line, Order, Rule};
use crate::azure::limits::{self, Of, Used};
use crate::azure::{Decisions, Kind, NextHop, decisions};
use crate::diff::Words;
use crate::diff::faces::{RuleView, Source, flows};
use crate::emit::arm::{Options, policy_template};
use crate::flow::{Budget, Match, NotDecided, Space, Standing, shadows};
use crate::lint;
use crate::net::AddressSet;
use crate::reach::reach;

use super::{Expiry, LimitRow, Report, RuleRow, SourceRow};

/// How many products of the reach of one source are looked at.
const REACH: usize = 2000;
/// How many named sources are told of.
const SOURCES: usize = 40;

/// A policy in words.
///
/// # Errors
/// Where the budget does not suffice.
pub fn report(source: &Source<'_>, today: Date, budget: &Budget) -> Result<Report, NotDecided> {
    let side = source.side;
    let order = Order::of(side.model, side.policy);
    let decisions = decisions(&order, side.knowledge);
    let words = Words::of((source.intent, side.model), (source.intent, side.model));
    let (found, _) = lint::of_model(side.model, side.knowledge, budget);
    let findings: Vec<Finding> = found
        .iter()
        .filter_map(|found| {
            let rule = found.rule.as_ref()?;
            let of = [&rule.policy, &rule.group, &rule.collection, &rule.rule].map(String::clone);
            Some((of, (found.severity.to_string(), found.code.id.to_owned(), found.message.clone())))
        })
        .collect();
    let dead = dead(&decisions, source, budget);
    let rows = order.lines().iter().map(|line| {
        let standing = decisions.lines.iter().position(|other| other.place == line.place);
        let product = standing.and_then(|at| decisions.list.lines.get(at)).map_or(&[][..], |line| &line.matches);
        let reason = match standing {
            None => Some("DNAT rules of a base policy are not inherited".to_owned()),
            Some(at) => dead.get(at).cloned().flatten(),
        };
        row(line, product, reason, &words, source, &findings, today)
    });
    let rules: Vec<RuleRow> = rows.collect();
    let own = |of: &[String; 4]| rules.iter().any(|row| is_of(of, row));
    Ok(Report {
        policy: side.policy.name.clone(),
        base: side.policy.base.as_ref().map(|base| base.name().to_owned()),
        settings: settings(source),
        findings: findings.iter().filter(|(of, _)| own(of)).map(|(_, found)| found.clone()).collect(),
        rules,
        sources: sources(source, &words, budget)?,
        limits: limits_of(source),
        routes: routes(source),
        public: public(source),
        caveats: Vec::new(),
    })
}

type Finding = ([String; 4], (String, String, String));

fn is_of(of: &[String; 4], row: &RuleRow) -> bool {
    let [policy, group, collection, rule] = of;
    row.rule.holders.iter().eq([policy, group, collection]) && row.rule.name.as_ref() == Some(rule)
}

fn row(
    line: &Line<'_>,
    products: &[Match],
    dead: Option<String>,
    words: &Words,
    source: &Source<'_>,
    findings: &[Finding],
    today: Date,
) -> RuleRow {
    let rule = RuleView::of_line(line, source);
    let mut says: [Vec<String>; 3] = Default::default();
    for product in products {
        for (slot, more) in says.iter_mut().zip(words.of_match(product)) {
            slot.extend(more.into_iter().filter(|word| !slot.contains(word)).collect::<Vec<_>>());
        }
    }
    let mut row = RuleRow {
        place: line.place + 1,
        inherited: line.level == Level::Parent,
        priorities: [line.group.priority.get(), line.collection.priority.get()],
        says,
        description: description(line),
        dead,
        findings: Vec::new(),
        expiry: rule.expires.as_deref().map_or(Expiry::None, |date| expiry(date, today)),
        rule,
    };
    row.findings = findings.iter().filter(|(of, _)| is_of(of, &row)).map(|(_, found)| found.clone()).collect();
    row
}

fn description(line: &Line<'_>) -> Option<String> {
    match line.rule {
        Rule::Nat(rule) => rule.description.clone(),
        Rule::Network(_, rule) => rule.description.clone(),
        Rule::Application(_, rule) => rule.description.clone(),
    }
}

fn expiry(date: &str, today: Date) -> Expiry {
    let month: Days = 30.days();
    match date.parse::<Date>() {
        Ok(date) if date < today => Expiry::Past,
        Ok(date) if today.checked_add(month).is_ok_and(|soon| date <= soon) => Expiry::Near,
        Ok(_) | Err(_) => Expiry::None,
    }
}

/// Of each line, why no flow reaches it.
fn dead(decisions: &Decisions<'_>, source: &Source<'_>, budget: &Budget) -> Vec<Option<String>> {
    let (space, [lowered]) = Space::of(&axioms(source.side.knowledge), [&decisions.list]);
    let standings = shadows(&space, &lowered, budget);
    let reason = |(at, standing): (usize, &Standing)| match standing {
        Standing::Reached(_) | Standing::NotDecided(_) => None,
        Standing::Empty => Some("it has no source or no destination".to_owned()),
        Standing::Covered { by } => {
            let others = by.iter().filter_map(|&by| decisions.lines.get(by));
            let names: Vec<String> = others.clone().map(|line| format!("`{}`", line.rule.name())).collect();
            let own = decisions.lines.get(at).map(|line| line.rule.kind());
            let network = own == Some(Kind::Application) && others.clone().any(|line| line.rule.kind() == Kind::Network);
            let why = if network { ", because Azure reads network rules before application rules" } else { "" };
            let verb = if names.len() == 1 { "decides" } else { "decide" };
            Some(format!("{} {verb} every flow of it first{why}", names.join(", ")))
        }
    };
    standings.iter().enumerate().map(reason).collect()
}

/// What each set of addresses with a name may reach.
fn sources(source: &Source<'_>, words: &Words, budget: &Budget) -> Result<Vec<SourceRow>, NotDecided> {
    let side = source.side;
    let everywhere = ["internet", "private"];
    let named = words.named_addresses().filter(|(name, _)| !everywhere.contains(name) && !name.contains("::"));
    let mut rows = Vec::new();
    for (name, set) in named.take(SOURCES) {
        let asked = Match { sources: set.clone().into(), ..Match::any() };
        let found = reach(side.model, side.policy, &[asked], side.knowledge, REACH, budget)?;
        let mut by_rule: Vec<(String, Vec<String>)> = Vec::new();
        for passing in &found.passing {
            let rule = passing.by.rule.name();
            let said = flows(&passing.product, words).sentence(6);
            match by_rule.iter_mut().find(|(name, _)| name == rule) {
                Some((_, all)) => all.push(said),
                None => by_rule.push((rule.to_owned(), vec![said])),
            }
        }
        if !by_rule.is_empty() {
            let addresses = spans(set);
            rows.push(SourceRow { name: name.to_owned(), addresses, reach: by_rule, complete: found.complete });
        }
    }
    Ok(rows)
}

fn spans(set: &AddressSet) -> String {
    set.spans().map(|span| span.to_string()).collect::<Vec<_>>().join(", ")
}

fn limits_of(source: &Source<'_>) -> Vec<LimitRow> {
    let model = source.side.model;
    let all = limits::used(model, source.side.policy);
    let all = all.into_iter().chain(limits::ip_groups(model)).chain(limits::route_tables(model));
    let row = |used: Used| LimitRow {
        of: match &used.of {
            Of::Policy(name) => format!("policy {name}"),
            Of::Group(name) => format!("group {name}"),
            Of::IpGroup(name) => format!("IP group {name}"),
            Of::RouteTable(name) => format!("route table {name}"),
        },
        counts: used.limit.counts.to_owned(),
        used: used.used,
        max: used.limit.max,
        near: used.used >= used.limit.near,
    };
    let mut rows: Vec<LimitRow> = all.map(row).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(u128::from(row.used) * 1_000_000 / u128::from(row.max.max(1))));
    rows
}

/// Each property that is set, as Azure names it.
fn settings(source: &Source<'_>) -> Vec<(String, String)> {
    let template = policy_template(source.side.model, source.side.policy, &Options::default());
    let resources = template.get("resources").and_then(serde_json::Value::as_array).into_iter().flatten();
    let mut own = resources.filter(|resource| {
        resource.get("type").and_then(serde_json::Value::as_str) == Some("Microsoft.Network/firewallPolicies")
    });
    let mut found = Vec::new();
    if let Some(policy) = own.next() {
        let parts = [("location", policy.get("location")), ("", policy.get("properties"))];
        parts.into_iter().for_each(|(name, value)| value.into_iter().for_each(|value| flat(name, value, &mut found)));
    }
    found
}

fn flat(path: &str, value: &serde_json::Value, found: &mut Vec<(String, String)>) {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flat(&below, value, found);
            }
        }
        serde_json::Value::String(text) => found.push((path.to_owned(), text.clone())),
        value => found.push((path.to_owned(), value.to_string())),
    }
}

fn routes(source: &Source<'_>) -> Vec<[String; 3]> {
    let hop = |hop: &NextHop| match hop {
        NextHop::Appliance(address) => format!("firewall {address}"),
        NextHop::Internet => "internet".to_owned(),
        NextHop::Gateway => "gateway".to_owned(),
        NextHop::VnetLocal => "virtual network".to_owned(),
        NextHop::None => "nowhere".to_owned(),
    };
    let tables = source.side.model.route_tables.iter();
    let rows = tables.flat_map(|table| {
        table.routes.iter().map(move |route| [table.name.clone(), route.prefix.to_string(), hop(&route.next_hop)])
    });
    rows.collect()
}

fn public(source: &Source<'_>) -> Vec<String> {
    let side = source.side;
    let attached = side.model.firewalls.iter().filter(|firewall| {
        firewall.policy.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(&side.policy.name))
    });
    attached.flat_map(|firewall| firewall.public_ips.values().map(ToString::to_string)).collect()
}
