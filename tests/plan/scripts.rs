//! The scripts, run with an `az` that keeps what Azure would keep.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Output};

use fwc::evaluate::Knowledge;
use fwc::flow::WorkBudget;
use fwc::import;
use fwc::model::{IpGroup, IpGroupRef, Model, Moves, NextHop, Route, RoutePrefix, RouteTable, Rules, Scope};
use fwc::plan::{Deed, MigrationPlan, PlanChange, PlanGiven, PlanReason, json, plan, rollback, script};
use serde_json::{Value, json as json_of};

use super::cases::PODS;
use super::compared::given;
use super::{leads_to, model};
use crate::cli::Sandbox;

/// What stands in Azure: the resources by kind and name.
pub(super) type Store = BTreeMap<String, Value>;

pub(super) fn planned(old: &Model, new: &Model) -> MigrationPlan {
    plan(old, new, &PlanGiven { knowledge: &Knowledge::none(), budget: &WorkBudget::default() }).unwrap()
}

fn put(store: &mut Store, template: &Value) {
    for resource in template["resources"].as_array().unwrap() {
        let mut resource = resource.clone();
        resource.as_object_mut().unwrap().remove("dependsOn");
        let (kind, name) = (resource["type"].as_str().unwrap(), resource["name"].as_str().unwrap());
        let name = name.strip_prefix('[').filter(|rest| rest.starts_with('[')).unwrap_or(name);
        let kinds = kind.split('/').skip(1);
        let id: Vec<String> = kinds.zip(name.split('/')).map(|(kind, name)| format!("{kind}/{name}")).collect();
        store.insert(id.join("/"), resource);
    }
}

/// All that stands there before and after each operation, by the templates of the JSON.
pub(super) fn states(plan: &MigrationPlan) -> Vec<Store> {
    let mut store = Store::new();
    run(&planned(&Model::default(), &plan.before), &mut store);
    let mut states = vec![store.clone()];
    states.extend(run(plan, &mut store));
    states
}

/// Does all operations of a plan; what stands there after each.
fn run(plan: &MigrationPlan, store: &mut Store) -> Vec<Store> {
    let mut states = Vec::new();
    for (operation, step) in json(plan)["operations"].as_array().unwrap().iter().zip(&plan.steps) {
        match operation["do"].as_str().unwrap() {
            "put" => put(store, &operation["template"]),
            _ => {
                let PlanChange::Group(policy, group) = &step.operation.what else { panic!("{:?}", step.operation) };
                store.remove(&format!("firewallPolicies/{policy}/ruleCollectionGroups/{group}")).unwrap();
            }
        }
        states.push(store.clone());
    }
    states
}

/// Whether the program is there that the scripts need, and the `az` of the tests too; says so where it is not.
pub(super) fn has_jq() -> bool {
    let is_there = Command::new("jq").arg("--version").output().is_ok();
    if !is_there {
        println!("SKIPPED: jq is not installed");
    }
    is_there
}

/// A folder with both scripts and the `az` of the tests.
pub(super) struct Azure {
    pub(super) sandbox: Sandbox,
    begin: Store,
}

/// When a call fails.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Fails {
    Never,
    Before(usize),
    After(usize),
}

impl Azure {
    pub(super) fn of(plan: &MigrationPlan) -> Self {
        let sandbox = Sandbox::new();
        sandbox.write("bin/az", include_str!("az.sh"));
        let made = Command::new("chmod").arg("+x").arg(sandbox.path("bin/az")).status().unwrap();
        assert!(made.success());
        sandbox.write("there.sh", &script(plan, Some("back.sh"), &[]));
        sandbox.write("back.sh", &rollback(plan));
        let begin = states(plan).remove(0);
        for (id, resource) in &begin {
            let words: Vec<String> = id.split('/').map(encoded).collect();
            let mut given = given(resource);
            let groups = begin.keys().filter_map(|group| group.strip_prefix(&format!("{id}/ruleCollectionGroups/")));
            if groups.clone().any(|name| encoded(name) != name) {
                given["properties"]["ruleCollectionGroups"] = groups.map(|name| json_of!({ "id": name })).collect();
            }
            sandbox.write(&format!("store/there/Microsoft.Network@{}", words.join("@")), &given.to_string());
        }
        Self { sandbox, begin }
    }

