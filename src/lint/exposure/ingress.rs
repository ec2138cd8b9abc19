//! FW0704: DNAT that takes flows from all of the Internet, or much of it. Often meant so, and always worth knowing.

use crate::diag::Code;
use crate::exposure::is_most_of_internet;
use crate::model::RuleKind;
use crate::net::AddressSet;

use super::suspect::{OfLine, Suspect, matches};
use crate::lint::judged::JudgedRule;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfLine> = Lint::new(&[Code::FW0704], suspect);

fn suspect(judged: &JudgedRule<'_>, line: usize) -> Option<Suspect> {
    if judged.line(line)?.rule.kind() != RuleKind::Nat {
        return None;
    }
    let internet = AddressSet::internet();
    let all = || matches(judged, line).iter();
    let open: Vec<_> = all().filter(|product| is_most_of_internet(&product.sources.addresses)).cloned().collect();
    if open.is_empty() {
        return None;
    }
    let whole = open.iter().any(|product| product.sources.addresses.covers(&internet));
    let share = if whole { "everywhere in the Internet" } else { "much of the Internet" };
    let message = format!("{} takes flows from {share}", judged.called(line));
    let help = "name the callers where they are known; else a web application firewall is for this";
    Some(Suspect { line, part: open, finding: judged.finding(Code::FW0704, line, message).help(help) })
}
