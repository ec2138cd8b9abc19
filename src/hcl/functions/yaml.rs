//! YAML, as far as files of rules have it: block and flow collections, quoted and plain texts, literal and folded blocks.
//!
//! What plain texts are is that of `yamldecode` of Terraform 1.11, tried with `terraform console`. Anchors, tags, merges, several
//! documents, and texts that go over several lines without a sign are refused, so that nothing is read for something else.

use serde_json::{Map, Number as JsonNumber, Value as Json};

use super::super::fault::quoted;
use super::super::number::Number;

/// How deep values may be nested.
const DEEPEST: usize = 48;
/// Words of YAML 1.1 for true and false, as they are written in lower case.
const TRUE: [&str; 4] = ["true", "yes", "on", "y"];
const FALSE: [&str; 4] = ["false", "no", "off", "n"];

type Read<T> = Result<T, String>;

/// The value of a document.
pub(super) fn parse(text: &str) -> Read<Json> {
    let mut reader = YamlReader { lines: text.lines().collect(), at: 0, inside: None };
    if reader.peek()?.is_some_and(|(_, rest)| rest.trim_end() == "---") {
        reader.advance();
    }
    let value = match reader.peek()? {
        Some((indent, _)) => reader.node(indent, DEEPEST)?,
        None => return Err("the document is empty".to_owned()),
    };
    match reader.peek()? {
        None => Ok(value),
        Some((_, rest)) => Err(reader.unread(&format!("found {}, expected the end", quoted(rest)))),
    }
}

struct YamlReader<'t> {
    lines: Vec<&'t str>,
    at: usize,
    /// What is left of the line after `- `, and its column.
    inside: Option<(usize, &'t str)>,
}

impl<'t> YamlReader<'t> {
    fn unread(&self, why: &str) -> String {
        format!("line {} of the YAML is not read: {why}", self.at.saturating_add(1))
    }

    /// The next line that is neither blank nor a comment: how far it is indented, and what it states.
    fn peek(&mut self) -> Read<Option<(usize, &'t str)>> {
        if self.inside.is_some() {
            return Ok(self.inside);
        }
        while let Some(line) = self.lines.get(self.at) {
            let rest = line.trim_start_matches(' ');
            if rest.starts_with('\t') {
                return Err(self.unread("it is indented by a tab"));
            }
            if !rest.trim().is_empty() && !rest.starts_with('#') {
                if rest.starts_with(['%', '@', '`']) || rest.starts_with("...") || rest.starts_with("--- ") {
                    return Err(self.unread("a directive, or a second document"));
                }
                return Ok(Some((line.len() - rest.len(), rest)));
            }
            self.at += 1;
        }
        Ok(None)
    }

    fn advance(&mut self) {
        self.inside = None;
        self.at += 1;
    }

    /// The value that begins at the next line, which is indented so far.
    fn node(&mut self, indent: usize, depth: usize) -> Read<Json> {
        let Some(depth) = depth.checked_sub(1) else { return Err(self.unread("it nests too deep")) };
        let Some((_, rest)) = self.peek()? else { return Ok(Json::Null) };
        if is_item(rest) {
            return self.sequence(indent, depth);
        }
        match key(rest) {
            Some(_) => self.mapping(indent, depth),
            None => self.inline(rest, indent.saturating_sub(1), depth),
        }
    }

    fn sequence(&mut self, indent: usize, depth: usize) -> Read<Json> {
        let mut items = Vec::new();
        while let Some((own, rest)) = self.peek()?.filter(|(own, rest)| *own == indent && is_item(rest)) {
            let after = rest.get(1..).unwrap_or_default();
            let value = after.trim_start_matches(' ');
            if without_comment(value).is_empty() {
                self.advance();
                items.push(self.below(own, depth)?);
                continue;
            }
            let column = own + 1 + (after.len() - value.len());
            self.inside = Some((column, value));
            let is_collection = is_item(value) || key(value).is_some();
            items.push(if is_collection { self.node(column, depth)? } else { self.inline(value, own, depth)? });
        }
        Ok(Json::Array(items))
    }

