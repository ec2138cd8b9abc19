//! What command lines have in common: help, colours, standard input, folders, and the same bytes from anywhere.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{SMALL, Sandbox, wrong};
use crate::golden::files;

#[test]
fn help_is_a_command() {
    let sandbox = Sandbox::new();
    let run = sandbox.run(&["help", "check"]);
    assert!(run.status == 0 && run.stdout.contains("Usage: fwc check"), "{}{}", run.stdout, run.stderr);
    assert_eq!(run.stdout, sandbox.run(&["check", "--help"]).stdout);
    assert!(sandbox.run(&["help"]).stdout.contains("Usage: fwc"));
    let run = sandbox.run(&["help", "chekc"]);
    assert!(run.status == 2 && run.stdout.is_empty() && run.stderr.contains("chekc"), "{}", run.stderr);
}

/// Whether the findings of a run on a wrong source are coloured.
#[track_caller]
fn is_coloured(environment: &[(&str, &str)], more: &[&str]) -> bool {
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", &wrong());
    let mut command = sandbox.command(&[&["check", "egress.pol"][..], more].concat());
    command.env_remove("CLICOLOR_FORCE").env_remove("CLICOLOR").envs(environment.iter().copied());
    let run = command.output().unwrap();
    run.stdout.contains(&b'\x1b')
}

#[test]
fn colours_go_by_the_command_line_then_the_environment() {
    assert!(!is_coloured(&[], &[]));
    assert!(!is_coloured(&[], &["--color", "auto"]));
    assert!(is_coloured(&[], &["--color", "always"]));
    assert!(is_coloured(&[("CLICOLOR_FORCE", "1")], &[]));
    assert!(!is_coloured(&[("CLICOLOR_FORCE", "0")], &[]));
    assert!(!is_coloured(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &[]));
    assert!(is_coloured(&[("NO_COLOR", "1")], &["--color", "always"]));
    assert!(!is_coloured(&[("CLICOLOR_FORCE", "1")], &["--color=never"]));
}

#[test]
fn documents_have_no_colours() {
    let sandbox = Sandbox::with_small();
    for arguments in
        [["check", "egress.pol", "--format", "json"], ["diff", "egress.pol", "egress.pol", "--format=markdown"]]
    {
        let run = sandbox.run(&[&arguments[..], &["--color", "always"]].concat());
        assert!(!run.stdout.contains('\u{1b}'), "{}", run.stdout);
    }
}

#[test]
fn standard_input_is_an_input() {
    let sandbox = Sandbox::with_small();
    let run = sandbox.run_on(&["check", "-"], SMALL);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let run = sandbox.run_on(&["check", "-", "--format", "json"], &wrong());
    let value: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((run.status, &value["diagnostics"][0]["at"]["line"]), (1, &8.into()));
    let run = sandbox.run_on(&["diff", "egress.pol", "-", "--format", "json"], &SMALL.replace("mcr.", "www."));
    assert!(run.stdout.contains("www.microsoft.com"), "{}{}", run.stdout, run.stderr);
    assert_eq!(sandbox.run_on(&["test", "-"], &format!("{SMALL}expect deny http from nodes to a.com\n")).status, 0);
    let run = sandbox.run_on(&["compile", "-"], SMALL);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(sandbox.names(""), ["build", "egress.pol"], "no lock, as it would have no name");
    let deployed = sandbox.read("build/web.arm.json");
    let run = sandbox.run_on(&["import", "-"], &deployed);
    assert!(run.status == 0 && run.stdout.contains("policy web"), "{}", run.stderr);
    let flow = ["--from", "10.240.0.4", "--to", "mcr.microsoft.com", "--service", "https", "--format", "json"];
    let run = sandbox.run_on(&[&["explain", "-"][..], &flow].concat(), &deployed);
    assert!(run.stdout.contains("\"verdict\":\"allow\""), "{}", run.stderr);
}

#[test]
fn imports_of_standard_input_are_found_from_the_working_folder() {
    let sandbox = Sandbox::new();
    let (nodes, rest) = SMALL.split_once("\n\n").unwrap();
    sandbox.write("nodes.pol", nodes);
    let run = sandbox.run_on(&["check", "-"], &format!("import \"nodes.pol\"\n\n{rest}"));
    assert_eq!(run.status, 0, "{}", run.stderr);
}

