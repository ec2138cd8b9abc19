//! Functions that read and write other formats.

use std::collections::BTreeMap;

use serde_json::{Map, Number as JsonNumber, Value as Json};

use super::super::budget::VALUE;
use super::super::number::Number;
use super::super::value::{Data, HclValue, ListKind, ObjectKind};
use super::argument::{HclStop, Taken, refused, text};
use super::{Function, FunctionCall, yaml};

pub(super) fn function(name: &str) -> Option<Function> {
    Some(match name {
        "jsonencode" => json_encode,
        "jsondecode" => json_decode,
        "csvdecode" => csv_decode,
        "base64encode" => base64_encode,
        "base64decode" => base64_decode,
        "urlencode" => url_encode,
        "yamldecode" => yaml_decode,
        "yamlencode" => |_| Err(HclStop::Unread("YAML is not written".to_owned())),
        "md5" | "sha1" | "sha256" | "sha512" | "base64sha256" | "base64sha512" | "base64gzip" | "uuidv5" => {
            |_| Err(HclStop::Unread("hashes are not read".to_owned()))
        }
        "formatdate" | "timeadd" | "timecmp" => |_| Err(HclStop::Unread("dates are not read".to_owned())),
        _ => return None,
    })
}

fn json_encode(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [value] = asked.only()?;
    asked.charge(value.bulk().size.saturating_mul(VALUE))?;
    let text = serde_json::to_string(&to_json(value)?).unwrap_or_default();
    // As Go writes it into pages.
    let text = text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
    asked.made_text(text)
}

/// The value as JSON; `None` where it is not known, or a number in it has no form there.
pub(in crate::hcl) fn value_json(value: &HclValue) -> Option<Json> {
    to_json(value).ok()
}

/// The value as JSON.
pub(super) fn to_json(value: &HclValue) -> Result<Json, HclStop> {
    Ok(match &value.data {
        Data::Null => Json::Null,
        Data::Bool(truth) => Json::Bool(*truth),
        Data::Number(number) => Json::Number(json_number(*number)?),
        Data::Text(text) => Json::from(&**text),
        Data::List(list) => Json::Array(list.items.iter().map(to_json).collect::<Result<_, _>>()?),
        Data::Object(object) => {
            let entries = object.entries.iter().map(|(key, value)| Ok((key.to_string(), to_json(value)?)));
            Json::Object(entries.collect::<Result<Map<_, _>, HclStop>>()?)
        }
        Data::Instance(_) | Data::Unknown(_) => return Err(HclStop::Unknown),
    })
}

fn json_number(number: Number) -> Result<JsonNumber, HclStop> {
    let whole = number.integer().and_then(|whole| i64::try_from(whole).ok()).map(JsonNumber::from);
    let decimal = || number.text().and_then(|text| JsonNumber::from_f64(text.parse().ok()?));
    whole.or_else(decimal).ok_or_else(|| HclStop::Unread("a number is too large or too precise".to_owned()))
}

fn json_decode(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [value] = asked.only()?;
    let text = text(value)?;
    asked.charge(text.len().saturating_mul(VALUE))?;
    match serde_json::from_str::<Json>(&text) {
        Ok(json) => from_json(asked, &json),
        Err(error) => refused(format!("it is not JSON: {error}")),
    }
}

/// What is not read of YAML may be read by Terraform, so that `try` does not go on.
fn yaml_decode(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [value] = asked.only()?;
    let text = text(value)?;
    asked.charge(text.len().saturating_mul(VALUE))?;
    let json = yaml::parse(&text).map_err(HclStop::Unread)?;
    from_json(asked, &json)
}

/// JSON as a value.
pub(super) fn from_json(asked: &mut FunctionCall<'_, '_, '_>, json: &Json) -> Taken {
    Ok(match json {
        Json::Null => HclValue::null(),
        Json::Bool(truth) => HclValue::bool(*truth),
        Json::Number(number) => match Number::parse(&number.to_string()) {
            Some(number) => HclValue::new(Data::Number(number)),
            None => return Err(HclStop::Unread("a number is too large or too precise".to_owned())),
        },
        Json::String(text) => HclValue::text(text.as_str()),
        Json::Array(items) => {
            let items = items.iter().map(|item| from_json(asked, item)).collect::<Result<_, _>>()?;
            asked.made_list(ListKind::Tuple, items)?
        }
        Json::Object(entries) => {
            let mut made = BTreeMap::new();
            for (key, value) in entries {
                made.insert(key.as_str().into(), from_json(asked, value)?);
            }
            asked.made_object(ObjectKind::Object, made)?
        }
    })
}

/// A row is an object of texts, by the names of the first row.
fn csv_decode(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [value] = asked.only()?;
    let text = text(value)?;
    asked.charge(text.len().saturating_mul(VALUE))?;
    let mut reader = csv::ReaderBuilder::new().has_headers(true).from_reader(text.as_bytes());
    let names = match reader.headers() {
        Ok(names) => names.clone(),
        Err(error) => return refused(format!("it is no table: {error}")),
    };
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => return refused(format!("it is no table: {error}")),
        };
        let entries = names.iter().map(std::rc::Rc::from).zip(record.iter().map(HclValue::text)).collect();
        rows.push(asked.made_object(ObjectKind::Object, entries)?);
    }
    asked.made_list(ListKind::List, rows)
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64_encode(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [value] = asked.only()?;
    let text = text(value)?;
    asked.charge(text.len().saturating_mul(2))?;
    let digit = |bits: u32| DIGITS.get(bits as usize & 63).copied().map_or('=', char::from);
    let mut made = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        made.push(digit(bits >> 18));
        made.push(digit(bits >> 12));
        made.push(if chunk.len() > 1 { digit(bits >> 6) } else { '=' });
        made.push(if chunk.len() > 2 { digit(bits) } else { '=' });
    }
    asked.made_text(made)
}

fn base64_decode(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [value] = asked.only()?;
    let text = text(value)?;
    let mut bytes = Vec::new();
    let is_whole = text.len() % 4 == 0;
    for chunk in text.trim_end_matches('=').as_bytes().chunks(4) {
        let mut bits = 0u32;
        for digit in chunk {
            let Some(value) = DIGITS.iter().position(|own| own == digit) else { return refused("it is no base64") };
            bits = bits << 6 | u32::try_from(value).unwrap_or(0);
        }
        bits <<= 6 * 4usize.saturating_sub(chunk.len());
        let made = [(bits >> 16) as u8, (bits >> 8) as u8, bits as u8];
        bytes.extend(made.iter().take(chunk.len().saturating_sub(1)));
    }
    match String::from_utf8(bytes) {
        Ok(made) if is_whole => asked.made_text(made),
        Ok(_) => refused("it is no base64"),
        Err(_) => refused("it is not text"),
    }
}

fn url_encode(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [value] = asked.only()?;
    let text = text(value)?;
    asked.charge(text.len().saturating_mul(3))?;
    let mut made = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => made.push(char::from(byte)),
            b' ' => made.push('+'),
            other => made.push_str(&format!("%{other:02X}")),
        }
    }
    asked.made_text(made)
}
