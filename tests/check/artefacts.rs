//! What Azure refuses of artefacts: the same as of a source, in their words.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use fwc::check::{check, in_artefact};
use fwc::diag::{Diagnostic, Label};
use fwc::driver::{MemoryFiles, Project, ProjectOptions, Stage};
use fwc::import::{Artefact, read_all, read_with};
use fwc::limits::CheckOptions;
use serde_json::{Value, json};

use super::NOTHING;
use crate::corpus::shared;
use crate::golden::is_update;
use crate::project::NAME;

/// The findings in artefacts, each as `CODE: message`; a severity that is not the code's own is said.
#[track_caller]
fn found_in(artefacts: &[Value]) -> Vec<String> {
    let texts: Vec<String> = artefacts.iter().map(Value::to_string).collect();
    let files: Vec<Artefact<'_>> = texts.iter().map(|text| Artefact { name: "main.json", text }).collect();
    let model = read_all(&files).unwrap();
    let found = check(&model, &model, &CheckOptions::default()).placed(|_| None);
    found.iter().map(line).collect()
}

fn line(found: &Diagnostic) -> String {
    let code = if found.severity == found.code.severity { String::new() } else { format!(" ({})", found.severity) };
    format!("{}{code}: {}", found.code.id, found.message)
}

fn template(resources: Value) -> Value {
    json!({"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0", "resources": resources})
}

fn policy(name: &str, properties: Value) -> Value {
    json!({"type": "Microsoft.Network/firewallPolicies", "apiVersion": "2024-05-01", "name": name,
        "location": "westeurope", "properties": properties})
}

fn group(name: &str, kind: &str, rules: Value) -> Value {
    let action = if kind == "Nat" { "DNAT" } else { "Allow" };
    json!({"type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups", "apiVersion": "2024-05-01", "name": name,
        "properties": {"priority": 300, "ruleCollections": [
            {"ruleCollectionType": format!("FirewallPolicy{kind}RuleCollection"), "name": "web", "priority": 200,
             "action": {"type": action}, "rules": rules}]}})
}

/// The findings in a template with one policy of these properties and one rule.
#[track_caller]
fn found(properties: Value, rule: Value) -> Vec<String> {
    let kind = if rule["ruleType"] == "NatRule" { "Nat" } else { "Filter" };
    found_in(&[template(json!([policy("shop", properties), group("shop/rcg", kind, json!([rule]))]))])
}

fn tier(tier: &str) -> Value {
    json!({"sku": {"tier": tier}})
}

fn network(more: Value) -> Value {
    merged(
        json!({"ruleType": "NetworkRule", "name": "net", "ipProtocols": ["TCP"], "sourceAddresses": ["10.20.0.0/16"],
            "destinationPorts": ["443"]}),
        more,
    )
}

fn application(more: Value) -> Value {
    let https = json!([{"protocolType": "Https", "port": 443}]);
    merged(
        json!({"ruleType": "ApplicationRule", "name": "app", "protocols": https, "sourceAddresses": ["10.20.0.0/16"]}),
        more,
    )
}

/// A policy called `name` that inherits `base`.
fn heir(name: &str, base: &str) -> Value {
    let id = format!("[resourceId('Microsoft.Network/firewallPolicies','{base}')]");
    policy(name, json!({"sku": {"tier": "Standard"}, "basePolicy": {"id": id}}))
}

#[test]
fn base_policies_lead_nowhere_back() {
    let message = "FW0204: policy `shop` inherits itself: a base policy must not lead back";
    assert_eq!(found_in(&[template(json!([heir("shop", "shop")]))]), [message]);
    let message = "FW0204: policy `shop` inherits itself by way of `hub`: a base policy must not lead back";
    let circle = json!([heir("shop", "hub"), heir("hub", "shop"), heir("below", "hub")]);
    assert_eq!(found_in(&[template(circle)]), [message]);
}

#[test]
fn a_base_of_an_artefact_inherits_nothing() {
    let chain = json!([policy("top", tier("Standard")), heir("mid", "top"), heir("shop", "mid")]);
    let message = "FW0502: policy `mid` inherits another one, so it cannot be inherited itself";
    assert_eq!(found_in(&[template(chain)]), [message]);
}

