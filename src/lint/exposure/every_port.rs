//! FW0702: every port of a protocol, to a large part of the Internet.

use crate::diag::Code;
use crate::flow::{Match, MatchingNames};

use super::suspect::{OfLine, Suspect, matches};
use super::wide::{internet_part, whole_protocols};
use crate::lint::judged::JudgedRule;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfLine> = Lint::new(&[Code::FW0702], suspect);

fn suspect(judged: &JudgedRule<'_>, line: usize) -> Option<Suspect> {
    matches(judged, line).iter().find_map(|product| {
        let what = whole_protocols(&product.services).filter(|_| product.names == MatchingNames::Any)?;
        let part = Match { destinations: internet_part(&product.destinations)?, ..product.clone() };
        let message = format!("{} opens {what} to a large part of the Internet", judged.called(line));
        let help = "state which ports are needed";
        Some(Suspect { line, part: vec![part], finding: judged.finding(Code::FW0702, line, message).help(help) })
    })
}
