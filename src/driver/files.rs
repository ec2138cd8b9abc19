//! Files, as a trait: a folder on disk, a revision of git and the memory of an editor are alike here.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt;
use std::path::{Component, Path, PathBuf};

use crate::intent::{ImportedFile, SourceReader};

/// Why a file could not be used, as a sentence that names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileFault(String);

impl FileFault {
    /// A fault of this message.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    pub(super) fn cannot_read(path: &Path, why: &str) -> Self {
        Self(format!("cannot read `{}`: {why}", path.display()))
    }
}

impl fmt::Display for FileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FileFault {}

/// Whether the name of a file ends in one of these, after its last dot.
pub(super) fn has_ending(path: &Path, endings: &[&str]) -> bool {
    let is = |ending: &OsStr| endings.iter().any(|known| ending.eq_ignore_ascii_case(known));
    path.extension().is_some_and(is)
}

/// Where the driver gets its files from. Each error is the reason alone, as in `permission denied`.
pub trait ProjectFiles {
    /// The text of a file.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn read(&self, path: &Path) -> Result<String, String>;

    /// The text of a file that may be missing.
    ///
    /// # Errors
    /// Why it cannot be read although it exists.
    fn read_optional(&self, path: &Path) -> Result<Option<String>, String>;

    /// Whether the path is a folder.
    fn is_folder(&self, path: &Path) -> bool;

    /// The paths of what a folder holds, sorted.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn entries(&self, folder: &Path) -> Result<Vec<PathBuf>, String>;

    /// Whether the path is a link to another file or folder.
    fn is_link(&self, _path: &Path) -> bool {
        false
    }

    /// Whether the path is neither a file nor a folder, but a pipe or a device.
    fn is_special(&self, _path: &Path) -> bool {
        false
    }

    /// Whether what the link `path` leads to is inside `folder`.
    fn is_inside(&self, _path: &Path, _folder: &Path) -> bool {
        true
    }

    /// The file that `importer`, reached from `source`, names `path`. It must not leave the root folder of `source`, and has
    /// the same name whoever imports it.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn import(&self, source: &Path, importer: &str, path: &str) -> Result<ImportedFile, String>;
}

impl<F: ProjectFiles + ?Sized> ProjectFiles for &F {
    fn read(&self, path: &Path) -> Result<String, String> {
        (**self).read(path)
    }

    fn read_optional(&self, path: &Path) -> Result<Option<String>, String> {
        (**self).read_optional(path)
    }

    fn is_folder(&self, path: &Path) -> bool {
        (**self).is_folder(path)
    }

    fn entries(&self, folder: &Path) -> Result<Vec<PathBuf>, String> {
        (**self).entries(folder)
    }

    fn is_link(&self, path: &Path) -> bool {
        (**self).is_link(path)
    }

    fn is_special(&self, path: &Path) -> bool {
        (**self).is_special(path)
    }

    fn is_inside(&self, path: &Path, folder: &Path) -> bool {
        (**self).is_inside(path, folder)
    }

    fn import(&self, source: &Path, importer: &str, path: &str) -> Result<ImportedFile, String> {
        (**self).import(source, importer, path)
    }
}

/// Reads a file that the user named.
pub(super) fn read(files: &dyn ProjectFiles, path: &Path) -> Result<String, FileFault> {
    files.read(path).map_err(|why| FileFault::cannot_read(path, &why))
}

/// The paths of what a folder holds.
pub(super) fn entries(files: &dyn ProjectFiles, folder: &Path) -> Result<Vec<PathBuf>, FileFault> {
    files.entries(folder).map_err(|why| FileFault::cannot_read(folder, &why))
}

/// Reads the imports of one source.
pub(super) struct Importer<'f> {
    pub(super) files: &'f dyn ProjectFiles,
    pub(super) source: &'f Path,
}

impl SourceReader for Importer<'_> {
    fn read(&mut self, importer: &str, path: &str) -> Result<ImportedFile, String> {
        self.files.import(self.source, importer, path)
    }
}

/// Files in memory, by path; folders are what paths say.
#[derive(Clone, Default, Debug)]
pub struct MemoryFiles(BTreeMap<PathBuf, String>);

impl MemoryFiles {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// One file.
    pub fn of(path: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        let mut files = Self::new();
        files.insert(path, text);
        files
    }

    /// Adds a file, or replaces its text.
    pub fn insert(&mut self, path: impl Into<PathBuf>, text: impl Into<String>) {
        self.0.insert(path.into(), text.into());
    }
}

impl ProjectFiles for MemoryFiles {
    fn read(&self, path: &Path) -> Result<String, String> {
        self.0.get(path).cloned().ok_or_else(|| MISSING.to_owned())
    }

    fn read_optional(&self, path: &Path) -> Result<Option<String>, String> {
        Ok(self.0.get(path).cloned())
    }

    fn is_folder(&self, path: &Path) -> bool {
        self.0.keys().any(|file| file != path && file.starts_with(path))
    }

    fn entries(&self, folder: &Path) -> Result<Vec<PathBuf>, String> {
        let below = self.0.keys().filter_map(|file| file.strip_prefix(folder).ok()?.components().next());
        let mut entries: Vec<PathBuf> = below.map(|name| folder.join(name)).collect();
        entries.dedup();
        if entries.is_empty() { Err(MISSING.to_owned()) } else { Ok(entries) }
    }

    fn import(&self, _: &Path, importer: &str, path: &str) -> Result<ImportedFile, String> {
        let folder = Path::new(importer).parent().unwrap_or(Path::new(""));
        let found = joined(folder, path)?;
        Ok(ImportedFile { text: self.read(&found)?, name: found.display().to_string() })
    }
}

const MISSING: &str = "there is no such file";

/// `path` from `folder`, without `.` and `..`.
fn joined(folder: &Path, path: &str) -> Result<PathBuf, String> {
    let mut found = folder.to_owned();
    for part in Path::new(path).components() {
        match part {
            Component::Normal(name) => found.push(name),
            Component::CurDir => {}
            Component::ParentDir if found.pop() => {}
            Component::ParentDir => return Err("it lies outside the root folder".to_owned()),
            Component::RootDir | Component::Prefix(_) => {
                return Err("the path must be relative to the importing file".to_owned());
            }
        }
    }
    Ok(found)
}
