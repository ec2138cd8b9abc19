//! `fwc check --fix`: the safe fixes of findings, written into the sources they are of.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::diag::{Applicability, Diagnostics, Edit, counted, edited};
use crate::driver::{CheckDepth, Project, ProjectFiles, ProjectOptions};
use crate::format::difference;
use crate::intent::ImportedFile;
use crate::source::{FileId, SourceFile};

use super::{Failure, file};

/// How often the source is checked again: a fix may let more of it be read.
const MOST_PASSES: usize = 8;

/// The sources with their fixes, before anything is written.
pub(super) struct Fixed {
    /// The texts that change, by the name of their file: before and after.
    texts: BTreeMap<String, (String, String)>,
    /// How many findings the fixes were of.
    count: usize,
}

/// A file that a pass changes.
struct FileChange {
    name: String,
    before: String,
    after: String,
}

impl FileChange {
    /// What edits make of a file, if some are of it.
    fn of(id: FileId, file: &SourceFile, edits: &[Vec<Edit>]) -> Option<Self> {
        let own: Vec<&Edit> = edits.iter().flatten().filter(|edit| edit.at.file == id).collect();
        let change =
            || Self { name: file.name().to_owned(), before: file.text().to_owned(), after: written(file.text(), &own) };
        (!own.is_empty()).then(change)
    }
}

impl Fixed {
    /// Makes the safe fixes of the source at `path` and of what it imports.
    pub(super) fn of(files: &dyn ProjectFiles, path: &Path, options: &ProjectOptions) -> Self {
        let mut fixed = Self { texts: BTreeMap::new(), count: 0 };
        for _ in 0..MOST_PASSES {
            let overlay = Overlay { files, fixed: &fixed };
            let project = Project::new(&overlay, path, options.clone());
            let found = project.diagnostics(CheckDepth::Linted);
            let edits = safe_edits(&found);
            if edits.is_empty() {
                break;
            }
            let changed: Vec<FileChange> =
                project.texts().iter().filter_map(|(id, file)| FileChange::of(id, file, &edits)).collect();
            drop(project);
            fixed.take(changed, edits.len());
        }
        fixed
    }

    fn take(&mut self, changed: Vec<FileChange>, count: usize) {
        self.count += count;
        for FileChange { name, before, after } in changed {
            self.texts.entry(name).or_insert_with(|| (before, String::new())).1 = after;
        }
    }

    /// What would change, as unified diffs.
    pub(super) fn difference(&self) -> String {
        let of = |(name, (before, after)): (&String, &(String, String))| {
            format!("--- {name}\n+++ {name}\n{}", difference(before, after))
        };
        self.texts.iter().map(of).collect()
    }

    /// Writes every file that changes, and states how much was fixed.
    pub(super) fn write(&self) -> Result<Option<String>, Failure> {
        for (name, (_, after)) in &self.texts {
            file::replace_file(Path::new(name), after.as_bytes())?;
        }
        let names: Vec<&str> = self.texts.keys().map(String::as_str).collect();
        let findings = counted(self.count, "finding");
        Ok((self.count > 0).then(|| format!("{findings} fixed in {}", names.join(", "))))
    }
}

/// The edits of each safe fix, none of which overlaps another; what overlaps waits for the next pass.
fn safe_edits(found: &Diagnostics) -> Vec<Vec<Edit>> {
    let mut chosen: Vec<Vec<Edit>> = Vec::new();
    let safe =
        found.iter().filter_map(|found| found.fixes.first()).filter(|fix| fix.applicability == Applicability::Safe);
    for fix in safe {
        let is_free = |edit: &Edit| !chosen.iter().flatten().any(|other| other.overlaps(edit));
        if fix.edits.iter().all(is_free) {
            chosen.push(fix.edits.clone());
        }
    }
    chosen
}

/// The text with the edits made, with the line ends that it has.
fn written(text: &str, edits: &[&Edit]) -> String {
    let is_windows = text.split_once('\n').is_some_and(|(first, _)| first.ends_with('\r'));
    let ended = |edit: &&Edit| match is_windows {
        true => Edit::new(edit.at, edit.text.replace('\n', "\r\n")),
        false => (*edit).clone(),
    };
    let edits: Vec<Edit> = edits.iter().map(ended).collect();
    edited(text, &edits)
}

/// The files of a source, some of them with fixes.
struct Overlay<'f> {
    files: &'f dyn ProjectFiles,
    fixed: &'f Fixed,
}

impl Overlay<'_> {
    fn text(&self, name: &str) -> Option<String> {
        self.fixed.texts.get(name).map(|(_, after)| after.clone())
    }
}

impl ProjectFiles for Overlay<'_> {
    fn read(&self, path: &Path) -> Result<String, String> {
        self.text(&path.display().to_string()).map_or_else(|| self.files.read(path), Ok)
    }

    fn read_optional(&self, path: &Path) -> Result<Option<String>, String> {
        self.files.read_optional(path)
    }

    fn is_folder(&self, path: &Path) -> bool {
        self.files.is_folder(path)
    }

    fn entries(&self, folder: &Path) -> Result<Vec<PathBuf>, String> {
        self.files.entries(folder)
    }

    fn import(&self, source: &Path, importer: &str, path: &str) -> Result<ImportedFile, String> {
        let found = self.files.import(source, importer, path)?;
        let text = self.text(&found.name);
        Ok(ImportedFile { text: text.unwrap_or(found.text), name: found.name })
    }
}