    fn mapping(&mut self, indent: usize, depth: usize) -> Read<Json> {
        let mut entries = Map::new();
        while let Some((own, rest)) = self.peek()?.filter(|(own, rest)| *own == indent && !is_item(rest)) {
            let Some((name, after)) = key(rest) else { return Err(self.unread("expected a key with `:` after it")) };
            let name = self.name(name)?;
            let value = after.trim_start_matches(' ');
            let value = if without_comment(value).is_empty() {
                self.advance();
                match self.peek()? {
                    Some((next, rest)) if next == own && is_item(rest) => self.sequence(own, depth)?,
                    _ => self.below(own, depth)?,
                }
            } else {
                self.inline(value, own, depth)?
            };
            entries.insert(name, value);
        }
        match self.peek()? {
            Some((own, _)) if own > indent => Err(self.unread("its indentation fits to nothing")),
            Some(_) | None => Ok(Json::Object(entries)),
        }
    }

    /// The value on the lines below that are indented further than `indent`; null where there is none.
    fn below(&mut self, indent: usize, depth: usize) -> Read<Json> {
        match self.peek()? {
            Some((next, _)) if next > indent => self.node(next, depth),
            Some(_) | None => Ok(Json::Null),
        }
    }

    /// A key: as YAML has no other form for it in an object, any single value is a text.
    fn name(&self, text: &str) -> Read<String> {
        if text == "<<" || text.starts_with(['?', '&', '*', '!', '[', '{']) {
            return Err(self.unread("a merge, an anchor, a tag or a key of another kind"));
        }
        match text.starts_with(['"', '\'']) {
            true => match self.quoted(text)? {
                (name, "") => Ok(name),
                (_, rest) => Err(self.unread(&format!("found {} after a text", quoted(rest)))),
            },
            false => Ok(text.to_owned()),
        }
    }

    /// A value that begins on this line, in a collection that is indented so far.
    fn inline(&mut self, text: &'t str, indent: usize, depth: usize) -> Read<Json> {
        match text.chars().next() {
            Some('|' | '>') => self.block(text, indent),
            Some('[' | '{') => self.flow(text, depth),
            Some('&' | '*' | '!') => Err(self.unread("an anchor, an alias or a tag")),
            Some('"' | '\'') => {
                let (value, rest) = self.quoted(text)?;
                if !without_comment(rest.trim_start()).is_empty() {
                    return Err(self.unread(&format!("found {} after a text", quoted(rest))));
                }
                self.end_of_text(indent)?;
                Ok(Json::String(value))
            }
            _ => {
                let plain = without_comment(text);
                if plain.contains(": ") || plain.ends_with(':') || is_item(plain) || plain.starts_with("? ") {
                    return Err(self.unread("a collection within a line"));
                }
                let value = self.plain(plain)?;
                self.end_of_text(indent)?;
                Ok(value)
            }
        }
    }

    /// Goes on to the next line, which must not be a part of the text before.
    fn end_of_text(&mut self, indent: usize) -> Read<()> {
        self.advance();
        match self.peek()? {
            Some((own, _)) if own > indent => Err(self.unread("a text that goes over several lines")),
            Some(_) | None => Ok(()),
        }
    }

    /// A literal (`|`) or a folded (`>`) text.
    fn block(&mut self, header: &str, indent: usize) -> Read<Json> {
        let header = without_comment(header);
        let (is_folded, keeps_end) = match header {
            "|" => (false, true),
            "|-" => (false, false),
            ">" => (true, true),
            ">-" => (true, false),
            _ => return Err(self.unread(&format!("a text under {}", quoted(header)))),
        };
        self.advance();
        let width = |line: &str| line.len() - line.trim_start_matches(' ').len();
        let mut lines: Vec<&str> = Vec::new();
        let mut column = None;
        while let Some(line) = self.lines.get(self.at) {
            let is_blank = line.trim().is_empty();
            if !is_blank && width(line) <= indent {
                break;
            }
            let own = *column.get_or_insert(if is_blank { usize::MAX } else { width(line) });
            let own = if own == usize::MAX && !is_blank { *column.insert(width(line)) } else { own };
            if !is_blank && (width(line) < own || is_folded && width(line) > own) {
                return Err(self.unread("a text whose lines are indented differently"));
            }
            lines.push(line.get(own.min(line.len())..).unwrap_or_default());
            self.at += 1;
        }
        while lines.last().is_some_and(|line| line.trim().is_empty()) {
            lines.pop();
        }
        if is_folded && lines.iter().any(|line| line.trim().is_empty()) {
            return Err(self.unread("a folded text with blank lines"));
        }
        let mut text = lines.join(if is_folded { " " } else { "\n" });
        if keeps_end && !text.is_empty() {
            text.push('\n');
        }
        Ok(Json::String(text))
    }

