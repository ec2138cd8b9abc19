//! An explanation as a line of JSON, `fwc.explain/1`.

use std::net::Ipv4Addr;

use serde::Serialize;

use super::{Decision, Detail, Detour, ExplainedCase, ExplainedTranslation, Explanation, FlowLine, Near, Passed};
use crate::evaluate::{OrderLine, SortedRule};
use crate::model::NatTarget;
use crate::source::{Files, Located, Origin, PlaceSpot};
use crate::way::{Fate, NetworkWay};

/// The output of `fwc explain --format json` for one flow.
#[derive(Clone, Serialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct ExplainReport<'a> {
    schema: &'static str,
    flow: &'a FlowLine,
    verdict: String,
    fate: String,
    way: WayTaken<'a>,
    decided_by: DecidedBy<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    passed: Option<Vec<PassedRule<'a>>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    depends: Vec<Depends<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    near: Vec<NearRule<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    translated: Option<Translated<'a>>,
}

/// What decides, as JSON names it.
#[derive(Clone, Serialize, Debug)]
pub struct DecidedBy<'a> {
    policy: &'a str,
    #[serde(flatten)]
    rule: Option<RulePlace<'a>>,
    kind: String,
    action: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<EvidencePlace<'a>>,
}

#[derive(Clone, Serialize, Debug)]
struct RulePlace<'a> {
    group: &'a str,
    collection: &'a str,
    rule: &'a str,
}

#[derive(Clone, Serialize, Debug)]
#[serde(untagged)]
enum EvidencePlace<'a> {
    Text { file: &'a str, line: usize, column: usize },
    Value { file: &'a str, path: String },
}

/// Where the network sends a flow, as JSON names it.
#[derive(Clone, Serialize, Debug)]
pub struct WayTaken<'a> {
    by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    table: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    route: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<&'a str>,
}

#[derive(Clone, Serialize, Debug)]
struct PassedRule<'a> {
    policy: &'a str,
    #[serde(flatten)]
    rule: RulePlace<'a>,
    why: String,
}

#[derive(Clone, Serialize, Debug)]
struct NearRule<'a> {
    rule: DecidedBy<'a>,
    differs: String,
    with: &'a str,
}

#[derive(Clone, Serialize, Debug)]
#[serde(rename_all = "camelCase")]
struct Depends<'a> {
    on: String,
    verdict: String,
    fate: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    way: Option<WayTaken<'a>>,
    decided_by: DecidedBy<'a>,
}

/// The translated destination of a flow, in JSON.
#[derive(Clone, Serialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Translated<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<Ipv4Addr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<&'a str>,
    port: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_becomes: Option<Ipv4Addr>,
}

/// The JSON of `explanation`, which answers `given`. `files` resolve where the rules were written.
///
/// Where the verdict depends, the last entry of `depends` is `otherwise`, and `decidedBy` is what decides then.
pub fn report<'a>(
    explanation: &'a Explanation<'_>,
    given: &'a FlowLine,
    files: &'a Files,
    detail: Detail,
) -> ExplainReport<'a> {
    let passed = match detail {
        Detail::Decision => None,
        Detail::Passed => Some(explanation.passed.iter().map(passed_rule).collect()),
    };
    ExplainReport {
        schema: "fwc.explain/1",
        flow: given,
        verdict: explanation.verdict.to_string(),
        fate: explanation.course.fate.to_string(),
        way: way_taken(&explanation.course.way),
        decided_by: DecidedBy {
            at: explanation.written.as_ref().and_then(|origin| at(origin, files)),
            ..decided_by(explanation.decided_by, files)
        },
        passed,
        depends: depends(explanation, files),
        near: explanation.near.iter().map(|near| near_rule(near, files)).collect(),
        translated: explanation.translation.as_ref().map(translated),
    }
}

