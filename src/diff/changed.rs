//! Two policies compared.

use crate::flow::NotDecided;

use super::limits::Limits;
use super::{Diff, Side, flows, handled, ipv6, network, settings, structure};

/// Everything that differs between `old` and `new`; `None` where there are more products than the limit.
///
/// # Errors
/// Where the budget does not suffice.
pub fn diff<'m>(old: Side<'m>, new: Side<'m>, limits: &Limits) -> Result<Option<Diff<'m>>, NotDecided> {
    let Some(changes) = flows::changes(old, new, limits)? else { return Ok(None) };
    let mut settings = settings::changes(old, new);
    settings.extend(handled::changes(old, new, limits)?);
    settings.extend(ipv6::changes(old, new));
    Ok(Some(Diff {
        changes,
        settings,
        routes: network::changes(old.model, new.model),
        structure: structure::moves(old, new),
    }))
}
