//! What is deployed against what a source states.
//!
//! In: the two models, and what `diff` finds between them. Out: [`Comparable`] models, which differ only in what means
//! something; and a line for each change ([`lines`]). Guaranteed: names, order,
//! and what Azure fills in or drops in an export are no change; what one of the two does not state is not compared, and told.
//! Deliberately absent: the comparison itself, which is `diff`'s, and files.

mod comparable;
mod lines;

pub use comparable::{Comparable, comparable};
pub use lines::{DriftLine, lines};

use crate::diff::{Diff, DiffSide, SettingOf};

/// Removes from a difference what is only another name: the base policies of both sides are compared by their rules and
/// settings, so that their ids state nothing more.
pub fn without_names(diff: &mut Diff<'_>, source: DiffSide<'_>, deployed: DiffSide<'_>) {
    let bases = |side: DiffSide<'_>| side.model.bases(side.policy).len();
    if bases(source) == bases(deployed) && bases(source) > 0 {
        diff.settings.retain(|setting| setting.of != SettingOf::Base);
    }
}
