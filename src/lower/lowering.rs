//! The state of one run of lowering across policies.

use crate::diag::Diagnostics;
use crate::intent;

use super::how::How;
use super::lowered::Lowered;

/// What a model is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To be deployed.
    Deployed,
    /// For queries about the rules of the source.
    Asked,
}

pub(super) struct PolicyLowering<'i> {
    pub(super) meant: &'i intent::Intent,
    pub(super) purpose: Purpose,
    pub(super) how: &'i How<'i>,
    pub(super) diagnostics: Diagnostics,
    pub(super) lowered: Lowered,
}

impl<'i> PolicyLowering<'i> {
    pub(super) fn new(meant: &'i intent::Intent, purpose: Purpose, how: &'i How<'i>) -> Self {
        Self { meant, purpose, how, diagnostics: Diagnostics::new(), lowered: Lowered::default() }
    }
}
