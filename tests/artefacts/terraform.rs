//! Terraform files say what the model says, and nothing that the provider does not know.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::process::Command;
use std::sync::{LazyLock, Once};

use fwc::emit::{
    EmitScope, EmittedFile,
    terraform::{files, unsaid},
};
use fwc::import::read;
use fwc::model::{AddressTerm, Model, Rules};
use fwc::net::{Ipv6Span, PortSet};
use hcl_edit::expr::{Expression, TraversalOperator};
use hcl_edit::structure::{Attribute, Block, Body};
use hcl_edit::template::Element;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{bicep::escaped, models};
use crate::corpus::shared;
use crate::hcl::round_trip::read_back;

const SCHEMA: &str = "corpus/spec/azurerm-provider-schema.5.2.0.firewall-subset.json";
const KINDS: [(&str, &str); 4] = [
    ("azurerm_firewall_policy", "Microsoft.Network/firewallPolicies"),
    ("azurerm_firewall_policy_rule_collection_group", "Microsoft.Network/firewallPolicies/ruleCollectionGroups"),
    ("azurerm_ip_group", "Microsoft.Network/ipGroups"),
    ("azurerm_route_table", "Microsoft.Network/routeTables"),
];

static PROVIDER: LazyLock<Option<Value>> = LazyLock::new(|| {
    let text = fs::read_to_string(shared(SCHEMA)?).expect("the schema is readable");
    Some(serde_json::from_str::<Value>(&text).expect("the schema is JSON")["resources"].clone())
});

/// A module, read by the HCL library.
pub struct Module {
    blocks: Vec<Block>,
}

impl Module {
    pub fn parse(files: &[EmittedFile]) -> Self {
        let parse = |file: &EmittedFile| -> Body {
            file.text.parse().unwrap_or_else(|error| panic!("{}: {error}\n{}", file.name, file.text))
        };
        Self { blocks: files.iter().flat_map(|file| parse(file).into_blocks().collect::<Vec<_>>()).collect() }
    }

    fn resources(&self) -> impl Iterator<Item = (&str, &str, &Body)> {
        self.blocks.iter().filter(|block| block.has_ident("resource")).map(|block| {
            let [kind, label] = block.labels.as_slice() else { panic!("{:?}", block.labels) };
            (kind.as_str(), label.as_str(), &block.body)
        })
    }

    /// The model that the module says.
    pub fn model(&self) -> Model {
        let ids: BTreeMap<String, String> =
            self.resources().map(|(kind, label, body)| (format!("{kind}.{label}"), self.id(kind, body))).collect();
        assert_eq!(ids.len(), self.resources().count(), "a resource stands twice");
        let resources: Vec<Value> = self.resources().map(|(kind, _, body)| self.resource(kind, body, &ids)).collect();
        let template = json!({
            "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
            "contentVersion": "1.0.0.0",
            "resources": resources,
        });
        read(&template.to_string(), "t").unwrap_or_else(|error| panic!("{error}\n{template:#}"))
    }

    fn id(&self, kind: &str, body: &Body) -> String {
        let kind = KINDS.iter().find(|(name, _)| *name == kind).expect("a known kind").1;
        let name = text(attribute(body, "name").unwrap());
        if !kind.ends_with("ruleCollectionGroups") {
            return format!("[resourceId('{kind}',{})]", quoted(&name));
        }
        format!("[resourceId('{kind}',{},{})]", quoted(&self.policy_of(body)), quoted(&name))
    }

    /// The name of the policy that a group belongs to.
    fn policy_of(&self, group: &Body) -> String {
        let path = path(attribute(group, "firewall_policy_id").unwrap());
        if path[0] == "var" {
            let description = self.variable(&path[1]);
            let name = description.strip_prefix("The resource id of the policy ").unwrap();
            return name.strip_suffix('.').unwrap().to_owned();
        }
        let owner = self.resources().find(|(kind, label, _)| *kind == path[0] && *label == path[1]);
        text(attribute(owner.expect("a policy of the module").2, "name").unwrap())
    }

    fn variable(&self, name: &str) -> String {
        let variables = self.blocks.iter().filter(|block| block.has_ident("variable"));
        let mut named = variables.filter(|block| block.labels[0].as_str() == name);
        let description = text(attribute(&named.next().expect("a declared variable").body, "description").unwrap());
        assert!(named.next().is_none(), "variable {name} is declared twice");
        description
    }

