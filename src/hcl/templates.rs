//! Templates: the pieces of quoted texts, heredocs and template files.
//!
//! Source: HashiCorp, "Strings and Templates" of Terraform 1.9, and the scanner of hashicorp/hcl 2.20: what `~` strips, and
//! what `<<-` takes from the start of lines, is that of one line.

use std::ops::Range;
use std::rc::Rc;

use hcl_edit::parser;
use hcl_edit::template::{Directive, Element, ForDirective, IfDirective, Strip, Template};

use super::ast::{ForPiece, HclKind, TemplatePiece};
use super::fault::WrongHcl;
use super::syntax::{HclSource, expr};

/// What is around a template.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum WithinTemplate {
    /// Quotes: the text between two expressions is one piece.
    Quotes,
    /// Quotes, in a directive, whose texts the parser leaves escaped.
    Directive,
    /// Lines, as of a heredoc or a file: each line is a piece.
    Lines,
}

impl WithinTemplate {
    fn inside(self) -> Self {
        match self {
            Self::Quotes | Self::Directive => Self::Directive,
            Self::Lines => Self::Lines,
        }
    }
}

/// What a template is: a text where nothing else is in it.
pub(super) fn kind(mut pieces: Vec<TemplatePiece>) -> HclKind {
    if pieces.iter().all(|piece| matches!(piece, TemplatePiece::Text(_))) {
        let text: String = pieces.iter().filter_map(text_of).collect();
        return HclKind::Text(text.into());
    }
    // `"${x}"` is `x`, of whatever type.
    match (pieces.pop(), pieces.is_empty()) {
        (Some(TemplatePiece::Value(only)), true) => only.kind,
        (last, _) => {
            pieces.extend(last);
            HclKind::Template(pieces)
        }
    }
}

fn text_of(piece: &TemplatePiece) -> Option<&str> {
    match piece {
        TemplatePiece::Text(text) => Some(text),
        TemplatePiece::Value(_) | TemplatePiece::If(..) | TemplatePiece::For(_) => None,
    }
}

/// A heredoc that is at `span`, parsed from its own text: `<<-` takes the common indentation away.
pub(super) fn heredoc(
    source: HclSource<'_>,
    span: Range<usize>,
    is_flush: bool,
) -> Result<Vec<TemplatePiece>, WrongHcl> {
    let whole = source.text.get(span.clone()).unwrap_or_default();
    let is_flush = is_flush || whole.starts_with("<<-");
    let first = whole.find('\n').map_or(whole.len(), |at| at.saturating_add(1));
    let last = whole.trim_end().rfind('\n').map_or(first, |at| at.saturating_add(1)).max(first);
    let text = whole.get(first..last).unwrap_or_default();
    let offset = source.offset.saturating_add(span.start).saturating_add(first);
    let inner = HclSource { text, offset, ..source };
    let parsed = parser::parse_template(text).map_err(|error| {
        let at = error.location().offset();
        WrongHcl::last(inner.stretch(Some(at..at)), error.message().to_owned())
    })?;
    let mut pieces = pieces(inner, &parsed, WithinTemplate::Lines)?;
    if is_flush {
        flush(&mut pieces);
    }
    Ok(pieces)
}

/// The pieces of a template.
pub(super) fn pieces(
    source: HclSource<'_>,
    template: &Template,
    within: WithinTemplate,
) -> Result<Vec<TemplatePiece>, WrongHcl> {
    let mut reading = TemplateReading { pieces: Vec::new(), strips_next: false };
    for element in template {
        match element {
            Element::Literal(text) => reading.text(text.as_str(), within),
            Element::Interpolation(own) => {
                reading.open(own.strip);
                reading.pieces.push(TemplatePiece::Value(expr(source, &own.expr)?));
                reading.close(own.strip);
            }
            Element::Directive(own) => match own.as_ref() {
                Directive::If(own) => if_piece(source, own, within, &mut reading)?,
                Directive::For(own) => for_piece(source, own, within, &mut reading)?,
            },
        }
    }
    Ok(reading.pieces)
}

#[derive(Default)]
struct TemplateReading {
    pieces: Vec<TemplatePiece>,
    /// Whether the marker before has a `~` at its end.
    strips_next: bool,
}

impl TemplateReading {
    fn text(&mut self, text: &str, within: WithinTemplate) {
        let text = if within == WithinTemplate::Directive { unescaped(text) } else { text.to_owned() };
        let lines: Vec<&str> = match within {
            WithinTemplate::Lines => text.split_inclusive('\n').collect(),
            WithinTemplate::Quotes | WithinTemplate::Directive => vec![&text],
        };
        for line in lines {
            let line = if std::mem::take(&mut self.strips_next) { line.trim_start() } else { line };
            self.pieces.push(TemplatePiece::Text(line.into()));
        }
    }

    /// A marker begins.
    fn open(&mut self, strip: Strip) {
        if strip.strip_start()
            && let Some(TemplatePiece::Text(before)) = self.pieces.last_mut()
        {
            *before = Rc::from(before.trim_end());
        }
        self.strips_next = false;
    }

