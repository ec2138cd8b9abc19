//! The answers as a short summary for a person.

use std::fmt::Write;

use super::answer::{DnsAnswer, DnsAnswers};
use super::changes::AddressChange;
use super::questions::Questions;

/// How many changed names are told.
const SHOWN: usize = 20;

/// How the names were answered, and what has changed.
pub fn text(questions: &Questions<'_>, answers: &DnsAnswers, changes: &[AddressChange]) -> String {
    let mut text = String::new();
    let count = |wanted: fn(&DnsAnswer) -> bool| answers.values().filter(|answer| wanted(answer)).count();
    let rows: [(&str, &str, usize); 6] = [
        ("has an address", "have addresses", count(|answer| matches!(answer, DnsAnswer::Addresses { .. }))),
        ("does not exist", "do not exist", count(|answer| matches!(answer, DnsAnswer::NoName))),
        ("has no IPv4 address", "have no IPv4 address", count(|answer| matches!(answer, DnsAnswer::NoAddress))),
        ("is without an answer", "are without an answer", count(|answer| matches!(answer, DnsAnswer::Failed(_)))),
        ("wildcard, not looked up", "wildcards, not looked up", questions.wildcards.len()),
        ("has changed", "have changed", changes.len()),
    ];
    for (one, several, count) in rows.into_iter().filter(|(.., count)| *count > 0) {
        let _ = writeln!(text, "{count:>6}  {}", if count == 1 { one } else { several });
    }
    for change in changes.iter().take(SHOWN) {
        let _ = writeln!(text, "\n        {}", change.name);
        for (sign, addresses) in [('+', &change.added), ('-', &change.removed)] {
            for address in addresses {
                let _ = writeln!(text, "          {sign} {address}");
            }
        }
    }
    if let Some(more) = changes.len().checked_sub(SHOWN).filter(|&more| more > 0) {
        let _ = writeln!(text, "\n        and {more} more: `--format json` has all");
    }
    text
}
