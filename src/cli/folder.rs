//! Writes a folder whole or not at all.
//!
//! The files are written into a new folder beside the old one, and the two are swapped in one step. A process that dies
//! on the way leaves the old folder or the new one, never a mixture; what it left lying about is cleared away by the next
//! run. Only a folder that holds nothing but what fwc wrote there is replaced.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::driver::{MANIFEST, OutputFile};

use super::Failure;

/// Replaces the folder `target` by one that holds `files` and nothing else.
pub(super) fn write(target: &Path, files: &[OutputFile]) -> Result<(), Failure> {
    let (parent, name) = place(target)?;
    let target = parent.join(&name);
    check_own(&target)?;
    clear_abandoned(&parent, &name);
    let cannot = |error: io::Error| Failure::new(format!("cannot write `{}`: {error}", target.display()));
    let prepared = Prepared::new(&parent, &name, files).map_err(cannot)?;
    prepared.take_the_place_of(&target).map_err(cannot)?;
    sync(&parent).map_err(cannot)
}

/// Replaces the content of one file, whole or not at all.
pub(super) fn replace_file(target: &Path, content: &[u8]) -> Result<(), Failure> {
    let cannot = |error: io::Error| Failure::new(format!("cannot write `{}`: {error}", target.display()));
    let target = target.canonicalize().map_err(cannot)?;
    Beside::new(&target, content)?.put()
}

/// The new content of a file, written beside it.
pub(super) struct Beside {
    target: PathBuf,
    path: PathBuf,
}

impl Beside {
    /// Writes `content` beside `target`, with the permissions of what stands there.
    pub(super) fn new(target: &Path, content: &[u8]) -> Result<Self, Failure> {
        let cannot = |error: io::Error| Failure::new(format!("cannot write `{}`: {error}", target.display()));
        let Some(name) = target.file_name() else {
            return Err(Failure::new(format!("cannot write `{}`", target.display())));
        };
        let path = target.with_file_name(prefix(name) + &std::process::id().to_string());
        let beside = Self { target: target.to_owned(), path };
        let write = || {
            let mut file = File::create(&beside.path)?;
            if let Ok(metadata) = fs::metadata(target) {
                file.set_permissions(metadata.permissions())?;
            }
            file.write_all(content)?;
            file.sync_all()
        };
        write().map_err(cannot)?;
        Ok(beside)
    }

    /// Puts it into the place of the file, in one step.
    pub(super) fn put(self) -> Result<(), Failure> {
        let cannot = |error: io::Error| Failure::new(format!("cannot write `{}`: {error}", self.target.display()));
        fs::rename(&self.path, &self.target).map_err(cannot)
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // What was put into its place is gone from here; nobody needs what could not be.
        let _ = fs::remove_file(&self.path);
    }
}

/// Writes one file, whole or not at all; an old one of that name is replaced.
pub(super) fn write_file(target: &Path, content: &[u8]) -> Result<(), Failure> {
    if target.exists() {
        return replace_file(target, content);
    }
    let (parent, name) = place(target)?;
    Beside::new(&parent.join(name), content)?.put()?;
    let cannot = |error: io::Error| Failure::new(format!("cannot write `{}`: {error}", target.display()));
    sync(&parent).map_err(cannot)
}

/// The folder that holds the target, made where it is missing, and the target's name.
fn place(target: &Path) -> Result<(PathBuf, std::ffi::OsString), Failure> {
    let cannot = |error: io::Error| Failure::new(format!("cannot write `{}`: {error}", target.display()));
    let target = if target.exists() { target.canonicalize().map_err(cannot)? } else { target.to_owned() };
    let Some(name) = target.file_name().map(OsStr::to_owned) else {
        return Err(Failure::new(format!(
            "`{}` is no folder that can be replaced: name one to make",
            target.display()
        )));
    };
    let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(cannot)?;
    Ok((parent.to_owned(), name))
}

/// Refuses a folder that holds something which fwc did not write there.
fn check_own(target: &Path) -> Result<(), Failure> {
    if !target.exists() {
        return Ok(());
    }
    if !target.is_dir() {
        return Err(Failure::new(format!("`{}` is a file: name a folder to write with `-o`", target.display())));
    }
    let cannot = |error: io::Error| Failure::new(format!("cannot read `{}`: {error}", target.display()));
    let own = own_files(target);
    for entry in fs::read_dir(target).map_err(cannot)? {
        let name = entry.map_err(cannot)?.file_name();
        if !own.iter().any(|own| OsStr::new(own) == name) {
            let (target, name) = (target.display(), Path::new(&name).display());
            let message =
                format!("`{target}` holds `{name}`, which fwc did not write there: choose another folder with `-o`");
            return Err(Failure::new(message));
        }
    }
    Ok(())
}

/// The names of the files that the folder's manifest lists, the manifest among them.
fn own_files(target: &Path) -> Vec<String> {
    let text = fs::read_to_string(target.join(MANIFEST)).unwrap_or_default();
    let manifest: Value = serde_json::from_str(&text).unwrap_or_default();
    let outputs = manifest.get("outputs").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let names = outputs.iter().filter_map(|output| output.get("path").and_then(Value::as_str));
    names.map(str::to_owned).chain([MANIFEST.to_owned()]).collect()
}

/// A folder that is complete but not in its place. While it is being prepared, its lock tells other runs to let it be.
struct Prepared {
    path: PathBuf,
    lock: File,
}

impl Prepared {
    fn new(parent: &Path, name: &OsStr, files: &[OutputFile]) -> io::Result<Self> {
        let path = parent.join(prefix(name) + &std::process::id().to_string());
        fs::create_dir(&path)?;
        let lock = File::open(&path)?;
        // Where locks are not to be had, a run may only clear away too little.
        let _ = lock.try_lock();
        let prepared = Self { path, lock };
        for OutputFile { name, content } in files {
            let mut file = File::create(prepared.path.join(name))?;
            file.write_all(content)?;
            file.sync_all()?;
        }
        sync(&prepared.path)?;
        Ok(prepared)
    }

    fn take_the_place_of(self, target: &Path) -> io::Result<()> {
        if !target.exists() {
            return fs::rename(&self.path, target);
        }
        swap(&self.path, target)?;
        // The new folder is in its place; what is left of the old one the next run clears away.
        let _ = fs::remove_dir_all(&self.path);
        Ok(())
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        // Only a run that failed still has its folder; it holds nothing that anybody needs.
        let _ = fs::remove_dir_all(&self.path);
        let _ = self.lock.unlock();
    }
}

/// Swaps two folders in one step.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn swap(new: &Path, old: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, new, CWD, old, RenameFlags::EXCHANGE).map_err(io::Error::from)
}

/// Swaps two folders; systems without one step for it may be caught between the two.
#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn swap(new: &Path, old: &Path) -> io::Result<()> {
    let aside = new.with_extension("old");
    fs::rename(old, &aside)?;
    fs::rename(new, old)?;
    fs::rename(&aside, new)
}

/// Makes the entries of a folder last.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn prefix(name: &OsStr) -> String {
    format!(".{}.fwc-", name.to_string_lossy())
}

/// Clears away what runs that died have left beside the target.
fn clear_abandoned(parent: &Path, name: &OsStr) {
    let prefix = prefix(name);
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_string_lossy().strip_prefix(&prefix).is_some_and(is_number);
        let abandoned = || File::open(entry.path()).is_ok_and(|folder| folder.try_lock().is_ok());
        if is_ours && abandoned() {
            // Another run may be clearing it away as well.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
