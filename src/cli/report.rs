//! `fwc report`.

use crate::diff::{DiffSide, renderers::RuleSource};
use crate::driver::load;
use crate::flow::WorkBudget;
use crate::report::{MARKDOWN_MARK, ReportGiven, html, markdown, report};

use super::args::{ReportArgs, ReportFormat};
use super::file::{self, FileMark};
use super::open::{deciding_about, input};
use super::{CommandOutcome, Failure, clock, printer};

/// Within how many days a rule that expires is remarkable.
const SOON: u32 = 30;

pub(super) fn run(args: &ReportArgs) -> Result<CommandOutcome, Failure> {
    let options = deciding_about(&args.about);
    let input = match input(load, &args.input, &options, &args.about.source, &args.about.knowledge) {
        Ok(input) => input.with_known_addresses(),
        Err(ended) => return ended,
    };
    let policy = input.policy(&options)?;
    let label = args.input.display().to_string();
    let side = DiffSide { model: &input.model, policy, knowledge: &input.knowledge };
    let source = RuleSource { side, intent: input.intent.as_ref(), files: &input.files, label: &label };
    let limits = &options.checks;
    let today = args.about.source.as_of.unwrap_or_else(clock::today);
    let mut found = report(&source, &ReportGiven { today, soon: SOON, limits, budget: WorkBudget::default() });
    let without = input.without_parent.as_ref();
    found.beside.unread |= without.is_some();
    found.caveats.extend(without.map(|base| format!("without the base policy `{base}`, which was left out")));
    let text = match args.format {
        ReportFormat::Html => html(&found),
        ReportFormat::Markdown => markdown(&found),
    };
    match args.output() {
        Some(path) => file::write_file(path, text.as_bytes(), mark(args.format), args.force.into())?,
        None => match args.format {
            ReportFormat::Html => printer::markup(&text),
            ReportFormat::Markdown => printer::text(&text),
        },
    }
    Ok(CommandOutcome::Done)
}

/// What tells a report from the files of others.
fn mark(format: ReportFormat) -> FileMark {
    match format {
        ReportFormat::Html => FileMark::Within(crate::html::MARK),
        ReportFormat::Markdown => FileMark::Within(MARKDOWN_MARK),
    }
}
