//! Findings as text for people, with the source lines they speak of.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use crate::source::{self, FileId, Files, Place, SourceFile, SourceSpan};

use super::diagnostic::{Diagnostic, Label, Severity};

/// How findings are printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RenderStyle {
    /// Without colour.
    Plain,
    /// With the terminal's colours.
    Coloured,
}

/// One finding as text, at most 80 columns wide where the source allows, without a newline at the end.
pub fn render(found: &Diagnostic, files: &Files, style: RenderStyle) -> String {
    let found = &shown(found);
    let renderer = match style {
        RenderStyle::Plain => Renderer::plain(),
        RenderStyle::Coloured => Renderer::styled(),
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
    let text = renderer.decor_style(DecorStyle::Ascii).term_width(80).render(&[group]).to_string();
    text.split('\n').filter(|line| !is_nameless(line)).collect::<Vec<_>>().join("\n")
}

/// The finding with every text of it as people are shown it; help may have several lines.
fn shown(found: &Diagnostic) -> Diagnostic {
    let line = |text: &String| source::visible(text).into_owned();
    let label = |label: &Label| Label { message: line(&label.message), ..label.clone() };
    let help = |text: &String| text.split('\n').map(source::visible).collect::<Vec<_>>().join("\n");
    Diagnostic {
        message: line(&found.message),
        at: found.at.as_ref().map(label),
        related: found.related.iter().map(label).collect(),
        help: found.help.iter().map(help).collect(),
        path: found.path.iter().map(line).collect(),
        ..found.clone()
    }
}

/// Whether a line states that a snippet begins, and not where: the place of a long line is above its snippet.
fn is_nameless(line: &str) -> bool {
    let mut is_escape = false;
    let text = line.chars().filter(|&one| {
        let was_escape = is_escape;
        is_escape = one == '\u{1b}' || is_escape && one != 'm';
        !was_escape && !is_escape && !one.is_whitespace()
    });
    text.eq(":::".chars())
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Note => Level::NOTE,
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    }
}

/// How many lines two labels of one snippet may be apart. What lies between is gone through, though not shown.
const FAR: usize = 1000;

/// The snippets of a finding, that of the text at fault first: one for each file, or more where labels are far apart.
/// What is a value of a document, and so has no text to show, is named by its path.
fn snippets<'f>(found: &'f Diagnostic, files: &'f Files) -> Vec<Element<'f>> {
    let primary = found.at.iter().map(|label| (label, AnnotationKind::Primary));
    let labels: Vec<(&Label, AnnotationKind)> =
        primary.chain(found.related.iter().map(|label| (label, AnnotationKind::Context))).collect();
    let span = |label: &Label| files.stated(label.at).span();
    let texts: Vec<UnderlineMark<'_>> = labels
        .iter()
        .filter_map(|&(label, kind)| Some(UnderlineMark { span: span(label)?, message: &label.message, kind }))
        .collect();
    let mut order: Vec<FileId> = Vec::new();
    for mark in &texts {
        if !order.contains(&mark.span.file) {
            order.push(mark.span.file);
        }
    }
    let mut snippets: Vec<Element<'f>> = labels.iter().filter_map(|(label, _)| value(label, files)).collect();
    for file in order {
        let Some(source) = files.get(file) else { continue };
        let mut stretches = stretches(texts.iter().filter(|mark| mark.span.file == file).collect(), source);
        stretches.sort_by_key(|stretch| !stretch.iter().any(|mark| matches!(mark.kind, AnnotationKind::Primary)));
        snippets.extend(stretches.iter().flat_map(|stretch| snippet(stretch, source)));
    }
    snippets
}

/// A label in a text.
struct UnderlineMark<'f> {
    span: SourceSpan,
    message: &'f str,
    kind: AnnotationKind,
}

/// A label at a value of a document, as its file and its path.
fn value<'f>(label: &Label, files: &Files) -> Option<Element<'f>> {
    let Place::Value(file, path) = files.stated(label.at) else { return None };
    let file = files.get(file)?;
    let place = format!("{}: {}", file.name(), file.path(path));
    match label.message.as_str() {
        "" => Some(Origin::path(place).into()),
        message => Some(Level::NOTE.message(format!("{message}: {place}")).into()),
    }
}

