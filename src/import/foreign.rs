//! Documents that are not read, each with the way to one that is.

use crate::json::{Json, Map};

use super::fault::{ImportFault, quoted};
use super::json;
use crate::model::Bearing;

/// A JSON document that another tool wrote for itself.
struct UnreadForeign {
    /// What it is.
    what: &'static str,
    is: fn(&Map) -> bool,
    /// How to come to something that is read.
    instead: &'static str,
}

const UNREAD: &[UnreadForeign] = &[
    UnreadForeign {
        what: "the log of `terraform plan -json`",
        is: |object| object.contains_key("@level") && object.contains_key("@message"),
        instead: "expected what `terraform show -json` prints of a plan that `terraform plan -out=PLAN` wrote",
    },
    UnreadForeign {
        what: "Terraform source under another name",
        is: |object| {
            let blocks = object.get("resource").and_then(Json::as_object);
            blocks.is_some_and(|blocks| {
                blocks.keys().any(|kind| kind.starts_with("azurerm_") || kind.starts_with("azapi_"))
            })
        },
        instead: "expected what `terraform show -json` prints; files of a module in JSON end in `.tf.json`",
    },
    UnreadForeign {
        what: "an AWS CloudFormation template",
        is: |object| {
            let is_aws = |resource: &Json| text(resource, "Type").is_some_and(|kind| kind.starts_with("AWS::"));
            let resources = object.get("Resources").and_then(Json::as_object);
            object.contains_key("AWSTemplateFormatVersion") || resources.is_some_and(|all| all.values().any(is_aws))
        },
        instead: "expected an Azure Resource Manager template, an export, or what `az` prints",
    },
    UnreadForeign {
        what: "the manifest of a Kubernetes object",
        is: |object| {
            let version = object.get("apiVersion").and_then(Json::as_str).unwrap_or_default();
            object.contains_key("kind") && !version.is_empty() && !version.starts_with(|c: char| c.is_ascii_digit())
        },
        instead: "expected what `az network firewall policy rule-collection-group list` prints of what it deployed",
    },
    UnreadForeign {
        what: "a table of results of a log query",
        is: |object| object.get("tables").and_then(Json::as_array).is_some_and(|tables| tables.iter().any(is_table)),
        instead: "expected a policy: `az network firewall policy rule-collection-group list` prints its groups",
    },
    UnreadForeign {
        what: "a log record of the firewall",
        is: |object| {
            let category = object.get("category").and_then(Json::as_str).unwrap_or_default();
            category.starts_with("AZFW") || category.starts_with("AzureFirewall")
        },
        instead: "expected a policy: `az network firewall policy rule-collection-group list` prints its groups",
    },
    UnreadForeign {
        what: "a list of the hosts of FQDN tags",
        is: |object| object.get("schema").and_then(Json::as_str) == Some("fwc.fqdn-tags/1"),
        instead: "expected a policy: give the list with `--fqdn-tags`",
    },
    UnreadForeign {
        what: "what fwc prints",
        is: |object| object.get("schema").and_then(Json::as_str).is_some_and(|schema| schema.starts_with("fwc.")),
        instead: "expected a policy: a source, a template, an export, or what `az` prints",
    },
    UnreadForeign {
        what: "the list of service tags that Microsoft publishes",
        is: |object| {
            object.contains_key("changeNumber") && object.contains_key("cloud") && object.contains_key("values")
        },
        instead: "expected a policy: give the list with `--service-tags`",
    },
    UnreadForeign {
        what: "a compiled Bicep parameter file",
        is: |object| object.contains_key("parametersJson") || object.contains_key("templateJson"),
        instead: "expected its `templateJson` as a file, and its `parametersJson` with `--parameters`",
    },
];

fn is_table(table: &Json) -> bool {
    table.get("columns").is_some() && table.get("rows").is_some()
}

fn text<'v>(value: &'v Json, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Json::as_str)
}

/// The error that the document is one of another tool, where it certainly is.
pub(super) fn of(document: &Json) -> Option<ImportFault> {
    let object = match document {
        Json::Object(object) => object,
        Json::Array(items) => items.first()?.as_object()?,
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => return None,
    };
    if let Some(failure) = failure(object) {
        return Some(failure);
    }
    let known = UNREAD.iter().find(|known| (known.is)(object))?;
    Some(ImportFault::foreign(Bearing::EveryFlow, "$", format!("found {}: {}", known.what, known.instead)))
}

/// The error that the text is several documents, one a line, of which the first tells what they are.
pub(super) fn of_lines(text: &str) -> Option<ImportFault> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = json::parse(lines.next()?).ok().filter(Json::is_object)?;
    lines.next().filter(|line| line.trim_start().starts_with('{'))?;
    let several = "found several JSON documents, one a line: expected one, as `jq -s .` makes of them";
    Some(of(&first).unwrap_or_else(|| ImportFault::foreign(Bearing::EveryFlow, "$", several)))
}

/// The answer of Azure or `az` that something failed.
fn failure(object: &Map) -> Option<ImportFault> {
    let error = object.get("error").filter(|_| object.len() == 1)?;
    let code = text(error, "code")?;
    let why = text(error, "message").map(|message| format!(", {}", quoted(message))).unwrap_or_default();
    let message =
        format!("found the error {} that Azure answered{why}: expected what it answers without", quoted(code));
    Some(ImportFault::foreign(Bearing::EveryFlow, "$.error", message))
}

/// How deep lists of rules in some other form are looked for.
const DEEPEST: u8 = 8;

/// The first list of rules, and where it is, that some other tool's form has: it spells `rule_collections` so.
pub(super) fn foreign(value: &Json) -> Option<(String, String)> {
    let (steps, name) = foreign_below(value, DEEPEST)?;
    let path = steps.iter().rev().map(String::as_str);
    Some((["$"].into_iter().chain(path).collect(), name))
}

/// The same, with the steps to it from the last to the first: they are only written for what is found.
fn foreign_below(value: &Json, depth: u8) -> Option<(Vec<String>, String)> {
    let depth = depth.checked_sub(1)?;
    let is_foreign = |name: &str| name.ends_with("rule_collections") || name == "network_rules" || name == "rulebase";
    let below = |value: &Json, step: &dyn Fn() -> String| {
        let (mut steps, name) = foreign_below(value, depth)?;
        steps.push(step());
        Some((steps, name))
    };
    match value {
        Json::Object(entries) => entries.iter().find_map(|(key, value)| {
            let step = || format!(".{key}");
            match value {
                _ if is_foreign(key) => Some((vec![step()], key.to_string())),
                Json::String(text) if key == "name" && is_foreign(text) => Some((vec![step()], text.clone())),
                _ => below(value, &step),
            }
        }),
        Json::Array(items) => items.iter().enumerate().find_map(|(index, item)| below(item, &|| format!("[{index}]"))),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => None,
    }
}
