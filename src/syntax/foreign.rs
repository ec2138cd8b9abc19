//! What comes along with text from elsewhere: quotation marks and comments of other languages, invisible
//! characters. They are read as what they mean, and are findings of the parser.

use std::borrow::Cow;

use crate::source::is_invisible;

/// The quotation marks that close what each one opens.
const QUOTES: [(char, &str); 13] = [
    ('\'', "'’"),
    ('`', "`'´"),
    ('‘', "’‘'"),
    ('’', "’'"),
    ('‚', "‘’'"),
    ('“', "”“\""),
    ('”', "”\""),
    ('„', "“”\""),
    ('«', "»"),
    ('»', "«"),
    ('‹', "›"),
    ('＂', "＂\""),
    ('＇', "＇'"),
];

/// The marks that close what `opening` opens, if it is a quotation mark that the language does not have.
pub(super) fn closing_quotes(opening: char) -> Option<&'static str> {
    QUOTES.iter().find(|(known, _)| *known == opening).map(|&(_, closing)| closing)
}

/// Whether the character is a quotation mark that the language does not have.
pub(super) fn is_quote(c: char) -> bool {
    closing_quotes(c).is_some() || matches!(c, '›' | '´')
}

/// What a string in quotation marks holds, whichever they are; a text without them as it is.
pub fn unquoted(token: &str) -> &str {
    let mut chars = token.chars();
    let closing = match chars.next() {
        Some('"') => "\"",
        Some(other) => match closing_quotes(other) {
            Some(closing) => closing,
            None => return token,
        },
        None => return token,
    };
    let inner = chars.as_str();
    inner.strip_suffix(|last| closing.contains(last)).unwrap_or(inner)
}

/// Whether the character turns the direction of the text after it, so that text is shown in another order than it is read.
///
/// Source: CVE-2021-42574; `rustc` denies the same ones.
pub fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The text without the invisible characters.
pub fn without_invisible(text: &str) -> Cow<'_, str> {
    if text.contains(is_invisible) {
        Cow::Owned(text.chars().filter(|&c| !is_invisible(c)).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// The number of the character and, of those that are met with, its name.
pub(super) fn called(c: char) -> String {
    let number = format!("U+{:04X}", u32::from(c));
    match NAMES.iter().find(|(known, _)| *known == c) {
        Some((_, name)) => format!("{number} ({name})"),
        None => number,
    }
}

const NAMES: [(char, &str); 24] = [
    ('\u{ad}', "soft hyphen"),
    ('\u{200b}', "zero width space"),
    ('\u{200c}', "zero width non-joiner"),
    ('\u{200d}', "zero width joiner"),
    ('\u{200e}', "left-to-right mark"),
    ('\u{200f}', "right-to-left mark"),
    ('\u{202a}', "left-to-right embedding"),
    ('\u{202b}', "right-to-left embedding"),
    ('\u{202c}', "pop directional formatting"),
    ('\u{202d}', "left-to-right override"),
    ('\u{202e}', "right-to-left override"),
    ('\u{2060}', "word joiner"),
    ('\u{2066}', "left-to-right isolate"),
    ('\u{2067}', "right-to-left isolate"),
    ('\u{2068}', "first strong isolate"),
    ('\u{2069}', "pop directional isolate"),
    ('\u{feff}', "byte order mark"),
    ('–', "en dash"),
    ('—', "em dash"),
    ('−', "minus sign"),
    ('…', "ellipsis"),
    ('→', "arrow"),
    ('“', "curly quotation mark"),
    ('”', "curly quotation mark"),
];

/// What the language has for a character that a word processor or another keyboard makes of it.
pub(super) fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '－' => "-",
        '→' | '⇒' | '➔' | '⟶' => "->",
        '：' | '∶' => ":",
        '，' | '、' => ",",
        '＝' => "=",
        '｛' => "{",
        '｝' => "}",
        '（' => "(",
        '）' => ")",
        '／' | '⁄' | '∕' => "/",
        '＠' => "@",
        '＃' => "#",
        '∗' | '＊' => "*",
        '．' | '。' => ".",
        _ => return None,
    })
}

/// The lines of a comment of another language, each as a comment of this one.
pub(super) fn as_comment(comment: &str, indent: &str) -> String {
    if let Some(text) = comment.strip_prefix("//") {
        return format!("#{text}");
    }
    let text = comment.strip_prefix("/*").unwrap_or(comment);
    let text = text.strip_suffix("*/").unwrap_or(text);
    let lines = text.lines().map(|line| line.trim().trim_start_matches('*').trim());
    let lines: Vec<String> = lines.filter(|line| !line.is_empty()).map(|line| format!("# {line}")).collect();
    lines.join(&format!("\n{indent}"))
}

/// A word by which other languages refer to what is defined, as in `var.nodes`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ForeignReference<'w> {
    /// The name after the prefix.
    pub name: &'w str,
    /// Whether no host has such a name; else one may, and the name shows what is meant.
    pub is_certain: bool,
}

/// The reference that the word may be; a host name may look like one.
pub fn foreign_reference(word: &str) -> Option<ForeignReference<'_>> {
    let (prefix, name) = word.split_once('.')?;
    match prefix {
        "var" | "each" if !name.contains('.') => Some(ForeignReference { name, is_certain: true }),
        "local" | "module" | "param" | "params" | "parameters" | "variables" | "self" => {
            Some(ForeignReference { name, is_certain: false })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_quotation_marks_are_left_out() {
        for token in ["\"a b\"", "'a b'", "“a b”", "„a b“", "“a b\"", "«a b»"] {
            assert_eq!(unquoted(token), "a b");
        }
        assert_eq!((unquoted("\"a"), unquoted("a")), ("a", "a"));
    }

    #[test]
    fn a_comment_keeps_its_lines() {
        assert_eq!(as_comment("// a", ""), "# a");
        assert_eq!(as_comment("/* a\n * b\n */", "  "), "# a\n  # b");
        assert_eq!(as_comment("/**/", ""), "");
    }
}