/// The labels of a file, parted where they are far apart.
fn stretches<'m, 'f>(mut marks: Vec<&'m UnderlineMark<'f>>, source: &SourceFile) -> Vec<Vec<&'m UnderlineMark<'f>>> {
    let line = |offset| source.line_of(offset);
    marks.sort_by_key(|mark| mark.span.start);
    let apart = |a: &&UnderlineMark<'_>, b: &&UnderlineMark<'_>| {
        let (lines, bytes) =
            (line(b.span.start).saturating_sub(line(a.span.end)), b.span.start.saturating_sub(a.span.end));
        lines > FAR || bytes as usize > LONG * (lines + 1)
    };
    marks.chunk_by(|a, b| !apart(a, b)).map(<[_]>::to_vec).collect()
}

/// Bytes of a line of which only the neighbourhood of the labels is shown, because each finding goes through all that is shown.
const LONG: usize = 4000;
/// Bytes of that neighbourhood on each side.
const NEIGHBOURHOOD: usize = 200;

fn snippet<'f>(marks: &[&UnderlineMark<'f>], source: &'f SourceFile) -> Vec<Element<'f>> {
    let from = marks.iter().map(|mark| mark.span.start).min().unwrap_or(0);
    let to = marks.iter().map(|mark| mark.span.end).max().unwrap_or(0);
    let (first_line, lines) = source.lines_around(from, to);
    let is_long = lines.len() > LONG * (source.line_of(to) + 1 - source.line_of(from));
    let (first_line, bytes) =
        if is_long { (source.line_of(from), neighbourhood(source, from, to)) } else { (first_line, lines) };
    let bytes = without_mark(bytes, source.text());
    let text = source.text().get(bytes.clone()).unwrap_or("");
    let mut snippet = Snippet::source(text).line_start(first_line).fold(true);
    if !is_long {
        snippet = snippet.path(source.name());
    }
    for mark in marks {
        let range = visible(mark.span, source.text());
        let inside = |at: usize| at.clamp(bytes.start, bytes.end) - bytes.start;
        let annotation = mark.kind.span(inside(range.start)..inside(range.end));
        snippet = snippet.annotation(annotation.label((!mark.message.is_empty()).then_some(mark.message)));
    }
    let place = is_long.then(|| {
        let first = marks.iter().find(|mark| matches!(mark.kind, AnnotationKind::Primary)).or(marks.first());
        let at = source.position(first.map_or(from, |mark| mark.span.start));
        Origin::path(source.name()).line(at.line).char_column(at.column).into()
    });
    place.into_iter().chain([snippet.into()]).collect()
}

/// The bytes without the byte order mark that a text may begin with, which is no part of its first line.
fn without_mark(bytes: std::ops::Range<usize>, text: &str) -> std::ops::Range<usize> {
    let mark = text.len() - text.trim_start_matches('\u{feff}').len();
    bytes.start.max(mark.min(bytes.end))..bytes.end
}

/// What is shown of a long line: whole characters around the labels, and no more than that of a long label.
fn neighbourhood(source: &SourceFile, from: u32, to: u32) -> std::ops::Range<usize> {
    let (text, start_of_line) = (source.text(), source.line_start(source.line_of(from)));
    let (from, to) = (from as usize, to as usize);
    let start = from.saturating_sub(NEIGHBOURHOOD).max(start_of_line);
    let end = (to.min(from + LONG) + NEIGHBOURHOOD).min(text.len());
    let boundary = |at: &usize| text.is_char_boundary(*at);
    (start..=from).find(boundary).unwrap_or(from)..(end..=text.len()).find(boundary).unwrap_or(text.len())
}

/// The span as a range of at least one character where the line has one there.
fn visible(span: SourceSpan, text: &str) -> std::ops::Range<usize> {
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
