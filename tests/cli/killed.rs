//! A run that is killed leaves what was there or what it was to write, whole; runs that write at once leave what one of them
//! wrote. `FWC_KILLS` and `FWC_PAIRS` say how many runs there are.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{EXAMPLE, SMALL, Sandbox, sha256};
use crate::golden::files;
use crate::resolve::server::Zone;

/// Two ways to call `compile`, with different artefacts.
const RUNS: [[&str; 4]; 2] =
    [["compile", EXAMPLE, "--set", "customers=198.51.100.0/25"], ["compile", EXAMPLE, "-o", "build"]];

fn count(variable: &str, default: usize) -> usize {
    std::env::var(variable).map_or(default, |text| text.parse().unwrap())
}

#[test]
fn a_killed_run_leaves_the_old_folder_or_the_new_one() {
    let (sandbox, kills) = (Sandbox::with_example(), count("FWC_KILLS", 100));
    let mut longest = Duration::ZERO;
    let complete = RUNS.map(|arguments| {
        longest = longest.max(duration(&sandbox, &arguments));
        files(&sandbox.path("build"))
    });
    assert_ne!(complete[0], complete[1]);

    let (mut killed, mut replaced) = (0, 0);
    let mut before = complete[1].clone();
    for (arguments, new) in RUNS.iter().zip(&complete).cycle().take(kills) {
        killed += usize::from(is_killed(&sandbox, arguments, random_below(longest)));
        let after = files(&sandbox.path("build"));
        assert!(after == before || after == *new, "{:?}", after.keys());
        assert_hashes(&sandbox, &after);
        replaced += usize::from(after != before);
        before = after;
    }
    assert!(killed > kills / 4 && replaced > 0, "{killed} killed, {replaced} replaced, within {longest:?}");

    assert_eq!(sandbox.run(&RUNS[0]).status, 0);
    assert_eq!(sandbox.names(""), ["build", "policies"]);
}

/// How long a run takes that succeeds.
fn duration(sandbox: &Sandbox, arguments: &[&str]) -> Duration {
    let start = Instant::now();
    let run = sandbox.run(arguments);
    assert_eq!(run.status, 0, "{arguments:?}: {}", run.stderr);
    start.elapsed()
}

fn started(sandbox: &Sandbox, arguments: &[&str]) -> Child {
    sandbox.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Whether a run was still going after `moment`, and died of SIGKILL then.
fn is_killed(sandbox: &Sandbox, arguments: &[&str], moment: Duration) -> bool {
    let mut child = started(sandbox, arguments);
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

/// A command that replaces files beside its inputs, and what stands in them before.
struct Replacing<'a> {
    sandbox: &'a Sandbox,
    arguments: &'a [&'a str],
    old: &'a [(&'a str, String)],
}

impl Replacing<'_> {
    /// Kills the command again and again; `may_be` says of each file whether it is new, and may be together.
    fn survives(&self, may_be: fn(&[bool]) -> bool) {
        let (kills, sandbox) = (count("FWC_KILLS", 60), self.sandbox);
        self.reset();
        let longest = duration(sandbox, self.arguments);
        let new = self.texts();
        let (mut killed, mut replaced) = (0, 0);
        for _ in 0..kills {
            self.reset();
            killed += usize::from(is_killed(sandbox, self.arguments, random_below(longest)));
            let is_new: Vec<bool> = self.texts().iter().zip(&new).map(|(text, new)| text == new).collect();
            for ((text, (name, old)), is_new) in self.texts().iter().zip(self.old).zip(&is_new) {
                assert!(*is_new || text == old, "{name} is a mixture:\n{text}");
            }
            assert!(may_be(&is_new), "{is_new:?}");
            replaced += usize::from(is_new.contains(&true));
        }
        assert!(killed > kills / 8, "{killed} killed, {replaced} replaced, within {longest:?}");
        self.reset();
        assert_eq!(sandbox.run(self.arguments).status, 0);
        assert!(sandbox.names("").iter().all(|name| !name.contains(".fwc-")), "{:?}", sandbox.names(""));
    }

    fn reset(&self) {
        self.old.iter().for_each(|(name, text)| self.sandbox.write(name, text));
    }

    fn texts(&self) -> Vec<String> {
        self.old.iter().map(|(name, _)| self.sandbox.read(name)).collect()
    }
}

