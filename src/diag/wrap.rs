//! Text on lines of a width.

use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

use crate::source::visible;

/// How many columns a terminal has at least.
pub const TERMINAL_WIDTH: usize = 80;

/// The words of `text` on lines of at most `width` columns where no word is wider: the first line begins with `first`, the
/// others with `rest`. Nothing in the text breaks a line or steers a terminal.
pub fn wrapped(text: &str, first: &str, rest: &str, width: usize) -> Vec<String> {
    let text = visible(text);
    if text.is_empty() {
        return vec![first.to_owned()];
    }
    let options = Options::new(width)
        .initial_indent(first)
        .subsequent_indent(rest)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    textwrap::wrap(&text, options).into_iter().map(|line| line.into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_whole_and_later_lines_are_indented() {
        assert_eq!(wrapped("a bb ccc-ccc", "- ", "  ", 6), ["- a bb", "  ccc-ccc"]);
        assert_eq!(wrapped("", "- ", "  ", 6), ["- "]);
    }

    #[test]
    fn columns_count_and_not_characters() {
        assert_eq!(wrapped("日本 ab", "", "", 6), ["日本", "ab"]);
    }
}
