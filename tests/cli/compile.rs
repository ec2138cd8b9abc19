//! `fwc compile`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{EXAMPLE, Sandbox, sha256, wrong};
use crate::golden::files;

fn manifest(sandbox: &Sandbox, folder: &str) -> Value {
    serde_json::from_str(&sandbox.read(&format!("{folder}/manifest.json"))).unwrap()
}

/// The example's artefacts, compiled with some arguments more.
fn compiled(more: &[&str]) -> BTreeMap<String, String> {
    let sandbox = Sandbox::with_example();
    let run = sandbox.run(&[&["compile", EXAMPLE], more].concat());
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    files(&sandbox.path("build"))
}

fn base_ids(template: &str) -> Vec<Value> {
    let template: Value = serde_json::from_str(template).unwrap();
    let resources = template["resources"].as_array().unwrap().iter();
    resources.filter_map(|resource| resource.pointer("/properties/basePolicy/id").cloned()).collect()
}

#[test]
fn a_source_gives_templates_and_a_manifest() {
    let sandbox = Sandbox::with_small();
    let run = sandbox.run(&["compile", "egress.pol"]);
    let expected = "\
egress.pol -> build: no findings

policy  inherits  tier      groups  collections  rules  meaning
web     -         standard       1            1      1  proved

nearest limit, 1 %: 1 of 90 rule collection groups in policy `web`; `--limits`
  has all

wrote:
  web.arm.json (1458 bytes)
  web.bicep (";
    assert!(run.stdout.starts_with(expected), "{}", run.stdout);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let tables = "\
limits                                                    used       free  full
web          groups                                          1         89    1%
             collections                                     1      1,999    0%
largest, within bounds: application-ports 443 of 64,000, names 21 of 80,
  priorities 1,000 of 65,000
nothing used of dnat, dnat-ports, endpoint-zones, firewall-names,
  firewall-subnet, header-name, header-value, headers, idps-signatures,
  ip-group-addresses, ip-group-names, ip-groups, network-names, network-pairs,
  network-ports, public-addresses, route-names, route-tables, routes,
  selector-names, tag-routes

groups of web           collections   rules    pairs      bytes       free  full
out                               1       1        0        346  1,999,654    0%

not counted (manifest.json has the reasons): throughput (30 Gbps, standard),
  snat-ports, older-policies, dns-servers, next-hops, inspection-time,
  idle-time, update-time, drafts
";
    let run = sandbox.run(&["compile", "egress.pol", "--limits"]);
    assert!(run.stdout.contains(tables), "{}", run.stdout);
    let written =
        ["manifest.json", "variables.tf", "web.arm.json", "web.bicep", "web.review.html", "web.review.md", "web.tf"];
    assert_eq!(sandbox.names("build"), written);
    assert_eq!(sandbox.names(""), ["build", "egress.lock", "egress.pol"]);
}

#[test]
fn the_manifest_says_what_was_compiled_to_what() {
    let sandbox = Sandbox::with_small();
    assert_eq!(sandbox.run(&["compile", "egress.pol", "--emit", "arm"]).status, 0);
    let mut found = manifest(&sandbox, "build");
    let policy = found["policies"][0].as_object_mut().unwrap();
    // Fields may come that are not of the contract; limits are the tables' to say.
    policy.remove("removed");
    policy.remove("saved");
    let mut fields = |list: &str| -> Vec<String> {
        let list = policy.remove(list).unwrap();
        list.get(0).unwrap_or(&list).as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(fields("limits"), ["name", "used", "max", "free", "safe"]);
    assert_eq!(fields("uncounted"), ["name", "says", "why"]);
    assert_eq!(fields("perGroup"), ["name", "priority", "collections", "rules", "pairs", "dnatRules", "bytes"]);
    assert_eq!(fields("splitNext"), ["name", "percent", "biggest", "instead"]);
    let around = found.as_object_mut().unwrap().remove("limits").unwrap();
    assert_eq!(around[0], json!({"name": "route-tables", "used": 0, "max": 200, "free": 200, "safe": 180}));
    let expected = json!({
        "schema": "fwc.manifest/1",
        "tool": concat!("fwc ", env!("CARGO_PKG_VERSION")),
        "inputs": [{"path": "egress.pol", "sha256": sha256(&sandbox.path("egress.pol"))}],
        "outputs": [{"path": "web.arm.json", "sha256": sha256(&sandbox.path("build/web.arm.json"))}],
        "policies": [{
            "name": "web", "parent": null, "sku": "standard", "groups": 1, "collections": 1, "rules": 1, "sourceRules": 1,
            "merged": 0,
            "proof": {"order": "intent", "meaning": "proved", "conditions": [], "artefact": "proved"},
        }],
        "diagnostics": {"errors": 0, "warnings": 0, "notes": 0},
        "assumptions": [],
    });
    assert_eq!(found, expected);
}

#[test]
fn the_same_source_gives_the_same_bytes() {
    assert_eq!(compiled(&[]), compiled(&[]));
}

#[test]
fn the_summary_fits_a_terminal() {
    let sandbox = Sandbox::with_example();
    let run = sandbox.run(&["compile", EXAMPLE]);
    let widest = run.stdout.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(80), "{}", run.stdout);
    assert!(!run.stdout.contains('\u{1b}'), "{}", run.stdout);
}

#[test]
fn a_wrong_source_leaves_the_old_folder() {
    let sandbox = Sandbox::with_small();
    assert_eq!(sandbox.run(&["compile", "egress.pol"]).status, 0);
    let before = files(&sandbox.path("build"));
    sandbox.write("egress.pol", &wrong());
    sandbox.run(&["compile", "egress.pol"]).says(
        1,
        "",
        "\
error[FW0101]: expected `from`, found `frm`
 --> egress.pol:8:26
  |
8 |         mcr: allow https frm nodes to mcr.microsoft.com
  |                          ^^^
  |
  = help: did you mean `from`?

fwc: 1 error: nothing is written
",
    );
    assert_eq!(files(&sandbox.path("build")), before);
}

#[test]
fn a_wrong_source_makes_no_folder() {
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", &wrong());
    assert_eq!(sandbox.run(&["compile", "egress.pol"]).status, 1);
    assert_eq!(sandbox.names(""), ["egress.pol"]);
}

#[test]
fn a_policy_that_is_gone_leaves_the_folder() {
    let sandbox = Sandbox::with_small();
    assert_eq!(sandbox.run(&["compile", "egress.pol"]).status, 0);
    sandbox.write("egress.pol", &super::SMALL.replace("policy web", "policy api"));
    assert_eq!(sandbox.run(&["compile", "egress.pol"]).status, 0);
    let written =
        ["api.arm.json", "api.bicep", "api.review.html", "api.review.md", "api.tf", "manifest.json", "variables.tf"];
    assert_eq!(sandbox.names("build"), written);
}

#[test]
fn a_folder_with_foreign_files_is_refused() {
    let sandbox = Sandbox::with_small();
    sandbox.write("notes/mine.txt", "mine");
    sandbox.run(&["compile", "egress.pol", "-o", "notes"]).fails("holds `mine.txt`, which fwc did not write there");
    assert_eq!(sandbox.names("notes"), ["mine.txt"]);
    assert_eq!(sandbox.run(&["compile", "egress.pol"]).status, 0);
    sandbox.write("build/mine.txt", "mine");
    sandbox.run(&["compile", "egress.pol"]).fails("holds `mine.txt`, which fwc did not write there");
}

#[test]
fn a_file_is_no_folder_to_write() {
    let sandbox = Sandbox::with_small();
    sandbox.run(&["compile", "egress.pol", "-o", "egress.pol"]).fails("is a file: name a folder");
    sandbox.run(&["compile", "egress.pol", "-o", ".."]).fails("choose another folder with `-o`");
    assert_eq!(sandbox.read("egress.pol"), super::SMALL);
}

#[test]
fn the_base_is_referred_to_by_its_id() {
    let files = compiled(&[]);
    let id = "[resourceId('Microsoft.Network/firewallPolicies','corp-base')]";
    assert_eq!(base_ids(&files["aks-weu.arm.json"]), [id]);
    let id = "/subscriptions/0/resourceGroups/hub/providers/Microsoft.Network/firewallPolicies/corp-base";
    assert_eq!(base_ids(&compiled(&["--base-id", id])["aks-weu.arm.json"]), [id]);
}

#[test]
fn a_template_with_its_base_makes_both() {
    let template: Value = serde_json::from_str(&compiled(&["--emit-parents"])["aks-weu.arm.json"]).unwrap();
    let resources = template["resources"].as_array().unwrap().iter();
    let policies = resources.filter(|resource| resource["type"] == "Microsoft.Network/firewallPolicies");
    let names: Vec<_> = policies.map(|policy| &policy["name"]).collect();
    assert_eq!(names, ["corp-base", "aks-weu"]);
}

#[test]
fn a_parameter_takes_its_value_from_the_command_line() {
    let (before, after) = (compiled(&[]), compiled(&["--set", "customers=198.51.100.240/28"]));
    let changed: Vec<_> = before.keys().filter(|name| before[*name] != after[*name]).collect();
    let of_policy = ["arm.json", "bicep", "review.html", "review.md", "tf"].map(|kind| format!("aks-weu.{kind}"));
    assert_eq!(changed, of_policy.iter().chain([&"manifest.json".to_owned()]).collect::<Vec<_>>());
    assert!(after["aks-weu.arm.json"].contains("\"198.51.100.240/28\""));
}

#[test]
fn a_parameter_that_is_not_there_is_an_error() {
    let sandbox = Sandbox::with_example();
    let run = sandbox.run(&["compile", EXAMPLE, "--set", "custmers=198.51.100.240/28"]);
    assert_eq!((run.status, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.contains("did you mean `customers`?"), "{}", run.stderr);
}

const NAMED_BY_ENVIRONMENT: &str = r#"
param env: text = "test"
ip-group "nodes-{env}" = 10.240.0.0/20
policy "base-{env}" {
    location "westeurope"
    sku standard
    group "guard-{env}" { "no-ssh-{env}": deny ssh from 10.240.0.0/16 to internet }
}
policy "edge-{env}" inherits "base-{env}" {
    location "westeurope"
    sku standard
    group work { feed: allow https from ip-group("nodes-{env}") to feed.example.com }
}
firewall hub { policy "edge-{env}" sku standard private-ip 10.0.1.4 }
routes "rt-{env}" { location "westeurope" subnet "snet-{env}" 10.240.0.0/20 via hub bgp-propagation off }
test "t" for "edge-{env}" { expect allow https from 10.240.0.0/20 to feed.example.com }
"#;

fn with_source(text: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", text);
    sandbox
}

#[test]
fn names_take_the_value_of_a_parameter_wherever_they_are_used() {
    let sandbox = with_source(NAMED_BY_ENVIRONMENT);
    let run = sandbox.run(&["compile", "egress.pol", "-o", "out", "--set", "env=prod"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let edge = sandbox.read("out/edge-prod.arm.json");
    assert!(edge.contains("\"edge-prod/work\"") && edge.contains("base-prod") && edge.contains("nodes-prod"), "{edge}");
    let base = sandbox.read("out/base-prod.arm.json");
    assert!(base.contains("\"base-prod/guard-prod\"") && base.contains("\"no-ssh-prod\""), "{base}");
    let routes = sandbox.read("out/routes.arm.json");
    assert!(routes.contains("\"rt-prod\""), "{routes}");
    assert_eq!(sandbox.run(&["test", "egress.pol", "--set", "env=prod"]).status, 0);
}

#[test]
fn an_impossible_name_is_an_error_at_the_value() {
    let sandbox = with_source(NAMED_BY_ENVIRONMENT);
    let run = sandbox.run(&["check", "egress.pol", "--set", "env=no way"]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("policy name `edge-no way` has ` `"), "{}", run.stdout);
    assert!(run.stdout.contains("--> --set env:1:1"), "{}", run.stdout);
}

#[test]
fn a_host_that_a_value_makes_impossible_is_shown_as_it_is() {
    let text = "param env: text policy edge { sku standard dns { proxy on } group g { a: allow https from any to x-{env}.example.com } }";
    let run = with_source(text).run(&["check", "egress.pol", "--set", "env=a b"]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("here `x-a b.example.com`"), "{}", run.stdout);
}

#[test]
fn two_policies_that_a_parameter_names_alike_are_an_error() {
    let text = "param env: text = \"b\" policy \"a-{env}\" { sku standard } policy a-b { sku standard }";
    let run = with_source(text).run(&["check", "egress.pol"]);
    assert!(run.stdout.contains("`a-b` is defined twice"), "{}", run.stdout);
}
