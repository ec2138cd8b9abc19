//! A difference for people: what the three faces have in common.
//!
//! A [`View`] holds every sentence in words; a face only lays it out.

mod html;
mod lines;
mod markdown;
mod rule;
mod sentences;
mod text;
mod view;

use super::{Effect, Protection, Shared, Verdict};

pub use html::html;
pub use markdown::{Room, code, markdown, marked};
pub use rule::{RuleView, Source, meta};
pub use sentences::other_sentence;
pub use text::text;
pub use view::{flows, view};

/// A difference in words.
#[derive(Clone, Debug)]
pub struct View {
    /// What the old side is called.
    pub old: String,
    /// What the new side is called.
    pub new: String,
    /// The policy that is compared.
    pub policy: String,
    /// The answer in a word.
    pub verdict: Verdict,
    /// The causes, those that open first.
    pub causes: Vec<CauseView>,
    /// Shared things that differ, and what that reaches.
    pub shared: Vec<Shared>,
    /// Other policies of the input whose flows change too.
    pub others: Vec<Other>,
    /// Settings that differ.
    pub settings: Vec<SettingView>,
    /// Routes that differ: table and prefix, before, after.
    pub routes: Vec<[String; 3]>,
    /// What was added, removed, moved or renamed, a sentence each.
    pub structure: Vec<String>,
    /// What the answer leaves out or takes for granted.
    pub caveats: Vec<String>,
}

/// A setting that differs, in words.
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
}

impl SettingView {
    /// Path, before and after; the path says where less is protected.
    fn row(&self) -> [String; 3] {
        let mark = if self.effect == Protection::Weakens { " (weaker)" } else { "" };
        [format!("{}{mark}", self.path), self.before.clone(), self.after.clone()]
    }
}

/// One cause in words.
#[derive(Clone, Debug)]
pub struct CauseView {
    /// How flows change.
    pub effect: Effect,
    /// What happens, in a sentence; the author's words stand in backticks.
    pub title: String,
    /// What decided.
    pub before: RuleView,
    /// What decides.
    pub after: RuleView,
    /// The flows.
    pub flows: Vec<FlowsView>,
    /// One of them.
    pub witness: String,
    /// How much.
    pub extent: String,
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
pub struct Other {
    /// Its name.
    pub policy: String,
    /// The answer in a word; absent where it could not be decided, with the reason.
    pub verdict: Result<Verdict, String>,
    /// How many causes newly allow, send elsewhere and newly deny flows.
    pub counts: [usize; 3],
    /// One of the flows.
    pub witness: Option<String>,
    /// Whether a setting of it protects less.
    pub weakened: bool,
}

impl View {
    /// How many settings protect less.
    pub fn weakened(&self) -> usize {
        self.settings.iter().filter(|setting| setting.effect == Protection::Weakens).count()
    }

    /// How many causes have an effect, and how many sets of flows.
    pub fn count(&self, effect: Effect) -> (usize, usize) {
        let causes = self.causes.iter().filter(|cause| cause.effect == effect);
        (causes.clone().count(), causes.map(|cause| cause.flows.len()).sum())
    }
}

impl View {
    /// The answer in a sentence, with what changes beside flows.
    pub fn headline(&self) -> String {
        let weakened = self.weakened();
        let beside: Vec<String> = [(self.settings.len() - weakened, "setting"), (self.routes.len(), "route")]
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| lines::counted(count, word))
            .collect();
        let protect = if weakened == 1 { "protects" } else { "protect" };
        match (beside.is_empty(), self.verdict) {
            (_, verdict) if weakened > 0 => {
                let settings = lines::counted(weakened, "setting");
                let link = if verdict == Verdict::Equivalent { ", but" } else { ";" };
                let rest =
                    if beside.is_empty() { String::new() } else { format!("; {} changed too", beside.join(" and ")) };
                format!("{}{link} {settings} {protect} less{rest}", verdict.phrase())
            }
            (true, verdict) => verdict.phrase().to_owned(),
            (false, Verdict::Equivalent) => format!("no flow changes, but {} did", beside.join(" and ")),
            (false, verdict) => format!("{}; {} changed too", verdict.phrase(), beside.join(" and ")),
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
            Self::NewlyAllowed => "newly allowed",
            Self::TranslationChanged => "sent elsewhere",
            Self::NewlyDenied => "newly denied",
        }
    }

    /// The sign in front of it.
    pub fn sign(self) -> char {
        match self {
            Self::NewlyAllowed => '+',
            Self::TranslationChanged => '~',
            Self::NewlyDenied => '-',
        }
    }
}

impl FlowsView {
    /// The flows as a rule would say them.
    pub fn sentence(&self, shown: usize) -> String {
        let some = |list: &[String]| lines::few(list, shown);
        let conditions: String = self.conditions.iter().map(|condition| format!(", {condition}")).collect();
        format!("{} from {} to {}{conditions}", some(&self.services), some(&self.from), some(&self.to))
    }
}
