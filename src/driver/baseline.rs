//! What an earlier `fwc check --format json` found, to report only what is new.

use std::collections::HashMap;

use serde_json::Value;

use crate::diag::{Diagnostic, Diagnostics};

use super::files::FileFault;

/// How often each finding was there, by code, rule and message: lines and columns change with every edit.
pub struct Baseline(HashMap<BaselineKey, usize>);

#[derive(PartialEq, Eq, Hash)]
struct BaselineKey {
    code: String,
    rule: Option<[String; 4]>,
    message: String,
}

impl Baseline {
    /// The findings of a file of this name.
    ///
    /// # Errors
    /// Where the text is no output of `fwc check --format json`.
    pub fn parse(text: &str, name: &str) -> Result<Self, FileFault> {
        let wrong = || FileFault::new(format!("`{name}` is not an output of `fwc check --format json`"));
        let value: Value = serde_json::from_str(text).map_err(|_| wrong())?;
        let known = value.get("schema").and_then(Value::as_str) == Some("fwc.check/1");
        let found = value.get("diagnostics").and_then(Value::as_array).filter(|_| known).ok_or_else(wrong)?;
        let mut counts = HashMap::new();
        for finding in found {
            *counts.entry(BaselineKey::of_json(finding).ok_or_else(wrong)?).or_insert(0) += 1;
        }
        Ok(Self(counts))
    }

    /// Removes what was there already, each finding as often as it was.
    pub fn keep_new(&mut self, found: &mut Diagnostics) {
        found.retain(|finding| match self.0.get_mut(&BaselineKey::of(finding)) {
            Some(left) if *left > 0 => {
                *left -= 1;
                false
            }
            Some(_) | None => true,
        });
    }
}

impl BaselineKey {
    fn of(found: &Diagnostic) -> Self {
        let rule =
            found.rule.as_ref().map(|rule| [&rule.policy, &rule.group, &rule.collection, &rule.rule].map(Clone::clone));
        Self { code: found.code.id.to_owned(), rule, message: found.message.clone() }
    }

    fn of_json(value: &Value) -> Option<Self> {
        let text = |of: &Value, field: &str| Some(of.get(field)?.as_str()?.to_owned());
        let rule = match value.get("rule") {
            None | Some(Value::Null) => None,
            Some(rule) => {
                Some([text(rule, "policy")?, text(rule, "group")?, text(rule, "collection")?, text(rule, "rule")?])
            }
        };
        Some(Self { code: text(value, "code")?, rule, message: text(value, "message")? })
    }
}
