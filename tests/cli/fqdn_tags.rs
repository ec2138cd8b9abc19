//! What is known of FQDN tags decides in every command, and what is only documented is told as an assumption.

use serde_json::Value;

use super::{Run, Sandbox};

const SOURCE: &str = "\
policy web {
    location \"westeurope\"
    sku      standard

    group out {
        update: allow http, https from 10.0.0.0/8 to fqdn-tag(WindowsUpdate)
        aks:    allow http, https from 10.0.0.0/8 to fqdn-tag(AzureKubernetesService)
    }

    expect allow https from 10.0.0.4 to a.update.microsoft.com
    expect deny  http  from 10.0.0.4 to a.update.microsoft.com
}
";

const TAGS: &str = r#"{"schema":"fwc.fqdn-tags/1","date":"2026-08-24","source":"rule log","tags":{
    "windowsupdate":{"fqdns":["*.update.microsoft.com"],"protocols":["https:443"]}}}"#;

const SENTENCE: &str = "fwc: answers are for the FQDN tags of `tags.json`, 2026-08-24: rule log\n";

const WITH: [&str; 2] = ["--fqdn-tags", "tags.json"];
const DOCUMENTED: [&str; 1] = ["--assume-documented-tags"];

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", SOURCE);
    sandbox.write("tags.json", TAGS);
    sandbox
}

fn run(sandbox: &Sandbox, command: &str, more: &[&str]) -> Run {
    let arguments: Vec<&str> = command.split_whitespace().chain(more.iter().copied()).collect();
    sandbox.run(&arguments)
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", run.stdout, run.stderr))
}

/// The verdict of a flow of 10.0.0.4.
fn verdict(sandbox: &Sandbox, input: &str, service: &str, to: &str, more: &[&str]) -> String {
    let command = format!("explain {input} --from 10.0.0.4 --format json --service {service} --to {to}");
    json(&run(sandbox, &command, more))["verdict"].as_str().unwrap().to_owned()
}

#[test]
fn explain_decides_a_known_tag_over_its_protocols_and_leaves_others_open() {
    let sandbox = sandbox();
    let of = |service, to, more: &[&str]| verdict(&sandbox, "egress.pol", service, to, more);
    assert_eq!(of("https", "a.update.microsoft.com", &[]), "depends");
    assert_eq!(of("https", "a.update.microsoft.com", &WITH), "allow");
    assert_eq!(of("http", "a.update.microsoft.com", &WITH), "depends");
    sandbox.write(
        "egress.pol",
        &SOURCE.replace("        aks:    allow http, https from 10.0.0.0/8 to fqdn-tag(AzureKubernetesService)\n", ""),
    );
    assert_eq!(of("http", "a.update.microsoft.com", &WITH), "deny");
    assert_eq!(of("https", "update.microsoft.com", &WITH), "deny");
}

#[test]
fn an_artefact_is_decided_as_its_source_is() {
    let sandbox = sandbox();
    assert_eq!(run(&sandbox, "compile egress.pol --no-lock -o out", &[]).status, 0);
    for (service, to, more) in [
        ("https", "a.update.microsoft.com", WITH.as_slice()),
        ("https", "mcr.microsoft.com", &DOCUMENTED),
        ("https", "x.hcp.westeurope.azmk8s.io", &DOCUMENTED),
    ] {
        let of = |input| verdict(&sandbox, input, service, to, more);
        assert_eq!(of("out/web.arm.json"), of("egress.pol"), "{to}");
    }
}

#[test]
fn test_proves_what_depended_on_a_tag() {
    let sandbox = sandbox();
    let only_update =
        SOURCE.replace("        aks:    allow http, https from 10.0.0.0/8 to fqdn-tag(AzureKubernetesService)\n", "");
    sandbox.write("egress.pol", &only_update);
    let results = |more: &[&str]| {
        let found = json(&run(&sandbox, "test egress.pol --format json", more));
        found["results"].as_array().unwrap().iter().map(|one| one["result"].to_string()).collect::<Vec<_>>()
    };
    assert_eq!(results(&[]), ["\"fails\"", "\"fails\""]);
    assert_eq!(results(&WITH), ["\"holds\"", "\"holds\""]);
}

#[test]
fn reach_lists_the_hosts_of_a_known_tag() {
    let sandbox = sandbox();
    let reach = |more: &[&str]| run(&sandbox, "reach egress.pol --to *.microsoft.com --format json", more).stdout;
    assert!(reach(&[]).contains("fqdn-tag(WindowsUpdate)"));
    let known = reach(&WITH);
    assert!(!known.contains("fqdn-tag(WindowsUpdate)") && known.contains("*.update.microsoft.com"), "{known}");
}

