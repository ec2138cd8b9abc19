//! FW0308: a network rule to a name also decides flows to every other name at the same address: the rule sees addresses only.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::evaluate::{Knowledge, SortedRule};
use crate::net::HostName;

use super::judged::{JudgedRule, listed};
use super::registry::{Lint, OfPolicy};

pub(super) static LINT: Lint<OfPolicy> =
    Lint::new(&[Code::FW0308], |judged, context| shared_address(judged, context.known));

/// The most other names that a message lists.
const NAMED: usize = 3;

/// Reports each network rule with a name that shares a known address with a name that the rule does not have.
fn shared_address(judged: &JudgedRule<'_>, known: &Knowledge) -> Diagnostics {
    if known.known().next().is_none() {
        return Diagnostics::new();
    }
    let rules = judged.rules.iter().filter(|rule| !judged.is_dead(rule));
    rules.flat_map(|rule| &rule.lines).filter_map(|&line| finding(judged, line, known)).collect()
}

fn finding(judged: &JudgedRule<'_>, line: usize, known: &Knowledge) -> Option<Diagnostic> {
    let SortedRule::Network(_, rule) = judged.line(line)?.rule else { return None };
    let shared = |name: &HostName| {
        let addresses = known.addresses_of(name)?;
        let others = known
            .known()
            .filter(|(other, of)| !rule.matches.destination_fqdns.contains(other) && of.intersects(addresses));
        let others: Vec<String> = others.map(|(other, _)| format!("`{other}`")).collect();
        (!others.is_empty()).then(|| (name.clone(), others))
    };
    let (name, others) = rule.matches.destination_fqdns.iter().find_map(shared)?;
    let message =
        format!("{} also decides flows to {}, at an address of `{name}`", judged.called(line), listed(&others, NAMED));
    Some(
        judged
            .finding(Code::FW0308, line, message)
            .help("a network rule sees addresses; `https` and `http` rules see names"),
    )
}
