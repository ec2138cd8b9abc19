//! Questions in the words of a source: sets that are in no file of it, with its names in scope.

use crate::diag::{Diagnostic, Diagnostics};
use crate::source::{Files, Origin};
use crate::syntax::{ParsedFile, parse_set};

use super::eval::{EvalEnv, Evaluator};
use super::expects::ForServices;
use super::model::{Ends, Expectation, Expected};
use super::scope::scopes;
use super::sources::Sources;

/// Which flows a question is about: three sets, each parsed as a file of its own.
#[derive(Clone, Debug)]
pub struct ReachQuestion {
    services: ParsedFile,
    from: ParsedFile,
    to: ParsedFile,
}

impl ReachQuestion {
    /// Parses the sets, whose texts become files with the names of the options that hold them.
    pub fn parse(files: &mut Files, services: &str, from: &str, to: &str) -> Self {
        let mut set = |name: &str, text: &str, what: &str| parse_set(files.add(name, text), text.into(), what);
        Self {
            services: set("--service", services, "services"),
            from: set("--from", from, "addresses"),
            to: set("--to", to, "addresses or host names"),
        }
    }

    fn parts(&self) -> [&ParsedFile; 3] {
        [&self.services, &self.from, &self.to]
    }

    /// Whether a finding is at one of the sets.
    fn holds(&self, found: &Diagnostic) -> bool {
        let file = found.at.as_ref().map(|label| label.at.file());
        self.parts().iter().any(|part| Some(part.tree.file()) == file)
    }
}

/// The flows that a question is about, as the expectation that they are allowed, and what is wrong with its texts. Findings
/// about the source itself are [`resolve`](super::resolve)'s.
pub fn ask(sources: &Sources, question: &ReachQuestion) -> (Option<Expectation>, Diagnostics) {
    let mut scopes = scopes(sources, &mut Diagnostics::new());
    let root = sources.root().and_then(|root| scopes.get(&root)).cloned().unwrap_or_default();
    scopes.extend(question.parts().map(|part| (part.tree.file(), root.clone())));
    let mut evaluator = Evaluator::new(sources, scopes, Diagnostics::new());
    let [services, from, to] = question.parts().map(|part| (part.tree.root(), EvalEnv::of(part.tree.file())));
    let origin = from.1.origin(from.0.span());
    let services = evaluator.services(services.0, &services.1);
    let from = evaluator.addresses(from.0, &from.1);
    let to = evaluator.ends(to.0, ForServices::Others, &to.1);
    let mut found: Diagnostics = question.parts().into_iter().flat_map(|part| part.diagnostics.clone()).collect();
    found.extend(evaluator.diagnostics.into_iter().filter(|found| question.holds(found)));
    found.sort();
    (expectation(services.zip(from).zip(to), origin), found)
}

type Parts = ((crate::net::ServiceSet, Vec<super::Entry<super::Address>>), Ends);

fn expectation(parts: Option<Parts>, origin: Origin) -> Option<Expectation> {
    let ((services, from), to) = parts?;
    let text = "the question".to_owned();
    Some(Expectation { expected: Expected::Allow, services, from, to, outside: Ends::default(), text, origin })
}
