//! Pages that stand alone: one file, no network.
//!
//! In: the body of a page, as a tree whose texts are escaped. Out: the page. Guaranteed: nothing is loaded from anywhere, and
//! the page's own script holds no text of the input. Deliberately absent: what a page says.

use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("page.js");

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
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (body)
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string() + "\n"
}

/// A field that narrows what is listed, and buttons that fold and unfold it.
pub fn search(what: &str) -> Markup {
    html! {
        form class="search" role="search" {
            label for="search" { "Search " (what) }
            input id="search" type="search" autocomplete="off" spellcheck="false" placeholder="name, address, host, port, owner";
            output id="found" for="search" {}
            button type="button" id="unfold" { "Unfold all" }
            button type="button" id="fold" { "Fold all" }
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
