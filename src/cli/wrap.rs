//! Text on lines that fit a terminal.

use crate::diag;

/// How wide a terminal is at least.
pub(super) const WIDTH: usize = diag::TERMINAL_WIDTH;

/// The words of `text` on lines of at most 80 columns where no word is longer: the first after `first`, the others after
/// `rest`.
pub(super) fn wrapped(text: &str, first: &str, rest: &str) -> Vec<String> {
    diag::wrapped(text, first, rest, WIDTH)
}