fn near_rule<'a>(near: &'a Near<'_>, files: &'a Files) -> NearRule<'a> {
    let rule = DecidedBy {
        at: near.written.as_ref().and_then(|origin| at(origin, files)),
        ..decided_by(Decision::Rule(near.line), files)
    };
    NearRule { rule, differs: near.differs.to_string(), with: &near.with }
}

fn depends<'a>(explanation: &'a Explanation<'_>, files: &'a Files) -> Vec<Depends<'a>> {
    let course = &explanation.course;
    let entry = |on: String, decision: Decision<'a>| Depends {
        on,
        verdict: decision.action().to_string(),
        fate: course.fate_of(decision.action()).to_string(),
        way: None,
        decided_by: decided_by(decision, files),
    };
    // Where both depend, the condition of the one does not apply to the other.
    let case = |case: &ExplainedCase<'a>| Depends {
        fate: course.fate_on_any_way(case.decided_by.action()).to_string(),
        ..entry(case.on.to_string(), case.decided_by)
    };
    let detour = |detour: &'a Detour<'_>| Depends {
        verdict: explanation.verdict.to_string(),
        fate: detour.fate.to_string(),
        way: Some(way_taken(&detour.way)),
        ..entry(detour.to_string(), explanation.decided_by)
    };
    let mut entries: Vec<Depends<'a>> = explanation.depends.iter().map(case).collect();
    if course.fate == Fate::Depends {
        entries.extend(course.others.iter().map(detour));
    }
    if !entries.is_empty() {
        entries.push(entry("otherwise".to_owned(), explanation.decided_by));
    }
    entries
}

/// A way as JSON names it.
pub fn way_taken<'a>(way: &NetworkWay<'a>) -> WayTaken<'a> {
    WayTaken {
        by: way.by.to_string(),
        table: way.table.map(|table| table.name.label()),
        route: way.route.map(|route| route.prefix.to_string()),
        endpoint: way.endpoint,
    }
}

/// What decides; `files` resolve where it was written.
pub fn decided_by<'a>(decision: Decision<'a>, files: &'a Files) -> DecidedBy<'a> {
    let action = decision.action().to_string();
    match decision {
        Decision::Default(policy) => {
            DecidedBy { policy: policy.name.label(), rule: None, kind: "default".to_owned(), action, at: None }
        }
        Decision::Rule(line) => DecidedBy {
            policy: line.policy.name.label(),
            rule: Some(RulePlace {
                group: &line.group.name,
                collection: &line.collection.name,
                rule: line.rule.name(),
            }),
            kind: line.rule.kind().to_string(),
            action,
            at: line.rule.origin().and_then(|origin| at(origin, files)),
        },
    }
}

fn at<'a>(origin: &Origin, files: &'a Files) -> Option<EvidencePlace<'a>> {
    let Located { file, at } = files.locate(origin.at)?;
    Some(match at {
        PlaceSpot::Text(start, _) => EvidencePlace::Text { file, line: start.line, column: start.column },
        PlaceSpot::Value(path) => EvidencePlace::Value { file, path },
    })
}

fn passed_rule<'a>(passed: &Passed<'a>) -> PassedRule<'a> {
    let line = passed.line;
    let rule = RulePlace { group: &line.group.name, collection: &line.collection.name, rule: line.rule.name() };
    PassedRule { policy: line.policy.name.label(), rule, why: passed.why.to_string() }
}

fn translated<'a>(translation: &ExplainedTranslation<'a>) -> Translated<'a> {
    let (address, host) = match &translation.to.target {
        NatTarget::Address(address) => (Some(*address), None),
        NatTarget::Fqdn(name) => (None, Some(name.as_str())),
    };
    Translated { address, host, port: translation.to.port, source_becomes: translation.source_becomes }
}

/// Where a DNAT rule sends the flows that it takes.
pub fn target(line: OrderLine<'_>) -> Option<Translated<'_>> {
    match line.rule {
        SortedRule::Nat(rule) => Some(translated(&ExplainedTranslation { to: &rule.handling, source_becomes: None })),
        SortedRule::Network(..) | SortedRule::Application(..) => None,
    }
}