#[test]
fn diff_and_plan_know_that_a_list_of_the_hosts_is_the_tag() {
    let sandbox = sandbox();
    let old = SOURCE.replace("http, https from 10.0.0.0/8 to fqdn-tag(W", "https from 10.0.0.0/8 to fqdn-tag(W");
    sandbox.write("old.pol", &old);
    sandbox.write("new.pol", &old.replace("fqdn-tag(WindowsUpdate)", "*.update.microsoft.com"));
    let equivalent =
        |more: &[&str]| json(&run(&sandbox, "diff old.pol new.pol --format json", more))["equivalent"].clone();
    assert_eq!([equivalent(&[]), equivalent(&WITH)], [false, true]);
    assert_eq!(run(&sandbox, "compile old.pol --no-lock -o out", &[]).status, 0);
    let plan = run(&sandbox, "plan new.pol --deployed out/web.arm.json", &WITH);
    assert_eq!((plan.status, plan.stderr.starts_with(SENTENCE)), (0, true), "{}{}", plan.stdout, plan.stderr);
}

#[test]
fn check_and_report_find_a_rule_that_a_known_tag_makes_redundant() {
    let sandbox = sandbox();
    let twice = "update: allow https from 10.0.0.0/8 to a.update.microsoft.com\n        wide: allow http, https from";
    sandbox.write("egress.pol", &SOURCE.replace("update: allow http, https from", twice));
    let redundant = |more: &[&str]| run(&sandbox, "check egress.pol --format json", more).stdout.contains("FW0302");
    assert_eq!([redundant(&[]), redundant(&WITH)], [false, true]);
    let report = run(&sandbox, "report egress.pol --format markdown", &DOCUMENTED);
    assert!(report.stdout.contains("is taken to hold the 8 hosts"), "{}", report.stdout);
}

/// A network rule denies what an application rule written before it allows: only the hosts of the tag tell whether they meet.
#[test]
fn compile_proves_the_order_of_rules_that_meet_in_a_tag() {
    let sandbox = sandbox();
    let source = "policy web {\n    location \"westeurope\"\n    sku standard\n    dns { proxy on }\n    group one { a: allow https from 10.0.0.0/8 to \
                  fqdn-tag(WindowsUpdate) }\n    group two { b: deny tcp/443 from 10.0.0.0/8 to b.example.com }\n}\n";
    sandbox.write("egress.pol", source);
    let meaning = |more: &[&str]| {
        let done = run(&sandbox, "compile egress.pol --no-lock -o out", more);
        assert_eq!(done.status, 0, "{}", done.stderr);
        let manifest: Value = serde_json::from_str(&sandbox.read("out/manifest.json")).unwrap();
        manifest["policies"][0]["proof"].clone()
    };
    let (without, with) = (meaning(&[]), meaning(&WITH));
    assert!(without["conditions"].to_string().contains("fqdn-tag(WindowsUpdate)"), "{without}");
    assert!(!with["conditions"].to_string().contains("fqdn-tag(WindowsUpdate)"), "{with}");
}

#[test]
fn the_manifest_names_the_file_that_the_proofs_rest_on() {
    let sandbox = sandbox();
    let inputs = |more: &[&str]| {
        assert_eq!(run(&sandbox, "compile egress.pol --no-lock -o out", more).status, 0);
        let manifest: Value = serde_json::from_str(&sandbox.read("out/manifest.json")).unwrap();
        manifest["inputs"].as_array().unwrap().iter().map(|input| input["path"].to_string()).collect::<Vec<_>>()
    };
    assert_eq!(inputs(&[]), ["\"egress.pol\""]);
    assert_eq!(inputs(&WITH), ["\"egress.pol\"", "\"tags.json\""]);
}

#[test]
fn what_compile_writes_for_azure_is_the_same_whatever_is_known() {
    let sandbox = sandbox();
    let written = |more: &[&str]| {
        assert_eq!(run(&sandbox, "compile egress.pol --no-lock -o out --emit arm,bicep,terraform", more).status, 0);
        ["web.arm.json", "web.bicep", "web.tf"].map(|name| sandbox.read(&format!("out/{name}")))
    };
    assert_eq!(written(&[]), written(&[WITH.as_slice(), &DOCUMENTED].concat()));
}

