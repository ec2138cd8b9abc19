//! Names of an input steer no terminal and no pipeline, and a result that cannot be written is a failure.

#[cfg(target_os = "linux")]
use std::fs::File;
#[cfg(target_os = "linux")]
use std::process::Stdio;

use serde_json::{Value, json};

use super::{Run, SMALL, Sandbox};

/// A name that clears the screen, ends its line, turns the direction of writing, and holds commands of two pipelines.
const NAME: &str =
    "web\u{1b}[2J\r\n::stop-commands::x\n##vso[task.setvariable variable=A]b\u{9b}\u{202e}\u{200b}##[group]";

/// What a line of output must not hold, besides ends of lines.
fn is_unseen(c: char) -> bool {
    c.is_control() && c != '\n'
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Exports without and with a rule of that name, and a source with a label of it that has an error.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    let policy = json!({"type": "Microsoft.Network/firewallPolicies", "name": "edge", "properties": {"sku": {"tier": "Standard"}}});
    let rule = json!({
        "ruleType": "NetworkRule", "name": NAME, "description": NAME, "ipProtocols": ["TCP"],
        "sourceAddresses": ["10.0.0.0/8"], "destinationAddresses": ["198.51.100.1"], "destinationPorts": ["443"],
    });
    let collection = json!({
        "ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": NAME, "priority": 200,
        "action": {"type": "Allow"}, "rules": [rule],
    });
    let group = json!({
        "type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups", "name": "edge/g",
        "properties": {"priority": 200, "ruleCollections": [collection]},
    });
    sandbox.write("old.json", &json!({"resources": [policy]}).to_string());
    sandbox.write("new.json", &json!({"resources": [policy, group]}).to_string());
    sandbox.write("bad.pol", &SMALL.replace("mcr: allow", "\"a ##vso[x.y]b ##[c]\": alow"));
    sandbox
}

#[track_caller]
fn assert_inert(arguments: &[&str], run: &Run) {
    let own = ["::", "##vso[task.logissue "];
    for line in run.stdout.lines().chain(run.stderr.lines()) {
        let is_own = arguments.iter().any(|argument| matches!(*argument, "github" | "azure-pipelines"));
        let rest = if is_own { own.iter().find_map(|own| line.strip_prefix(own)).unwrap_or(line) } else { line };
        assert!(!line.contains(is_unseen), "{arguments:?}: {line:?}");
        assert!(is_own || !line.trim_start().starts_with("::"), "{arguments:?}: {line:?}");
        assert!(!rest.contains("##vso[") && !rest.contains("##["), "{arguments:?}: {line:?}");
    }
}

#[test]
fn names_are_inert_in_every_rendering() {
    let sandbox = sandbox();
    let flow = ["--from", "10.0.0.1", "--to", "198.51.100.1", "--service", "tcp/443"];
    let deployed = ["plan", "new.json", "--deployed", "old.json"];
    let runs: [&[&str]; 26] = [
        &["check", "bad.pol"],
        &["check", "bad.pol", "--format", "github"],
        &["check", "bad.pol", "--format", "azure-pipelines"],
        &["check", "new.json"],
        &["check", "new.json", "--format", "json"],
        &["check", "new.json", "--format", "sarif"],
        &["check", "new.json", "--format", "junit"],
        &["reach", "new.json"],
        &["reach", "new.json", "--format", "json"],
        &["explain", "new.json", "--passed", flow[0], flow[1], flow[2], flow[3], flow[4], flow[5]],
        &["explain", "new.json", "--format", "json", flow[0], flow[1], flow[2], flow[3], flow[4], flow[5]],
        &["diff", "old.json", "new.json"],
        &["diff", "old.json", "new.json", "--format", "markdown"],
        &["diff", "old.json", "new.json", "--format", "html"],
        &["diff", "old.json", "new.json", "--format", "json"],
        &["diff", "old.json", "new.json", "--format", "github"],
        &["diff", "old.json", "new.json", "--format", "azure-pipelines"],
        &["diff", "old.json", "new.json", "--format", "sarif"],
        &["diff", "old.json", "new.json", "--format", "junit"],
        &["drift", "old.json", "--deployed", "new.json"],
        &["drift", "old.json", "--deployed", "new.json", "--format", "json"],
        &["report", "new.json"],
        &["report", "new.json", "--format", "markdown"],
        &deployed,
        &[deployed[0], deployed[1], deployed[2], deployed[3], "--format", "json"],
        &[deployed[0], deployed[1], deployed[2], deployed[3], "--format", "script"],
    ];
    for arguments in runs {
        let run = sandbox.run(arguments);
        assert!(run.status < 2 && run.stdout.len() + run.stderr.len() > 20, "{arguments:?}: {}", run.stderr);
        assert_inert(arguments, &run);
    }
}

