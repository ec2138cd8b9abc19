//! A run that is killed leaves the old folder or the new one, whole.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{EXAMPLE, Sandbox, sha256};
use crate::golden::files;

const KILLS: usize = 200;

/// Two ways to call `compile`, with different artefacts.
const RUNS: [[&str; 4]; 2] =
    [["compile", EXAMPLE, "--set", "customers=198.51.100.0/25"], ["compile", EXAMPLE, "-o", "build"]];

#[test]
fn a_killed_run_leaves_the_old_folder_or_the_new_one() {
    let sandbox = Sandbox::with_example();
    let mut longest = Duration::ZERO;
    let complete = RUNS.map(|arguments| {
        let start = Instant::now();
        assert_eq!(sandbox.run(&arguments).status, 0);
        longest = longest.max(start.elapsed());
        files(&sandbox.path("build"))
    });
    assert_ne!(complete[0], complete[1]);

    let (mut killed, mut replaced) = (0, 0);
    let mut before = complete[1].clone();
    for (arguments, new) in RUNS.iter().zip(&complete).cycle().take(KILLS) {
        killed += usize::from(is_killed(&sandbox, arguments, random_below(longest)));
        let after = files(&sandbox.path("build"));
        assert!(after == before || after == *new, "{:?}", after.keys());
        assert_hashes(&sandbox, &after);
        replaced += usize::from(after != before);
        before = after;
    }
    assert!(killed > KILLS / 4 && replaced > 0, "{killed} killed, {replaced} replaced, within {longest:?}");

    assert_eq!(sandbox.run(&RUNS[0]).status, 0);
    assert_eq!(sandbox.names(""), ["build", "policies"]);
}

/// Whether a run was still going after `moment`, and died of SIGKILL then.
fn is_killed(sandbox: &Sandbox, arguments: &[&str], moment: Duration) -> bool {
    let mut child = sandbox.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    sleep(moment);
    child.kill().unwrap();
    child.wait().unwrap().code().is_none()
}

fn random_below(longest: Duration) -> Duration {
    let longest = u64::try_from(longest.as_micros()).unwrap().max(1);
    Duration::from_micros(RandomState::new().hash_one(longest) % longest)
}

/// The manifest's hashes are those of the files.
fn assert_hashes(sandbox: &Sandbox, files: &BTreeMap<String, String>) {
    let manifest: Value = serde_json::from_str(&files["manifest.json"]).unwrap();
    for output in manifest["outputs"].as_array().unwrap() {
        let path = output["path"].as_str().unwrap();
        assert_eq!(sha256(&sandbox.path("build").join(path)), output["sha256"], "{path}");
    }
    assert_eq!(manifest["outputs"].as_array().unwrap().len() + 1, files.len());
}
