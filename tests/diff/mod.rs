//! The difference of two policies, against the evaluator that reads one rule after the other.

mod alike;
mod beside;
pub mod edits;
pub mod entries;
pub mod history;
mod judged;
mod pairs;
mod renderers;
pub mod sampled;
mod ways;
mod weakened;
mod week;

use fwc::evaluate::Knowledge;
use fwc::model::Model;

use crate::project::lowered;

/// A source as far as a comparison needs it.
pub struct Read {
    pub model: Model,
    pub knowledge: Knowledge,
}

/// A source without errors; `None` where it has some.
pub fn read(text: &str) -> Option<Read> {
    let (intent, lowered) = lowered(text)?;
    let knowledge = fwc::prove::knowledge(&intent);
    Some(Read { model: lowered.model, knowledge })
}

/// A number from the environment, for long runs.
pub fn number(variable: &str, usual: usize) -> usize {
    std::env::var(variable).map_or(usual, |text| text.parse().unwrap())
}