#[test]
fn documented_hosts_are_an_assumption_with_page_and_day() {
    let sandbox = sandbox();
    let assumption = "assumed: egress.pol: 7:9: FQDN tag `AzureKubernetesService` is taken to hold the 8 hosts that \
                      MicrosoftDocs/azure-aks-docs, articles/aks/outbound-rules-control-egress.md (2026-06-18) requires of every cluster";
    let unknown = "unknown: egress.pol: 6:9: the hosts of FQDN tag `WindowsUpdate`: no documentation that fwc has lists its hosts";
    for command in [
        "explain egress.pol --from 10.0.0.4 --to mcr.microsoft.com --service https --format json",
        "reach egress.pol --format json",
        "test egress.pol --format json",
        "check egress.pol --format json",
        "diff egress.pol egress.pol --format json",
    ] {
        let silent = run(&sandbox, command, &[]);
        assert!(
            !silent.stderr.contains("FQDN tag") && json(&silent)["assumptions"].as_array().unwrap().is_empty(),
            "{command}"
        );
        let said = run(&sandbox, command, &DOCUMENTED);
        assert!(said.stderr.contains(assumption) && said.stderr.contains(unknown), "{command}: {}", said.stderr);
        let assumptions = json(&said)["assumptions"].clone();
        assert_eq!(assumptions[0]["kind"], "unknown", "{command}: {assumptions}");
        assert_eq!(assumptions[1]["at"], serde_json::json!({"file": "egress.pol", "path": "7:9"}), "{command}");
    }
}

#[test]
fn documented_hosts_decide_but_for_those_that_depend_on_the_cluster() {
    let sandbox = sandbox();
    sandbox.write(
        "egress.pol",
        &SOURCE.replace("        update: allow http, https from 10.0.0.0/8 to fqdn-tag(WindowsUpdate)\n", ""),
    );
    let of = |to| verdict(&sandbox, "egress.pol", "https", to, &DOCUMENTED);
    assert_eq!(of("mcr.microsoft.com"), "allow");
    assert_eq!(of("westeurope.data.mcr.microsoft.com"), "allow");
    assert_eq!(of("partner.example.org"), "deny");
    assert_eq!(of("x.hcp.westeurope.azmk8s.io"), "depends");
    assert_eq!(of("data.policy.core.windows.net"), "depends");
}

#[test]
fn a_file_goes_before_what_is_documented() {
    let sandbox = sandbox();
    sandbox.write("tags.json", &TAGS.replace("windowsupdate", "azurekubernetesservice"));
    let both = [WITH.as_slice(), &DOCUMENTED].concat();
    sandbox.write(
        "egress.pol",
        &SOURCE.replace("        update: allow http, https from 10.0.0.0/8 to fqdn-tag(WindowsUpdate)\n", ""),
    );
    assert_eq!(verdict(&sandbox, "egress.pol", "https", "mcr.microsoft.com", &both), "deny");
    assert_eq!(verdict(&sandbox, "egress.pol", "https", "a.update.microsoft.com", &both), "allow");
    assert_eq!(run(&sandbox, "reach egress.pol", &both).stderr, SENTENCE);
}

#[test]
fn the_documentation_is_of_the_public_cloud() {
    let sandbox = sandbox();
    let more = ["--assume-documented-tags", "--cloud", "usgov"];
    assert_eq!(verdict(&sandbox, "egress.pol", "https", "mcr.microsoft.com", &more), "depends");
    let said = run(&sandbox, "reach egress.pol", &more).stderr;
    assert!(said.contains("FQDN tag `AzureKubernetesService`: its hosts in this cloud are not documented"), "{said}");
}

#[test]
fn a_question_about_a_tag_rests_on_what_is_documented_of_it() {
    let sandbox = sandbox();
    sandbox.write("egress.pol", &SOURCE.replace("fqdn-tag(AzureKubernetesService)", "mcr.microsoft.com"));
    let arguments = [
        "reach",
        "egress.pol",
        "--to",
        "fqdn-tag(AzureKubernetesService)",
        "--service",
        "https",
        "--assume-documented-tags",
    ];
    let said = sandbox.run(&arguments).stderr;
    assert!(
        said.contains("assumed: --to: fqdn-tag(AzureKubernetesService): FQDN tag `AzureKubernetesService` is"),
        "{said}"
    );
}

#[test]
fn a_tag_that_azure_does_not_have_is_a_warning() {
    let sandbox = sandbox();
    sandbox.write("tags.json", &TAGS.replace("windowsupdate", "WindowsUpdat"));
    let said = run(&sandbox, "reach egress.pol", &WITH);
    let warning = "fwc: warning: `tags.json`: `WindowsUpdat` is not a known FQDN tag: did you mean `WindowsUpdate`?\n";
    assert_eq!((said.status, said.stderr.as_str()), (0, [SENTENCE, warning].concat().as_str()));
}

#[test]
fn a_file_that_cannot_be_used_is_one_error() {
    let sandbox = sandbox();
    sandbox.write("tags.json", r#"[{"fqdnTagName":"WindowsUpdate"}]"#);
    let why = "tags.json: found Azure's list of FQDN tags, which has their names and not their hosts";
    for command in
        ["reach egress.pol", "check egress.pol", "test egress.pol", "compile egress.pol", "report egress.pol"]
    {
        run(&sandbox, command, &WITH).fails(why);
    }
    run(&sandbox, "reach egress.pol", &["--fqdn-tags", "none.json"]).fails("none.json");
}
