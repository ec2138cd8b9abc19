//! What an `apply` opens, and what the reference says that it should.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use fwc::diag::Severity;
use fwc::driver::CheckDepth;
use fwc::intent::{Address, Host, Meta, Rule, Sources};
use fwc::source::SourceSpan;
use fwc::syntax::{NodeKind, SyntaxNode, ast};
use serde_json::Value;

use crate::corpus::shared;
use crate::project::project;

/// The facts of one file of the reference, where that is present.
pub(super) fn reference(name: &str) -> Option<Value> {
    let path = shared("reference")?.join(name);
    Some(serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap())
}

/// One thing that is opened: service, destination and who needs it.
pub(super) type Fact = (String, String, String);

/// What is opened, each with the sources that are cited for it.
pub(super) type Facts = BTreeMap<Fact, BTreeSet<String>>;

/// What `apply module::…` opens in a policy that can say everything.
pub(super) fn opened(module: &str, apply: &str) -> Facts {
    let text = format!(
        "use {module}\npolicy p {{ location \"westeurope\" sku premium dns {{ proxy on }}\n group g {{ apply {module}::{apply} }} }}"
    );
    let project = project(&text);
    let (sources, intent, found) = (project.sources(), project.intent(), project.diagnostics(CheckDepth::Checked));
    let errors: Vec<&str> =
        found.iter().filter(|found| found.severity == Severity::Error).map(|found| found.message.as_str()).collect();
    assert!(errors.is_empty(), "{text}: {errors:?}");
    let mut facts = Facts::new();
    for rule in intent.policies[0].groups[0].body.rules().flat_map(|rules| &rules.filters) {
        assert!(rule.description.is_some() && rule.label.is_some(), "{module}::{apply}: {}", rule.services);
        for (to, at) in destinations(rule) {
            let (need, source) = said(sources, at, &rule.meta);
            for service in rule.services.to_string().split(", ") {
                facts.entry((service.to_owned(), to.clone(), need.clone())).or_default().insert(source.clone());
            }
        }
    }
    facts
}

fn destinations(rule: &Rule) -> Vec<(String, SourceSpan)> {
    let address = |address: &Address| match address {
        Address::Span(span) => span.to_string(),
        Address::ServiceTag(tag) => format!("tag({tag})"),
        other => format!("{other:?}"),
    };
    let host = |host: &Host| match host {
        Host::Pattern(pattern) => pattern.to_string(),
        Host::FqdnTag(tag) => format!("fqdn-tag({tag})"),
        other => format!("{other:?}"),
    };
    let addresses = rule.to.addresses.iter().map(|entry| (address(&entry.value), entry.at));
    addresses.chain(rule.to.hosts.iter().map(|entry| (host(&entry.value), entry.at))).collect()
}

/// Who needs what stands at a place, and who says so: the rule, else the set that it names.
fn said(sources: &Sources, at: SourceSpan, rule: &Meta) -> (String, String) {
    let set = sources.items(at.file).find(|item| item.span().start <= at.start && at.end <= item.span().end);
    let set = set.filter(|item| item.kind() == NodeKind::Let).map(|item| *item);
    let of_set = |name: &str| set.and_then(|item| argument(item, name));
    if let Some(item) = set.filter(|item| argument(*item, "source").is_some()) {
        assert!(ast::description(item).is_some(), "a set without a description: {}", item.text());
    }
    let need = rule.need.clone().or_else(|| of_set("need"));
    let source = rule.source.as_ref().map(|(source, _)| source.clone()).or_else(|| of_set("source"));
    (need.unwrap_or_default(), source.unwrap_or_default())
}

/// The first argument of an annotation.
fn argument(item: SyntaxNode<'_>, name: &str) -> Option<String> {
    let mut found = item.children_of(NodeKind::Annotation);
    let found = found.find(|annotation| ast::name(*annotation).is_some_and(|token| token.text() == name))?;
    Some(found.child(NodeKind::Text)?.text().trim_matches('"').to_owned())
}

/// What stands for the words in angle brackets of the reference.
pub(super) fn filled(text: &str, region: &str) -> String {
    let (mut filled, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('<') {
        let (word, after) = after.split_once('>').unwrap();
        filled.push_str(before);
        filled.push_str(match word.to_lowercase().as_str() {
            "location" | "region" | "cluster-region-name" => region,
            "apiserverpublicip" => "198.51.100.7",
            "customdnsip" => "10.0.0.10",
            "git-host" => "git.contoso.com",
            _ => "contoso",
        });
        rest = after;
    }
    filled + rest
}

/// The service of a protocol and a port, as the language writes it.
pub(super) fn service(protocol: &str, port: u64) -> String {
    match (protocol.to_lowercase().as_str(), port) {
        ("https", 443) => "https".to_owned(),
        ("http", 80) => "http".to_owned(),
        ("mssql", 1433) => "mssql".to_owned(),
        (protocol, port) => format!("{protocol}/{port}"),
    }
}

pub(super) fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}"))
}

pub(super) fn texts<'v>(value: &'v Value, key: &str) -> Vec<&'v str> {
    value[key].as_array().into_iter().flatten().map(|value| value.as_str().unwrap()).collect()
}
