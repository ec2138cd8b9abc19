//! Text on lines that fit a terminal.

use crate::source::visible;

/// How wide a terminal is at least.
pub(super) const WIDTH: usize = 80;

/// The words of `text` on lines of at most 80 columns where no word is longer: the first behind `first`, the others
/// behind `rest`.
pub(super) fn wrapped(text: &str, first: &str, rest: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in visible(text).split(' ') {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(std::mem::replace(&mut line, rest.to_owned()));
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    lines.push(line);
    lines
}
