//! Policies at the edge: none and one rule, and exactly at and one over each of Azure's limits.

use std::collections::BTreeMap;
use std::fmt::Write;

use fwc::limits::{self, CheckOptions, LIMITS};
use serde_json::Value;

use super::{compare, files, golden};
use crate::cli::{Run, Sandbox};
use crate::project::{as_stated, with};

fn policy(settings: &str, rest: &str) -> String {
    format!("policy web {{\n    location \"westeurope\"\n    sku      premium\n{settings}\n{rest}\n}}\n")
}

fn group(rules: &str) -> String {
    policy("", &format!("group out {{\n{rules}\n}}"))
}

#[test]
fn no_rule_and_one_rule() {
    for (name, text) in
        [("no-rule", policy("", "")), ("one-rule", group("mcr: allow https from 10.240.0.0/16 to mcr.microsoft.com"))]
    {
        let sandbox = Sandbox::new();
        sandbox.write("egress.pol", &text);
        let run = sandbox.run(&["compile", "egress.pol"]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
        let mut written = files(&sandbox.path("build"));
        written.insert("egress.lock".to_owned(), sandbox.read("egress.lock"));
        written.insert("stdout.txt".to_owned(), run.stdout);
        for (name, format) in [("check.txt", "text"), ("check.json", "json")] {
            let check = sandbox.run(&["check", "egress.pol", "--limits", "--format", format]);
            assert_eq!((check.status, check.stderr.as_str()), (0, ""));
            written.insert(name.to_owned(), check.stdout);
        }
        compare(&golden(name), &written);
    }
}

/// `text` for each number up to `count`, `N` standing for the number.
fn each(count: u64, separator: &str, text: &str) -> String {
    (1..=count).map(|n| text.replace('N', &n.to_string())).collect::<Vec<_>>().join(separator)
}

/// Different addresses, no two side by side.
fn addresses(first: u8, count: u64) -> String {
    (0..count)
        .map(|n| format!("{first}.{}.{}.{}", n / 16384, n / 64 % 256, n % 64 * 4 + 1))
        .collect::<Vec<_>>()
        .join(",\n")
}

/// A source that uses just `count` of a limit.
fn source(limit: &str, count: u64) -> String {
    let hosts = |count, text| each(count, ",\n", text);
    match limit {
        "groups" => policy("", &each(count, "\n", "group gN { }")),
        "collections" => {
            let of = |group: u64, count: u64| {
                let collection = "collection cN allow { r: allow https from 10.0.0.4 to hN-GROUP.com }";
                let all = each(count, "\n", &collection.replace("GROUP", &group.to_string()));
                format!("group g{group} {{\n{all}\n}}")
            };
            policy(
                "",
                &(0..count.div_ceil(100)).map(|g| of(g, (count - g * 100).min(100))).collect::<Vec<_>>().join("\n"),
            )
        }
        "public-addresses" => {
            let own = (0..count).map(|n| format!("public-ip a{n} 20.0.0.{n}")).collect::<Vec<_>>().join("\n");
            format!("{}firewall f {{\npolicy web\nprivate-ip 10.0.1.4\n{own}\n}}\n", group(""))
        }
        "dnat" => group(&each(count, "\n", "d-N: dnat tcp/N from 203.0.113.4 to 198.51.100.1 -> 10.2.0.4")),
        "network-pairs" => {
            let odd = if count % 2 == 1 { "\none: allow tcp/23 from 10.9.0.4 to 10.9.0.8" } else { "" };
            let (from, to) = (addresses(10, 100), addresses(11, count / 100));
            group(&format!("pairs: allow tcp/22 from {from}\nto {to}{odd}"))
        }
        "network-names" => policy(
            "dns { proxy on }",
            &format!("group out {{\nnames: allow ssh from 10.0.0.4 to {}\n}}", hosts(count, "hN.com")),
        ),
        "ip-groups" => {
            let made = (0..count).map(|n| format!("ip-group i{n} = 10.{n}.0.4")).collect::<Vec<_>>().join("\n");
            let rules = each(count, ",\n", "N")
                .split(",\n")
                .map(|n| format!("i{}", n.parse::<u64>().unwrap() - 1))
                .collect::<Vec<_>>();
            format!("{made}\n{}", group(&format!("many: allow ssh from {}\nto 10.0.0.4", rules.join(", "))))
        }
        "idps-signatures" => policy(&format!("idps alert {{\n{}\n}}", each(count, "\n", "signature N off")), ""),
        "group-size" => sized(count),
        "ip-group-addresses" => {
            format!("ip-group many = {}\n{}", addresses(10, count), group("one: allow ssh from many to 10.0.0.4"))
        }
        "routes" => {
            let routes =
                (0..count).map(|n| format!("route 10.{}.{}.0/24 via 10.0.1.4", n / 250, n % 250)).collect::<Vec<_>>();
            format!("{}routes table {{\n{}\n}}\n", group(""), routes.join("\n"))
        }
        "tag-routes" => {
            format!("{}routes table {{\n{}\n}}\n", group(""), each(count, "\n", "route tag(\"TagN\") via internet"))
        }
        "route-tables" => {
            format!("{}{}\n", group(""), each(count, "\n", "routes tN { route 10.0.0.0/8 via 10.0.1.4 }"))
        }
        "header-name" => header(&"n".repeat(count as usize), "v"),
        "header-value" => header("n", &"v".repeat(count as usize)),
        "headers" => {
            let (name, rest) = ("n".repeat(84), "v".repeat(count as usize - 84 - 400));
            let second = "w".repeat(300);
            group(&format!(
                "one: allow http from 10.0.0.4 to a.com\nwith header \"{name}\" \"{}\"\nwith header \"{}\" \"{second}\"",
                rest,
                "m".repeat(100)
            ))
        }
        "names" => {
            policy("", &format!("group {} {{\none: allow https from 10.0.0.4 to a.com\n}}", "n".repeat(count as usize)))
        }
        "selector-names" => {
            group(&format!("one: allow tcp/22 from pods(\"app=web\" named \"{}\") to 10.0.0.4", long("s", count)))
        }
        "ip-group-names" => {
            let name = long("i", count);
            format!("ip-group {name} = 10.1.0.4\n{}", group(&format!("one: allow tcp/22 from {name} to 10.0.0.4")))
        }
        "route-names" => {
            format!("{}routes {} {{ route 10.0.0.0/8 via 10.0.1.4 }}\n", group(""), long("r", count))
        }
        "firewall-names" => {
            format!("{}firewall {} {{\npolicy web\nprivate-ip 10.0.1.4\n}}\n", group(""), long("f", count))
        }
        "network-ports" => group(&format!("one: allow tcp/{count} from 10.0.0.4 to 10.0.1.4")),
        "application-ports" => group(&format!("one: allow https/{count} from 10.0.0.4 to a.com")),
        "dnat-ports" => group(&format!("one: dnat tcp/{count} from 203.0.113.4 to 198.51.100.1 -> 10.2.0.4")),
        "priorities" => policy("", &format!("group out priority {count} {{ }}")),
        "firewall-subnet" => {
            let routes = format!("subnet \"AzureFirewallSubnet\" 10.0.1.0/{count}\nvia internet");
            format!("{}routes table {{\n{routes}\n}}\n", group(""))
        }
        "endpoint-zones" => {
            let zones = each(count - 1, "\n", "zone privatelink.N.azmk8s.io");
            let host = "host kv.vault.azure.net\naddress 10.1.0.4";
            format!("{}private-endpoint many {{\n{host}\n{zones}\n}}\n", group(""))
        }
        other => panic!("no source for {other}"),
    }
}

fn long(letter: &str, count: u64) -> String {
    letter.repeat(count as usize)
}

fn header(name: &str, value: &str) -> String {
    group(&format!("one: allow http from 10.0.0.4 to a.com\nwith header \"{name}\"\n\"{value}\""))
}

/// A group of just so many bytes.
fn sized(bytes: u64) -> String {
    let padded = |rules: u64, padding: u64| {
        let (host, last) = ("h".repeat(50), "p".repeat(padding as usize));
        let all: String = (10_000..10_000 + rules)
            .map(|n| format!("r{n}: allow https from 10.0.0.4 to {host}.{host}.{host}.h{n}.com\n"))
            .collect();
        group(&format!("{all}x{last}: allow https from 10.0.0.4 to a.com"))
    };
    let size = |text: &str| {
        let project = with(text, as_stated(&CheckOptions::default()));
        let model = project.model();
        let used = limits::used(model, &model.policies[0]);
        used.iter().find(|used| used.limit.name == "group-size").unwrap().used
    };
    let (one, ten) = (size(&padded(1, 1)), size(&padded(11, 1)));
    let each = (ten - one) / 10;
    let rules = (bytes - one) / each;
    let rest = bytes - one - (rules * each);
    // What is left over is more than a name can be long, so that some of it goes into a shorter rule's description.
    let text = padded(rules + 1, 1);
    if rest < 70 {
        return padded(rules + 1, rest + 1);
    }
    text.replace("\nx", &format!("\n## {}\nx", "d".repeat(rest as usize - "\"description\":\"\",".len())))
}

fn said(run: &Run, sandbox: &Sandbox) -> String {
    let mut text = format!("exit status {}\n\n{}{}", run.status, run.stdout, run.stderr);
    if run.status == 0 {
        let manifest: Value = serde_json::from_str(&sandbox.read("build/manifest.json")).unwrap();
        for output in manifest["outputs"].as_array().unwrap() {
            let _ = writeln!(text, "{} {}", output["sha256"].as_str().unwrap(), output["path"].as_str().unwrap());
        }
    }
    text
}

fn compiled(text: &str, arguments: &[&str]) -> String {
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", text);
    let run = sandbox.run(&[&["compile", "egress.pol", "--limits", "--emit", "arm", "--no-lock"], arguments].concat());
    said(&run, &sandbox)
}

/// What the optimiser mends, and so is at its limit only where rules are written as stated.
const MENDED: [&str; 3] = ["network-pairs", "group-size", "ip-group-addresses"];

#[test]
fn exactly_at_and_one_over_each_limit() {
    let mut written = BTreeMap::new();
    for limit in &LIMITS {
        for (name, count) in [("at", limit.max), ("over", limit.max + 1)] {
            let text = source(limit.name, count);
            let mended = MENDED.contains(&limit.name);
            let arguments: &[&str] = if mended { &["--no-optimise"] } else { &[] };
            let said = compiled(&text, arguments);
            let is_refused = said.starts_with("exit status 1");
            assert_eq!(is_refused, name == "over" && limit.name != "network-names", "{} {name}: {said}", limit.name);
            written.insert(format!("{}-{name}.txt", limit.name), said);
            if mended {
                let said = compiled(&text, &[]);
                assert!(said.starts_with("exit status 0"), "{} {name}: {said}", limit.name);
                written.insert(format!("{}-{name}-mended.txt", limit.name), said);
            }
        }
    }
    compare(&golden("limits"), &written);
}

/// The optimiser keeps groups at what is safe, which is less than the limit.
#[test]
fn exactly_at_and_one_over_what_is_safe_for_a_group() {
    let safe = LIMITS.iter().find(|limit| limit.name == "group-size").unwrap().near;
    let at = |count| compiled(&source("group-size", count), &[]);
    let written: BTreeMap<String, String> =
        BTreeMap::from([("at.txt".to_owned(), at(safe)), ("over.txt".to_owned(), at(safe + 1))]);
    assert!(!written["at.txt"].contains("splitting") && written["over.txt"].contains("splitting"));
    compare(&golden("safe-group"), &written);
}