#[test]
fn a_table_routes_a_prefix_once() {
    let route = |name: &str, prefix: &str| json!({"name": name, "properties": {"addressPrefix": prefix, "nextHopType": "Internet"}});
    let table = |routes: Value| {
        template(json!([{"type": "Microsoft.Network/routeTables", "apiVersion": "2024-05-01", "name": "rt",
            "properties": {"routes": routes}}]))
    };
    let message = "FW0203: route table `rt` routes `0.0.0.0/0` twice, by `all` and `also`: Azure takes one route for \
                   each prefix";
    assert_eq!(found_in(&[table(json!([route("all", "0.0.0.0/0"), route("also", "0.0.0.0/0")]))]), [message]);
    assert_eq!(found_in(&[table(json!([route("all", "0.0.0.0/0"), route("one", "10.0.0.0/8")]))]), NOTHING);
}

#[test]
fn ipv6_is_a_preview_of_network_rules() {
    let both = json!({"destinationAddresses": ["192.0.2.10", "2001:db8::10"]});
    let message = "FW0413: IPv6 addresses in network rules are a preview of Azure's";
    assert_eq!(found(tier("Standard"), network(both)), [message]);
    let source = application(json!({"sourceAddresses": ["2001:db8::/32"], "targetFqdns": ["a.example"]}));
    assert_eq!(found(tier("Standard"), source), ["FW0413 (error): only network rules take IPv6 addresses"]);
    let group = json!({"type": "Microsoft.Network/ipGroups", "apiVersion": "2024-05-01", "name": "six",
        "properties": {"ipAddresses": ["10.0.0.0/8", "2001:db8::/32"]}});
    let message = "FW0413: IP group `six` has IPv6 addresses, which are a preview of Azure's";
    assert_eq!(found_in(&[template(json!([group]))]), [message]);
}

#[test]
fn what_is_carried_through_is_told() {
    let profiles = json!({"id": "/groups/strict"});
    let rule = network(json!({"destinationAddresses": ["10.30.0.0/16"], "securityProfileGroup": profiles}));
    let mut of_collection = group("shop/rcg", "Filter", json!([rule]));
    of_collection["properties"]["ruleCollections"][0]["securityProfileGroup"] = profiles.clone();
    let global = policy("shop", json!({"sku": {"tier": "Premium"}, "globalSecurityProfileGroup": profiles}));
    let does = "may drop traffic that a rule allows: fwc does not read it";
    assert_eq!(
        found_in(&[template(json!([global, of_collection]))]),
        [
            format!("FW0214: `globalSecurityProfileGroup` of policy `shop` {does}"),
            format!("FW0214: `securityProfileGroup` of collection `web` {does}"),
            format!("FW0214: `securityProfileGroup` of rule `net` {does}"),
        ]
    );
}

fn plain() -> Value {
    network(json!({"destinationAddresses": ["10.30.0.0/16"]}))
}

fn merged(mut rule: Value, more: Value) -> Value {
    let Value::Object(more) = more else { panic!("no object") };
    rule.as_object_mut().unwrap().extend(more);
    rule
}

#[test]
fn a_name_in_a_network_rule_needs_the_proxy() {
    let rule = network(json!({"destinationFqdns": ["mail.shop.example"]}));
    let message = "FW0401: a host name in a network rule needs the DNS proxy";
    assert_eq!(found(tier("Standard"), rule.clone()), [message]);
    assert_eq!(found(json!({}), rule.clone()), [message]);
    assert_eq!(found(json!({"dnsSettings": {"enableProxy": true}}), rule.clone()), NOTHING);
    assert_eq!(found(json!({"dnsSettings": {"requireProxyForNetworkRules": false}}), rule.clone()), NOTHING);
    let above = "FW0402: a host name in a network rule needs tier Standard, found tier Basic";
    assert_eq!(found(tier("Basic"), rule), [above]);
}

