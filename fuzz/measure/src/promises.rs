//! What parser and formatter promise for any text. Each function panics where a promise is broken.

use std::sync::Arc;

use fwc::format::{FormatRefusal, format};
use fwc::source::{FileId, Files};
use fwc::syntax::parse;

/// The tokens of the tree, joined, are the text.
pub fn parses(text: &str) {
    let parsed = parse(file(), Arc::from(text));
    let mut rest = text;
    for token in parsed.tree.tokens() {
        rest = rest.strip_prefix(token.text()).unwrap_or_else(|| panic!("{token:?} is not what follows"));
    }
    assert_eq!(rest, "", "the tokens end early");
}

/// What parses is formatted, and formatting the result changes nothing. `run` runs the formatter, once for each text.
pub fn formats(text: &str, run: impl Fn(&str, fn(&str) -> Option<String>) -> Option<String>) {
    let Some(once) = run(text, formatted) else { return };
    let twice = run(&once, formatted).expect("formatted text parses");
    assert!(once == twice, "formatted again, the text changes:\n{once}\n---\n{twice}");
}

/// The formatted text, if the text parses.
pub fn formatted(text: &str) -> Option<String> {
    match format(file(), Arc::from(text)) {
        Ok(formatted) => Some(formatted),
        Err(FormatRefusal::Broken(_)) => None,
        Err(FormatRefusal::Changed) => panic!("the formatted text would say something else"),
    }
}

/// No promise speaks of messages that are shown, so the file stays empty.
fn file() -> FileId {
    Files::new().add("", "")
}
