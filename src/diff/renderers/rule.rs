//! A rule that decides, in words, with who answers for it.

use jiff::civil::Date;

use crate::evaluate::OrderLine;
use crate::explain::Decision;
use crate::intent::Intent;
use crate::model::Action;
use crate::source::{Files, Place};
use crate::way::{Fate, words};

use super::super::{DiffOutcome, DiffSide};

/// One side of a difference, with what is known beyond its model.
#[derive(Clone, Copy, Debug)]
pub struct RuleSource<'m> {
    /// What is compared.
    pub side: DiffSide<'m>,
    /// What the author means, where the input is a source.
    pub intent: Option<&'m Intent>,
    /// The texts.
    pub files: &'m Files,
    /// What the input is called.
    pub label: &'m str,
}

/// A rule, or the default.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleView {
    /// What it does with the flows.
    pub action: Action,
    /// Its name; absent for the default, and where a way decides.
    pub name: Option<String>,
    /// The way, where the network decides and no rule.
    pub way: Option<String>,
    /// The policy, group and collection that hold it.
    pub holders: Vec<String>,
    /// `network`, `application`, `dnat` or `default`.
    pub kind: String,
    /// File and line.
    pub place: Option<String>,
    /// Where it was applied, innermost first.
    pub via: Vec<String>,
    /// Where a DNAT rule sends the flows.
    pub target: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The change that it came with.
    pub ticket: Option<String>,
    /// The day after which it should be gone.
    pub expires: Option<Date>,
}

impl RuleView {
    /// A rule of one side.
    pub fn of(decision: Decision<'_>, source: &RuleSource<'_>) -> Self {
        let Some(line) = decision.line() else {
            return Self {
                action: decision.action(),
                name: None,
                way: None,
                holders: vec![source.side.policy.name.to_string()],
                kind: "default".to_owned(),
                place: None,
                via: Vec::new(),
                target: None,
                owner: None,
                ticket: None,
                expires: None,
            };
        };
        Self::of_line(&line, source)
    }

    /// What becomes of flows: by their way, or by a rule of one side.
    pub fn of_outcome(outcome: &DiffOutcome<'_>, source: &RuleSource<'_>) -> Self {
        let Some(way) = outcome.off_course() else { return Self::of(outcome.decision, source) };
        let action = if outcome.fate == Fate::Unfiltered { Action::Allow } else { Action::Deny };
        Self { action, way: Some(words(way)), name: None, kind: "way".to_owned(), ..Self::at_firewall(source) }
    }

    /// That the rules decide, whichever it is.
    pub fn at_firewall(source: &RuleSource<'_>) -> Self {
        let way = Some("to the firewall, whose rules decide".to_owned());
        Self { way, ..Self::of(Decision::Default(source.side.policy), source) }
    }

    /// As [`Self::of`], for a rule.
    pub fn of_line(line: &OrderLine<'_>, source: &RuleSource<'_>) -> Self {
        let origin = line.rule.origin();
        let meta = origin.and_then(|origin| source.intent.and_then(|intent| intent.meta(origin)));
        let place = |at: Place| source.files.locate(at).map(|located| located.line());
        Self {
            action: line.rule.action(),
            name: Some(line.rule.name().to_owned()),
            way: None,
            holders: vec![line.policy.name.to_string(), line.group.name.to_string(), line.collection.name.clone()],
            kind: line.rule.kind().to_string(),
            place: origin.and_then(|origin| place(origin.at)),
            via: origin.into_iter().flat_map(|origin| origin.via.iter().filter_map(|&via| place(via.into()))).collect(),
            target: target(line),
            owner: meta.and_then(|meta| meta.owner.clone()),
            ticket: meta.and_then(|meta| meta.ticket.clone()),
            expires: meta.and_then(|meta| meta.expires.as_ref()).map(|date| date.value),
        }
    }

    /// The rule with all that holds it, as in `aks-weu / platform / platform-allow-network / time`.
    pub fn path(&self) -> String {
        match (&self.name, &self.way) {
            (Some(name), _) => format!("{} / {name}", self.holders.join(" / ")),
            (None, Some(way)) => way.clone(),
            (None, None) => "no rule matches".to_owned(),
        }
    }

    /// What it does, with where it is.
    pub fn sentence(&self) -> String {
        if let Some(way) = &self.way {
            return way.clone();
        }
        let target = self.target.as_ref().map(|target| format!(" -> {target}")).unwrap_or_default();
        let place = self.place.as_ref().map(|place| format!(", {place}")).unwrap_or_default();
        let via: String = self.via.iter().map(|via| format!(", applied at {via}")).collect();
        format!("{}{target}: {}{place}{via}", self.action, self.path())
    }

    /// Owner, ticket and expiry, where there are any.
    pub fn upkeep(&self) -> Vec<(&'static str, String)> {
        let expires = self.expires.map(|date| date.to_string());
        let all = [("owner", self.owner.clone()), ("ticket", self.ticket.clone()), ("expires", expires)];
        all.into_iter().filter_map(|(word, value)| Some((word, value?))).collect()
    }
}

fn target(line: &OrderLine<'_>) -> Option<String> {
    match line.rule {
        crate::evaluate::SortedRule::Nat(rule) => Some(rule.handling.to_string()),
        crate::evaluate::SortedRule::Network(..) | crate::evaluate::SortedRule::Application(..) => None,
    }
}
