//! The JSON Schemas of what fwc prints and reads for programs.
//!
//! In: nothing. Out: a schema (draft 2020-12) for each document, by the name that the document has in `schema`. Guaranteed:
//! each is self-contained, names every field that its document may have and allows no other, so that tests notice a field that is
//! renamed, added or left out. Deliberately absent: the documents themselves, which the passes make.

mod answers;
mod parts;
mod shape;
mod states;
mod traffic;

use serde_json::{Value, json};

use shape::SchemaShape;

/// One schema.
#[derive(Clone, Copy)]
pub struct Schema {
    /// What `fwc schema` takes.
    pub name: &'static str,
    /// What the field `schema` of the document is; of a document without one, its name.
    pub id: &'static str,
    /// What the document is.
    pub what: &'static str,
    shape: fn() -> SchemaShape,
}

/// Every schema, by name.
pub static SCHEMAS: &[Schema] = &[
    schema("approved", "fwc.approved/1", "changes that were accepted: `diff --approve`", states::approved),
    schema("catalogue", "fwc.catalogue/1", "`catalog list|show|search --format json`", answers::catalogue),
    schema("catalogue-diff", "fwc.catalogue-diff/1", "`catalog diff --format json`", answers::catalogue_diff),
    schema("check", "fwc.check/1", "`check --format json`", answers::check),
    schema("config", "fwc.toml", "`fwc.toml`, read as JSON", states::config),
    schema("diff", "fwc.diff/1", "`diff --format json`", answers::diff),
    schema("dns", "fwc.dns/1", "addresses of names: `resolve --snapshot`, `--dns`", states::dns),
    schema("drift", "fwc.drift/1", "`drift --format json`", answers::drift),
    schema("explain", "fwc.explain/1", "a line of `explain --format json`", answers::explain),
    schema("flow", "a line of --flows", "a line of `explain --flows`", parts::flow),
    schema("lock", "fwc.lock/1", "`egress.lock`", states::lock),
    schema("manifest", "fwc.manifest/1", "`manifest.json` of `compile`", states::manifest),
    schema("observed", "fwc.observed/1", "a line of `usage --format observed`, `--result`", traffic::observed),
    schema("plan", "fwc.plan/1", "`plan --format json`", answers::plan),
    schema("reach", "fwc.reach/1", "`reach --format json`", answers::reach),
    schema("resolve", "fwc.resolve/1", "`resolve --format json`", answers::resolve),
    schema("test", "fwc.test/1", "`test --format json`", answers::test),
    schema("usage", "fwc.usage/1", "`usage --format json`", traffic::usage),
];

const fn schema(name: &'static str, id: &'static str, what: &'static str, shape: fn() -> SchemaShape) -> Schema {
    Schema { name, id, what, shape }
}

impl Schema {
    /// The schema of a name, or of what documents state in `schema`.
    pub fn named(name: &str) -> Option<&'static Self> {
        SCHEMAS.iter().find(|schema| schema.name == name || schema.id == name)
    }

    /// The schema as a document.
    pub fn document(&self) -> Value {
        let mut document = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.id,
            "description": self.what,
        });
        if let (Some(fields), Value::Object(shape)) = (document.as_object_mut(), (self.shape)().value()) {
            fields.extend(shape);
        }
        document
    }
}
