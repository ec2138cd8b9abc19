//! Two policies compared.

use crate::flow::NotDecided;

use super::flows::FlowChanges;
use super::guards::{self, Guards};
use super::limits::Limits;
use super::{Diff, DiffSide, endpoints, firewalls, flows, handled, ipv6, network, settings, structure, unstated};

/// Everything that differs between `old` and `new`.
///
/// # Errors
/// Where the budget does not suffice.
pub fn diff<'m>(old: DiffSide<'m>, new: DiffSide<'m>, limits: &Limits) -> Result<Diff<'m>, NotDecided> {
    let FlowChanges { changes, complete, effects } = flows::changes(old, new, limits)?;
    let mut settings = settings::changes(old, new);
    settings.extend(handled::changes(old, new, limits)?);
    settings.extend(ipv6::changes(old, new));
    settings.extend(firewalls::changes(old, new));
    settings.extend(endpoints::changes(old, new));
    settings.extend(unstated::changes(old, new));
    let Guards { changes: guards, complete: guards_complete } = guards::changes(old, new, limits)?;
    Ok(Diff {
        changes,
        complete,
        effects,
        settings,
        routes: network::changes(old, new),
        guards,
        guards_complete,
        structure: structure::moves(old, new),
    })
}
