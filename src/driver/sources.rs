//! The sources of a folder.

use std::path::{Path, PathBuf};

use super::files::{Fault, Files, entries};
use super::folder::{has_ending, is_apart};
use super::options::Options;
use super::project::Project;

/// How many files a folder may hold, those of the folders below it among them.
const MOST_FILES: usize = 100_000;
/// How deep folders may lie in each other.
const DEEPEST: usize = 32;

/// The sources of a folder and of those below it, by path. Folders that tools keep their own files in are not entered, nor
/// are links to folders followed.
///
/// # Errors
/// Where a folder cannot be read, or holds too much.
pub fn sources_below(files: &dyn Files, folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let mut walk = Walk { files, root: folder, files_left: MOST_FILES, found: Vec::new() };
    walk.enter(folder, DEEPEST)?;
    Ok(walk.found)
}

/// The sources of a folder that are checked by themselves: one that another imports is checked with that one.
///
/// # Errors
/// Where a folder cannot be read, or holds too much.
pub fn checked_sources(files: &dyn Files, folder: &Path, options: &Options) -> Result<Vec<PathBuf>, Fault> {
    let all = sources_below(files, folder)?;
    let imported: Vec<Vec<String>> = all.iter().map(|path| imports(files, path, options)).collect();
    let names: Vec<String> = all.iter().map(|path| path.display().to_string()).collect();
    let is_imported = |name: &String, own: &Vec<String>| {
        // Of two that import each other, each stays.
        let imports = |(other, of): (&String, &Vec<String>)| other != name && of.contains(name) && !own.contains(other);
        names.iter().zip(&imported).any(imports)
    };
    let kept = names.iter().zip(&imported).map(|(name, own)| !is_imported(name, own)).collect::<Vec<_>>();
    Ok(all.iter().zip(kept).filter(|(_, kept)| *kept).map(|(path, _)| path.clone()).collect())
}

/// The names of the files that a source imports.
fn imports(files: &dyn Files, path: &Path, options: &Options) -> Vec<String> {
    let project = Project::new(files, path, options.clone());
    project.texts().iter().skip(1).map(|(_, file)| file.name().to_owned()).collect()
}

struct Walk<'f> {
    files: &'f dyn Files,
    root: &'f Path,
    files_left: usize,
    found: Vec<PathBuf>,
}

impl Walk<'_> {
    fn enter(&mut self, folder: &Path, depth: usize) -> Result<(), Fault> {
        let depth =
            depth.checked_sub(1).ok_or_else(|| self.too_much(&format!("more than {DEEPEST} levels of folders")))?;
        let paths = entries(self.files, folder)?;
        let left = self.files_left.checked_sub(paths.len());
        self.files_left = left.ok_or_else(|| self.too_much(&format!("more than {MOST_FILES} files")))?;
        for path in paths {
            // The names of what is in the working folder are shown without it.
            let path = path.strip_prefix(".").map_or_else(|_| path.clone(), Path::to_owned);
            match self.files.is_folder(&path) {
                true if self.files.is_link(&path) || is_apart(&path) => {}
                true => self.enter(&path, depth)?,
                false if has_ending(&path, &["pol"]) && self.is_readable(&path) => self.found.push(path),
                false => {}
            }
        }
        Ok(())
    }

    /// Whether a file is one, and inside of the folder.
    fn is_readable(&self, path: &Path) -> bool {
        let is_outside = self.files.is_link(path) && !self.files.is_inside(path, self.root);
        !is_outside && !self.files.is_special(path)
    }

    fn too_much(&self, what: &str) -> Fault {
        Fault::new(format!("`{}` holds {what}: name a smaller folder", self.root.display()))
    }
}
