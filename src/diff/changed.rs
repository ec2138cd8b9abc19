//! Two policies compared.

use crate::flow::{Budget, NotDecided};

use super::{Diff, Side, flows, network, settings, structure};

/// How far a comparison goes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Products of the difference, before those that make one are put together.
    pub products: usize,
    /// The work.
    pub budget: Budget,
}

impl Default for Limits {
    fn default() -> Self {
        Self { products: 200_000, budget: Budget::default() }
    }
}

/// Everything that differs between `old` and `new`; `None` where there are more products than the limit.
///
/// # Errors
/// Where the budget does not suffice.
pub fn diff<'m>(old: Side<'m>, new: Side<'m>, limits: &Limits) -> Result<Option<Diff<'m>>, NotDecided> {
    let Some(changes) = flows::changes(old, new, limits)? else { return Ok(None) };
    Ok(Some(Diff {
        changes,
        settings: settings::changes(old, new),
        routes: network::changes(old.model, new.model),
        structure: structure::moves(old, new),
    }))
}
