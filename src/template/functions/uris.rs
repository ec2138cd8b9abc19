//! Functions of URIs, and of texts in base64.
//!
//! Source: Microsoft Learn, "String functions for ARM templates", page of 2022-02-11.

use super::super::budget::TemplateBudget;
use super::super::value::TemplateValue;
use super::argument::{FunctionResult, FunctionStop, text};
use super::texts::json;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const DATA: &str = "data:text/plain;charset=utf8;base64,";

pub(super) fn call(name: &str, arguments: &[TemplateValue], budget: &TemplateBudget) -> Option<FunctionResult> {
    let made = match (name, arguments) {
        ("base64", [of]) => text(of).map(|text| to_base64(text.as_bytes())),
        ("base64tostring", [of]) => text(of).and_then(|text| from_base64(text)),
        ("base64tojson", [of]) => {
            return Some(text(of).and_then(|text| from_base64(text)).and_then(|text| json(&text, budget)));
        }
        ("datauri", [of]) => text(of).map(|text| DATA.to_owned() + &to_base64(text.as_bytes())),
        ("datauritostring", [of]) => text(of).and_then(|text| from_data_uri(text)),
        ("uricomponent", [of]) => text(of).map(|text| encoded(text)),
        ("uricomponenttostring", [of]) => text(of).and_then(|text| decoded(text)),
        ("uri", [base, relative]) => joined(base, relative),
        _ => return None,
    };
    Some(made.and_then(|text| {
        budget.bytes(text.len())?;
        Ok(TemplateValue::text(text))
    }))
}

fn to_base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3).saturating_mul(4));
    for chunk in bytes.chunks(3) {
        let bits = (0..3).fold(0u32, |bits, at| bits << 8 | u32::from(chunk.get(at).copied().unwrap_or(0)));
        for at in 0..4u32 {
            let digit = usize::try_from(bits >> (18 - 6 * at) & 63).ok().and_then(|digit| DIGITS.get(digit));
            let is_there = usize::try_from(at).is_ok_and(|at| at <= chunk.len());
            text.push(if is_there { digit.copied().map_or('=', char::from) } else { '=' });
        }
    }
    text
}

fn from_base64(text: &str) -> Result<String, FunctionStop> {
    let bytes = base64_bytes(text).and_then(|bytes| String::from_utf8(bytes).ok());
    bytes.map_or_else(|| FunctionStop::refused("expected the base64 of a text in UTF-8"), Ok)
}

fn base64_bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    if !text.len().is_multiple_of(4) || text.len() - digits.len() > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len());
    for chunk in digits.as_bytes().chunks(4) {
        let mut bits = 0u32;
        for at in 0..4 {
            let digit = match chunk.get(at) {
                Some(byte) => DIGITS.iter().position(|digit| digit == byte)?,
                None => 0,
            };
            bits = bits << 6 | u32::try_from(digit).ok()?;
        }
        bytes.extend(bits.to_be_bytes().iter().skip(1).take(chunk.len().checked_sub(1)?));
    }
    Some(bytes)
}

/// The text of a data URI in base64; any other charset than UTF-8 is not read.
fn from_data_uri(text: &str) -> Result<String, FunctionStop> {
    let parts = text.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,"));
    match parts {
        Some((kind, data)) if !kind.contains("charset") || kind.to_ascii_lowercase().contains("charset=utf") => {
            from_base64(data)
        }
        _ => FunctionStop::refused("expected a data URI in base64"),
    }
}

fn encoded(text: &str) -> String {
    let mut made = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => made.push(char::from(byte)),
            _ => made.push_str(&format!("%{byte:02X}")),
        }
    }
    made
}

fn decoded(text: &str) -> Result<String, FunctionStop> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let pair = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).or_else(|_| FunctionStop::refused("expected UTF-8"))
}

/// The base up to its last slash, and the relative part. What a relative part that begins with a slash or climbs makes of a
/// base with a path is not documented.
fn joined(base: &TemplateValue, relative: &TemplateValue) -> Result<String, FunctionStop> {
    let (base, relative) = (text(base)?, text(relative)?);
    let host = base.find("://").map(|at| at.saturating_add(3));
    let is_odd = relative.contains("://") || relative.contains("..") || relative.starts_with(['?', '#']);
    let Some(host) = host.filter(|_| !is_odd && !base.contains(['?', '#'])) else {
        return FunctionStop::refused(format!("the URI of `{base}` and `{relative}` is not read"));
    };
    let (start, path) = base.split_at(host);
    match (path.rfind('/'), relative.strip_prefix('/')) {
        (None, rest) => Ok(format!("{base}/{}", rest.unwrap_or(relative))),
        (Some(at), Some(rest)) if path.find('/') == Some(at) && path.ends_with('/') => Ok(format!("{base}{rest}")),
        (Some(_), Some(_)) => FunctionStop::refused("a relative part that begins with `/` is not read"),
        (Some(at), None) => Ok(format!("{start}{}/{relative}", path.get(..at).unwrap_or_default())),
    }
}
