//! `fwc catalog`.

mod changes;
mod json;
mod search;
mod words;

use std::fmt::Write;

use indexmap::IndexSet;

use crate::catalogue::{Bundle, Module, ModulePage, module, modules};
use crate::diag::nearest;

use super::args::{CatalogArgs, CatalogCommand, Format};
use super::{CommandOutcome, Failure, printer};
use words::{needed, push};

pub(super) fn run(args: &CatalogArgs) -> Result<CommandOutcome, Failure> {
    match args.command.as_ref().unwrap_or(&CatalogCommand::List { format: Format::Text }) {
        CatalogCommand::List { format: Format::Text } => say!("{}", list()),
        CatalogCommand::List { format: Format::Json } => document(&json::list()),
        CatalogCommand::Show { name, source: true, .. } => printer::raw(called(name)?.text),
        CatalogCommand::Show { name, format: Format::Text, .. } => say!("{}", show(called(name)?)),
        CatalogCommand::Show { name, format: Format::Json, .. } => document(&json::show(called(name)?)),
        CatalogCommand::Search { text, format: Format::Text } => say!("{}", search::text(text)),
        CatalogCommand::Search { text, format: Format::Json } => document(&search::json(text)),
        CatalogCommand::Diff { lock, format } => {
            let changes = changes::of_lock(lock)?;
            match format {
                Format::Text => say!("{}", changes::text(lock, &changes)),
                Format::Json => document(&changes::json(&changes)),
            }
        }
    }
    Ok(CommandOutcome::Done)
}

fn document(value: &serde_json::Value) {
    printer::json(&format!("{value}\n"));
}

fn list() -> String {
    let width = modules().map(|module| module.name.len()).fold(0, usize::max);
    let mut text = format!("{:width$}  {:10}  what it is for\n", "module", "checked");
    for module in modules() {
        let page = ModulePage::of(module);
        let head = format!("{:width$}  {:10}  ", module.name, page.oldest().unwrap_or("-"));
        push(&mut text, &page.summary, &head, &" ".repeat(width + 14));
    }
    text
}

fn called(name: &str) -> Result<&'static Module, Failure> {
    let unknown = || {
        let near = nearest(name, modules().map(|module| module.name));
        let hint = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
        Failure::new(format!("there is no module `{name}`{hint}"))
    };
    module(name).ok_or_else(unknown)
}

fn show(module: &Module) -> String {
    let page = ModulePage::of(module);
    let (mut text, mut sources) = (String::new(), IndexSet::new());
    push(&mut text, &format!("{}: {}", module.name, page.summary), "", "");
    for note in &page.notes {
        text.push('\n');
        push(&mut text, note, "", "");
    }
    if let Some(first) = page.bundles.first() {
        let given = first.parameters.first().map_or(String::new(), |given| format!("{}: …", given.name));
        let example = format!("apply {}::{}({given})", module.name, first.name);
        let _ = writeln!(text, "\nBundles, for a group, as in `{example}`:");
    }
    for bundle in &page.bundles {
        show_bundle(&mut text, bundle, &mut sources);
    }
    if !page.sets.is_empty() {
        let _ = writeln!(text, "\nSets, for rules and expectations, as in `{}::{}`:", module.name, first_set(&page));
    }
    for set in &page.sets {
        text.push('\n');
        push(&mut text, &set.members.join(", "), &format!("  {} = ", set.name), "      ");
        push(&mut text, &set.purpose, "      ", "      ");
    }
    if !sources.is_empty() {
        text.push_str("\nSources, each with the day it was checked:\n\n");
    }
    for (number, (source, checked)) in (1..).zip(&sources) {
        push(&mut text, &format!("{source}, {checked}"), &format!("  [{number}] "), "      ");
    }
    text
}

/// The set that an example names: `hosts` where there is one.
fn first_set(page: &ModulePage) -> &str {
    let names = || page.sets.iter().map(|set| set.name.as_str());
    names().find(|name| *name == "hosts").or_else(|| names().next()).unwrap_or_default()
}

fn show_bundle(text: &mut String, bundle: &Bundle, sources: &mut IndexSet<(String, String)>) {
    let parameters: Vec<String> = bundle.parameters.iter().map(parameter).collect();
    text.push('\n');
    push(text, &format!("{}({})", bundle.name, parameters.join(", ")), "", "    ");
    push(text, &bundle.purpose, "    ", "    ");
    for parameter in &bundle.parameters {
        if let Some(note) = &parameter.note {
            push(text, note, &format!("    {}: ", parameter.name), "        ");
        }
    }
    for entry in &bundle.entries {
        let (number, _) = sources.insert_full((entry.source.clone(), entry.checked.clone()));
        let what = format!("{}  ({})", entry.destinations.join(", "), needed(entry));
        text.push('\n');
        push(text, &what, &format!("    {}  ", entry.services), "        ");
        push(text, &format!("{} [{}]", entry.purpose, number + 1), "        ", "        ");
    }
    for (name, conditions) in &bundle.applies {
        let when = if conditions.is_empty() { String::new() } else { format!("  (with {})", conditions.join(", ")) };
        let _ = write!(text, "\n    and what `{name}` opens{when}\n");
    }
}

fn parameter(parameter: &crate::catalogue::ModuleParameter) -> String {
    let default = parameter.default.as_ref().map(|default| format!(" = {default}")).unwrap_or_default();
    format!("{}: {}{default}", parameter.name, parameter.kind)
}
