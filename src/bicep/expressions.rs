//! Expressions.
//!
//! Source: Microsoft Learn, "Bicep operators", page of 2025-02-12, for precedence; "Bicep file structure and syntax", "Iterative
//! loops in Bicep" and "Lambda functions for Bicep" for the rest.

use super::ast::{
    ArrayEntry, ArrayItem, BicepAccess, BicepExpression, ExpressionKind, Junction, LoopRounds, Operator, PropertyKey,
    Spanned, StringPiece,
};
use super::cursor::{BicepParsed, TokenCursor};
use super::fault::WrongBicep;
use super::texts;

/// How many operators, or steps after a value, one expression may have.
const MOST_STEPS: usize = 256;

impl TokenCursor<'_> {
    /// The expression that is next.
    pub(super) fn expression(&mut self) -> BicepParsed<BicepExpression> {
        expression(self)
    }
}

fn expression(cursor: &mut TokenCursor<'_>) -> BicepParsed<BicepExpression> {
    cursor.deeper(|cursor| {
        let start = start(cursor);
        let condition = operands(cursor, 0)?;
        if !takes_question(cursor) {
            return Ok(condition);
        }
        cursor.lines();
        let yes = expression(cursor)?;
        cursor.lines();
        cursor.expect(":")?;
        cursor.lines();
        let no = expression(cursor)?;
        Ok(made(cursor, start, ExpressionKind::Choice(Box::new([condition, yes, no]))))
    })
}

fn start(cursor: &mut TokenCursor<'_>) -> usize {
    cursor.blanks();
    cursor.place()
}

fn made(cursor: &TokenCursor<'_>, start: usize, kind: ExpressionKind) -> BicepExpression {
    BicepExpression { at: cursor.since(start), kind }
}

/// Takes the `?` of a choice, which may be on the next line.
fn takes_question(cursor: &mut TokenCursor<'_>) -> bool {
    let before = cursor.place();
    cursor.lines();
    let is_question = cursor.starts_with("?") && !cursor.starts_with("??");
    match is_question {
        true => cursor.skip(1),
        false => cursor.back(before),
    }
    is_question
}

/// What an operator makes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MadeText {
    Chain(Junction),
    Binary(Operator),
}

/// The operators, longer ones before those that they begin with, with how tightly they bind.
const OPERATORS: &[(&str, u8, MadeText)] = &[
    ("??", 0, MadeText::Chain(Junction::Coalesce)),
    ("||", 1, MadeText::Chain(Junction::Or)),
    ("&&", 2, MadeText::Chain(Junction::And)),
    ("==", 3, MadeText::Binary(Operator::Equal)),
    ("!=", 3, MadeText::Binary(Operator::NotEqual)),
    ("=~", 3, MadeText::Binary(Operator::EqualWord)),
    ("!~", 3, MadeText::Binary(Operator::NotEqualWord)),
    ("<=", 4, MadeText::Binary(Operator::LessOrEqual)),
    (">=", 4, MadeText::Binary(Operator::GreaterOrEqual)),
    ("<", 4, MadeText::Binary(Operator::Less)),
    (">", 4, MadeText::Binary(Operator::Greater)),
    ("+", 5, MadeText::Binary(Operator::Add)),
    ("-", 5, MadeText::Binary(Operator::Subtract)),
    ("*", 6, MadeText::Binary(Operator::Multiply)),
    ("/", 6, MadeText::Binary(Operator::Divide)),
    ("%", 6, MadeText::Binary(Operator::Remainder)),
];

/// Operands of operators that bind at least as tightly as `least`.
fn operands(cursor: &mut TokenCursor<'_>, least: u8) -> BicepParsed<BicepExpression> {
    let begin = start(cursor);
    let mut all = sign(cursor)?;
    let mut count = 0;
    while let Some((binds, operator)) = takes_operator(cursor, least) {
        count += 1;
        if count > MOST_STEPS {
            return Err(WrongBicep::new(
                cursor.since(begin),
                format!("an expression has at most {MOST_STEPS} operators"),
            ));
        }
        cursor.lines();
        let right = cursor.deeper(|cursor| operands(cursor, binds + 1))?;
        let kind = joined(operator, all, right);
        all = made(cursor, begin, kind);
    }
    Ok(all)
}

