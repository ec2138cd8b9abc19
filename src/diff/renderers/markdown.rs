//! The renderer for a pull request: short first, details folded, within the size that the host of the comment takes.

use crate::source::visible;
use crate::words::NamedSet;

use super::super::Effect;
use super::definitions::{CauseBlock, blocks, definition_members, definition_title, shared_risks};
use super::lines::counted;
use super::sentences::{other_sentence, shared_sentence, terms};
use super::{CauseBody, CauseView, DiffView, FlowsView, RenderedRow, RuleView};

/// How many characters a comment may have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MarkdownRoom {
    /// A comment on GitHub: 65,536.
    GitHub,
    /// A comment in Azure DevOps: 150,000.
    AzureDevOps,
}

impl MarkdownRoom {
    fn characters(self) -> usize {
        match self {
            Self::GitHub => 65_536,
            Self::AzureDevOps => 150_000,
        }
    }
}

/// How many characters stay free for what is said about what does not fit.
const NOTICE: usize = 300;
/// How many products of one cause are listed.
const FLOWS: usize = 50;
/// How many causes are listed in the open part.
const OPEN: usize = 8;

/// The differences of all policies as a comment; what does not fit is left out, and said to be.
pub fn markdown(views: &[DiffView], room: MarkdownRoom) -> String {
    let heads: Vec<String> = views.iter().map(head).collect();
    let mut page = MarkdownPage { text: heads.join("\n"), left: 0 };
    page.left = room.characters().saturating_sub(NOTICE + page.text.chars().count());
    let cut = views.iter().map(|view| {
        if views.len() > 1 && !view.is_empty() {
            page.add(&format!("\n#### {}\n", code(&view.policy)));
        }
        page.add_lists(view)
    });
    let (causes, lists) = cut.fold((0, 0), |(causes, lists), (more, others)| (causes + more, lists + others));
    if causes + lists > 0 {
        let mut what = Vec::new();
        what.extend((causes > 0).then(|| counted(causes, "cause")));
        what.extend((lists > 0).then(|| counted(lists, "list")));
        let size = crate::diag::grouped(room.characters() as u64);
        page.text.push_str(&format!(
            "\n> **Cut:** {} would not fit into {size} characters. `fwc diff` shows everything.\n",
            what.join(" and ")
        ));
    }
    page.text
}

fn items(body: &CauseBody) -> Vec<String> {
    let row = |RenderedRow { what, before, after }: &RenderedRow| {
        format!("{}: {} → {}", code(what), code(before), code(after))
    };
    match body {
        CauseBody::Changes(_, rows) => rows.iter().map(row).collect(),
        CauseBody::Sentences(sentences) => sentences.iter().map(|sentence| marked(sentence)).collect(),
    }
}

struct MarkdownPage {
    text: String,
    left: usize,
}

impl MarkdownPage {
    /// Adds the causes of a policy and what is beside them; how many causes and how many lists do not fit.
    fn add_lists(&mut self, view: &DiffView) -> (usize, usize) {
        let mut cut = 0;
        for cause in &view.causes {
            cut += usize::from(!self.add(&details(cause)) && !self.add(&details_of_few(cause)));
        }
        let mut lists_cut = 0;
        for section in view.sections() {
            let items: String = items(&section.body).iter().map(|item| format!("- {item}\n")).collect();
            lists_cut += usize::from(!self.add(&folded(&section.heading(), &items)));
        }
        (cut, lists_cut)
    }

    /// Adds a part whole or not at all.
    fn add(&mut self, part: &str) -> bool {
        let size = part.chars().count();
        let fits = size <= self.left;
        if fits {
            self.left -= size;
            self.text.push_str(part);
        }
        fits
    }
}

/// What a reader sees without opening anything.
fn head(view: &DiffView) -> String {
    let mut text = format!("### Firewall policy {}: {}\n\n", code(&view.policy), &view.headline());
    text.push_str(&format!("{} → {}\n", code(&view.old), code(&view.new)));
    view.caveats.iter().for_each(|caveat| text.push_str(&format!("\n> {}\n", marked(caveat))));
    let counts: Vec<String> = Effect::ALL
        .iter()
        .filter_map(|&effect| {
            let (causes, sets) = view.count(effect);
            (causes > 0).then(|| {
                format!("**{}**: {}, {} of flows", effect.phrase(), counted(causes, "cause"), counted(sets, "set"))
            })
        })
        .collect();
    if !counts.is_empty() {
        text.push_str(&format!("\n{}\n", counts.join(" · ")));
    }
    let blocks = blocks(view, &view.causes.iter().collect::<Vec<_>>());
    let mut items: Vec<String> = blocks.iter().take(OPEN).map(open_block).collect();
    if let Some(more) = blocks.len().checked_sub(OPEN).filter(|&more| more > 0) {
        items.push(format!("and {more} more, below"));
    }
    items.extend(view.shared.iter().map(|shared| marked(&shared_sentence(shared))));
    items.extend(view.others.iter().map(|other| marked(&other_sentence(other))));
    items.extend(view.guards.iter().map(|guard| marked(&guard.line())));
    let rest = [(view.settings.len(), "setting"), (view.routes.len(), "route")];
    items.extend(rest.iter().filter(|(n, _)| *n > 0).map(|&(n, word)| format!("{} changed, below", counted(n, word))));
    items.extend(
        (!view.upkeep.is_empty()).then(|| "owners, tickets, expiries or descriptions changed, below".to_owned()),
    );
    if !items.is_empty() {
        text.push('\n');
    }
    items.iter().take(4 * OPEN).for_each(|item| text.push_str(&format!("- {item}\n")));
    text
}

