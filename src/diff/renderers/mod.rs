//! A difference for people: what the three renderers have in common.
//!
//! A [`DiffView`] holds every sentence in words; a renderer only lays it out.

mod definitions;
mod html;
mod lines;
mod markdown;
mod rule;
mod sentences;
mod text;
mod view;

use std::collections::BTreeSet;

use crate::reach::ReachCase;
use crate::words::NamedSet;

use super::{DiffVerdict, Effect, Protection, SharedContext};

pub use html::html;
pub use markdown::{MarkdownRoom, code, markdown, marked, set_sentence};
pub use rule::{RuleSource, RuleView};
pub use sentences::other_sentence;
pub use text::text;
pub use view::{flows, view};

/// A difference in words.
#[derive(Clone, Debug)]
pub struct DiffView {
    /// What the old side is called.
    pub old: String,
    /// What the new side is called.
    pub new: String,
    /// The policy that is compared.
    pub policy: String,
    /// The answer in a word.
    pub verdict: DiffVerdict,
    /// The causes, those that open first.
    pub causes: Vec<CauseView>,
    /// Shared things that differ, and what that reaches.
    pub shared: Vec<SharedContext>,
    /// Other policies of the input whose flows change too.
    pub others: Vec<OtherChanges>,
    /// Settings that differ.
    pub settings: Vec<SettingView>,
    /// Routes and subnets that differ.
    pub routes: Vec<SettingView>,
    /// Deny rules that went or shrank.
    pub guards: Vec<GuardView>,
    /// Owners, tickets, expiries and descriptions that differ.
    pub upkeep: Vec<SettingView>,
    /// What was added, removed, moved or renamed, a sentence each.
    pub structure: Vec<String>,
    /// What the answer leaves out or takes for granted.
    pub caveats: Vec<String>,
}

/// A setting, a route or a line of upkeep that differs, in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SettingView {
    /// Its path.
    pub path: String,
    /// What it was.
    pub before: String,
    /// What it is.
    pub after: String,
    /// What that does to what the firewall stops, inspects or logs.
    pub effect: Protection,
    /// What is risky about it: level and sentence.
    pub risk: Option<(String, String)>,
    /// Whether somebody has accepted it before.
    pub approved: bool,
}

impl SettingView {
    /// Whether less is protected.
    pub fn is_weaker(&self) -> bool {
        self.effect == Protection::Weakens
    }

    /// The row of a table; it states where less is protected, and how risky that is.
    fn row(&self) -> RenderedRow {
        let risk = self.risk.as_ref().map(|(level, _)| format!("{level} risk"));
        let (weaker, approved) =
            (self.is_weaker().then(|| "weaker".to_owned()), self.approved.then(|| "approved".to_owned()));
        let marks: Vec<String> = weaker.into_iter().chain(risk).chain(approved).collect();
        let mark = if marks.is_empty() { String::new() } else { format!(" ({})", marks.join(", ")) };
        RenderedRow { what: format!("{}{mark}", self.path), before: self.before.clone(), after: self.after.clone() }
    }
}

/// A deny rule that went or shrank.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GuardView {
    /// That it did.
    pub sentence: String,
    /// How risky that is, as a level.
    pub risk: Option<String>,
    /// Whether somebody has accepted it before.
    pub approved: bool,
}

impl GuardView {
    /// The sentence, with how risky it is and whether it was accepted.
    pub fn line(&self) -> String {
        let risk = self.risk.as_ref().map(|level| format!("{level} risk"));
        let marks: Vec<String> = risk.into_iter().chain(self.approved.then(|| "approved".to_owned())).collect();
        if marks.is_empty() { self.sentence.clone() } else { format!("{} ({})", self.sentence, marks.join(", ")) }
    }
}

/// What changes, what it was and what it is: a row of the tables below the flows.
struct RenderedRow {
    what: String,
    before: String,
    after: String,
}

/// What is below the causes.
struct Section {
    /// Its title.
    title: &'static str,
    /// What it states of flows, as a clause.
    note: Option<&'static str>,
    body: CauseBody,
}

enum CauseBody {
    /// Changes of what the word states.
    Changes(&'static str, Vec<RenderedRow>),
    Sentences(Vec<String>),
}

impl Section {
    fn changes(title: &'static str, what: &'static str, changes: &[SettingView]) -> Self {
        Self { title, note: None, body: CauseBody::Changes(what, changes.iter().map(SettingView::row).collect()) }
    }

