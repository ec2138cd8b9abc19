//! FW0706: an application rule to every name, from any senders.

use crate::diag::Code;
use crate::flow::{Match, MatchingNames};
use crate::net::HostPattern;

use super::suspect::{OfLine, Suspect, matches};
use crate::lint::judged::JudgedRule;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfLine> = Lint::new(&[Code::FW0706], suspect);

fn suspect(judged: &JudgedRule<'_>, line: usize) -> Option<Suspect> {
    matches(judged, line).iter().find_map(|product| {
        let MatchingNames::Of { patterns, .. } = &product.names else { return None };
        let any = patterns.iter().find(|pattern| **pattern == HostPattern::Any)?;
        let message = format!("{} reaches every name, with {}", judged.called(line), product.services);
        let part = Match { names: MatchingNames::of([any.clone()]), ..product.clone() };
        let finding = judged.finding(Code::FW0706, line, message).help("name the hosts that are meant");
        Some(Suspect { line, part: vec![part], finding })
    })
}