    /// A text in quotes, and what is after it on its line.
    fn quoted<'q>(&self, text: &'q str) -> Read<(String, &'q str)> {
        let is_double = text.starts_with('"');
        let mut value = String::new();
        let mut rest = text.get(1..).unwrap_or_default();
        loop {
            let Some(c) = rest.chars().next() else { return Err(self.unread("a text in quotes over several lines")) };
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
            match (c, is_double) {
                ('"', true) => return Ok((value, rest)),
                ('\'', false) => match rest.strip_prefix('\'') {
                    Some(after) => {
                        value.push('\'');
                        rest = after;
                    }
                    None => return Ok((value, rest)),
                },
                ('\\', true) => {
                    let (c, after) = self.escape(rest)?;
                    value.push(c);
                    rest = after;
                }
                (c, _) => value.push(c),
            }
        }
    }

    fn escape<'q>(&self, text: &'q str) -> Read<(char, &'q str)> {
        let letter = text.chars().next().unwrap_or(' ');
        let rest = text.get(letter.len_utf8()..).unwrap_or_default();
        let digits = match letter {
            'n' => return Ok(('\n', rest)),
            't' => return Ok(('\t', rest)),
            'r' => return Ok(('\r', rest)),
            '"' | '\\' | '/' => return Ok((letter, rest)),
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => return Err(self.unread(&format!("the escape `\\{letter}`"))),
        };
        let code = rest.get(..digits).and_then(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?));
        match code {
            Some(c) => Ok((c, rest.get(digits..).unwrap_or_default())),
            None => Err(self.unread("an escape that is no character")),
        }
    }

    /// A collection in brackets or braces, which may go over lines.
    fn flow(&mut self, text: &'t str, depth: usize) -> Read<Json> {
        let mut rest = text;
        let value = self.flow_value(&mut rest, depth)?;
        if !without_comment(rest.trim_start()).is_empty() {
            return Err(self.unread(&format!("found {} after a collection", quoted(rest))));
        }
        self.advance();
        Ok(value)
    }

    /// Goes on to what is next within brackets, on this line or a later one.
    fn skip(&mut self, rest: &mut &'t str) -> Read<()> {
        loop {
            *rest = rest.trim_start();
            if !rest.is_empty() && !rest.starts_with('#') {
                return Ok(());
            }
            self.advance();
            match self.peek()? {
                Some((_, line)) => *rest = line,
                None => return Err(self.unread("a collection that does not end")),
            }
        }
    }

    fn flow_value(&mut self, rest: &mut &'t str, depth: usize) -> Read<Json> {
        let Some(depth) = depth.checked_sub(1) else { return Err(self.unread("it nests too deep")) };
        match rest.chars().next() {
            Some('[') => self.flow_list(rest, depth),
            Some('{') => self.flow_object(rest, depth),
            Some('&' | '*' | '!') => Err(self.unread("an anchor, an alias or a tag")),
            Some('"' | '\'') => {
                let (value, after) = self.quoted(rest)?;
                *rest = after;
                Ok(Json::String(value))
            }
            _ => {
                let text = self.flow_plain(rest);
                self.plain(text)
            }
        }
    }

    /// A plain text up to what ends it within brackets.
    fn flow_plain(&self, rest: &mut &'t str) -> &'t str {
        let whole: &'t str = rest;
        let ends = |at: usize| {
            let after = whole.get(at..).unwrap_or_default();
            let before = whole.get(..at).unwrap_or_default();
            after.starts_with([',', '[', ']', '{', '}'])
                || after.starts_with(": ")
                || after == ":"
                || after.starts_with('#') && before.ends_with(' ')
        };
        let end = whole.char_indices().map(|(at, _)| at).find(|at| ends(*at)).unwrap_or(whole.len());
        let (text, after) = whole.split_at(end);
        *rest = after;
        text.trim_end()
    }

    fn flow_list(&mut self, rest: &mut &'t str, depth: usize) -> Read<Json> {
        let mut items = Vec::new();
        *rest = rest.get(1..).unwrap_or_default();
        loop {
            self.skip(rest)?;
            if let Some(after) = rest.strip_prefix(']') {
                *rest = after;
                return Ok(Json::Array(items));
            }
            items.push(self.flow_value(rest, depth)?);
            self.separator(rest, ']')?;
        }
    }

    fn flow_object(&mut self, rest: &mut &'t str, depth: usize) -> Read<Json> {
        let mut entries = Map::new();
        *rest = rest.get(1..).unwrap_or_default();
        loop {
            self.skip(rest)?;
            if let Some(after) = rest.strip_prefix('}') {
                *rest = after;
                return Ok(Json::Object(entries));
            }
            let name = if rest.starts_with(['"', '\'']) {
                let (name, after) = self.quoted(rest)?;
                *rest = after;
                name
            } else {
                let text = self.flow_plain(rest);
                self.name(text)?
            };
            self.skip(rest)?;
            let Some(after) = rest.strip_prefix(':') else { return Err(self.unread("expected `:` after a key")) };
            *rest = after;
            self.skip(rest)?;
            let value = if rest.starts_with([',', '}']) { Json::Null } else { self.flow_value(rest, depth)? };
            entries.insert(name, value);
            self.separator(rest, '}')?;
        }
    }

    /// A comma, or the end of the collection, which stays.
    fn separator(&mut self, rest: &mut &'t str, end: char) -> Read<()> {
        self.skip(rest)?;
        match rest.strip_prefix(',') {
            Some(after) => {
                *rest = after;
                Ok(())
            }
            None if rest.starts_with(end) => Ok(()),
            None => Err(self.unread(&format!("found {}, expected `,` or `{end}`", quoted(rest)))),
        }
    }

    /// What a text without quotes is.
    fn plain(&self, text: &str) -> Read<Json> {
        let lower = text.to_ascii_lowercase();
        // Mixed case, as in `tRue`, is a text.
        let is_word = text == lower || text == text.to_ascii_uppercase() || is_capitalised(text);
        if text.is_empty() || text == "~" || is_word && lower == "null" {
            return Ok(Json::Null);
        }
        if is_word && (TRUE.contains(&&*lower) || FALSE.contains(&&*lower)) {
            return Ok(Json::Bool(TRUE.contains(&&*lower)));
        }
        let unsigned = text.strip_prefix('+').unwrap_or(text);
        if let Some(number) = Number::parse(unsigned) {
            return self.number(number, unsigned);
        }
        let first = text.trim_start_matches(['+', '-', '.']).chars().next();
        let is_address = text.contains([':', '/']) || text.matches('.').count() > 1;
        if is_odd_number(&lower) || first.is_some_and(|c| c.is_ascii_digit()) && !is_address && !is_range(text) {
            return Err(self.unread(&format!(
                "what {} is, a number, a date or a text, is not read: put it in quotes",
                quoted(text)
            )));
        }
        if text.starts_with(['"', '\'', '@', '`', '%', ',', ']', '}']) {
            return Err(self.unread(&format!("found {}", quoted(text))));
        }
        Ok(Json::String(text.to_owned()))
    }

    fn number(&self, number: Number, text: &str) -> Read<Json> {
        let whole = number.integer().and_then(|whole| i64::try_from(whole).ok()).map(JsonNumber::from);
        let decimal = || number.text().and_then(|text| JsonNumber::from_f64(text.parse().ok()?));
        let made = whole.or_else(decimal).map(Json::Number);
        made.ok_or_else(|| self.unread(&format!("the number {} is too large or too precise", quoted(text))))
    }
}

