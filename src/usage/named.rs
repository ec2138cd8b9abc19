//! The rules that records name.

use std::collections::HashMap;

use crate::evaluate::{OrderLine, RuleOrder};
use crate::logs::{Logged, Row};
use crate::net::same_word;

/// The decider that a record names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum NamedRule {
    /// It names no rule.
    Nothing,
    /// It names rules of the policy, by their places; several where it leaves names out.
    Rules(Vec<usize>),
    /// It names a rule that the policy does not have.
    Unknown,
}

/// Finds the rules that records name.
pub(super) struct LoggedNames<'o, 'm> {
    order: &'o RuleOrder<'m>,
    known: HashMap<u32, NamedRule>,
    /// The policies that records name and that are none of these, where their rules are.
    others: Vec<String>,
}

impl<'o, 'm> LoggedNames<'o, 'm> {
    pub(super) fn new(order: &'o RuleOrder<'m>) -> Self {
        Self { order, known: HashMap::new(), others: Vec::new() }
    }

    /// What the record of a row names. All rows must be of one table.
    pub(super) fn of(&mut self, row: &Row<'_>) -> &NamedRule {
        if !self.known.contains_key(&row.numbers.logged) {
            let named = self.find(row.logged);
            self.known.insert(row.numbers.logged, named);
        }
        self.known.get(&row.numbers.logged).unwrap_or(&NamedRule::Nothing)
    }

    /// The policies that records name in place of the one that was given.
    pub(super) fn others(&self) -> &[String] {
        &self.others
    }

    fn find(&mut self, logged: &Logged<Box<str>>) -> NamedRule {
        if !logged.names_rule() {
            return NamedRule::Nothing;
        }
        let own = self.places(|line| is(&logged.policy, &line.policy.name) && is_rule(logged, line));
        if !own.is_empty() {
            return NamedRule::Rules(own);
        }
        // The policy may be deployed under another name.
        let others = self.places(|line| is_rule(logged, line));
        if others.is_empty() {
            return NamedRule::Unknown;
        }
        if !self.others.iter().any(|other| same_word(other, &logged.policy)) {
            self.others.push(logged.policy.to_string());
        }
        NamedRule::Rules(others)
    }

    fn places(&self, is_meant: impl Fn(&OrderLine<'m>) -> bool) -> Vec<usize> {
        self.order.lines().iter().filter(|line| is_meant(line)).map(|line| line.place).collect()
    }
}

fn is_rule(logged: &Logged<Box<str>>, line: &OrderLine<'_>) -> bool {
    is(&logged.group, &line.group.name)
        && is(&logged.collection, &line.collection.name)
        && is(&logged.rule, line.rule.name())
}

/// Whether a name is that of the record, which may leave it out.
fn is(logged: &str, name: &str) -> bool {
    logged.is_empty() || same_word(logged, name)
}