#[test]
fn features_come_with_their_tier() {
    let above = |what: &str, least: &str, own: &str| format!("FW0402: {what} needs tier {least}, found tier {own}");
    let with = |own: &str, name: &str, value: Value| merged(tier(own), json!({ name: value }));
    let intel = with("Basic", "threatIntelMode", json!("Deny"));
    assert_eq!(found(intel, plain()), [above("threat intelligence that denies", "Standard", "Basic")]);
    let proxy = with("Basic", "dnsSettings", json!({"enableProxy": true}));
    assert_eq!(found(proxy, plain()), [above("`dnsSettings`", "Standard", "Basic")]);
    assert_eq!(found(with("Basic", "dnsSettings", json!({"enableProxy": false})), plain()), NOTHING);
    let idps = |own, mode: &str| found(with(own, "intrusionDetection", json!({"mode": mode})), plain());
    assert_eq!(idps("Standard", "Alert"), [above("`intrusionDetection`", "Premium", "Standard")]);
    assert_eq!(idps("Standard", "Off"), NOTHING);
    assert_eq!(idps("Premium", "Deny"), NOTHING);
    let tls =
        json!({"certificateAuthority": {"name": "ca", "keyVaultSecretId": "https://kv.vault.azure.net/secrets/ca"}});
    let tls = with("Standard", "transportSecurity", tls);
    assert_eq!(found(tls, plain()), [above("TLS inspection", "Premium", "Standard")]);
    let url = application(json!({"targetUrls": ["www.shop.example/a"]}));
    assert_eq!(found(tier("Standard"), url), [above("a URL", "Premium", "Standard")]);
    let category = application(json!({"webCategories": ["Gambling"]}));
    assert_eq!(found(tier("Basic"), category.clone()), [above("a web category", "Standard", "Basic")]);
    assert_eq!(found(tier("Standard"), category), NOTHING);
}

#[test]
fn a_finding_is_at_the_path_of_the_property() {
    let rule = network(json!({"destinationFqdns": ["mail.shop.example"]}));
    let resources = json!([policy("shop", tier("Basic")), group("shop/rcg", "Filter", json!([rule]))]);
    let text = template(resources).to_string();
    let read = read_with(&[Artefact { name: "main.json", text: &text }], &[]).unwrap();
    let (model, mut files) = (read.model, read.files);
    let found = check(&model, &model, &CheckOptions::default()).placed(|site| in_artefact(&mut files, site));
    let found = found.iter().next().unwrap();
    let path = |label: &Label| files.locate(label.at).unwrap().json();
    let name = "$.resources[1].properties.ruleCollections[0].rules[0].destinationFqdns[0]";
    assert_eq!(found.at.as_ref().map(path), Some(json!({"file": "main.json", "path": name})));
    let tier = json!({"file": "main.json", "path": "$.resources[0].properties.sku.tier"});
    assert_eq!(found.related.iter().map(path).collect::<Vec<_>>(), [tier]);
    assert_eq!(found.rule.as_ref().map(ToString::to_string).as_deref(), Some("rcg/web/net"));
}

#[test]
fn an_inspected_rule_needs_a_certificate_and_an_identity() {
    let rule = application(json!({"targetFqdns": ["a.example"], "terminateTLS": true}));
    let message = "FW0211: `terminateTLS` without transportSecurity or identity in policy `shop`";
    assert_eq!(
        found(tier("Premium"), rule),
        [message.replace("transportSecurity or identity", "`transportSecurity` or `identity`")]
    );
}

#[test]
fn a_tier_that_is_not_stated_refuses_nothing() {
    let rule = network(json!({"destinationFqdns": ["mail.shop.example"]}));
    let group = json!([{"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/firewallPolicies/shop/ruleCollectionGroups/rcg",
        "name": "rcg", "type": "Microsoft.Network/FirewallPolicies/RuleCollectionGroups", "priority": 300,
        "ruleCollections": [{"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": "web", "priority": 200,
            "action": {"type": "Allow"}, "rules": [rule.clone()]}]}]);
    assert_eq!(found_in(&[group]), NOTHING);
    let resources = json!([policy("shop", json!({"sku": {"tier": "[parameters('tier')]"}})), group_of("shop", &[])]);
    let mut open = template(resources);
    open["parameters"] = json!({"tier": {"type": "string"}});
    assert_eq!(found_in(&[open]), NOTHING);
}

