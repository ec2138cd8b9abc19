//! Counts of the observed traffic of each rule, and of traffic that no rule explains.

use std::rc::Rc;

use hashbrown::DefaultHashBuilder;
use indexmap::IndexMap;

use crate::evaluate::OrderLine;
use crate::explain::{Decision, Explanation};
use crate::logs::{LineCount, Logged, LoggedReason, Observed, Row};
use crate::model::Action;
use crate::source::Origin;

use super::judge::{UsageJudge, UsageSide, action, deciders, is_elsewhere, place};
use super::named::{LoggedNames, NamedRule};
use super::rules::{RuleUse, UsageRules};

/// What was logged, joined to the rules of a policy.
pub struct Usage<'m> {
    /// Every record: how many, and the window.
    pub all: LineCount,
    /// How many distinct flows the rules decided.
    pub flows: u64,
    /// How many classes of flows these are: the members of one are decided alike.
    pub classes: usize,
    /// Every rule in processing order, also those without a record.
    pub rules: Vec<RuleUse<'m>>,
    /// The flows that were denied because no rule matched, those with the most records first.
    pub denied: Vec<SeenTimes>,
    /// What was logged otherwise than the policy decides, that with the most records first.
    pub disagreements: Vec<Disagreement<'m>>,
    /// Records that the rules do not decide, by what they are.
    pub others: IndexMap<String, u64>,
    /// Records where neither they nor the policy determine which rule decided.
    pub open: LineCount,
    /// Records of flows that cannot be decided, and why the first cannot.
    pub undecided: Option<(LineCount, String)>,
    /// The names of policies in the records that are none of the input's.
    pub other_policies: Vec<String>,
}

/// A flow, and what was seen of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SeenTimes {
    /// The first row of the table that has the flow.
    pub row: usize,
    /// What was seen.
    pub count: LineCount,
}

impl SeenTimes {
    /// The flow, in the table that was judged.
    pub fn flow<'t>(&self, observed: &'t Observed) -> Option<Row<'t>> {
        observed.row(self.row)
    }
}

/// A flow of which something else was logged than the policy decides.
pub struct Disagreement<'m> {
    /// The flow; its row has what was logged.
    pub seen: SeenTimes,
    /// What the policy decides.
    pub decided: Rc<Explanation<'m>>,
    /// What does not agree.
    pub what: Unlike,
}

/// What does not agree between a record and the policy.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Unlike {
    /// The record names a rule that the policy does not have.
    NoSuchRule,
    /// The policy does not do what was logged.
    Action,
    /// The policy does the same by another rule.
    Rule,
    /// The network is stated to send the flow elsewhere.
    Way,
}

/// Joins a table of observed flows to the rules of a policy.
pub fn usage<'m>(observed: &Observed, side: UsageSide<'_, 'm>) -> Usage<'m> {
    let mut tally = UsageTally {
        judge: UsageJudge::new(side),
        names: LoggedNames::new(side.order),
        rules: UsageRules::of(side),
        flows: Flows::default(),
        denied: IndexMap::default(),
        usage: Usage {
            all: observed.all(),
            flows: 0,
            classes: 0,
            rules: Vec::new(),
            denied: Vec::new(),
            disagreements: Vec::new(),
            others: observed.others().map(|(what, count)| (what.to_owned(), count)).collect(),
            open: LineCount::default(),
            undecided: None,
            other_policies: Vec::new(),
        },
    };
    observed.rows().for_each(|row| tally.row(&row));
    tally.done()
}

/// Flows by the fields that distinguish them, whatever was logged of them.
pub(super) type Flows<T> = IndexMap<FlowKey, T, DefaultHashBuilder>;
pub(super) type FlowKey = (std::net::Ipv4Addr, u32, Option<std::net::Ipv4Addr>, u32, crate::flow::Service);

pub(super) fn flow_key(row: &Row<'_>) -> FlowKey {
    (row.source, row.numbers.destination, row.address, row.numbers.path, row.service)
}

struct UsageTally<'o, 'm> {
    judge: UsageJudge<'o, 'm>,
    names: LoggedNames<'o, 'm>,
    rules: UsageRules<'m>,
    /// The first row of each distinct flow.
    flows: Flows<usize>,
    /// What was seen of the denied ones, by their numbers.
    denied: IndexMap<usize, LineCount, DefaultHashBuilder>,
    usage: Usage<'m>,
}

/// To what a record counts.
enum TallyKey<'m> {
    Rule(OrderLine<'m>, Option<Origin>),
    Default,
    /// Which rule, or whether one, is not known.
    Open,
}

