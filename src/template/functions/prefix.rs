//! What is known of the beginning and the end of an unknown text.

use std::rc::Rc;

use super::super::value::{TemplateValue, UnknownRest};
use super::argument::printed;

/// How big what remains may be for it to be looked into.
pub(super) const LONGEST: usize = 1 << 20;

/// How the text begins, as far as that is known.
pub(super) fn prefix(rest: &UnknownRest) -> String {
    if rest.size() > LONGEST {
        return String::new();
    }
    if let Some(parts) = rest.arguments_of("concat") {
        return known(parts.iter(), prefix, |text, part| text.push_str(&part));
    }
    let Some([TemplateValue::Text(pattern), ..]) = rest.arguments_of("format") else { return String::new() };
    pattern.split(['{', '}']).next().unwrap_or_default().to_owned()
}

/// How the text ends, as far as that is known.
pub(super) fn suffix(rest: &UnknownRest) -> String {
    if rest.size() > LONGEST {
        return String::new();
    }
    if let Some(parts) = rest.arguments_of("concat") {
        return known(parts.iter().rev(), suffix, |text, part| text.insert_str(0, &part));
    }
    let Some([TemplateValue::Text(pattern), ..]) = rest.arguments_of("format") else { return String::new() };
    pattern.rsplit(['{', '}']).next().unwrap_or_default().to_owned()
}

/// The known texts up to the first part that is not known, and what is known of that.
fn known<'v>(
    parts: impl Iterator<Item = &'v TemplateValue>,
    inside: fn(&UnknownRest) -> String,
    put: impl Fn(&mut String, Rc<str>),
) -> String {
    let mut text = String::new();
    for part in parts {
        match (part, printed(part)) {
            (TemplateValue::Unknown(rest), _) => {
                put(&mut text, inside(rest).into());
                return text;
            }
            (_, Ok(part)) => put(&mut text, part),
            (_, Err(_)) => return text,
        }
    }
    text
}