/// A text that takes a while to be written.
pub(super) fn long(rules: usize) -> String {
    let rules: String =
        (0..rules).map(|rule| format!("        r{rule}:   allow https from nodes to h{rule}.example.com\n")).collect();
    SMALL.replace("        mcr: allow https from nodes to mcr.microsoft.com\n", &rules)
}

#[test]
fn a_killed_fmt_leaves_the_old_text_or_the_new_one() {
    let sandbox = Sandbox::new();
    let old = [("egress.pol", long(400))];
    Replacing { sandbox: &sandbox, arguments: &["fmt", "egress.pol"], old: &old }.survives(|_| true);
}

#[test]
fn a_killed_import_leaves_the_old_source_or_the_new_one() {
    let sandbox = Sandbox::new();
    for (name, rules) in [("old", 1), ("new", 40)] {
        sandbox.write(&format!("{name}.pol"), &long(rules));
        assert_eq!(sandbox.run(&["compile", &format!("{name}.pol"), "--no-optimise", "-o", name]).status, 0);
    }
    assert_eq!(sandbox.run(&["import", "old", "-o", "egress.pol"]).status, 0);
    let old = ["egress.lock", "egress.pol"].map(|name| (name, sandbox.read(name)));
    let replacing = Replacing { sandbox: &sandbox, arguments: &["import", "new", "-o", "egress.pol"], old: &old };
    // A new source beside an old lock would get other priorities than are deployed.
    replacing.survives(|is_new| is_new[0] || !is_new[1]);
}

#[test]
fn a_killed_resolve_leaves_the_old_snapshot_or_the_new_one() {
    let (sandbox, zone) = (Sandbox::new(), Zone::new());
    let server = zone.address.to_string();
    sandbox.write("old.pol", &long(1));
    sandbox.write("egress.pol", &long(40));
    let arguments = |source| ["resolve", source, "--server", &server, "--snapshot", "dns.json"].map(str::to_owned);
    assert_eq!(sandbox.run(&arguments("old.pol").each_ref().map(String::as_str)).status, 0);
    let old = [("dns.json", sandbox.read("dns.json"))];
    let arguments = arguments("egress.pol");
    let arguments = arguments.each_ref().map(String::as_str);
    Replacing { sandbox: &sandbox, arguments: &arguments, old: &old }.survives(|_| true);
}

#[test]
fn a_killed_approval_leaves_the_old_list_or_the_new_one() {
    let sandbox = Sandbox::new();
    for (name, rules) in [("a", 1), ("b", 2), ("c", 20)] {
        sandbox.write(&format!("{name}.pol"), &long(rules));
    }
    let approve = |old, new| ["diff", old, new, "--approve", "ok.json", "--by", "ada", "--reason", "planned"];
    assert_eq!(sandbox.run(&approve("a.pol", "b.pol")).status, 0);
    let old = [("ok.json", sandbox.read("ok.json"))];
    Replacing { sandbox: &sandbox, arguments: &approve("a.pol", "c.pol"), old: &old }.survives(|_| true);
}

#[test]
fn two_runs_at_once_leave_what_one_of_them_wrote() {
    let sandbox = Sandbox::with_example();
    let complete = RUNS.map(|arguments| {
        assert_eq!(sandbox.run(&arguments).status, 0);
        files(&sandbox.path("build"))
    });
    for pair in 0..count("FWC_PAIRS", 20) {
        if pair % 4 == 0 {
            fs::remove_dir_all(sandbox.path("build")).unwrap();
        }
        let both = RUNS.map(|arguments| {
            let mut command = sandbox.command(&arguments);
            command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
        });
        for run in both.map(|child| child.wait_with_output().unwrap()) {
            assert!(run.status.success(), "pair {pair}: {}", String::from_utf8_lossy(&run.stderr));
        }
        let after = files(&sandbox.path("build"));
        assert!(complete.contains(&after), "pair {pair}: {:?}", after.keys());
        assert_eq!(sandbox.names(""), ["build", "policies"], "pair {pair}");
    }
}
