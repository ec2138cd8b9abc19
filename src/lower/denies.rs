//! In a group of rules every deny stands first: one written below an allow that it meets does not say what it seems to.

use crate::diag::{Code, Diagnostics};
use crate::intent::{Action, Intent};

use super::fault::fault;
use super::lowered::Placed;
use super::meet::{Meeting, meet};

/// Reports each deny below an allow that it meets. `placed` is in written order.
pub(super) fn check(placed: &[Placed], meant: &Intent, diagnostics: &mut Diagnostics) {
    let Some(first_allow) = placed.iter().position(|placed| placed.action == Action::Allow) else { return };
    for (index, deny) in placed.iter().enumerate().skip(first_allow) {
        if deny.action == Action::Allow {
            continue;
        }
        let above = placed.iter().take(index).filter(|placed| placed.action == Action::Allow);
        let met = above.into_iter().find(|allow| meet(&allow.part, &deny.part, meant) != Meeting::No);
        if let Some(allow) = met {
            let message = "a deny below an allow that it meets: in a group every deny decides first";
            let origin = &deny.part.origin;
            let found = fault(Code::FW0304, origin, origin.at, message).related(allow.part.origin.at, "this allow");
            diagnostics.push(found.help("put the deny above, or into a second group behind this one"));
        }
    }
}
