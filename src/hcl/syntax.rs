//! Native syntax, from `hcl-edit` to the tree that is evaluated.

use std::ops::Range;
use std::rc::Rc;

use hcl_edit::Span;
use hcl_edit::expr::{
    BinaryOp, BinaryOperator, Expression, ForExpr, FuncCall, ObjectKey, Traversal, TraversalOperator, UnaryOperator,
};
use hcl_edit::parser;
use hcl_edit::structure::{self, Structure};

use super::ast::{Attribute, Binary, Block, Body, Call, Expr, For, Kind, Step, Unary};
use super::fault::{Wrong, quoted};
use super::number::Number;
use super::templates;
use crate::source::Stretch;

/// A text that is parsed, and where it is.
#[derive(Clone, Copy)]
pub(super) struct Source<'t> {
    /// The number of the text that places name.
    pub number: usize,
    /// The text that is parsed: the whole text, or a stretch of it.
    pub text: &'t str,
    /// Where it begins in the whole text.
    pub offset: usize,
    /// The place of everything, where the text is not a stretch of the whole text.
    pub fixed: Option<Stretch>,
}

impl<'t> Source<'t> {
    pub(super) fn whole(number: usize, text: &'t str) -> Self {
        Self { number, text, offset: 0, fixed: None }
    }

    pub(super) fn stretch(&self, span: Option<Range<usize>>) -> Stretch {
        let of = |at: usize| u32::try_from(self.offset.saturating_add(at)).unwrap_or(u32::MAX);
        let span = span.unwrap_or(0..0);
        self.fixed.unwrap_or(Stretch { text: self.number, start: of(span.start), end: of(span.end) })
    }

    fn fault(&self, error: &parser::Error) -> Wrong {
        let at = error.location().offset();
        // The parser names what it expected behind the first sentence.
        let message = error.message().replace(" expected ", ": expected ").replace(";: expected", "; expected");
        Wrong::last(self.stretch(Some(at..at)), message.trim().to_owned())
    }
}

/// What a file contains.
pub(super) fn body(source: Source<'_>) -> Result<Body, Wrong> {
    if let Some(at) = empty_heredoc(source.text) {
        let message = "a text without lines between its `<<` and its end is not read: write `\"\"`";
        return Err(Wrong::last(source.stretch(Some(at..at)), message));
    }
    let parsed = parser::parse_body(source.text).map_err(|error| source.fault(&error))?;
    of_body(source, &parsed)
}

/// Where a heredoc begins whose end is on the next line: the parser would take the end of a later one for its own.
fn empty_heredoc(text: &str) -> Option<usize> {
    let starts = text.match_indices("<<").map(|(at, _)| at);
    starts.into_iter().find(|at| {
        let rest = text.get(at + 2..).unwrap_or_default();
        let mut lines = rest.strip_prefix('-').unwrap_or(rest).lines();
        let (name, next) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
        is_name && next.trim() == name
    })
}

/// A text that is one expression.
pub(super) fn expression(source: Source<'_>) -> Result<Expr, Wrong> {
    let parsed = parser::parse_expr(source.text).map_err(|error| source.fault(&error))?;
    expr(source, &parsed)
}

/// A text that is a template, as that of a file.
pub(super) fn template(source: Source<'_>) -> Result<Expr, Wrong> {
    let parsed = parser::parse_template(source.text).map_err(|error| source.fault(&error))?;
    let at = source.stretch(Some(0..source.text.len()));
    Ok(Expr { at, kind: templates::kind(templates::pieces(source, &parsed, templates::Within::Lines)?) })
}

fn of_body(source: Source<'_>, parsed: &structure::Body) -> Result<Body, Wrong> {
    let mut body = Body::default();
    for part in parsed {
        match part {
            Structure::Attribute(own) => body.attributes.push(Attribute {
                name: own.key.as_str().into(),
                at: source.stretch(own.span()),
                value: expr(source, &own.value)?,
            }),
            Structure::Block(own) => body.blocks.push(Block {
                kind: own.ident.as_str().into(),
                labels: own.labels.iter().map(|label| label.as_str().into()).collect(),
                at: head(source, own),
                body: of_body(source, &own.body)?,
            }),
        }
    }
    Ok(body)
}

/// The line of a block that says what it is.
fn head(source: Source<'_>, block: &structure::Block) -> Stretch {
    let start = block.ident.span().or(block.span()).unwrap_or(0..0);
    let end = block.labels.last().and_then(Span::span).map_or(start.end, |label| label.end);
    source.stretch(Some(start.start..end.max(start.start)))
}

