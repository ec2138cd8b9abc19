//! What a folder holds, read whole: each file is an artefact or is named with the reason why it is none.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::import::{UnreadPart, other_text};
use crate::model::Bearing;

use super::files::{FileFault, ProjectFiles, has_ending};
use super::kinds::{InFolder, InputKind};
use super::manifest::MANIFEST;
use super::terraform::{has_source_name, is_values_file};
use super::walk::{FolderWalk, is_apart};

/// How many files a folder may hold, those of the folders below it among them.
const MOST_FILES: usize = 10_000;
/// How many bytes the artefacts of a folder may have together.
const MOST_BYTES: usize = 512 << 20;

/// The artefacts of a folder, and what is not read.
#[derive(Default)]
pub(super) struct Contents {
    /// The files that are read, with their kinds and texts, by path.
    pub files: Vec<(&'static InputKind, PathBuf, String)>,
    /// The folders with Terraform source, by path: each is a module.
    pub modules: BTreeSet<PathBuf>,
    /// Files of values for variables, which are read with the module beside them, or not at all.
    pub values: Vec<PathBuf>,
    /// What is not read.
    pub unread: Vec<UnreadPart>,
}

/// Reads a folder and those below it. Folders whose names begin with a dot, `node_modules`, and links to folders are not
/// entered; a link to a file is followed where it stays inside. All of them are named.
///
/// # Errors
/// Where a folder cannot be read, or holds too much.
pub(super) fn contents(files: &dyn ProjectFiles, folder: &Path) -> Result<Contents, FileFault> {
    let walk = FolderWalk::of(files, folder, MOST_FILES);
    let mut reading = FolderReading { walk, bytes_left: MOST_BYTES, found: Contents::default() };
    reading.enter(folder, 0)?;
    Ok(reading.found)
}

struct FolderReading<'f> {
    walk: FolderWalk<'f>,
    bytes_left: usize,
    found: Contents,
}

impl FolderReading<'_> {
    fn enter(&mut self, folder: &Path, above: usize) -> Result<(), FileFault> {
        let paths = self.walk.list(folder, above)?;
        let own = CompiledFolder::of(self.walk.files, &paths);
        for path in paths {
            match self.walk.files.is_folder(&path) {
                true if self.walk.files.is_link(&path) => {
                    self.leave(path, "is a link to a folder, which is not followed")
                }
                true if is_apart(&path) => self.leave(path, "is a folder that is not entered"),
                true => self.enter(&path, above + 1)?,
                false if own.has(&path) => {}
                false => self.read(path)?,
            }
        }
        Ok(())
    }

    /// Takes a text from the bound of all of them.
    fn charge(&mut self, text: &str) -> Result<(), FileFault> {
        let left = self.bytes_left.checked_sub(text.len());
        self.bytes_left = left.ok_or_else(|| self.walk.too_much(&format!("more than {} MiB", MOST_BYTES >> 20)))?;
        Ok(())
    }

    fn leave(&mut self, path: PathBuf, why: impl Into<String>) {
        let bears = if is_prose(&path) { Bearing::NoFlow } else { Bearing::EveryFlow };
        self.found.unread.push(UnreadPart { name: path.display().to_string(), why: why.into(), bears });
    }

    fn read(&mut self, path: PathBuf) -> Result<(), FileFault> {
        if self.walk.leads_out(&path) {
            self.leave(path, "is a link out of the folder, which is not followed");
            return Ok(());
        }
        if self.walk.files.is_special(&path) {
            self.leave(path, "is not a regular file, and is not opened");
            return Ok(());
        }
        match self.walk.files.read(&path) {
            // The files of a folder are one module, which is read as a whole.
            Ok(text) if has_source_name(&path) => {
                self.charge(&text)?;
                self.found.modules.insert(path.parent().unwrap_or(Path::new("")).to_owned());
            }
            Ok(_) if is_values_file(&path) => self.found.values.push(path),
            Ok(text) => self.take(path, text)?,
            Err(why) => self.leave(path, format!("is not read: {why}")),
        }
        Ok(())
    }

    fn take(&mut self, path: PathBuf, text: String) -> Result<(), FileFault> {
        let Some(kind) = InputKind::in_folder(&path, &text) else {
            match other_text(&text) {
                Some(other) => self.leave(path, format!("is {}: {}", other.what, other.instead)),
                None => self.leave(path, "is not JSON"),
            }
            return Ok(());
        };
        if let InFolder::Alone(why) | InFolder::With(why) = kind.in_folder {
            self.leave(path, why);
            return Ok(());
        }
        self.charge(&text)?;
        self.found.files.push((kind, path, text));
        Ok(())
    }
}

/// Whether a file or folder that is not read holds no rules: it is for people, or of a tool's own.
fn is_prose(path: &Path) -> bool {
    const ENDINGS: [&str; 16] = [
        "adoc", "css", "gif", "htm", "html", "ico", "jpeg", "jpg", "markdown", "md", "pdf", "png", "rst", "svg", "txt",
        "webp",
    ];
    is_apart(path) || has_ending(path, &ENDINGS)
}

/// What `compile` wrote into a folder besides its templates: the same policies in other formats.
struct CompiledFolder(Vec<String>);

impl CompiledFolder {
    fn of(files: &dyn ProjectFiles, paths: &[PathBuf]) -> Self {
        let manifest = paths.iter().find(|path| path.file_name() == Some(OsStr::new(MANIFEST)));
        let manifest = manifest.filter(|path| !files.is_special(path));
        let text = manifest.and_then(|path| files.read(path).ok()).unwrap_or_default();
        let manifest: Value = serde_json::from_str(&text).unwrap_or_default();
        if manifest.get("schema").and_then(Value::as_str) != Some("fwc.manifest/1") {
            return Self(Vec::new());
        }
        let outputs = manifest.get("outputs").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let names = outputs.iter().filter_map(|output| output.get("path").and_then(Value::as_str));
        Self(names.filter(|name| !name.ends_with(".json")).chain([MANIFEST]).map(str::to_owned).collect())
    }

    fn has(&self, path: &Path) -> bool {
        path.file_name().is_some_and(|name| self.0.iter().any(|own| OsStr::new(own) == name))
    }
}
