//! FW0701: from any source to any destination, over every service; or to every name.

use crate::diag::Code;
use crate::flow::{Match, MatchingNames};
use crate::net::HostPattern;

use super::suspect::{OfLine, Suspect, matches};
use super::wide::{internet_part, is_everything, whole_protocols};
use crate::lint::judged::JudgedRule;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfLine> = Lint::new(&[Code::FW0701], suspect);

fn suspect(judged: &JudgedRule<'_>, line: usize) -> Option<Suspect> {
    matches(judged, line).iter().find_map(|product| open(judged, line, product))
}

fn open(judged: &JudgedRule<'_>, line: usize, product: &Match) -> Option<Suspect> {
    if !product.sources.addresses.is_any() || !is_everything(&product.destinations) {
        return None;
    }
    let what = match &product.names {
        MatchingNames::Any => format!("every address, with {}", whole_protocols(&product.services)?),
        MatchingNames::Of { patterns, .. } if patterns.contains(&HostPattern::Any) => {
            format!("every name, with {}", product.services)
        }
        MatchingNames::Of { .. } | MatchingNames::Within { .. } | MatchingNames::Unnamed => return None,
    };
    let message = format!("{} lets every machine reach {what}", judged.called(line));
    let finding = judged.finding(Code::FW0701, line, message);
    let finding = finding.help("state who has to reach what, and with which service");
    let part = match product.names {
        MatchingNames::Any => Match { destinations: internet_part(&product.destinations)?, ..product.clone() },
        MatchingNames::Of { .. } | MatchingNames::Within { .. } | MatchingNames::Unnamed => product.clone(),
    };
    Some(Suspect { line, part: vec![part], finding })
}
