//! From a model to a report.

use std::collections::HashMap;

use indexmap::IndexMap;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::diag::Diagnostic;
use crate::diff::renderers::{RuleSource, RuleView, flows};
use crate::evaluate::{OrderLevel, OrderLine, RuleLack, RuleOrder, SortedRule};
use crate::flow::{FlowAction, Match, NotDecided, Space, Standing, WorkBudget, shadows};
use crate::limits::{self, CheckOptions, LimitUsed};
use crate::lint;
use crate::model::{NextHop, RouteTable, RuleKind, needed_zones, told_once};
use crate::net::AddressSet;
use crate::prove::{Decisions, axioms, decisions};
use crate::reach::{PassingEntries, PolicyReach, reach_each};
use crate::way;
use crate::words::{NamedSet, NamedSets, SetWords, excepted, next_hop};

use super::in_force::settings;
use super::open::beside;
use super::{Expiry, LimitRow, Report, ReportRemark, ReportZone, RouteRow, RuleRow, SourceRow};

/// The most products of the reach of one source that are examined.
const REACH: usize = 2000;
/// The most named sources that a report lists.
const SOURCES: usize = 40;

/// What a report takes as given.
#[derive(Clone, Copy, Debug)]
pub struct ReportGiven<'g> {
    /// The day that counts as today.
    pub today: Date,
    /// Within how many days from then a rule that expires is remarkable.
    pub soon: u32,
    /// Limits of one's own, by name.
    pub limits: &'g CheckOptions,
    /// The work that each question may take.
    pub budget: WorkBudget,
}

/// A policy in words.
pub fn report(source: &RuleSource<'_>, given: &ReportGiven<'_>) -> Report {
    let budget = &given.budget;
    let side = source.side;
    let order = RuleOrder::of(side.model, side.policy);
    let decisions = decisions(&order, side.knowledge);
    let words = SetWords::of((source.intent, side.model), (source.intent, side.model));
    let (found, _) = lint::of_model(side.model, side.knowledge, budget);
    let findings: Vec<ReportFinding> = found.iter().filter_map(finding).collect();
    let dead = dead(&decisions, source, budget);
    let mut first_read: HashMap<usize, usize> = HashMap::new();
    for (at, line) in decisions.lines.iter().enumerate() {
        first_read.entry(line.place).or_insert(at);
    }
    let rows = order.lines().iter().map(|line| {
        let read = first_read.get(&line.place).copied();
        let product = read.and_then(|at| decisions.list.lines.get(at)).map_or(&[][..], |line| &line.matches);
        let presence = order.presence(line);
        let row = row(line, product, &words, source, &findings, given);
        RuleRow {
            condition: (!presence.is_always()).then(|| presence.to_string()),
            dead: read.and_then(|at| dead.get(at).cloned().flatten()),
            ..row
        }
    });
    let mut rules: Vec<RuleRow> = rows.collect();
    let sets = named_sets(&mut rules, &words);
    Report {
        policy: side.policy.name.to_string(),
        base: side.policy.base.as_ref().map(|base| base.name().to_owned()),
        settings: settings(source.side.model, source.side.policy),
        rules,
        sets,
        sources: sources(source, &decisions, &words, budget),
        limits: limits_of(source, given.limits),
        routes: routes(source),
        associations: source.side.model.route_tables.iter().flat_map(RouteTable::associations).collect(),
        zones: zones(source),
        public: public(source),
        beside: beside(source, budget),
        caveats: told_once(&side.model.assumptions),
    }
}

/// The sets that the rules name, in the order of the rules that name them first.
fn named_sets(rules: &mut [RuleRow], words: &SetWords) -> Vec<NamedSet> {
    let all = NamedSets::of(words);
    let mut sets: IndexMap<&str, &NamedSet> = IndexMap::new();
    for row in rules {
        let [_, from, to] = &row.says;
        row.sets = all.among(from.iter().chain(to)).into_iter().map(|set| sets.insert_full(&set.name, set).0).collect();
    }
    sets.into_values().cloned().collect()
}

type ReportFinding = ([String; 4], ReportRemark);

fn finding(found: &Diagnostic) -> Option<ReportFinding> {
    let rule = found.rule.as_ref()?;
    let of = [&rule.policy, &rule.group, &rule.collection, &rule.rule].map(String::clone);
    let remark = ReportRemark {
        rule: rule.rule.clone(),
        severity: found.severity,
        code: found.code,
        message: found.message.clone(),
    };
    Some((of, remark))
}

