//! FW0708: a network rule that lets all of the Internet, or much of it, reach private addresses.

use crate::diag::Code;
use crate::exposure::is_most_of_internet;
use crate::flow::{Match, MatchingEnds, MatchingNames};
use crate::model::RuleKind;
use crate::net::AddressSet;

use super::suspect::{OfLine, Suspect, matches};
use crate::lint::judged::JudgedRule;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfLine> = Lint::new(&[Code::FW0708], suspect);

fn suspect(judged: &JudgedRule<'_>, line: usize) -> Option<Suspect> {
    if judged.line(line)?.rule.kind() != RuleKind::Network {
        return None;
    }
    matches(judged, line).iter().find_map(|product| {
        let internet = AddressSet::internet();
        let (from, to) = (product.sources.addresses.intersection(&internet), &product.destinations.addresses);
        let inside = to.intersection(&AddressSet::private());
        if inside.is_empty() || product.names != MatchingNames::Any || !is_most_of_internet(&from) {
            return None;
        }
        let share = if from == internet { "all of the Internet" } else { "much of the Internet" };
        let message = format!("{} lets {share} reach private addresses", judged.called(line));
        let part = Match { sources: from.into(), destinations: MatchingEnds::from(inside), ..product.clone() };
        let help = "name the senders that are meant, as in `from private`";
        Some(Suspect { line, part: vec![part], finding: judged.finding(Code::FW0708, line, message).help(help) })
    })
}
