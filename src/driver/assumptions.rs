//! Assumptions for programs.

use serde_json::{Value, json};

use crate::model::{Assumption, DocumentPlace, StatedAt, distinct};

/// `[{"kind","what","at":{"file","path"}}]`; where a text states the value, `at` has its file, line and column, too.
/// Each is there once.
pub fn assumptions_json<'a>(assumptions: impl IntoIterator<Item = &'a Assumption>) -> Value {
    let one = |assumption: &Assumption| {
        json!({
            "kind": assumption.kind.word(),
            "what": assumption.what(),
            "at": at(&assumption.at),
        })
    };
    distinct(assumptions).map(one).collect()
}

fn at(place: &DocumentPlace) -> Value {
    match &place.stated {
        Some(StatedAt { file, line, column }) => {
            json!({ "file": file, "line": line, "column": column, "path": place.path })
        }
        None => json!({ "file": place.file, "path": place.path }),
    }
}
