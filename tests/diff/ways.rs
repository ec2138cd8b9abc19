//! Ways to weaken a network without touching a rule, and what each command answers.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use crate::cli::Sandbox;
use crate::golden;

/// A policy with a base, its firewall and another, a route table and a private endpoint.
const SOURCE: &str = r#"let nodes = 10.240.0.0/20
ip-group office = 10.1.0.0/24
policy base {
    location westeurope
    sku premium
    threat-intel deny
    idps deny
    @owner("security")
    group guards priority 200 {
        shells: deny ssh, rdp from 10.0.0.0/8 to internet
    }
}
policy web inherits base {
    location westeurope
    sku premium
    threat-intel deny
    idps deny
    tls "hub-ca" "https://kv-hub.vault.azure.net/secrets/hub-ca"
    dns { proxy on servers 10.0.0.10 }
    snat { private 10.0.0.0/8 }
    identity "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/fw"
    insights on { retention 30 workspace "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/log/providers/Microsoft.OperationalInsights/workspaces/logs" }
    @owner("shop")
    group out {
        api: allow https from nodes to api.example.com inspect
        pay: allow tcp/8443 from nodes to 198.51.100.7
        desk: allow https from office to desk.example.com
    }
}
firewall hub { policy web sku premium private-ip 10.0.1.4 public-ip one 203.0.113.10 }
firewall other { sku premium private-ip 10.0.9.4 }
routes spoke {
    subnet "snet" 10.240.0.0/20
    via hub
    bgp-propagation off
}
private-endpoint vault { host kv.vault.azure.net address 10.240.15.4 }
test "closed" for web {
    expect deny ssh from nodes to internet
    expect deny https from nodes to example.com
}
"#;

/// What a change replaces, and what is there then.
type Edits = &'static [(&'static str, &'static str)];

/// Each way with the edits that make it.
const WAYS: &[(&str, Edits)] = &[
    ("threat intelligence alerts only", &[("threat-intel deny", "threat-intel alert")]),
    ("threat intelligence off in base and child", &[("threat-intel deny", "threat-intel off")]),
    (
        "an exception of threat intelligence",
        &[("    idps deny\n    tls", "    idps deny\n    threat-intel-allow bad.example.com\n    tls")],
    ),
    ("IDPS alerts only", &[("    idps deny\n    tls", "    idps alert\n    tls")]),
    ("IDPS off in base and child", &[("idps deny", "idps off")]),
    (
        "an IDPS bypass",
        &[("    idps deny\n    tls", "    idps deny { bypass \"x\" { protocol tcp from nodes to any } }\n    tls")],
    ),
    ("an IDPS signature off", &[("    idps deny\n    tls", "    idps deny { signature 2024897 off }\n    tls")]),
    (
        "no certificate for TLS inspection",
        &[("    tls \"hub-ca\" \"https://kv-hub.vault.azure.net/secrets/hub-ca\"\n", ""), (" inspect\n", "\n")],
    ),
    (
        "a lower tier",
        &[
            ("sku premium", "sku standard"),
            ("    identity", "    #identity"),
            ("    idps deny\n", ""),
            ("    tls ", "    #tls "),
            (" inspect\n", "\n"),
        ],
    ),
    ("DNS proxy off", &[("proxy on servers", "proxy off servers")]),
    ("another DNS server", &[("servers 10.0.0.10", "servers 8.8.8.8")]),
    (
        "logging off",
        &[(
            "    insights on { retention 30 workspace \"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/log/providers/Microsoft.OperationalInsights/workspaces/logs\" }\n",
            "",
        )],
    ),
    ("the base is left", &[(" inherits base", "")]),
    ("SNAT: more is private", &[("snat { private 10.0.0.0/8 }", "snat { private 10.0.0.0/8, 198.51.100.0/24 }")]),
    ("default route to the Internet", &[("    via hub\n", "    via internet\n")]),
    ("a more specific route to the Internet", &[("    via hub\n", "    via hub\n    route 20.0.0.0/8 via internet\n")]),
    (
        "a route of a service tag to the Internet",
        &[("    via hub\n", "    via hub\n    route tag(AzureCloud) via internet\n")],
    ),
    ("a route to another firewall", &[("    via hub\n", "    via other\n")]),
    ("the subnet leaves its table", &[("    subnet \"snet\" 10.240.0.0/20\n", "")]),
    ("routes of a gateway are taken", &[("bgp-propagation off", "bgp-propagation on")]),
    ("a service endpoint", &[("\"snet\" 10.240.0.0/20", "\"snet\" 10.240.0.0/20 service-endpoints Storage")]),
    (
        "the private endpoint is gone",
        &[("private-endpoint vault { host kv.vault.azure.net address 10.240.15.4 }\n", "")],
    ),
    ("the private endpoint is another machine", &[("address 10.240.15.4", "address 10.99.0.4")]),
    (
        "another private endpoint takes a name that a rule allows",
        &[(
            "private-endpoint vault",
            "private-endpoint api { host api.example.com address 10.99.0.5 }\nprivate-endpoint vault",
        )],
    ),
    ("another policy on the firewall", &[("firewall hub { policy web ", "firewall hub { policy base ")]),
    (
        "the firewall is gone",
        &[
            ("firewall hub { policy web sku premium private-ip 10.0.1.4 public-ip one 203.0.113.10 }\n", ""),
            ("    via hub\n", "    via 10.0.1.4\n"),
        ],
    ),
    ("a set that a rule names grows", &[("let nodes = 10.240.0.0/20", "let nodes = 10.240.0.0/19")]),
    ("an IP group grows", &[("office = 10.1.0.0/24", "office = 10.1.0.0/23")]),
    (
        "the explicit proxy is opened",
        &[("    tls \"hub", "    explicit-proxy on { http 8080 https 8443 }\n    tls \"hub")],
    ),
    ("a return route past the firewall", &[("    via hub\n", "    via hub\n    return via internet for one\n")]),
];

