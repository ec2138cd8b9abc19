//! SARIF 2.1.0.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::diag::{Code, Severity};
use crate::model::{Assumption, distinct};

use super::{FormatPlace, LocatedFinding, Replacements};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// One run with all findings; the rules are the codes that were found, each with its page. What the run rests on is a
/// notification of its invocation.
pub(in crate::cli) fn sarif<'a>(found: &[LocatedFinding], assumptions: impl Iterator<Item = &'a Assumption>) -> Value {
    let mut codes: Vec<&Code> = found.iter().map(|found| found.code).collect();
    codes.sort_by_key(|code| code.id);
    codes.dedup();
    let notifications: Vec<Value> = distinct(assumptions).map(notification).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "fwc",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": codes.iter().map(|code| rule(code)).collect::<Vec<_>>(),
            }},
            "invocations": [{ "executionSuccessful": true, "toolExecutionNotifications": notifications }],
            "columnKind": "unicodeCodePoints",
            "results": found.iter().map(|found| result(found, &codes)).collect::<Vec<_>>(),
        }],
    })
}

fn notification(assumption: &Assumption) -> Value {
    json!({
        "level": "note",
        "descriptor": { "id": assumption.kind.word() },
        "message": { "text": assumption.what() },
        "locations": [{
            "physicalLocation": { "artifactLocation": { "uri": uri(&assumption.at.file) } },
            "logicalLocations": [{ "fullyQualifiedName": assumption.at.path }],
        }],
    })
}

fn rule(code: &Code) -> Value {
    json!({
        "id": code.id,
        "name": code.name,
        "shortDescription": { "text": code.summary },
        "help": { "text": code.page, "markdown": code.page },
        "defaultConfiguration": { "level": level(code.severity) },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn result(found: &LocatedFinding, codes: &[&Code]) -> Value {
    let mut value = json!({
        "ruleId": found.code.id,
        "ruleIndex": codes.iter().position(|code| *code == found.code),
        "level": level(found.severity),
        "message": { "text": found.whole() },
        "locations": [location(found)],
        "partialFingerprints": { "fwcFinding/v1": fingerprint(found) },
    });
    let related = found.related.iter().map(|(message, place)| {
        let mut value = json!({ "physicalLocation": physical(place) });
        if let (Some(fields), false) = (value.as_object_mut(), message.is_empty()) {
            fields.insert("message".to_owned(), json!({ "text": message }));
        }
        value
    });
    if let (Some(fields), false) = (value.as_object_mut(), found.related.is_empty()) {
        fields.insert("relatedLocations".to_owned(), related.collect());
    }
    if let (Some(fields), false) = (value.as_object_mut(), found.fixes.is_empty()) {
        fields.insert("fixes".to_owned(), found.fixes.iter().map(fix).collect());
    }
    value
}

/// A fix: for each file what is deleted, and what is inserted there.
fn fix(fix: &Replacements) -> Value {
    let mut files: Vec<&str> = fix.edits.iter().map(|(place, _)| place.file.as_str()).collect();
    files.dedup();
    let change = |file: &&str| {
        let own = fix.edits.iter().filter(|(place, _)| place.file == *file);
        let replacements: Vec<Value> = own
            .map(|(place, text)| json!({ "deletedRegion": region(place), "insertedContent": { "text": text } }))
            .collect();
        json!({ "artifactLocation": { "uri": uri(file) }, "replacements": replacements })
    };
    json!({
        "description": { "text": fix.message },
        "artifactChanges": files.iter().map(change).collect::<Vec<_>>(),
    })
}

fn location(found: &LocatedFinding) -> Value {
    let physical = match &found.at {
        Some(place) => physical(place),
        None => json!({ "artifactLocation": { "uri": uri(&found.input) } }),
    };
    let mut value = json!({ "physicalLocation": physical });
    let names = found.rule.as_deref().into_iter().chain(found.at.as_ref().and_then(FormatPlace::path));
    let logical: Vec<Value> = names.map(|name| json!({ "fullyQualifiedName": name })).collect();
    if let (false, Some(fields)) = (logical.is_empty(), value.as_object_mut()) {
        fields.insert("logicalLocations".to_owned(), logical.into());
    }
    value
}

fn physical(place: &FormatPlace) -> Value {
    let mut value = json!({ "artifactLocation": { "uri": uri(&place.file) } });
    if let (Some(region), Some(fields)) = (region(place), value.as_object_mut()) {
        fields.insert("region".to_owned(), region);
    }
    value
}

fn region(place: &FormatPlace) -> Option<Value> {
    let (start, end) = place.region()?;
    Some(json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    }))
}

/// A path as a reference: absolute ones with their scheme, each byte that means something in a URI encoded.
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let scheme = if path.starts_with('/') { "file://" } else { "" };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let encoded =
        path.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") });
    format!("{scheme}{}", encoded.collect::<String>())
}

/// The same for the same finding, wherever its lines have moved to.
fn fingerprint(found: &LocatedFinding) -> String {
    let rule = found.rule.as_deref().unwrap_or("");
    let hash = Sha256::digest(format!("{}\n{}\n{rule}\n{}", found.code.id, found.file(), found.message));
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
