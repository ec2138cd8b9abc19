//! FW0804: facts of a module, such as the names that a product needs, that were last checked more than a year ago.

use std::collections::BTreeMap;

use jiff::Span as Time;
use jiff::civil::Date;

use super::registry::{Lint, OfText};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::intent::{Intent, Rule, Sources};
use crate::source::{FileId, Origin, SourceSpan};
use crate::syntax::{NodeKind, SyntaxNode, ast};

pub(super) static LINT: Lint<OfText> = Lint::new(&[Code::FW0804], |written| {
    written.today.iter().flat_map(|today| stale(written.sources, written.intent, *today)).collect()
});

/// How long a fact counts as checked.
const YEARS: i64 = 1;

/// An item with a `@source`.
struct Fact {
    item: SourceSpan,
    date: SourceSpan,
    checked: Date,
}

/// Reports each file with facts that a rule uses and that were last checked more than a year before `today`, at the oldest.
fn stale(sources: &Sources, intent: &Intent, today: Date) -> Diagnostics {
    let oldest = today.checked_sub(Time::new().years(YEARS)).unwrap_or(Date::MIN);
    let facts: BTreeMap<FileId, Vec<Fact>> =
        sources.units().map(|(file, unit)| (file, facts(unit.tree.root(), oldest))).collect();
    let facts: BTreeMap<FileId, Vec<Fact>> = facts.into_iter().filter(|(_, facts)| !facts.is_empty()).collect();
    if facts.is_empty() {
        return Diagnostics::new();
    }
    let mut used: BTreeMap<FileId, UsedDefinitions<'_>> = BTreeMap::new();
    let rules = intent.policies.iter().flat_map(|policy| &policy.groups).flat_map(|group| group.body.rules());
    for rule in rules.flat_map(|rules| &rules.filters) {
        for at in texts(rule) {
            let fact = facts.get(&at.file).and_then(|facts| around(facts, at));
            if let Some(fact) = fact {
                used.entry(at.file).or_insert_with(|| UsedDefinitions::first(fact, &rule.origin)).add(fact);
            }
        }
    }
    used.into_values().map(|used| used.finding(sources)).collect()
}

/// The items below `node` with a `@source` that is older than `oldest`, in the order of the text.
fn facts(node: SyntaxNode<'_>, oldest: Date) -> Vec<Fact> {
    let mut found = Vec::new();
    for item in node.children() {
        let dates = item.children_of(NodeKind::Annotation).filter_map(date);
        let stale = dates.last().filter(|(_, checked)| *checked < oldest);
        if let Some((date, checked)) = stale {
            found.push(Fact { item: item.span(), date, checked });
        } else {
            found.extend(facts(item, oldest));
        }
    }
    found
}

/// The date of a `@source`.
fn date(annotation: SyntaxNode<'_>) -> Option<(SourceSpan, Date)> {
    let named = ast::name(annotation)?.text() == "source";
    let arguments = ast::parts::<ast::Value<'_>>(annotation);
    let last = arguments.filter_map(|value| ast::word_or_string(*value)).last().filter(|_| named)?;
    Some((last.span(), last.text().parse().ok()?))
}

/// The texts of the ends of a rule, and its own.
fn texts(rule: &Rule) -> impl Iterator<Item = SourceSpan> {
    let addresses = rule.from.iter().chain(&rule.to.addresses).map(|entry| entry.at);
    addresses.chain(rule.to.hosts.iter().map(|entry| entry.at)).chain(rule.origin.span())
}

/// The fact that contains a text.
fn around(facts: &[Fact], at: SourceSpan) -> Option<&Fact> {
    let next = facts.partition_point(|fact| fact.item.start <= at.start);
    facts.get(next.checked_sub(1)?).filter(|fact| at.end <= fact.item.end)
}

/// The stale facts of a file that rules use.
struct UsedDefinitions<'f> {
    oldest: &'f Fact,
    rule: &'f Origin,
    items: Vec<SourceSpan>,
}

impl<'f> UsedDefinitions<'f> {
    fn first(fact: &'f Fact, rule: &'f Origin) -> Self {
        Self { oldest: fact, rule, items: Vec::new() }
    }

    fn add(&mut self, fact: &'f Fact) {
        if !self.items.contains(&fact.item) {
            self.items.push(fact.item);
        }
        if fact.checked < self.oldest.checked {
            self.oldest = fact;
        }
    }

    fn finding(&self, sources: &Sources) -> Diagnostic {
        let file = sources.files().get(self.oldest.item.file).map_or("", |file| file.name());
        let others = match self.items.len() {
            0 | 1 => String::new(),
            several => format!(", and so were {} more of its facts that are used", several - 1),
        };
        let message = format!("`{file}` was checked on {}, more than a year ago{others}", self.oldest.checked);
        let found = Diagnostic::new(Code::FW0804, self.oldest.date, message);
        let found = found.related(self.rule.outermost(), "used here").about(self.rule);
        found.help("a newer fwc may have newer facts; else compare with the page that `@source` names")
    }
}