#[test]
fn a_folder_of_sources_is_checked_source_by_source() {
    let sandbox = Sandbox::new();
    sandbox.write("infra/hub/egress.pol", &wrong());
    sandbox.write("infra/spoke.pol", &SMALL.replace("let nodes = 10.240.0.0/16\n", "import \"sets/nodes.pol\"\n"));
    sandbox.write("infra/sets/nodes.pol", "let nodes = 10.240.0.0/16\n");
    sandbox.write("infra/.cache/old.pol", "nonsense");
    let mut command = sandbox.command(&["check", "."]);
    let run = command.current_dir(sandbox.path("infra")).output().unwrap();
    assert_eq!(run.status.code(), Some(1));
    let said = String::from_utf8(run.stdout).unwrap();
    assert!(said.starts_with("error[FW0101]: expected `from`, found `frm`\n --> hub/egress.pol:8:26\n"), "{said}");
    assert!(said.ends_with("\nhub/egress.pol: 1 error\nspoke.pol: no findings\n"), "{said}");
    let run = sandbox.run(&["check", "infra", "--format", "junit"]);
    assert!(run.stdout.contains("name=\"infra/spoke.pol\""), "{}", run.stdout);
}

#[test]
fn a_folder_of_artefacts_is_one_input_as_ever() {
    let sandbox = Sandbox::with_small();
    assert_eq!(sandbox.run(&["compile", "egress.pol", "-o", "deployed"]).status, 0);
    let run = sandbox.run(&["check", "deployed"]);
    assert!(run.status == 0 && run.stdout.starts_with("deployed: "), "{}{}", run.stdout, run.stderr);
}

#[test]
fn a_folder_of_neither_is_wrong_usage() {
    let sandbox = Sandbox::new();
    sandbox.write("notes/readme.md", "# Notes\n");
    sandbox.run(&["check", "notes"]).fails("`notes` holds neither Terraform nor JSON nor Bicep");
}

/// What `compile` writes, called with `source` in `folder`.
fn compiled(sandbox: &Sandbox, folder: &str, source: &str, more: &[&str]) -> BTreeMap<String, String> {
    let output = sandbox.path("out");
    let arguments = [&["compile", source, "--no-lock", "-o", output.to_str().unwrap()], more].concat();
    let run = sandbox.command(&arguments).current_dir(sandbox.path(folder)).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let written = files(&output);
    std::fs::remove_dir_all(output).unwrap();
    written
}

#[test]
fn the_same_source_gives_the_same_bytes_from_anywhere() {
    let sandbox = Sandbox::new();
    let (nodes, rest) = SMALL.split_once("\n\n").unwrap();
    sandbox.write("lib/nodes.pol", nodes);
    sandbox.write("a/own.pol", "let own = 10.241.0.0/16, 10.241.0.4\n");
    let imports = "import \"../lib/nodes.pol\"\nimport \"own.pol\"\nuse mcr\n";
    let rest = rest.replace("from nodes", "from nodes, own");
    sandbox.write("a/egress.pol", &format!("{imports}\n{rest}"));
    let inside = compiled(&sandbox, "a", "egress.pol", &["--root", ".."]);
    let inputs: Value = serde_json::from_str(&inside["manifest.json"]).unwrap();
    let paths: Vec<&str> =
        inputs["inputs"].as_array().unwrap().iter().map(|input| input["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["egress.pol", "../lib/nodes.pol", "own.pol", "catalogue/mcr.pol"]);
    assert_eq!(compiled(&sandbox, "", "a/egress.pol", &["--root", "."]), inside);
    assert_eq!(compiled(&sandbox, "", "./a/../a/egress.pol", &["--root", "."]), inside);
    let (source, root) = (sandbox.path("a/egress.pol"), sandbox.path(""));
    let (source, root) = (source.canonicalize().unwrap(), root.canonicalize().unwrap());
    assert_eq!(compiled(&sandbox, "lib", source.to_str().unwrap(), &["--root", root.to_str().unwrap()]), inside);
}