fn is_of(of: &[String; 4], row: &RuleRow) -> bool {
    let [policy, group, collection, rule] = of;
    row.rule.holders.iter().eq([policy, group, collection]) && row.rule.name.as_ref() == Some(rule)
}

fn row(
    line: &OrderLine<'_>,
    products: &[Match],
    words: &SetWords,
    source: &RuleSource<'_>,
    findings: &[ReportFinding],
    given: &ReportGiven<'_>,
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
        inherited: line.level == OrderLevel::Parent,
        priorities: [line.group.priority.get(), line.collection.priority.get()],
        says,
        sets: Vec::new(),
        description: description(line),
        condition: None,
        dead: None,
        remarks: Vec::new(),
        expiry: rule.expires.map_or(Expiry::None, |date| expiry(date, given)),
        rule,
    };
    row.remarks = findings.iter().filter(|(of, _)| is_of(of, &row)).map(|(_, found)| found.clone()).collect();
    row
}

fn description(line: &OrderLine<'_>) -> Option<String> {
    match line.rule {
        SortedRule::Nat(rule) => rule.description.clone(),
        SortedRule::Network(_, rule) => rule.description.clone(),
        SortedRule::Application(_, rule) => rule.description.clone(),
    }
}

fn expiry(date: Date, given: &ReportGiven<'_>) -> Expiry {
    let soon = given.today.checked_add(i64::from(given.soon).days());
    if date < given.today {
        Expiry::Past
    } else if given.soon > 0 && soon.is_ok_and(|soon| date <= soon) {
        Expiry::Near
    } else {
        Expiry::None
    }
}

/// For each line, why no flow reaches it.
fn dead(decisions: &Decisions<'_>, source: &RuleSource<'_>, budget: &WorkBudget) -> Vec<Option<String>> {
    let (space, [lowered]) = Space::of(&axioms(source.side.knowledge), [&decisions.list]);
    let standings = shadows(&space, &lowered, budget);
    let reason = |(at, standing): (usize, &Standing)| match standing {
        Standing::Reached(_) | Standing::NotDecided(_) => None,
        Standing::Empty => {
            let lack = decisions.lines.get(at).map_or(RuleLack::Ends, |line| line.rule.lack());
            Some(format!("it has {}", lack.none()))
        }
        Standing::Covered { by } => {
            let others = by.iter().filter_map(|&by| decisions.lines.get(by));
            let names: Vec<String> = others.clone().map(|line| format!("`{}`", line.rule.name())).collect();
            let own = decisions.lines.get(at).map(|line| line.rule.kind());
            let network =
                own == Some(RuleKind::Application) && others.clone().any(|line| line.rule.kind() == RuleKind::Network);
            let why = if network { ", because Azure reads network rules before application rules" } else { "" };
            let verb = if names.len() == 1 { "decides" } else { "decide" };
            Some(format!("{} {verb} every flow of it first{why}", names.join(", ")))
        }
    };
    standings.iter().enumerate().map(reason).collect()
}

/// What each set of addresses with a name may reach, and each that a rule lets talk without a name.
fn sources(
    source: &RuleSource<'_>,
    decisions: &Decisions<'_>,
    words: &SetWords,
    budget: &WorkBudget,
) -> Vec<SourceRow> {
    let everywhere = ["internet", "private"];
    let named = words.named_addresses().filter(|(name, _)| !everywhere.contains(name) && !name.contains("::"));
    let mut asked: Vec<(String, AddressSet)> = named.map(|(name, set)| (name.to_owned(), set.clone())).collect();
    let allowing = decisions.list.lines.iter().filter(|line| line.action == FlowAction::Allow);
    for set in allowing.flat_map(|line| &line.matches).map(|product| &product.sources.addresses) {
        if !set.is_empty() && !set.is_any() && !asked.iter().any(|(_, known)| known == set) {
            asked.push((String::new(), set.clone()));
        }
    }
    asked.truncate(SOURCES);
    let side = source.side;
    let of_set = |(_, set): &(String, AddressSet)| Match { sources: set.clone().into(), ..Match::any() };
    let matches: Vec<Match> = asked.iter().map(of_set).collect();
    let found = reach_each(side.model, side.policy, &matches, side.knowledge, REACH, budget);
    let rows = asked.into_iter().zip(found).map(|((name, set), found)| of_source(name, &set, found, words));
    rows.filter(|row| !row.reach.is_empty() || !row.complete).collect()
}

