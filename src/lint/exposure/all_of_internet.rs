//! FW0707: a network rule to all of the Internet, or more of it than anybody owns, with whatever service.

use crate::diag::Code;
use crate::exposure::is_most_of_internet;
use crate::flow::{Match, MatchingEnds, MatchingNames};
use crate::model::RuleKind;
use crate::net::AddressSet;

use super::suspect::{OfLine, Suspect, matches};
use crate::lint::judged::JudgedRule;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfLine> = Lint::new(&[Code::FW0707], suspect);

fn suspect(judged: &JudgedRule<'_>, line: usize) -> Option<Suspect> {
    if judged.line(line)?.rule.kind() != RuleKind::Network {
        return None;
    }
    matches(judged, line).iter().find_map(|product| {
        let internet = AddressSet::internet();
        let addresses = product.destinations.addresses.intersection(&internet);
        let is_open =
            product.names == MatchingNames::Any && !product.services.is_empty() && is_most_of_internet(&addresses);
        let share = if addresses == internet { "all of the Internet" } else { "much of the Internet" };
        let finding = || {
            let message = format!("{} reaches {share}, with {}", judged.called(line), product.services);
            let part = Match { destinations: MatchingEnds::from(addresses.clone()), ..product.clone() };
            let help = "name the hosts that are meant in an `https` rule, or the addresses";
            let finding = judged.finding(Code::FW0707, line, message).help(help);
            Suspect { line, part: vec![part], finding }
        };
        is_open.then(finding)
    })
}