fn joined(operator: MadeText, left: BicepExpression, right: BicepExpression) -> ExpressionKind {
    match (operator, left) {
        (MadeText::Chain(junction), BicepExpression { kind: ExpressionKind::Chain(own, mut parts), at }) => {
            if own == junction {
                parts.push(right);
                return ExpressionKind::Chain(own, parts);
            }
            ExpressionKind::Chain(
                junction,
                vec![BicepExpression { kind: ExpressionKind::Chain(own, parts), at }, right],
            )
        }
        (MadeText::Chain(junction), left) => ExpressionKind::Chain(junction, vec![left, right]),
        (MadeText::Binary(operator), left) => ExpressionKind::Binary(operator, Box::new(left), Box::new(right)),
    }
}

/// Takes an operator that binds tightly enough. On the next line, what may begin an element of a list is none.
fn takes_operator(cursor: &mut TokenCursor<'_>, least: u8) -> Option<(u8, MadeText)> {
    let before = cursor.place();
    let is_new = cursor.lines();
    let found = OPERATORS.iter().find(|(sign, ..)| cursor.starts_with(sign));
    match found {
        Some(&(sign, binds, made)) if binds >= least && !(is_new && sign == "-") => {
            cursor.skip(sign.len());
            Some((binds, made))
        }
        Some(_) | None => {
            cursor.back(before);
            None
        }
    }
}

/// A value with the signs before it.
fn sign(cursor: &mut TokenCursor<'_>) -> BicepParsed<BicepExpression> {
    let begin = start(cursor);
    if cursor.takes("!") {
        let value = cursor.deeper(sign)?;
        return Ok(made(cursor, begin, ExpressionKind::Not(Box::new(value))));
    }
    if cursor.takes("-") {
        let value = cursor.deeper(sign)?;
        let kind = match value.kind {
            ExpressionKind::Number(number) => ExpressionKind::Number(number.checked_neg().unwrap_or(i64::MAX)),
            kind => ExpressionKind::Negative(Box::new(BicepExpression { kind, at: value.at })),
        };
        return Ok(made(cursor, begin, kind));
    }
    if cursor.takes("+") {
        return cursor.deeper(sign);
    }
    steps(cursor)
}

/// A value with the properties, items and calls that follow it.
fn steps(cursor: &mut TokenCursor<'_>) -> BicepParsed<BicepExpression> {
    let begin = start(cursor);
    let mut value = primary(cursor)?;
    for _ in 0..MOST_STEPS {
        value = match step(cursor, begin, value)? {
            Ok(next) => next,
            Err(last) => return Ok(last),
        };
    }
    Err(WrongBicep::new(cursor.since(begin), format!("a value has at most {MOST_STEPS} steps")))
}

/// The value with one more step, or as it is where there is none.
fn step(
    cursor: &mut TokenCursor<'_>,
    begin: usize,
    of: BicepExpression,
) -> BicepParsed<Result<BicepExpression, BicepExpression>> {
    if takes_point(cursor) {
        return member(cursor, begin, of).map(Ok);
    }
    if cursor.takes("::") {
        let name = cursor.name("the name of a nested resource")?;
        return Ok(Ok(made(cursor, begin, ExpressionKind::Child(Box::new(of), name.text))));
    }
    if cursor.takes("[") {
        return item(cursor, begin, of).map(Ok);
    }
    cursor.blanks();
    let rest = cursor.rest();
    if rest.starts_with('!') && !rest.starts_with("!=") && !rest.starts_with("!~") {
        // It states that the value is not null, which changes no value.
        cursor.skip(1);
        return Ok(Ok(of));
    }
    Ok(Err(of))
}

/// Takes the point before a property, which may be on the next line; three of them begin something else.
fn takes_point(cursor: &mut TokenCursor<'_>) -> bool {
    let before = cursor.place();
    cursor.lines();
    let is_point = cursor.starts_with(".") && !cursor.starts_with("..");
    match is_point {
        true => cursor.skip(1),
        false => cursor.back(before),
    }
    is_point
}

