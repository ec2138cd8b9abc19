//! What formatting changes, for `--diff`.

use similar::TextDiff;

/// The unified diff from `old` to `new`, without file names and colour; empty where nothing differs.
pub fn difference(old: &str, new: &str) -> String {
    TextDiff::from_lines(old, new).unified_diff().context_radius(3).to_string()
}