    /// Changes what is deployed behind the back of the plan.
    pub(super) fn change(&self, id: &str, change: impl Fn(&mut Value)) {
        let path = format!("store/there/Microsoft.Network@{}", id.replace('/', "@"));
        let mut resource = serde_json::from_str(&fs::read_to_string(self.sandbox.path(&path)).unwrap()).unwrap();
        change(&mut resource);
        self.sandbox.write(&path, &resource.to_string());
    }

    pub(super) fn run(&self, script: &str, from: Option<usize>, fails: Fails) -> Output {
        self.command(script, from, fails).output().unwrap()
    }

    /// The same without the comparison, which takes most of the time.
    fn run_uncompared(&self, script: &str, from: Option<usize>, fails: Fails) -> Output {
        self.command(script, from, fails).env("COMPARE", "no").output().unwrap()
    }

    fn command(&self, script: &str, from: Option<usize>, fails: Fails) -> Command {
        let path = format!("{}:{}", self.sandbox.path("bin").display(), std::env::var("PATH").unwrap());
        let mut command = Command::new("sh");
        command.arg(script).args(from.map(|from| from.to_string()));
        command.env("PATH", path).env("RESOURCE_GROUP", "rg").env("STORE", self.sandbox.path("store"));
        let so_far = self.written().len();
        match fails {
            Fails::Never => {}
            Fails::Before(number) => drop(command.env("FAIL_AT", (so_far + number).to_string())),
            Fails::After(number) => {
                command.env("FAIL_AT", (so_far + number).to_string()).env("FAIL_LATE", "1");
            }
        }
        // Calls are counted anew, but for those that left something written.
        self.sandbox.write("store/count", &so_far.to_string());
        command.current_dir(self.sandbox.path(""));
        command
    }

    /// What was written, in order.
    pub(super) fn written(&self) -> Vec<(bool, String)> {
        let Ok(folder) = fs::read_dir(self.sandbox.path("store/log")) else { return Vec::new() };
        let mut files: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let read = |path: &std::path::PathBuf| (path.extension().unwrap() == "put", fs::read_to_string(path).unwrap());
        files.iter().map(read).collect()
    }

    /// What stood there, before the first write and after each.
    fn history(&self) -> Vec<Store> {
        let mut store = self.begin.clone();
        let mut history = vec![store.clone()];
        for (is_put, text) in self.written() {
            if is_put {
                put(&mut store, &serde_json::from_str(&text).unwrap());
            } else {
                store.remove(text.split_once("/providers/Microsoft.Network/").unwrap().1);
            }
            history.push(store.clone());
        }
        history
    }
}

