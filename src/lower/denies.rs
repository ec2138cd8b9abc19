//! In a group of rules every deny comes first: one written below an allow that it meets does not mean what it seems to.

use crate::diag::{Applicability, Code, Diagnostic, Diagnostics};
use crate::intent::{Action, Intent};
use crate::source::Origin;

use super::fault::fault;
use super::lowered::PlacedRule;
use super::meet::{Meeting, denies_everything, meet, shuts};

/// Reports each deny below an allow that it meets. `placed` is in written order.
pub(super) fn check(placed: &[PlacedRule], meant: &Intent, diagnostics: &mut Diagnostics) {
    let Some(first_allow) = placed.iter().position(|placed| placed.action == Action::Allow) else { return };
    for (index, deny) in placed.iter().enumerate().skip(first_allow) {
        if deny.action == Action::Allow {
            continue;
        }
        let above = placed.iter().take(index).filter(|placed| placed.action == Action::Allow);
        let met = above
            .into_iter()
            .find(|allow| meet(&allow.part, &deny.part, meant) != Meeting::No || shuts(&deny.part, &allow.part, meant));
        if let Some(allow) = met {
            let message = "a deny below an allow that it meets: in a group every deny decides first";
            let origin = &deny.part.origin;
            let found = fault(Code::FW0304, origin, origin.at, message).related(allow.part.origin.at, "this allow");
            diagnostics.push(match denies_everything(&deny.part, meant) {
                true => left_out(found, origin),
                false => found.help("put the deny above, or into a second group after this one"),
            });
        }
    }
}

/// A deny of everything at the end, as other firewalls need one.
fn left_out(found: Diagnostic, origin: &Origin) -> Diagnostic {
    let help = "leave it out: the implicit deny covers it";
    match origin.span().filter(|_| origin.via.is_empty()) {
        Some(at) => found.replaced(Applicability::Maybe, at, "", help),
        None => found.help(help),
    }
}
