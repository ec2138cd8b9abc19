//! `fwc catalog`.

use std::fmt::Write;

use indexmap::IndexSet;

use crate::catalogue::{Bundle, Entry, Module, Page, module, modules};
use crate::diag::nearest;

use super::args::{CatalogArgs, CatalogCommand};
use super::wrap::wrapped;
use super::{Failure, Outcome};

pub(super) fn run(args: &CatalogArgs) -> Result<Outcome, Failure> {
    let text = match &args.command {
        None | Some(CatalogCommand::List) => list(),
        Some(CatalogCommand::Show { name, source: true }) => called(name)?.text.to_owned(),
        Some(CatalogCommand::Show { name, source: false }) => show(called(name)?),
        Some(CatalogCommand::Search { text }) => search(text),
    };
    say!("{text}");
    Ok(Outcome::Done)
}

fn list() -> String {
    let width = modules().map(|module| module.name.len()).fold(0, usize::max);
    let mut text = format!("{:width$}  {:10}  what it is for\n", "module", "checked");
    for module in modules() {
        let page = Page::of(module);
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

fn push(text: &mut String, words: &str, first: &str, rest: &str) {
    for line in wrapped(words, first, rest) {
        let _ = writeln!(text, "{}", line.trim_end());
    }
}

fn show(module: &Module) -> String {
    let page = Page::of(module);
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
fn first_set(page: &Page) -> &str {
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

fn parameter(parameter: &crate::catalogue::Parameter) -> String {
    let default = parameter.default.as_ref().map(|default| format!(" = {default}")).unwrap_or_default();
    format!("{}: {}{default}", parameter.name, parameter.kind)
}

/// Who needs an entry, and under which conditions it is opened.
fn needed(entry: &Entry) -> String {
    match entry.conditions.as_slice() {
        [] => entry.need.clone(),
        conditions => format!("{}; with {}", entry.need, conditions.join(", ")),
    }
}

fn search(wanted: &str) -> String {
    let mut text = String::new();
    let wanted = wanted.to_lowercase();
    for module in modules() {
        for bundle in &Page::of(module).bundles {
            let hits: Vec<&Entry> = bundle.entries.iter().filter(|entry| speaks_of(entry, &wanted)).collect();
            if hits.is_empty()
                && !format!("{}::{} {}", module.name, bundle.name, bundle.purpose).to_lowercase().contains(&wanted)
            {
                continue;
            }
            if !text.is_empty() {
                text.push('\n');
            }
            push(&mut text, &bundle.purpose, &format!("{}::{}  ", module.name, bundle.name), "    ");
            for entry in hits {
                let what = format!("{}  ({})", entry.destinations.join(", "), needed(entry));
                push(&mut text, &what, &format!("    {}  ", entry.services), "        ");
                push(&mut text, &entry.purpose, "        ", "        ");
            }
        }
    }
    if text.is_empty() {
        let _ = writeln!(text, "no module speaks of `{wanted}`; `fwc catalog` lists them");
    }
    text
}

/// Whether an entry holds the text, or opens the host that it names.
fn speaks_of(entry: &Entry, wanted: &str) -> bool {
    let holds = |text: &str| text.to_lowercase().contains(wanted);
    holds(&entry.purpose) || entry.destinations.iter().any(|host| holds(host) || opens(host, wanted))
}

/// Whether a destination takes in a host; `{parameter}` stands for any label.
fn opens(destination: &str, host: &str) -> bool {
    if let Some(ending) = destination.strip_prefix('*').filter(|ending| !ending.contains('{')) {
        return !ending.is_empty() && host.len() > ending.len() && host.ends_with(ending);
    }
    let (mut parts, mut labels) = (destination.rsplit('.'), host.rsplit('.'));
    loop {
        match (parts.next(), labels.next()) {
            (None, None) => return true,
            (Some("*"), Some(_)) => return true,
            (Some(part), Some(label)) if part == label || part.starts_with('{') => {}
            _ => return false,
        }
    }
}