impl<'m> UsageTally<'_, 'm> {
    fn row(&mut self, row: &Row<'_>) {
        if let Some(what) = beside(row.logged) {
            let lines = self.usage.others.entry(what.to_owned()).or_default();
            *lines = lines.saturating_add(row.count.lines);
            return;
        }
        let class = self.judge.class(row);
        let explained = match self.judge.answer(class) {
            Some(Ok(explained)) => explained,
            Some(Err(why)) => return self.usage.leave(row.count, why),
            None => return,
        };
        let entry = self.flows.entry(flow_key(row));
        let flow = entry.index();
        entry.or_insert(row.index);
        let named = self.names.of(row);
        if let Some(what) = unlike(row.logged, named, explained) {
            let seen = SeenTimes { row: row.index, count: row.count };
            self.usage.disagreements.push(Disagreement { seen, decided: Rc::clone(explained), what });
        }
        match by(row.logged, named, explained, self.judge.side) {
            TallyKey::Rule(line, origin) => self.rules.add(line, origin, flow, row.count),
            TallyKey::Open => self.usage.open.add(row.count),
            TallyKey::Default => self.denied.entry(flow).or_default().add(row.count),
        }
    }

    fn done(self) -> Usage<'m> {
        let Self { judge, names, rules, flows, denied, mut usage } = self;
        usage.flows = flows.len() as u64;
        usage.classes = judge.count();
        usage.rules = rules.done(judge.side);
        let seen = |(flow, count)| Some(SeenTimes { row: *flows.get_index(flow)?.1, count });
        usage.denied = denied.into_iter().filter_map(seen).collect();
        usage.denied.sort_by_key(|seen| std::cmp::Reverse(seen.count.lines));
        usage.disagreements.sort_by_key(|one| std::cmp::Reverse(one.seen.count.lines));
        usage.other_policies = names.others().to_vec();
        usage
    }
}

impl Usage<'_> {
    fn leave(&mut self, count: LineCount, why: &str) {
        let (all, _) = self.undecided.get_or_insert_with(|| (LineCount::default(), why.to_owned()));
        all.add(count);
    }
}

/// What a record is, where rules did not decide it.
pub(super) fn beside(logged: &Logged<Box<str>>) -> Option<&'static str> {
    if !logged.table.is_of_rules() {
        return Some(logged.table.what());
    }
    logged.reason.what().filter(|_| !logged.names_rule())
}

/// What does not agree.
fn unlike(logged: &Logged<Box<str>>, named: &NamedRule, explained: &Explanation<'_>) -> Option<Unlike> {
    let deciders = deciders(explained);
    let is = |wanted: Action| deciders.iter().any(|decision| decision.action() == wanted);
    let done = logged.action.map(action);
    if *named == NamedRule::Unknown {
        return Some(Unlike::NoSuchRule);
    }
    if done.is_some_and(|done| !is(done)) {
        return Some(Unlike::Action);
    }
    let agrees = match named {
        NamedRule::Rules(places) => deciders.iter().any(|by| place(*by).is_some_and(|place| places.contains(&place))),
        NamedRule::Nothing if logged.reason == LoggedReason::Default => deciders.iter().any(|by| place(*by).is_none()),
        NamedRule::Nothing | NamedRule::Unknown => true,
    };
    match () {
        () if !agrees => Some(Unlike::Rule),
        // Only a firewall that got the flow can have logged it.
        () if logged.table.is_of_firewall() && is_elsewhere(explained) => Some(Unlike::Way),
        () => None,
    }
}

/// To what a record counts: the rule that it names, where the policy has it; else what the policy decides.
fn by<'m>(
    logged: &Logged<Box<str>>,
    named: &NamedRule,
    explained: &Explanation<'m>,
    side: UsageSide<'_, 'm>,
) -> TallyKey<'m> {
    let deciders = deciders(explained);
    if let NamedRule::Rules(places) = named {
        let among = |decision: &&Decision<'m>| place(**decision).is_some_and(|place| places.contains(&place));
        let decided = deciders.iter().find(among).and_then(Decision::line);
        let first = || places.first().and_then(|place| side.order.lines().get(*place)).copied();
        return decided.or_else(first).map_or(TallyKey::Open, |line| of_line(line, explained));
    }
    let done = logged.action.map(action);
    if done == Some(Action::Deny) && logged.reason == LoggedReason::Default {
        return TallyKey::Default;
    }
    let mut may = deciders.iter().filter(|decision| done.is_none_or(|done| decision.action() == done));
    match (may.next(), may.next()) {
        (Some(only), None) => only.line().map_or(TallyKey::Default, |line| of_line(line, explained)),
        (None, _) | (Some(_), Some(_)) => TallyKey::Open,
    }
}

fn of_line<'m>(line: OrderLine<'m>, explained: &Explanation<'m>) -> TallyKey<'m> {
    let is_usual = place(explained.decided_by) == Some(line.place);
    let written = explained.written.clone().filter(|_| is_usual);
    TallyKey::Rule(line, written.or_else(|| line.rule.origin().cloned()))
}