fn member(cursor: &mut TokenCursor<'_>, begin: usize, of: BicepExpression) -> BicepParsed<BicepExpression> {
    let access = access(cursor);
    let name = cursor.name("the name of a property")?;
    let kind = match cursor.takes("(") {
        true => ExpressionKind::Call(Some(Box::new(of)), name.text, arguments(cursor)?),
        false => ExpressionKind::Member(Box::new(of), access, name.text),
    };
    Ok(made(cursor, begin, kind))
}

fn access(cursor: &mut TokenCursor<'_>) -> BicepAccess {
    if cursor.takes("?") { BicepAccess::Safe } else { BicepAccess::Plain }
}

fn item(cursor: &mut TokenCursor<'_>, begin: usize, of: BicepExpression) -> BicepParsed<BicepExpression> {
    cursor.lines();
    let access = access(cursor);
    let is_from_end = cursor.takes("^");
    cursor.lines();
    let index = Box::new(expression(cursor)?);
    cursor.lines();
    cursor.expect("]")?;
    let of = Box::new(of);
    let kind =
        if is_from_end { ExpressionKind::FromEnd(of, access, index) } else { ExpressionKind::Item(of, access, index) };
    Ok(made(cursor, begin, kind))
}

/// The arguments of a call, after its opening bracket.
pub(super) fn arguments(cursor: &mut TokenCursor<'_>) -> BicepParsed<Vec<BicepExpression>> {
    let mut all = Vec::new();
    loop {
        cursor.lines();
        if cursor.takes(")") {
            return Ok(all);
        }
        all.push(expression(cursor)?);
        cursor.lines();
        if !cursor.takes(",") {
            cursor.expect(")")?;
            return Ok(all);
        }
    }
}

fn primary(cursor: &mut TokenCursor<'_>) -> BicepParsed<BicepExpression> {
    let begin = start(cursor);
    if texts::begins(cursor) {
        let pieces = texts::text(cursor)?;
        return Ok(made(cursor, begin, ExpressionKind::Text(pieces)));
    }
    if let Some(lambda) = lambda(cursor, begin)? {
        return Ok(lambda);
    }
    match cursor.rest().chars().next() {
        Some('(') => in_brackets(cursor),
        Some('[') => list(cursor, begin),
        Some('{') => {
            let entries = object(cursor)?;
            Ok(made(cursor, begin, ExpressionKind::Object(entries)))
        }
        Some(digit) if digit.is_ascii_digit() => number(cursor, begin),
        _ => word(cursor, begin),
    }
}

fn in_brackets(cursor: &mut TokenCursor<'_>) -> BicepParsed<BicepExpression> {
    cursor.expect("(")?;
    cursor.lines();
    let inside = expression(cursor)?;
    cursor.lines();
    cursor.expect(")")?;
    Ok(inside)
}

fn number(cursor: &mut TokenCursor<'_>, begin: usize) -> BicepParsed<BicepExpression> {
    let rest = cursor.rest();
    let digits =
        rest.get(..rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len()).unwrap_or_default();
    cursor.skip(digits.len());
    match digits.parse() {
        Ok(number) => Ok(made(cursor, begin, ExpressionKind::Number(number))),
        Err(_) => Err(WrongBicep::new(cursor.since(begin), "the number is too big")),
    }
}

fn word(cursor: &mut TokenCursor<'_>, begin: usize) -> BicepParsed<BicepExpression> {
    let name = cursor.name("a value")?;
    let kind = match name.text.as_str() {
        "true" => ExpressionKind::Bool(true),
        "false" => ExpressionKind::Bool(false),
        "null" => ExpressionKind::Null,
        _ if cursor.takes("(") => ExpressionKind::Call(None, name.text, arguments(cursor)?),
        _ => ExpressionKind::Name(name.text),
    };
    Ok(made(cursor, begin, kind))
}

/// `NAME => BODY` or `(NAMES) => BODY`, where that is next.
fn lambda(cursor: &mut TokenCursor<'_>, begin: usize) -> BicepParsed<Option<BicepExpression>> {
    let Some(names) = lambda_names(cursor).filter(|_| cursor.takes_on_any_line("=>")) else {
        cursor.back(begin);
        return Ok(None);
    };
    cursor.lines();
    let body = expression(cursor)?;
    Ok(Some(made(cursor, begin, ExpressionKind::Lambda(names, Box::new(body)))))
}

