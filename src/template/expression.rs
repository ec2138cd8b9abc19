//! Template expressions as text: `[concat(parameters('p'), '-fw')]` to a tree.

use std::fmt;

use nom::branch::alt;
use nom::bytes::complete::{is_not, tag, take_while, take_while1};
use nom::character::complete::{char, multispace0};
use nom::combinator::{all_consuming, map, map_opt, opt, recognize, value};
use nom::multi::{fold_many0, many_m_n, separated_list0, separated_list1};
use nom::sequence::{delimited, pair, preceded};
use nom::{IResult, Parser};

use crate::json::MemberName;

/// How deep expressions may nest.
pub(super) const DEEPEST: usize = 48;

/// An expression.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum TemplateExpression {
    Text(String),
    Number(i64),
    Call(TemplateCall),
    Member(Box<TemplateExpression>, PropertyAccess, String),
    Item(Box<TemplateExpression>, PropertyAccess, Box<TemplateExpression>),
}

/// A call of a function.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct TemplateCall {
    /// The name as it is written; of a function of the template, with its namespace.
    pub function: String,
    pub arguments: Vec<TemplateExpression>,
    /// How many bytes of the text are left where the call begins, and where it ends.
    left: (usize, usize),
}

impl TemplateCall {
    /// The call as it is written in `text`, which it was read from.
    pub(super) fn written<'t>(&self, text: &'t str) -> &'t str {
        let place = |left: usize| text.len().checked_sub(left);
        let (Some(from), Some(to)) = (place(self.left.0), place(self.left.1)) else { return text };
        text.get(from..to).unwrap_or(text).trim_end()
    }
}

/// What becomes of a property or item that is not there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum PropertyAccess {
    /// It is an error.
    Plain,
    /// It is null, and so is every access to it: `.?` and `[?…]`.
    Safe,
}

impl PropertyAccess {
    fn mark(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Safe => "?",
        }
    }
}

impl fmt::Display for TemplateExpression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "'{}'", text.replace('\'', "''")),
            Self::Number(number) => number.fmt(f),
            Self::Member(of, access, name) => write!(f, "{of}.{}{name}", access.mark()),
            Self::Item(of, access, index) => write!(f, "{of}[{}{index}]", access.mark()),
            Self::Call(TemplateCall { function, arguments, .. }) => {
                write!(f, "{function}(")?;
                for (index, argument) in arguments.iter().enumerate() {
                    write!(f, "{}{argument}", if index == 0 { "" } else { ", " })?;
                }
                f.write_str(")")
            }
        }
    }
}

/// What follows an expression.
enum ExpressionSuffix {
    Member(PropertyAccess, String),
    Item(PropertyAccess, TemplateExpression),
}

/// The expression that is the text between the brackets.
pub(super) fn parse(text: &str) -> Option<TemplateExpression> {
    if nesting(text) > DEEPEST {
        return None;
    }
    all_consuming(expression).parse(text).ok().map(|(_, expression)| expression)
}

/// The text between the brackets of an expression or an escaped text.
pub(super) fn bracketed(text: &str) -> Option<&str> {
    text.strip_prefix('[')?.strip_suffix(']')
}

/// The text between the brackets, where it is an expression's.
pub(super) fn inner(text: &str) -> Option<&str> {
    bracketed(text).filter(|inner| !inner.starts_with('['))
}

/// A text that is no expression: `[[x]` means `[x]`.
pub(super) fn unescaped(text: String) -> String {
    meant(&text).unwrap_or(text)
}

/// As [`unescaped`], of the name of a property.
pub(super) fn unescaped_name(name: MemberName) -> MemberName {
    meant(&name).map_or(name, MemberName::from)
}

/// What an escaped text means.
fn meant(text: &str) -> Option<String> {
    let inner = bracketed(text).filter(|inner| inner.starts_with('['))?;
    Some([inner, "]"].concat())
}

/// How deep calls nest, so that the recursion of parser and evaluator is bounded.
fn nesting(text: &str) -> usize {
    // Every second piece between quotes is outside of a text.
    let outside = text.split('\'').step_by(2).flat_map(str::bytes);
    let depths = outside.scan(0usize, |depth, byte| {
        *depth = match byte {
            b'(' | b'[' => depth.saturating_add(1),
            b')' | b']' => depth.saturating_sub(1),
            _ => *depth,
        };
        Some(*depth)
    });
    depths.max().unwrap_or(0)
}

fn expression(text: &str) -> IResult<&str, TemplateExpression> {
    let atom = alt((
        map(quoted_text, TemplateExpression::Text),
        map(number, TemplateExpression::Number),
        map(call, TemplateExpression::Call),
    ));
    let suffixes = many_m_n(0, DEEPEST, alt((member, item)));
    map(delimited(multispace0, pair(atom, suffixes), multispace0), |(atom, suffixes)| {
        suffixes.into_iter().fold(atom, |of, suffix| match suffix {
            ExpressionSuffix::Member(access, name) => TemplateExpression::Member(Box::new(of), access, name),
            ExpressionSuffix::Item(access, index) => TemplateExpression::Item(Box::new(of), access, Box::new(index)),
        })
    })
    .parse(text)
}

fn member(text: &str) -> IResult<&str, ExpressionSuffix> {
    let begin = (multispace0, char('.'), multispace0);
    map((preceded(begin, access), identifier), |(access, name)| ExpressionSuffix::Member(access, name.to_owned()))
        .parse(text)
}

fn item(text: &str) -> IResult<&str, ExpressionSuffix> {
    let inside = map((access, expression), |(access, index)| ExpressionSuffix::Item(access, index));
    delimited((multispace0, char('[')), inside, char(']')).parse(text)
}

fn access(text: &str) -> IResult<&str, PropertyAccess> {
    map(opt(char('?')), |mark| if mark.is_some() { PropertyAccess::Safe } else { PropertyAccess::Plain }).parse(text)
}

fn call(text: &str) -> IResult<&str, TemplateCall> {
    let arguments = delimited(char('('), separated_list0(char(','), expression), preceded(multispace0, char(')')));
    let arguments = alt((value(Vec::new(), (char('('), multispace0, char(')'))), arguments));
    let function = recognize(separated_list1(char('.'), identifier));
    let (rest, (function, arguments)) = pair(function, preceded(multispace0, arguments)).parse(text)?;
    Ok((rest, TemplateCall { function: function.to_owned(), arguments, left: (text.len(), rest.len()) }))
}

fn identifier(text: &str) -> IResult<&str, &str> {
    let start = take_while1(|c: char| c.is_ascii_alphabetic() || c == '_');
    recognize(pair(start, take_while(|c: char| c.is_ascii_alphanumeric() || c == '_'))).parse(text)
}

fn number(text: &str) -> IResult<&str, i64> {
    let digits = recognize(pair(opt(char('-')), take_while1(|c: char| c.is_ascii_digit())));
    map_opt(digits, |digits: &str| digits.parse().ok()).parse(text)
}

fn quoted_text(text: &str) -> IResult<&str, String> {
    let piece = alt((is_not("'"), value("'", tag("''"))));
    let pieces = fold_many0(piece, String::new, |mut all, piece: &str| {
        all.push_str(piece);
        all
    });
    delimited(char('\''), pieces, char('\'')).parse(text)
}
