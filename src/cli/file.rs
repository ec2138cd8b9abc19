//! Writes one file whole or not at all, and only over what may be replaced.
//!
//! The new content is written beside the old one and takes its place in one step. What is no regular file, such as a named
//! pipe or `/dev/null`, stays what it is and is written into. A file that a command has read is never replaced by its answer,
//! and one that fwc did not write only where the user states so.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::driver::refused_on_windows;

use super::printer::reason;
use super::{Failure, reader};

/// What tells that fwc wrote a file.
#[derive(Clone, Copy, Debug)]
pub(super) enum FileMark {
    /// Its first line begins with these words; the line may end after them.
    FirstLine(&'static str),
    /// Its beginning holds this.
    Within(&'static str),
}

/// Whether files of others may be replaced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Foreign {
    Kept,
    Replaced,
}

impl From<bool> for Foreign {
    /// What `--force` states.
    fn from(force: bool) -> Self {
        if force { Self::Replaced } else { Self::Kept }
    }
}

/// Writes one file; an old one of that name is replaced where it has the mark, or where files of others may be.
pub(super) fn write_file(target: &Path, content: &[u8], mark: FileMark, foreign: Foreign) -> Result<(), Failure> {
    check_replaceable(target, mark, foreign)?;
    let cannot = |error: io::Error| Failure::new(format!("cannot write `{}`: {}", target.display(), reason(&error)));
    if is_written_through(target) {
        return write_through(target, content).map_err(cannot);
    }
    match put(target, content) {
        // Nothing can be put into the place of a mount point, or into a folder that is read only.
        Err(error) if target.exists() && is_bound(&error) => write_in_place(target, content).map_err(cannot),
        done => done.map_err(cannot),
    }
}

/// Writes over the content of a file; where that fails, as on a full disk, the old content is there again.
fn write_in_place(target: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().read(true).write(true).open(target)?;
    let mut old = Vec::new();
    file.read_to_end(&mut old)?;
    let written = overwrite(&mut file, content);
    if written.is_err() {
        overwrite(&mut file, &old)?;
    }
    written
}

fn overwrite(file: &mut File, content: &[u8]) -> io::Result<()> {
    file.rewind()?;
    // What is longer than the old content may find no room: it is written before anything is cut off.
    file.write_all(content)?;
    file.set_len(content.len() as u64)?;
    file.sync_all()
}

/// Refuses to write over what the command has read, and over what somebody else wrote; over a source of somebody else's in
/// any case.
pub(super) fn check_replaceable(target: &Path, mark: FileMark, foreign: Foreign) -> Result<(), Failure> {
    if target == Path::new("-") {
        return Err(Failure::new("`-` is standard output, which has the answer: name a file to write".to_owned()));
    }
    if is_written_through(target) || !target.exists() {
        return Ok(());
    }
    let shown = target.display();
    if target.is_dir() {
        return Err(Failure::new(format!("`{shown}` is a folder: name a file to write")));
    }
    if reader::was_read(target) {
        return Err(Failure::new(format!("`{shown}` is an input, and is not written over: name another file")));
    }
    // An empty file holds nothing that could be lost.
    if has_mark(target, mark) || fs::metadata(target).is_ok_and(|found| found.len() == 0) {
        return Ok(());
    }
    let is_source = target.extension() == Some(OsStr::new("pol"));
    match (is_source, foreign) {
        (true, _) => {
            let help = "name another file, or delete this one";
            Err(Failure::new(format!("`{shown}` is a source that was not made by `fwc import`: {help}")))
        }
        (false, Foreign::Replaced) => Ok(()),
        (false, Foreign::Kept) => {
            let help = "name another file, or replace it with `--force`";
            Err(Failure::new(format!("`{shown}` was not written by fwc: {help}")))
        }
    }
}

/// Whether a file begins as fwc has written it.
pub(super) fn has_mark(path: &Path, mark: FileMark) -> bool {
    const BYTES: u64 = 4096;
    let mut beginning = Vec::new();
    let read = File::open(path).and_then(|file| file.take(BYTES).read_to_end(&mut beginning));
    read.is_ok()
        && match mark {
            FileMark::FirstLine(words) => {
                let rest = beginning.strip_prefix(words.as_bytes());
                rest.and_then(<[u8]>::first).is_some_and(u8::is_ascii_whitespace)
            }
            FileMark::Within(words) => beginning.windows(words.len()).any(|window| window == words.as_bytes()),
        }
}

/// Whether a path names a pipe, a device or an open file, which stays what it is.
pub(super) fn is_written_through(target: &Path) -> bool {
    let is_open_file =
        ["/dev/fd", "/dev/stdout", "/dev/stderr", "/proc/self/fd"].iter().any(|of| target.starts_with(of));
    is_open_file || fs::metadata(target).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

fn write_through(target: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(target)?;
    file.write_all(content)?;
    file.flush()
}

/// Whether the place of a file can be given to no other, though the file itself can be written.
pub(super) fn is_bound(error: &io::Error) -> bool {
    use io::ErrorKind::{CrossesDevices, PermissionDenied, ReadOnlyFilesystem, ResourceBusy};
    matches!(error.kind(), CrossesDevices | PermissionDenied | ReadOnlyFilesystem | ResourceBusy)
}

/// Replaces the content of a source that is there.
pub(super) fn replace_file(target: &Path, content: &[u8]) -> Result<(), Failure> {
    if !target.is_file() {
        // Standard input, a pipe, or a file as of a revision.
        return Err(Failure::new(format!("`{}` is not a file on disk, and only those are written", target.display())));
    }
    put(target, content)
        .map_err(|error| Failure::new(format!("cannot write `{}`: {}", target.display(), reason(&error))))
}

/// Writes a file in one step, in the place of what a link of that name leads to.
fn put(target: &Path, content: &[u8]) -> io::Result<()> {
    let (parent, name) = place(target)?;
    clear_abandoned(&parent, &name);
    TemporaryBeside::at(&parent.join(name), content)?.move_into_place()?;
    sync(&parent)
}

/// The folder that holds the target, made where it is missing, and the target's name.
pub(super) fn place(target: &Path) -> io::Result<(PathBuf, OsString)> {
    let target = if target.exists() { target.canonicalize()? } else { target.to_owned() };
    let Some(name) = target.file_name().map(OsStr::to_owned) else {
        return Err(io::Error::other("it is not a name of a file or folder to make"));
    };
    // There, what is written to a device is gone, and a name that ends with a dot loses it.
    if let (true, Some(why)) = (cfg!(windows), refused_on_windows(&name.to_string_lossy())) {
        return Err(io::Error::other(format!("Windows takes no file or folder of this name, because {why}")));
    }
    let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    Ok((parent.to_owned(), name))
}

/// A path without links as messages show it: Windows begins it with `\\?\`.
pub(super) fn shown(path: &Path) -> String {
    let text = path.display().to_string();
    text.strip_prefix(r"\\?\").unwrap_or(&text).to_owned()
}

/// The new content of a file, written beside it. While it is there, its lock tells other runs to let it be.
pub(super) struct TemporaryBeside {
    target: PathBuf,
    path: PathBuf,
    file: File,
}

impl TemporaryBeside {
    /// Writes `content` beside `target`, with the permissions of what is there.
    pub(super) fn new(target: &Path, content: &[u8]) -> Result<Self, Failure> {
        let written = place(target).and_then(|(parent, name)| {
            clear_abandoned(&parent, &name);
            Self::at(&parent.join(name), content)
        });
        written.map_err(|error| Failure::new(format!("cannot write `{}`: {}", target.display(), reason(&error))))
    }

    fn at(target: &Path, content: &[u8]) -> io::Result<Self> {
        // A pipe or a device, also one that a link leads to, stays what it is.
        if fs::metadata(target).is_ok_and(|found| !found.is_file()) {
            return Err(io::Error::other("it is not a regular file"));
        }
        let making = Making::beside(target);
        let (path, file) = exclusive(target, |path| File::create_new(path))?;
        // Where locks are not to be had, another run may only clear away too much of what has failed.
        let _ = file.try_lock();
        drop(making);
        let mut beside = Self { target: target.to_owned(), path, file };
        if let Ok(metadata) = fs::metadata(target) {
            beside.file.set_permissions(metadata.permissions())?;
        }
        beside.file.write_all(content)?;
        beside.file.sync_all()?;
        Ok(beside)
    }

    /// Puts it into the place of the file, in one step.
    pub(super) fn put(self) -> Result<(), Failure> {
        let target = self.target.clone();
        self.move_into_place()
            .map_err(|error| Failure::new(format!("cannot write `{}`: {}", target.display(), reason(&error))))
    }

    fn move_into_place(self) -> io::Result<()> {
        match fs::rename(&self.path, &self.target) {
            // Nothing can be put into the place of a mount point.
            Err(error) if is_bound(&error) && self.target.exists() => {
                write_in_place(&self.target, &fs::read(&self.path)?)
            }
            done => done,
        }
    }
}

impl Drop for TemporaryBeside {
    fn drop(&mut self) {
        // What was put into its place is gone from here; nobody needs what could not be.
        let _ = fs::remove_file(&self.path);
    }
}

/// The time between making something beside a target and locking it, in which no other run takes it for abandoned: it holds a
/// shared lock of the folder, and whoever clears away needs the folder alone.
pub(super) struct Making(#[expect(dead_code, reason = "it is there to be dropped")] Option<File>);

impl Making {
    /// Waits a while for a run that clears away; a folder that somebody else has locked for longer keeps nobody from writing.
    pub(super) fn beside(target: &Path) -> Self {
        const TRIES: usize = 200;
        let Ok(folder) = File::open(folder_of(target)) else { return Self(None) };
        for _ in 0..TRIES {
            match folder.try_lock_shared() {
                Ok(()) => return Self(Some(folder)),
                Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(5)),
                Err(TryLockError::Error(_)) => break,
            }
        }
        Self(None)
    }
}

fn folder_of(target: &Path) -> &Path {
    target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes something beside `target` under a name that nobody can foresee; `make` must fail where the name is taken.
pub(super) fn exclusive<T>(target: &Path, make: impl Fn(&Path) -> io::Result<T>) -> io::Result<(PathBuf, T)> {
    const TRIES: usize = 16;
    let prefix = prefix(target.file_name().unwrap_or_default());
    let mut taken = io::Error::from(io::ErrorKind::AlreadyExists);
    for _ in 0..TRIES {
        // Each state is seeded from the system's random numbers.
        let random = [RandomState::new().hash_one(0), RandomState::new().hash_one(1)];
        let path =
            target.with_file_name(random.iter().fold(prefix.clone(), |name, part| name + &format!("{part:016x}")));
        match make(&path) {
            Ok(made) => return Ok((path, made)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => taken = error,
            Err(error) => return Err(error),
        }
    }
    Err(taken)
}

/// Makes the entries of a folder last.
pub(super) fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

pub(super) fn prefix(name: &OsStr) -> String {
    format!(".{}.fwc-", name.to_string_lossy())
}

/// Clears away what runs that died have left beside the target.
pub(super) fn clear_abandoned(parent: &Path, name: &OsStr) {
    let folder = File::open(parent);
    if folder.as_ref().is_ok_and(|folder| matches!(folder.try_lock(), Err(TryLockError::WouldBlock))) {
        // Another run is making something; what is abandoned waits for the next.
        return;
    }
    abandoned(parent, name).for_each(|path| {
        // Another run may be clearing it away as well.
        let _ = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
    });
}

/// What runs that died have left beside the target: no other run holds its lock. What others have planted under such a name,
/// such as a link or a pipe, is let be.
pub(super) fn abandoned(parent: &Path, name: &OsStr) -> impl Iterator<Item = PathBuf> {
    let prefix = prefix(name);
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let ours = entries.filter_map(move |entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type().ok()?;
        let lock = match name.strip_suffix(FOLDER).filter(|_| kind.is_dir()) {
            Some(lock) => lock,
            None if kind.is_file() => &name,
            None => return None,
        };
        lock.strip_prefix(&prefix).is_some_and(is_made_up).then(|| (entry.path(), entry.path().with_file_name(lock)))
    });
    ours.filter(|(_, lock)| is_free(lock)).map(|(path, _)| path)
}

/// The name of a folder that is prepared is that of its lock with this suffix. The lock is a file of its own, because Windows
/// opens no folder, and moves none that is open.
pub(super) const FOLDER: &str = "-new";

/// Whether no run holds the lock, or its file is gone with the run.
fn is_free(lock: &Path) -> bool {
    match File::open(lock) {
        Ok(found) => found.try_lock().is_ok(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

fn is_made_up(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
