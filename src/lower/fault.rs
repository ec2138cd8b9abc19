//! Errors at a text of a rule.

use crate::diag::{Code, Diagnostic};
use crate::source::{Origin, Place};

/// An error at a text of a rule, with the `apply`s that lead there.
pub(super) fn fault(
    code: &'static Code,
    origin: &Origin,
    at: impl Into<Place>,
    message: impl Into<String>,
) -> Diagnostic {
    let found = Diagnostic::new(code, at, message).about(origin);
    found.applied(origin.via.iter())
}
