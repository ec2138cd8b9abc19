//! A plan by the draft of a policy: one operation, and nothing in between.

use std::fs;

use fwc::evaluate::Knowledge;
use fwc::flow::WorkBudget;
use fwc::model::Model;
use fwc::plan::{MigrationPlan, NoPlan, PlanGiven, by_draft, json, normal, text};
use serde_json::Value;

use super::model;
use super::scripts::{Azure, Fails, has_jq, said};
use crate::cli::Sandbox;

const OLD: &str = "policy web { location \"westeurope\" sku standard threat-intel deny
    group first priority 1000 { no: deny tcp/443 from 10.0.0.0/8 to 10.1.0.1 }
    group second priority 2000 { no: deny tcp/443 from 10.0.0.0/8 to 10.1.0.2 }
    group late priority 3000 { all: allow tcp/443 from 10.0.0.0/8 to 10.1.0.1, 10.1.0.2 } }";

/// Two denials change places, which no order of single writes does without a temporary group, and a setting changes.
fn crossed() -> String {
    OLD.replace("10.1.0.1 }\n    group second", "10.1.0.X }\n    group second")
        .replace("10.1.0.2 }\n    group late", "10.1.0.1 }\n    group late")
        .replace("10.1.0.X", "10.1.0.2")
        .replace("threat-intel deny", "threat-intel alert")
}

fn drafted(old: &Model, new: &Model) -> Result<MigrationPlan, NoPlan> {
    by_draft(old, new, &PlanGiven { knowledge: &Knowledge::none(), budget: &WorkBudget::default() })
}

/// Why there is no plan by a draft.
fn refused(old: &str, new: &str) -> String {
    drafted(&model(old), &model(new)).unwrap_err().to_string()
}

#[test]
fn a_draft_is_one_operation_that_cuts_nothing() {
    let plan = drafted(&model(OLD), &model(&crossed())).unwrap();
    let lines: Vec<String> = text(&plan).into_iter().map(|line| line.text).collect();
    assert_eq!(lines, ["1  put     draft        web  changed"]);
    assert!(plan.steps[0].cut.is_empty() && plan.steps[0].cut_complete && !plan.is_guarded());
    assert_eq!(plan.steps[0].after.canonical(), model(&crossed()).canonical());
    assert!(drafted(&model(OLD), &model(OLD)).unwrap().steps.is_empty());
}

/// The resources of the draft wait for one another, and have what a draft holds.
#[test]
fn the_template_has_the_draft_of_the_policy_and_of_each_group_that_changes() {
    let plan = json(&drafted(&model(OLD), &model(&crossed())).unwrap());
    let resources = plan["operations"][0]["template"]["resources"].as_array().unwrap();
    let said = |field: &str| resources.iter().map(|resource| resource[field].clone()).collect::<Vec<Value>>();
    const GROUP: &str = "Microsoft.Network/firewallPolicies/ruleCollectionGroups/ruleCollectionGroupDrafts";
    assert_eq!(said("type"), ["Microsoft.Network/firewallPolicies/firewallPolicyDrafts", GROUP, GROUP]);
    assert_eq!(said("name"), ["web/default", "web/first/default", "web/second/default"]);
    let waits: Vec<&Value> = resources.iter().map(|resource| &resource["dependsOn"][0]).collect();
    assert_eq!(waits[0], &Value::Null);
    assert_eq!(waits[1], "[resourceId('Microsoft.Network/firewallPolicies/firewallPolicyDrafts','web','default')]");
    assert_eq!(waits[2], &Value::from(format!("[resourceId('{GROUP}','web','first','default')]")));
    assert_eq!(resources[0]["properties"]["threatIntelMode"], "Alert");
    assert!(resources[0]["properties"]["sku"].is_null(), "{:#}", resources[0]);
    let undo = &plan["operations"][0]["undo"];
    assert_eq!(undo["template"]["resources"][0]["properties"]["threatIntelMode"], "Deny");
    assert_eq!(undo["template"]["resources"][1]["properties"]["priority"], 1000);
}

/// Whatever a draft cannot hold is said, all of it at once, with what to do.
#[test]
fn what_a_draft_cannot_hold_is_refused() {
    let late = "group late priority 3000";
    let more = OLD.replace(
        late,
        "group more priority 2500 { m: allow tcp/22 from 10.0.0.0/8 to 10.1.0.1 } group late priority 3000",
    );
    assert_eq!(
        refused(OLD, &more),
        "a draft cannot hold it all: group `web/more` is new, and a draft makes none; leave out `--by draft` for a plan of \
         single operations"
    );
    let why = refused(&more, OLD);
    assert!(why.contains("group `web/more` is to be deleted, and no draft is known to delete one"), "{why}");
    let why = refused(OLD, &OLD.replace("sku standard", "sku premium"));
    assert!(why.contains("the tier of policy `web` changes"), "{why}");
    let basic = OLD.replace("sku standard", "sku basic").replace("threat-intel deny", "threat-intel alert");
    let why = refused(&basic, &basic.replace("tcp/443", "tcp/444"));
    assert!(why.contains("policy `web` is of the tier Basic, whose policies have no drafts"), "{why}");
    let servers =
        |members: &str| format!("ip-group servers = {members}\n{}", OLD.replace("to 10.1.0.1, 10.1.0.2", "to servers"));
    let why = refused(&servers("10.1.0.1"), &servers("10.1.0.2").replace("tcp/443", "tcp/444"));
    assert!(why.contains("IP group `servers` is a resource of its own"), "{why}");
    let base = |port: u16| {
        format!(
            "policy base {{ location \"westeurope\" sku standard group b {{ b: allow tcp/{port} from 10.0.0.0/8 to 10.2.0.1 }} }}
             {}",
            OLD.replace("policy web", "policy web inherits base").replace("tcp/443", &format!("tcp/{}", port + 1))
        )
    };
    let why = refused(&base(22), &base(24));
    assert!(why.contains("policies `base`, `web` change, and each is deployed by itself"), "{why}");
    let why = refused("policy other { location \"westeurope\" sku standard }", OLD);
    assert!(why.contains("policy `web` is new; group `web/first` is new"), "{why}");
    let pods = super::cases::PODS.replace("tcp/443", "tcp/444");
    let why = refused(super::cases::PODS, &pods);
    assert!(why.contains("group `web/one` names pods, which no draft is known to hold"), "{why}");
}

