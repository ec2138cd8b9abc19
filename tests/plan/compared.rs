//! What a script compares before it writes: the normal form of what is deployed.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use fwc::import;
use fwc::model::Model;
use fwc::plan::normal;
use serde_json::{Value, json};

use super::draws::{Pair, pair};
use super::scripts::{Azure, Fails, HOSTILE, Store, has_jq, pairs, planned, said, states};
use crate::cli::Sandbox;
use crate::corpus::shared;

/// A resource of a template as Azure gives it: with ids, tags of versions, states, empty lists and what is usual, lists that
/// have no order in another, and single addresses as prefixes.
pub(super) fn given(resource: &Value) -> Value {
    let mut resource = resource.clone();
    echo(&mut resource, "");
    resource["etag"] = "W/\"1\"".into();
    resource["properties"]["provisioningState"] = "Succeeded".into();
    if resource["type"] == "Microsoft.Network/firewallPolicies" {
        resource["properties"]["threatIntelMode"] =
            resource["properties"]["threatIntelMode"].as_str().unwrap_or("Alert").into();
        resource["properties"]["childPolicies"] = json!([]);
        resource["properties"]["size"] = "0.1 MB".into();
    }
    resource
}

fn echo(value: &mut Value, key: &str) {
    match value {
        Value::String(text) => {
            let name = text.strip_prefix("[resourceId(").and_then(|rest| rest.strip_suffix("')]")).map(str::to_owned);
            let name = name.and_then(|rest| Some(rest.split_once(",'")?.1.replace("','", "/").replace("''", "'")));
            match name {
                Some(name) => {
                    *text = format!("/subscriptions/S/resourceGroups/RG/providers/Microsoft.Network/x/{name}")
                }
                None if text.starts_with("[[") => drop(text.remove(0)),
                None if key.ends_with("Addresses") && text.parse::<std::net::Ipv4Addr>().is_ok() => {
                    text.push_str("/32")
                }
                None => {}
            }
        }
        Value::Array(items) => {
            items.iter_mut().for_each(|item| echo(item, key));
            if key != "rules" {
                items.reverse();
            }
        }
        Value::Object(fields) => {
            fields.iter_mut().for_each(|(key, value)| echo(value, key));
            if fields.contains_key("ruleType") {
                fields.entry("sourceIpGroups").or_insert_with(|| json!([]));
                fields.insert("ipv6Rule".to_owned(), false.into());
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// What differs from what the plan was made from, at any place that the script compares, keeps it from writing anything.
#[test]
fn what_was_changed_meanwhile_keeps_the_script_from_writing() {
    if !has_jq() {
        return;
    }
    let (_, old, new) = pairs().into_iter().find(|(what, _, _)| *what == "everything").unwrap();
    let plan = planned(&old, &new);
    let change = |id: &'static str, pointer: &'static str, value: Value| {
        move |azure: &Azure| {
            azure.change(id, |resource| *resource.pointer_mut(pointer).unwrap() = value.clone());
        }
    };
    let group = "firewallPolicies/base/ruleCollectionGroups/b";
    let rule = "/properties/ruleCollections/0/rules/0";
    let at = |field: &str| -> &'static str { format!("{rule}/{field}").leak() };
    type Change = Box<dyn Fn(&Azure)>;
    let changes: Vec<(&str, Change)> = vec![
        ("group base/b", Box::new(change(group, "/properties/priority", 4711.into()))),
        ("group base/b", Box::new(change(group, "/properties/ruleCollections/0/action/type", "Deny".into()))),
        ("group base/b", Box::new(change(group, at("destinationPorts"), json!(["22-23"])))),
        ("group base/b", Box::new(change(group, at("destinationAddresses"), json!(["10.2.0.1", "10.2.0.2"])))),
        ("group base/b", Box::new(change(group, at("name"), "other".into()))),
        (
            "policy web",
            Box::new(|azure| {
                azure.change("firewallPolicies/web", |policy| policy["properties"]["threatIntelMode"] = "Off".into());
            }),
        ),
        ("ip-group servers", Box::new(change("ipGroups/servers", "/properties/ipAddresses", json!(["10.1.0.9"])))),
        (
            "route-table nodes",
            Box::new(change(
                "routeTables/nodes",
                "/properties/routes/0/properties/nextHopIpAddress",
                "10.0.0.9".into(),
            )),
        ),
        // A group that the plan does not know.
        (
            "policy web",
            Box::new(|azure| {
                azure
                    .sandbox
                    .write("store/there/Microsoft.Network@firewallPolicies@web@ruleCollectionGroups@late", "{}");
            }),
        ),
        (
            "group web/old",
            Box::new(|azure| {
                let path = "store/there/Microsoft.Network@firewallPolicies@web@ruleCollectionGroups@old";
                fs::remove_file(azure.sandbox.path(path)).unwrap();
            }),
        ),
        // What the plan wants to make is there already.
        (
            "group web/new",
            Box::new(|azure| {
                azure
                    .sandbox
                    .write("store/there/Microsoft.Network@firewallPolicies@web@ruleCollectionGroups@new", "{}");
            }),
        ),
    ];
    for (number, (what, change)) in changes.iter().enumerate() {
        let azure = Azure::of(&plan);
        change(&azure);
        let run = azure.run("there.sh", None, Fails::Never);
        let words = said(&run);
        assert_eq!(run.status.code(), Some(3), "{number} {what}: {words}");
        assert!(
            words.contains(&format!("{what} is not as it was when the plan was made\n")),
            "{number} {what}: {words}"
        );
        assert!(words.ends_with("nothing was written: export what is deployed, and plan again\n"), "{words}");
        assert_eq!(azure.written().len(), 0, "{number} {what}");
    }
    // What says nothing of flows is no difference.
    let azure = Azure::of(&plan);
    azure.change(group, |group| {
        group["etag"] = "W/\"9\"".into();
        group["properties"]["provisioningState"] = "Updating".into();
        group["properties"]["ruleCollections"][0]["rules"][0]["description"] = "a word".into();
    });
    let run = azure.run("there.sh", None, Fails::Never);
    assert!(run.status.success(), "{}", said(&run));
    assert_eq!(azure.written().len(), plan.steps.len());
}

/// The normal form of the program that scripts run and that of fwc are one, whatever is in the resource.
#[test]
fn both_normal_forms_are_one() {
    if !has_jq() {
        return;
    }
    let program = fs::read_to_string("src/plan/normal.jq").unwrap();
    let sandbox = Sandbox::new();
    sandbox.write("normal.jq", &program);
    let mut resources: Vec<Value> = Vec::new();
    for (_, old, new) in pairs() {
        let plan = planned(&old, &new);
        resources.extend(states(&plan).into_iter().flat_map(Store::into_values));
    }
    for seed in 0..12 {
        let Pair { old, new, .. } = pair(seed);
        resources.extend(states(&planned(&old, &new)).into_iter().flat_map(Store::into_values));
    }
    resources.extend(HOSTILE.iter().map(|text| json!({ "properties": {
        "priority": 100, "dnsSettings": { "servers": [text, "", "10.0.0.4"], "enableProxy": true },
        "ruleCollections": [{ "name": text, "rules": [{ "name": text, "targetUrls": [text, text], "ruleType": "é\u{10ffff}" }] }],
    } })));
    resources.push(json!({ "properties": {
        "threatIntelMode": "Alert", "sku": { "tier": "Standard" }, "intrusionDetection": { "mode": "Off" },
        "insights": { "isEnabled": true }, "snat": { "autoLearnPrivateRanges": "Disabled" }, "priority": 0,
    } }));
    resources.push(json!({ "properties": { "intrusionDetection": { "mode": "Off", "configuration": {
        "signatureOverrides": [{ "id": "2024897", "mode": "Off" }],
        "bypassTrafficSettings": [{ "destinationPorts": ["1-65535", "80"] }, { "destinationPorts": ["443", "1-79", "80-442"] }],
    } } } }));
    let (mut texts, mut asked) = (String::new(), Vec::new());
    for resource in &resources {
        let given = given(resource);
        // A template says what Azure gives.
        assert_eq!(normal(&resource["properties"]), normal(&given["properties"]), "{resource:#}");
        texts.push_str(&format!("{given}\n"));
        asked.push(normal(&given["properties"]));
    }
    sandbox.write("all.json", &texts);
    let run = Command::new("jq").args(["-c", "-f", "normal.jq", "all.json"]).current_dir(sandbox.path("")).output();
    let run = run.expect("jq, which the scripts need");
    assert!(run.status.success(), "{}", said(&run));
    let found: Vec<String> =
        String::from_utf8(run.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(found.len(), asked.len());
    for ((found, asked), resource) in found.iter().zip(&asked).zip(&resources) {
        assert_eq!(found, asked, "{resource:#}");
    }
    let distinct: BTreeSet<&String> = asked.iter().collect();
    assert!(resources.len() > 100 && distinct.len() > 60, "{} {}", resources.len(), distinct.len());
    assert_eq!(asked[asked.len() - 2], "", "what is usual is not said");
}

/// Policies and groups as `az` lists them, read by fwc and written again, have the normal form that Azure's answer has.
#[test]
fn what_fwc_reads_has_the_normal_form_of_what_it_was() {
    let Some(folder) = shared("corpus/azcli/derived-cli-output") else { return };
    let (mut same, mut unlike) = (0, Vec::new());
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let Ok(Value::Array(groups)) = serde_json::from_str::<Value>(&text) else { continue };
        let Ok(model) = import::read(&text, "corpus") else { continue };
        let deployed = states(&planned(&Model::default(), &model)).pop().unwrap();
        for group in groups {
            let Some((_, id)) = group["id"].as_str().unwrap_or_default().split_once("/firewallPolicies/") else {
                continue;
            };
            let found = deployed.get(&format!("firewallPolicies/{id}")).unwrap_or_else(|| panic!("{id}: {deployed:?}"));
            // `az` puts the properties beside the name; the list of groups comes with the script's own policy.
            let mut given = group.clone();
            for other in ["name", "ruleCollectionGroups"] {
                given.as_object_mut().unwrap().remove(other);
            }
            let (one, other) = (normal(&given), normal(&found["properties"]));
            if one == other { same += 1 } else { unlike.push(format!("{}: {id}\n{one}\n{other}", path.display())) }
        }
    }
    assert_eq!(unlike, [""; 0]);
    assert!(same >= 15, "{same}");
}