    fn resource(&self, kind: &str, body: &Body, ids: &BTreeMap<String, String>) -> Value {
        let reader = Reader { ids };
        let name = text(attribute(body, "name").unwrap());
        let properties = match kind {
            "azurerm_firewall_policy" => reader.policy(body),
            "azurerm_firewall_policy_rule_collection_group" => reader.group(body),
            "azurerm_ip_group" => json!({ "ipAddresses": reader.of(body, "cidrs") }),
            _ => reader.route_table(body),
        };
        let full = match kind {
            "azurerm_firewall_policy_rule_collection_group" => format!("{}/{name}", self.policy_of(body)),
            _ => name,
        };
        let mut resource = json!({
            "type": KINDS.iter().find(|(name, _)| *name == kind).unwrap().1,
            "apiVersion": "2025-07-01",
            "name": escaped(&full),
            "location": reader.of(body, "location"),
            "tags": reader.of(body, "tags"),
            "properties": properties,
        });
        if let Some(identity) = block(body, "identity") {
            assert_eq!(text(attribute(identity, "type").unwrap()), "UserAssigned");
            let users = reader.of(identity, "identity_ids");
            let users: Map<String, Value> =
                users.as_array().unwrap().iter().map(|id| (id.as_str().unwrap().to_owned(), json!({}))).collect();
            resource["identity"] = json!({ "type": "UserAssigned", "userAssignedIdentities": users });
        }
        without_nulls(resource)
    }

    /// For each resource, by kind and label, what it waits for.
    pub fn waits(&self) -> BTreeMap<String, Vec<String>> {
        let needs = |body: &Body| {
            let list = attribute(body, "depends_on").and_then(Expression::as_array);
            list.map(|list| list.iter().map(|item| path(item).join(".")).collect()).unwrap_or_default()
        };
        self.resources().map(|(kind, label, body)| (format!("{kind}.{label}"), needs(body))).collect()
    }

    /// What the provider does not know of the module.
    pub fn faults(&self) -> Option<Vec<String>> {
        let provider = PROVIDER.as_ref()?;
        let faults = self.resources().flat_map(|(kind, label, body)| {
            let place = format!("{kind}.{label}");
            body_faults(&place, body, &provider[kind]["schema"], &["depends_on"])
        });
        Some(faults.collect())
    }
}

/// Attributes and blocks against a level of the provider's schema.
fn body_faults(place: &str, body: &Body, schema: &Value, meta: &[&str]) -> Vec<String> {
    let mut faults = Vec::new();
    let Some(fields) = schema.as_object() else { return vec![format!("{place}: unknown")] };
    for attribute in body.attributes().filter(|attribute| !meta.contains(&attribute.key.as_str())) {
        let place = format!("{place}.{}", attribute.key.as_str());
        match fields.get(attribute.key.as_str()) {
            Some(field) if field["elem"]["schema"].is_null() => faults.extend(type_fault(&place, attribute, field)),
            _ => faults.push(format!("{place}: no such attribute")),
        }
    }
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for block in body.blocks() {
        let name = block.ident.as_str();
        *counts.entry(name).or_default() += 1;
        faults.extend(body_faults(
            &format!("{place}.{name}"),
            &block.body,
            &fields.get(name).unwrap_or(&Value::Null)["elem"]["schema"],
            &[],
        ));
    }
    for (name, field) in fields {
        let has = body.has_attribute(name) || counts.contains_key(name.as_str());
        if field["required"] == true && !has {
            faults.push(format!("{place}.{name}: missing"));
        }
        let most = field["maxItems"].as_u64().filter(|_| !field["elem"]["schema"].is_null());
        if most.is_some_and(|most| counts.get(name.as_str()).is_some_and(|&count| count > most)) {
            faults.push(format!("{place}.{name}: too many"));
        }
    }
    faults
}

