//! FW0701: from any source to any destination, over every service; or to every name.

use crate::diag::Code;
use crate::flow::{Match, Names};
use crate::net::HostPattern;

use super::suspect::{OfLine, Suspect, matches};
use super::wide::{internet_part, is_everything, whole_protocols};
use crate::lint::judged::Judged;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfLine> = Lint::new(&[Code::FW0701], suspect);

fn suspect(judged: &Judged<'_>, line: usize) -> Option<Suspect> {
    matches(judged, line).iter().find_map(|product| open(judged, line, product))
}

fn open(judged: &Judged<'_>, line: usize, product: &Match) -> Option<Suspect> {
    if !product.sources.addresses.is_any() || !is_everything(&product.destinations) {
        return None;
    }
    let what = match &product.names {
        Names::Any => format!("every address, with {}", whole_protocols(&product.services)?),
        Names::Of { patterns, .. } if patterns.contains(&HostPattern::Any) => {
            format!("every name, with {}", product.services)
        }
        Names::Of { .. } | Names::Within { .. } | Names::Unnamed => return None,
    };
    let message = format!("{} lets every machine reach {what}", judged.called(line));
    let finding = judged.finding(Code::FW0701, line, message);
    let finding = finding.help("say who has to reach what, and with which service");
    let part = match product.names {
        Names::Any => Match { destinations: internet_part(&product.destinations)?, ..product.clone() },
        Names::Of { .. } | Names::Within { .. } | Names::Unnamed => product.clone(),
    };
    Some(Suspect { line, part: vec![part], finding })
}