fn properties(azure: &Azure, id: &str) -> String {
    let path = format!("store/there/Microsoft.Network@{}", id.replace('/', "@"));
    let resource: Value = serde_json::from_str(&fs::read_to_string(azure.sandbox.path(&path)).unwrap()).unwrap();
    normal(&resource["properties"])
}

const POLICY: &str = "firewallPolicies/web";
const FIRST: &str = "firewallPolicies/web/ruleCollectionGroups/first";

#[test]
fn the_script_deploys_the_draft_and_the_rollback_deploys_what_was_there() {
    if !has_jq() {
        return;
    }
    let plan = drafted(&model(OLD), &model(&crossed())).unwrap();
    let azure = Azure::of(&plan);
    let before = (properties(&azure, POLICY), properties(&azure, FIRST));
    let run = azure.run("there.sh", None, Fails::Never);
    assert!(run.status.success(), "{}", said(&run));
    assert_eq!(said(&run), "1 of 1: put draft web\n");
    let after = (properties(&azure, POLICY), properties(&azure, FIRST));
    assert!(before.0 != after.0 && before.1 != after.1);
    assert!(
        !azure.sandbox.path("store/there/Microsoft.Network@firewallPolicies@web@firewallPolicyDrafts@default").exists()
    );
    let run = azure.run("back.sh", None, Fails::Never);
    assert!(run.status.success(), "{}", said(&run));
    assert_eq!(properties(&azure, FIRST), before.1);
}

/// A draft that somebody else has begun is left alone; one's own that was not deployed is tried again by its number.
#[test]
fn a_draft_that_is_there_keeps_the_script_from_writing() {
    if !has_jq() {
        return;
    }
    let plan = drafted(&model(OLD), &model(&crossed())).unwrap();
    for (what, id) in [
        ("policy web", POLICY.to_owned() + "/firewallPolicyDrafts"),
        ("group web/late", FIRST.replace("first", "late") + "/ruleCollectionGroupDrafts"),
    ] {
        let azure = Azure::of(&plan);
        azure.sandbox.write(&format!("store/there/Microsoft.Network@{}@default", id.replace('/', "@")), "{}");
        let run = azure.run("there.sh", None, Fails::Never);
        assert_eq!(run.status.code(), Some(3), "{}", said(&run));
        assert!(
            said(&run).contains(&format!("{what} has a draft already: deploy it, or delete it\n")),
            "{}",
            said(&run)
        );
        assert_eq!(azure.written().len(), 0);
    }
    let azure = Azure::of(&plan);
    let run = azure.run("there.sh", None, Fails::Before(2));
    assert!(!run.status.success() && said(&run).contains("operation 1 of 1 failed\n"), "{}", said(&run));
    let before = properties(&azure, FIRST);
    let run = azure.run("there.sh", Some(1), Fails::Never);
    assert!(run.status.success(), "{}", said(&run));
    assert_ne!(properties(&azure, FIRST), before);
}

/// What was edited live since the export would be replaced by the draft.
#[test]
fn what_was_changed_meanwhile_is_not_replaced_by_a_draft() {
    if !has_jq() {
        return;
    }
    let plan = drafted(&model(OLD), &model(&crossed())).unwrap();
    let azure = Azure::of(&plan);
    azure.change(FIRST, |group| group["properties"]["priority"] = 1001.into());
    let run = azure.run("there.sh", None, Fails::Never);
    assert_eq!(run.status.code(), Some(3), "{}", said(&run));
    assert_eq!(azure.written().len(), 0);
}

#[test]
fn the_command_plans_by_a_draft() {
    let sandbox = Sandbox::new();
    sandbox.write("old.pol", OLD);
    sandbox.write("new.pol", &crossed());
    let run = sandbox.run(&["plan", "new.pol", "--deployed", "old.pol", "--by", "draft"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let first = "old.pol -> new.pol:\n  1 operation, a draft that is deployed at once: nothing is in between\n";
    assert!(run.stdout.starts_with(first), "{}", run.stdout);
    assert!(run.stdout.contains("\nat the end: "), "{}", run.stdout);
    sandbox.write("new.pol", &OLD.replace("group late", "group later"));
    let run = sandbox.run(&["plan", "new.pol", "--deployed", "old.pol", "--by", "draft"]);
    assert_eq!((run.status, run.stdout.as_str()), (1, ""));
    assert!(
        run.stderr.contains("there is no plan: a draft cannot hold it all: group `web/later` is new"),
        "{}",
        run.stderr
    );
}
