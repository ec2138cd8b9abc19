//! JSON text.

use serde_json::Value;

/// `value` as text, indented by two spaces, with a newline at the end.
pub fn text(value: &Value) -> String {
    format!("{value:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn text_is_indented_and_ends_in_a_newline() {
        assert_eq!(
            text(&json!({"b": [1], "a": "\u{0}\""})),
            "{\n  \"b\": [\n    1\n  ],\n  \"a\": \"\\u0000\\\"\"\n}\n"
        );
    }
}