    fn is_empty(&self) -> bool {
        match &self.body {
            CauseBody::Changes(_, rows) => rows.is_empty(),
            CauseBody::Sentences(sentences) => sentences.is_empty(),
        }
    }

    /// Title and note on one line.
    fn heading(&self) -> String {
        self.note.map_or(self.title.to_owned(), |note| format!("{}: {note}", self.title))
    }
}

/// One cause in words.
#[derive(Clone, Debug)]
pub struct CauseView {
    /// How flows change.
    pub effect: Effect,
    /// Whether the flows go to addresses that their names usually have.
    pub case: ReachCase,
    /// What happens, in a sentence; the author's words are in backticks.
    pub title: String,
    /// The one shared definition whose change reaches its rule, as an index of [`DiffView::shared`].
    pub definition: Option<usize>,
    /// What decided.
    pub before: RuleView,
    /// What decides.
    pub after: RuleView,
    /// The flows.
    pub flows: Vec<FlowsView>,
    /// What the sets hold that the flows name.
    pub sets: Vec<NamedSet>,
    /// One of the flows.
    pub witness: String,
    /// How much.
    pub extent: String,
    /// How much of it was seen in logs, where logs were given.
    pub seen: Option<String>,
    /// What is risky about it: level and sentence.
    pub risks: Vec<(String, String)>,
    /// Whether somebody has accepted it before.
    pub approved: bool,
}

/// A product of flows in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FlowsView {
    /// Over what.
    pub services: Vec<String>,
    /// Who asks.
    pub from: Vec<String>,
    /// Who is asked.
    pub to: Vec<String>,
    /// What else must hold.
    pub conditions: Vec<String>,
}

/// What happens to another policy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OtherChanges {
    /// Its name.
    pub policy: String,
    /// The answer in a word; absent where it could not be decided, with the reason.
    pub verdict: Result<DiffVerdict, String>,
    /// How many causes there are of each effect.
    pub counts: [usize; Effect::ALL.len()],
    /// One of the flows.
    pub witness: Option<String>,
    /// Whether a setting, a route or a guard of it protects less.
    pub weakened: bool,
}

impl DiffView {
    /// How many settings, routes and guards protect less.
    pub fn weakened(&self) -> usize {
        let rows = self.settings.iter().chain(&self.routes);
        rows.filter(|row| row.effect == Protection::Weakens).count() + self.guards.len()
    }

    /// How many causes have an effect, and how many sets of flows.
    pub fn count(&self, effect: Effect) -> (usize, usize) {
        let causes = self.causes.iter().filter(|cause| cause.effect == effect);
        (causes.clone().count(), causes.map(|cause| cause.flows.len()).sum())
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        let rows = self.settings.len() + self.routes.len() + self.guards.len() + self.upkeep.len();
        self.verdict.is_same() && rows + self.structure.len() == 0
    }

    /// What is below the causes, but for what is empty.
    fn sections(&self) -> impl Iterator<Item = Section> {
        let all = [
            Section::changes("Settings", "setting", &self.settings),
            Section::changes("Routes", "route", &self.routes),
            Section {
                title: "Deny rules that deny less",
                note: Some("no flow is allowed for it today, a rule that comes later may allow it"),
                body: CauseBody::Sentences(self.guards.iter().map(GuardView::line).collect()),
            },
            Section::changes("Owners, tickets, expiries, descriptions", "rule", &self.upkeep),
            Section {
                title: "Moved, renamed, added, removed",
                note: Some("no flow is decided by this"),
                body: CauseBody::Sentences(self.structure.clone()),
            },
        ];
        all.into_iter().filter(|section| !section.is_empty())
    }

    /// Which of owners, tickets, expiries and descriptions change.
    fn upkeep_words(&self) -> String {
        let said = |(what, word): (&str, &str)| {
            let count = self.upkeep.iter().filter(|row| row.path.ends_with(&format!(": {what}"))).count();
            lines::few_counted(count, word)
        };
        let all = [("owner", "owner"), ("ticket", "ticket"), ("expires", "expiry"), ("description", "description")];
        let all: Vec<String> = all.into_iter().filter_map(said).collect();
        lines::listed(&all)
    }

