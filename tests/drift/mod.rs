//! `fwc drift`: it names what `diff` names, whatever shape what is deployed has, and nothing that Azure fills in.

pub mod shapes;

use serde_json::{Value, json};

use crate::cli::{EXAMPLE, Run, Sandbox, assert_valid};
use crate::corpus::shared;
use crate::diff::history::histories;
use shapes::shapes;

/// The document of `drift`.
#[track_caller]
fn drift(sandbox: &Sandbox, source: &str, deployed: &str) -> Value {
    let run = sandbox.run(&["drift", source, "--deployed", deployed, "--format", "json"]);
    let value: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{deployed}: {}", run.stderr));
    assert_valid(&value);
    assert_eq!(run.status, i32::from(value["drifted"] == true), "{deployed}");
    value
}

/// What an answer lists of flows and of what protects them.
fn listed(value: &Value) -> Vec<(&'static str, Vec<Value>)> {
    let lists = ["changes", "settings", "routes", "guards"];
    let without_risks = |entry: &Value| {
        let mut entry = entry.clone();
        entry.as_object_mut().unwrap().remove("risks");
        entry
    };
    // A template may leave the region to the deployment, which no deployed resource does.
    let counts = |entry: &&Value| entry["path"].as_str().is_none_or(|path| !path.ends_with(": location"));
    lists.map(|name| (name, value[name].as_array().unwrap().iter().filter(counts).map(without_risks).collect())).into()
}

#[test]
fn drift_names_exactly_the_changes_that_diff_names() {
    let Some(folder) = shared("corpus/history") else { return };
    let sandbox = Sandbox::new();
    let (mut pairs, mut drifted) = (0, 0);
    for versions in histories(&folder) {
        for pair in versions.windows(2) {
            sandbox.write("old.json", &pair[0].1);
            sandbox.write("new.json", &pair[1].1);
            let found = sandbox.run(&["diff", "old.json", "new.json", "--format", "json"]);
            if found.status == 2 {
                continue;
            }
            let found: Value = serde_json::from_str(&found.stdout).unwrap();
            let drift = drift(&sandbox, "old.json", "new.json");
            assert_eq!(listed(&drift), listed(&found), "{}", pair[1].0.display());
            pairs += 1;
            drifted += usize::from(drift["drifted"] == true);
        }
    }
    println!("{pairs} pairs, {drifted} of them drifted");
    assert!(pairs >= 50 && drifted >= 15, "{pairs} pairs, {drifted} of them drifted");
}

/// The template of the only policy of a source or template, deployed in each shape, is what the input states.
#[track_caller]
fn is_alike_in_every_shape(sandbox: &Sandbox, input: &str, template: &Value) {
    for (shape, files) in shapes(template) {
        let folder = format!("deployed-{shape}");
        std::fs::remove_dir_all(sandbox.path(&folder)).ok();
        files.iter().for_each(|(name, text)| sandbox.write(&format!("{folder}/{name}"), text));
        let value = drift(sandbox, input, &folder);
        assert_eq!(value["drifted"], false, "{input} as {shape}: {value:#}");
    }
}

#[test]
fn the_versions_of_the_corpus_in_other_shapes_have_not_drifted() {
    let Some(folder) = shared("corpus/history") else { return };
    let sandbox = Sandbox::new();
    let mut versions = 0;
    // One version of each history: the last that is read.
    for texts in histories(&folder) {
        let last = texts.iter().rev().find_map(|(path, text)| {
            let model = fwc::import::read(text, &path.display().to_string()).ok()?;
            let [policy] = model.policies.as_slice() else { return None };
            let options =
                fwc::emit::EmitOptions { parents: fwc::emit::Parents::Included, ..fwc::emit::EmitOptions::default() };
            Some((text, fwc::emit::arm::policy_template(&model, policy, &options)))
        });
        let Some((text, template)) = last else { continue };
        sandbox.write("version.json", text);
        is_alike_in_every_shape(&sandbox, "version.json", &template);
        versions += 1;
    }
    assert!(versions >= 4, "{versions}");
}