fn of_source(
    name: String,
    set: &AddressSet,
    found: Result<PolicyReach<'_>, NotDecided>,
    words: &SetWords,
) -> SourceRow {
    let addresses = spans(set);
    let Ok(found) = found else { return SourceRow { name, addresses, reach: Vec::new(), complete: false } };
    let mut by_rule: IndexMap<&str, Vec<String>> = IndexMap::new();
    for passing in &found.passing {
        by_rule.entry(passing.by.rule.name()).or_default().push(said(passing, words));
    }
    let mut reach: Vec<(String, Vec<String>)> =
        by_rule.into_iter().map(|(rule, flows)| (rule.to_owned(), flows)).collect();
    let mut past: IndexMap<String, Vec<String>> = IndexMap::new();
    for of in found.past.iter().filter(|past| past.is_chosen()) {
        let way = format!("past the firewall, {}", way::words(&of.way));
        past.entry(way).or_default().push(flows(&of.product, words).sentence(6));
    }
    reach.splice(0..0, past);
    SourceRow { name, addresses, reach, complete: found.complete }
}

fn said(passing: &PassingEntries<'_>, words: &SetWords) -> String {
    let mut view = flows(&passing.product, words);
    view.conditions.extend(excepted(passing.first.iter().map(|line| line.rule.name())));
    view.sentence(6)
}

fn spans(set: &AddressSet) -> String {
    set.spans().map(|span| span.to_string()).collect::<Vec<_>>().join(", ")
}

fn limits_of(source: &RuleSource<'_>, given: &CheckOptions) -> Vec<LimitRow> {
    let model = source.side.model;
    let all = limits::used(model, source.side.policy);
    let all = all.into_iter().chain(limits::around(model));
    let row = |used: LimitUsed| LimitRow {
        of: match used.biggest.first().filter(|_| used.limit.is_of_one_thing()) {
            Some((name, _)) => format!("`{name}`"),
            None => used.of.to_string(),
        },
        counts: used.limit.counts.to_owned(),
        used: used.used,
        max: given.max(used.limit),
        near: used.used >= given.near(used.limit),
    };
    // The length of a name or the size of a port does not matter, as long as it is valid.
    let all = all.filter(|used| !used.limit.is_of_one_thing() || used.used > given.max(used.limit));
    let mut rows: Vec<LimitRow> = all.map(row).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(u128::from(row.used) * 1_000_000 / u128::from(row.max.max(1))));
    rows
}

fn routes(source: &RuleSource<'_>) -> Vec<RouteRow> {
    let hop = |hop: &NextHop| next_hop(hop, |address| format!("firewall {address}"));
    let tables = source.side.model.route_tables.iter();
    let rows = tables.flat_map(|table| {
        table.routes.iter().map(move |route| RouteRow {
            table: table.name.to_string(),
            prefix: route.prefix.clone(),
            hop: hop(&route.next_hop),
        })
    });
    rows.collect()
}

fn zones(source: &RuleSource<'_>) -> Vec<ReportZone> {
    let endpoints = source.side.model.private_endpoints.as_slice();
    let mut rows = Vec::new();
    for (zone, names) in needed_zones(endpoints) {
        for endpoint in endpoints.iter().filter(|endpoint| names.contains(endpoint.name.as_str())) {
            let hosts: Vec<&str> = endpoint.hosts.iter().map(|host| host.as_str()).collect();
            rows.push(ReportZone {
                zone: zone.clone(),
                endpoint: endpoint.name.clone(),
                hosts: hosts.join(", "),
                addresses: spans(&endpoint.addresses),
            });
        }
    }
    rows
}

fn public(source: &RuleSource<'_>) -> Vec<String> {
    let side = source.side;
    let attached = side
        .model
        .firewalls
        .iter()
        .filter(|firewall| firewall.policy.as_ref().is_some_and(|name| *name == side.policy.name));
    attached.flat_map(|firewall| firewall.public_ips.values().map(ToString::to_string)).collect()
}
