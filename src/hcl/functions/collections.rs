//! Functions that take what is not known.

use super::super::value::{Data, Value, Why};
use super::argument::{Stop, Taken, refused};
use super::{Asked, Function};

pub(super) fn function(name: &str) -> Option<Function> {
    Some(match name {
        "coalesce" => coalesce,
        "tostring" => to_string,
        // Marks say what Terraform may print.
        "sensitive" | "nonsensitive" | "ephemeralasnull" => |asked| {
            let [value] = asked.only()?;
            Ok(value.clone())
        },
        "issensitive" => |_| Ok(Value::bool(false)),
        // Each is another on every run.
        "uuid" | "timestamp" | "plantimestamp" | "bcrypt" => {
            |asked| Ok(Value::unknown(&format!("{}()", asked.name), None, Why::Deployed))
        }
        _ => return None,
    })
}

/// The first that is neither null nor an empty text.
fn coalesce(asked: &mut Asked<'_, '_, '_>) -> Taken {
    for value in asked.arguments {
        match &value.data {
            Data::Null => {}
            Data::Text(text) if text.is_empty() => {}
            // The id of a resource is never empty.
            Data::Unknown(unknown) if unknown.reference.is_some() => return Ok(value.clone()),
            Data::Unknown(_) => return Err(Stop::Unknown),
            Data::Bool(_) | Data::Number(_) | Data::Text(_) | Data::List(_) | Data::Object(_) | Data::Instance(_) => {
                return Ok(value.clone());
            }
        }
    }
    refused("no argument has a value")
}

fn to_string(asked: &mut Asked<'_, '_, '_>) -> Taken {
    let [value] = asked.only()?;
    match &value.data {
        Data::Null | Data::Unknown(_) => Ok(value.clone()),
        Data::Bool(_) | Data::Number(_) | Data::Text(_) | Data::List(_) | Data::Object(_) | Data::Instance(_) => {
            Ok(Value { at: value.at, ..Value::text(super::argument::text(value)?) })
        }
    }
}
