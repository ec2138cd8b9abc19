//! Findings as text for people, with the source lines they speak of.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Element, Group, Level, Renderer, Snippet};

use crate::source::{FileId, Files, Span};

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

/// The snippets of a finding, that of the text at fault first, one for each file.
fn snippets<'f>(found: &'f Diagnostic, files: &'f Files) -> Vec<Element<'f>> {
    let labels = || found.at.iter().chain(&found.related);
    let mut order: Vec<FileId> = Vec::new();
    for label in labels() {
        if !order.contains(&label.span.file) {
            order.push(label.span.file);
        }
    }
    let of_file = |file: FileId| {
        let file_labels = labels().filter(move |label| label.span.file == file);
        let primary = found.at.as_ref().filter(|label| label.span.file == file);
        snippet(file, primary, file_labels, files)
    };
    order.into_iter().filter_map(of_file).collect()
}

fn snippet<'f>(
    file: FileId,
    primary: Option<&Label>,
    labels: impl Iterator<Item = &'f Label>,
    files: &'f Files,
) -> Option<Element<'f>> {
    let source = files.get(file)?;
    let mut snippet = Snippet::source(source.text()).path(source.name()).fold(true);
    for label in labels {
        let kind = match primary {
            Some(at) if std::ptr::eq(at, label) => AnnotationKind::Primary,
            Some(_) | None => AnnotationKind::Context,
        };
        let annotation = kind.span(visible(label.span, source.text()));
        let message = (!label.message.is_empty()).then_some(label.message.as_str());
        snippet = snippet.annotation(annotation.label(message));
    }
    Some(snippet.into())
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
