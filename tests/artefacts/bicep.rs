//! Bicep files say what the ARM templates say, property by property.

use std::collections::BTreeMap;

use fwc::bicep::{BicepFiles, LoadedBicep, template};
use fwc::emit::{
    EmitOptions, EmitScope, Parents,
    arm::{policy_template, route_template},
    bicep::{policy_file, route_file},
};
use fwc::import::{Artefact, Error, read_all};
use fwc::model::Model;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tree_sitter::{Node, Parser};

use super::models;

/// The resources of a Bicep file as an ARM template has them.
pub fn lowered(text: &str) -> Vec<Value> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_bicep::LANGUAGE.into()).unwrap();
    let tree = parser.parse(text, None).unwrap();
    let root = tree.root_node();
    assert!(!root.has_error(), "{}", fault(root, text).unwrap_or_default());
    let nodes = children(root);
    let declared: Vec<Declared> = nodes.into_iter().map(|node| Declared::of(node, text)).collect();
    let symbols: BTreeMap<&str, &Declared> = declared.iter().map(|one| (one.symbol.as_str(), one)).collect();
    assert_eq!(symbols.len(), declared.len(), "a symbol stands twice\n{text}");
    declared.iter().filter(|one| !one.existing).map(|one| one.resource(&symbols)).collect()
}

/// The line of the first text that the grammar cannot take.
fn fault(node: Node<'_>, text: &str) -> Option<String> {
    if node.is_error() || node.is_missing() {
        let line = text.lines().nth(node.start_position().row).unwrap_or_default();
        return Some(format!("{}: {line}", node.start_position()));
    }
    let mut cursor = node.walk();
    node.children(&mut cursor).find_map(|child| fault(child, text))
}

struct Declared<'t> {
    symbol: String,
    kind: String,
    version: String,
    existing: bool,
    object: Node<'t>,
    text: &'t str,
}

fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).collect()
}

fn said<'t>(node: Node<'_>, text: &'t str) -> &'t str {
    &text[node.byte_range()]
}

impl<'t> Declared<'t> {
    fn of(node: Node<'t>, text: &'t str) -> Self {
        assert_eq!(node.kind(), "resource_declaration", "{}", said(node, text));
        let parts = children(node);
        let [symbol, kind, object] = parts.as_slice() else { panic!("{}", node.to_sexp()) };
        let kind = unquoted(said(*kind, text));
        let (kind, version) = kind.split_once('@').unwrap();
        let head = &text[node.start_byte()..object.start_byte()];
        Self {
            symbol: said(*symbol, text).to_owned(),
            kind: kind.to_owned(),
            version: version.to_owned(),
            existing: head.contains(" existing = "),
            object: *object,
            text,
        }
    }

    fn entries(&self) -> Vec<(String, Node<'t>)> {
        entries(self.object, self.text)
    }

    fn entry(&self, key: &str) -> Option<Node<'t>> {
        self.entries().into_iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    fn names(&self, symbols: &BTreeMap<&str, &Declared>) -> Vec<String> {
        let parent = self.entry("parent").map(|node| symbols[said(node, self.text)].names(symbols));
        let name = unquoted(said(self.entry("name").unwrap(), self.text));
        parent.into_iter().flatten().chain([name]).collect()
    }

    fn id(&self, symbols: &BTreeMap<&str, &Declared>) -> String {
        resource_id(&self.kind, &self.names(symbols))
    }

    fn resource(&self, symbols: &BTreeMap<&str, &Declared>) -> Value {
        let mut resource = Map::new();
        resource.insert("type".into(), json!(self.kind));
        resource.insert("apiVersion".into(), json!(self.version));
        resource.insert("name".into(), json!(escaped(&self.names(symbols).join("/"))));
        let mut needs: Vec<Value> =
            self.entry("parent").into_iter().map(|node| json!(symbols[said(node, self.text)].id(symbols))).collect();
        for (key, node) in self.entries() {
            match key.as_str() {
                "parent" | "name" => {}
                "dependsOn" => {
                    needs.extend(
                        children(node).into_iter().map(|node| json!(symbols[said(node, self.text)].id(symbols))),
                    );
                }
                _ => drop(resource.insert(escaped(&key), value(node, self.text, symbols))),
            }
        }
        resource.insert("dependsOn".into(), needs.into());
        Value::Object(resource)
    }
}

fn entries<'t>(object: Node<'t>, text: &str) -> Vec<(String, Node<'t>)> {
    assert_eq!(object.kind(), "object", "{}", said(object, text));
    let pairs = children(object).into_iter().map(|property| {
        let parts = children(property);
        let [key, value] = parts.as_slice() else { panic!("{}", property.to_sexp()) };
        let written = said(*key, text);
        (if key.kind() == "string" { unquoted(written) } else { written.to_owned() }, *value)
    });
    pairs.collect()
}

fn value(node: Node<'_>, text: &str, symbols: &BTreeMap<&str, &Declared>) -> Value {
    let written = said(node, text);
    match node.kind() {
        "string" => json!(escaped(&unquoted(written))),
        "number" | "boolean" | "null" => serde_json::from_str(written).unwrap(),
        "array" => children(node).into_iter().map(|item| value(item, text, symbols)).collect(),
        "object" => {
            let entries = entries(node, text).into_iter();
            Value::Object(entries.map(|(key, node)| (escaped(&key), value(node, text, symbols))).collect())
        }
        "member_expression" if written == "resourceGroup().location" => json!("[resourceGroup().location]"),
        "member_expression" => json!(symbols[written.strip_suffix(".id").unwrap()].id(symbols)),
        "call_expression" => called(node, text),
        other => panic!("{other}: {written}"),
    }
}