fn type_fault(place: &str, attribute: &Attribute, field: &Value) -> Option<String> {
    let value = &attribute.value;
    let reference = matches!(value, Expression::Traversal(_));
    let fits = match field["type"].as_str().unwrap() {
        "TypeString" => reference || string(value).is_some(),
        "TypeInt" => value.is_number(),
        "TypeBool" => value.is_bool(),
        "TypeMap" => value.is_object(),
        "TypeList" | "TypeSet" => value.as_array().is_some_and(|items| {
            let most = field["maxItems"].as_u64().unwrap_or(u64::MAX);
            items.len() as u64 <= most
                && items.iter().all(|item| matches!(item, Expression::Traversal(_)) || string(item).is_some())
        }),
        other => panic!("{place}: {other}"),
    };
    let settable = field["required"] == true || field["optional"] == true;
    (!fits || !settable).then(|| format!("{place}: not a {}", field["type"]))
}

struct Reader<'i> {
    ids: &'i BTreeMap<String, String>,
}

impl Reader<'_> {
    /// The value of an attribute as a template has it; null where there is none.
    fn of(&self, body: &Body, key: &str) -> Value {
        attribute(body, key).map_or(Value::Null, |value| self.value(value))
    }

    fn value(&self, value: &Expression) -> Value {
        match value {
            Expression::Bool(value) => json!(**value),
            Expression::Number(number) => json!(number.value().as_u64().unwrap()),
            Expression::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Expression::Object(object) => {
                let entry = |(key, value): (&hcl_edit::expr::ObjectKey, &hcl_edit::expr::ObjectValue)| {
                    let key = key.as_ident().map(|ident| ident.as_str().to_owned()).or_else(|| string(key.as_expr()?));
                    (escaped(&key.unwrap()), self.value(value.expr()))
                };
                Value::Object(object.iter().map(entry).collect())
            }
            Expression::Traversal(_) => self.referred(&path(value)),
            other => json!(escaped(&text(other))),
        }
    }

    fn referred(&self, path: &[String]) -> Value {
        match path {
            [var, name] if var == "var" && name == "location" => json!("[resourceGroup().location]"),
            [kind, label, id] if id == "id" => json!(self.ids[&format!("{kind}.{label}")]),
            other => panic!("{other:?}"),
        }
    }

    /// The blocks of a name, each as an object with the properties that `names` gives its attributes.
    fn each(&self, body: &Body, name: &str, names: &[(&str, &str)]) -> Value {
        body.get_blocks(name).map(|block| self.object(&block.body, names)).collect()
    }

    fn object(&self, body: &Body, names: &[(&str, &str)]) -> Value {
        Value::Object(names.iter().map(|(from, to)| ((*to).to_owned(), self.of(body, from))).collect())
    }

    fn policy(&self, body: &Body) -> Value {
        let one = |name: &str, names: &[(&str, &str)]| block(body, name).map(|body| self.object(body, names));
        let learn = attribute(body, "auto_learn_private_ranges_enabled").and_then(Expression::as_bool);
        json!({
            "basePolicy": { "id": self.of(body, "base_policy_id") },
            "sku": { "tier": self.of(body, "sku") },
            "threatIntelMode": self.of(body, "threat_intelligence_mode"),
            "threatIntelWhitelist": one("threat_intelligence_allowlist", &[("fqdns", "fqdns"), ("ip_addresses", "ipAddresses")]),
            "dnsSettings": one("dns", &[("servers", "servers"), ("proxy_enabled", "enableProxy")]),
            "explicitProxy": one("explicit_proxy", &[
                ("enabled", "enableExplicitProxy"),
                ("http_port", "httpPort"),
                ("https_port", "httpsPort"),
                ("enable_pac_file", "enablePacFile"),
                ("pac_file_port", "pacFilePort"),
                ("pac_file", "pacFile"),
            ]),
            "insights": block(body, "insights").map(|body| self.insights(body)),
            "intrusionDetection": block(body, "intrusion_detection").map(|body| self.idps(body)),
            "snat": {
                "privateRanges": self.of(body, "private_ip_ranges"),
                "autoLearnPrivateRanges": learn.map(|learn| if learn { "Enabled" } else { "Disabled" }),
            },
            "sql": { "allowSqlRedirect": self.of(body, "sql_redirect_allowed") },
            "transportSecurity": {
                "certificateAuthority":
                    one("tls_certificate", &[("name", "name"), ("key_vault_secret_id", "keyVaultSecretId")]),
            },
        })
    }

    fn insights(&self, body: &Body) -> Value {
        let workspaces: Vec<Value> = body
            .get_blocks("log_analytics_workspace")
            .map(|block| {
                json!({ "region": self.of(&block.body, "firewall_location"), "workspaceId": { "id": self.of(&block.body, "id") } })
            })
            .collect();
        json!({
            "isEnabled": self.of(body, "enabled"),
            "retentionDays": self.of(body, "retention_in_days"),
            "logAnalyticsResources": {
                "defaultWorkspaceId": { "id": self.of(body, "default_log_analytics_workspace_id") },
                "workspaces": workspaces,
            },
        })
    }

    fn idps(&self, body: &Body) -> Value {
        let bypass = [
            ("name", "name"),
            ("description", "description"),
            ("protocol", "protocol"),
            ("source_addresses", "sourceAddresses"),
            ("source_ip_groups", "sourceIpGroups"),
            ("destination_addresses", "destinationAddresses"),
            ("destination_ip_groups", "destinationIpGroups"),
            ("destination_ports", "destinationPorts"),
        ];
        json!({
            "mode": self.of(body, "mode"),
            "configuration": {
                "signatureOverrides": self.each(body, "signature_overrides", &[("id", "id"), ("state", "mode")]),
                "bypassTrafficSettings": self.each(body, "traffic_bypass", &bypass),
                "privateRanges": self.of(body, "private_ranges"),
            },
        })
    }

    fn group(&self, body: &Body) -> Value {
        let collections: Vec<Value> = body.blocks().map(|block| self.collection(block)).collect();
        json!({ "priority": self.of(body, "priority"), "ruleCollections": collections })
    }

    fn collection(&self, block: &Block) -> Value {
        let (kind, rule): (&str, fn(&Self, &Body) -> Value) = match block.ident.as_str() {
            "nat_rule_collection" => ("FirewallPolicyNatRuleCollection", Self::nat),
            "network_rule_collection" => ("FirewallPolicyFilterRuleCollection", Self::network),
            "application_rule_collection" => ("FirewallPolicyFilterRuleCollection", Self::application),
            other => panic!("{other}"),
        };
        json!({
            "ruleCollectionType": kind,
            "name": self.of(&block.body, "name"),
            "priority": self.of(&block.body, "priority"),
            "action": { "type": self.of(&block.body, "action") },
            "rules": block.body.get_blocks("rule").map(|block| rule(self, &block.body)).collect::<Vec<Value>>(),
        })
    }

    fn rule(&self, kind: &str, body: &Body, more: &[(&str, &str)]) -> Value {
        let shared = [
            ("name", "name"),
            ("description", "description"),
            ("source_addresses", "sourceAddresses"),
            ("source_ip_groups", "sourceIpGroups"),
        ];
        let mut rule = self.object(body, &[&shared, more].concat());
        rule["ruleType"] = json!(kind);
        rule
    }

    fn nat(&self, body: &Body) -> Value {
        let names = [
            ("protocols", "ipProtocols"),
            ("destination_ports", "destinationPorts"),
            ("translated_address", "translatedAddress"),
            ("translated_fqdn", "translatedFqdn"),
        ];
        let mut rule = self.rule("NatRule", body, &names);
        rule["destinationAddresses"] = json!([self.of(body, "destination_address")]);
        rule["translatedPort"] = json!(self.of(body, "translated_port").to_string());
        rule
    }

    fn network(&self, body: &Body) -> Value {
        let names = [
            ("protocols", "ipProtocols"),
            ("destination_addresses", "destinationAddresses"),
            ("destination_ip_groups", "destinationIpGroups"),
            ("destination_fqdns", "destinationFqdns"),
            ("destination_ports", "destinationPorts"),
        ];
        self.rule("NetworkRule", body, &names)
    }

    fn application(&self, body: &Body) -> Value {
        let names = [
            ("destination_addresses", "destinationAddresses"),
            ("destination_fqdns", "targetFqdns"),
            ("destination_urls", "targetUrls"),
            ("destination_fqdn_tags", "fqdnTags"),
            ("web_categories", "webCategories"),
            ("terminate_tls", "terminateTLS"),
        ];
        let mut rule = self.rule("ApplicationRule", body, &names);
        rule["protocols"] = self.each(body, "protocols", &[("type", "protocolType"), ("port", "port")]);
        rule["httpHeadersToInsert"] =
            self.each(body, "http_headers", &[("name", "headerName"), ("value", "headerValue")]);
        rule
    }

    fn route_table(&self, body: &Body) -> Value {
        let learns = attribute(body, "bgp_route_propagation_enabled").and_then(Expression::as_bool);
        let routes: Vec<Value> = body
            .get_blocks("route")
            .map(|block| {
                let names = [
                    ("address_prefix", "addressPrefix"),
                    ("next_hop_type", "nextHopType"),
                    ("next_hop_in_ip_address", "nextHopIpAddress"),
                ];
                json!({ "name": self.of(&block.body, "name"), "properties": self.object(&block.body, &names) })
            })
            .collect();
        json!({ "disableBgpRoutePropagation": learns.map(|learns| !learns), "routes": routes })
    }
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(entries) => Value::Object(
            entries
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (key, without_nulls(value)))
                .collect(),
        ),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

