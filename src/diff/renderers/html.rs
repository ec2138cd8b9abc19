//! The renderer for a browser: one page, the verdict on its first screen.

use maud::{Markup, html};

use crate::html::{marked, page, search};
use crate::model::Action;
use crate::reach::ReachCase;
use crate::words::meanings;

use super::super::{Effect, SharedContext};
use super::definitions::{CauseBlock, blocks, definition_members, definition_title};
use super::lines::counted;
use super::sentences::{other_sentence, shared_sentence};
use super::{CauseBody, CauseView, DiffView, FlowsView, RenderedRow, RuleView, Section};

/// How many causes the first screen names, and how many risks of each.
const FIRST: usize = 3;
const RISKS: usize = 2;

/// The differences of all policies as a self-contained page; of several, those that differ.
pub fn html(views: &[DiffView]) -> String {
    let title = match views {
        [view] => format!("{}: {}", view.policy, view.verdict.phrase()),
        several => {
            let changed = several.iter().filter(|view| !view.is_empty()).count();
            format!("{} of {} differ", changed, counted(several.len(), "policy"))
        }
    };
    let body = html! {
        @if let [first, _, ..] = views {
            header {
                h1 { (title) }
                p class="soft" { code { (first.old) } " → " code { (first.new) } }
                ul { @for view in views { li { code { (view.policy) } ": " (view.headline()) } } }
            }
        }
        main {
            @let changed = views.iter().filter(|view| views.len() == 1 || !view.is_empty());
            @for (at, view) in changed.enumerate() { (of_view(view, at == 0)) }
        }
    };
    page(&title, &body)
}

fn of_view(view: &DiffView, first: bool) -> Markup {
    html! {
        article {
            header {
                h1 { "Firewall policy " code { (view.policy) } }
                p class="soft" { code { (view.old) } " → " code { (view.new) } }
            }
            (verdict(view, first))
            (reached(view))
            @if !view.causes.is_empty() {
                section {
                    h2 { "Flows that change, by cause" }
                    @if first { (search("the causes", &meanings())) }
                    @for (at, block) in blocks(view, &view.causes.iter().collect::<Vec<_>>()).iter().enumerate() {
                        @match block {
                            CauseBlock::One(cause) => (of_cause(cause, at == 0)),
                            CauseBlock::Definition(definition, causes) => (of_definition(definition, causes)),
                        }
                    }
                }
            }
            @for section in view.sections() { (of_section(&section)) }
        }
    }
}

/// Wider or narrower, by how much, decided by what, and who owns it.
fn verdict(view: &DiffView, first: bool) -> Markup {
    let class = match (view.weakened() > 0 || view.verdict.opens(), view.verdict.is_same()) {
        (true, _) => "verdict opens",
        (false, true) => "verdict same",
        (false, false) => "verdict closes",
    };
    html! {
        section class=(class) id=[first.then_some("verdict")] {
            strong { (view.headline()) }
            @for caveat in &view.caveats { p { (marked(caveat)) } }
            @if !view.causes.is_empty() {
                ul class="tiles" {
                    @for effect in Effect::ALL {
                        @let (causes, sets) = view.count(effect);
                        @if causes > 0 {
                            li { b { (counted(causes, "cause")) } (effect.phrase()) ", " (counted(sets, "set")) " of flows" }
                        }
                    }
                }
            }
            ol class="plain" { @for cause in riskiest(view) { li class="card" { (in_short(cause)) } } }
            @if view.causes.len() > FIRST { p class="soft" { "and " (counted(view.causes.len() - FIRST, "more cause")) ", below" } }
        }
    }
}

/// The causes that the first screen names: what nobody has accepted yet, the riskiest first.
fn riskiest(view: &DiffView) -> Vec<&CauseView> {
    let mut causes: Vec<&CauseView> = view.causes.iter().collect();
    let rank =
        |cause: &CauseView| ["high", "medium", "low"].iter().position(|level| cause.risk() == Some(level)).unwrap_or(3);
    causes.sort_by_key(|cause| (cause.approved, rank(cause)));
    causes.truncate(FIRST);
    causes
}

/// After a cause of which no flow is ordinary.
const UNUSUAL: &str = "only where the name has a private, a special or the firewall's own address";

/// A cause on the first screen: how much, by what, who owns it, how risky.
fn in_short(cause: &CauseView) -> Markup {
    let rule = cause.rule();
    html! {
        (badge(cause.effect)) " " b { (marked(&cause.title)) }
        @if cause.approved { " " span class="badge low" { "approved" } }
        p class="soft" {
            (cause.extent)
            @if let Some(place) = &rule.place { " · " code { (place) } }
            " · " @match &rule.owner { Some(owner) => { "owner " b { (owner) } } None => "no owner" }
        }
        @for (level, risk) in cause.risks.iter().take(RISKS) { p { (risk_badge(level)) " " (marked(risk)) } }
        @if cause.risks.len() > RISKS { p class="soft" { "and " (counted(cause.risks.len() - RISKS, "more risk")) } }
    }
}

