//! Assumptions for programs.

use serde_json::{Value, json};

use crate::model::Assumption;

/// `[{"kind","what","at":{"file","path"}}]`.
pub fn assumptions_json<'a>(assumptions: impl IntoIterator<Item = &'a Assumption>) -> Value {
    let one = |assumption: &Assumption| {
        json!({
            "kind": assumption.kind.word(),
            "what": assumption.what(),
            "at": { "file": assumption.at.file, "path": assumption.at.path },
        })
    };
    assumptions.into_iter().map(one).collect()
}
