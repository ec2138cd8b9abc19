//! Each claim of the reference systems is broken in turn, and what was named for it fires.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::aks::AKS;
use super::others::{DIGIBEE, KEY_VAULT, OPTA, PROFISEE};
use super::shown;
use crate::cli::Sandbox;
use crate::corpus::shared;
use crate::shipped::shipped;

/// What has to fire.
pub(super) enum Fires {
    /// A finding of `check`.
    Finding(&'static str),
    /// A finding of `check` that says this.
    Says(&'static str, &'static str),
    /// An expectation that no longer holds, as `test --strict` prints it.
    Expectation(&'static str),
}

use Fires::{Expectation, Finding, Says};

/// A promise, how it is broken, and what fires.
pub(super) struct Broken {
    /// How the claim begins that makes the promise, in the reference's table of the system.
    pub(super) claim: &'static str,
    pub(super) promise: &'static str,
    /// The source, in the folder of the system.
    pub(super) file: &'static str,
    /// What is written instead of what.
    pub(super) edits: &'static [(&'static str, &'static str)],
    pub(super) fires: Fires,
}

/// A reference system: its folder, and what breaks its claims; in the order of the reference.
const SYSTEMS: [(&str, &[Broken]); 5] = [
    ("aks-hub-spoke", AKS),
    ("profisee", PROFISEE),
    ("digibee", DIGIBEE),
    ("opta", OPTA),
    ("key-vault-private-link", KEY_VAULT),
];

/// Claims that are shown by what a command writes, and the test that shows it.
const SHOWN: [(&str, fn()); 5] = [
    ("the policy and route table are created by Terraform", shown::terraform_may_own_the_policy_and_leave_the_rules),
    ("several regions", shown::each_region_reads_the_organisation_first),
    ("test ingress and egress in a pre-production", shown::what_differs_between_environments_is_told_exactly),
    ("pods must not reach", shown::a_deny_of_the_metadata_service_is_said_to_be_for_the_cluster),
    ("the vault's name resolves", shown::dns_is_asked_whether_the_vault_is_private),
];

/// What the reference itself puts off.
const LATER: [&str; 1] = ["logs to Log Analytics"];

/// Whether it fires on the source as it stands in the sandbox.
fn fires(sandbox: &Sandbox, path: &str, fires: &Fires) -> (bool, String) {
    let findings = || {
        let run = sandbox.run(&["check", path]);
        run.stdout + &run.stderr
    };
    let of_code = |said: &str, code: &str, words: &str| {
        let findings = said.split("\n\n");
        findings.into_iter().any(|finding| finding.contains(&format!("[{code}]")) && finding.contains(words))
    };
    match fires {
        Finding(code) => {
            let said = findings();
            (of_code(&said, code, ""), said)
        }
        Says(code, words) => {
            let said = findings();
            (of_code(&said, code, words), said)
        }
        Expectation(text) => {
            let run = sandbox.run(&["test", path, "--strict"]);
            let failed = format!("  FAILS     {text}");
            (run.stdout.lines().any(|line| line == failed), run.stdout + &run.stderr)
        }
    }
}

/// Breaks each promise of a system; an edit that breaks nothing, or that something already said of the sound source, fails.
fn broken_in_turn(folder: &str, promises: &[Broken]) {
    let sandbox = Sandbox::with_example();
    let shipped = shipped();
    for Broken { promise, file, edits, fires: expected, .. } in promises {
        let path = format!("policies/examples/{folder}/{file}");
        let whole = Path::new(env!("CARGO_MANIFEST_DIR")).join(&path);
        let sound = &shipped.iter().find(|(path, _)| *path == whole).unwrap().1;
        sandbox.write(&path, sound);
        assert!(!fires(&sandbox, &path, expected).0, "{path}, {promise}: it fires unbroken");
        let mut text = sound.clone();
        for (from, to) in *edits {
            assert!(text.contains(from), "{path}, {promise}: no `{from}`");
            text = text.replacen(from, to, 1);
        }
        sandbox.write(&path, &text);
        let (fired, said) = fires(&sandbox, &path, expected);
        assert!(fired, "{path}, {promise}: nothing fires\n{said}");
        sandbox.write(&path, sound);
    }
}

#[test]
fn a_broken_promise_of_the_cluster_is_heard_of() {
    broken_in_turn("aks-hub-spoke", AKS);
}

#[test]
fn a_broken_promise_of_another_system_is_heard_of() {
    SYSTEMS[1..].iter().for_each(|(folder, promises)| broken_in_turn(folder, promises));
}

/// The claims of the reference, by system, in order.
fn claims() -> Option<Vec<Vec<String>>> {
    let text = fs::read_to_string(shared("reference")?.join("systems.md")).unwrap();
    let sections = text.split("\n## ").skip(1);
    let rows = |section: &str| {
        let rows = section.lines().filter_map(|line| line.strip_prefix("| ")).skip(2);
        rows.map(|row| row.split(" | ").next().unwrap().to_owned()).collect()
    };
    Some(sections.map(rows).collect())
}

#[test]
fn each_claim_of_the_reference_is_broken_by_something() {
    let Some(claims) = claims() else { return };
    assert_eq!(claims.len(), SYSTEMS.len());
    let mut spoken = BTreeSet::new();
    for (claims, (folder, promises)) in claims.iter().zip(SYSTEMS) {
        let here = promises.iter().map(|broken| broken.claim);
        let elsewhere = SHOWN.iter().map(|(claim, _)| *claim).chain(LATER);
        let known: Vec<&str> = here.clone().chain(elsewhere).collect();
        for claim in claims {
            let found: Vec<&&str> = known.iter().filter(|known| claim.starts_with(**known)).collect();
            assert!(!found.is_empty(), "{folder}: nothing breaks `{claim}`");
            spoken.extend(found.into_iter().copied());
        }
        let invented = here.filter(|known| !claims.iter().any(|claim| claim.starts_with(known)));
        assert_eq!(invented.collect::<Vec<_>>(), [""; 0], "{folder}");
    }
    let unspoken = SHOWN.iter().map(|(claim, _)| *claim).chain(LATER).filter(|claim| !spoken.contains(claim));
    assert_eq!(unspoken.collect::<Vec<_>>(), [""; 0]);
}
