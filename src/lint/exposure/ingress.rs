//! FW0704: DNAT that takes flows from all of the Internet. Often meant so, and always worth knowing.

use crate::diag::Code;
use crate::model::Kind;

use super::suspect::{OfLine, Suspect, matches};
use super::wide::is_everything;
use crate::lint::judged::Judged;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfLine> = Lint::new(&[Code::FW0704], suspect);

fn suspect(judged: &Judged<'_>, line: usize) -> Option<Suspect> {
    if judged.line(line)?.rule.kind() != Kind::Nat {
        return None;
    }
    let open: Vec<_> =
        matches(judged, line).iter().filter(|product| is_everything(&product.sources)).cloned().collect();
    if open.is_empty() {
        return None;
    }
    let message = format!("{} takes flows from everywhere in the Internet", judged.called(line));
    let help = "name the callers where they are known; else a web application firewall is for this";
    Some(Suspect { line, part: open, finding: judged.finding(Code::FW0704, line, message).help(help) })
}
