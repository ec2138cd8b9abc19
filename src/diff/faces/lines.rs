//! Words on lines.

use crate::source::visible;

/// The widest line of the terminal face.
pub(super) const WIDTH: usize = 80;

/// The first entries of a list, and how many more there are.
pub(super) fn few(list: &[String], shown: usize) -> String {
    let first = list.iter().take(shown).cloned().collect::<Vec<_>>().join(", ");
    match list.len().checked_sub(shown).filter(|&more| more > 0) {
        Some(more) => format!("{first} and {more} more"),
        None => first,
    }
}

/// `text` behind `head`, broken at blanks; later lines stand under the first. Nothing in it breaks a line or steers a terminal.
pub(super) fn wrapped(head: &str, text: &str) -> Vec<String> {
    let indent = head.chars().count();
    let mut lines = Vec::new();
    let mut line = head.to_owned();
    let mut is_empty = true;
    for word in visible(text).split(' ') {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
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

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(all: &[String]) -> String {
    match all.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
        None => String::new(),
    }
}

/// As [`counted`], where there is one at all.
pub(super) fn few_counted(number: usize, word: &str) -> Option<String> {
    (number > 0).then(|| counted(number, word))
}

/// `1 cause`, `2 causes`.
pub(super) fn counted(number: usize, word: &str) -> String {
    let plural = match word.strip_suffix('y').filter(|_| number != 1) {
        Some(stem) => format!("{stem}ies"),
        None if number == 1 => word.to_owned(),
        None => format!("{word}s"),
    };
    format!("{number} {plural}")
}
