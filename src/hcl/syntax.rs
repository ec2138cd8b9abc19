//! Native syntax, from `hcl-edit` to the tree that is evaluated.

use std::ops::Range;
use std::rc::Rc;

use hcl_edit::Span;
use hcl_edit::expr::{
    BinaryOp, BinaryOperator, Expression, ForExpr, FuncCall, ObjectKey, Traversal, TraversalOperator, UnaryOperator,
};
use hcl_edit::parser;
use hcl_edit::structure::{self, Structure};

use super::ast::{Attribute, Expr, For, HclBlock, HclBody, HclCall, HclKind, HclOperator, TraversalStep, Unary};
use super::fault::{WrongHcl, quoted};
use super::number::Number;
use super::templates;
use crate::source::LayoutStretch;

/// A text that is parsed, and where it is.
#[derive(Clone, Copy)]
pub(super) struct HclSource<'t> {
    /// The number of the text that places name.
    pub number: usize,
    /// The text that is parsed: the whole text, or a stretch of it.
    pub text: &'t str,
    /// Where it begins in the whole text.
    pub offset: usize,
    /// The place of everything, where the text is not a stretch of the whole text.
    pub fixed: Option<LayoutStretch>,
}

impl<'t> HclSource<'t> {
    pub(super) fn whole(number: usize, text: &'t str) -> Self {
        Self { number, text, offset: 0, fixed: None }
    }

    pub(super) fn stretch(&self, span: Option<Range<usize>>) -> LayoutStretch {
        let of = |at: usize| u32::try_from(self.offset.saturating_add(at)).unwrap_or(u32::MAX);
        let span = span.unwrap_or(0..0);
        self.fixed.unwrap_or(LayoutStretch { text: self.number, start: of(span.start), end: of(span.end) })
    }

    fn fault(&self, error: &parser::Error) -> WrongHcl {
        let at = error.location().offset();
        // The parser names what it expected after the first sentence.
        let message = error.message().replace(" expected ", ": expected ").replace(";: expected", "; expected");
        WrongHcl::last(self.stretch(Some(at..at)), message.trim().to_owned())
    }
}