/// The codes that `check` has of a file, each as often as it is found.
fn codes(sandbox: &Sandbox, file: &str) -> Vec<String> {
    let run = sandbox.run(&["check", file, "--format", "json"]);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr));
    let found = answer["diagnostics"].as_array().unwrap().iter();
    found.map(|found| found["code"].as_str().unwrap().to_owned()).collect()
}

/// What is in `more` beyond `known`.
fn added(known: &[String], more: Vec<String>) -> String {
    let mut known = known.to_vec();
    let mut new: Vec<String> = more
        .into_iter()
        .filter(|code| known.iter().position(|one| one == code).map(|at| known.swap_remove(at)).is_none())
        .collect();
    new.dedup();
    if new.is_empty() { "-".to_owned() } else { new.join(" ") }
}

/// Nothing is green: each change is told, and what is wider or weaker meets the gates.
#[test]
fn no_way_to_weaken_a_network_goes_unnoticed() {
    let sandbox = Sandbox::new();
    sandbox.write("old.pol", SOURCE);
    let known = codes(&sandbox, "old.pol");
    let mut table = String::from("| change | diff | `--fail-on widened` | `--fail-on risk=low` | test | check |\n");
    table.push_str("| --- | --- | --- | --- | --- | --- |\n");
    let mut gated = 0;
    for (name, edits) in WAYS {
        let new = edits.iter().fold(SOURCE.to_owned(), |text, (old, new)| {
            assert!(text.contains(old), "{name}: {old}");
            text.replace(old, new)
        });
        sandbox.write("new.pol", &new);
        let diff = |more: &[&str]| sandbox.run(&[&["diff", "old.pol", "new.pol"], more].concat());
        let answer: Value = serde_json::from_str(&diff(&["--format", "json"]).stdout).unwrap();
        let headline = diff(&[]).stdout.lines().nth(1).unwrap().trim().to_owned();
        assert!(!headline.starts_with("no difference"), "{name}: {headline}");
        let is_worse = answer["weakened"] == true || answer["widened"] == true;
        let gate = diff(&["--fail-on", "widened"]).status;
        assert_eq!(gate == 1, is_worse, "{name}: {headline}");
        let html = diff(&["--format", "html"]).stdout;
        assert!(!is_worse || html.contains("class=\"verdict opens\""), "{name}: {headline}");
        gated += usize::from(is_worse);
        let risk = diff(&["--fail-on", "risk=low"]).status;
        let test = sandbox.run(&["test", "new.pol"]);
        let verdict = test.stdout.lines().next().unwrap_or_default().replace("new.pol: ", "");
        let check = added(&known, codes(&sandbox, "new.pol"));
        let _ = writeln!(table, "| {name} | {headline} | {gate} | {risk} | {verdict} | {check} |");
    }
    assert!(gated >= 24, "{gated} of {} are wider or weaker", WAYS.len());
    golden::compare(&golden::golden("ways"), &BTreeMap::from([("ways.md".to_owned(), table)]));
}