    /// A marker ends.
    fn close(&mut self, strip: Strip) {
        self.strips_next = strip.strip_end();
    }
}

/// The pieces between two markers.
fn between(
    source: HclSource<'_>,
    template: &Template,
    within: WithinTemplate,
    opening: Strip,
    closing: Strip,
) -> Result<Vec<TemplatePiece>, WrongHcl> {
    let mut inner = pieces(source, template, within.inside())?;
    if opening.strip_end()
        && let Some(TemplatePiece::Text(first)) = inner.first_mut()
    {
        *first = Rc::from(first.trim_start());
    }
    if closing.strip_start()
        && let Some(TemplatePiece::Text(last)) = inner.last_mut()
    {
        *last = Rc::from(last.trim_end());
    }
    Ok(inner)
}

fn if_piece(
    source: HclSource<'_>,
    own: &IfDirective,
    within: WithinTemplate,
    reading: &mut TemplateReading,
) -> Result<(), WrongHcl> {
    let (first, last) = (&own.if_expr, own.endif_expr.strip);
    reading.open(first.strip);
    let condition = expr(source, &first.cond_expr)?;
    let after = own.else_expr.as_ref().map_or(last, |other| other.strip);
    let then = between(source, &first.template, within, first.strip, after)?;
    let otherwise = match &own.else_expr {
        Some(other) => between(source, &other.template, within, other.strip, last)?,
        None => Vec::new(),
    };
    reading.pieces.push(TemplatePiece::If(Box::new(condition), then, otherwise));
    reading.close(last);
    Ok(())
}

fn for_piece(
    source: HclSource<'_>,
    own: &ForDirective,
    within: WithinTemplate,
    reading: &mut TemplateReading,
) -> Result<(), WrongHcl> {
    let (first, last) = (&own.for_expr, own.endfor_expr.strip);
    reading.open(first.strip);
    let piece = ForPiece {
        key: first.key_var.as_ref().map(|name| name.as_str().into()),
        value: first.value_var.as_str().into(),
        collection: expr(source, &first.collection_expr)?,
        pieces: between(source, &first.template, within, first.strip, last)?,
    };
    reading.pieces.push(TemplatePiece::For(Box::new(piece)));
    reading.close(last);
    Ok(())
}

/// Takes the indentation that all lines share from each of them; blank lines have none.
fn flush(pieces: &mut [TemplatePiece]) {
    let mut least: Option<usize> = None;
    lines(pieces, &mut true, &mut |line| {
        let own = line.as_ref().map_or(0, |line| indentation(line));
        least = Some(least.map_or(own, |least| least.min(own)));
    });
    let least = least.unwrap_or(0);
    lines(pieces, &mut true, &mut |line| {
        if let Some(line) = line {
            *line = line.chars().skip(least).collect::<String>().into();
        }
    });
}

fn indentation(line: &str) -> usize {
    line.chars().take_while(|c| c.is_whitespace()).count()
}

/// Calls `each` with what begins each line that is not blank: a text, or nothing where it is an expression.
fn lines(pieces: &mut [TemplatePiece], is_start: &mut bool, each: &mut dyn FnMut(Option<&mut Rc<str>>)) {
    for piece in pieces {
        let starts = std::mem::take(is_start);
        match piece {
            TemplatePiece::Text(text) => {
                *is_start = text.ends_with('\n');
                let is_blank = *is_start && text.trim().is_empty();
                if starts && !is_blank {
                    each(Some(text));
                }
            }
            TemplatePiece::Value(_) if starts => each(None),
            TemplatePiece::Value(_) => {}
            TemplatePiece::If(_, then, otherwise) => {
                if starts {
                    each(None);
                }
                lines(then, is_start, each);
                marker(is_start, each);
                lines(otherwise, is_start, each);
                marker(is_start, each);
            }
            TemplatePiece::For(own) => {
                if starts {
                    each(None);
                }
                lines(&mut own.pieces, is_start, each);
                marker(is_start, each);
            }
        }
    }
}

/// `%{else}` and its kin, which may begin a line too.
fn marker(is_start: &mut bool, each: &mut dyn FnMut(Option<&mut Rc<str>>)) {
    if std::mem::take(is_start) {
        each(None);
    }
}

/// A text with its escapes replaced.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            plain.push(c);
            continue;
        }
        match rest.next() {
            Some('n') => plain.push('\n'),
            Some('r') => plain.push('\r'),
            Some('t') => plain.push('\t'),
            Some('u') => plain.extend(hexadecimal(&mut rest, 4)),
            Some('U') => plain.extend(hexadecimal(&mut rest, 8)),
            Some(other) => plain.push(other),
            None => {}
        }
    }
    plain
}

fn hexadecimal(rest: &mut std::str::Chars<'_>, digits: usize) -> Option<char> {
    let digits: String = rest.by_ref().take(digits).collect();
    u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32)
}
