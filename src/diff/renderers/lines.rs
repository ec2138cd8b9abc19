//! Words on lines.

use crate::diag;

/// The widest line of the terminal renderer.
pub(super) const WIDTH: usize = diag::TERMINAL_WIDTH;

/// The first entries of a list, and how many more there are.
pub(super) fn few(list: &[String], shown: usize) -> String {
    let first = list.iter().take(shown).cloned().collect::<Vec<_>>().join(", ");
    match list.len().checked_sub(shown).filter(|&more| more > 0) {
        Some(more) => format!("{first} and {more} more"),
        None => first,
    }
}

/// `text` after `head`, broken at blanks; later lines are under the first. Nothing in it breaks a line or steers a terminal.
pub(super) fn wrapped(head: &str, text: &str) -> Vec<String> {
    diag::wrapped(text, head, &" ".repeat(head.chars().count()), WIDTH)
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(all: &[String]) -> String {
    diag::and_phrases(all.iter().map(String::as_str))
}

/// As [`counted`], where there is one at all.
pub(super) fn few_counted(number: usize, word: &str) -> Option<String> {
    (number > 0).then(|| counted(number, word))
}

/// `1 cause`, `2 causes`.
pub(super) fn counted(number: usize, word: &str) -> String {
    diag::counted(number, word)
}
