//! FW0703: a wildcard over a suffix below which anybody can register a name.

use crate::diag::Code;
use crate::exposure::shared_suffix;
use crate::flow::{Match, MatchingNames};

use super::suspect::{OfLine, Suspect, matches};
use crate::lint::judged::JudgedRule;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfLine> = Lint::new(&[Code::FW0703], suspect);

fn suspect(judged: &JudgedRule<'_>, line: usize) -> Option<Suspect> {
    matches(judged, line).iter().find_map(|product| {
        let MatchingNames::Of { patterns, .. } = &product.names else { return None };
        let (pattern, shared) = patterns.iter().find_map(|pattern| Some((pattern, shared_suffix(pattern)?)))?;
        let message = format!("`{pattern}` takes in names below `{}`, which anybody can get", shared.name);
        let part = Match { names: MatchingNames::of([pattern.clone()]), ..product.clone() };
        let help = "name the hosts that are meant, as in `NAME.{}`".replace("{}", shared.name);
        let finding = judged.finding(Code::FW0703, line, message).help(help);
        Some(Suspect { line, part: vec![part], finding })
    })
}
