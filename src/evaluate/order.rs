//! Azure's processing order.

use std::ops::Range;
use std::sync::Arc;

use crate::model::{Collection, Group, Model, Policy, Presence, RuleKind};

use super::first::ReadFirst;
use super::sort::SortedRule;
use super::ties::{listed, sorted};

/// Which policy of a firewall a line comes from. The parent's lines are read first, and before them those of its bases.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum OrderLevel {
    /// A base of the policy that is attached to the firewall.
    Parent,
    /// The policy that is attached to the firewall.
    Attached,
}

/// The condition under which a firewall reads the DNAT rules of a base of its policy. Microsoft's pages disagree: the worked
/// example of RP lists them before the child's; POL states that NAT collections are not inherited.
pub const DNAT_IS_INHERITED: &str = "DNAT rules of a base policy are inherited";

/// A rule in its place.
#[derive(Clone, Copy, Debug)]
pub struct OrderLine<'m> {
    /// How many lines are read before it.
    pub place: usize,
    /// The policy that holds it.
    pub policy: &'m Policy,
    /// Whether that is the attached policy or its parent.
    pub level: OrderLevel,
    /// The group that holds it.
    pub group: &'m Group,
    /// The collection that holds it.
    pub collection: &'m Collection,
    /// The rule.
    pub rule: SortedRule<'m>,
}

/// A line as it is read: where the order of several of one priority is open, a line is read first where its own are, and
/// once more after that.
#[derive(Clone, Debug)]
pub struct OrderReading<'m> {
    /// The line.
    pub line: OrderLine<'m>,
    /// Where this reading takes place: where all of these are read first.
    pub first: Vec<ReadFirst>,
}

/// The lines of a firewall in the order in which it reads them.
#[derive(Clone, Debug)]
pub struct RuleOrder<'m> {
    model: &'m Model,
    policy: &'m Policy,
    lines: Vec<OrderLine<'m>>,
    readings: Vec<OrderReading<'m>>,
}

/// The lines of one kind in a group, by collection.
type RuleBlock<'m> = (&'m Group, Vec<(&'m Collection, Range<usize>)>);

impl<'m> RuleOrder<'m> {
    /// The order of a firewall that `policy` is attached to. A base that the model does not hold adds no line; a base of a
    /// base, which no page of Microsoft's covers, is read as its child's rules are: before them.
    ///
    /// RP: one pass per kind of rule, DNAT, then network, then application, whatever the priorities and whichever
    /// policy holds the rule. In a pass the parent's groups come before the child's, groups are ordered by priority,
    /// collections by priority inside their group, rules as listed. What comes first of one priority is not documented.
    pub fn of(model: &'m Model, policy: &'m Policy) -> Self {
        let parents: Vec<_> = model.bases(policy).into_iter().rev().map(|base| (OrderLevel::Parent, base)).collect();
        let mut order = Self { model, policy, lines: Vec::new(), readings: Vec::new() };
        for pass in [RuleKind::Nat, RuleKind::Network, RuleKind::Application] {
            for (level, policy) in parents.iter().copied().chain([(OrderLevel::Attached, policy)]) {
                let groups = sorted(policy.groups.iter(), pass).into_iter();
                let blocks: Vec<RuleBlock<'m>> = groups.map(|group| order.block(pass, level, policy, group)).collect();
                order.read(pass, level, &blocks);
            }
        }
        order
    }

    /// Adds the lines of one kind of a group.
    fn block(&mut self, pass: RuleKind, level: OrderLevel, policy: &'m Policy, group: &'m Group) -> RuleBlock<'m> {
        let mut block = Vec::new();
        for collection in sorted(group.collections.iter(), pass) {
            let from = self.lines.len();
            for rule in SortedRule::all(&collection.rules).into_iter().filter(|rule| rule.kind() == pass) {
                self.lines.push(OrderLine { place: self.lines.len(), policy, level, group, collection, rule });
            }
            block.push((collection, from..self.lines.len()));
        }
        (group, block)
    }

    /// Adds the readings of the lines of one kind and level.
    fn read(&mut self, pass: RuleKind, level: OrderLevel, blocks: &[RuleBlock<'m>]) {
        for ((group, block), group_first) in listed(blocks, pass, &|what| place(level, what, None)) {
            let of_group = |what: &str| place(level, what, Some(group));
            for ((_, places), first) in listed(block, pass, &of_group) {
                let first: Vec<ReadFirst> = group_first.iter().cloned().chain(first).collect();
                let lines = self.lines.get(places.clone()).unwrap_or(&[]).to_vec();
                self.readings.extend(lines.into_iter().map(|line| OrderReading { line, first: first.clone() }));
            }
        }
    }

    /// The model that the policy is part of.
    pub fn model(&self) -> &'m Model {
        self.model
    }

    /// The policy that is attached to the firewall.
    pub fn policy(&self) -> &'m Policy {
        self.policy
    }

    /// Every line.
    pub fn lines(&self) -> &[OrderLine<'m>] {
        &self.lines
    }

    /// Every line as it is read.
    pub fn readings(&self) -> &[OrderReading<'m>] {
        &self.readings
    }

    /// When the line is there at all: what a deployment must make true of its group and collection, and of a DNAT rule of a
    /// base that Azure reads it for the child.
    pub fn presence(&self, line: &OrderLine<'_>) -> Presence {
        let stated = line.group.presence.clone().and(line.collection.presence.clone());
        match (line.rule.kind(), line.level) {
            (RuleKind::Nat, OrderLevel::Parent) => stated.and(Presence::Is(Arc::from(DNAT_IS_INHERITED))),
            (RuleKind::Nat, OrderLevel::Attached) | (RuleKind::Network | RuleKind::Application, _) => stated,
        }
    }
}

/// The name of a group, or of a collection of one, among all that a firewall reads.
fn place(level: OrderLevel, what: &str, of: Option<&Group>) -> String {
    let base = match level {
        OrderLevel::Parent => " of the base",
        OrderLevel::Attached => "",
    };
    match of {
        None => format!("group `{what}`{base}"),
        Some(group) => format!("collection `{what}` of group `{}`{base}", group.name),
    }
}
