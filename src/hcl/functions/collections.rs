//! Functions that take what is not known.

use super::super::value::{Data, HclValue, UnknownWhy};
use super::argument::{HclStop, Taken, refused};
use super::{Function, FunctionCall};

pub(super) fn function(name: &str) -> Option<Function> {
    Some(match name {
        "coalesce" => coalesce,
        "tostring" => to_string,
        // Marks say what Terraform may print.
        "sensitive" | "nonsensitive" | "ephemeralasnull" => |asked| {
            let [value] = asked.only()?;
            Ok(value.clone())
        },
        "issensitive" => |_| Ok(HclValue::bool(false)),
        // Each is another on every run.
        "uuid" | "timestamp" | "plantimestamp" | "bcrypt" => {
            |asked| Ok(HclValue::unknown(&format!("{}()", asked.name), None, UnknownWhy::Deployed))
        }
        _ => return None,
    })
}

/// The first that is neither null nor an empty text.
fn coalesce(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    for value in asked.arguments {
        match &value.data {
            Data::Null => {}
            Data::Text(text) if text.is_empty() => {}
            // The id of a resource is never empty.
            Data::Unknown(unknown) if unknown.reference.is_some() => return Ok(value.clone()),
            Data::Unknown(_) => return Err(HclStop::Unknown),
            Data::Bool(_) | Data::Number(_) | Data::Text(_) | Data::List(_) | Data::Object(_) | Data::Instance(_) => {
                return Ok(value.clone());
            }
        }
    }
    refused("no argument has a value")
}

fn to_string(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [value] = asked.only()?;
    match &value.data {
        Data::Null | Data::Unknown(_) => Ok(value.clone()),
        Data::Bool(_) | Data::Number(_) | Data::Text(_) | Data::List(_) | Data::Object(_) | Data::Instance(_) => {
            Ok(HclValue { at: value.at, ..HclValue::text(super::argument::text(value)?) })
        }
    }
}
