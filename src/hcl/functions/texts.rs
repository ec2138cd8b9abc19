//! Functions of texts.

use super::super::value::{Data, HclValue, ListKind};
use super::argument::{HclStop, Taken, list, refused, text};
use super::{Function, FunctionCall, patterns};

pub(super) fn function(name: &str) -> Option<Function> {
    Some(match name {
        "lower" => |asked| mapped(asked, |text| text.to_lowercase()),
        "upper" => |asked| mapped(asked, |text| text.to_uppercase()),
        "title" => |asked| mapped(asked, title),
        "trimspace" => |asked| mapped(asked, |text| text.trim().to_owned()),
        "chomp" => |asked| mapped(asked, |text| text.trim_end_matches(['\n', '\r']).to_owned()),
        "strrev" => |asked| mapped(asked, |text| text.chars().rev().collect()),
        "trim" => |asked| trimmed(asked, |text, own| text.trim_matches(|c| own.contains(c)).to_owned()),
        "trimprefix" => |asked| trimmed(asked, |text, own| text.strip_prefix(own).unwrap_or(text).to_owned()),
        "trimsuffix" => |asked| trimmed(asked, |text, own| text.strip_suffix(own).unwrap_or(text).to_owned()),
        "startswith" => |asked| tested(asked, |text, own| text.starts_with(own)),
        "endswith" => |asked| tested(asked, |text, own| text.ends_with(own)),
        "strcontains" => |asked| tested(asked, |text, own| text.contains(own)),
        "replace" => replace,
        "substr" => substr,
        "indent" => indent,
        "join" => join,
        "split" => split,
        "format" => format_text,
        "formatlist" => format_list,
        "regex" => |asked| patterns::regex(asked),
        "regexall" => |asked| patterns::regex_all(asked),
        _ => return None,
    })
}

fn mapped(asked: &mut FunctionCall<'_, '_, '_>, made: fn(&str) -> String) -> Taken {
    let [value] = asked.only()?;
    let text = text(value)?;
    asked.charge(text.len())?;
    asked.made_text(made(&text))
}

fn title(text: &str) -> String {
    let mut is_start = true;
    let letter = |c: char| {
        let starts = std::mem::replace(&mut is_start, c.is_whitespace());
        if starts { c.to_uppercase().collect::<String>() } else { c.to_string() }
    };
    text.chars().map(letter).collect()
}

fn trimmed(asked: &mut FunctionCall<'_, '_, '_>, made: fn(&str, &str) -> String) -> Taken {
    let [value, own] = asked.only()?;
    let made = made(&text(value)?, &text(own)?);
    asked.made_text(made)
}

fn tested(asked: &mut FunctionCall<'_, '_, '_>, is: fn(&str, &str) -> bool) -> Taken {
    let [value, own] = asked.only()?;
    Ok(HclValue::bool(is(&text(value)?, &text(own)?)))
}

/// A text between slashes is a regular expression.
fn replace(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [value, from, to] = asked.only()?;
    let (value, from, to) = (text(value)?, text(from)?, text(to)?);
    if let Some(pattern) = from.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
        return patterns::replaced(asked, &value, pattern, &to);
    }
    let count = if from.is_empty() { value.chars().count() + 1 } else { value.matches(&*from).count() };
    asked.charge(value.len().saturating_add(count.saturating_mul(to.len())))?;
    asked.made_text(value.replace(&*from, &to))
}

fn substr(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let (text, start, length) = (asked.text(0)?, asked.integer(1)?, asked.integer(2)?);
    asked.only::<3>()?;
    let count = i128::try_from(text.chars().count()).unwrap_or(i128::MAX);
    let start = if start < 0 { start.saturating_add(count).max(0) } else { start };
    let skipped = usize::try_from(start).unwrap_or(usize::MAX);
    let rest = text.chars().skip(skipped);
    match length {
        -1 => asked.made_text(rest.collect::<String>()),
        length => match usize::try_from(length) {
            Ok(length) => asked.made_text(rest.take(length).collect::<String>()),
            Err(_) => refused("expected a length that is not negative, or -1"),
        },
    }
}

