//! The names of files in what is written: as the source sees them, wherever fwc was called and by whatever path, so that the
//! same source gives the same bytes.

use std::path::{Component, MAIN_SEPARATOR, Path};

use crate::catalogue;
use crate::model::Assumption;
use crate::source::{Files, SourceFile};

use super::file_names::slashed;

/// The files, each named as from the folder of `source`; shipped modules keep their names.
pub(super) fn named_from(source: &Path, files: &Files) -> Files {
    files.renamed(|file| if is_shipped(file) { file.name().to_owned() } else { from(source, file.name()) })
}

/// The assumptions, with places of such names.
pub(super) fn placed_from(source: &Path, assumptions: &[Assumption]) -> Vec<Assumption> {
    let mut assumptions = assumptions.to_vec();
    assumptions.iter_mut().for_each(|assumption| assumption.at.file = from(source, &assumption.at.file));
    assumptions
}

fn is_shipped(file: &SourceFile) -> bool {
    catalogue::module_of_file(file.name(), file.text()).is_some()
}

/// The path `file` from the folder of `source`, with `/` between its parts; as it is, where one of them states what the other
/// does not: a root, or a folder above the working folder.
fn from(source: &Path, file: &str) -> String {
    let folder = source.parent().unwrap_or(Path::new(""));
    let (folder, below) = (parts(folder), parts(Path::new(file)));
    let (mut folder, mut below) = (folder.into_iter().peekable(), below.into_iter().peekable());
    while folder.peek().is_some() && folder.peek() == below.peek() {
        folder.next();
        below.next();
    }
    let up: Vec<Component<'_>> = folder.collect();
    if up.iter().any(|part| !matches!(part, Component::Normal(_))) {
        return slashed(file, MAIN_SEPARATOR);
    }
    let mut path: Vec<String> = up.iter().map(|_| "..".to_owned()).collect();
    for part in below {
        if matches!(part, Component::RootDir | Component::Prefix(_)) {
            return slashed(file, MAIN_SEPARATOR);
        }
        path.push(part.as_os_str().to_string_lossy().into_owned());
    }
    path.join("/")
}

/// The parts of a path, each `..` taken out with the folder before it.
fn parts(path: &Path) -> Vec<Component<'_>> {
    let mut parts: Vec<Component<'_>> = Vec::new();
    for part in path.components() {
        match (part, parts.last()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_seen_from_the_source() {
        let name = |source: &str, file: &str| from(Path::new(source), file);
        assert_eq!(name("egress.pol", "egress.pol"), "egress.pol");
        assert_eq!(name("a/egress.pol", "a/sets/net.pol"), "sets/net.pol");
        assert_eq!(name("./a/egress.pol", "a/net.pol"), "net.pol");
        assert_eq!(name("/x/a/egress.pol", "/x/net.pol"), "../net.pol");
        assert_eq!(name("a/egress.pol", "net.pol"), "../net.pol");
        assert_eq!(name("egress.pol", "../net.pol"), "../net.pol");
        assert_eq!(name("../a/egress.pol", "net.pol"), "net.pol");
        assert_eq!(name("a/egress.pol", "/x/net.pol"), "/x/net.pol");
        assert_eq!(name("./b/../a/egress.pol", "net.pol"), "../net.pol");
        assert_eq!(name("HEAD:a/egress.pol", "HEAD:a/net.pol"), "net.pol");
    }
}