/// A group with application rules that name a URL and are inspected.
fn group_of(policy: &str, more: &[Value]) -> Value {
    let mut rules = vec![application(json!({"targetUrls": ["a.example/b"], "terminateTLS": true}))];
    rules.extend(more.iter().cloned());
    group(&format!("{policy}/rcg"), "Filter", Value::from(rules))
}

#[test]
fn a_child_is_where_its_base_is() {
    let family = |base: Value, child: Value| {
        let id = json!({"id": "[resourceId('Microsoft.Network/firewallPolicies','base')]"});
        let mut child_policy = policy("child", merged(tier("Standard"), json!({"basePolicy": id})));
        let mut base_policy = policy("base", tier("Standard"));
        base_policy.as_object_mut().unwrap().extend(base.as_object().unwrap().clone());
        child_policy.as_object_mut().unwrap().extend(child.as_object().unwrap().clone());
        found_in(&[template(json!([base_policy, child_policy]))])
    };
    let message = "FW0501: policy `child` is in `northeurope` and its base `base` in `westeurope`: \
                   Azure wants both in one region";
    assert_eq!(family(json!({}), json!({"location": "northeurope"})), [message]);
    assert_eq!(family(json!({}), json!({"location": "West Europe"})), NOTHING);
    assert_eq!(family(json!({}), json!({"location": "[resourceGroup().location]"})), NOTHING);
}

#[test]
fn a_child_is_no_weaker_than_its_base() {
    let id = |name: &str| json!({"id": format!("[resourceId('Microsoft.Network/firewallPolicies','{name}')]")});
    let base = policy("base", json!({"sku": {"tier": "Premium"}, "threatIntelMode": "Deny"}));
    let child = policy("child", json!({"threatIntelMode": "Alert", "basePolicy": id("base")}));
    let messages = [
        "FW0503: `threatIntelMode alert` is weaker than the base: `base` has `deny`",
        "FW0505: policy `child` is standard and its base `base` is premium: the base of a policy cannot have a higher tier",
    ];
    assert_eq!(found_in(&[template(json!([base, child]))]), messages);
    let chain = json!([
        policy("a", json!({})),
        policy("b", json!({"basePolicy": id("a")})),
        policy("c", json!({"basePolicy": id("b")}))
    ]);
    let message = "FW0502: policy `b` inherits another one, so it cannot be inherited itself";
    assert_eq!(found_in(&[template(chain)]), [message]);
}

#[test]
fn dnat_in_a_base_is_a_warning() {
    let id = json!({"id": "[resourceId('Microsoft.Network/firewallPolicies','base')]"});
    let nat = json!([{"ruleType": "NatRule", "name": "in", "ipProtocols": ["TCP"], "sourceAddresses": ["*"],
        "destinationAddresses": ["203.0.113.9"], "destinationPorts": ["443"], "translatedAddress": "10.30.0.4",
        "translatedPort": "443"}]);
    let resources =
        json!([policy("base", json!({})), group("base/rcg", "Nat", nat), policy("child", json!({"basePolicy": id}))]);
    let message = "FW0504 (warning): DNAT in policy `base`, which `child` inherits: Microsoft's pages disagree on whether \
                   Azure reads it for the child";
    assert_eq!(found_in(&[template(resources)]), [message]);
}

#[test]
fn a_word_that_is_no_tag_is_a_warning_and_one_that_rules_do_not_take_an_error() {
    let tag = |tag: &str| found(tier("Standard"), network(json!({"destinationAddresses": [tag]})));
    let no_tag = |tag: &str| format!("FW0201 (warning): `{tag}` is not a known service tag");
    assert_eq!(tag("Storge"), [no_tag("Storge")]);
    assert_eq!(tag("Storage.westeuorpe"), [no_tag("Storage.westeuorpe")]);
    for taken in ["AzureCloud.WestEurope", "storage", "*", "10.0.0.0/8"] {
        assert_eq!(tag(taken), NOTHING);
    }
    for foreign in ["Internet", "VirtualNetwork", "AzureLoadBalancer"] {
        let message =
            format!("FW0201: `{foreign}` is a service tag of network security groups: firewall rules do not take it");
        assert_eq!(tag(foreign), [message]);
    }
    let fqdn_tag = |tag: &str| found(tier("Standard"), application(json!({"fqdnTags": [tag]})));
    assert_eq!(fqdn_tag("WindowsUpdat"), ["FW0201 (warning): `WindowsUpdat` is not a known FQDN tag"]);
    assert_eq!(fqdn_tag("Office365.Exchange.Optimize"), NOTHING);
    let category = application(json!({"webCategories": ["Gamling"]}));
    assert_eq!(found(tier("Standard"), category), ["FW0201 (warning): `Gamling` is not a known web category"]);
}

