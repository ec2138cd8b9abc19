//! Findings as text for people, with the source lines they speak of.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Element, Group, Level, Renderer, Snippet};

use crate::source::{FileId, Files, SourceFile, Span};

use super::diagnostic::{Diagnostic, Label, Severity};

/// How findings are printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// Without colour.
    Plain,
    /// With the terminal's colours.
    Coloured,
}

/// One finding as text, at most 80 columns wide where the source allows, without a newline at the end.
pub fn render(found: &Diagnostic, files: &Files, style: Style) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    let snippets = snippets(found, files);
    let title = level(found.severity).primary_title(found.message.as_str()).id(found.code.id);
    let mut group = Group::with_title(title).elements(snippets);
    if !found.path.is_empty() {
        group = group.element(Level::NOTE.with_name("path").message(found.path.join("\n")));
    }
    for help in &found.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    renderer.decor_style(DecorStyle::Ascii).term_width(80).render(&[group]).to_string()
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Note => Level::NOTE,
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    }
}

/// How many lines two labels of one snippet may stand apart. What lies between is gone through, though not shown.
const FAR: usize = 1000;

/// The snippets of a finding, that of the text at fault first: one for each file, or more where labels are far apart.
fn snippets<'f>(found: &'f Diagnostic, files: &'f Files) -> Vec<Element<'f>> {
    let labels = || found.at.iter().chain(&found.related);
    let mut order: Vec<FileId> = Vec::new();
    for label in labels() {
        if !order.contains(&label.span.file) {
            order.push(label.span.file);
        }
    }
    let is_primary = |label: &Label| found.at.as_ref().is_some_and(|at| std::ptr::eq(at, label));
    let mut snippets = Vec::new();
    for file in order {
        let Some(source) = files.get(file) else { continue };
        let mut stretches = stretches(labels().filter(|label| label.span.file == file).collect(), source);
        stretches.sort_by_key(|stretch| !stretch.iter().any(|label| is_primary(label)));
        snippets.extend(stretches.iter().map(|stretch| snippet(stretch, source, is_primary)));
    }
    snippets
}

/// The labels of a file, parted where they are far apart.
fn stretches<'f>(mut labels: Vec<&'f Label>, source: &SourceFile) -> Vec<Vec<&'f Label>> {
    let line = |offset| source.line_of(offset);
    labels.sort_by_key(|label| label.span.start);
    let apart = |a: &&Label, b: &&Label| line(b.span.start).saturating_sub(line(a.span.end)) > FAR;
    labels.chunk_by(|a, b| !apart(a, b)).map(<[_]>::to_vec).collect()
}

fn snippet<'f>(labels: &[&'f Label], source: &'f SourceFile, is_primary: impl Fn(&Label) -> bool) -> Element<'f> {
    let from = labels.iter().map(|label| label.span.start).min().unwrap_or(0);
    let to = labels.iter().map(|label| label.span.end).max().unwrap_or(0);
    let (first_line, bytes) = source.lines_around(from, to);
    let text = source.text().get(bytes.clone()).unwrap_or("");
    let mut snippet = Snippet::source(text).line_start(first_line).path(source.name()).fold(true);
    for label in labels {
        let kind = if is_primary(label) { AnnotationKind::Primary } else { AnnotationKind::Context };
        let range = visible(label.span, source.text());
        let annotation = kind.span(range.start - bytes.start..range.end.min(bytes.end) - bytes.start);
        snippet = snippet.annotation(annotation.label((!label.message.is_empty()).then_some(label.message.as_str())));
    }
    snippet.into()
}

/// The span as a range of at least one character where the line has one there.
fn visible(span: Span, text: &str) -> std::ops::Range<usize> {
    let range = span.range();
    let end = range.end.min(text.len());
    if range.start < end {
        return range.start..end;
    }
    let next = text
        .get(end..)
        .and_then(|rest| rest.chars().next())
        .filter(|next| !next.is_control())
        .map_or(0, char::len_utf8);
    end..end + next
}
