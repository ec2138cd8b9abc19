//! Rules of the three kinds.

use crate::model::{Action, ApplicationRule, Carried, NatRule, NetworkRule, RuleHead, RuleKind, Rules, Sources};
use crate::source::Origin;

/// A rule with what it does.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum SortedRule<'m> {
    /// A DNAT rule.
    Nat(&'m NatRule),
    /// A network rule.
    Network(Action, &'m NetworkRule),
    /// An application rule.
    Application(Action, &'m ApplicationRule),
}

impl<'m> SortedRule<'m> {
    /// The rules of a collection, in order.
    pub fn all(rules: &'m Rules) -> Vec<Self> {
        match rules {
            Rules::Nat(rules) => rules.iter().map(Self::Nat).collect(),
            Rules::Network(action, rules) => rules.iter().map(|rule| Self::Network(*action, rule)).collect(),
            Rules::Application(action, rules) => rules.iter().map(|rule| Self::Application(*action, rule)).collect(),
        }
    }

    fn head(self) -> RuleHead<'m> {
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

    /// Whether it is that rule of the model, and not only one like it.
    pub fn is_that(self, other: Self) -> bool {
        match (self, other) {
            (Self::Nat(one), Self::Nat(other)) => std::ptr::eq(one, other),
            (Self::Network(_, one), Self::Network(_, other)) => std::ptr::eq(one, other),
            (Self::Application(_, one), Self::Application(_, other)) => std::ptr::eq(one, other),
            (Self::Nat(_) | Self::Network(..) | Self::Application(..), _) => false,
        }
    }

    /// The kind of the rule.
    pub fn kind(self) -> RuleKind {
        match self {
            Self::Nat(_) => RuleKind::Nat,
            Self::Network(..) => RuleKind::Network,
            Self::Application(..) => RuleKind::Application,
        }
    }

    /// The sources of the rule.
    pub fn sources(self) -> &'m Sources {
        match self {
            Self::Nat(rule) => &rule.matches.sources,
            Self::Network(_, rule) => &rule.matches.sources,
            Self::Application(_, rule) => &rule.matches.sources,
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
    /// DNAT allows the flow that it translates, and no network rule is evaluated any more (RP). The FAQ describes an
    /// implicit network rule that a deny rule overrides; the newer text holds.
    pub fn action(self) -> Action {
        match self {
            Self::Nat(_) => Action::Allow,
            Self::Network(action, _) | Self::Application(action, _) => action,
        }
    }

    /// Properties of the rule that are carried through unread.
    pub fn carried(self) -> &'m Carried {
        self.head().carried
    }

    /// Where the rule was written.
    pub fn origin(self) -> Option<&'m Origin> {
        self.head().origin
    }
}

/// What a rule lacks that matches no flow.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RuleLack {
    /// It has no protocols.
    Protocols,
    /// It has no ports.
    Ports,
    /// It has no source or no destination.
    Ends,
}

impl RuleLack {
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

impl SortedRule<'_> {
    /// What the rule lacks, if it matches no flow.
    pub fn lack(self) -> RuleLack {
        let (protocols, ports) = match self {
            Self::Nat(rule) => (rule.matches.protocols.is_empty(), rule.matches.ports.is_empty()),
            Self::Network(_, rule) => (rule.matches.protocols.is_empty(), rule.matches.ports.is_empty()),
            Self::Application(_, rule) => (rule.matches.protocols.is_empty(), false),
        };
        match (protocols, ports) {
            (true, _) => RuleLack::Protocols,
            (false, true) => RuleLack::Ports,
            (false, false) => RuleLack::Ends,
        }
    }
}
