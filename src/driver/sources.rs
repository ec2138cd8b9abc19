//! The sources of a folder.

use std::path::{Path, PathBuf};

use super::files::{FileFault, ProjectFiles};
use super::kinds::{InputKind, is_named_as};
use super::options::ProjectOptions;
use super::project::Project;
use super::walk::{FolderWalk, is_apart};

/// How many files a folder may hold, those of the folders below it among them.
const MOST_FILES: usize = 100_000;

/// The sources of a folder and of those below it, by path. Folders that tools keep their own files in are not entered, nor
/// are links to folders followed.
///
/// # Errors
/// Where a folder cannot be read, or holds too much.
pub fn sources_below(files: &dyn ProjectFiles, folder: &Path) -> Result<Vec<PathBuf>, FileFault> {
    let mut found = Vec::new();
    enter(&mut FolderWalk::of(files, folder, MOST_FILES), folder, 0, &mut found)?;
    Ok(found)
}

/// The sources of a folder that are checked by themselves: one that another imports is checked with that one.
///
/// # Errors
/// Where a folder cannot be read, or holds too much.
pub fn checked_sources(
    files: &dyn ProjectFiles,
    folder: &Path,
    options: &ProjectOptions,
) -> Result<Vec<PathBuf>, FileFault> {
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
fn imports(files: &dyn ProjectFiles, path: &Path, options: &ProjectOptions) -> Vec<String> {
    let project = Project::new(files, path, options.clone());
    project.texts().iter().skip(1).map(|(_, file)| file.name().to_owned()).collect()
}

fn enter(walk: &mut FolderWalk<'_>, folder: &Path, above: usize, found: &mut Vec<PathBuf>) -> Result<(), FileFault> {
    for path in walk.list(folder, above)? {
        // The names of what is in the working folder are shown without it.
        let path = path.strip_prefix(".").map_or_else(|_| path.clone(), Path::to_owned);
        match walk.files.is_folder(&path) {
            true if walk.files.is_link(&path) || is_apart(&path) => {}
            true => enter(walk, &path, above + 1, found)?,
            false
                if is_named_as(&path, InputKind::is_source)
                    && !walk.leads_out(&path)
                    && !walk.files.is_special(&path) =>
            {
                found.push(path);
            }
            false => {}
        }
    }
    Ok(())
}
