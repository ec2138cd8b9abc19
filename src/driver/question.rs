//! Questions about flows in the words of a source, or without names where the input has none.

use std::path::Path;

use crate::flow::Match;
use crate::intent::{Expectation, Intent, ReachQuestion, Sources, ask};
use crate::model::DocumentPlace;
use crate::prove::flows;
use crate::source;

use super::files::{FileFault, ProjectFiles};
use super::input::{self, Input, Unusable};
use super::options::ProjectOptions;
use super::project::{CheckDepth, Project};

/// Which flows a question is about: three sets, as texts.
#[derive(Clone, Debug)]
pub struct FlowQuestion {
    /// Services.
    pub services: String,
    /// Sources, addresses.
    pub from: String,
    /// Destinations, addresses or host names.
    pub to: String,
}

/// An input, and the flows that a question about it means.
pub struct ParsedQuestion {
    /// The input, with what is known.
    pub input: Input,
    /// The flows.
    pub flows: Vec<Match>,
}

/// Why there is no question about an input.
pub enum Unasked {
    /// The input cannot be used.
    Input(Unusable),
    /// The question has errors, or no meaning in this input.
    Question(Unusable),
}

impl From<Unusable> for Unasked {
    fn from(why: Unusable) -> Self {
        Self::Input(why)
    }
}

/// Reads an input and a question about it: of a source in its scope, of artefacts without names.
///
/// # Errors
/// Where one of them cannot be read or has errors.
pub fn asked(
    files: &dyn ProjectFiles,
    path: &Path,
    question: &FlowQuestion,
    options: &ProjectOptions,
) -> Result<ParsedQuestion, Unasked> {
    if input::is_artefact(files, path).map_err(Unusable::from)? {
        let mut input = input::load(files, path, options)?.with_known_addresses();
        let expectation = parsed(&Sources::default(), input.files.clone(), question)?;
        let flows = flows(&expectation, &Intent::default(), &input.knowledge);
        suppose_asked(&mut input, &expectation, question);
        return Ok(ParsedQuestion { input, flows });
    }
    let project = Project::new(files, path, options.clone());
    let found = project.diagnostics(CheckDepth::Proved);
    let errors = Unusable::of(&project, &found);
    errors.map_or(Ok(()), Err)?;
    let expectation = parsed(project.sources(), project.texts().clone(), question)?;
    let flows = flows(&expectation, project.intent(), project.knowledge());
    let mut input = Input::of(project);
    input.model = input.knowledge.applied_to(&input.model);
    suppose_asked(&mut input, &expectation, question);
    Ok(ParsedQuestion { input, flows })
}

/// Adds what is assumed of the FQDN tags of the question.
fn suppose_asked(input: &mut Input, expectation: &Expectation, question: &FlowQuestion) {
    let at = DocumentPlace::new("--to", question.to.clone());
    input.tag_notes.suppose_asked(&mut input.model, expectation, &at);
}

fn parsed(sources: &Sources, mut texts: source::Files, question: &FlowQuestion) -> Result<Expectation, Unasked> {
    let FlowQuestion { services, from, to } = question;
    let question = ReachQuestion::parse(&mut texts, services, from, to);
    let (expectation, found) = ask(sources, &question);
    match expectation.filter(|_| !found.has_errors()) {
        Some(expectation) => Ok(expectation),
        None if found.has_errors() => Err(Unasked::Question(Unusable::Errors { found, texts })),
        None => Err(Unasked::Question(FileFault::new("the question has no meaning in this input").into())),
    }
}
