//! Files as of a git revision: `REV:PATH`, as `git show` takes it.
//!
//! The repository may be anybody's, and git is asked only for what it holds: it fetches nothing, asks nobody, runs nothing
//! that the repository names, and is stopped after a while.

use std::io::Read;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::driver::slashed;
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
        if revision.is_empty() || revision.starts_with('-') || is_drive(revision, path) {
            return None;
        }
        Some(Self { revision: revision.to_owned(), path: slashed(path, MAIN_SEPARATOR) }.rooted_or_here())
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

    /// Another file of the same revision, from the working folder.
    pub(super) fn beside_working_folder(&self, name: &str) -> Self {
        Self { revision: self.revision.clone(), path: format!("./{name}") }
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
        run(arguments, MAX_LIST).is_ok_and(|done| done.stdout.starts_with(b"120000 "))
    }

    /// The text of a file.
    pub(super) fn read(&self) -> std::io::Result<String> {
        let done = run(&["cat-file", "blob", &self.name()], MAX_FILE)?;
        if !done.status.success() && is_lacking(&done.stderr) {
            let help = format!("`git show {}` fetches it", self.name());
            return Err(std::io::Error::other(format!("the repository, a partial clone, does not hold it: {help}")));
        }
        if !done.status.success() {
            return Err(why(&done.stderr));
        }
        text_of(done.stdout).map_err(std::io::Error::other)
    }

    /// What a folder holds, as inputs.
    pub(super) fn entries(&self) -> std::io::Result<Vec<PathBuf>> {
        let done = run(&["ls-tree", "-z", "--name-only", &self.name()], MAX_LIST)?;
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
        let done = run(&["cat-file", "-t", &self.name()], MAX_LIST).ok()?;
        if done.status.success() {
            return Some(String::from_utf8_lossy(&done.stdout).trim().to_owned());
        }
        // A partial clone knows the name of what it does not hold.
        is_lacking(&done.stderr).then(|| "blob".to_owned())
    }
}

/// Whether the part before the colon is a drive of Windows: git takes no path that begins at a root.
fn is_drive(revision: &str, path: &str) -> bool {
    revision.len() == 1 && revision.starts_with(|c: char| c.is_ascii_alphabetic()) && path.starts_with(['/', '\\'])
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

/// Whether git has once given no answer: it is not asked again.
static IS_STUCK: AtomicBool = AtomicBool::new(false);

/// How many bytes are read of a list.
const MAX_LIST: u64 = 16 * 1024 * 1024;
/// How many bytes are read of what git reports as wrong.
const MAX_WHY: u64 = 64 * 1024;
/// How long git is waited for, in seconds, unless `FWC_GIT_SECONDS` states otherwise.
const SECONDS: u64 = 60;

fn limit() -> Duration {
    let given = std::env::var("FWC_GIT_SECONDS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(given.unwrap_or(SECONDS))
}

fn git(arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    // Nothing of the repository's configuration runs a program or reaches another host.
    command.args(["--no-pager", "--no-replace-objects", "--literal-pathspecs"]);
    for setting in ["core.fsmonitor=false", "core.hooksPath=/dev/null", "credential.helper=", "protocol.allow=never"] {
        command.args(["-c", setting]);
    }
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0");
    // What a partial clone lacks is not fetched: by new versions at once, by older ones for want of a protocol.
    command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_ALLOW_PROTOCOL", "none");
    command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_ASKPASS", "").env("SSH_ASKPASS", "");
    command
}

/// Runs git, which may say `most` bytes and has [`limit`] for it.
fn run(arguments: &[&str], most: u64) -> std::io::Result<Output> {
    let too_long = || std::io::Error::other(format!("git gave no answer in {} s", limit().as_secs()));
    if IS_STUCK.load(Ordering::Relaxed) {
        return Err(too_long());
    }
    let mut child = git(arguments).spawn().map_err(no_git)?;
    let all = |pipe: Option<Box<dyn Read + Send>>, most: u64| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            pipe.map_or(Ok(0), |pipe| pipe.take(most + 1).read_to_end(&mut bytes)).map(|_| bytes)
        })
    };
    let stdout = all(child.stdout.take().map(|pipe| Box::new(pipe) as _), most);
    let stderr = all(child.stderr.take().map(|pipe| Box::new(pipe) as _), MAX_WHY);
    let (start, limit) = (Instant::now(), limit());
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if start.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            break None;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    let Some(status) = status else {
        IS_STUCK.store(true, Ordering::Relaxed);
        return Err(too_long());
    };
    let broken = |_| std::io::Error::other("the output of git cannot be read");
    let (stdout, stderr) = (stdout.join().map_err(broken)??, stderr.join().map_err(broken)??);
    if stdout.len() as u64 > most {
        return Err(std::io::Error::other(format!("it is larger than {} MiB", most >> 20)));
    }
    Ok(Output { status, stdout, stderr })
}

/// Whether git reports that it knows what it was asked for and does not hold it.
fn is_lacking(stderr: &[u8]) -> bool {
    let text = String::from_utf8_lossy(stderr);
    ["could not get object info", ": bad file", "promisor remote"].iter().any(|words| text.contains(words))
}

fn no_git(error: std::io::Error) -> std::io::Error {
    match error.kind() {
        std::io::ErrorKind::NotFound => {
            std::io::Error::other("a file as of a revision needs `git`, which is not there")
        }
        _ => error,
    }
}

/// What git reports, in one line.
fn why(stderr: &[u8]) -> std::io::Error {
    let text = String::from_utf8_lossy(stderr);
    let line = text.lines().next().unwrap_or("git gave it up");
    std::io::Error::other(line.trim_start_matches("fatal: ").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drive_is_no_revision() {
        for (revision, path) in [("C", r"\infra\egress.pol"), ("c", "/infra/egress.pol")] {
            assert!(is_drive(revision, path), "{revision}:{path}");
        }
        for (revision, path) in [("c", "egress.pol"), ("HEAD", "/egress.pol"), ("1", "/egress.pol")] {
            assert!(!is_drive(revision, path), "{revision}:{path}");
        }
    }

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
