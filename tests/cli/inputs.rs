//! Inputs as they come from other tools and systems.

use std::fs;

use serde_json::{Value, json};

use super::{SMALL, Sandbox};

const GROUP: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Network/firewallPolicies/fwp/ruleCollectionGroups/rcg";

/// A group that allows TCP 443 to `destination`.
fn group(destination: &str) -> Value {
    json!({"id": GROUP, "name": "rcg", "type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups", "properties": {"priority": 200,
        "ruleCollections": [{"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": "c", "priority": 200, "action": {"type": "Allow"},
        "rules": [{"ruleType": "NetworkRule", "name": "r", "ipProtocols": ["TCP"], "sourceAddresses": ["10.0.0.0/8"],
        "destinationAddresses": [destination], "destinationPorts": ["443"]}]}]}})
}

/// The verdict about a flow to 192.0.2.2.
fn verdict(sandbox: &Sandbox, input: &str) -> String {
    let flow = ["--from", "10.0.0.4", "--to", "192.0.2.2", "--service", "tcp/443", "--format", "json"];
    let run = sandbox.run(&[["explain", input].as_slice(), flow.as_slice()].concat());
    assert_eq!(run.status, 0, "{}", run.stderr);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    answer["verdict"].as_str().unwrap().to_owned()
}

#[test]
fn a_what_if_result_is_both_sides_of_a_diff() {
    let sandbox = Sandbox::new();
    let change = json!({"changeType": "Modify", "resourceId": GROUP, "delta": [], "before": group("192.0.2.1"), "after": group("192.0.2.2")});
    sandbox.write("what-if.json", &json!({"changes": [change], "error": null, "status": "Succeeded"}).to_string());
    assert_eq!(verdict(&sandbox, "what-if.json"), "allow");
    assert_eq!(verdict(&sandbox, "what-if.json#before"), "deny");
    assert_eq!(verdict(&sandbox, "what-if.json#after"), "allow");
    for (old, new, widened) in [
        ("what-if.json", "what-if.json", true),
        ("what-if.json#before", "what-if.json#after", true),
        ("what-if.json#after", "what-if.json", false),
    ] {
        let run = sandbox.run(&["diff", old, new, "--format", "json"]);
        let found: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr));
        assert_eq!(found["widened"], json!(widened), "{old} {new}");
    }
    sandbox.write("groups.json", &json!([group("192.0.2.1")]).to_string());
    sandbox.run(&["check", "groups.json#before"]).fails("the document tells one state");
    sandbox.run(&["check", "what-if.json#now"]).fails("there is no such file");
}

#[test]
fn what_windows_writes_is_read() {
    let sandbox = Sandbox::new();
    let text = json!([group("192.0.2.2")]).to_string();
    let utf16: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(sandbox.path("utf16.json"), utf16).unwrap();
    sandbox.write("marked.json", &format!("\u{feff}{text}"));
    for input in ["utf16.json", "marked.json"] {
        assert_eq!(verdict(&sandbox, input), "allow", "{input}");
    }
    fs::write(sandbox.path("latin.json"), b"[{\"name\": \"B\xfccher\"}]").unwrap();
    sandbox.run(&["check", "latin.json"]).fails("Windows-1252");
    let source: Vec<u8> = SMALL.encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(sandbox.path("source.pol"), source).unwrap();
    sandbox.run(&["check", "source.pol"]).fails("it is UTF-16 text: save it as UTF-8");
}

#[test]
fn files_of_other_tools_are_named() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path("plan"), b"PK\x03\x04....tfplan").unwrap();
    sandbox.write("main.bicep", "param location string\n");
    sandbox.write("main.tf", "variable \"a\" {\n}\n");
    sandbox.write("values.yaml", "a: 1\n");
    sandbox.write("empty.json", "");
    for command in ["check", "import"] {
        for (input, wanted) in [
            ("plan", "terraform show -json"),
            ("main.bicep", "main.bicep:1:1: "),
            ("main.tf", "main.tf:1:1: "),
            ("values.yaml", "YAML"),
            ("empty.json", "empty"),
        ] {
            sandbox.run(&[command, input]).fails(wanted);
        }
    }
}

/// Links inside a folder are followed to files in it, and nowhere else.
#[cfg(unix)]
#[test]
fn links_do_not_lead_out_of_a_folder_or_round_in_it() {
    use std::os::unix::fs::symlink;
    let sandbox = Sandbox::new();
    sandbox.write("in/a.json", &json!([group("192.0.2.1")]).to_string());
    sandbox.write("in/.data/b.json", &json!([group("192.0.2.1")]).to_string());
    sandbox.write("out/c.json", &json!([group("192.0.2.2")]).to_string());
    symlink("..", sandbox.path("in/loop")).unwrap();
    symlink("../out/c.json", sandbox.path("in/c.json")).unwrap();
    symlink(".data/b.json", sandbox.path("in/b.json")).unwrap();
    let run = sandbox.run(&["import", "in", "--faithful"]);
    let told = run.stdout.clone() + &run.stderr;
    assert_eq!(run.status, 0, "{told}");
    assert!(!told.contains("192.0.2.2"), "{told}");
    for name in ["in/loop", "in/c.json", "in/.data"] {
        assert!(told.contains(&format!("omitted: {name}: ")), "{name}: {told}");
    }
}

#[test]
fn links_of_a_revision_are_not_followed() {
    let sandbox = Sandbox::new();
    let git = |arguments: &[&str]| {
        let mut command = std::process::Command::new("git");
        let known = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
        command.args(known).args(arguments).current_dir(sandbox.path(""));
        assert!(command.output().unwrap().status.success());
    };
    sandbox.write("in/a.json", &json!([group("192.0.2.2")]).to_string());
    git(&["init", "-q"]);
    #[cfg(unix)]
    std::os::unix::fs::symlink("../a.json", sandbox.path("in/b.json")).unwrap();
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "a"]);
    assert_eq!(verdict(&sandbox, "HEAD:in"), "allow");
}
