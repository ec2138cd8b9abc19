//! Writes a folder whole or not at all.
//!
//! The files are written into a new folder beside the old one, and the two are swapped in one step. A process that dies
//! on the way leaves the old folder or the new one, never a mixture; what it left lying about is cleared away by the next
//! run. Only a folder that holds nothing but what fwc wrote there is replaced.
//!
//! A file system without such a step takes two, and whoever dies between them has moved the old folder aside, from where the
//! next run brings it back. A folder that cannot be moved, as a mount point, gets its files one by one, each whole and the
//! manifest last, which has their hashes.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::driver::{MANIFEST, OutputFile};

use super::Failure;
use super::file::{self, FOLDER, Making, abandoned, clear_abandoned, exclusive, is_bound, sync};
use super::printer::reason;
use super::reader::read_found;

/// Replaces the folder `target` by one that holds `files` and nothing else.
pub(super) fn write(target: &Path, files: &[OutputFile]) -> Result<(), Failure> {
    let cannot = |error: io::Error| Failure::new(format!("cannot write `{}`: {}", target.display(), reason(&error)));
    if target == Path::new("-") {
        return Err(Failure::new("`-` is standard output: name a folder to write with `-o`".to_owned()));
    }
    if target.exists() && !target.is_dir() {
        return Err(Failure::new(format!("`{}` is a file: name a folder to write with `-o`", target.display())));
    }
    let (parent, name) = file::place(target).map_err(cannot)?;
    let target = parent.join(&name);
    bring_back(&parent, &name);
    check_own(&target)?;
    clear_abandoned(&parent, &name);
    match Prepared::new(&target, files).and_then(|prepared| prepared.take_the_place_of(&target)) {
        Err(error) if target.is_dir() && is_bound(&error) => fill(&target, files).map_err(cannot),
        Err(error) => Err(cannot(error)),
        Ok(()) => sync(&parent).map_err(cannot),
    }
}

/// Refuses a folder that holds something which fwc did not write there.
fn check_own(target: &Path) -> Result<(), Failure> {
    if !target.exists() {
        return Ok(());
    }
    let cannot = |error: io::Error| Failure::new(format!("cannot read `{}`: {}", file::shown(target), reason(&error)));
    let mut own = own_files(&target.join(MANIFEST));
    // Whoever died while it filled the folder has left the manifest that was to be the last.
    own.extend(stages(target).flat_map(|stage| own_files(&stage.join(MANIFEST))));
    let entries: io::Result<Vec<OsString>> =
        fs::read_dir(target).map_err(cannot)?.map(|entry| Ok(entry?.file_name())).collect();
    let mut names = entries.map_err(cannot)?;
    names.sort();
    for name in names {
        if !own.iter().any(|own| OsStr::new(own) == name) && !is_stage(&name) {
            let (target, name) = (file::shown(target), Path::new(&name).display());
            let message =
                format!("`{target}` holds `{name}`, which fwc did not write there: choose another folder with `-o`");
            return Err(Failure::new(message));
        }
    }
    Ok(())
}

/// The names of the files that a manifest lists, the manifest among them.
fn own_files(manifest: &Path) -> Vec<String> {
    let text = read_found(manifest).unwrap_or_default();
    let manifest: Value = serde_json::from_str(&text).unwrap_or_default();
    let outputs = manifest.get("outputs").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let names = outputs.iter().filter_map(|output| output.get("path").and_then(Value::as_str));
    names.map(str::to_owned).chain([MANIFEST.to_owned()]).collect()
}

/// A folder that is complete but not in its place. While it is being prepared, the lock beside it tells other runs to let it
/// be.
struct Prepared {
    path: PathBuf,
    lock: PathBuf,
    /// Open, and so locked, until the folder is in its place.
    held: File,
}

impl Prepared {
    /// Prepares a folder beside `target`.
    fn new(target: &Path, files: &[OutputFile]) -> io::Result<Self> {
        let making = Making::beside(target);
        let (lock, held) = exclusive(target, |path| File::create_new(path))?;
        // Where locks are not to be had, a run may only clear away too much of what has failed.
        let _ = held.try_lock();
        drop(making);
        let mut path = lock.clone().into_os_string();
        path.push(FOLDER);
        let prepared = Self { path: path.into(), lock, held };
        fs::create_dir(&prepared.path)?;
        for OutputFile { name, content } in files {
            let mut file = File::create_new(prepared.path.join(name))?;
            file.write_all(content)?;
            file.sync_all()?;
        }
        sync(&prepared.path)?;
        Ok(prepared)
    }

