//! Files as of a git revision: `REV:PATH`, as `git show` takes it.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::import::text_of;

/// The largest file that is read.
pub(super) const MAX_FILE: u64 = 256 * 1024 * 1024;

/// A file or folder as of a revision.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct AtRevision {
    revision: String,
    /// From the root of the repository, or from the working folder where it begins with `./`; `/` separates.
    path: String,
}

impl AtRevision {
    /// What `input` names, where it names a file as of a revision: no such file is on disk, and git knows it.
    pub(super) fn of(input: &Path) -> Option<Self> {
        if input.exists() {
            return None;
        }
        let (revision, path) = input.to_str()?.split_once(':')?;
        // A revision that begins with a dash would be an option.
        if revision.is_empty() || revision.starts_with('-') {
            return None;
        }
        Some(Self { revision: revision.to_owned(), path: path.to_owned() }.rooted_or_here())
    }

    /// Git takes a path from the root of the repository; where nothing is there, the one from the working folder is meant.
    fn rooted_or_here(self) -> Self {
        let here = Self { path: format!("./{}", self.path), ..self.clone() };
        if self.kind().is_none() && here.kind().is_some() { here } else { self }
    }

    /// The name that messages show, and that [`Self::of`] takes.
    pub(super) fn name(&self) -> String {
        format!("{}:{}", self.revision, self.path)
    }

    /// Whether git knows it.
    pub(super) fn is_there(&self) -> bool {
        self.kind().is_some()
    }

    /// Whether it is a folder.
    pub(super) fn is_folder(&self) -> bool {
        self.kind().as_deref() == Some("tree")
    }

    /// Whether it is a symbolic link, whose text is the path that it leads to.
    pub(super) fn is_link(&self) -> bool {
        let (revision, path) = (self.revision.as_str(), self.path.as_str());
        let arguments: &[&str] = match path.starts_with("./") {
            true => &["ls-tree", revision, "--", path],
            false => &["ls-tree", "--full-tree", revision, "--", path],
        };
        git(arguments).output().is_ok_and(|done| done.stdout.starts_with(b"120000 "))
    }

    /// The text of a file.
    pub(super) fn read(&self) -> std::io::Result<String> {
        let mut child = git(&["cat-file", "blob", &self.name()]).stdout(Stdio::piped()).spawn().map_err(no_git)?;
        let mut bytes = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            stdout.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
        }
        if bytes.len() as u64 > MAX_FILE {
            // Nobody waits for the rest.
            let _ = child.kill();
            let _ = child.wait();
            return Err(std::io::Error::other(format!("it is larger than {} MiB", MAX_FILE >> 20)));
        }
        let done = child.wait_with_output()?;
        if !done.status.success() {
            return Err(why(&done.stderr));
        }
        text_of(bytes).map_err(std::io::Error::other)
    }

    /// What a folder holds, as inputs.
    pub(super) fn entries(&self) -> std::io::Result<Vec<PathBuf>> {
        let done = git(&["ls-tree", "-z", "--name-only", &self.name()]).output().map_err(no_git)?;
        if !done.status.success() {
            return Err(why(&done.stderr));
        }
        let names = String::from_utf8_lossy(&done.stdout).into_owned();
        let folder = self.name();
        let folder = folder.trim_end_matches('/');
        let below = |name: &str| match folder.strip_suffix(':') {
            Some(revision) => format!("{revision}:{name}"),
            None => format!("{folder}/{name}"),
        };
        Ok(names.split('\0').filter(|name| !name.is_empty()).map(|name| below(name).into()).collect())
    }

    /// The file that an import of this file means; it may not climb out of `root`.
    pub(super) fn import(&self, path: &str, root: &str) -> Result<Self, String> {
        let folder = self.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let found = join(folder, path).ok_or_else(|| "it lies outside the repository".to_owned())?;
        let root = root.trim_end_matches('/');
        let inside = root.is_empty() || found.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'));
        if !inside {
            return Err(format!("it lies outside `{}:{root}`; `--root` widens that", self.revision));
        }
        Ok(Self { revision: self.revision.clone(), path: found })
    }

    /// The folder that holds it, which its imports may not leave.
    pub(super) fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    fn kind(&self) -> Option<String> {
        let done = git(&["cat-file", "-t", &self.name()]).output().ok()?;
        done.status.success().then(|| String::from_utf8_lossy(&done.stdout).trim().to_owned())
    }
}

/// `path` from `folder`, its `..` taken out; `None` where it climbs above the root.
fn join(folder: &str, path: &str) -> Option<String> {
    let (here, folder) = match folder.strip_prefix("./") {
        Some(rest) => ("./", rest),
        None if folder == "." => ("./", ""),
        None => ("", folder),
    };
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(format!("{here}{}", parts.join("/")))
}

fn git(arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.args(arguments).stdin(Stdio::null()).stderr(Stdio::piped()).env("LC_ALL", "C");
    command
}

fn no_git(error: std::io::Error) -> std::io::Error {
    match error.kind() {
        std::io::ErrorKind::NotFound => {
            std::io::Error::other("a file as of a revision needs `git`, which is not there")
        }
        _ => error,
    }
}

/// What git says, in one line.
fn why(stderr: &[u8]) -> std::io::Error {
    let text = String::from_utf8_lossy(stderr);
    let line = text.lines().next().unwrap_or("git gave it up");
    std::io::Error::other(line.trim_start_matches("fatal: ").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_stay_below_the_root_of_the_source() {
        let file = AtRevision { revision: "HEAD".to_owned(), path: "infra/egress.pol".to_owned() };
        let import = |path: &str, root: &str| file.import(path, root).map(|found| found.name());
        assert_eq!(import("network.pol", "infra").as_deref(), Ok("HEAD:infra/network.pol"));
        assert_eq!(import("./a/../b.pol", "infra").as_deref(), Ok("HEAD:infra/b.pol"));
        assert!(import("../hub.pol", "infra").is_err());
        assert_eq!(import("../hub.pol", "").as_deref(), Ok("HEAD:hub.pol"));
        assert!(import("../../hub.pol", "").is_err());
    }
}
