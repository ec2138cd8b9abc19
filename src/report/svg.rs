//! Building blocks of the SVG pictures.

use maud::{Markup, html};

/// A text that fits, with a mark where something was cut.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

/// A box with a title and lines below it, its corner at `x` and `y`.
pub(super) fn station(x: usize, y: usize, title: &str, notes: &[String]) -> Markup {
    html! {
        g {
            title { (title) ": " (notes.join(", ")) }
            rect x=(x) y=(y) width=(STATION.0) height=(STATION.1) rx="6" class="box" {}
            text x=(x + 12) y=(y + 22) class="strong" { (cut(title, 26)) }
            @for (at, note) in notes.iter().take(2).enumerate() {
                text x=(x + 12) y=(y + 41 + at * 17) class="note" { (cut(note, 31)) }
            }
        }
    }
}

/// Width and height of a station.
pub(super) const STATION: (usize, usize) = (206, 68);

/// An arrow along straight lines, with a word beside its first.
pub(super) fn arrow(points: &[(usize, usize)], word: &str) -> Markup {
    let path: Vec<String> = points.iter().map(|(x, y)| format!("{x} {y}")).collect();
    let at = points.first().copied().unwrap_or_default();
    html! {
        path d=(format!("M{}", path.join(" L"))) fill="none" class="line" stroke-width="2" marker-end="url(#tip)" {}
        @if !word.is_empty() { text x=(at.0 + 6) y=(at.1 - 6) class="note" { (word) } }
    }
}

/// The tip of every arrow.
pub(super) fn tip() -> Markup {
    html! {
        defs {
            marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto" {
                path d="M0 0 L10 5 L0 10 z" class="tip" {}
            }
        }
    }
}
