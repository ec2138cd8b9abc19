//! The answers as `fwc.resolve/1`.

use serde_json::{Value, json as value};

use super::answer::{DnsAnswer, DnsAnswers};
use super::changes::AddressChange;
use super::questions::Questions;

/// The answers, the changes and, already as JSON, the findings.
pub fn json(
    questions: &Questions<'_>,
    answers: &DnsAnswers,
    changes: &[AddressChange],
    diagnostics: Vec<Value>,
) -> Value {
    let names = questions.names.iter().filter_map(|(name, question)| {
        let mut fields = value!({ "name": name.as_str() });
        let object = fields.as_object_mut()?;
        match answers.get(name)? {
            DnsAnswer::Addresses { aliases, addresses, varies } => {
                let aliases: Vec<&str> = aliases.iter().map(|alias| alias.as_str()).collect();
                object.insert("result".to_owned(), "addresses".into());
                object.insert("aliases".to_owned(), value!(aliases));
                object.insert("addresses".to_owned(), value!(addresses));
                object.insert("varies".to_owned(), (*varies).into());
            }
            DnsAnswer::NoName => drop(object.insert("result".to_owned(), "no-name".into())),
            DnsAnswer::NoAddress => drop(object.insert("result".to_owned(), "no-address".into())),
            DnsAnswer::Failed(why) => {
                object.insert("result".to_owned(), "no-answer".into());
                object.insert("why".to_owned(), why.clone().into());
            }
        }
        if let Some(endpoint) = question.endpoint {
            object.insert("privateEndpoint".to_owned(), endpoint.name.value.clone().into());
        }
        let rules: Vec<_> = question.rules.iter().map(|rule| &rule.path).collect();
        object.insert("rules".to_owned(), value!(rules));
        Some(fields)
    });
    let changes = changes
        .iter()
        .map(|change| value!({ "name": change.name.as_str(), "added": change.added, "removed": change.removed }));
    value!({
        "schema": "fwc.resolve/1",
        "names": names.collect::<Vec<Value>>(),
        "wildcards": questions.wildcards,
        "changes": changes.collect::<Vec<Value>>(),
        "diagnostics": diagnostics,
    })
}