    fn take_the_place_of(self, target: &Path) -> io::Result<()> {
        if !target.exists() {
            match fs::rename(&self.path, target) {
                // Another run has put its folder there since.
                Err(_) if target.is_dir() => {}
                done => return done,
            }
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
        let _ = self.held.unlock();
        let _ = fs::remove_file(&self.lock);
    }
}

/// Swaps two folders, in one step where the file system has one for it.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn swap(new: &Path, old: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, new, CWD, old, RenameFlags::EXCHANGE) {
        // Not on this file system, or not on this system.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP | Errno::PERM) => swap_by_steps(new, old),
        done => done.map_err(io::Error::from),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn swap(new: &Path, old: &Path) -> io::Result<()> {
    swap_by_steps(new, old)
}

/// The name of an old folder that is on its way out, beside the new one.
const ASIDE: &str = "old";

/// Swaps two folders in steps, the first of which [`bring_back`] undoes. At the end the old one has the name of the new one,
/// under which the next run clears away what is left of it.
fn swap_by_steps(new: &Path, old: &Path) -> io::Result<()> {
    let aside = aside(old);
    if aside.exists() {
        // It holds what fwc did not write, and is let be: the folder stays where it is and gets its files one by one.
        return Err(io::ErrorKind::ResourceBusy.into());
    }
    fs::rename(old, &aside)?;
    if let Err(error) = fs::rename(new, old) {
        fs::rename(&aside, old)?;
        return Err(error);
    }
    fs::rename(&aside, new)
}

fn aside(target: &Path) -> PathBuf {
    target.with_file_name(file::prefix(target.file_name().unwrap_or_default()) + ASIDE)
}

/// Brings back the old folder that a run moved aside and died, or clears it away where the new one is in its place.
fn bring_back(parent: &Path, name: &OsStr) {
    let target = parent.join(name);
    let aside = aside(&target);
    if aside.is_symlink() || !aside.is_dir() {
        return;
    }
    // Where neither can be done, writing fails, and reports why.
    let _ = match target.exists() {
        true if check_own(&aside).is_ok() => discard(&aside, &target),
        // Somebody else has put something there.
        true => Ok(()),
        false => fs::rename(&aside, &target),
    };
}

/// Removes a folder beside the target, under a name by which the next run clears away what a dead one has left of it.
fn discard(folder: &Path, target: &Path) -> io::Result<()> {
    let renamed = |lock: &Path| {
        let mut path = lock.as_os_str().to_owned();
        path.push(FOLDER);
        fs::rename(folder, &path).map(|()| path)
    };
    let (_, path) = exclusive(target, renamed)?;
    fs::remove_dir_all(path)
}

/// Where a folder that is filled keeps the new files until all of them are written.
const STAGE: &str = "stage";

/// Puts the files into a folder that nothing can take the place of: all are written beside the old ones first, and then
/// moved over them, the manifest last.
fn fill(target: &Path, files: &[OutputFile]) -> io::Result<()> {
    clear_abandoned(target, OsStr::new(STAGE));
    let before = own_files(&target.join(MANIFEST));
    let staged = Prepared::new(&target.join(STAGE), files)?;
    let (last, first): (Vec<&OutputFile>, Vec<&OutputFile>) = files.iter().partition(|file| file.name == MANIFEST);
    for OutputFile { name, .. } in first {
        fs::rename(staged.path.join(name), target.join(name))?;
    }
    for gone in before.iter().filter(|name| files.iter().all(|file| file.name != **name)) {
        // What an earlier run left half done may lack it.
        let _ = fs::remove_file(target.join(gone));
    }
    for OutputFile { name, .. } in last {
        fs::rename(staged.path.join(name), target.join(name))?;
    }
    sync(target)
}

/// What runs that died have left in a folder that they filled.
fn stages(target: &Path) -> impl Iterator<Item = PathBuf> {
    abandoned(target, OsStr::new(STAGE))
}

fn is_stage(name: &OsString) -> bool {
    name.to_string_lossy().starts_with(&file::prefix(OsStr::new(STAGE)))
}