    /// The answer in a sentence, with what changes beside flows.
    pub fn headline(&self) -> String {
        let weaker = [
            lines::few_counted(self.settings.iter().filter(|row| row.is_weaker()).count(), "setting"),
            lines::few_counted(self.routes.iter().filter(|row| row.is_weaker()).count(), "route"),
            lines::few_counted(self.guards.len(), "deny rule"),
        ];
        let weaker: Vec<String> = weaker.into_iter().flatten().collect();
        let beside = [
            lines::few_counted(self.settings.iter().filter(|row| !row.is_weaker()).count(), "setting"),
            lines::few_counted(self.routes.iter().filter(|row| !row.is_weaker()).count(), "route"),
            (!self.upkeep.is_empty()).then(|| self.upkeep_words()),
        ];
        let beside: Vec<String> = beside.into_iter().flatten().collect();
        let (phrase, same) = (self.verdict.phrase(), self.verdict.is_same());
        let protect = if self.weakened() == 1 { "protects" } else { "protect" };
        let (weaker, beside) = (lines::listed(&weaker), lines::listed(&beside));
        match (weaker.is_empty(), beside.is_empty()) {
            (true, true) => phrase,
            (true, false) if same => format!("{phrase}, but {beside} did"),
            (true, false) => format!("{phrase}; {beside} changed too"),
            (false, _) => {
                let link = if same { ", but" } else { ";" };
                let rest = if beside.is_empty() { String::new() } else { format!("; {beside} changed too") };
                format!("{phrase}{link} {weaker} {protect} less{rest}")
            }
        }
    }
}

impl CauseView {
    /// The rule to talk about: the one that decides now, else the one that did.
    pub fn rule(&self) -> &RuleView {
        if self.after.name.is_some() { &self.after } else { &self.before }
    }

    /// The highest level of its risks.
    pub fn risk(&self) -> Option<&str> {
        self.risks.first().map(|(level, _)| level.as_str())
    }
}

impl Effect {
    /// The word for people.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::NewlyUnfiltered => "newly unfiltered",
            Self::NewlyAllowed => "newly allowed",
            Self::NewlyPrivate => "newly private",
            Self::TranslationChanged => "sent elsewhere",
            Self::NewlyDenied => "newly denied",
            Self::NewlyFiltered => "newly filtered",
        }
    }

    /// What happens to flows, after that word.
    pub fn happens(self) -> &'static str {
        match self {
            Self::NewlyUnfiltered => "go past the firewall that did not",
            Self::NewlyAllowed => "are allowed that were not",
            Self::NewlyPrivate => "go to private endpoints, past the firewall",
            Self::TranslationChanged => "are sent elsewhere",
            Self::NewlyDenied => "are denied that were not",
            Self::NewlyFiltered => "come to the firewall that went past it",
        }
    }

    /// The sign before it.
    pub fn sign(self) -> char {
        match self {
            Self::NewlyUnfiltered => '!',
            Self::NewlyAllowed => '+',
            Self::NewlyPrivate | Self::TranslationChanged => '~',
            Self::NewlyDenied | Self::NewlyFiltered => '-',
        }
    }
}

impl FlowsView {
    /// Every phrase that may name a set.
    fn all(&self) -> impl Iterator<Item = &String> {
        self.from.iter().chain(&self.to).chain(&self.conditions)
    }

    /// The flows as a rule would say them.
    pub fn sentence(&self, shown: usize) -> String {
        let some = |list: &[String]| lines::few(list, shown);
        let conditions: String = self.conditions.iter().map(|condition| format!(", {condition}")).collect();
        format!("{} from {} to {}{conditions}", some(&self.services), some(&self.from), some(&self.to))
    }
}

/// Takes what is said of the network, of a base or of what policies share out of all views but the first that states it.
pub fn say_once(views: &mut [DiffView]) {
    let mut said = RenderedWords::default();
    for view in views {
        view.settings.retain(|row| said.is_new(row));
        view.routes.retain(|row| said.is_new(row));
        view.upkeep.retain(|row| said.is_new(row));
        view.guards.retain(|guard| said.sentences.insert(guard.sentence.clone()));
        view.structure.retain(|sentence| said.sentences.insert(sentence.clone()));
    }
}

#[derive(Default)]
struct RenderedWords {
    rows: Vec<SettingView>,
    sentences: BTreeSet<String>,
}

impl RenderedWords {
    fn is_new(&mut self, row: &SettingView) -> bool {
        let is_new = !self.rows.contains(row);
        if is_new {
            self.rows.push(row.clone());
        }
        is_new
    }
}
