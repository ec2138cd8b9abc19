//! What a record states that was decided.

use indexmap::Equivalent;

use crate::flow::FlowAction;

/// Which log a record is of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LogTable {
    /// Of application rules.
    Application,
    /// Of network rules.
    Network,
    /// Of DNAT rules.
    Nat,
    /// Of threat intelligence, which is asked before the rules.
    ThreatIntelligence,
    /// Of intrusion detection, which inspects what the rules allow.
    IntrusionDetection,
    /// Of connections: flow traces and the largest flows.
    Connections,
    /// Counts of policy analytics, which repeat what other logs have.
    Counts,
    /// None: a line of `--flows`.
    Given,
}

impl LogTable {
    /// Whether each record is a flow that the rules decided; else it is told beside such flows.
    pub fn is_of_rules(self) -> bool {
        match self {
            Self::Application | Self::Network | Self::Nat | Self::Given => true,
            Self::ThreatIntelligence | Self::IntrusionDetection | Self::Connections | Self::Counts => false,
        }
    }

    /// Whether a firewall wrote it.
    pub fn is_of_firewall(self) -> bool {
        match self {
            Self::Application | Self::Network | Self::Nat => true,
            Self::ThreatIntelligence | Self::IntrusionDetection | Self::Connections | Self::Counts => true,
            Self::Given => false,
        }
    }

    /// What its records are, for people.
    pub fn what(self) -> &'static str {
        match self {
            Self::Application => "a flow of the application rule log",
            Self::Network => "a flow of the network rule log",
            Self::Nat => "a flow of the NAT rule log",
            Self::ThreatIntelligence => "threat intelligence, which is applied before the rules",
            Self::IntrusionDetection => "intrusion detection, which inspects what the rules allow",
            Self::Connections => "a connection that another log has too",
            Self::Counts => "a count of policy analytics, which repeats what other logs have",
            Self::Given => "a flow",
        }
    }

    /// The word in `fwc.observed/1`.
    pub fn word(self) -> &'static str {
        self.row().1
    }

    /// The table of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        TABLES.iter().find(|(_, other)| *other == word).map(|(table, _)| *table)
    }

    fn row(self) -> (Self, &'static str) {
        TABLES.iter().copied().find(|(table, _)| *table == self).unwrap_or((self, "flow"))
    }
}

const TABLES: [(LogTable, &str); 8] = [
    (LogTable::Application, "application"),
    (LogTable::Network, "network"),
    (LogTable::Nat, "nat"),
    (LogTable::ThreatIntelligence, "threat-intelligence"),
    (LogTable::IntrusionDetection, "intrusion-detection"),
    (LogTable::Connections, "connections"),
    (LogTable::Counts, "counts"),
    (LogTable::Given, "flow"),
];

/// Why the firewall did what it did, where a record states so.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LoggedReason {
    /// The record states nothing.
    None,
    /// No rule matched.
    Default,
    /// The name has no address.
    Unresolved,
    /// The request has no name.
    Unnamed,
    /// Something else.
    Other,
}

impl LoggedReason {
    /// Of what Azure writes: `Default FlowAction`, `No rule matched. Proceeding with default action`, `Failed to resolve
    /// address …`, `SNI TLS extension was missing.`
    pub(super) fn of(text: &str) -> Self {
        let text = text.trim().to_ascii_lowercase();
        match () {
            () if text.is_empty() => Self::None,
            () if text.contains("default action") || text.contains("no rule matched") => Self::Default,
            () if text.contains("failed to resolve") => Self::Unresolved,
            () if text.contains("was missing") => Self::Unnamed,
            () => Self::Other,
        }
    }

    /// The word in `fwc.observed/1`; empty for none.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Default => "default",
            Self::Unresolved => "unresolved",
            Self::Unnamed => "unnamed",
            Self::Other => "other",
        }
    }

    /// The reason of a word; an engine may give what Azure wrote.
    pub(super) fn of_word(word: &str) -> Self {
        let all = [Self::None, Self::Default, Self::Unresolved, Self::Unnamed, Self::Other];
        all.into_iter().find(|reason| reason.word() == word).unwrap_or_else(|| Self::of(word))
    }

    /// What it means, for people; nothing where rules decided.
    pub fn what(self) -> Option<&'static str> {
        match self {
            Self::None | Self::Default | Self::Other => None,
            Self::Unresolved => Some("denied because the name has no address"),
            Self::Unnamed => Some("denied because the request states no name"),
        }
    }
}

/// What a record states that was decided. Texts are empty where it does not say.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Logged<T> {
    /// The log.
    pub table: LogTable,
    /// What was done.
    pub action: Option<FlowAction>,
    /// Why.
    pub reason: LoggedReason,
    /// The firewall.
    pub firewall: T,
    /// The policy that holds the rule.
    pub policy: T,
    /// Its group.
    pub group: T,
    /// Its collection.
    pub collection: T,
    /// The rule.
    pub rule: T,
}

impl Logged<&str> {
    /// Of a table, without any rule.
    pub(super) fn of(table: LogTable) -> Self {
        let (action, reason) = (None, LoggedReason::None);
        Self { table, action, reason, firewall: "", policy: "", group: "", collection: "", rule: "" }
    }

    /// About how much memory it takes to keep.
    pub(super) fn bytes(&self) -> usize {
        let texts = [self.firewall, self.policy, self.group, self.collection, self.rule];
        texts.iter().map(|text| text.len()).sum::<usize>() + size_of::<Logged<Box<str>>>()
    }

    pub(super) fn owned(&self) -> Logged<Box<str>> {
        let Self { table, action, reason, firewall, policy, group, collection, rule } = *self;
        Logged {
            table,
            action,
            reason,
            firewall: firewall.into(),
            policy: policy.into(),
            group: group.into(),
            collection: collection.into(),
            rule: rule.into(),
        }
    }
}

impl Logged<Box<str>> {
    /// Whether it names a rule.
    pub fn names_rule(&self) -> bool {
        !self.rule.is_empty() || !self.collection.is_empty()
    }

    /// The rule as a log line names it, `POLICY/GROUP/COLLECTION/RULE`, as far as it does.
    pub fn path(&self) -> String {
        let parts = [&self.policy, &self.group, &self.collection, &self.rule];
        let stated: Vec<&str> = parts.into_iter().map(|part| &**part).filter(|part| !part.is_empty()).collect();
        stated.join("/")
    }
}

impl Equivalent<Logged<Box<str>>> for Logged<&str> {
    fn equivalent(&self, other: &Logged<Box<str>>) -> bool {
        let texts = [
            (self.firewall, &other.firewall),
            (self.policy, &other.policy),
            (self.group, &other.group),
            (self.collection, &other.collection),
            (self.rule, &other.rule),
        ];
        (self.table, self.action, self.reason) == (other.table, other.action, other.reason)
            && texts.iter().all(|(one, other)| **one == ***other)
    }
}

/// What is done, in a word of a log; nothing for `alert` and other words.
pub(super) fn action(word: &str) -> Option<FlowAction> {
    let is = |name: &str| word.eq_ignore_ascii_case(name);
    match () {
        () if is("allow") => Some(FlowAction::Allow),
        () if is("deny") || is("drop") => Some(FlowAction::Deny),
        () => None,
    }
}
