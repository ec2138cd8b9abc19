//! The catalogue for programs: `fwc.catalogue/1`.

use serde_json::{Map, Value, json};

use crate::catalogue::{Bundle, CatalogueEntry, Module, ModulePage, ModuleParameter, ModuleSet, Pin, modules};

/// Every module, without what it opens.
pub(super) fn list() -> Value {
    document(modules().map(|module| Value::Object(head(module, &ModulePage::of(module)))))
}

/// One module, whole.
pub(super) fn show(module: &Module) -> Value {
    let page = ModulePage::of(module);
    let mut fields = head(module, &page);
    fields.insert("notes".to_owned(), json!(page.notes));
    fields.insert("sets".to_owned(), page.sets.iter().map(set).collect());
    fields.insert("bundles".to_owned(), page.bundles.iter().map(|bundle| of_bundle(bundle, |_| true)).collect());
    document([Value::Object(fields)].into_iter())
}

/// Modules as a document.
pub(super) fn document(modules: impl Iterator<Item = Value>) -> Value {
    json!({ "schema": "fwc.catalogue/1", "modules": modules.collect::<Vec<_>>() })
}

/// What is said of a module in every answer.
pub(super) fn head(module: &Module, page: &ModulePage) -> Map<String, Value> {
    let Pin { sha256, .. } = Pin::of(module);
    let head = [
        ("name", json!(module.name)),
        ("summary", json!(page.summary)),
        ("checked", json!(page.oldest())),
        ("sha256", json!(sha256)),
    ];
    head.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

pub(super) fn set(set: &ModuleSet) -> Value {
    let ModuleSet { name, purpose, members } = set;
    json!({ "name": name, "purpose": purpose, "members": members })
}

/// A bundle with those of its entries that are wanted.
pub(super) fn of_bundle(bundle: &Bundle, wanted: impl Fn(&CatalogueEntry) -> bool) -> Value {
    let applies = bundle.applies.iter().map(|(name, with)| json!({ "bundle": name, "conditions": with }));
    json!({
        "name": bundle.name,
        "purpose": bundle.purpose,
        "parameters": bundle.parameters.iter().map(parameter).collect::<Vec<_>>(),
        "entries": bundle.entries.iter().filter(|entry| wanted(entry)).map(entry).collect::<Vec<_>>(),
        "applies": applies.collect::<Vec<_>>(),
    })
}

fn parameter(parameter: &ModuleParameter) -> Value {
    let ModuleParameter { name, kind, default, note } = parameter;
    json!({ "name": name, "kind": kind, "default": default, "note": note })
}

fn entry(entry: &CatalogueEntry) -> Value {
    let CatalogueEntry { services, destinations, purpose, need, source, checked, conditions } = entry;
    json!({
        "services": services,
        "destinations": destinations,
        "purpose": purpose,
        "need": need,
        "source": source,
        "checked": checked,
        "conditions": conditions,
    })
}
