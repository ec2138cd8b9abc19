//! The difference of two policies, against the evaluator that reads one rule after the other.

mod alike;
pub mod edits;
pub mod entries;
mod faces;
pub mod history;
mod judged;
mod pairs;
pub mod sampled;

use fwc::azure::evaluate::Knowledge;
use fwc::azure::{Model, lower};
use fwc::diag::Severity;
use fwc::intent::{NoImports, Sources, resolve};

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
    let knowledge = fwc::assert::knowledge(&intent);
    Some(Read { model: lowered.model, knowledge })
}

/// A number from the environment, for long runs.
pub fn number(variable: &str, usual: usize) -> usize {
    std::env::var(variable).map_or(usual, |text| text.parse().unwrap())
}
