//! Which seen flows a change decides otherwise.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::rc::Rc;

use crate::evaluate::{RuleOrder, SortedRule};
use crate::explain::{Decision, Explanation};
use crate::flow::{FlowAction, Service};
use crate::logs::{LineCount, LogTable, Observed, Row};
use crate::model::{self, AddressTerm};
use crate::net::AppProtocol;

use super::judge::{UsageJudge, UsageSide, passes, place};
use super::tally::{Flows, SeenTimes, beside, flow_key};

/// The seen flows that a change decides otherwise.
pub struct Replay<'m> {
    /// The flows that change: those that break first, then by falling number of records.
    pub flows: Vec<Replayed>,
    /// What changes, for many flows at once.
    pub changes: Vec<Changed<'m>>,
    /// Records of flows that one of the two sides cannot decide, and why the first cannot.
    pub undecided: Option<(LineCount, String)>,
}

/// A seen flow that a change decides otherwise.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// The flow, and what was seen of it.
    pub seen: SeenTimes,
    /// Which of the changes it is.
    pub change: usize,
    /// Whether it was seen to pass, and will not, or not for certain.
    pub breaks: bool,
}

/// What is decided otherwise.
pub struct Changed<'m> {
    /// Before.
    pub before: Rc<Explanation<'m>>,
    /// After.
    pub after: Rc<Explanation<'m>>,
    /// An application rule of the new side that may allow what a network rule allowed: the log of network rules does
    /// not state whether a connection carries a protocol with a name, or which.
    pub unless: Option<Decision<'m>>,
}

impl Changed<'_> {
    /// Whether the flow passes for certain after the change.
    fn passes(&self) -> bool {
        passes(self.after.course.fate)
    }
}

/// Decides every row of a table by both sides.
pub fn replay<'m>(observed: &Observed, old: UsageSide<'_, 'm>, new: UsageSide<'_, 'm>) -> Replay<'m> {
    let mut both = Both {
        old: UsageJudge::new(old),
        new: UsageJudge::new(new),
        pairs: HashMap::new(),
        flows: Flows::default(),
        replay: Replay { flows: Vec::new(), changes: Vec::new(), undecided: None },
    };
    for row in observed.rows().filter(|row| beside(row.logged).is_none()) {
        both.row(&row);
    }
    let Both { flows, mut replay, .. } = both;
    replay.flows = flows.into_values().collect();
    replay.flows.sort_by_key(|one| (!one.breaks, one.change, std::cmp::Reverse(one.seen.count.lines)));
    replay
}

struct Both<'o, 'm> {
    old: UsageJudge<'o, 'm>,
    new: UsageJudge<'o, 'm>,
    pairs: HashMap<(usize, usize, Carries), Result<Option<usize>, String>>,
    flows: Flows<Replayed>,
    replay: Replay<'m>,
}

/// Whether a record states what a connection carries.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Carries {
    Stated,
    /// A network rule allowed it, so that nothing looked inside.
    Unknown,
}

impl<'m> Both<'_, 'm> {
    fn row(&mut self, row: &Row<'_>) {
        let carries = match (row.logged.table, row.logged.action, row.service) {
            (LogTable::Network | LogTable::Nat, Some(FlowAction::Allow), Service::Tcp(_)) => Carries::Unknown,
            (_, _, _) => Carries::Stated,
        };
        let pair = (self.old.class(row), self.new.class(row), carries);
        if !self.pairs.contains_key(&pair) {
            let compared = self.compare(row, carries);
            self.pairs.insert(pair, compared);
        }
        match self.pairs.get(&pair) {
            Some(Ok(Some(change))) => self.add(row, *change),
            Some(Ok(None)) | None => {}
            Some(Err(why)) => {
                let (all, _) = self.replay.undecided.get_or_insert_with(|| (LineCount::default(), why.clone()));
                all.add(row.count);
            }
        }
    }

    fn add(&mut self, row: &Row<'_>, change: usize) {
        let Some(changed) = self.replay.changes.get(change) else { return };
        let passed = match row.logged.action {
            Some(FlowAction::Allow) => true,
            Some(FlowAction::Deny) => false,
            None => passes(changed.before.course.fate),
        };
        let breaks = passed && !changed.passes();
        let new =
            || Replayed { seen: SeenTimes { row: row.index, count: LineCount::default() }, change, breaks: false };
        let known = self.flows.entry(flow_key(row)).or_insert_with(new);
        known.seen.count.add(row.count);
        known.breaks |= breaks;
    }

    /// The change of the flows of a row, in the words of this one; nothing where both sides decide it alike.
    fn compare(&mut self, row: &Row<'_>, carries: Carries) -> Result<Option<usize>, String> {
        let line = row.line();
        let (before, after) = (self.old.explain(&line)?, self.new.explain(&line)?);
        if signature(&before) == signature(&after) {
            return Ok(None);
        }
        let is_open = carries == Carries::Unknown && place(after.decided_by).is_none();
        let unless = is_open.then(|| named_rule(self.new.side.order, row.source, row.service)).flatten();
        self.replay.changes.push(Changed { before, after, unless });
        Ok(Some(self.replay.changes.len() - 1))
    }
}

/// What becomes of a flow, and on what it depends.
fn signature(explained: &Explanation<'_>) -> (String, Vec<String>, Option<String>) {
    let done = format!("{} {}", explained.verdict, explained.course.fate);
    let cases = explained.depends.iter().map(|case| format!("{} {}", case.decided_by.action(), case.on));
    let others = explained.course.others.iter().map(|other| format!("{} {other}", other.fate));
    let to = explained.translation.as_ref().map(|translation| translation.to.to_string());
    (done, cases.chain(others).collect(), to)
}

/// The first rule that allows an application protocol on the port of a TCP flow, to some host.
fn named_rule<'m>(order: &RuleOrder<'m>, source: Ipv4Addr, service: Service) -> Option<Decision<'m>> {
    let port = match service {
        Service::Tcp(port) => port,
        Service::Application(..) | Service::Udp(_) | Service::Icmp | Service::Other(_) => return None,
    };
    let allows = |line: &&crate::evaluate::OrderLine<'m>| match line.rule {
        SortedRule::Application(model::Action::Allow, rule) => {
            let carried = |protocol: AppProtocol| rule.matches.protocols.contains(&(protocol, port));
            AppProtocol::ALL.into_iter().any(carried) && may_ask(line.rule, source, order)
        }
        SortedRule::Application(model::Action::Deny, _) | SortedRule::Nat(_) | SortedRule::Network(..) => false,
    };
    order.lines().iter().find(allows).map(|line| Decision::Rule(*line))
}

/// Whether a source may be one of a rule.
fn may_ask(rule: SortedRule<'_>, source: Ipv4Addr, order: &RuleOrder<'_>) -> bool {
    let sources = rule.sources();
    let in_term = |term: &AddressTerm| match term {
        AddressTerm::Any | AddressTerm::ServiceTag(_) => true,
        AddressTerm::Span(span) => span.interval().contains(source.into()),
        AddressTerm::Ipv6(_) => false,
    };
    let in_group = |group| order.model().ip_group(group).is_none_or(|group| group.address_set().contains(source));
    sources.addresses.iter().any(in_term) || sources.ip_groups.iter().any(in_group) || !sources.pods.is_empty()
}
