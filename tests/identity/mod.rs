//! Resources of one name in several resource groups: every command answers as somebody does who tells them apart by id.

mod estate;
mod stated;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::cli::{Run, Sandbox};
use crate::oracle::random::Random;

use estate::{CHILD, Estate, PORTS, Verdict, addresses};

const ESTATES: u64 = 60;

/// The estate as files: all in one folder, or the child's input and its base's apart.
fn layouts(sandbox: &Sandbox, estate: &Estate) -> [Vec<&'static str>; 2] {
    sandbox.write("estate/all.json", &estate.all().to_string());
    sandbox.write("child.json", &estate.child_alone().to_string());
    sandbox.write("base.json", &estate.base_alone().to_string());
    [vec!["estate", "--policy", CHILD], vec!["child.json", "--parent", "base.json"]]
}

fn run(sandbox: &Sandbox, command: &str, layout: &[&str], more: &[&str]) -> Run {
    let arguments: Vec<&str> = [command].iter().chain(layout).chain(more).copied().collect();
    sandbox.run(&arguments)
}

fn answers(run: &Run) -> Vec<Value> {
    run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What is open of a port, as `reach` tells it.
fn reached(flows: &Value, address: &str, port: u16) -> bool {
    let lists = |flow: &Value, key: &str, wanted: &str| flow[key].as_array().unwrap().iter().any(|one| one == wanted);
    let exact = |flow: &Value| flow["opaque"]["in"].as_array().is_none_or(Vec::is_empty);
    let covers = |flow: &Value| {
        let net = flow["addresses"].as_array().unwrap();
        let service = lists(flow, "services", &format!("tcp/{port}"));
        service && exact(flow) && net.iter().any(|span| estate::holds(span.as_str().unwrap(), address))
    };
    flows["flows"].as_array().unwrap().iter().any(covers)
}

#[test]
fn every_command_tells_resources_apart_by_id() {
    let (mut decided, mut differing) = (0, 0);
    for seed in 0..ESTATES {
        let estate = Estate::draw(&mut Random::of(seed));
        let sandbox = Sandbox::new();
        let flows: Vec<(String, u16)> =
            addresses().flat_map(|address| PORTS.map(|port| (address.clone(), port))).collect();
        let lines: Vec<String> = flows
            .iter()
            .map(|(address, port)| {
                json!({ "source": "10.0.0.4", "destination": address, "service": format!("tcp/{port}") }).to_string()
            })
            .collect();
        sandbox.write("flows.jsonl", &lines.join("\n"));
        for layout in layouts(&sandbox, &estate) {
            let explained = run(&sandbox, "explain", &layout, &["--flows", "flows.jsonl", "--format", "json"]);
            assert_eq!(explained.status, 0, "{seed}: {}", explained.stderr);
            let reach = run(&sandbox, "reach", &layout, &["--format", "json"]);
            assert_eq!(reach.status, 0, "{seed}: {}", reach.stderr);
            let open: Value = serde_json::from_str(&reach.stdout).unwrap();
            for ((address, port), answer) in flows.iter().zip(answers(&explained)) {
                let wanted = estate.verdict(address, *port);
                assert_eq!(answer["verdict"], wanted.word(), "{seed} {layout:?}: {address} tcp/{port}: {answer}");
                match wanted {
                    Verdict::Allow => {
                        assert!(reached(&open, address, *port), "{seed} {layout:?}: {address} tcp/{port}")
                    }
                    Verdict::Deny => {
                        assert!(!reached(&open, address, *port), "{seed} {layout:?}: {address} tcp/{port}")
                    }
                    Verdict::Depends => {}
                }
                decided += usize::from(wanted != Verdict::Depends);
            }
        }
        // Moving an address from one group to the one of the same name elsewhere is a change of flows.
        let moved = estate.exchanged();
        sandbox.write("moved/all.json", &moved.all().to_string());
        let diff = sandbox.run(&["diff", "estate", "moved", "--policy", CHILD, "--format", "json"]);
        assert_eq!(diff.status, 0, "{seed}: {}", diff.stderr);
        let diff: Value = serde_json::from_str(&diff.stdout).unwrap();
        let unlike =
            flows.iter().any(|(address, port)| estate.verdict(address, *port) != moved.verdict(address, *port));
        assert_eq!(diff["equivalent"], !unlike, "{seed}: {diff}");
        differing += usize::from(unlike);
        let twins: BTreeSet<&str> = BTreeSet::from(["rg-east/fwp", "rg-west/fwp", "rg-north/fwp"]);
        let asked = sandbox.run(&["explain", "estate", "--policy", "fwp", "--flows", "flows.jsonl"]);
        assert_eq!(asked.status, 2, "{seed}");
        assert!(twins.iter().all(|twin| asked.stderr.contains(twin)), "{seed}: {}", asked.stderr);
    }
    // Estates of which little is decided, or that hardly differ, would show nothing.
    assert!(decided > 800, "{decided}");
    assert!(differing > 10, "{differing}");
}