#[test]
fn what_was_imported_has_not_drifted_from_what_it_came_from() {
    let Some(folder) = shared("corpus") else { return };
    let sandbox = Sandbox::new();
    let mut same = 0;
    for path in
        ["arm", "azcli/derived-cli-output", "azcli/rest-bodies"].iter().flat_map(|name| files(&folder.join(name)))
    {
        let path = path.display().to_string();
        std::fs::remove_file(sandbox.path("imported.pol")).ok();
        sandbox.run(&["import", &path, "-o", "imported.pol", "--parent", "none"]);
        let compare = ["drift", "imported.pol", "--deployed", &path, "--parent", "none", "--format", "json"];
        // Of some, the source has errors that Azure would have too.
        let Ok(value) = serde_json::from_str::<Value>(&sandbox.run(&compare).stdout) else { continue };
        let of = |list: &str| value[list].as_array().unwrap().clone();
        assert_eq!((of("changes"), of("guards")), (vec![], vec![]), "{path}");
        // A template may leave the next hop to the deployment, and a classic firewall the DNS proxy, which `import` assumes.
        let is_open = |route: &Value| route["after"].as_str().is_some_and(|after| after.starts_with("not known"));
        assert!(of("routes").iter().all(is_open), "{path}: {:#}", value["routes"]);
        assert!(of("settings").iter().all(|one| one["path"] == "af1: properties.dnsSettings"), "{path}: {value:#}");
        same += usize::from(value["drifted"] == false);
    }
    assert!(same >= 70, "{same}");
}

/// The files in a folder.
fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// The template of the example's child with its base.
fn template(sandbox: &Sandbox) -> Value {
    let run = sandbox.run(&["compile", EXAMPLE, "-o", "built", "--emit", "arm", "--emit-parents"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    serde_json::from_str(&sandbox.read("built/aks-weu.arm.json")).unwrap()
}

#[test]
fn a_source_that_is_deployed_has_not_drifted_in_any_shape() {
    let sandbox = Sandbox::with_example();
    let template = template(&sandbox);
    is_alike_in_every_shape(&sandbox, EXAMPLE, &template);
}

/// Every setting, with ids, words and the region in other cases and sets in another order.
#[test]
fn settings_as_azure_prints_them_have_not_drifted() {
    let sandbox = Sandbox::new();
    sandbox.write("web.pol", include_str!("settings.pol"));
    let run = sandbox.run(&["compile", "web.pol", "-o", "built", "--emit", "arm", "--no-lock"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let template: Value = serde_json::from_str(&sandbox.read("built/web.arm.json")).unwrap();
    // Terraform has no word for some of them.
    let told = shapes(&template).into_iter().filter(|(shape, _)| *shape != "state");
    for (shape, files) in told {
        for (name, text) in files {
            let text = text.replace("RG-Hub", "rg-hUB").replace("\"westeurope\"", "\"West Europe\"");
            let text = text
                .replace("/resourceGroups/RG/", "/resourcegroups/rg/")
                .replace("\"team\":", "\"cost\":\"7\",\"team\":");
            sandbox.write(&format!("{shape}/{name}"), &text);
        }
        let value = drift(&sandbox, "web.pol", shape);
        assert_eq!((&value["drifted"], &value["notCompared"]), (&json!(false), &json!([])), "{shape}: {value:#}");
    }
    // Each of them counts.
    let source = include_str!("settings.pol");
    let changes = [
        ("intel       deny", "intel       alert"),
        ("a.example.org, ", ""),
        ("10.0.0.11", "10.0.0.12"),
        ("idps alert", "idps deny"),
        ("2024898 off", "2024898 alert"),
        ("10.1.0.0/16", "10.3.0.0/16"),
        ("secrets/ca", "secrets/other"),
        ("userAssignedIdentities/Fw", "userAssignedIdentities/Other"),
        ("8443", "8444"),
        (", 100.64.0.0/10", ""),
        ("sql-redirect on", "sql-redirect off"),
        ("retention 30", "retention 31"),
        ("\"net\"", "\"web\""),
        ("westeurope", "northeurope"),
        ("198.51.100.7", "198.51.100.8"),
        (" inspect", ""),
    ];
    for (from, to) in changes {
        assert!(source.contains(from), "{from}");
        sandbox.write("web.pol", &source.replace(from, to));
        assert_eq!(drift(&sandbox, "web.pol", "az")["drifted"], true, "{from} -> {to}");
    }
}

/// The example, deployed as `az` prints it after an edit of the template.
fn edited(edit: impl Fn(&mut Value)) -> (Sandbox, Run) {
    let sandbox = Sandbox::with_example();
    let mut template = template(&sandbox);
    edit(&mut template);
    let (_, files) = shapes(&template).into_iter().find(|(shape, _)| *shape == "az").unwrap();
    files.iter().for_each(|(name, text)| sandbox.write(&format!("az/{name}"), text));
    let run = sandbox.run(&["drift", EXAMPLE, "--deployed", "az"]);
    (sandbox, run)
}

/// The rules of the template whose name is this.
fn rule<'t>(template: &'t mut Value, name: &str) -> &'t mut Value {
    let resources = template["resources"].as_array_mut().unwrap().iter_mut();
    let collections = resources.filter_map(|resource| resource["properties"]["ruleCollections"].as_array_mut());
    let mut rules = collections.flatten().flat_map(|collection| collection["rules"].as_array_mut().unwrap());
    rules.find(|rule| rule["name"] == name).unwrap()
}

#[test]
fn each_change_is_one_line() {
    let (_, run) = edited(|template| {
        rule(template, "stripe")["targetFqdns"].as_array_mut().unwrap().push(json!("new.example.org"));
        let policy = template["resources"].as_array_mut().unwrap().iter_mut().find(|one| one["name"] == "aks-weu");
        policy.unwrap()["properties"]["dnsSettings"]["servers"] = json!(["10.0.0.66"]);
    });
    assert_eq!(run.status, 1, "{}", run.stderr);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(
        lines,
        [
            format!("az is not what {EXAMPLE} states: 2 changes").as_str(),
            "  + newly allowed     https from nodes to new.example.org, not in category(Gambling): `stripe` allows what the implicit deny covered",
            "  ~ setting           aks-weu: properties.dnsSettings.servers: [\"10.0.0.10\"] -> [\"10.0.0.66\"]",
            "not compared, because only one of the two states them: firewalls, route tables",
        ]
    );
}

#[test]
fn names_and_order_are_no_drift() {
    let (_, run) = edited(|template| {
        let resources = template["resources"].as_array_mut().unwrap();
        for resource in resources.iter_mut() {
            let name = resource["name"].as_str().unwrap().to_owned();
            let Some((policy, group)) = name.split_once('/') else { continue };
            resource["name"] = json!(format!("{policy}/portal-{group}"));
            for collection in resource["properties"]["ruleCollections"].as_array_mut().unwrap() {
                collection["name"] = json!(format!("portal-{}", collection["name"].as_str().unwrap()));
                collection["rules"].as_array_mut().unwrap().reverse();
            }
        }
    });
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("no drift"), "{}", run.stdout);
}

#[test]
fn a_deny_rule_that_is_gone_is_drift() {
    let (_, run) = edited(|template| {
        for resource in template["resources"].as_array_mut().unwrap() {
            let collections = resource["properties"]["ruleCollections"].as_array_mut();
            collections.into_iter().for_each(|all| all.retain(|one| one["name"] != "guardrails-deny-network"));
        }
    });
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("  ! deny rule         `corp-base/guardrails/"), "{}", run.stdout);
}