fn lambda_names(cursor: &mut TokenCursor<'_>) -> Option<Vec<String>> {
    let name = |cursor: &mut TokenCursor<'_>| {
        let word = cursor.peek_word()?;
        cursor.skip(word.len());
        Some(word.to_owned())
    };
    if !cursor.takes("(") {
        return Some(vec![name(cursor)?]);
    }
    let mut names = Vec::new();
    loop {
        cursor.lines();
        if cursor.takes(")") {
            return Some(names);
        }
        names.push(name(cursor)?);
        cursor.lines();
        if !cursor.takes(",") && !cursor.starts_with(")") {
            return None;
        }
    }
}

fn list(cursor: &mut TokenCursor<'_>, begin: usize) -> BicepParsed<BicepExpression> {
    if let Some(rounds) = rounds(cursor)? {
        cursor.lines();
        if cursor.peek_word() == Some("if") {
            let why = "a condition in a loop is valid for resources and modules only";
            return Err(WrongBicep::new(cursor.since(begin), why));
        }
        let body = expression(cursor)?;
        cursor.lines();
        cursor.expect("]")?;
        return Ok(made(cursor, begin, ExpressionKind::For(Box::new(rounds), Box::new(body))));
    }
    cursor.expect("[")?;
    let mut items = Vec::new();
    loop {
        cursor.lines();
        if cursor.takes("]") {
            return Ok(made(cursor, begin, ExpressionKind::List(items)));
        }
        items.push(if cursor.takes("...") {
            ArrayItem::All(expression(cursor)?)
        } else {
            ArrayItem::One(expression(cursor)?)
        });
        separator(cursor, "]")?;
    }
}

/// What is between two elements: a comma or a line end.
fn separator(cursor: &mut TokenCursor<'_>, end: &str) -> BicepParsed<()> {
    let is_new = cursor.lines();
    match cursor.takes(",") || is_new || cursor.starts_with(end) {
        true => Ok(()),
        false => Err(cursor.expected(&format!("`,`, the end of the line or `{end}`"))),
    }
}

/// `[for … in LIST:`, where that is next.
pub(super) fn rounds(cursor: &mut TokenCursor<'_>) -> BicepParsed<Option<LoopRounds>> {
    let before = cursor.place();
    let is_loop = cursor.takes("[") && {
        cursor.lines();
        cursor.takes_word("for")
    };
    if !is_loop {
        cursor.back(before);
        return Ok(None);
    }
    let (item, index) = match cursor.takes("(") {
        true => {
            let item = cursor.name("the name of the item")?;
            cursor.expect(",")?;
            let index = cursor.name("the name of the index")?;
            cursor.expect(")")?;
            (item, Some(index.text))
        }
        false => (cursor.name("the name of the item")?, None),
    };
    if !cursor.takes_word("in") {
        return Err(cursor.expected("`in`"));
    }
    let list = expression(cursor)?;
    cursor.lines();
    cursor.expect(":")?;
    Ok(Some(LoopRounds { item: item.text, index, list }))
}

/// The entries of the object that must be next.
pub(super) fn object(cursor: &mut TokenCursor<'_>) -> BicepParsed<Vec<ArrayEntry>> {
    cursor.expect("{")?;
    let mut entries = Vec::new();
    loop {
        cursor.lines();
        if cursor.takes("}") {
            return Ok(entries);
        }
        entries.push(entry(cursor)?);
        separator(cursor, "}")?;
    }
}

fn entry(cursor: &mut TokenCursor<'_>) -> BicepParsed<ArrayEntry> {
    if cursor.takes("...") {
        return expression(cursor).map(ArrayEntry::All);
    }
    if let Some(resource) = cursor.nested_resource()? {
        return Ok(ArrayEntry::Resource(Box::new(resource)));
    }
    let key = key(cursor)?;
    cursor.expect(":")?;
    cursor.lines();
    Ok(ArrayEntry::Property(key, expression(cursor)?))
}

fn key(cursor: &mut TokenCursor<'_>) -> BicepParsed<PropertyKey> {
    let begin = start(cursor);
    let pieces = match texts::begins(cursor) {
        true => texts::text(cursor)?,
        false => vec![StringPiece::Plain(cursor.name("the name of a property")?.text)],
    };
    let at: Spanned = cursor.since(begin);
    Ok(PropertyKey { pieces, at })
}
