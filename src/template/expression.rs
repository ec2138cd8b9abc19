//! Template expressions as text: `[concat(parameters('p'), '-fw')]` to a tree.

use std::fmt;

use nom::branch::alt;
use nom::bytes::complete::{is_not, tag, take_while, take_while1};
use nom::character::complete::{char, multispace0};
use nom::combinator::{all_consuming, map, map_opt, opt, recognize, value};
use nom::multi::{fold_many0, many_m_n, separated_list0};
use nom::sequence::{delimited, pair, preceded};
use nom::{IResult, Parser};

/// How deep expressions, and the parameters and variables that they name, may nest.
pub(super) const DEEPEST: usize = 48;

#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Expression {
    Text(String),
    Number(i64),
    Call(String, Vec<Expression>),
    Member(Box<Expression>, String),
    Item(Box<Expression>, Box<Expression>),
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "'{}'", text.replace('\'', "''")),
            Self::Number(number) => number.fmt(f),
            Self::Member(of, name) => write!(f, "{of}.{name}"),
            Self::Item(of, index) => write!(f, "{of}[{index}]"),
            Self::Call(function, arguments) => {
                write!(f, "{function}(")?;
                for (index, argument) in arguments.iter().enumerate() {
                    write!(f, "{}{argument}", if index == 0 { "" } else { ", " })?;
                }
                f.write_str(")")
            }
        }
    }
}

/// What stands behind an expression.
enum Behind {
    Member(String),
    Item(Expression),
}

/// What the text between the brackets says.
pub(crate) fn parse(text: &str) -> Option<Expression> {
    if nesting(text) > DEEPEST {
        return None;
    }
    all_consuming(expression).parse(text).ok().map(|(_, expression)| expression)
}

/// The text between the brackets of an expression or an escaped text.
pub(crate) fn bracketed(text: &str) -> Option<&str> {
    text.strip_prefix('[')?.strip_suffix(']')
}

/// A text, or a key, that is no expression: `[[x]` stands for `[x]`.
pub(super) fn unescaped(text: String) -> String {
    match bracketed(&text) {
        Some(inner) if inner.starts_with('[') => [inner, "]"].concat(),
        Some(_) | None => text,
    }
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

fn expression(text: &str) -> IResult<&str, Expression> {
    let member =
        map(preceded((multispace0, char('.'), multispace0), identifier), |name| Behind::Member(name.to_owned()));
    let item = map(delimited((multispace0, char('[')), expression, char(']')), Behind::Item);
    let behind = many_m_n(0, DEEPEST, alt((member, item)));
    let atom = alt((map(quoted_text, Expression::Text), map(number, Expression::Number), call));
    map(delimited(multispace0, pair(atom, behind), multispace0), |(atom, behind)| {
        behind.into_iter().fold(atom, |of, behind| match behind {
            Behind::Member(name) => Expression::Member(Box::new(of), name),
            Behind::Item(index) => Expression::Item(Box::new(of), Box::new(index)),
        })
    })
    .parse(text)
}

fn call(text: &str) -> IResult<&str, Expression> {
    let arguments = delimited(char('('), separated_list0(char(','), expression), preceded(multispace0, char(')')));
    let arguments = alt((value(Vec::new(), (char('('), multispace0, char(')'))), arguments));
    map(pair(identifier, preceded(multispace0, arguments)), |(name, arguments)| {
        Expression::Call(name.to_owned(), arguments)
    })
    .parse(text)
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
