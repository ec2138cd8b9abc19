//! Functions of dates.
//!
//! Source: Microsoft Learn, "Date functions for ARM templates", page of 2020-04-22.

use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{Span, Timestamp};

use super::super::value::TemplateValue;
use super::argument::{FunctionResult, FunctionStop, integer, text};

pub(super) fn call(name: &str, arguments: &[TemplateValue]) -> Option<FunctionResult> {
    Some(match (name, arguments) {
        ("datetimeadd", [base, duration]) => added(base, duration, None),
        ("datetimeadd", [base, duration, form]) => added(base, duration, Some(form)),
        ("datetimefromepoch", [seconds]) => from_epoch(seconds),
        ("datetimetoepoch", [date]) => text(date).and_then(|text| to_epoch(text)),
        _ => return None,
    })
}

/// A date and time in UTC: `2020-04-07T14:53:14Z`, or with a blank, or without signs between the digits.
fn parsed(text: &str) -> Result<DateTime, FunctionStop> {
    let instant = text.parse::<Timestamp>().ok().map(|instant| Offset::UTC.to_datetime(instant));
    let plain = || DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok();
    instant.or_else(plain).map_or_else(|| FunctionStop::refused(format!("`{text}` is not a date and time")), Ok)
}

fn from_epoch(seconds: &TemplateValue) -> FunctionResult {
    let seconds = integer(seconds)?;
    match Timestamp::from_second(seconds) {
        Ok(instant) => Ok(TemplateValue::text(instant.to_string())),
        Err(_) => FunctionStop::refused(format!("{seconds} is no time")),
    }
}

fn to_epoch(text: &str) -> FunctionResult {
    let date = parsed(text)?;
    let seconds = Offset::UTC.to_timestamp(date).map(|instant| instant.as_second());
    seconds.map_or_else(
        |_| FunctionStop::refused(format!("`{text}` is not a date and time")),
        |seconds| Ok(TemplateValue::number(seconds)),
    )
}

/// The date after a duration. Without a form it is written as the example of the page has it.
fn added(base: &TemplateValue, duration: &TemplateValue, form: Option<&TemplateValue>) -> FunctionResult {
    let date = parsed(text(base)?)?;
    let span = span(text(duration)?)?;
    let Ok(date) = date.checked_add(span) else { return FunctionStop::refused("the date is out of range") };
    let form = match form {
        Some(form) => text(form)?,
        None => "M/d/yyyy h:mm:ss tt",
    };
    Ok(TemplateValue::text(written(date, form)?))
}

/// An ISO 8601 duration such as `P3Y`, `-P9D` or `PT1H30M`.
fn span(text: &str) -> Result<Span, FunctionStop> {
    let is_plain = text.trim_start_matches('-').starts_with('P') && !text.contains(['.', ',']);
    let span = text.parse::<Span>().ok().filter(|_| is_plain);
    span.map_or_else(|| FunctionStop::refused(format!("`{text}` is no ISO 8601 duration")), Ok)
}

/// A date in a custom format of .NET, or in one of its standard formats that no culture changes.
fn written(date: DateTime, form: &str) -> Result<String, FunctionStop> {
    let custom = match form {
        "u" => "yyyy-MM-dd HH:mm:ssZ",
        "s" => "yyyy-MM-ddTHH:mm:ss",
        custom if custom.len() > 1 => custom,
        _ => return FunctionStop::refused(format!("the date format `{form}` is not read")),
    };
    let mut text = String::new();
    let mut rest = custom;
    while let Some(first) = rest.chars().next() {
        let length = rest.find(|c| c != first).unwrap_or(rest.len());
        let (run, after) = rest.split_at(length);
        rest = after;
        match part(date, run) {
            Some(part) => text.push_str(&part),
            None => return FunctionStop::refused(format!("the date format `{form}` is not read")),
        }
    }
    Ok(text)
}

/// What means a run of one letter.
fn part(date: DateTime, run: &str) -> Option<String> {
    let hour = (date.hour().checked_add(11)?.checked_rem(12)?).checked_add(1)?;
    Some(match run {
        "yyyy" => format!("{:04}", date.year()),
        "yy" => format!("{:02}", date.year().checked_rem(100)?),
        "MM" => format!("{:02}", date.month()),
        "M" => date.month().to_string(),
        "dd" => format!("{:02}", date.day()),
        "d" => date.day().to_string(),
        "HH" => format!("{:02}", date.hour()),
        "H" => date.hour().to_string(),
        "hh" => format!("{hour:02}"),
        "h" => hour.to_string(),
        "mm" => format!("{:02}", date.minute()),
        "m" => date.minute().to_string(),
        "ss" => format!("{:02}", date.second()),
        "s" => date.second().to_string(),
        "tt" => (if date.hour() < 12 { "AM" } else { "PM" }).to_owned(),
        "T" | "Z" | "-" | "/" | ":" | "." | " " | "_" => run.to_owned(),
        _ => return None,
    })
}
