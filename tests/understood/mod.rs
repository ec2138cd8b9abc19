//! A source from its text to the Azure model, as every command reads it.

use fwc::check::check;
use fwc::diag::{Diagnostics, Style, render};
use fwc::evaluate::Knowledge;
use fwc::flow::Budget;
use fwc::intent::{ImportedFile, Intent, Reader, Sources, locate, resolve};
use fwc::limits::CheckOptions;
use fwc::lint::{self, Effort};
use fwc::lower::{Lowered, as_written, lower};
use jiff::civil::{Date, date};

/// The day on which every test is run.
const TODAY: Date = date(2026, 10, 1);
/// Files that a source may import: name and text.
const IMPORTED: [(&str, &str); 3] = [
    ("network.pol", "let hub = 10.0.1.0/26\n"),
    ("round.pol", "import \"around.pol\"\n"),
    ("around.pol", "import \"round.pol\"\n"),
];

/// A source, as far as it could be understood.
pub(crate) struct Understood {
    pub(crate) sources: Sources,
    pub(crate) intent: Intent,
    pub(crate) lowered: Lowered,
    pub(crate) diagnostics: Diagnostics,
}

impl Understood {
    fn accepted(mut self, effort: Effort) -> Self {
        lint::accepted(&self.intent, &mut self.diagnostics, effort);
        self.diagnostics.sort();
        self
    }

    /// The findings as text, one behind the other with an empty line between.
    pub(crate) fn rendered(&self) -> String {
        let texts = self.diagnostics.iter().map(|found| render(found, self.sources.files(), Style::Plain));
        let texts: Vec<String> =
            texts.map(|text| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")).collect();
        texts.join("\n\n")
    }
}

/// Reads, resolves, lowers, checks and proves `text`, with a value for each of some parameters, and within a budget.
pub(crate) fn understand_with(text: &str, set: &[(&str, &str)], budget: &Budget) -> Understood {
    everything(text, set, budget).accepted(Effort::Quick)
}

/// With what `check` finds remarkable besides.
pub(crate) fn linted(text: &str) -> Understood {
    let mut understood = everything(text, &[], &Budget::default());
    let Understood { sources, intent, lowered, diagnostics } = &mut understood;
    if !diagnostics.has_errors() {
        let (known, budget) = (knowledge(intent), Budget::default());
        diagnostics.extend(lint::of_source(intent, lowered, &known, &budget, Effort::Full));
        diagnostics.extend(lint::ownerless(intent));
        diagnostics.extend(lint::stale(sources, intent, TODAY));
    }
    understood.accepted(Effort::Full)
}

/// With the findings that annotations accept.
fn everything(text: &str, set: &[(&str, &str)], budget: &Budget) -> Understood {
    let (mut sources, mut diagnostics) = Sources::load("egress.pol", text, &mut Shelf);
    set.iter().for_each(|(name, value)| sources.set(name, value));
    let (intent, found) = resolve(&sources);
    diagnostics.extend(found);
    let (lowered, found) = lower(&intent);
    diagnostics.extend(found);
    let refused = check(&as_written(&intent, &lowered), &lowered.model, &CheckOptions::default());
    diagnostics.extend(refused.placed(|site| locate(&intent, site)));
    diagnostics.extend(lint::expiry(&intent, TODAY, false));
    if !diagnostics.has_errors() {
        diagnostics.extend(lint::bypassed(&intent, &lowered, &knowledge(&intent), budget).1);
    }
    Understood { sources, intent, lowered, diagnostics }
}

/// What the source says about the addresses of names.
pub(crate) fn knowledge(intent: &Intent) -> Knowledge {
    let mut knowledge = Knowledge::none();
    for endpoint in &intent.private_endpoints {
        for host in endpoint.hosts.iter().map(|entry| &entry.value) {
            knowledge.learn(host.clone(), &endpoint.addresses);
        }
    }
    knowledge
}

/// Serves the files of [`IMPORTED`].
struct Shelf;

impl Reader for Shelf {
    fn read(&mut self, _: &str, path: &str) -> Result<ImportedFile, String> {
        let found = IMPORTED.iter().find(|(name, _)| *name == path);
        let (name, text) = found.ok_or_else(|| "there is no such file".to_owned())?;
        Ok(ImportedFile { name: (*name).to_owned(), text: (*text).to_owned() })
    }
}