fn is_item(text: &str) -> bool {
    text == "-" || text.starts_with("- ")
}

/// Numbers in forms that other readers of YAML have too.
fn is_odd_number(lower: &str) -> bool {
    let plain = lower.trim_start_matches(['+', '-']);
    matches!(plain, ".inf" | ".nan" | "inf" | "nan")
}

/// `8000-8100`, as ports have it: no number and no date.
fn is_range(text: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('-').is_some_and(|(from, to)| is_number(from) && is_number(to))
}

fn is_capitalised(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(char::is_uppercase) && chars.all(char::is_lowercase)
}

/// The key that a line begins with, and what is after its colon.
fn key(line: &str) -> Option<(&str, &str)> {
    if line.starts_with(['[', '{', '|', '>', '#']) {
        return None;
    }
    let start = match line.chars().next() {
        Some(quote @ ('"' | '\'')) => closing(line, quote)?,
        _ => 0,
    };
    let ends = |at: usize| {
        let after = line.get(at..).unwrap_or_default();
        let is_comment = after.starts_with('#') && line.get(..at).is_some_and(|before| before.ends_with(' '));
        (after == ":" || after.starts_with(": ") || is_comment).then_some(is_comment)
    };
    let places = line.char_indices().map(|(at, _)| at).filter(|at| *at >= start);
    let (at, is_comment) = places.filter_map(|at| Some((at, ends(at)?))).next()?;
    let (name, after) = line.split_at_checked(at)?;
    (!is_comment).then(|| (name.trim_end(), after.get(1..).unwrap_or_default()))
}

