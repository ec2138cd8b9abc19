//! The command `fwc` as its users meet it: the real binary, in a folder of its own.

mod assumptions;
mod bounds;
mod check;
mod compile;
mod conditional;
mod config;
mod conventions;
mod explain;
mod faults;
mod fixes;
mod fmt;
mod fqdn_tags;
mod import;
mod imports;
mod inert;
mod inputs;
mod killed;
mod lock;
mod outputs;
mod pipelines;
mod revision;
mod schemas;
mod test;
mod unread;
mod usage;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

pub(crate) use schemas::assert_valid;

use crate::shipped::shipped;

/// The reference example, as a sandbox that was made with it has it.
pub(crate) const EXAMPLE: &str = "policies/examples/aks-hub-spoke/egress.pol";

/// A source without findings.
const SMALL: &str = "\
let nodes = 10.240.0.0/16

policy web {
    location \"westeurope\"
    sku      standard

    group out {
        mcr: allow https from nodes to mcr.microsoft.com
    }
}
";

/// A source with one wrong word, `frm`.
fn wrong() -> String {
    SMALL.replace("from nodes", "frm nodes")
}

/// A folder to run the binary in, gone afterwards.
pub(crate) struct Sandbox(TempDir);

/// What a run printed, and how it ended.
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// With all that stands in `policies`.
    pub(crate) fn with_example() -> Self {
        let sandbox = Self::new();
        for (path, text) in shipped() {
            sandbox.write(path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().to_str().unwrap(), &text);
        }
        sandbox
    }

    /// With [`SMALL`] as `egress.pol`.
    fn with_small() -> Self {
        let sandbox = Self::new();
        sandbox.write("egress.pol", SMALL);
        sandbox
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The names of what stands in a folder.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The binary, to be run in this folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fwc"));
        command.args(arguments).current_dir(self.path("")).env_remove("NO_COLOR").env_remove("COLUMNS");
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_on(arguments, "")
    }

    /// Runs with `input` as standard input.
    fn run_on(&self, arguments: &[&str], input: &str) -> Run {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that does not read its input may be gone already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Run {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Run {
    /// Fails unless the run ended with `status` and said nothing but `stdout` and `stderr`.
    #[track_caller]
    fn says(&self, status: i32, stdout: &str, stderr: &str) {
        assert_eq!((self.stdout.as_str(), self.stderr.as_str(), self.status), (stdout, stderr, status));
    }

    /// Fails unless the run ended with 2 and one line on standard error that holds `why`.
    #[track_caller]
    fn fails(&self, why: &str) {
        assert_eq!((self.stdout.as_str(), self.status), ("", 2), "{}", self.stderr);
        assert!(self.stderr.starts_with("fwc: ") && self.stderr.lines().count() == 1, "{}", self.stderr);
        assert!(self.stderr.contains(why), "{}", self.stderr);
    }
}

/// The SHA-256 of a file, as manifests have it.
pub(crate) fn sha256(path: &Path) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(fs::read(path).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect()
}
