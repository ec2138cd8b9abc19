//! Strings of the language.

use super::visible::{is_unseen, without_commands};

/// Writes `text` as a string of the language: what a reader cannot see, and what a pipeline would take for a command,
/// escaped.
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '{' => quoted.push_str("{{"),
            '}' => quoted.push_str("}}"),
            c if is_unseen(c) => {
                quoted.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    without_commands(&quoted, "\\u{23}").into_owned()
}
