//! The difference of two policies, against the evaluator that reads one rule after the other.

mod alike;
pub mod edits;
pub mod entries;
mod faces;
pub mod history;
mod judged;
mod pairs;
pub mod sampled;

use fwc::diag::Severity;
use fwc::evaluate::Knowledge;
use fwc::intent::{NoImports, Sources, resolve};
use fwc::lower::lower;
use fwc::model::Model;

/// A source as far as a comparison needs it.
pub struct Read {
    pub model: Model,
    pub knowledge: Knowledge,
}

/// A source without errors; `None` where it has some.
pub fn read(name: &str, text: &str) -> Option<Read> {
    let (sources, mut errors) = Sources::load(name, text, &mut NoImports);
    let (intent, found) = resolve(&sources);
    errors.extend(found);
    let (lowered, found) = lower(&intent);
    errors.extend(found);
    if errors.iter().any(|found| found.severity == Severity::Error) {
        return None;
    }
    let knowledge = fwc::prove::knowledge(&intent);
    Some(Read { model: lowered.model, knowledge })
}

/// A number from the environment, for long runs.
pub fn number(variable: &str, usual: usize) -> usize {
    std::env::var(variable).map_or(usual, |text| text.parse().unwrap())
}
