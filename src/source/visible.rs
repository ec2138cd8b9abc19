//! Text from an input, as people are shown it.

use std::borrow::Cow;

/// The text on one line, each character that a reader cannot see, or that would steer a terminal, replaced by U+FFFD.
///
/// Names come from whoever wrote the input. A control character moves the cursor or ends the line, a mark of direction
/// shows text in another order than it is in, and a character without width makes two names look alike.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unseen) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if is_unseen(c) { char::REPLACEMENT_CHARACTER } else { c }).collect())
}

/// Whether a character has no width: marks of direction, joiners, and others that letters beside them hide.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether a character is a control, a break of lines, a mark of annotation, or has no width.
pub fn is_unseen(c: char) -> bool {
    c.is_control() || is_invisible(c) || matches!(c, '\u{2028}' | '\u{2029}' | '\u{fff9}'..='\u{fffb}')
}

/// The text with each command of a pipeline in it taken apart: `##` before words and a bracket, as in `##vso[` and `##[`,
/// is `#` and `second`.
///
/// Agents look for these anywhere in a line of a log. What `second` is depends on what reads the text: a blank and the sign
/// where people do, and an escape of the sign where a format has one.
pub fn without_commands<'t>(text: &'t str, second: &str) -> Cow<'t, str> {
    if !text.contains("##") {
        return Cow::Borrowed(text);
    }
    let mut parted = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("##") {
        parted.push_str(before);
        parted.push('#');
        let begins = after.trim_start_matches(|c: char| c.is_ascii_alphanumeric()).starts_with('[');
        if begins {
            parted.push_str(second);
            rest = after;
        } else {
            // The second sign may be the first of a command.
            rest = rest.get(before.len() + 1..).unwrap_or_default();
            if !rest.starts_with("##") {
                parted.push('#');
                rest = after;
            }
        }
    }
    parted.push_str(rest);
    Cow::Owned(parted)
}

/// A JSON document that means the same and holds none of these: what a reader would not see, and what a pipeline would take
/// for a command, are escapes in its texts.
pub fn inert_json(document: &str) -> Cow<'_, str> {
    let parted = without_commands(document, "\\u0023");
    let is_hidden = |c: char| is_unseen(c) && !matches!(c, '\n' | '\r' | '\t');
    if !parted.contains(is_hidden) {
        return parted;
    }
    let mut inert = String::with_capacity(parted.len());
    for c in parted.chars() {
        if is_hidden(c) {
            let mut units = [0; 2];
            inert.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            inert.push(c);
        }
    }
    Cow::Owned(inert)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_taken_apart_and_nothing_else() {
        assert_eq!(without_commands("a ##vso[x.y]z", " #"), "a # #vso[x.y]z");
        assert_eq!(without_commands("##[group]", " #"), "# #[group]");
        assert_eq!(without_commands("###VSO[x]", " #"), "## #VSO[x]");
        assert_eq!(without_commands("####[x]##", " #"), "### #[x]##");
        assert_eq!(without_commands("## title [x], ##, a#[x]", " #"), "## title [x], ##, a#[x]");
    }

    #[test]
    fn inert_json_says_the_same() {
        let value = serde_json::json!({ "a ##vso[b]": "c\u{9b}d\u{202e}e\u{e0041}\u{1b}" });
        let document = value.to_string();
        let inert = inert_json(&document);
        assert!(inert.is_ascii() && !inert.contains("##"), "{inert}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&inert).ok(), Some(value));
    }

    #[test]
    fn what_is_not_seen_is_replaced_and_nothing_else() {
        assert_eq!(
            visible("a\u{1b}[2J\nb\u{9b}c\u{202e}d\u{200b}e"),
            "a\u{fffd}[2J\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e"
        );
        assert_eq!(visible("Größe ☕ 防火墙 : #"), "Größe ☕ 防火墙 : #");
    }
}
