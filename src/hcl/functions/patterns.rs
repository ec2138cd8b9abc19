//! Regular expressions.
//!
//! Source: HashiCorp, "regex", "regexall" and "replace" of Terraform 1.9: the syntax is RE2's, of which `regex-lite` has all but
//! classes of Unicode.

use std::collections::BTreeMap;

use regex_lite::{Captures, Regex, RegexBuilder};

use super::super::value::{HclValue, ListKind, ObjectKind};
use super::FunctionCall;
use super::argument::{HclStop, Taken, refused};

/// How many bytes a compiled pattern may take, so that its work is a bounded number of steps for each byte of a text.
const LARGEST: usize = 1 << 14;
/// Steps that a pattern takes for each byte of a text, at most.
const STEPS_PER_BYTE: usize = 64;

/// What the first match captures.
pub(super) fn regex(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [..] = asked.only::<2>()?;
    let (pattern, text) = (asked.text(0)?, asked.text(1)?);
    let compiled = compiled(asked, &pattern, &text)?;
    match compiled.captures(&text) {
        Some(captures) => captured(asked, &compiled, &captures),
        None => refused("the pattern does not match"),
    }
}

/// What each match captures.
pub(super) fn regex_all(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [..] = asked.only::<2>()?;
    let (pattern, text) = (asked.text(0)?, asked.text(1)?);
    let compiled = compiled(asked, &pattern, &text)?;
    let mut all = Vec::new();
    for captures in compiled.captures_iter(&text) {
        asked.evaluator.step(asked.at, STEPS_PER_BYTE)?;
        all.push(captured(asked, &compiled, &captures)?);
    }
    asked.made_list(ListKind::List, all)
}

/// The text with each match replaced; `$1` and `${name}` are what the match captures.
pub(super) fn replaced(asked: &mut FunctionCall<'_, '_, '_>, text: &str, pattern: &str, to: &str) -> Taken {
    let compiled = compiled(asked, pattern, text)?;
    // What a match captures lies in it, and no two matches have a byte in common.
    let count = compiled.find_iter(text).count();
    let captured = to.matches('$').count().saturating_add(1).saturating_mul(text.len());
    asked.charge(captured.saturating_add(count.saturating_mul(to.len())))?;
    asked.made_text(compiled.replace_all(text, to))
}

fn compiled(asked: &mut FunctionCall<'_, '_, '_>, pattern: &str, text: &str) -> Result<Regex, HclStop> {
    let work = pattern.len().saturating_add(text.len()).saturating_add(1).saturating_mul(STEPS_PER_BYTE);
    asked.evaluator.step(asked.at, work)?;
    let made = RegexBuilder::new(pattern).size_limit(LARGEST).build();
    made.map_err(|error| HclStop::Unread(format!("the pattern is not read: {error}")))
}

/// A text where nothing is captured, an object where captures have names, else a list.
fn captured(asked: &mut FunctionCall<'_, '_, '_>, of: &Regex, captures: &Captures<'_>) -> Taken {
    let value =
        |found: Option<regex_lite::Match<'_>>| found.map_or_else(HclValue::null, |own| HclValue::text(own.as_str()));
    let names: Vec<Option<&str>> = of.capture_names().skip(1).collect();
    if names.is_empty() {
        return Ok(value(captures.get(0)));
    }
    if names.iter().all(Option::is_some) {
        let mut entries = BTreeMap::new();
        for name in names.into_iter().flatten() {
            entries.insert(name.into(), value(captures.name(name)));
        }
        return asked.made_object(ObjectKind::Object, entries);
    }
    if names.iter().any(Option::is_some) {
        return refused("some captures have names and others have none");
    }
    let all = captures.iter().skip(1).map(value).collect();
    asked.made_list(ListKind::Tuple, all)
}
