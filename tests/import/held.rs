//! What is written compiles; what a source cannot hold is refused by name.

use serde_json::{Value, json};

use crate::cli::Sandbox;

fn template(resources: Value) -> String {
    json!({"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "resources": resources})
    .to_string()
}

fn policy(name: &str, base: Option<&str>) -> Value {
    let id = base.map(|base| format!("[resourceId('Microsoft.Network/firewallPolicies','{base}')]"));
    json!({"type": "Microsoft.Network/firewallPolicies", "name": name, "location": "westeurope",
        "properties": {"sku": {"tier": "Premium"}, "basePolicy": id.map(|id| json!({"id": id}))}})
}

fn group(name: &str, collections: Value) -> Value {
    json!({"type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups", "name": name,
        "properties": {"priority": 300, "ruleCollections": collections}})
}

fn collection(name: &str, action: &str, rules: Value) -> Value {
    json!({"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": name, "priority": 200,
        "action": {"type": action}, "rules": rules})
}

fn tcp(name: &str, port: u16) -> Value {
    json!({"ruleType": "NetworkRule", "name": name, "ipProtocols": ["TCP"], "sourceAddresses": ["10.20.0.0/16"],
        "destinationAddresses": ["10.30.0.0/16"], "destinationPorts": [port.to_string()]})
}

fn to_name(name: &str) -> Value {
    json!({"ruleType": "NetworkRule", "name": name, "ipProtocols": ["TCP"], "sourceAddresses": ["10.20.0.0/16"],
        "destinationFqdns": ["mail.example"], "destinationPorts": ["587"]})
}

/// What `import` writes and says; the source passes `check` and compiles.
#[track_caller]
fn written(text: &str, more: &[&str]) -> (String, String) {
    let sandbox = Sandbox::new();
    sandbox.write("t.json", text);
    let run = sandbox.run(&[&["import", "t.json", "-o", "t.pol"], more].concat());
    assert_eq!(run.status, 0, "{}", run.stderr);
    for command in [&["check", "t.pol"][..], &["compile", "t.pol", "-o", "build"], &["fmt", "--check", "t.pol"]] {
        let run = sandbox.run(command);
        assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    }
    (sandbox.read("t.pol"), format!("{}{}", run.stdout, run.stderr))
}

/// Why `import` writes nothing.
#[track_caller]
fn refused(text: &str, more: &[&str]) -> String {
    let sandbox = Sandbox::new();
    sandbox.write("t.json", text);
    let run = sandbox.run(&[&["import", "t.json"], more].concat());
    assert!(run.status == 1 || run.status == 2, "{}", run.stdout);
    assert_eq!(run.stdout, "");
    run.stderr.lines().next().unwrap_or_default().replace("fwc: ", "").replace("cannot import t.json: ", "")
}

#[test]
fn a_group_alone_gets_the_proxy_that_its_names_need() {
    let (source, said) =
        written(&template(json!([group("hub/rcg", json!([collection("c", "Allow", json!([to_name("r")]))]))])), &[]);
    let wanted = "    # assumed: what was imported does not state the tier\n    sku premium\n\
                  \x20   # assumed: Azure takes a host name in a network rule only with the DNS proxy\n    dns { proxy on }\n";
    assert!(source.contains(wanted), "{source}");
    assert!(said.contains("hub: `dns { proxy on }` is assumed"), "{said}");
    let (source, said) =
        written(&template(json!([group("hub/rcg", json!([collection("c", "Allow", json!([tcp("r", 443)]))]))])), &[]);
    assert!(!source.contains("dns") && !said.contains("dns"), "{source}{said}");
}

#[test]
fn adjacent_ports_of_application_services_stay_single() {
    let protocols: Vec<Value> =
        [5671, 443, 5672].iter().map(|port| json!({"protocolType": "Https", "port": port})).collect();
    let rule = json!({"ruleType": "ApplicationRule", "name": "queue", "sourceAddresses": ["10.20.0.0/16"],
        "protocols": protocols, "targetFqdns": ["queue.example"]});
    let text =
        template(json!([policy("hub", None), group("hub/rcg", json!([collection("c", "Allow", json!([rule]))]))]));
    let (source, _) = written(&text, &[]);
    assert!(source.contains("https/{443,5671,5672}"), "{source}");
    written(&text, &["--faithful"]);
}

#[test]
fn names_of_rules_are_kept_whatever_they_hold() {
    let names =
        ["a\"b", "a\\b", "a\nb", "\u{1}", "{x}", "${x}", "ä日本", "allow", "443", "a\u{2028}b", "#", "as-is", " "];
    let rules: Vec<Value> = (1..).zip(names).map(|(port, name)| tcp(name, port)).collect();
    let text =
        template(json!([policy("hub", None), group("hub/rcg", json!([collection("c", "Allow", json!(rules))]))]));
    written(&text, &["--faithful"]);
    written(&text, &[]);
}

#[test]
fn equal_dns_servers_are_one() {
    let mut hub = policy("hub", None);
    hub["properties"]["dnsSettings"] = json!({"enableProxy": true, "servers": ["10.0.0.5", "10.0.0.4", "10.0.0.5"]});
    let (source, _) = written(&template(json!([hub])), &[]);
    assert!(source.contains("servers 10.0.0.5, 10.0.0.4"), "{source}");
}

#[test]
fn equal_names_are_told_apart_or_refused() {
    let twins = template(json!([
        policy("hub", None),
        group("hub/rcg", json!([collection("c", "Allow", json!([tcp("r", 80), tcp("R", 443)]))]))
    ]));
    let (source, _) = written(&twins, &[]);
    assert!(source.contains("\"R (2)\":"), "{source}");
    assert_eq!(
        refused(&twins, &["--faithful"]),
        "collection `c` of group `rcg` has two rules called `R`, and a source has one of each"
    );
    let equal = template(json!([
        policy("hub", None),
        group(
            "hub/rcg",
            json!([collection("c", "Allow", json!([tcp("r", 80)])), collection("d", "Allow", json!([tcp("s", 443)]))])
        )
    ]));
    assert_eq!(
        refused(&equal, &["--faithful"]),
        "collections `c` and `d` of group `rcg` have priority 200 both, and a source has one of each"
    );
    let long = template(json!([
        policy("hub", None),
        group("hub/rcg", json!([collection("c", "Allow", json!([tcp(&"r".repeat(81), 80)]))]))
    ]));
    written(&long, &[]);
    let why = refused(&long, &["--faithful"]);
    assert!(why.starts_with("collection `c` of group `rcg` has a rule with a name of 81 characters"), "{why}");
    let ip_group =
        json!({"type": "Microsoft.Network/ipGroups", "name": "Hub", "properties": {"ipAddresses": ["10.0.0.4"]}});
    assert_eq!(
        refused(&template(json!([policy("hub", None), ip_group])), &[]),
        "policy `hub` and IP group `Hub` share a name: a source has one of a name: import them apart"
    );
    assert_eq!(
        refused(&template(json!([policy("a\"b", None)])), &[]),
        "the name of policy \"a\\\"b\" has a character that no name has"
    );
}

#[test]
fn a_look_alike_is_no_neighbour() {
    let with = |host: &str| {
        let rule = json!({"ruleType": "ApplicationRule", "name": "r", "sourceAddresses": ["10.20.0.0/16"],
            "protocols": [{"protocolType": "Https", "port": 443}], "targetFqdns": [host]});
        template(json!([policy("hub", None), group("hub/rcg", json!([collection("c", "Allow", json!([rule]))]))]))
    };
    let (source, said) = written(&with("аpple.example"), &[]);
    assert!(source.contains("xn--pple-43d.example") && said.contains("ASCII form"), "{source}{said}");
    let why = refused(&with("ａpple.example"), &[]);
    assert!(why.ends_with("the host name looks like `apple.example` and is another one"), "{why}");
}

#[test]
fn a_chain_of_bases_is_followed_and_refused() {
    let deny = group("top/rcg", json!([collection("stop", "Deny", json!([tcp("stop", 443)]))]));
    let allow = group("mid/rcg", json!([collection("web", "Allow", json!([tcp("web", 443)]))]));
    let top = policy("top", None);
    let chain = json!([top, deny, policy("mid", Some("top")), allow, policy("shop", Some("mid"))]);
    let why = "policy `shop` inherits `mid`, which inherits `top`: a source has one level of base policies, and Azure \
               documents no more (FW0502)";
    assert_eq!(refused(&template(chain.clone()), &[]), why);
    assert_eq!(refused(&template(chain.clone()), &["--policy", "shop"]), why);
    written(&template(chain.clone()), &["--policy", "mid"]);
    let sandbox = Sandbox::new();
    sandbox.write("all.json", &template(chain));
    sandbox.write("shop.json", &template(json!([policy("shop", Some("mid"))])));
    sandbox.write("bases.json", &template(json!([top, deny, policy("mid", Some("top")), allow])));
    sandbox.write("mid.json", &template(json!([policy("mid", Some("top")), allow])));
    let flow = ["--from", "10.20.0.4", "--to", "10.30.0.4", "--service", "tcp/443"];
    let explain = |input: &[&str]| sandbox.run(&[&["explain"], input, &flow].concat());
    for input in [&["all.json"][..], &["shop.json", "--parent", "bases.json"]] {
        let run = explain(input);
        assert!(run.stdout.starts_with("deny   by network rule stop"), "{}{}", run.stdout, run.stderr);
    }
    let run = explain(&["shop.json", "--parent", "mid.json"]);
    assert_eq!(run.status, 2, "{}", run.stdout);
    assert!(run.stderr.contains("base policy `mid` inherits `top`, which `mid.json` does not hold"), "{}", run.stderr);
}

#[test]
fn bases_in_a_circle_are_told_by_every_command() {
    let rules = || group("shop/rcg", json!([collection("web", "Allow", json!([tcp("web", 443)]))]));
    for (base, way) in [("shop", "`shop` inherits `shop`"), ("hub", "`shop` inherits `hub`, which inherits `shop`")] {
        let sandbox = Sandbox::new();
        sandbox.write("t.json", &template(json!([policy("shop", Some(base)), rules(), policy("hub", Some("shop"))])));
        for command in [
            &["import", "t.json", "--policy", "shop"][..],
            &[
                "explain",
                "t.json",
                "--policy",
                "shop",
                "--from",
                "10.20.0.4",
                "--to",
                "10.30.0.4",
                "--service",
                "tcp/443",
            ],
            &["reach", "t.json", "--policy", "shop"],
            &["diff", "t.json", "t.json", "--policy", "shop"],
            &["report", "t.json", "--policy", "shop", "-o", "r.html"],
        ] {
            let run = sandbox.run(command);
            assert_eq!(run.status, 2, "{command:?}: {}", run.stdout);
            let wanted = format!("base policies lead back to where they begin: policy {way}");
            assert!(run.stderr.contains(&wanted), "{command:?}: {}", run.stderr);
        }
        assert_eq!(sandbox.run(&["check", "t.json"]).status, 1);
    }
}

#[test]
fn a_table_that_routes_a_prefix_twice_is_refused() {
    let route =
        |name: &str| json!({"name": name, "properties": {"addressPrefix": "0.0.0.0/0", "nextHopType": "Internet"}});
    let table = json!({"type": "Microsoft.Network/routeTables", "name": "rt-nodes", "properties": {"routes": [route("a"), route("b")]}});
    assert_eq!(
        refused(&template(json!([table])), &[]),
        "route table `rt-nodes` routes `0.0.0.0/0` twice, which Azure refuses"
    );
}

#[test]
fn ipv6_and_security_profiles_are_kept() {
    let mut rule = tcp("six", 443);
    rule["destinationAddresses"] = json!(["192.0.2.10", "2001:db8::10", "2001:db8:1::/48"]);
    rule["securityProfileGroup"] = json!({"id": "/groups/strict", "resourceGroup": "rg"});
    let lone = json!({"ruleType": "NetworkRule", "name": "lone", "ipProtocols": ["TCP"], "sourceAddresses": ["2001:db8::/32"],
        "destinationAddresses": ["2001:db8::11"], "destinationPorts": ["443"]});
    let mut with = collection("c", "Allow", json!([rule, lone]));
    with["securityProfileGroup"] = json!({"id": "/groups/all"});
    let text = template(json!([policy("hub", None), group("hub/rcg", json!([with]))]));
    for more in [&["--faithful"][..], &[]] {
        let (source, said) = written(&text, more);
        assert!(
            source.contains("lone: allow tcp/443 from ipv6(\"2001:db8::/32\") to ipv6(\"2001:db8::11\")"),
            "{source}"
        );
        assert!(source.contains("azure \"securityProfileGroup\" {\"id\":\"/groups/all\"}"), "{source}");
        assert!(source.contains("with azure \"securityProfileGroup\" {\"id\":\"/groups/strict\"}"), "{source}");
        assert!(said.contains("securityProfileGroup") && said.contains("IPv6"), "{said}");
    }
}