fn indent(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [_, value] = asked.only()?;
    let (spaces, value) = (asked.integer(0)?, text(value)?);
    let Ok(spaces) = usize::try_from(spaces) else { return refused("expected a number that is not negative") };
    let lines = value.matches('\n').count();
    asked.charge(value.len().saturating_add(lines.saturating_mul(spaces)))?;
    asked.made_text(value.replace('\n', &format!("\n{}", " ".repeat(if lines == 0 { 0 } else { spaces }))))
}

fn join(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let separator = asked.text(0)?;
    let lists = asked.arguments.get(1..).unwrap_or_default();
    if lists.is_empty() {
        return refused("expected a list");
    }
    let mut texts = Vec::new();
    for own in lists {
        for item in &list(own)?.items {
            texts.push(text(item)?);
        }
    }
    let length: usize = texts.iter().map(|text| text.len()).sum();
    asked.charge(length.saturating_add(texts.len().saturating_mul(separator.len())))?;
    asked.made_text(texts.join(&separator))
}

fn split(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [separator, value] = asked.only()?;
    let (separator, value) = (text(separator)?, text(value)?);
    asked.charge(value.len())?;
    let parts: Vec<HclValue> = match (separator.is_empty(), value.is_empty()) {
        (_, true) => vec![HclValue::text("")],
        (true, false) => value.chars().map(|c| HclValue::text(c.to_string())).collect(),
        (false, false) => value.split(&*separator).map(HclValue::text).collect(),
    };
    asked.made_list(ListKind::List, parts)
}

fn format_text(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let pattern = asked.text(0)?;
    let made = formatted(asked, &pattern, asked.arguments.get(1..).unwrap_or_default())?;
    asked.made_text(made)
}

/// Each list gives one element to each of the texts; what is no list is the same for all.
fn format_list(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let pattern = asked.text(0)?;
    let arguments = asked.arguments.get(1..).unwrap_or_default();
    let length_of = |value: &HclValue| if let Data::List(list) = &value.data { Some(list.items.len()) } else { None };
    let mut lengths = arguments.iter().filter_map(length_of);
    let count = lengths.next().unwrap_or(1);
    if lengths.any(|other| other != count) {
        return refused("the lists have different lengths");
    }
    let mut texts = Vec::new();
    for index in 0..count {
        let of = |value: &HclValue| match &value.data {
            Data::List(list) => list.items.get(index).cloned().unwrap_or_else(HclValue::null),
            _ => value.clone(),
        };
        asked.charge(arguments.len().saturating_mul(super::super::budget::VALUE))?;
        let own: Vec<HclValue> = arguments.iter().map(of).collect();
        let made = formatted(asked, &pattern, &own)?;
        texts.push(asked.made_text(made)?);
    }
    asked.made_list(ListKind::List, texts)
}

/// A verb of a pattern, as in `%05.1f`.
#[derive(Default)]
struct Verb {
    pads_with_zeros: bool,
    is_left: bool,
    width: usize,
    precision: Option<usize>,
    /// Which argument, from 1, where the verb states it.
    argument: Option<usize>,
    letter: char,
}

/// How wide a verb may be.
const WIDEST: usize = 4_096;

fn formatted(asked: &mut FunctionCall<'_, '_, '_>, pattern: &str, arguments: &[HclValue]) -> Result<String, HclStop> {
    let (mut made, mut next) = (String::new(), 0usize);
    let mut used = 0usize;
    let mut rest = pattern;
    while let Some(at) = rest.find('%') {
        made.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 1..).unwrap_or_default();
        let (verb, after) = verb(rest)?;
        rest = after;
        if verb.letter == '%' {
            made.push('%');
            continue;
        }
        let index = verb.argument.map_or(next, |argument| argument.saturating_sub(1));
        next = index.saturating_add(1);
        used = used.max(next);
        let Some(value) = arguments.get(index) else { return refused("there are fewer values than verbs") };
        let text = of_verb(&verb, value)?;
        asked.charge(text.len())?;
        made.push_str(&text);
    }
    if used < arguments.len() {
        return refused("there are more values than verbs");
    }
    made.push_str(rest);
    Ok(made)
}

