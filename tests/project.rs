//! Sources in memory: where every test of more than one pass begins.

use fwc::driver::{MemoryFiles, Project, ProjectOptions, Stage, lock_text};
use fwc::intent::Intent;
use fwc::limits::CheckOptions;
use fwc::lower::{Lock, Lowered};
use fwc::model::Model;

/// The name of the source.
pub const NAME: &str = "test.pol";

/// A source, with the options of the command line.
pub fn project(text: &str) -> Project<'static> {
    with(text, ProjectOptions::default())
}

/// A source with options.
pub fn with(text: &str, options: ProjectOptions) -> Project<'static> {
    Project::new(MemoryFiles::of(NAME, text), NAME, options)
}

/// A source beside the lock of an earlier compilation.
pub fn locked(text: &str, lock: &Lock, options: ProjectOptions) -> Project<'static> {
    let mut files = MemoryFiles::of(NAME, text);
    files.insert("test.lock", lock_text(lock).unwrap());
    Project::new(files, NAME, options)
}

/// Options in which rules are lowered as stated.
pub fn as_stated(checks: &CheckOptions) -> ProjectOptions {
    ProjectOptions { checks: checks.clone(), steps: &[], ..ProjectOptions::default() }
}

/// The source, which must have no error up to its model.
#[track_caller]
pub fn sound(project: Project<'static>) -> Project<'static> {
    for stage in [Stage::Load, Stage::Understand, Stage::Lower] {
        let found = project.found(stage);
        assert!(!found.has_errors(), "{:?}", found.iter().map(|found| &found.message).collect::<Vec<_>>());
    }
    project
}

/// What a source means and its model; `None` where it has an error up to there.
pub fn lowered(text: &str) -> Option<(Intent, Lowered)> {
    let project = project(text);
    (!project.has_errors_through(Stage::Lower)).then(|| project.into_lowered())
}

/// The model of a source, whatever is wrong with it.
pub fn model(text: &str) -> Model {
    project(text).into_lowered().1.model
}
