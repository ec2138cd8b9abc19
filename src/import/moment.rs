//! Which of two states a document that tells both is read for.

/// One of the states before and after a change.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Moment {
    /// As it is.
    Before,
    /// As it would be.
    #[default]
    After,
}

impl Moment {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Before, Self::After];

    /// The word for it, which a path has after `#`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }
}