/// A cause, or a definition that changed, with the rules that use it.
fn open_block(block: &CauseBlock<'_>) -> String {
    match block {
        CauseBlock::One(cause) => open(cause),
        CauseBlock::Definition(definition, causes) => {
            let sign = causes.first().map_or('~', |cause| cause.effect.sign());
            let mut text = format!("`{sign}` **{}**", marked(&definition_title(definition, causes)));
            for (word, members) in definition_members(definition) {
                text.push_str(&format!("<br>{word}: {}", code(&members)));
            }
            let rules: Vec<String> =
                causes.iter().take(4 * OPEN).map(|cause| code(cause.rule().name.as_deref().unwrap_or("-"))).collect();
            text.push_str(&format!("<br>rules: {}", rules.join(", ")));
            for (level, risk) in shared_risks(causes) {
                text.push_str(&format!("<br>⚠ {level} risk: {}", marked(risk)));
            }
            text
        }
    }
}

/// A cause in two lines.
fn open(cause: &CauseView) -> String {
    let flows = cause.flows.first().map(sentence).unwrap_or_default();
    let more = match cause.flows.len() {
        0 | 1 => String::new(),
        several => format!(" and {}", counted(several - 1, "more set")),
    };
    let rule = cause.rule();
    let owner = rule.owner.as_ref().map(|owner| format!("owner {}", code(owner)));
    let by: Vec<String> = rule.place.as_ref().map(|place| code(place)).into_iter().chain(owner).collect();
    let by = if by.is_empty() { String::new() } else { format!(" ({})", by.join(", ")) };
    let risks: String =
        cause.risks.iter().map(|(level, risk)| format!("<br>⚠ {level} risk: {}", marked(risk))).collect();
    let approved = if cause.approved { " *(approved)*" } else { "" };
    format!("`{}` **{}**{approved}: {flows}{more}{by}{risks}", cause.effect.sign(), marked(&cause.title))
}

fn sentence(flows: &FlowsView) -> String {
    let list = |list: &[String]| code(&terms(list));
    let conditions: String = flows.conditions.iter().map(|condition| format!(", {}", code(condition))).collect();
    format!("{} from {} to {}{conditions}", list(&flows.services), list(&flows.from), list(&flows.to))
}

fn details(cause: &CauseView) -> String {
    details_with(cause, FLOWS)
}

fn details_of_few(cause: &CauseView) -> String {
    details_with(cause, 3)
}

fn details_with(cause: &CauseView, shown: usize) -> String {
    let mut body: Vec<String> = cause.flows.iter().take(shown).map(|flows| format!("- {}", sentence(flows))).collect();
    if let Some(more) = cause.flows.len().checked_sub(shown).filter(|&more| more > 0) {
        body.push(format!("- and {} of flows", counted(more, "more set")));
    }
    let sets = cause.sets.iter().filter(|_| shown == FLOWS);
    body.extend(sets.map(|set| format!("- {}", set_sentence(set))));
    body.push(String::new());
    body.push(format!("such as {}<br>", code(&cause.witness)));
    body.push(format!("extent: {}<br>", cause.extent));
    body.extend(cause.seen.iter().map(|seen| format!("seen: {seen}<br>")));
    body.push(format!("before: {}<br>", rule(&cause.before)));
    body.push(format!("after: {}", rule(&cause.after)));
    let of = cause.rule();
    let upkeep: Vec<String> = of.upkeep().into_iter().map(|(word, value)| format!("{word} {}", code(&value))).collect();
    if !upkeep.is_empty() {
        body.push(format!("<br>{}", upkeep.join(", ")));
    }
    folded(&format!("{} {}", cause.effect.sign(), cause.title), &(body.join("\n") + "\n"))
}

/// What a set holds, whole: a reader approves hosts and addresses.
pub fn set_sentence(set: &NamedSet) -> String {
    let entries: Vec<String> = set.entries.iter().map(|entry| code(entry)).collect();
    format!("{} is {}: {}", code(&set.name), set.size(), entries.join(", "))
}

fn rule(rule: &RuleView) -> String {
    let mut text = match &rule.name {
        Some(_) => format!("{} by {}", rule.action, code(&rule.path())),
        None => format!("{}, {}", rule.action, rule.path()),
    };
    text.extend(rule.target.iter().map(|target| format!(" → {}", code(target))));
    text.extend(rule.place.iter().map(|place| format!(", {}", code(place))));
    text.extend(rule.via.iter().map(|via| format!(", applied at {}", code(via))));
    text
}

fn folded(title: &str, body: &str) -> String {
    format!("\n<details><summary>{}</summary>\n\n{body}\n</details>\n", raw(&title.replace('`', "")))
}

/// A sentence whose words in backticks are the author's.
pub fn marked(sentence: &str) -> String {
    let parts = sentence.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { code(part) } else { escaped(part) }).collect()
}

/// The text with a blank for each control, and U+FFFD for whatever else a reader would not see.
fn blank(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    visible(&text).into_owned()
}

/// A text that Markdown leaves alone.
pub fn code(text: &str) -> String {
    let text = blank(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.is_empty() { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A text inside of a tag.
fn raw(text: &str) -> String {
    blank(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('@', "&#64;")
}

/// A text outside of code: nothing in it is a tag, a link or a mention.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in blank(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '*' | '_' | '[' | ']' | '|' | '\\' | '#' | '!' | '~' | '$' => {
                escaped.push('\\');
                escaped.push(c);
            }
            '@' => escaped.push_str("&#64;"),
            c => escaped.push(c),
        }
    }
    escaped
}
