//! `fwc explain`.

use serde_json::{Value, json};

use super::{EXAMPLE, Sandbox};

const FLOW: [&str; 6] = ["--from", "10.240.0.4", "--to", "mcr.microsoft.com", "--service", "https"];
const METADATA: [&str; 6] = ["--from", "10.240.0.4", "--to", "169.254.169.254", "--service", "tcp/80"];
const FLOWS: &str = "\
{\"source\":\"10.240.0.4\",\"destination\":\"169.254.169.254\",\"service\":\"tcp/80\"}

{\"source\":\"192.0.2.7\",\"destination\":\"hub-weu::partner-api\",\"service\":\"tcp/443\"}
";

/// The example, compiled into `build`.
fn compiled() -> Sandbox {
    let sandbox = Sandbox::with_example();
    assert_eq!(sandbox.run(&["compile", EXAMPLE]).status, 0);
    sandbox
}

fn explain<'a>(input: &'a str, flow: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [&["explain", input], flow, more].concat()
}

fn lines(json: &str) -> Vec<Value> {
    json.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_rule_is_shown_where_it_is_written() {
    Sandbox::with_small().run(&explain("egress.pol", &FLOW, &[])).says(
        0,
        "\
allow  by application rule mcr

  flow        https from 10.240.0.4 to mcr.microsoft.com
  rule        mcr
  collection  out-allow-application, priority 500
  group       out, priority 1000
  policy      web
  written at  egress.pol:8:9
",
        "",
    );
}

#[test]
fn the_way_is_shown_on_request() {
    let flow = ["--from", "10.240.0.4", "--to", "github.com", "--service", "https"];
    Sandbox::with_small().run(&explain("egress.pol", &flow, &["--passed"])).says(
        0,
        "\
deny   no rule matches

  flow        https from 10.240.0.4 to github.com
  policy      web
  read        1 rule, which does not match

  read in this order, with the priorities of groups and collections:
  application  name           web / 1000 out / 500 out-allow-application / mcr
  default      decides
",
        "",
    );
}

#[test]
fn json_has_the_fields_of_the_contract() {
    let run = Sandbox::with_small().run(&explain("egress.pol", &FLOW, &["--passed", "--format", "json"]));
    let expected = json!({
        "schema": "fwc.explain/1",
        "flow": {"source": "10.240.0.4", "destination": "mcr.microsoft.com", "service": "https"},
        "verdict": "allow",
        "fate": "allowed",
        "way": {"by": "firewall"},
        "decidedBy": {"policy": "web", "group": "out", "collection": "out-allow-application", "rule": "mcr",
            "kind": "application", "action": "allow", "at": {"file": "egress.pol", "line": 8, "column": 9}},
        "passed": [],
        "assumptions": [],
    });
    assert_eq!((run.status, lines(&run.stdout)), (0, vec![expected]));
}

#[test]
fn many_flows_have_a_line_each() {
    let sandbox = Sandbox::with_example();
    sandbox.write("flows.jsonl", FLOWS);
    let from_file = sandbox.run(&explain(EXAMPLE, &["--flows", "flows.jsonl"], &["--format", "json"]));
    let verdicts: Vec<_> = lines(&from_file.stdout)
        .iter()
        .map(|line| format!("{} {}", line["verdict"], line["decidedBy"]["rule"]).replace('"', ""))
        .collect();
    assert_eq!((from_file.status, verdicts), (0, vec!["deny imds".to_owned(), "allow partner-api".to_owned()]));
    let from_input = sandbox.run_on(&explain(EXAMPLE, &["--flows", "-"], &["--format", "json"]), FLOWS);
    assert_eq!(from_input.stdout, from_file.stdout);
}

#[test]
fn a_wrong_flow_is_shown_by_its_line() {
    let sandbox = Sandbox::with_small();
    let run = sandbox.run_on(&["explain", "egress.pol", "--flows", "-"], "\n{\"source\":\"10.0.0.1\"}\n");
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.starts_with("fwc: -:2: not a flow: missing field `destination`"), "{}", run.stderr);
    assert!(run.stderr.ends_with("fwc: no line of - is a flow\n"), "{}", run.stderr);
}

