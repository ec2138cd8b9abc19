//! Texts that begin no command of a pipeline and steer no terminal, whatever names an input has.
//!
//! GitHub takes a line that begins with `::` for a command, blanks before it left aside, and `##[` anywhere in a line; Azure
//! Pipelines takes `##vso[` and `##[`.

use std::borrow::Cow;

use crate::diag::RenderStyle;
use crate::source::{is_unseen, without_commands};

/// A text for people: lines may end, and colours are kept where the text is coloured.
pub(super) fn inert(text: &str, style: RenderStyle) -> Cow<'_, str> {
    let text = seen(text, style);
    let lines = match text {
        Cow::Borrowed(text) => begun(text, ": :"),
        Cow::Owned(text) => Cow::Owned(begun(&text, ": :").into_owned()),
    };
    match lines {
        Cow::Borrowed(text) => without_commands(text, " #"),
        Cow::Owned(text) => Cow::Owned(without_commands(&text, " #").into_owned()),
    }
}

/// A document of tags, which means the same.
pub(super) fn inert_markup(document: &str) -> Cow<'_, str> {
    match without_commands(document, "&#35;") {
        Cow::Borrowed(text) => begun(text, "&#58;:"),
        Cow::Owned(text) => Cow::Owned(begun(&text, "&#58;:").into_owned()),
    }
}

/// The text with `parted` where a line begins with `::`. Three colons, with which the place of a snippet begins, are no
/// command: its name would begin with a colon.
fn begun<'t>(text: &'t str, parted: &str) -> Cow<'t, str> {
    let is_command = |line: &str| line.trim_start().strip_prefix("::").is_some_and(|rest| !rest.starts_with(':'));
    if !text.contains("::") || !text.split('\n').any(is_command) {
        return Cow::Borrowed(text);
    }
    let line = |line: &str| if is_command(line) { line.replacen("::", parted, 1) } else { line.to_owned() };
    Cow::Owned(text.split('\n').map(line).collect::<Vec<_>>().join("\n"))
}

/// The text with U+FFFD for whatever is not seen but ends of lines, tabs and, where it is coloured, colours.
fn seen(text: &str, style: RenderStyle) -> Cow<'_, str> {
    let is_hidden = |c: char| is_unseen(c) && c != '\n' && c != '\t';
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut seen = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let colour = if style == RenderStyle::Coloured { colour(rest) } else { 0 };
        let (kept, after) = rest.split_at(colour.max(c.len_utf8()));
        match is_hidden(c) && colour == 0 {
            true => seen.push(char::REPLACEMENT_CHARACTER),
            false => seen.push_str(kept),
        }
        rest = after;
    }
    Cow::Owned(seen)
}

/// How long the code for a colour is that `text` begins with; 0 where it begins with none. The code that hides a text is
/// none.
fn colour(text: &str) -> usize {
    let Some(rest) = text.strip_prefix("\u{1b}[") else { return 0 };
    let Some((numbers, _)) = rest.split_once('m') else { return 0 };
    let is_number = |number: &str| number.bytes().all(|byte| byte.is_ascii_digit()) && number != "8";
    if numbers.split(';').all(is_number) { text.len() - rest.len() + numbers.len() + 1 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_begin_no_command() {
        assert_eq!(inert("a::b\n  ::stop\n::x::y", RenderStyle::Plain), "a::b\n  : :stop\n: :x::y");
        assert_eq!(inert("   ::: a.pol:1:1", RenderStyle::Plain), "   ::: a.pol:1:1");
        assert_eq!(inert("\t##[group]a", RenderStyle::Plain), "\t# #[group]a");
        assert_eq!(inert_markup("<p>##vso[a]\n::b</p>"), "<p>#&#35;vso[a]\n&#58;:b</p>");
    }

    #[test]
    fn colours_are_kept_where_they_are_meant() {
        let text = "\u{1b}[1;31ma\u{1b}[0m\u{1b}[2J\u{1b}[8mb\u{1b}";
        assert_eq!(inert(text, RenderStyle::Coloured), "\u{1b}[1;31ma\u{1b}[0m\u{fffd}[2J\u{fffd}[8mb\u{fffd}");
        assert_eq!(inert(text, RenderStyle::Plain), "\u{fffd}[1;31ma\u{fffd}[0m\u{fffd}[2J\u{fffd}[8mb\u{fffd}");
    }

    #[test]
    fn a_replaced_mark_does_not_complete_a_command() {
        // What is taken out of between two signs is replaced before commands are looked for.
        assert_eq!(inert("#\u{200b}#[a]", RenderStyle::Plain), "#\u{fffd}#[a]");
    }
}
