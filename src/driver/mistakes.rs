//! One finding for one mistake: what the parser reads as it is meant, and a later pass finds wrong all the same, is one line
//! that is to be written otherwise.

use crate::diag::{Applicability, Code, Diagnostic, Diagnostics, Edit, Fix, Severity};
use crate::source::{Files, SourceFile, SourceSpan};

/// The findings, those about a line that the parser corrected joined with what it found; and the whole line, where edits leave
/// one.
pub(super) fn joined(found: Diagnostics, files: &Files) -> Diagnostics {
    let mut all: Vec<Diagnostic> = Vec::new();
    for next in found {
        let partner =
            if is_of_syntax(&next) { None } else { all.iter_mut().find(|first| belongs(first, &next, files)) };
        match partner {
            Some(first) => join(first, next),
            None => all.push(next),
        }
    }
    for found in all.iter_mut().filter(|found| is_of_syntax(found) && is_mended(found)) {
        if let Some(line) = found.fixes.first().and_then(|fix| written(fix, files)) {
            // The line shows what is written in a part of it.
            found.help.retain(|help| !help.starts_with("write "));
            found.help.push(format!("write `{line}`"));
        }
    }
    all.into_iter().collect()
}

fn is_of_syntax(found: &Diagnostic) -> bool {
    [Code::FW0101, Code::FW0103].contains(&found.code)
}

/// Whether both are of one mistake.
fn belongs(first: &Diagnostic, next: &Diagnostic, files: &Files) -> bool {
    let (Some(one), Some(two)) = (place(first), place(next)) else { return false };
    let line = |span: SourceSpan| files.get(span.file).map(|file| (span.file, file.line_of(span.start)));
    is_of_syntax(first)
        && next.severity == Severity::Error
        && if one.start == two.start && one.file == two.file {
            !next.fixes.is_empty() || first.fixes.is_empty()
        } else {
            is_mended(first) && !next.fixes.is_empty() && line(one) == line(two)
        }
}

fn is_mended(found: &Diagnostic) -> bool {
    found.fixes.first().is_some_and(|fix| fix.applicability == Applicability::Safe)
}

fn place(found: &Diagnostic) -> Option<SourceSpan> {
    found.at.as_ref().and_then(|label| label.at.span())
}

fn join(first: &mut Diagnostic, next: Diagnostic) {
    let is_same_place = place(first).map(|at| at.start) == place(&next).map(|at| at.start);
    first.related.extend(next.related);
    if is_same_place {
        (first.help, first.fixes) = (next.help, next.fixes);
        return;
    }
    first.help.extend(next.help);
    let (Some(fix), Some(other)) = (first.fixes.first_mut(), next.fixes.into_iter().next()) else { return };
    fix.applicability = fix.applicability.max(other.applicability);
    fix.edits.retain(|own| !other.edits.iter().any(|edit| edit.overlaps(own)));
    fix.edits.extend(other.edits);
}

/// The line with the edits made, where they are all of one line that stays one and is not too long to be shown.
fn written(fix: &Fix, files: &Files) -> Option<String> {
    const MOST: usize = 120;
    let file = files.get(fix.edits.first()?.at.file)?;
    let line = file.line_of(fix.edits.first()?.at.start);
    let is_here = |edit: &Edit| file.line_of(edit.at.end) == line && file.line_of(edit.at.start) == line;
    if !fix.edits.iter().all(is_here) || fix.edits.iter().any(|edit| edit.text.contains('\n')) {
        return None;
    }
    let end = file.text().get(..file.line_start(line + 1)).map_or(0, |text| text.trim_end().len());
    if fix.edits.iter().all(|edit| edit.text.is_empty() && edit.at.range().end == end) {
        // Where only the end of the line goes, the line shows nothing more.
        return None;
    }
    let text = edited_line(file, line, &fix.edits);
    (!text.is_empty() && text.chars().count() <= MOST).then_some(text)
}

fn edited_line(file: &SourceFile, line: usize, edits: &[Edit]) -> String {
    let (start, end) = (file.line_start(line), file.line_start(line + 1));
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort();
    let (mut result, mut from) = (String::new(), start);
    for edit in edits {
        result.push_str(file.text().get(from..edit.at.range().start).unwrap_or(""));
        result.push_str(&edit.text);
        from = edit.at.range().end;
    }
    result.push_str(file.text().get(from..end).unwrap_or(""));
    result.trim().to_owned()
}

/// A removal that would leave an empty line, as one of the line too.
pub(super) fn whole_lines(removal: &Edit, files: &Files) -> Edit {
    let Some(file) = files.get(removal.at.file) else { return removal.clone() };
    let (start, end) =
        (file.line_start(file.line_of(removal.at.start)), file.line_start(file.line_of(removal.at.end) + 1));
    let is_blank = |from: usize, to: usize| file.text().get(from..to).is_some_and(|text| text.trim().is_empty());
    let is_whole = is_blank(start, removal.at.range().start) && is_blank(removal.at.range().end, end);
    match (is_whole && !removal.at.range().is_empty(), u32::try_from(start), u32::try_from(end)) {
        (true, Ok(start), Ok(end)) => Edit::new(SourceSpan::new(removal.at.file, start, end), ""),
        _ => removal.clone(),
    }
}