fn called(node: Node<'_>, text: &str) -> Value {
    let parts = children(node);
    let arguments: Vec<String> =
        children(parts[1]).into_iter().map(|argument| unquoted(said(argument, text))).collect();
    match said(parts[0], text) {
        "resourceId" => json!(resource_id(&arguments[0], &arguments[1..])),
        "json" => serde_json::from_str(&arguments[0]).unwrap(),
        other => panic!("{other}"),
    }
}

fn resource_id(kind: &str, names: &[String]) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let arguments: Vec<String> = [kind].into_iter().chain(names.iter().map(String::as_str)).map(quoted).collect();
    format!("[resourceId({})]", arguments.join(","))
}

/// A text as a template has it.
pub fn escaped(text: &str) -> String {
    if text.starts_with('[') && text.ends_with(']') { format!("[{text}") } else { text.to_owned() }
}

/// What a Bicep string says, read by its definition: `\\ \' \n \r \t \u{…} \$`, and `${` starts an interpolation.
fn unquoted(written: &str) -> String {
    let inner = written.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).expect("a string");
    let mut said = String::new();
    let mut rest = inner.chars();
    while let Some(c) = rest.next() {
        assert!(c != '\'' && c != '\n', "a string ends in {written}");
        assert!(!(c == '$' && rest.as_str().starts_with('{')), "an interpolation in {written}");
        if c != '\\' {
            said.push(c);
            continue;
        }
        match rest.next().unwrap() {
            'n' => said.push('\n'),
            'r' => said.push('\r'),
            't' => said.push('\t'),
            c @ ('\\' | '\'' | '$') => said.push(c),
            'u' => {
                let (digits, after) = rest.as_str().strip_prefix('{').unwrap().split_once('}').unwrap();
                said.push(char::from_u32(u32::from_str_radix(digits, 16).unwrap()).unwrap());
                rest = after.chars();
            }
            other => panic!("\\{other} in {written}"),
        }
    }
    said
}

/// The resources of a template, each with what it waits for: a group waits for its policy, said or not.
pub fn resources(template: &Value) -> Vec<Value> {
    let mut resources = template["resources"].as_array().unwrap().clone();
    for resource in &mut resources {
        let name = resource["name"].as_str().unwrap();
        let name = if name.starts_with("[[") && name.ends_with(']') { &name[1..] } else { name };
        let mut needs: Vec<Value> = Vec::new();
        if let Some((policy, _)) = name.split_once('/') {
            needs.push(json!(resource_id("Microsoft.Network/firewallPolicies", &[policy.to_owned()])));
        }
        let stated = resource["dependsOn"].as_array().cloned().unwrap_or_default();
        needs.extend(stated.into_iter().filter(|id| !needs.contains(id)).collect::<Vec<_>>());
        resource["dependsOn"] = needs.into();
    }
    resources
}

fn compare(model: &Model, options: EmitOptions) -> Result<(), TestCaseError> {
    for policy in &model.policies {
        let text = policy_file(model, policy, &options);
        prop_assert_eq!(lowered(&text), resources(&policy_template(model, policy, &options)), "{}", text);
    }
    if let (Some(text), Some(template)) = (route_file(model), route_template(model)) {
        prop_assert_eq!(lowered(&text), resources(&template), "{}", text);
    }
    Ok(())
}

/// The Bicep files of a model.
pub fn files(model: &Model, options: &EmitOptions) -> Vec<String> {
    let policies = model.policies.iter().map(|policy| policy_file(model, policy, options));
    policies.chain(route_file(model)).collect()
}

/// No file but the one that is read.
struct Alone;

impl BicepFiles for Alone {
    fn read(&mut self, _: &str, path: &str) -> Result<LoadedBicep, String> {
        panic!("what is written names no other file: {path}")
    }
}

/// What fwc itself reads of Bicep files.
pub fn read_back(files: &[String]) -> Result<Model, Error> {
    let lowered = |text: &String| template("t", text, &mut Alone).unwrap_or_else(|fault| panic!("{fault}\n{text}"));
    let texts: Vec<String> = files.iter().map(|text| lowered(text).json.to_string()).collect();
    let artefacts: Vec<Artefact> = texts.iter().map(|text| Artefact { name: "t", text }).collect();
    read_all(&artefacts)
}

pub fn rules_say_what_arm_says(model: &Model) {
    compare(model, EmitOptions { parents: Parents::Included, scope: EmitScope::RulesOnly }).unwrap();
}

pub fn says_what_arm_says(model: &Model) {
    compare(model, EmitOptions::default()).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, max_shrink_iters: 50, ..ProptestConfig::default() })]

    #[test]
    fn bicep_says_what_arm_says(model in models::models(), included in any::<bool>(), rules_only in any::<bool>()) {
        let parents = if included { Parents::Included } else { Parents::Referenced };
        let scope = if rules_only { EmitScope::RulesOnly } else { EmitScope::Whole };
        compare(&model, EmitOptions { parents, scope })?;
    }
}