fn attribute<'b>(body: &'b Body, key: &str) -> Option<&'b Expression> {
    body.get_attribute(key).map(|attribute| &attribute.value)
}

fn block<'b>(body: &'b Body, name: &'b str) -> Option<&'b Body> {
    body.get_blocks(name).next().map(|block| &block.body)
}

fn string(value: &Expression) -> Option<String> {
    match value {
        Expression::String(text) => Some(text.value().clone()),
        Expression::StringTemplate(template) => {
            let literal = |element: &Element| element.as_literal().map(|text| text.value().to_string());
            template.iter().map(literal).collect()
        }
        _ => None,
    }
}

fn text(value: &Expression) -> String {
    string(value).unwrap_or_else(|| panic!("no text: {value}"))
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The words of a reference.
fn path(value: &Expression) -> Vec<String> {
    let traversal = value.as_traversal().unwrap_or_else(|| panic!("no reference: {value}"));
    let rest = traversal.operators.iter().map(|operator| match operator.value() {
        TraversalOperator::GetAttr(name) => name.as_str().to_owned(),
        other => panic!("{other:?}"),
    });
    [traversal.expr.as_variable().unwrap().as_str().to_owned()].into_iter().chain(rest).collect()
}

/// What Terraform can say of a random model.
fn sayable(mut model: Model) -> Model {
    for policy in &mut model.policies {
        let settings = &mut policy.settings;
        if let Some(idps) = &mut settings.idps {
            idps.profile = None;
        }
        if let Some(dns) = &mut settings.dns {
            dns.network_rules_need_proxy = None;
        }
        if let Some(insights) = &mut settings.insights {
            insights.enabled.get_or_insert(true);
            insights.default_workspace.get_or_insert_with(|| "/w".to_owned());
        }
        for group in &mut policy.groups {
            group.collections.retain(|collection| !collection.rules.is_empty());
            for collection in &mut group.collections {
                match &mut collection.rules {
                    Rules::Nat(rules) => rules.iter_mut().for_each(|rule| {
                        rule.matches.destinations.truncate(1);
                        rule.matches.ports.truncate(1);
                    }),
                    Rules::Network(_, rules) => {
                        for rule in rules.iter_mut() {
                            if rule.matches.ports.is_empty() {
                                rule.matches.ports = PortSet::any();
                            }
                            let of_both = [&mut rule.matches.sources.addresses, &mut rule.matches.destinations];
                            of_both.into_iter().for_each(|terms| terms.retain(|term| !is_ipv6_range(term)));
                        }
                    }
                    Rules::Application(_, rules) => rules.iter_mut().for_each(|rule| {
                        rule.matches.destinations.retain(|term| !matches!(term, AddressTerm::ServiceTag(_)));
                    }),
                }
            }
        }
    }
    model
}

fn is_ipv6_range(term: &AddressTerm) -> bool {
    matches!(term, AddressTerm::Ipv6(Ipv6Span::Range(..)))
}

/// The model as the module says it: a child that does not say takes threat intelligence from its base.
fn as_said(model: &Model) -> Model {
    let mut said = model.as_deployed();
    for (policy, meant) in said.policies.iter_mut().zip(&model.policies) {
        let inherited = model.parent_of(meant).and_then(|parent| parent.settings.threat_intel);
        policy.settings.threat_intel = policy.settings.threat_intel.or(inherited);
    }
    said
}

pub fn module(model: &Model) -> Module {
    let policies: Vec<_> = model.policies.iter().collect();
    Module::parse(&files(model, &policies, EmitScope::Whole))
}

/// Files of a module as they were written, for a model that Terraform can say.
#[track_caller]
pub fn files_say_what_the_model_says(files: &[EmittedFile], model: &Model) {
    assert!(model.policies.iter().all(|policy| unsaid(policy, EmitScope::Whole).is_empty()));
    let module = Module::parse(files);
    assert_eq!(module.faults().unwrap_or_default(), Vec::<String>::new());
    assert_eq!(sorted(module.model()), sorted(as_said(model)));
    assert_eq!(by_priority(read_back(files)), by_priority(as_said(model)));
}

#[track_caller]
pub fn says_what_the_model_says(model: &Model) {
    let model = sayable(model.clone());
    assert!(model.policies.iter().all(|policy| unsaid(policy, EmitScope::Whole).is_empty()));
    let policies: Vec<_> = model.policies.iter().collect();
    files_say_what_the_model_says(&files(&model, &policies, EmitScope::Whole), &model);
}

/// What the reader of files has to suppose, it says of the files. Blocks of one kind are read one behind another, whatever is
/// between them: the order of collections is that of their priorities.
/// A region that is a variable without a value is not known, and what is off is what azurerm has by default.
fn by_priority(mut model: Model) -> Model {
    model.assumptions.clear();
    for policy in &mut model.policies {
        policy.settings.unknown.location = false;
        policy.settings.sql_redirect = policy.settings.sql_redirect.filter(|is_on| *is_on);
        if let Some(snat) = &mut policy.settings.snat {
            snat.auto_learn = snat.auto_learn.filter(|is_on| *is_on);
        }
        policy.settings.snat = policy.settings.snat.take().filter(|snat| *snat != Default::default());
    }
    for group in model.policies.iter_mut().flat_map(|policy| &mut policy.groups) {
        group.collections.sort_by(|one, next| (one.priority, &one.name).cmp(&(next.priority, &next.name)));
    }
    sorted(model)
}

/// Resources of one kind have no order, and neither have the files that they stand in.
fn sorted(mut model: Model) -> Model {
    model.ip_groups.sort_unstable_keys();
    model.policies.sort_by(|one, next| one.name.cmp(&next.name));
    model
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, max_shrink_iters: 50, ..ProptestConfig::default() })]

    #[test]
    fn terraform_says_what_the_model_says(model in models::models()) {
        says_what_the_model_says(&model);
    }
}