#[test]
fn documents_keep_the_names() {
    let sandbox = sandbox();
    let run = sandbox.run(&["reach", "new.json", "--format", "json"]);
    let value: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(value["flows"][0]["decidedBy"]["rule"], NAME);
}

#[test]
fn an_imported_source_is_inert_and_keeps_the_names() {
    let sandbox = sandbox();
    let run = sandbox.run(&["import", "new.json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_inert(&["import"], &run);
    sandbox.write("again.pol", &run.stdout);
    let reach = sandbox.run(&["reach", "again.pol", "--format", "json"]);
    let value: Value = serde_json::from_str(&reach.stdout).unwrap_or_else(|_| panic!("{}", reach.stderr));
    assert_eq!(value["flows"][0]["decidedBy"]["rule"], NAME);
}

/// The status and the errors of a run whose standard output is `to`.
#[cfg(target_os = "linux")]
fn onto(sandbox: &Sandbox, arguments: &[&str], to: impl Into<Stdio>) -> (i32, String) {
    let run = sandbox.command(arguments).stdout(to).stderr(Stdio::piped()).stdin(Stdio::null()).output().unwrap();
    (run.status.code().unwrap(), String::from_utf8(run.stderr).unwrap())
}

#[test]
#[cfg(target_os = "linux")]
fn a_result_that_cannot_be_written_is_a_failure() {
    let sandbox = sandbox();
    sandbox.write("egress.pol", SMALL);
    let runs: [&[&str]; 9] = [
        &["check", "egress.pol"],
        &["check", "egress.pol", "--format", "json"],
        &["report", "egress.pol"],
        &["explain", "egress.pol", "--from", "10.240.0.4", "--to", "a.com", "--service", "https"],
        &["plan", "egress.pol", "--deployed", "old.json", "--format", "script"],
        &["import", "new.json"],
        &["catalog"],
        &["completions", "bash"],
        &["help", "check"],
    ];
    for arguments in runs {
        let (status, said) = onto(&sandbox, arguments, File::options().write(true).open("/dev/full").unwrap());
        assert_eq!(status, 2, "{arguments:?}: {said}");
        assert!(said.contains("cannot write to standard output: no space left on device"), "{arguments:?}: {said}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_reader_who_has_enough_is_no_failure() {
    let sandbox = sandbox();
    sandbox.write("egress.pol", SMALL);
    for arguments in [&["report", "egress.pol"][..], &["catalog", "show", "aks"], &["check", "egress.pol"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        assert_eq!(onto(&sandbox, arguments, writer), (0, String::new()), "{arguments:?}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn standard_error_that_went_away_is_no_panic() {
    let sandbox = sandbox();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    for arguments in [&["import", "new.json"][..], &["check", "no.pol"], &["chekc"]] {
        let run = sandbox.command(arguments).stdout(Stdio::null()).stderr(writer.try_clone().unwrap()).status();
        assert!(matches!(run.unwrap().code(), Some(0 | 2)), "{arguments:?}");
    }
}