/// One bad line of a log hides none of the others.
#[test]
fn a_line_that_is_no_flow_is_named_and_the_others_are_answered() {
    let sandbox = Sandbox::with_example();
    sandbox.write("flows.jsonl", &format!("{FLOWS}oops\n{FLOWS}{{\"source\":\"10.0.0.1\"}}\n"));
    let command = explain(EXAMPLE, &["--flows", "flows.jsonl"], &["--format", "json"]);
    let run = sandbox.run(&command);
    assert_eq!((run.status, lines(&run.stdout).len()), (0, 4), "{}", run.stderr);
    let named: Vec<&str> = run.stderr.lines().collect();
    assert_eq!(named.len(), 3, "{named:?}");
    assert!(named[0].starts_with("fwc: flows.jsonl:4: ") && named[1].starts_with("fwc: flows.jsonl:8: "), "{named:?}");
    assert_eq!(named[2], "fwc: 2 of 6 lines of flows.jsonl are no flows and have no answer");
    assert_eq!(sandbox.run(&[command.as_slice(), &["--strict"]].concat()).status, 1);
}

/// The log of a firewall asks what its lines of `--flows` would.
#[test]
fn records_of_a_log_are_flows() {
    let record = |table: &str, columns: &str| {
        format!("{{\"category\":\"{table}\",\"properties\":{{\"SourceIp\":\"10.240.0.4\",\"Protocol\":{columns}}}}}")
    };
    let allowed = record("AZFWApplicationRule", r#""HTTPS","Fqdn":"MCR.microsoft.com","DestinationPort":443"#);
    let denied = record("AZFWNetworkRule", r#""TCP","DestinationIp":"20.0.0.1","DestinationPort":22"#);
    let query = record("AZFWDnsQuery", r#""udp","QueryName":"mcr.microsoft.com.""#);
    let sandbox = Sandbox::with_small();
    let command = ["explain", "egress.pol", "--flows", "-", "--format", "json"];
    let run = sandbox.run_on(&command, &format!("{allowed}\n{denied}\n{query}\n"));
    let answers = lines(&run.stdout);
    let flow = json!({"source": "10.240.0.4", "destination": "MCR.microsoft.com", "service": "https"});
    assert_eq!((answers.len(), &answers[0]["flow"]), (2, &flow));
    assert_eq!((&answers[0]["verdict"], &answers[1]["verdict"]), (&json!("allow"), &json!("deny")));
    let told = "fwc: -:3: not a flow: a query to the DNS proxy\n\
                fwc: 1 of 3 lines of - are no flows and have no answer\n";
    assert_eq!((run.status, run.stderr.as_str()), (0, told));
    let strict = [command.as_slice(), &["--strict"]].concat();
    assert_eq!(sandbox.run_on(&strict, &format!("{allowed}\n{query}\n")).status, 1);
    let document = sandbox.run_on(&strict, &format!("{{\"records\":[{allowed},{query},{denied}]}}"));
    let told = "fwc: -:1: record 2: not a flow: a query to the DNS proxy\n\
                fwc: 1 of 3 records of - are no flows and have no answer\n";
    assert_eq!((document.status, document.stderr.as_str(), lines(&document.stdout)), (1, told, answers));
}

#[test]
fn a_set_of_the_source_asks_for_all_of_its_addresses() {
    let sandbox = Sandbox::new();
    let rules = "        web: allow https from nodes to a.contoso.com\n        clock: allow ntp from 10.240.0.0/21 to 198.51.100.7\n        names: allow dns from nodes to 198.51.100.7\n";
    let policy =
        format!("policy pp {{\n    sku standard\n    location \"westeurope\"\n    group gg {{\n{rules}    }}\n}}\n");
    sandbox.write("egress.pol", &format!("let nodes = 10.240.0.0/20\n\n{policy}"));
    let asked = |to: &str, service: &str, format: &str| {
        sandbox.run(&["explain", "egress.pol", "--from", "nodes", "--to", to, "--service", service, "--format", format])
    };
    let run = asked("a.contoso.com", "https", "text");
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert!(run.stdout.starts_with("allow  by application rule web\n"), "{}", run.stdout);
    assert!(run.stdout.contains("https from 10.240.0.0/20 to a.contoso.com"), "{}", run.stdout);
    // Half of the nodes have another answer; `dns` is two services.
    let told = |to: &str, service: &str| -> Vec<String> {
        let answers = lines(&asked(to, service, "json").stdout);
        let one = |answer: &Value| {
            let of =
                answer["sources"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect::<Vec<_>>();
            format!("{} {} {}", answer["flow"]["service"], answer["verdict"], of.join(",")).replace('"', "")
        };
        answers.iter().map(one).collect()
    };
    assert_eq!(told("198.51.100.7", "ntp"), ["udp/123 allow 10.240.0.0/21", "udp/123 deny 10.240.8.0/21"]);
    assert_eq!(told("198.51.100.7", "dns"), ["tcp/53 allow 10.240.0.0/20", "udp/53 allow 10.240.0.0/20"]);
    // Of a wide set, those that are answered alike are answered at once: what passes comes first.
    let services = |service: &str| -> Vec<String> {
        let answers = lines(&asked("198.51.100.7", service, "json").stdout);
        let one = |answer: &Value| format!("{} {} {}", answer["verdict"], answer["sources"], answer["services"]);
        answers.iter().map(one).map(|answer| answer.replace('"', "")).collect()
    };
    assert_eq!(
        services("udp/50-130"),
        [
            "allow [10.240.0.0/20] [udp/53]",
            "allow [10.240.0.0/21] [udp/123]",
            "deny [10.240.0.0/20] [udp/50-52,udp/54-122,udp/124-130]",
            "deny [10.240.8.0/21] [udp/123]",
        ]
    );
    let any = services("any");
    assert_eq!((any.len(), any[0].as_str()), (4, "allow [10.240.0.0/20] [http/53,https/53,mssql/53,tcp/53,udp/53]"));
    assert!(any[2].ends_with(",icmp,proto/47]"), "{any:#?}");
    let unknown =
        sandbox.run(&["explain", "egress.pol", "--from", "nods", "--to", "a.contoso.com", "--service", "https"]);
    assert!(unknown.status == 2 && unknown.stderr.contains("did you mean `nodes`?"), "{}", unknown.stderr);
    for set in ["nodes", "internet"] {
        asked(set, "https", "text").fails("is a set: expected one address or host name after `--to`");
    }
    // A program gets every part, a person the first few.
    let far: Vec<String> = (0..9).map(|at| format!("10.{}.0.0/16", 2 * at)).collect();
    sandbox.write("far.pol", &format!("let nodes = {}\n\n{policy}", far.join(", ")));
    let asked = ["explain", "far.pol", "--from", "nodes", "--to", "b.contoso.com", "--service", "https"];
    let answers = lines(&sandbox.run(&[&asked[..], &["--format", "json"]].concat()).stdout);
    assert_eq!((answers.len(), &answers[0]["sources"]), (1, &json!(far)));
    let text = sandbox.run(&asked).stdout;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("10.6.0.0/16, 5 more to b.contoso.com"), "{text}");
}

#[test]
fn a_compiled_folder_answers_as_its_source() {
    let sandbox = compiled();
    for flow in [&FLOW, &METADATA] {
        let answers = [EXAMPLE, "build"].map(|input| {
            let run = sandbox.run(&explain(input, flow, &["--format", "json"]));
            let answer = lines(&run.stdout).remove(0);
            (answer["verdict"].clone(), answer["decidedBy"]["rule"].clone())
        });
        assert_eq!(answers[0], answers[1]);
    }
}

#[test]
fn a_missing_base_must_be_given_or_left_out() {
    let sandbox = compiled();
    let child = "build/aks-weu.arm.json";
    sandbox.run(&explain(child, &METADATA, &[])).fails("inherits `corp-base`, which the input does not hold");
    let with = sandbox.run(&explain(child, &METADATA, &["--parent", "build/corp-base.arm.json"]));
    assert!(with.stdout.starts_with("deny   by network rule imds\n"), "{}", with.stdout);
    let without = sandbox.run(&explain(child, &METADATA, &["--parent", "none"]));
    assert!(without.stdout.starts_with("deny   no rule matches\n"), "{}", without.stdout);
    assert!(
        without.stdout.ends_with("without the base policy `corp-base`, which was left out\n"),
        "{}",
        without.stdout
    );
    let json = sandbox.run(&explain(child, &METADATA, &["--parent", "none", "--format", "json"]));
    assert_eq!(lines(&json.stdout)[0]["withoutParent"], "corp-base");
}

#[test]
fn a_policy_is_picked_by_name() {
    let sandbox = compiled();
    let run = sandbox.run(&explain("build", &FLOW, &["--policy", "corp-base", "--format", "json"]));
    assert_eq!(lines(&run.stdout)[0]["decidedBy"]["policy"], "corp-base");
    sandbox.run(&explain("build", &FLOW, &["--policy", "corp"])).fails("the input has no policy `corp`");
}

#[test]
fn several_policies_need_a_name() {
    let sandbox = Sandbox::new();
    let second = super::SMALL.split_once("policy").unwrap().1;
    sandbox.write("two.pol", &format!("{}\npolicy{}", super::SMALL, second.replace("web", "api")));
    sandbox.run(&explain("two.pol", &FLOW, &[])).fails("pick one with `--policy`: web, api");
}

#[test]
fn a_wrong_source_is_not_explained() {
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", &super::wrong());
    let run = sandbox.run(&explain("egress.pol", &FLOW, &[]));
    assert_eq!((run.status, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.starts_with("error[FW0101]"), "{}", run.stderr);
}

/// Two rules that become one in Azure: the place is that of the one that says the flow.
#[test]
fn of_rules_that_are_merged_the_one_is_named_that_says_the_flow() {
    let sandbox = Sandbox::new();
    let rules =
        "allow https from 10.0.1.4 to a.com\nallow https from 10.0.2.4 to a.com\nallow https from 10.0.2.4 to a.com";
    sandbox.write("egress.pol", &format!("policy web {{\n sku standard\n group out {{\n{rules}\n }}\n}}\n"));
    let rule = |line: &str| {
        let run = sandbox.run(&explain("egress.pol", &["--from", line, "--to", "a.com"], &["--service", "https"]));
        let row =
            |start: &str| run.stdout.lines().find(|line| line.trim_start().starts_with(start)).unwrap().to_owned();
        (row("rule"), row("written at"))
    };
    let (first, second) = (rule("10.0.1.4"), rule("10.0.2.4"));
    assert_eq!(first.0, second.0);
    assert!(first.1.ends_with("egress.pol:4:1") && second.1.ends_with("egress.pol:5:1"), "{first:?} {second:?}");
    let json = sandbox.run(&explain(
        "egress.pol",
        &["--from", "10.0.2.4", "--to", "a.com"],
        &["--service", "https", "--format", "json"],
    ));
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["decidedBy"]["at"]["line"], 5);
}

/// The rule of a parent in another source stands there, not in the child's file.
#[test]
fn the_rule_of_a_parent_is_where_its_source_has_it() {
    let sandbox = Sandbox::new();
    let id = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/firewallPolicies/corp";
    let child = format!(
        "policy web {{\n sku standard\n base-id \"{id}\"\n group out {{ x: allow https from 10.0.0.4 to b.com }}\n}}\n"
    );
    sandbox.write("child.pol", &child);
    sandbox.write(
        "corp.pol",
        "policy corp {\n sku standard\n group aa {\n  no: deny https from 10.0.0.4 to a.com\n }\n}\n",
    );
    for (to, at) in [("a.com", "corp.pol:4:3"), ("b.com", "child.pol:4:14")] {
        let flow = ["--from", "10.0.0.4", "--to", to, "--service", "https"];
        let run = sandbox.run(&explain("child.pol", &flow, &["--parent", "corp.pol"]));
        assert!(run.stdout.contains(&format!("written at  {at}\n")), "{}", run.stdout);
    }
}
