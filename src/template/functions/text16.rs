//! Texts by their UTF-16 units, which is how Azure counts their characters.

/// How many units the text has.
pub(super) fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

/// The `count` units from unit `from` on; `None` where they are not in the text, or cut a character in two.
pub(super) fn slice(text: &str, from: usize, count: usize) -> Option<&str> {
    let end = from.checked_add(count)?;
    if text.is_ascii() {
        return text.get(from..end);
    }
    text.get(byte_at(text, from)?..byte_at(text, end)?)
}

/// The byte at which unit `unit` begins.
fn byte_at(text: &str, unit: usize) -> Option<usize> {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        if units >= unit {
            return (units == unit).then_some(at);
        }
        units += c.len_utf16();
    }
    (units == unit).then_some(text.len())
}

/// The unit that begins at byte `at`.
pub(super) fn unit_at(text: &str, at: usize) -> Option<usize> {
    text.get(..at).map(length)
}
