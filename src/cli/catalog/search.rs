//! What all modules say of a host, or of anything else: what they open, and what their prose states of what they do not.

use std::fmt::Write;

use serde_json::Value;

use crate::catalogue::{Bundle, CatalogueEntry, Module, ModulePage, ModuleSet, modules, opens};

use super::json;
use super::words::{needed, push};

/// What one module states of it.
struct Hit {
    module: &'static Module,
    page: ModulePage,
    /// Whether the name or the summary does.
    head: bool,
    /// The paragraphs that do.
    notes: Vec<String>,
    sets: Vec<ModuleSet>,
    /// The bundles that do, each with whether only an entry does.
    bundles: Vec<Bundle>,
}

impl Hit {
    fn is_empty(&self) -> bool {
        !self.head && self.notes.is_empty() && self.sets.is_empty() && self.bundles.is_empty()
    }
}

fn hits(wanted: &str) -> Vec<Hit> {
    modules().map(|module| hit(module, wanted)).filter(|hit| !hit.is_empty()).collect()
}

fn hit(module: &'static Module, wanted: &str) -> Hit {
    let page = ModulePage::of(module);
    let holds = |text: &str| text.to_lowercase().contains(wanted);
    let says = |bundle: &&Bundle| {
        let name = format!("{}::{} {}", module.name, bundle.name, bundle.purpose);
        let notes = bundle.parameters.iter().filter_map(|parameter| parameter.note.as_deref());
        holds(&name) || notes.into_iter().any(holds) || bundle.entries.iter().any(|entry| speaks_of(entry, wanted))
    };
    let bundles: Vec<Bundle> = page.bundles.iter().filter(says).cloned().collect();
    // What a bundle opens needs no set to be named too.
    let told =
        |set: &&ModuleSet| bundles.is_empty() && (holds(&set.purpose) || set.members.iter().any(|host| holds(host)));
    Hit {
        module,
        head: holds(module.name) || holds(&page.summary),
        notes: page.notes.iter().filter(|note| holds(note)).cloned().collect(),
        sets: page.sets.iter().filter(told).cloned().collect(),
        bundles,
        page,
    }
}

/// The answer for people.
pub(super) fn text(wanted: &str) -> String {
    let wanted = wanted.to_lowercase();
    let mut text = String::new();
    for hit in hits(&wanted) {
        let Hit { module, page, notes, sets, bundles, .. } = &hit;
        if bundles.is_empty() || !notes.is_empty() {
            part(&mut text);
            push(&mut text, &page.summary, &format!("{}  ", module.name), "    ");
        }
        notes.iter().for_each(|note| push(&mut text, note, "    ", "    "));
        for set in sets {
            push(&mut text, &set.members.join(", "), &format!("    {}::{} = ", module.name, set.name), "        ");
            push(&mut text, &set.purpose, "        ", "        ");
        }
        for bundle in bundles {
            part(&mut text);
            of_bundle(&mut text, module, bundle, &wanted);
        }
    }
    if text.is_empty() {
        let _ = writeln!(text, "no module speaks of `{wanted}`; `fwc catalog` lists them");
    }
    text
}

/// A blank line between what is found.
fn part(text: &mut String) {
    if !text.is_empty() {
        text.push('\n');
    }
}

fn of_bundle(text: &mut String, module: &Module, bundle: &Bundle, wanted: &str) {
    push(text, &bundle.purpose, &format!("{}::{}  ", module.name, bundle.name), "    ");
    for entry in bundle.entries.iter().filter(|entry| speaks_of(entry, wanted)) {
        let what = format!("{}  ({})", entry.destinations.join(", "), needed(entry));
        push(text, &what, &format!("    {}  ", entry.services), "        ");
        push(text, &entry.purpose, "        ", "        ");
    }
}

/// The answer for programs: the modules, each with what speaks of it.
pub(super) fn json(wanted: &str) -> Value {
    let wanted = wanted.to_lowercase();
    json::document(hits(&wanted).iter().map(|hit| {
        let mut fields = json::head(hit.module, &hit.page);
        fields.insert("notes".to_owned(), serde_json::json!(hit.notes));
        fields.insert("sets".to_owned(), hit.sets.iter().map(json::set).collect());
        let bundle = |bundle: &Bundle| json::of_bundle(bundle, |entry| speaks_of(entry, &wanted));
        fields.insert("bundles".to_owned(), hit.bundles.iter().map(bundle).collect());
        Value::Object(fields)
    }))
}

/// Whether an entry holds the text, or opens the host that it names.
fn speaks_of(entry: &CatalogueEntry, wanted: &str) -> bool {
    let holds = |text: &str| text.to_lowercase().contains(wanted);
    holds(&entry.purpose) || entry.destinations.iter().any(|host| holds(host) || opens(host, wanted))
}
