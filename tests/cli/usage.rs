//! Wrong usage ends with 2 and says what would be right.

use std::process::Stdio;

use super::Sandbox;

#[track_caller]
fn refused(arguments: &[&str], why: &str) {
    let run = Sandbox::with_small().run(arguments);
    assert_eq!((run.stdout.as_str(), run.status), ("", 2), "{}", run.stderr);
    assert!(run.stderr.contains(why), "{}", run.stderr);
}

#[test]
fn wrong_usage_ends_with_two() {
    refused(&[], "Usage: fwc [OPTIONS] <COMMAND>");
    refused(&["frobnicate"], "unrecognized subcommand 'frobnicate'");
    refused(&["compile"], "<FILE>");
    refused(&["compile", "egress.pol", "--set", "x"], "expected NAME=VALUE");
    refused(&["compile", "egress.pol", "--as-of", "tomorrow"], "--as-of");
    refused(&["compile", "egress.pol", "--root", "absent"], "cannot read `absent`: there is no such file");
    refused(&["compile", "absent.pol"], "fwc: cannot read `absent.pol`: there is no such file");
    refused(&["check"], "<FILES>");
    refused(&["check", "--explain", "FW9999"], "there is no code `FW9999`");
    refused(&["fmt"], "<FILES>");
    refused(&["catalog", "show", "dcoker"], "did you mean `docker`?");
    refused(&["explain", "egress.pol", "--from", "10.0.0.1"], "--to <HOST|ADDR>");
    refused(&["explain", "egress.pol", "--from", "nodes", "--to", "a b", "--service", "https"], "destination `a b`");
}

#[test]
fn help_and_version_are_results() {
    let sandbox = Sandbox::new();
    for arguments in [&["--help"][..], &["compile", "--help"], &["--version"], &["completions", "bash"], &["catalog"]] {
        let run = sandbox.run(arguments);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{arguments:?}");
        assert!(run.stdout.contains("fwc") || run.stdout.contains("aks"), "{arguments:?}");
    }
}

#[test]
fn help_fits_a_terminal() {
    let sandbox = Sandbox::new();
    for command in ["compile", "check", "test", "fmt", "explain", "catalog", "completions"] {
        let help = sandbox.run(&[command, "--help"]).stdout;
        assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
    }
}

/// Without a terminal there is no colour either way; the variable alone changes nothing.
#[test]
fn a_pipe_gets_no_colour() {
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", &super::wrong());
    let without = sandbox.run(&["compile", "egress.pol"]).stderr;
    let output = sandbox.command(&["compile", "egress.pol"]).env("NO_COLOR", "1").output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), without);
    assert!(!without.contains('\u{1b}'), "{without}");
}

/// `head` closes what it has read enough of.
#[test]
fn whoever_stops_reading_does_no_harm() {
    let sandbox = Sandbox::with_small();
    let commands: [&[&str]; 8] = [
        &["compile", "egress.pol"],
        &["check", "egress.pol"],
        &["check", "egress.pol", "--format", "json"],
        &["test", "egress.pol"],
        &["fmt", "-"],
        &["reach", "egress.pol"],
        &["catalog"],
        &["completions", "bash"],
    ];
    for arguments in commands {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = sandbox.command(arguments).stdin(Stdio::null()).stdout(writer).output().unwrap();
        assert_eq!(
            (output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()),
            (Some(0), ""),
            "{arguments:?}"
        );
    }
}
