//! Reads files: the source, its imports, artefacts; on disk, or as of a git revision (`REV:PATH`).

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::intent::{ImportedFile, Reader};

use super::Failure;
use super::revision::AtRevision;

/// The largest file that is read.
pub(super) const MAX_FILE: u64 = 256 * 1024 * 1024;

/// Reads imports, none of which may leave a folder.
pub(super) enum ImportReader {
    /// Of a source on disk.
    Folder(FolderReader),
    /// Of a source as of a revision; the folder is that of the repository.
    Revision(String),
}

impl ImportReader {
    /// For the source `file`, whose imports may not leave `root`, by default its own folder.
    pub(super) fn new(file: &Path, root: Option<&Path>) -> Result<Self, Failure> {
        match AtRevision::of(file) {
            Some(of) => Ok(Self::Revision(root.map_or(of.folder().to_owned(), |root| root.display().to_string()))),
            None => FolderReader::new(file, root).map(Self::Folder),
        }
    }
}

impl Reader for ImportReader {
    fn read(&mut self, importer: &str, path: &str) -> Result<ImportedFile, String> {
        let root = match self {
            Self::Folder(reader) => return reader.read(importer, path),
            Self::Revision(root) => root,
        };
        if Path::new(path).is_absolute() {
            return Err(ABSOLUTE.to_owned());
        }
        let importer = AtRevision::of(Path::new(importer)).ok_or("the importing file is not of the revision")?;
        let found = importer.import(path, root)?;
        let text = found.read().map_err(|error| lower(&error))?;
        Ok(ImportedFile { name: found.name(), text })
    }
}

const ABSOLUTE: &str = "the path must be relative to the importing file";

/// Reads imports on disk.
pub(super) struct FolderReader {
    root: PathBuf,
    /// The root as messages show it.
    shown: PathBuf,
}

impl FolderReader {
    fn new(file: &Path, root: Option<&Path>) -> Result<Self, Failure> {
        let own = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let shown = root.unwrap_or(own);
        let canonical = shown.canonicalize().map_err(|error| cannot_read(shown, &error))?;
        Ok(Self { root: canonical, shown: shown.to_owned() })
    }

    /// The name that messages show for a file below the root.
    fn name(&self, file: &Path) -> String {
        match file.strip_prefix(&self.root) {
            Ok(below) if self.shown == Path::new(".") => below.display().to_string(),
            Ok(below) => self.shown.join(below).display().to_string(),
            Err(_) => file.display().to_string(),
        }
    }

    fn find(&self, importer: &str, path: &str) -> Result<PathBuf, String> {
        if Path::new(path).is_absolute() {
            return Err(ABSOLUTE.to_owned());
        }
        let folder = Path::new(importer).parent().unwrap_or(Path::new(""));
        let wanted = folder.join(path);
        let found = wanted.canonicalize().map_err(|error| lower(&error))?;
        if !found.starts_with(&self.root) {
            return Err(format!("it lies outside `{}`; `--root` widens that", self.shown.display()));
        }
        Ok(found)
    }
}

impl Reader for FolderReader {
    fn read(&mut self, importer: &str, path: &str) -> Result<ImportedFile, String> {
        let found = self.find(importer, path)?;
        let text = read_to_string(&found).map_err(|error| lower(&error))?;
        Ok(ImportedFile { name: self.name(&found), text })
    }
}

/// The text of a file that the user named.
pub(super) fn read(path: &Path) -> Result<String, Failure> {
    let text = match AtRevision::of(path) {
        Some(file) => file.read(),
        None => read_to_string(path),
    };
    text.map_err(|error| cannot_read(path, &error))
}

/// The text of a file that need not be there.
pub(super) fn read_if_there(path: &Path) -> std::io::Result<Option<String>> {
    match AtRevision::of(path) {
        Some(file) if !file.is_there() => Ok(None),
        Some(file) => file.read().map(Some),
        None => match read_to_string(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            text => text.map(Some),
        },
    }
}

/// Whether the user named a folder.
pub(super) fn is_folder(path: &Path) -> bool {
    path.is_dir() || AtRevision::of(path).is_some_and(|at| at.is_folder())
}

/// What a folder holds that the user named, sorted.
pub(super) fn entries(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let on_disk = || std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect();
    let found: std::io::Result<Vec<PathBuf>> = AtRevision::of(folder).map_or_else(on_disk, |at| at.entries());
    let mut found = found.map_err(|error| cannot_read(folder, &error))?;
    found.sort();
    Ok(found)
}

fn read_to_string(path: &Path) -> std::io::Result<String> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(std::io::Error::other("it is a folder"));
    }
    let mut text = String::new();
    file.take(MAX_FILE + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_FILE {
        return Err(std::io::Error::other(format!("it is larger than {} MiB", MAX_FILE >> 20)));
    }
    Ok(text)
}

fn cannot_read(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot read `{}`: {}", path.display(), lower(error)))
}

/// The reason, without the number that the system adds.
fn lower(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
        _ => error.to_string(),
    }
}
