//! `fwc schema`: the JSON Schemas of what fwc prints and reads.

use crate::diag::nearest;
use crate::emit::json_text;
use crate::schemas::{SCHEMAS, Schema};

use super::{CommandOutcome, Failure, printer};

pub(super) fn run(name: Option<&str>) -> Result<CommandOutcome, Failure> {
    let Some(name) = name else {
        SCHEMAS.iter().for_each(|Schema { name, what, .. }| say_line!("{name:<24} {what}"));
        return Ok(CommandOutcome::Done);
    };
    let Some(found) = Schema::named(name) else {
        let near = nearest(name, SCHEMAS.iter().map(|schema| schema.name));
        let hint = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
        return Err(Failure::new(format!("there is no schema `{name}`{hint}; `fwc schema` lists them")));
    };
    printer::raw(&json_text(&found.document()));
    Ok(CommandOutcome::Done)
}