/// Where a text in quotes ends.
fn closing(line: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in line.char_indices().skip(1) {
        if c == quote && !escaped {
            return Some(at + 1);
        }
        escaped = quote == '"' && c == '\\' && !escaped;
    }
    None
}

/// The text before a comment, without blanks at its end.
fn without_comment(text: &str) -> &str {
    if text.starts_with('#') {
        return "";
    }
    let end = text.find(" #").unwrap_or(text.len());
    text.get(..end).unwrap_or(text).trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn documents_are_what_terraform_makes_of_them() {
        for (text, wanted) in [
            ("a: yes", json!({"a": true})),
            ("a: 010", json!({"a": 10})),
            ("a: 1e3", json!({"a": 1000})),
            ("a: ~\nb:\nc: Null", json!({"a": null, "b": null, "c": null})),
            ("a: 10.0.0.0/8", json!({"a": "10.0.0.0/8"})),
            ("a: 8000-8100", json!({"a": "8000-8100"})),
            ("a: \"*\"", json!({"a": "*"})),
            ("1: x", json!({"1": "x"})),
            ("a: [x, {b: 1},\n  \"c, d\"] # e", json!({"a": ["x", {"b": 1}, "c, d"]})),
            ("a: |\n  x\n   y\n\nb: 1", json!({"a": "x\n y\n", "b": 1})),
            ("a: |-\n  x\n\n  y\nb: 1", json!({"a": "x\n\ny", "b": 1})),
            ("a: >-\n  x\n  y\nb: 1", json!({"a": "x y", "b": 1})),
            ("a: b #c\nd: b#c", json!({"a": "b", "d": "b#c"})),
            ("a: 'it''s'", json!({"a": "it's"})),
            ("a: \"x\\ty\\u00e9\"", json!({"a": "x\tyé"})),
            ("- a\n- b:  1\n  c: 2\n-\n  d: 3", json!(["a", {"b": 1, "c": 2}, {"d": 3}])),
            ("a:\n- x\n- y", json!({"a": ["x", true]})),
            ("- - 1\n  - 2", json!([[1, 2]])),
            ("\"a b\": 1", json!({"a b": 1})),
            ("---\n# c\na:\n  b:\n    - c: http://x:80/y\n", json!({"a": {"b": [{"c": "http://x:80/y"}]}})),
            ("a: 1\na: 2", json!({"a": 2})),
            ("[]", json!([])),
        ] {
            assert_eq!(parse(text), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn what_is_not_read_is_refused() {
        for text in [
            "",
            "a: - b",
            "a: x: y",
            "a: [1, 2",
            "a: x\n  y",
            "a: &x 1\nb: *x",
            "a: !!str 1",
            "<<: {a: 1}",
            "a: 0x1F",
            "a: 2001-12-14",
            "a: 1_000",
            "a: .5",
            "a: 1\n---\nb: 2",
            "a:\n\tb: 1",
            "a:\n    b: 1\n  c: 2",
            "? a\n: b",
            "a: \"x\n  y\"",
            "a: >\n  x\n\n  y",
            "a: |2\n  x",
            "a: 1\n b: 2",
        ] {
            assert!(parse(text).is_err(), "{text}: {:?}", parse(text));
        }
        let deep = "- ".repeat(10_000);
        assert!(parse(&deep).is_err() && parse(&"[".repeat(10_000)).is_err());
    }
}
