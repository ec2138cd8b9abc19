//! What `compile` writes for a reviewer: `P.review.md` and `P.review.html`.

use crate::diff::{Side, faces::Source};
use crate::evaluate::Knowledge;
use crate::flow::Budget;
use crate::model::Policy;
use crate::report::{Given, html, markdown, report};

use super::args::SourceArgs;
use super::folder::Output;
use super::front::{Front, options};

/// The name of this output on the command line, and what it is.
pub(super) const REVIEW: (&str, &str) = ("review", "each policy as a page and as Markdown, for who must approve it");

/// The files of each policy. Only dates that are past are judged: what is written must not change from one day to the next
/// for a date that is still to come.
pub(super) fn reviews(front: &Front, policies: &[&Policy], knowledge: &Knowledge, args: &SourceArgs) -> Vec<Output> {
    let given = Given { today: front.today, soon: 0, limits: &options(args), budget: Budget::default() };
    let one = |policy: &&Policy| {
        let side = Side { model: &front.lowered.model, policy, knowledge };
        let source = Source { side, intent: Some(&front.intent), files: front.sources.files(), label: &policy.name };
        let found = report(&source, &given);
        [("md", markdown(&found)), ("html", html(&found))]
            .map(|(kind, text)| (format!("{}.review.{kind}", policy.name), text.into_bytes()))
    };
    policies.iter().flat_map(one).collect()
}
