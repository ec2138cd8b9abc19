//! What is written as Terraform, read back, is the model.

use std::path::Path;

use fwc::driver::{MemoryFiles, ProjectOptions, load_alone};
use fwc::emit::EmittedFile;
use fwc::model::{AssumptionKind, Bearing, Model};

/// The model that files which were written state together, as a module of a folder. Only what the caller of the module has to
/// say is unknown.
#[track_caller]
pub(crate) fn read_back(files: &[EmittedFile]) -> Model {
    let mut all = MemoryFiles::new();
    files.iter().for_each(|file| all.insert(Path::new("out").join(&file.name), file.text.as_str()));
    let read = load_alone(&all, Path::new("out"), &ProjectOptions::default());
    let texts = || files.iter().map(|file| file.text.as_str()).collect::<Vec<_>>().join("\n");
    let mut model = read.unwrap_or_else(|why| panic!("{why:?}\n{}", texts())).model;
    let of_caller = ["the region", "IPv6 addresses, as", "is taken for one"];
    let is_left = |told: &fwc::model::Assumption| !of_caller.iter().any(|own| told.message.contains(own));
    model.assumptions.retain(is_left);
    let bears = |told: &fwc::model::Assumption| {
        told.bears != Bearing::NoFlow || told.kind == AssumptionKind::Unknown && told.bears == Bearing::EveryFlow
    };
    assert!(!model.assumptions.iter().any(bears), "{:#?}\n{}", model.assumptions, texts());
    model.assumptions.clear();
    model
}
