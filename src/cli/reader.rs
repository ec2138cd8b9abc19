//! Reads files: the source, its imports, artefacts; on disk, or as of a git revision (`REV:PATH`).

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::driver::Files;
use crate::import::text_of;
use crate::intent::ImportedFile;

use super::Failure;
use super::revision::{AtRevision, MAX_FILE};

/// Files on disk, and files as of a git revision.
#[derive(Default)]
pub(super) struct Disk {
    /// The folder that imports may not leave, where it is not the source's own; of a revision, a folder of the repository.
    root: Option<PathBuf>,
}

impl Disk {
    /// With the root that imports of `source` may not leave.
    pub(super) fn new(source: &Path, root: Option<&Path>) -> Result<Self, Failure> {
        if let Some(root) = root.filter(|_| AtRevision::of(source).is_none()) {
            root.canonicalize().map_err(|error| cannot_read(root, &error))?;
        }
        Ok(Self { root: root.map(Path::to_owned) })
    }
}

impl Files for Disk {
    fn read(&self, path: &Path) -> Result<String, String> {
        let text = match AtRevision::of(path) {
            Some(file) => file.read(),
            None => read_to_string(path),
        };
        text.map_err(|error| lower(&error))
    }

    fn read_optional(&self, path: &Path) -> Result<Option<String>, String> {
        let text = match AtRevision::of(path) {
            Some(file) if !file.is_there() => return Ok(None),
            Some(file) => file.read(),
            None => read_to_string(path),
        };
        match text {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            text => text.map(Some).map_err(|error| error.to_string()),
        }
    }

    fn is_folder(&self, path: &Path) -> bool {
        path.is_dir() || AtRevision::of(path).is_some_and(|at| at.is_folder())
    }

    fn entries(&self, folder: &Path) -> Result<Vec<PathBuf>, String> {
        let on_disk = || std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect();
        let found: std::io::Result<Vec<PathBuf>> = AtRevision::of(folder).map_or_else(on_disk, |at| at.entries());
        let mut found = found.map_err(|error| lower(&error))?;
        found.sort();
        Ok(found)
    }

    fn is_link(&self, path: &Path) -> bool {
        path.is_symlink() || AtRevision::of(path).is_some_and(|at| at.is_link())
    }

    fn is_inside(&self, path: &Path, folder: &Path) -> bool {
        let canonical = (path.canonicalize(), folder.canonicalize());
        matches!(canonical, (Ok(path), Ok(folder)) if path.starts_with(&folder))
    }

    fn import(&self, source: &Path, importer: &str, path: &str) -> Result<ImportedFile, String> {
        if Path::new(path).is_absolute() {
            return Err("the path must be relative to the importing file".to_owned());
        }
        match AtRevision::of(source) {
            Some(of) => self.import_at_revision(&of, importer, path),
            None => Root::of(source, self.root.as_deref())?.import(importer, path),
        }
    }
}

impl Disk {
    fn import_at_revision(&self, source: &AtRevision, importer: &str, path: &str) -> Result<ImportedFile, String> {
        let root = self.root.as_ref().map_or(source.folder().to_owned(), |root| root.display().to_string());
        let importer = AtRevision::of(Path::new(importer)).ok_or("the importing file is not of the revision")?;
        let found = importer.import(path, &root)?;
        let text = found.read().map_err(|error| lower(&error))?;
        Ok(ImportedFile { name: found.name(), text })
    }
}

/// The folder that imports on disk may not leave.
struct Root {
    canonical: PathBuf,
    /// As messages show it.
    shown: PathBuf,
}

impl Root {
    fn of(source: &Path, root: Option<&Path>) -> Result<Self, String> {
        let own = source.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let shown = root.unwrap_or(own);
        let canonical = shown.canonicalize().map_err(|error| lower(&error))?;
        Ok(Self { canonical, shown: shown.to_owned() })
    }

    fn import(&self, importer: &str, path: &str) -> Result<ImportedFile, String> {
        let found = self.find(importer, path)?;
        let text = read_to_string(&found).map_err(|error| lower(&error))?;
        Ok(ImportedFile { name: self.name(&found), text })
    }

    /// The name that messages show for a file below the root.
    fn name(&self, file: &Path) -> String {
        match file.strip_prefix(&self.canonical) {
            Ok(below) if self.shown == Path::new(".") => below.display().to_string(),
            Ok(below) => self.shown.join(below).display().to_string(),
            Err(_) => file.display().to_string(),
        }
    }

    fn find(&self, importer: &str, path: &str) -> Result<PathBuf, String> {
        let folder = Path::new(importer).parent().unwrap_or(Path::new(""));
        let found = folder.join(path).canonicalize().map_err(|error| lower(&error))?;
        if !found.starts_with(&self.canonical) {
            return Err(format!("it lies outside `{}`; `--root` widens that", self.shown.display()));
        }
        Ok(found)
    }
}

/// The text of a file that the user named.
pub(super) fn read(path: &Path) -> Result<String, Failure> {
    let text = Disk::default().read(path);
    text.map_err(|why| Failure::new(format!("cannot read `{}`: {why}", path.display())))
}

fn read_to_string(path: &Path) -> std::io::Result<String> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(std::io::Error::other("it is a folder"));
    }
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(std::io::Error::other(format!("it is larger than {} MiB", MAX_FILE >> 20)));
    }
    text_of(bytes).map_err(std::io::Error::other)
}

fn cannot_read(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot read `{}`: {}", path.display(), lower(error)))
}

/// The reason, without the number that the system adds.
fn lower(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}
