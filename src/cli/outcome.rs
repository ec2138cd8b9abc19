//! How a command ends.

/// How a command ended that could do its work.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum CommandOutcome {
    /// Nothing was found that counts.
    Done,
    /// The input has errors, or what the caller asked to fail on was met.
    Found,
    /// The arguments are wrong, which is said.
    Misused,
}

/// Why a command could not do its work: wrong usage, or a file that cannot be read or written.
#[derive(Debug)]
pub(super) struct Failure(pub(super) String);

impl Failure {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl From<crate::driver::FileFault> for Failure {
    fn from(fault: crate::driver::FileFault) -> Self {
        Self(fault.to_string())
    }
}
