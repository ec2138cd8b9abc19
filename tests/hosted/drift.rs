//! The action and the pipeline that compare what is deployed on a schedule: their own command lines, with a stand-in for `az`.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use super::{BASE, has_tools, of_project, repository, shell};
use crate::cli::{Run, Sandbox};
use crate::drift::shapes::shapes;

/// Takes the place of `az`: answers from the files of its folder, and keeps its arguments.
const AZ: &str = r#"#!/bin/sh
folder=$(dirname "$0")
echo "$AZURE_EXTENSION_USE_DYNAMIC_INSTALL $*" >>"$folder/asked"
case "$*" in
*failing*) echo "ERROR: no such group ##vso[task.complete]" >&2; exit 3 ;;
"network firewall policy show "*) cat "$folder/policy.json" ;;
"network firewall policy rule-collection-group list "*) cat "$folder/groups.json" ;;
"network ip-group list "*) echo "[]" ;;
*) exit 64 ;;
esac
"#;

/// The repository with the source, and `az` with what was deployed from it after an edit of its groups.
fn deployed(edit: impl Fn(&mut Value)) -> Sandbox {
    let sandbox = repository();
    let compiled = sandbox.run(&["compile", "work/egress.pol", "--no-lock", "--emit", "arm", "-o", "built"]);
    assert_eq!(compiled.status, 0, "{}", compiled.stderr);
    let mut template: Value = serde_json::from_str(&sandbox.read("built/web.arm.json")).unwrap();
    edit(&mut template);
    let (_, files) = shapes(&template).into_iter().find(|(shape, _)| *shape == "az").unwrap();
    let file = |name: &str| &files.iter().find(|(of, _)| *of == name).unwrap().1;
    let policies: Value = serde_json::from_str(file("policies.json")).unwrap();
    sandbox.write("bin/policy.json", &policies[0].to_string());
    sandbox.write("bin/groups.json", file("groups.json"));
    sandbox.write("bin/az", AZ);
    std::fs::set_permissions(sandbox.path("bin/az"), std::fs::Permissions::from_mode(0o755)).unwrap();
    sandbox
}

/// Lets the deployed rules reach one host more.
fn wider(template: &mut Value) {
    let group = &mut template["resources"][1]["properties"]["ruleCollections"][0]["rules"][0]["targetFqdns"];
    group.as_array_mut().unwrap().push(json!("new.example.org"));
}

/// The command line of a file that begins so, quoted.
fn command(file: &str, start: &str, of: &str) -> String {
    let text = of_project(file);
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix(start)?.strip_suffix('\''));
    let line = lines.into_iter().find(|line| line.contains(of)).unwrap();
    assert!(!line.contains("${{"), "{line}");
    line.to_owned()
}

fn on_github(sandbox: &Sandbox, inputs: &[(&str, &str)]) -> Run {
    let path = |name: &str| sandbox.path(name).display().to_string();
    let (folder, output, summary) = (path(""), path("output"), path("summary"));
    let search = format!("{}:{}", path("bin"), std::env::var("PATH").unwrap());
    let action = format!("{}/pipelines/drift", env!("CARGO_MANIFEST_DIR"));
    let variables = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_ACTION_PATH", action.as_str()),
        ("GITHUB_OUTPUT", &output),
        ("GITHUB_STEP_SUMMARY", &summary),
        ("RUNNER_TEMP", &folder),
        ("PATH", &search),
    ];
    shell(sandbox, &command("pipelines/drift/action.yml", "run: '", "drift.py"), &[&variables, inputs].concat())
}

const POLICIES: (&str, &str) = ("INPUT_POLICIES", "rg-hub/web\n");