fn risk_badge(level: &str) -> Markup {
    html! { span class={ "badge " (level) } { (level) " risk" } }
}

fn reached(view: &DiffView) -> Markup {
    html! {
        @if !view.shared.is_empty() || !view.others.is_empty() {
            h2 { "What the change reaches" }
            ul {
                @for shared in &view.shared { li { (marked(&shared_sentence(shared))) } }
                @for other in &view.others { li { (marked(&other_sentence(other))) } }
            }
        }
    }
}

fn badge(effect: Effect) -> Markup {
    let class = match effect {
        Effect::NewlyUnfiltered | Effect::NewlyAllowed => "badge wider",
        Effect::NewlyPrivate | Effect::TranslationChanged => "badge elsewhere",
        Effect::NewlyDenied | Effect::NewlyFiltered => "badge narrower",
    };
    html! { span class=(class) { (effect.phrase()) } }
}

/// A definition that changed, with the causes of the rules that use it.
fn of_definition(definition: &SharedContext, causes: &[&CauseView]) -> Markup {
    html! {
        section class="group" {
            h3 {
                @if let Some(cause) = causes.first() { (badge(cause.effect)) " " }
                (marked(&definition_title(definition, causes)))
            }
            dl { @for (word, members) in definition_members(definition) { dt { (word) } dd { code { (members) } } } }
            @for cause in causes { (of_cause(cause, false)) }
        }
    }
}

fn of_cause(cause: &CauseView, open: bool) -> Markup {
    html! {
        details data-item data-level=[cause.risk()] data-services=(services(cause)) open[open] {
            summary {
                (badge(cause.effect)) " " (marked(&cause.title))
                @if cause.case == ReachCase::UnusualAddress { " " span class="soft" { (UNUSUAL) } }
                @if cause.approved { " " span class="badge low" { "approved" } }
                @if let Some(level) = cause.risk() { " " (risk_badge(level)) }
            }
            dl {
                dt { "flows" }
                dd { ul class="plain" { @for flows in &cause.flows { li { (of_flows(flows)) } } } }
                @for set in &cause.sets { dt { code { (set.name) } } dd { (set.size()) ": " (list(&set.entries)) } }
                dt { "such as" } dd { code { (cause.witness) } }
                dt { "extent" } dd { (cause.extent) }
                @if let Some(seen) = &cause.seen { dt { "seen" } dd { (seen) } }
                dt { "before" } dd { (of_rule(&cause.before)) }
                dt { "after" } dd { (of_rule(&cause.after)) }
                @for (word, value) in cause.rule().upkeep() { dt { (word) } dd { (value) } }
                @if !cause.risks.is_empty() {
                    dt { "risks" }
                    dd { @for (level, risk) in &cause.risks { p { (risk_badge(level)) " " (marked(risk)) } } }
                }
            }
        }
    }
}

/// The services of all flows of a cause.
fn services(cause: &CauseView) -> String {
    let services = cause.flows.iter().flat_map(|flows| &flows.services).map(String::as_str);
    services.collect::<Vec<_>>().join(", ")
}

fn of_flows(flows: &FlowsView) -> Markup {
    html! {
        (list(&flows.services)) " from " (list(&flows.from)) " to " (list(&flows.to))
        @for condition in &flows.conditions { ", " (condition) }
    }
}

fn list(words: &[String]) -> Markup {
    html! { @for (at, word) in words.iter().enumerate() { @if at > 0 { ", " } code { (word) } } }
}

fn of_rule(rule: &RuleView) -> Markup {
    let class = match rule.action {
        Action::Allow => "badge allow",
        Action::Deny => "badge deny",
    };
    html! {
        @if rule.way.is_none() { span class=(class) { (rule.action) } " " }
        code { (rule.path()) }
        @if let Some(target) = &rule.target { " → " code { (target) } }
        @if let Some(place) = &rule.place { ", " code { (place) } }
        @for via in &rule.via { ", applied at " code { (via) } }
    }
}

fn of_section(section: &Section) -> Markup {
    html! {
        h2 { (section.title) }
        @if let Some(note) = section.note { p class="soft" { (sentence(note)) } }
        @match &section.body {
            CauseBody::Changes(what, rows) => div class="scroll" tabindex="0" { table {
                thead { tr { th { (what) } th { "before" } th { "after" } } }
                tbody { @for RenderedRow { what: path, before, after } in rows { tr { td { code { (path) } } td { (before) } td { (after) } } } }
            } },
            CauseBody::Sentences(sentences) => ul { @for one in sentences { li { (marked(one)) } } },
        }
    }
}

/// A clause as a sentence of its own.
fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).chain(['.']).collect())
}