#[test]
fn one_policy_on_each_side_is_one_whatever_its_name() {
    let sandbox = Sandbox::with_example();
    let template = template(&sandbox);
    let (_, files) = shapes(&template).into_iter().find(|(shape, _)| *shape == "az").unwrap();
    files.iter().for_each(|(name, text)| sandbox.write(&format!("az/{name}"), &text.replace("aks-weu", "other")));
    let source = "policies/examples/aks-hub-spoke/two.pol";
    sandbox.write(source, &sandbox.read(EXAMPLE).replace("aks-weu", "third"));
    assert_eq!(drift(&sandbox, source, "az")["drifted"], false);
}

#[test]
fn what_only_is_deployed_is_told_and_no_drift() {
    let sandbox = Sandbox::new();
    let source =
        "policy web {\n    sku standard\n    group g { allow https from 10.1.0.0/16 to mcr.microsoft.com }\n}\n";
    sandbox.write("web.pol", source);
    sandbox.run(&["compile", "web.pol", "--no-lock", "--emit", "arm", "-o", "built"]);
    let mut template: Value = serde_json::from_str(&sandbox.read("built/web.arm.json")).unwrap();
    let whole = sandbox.run(&["drift", "web.pol", "--deployed", "built/web.arm.json"]);
    assert_eq!((whole.status, whole.stdout.as_str()), (0, "built/web.arm.json is what web.pol states: no drift\n"));
    let resource = |kind: &str, name: &str, properties: Value| {
        json!({"type": format!("Microsoft.Network/{kind}"), "apiVersion": "2024-05-01", "name": name,
            "location": "westeurope", "properties": properties})
    };
    // Everything that leaves the subnet goes past the firewall.
    let route = json!({"name": "all", "properties": {"addressPrefix": "0.0.0.0/0", "nextHopType": "Internet"}});
    let table = "[resourceId('Microsoft.Network/routeTables','rt')]";
    let subnet = json!({"name": "nodes", "properties": {"addressPrefix": "10.1.0.0/16", "routeTable": {"id": table}}});
    let firewall = json!({"sku": {"name": "AZFW_VNet", "tier": "Standard"},
        "firewallPolicy": {"id": "[resourceId('Microsoft.Network/firewallPolicies','web')]"}});
    template["resources"].as_array_mut().unwrap().extend([
        resource("routeTables", "rt", json!({"routes": [route]})),
        resource(
            "virtualNetworks",
            "vnet",
            json!({"addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}, "subnets": [subnet]}),
        ),
        resource("azureFirewalls", "fw", firewall),
    ]);
    sandbox.write("deployed.json", &template.to_string());
    let run = sandbox.run(&["drift", "web.pol", "--deployed", "deployed.json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(
        run.stdout,
        "deployed.json is what web.pol states, as far as both state it: no drift in that\n\
         not compared, because only one of the two states them: firewalls, route tables,\n  subnets\n"
    );
}

#[test]
fn a_policy_that_is_not_deployed_is_drift_and_one_of_others_is_named() {
    let sandbox = Sandbox::with_example();
    let template = template(&sandbox);
    let (_, files) = shapes(&template).into_iter().find(|(shape, _)| *shape == "az").unwrap();
    for (name, text) in &files {
        let two = [("aks-weu", "own"), ("aks-weu", "others")].map(|(from, to)| text.replace(from, to));
        let wider = two[1].replace("api.stripe.com", "others.example.org");
        sandbox.write(&format!("az/own-{name}"), &two[0]);
        sandbox.write(&format!("az/others-{name}"), &wider.replace("corp-base", "base-others"));
    }
    let text = sandbox.read(EXAMPLE).replace("aks-weu", "own");
    sandbox.write("policies/examples/aks-hub-spoke/own.pol", &text);
    let source = "policies/examples/aks-hub-spoke/own.pol";
    let value = drift(&sandbox, source, "az");
    assert_eq!((&value["drifted"], &value["notInSource"]), (&json!(false), &json!(["others"])), "{value:#}");
    let missing = sandbox.read(EXAMPLE).replace("aks-weu", "missing");
    sandbox.write(source, &missing);
    let run = sandbox.run(&["drift", source, "--deployed", "az"]);
    assert_eq!(run.status, 0, "it has another name and the same rules: {}", run.stdout);
    let closed = missing.replace("api.stripe.com", "closed.example.org");
    sandbox.write(source, &closed);
    let run = sandbox.run(&["drift", source, "--deployed", "az"]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("  - policy            `missing` is not deployed\n"), "{}", run.stdout);
    assert!(run.stdout.contains(&format!("deployed, and not in {source}: ")), "{}", run.stdout);
}

#[test]
fn where_rules_were_not_read_the_answer_is_about_the_others() {
    let sandbox = Sandbox::with_example();
    let template = template(&sandbox);
    let (_, files) = shapes(&template).into_iter().find(|(shape, _)| *shape == "az").unwrap();
    files.iter().for_each(|(name, text)| sandbox.write(&format!("az/{name}"), text));
    let linked = json!({"type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "more",
        "properties": {"mode": "Incremental", "templateLink": {"uri": "https://example.org/more.json"}}});
    sandbox.write("az/more.json", &json!({"resources": [linked]}).to_string());
    let run = sandbox.run(&["drift", EXAMPLE, "--deployed", "az"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stdout.contains("no drift in these"), "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains("az/more.json"), "{}", run.stderr);
}

#[test]
fn groups_alone_do_not_tell_the_base() {
    let sandbox = Sandbox::with_example();
    let template = template(&sandbox);
    let (_, files) = shapes(&template).into_iter().find(|(shape, _)| *shape == "az").unwrap();
    let (_, groups) = files.iter().find(|(name, _)| *name == "groups.json").unwrap();
    let own: Vec<Value> = serde_json::from_str::<Vec<Value>>(groups).unwrap();
    let of_child = |group: &Value| group["id"].as_str().unwrap().contains("/aks-weu/");
    let child: Vec<Value> = own.iter().filter(|group| of_child(group)).cloned().collect();
    sandbox.write("all/groups.json", groups);
    let value = drift(&sandbox, EXAMPLE, "all");
    assert_eq!(value["notCompared"].as_array().unwrap().len(), 4, "{:#}", value["notCompared"]);
    sandbox.write("child/groups.json", &Value::from(child).to_string());
    let run = sandbox.run(&["drift", EXAMPLE, "--deployed", "child"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("does not tell which base policy `aks-weu` inherits"), "{}", run.stderr);
}

#[test]
fn an_answer_without_the_base_repeats_it() {
    let sandbox = Sandbox::new();
    let policy = json!({"type": "Microsoft.Network/firewallPolicies", "name": "web", "location": "westeurope",
        "properties": {"sku": {"tier": "Standard"},
            "basePolicy": {"id": "/subscriptions/s/resourceGroups/hub/providers/Microsoft.Network/firewallPolicies/base"}}});
    sandbox.write("web.json", &json!({"resources": [policy]}).to_string());
    sandbox.write("now.json", &sandbox.read("web.json"));
    let run = sandbox.run(&["drift", "web.json", "--deployed", "now.json", "--parent", "none"]);
    let answer = "now.json is what web.json states, as far as both state it: no drift in that\n\
                  without the base policy `base`, which was left out\n";
    assert_eq!((run.status, run.stdout.as_str()), (0, answer), "{}", run.stderr);
}