/// Runs `terraform fmt -check` on files; `None`, said loudly, where there is no terraform.
pub fn terraform_fmt(files: &[EmittedFile]) -> Option<String> {
    let folder = tempfile::TempDir::new().unwrap();
    for file in files {
        fs::write(folder.path().join(&file.name), &file.text).unwrap();
    }
    let Ok(output) =
        Command::new("terraform").args(["fmt", "-check", "-diff", "-no-color"]).current_dir(folder.path()).output()
    else {
        // Past what the test runner keeps to itself of tests that pass.
        static SAID: Once = Once::new();
        SAID.call_once(|| {
            let mut stderr = io::stderr();
            writeln!(stderr, "SKIPPED: terraform is not on the path, so no layout of .tf files is checked").unwrap();
        });
        return None;
    };
    let said = [output.stdout, output.stderr].concat();
    Some(if output.status.success() { String::new() } else { String::from_utf8_lossy(&said).into_owned() })
}

#[test]
fn random_modules_are_laid_out_as_terraform_fmt_does() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..20 {
        let model = sayable(models::models().new_tree(&mut runner).unwrap().current());
        let policies: Vec<_> = model.policies.iter().collect();
        // A group or file name of a random model may hold anything; the files stand under names of their own here.
        let files: Vec<EmittedFile> = files(&model, &policies, EmitScope::Whole)
            .into_iter()
            .enumerate()
            .map(|(index, file)| EmittedFile { name: format!("{index}.tf"), ..file })
            .collect();
        let Some(said) = terraform_fmt(&files) else { return };
        assert_eq!(said, "", "{files:#?}");
    }
}

#[test]
fn the_provider_finds_a_wrong_attribute() {
    let file =
        EmittedFile { name: "x.tf".into(), text: "resource \"azurerm_ip_group\" \"x\" {\n  names = \"x\"\n}\n".into() };
    let Some(faults) = Module::parse(&[file]).faults() else { return };
    assert_eq!(faults.len(), 4, "{faults:?}");
}
