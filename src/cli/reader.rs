//! Reads files: the source, its imports, artefacts; on disk, on standard input (`-`), or as of a git revision (`REV:PATH`).
//!
//! What the user names may be a pipe or a device, and is read once. What is found by name, as an import, a lock or the file
//! of a folder, is read only where it is a regular file: another would never end, or do something. What was read is
//! remembered, so that no answer is written over it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::driver::{ProjectFiles, slashed};
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

impl ProjectFiles for Disk {
    fn read(&self, path: &Path) -> Result<String, String> {
        let text = match AtRevision::of(path) {
            Some(file) => file.read(),
            None => read_named(path),
        };
        text.map_err(|error| lower(&error))
    }

    fn read_optional(&self, path: &Path) -> Result<Option<String>, String> {
        let text = match AtRevision::of(path) {
            Some(file) if !file.is_there() => return Ok(None),
            Some(file) => file.read(),
            None => read_found(path),
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
        let on_disk = || std::fs::read_dir(folder)?.map(|entry| Ok(portable(entry?.path()))).collect();
        let found: std::io::Result<Vec<PathBuf>> = AtRevision::of(folder).map_or_else(on_disk, |at| at.entries());
        let mut found = found.map_err(|error| lower(&error))?;
        found.sort();
        Ok(found)
    }

    fn is_link(&self, path: &Path) -> bool {
        path.is_symlink() || AtRevision::of(path).is_some_and(|at| at.is_link())
    }

    fn is_special(&self, path: &Path) -> bool {
        std::fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
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

/// The path with the separator of every system, so that answers name a file alike everywhere.
fn portable(path: PathBuf) -> PathBuf {
    if MAIN_SEPARATOR == '/' { path } else { slashed(&path.to_string_lossy(), MAIN_SEPARATOR).into() }
}

/// The folder that imports on disk may not leave.
struct Root {
    canonical: PathBuf,
    /// As messages show it.
    shown: PathBuf,
    /// The folder of the source, canonical and as messages show it.
    own: (PathBuf, PathBuf),
}

impl Root {
    fn of(source: &Path, root: Option<&Path>) -> Result<Self, String> {
        let own = source.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let shown = root.unwrap_or(own);
        let canonical = |folder: &Path| folder.canonicalize().map_err(|error| lower(&error));
        let own = (canonical(own)?, own.to_owned());
        Ok(Self { canonical: canonical(shown)?, shown: shown.to_owned(), own })
    }

    fn import(&self, importer: &str, path: &str) -> Result<ImportedFile, String> {
        let found = self.find(importer, path)?;
        let text = read_found(&found).map_err(|error| lower(&error))?;
        Ok(ImportedFile { name: self.name(&found), text })
    }

    /// The name that messages show for a file below the folder of the source, or else below the root.
    fn name(&self, file: &Path) -> String {
        let below = |canonical: &Path, shown: &Path| {
            let below = file.strip_prefix(canonical).ok()?;
            Some(if shown == Path::new(".") { below.to_owned() } else { shown.join(below) })
        };
        let (canonical, shown) = &self.own;
        let named = below(canonical, shown).or_else(|| below(&self.canonical, &self.shown));
        portable(named.unwrap_or_else(|| file.to_owned())).display().to_string()
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

/// The text of a file of the user's own that the command adds to: it is no input.
pub(super) fn read_own(path: &Path) -> Result<String, Failure> {
    let text = File::open(path).and_then(text_in);
    text.map_err(|error| cannot_read(path, &error))
}

/// The name of standard input.
const STANDARD_INPUT: &str = "-";

/// What is no regular file gives its text only once.
static READ_ONCE: Mutex<BTreeMap<PathBuf, String>> = Mutex::new(BTreeMap::new());

/// The text of what the user named, which may be standard input, a pipe or a device.
fn read_named(path: &Path) -> io::Result<String> {
    let is_standard_input = path == Path::new(STANDARD_INPUT);
    if !is_standard_input && !Disk::default().is_special(path) {
        return read_file(File::open(path)?, path);
    }
    let mut read_once = READ_ONCE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(text) = read_once.get(path) {
        return Ok(text.clone());
    }
    let text = if is_standard_input { text_in(io::stdin().lock()) } else { text_in(File::open(path)?) }?;
    read_once.insert(path.to_owned(), text.clone());
    Ok(text)
}

/// The text of a file that somebody else named, which must be a regular one.
pub(super) fn read_found(path: &Path) -> io::Result<String> {
    let irregular = || io::Error::other("it is not a regular file");
    if std::fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        return Err(irregular());
    }
    let file = open_at_once(path)?;
    // Another may have come into its place.
    let kind = file.metadata()?.file_type();
    if kind.is_file() || kind.is_dir() { read_file(file, path) } else { Err(irregular()) }
}

/// Opens a file, and waits for nobody who would write into a pipe.
#[cfg(unix)]
fn open_at_once(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or_default();
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

#[cfg(not(unix))]
fn open_at_once(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

fn read_file(file: File, path: &Path) -> io::Result<String> {
    if file.metadata()?.is_dir() {
        return Err(io::Error::other("it is a folder"));
    }
    remember(path);
    text_in(file)
}

fn text_in(from: impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    from.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(io::Error::other(format!("it is larger than {} MiB", MAX_FILE >> 20)));
    }
    text_of(bytes).map_err(io::Error::other)
}

/// The files that were read, by what tells them apart under any name.
static READ: Mutex<BTreeSet<Identity>> = Mutex::new(BTreeSet::new());

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Identity {
    /// The path without links.
    Path(PathBuf),
    /// The numbers of the device and of the file.
    #[cfg(unix)]
    File(u64, u64),
}

impl Identity {
    fn all(path: &Path) -> Vec<Self> {
        path.canonicalize().map(Self::Path).into_iter().chain(Self::of_file(path)).collect()
    }

    #[cfg(unix)]
    fn of_file(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        std::fs::metadata(path).map(|found| Self::File(found.dev(), found.ino())).ok()
    }

    #[cfg(not(unix))]
    fn of_file(_: &Path) -> Option<Self> {
        None
    }
}

fn remember(path: &Path) {
    READ.lock().unwrap_or_else(PoisonError::into_inner).extend(Identity::all(path));
}

/// Whether the file was read, under this name or another.
pub(super) fn was_read(path: &Path) -> bool {
    let read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    Identity::all(path).iter().any(|identity| read.contains(identity))
}

fn cannot_read(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot read `{}`: {}", path.display(), lower(error)))
}

/// The reason, without the number that the system adds.
fn lower(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => super::printer::reason(error),
    }
}
