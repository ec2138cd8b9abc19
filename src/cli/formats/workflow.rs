//! Lines that a pipeline turns into annotations: GitHub's workflow commands, Azure Pipelines' logging commands.

use crate::diag::Severity;
use crate::model::{Assumption, distinct};
use crate::source::{is_unseen, without_commands};

use super::{FormatPlace, LocatedFinding};

/// A line of `::error file=…::message` for each finding, and a notice for each assumption.
pub(in crate::cli) fn github<'a>(
    found: &[LocatedFinding],
    assumptions: impl Iterator<Item = &'a Assumption>,
) -> String {
    let notice = |assumption: &Assumption| {
        let (file, title) = (property(&assumption.at.file), assumption.kind.word());
        format!("::notice file={file},title={title}::{}\n", data(&sentence(assumption)))
    };
    found.iter().map(github_line).chain(distinct(assumptions).map(notice)).collect()
}

/// The assumption with its path, where the format has a place for the file alone.
fn sentence(assumption: &Assumption) -> String {
    format!("{} ({})", assumption.what(), assumption.at.path)
}

fn github_line(found: &LocatedFinding) -> String {
    let level = match found.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut properties = vec![format!("file={}", property(found.file()))];
    if let Some((start, end)) = found.at.as_ref().and_then(FormatPlace::region) {
        properties.push(format!("line={},endLine={}", start.line, end.line));
        // GitHub takes columns only where the lines are one.
        if start.line == end.line {
            let last = end.column.saturating_sub(1).max(start.column);
            properties.push(format!("col={},endColumn={last}", start.column));
        }
    }
    properties.push(format!("title={}", property(&found.title())));
    format!("::{level} {}::{}\n", properties.join(","), data(&found.whole()))
}

/// The text with nothing that begins a command of its own or steers a terminal; lines may end.
fn inert(text: &str) -> String {
    let is_hidden = |c: char| is_unseen(c) && !matches!(c, '\n' | '\r' | '\t');
    let text: String = text.chars().map(|c| if is_hidden(c) { char::REPLACEMENT_CHARACTER } else { c }).collect();
    without_commands(&text, " #").into_owned()
}

/// A text after the second `::`.
fn data(text: &str) -> String {
    inert(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A text between the first and the second `::`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A line of `##vso[task.logissue …]message` for each finding and each assumption.
pub(in crate::cli) fn azure_pipelines<'a>(
    found: &[LocatedFinding],
    assumptions: impl Iterator<Item = &'a Assumption>,
) -> String {
    let warning = |assumption: &Assumption| {
        let (file, kind) = (azure_property(&assumption.at.file), assumption.kind.word());
        format!("##vso[task.logissue type=warning;sourcepath={file}]{kind}: {}\n", azure_data(&sentence(assumption)))
    };
    found.iter().map(azure_line).chain(distinct(assumptions).map(warning)).collect()
}

fn azure_line(found: &LocatedFinding) -> String {
    // There are two types only.
    let level = match found.severity {
        Severity::Error => "error",
        Severity::Warning | Severity::Note => "warning",
    };
    let mut properties = vec![format!("type={level}"), format!("sourcepath={}", azure_property(found.file()))];
    if let Some((start, _)) = found.at.as_ref().and_then(FormatPlace::region) {
        properties.push(format!("linenumber={};columnnumber={}", start.line, start.column));
    }
    properties.push(format!("code={}", found.code.id));
    let note = if found.severity == Severity::Note { "note: " } else { "" };
    format!("##vso[task.logissue {}]{note}{}\n", properties.join(";"), azure_data(&found.whole()))
}

/// A text after the bracket. The agent decodes `%AZP25`, `%0D` and `%0A`.
fn azure_data(text: &str) -> String {
    inert(text).replace('%', "%AZP25").replace('\r', "%0D").replace('\n', "%0A")
}

fn azure_property(text: &str) -> String {
    azure_data(text).replace(']', "%5D").replace(';', "%3B")
}
