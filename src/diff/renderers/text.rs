//! The renderer for a terminal: at most 80 columns, the answer first.

use crate::diag::RenderStyle;
use crate::reach::ReachCase;

use super::super::{Effect, SharedContext};
use super::definitions::{
    CauseBlock, blocks, definition_members, definition_title, shared_risks, shared_sets, shared_upkeep,
};
use super::lines::{counted, few, wrapped};
use super::sentences::{TERMS, other_sentence, shared_sentence};
use super::{CauseBody, CauseView, DiffView, RenderedRow};

/// How many products of a cause are shown, and how many lines of a list.
const FLOWS: usize = 4;
const LIST: usize = 12;
/// How many causes are told in a line each below the headline.
const BRIEF: usize = 3;
/// How many causes are shown, and how many entries of a set that one names.
const CAUSES: usize = 30;
const ENTRIES: usize = 8;

/// The differences of all policies as lines of text: of several, first a line for each.
pub fn text(views: &[DiffView], style: RenderStyle) -> String {
    let mut lines = Vec::new();
    if let [first, _, ..] = views {
        lines.extend(wrapped("", &format!("{} -> {}, {}", first.old, first.new, counted(views.len(), "policy"))));
        for view in views {
            lines.extend(wrapped("  ", &format!("policy {}: {}", view.policy, view.headline())));
            lines.extend(in_brief(view, "    "));
        }
    }
    for view in views.iter().filter(|view| views.len() == 1 || !view.is_empty()) {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(of_view(view, style));
    }
    lines.into_iter().map(|line| line.trim_end().to_owned() + "\n").collect()
}

fn of_view(view: &DiffView, style: RenderStyle) -> Vec<String> {
    let mut lines = wrapped("", &format!("{} -> {}, policy {}", view.old, view.new, view.policy));
    lines.extend(wrapped("", &view.headline()).iter().map(|line| paint(style, BOLD, line)));
    lines.extend(in_brief(view, "  "));
    lines.extend(view.caveats.iter().flat_map(|caveat| wrapped("", caveat)));
    let counts: Vec<String> = Effect::ALL.iter().filter_map(|&effect| count(view, effect)).collect();
    if !counts.is_empty() {
        lines.push(String::new());
        lines.extend(counts);
    }
    lines.extend(shared(view));
    let others = view.others.iter().map(other_sentence).collect::<Vec<_>>();
    lines.extend(list("other policies", &others));
    let (ordinary, unusual): (Vec<_>, Vec<_>) = view.causes.iter().partition(|cause| cause.case == ReachCase::Ordinary);
    let ordinary = blocks(view, &ordinary);
    for block in ordinary.iter().take(CAUSES) {
        lines.push(String::new());
        lines.extend(match block {
            CauseBlock::One(cause) => of_cause(cause, style),
            CauseBlock::Definition(definition, causes) => of_definition(definition, causes, style),
        });
    }
    if let Some(more) = ordinary.len().checked_sub(CAUSES).filter(|&more| more > 0) {
        lines.push(format!("\nand {}: `--format json` has all of them", counted(more, "more cause")));
    }
    lines.extend(list(UNUSUAL, &unusual.into_iter().map(in_short).collect::<Vec<_>>()));
    lines.extend(view.sections().flat_map(|section| list(&uncapitalised(&section.heading()), &items(section.body))));
    lines
}

/// What the first causes do, a line each: what may now happen that could not before, and what no longer.
fn in_brief(view: &DiffView, indent: &str) -> Vec<String> {
    let causes: Vec<&CauseView> = view.causes.iter().filter(|cause| cause.case == ReachCase::Ordinary).collect();
    let brief = blocks(view, &causes).into_iter().take(BRIEF).map(|block| match block {
        CauseBlock::One(cause) => {
            let flows = cause.flows.first().map(|flows| flows.sentence(2)).unwrap_or_default();
            let name = cause.rule().name.as_ref().map(|name| format!("`{name}`: ")).unwrap_or_default();
            format!("{} {}, {name}{flows}", cause.effect.sign(), cause.effect.phrase())
        }
        CauseBlock::Definition(definition, causes) => {
            let sign = causes.first().map_or('~', |cause| cause.effect.sign());
            format!("{sign} {}", definition_title(definition, &causes))
        }
    });
    brief.flat_map(|line| wrapped(indent, &line)).collect()
}

fn items(body: CauseBody) -> Vec<String> {
    let row = |RenderedRow { what, before, after }: RenderedRow| format!("{what}: {before} -> {after}");
    match body {
        CauseBody::Changes(_, rows) => rows.into_iter().map(row).collect(),
        CauseBody::Sentences(sentences) => sentences,
    }
}

fn uncapitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}

/// Above causes of which no flow is ordinary.
const UNUSUAL: &str = "only where a name has a private, a special or the firewall's own address";