#[test]
fn a_rule_has_protocols_and_ports() {
    let tags = application(json!({"fqdnTags": ["WindowsUpdate"], "protocols": []}));
    assert_eq!(found(json!({}), tags), ["FW0211: application rule `app` has no protocols: Azure refuses it"]);
    let url = application(json!({"targetUrls": ["a.example/b"], "protocols": []}));
    assert_eq!(found(tier("Premium"), url), NOTHING);
    let without = |name: &str, value: Value| {
        found(json!({}), network(json!({"destinationAddresses": ["10.30.0.0/16"], name: value})))
    };
    assert_eq!(without("destinationPorts", json!([])), ["FW0211: network rule `net` has no ports: Azure refuses it"]);
    assert_eq!(without("ipProtocols", json!([])), ["FW0211: network rule `net` has no protocols: Azure refuses it"]);
}

/// The API of classic firewalls takes FQDN tags without protocols, and DNS is set elsewhere.
#[test]
fn a_classic_firewall_is_no_policy() {
    let classic = |tier: &str| {
        let rules = json!([{"name": "app", "sourceAddresses": ["10.20.0.0/16"], "protocols": [], "fqdnTags": ["WindowsUpdate"]}]);
        let names = json!([{"name": "net", "sourceAddresses": ["10.20.0.0/16"], "protocols": ["TCP"],
            "destinationPorts": ["587"], "destinationFqdns": ["mail.shop.example"]}]);
        let collection = |name: &str, rules: Value| json!([{"name": name, "properties": {"priority": 200, "action": {"type": "Allow"}, "rules": rules}}]);
        template(json!([{"type": "Microsoft.Network/azureFirewalls", "apiVersion": "2024-05-01", "name": "fw",
            "location": "westeurope", "properties": {"sku": {"name": "AZFW_VNet", "tier": tier},
                "applicationRuleCollections": collection("a", rules), "networkRuleCollections": collection("n", names)}}]))
    };
    assert_eq!(found_in(&[classic("Standard")]), NOTHING);
    let message = "FW0402: a host name in a network rule needs tier Standard, found tier Basic";
    assert_eq!(found_in(&[classic("Basic")]), [message]);
}

#[test]
fn names_are_those_that_azure_takes() {
    let named = |policy_name: &str, rule: &str| {
        let rule = merged(plain(), json!({"name": rule}));
        found_in(&[template(json!([
            policy(policy_name, json!({})),
            group(&format!("{policy_name}/rcg"), "Filter", json!([rule]))
        ]))])
    };
    assert_eq!(named("shop", "allow web (443)"), NOTHING);
    let long = "p".repeat(81);
    assert_eq!(named(&long, "r"), [format!("FW0403: policy name `{long}` has 81 characters: Azure takes up to 80")]);
    let long = "r".repeat(81);
    let message =
        format!("FW0403 (warning): rule name `{long}` has 81 characters: 80 are safe, and no page documents more");
    assert_eq!(named("shop", &long), [message]);
    let message = "FW0403: policy name `my shop` has ` `: Azure takes letters, digits, `-`, `_` and `.`";
    assert_eq!(named("my shop", "r"), [message]);
}

#[test]
fn two_of_one_priority_are_a_warning() {
    let rules = || json!([plain()]);
    let resources =
        json!([policy("shop", json!({})), group("shop/a", "Filter", rules()), group("shop/b", "Filter", rules())]);
    let message = "FW0404 (warning): groups `a` and `b` have priority 300: which is read first is not documented";
    assert_eq!(found_in(&[template(resources)]), [message]);
}

