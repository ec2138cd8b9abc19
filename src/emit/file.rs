//! What a format writes.

/// A file: its name and its text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EmittedFile {
    /// The name, without a folder.
    pub name: String,
    /// The text.
    pub text: String,
}