/// A cause in a sentence.
fn in_short(cause: &CauseView) -> String {
    let flows = cause.flows.first().map(|flows| flows.sentence(TERMS)).unwrap_or_default();
    format!("{} {}, {}: {flows}", cause.effect.sign(), cause.effect.phrase(), cause.title)
}

const BOLD: &str = "1";

fn paint(style: RenderStyle, code: &str, text: &str) -> String {
    match style {
        RenderStyle::Plain => text.to_owned(),
        RenderStyle::Coloured => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
    }
}

fn colour(effect: Effect) -> &'static str {
    match effect {
        Effect::NewlyUnfiltered | Effect::NewlyAllowed => "1;31",
        Effect::NewlyPrivate | Effect::TranslationChanged => "1;33",
        Effect::NewlyDenied | Effect::NewlyFiltered => "1;32",
    }
}

fn count(view: &DiffView, effect: Effect) -> Option<String> {
    let (causes, sets) = view.count(effect);
    (causes > 0).then(|| {
        let said = format!("{}, {} of flows", counted(causes, "cause"), counted(sets, "set"));
        format!("  {} {:<16}  {said}", effect.sign(), effect.phrase())
    })
}

fn of_cause(cause: &CauseView, style: RenderStyle) -> Vec<String> {
    let sign = cause.effect.sign();
    let approved = if cause.approved { " (approved)" } else { "" };
    let mut title = wrapped(&format!("{sign} "), &format!("{}{approved}", cause.title));
    title.iter_mut().for_each(|line| *line = paint(style, colour(cause.effect), line));
    let mut lines = title;
    let mut field = |word: &str, text: &str| lines.extend(wrapped(&format!("    {word:<8}  "), text));
    for (place, flows) in cause.flows.iter().take(FLOWS).enumerate() {
        field(if place == 0 { "flows" } else { "" }, &flows.sentence(TERMS));
    }
    if let Some(more) = cause.flows.len().checked_sub(FLOWS).filter(|&more| more > 0) {
        field("", &format!("and {}", counted(more, "more set")));
    }
    for set in &cause.sets {
        field("", &format!("{} is {}: {}", set.name, set.size(), few(&set.entries, ENTRIES)));
    }
    field("such as", &cause.witness);
    field("extent", &cause.extent);
    cause.seen.iter().for_each(|seen| field("seen", seen));
    field("before", &cause.before.sentence());
    field("after", &cause.after.sentence());
    let rule = cause.rule();
    for (word, value) in rule.upkeep() {
        field(word, &value);
    }
    for (level, risk) in &cause.risks {
        field("risk", &format!("{level}: {risk}"));
    }
    lines
}

/// A definition that changed, and a line for each rule that does otherwise for it.
fn of_definition(definition: &SharedContext, causes: &[&CauseView], style: RenderStyle) -> Vec<String> {
    let effect = causes.first().map_or(Effect::NewlyAllowed, |cause| cause.effect);
    let mut lines = wrapped(&format!("{} ", effect.sign()), &definition_title(definition, causes));
    lines.iter_mut().for_each(|line| *line = paint(style, colour(effect), line));
    let mut field = |word: &str, text: &str| lines.extend(wrapped(&format!("    {word:<8}  "), text));
    for (word, members) in definition_members(definition) {
        field(word, &members);
    }
    for (at, cause) in causes.iter().take(LIST).enumerate() {
        field(if at == 0 { "rules" } else { "" }, &cause.line());
    }
    if let Some(more) = causes.len().checked_sub(LIST).filter(|&more| more > 0) {
        field("", &format!("and {more} more: `--format json` has all of them"));
    }
    for set in shared_sets(causes).into_iter().take(LIST) {
        field("", &format!("{} is {}: {}", set.name, set.size(), few(&set.entries, ENTRIES)));
    }
    if let Some(cause) = causes.first() {
        field("such as", &cause.witness);
        field("extent", &cause.extent);
    }
    causes.iter().filter_map(|cause| cause.seen.as_ref()).take(1).for_each(|seen| field("seen", seen));
    for (word, value) in shared_upkeep(causes) {
        field(word, &value);
    }
    for (level, risk) in shared_risks(causes) {
        field("risk", &format!("{level}: {risk}"));
    }
    lines
}

fn shared(view: &DiffView) -> Vec<String> {
    let sentences: Vec<String> = view.shared.iter().map(shared_sentence).collect();
    list("what shared things reach", &sentences)
}

fn list(title: &str, items: &[String]) -> Vec<String> {
    if items.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new()];
    lines.extend(wrapped("", title));
    lines.extend(items.iter().take(LIST).flat_map(|item| wrapped("  ", item)));
    if let Some(more) = items.len().checked_sub(LIST).filter(|&more| more > 0) {
        lines.push(format!("  and {more} more"));
    }
    lines
}
