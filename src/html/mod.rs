//! Self-contained pages: one file, no network.
//!
//! In: the body of a page, as a tree whose texts are escaped. Out: the page. Guaranteed: nothing is loaded from anywhere, and
//! the page's own script holds no text of the input, and nothing of the input is hidden from whoever reads the page. Deliberately absent: what a page states.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::source::is_unseen;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("page.js");

/// Who made a page, as its head states.
const GENERATOR: &str = "fwc";
/// The version that made it.
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// What tells a page from those of others.
pub const MARK: &str = "<meta name=\"generator\" content=\"fwc\">";

/// Nothing from outside: styles and scripts are those of the page itself.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/// A page.
pub fn page(title: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="generator" content=(GENERATOR);
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (seen(title)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (PreEscaped(seen(&body.0)))
                footer { p class="soft" { "Made by fwc " (VERSION) } }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string() + "\n"
}

/// The text with U+FFFD for whatever a reader would not see; lines may end.
fn seen(text: &str) -> String {
    let is_hidden = |c: char| is_unseen(c) && c != '\n';
    text.chars().map(|c| if is_hidden(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// A field that narrows what is listed, choices of the kinds and levels that entries have, and buttons that fold and unfold
/// them. `meanings` is what words stand for that a service or an address is searched by.
///
/// An entry is an element with `data-item`; the first badge of its summary is its kind. It may have `data-level`, and `data-services` where those have
/// other names in its text.
pub fn search(what: &str, meanings: &[(&str, Vec<String>)]) -> Markup {
    html! {
        form class="search" role="search" {
            label for="search" { "Search " (what) }
            input id="search" type="search" autocomplete="off" spellcheck="false" placeholder="name, host, address, port, owner";
            select id="kinds" aria-label="kind" hidden { option value="" { "every kind" } }
            select id="levels" aria-label="level" hidden { option value="" { "every level" } }
            output id="found" for="search" {}
            button type="button" id="unfold" { "Unfold all" }
            button type="button" id="fold" { "Fold all" }
        }
        dl id="meanings" hidden {
            @for (word, meaning) in meanings { dt { (word) } dd { (meaning.join(", ")) } }
        }
    }
}

/// A sentence whose words in backticks are set as code.
pub fn marked(sentence: &str) -> Markup {
    html! {
        @for (at, part) in sentence.split('`').enumerate() {
            @if at % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}
