//! A walk through a folder and those below it, within bounds.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::files::{FileFault, ProjectFiles, entries};

/// How deep folders may lie in each other.
const DEEPEST: usize = 32;

/// What is still allowed of a walk.
pub(super) struct FolderWalk<'f> {
    pub files: &'f dyn ProjectFiles,
    /// Where it begins.
    pub root: &'f Path,
    most: usize,
    left: usize,
}

impl<'f> FolderWalk<'f> {
    /// One that meets at most so many files.
    pub fn of(files: &'f dyn ProjectFiles, root: &'f Path, most: usize) -> Self {
        Self { files, root, most, left: most }
    }

    /// What a folder holds that has so many folders above it, the root among them.
    ///
    /// # Errors
    /// Where it cannot be read, is too deep, or there are too many files.
    pub fn list(&mut self, folder: &Path, above: usize) -> Result<Vec<PathBuf>, FileFault> {
        if above >= DEEPEST {
            return Err(self.too_much(&format!("more than {DEEPEST} levels of folders")));
        }
        let paths = entries(self.files, folder)?;
        let left = self.left.checked_sub(paths.len());
        self.left = left.ok_or_else(|| self.too_much(&format!("more than {} files", self.most)))?;
        Ok(paths)
    }

    /// That the folder holds more than is read.
    pub fn too_much(&self, what: &str) -> FileFault {
        FileFault::new(format!("`{}` holds {what}: name a smaller folder", self.root.display()))
    }

    /// Whether a link leads out of the folder.
    pub fn leads_out(&self, path: &Path) -> bool {
        self.files.is_link(path) && !self.files.is_inside(path, self.root)
    }
}

/// Folders that tools keep their own files in.
pub(super) fn is_apart(folder: &Path) -> bool {
    let name = folder.file_name().map(OsStr::to_string_lossy).unwrap_or_default();
    name.starts_with('.') || name == "node_modules"
}
