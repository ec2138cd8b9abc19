//! FW0706: an application rule to every name, from any senders.

use crate::diag::Code;
use crate::flow::{Match, Names};
use crate::net::HostPattern;

use super::suspect::{OfLine, Suspect, matches};
use crate::lint::judged::Judged;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfLine> = Lint::new(&[Code::FW0706], suspect);

fn suspect(judged: &Judged<'_>, line: usize) -> Option<Suspect> {
    matches(judged, line).iter().find_map(|product| {
        let Names::Of { patterns, .. } = &product.names else { return None };
        let any = patterns.iter().find(|pattern| **pattern == HostPattern::Any)?;
        let message = format!("{} reaches every name, with {}", judged.called(line), product.services);
        let part = Match { names: Names::of([any.clone()]), ..product.clone() };
        let finding = judged.finding(Code::FW0706, line, message).help("name the hosts that are meant");
        Some(Suspect { line, part: vec![part], finding })
    })
}