fn verb(text: &str) -> Result<(Verb, &str), HclStop> {
    let mut verb = Verb::default();
    let mut rest = text;
    loop {
        match rest.chars().next() {
            Some('0') => verb.pads_with_zeros = true,
            Some('-') => verb.is_left = true,
            Some('#' | '+' | ' ') => return Err(HclStop::Unread("flags `#`, `+` and blank are not read".to_owned())),
            Some(_) | None => break,
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    (verb.width, rest) = digits(rest)?;
    if let Some(after) = rest.strip_prefix('.') {
        let (precision, after) = digits(after)?;
        verb.precision = Some(precision);
        rest = after;
    }
    if let Some(after) = rest.strip_prefix('[') {
        let (argument, after) = digits(after)?;
        verb.argument = Some(argument);
        rest = after.strip_prefix(']').unwrap_or(after);
    }
    let Some(letter) = rest.chars().next() else { return refused("the pattern ends within a verb") };
    verb.letter = letter;
    Ok((verb, rest.get(letter.len_utf8()..).unwrap_or_default()))
}

fn digits(text: &str) -> Result<(usize, &str), HclStop> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let number = if digits.is_empty() { Ok(0) } else { digits.parse() };
    match number {
        Ok(number) if number <= WIDEST => Ok((number, rest)),
        Ok(_) | Err(_) => refused("a width is too large"),
    }
}

fn of_verb(verb: &Verb, value: &HclValue) -> Result<String, HclStop> {
    let plain = match verb.letter {
        's' => text(value)?.to_string(),
        'd' => whole(value)?.to_string(),
        'x' => format!("{:x}", whole(value)?),
        'X' => format!("{:X}", whole(value)?),
        'b' => format!("{:b}", whole(value)?),
        'o' => format!("{:o}", whole(value)?),
        't' => super::argument::truth(value)?.to_string(),
        'q' => serde_json::Value::from(&*text(value)?).to_string(),
        'v' => match &value.data {
            Data::List(_) | Data::Object(_) | Data::Null => {
                serde_json::to_string(&super::encoding::to_json(value)?).unwrap_or_default()
            }
            _ => text(value)?.to_string(),
        },
        'f' => fixed(value, verb.precision.unwrap_or(6))?,
        other => return Err(HclStop::Unread(format!("verb `%{other}` is not read"))),
    };
    let plain = match verb.precision.filter(|_| verb.letter == 's') {
        Some(most) => plain.chars().take(most).collect(),
        None => plain,
    };
    Ok(padded(verb, plain))
}

fn whole(value: &HclValue) -> Result<i128, HclStop> {
    super::argument::number(value)?.integer().map_or_else(|| refused("expected a whole number"), Ok)
}

/// A number with so many places after its point, rounded half to even as Go does it for exact values.
fn fixed(value: &HclValue, places: usize) -> Result<String, HclStop> {
    const MOST: usize = 15;
    let number = super::argument::number(value)?;
    let text = number.text().filter(|_| places <= MOST);
    let Some(text) = text else { return Err(HclStop::Unread("so many places are not read".to_owned())) };
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    if part.len() > places {
        return Err(HclStop::Unread("rounding is not read".to_owned()));
    }
    let dot = if places == 0 { "" } else { "." };
    Ok(format!("{whole}{dot}{part:0<places$}"))
}

fn padded(verb: &Verb, text: String) -> String {
    let width = verb.width;
    if verb.is_left {
        return format!("{text:<width$}");
    }
    if !verb.pads_with_zeros {
        return format!("{text:>width$}");
    }
    let (sign, digits) = text.strip_prefix('-').map_or(("", &*text), |digits| ("-", digits));
    let width = width.saturating_sub(sign.len());
    format!("{sign}{digits:0>width$}")
}
