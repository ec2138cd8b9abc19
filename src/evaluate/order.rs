//! Azure's processing order.

use crate::model::{
    Action, ApplicationRule, Collection, Group, Head, Kind, Model, NatRule, NetworkRule, Policy, Priority, Rules,
};
use crate::source::Origin;

/// Which of the two policies of a firewall a line comes from. The parent's lines are read first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    /// The base of the policy that is attached to the firewall.
    Parent,
    /// The policy that is attached to the firewall.
    Attached,
}

/// A rule with what it does.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Rule<'m> {
    /// A DNAT rule.
    Nat(&'m NatRule),
    /// A network rule.
    Network(Action, &'m NetworkRule),
    /// An application rule.
    Application(Action, &'m ApplicationRule),
}

impl<'m> Rule<'m> {
    /// The rules of a collection, in order.
    pub fn all(rules: &'m Rules) -> Vec<Self> {
        match rules {
            Rules::Nat(rules) => rules.iter().map(Self::Nat).collect(),
            Rules::Network(action, rules) => rules.iter().map(|rule| Self::Network(*action, rule)).collect(),
            Rules::Application(action, rules) => rules.iter().map(|rule| Self::Application(*action, rule)).collect(),
        }
    }

    fn head(self) -> Head<'m> {
        match self {
            Self::Nat(rule) => rule.head(),
            Self::Network(_, rule) => rule.head(),
            Self::Application(_, rule) => rule.head(),
        }
    }

    /// The name of the rule.
    pub fn name(self) -> &'m str {
        self.head().name
    }

    /// The kind of the rule.
    pub fn kind(self) -> Kind {
        match self {
            Self::Nat(_) => Kind::Nat,
            Self::Network(..) => Kind::Network,
            Self::Application(..) => Kind::Application,
        }
    }

    /// Whether it names an IP group.
    pub fn has_ip_groups(self) -> bool {
        match self {
            Self::Nat(rule) => !rule.matches.sources.ip_groups.is_empty(),
            Self::Network(_, rule) => {
                !rule.matches.sources.ip_groups.is_empty() || !rule.matches.destination_ip_groups.is_empty()
            }
            Self::Application(_, rule) => !rule.matches.sources.ip_groups.is_empty(),
        }
    }

    /// What happens to a flow that the rule decides.
    ///
    /// DNAT allows the flow that it translates and no network rule is asked any more (RP). The FAQ speaks of an
    /// implicit network rule that a deny rule overrides; the newer text holds.
    pub fn action(self) -> Action {
        match self {
            Self::Nat(_) => Action::Allow,
            Self::Network(action, _) | Self::Application(action, _) => action,
        }
    }

    /// Where the rule was written.
    pub fn origin(self) -> Option<&'m Origin> {
        self.head().origin
    }
}

/// What a rule lacks that matches no flow.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Lack {
    /// It has no protocols.
    Protocols,
    /// It has no ports.
    Ports,
    /// It has no source or no destination.
    Ends,
}

impl Lack {
    /// The words for it after "it has".
    pub fn none(self) -> &'static str {
        match self {
            Self::Protocols => "no protocols",
            Self::Ports => "no ports",
            Self::Ends => "no source or no destination",
        }
    }

    /// The words for it after "a rule".
    pub fn without(self) -> &'static str {
        match self {
            Self::Protocols => "without protocols",
            Self::Ports => "without ports",
            Self::Ends => "without a source or a destination",
        }
    }
}

impl Rule<'_> {
    /// What the rule lacks, if it matches no flow.
    pub fn lack(self) -> Lack {
        let (protocols, ports) = match self {
            Self::Nat(rule) => (rule.matches.protocols.is_empty(), rule.matches.ports.is_empty()),
            Self::Network(_, rule) => (rule.matches.protocols.is_empty(), rule.matches.ports.is_empty()),
            Self::Application(_, rule) => (rule.matches.protocols.is_empty(), false),
        };
        match (protocols, ports) {
            (true, _) => Lack::Protocols,
            (false, true) => Lack::Ports,
            (false, false) => Lack::Ends,
        }
    }
}

/// A rule in its place.
#[derive(Clone, Copy, Debug)]
pub struct Line<'m> {
    /// How many lines are read before it.
    pub place: usize,
    /// The policy that holds it.
    pub policy: &'m Policy,
    /// Whether that is the attached policy or its parent.
    pub level: Level,
    /// The group that holds it.
    pub group: &'m Group,
    /// The collection that holds it.
    pub collection: &'m Collection,
    /// The rule.
    pub rule: Rule<'m>,
}

impl Line<'_> {
    /// Whether the line takes part. NAT collections of a parent are not inherited (POL).
    ///
    /// The worked example of RP lists them in the order all the same; they stand there and decide nothing.
    pub fn takes_part(&self) -> bool {
        match (self.rule.kind(), self.level) {
            (Kind::Nat, Level::Parent) => false,
            (Kind::Nat, Level::Attached) | (Kind::Network | Kind::Application, _) => true,
        }
    }
}

/// The lines of a firewall in the order in which it reads them.
#[derive(Clone, Debug)]
pub struct Order<'m> {
    model: &'m Model,
    policy: &'m Policy,
    lines: Vec<Line<'m>>,
}

impl<'m> Order<'m> {
    /// The order of a firewall that `policy` is attached to. A base that the model does not hold adds no line.
    ///
    /// RP: one pass per kind of rule, DNAT, then network, then application, whatever the priorities and whichever
    /// policy holds the rule. In a pass the parent's groups come before the child's, groups go by priority,
    /// collections by priority inside their group, rules as listed.
    pub fn of(model: &'m Model, policy: &'m Policy) -> Self {
        let parent = model.parent_of(policy).map(|parent| (Level::Parent, parent));
        let mut lines = Vec::new();
        for pass in [Kind::Nat, Kind::Network, Kind::Application] {
            for (level, policy) in parent.into_iter().chain([(Level::Attached, policy)]) {
                for group in by_priority(&policy.groups, |group| group.priority) {
                    for collection in by_priority(&group.collections, |collection| collection.priority) {
                        for rule in Rule::all(&collection.rules).into_iter().filter(|rule| rule.kind() == pass) {
                            lines.push(Line { place: lines.len(), policy, level, group, collection, rule });
                        }
                    }
                }
            }
        }
        Self { model, policy, lines }
    }

    /// The model that the policy is part of.
    pub fn model(&self) -> &'m Model {
        self.model
    }

    /// The policy that is attached to the firewall.
    pub fn policy(&self) -> &'m Policy {
        self.policy
    }

    /// Every line, also those that take no part.
    pub fn lines(&self) -> &[Line<'m>] {
        &self.lines
    }
}

/// The items by rising priority: 100 is first, 65000 last (RP). Equal priorities keep their written order.
fn by_priority<T>(items: &[T], priority: impl Fn(&T) -> Priority) -> Vec<&T> {
    let mut sorted: Vec<&T> = items.iter().collect();
    sorted.sort_by_key(|item| priority(item));
    sorted
}
