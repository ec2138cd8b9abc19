//! The addresses of names as a file, which `--dns` and `--against` read.

use serde_json::{Value, json};

use super::answer::Answers;

/// The answers as `fwc.dns/1`. A name that was not answered about is not in it.
pub fn snapshot(answers: &Answers) -> Value {
    let names = answers.iter().filter_map(|(name, answer)| {
        let addresses = answer.addresses()?;
        Some(json!({ "name": name.as_str(), "addresses": addresses }))
    });
    json!({ "schema": "fwc.dns/1", "names": names.collect::<Vec<Value>>() })
}
