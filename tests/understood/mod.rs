//! A source from its text to the Azure model, as every command reads it.

use fwc::diag::{Diagnostics, RenderStyle, render};
use fwc::driver::{CheckDepth, Exports, MemoryFiles, Project, ProjectOptions};
use fwc::flow::WorkBudget;
use fwc::lint::{self, Looked};
use jiff::civil::{Date, date};

const NAME: &str = "egress.pol";

/// The day on which every test is run.
const TODAY: Date = date(2026, 10, 1);
/// Files that a source may import: name and text.
const IMPORTED: [(&str, &str); 3] = [
    ("network.pol", "let hub = 10.0.1.0/26\n"),
    ("round.pol", "import \"around.pol\"\n"),
    ("around.pol", "import \"round.pol\"\n"),
];

/// A source, as far as it could be understood, with its findings.
pub(crate) struct Understood {
    pub(crate) project: Project<'static>,
    pub(crate) diagnostics: Diagnostics,
}

impl Understood {
    /// The findings as text, one behind the other with an empty line between.
    pub(crate) fn rendered(&self) -> String {
        let texts = self.diagnostics.iter().map(|found| render(found, self.project.texts(), RenderStyle::Plain));
        let texts: Vec<String> =
            texts.map(|text| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")).collect();
        texts.join("\n\n")
    }
}

/// Reads, resolves, lowers, proves and checks `text`, with a value for each of some parameters, and within a budget.
pub(crate) fn understand_with(text: &str, set: &[(&str, &str)], budget: &WorkBudget) -> Understood {
    let project = everything(text, set, budget);
    let mut diagnostics = project.diagnostics(CheckDepth::Proved);
    lint::accepted(project.intent(), &mut diagnostics, Looked::ForSome);
    Understood { project, diagnostics }
}

/// With what `check` finds remarkable besides.
pub(crate) fn linted(text: &str) -> Understood {
    let project = everything(text, &[], &WorkBudget::default());
    let diagnostics = project.diagnostics(CheckDepth::Linted);
    Understood { project, diagnostics }
}

fn everything(text: &str, set: &[(&str, &str)], budget: &WorkBudget) -> Project<'static> {
    let mut files = MemoryFiles::of(NAME, text);
    IMPORTED.iter().for_each(|(name, text)| files.insert(*name, *text));
    let settings = set.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
    // What a base says that is an export is no matter of the source.
    let exports = Exports::Ignore;
    Project::new(
        files,
        NAME,
        ProjectOptions { settings, today: Some(TODAY), budget: *budget, exports, ..ProjectOptions::default() },
    )
}