/// What a file contains.
pub(super) fn body(source: HclSource<'_>) -> Result<HclBody, WrongHcl> {
    if let Some(at) = empty_heredoc(source.text) {
        let message = "a text without lines between its `<<` and its end is not read: write `\"\"`";
        return Err(WrongHcl::last(source.stretch(Some(at..at)), message));
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
pub(super) fn expression(source: HclSource<'_>) -> Result<Expr, WrongHcl> {
    let parsed = parser::parse_expr(source.text).map_err(|error| source.fault(&error))?;
    expr(source, &parsed)
}

/// A text that is a template, as that of a file.
pub(super) fn template(source: HclSource<'_>) -> Result<Expr, WrongHcl> {
    let parsed = parser::parse_template(source.text).map_err(|error| source.fault(&error))?;
    let at = source.stretch(Some(0..source.text.len()));
    Ok(Expr { at, kind: templates::kind(templates::pieces(source, &parsed, templates::WithinTemplate::Lines)?) })
}

fn of_body(source: HclSource<'_>, parsed: &structure::Body) -> Result<HclBody, WrongHcl> {
    let mut body = HclBody::default();
    for part in parsed {
        match part {
            Structure::Attribute(own) => body.attributes.push(Attribute {
                name: own.key.as_str().into(),
                at: source.stretch(own.span()),
                value: expr(source, &own.value)?,
            }),
            Structure::Block(own) => body.blocks.push(HclBlock {
                kind: own.ident.as_str().into(),
                labels: own.labels.iter().map(|label| label.as_str().into()).collect(),
                at: head(source, own),
                body: of_body(source, &own.body)?,
            }),
        }
    }
    Ok(body)
}

/// The line of a block that states what it is.
fn head(source: HclSource<'_>, block: &structure::Block) -> LayoutStretch {
    let start = block.ident.span().or(block.span()).unwrap_or(0..0);
    let end = block.labels.last().and_then(Span::span).map_or(start.end, |label| label.end);
    source.stretch(Some(start.start..end.max(start.start)))
}

/// An expression of the parser as one that is evaluated.
pub(super) fn expr(source: HclSource<'_>, parsed: &Expression) -> Result<Expr, WrongHcl> {
    let at = source.stretch(parsed.span());
    let kind = match parsed {
        Expression::Null(_) => HclKind::Null,
        Expression::Bool(value) => HclKind::Bool(*value.value()),
        Expression::Number(number) => number_of(source, parsed, &number.to_string())?,
        Expression::String(text) => HclKind::Text(text.as_str().into()),
        Expression::Array(items) => {
            HclKind::List(items.iter().map(|item| expr(source, item)).collect::<Result<_, _>>()?)
        }
        Expression::Object(entries) => HclKind::Object(
            entries
                .iter()
                .map(|(key, value)| Ok((object_key(source, key)?, expr(source, value.expr())?)))
                .collect::<Result<_, _>>()?,
        ),
        Expression::StringTemplate(own) => {
            templates::kind(templates::pieces(source, own, templates::WithinTemplate::Quotes)?)
        }
        Expression::HeredocTemplate(own) => {
            let span = parsed.span().unwrap_or(0..0);
            templates::kind(templates::heredoc(source, span, own.indent().is_some())?)
        }
        Expression::Parenthesis(own) => return expr(source, own.inner()),
        Expression::Variable(name) => HclKind::Variable(name.as_str().into()),
        Expression::Conditional(own) => HclKind::Conditional(Box::new((
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
            HclKind::Unary(operator, Box::new(expr(source, &own.expr)?))
        }
        Expression::BinaryOp(own) => binary(source, own)?,
        Expression::ForExpr(own) => for_expr(source, own)?,
    };
    Ok(Expr { at, kind })
}

/// The number as it is written: the parser's own may be rounded.
fn number_of(source: HclSource<'_>, parsed: &Expression, own: &str) -> Result<HclKind, WrongHcl> {
    let written = parsed.span().and_then(|span| source.text.get(span)).unwrap_or(own);
    let plain: String = written.chars().filter(|c| !c.is_whitespace()).collect();
    let number = Number::parse(&plain).ok_or_else(|| {
        let message = format!("number {} is too large or too precise: expected at most 64 bits", quoted(written));
        WrongHcl::last(source.stretch(parsed.span()), message)
    })?;
    Ok(HclKind::Number(number))
}

/// A name means itself.
fn object_key(source: HclSource<'_>, key: &ObjectKey) -> Result<Expr, WrongHcl> {
    match key {
        ObjectKey::Ident(name) => {
            Ok(Expr { at: source.stretch(name.span()), kind: HclKind::Text(name.as_str().into()) })
        }
        ObjectKey::Expression(Expression::Variable(name)) => {
            Ok(Expr { at: source.stretch(name.span()), kind: HclKind::Text(name.as_str().into()) })
        }
        ObjectKey::Expression(own) => expr(source, own),
    }
}

fn call(source: HclSource<'_>, own: &FuncCall) -> Result<HclKind, WrongHcl> {
    let namespace = own.name.namespace.iter().map(|part| part.as_str());
    let name: Vec<&str> = namespace.chain([own.name.name.as_str()]).collect();
    let arguments = own.args.iter().map(|argument| expr(source, argument)).collect::<Result<_, _>>()?;
    let name: Rc<str> = name.join("::").into();
    Ok(HclKind::Call(Box::new(HclCall { name, arguments, expands: own.args.expand_final() })))
}

fn traversal(source: HclSource<'_>, own: &Traversal) -> Result<HclKind, WrongHcl> {
    let step = |operator: &TraversalOperator| {
        Ok(match operator {
            TraversalOperator::AttrSplat(_) => TraversalStep::AttributeSplat,
            TraversalOperator::FullSplat(_) => TraversalStep::FullSplat,
            TraversalOperator::GetAttr(name) => TraversalStep::Attribute(name.as_str().into()),
            TraversalOperator::Index(index) => TraversalStep::Index(expr(source, index)?),
            TraversalOperator::LegacyIndex(index) => {
                let at = source.stretch(index.span());
                let number = Number::whole(i128::from(*index.value()));
                let number = number.ok_or_else(|| WrongHcl::last(at, "the index is too large"))?;
                TraversalStep::Number(Expr { at, kind: HclKind::Number(number) })
            }
        })
    };
    let steps = own.operators.iter().map(|operator| step(operator.value())).collect::<Result<_, _>>()?;
    Ok(HclKind::Traversal(Box::new(expr(source, &own.expr)?), steps))
}

fn binary(source: HclSource<'_>, own: &BinaryOp) -> Result<HclKind, WrongHcl> {
    let operator = match own.operator.value() {
        BinaryOperator::Eq => HclOperator::Equal,
        BinaryOperator::NotEq => HclOperator::Unequal,
        BinaryOperator::LessEq => HclOperator::LessOrEqual,
        BinaryOperator::GreaterEq => HclOperator::GreaterOrEqual,
        BinaryOperator::Less => HclOperator::Less,
        BinaryOperator::Greater => HclOperator::Greater,
        BinaryOperator::Plus => HclOperator::Plus,
        BinaryOperator::Minus => HclOperator::Minus,
        BinaryOperator::Mul => HclOperator::Times,
        BinaryOperator::Div => HclOperator::Divided,
        BinaryOperator::Mod => HclOperator::Remainder,
        BinaryOperator::And => HclOperator::And,
        BinaryOperator::Or => HclOperator::Or,
    };
    Ok(HclKind::Binary(operator, Box::new((expr(source, &own.lhs_expr)?, expr(source, &own.rhs_expr)?))))
}

fn for_expr(source: HclSource<'_>, own: &ForExpr) -> Result<HclKind, WrongHcl> {
    let optional = |own: Option<&Expression>| own.map(|own| expr(source, own)).transpose();
    Ok(HclKind::For(Box::new(For {
        key: own.intro.key_var.as_ref().map(|name| name.as_str().into()),
        value: own.intro.value_var.as_str().into(),
        collection: expr(source, &own.intro.collection_expr)?,
        result_key: optional(own.key_expr.as_ref())?,
        result: expr(source, &own.value_expr)?,
        groups: own.grouping,
        condition: optional(own.cond.as_ref().map(|condition| &condition.expr))?,
    })))
}
