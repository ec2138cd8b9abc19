//! Types, of which a template states little: they are read for their end.

use super::ast::{BicepType, plain};
use super::cursor::{BicepParsed, TokenCursor};
use super::texts;

/// The types that templates name, by their names in Bicep.
const NAMED: [(&str, &str); 5] =
    [("string", "string"), ("int", "int"), ("bool", "bool"), ("array", "array"), ("object", "object")];

/// The type that is next.
pub(super) fn of(cursor: &mut TokenCursor<'_>) -> BicepParsed<BicepType> {
    cursor.takes_on_any_line("|");
    let mut all = member(cursor)?;
    while cursor.takes_on_any_line("|") {
        cursor.lines();
        let next = member(cursor)?;
        let both_listed = !all.literals.is_empty() && !next.literals.is_empty();
        let is_nullable = all.is_nullable || next.is_nullable;
        all.literals.extend(next.literals);
        all = BicepType {
            name: all.name.filter(|_| both_listed),
            is_nullable,
            literals: if both_listed { all.literals } else { Vec::new() },
        };
    }
    Ok(all)
}

/// One alternative, with what follows it.
fn member(cursor: &mut TokenCursor<'_>) -> BicepParsed<BicepType> {
    let mut own = cursor.deeper(primary)?;
    loop {
        if cursor.takes("?") {
            own.is_nullable = true;
        } else if cursor.takes("[") {
            in_brackets(cursor, "]")?;
            own = BicepType { name: Some("array"), ..BicepType::default() };
        } else if cursor.takes(".") {
            if !cursor.takes("*") {
                cursor.name("the name of a type")?;
            }
            own = BicepType::default();
        } else if cursor.takes("<") {
            in_brackets(cursor, ">")?;
            own = BicepType::default();
        } else if !cursor.takes("!") {
            return Ok(own);
        }
    }
}

fn primary(cursor: &mut TokenCursor<'_>) -> BicepParsed<BicepType> {
    if texts::begins(cursor) {
        let pieces = texts::text(cursor)?;
        let literals = plain(&pieces).map(str::to_owned).into_iter().collect();
        return Ok(BicepType { name: Some("string"), literals, ..BicepType::default() });
    }
    for (open, close, name) in [("{", "}", Some("object")), ("[", "]", Some("array")), ("(", ")", None)] {
        if cursor.takes(open) {
            in_brackets(cursor, close)?;
            return Ok(BicepType { name, ..BicepType::default() });
        }
    }
    let _sign = cursor.takes("-");
    let digits = cursor.rest().bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        cursor.skip(digits);
        return Ok(BicepType { name: Some("int"), ..BicepType::default() });
    }
    let name = cursor.name("a type")?;
    if name.text == "null" {
        return Ok(BicepType { is_nullable: true, ..BicepType::default() });
    }
    if name.text == "resource" && texts::begins(cursor) {
        texts::text(cursor)?;
    }
    let known = NAMED.iter().find(|(own, _)| *own == name.text);
    Ok(BicepType { name: known.map(|(_, name)| *name), ..BicepType::default() })
}

/// Skips to the bracket `close`, over those that open in between.
fn in_brackets(cursor: &mut TokenCursor<'_>, close: &str) -> BicepParsed<()> {
    loop {
        cursor.lines();
        if cursor.takes(close) {
            return Ok(());
        }
        if texts::begins(cursor) {
            texts::text(cursor)?;
            continue;
        }
        let inner = [("{", "}"), ("[", "]"), ("(", ")"), ("<", ">")].into_iter().find(|(open, _)| cursor.takes(open));
        match inner {
            Some((_, close)) => cursor.deeper(|cursor| in_brackets(cursor, close))?,
            None => match cursor.rest().chars().next() {
                Some(c) if !"}])".contains(c) => cursor.skip(c.len_utf8()),
                Some(_) | None => return Err(cursor.expected(&format!("`{close}`"))),
            },
        }
    }
}