#[test]
fn headers_and_sql_redirect_are_held_to_the_same() {
    let headers = json!([{"headerName": "Authorization", "headerValue": "x"}]);
    let rule = application(json!({"targetFqdns": ["a.example"], "httpHeadersToInsert": headers}));
    let message = "FW0411: header `Authorization` is reserved: Azure Firewall does not insert it";
    assert_eq!(found(tier("Standard"), rule), [message]);
    let rule = network(json!({"destinationAddresses": ["Sql"], "destinationPorts": ["11000-11999"]}));
    let message = "FW0410: `allowSqlRedirect` keeps ports 11000-11999 for itself";
    assert_eq!(found(json!({"sql": {"allowSqlRedirect": true}}), rule), [message]);
}

/// What `az` prints has the properties beside the name.
#[test]
fn what_az_prints_is_checked() {
    let id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/firewallPolicies/shop";
    let show = json!({"id": id, "name": "shop", "type": "Microsoft.Network/FirewallPolicies", "location": "westeurope",
        "sku": {"tier": "Standard"}, "threatIntelMode": "Alert", "intrusionDetection": {"mode": "Alert"}});
    let message = "FW0402: `intrusionDetection` needs tier Premium, found tier Standard";
    assert_eq!(found_in(&[show]), [message]);
}

/// Of real files, the errors and warnings are those that were looked at: how many of each code a file has.
#[test]
fn the_corpus_has_the_findings_that_were_looked_at() {
    let Some(folder) = shared("corpus") else { return };
    let mut table = String::from("file | findings\n");
    for path in json_files(&folder) {
        let text = std::fs::read_to_string(&path).unwrap();
        let Ok(model) = read_all(&[Artefact { name: "file", text: &text }]) else { continue };
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for found in &check(&model, &model, &CheckOptions::default()).placed(|_| None) {
            if std::env::var_os("SHOW").is_some() {
                eprintln!("{}: {} {}", path.display(), found.severity, line(found));
            }
            *counts.entry(format!("{} {}", found.severity, found.code.id)).or_default() += 1;
        }
        if !counts.is_empty() {
            let counts: Vec<String> = counts.iter().map(|(code, count)| format!("{count} × {code}")).collect();
            writeln!(table, "{} | {}", path.strip_prefix(&folder).unwrap().display(), counts.join(", ")).unwrap();
        }
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check/corpus.txt");
    if is_update() {
        std::fs::write(&file, &table).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap_or_default(), table, "rewrite with UPDATE=1");
}

/// The JSON files of a folder, sorted.
fn json_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(json_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "json" || extension == "jsonc") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Nobody can mend an export in this source: what is wrong with it is a note, and what does not fit is the child's error.
#[test]
fn an_export_that_is_inherited_has_notes_and_its_child_has_errors() {
    let nat = json!([{"ruleType": "NatRule", "name": "in", "ipProtocols": ["TCP"], "sourceAddresses": ["*"],
        "destinationAddresses": ["203.0.113.9"], "destinationPorts": ["443"], "translatedAddress": "10.30.0.4",
        "translatedPort": "443"}]);
    let base = merged(tier("Standard"), json!({"intrusionDetection": {"mode": "Alert"}}));
    let export = template(json!([policy("corp", base), group("corp/rcg", "Nat", nat)]));
    let text = "policy hub inherits external \"corp.json\" { sku standard location \"northeurope\"
                    group web { allow https from 10.20.0.4 to shop.example } }";
    let mut files = MemoryFiles::of(NAME, text);
    files.insert("corp.json", export.to_string());
    let project = Project::new(files, NAME, ProjectOptions::default());
    let found: Vec<String> = project.found(Stage::Check).iter().map(line).collect();
    let expected = [
        "FW0402 (note): `intrusionDetection` needs tier Premium, found tier Standard",
        "FW0504: base `corp` has DNAT rules: Microsoft's pages disagree on whether Azure reads them for the child",
        "FW0501: policy `hub` is in `northeurope` and its base `corp` in `westeurope`: Azure wants both in one region",
    ];
    assert_eq!(found, expected);
    let places: Vec<Option<String>> = project
        .found(Stage::Check)
        .iter()
        .map(|found| Some(project.texts().locate(found.at.as_ref()?.at)?.file.to_owned()))
        .collect();
    assert_eq!(places.iter().flatten().collect::<Vec<_>>(), ["corp.json", NAME, NAME]);
}