/// A name as a part of a URL.
fn encoded(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    name.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

pub(super) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn routes(hop: &str) -> RouteTable {
    RouteTable {
        scope: Scope::default(),
        name: "nodes".to_owned().into(),
        location: None,
        disable_bgp_propagation: Some(true),
        routes: vec![Route {
            name: "out".to_owned().into(),
            prefix: RoutePrefix::ServiceTag("AzureMonitor".to_owned()),
            next_hop: NextHop::Appliance(hop.parse().unwrap()),
            moves: Moves::Flows,
            origin: None,
        }],
        subnets: Vec::new(),
        origin: None,
    }
}

/// Two states with all sorts of operations between them.
pub(super) fn pairs() -> Vec<(&'static str, Model, Model)> {
    let policy = |name: &str, body: &str| format!("policy {name} {{ location \"westeurope\" sku standard {body} }}\n");
    let deny = |to: &str| format!("no: deny tcp/443 from 10.0.0.0/8 to {to}");
    let late = "group late priority 3000 { all: allow tcp/443 from 10.0.0.0/8 to 10.1.0.1, 10.1.0.2 }";
    let crossed = |one: &str, two: &str, at: [u32; 2]| {
        let [first, second] = at;
        let groups = format!(
            "group first priority {first} {{ {} }} group second priority {second} {{ {} }} {late}",
            deny(one),
            deny(two)
        );
        model(&policy("web", &groups))
    };
    let swapped = |at: [u32; 2]| {
        let [one, two] = at;
        let rule = |port: u32| format!("a: allow tcp/{port} from 10.0.0.0/8 to 10.1.0.1");
        let groups = format!("group one priority {one} {{ {} }} group two priority {two} {{ {} }}", rule(22), rule(23));
        model(&policy("web", &groups))
    };
    let whole = |base: &str, group: &str, members: &str, hop: &str, proxy: &str| {
        let rule = "a: allow tcp/443 from 10.0.0.0/8 to servers";
        let base = policy("base", &format!("group b {{ b: allow tcp/{base} from 10.0.0.0/8 to 10.2.0.1 }}"));
        let child = format!(
            "policy web inherits base {{ location \"westeurope\" sku standard {proxy} group {group} {{ {rule} }} }}"
        );
        let mut model = model(&format!("ip-group servers = {members}\n{base}{child}"));
        model.route_tables.push(routes(hop));
        model
    };
    vec![
        ("a guard", crossed("10.1.0.1", "10.1.0.2", [1000, 2000]), crossed("10.1.0.2", "10.1.0.1", [1000, 2000])),
        ("no room for one", crossed("10.1.0.1", "10.1.0.2", [100, 101]), crossed("10.1.0.2", "10.1.0.1", [100, 101])),
        ("priorities swapped", swapped([1000, 2000]), swapped([2000, 1000])),
        (
            "everything",
            whole("22", "old", "10.1.0.1", "10.0.0.4", ""),
            whole("23", "new", "10.1.0.2", "10.0.0.5", "dns { proxy on }"),
        ),
        ("from nothing", Model::default(), whole("22", "old", "10.1.0.1", "10.0.0.4", "")),
        ("pods", model(PODS), model(&PODS.replace("app=web", "app=api"))),
    ]
}

#[test]
fn the_script_leads_there_and_the_rollback_back_whichever_call_fails() {
    if !has_jq() {
        return;
    }
    let mut runs = 0;
    for (what, old, new) in pairs() {
        let plan = planned(&old, &new);
        let (states, count) = (states(&plan), plan.steps.len());
        assert!(count > 0, "{what}");
        let done = Azure::of(&plan);
        let there = done.run("there.sh", None, Fails::Never);
        assert!(there.status.success(), "{what}: {}", said(&there));
        assert_eq!(said(&there).lines().count(), count, "one line for each operation");
        assert_eq!(done.history(), states, "{what}");
        let back = done.run("back.sh", None, Fails::Never);
        assert!(back.status.success(), "{what}: {}", said(&back));
        let way: Vec<Store> = states.iter().chain(states.iter().rev().skip(1)).cloned().collect();
        assert_eq!(done.history(), way, "{what}: the same states back");
        for number in 1..=count {
            for fails in [Fails::Before(number), Fails::After(number)] {
                let azure = Azure::of(&plan);
                let there = azure.run_uncompared("there.sh", None, fails);
                if fails == Fails::After(number) && plan.steps[number - 1].operation.deed == Deed::Delete {
                    // What it wanted to delete is not there: whatever failed, it is done.
                    assert!(there.status.success(), "{what}: {}", said(&there));
                    continue;
                }
                assert!(!there.status.success(), "{what}: call {number} fails");
                let words = said(&there);
                assert!(words.contains(&format!("operation {number} of {count} failed\n")), "{what}: {words}");
                assert!(
                    words.contains(&format!("sh back.sh {number}: restores what was there before")),
                    "{what}: {words}"
                );
                // The way back is broken off as well, and gone on.
                let broken = azure.run_uncompared(
                    "back.sh",
                    Some(number),
                    if number % 2 == 0 { Fails::Before(2) } else { Fails::Never },
                );
                if number % 2 == 0 {
                    let words = said(&broken);
                    assert!(words.contains(&format!("sh back.sh {}: tries it again", number - 1)), "{what}: {words}");
                    let back = azure.run_uncompared("back.sh", Some(number - 1), Fails::Never);
                    assert!(back.status.success(), "{what}: {}", said(&back));
                } else {
                    assert!(broken.status.success(), "{what}: {}", said(&broken));
                }
                let history = azure.history();
                assert_eq!(history.last(), states.first(), "{what}: back from {number}");
                assert!(history.iter().all(|state| states.contains(state)), "{what}: back from {number}");
                runs += 1;
                // Or it is tried again and goes on.
                let azure = Azure::of(&plan);
                azure.run_uncompared("there.sh", None, fails);
                let again = azure.run_uncompared("there.sh", Some(number), Fails::Never);
                assert!(again.status.success(), "{what}: {}", said(&again));
                let history = azure.history();
                assert_eq!(history.last(), states.last(), "{what}: on from {number}");
                assert!(history.iter().all(|state| states.contains(state)), "{what}: on from {number}");
            }
        }
    }
    assert!(runs >= 30, "{runs}");
}

/// What the script has written, read back, is what was wanted.
#[test]
fn what_the_script_leaves_reads_back_as_the_new_model() {
    if !has_jq() {
        return;
    }
    for (what, old, new) in pairs() {
        let plan = planned(&old, &new);
        let azure = Azure::of(&plan);
        azure.run("there.sh", None, Fails::Never);
        let resources: Vec<Value> = azure.history().pop().unwrap().into_values().collect();
        let template = serde_json::json!({
            "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
            "contentVersion": "1.0.0.0",
            "resources": resources,
        });
        let found = import::read(&template.to_string(), what).unwrap();
        leads_to(&found, &new.as_deployed());
    }
}

#[test]
fn a_number_that_is_none_of_the_operations_does_nothing() {
    if !has_jq() {
        return;
    }
    let (_, old, new) = pairs().remove(0);
    let azure = Azure::of(&planned(&old, &new));
    for (script, number) in [
        ("there.sh", "0"),
        ("there.sh", "99"),
        ("back.sh", "-1"),
        ("back.sh", "x"),
        ("back.sh", "99999999999999999999"),
    ] {
        let path = format!("{}:{}", azure.sandbox.path("bin").display(), std::env::var("PATH").unwrap());
        let mut command = Command::new("sh");
        command.args([script, number]).env("PATH", path).env("RESOURCE_GROUP", "rg");
        let run =
            command.env("STORE", azure.sandbox.path("store")).current_dir(azure.sandbox.path("")).output().unwrap();
        assert_eq!(run.status.code(), Some(2), "{script} {number}: {}", said(&run));
        assert!(said(&run).starts_with("expected a number from"), "{}", said(&run));
    }
    assert_eq!(azure.written().len(), 0);
}

/// The shell runs what it has read: of a script that a full disk or a broken download has cut, it must run nothing.
#[test]
fn a_script_that_is_cut_off_does_nothing() {
    if !has_jq() {
        return;
    }
    let (_, old, new) = pairs().remove(0);
    let azure = Azure::of(&planned(&old, &new));
    for script in ["there.sh", "back.sh"] {
        let text = fs::read_to_string(azure.sandbox.path(script)).unwrap();
        let ends = (1..20).map(|part| text.len() * part / 20).chain(text.len() - 20..text.len() - 1);
        for end in ends.filter(|&end| text.is_char_boundary(end)) {
            azure.sandbox.write("cut.sh", &text[..end]);
            azure.run("cut.sh", None, Fails::Never);
            assert_eq!(azure.written().len(), 0, "{script} cut at {end} of {}", text.len());
        }
    }
    assert_eq!(azure.run("there.sh", None, Fails::Never).status.code(), Some(0));
    assert!(!azure.written().is_empty());
}

/// Without what makes the hashes nothing is known to be as it was.
#[test]
fn a_comparison_that_fails_keeps_the_script_from_writing() {
    if !has_jq() {
        return;
    }
    let (_, old, new) = pairs().remove(0);
    for tool in ["sha256sum", "jq", "cut"] {
        let azure = Azure::of(&planned(&old, &new));
        azure.sandbox.write(&format!("bin/{tool}"), "#!/bin/sh\nexit 1\n");
        let made = Command::new("chmod").arg("+x").arg(azure.sandbox.path(&format!("bin/{tool}"))).status().unwrap();
        assert!(made.success());
        let run = azure.run("there.sh", None, Fails::Never);
        assert!(!run.status.success(), "{tool}: {}", said(&run));
        assert_eq!(azure.written().len(), 0, "{tool}");
    }
}

/// Without the name of a resource group it is not Azure that answers, and the script is only tried; where Azure answers nothing
/// of a resource, nothing is known of it.
#[test]
fn a_resource_of_which_nothing_is_said_keeps_the_script_from_writing() {
    if !has_jq() {
        return;
    }
    let (_, old, new) = pairs().remove(0);
    let with = |group: &str| {
        let azure = Azure::of(&planned(&old, &new));
        let answers = format!("case \"$1 $2\" in\n\"group show\") printf '{group}' ;;\nesac\n");
        azure.sandbox.write("bin/az", &format!("#!/bin/sh\necho \"$1 $2\" >>\"$STORE/calls\"\n{answers}"));
        let made = Command::new("chmod").arg("+x").arg(azure.sandbox.path("bin/az")).status().unwrap();
        assert!(made.success());
        let run = azure.run("there.sh", None, Fails::Never);
        let writes = azure.sandbox.read("store/calls").lines().filter(|call| *call == "deployment group").count();
        (run.status.code(), writes > 0, said(&run))
    };
    let (code, writes, words) = with("");
    assert!(code == Some(0) && writes, "{words}");
    assert!(words.starts_with("az names no resource group: nothing is compared\n"), "{words}");
    let (code, writes, words) = with("/subscriptions/s/resourceGroups/rg");
    assert!(code == Some(3) && !writes, "{words}");
    assert!(words.contains(" is not as it was when the plan was made\n"), "{words}");
}

pub(super) const HOSTILE: [&str; 16] = [
    "$(touch broken)",
    "`touch broken`",
    "'; touch broken; '",
    "\"; touch broken; \"",
    "x\nFWC_TEMPLATE\ntouch broken\n",
    "\ntouch broken",
    "FWC_TEMPLATE",
    "-x",
    "--name",
    "@back.sh",
    "@-",
    "a=@back.sh",
    "\\",
    "%s%n\\n",
    "[concat('a')]",
    "x\u{202e}\u{7f}y\tz*?",
];

/// A policy whose every name and text is `hostile`, with `port` in its rule.
fn hostile(text: &str, port: u32, group: &str) -> Model {
    let source = format!(
        "ip-group servers = 10.1.0.{port}\n\
         policy web {{ location \"westeurope\" sku standard\n\
         group {group} {{ a: allow tcp/{port} from 10.0.0.0/8 to servers }}\n\
         group kept {{ b: allow https from 10.0.0.{port} to x.com }} }}"
    );
    let mut model = model(&source).as_deployed();
    let servers = model.ip_groups.shift_remove(&fwc::model::ResourceId::own("servers")).unwrap();
    model.ip_groups.insert(text.to_owned().into(), IpGroup { name: text.to_owned().into(), ..servers });
    let mut table = RouteTable { name: text.to_owned().into(), ..routes(&format!("10.0.0.{port}")) };
    table.routes[0].name = text.to_owned().into();
    model.route_tables.push(table);
    let policy = &mut model.policies[0];
    policy.name = text.to_owned().into();
    policy.settings.tags.insert(text.to_owned(), format!("{text}{port}"));
    for group in &mut policy.groups {
        group.name = format!("{text}{}", group.name.replace("kept", "")).into();
        for collection in &mut group.collections {
            collection.name = text.to_owned();
            match &mut collection.rules {
                Rules::Network(_, rules) => rules.iter_mut().for_each(|rule| {
                    rule.name = text.to_owned();
                    rule.description = Some(text.to_owned());
                    rule.matches.destination_ip_groups = vec![IpGroupRef::Named(text.to_owned().into())];
                }),
                Rules::Application(_, rules) => rules.iter_mut().for_each(|rule| {
                    rule.name = text.to_owned();
                    rule.description = Some(text.to_owned());
                    rule.matches.urls = vec![text.to_owned()];
                    rule.matches.fqdn_tags = vec![text.to_owned()];
                    rule.matches.web_categories = vec![text.to_owned()];
                }),
                Rules::Nat(_) => {}
            }
        }
    }
    model
}

#[test]
fn no_name_in_any_position_is_a_command_an_option_or_a_file() {
    if !has_jq() {
        return;
    }
    for text in HOSTILE {
        let (old, new) = (hostile(text, 1, "out"), hostile(text, 2, "other"));
        let plan = planned(&old, &new);
        assert!(plan.steps.iter().any(|step| step.operation.why == PlanReason::Gone), "{text:?}");
        for kind in ["ip-group", "policy", "group", "route-table"] {
            assert!(plan.steps.iter().any(|step| step.operation.what.kind() == kind), "{text:?}: {kind}");
        }
        let azure = Azure::of(&plan);
        for script in ["there.sh", "back.sh"] {
            let written = fs::read_to_string(azure.sandbox.path(script)).unwrap();
            let ends = written.lines().filter(|line| *line == "FWC_TEMPLATE").count();
            assert_eq!(ends, written.matches("<<'FWC_TEMPLATE'").count(), "{text:?} ends no template");
            let mut command = Command::new("sh");
            let path = format!("{}:{}", azure.sandbox.path("bin").display(), std::env::var("PATH").unwrap());
            command.arg(script).env("PATH", path).env("RESOURCE_GROUP", "rg").env("LENIENT", "1");
            let run =
                command.env("STORE", azure.sandbox.path("store")).current_dir(azure.sandbox.path("")).output().unwrap();
            assert!(run.status.success(), "{text:?} {script}: {}", said(&run));
            let shown = said(&run);
            assert_eq!(shown.lines().count(), plan.steps.len(), "{text:?}: {shown}");
            assert!(shown.chars().all(|c| c == '\n' || c == ' ' || c.is_ascii_graphic()), "{shown:?}");
        }
        assert!(!azure.sandbox.path("broken").exists(), "{text:?}");
        let written = azure.written();
        let operations = json(&plan);
        let operations = operations["operations"].as_array().unwrap();
        let there = operations.iter().map(|operation| operation.get("template"));
        let back = operations.iter().rev().map(|operation| operation["undo"].get("template"));
        for ((is_put, found), template) in written.iter().zip(there.chain(back)) {
            match template {
                Some(template) => assert_eq!(&serde_json::from_str::<Value>(found).unwrap(), template, "{text:?}"),
                None => {
                    assert!(!is_put && found.starts_with("/subscriptions/s/resourceGroups/rg/providers/"), "{found}")
                }
            }
        }
        assert_eq!(written.len(), 2 * plan.steps.len());
        arguments(&fs::read(azure.sandbox.path("store/words")).unwrap());
    }
}

/// No argument is an option, or is read from a file, but for those that the script itself gives.
fn arguments(words: &[u8]) {
    const OPTIONS: [&str; 5] = ["--query", "--output", "--mode", "--ids", "--api-version"];
    for word in words.split(|&byte| byte == 0) {
        let word = std::str::from_utf8(word).unwrap();
        let known = OPTIONS.contains(&word)
            || ["--resource-group=rg", "--name=rg"].contains(&word)
            || ["--name=fwc-", "--template-file=/"].iter().any(|start| word.starts_with(start));
        assert!(known || !word.starts_with('-'), "{word:?}");
        let value = word.split_once('=').map_or(word, |(_, value)| value);
        assert!(!word.starts_with('@') && !value.starts_with('@'), "{word:?}");
    }
}
