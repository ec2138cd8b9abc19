//! The shape of the project: what may import what, what each folder says of itself, what may stand where.

mod circles;
mod folders;
mod imports;
mod links;
mod names;
mod phrases;

use std::fs;
use std::path::{Path, PathBuf};

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A source file, its path as seen from `src`.
struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    /// The folder of `src` that it belongs to; `None` for `lib.rs` and `main.rs`.
    fn folder(&self) -> Option<&str> {
        self.path.parent()?.iter().next()?.to_str()
    }

    /// The lines with their numbers, without comments.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.text.lines().map(without_comment))
    }
}

/// A line up to its comment. A `//` right behind a colon is taken for part of an address in a text.
fn without_comment(line: &str) -> &str {
    let comment = line.match_indices("//").find(|&(at, _)| !line[..at].ends_with(':'));
    comment.map_or(line, |(at, _)| &line[..at])
}

/// Every Rust file below `src`.
fn sources() -> Vec<Source> {
    let root = project().join("src");
    let mut found: Vec<Source> = files_below(&root)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| Source {
            text: fs::read_to_string(&path).unwrap(),
            path: path.strip_prefix(&root).unwrap().to_owned(),
        })
        .collect();
    found.sort_by(|one, next| one.path.cmp(&next.path));
    assert!(found.len() > 100, "{} files in src", found.len());
    found
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}
