//! `check`, `test` and `diff` as steps of a pipeline: each format is a golden, and SARIF is what its schema says.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::Sandbox;
use crate::golden::{compare, golden};

/// A source with a warning, notes, a name that formats must escape, and an expectation that fails.
const OLD: &str = r#"let nodes = 10.240.0.0/20

policy web {
    location "westeurope"
    sku      premium

    @owner("payments")
    group out {
        "50 %, a;b]:c <&>": allow tcp/8443 from nodes to 198.51.100.0/24
    }

    group open {
        wide: allow udp/1-65535 from nodes to internet
    }
}

test "closed" for web {
    expect deny udp/53 from nodes to internet
    expect deny https  from nodes to 10.250.0.4
}
"#;

const FORMATS: [(&str, &str); 4] =
    [("sarif", "sarif"), ("github", "github.txt"), ("azure-pipelines", "azure-pipelines.txt"), ("junit", "junit.xml")];

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("old.pol", OLD);
    sandbox.write(
        "new.pol",
        &OLD.replace("tcp/8443", "tcp/8000-9000")
            .replace("udp/1-65535 from nodes to internet", "ssh from nodes to 10.1.0.0/16"),
    );
    sandbox
}

const CHECK: [&str; 4] = ["check", "old.pol", "--fail-on", "warning"];
const DIFF: [&str; 5] = ["diff", "old.pol", "new.pol", "--fail-on", "widened"];

#[test]
fn every_format_of_every_step() {
    let sandbox = sandbox();
    let mut written = BTreeMap::new();
    for (step, arguments) in [("check", &CHECK[..]), ("diff", &DIFF)] {
        for (format, extension) in FORMATS {
            let run = sandbox.run(&[arguments, &["--format", format]].concat());
            assert_eq!((run.status, run.stderr.as_str()), (1, ""), "{step} {format}");
            written.insert(format!("{step}.{extension}"), run.stdout);
        }
    }
    let run = sandbox.run(&["test", "old.pol", "--format", "junit"]);
    assert_eq!((run.status, run.stderr.as_str()), (1, ""));
    written.insert("test.junit.xml".to_owned(), run.stdout);
    compare(&golden("pipelines"), &written);
}

#[test]
fn what_was_accepted_is_not_told_again() {
    let sandbox = sandbox();
    assert_eq!(sandbox.run(&["diff", "old.pol", "new.pol", "--approve", "ok.json"]).status, 0);
    let run = sandbox.run(&[&DIFF[..], &["--approved", "ok.json", "--format", "github"]].concat());
    assert_eq!((run.status, run.stdout.as_str()), (0, ""));
}

#[test]
fn sarif_is_what_its_schema_says() {
    let schema = jsonschema::validator_for(&schema()).unwrap();
    let sandbox = sandbox();
    sandbox.write("same.pol", OLD);
    for arguments in [&CHECK[..], &DIFF, &["diff", "old.pol", "same.pol"]] {
        let run = sandbox.run(&[arguments, &["--format", "sarif"]].concat());
        let value: Value = serde_json::from_str(&run.stdout).unwrap();
        let faults: Vec<String> = schema.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "{faults:#?}");
        let _: serde_sarif::sarif::Sarif = serde_json::from_value(value).unwrap();
    }
    assert!(!schema.is_valid(&serde_json::json!({ "version": "2.1.0", "runs": [{ "results": [] }] })));
}

/// OASIS' schema, as the package `serde-sarif` has it.
fn schema() -> Value {
    let rustc = Command::new("rustc").arg("-vV").output().unwrap();
    let version = String::from_utf8(rustc.stdout).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut metadata = Command::new(cargo);
    // What other systems need is not there.
    metadata.args(["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", host]);
    let done = metadata.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    let value: Value = serde_json::from_slice(&done.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&done.stderr)));
    let package = value["packages"].as_array().unwrap().iter().find(|package| package["name"] == "serde-sarif");
    let manifest = package.unwrap()["manifest_path"].as_str().unwrap();
    let text = std::fs::read_to_string(Path::new(manifest).with_file_name("src/schema.json")).unwrap();
    // A bracket of one pattern there is not escaped, which strict readers of regular expressions refuse.
    serde_json::from_str(&text.replace("[a-zA-Z]{2}]?$", r"[a-zA-Z]{2}\\]?$")).unwrap()
}