/// An expression of the parser as one that is evaluated.
pub(super) fn expr(source: Source<'_>, parsed: &Expression) -> Result<Expr, Wrong> {
    let at = source.stretch(parsed.span());
    let kind = match parsed {
        Expression::Null(_) => Kind::Null,
        Expression::Bool(value) => Kind::Bool(*value.value()),
        Expression::Number(number) => number_of(source, parsed, &number.to_string())?,
        Expression::String(text) => Kind::Text(text.as_str().into()),
        Expression::Array(items) => Kind::List(items.iter().map(|item| expr(source, item)).collect::<Result<_, _>>()?),
        Expression::Object(entries) => Kind::Object(
            entries
                .iter()
                .map(|(key, value)| Ok((object_key(source, key)?, expr(source, value.expr())?)))
                .collect::<Result<_, _>>()?,
        ),
        Expression::StringTemplate(own) => templates::kind(templates::pieces(source, own, templates::Within::Quotes)?),
        Expression::HeredocTemplate(own) => {
            let span = parsed.span().unwrap_or(0..0);
            templates::kind(templates::heredoc(source, span, own.indent().is_some())?)
        }
        Expression::Parenthesis(own) => return expr(source, own.inner()),
        Expression::Variable(name) => Kind::Variable(name.as_str().into()),
        Expression::Conditional(own) => Kind::Conditional(Box::new((
            expr(source, &own.cond_expr)?,
            expr(source, &own.true_expr)?,
            expr(source, &own.false_expr)?,
        ))),
        Expression::FuncCall(own) => call(source, own)?,
        Expression::Traversal(own) => traversal(source, own)?,
        Expression::UnaryOp(own) => {
            let operator = match own.operator.value() {
                UnaryOperator::Neg => Unary::Minus,
                UnaryOperator::Not => Unary::Not,
            };
            Kind::Unary(operator, Box::new(expr(source, &own.expr)?))
        }
        Expression::BinaryOp(own) => binary(source, own)?,
        Expression::ForExpr(own) => for_expr(source, own)?,
    };
    Ok(Expr { at, kind })
}

/// The number as it is written: the parser's own may be rounded.
fn number_of(source: Source<'_>, parsed: &Expression, own: &str) -> Result<Kind, Wrong> {
    let written = parsed.span().and_then(|span| source.text.get(span)).unwrap_or(own);
    let plain: String = written.chars().filter(|c| !c.is_whitespace()).collect();
    let number = Number::parse(&plain).ok_or_else(|| {
        let message = format!("number {} is too large or too precise: expected at most 64 bits", quoted(written));
        Wrong::last(source.stretch(parsed.span()), message)
    })?;
    Ok(Kind::Number(number))
}

/// A name stands for itself.
fn object_key(source: Source<'_>, key: &ObjectKey) -> Result<Expr, Wrong> {
    match key {
        ObjectKey::Ident(name) => Ok(Expr { at: source.stretch(name.span()), kind: Kind::Text(name.as_str().into()) }),
        ObjectKey::Expression(Expression::Variable(name)) => {
            Ok(Expr { at: source.stretch(name.span()), kind: Kind::Text(name.as_str().into()) })
        }
        ObjectKey::Expression(own) => expr(source, own),
    }
}

fn call(source: Source<'_>, own: &FuncCall) -> Result<Kind, Wrong> {
    let namespace = own.name.namespace.iter().map(|part| part.as_str());
    let name: Vec<&str> = namespace.chain([own.name.name.as_str()]).collect();
    let arguments = own.args.iter().map(|argument| expr(source, argument)).collect::<Result<_, _>>()?;
    let name: Rc<str> = name.join("::").into();
    Ok(Kind::Call(Box::new(Call { name, arguments, expands: own.args.expand_final() })))
}

fn traversal(source: Source<'_>, own: &Traversal) -> Result<Kind, Wrong> {
    let step = |operator: &TraversalOperator| {
        Ok(match operator {
            TraversalOperator::AttrSplat(_) => Step::AttributeSplat,
            TraversalOperator::FullSplat(_) => Step::FullSplat,
            TraversalOperator::GetAttr(name) => Step::Attribute(name.as_str().into()),
            TraversalOperator::Index(index) => Step::Index(expr(source, index)?),
            TraversalOperator::LegacyIndex(index) => {
                let at = source.stretch(index.span());
                let number = Number::whole(i128::from(*index.value()));
                let number = number.ok_or_else(|| Wrong::last(at, "the index is too large"))?;
                Step::Number(Expr { at, kind: Kind::Number(number) })
            }
        })
    };
    let steps = own.operators.iter().map(|operator| step(operator.value())).collect::<Result<_, _>>()?;
    Ok(Kind::Traversal(Box::new(expr(source, &own.expr)?), steps))
}

fn binary(source: Source<'_>, own: &BinaryOp) -> Result<Kind, Wrong> {
    let operator = match own.operator.value() {
        BinaryOperator::Eq => Binary::Equal,
        BinaryOperator::NotEq => Binary::Unequal,
        BinaryOperator::LessEq => Binary::LessOrEqual,
        BinaryOperator::GreaterEq => Binary::GreaterOrEqual,
        BinaryOperator::Less => Binary::Less,
        BinaryOperator::Greater => Binary::Greater,
        BinaryOperator::Plus => Binary::Plus,
        BinaryOperator::Minus => Binary::Minus,
        BinaryOperator::Mul => Binary::Times,
        BinaryOperator::Div => Binary::Divided,
        BinaryOperator::Mod => Binary::Remainder,
        BinaryOperator::And => Binary::And,
        BinaryOperator::Or => Binary::Or,
    };
    Ok(Kind::Binary(operator, Box::new((expr(source, &own.lhs_expr)?, expr(source, &own.rhs_expr)?))))
}

fn for_expr(source: Source<'_>, own: &ForExpr) -> Result<Kind, Wrong> {
    let optional = |own: Option<&Expression>| own.map(|own| expr(source, own)).transpose();
    Ok(Kind::For(Box::new(For {
        key: own.intro.key_var.as_ref().map(|name| name.as_str().into()),
        value: own.intro.value_var.as_str().into(),
        collection: expr(source, &own.intro.collection_expr)?,
        result_key: optional(own.key_expr.as_ref())?,
        result: expr(source, &own.value_expr)?,
        groups: own.grouping,
        condition: optional(own.cond.as_ref().map(|condition| &condition.expr))?,
    })))
}
