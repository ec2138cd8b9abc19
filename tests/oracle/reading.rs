//! The reader against an independent one: `reading/`, in Python, reads the policies of the corpus on its own, draws flows
//! of each and decides them. `fwc explain --flows` decides the same flows of the same files.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use fwc::driver::{MemoryFiles, ParentInput, ProjectOptions, load_whole};
use serde::Deserialize;
use serde_json::Value;

use crate::cli::Sandbox;
use crate::corpus::shared;

/// How many flows of each policy are drawn.
const FLOWS: &str = "100";

/// How many policies both must be able to read.
const LEAST: usize = 120;

/// A file as the independent reading has it.
#[derive(Deserialize)]
struct Reading {
    file: String,
    /// Values for the parameters that have none, so that both read the same.
    parameters: BTreeMap<String, Value>,
    policies: Vec<Policy>,
}

#[derive(Deserialize)]
struct Policy {
    policy: String,
    flows: Vec<Decided>,
}

#[derive(Deserialize)]
struct Decided {
    flow: Value,
    verdict: String,
    /// Collection and rule, where only one can decide.
    rule: Option<[String; 2]>,
}

#[test]
fn flows_of_the_corpus_are_decided_as_an_independent_reading_decides_them() {
    let Some(folder) = shared("corpus") else { return };
    let Some(readings) = readings(&folder) else { return };
    let (mut compared, mut wrong) = (0, Vec::new());
    for reading in &readings {
        for (number, policy) in reading.policies.iter().enumerate() {
            match answers(&folder, reading, number) {
                Ok(answers) => {
                    compared += 1;
                    let apart = disagreements(policy, &answers);
                    wrong.extend(apart.iter().map(|apart| format!("{} {}: {apart}", reading.file, policy.policy)));
                }
                // That each refusal is right is for `tests/import/corpus.txt`.
                Err(why) => println!("{} {}: {why}", reading.file, policy.policy),
            }
        }
    }
    println!("{compared} policies are compared");
    assert!(compared >= LEAST, "{compared} policies are compared");
    assert!(wrong.is_empty(), "{} flows:\n{}", wrong.len(), wrong.join("\n"));
}

/// What the independent reading says of each file; `None`, with a line that says so, where there is no Python.
fn readings(corpus: &Path) -> Option<Vec<Reading>> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/reading");
    let run =
        Command::new("python3").args(["-B".as_ref(), program.as_os_str(), corpus.as_os_str(), FLOWS.as_ref()]).output();
    let Ok(run) = run else {
        let is_ci = std::env::var("CI").is_ok_and(|value| value == "true");
        assert!(!is_ci, "there is no python3, and CI skips nothing");
        eprintln!("SKIPPED: there is no python3");
        return None;
    };
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let lines = String::from_utf8(run.stdout).unwrap();
    Some(lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// What `fwc explain` says of the flows of a policy, or why it does not.
fn answers(corpus: &Path, reading: &Reading, number: usize) -> Result<Vec<Value>, String> {
    let policy = &reading.policies[number];
    let sandbox = Sandbox::new();
    let text = std::fs::read_to_string(corpus.join(&reading.file)).unwrap();
    sandbox.write("input.json", &text);
    sandbox.write("values.json", &parameter_file(reading));
    let flows: Vec<String> = policy.flows.iter().map(|decided| decided.flow.to_string()).collect();
    sandbox.write("flows.jsonl", &flows.join("\n"));
    let name = name_of(&text, reading, number)?;
    // A name may begin with a hyphen.
    let policy = format!("--policy={name}");
    let mut arguments = vec!["explain", "input.json", &policy, "--flows", "flows.jsonl", "--format", "json"];
    arguments.extend(["--parent", "none"]);
    if !reading.parameters.is_empty() {
        arguments.extend(["--parameters", "values.json"]);
    }
    let run = sandbox.run(&arguments);
    if run.status != 0 {
        return Err(format!("refused: {}", run.stderr.trim()));
    }
    Ok(run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn parameter_file(reading: &Reading) -> String {
    let values = reading.parameters.iter().map(|(name, value)| (name.clone(), serde_json::json!({ "value": value })));
    serde_json::json!({ "parameters": values.collect::<serde_json::Map<_, _>>() }).to_string()
}

/// What fwc calls a policy: the same, or what it made up for a fragment, which is told by its place.
fn name_of(text: &str, reading: &Reading, number: usize) -> Result<String, String> {
    let mut files = MemoryFiles::of("input.json", text);
    files.insert("values.json", parameter_file(reading));
    let parameters = if reading.parameters.is_empty() { Vec::new() } else { vec!["values.json".into()] };
    let options = ProjectOptions { parent: Some(ParentInput::LeftOut), parameters, ..ProjectOptions::default() };
    let input = match load_whole(&files, Path::new("input.json"), &options) {
        Ok(input) => input,
        Err(fwc::driver::Unusable::Fault(fault)) => return Err(format!("refused: {fault}")),
        Err(fwc::driver::Unusable::Errors { .. }) => return Err("refused as a source".to_owned()),
    };
    let with_rules = |policy: &&fwc::model::Policy| policy.groups.iter().any(|group| !group.collections.is_empty());
    let names: Vec<String> =
        input.model.policies.iter().filter(with_rules).map(|policy| policy.name.to_string()).collect();
    let wanted = &reading.policies[number].policy;
    let same = names.iter().find(|name| name.eq_ignore_ascii_case(wanted));
    let found = same.or_else(|| names.get(number).filter(|_| names.len() == reading.policies.len()));
    found.cloned().ok_or_else(|| format!("fwc has the policies {names:?}"))
}

/// The flows that the two decide apart.
fn disagreements(policy: &Policy, answers: &[Value]) -> Vec<String> {
    assert_eq!(policy.flows.len(), answers.len());
    let apart = policy.flows.iter().zip(answers).filter(|(decided, answer)| !agrees(decided, answer));
    apart
        .map(|(decided, answer)| {
            let Decided { flow, verdict, rule } = decided;
            format!(
                "{flow}: {verdict} by {rule:?}, and fwc: {} by {} depends {}",
                answer["verdict"], answer["decidedBy"], answer["depends"]
            )
        })
        .collect()
}

/// The verdict is the same, and so is the rule where only one can decide.
fn agrees(decided: &Decided, answer: &Value) -> bool {
    let by = &answer["decidedBy"];
    let same_rule = match &decided.rule {
        Some([collection, rule]) => by["rule"] == rule.as_str() && by["collection"] == collection.as_str(),
        None => true,
    };
    answer["verdict"] == decided.verdict.as_str() && (same_rule || decided.verdict == "depends")
}