#[test]
fn what_is_deployed_as_stated_passes() {
    if !has_tools() {
        return;
    }
    let sandbox = deployed(|_| {});
    let run = on_github(&sandbox, &[POLICIES]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert!(sandbox.read("output").contains("drifted=false\n"), "{}", sandbox.read("output"));
    assert!(sandbox.read("summary").contains("no drift"), "{}", sandbox.read("summary"));
    let asked = sandbox.read("bin/asked");
    assert_eq!(
        asked.lines().collect::<Vec<_>>(),
        [
            "yes_without_prompt network firewall policy show --resource-group=rg-hub --name=web --output=json",
            "yes_without_prompt network firewall policy rule-collection-group list --resource-group=rg-hub --policy-name=web --output=json",
            "yes_without_prompt network ip-group list --resource-group=rg-hub --output=json",
        ]
    );
}

#[test]
fn a_change_by_hand_fails_the_run_and_is_told() {
    if !has_tools() {
        return;
    }
    let sandbox = deployed(wider);
    let run = on_github(&sandbox, &[POLICIES]);
    assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
    let error = "::error title=fwc::drift: what is deployed is not what `egress.pol` states\n";
    assert!(run.stdout.contains(error), "{}", run.stdout);
    assert!(sandbox.read("output").contains("drifted=true\n"), "{}", sandbox.read("output"));
    assert!(sandbox.read("summary").contains("  + newly allowed     https from nodes to new.example.org: `mcr`"));
    let document: Value = serde_json::from_str(&sandbox.read("fwc/drift.json")).unwrap();
    assert_eq!(document["widened"], true);
}

#[test]
fn a_file_takes_the_place_of_azure() {
    if !has_tools() {
        return;
    }
    let sandbox = deployed(|_| {});
    sandbox.write("work/old.pol", &BASE.replace("mcr.microsoft.com", "old.example.org"));
    let run = on_github(&sandbox, &[("INPUT_DEPLOYED", "old.pol")]);
    assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
    assert!(!sandbox.path("bin/asked").exists());
}

#[test]
fn in_azure_pipelines_it_fails_as_well() {
    if !has_tools() {
        return;
    }
    let sandbox = deployed(wider);
    for script in ["shared.py", "azure_devops.py", "github.py", "suggestions.py", "drift.py"] {
        sandbox.write(&format!("fwc/pipelines/{script}"), &of_project(&format!("pipelines/{script}")));
    }
    let path = |name: &str| sandbox.path(name).display().to_string();
    let search = format!("{}:{}", path("bin"), std::env::var("PATH").unwrap());
    let (workspace, temporary) = (path(""), path("temporary"));
    let variables = [
        ("PIPELINE_WORKSPACE", workspace.as_str()),
        ("AGENT_TEMPDIRECTORY", &temporary),
        ("PATH", &search),
        ("GITHUB_ACTIONS", ""),
        POLICIES,
    ];
    let run = shell(&sandbox, &command("pipelines/drift/azure-devops.yml", "inlineScript: '", "drift.py"), &variables);
    assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("##vso[task.logissue type=error]drift: what is deployed is not"), "{}", run.stdout);
    assert!(run.stdout.contains("##vso[task.setvariable variable=drifted;isOutput=true]true\n"), "{}", run.stdout);
    assert!(run.stdout.contains("##vso[task.uploadsummary]"), "{}", run.stdout);
}

#[test]
fn what_cannot_be_asked_is_an_error_and_no_name_is_an_option() {
    if !has_tools() {
        return;
    }
    let sandbox = deployed(|_| {});
    let run = on_github(&sandbox, &[("INPUT_POLICIES", "failing/web")]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("| ERROR: no such group # #vso"), "{}", run.stdout);
    assert!(run.stdout.contains("it takes a login, and the role Reader"), "{}", run.stdout);
    for policies in ["web", "rg/--query=x", "-g/web", "a/b/c"] {
        let run = on_github(&sandbox, &[("INPUT_POLICIES", policies)]);
        assert_eq!(run.status, 1);
        assert!(run.stdout.contains("policies: expected RESOURCEGROUP/NAME"), "{policies}: {}", run.stdout);
    }
    for inputs in [&[][..], &[POLICIES, ("INPUT_DEPLOYED", "old.pol")]] {
        let run = on_github(&sandbox, inputs);
        assert!(run.status == 1 && run.stdout.contains("state either `policies`"), "{}", run.stdout);
    }
}
