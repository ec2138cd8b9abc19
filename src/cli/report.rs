//! `fwc report`.

use crate::diff::{Side, faces::Source};
use crate::flow::Budget;
use crate::report::{Given, html, markdown, report};

use super::args::{ReportArgs, ReportFormat};
use super::front::options;
use super::input::{choose, load};
use super::{Failure, Outcome, clock, folder, printer, snapshots};

/// Within how many days a rule that expires is remarkable.
const SOON: u32 = 30;

pub(super) fn run(args: &ReportArgs) -> Result<Outcome, Failure> {
    let input = match load(&args.input, args.parent.as_deref(), args.policy.as_deref(), &args.source) {
        Ok(input) => snapshots::apply(&args.knowledge, input)?,
        Err(done) => return done,
    };
    let policy = choose(&input.model, args.policy.as_deref())?;
    let label = args.input.display().to_string();
    let side = Side { model: &input.model, policy, knowledge: &input.knowledge };
    let source = Source { side, intent: input.intent.as_ref(), files: &input.files, label: &label };
    let limits = &options(&args.source);
    let today = args.source.as_of.unwrap_or_else(clock::today);
    let mut found = report(&source, &Given { today, soon: SOON, limits, budget: Budget::default() });
    let without = input.without_parent.as_ref();
    found.caveats.extend(without.map(|base| format!("without the base policy `{base}`, which was left out")));
    let text = match args.format {
        ReportFormat::Html => html(&found),
        ReportFormat::Markdown => markdown(&found),
    };
    match &args.output {
        Some(path) => folder::write_file(path, text.as_bytes())?,
        None => printer::out(&text),
    }
    Ok(Outcome::Done)
}
