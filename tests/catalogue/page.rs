//! The page of the catalogue, `policies/catalogue/README.md`, made from the modules.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use fwc::catalogue::{Bundle, CatalogueEntry, ModulePage, modules};

use crate::golden::is_update;

#[test]
fn the_page_is_what_the_modules_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/catalogue/README.md");
    let page = page();
    if is_update() {
        fs::write(&path, &page).unwrap();
    }
    assert!(fs::read_to_string(&path).unwrap_or_default() == page, "{} is stale: UPDATE=1", path.display());
}

/// What a rule opens is known to the page: each has a purpose, a need, a source and a day.
#[test]
fn each_entry_says_why_for_whom_and_who_says_so() {
    for module in modules() {
        for bundle in ModulePage::of(module).bundles {
            assert!(!bundle.purpose.is_empty(), "{}::{}", module.name, bundle.name);
            assert!(!(bundle.entries.is_empty() && bundle.applies.is_empty()), "{}::{}", module.name, bundle.name);
            for entry in &bundle.entries {
                let CatalogueEntry { services, destinations, purpose, need, source, checked, .. } = entry;
                let said = [services, purpose, need, source].iter().all(|text| !text.is_empty());
                assert!(said && !destinations.is_empty(), "{}::{}: {entry:?}", module.name, bundle.name);
                assert!(checked.parse::<jiff::civil::Date>().is_ok(), "{}::{}: {entry:?}", module.name, bundle.name);
            }
        }
    }
}

fn page() -> String {
    let mut text = String::from(
        "# The catalogue\n\nThe modules that are shipped inside fwc, made from their sources; do not edit this page. \
         `fwc catalog show NAME` prints a\nmodule, `fwc catalog search HOST` finds who opens a host. Each entry has its \
         need, its source and the day it was checked;\na rule that uses one older than a year is noted \
         (FW0804).\n\n| module | checked | what it is for |\n| --- | --- | --- |\n",
    );
    for module in modules() {
        let page = ModulePage::of(module);
        let oldest = page.oldest().unwrap_or("-");
        writeln!(text, "| [{0}](#{0}) | {oldest} | {1} |", module.name, page.summary).unwrap();
    }
    for module in modules() {
        let page = ModulePage::of(module);
        write!(text, "\n## {}\n\nWhat it is for: {}.\n", module.name, page.summary).unwrap();
        for note in &page.notes {
            write!(text, "\n{note}\n").unwrap();
        }
        for bundle in &page.bundles {
            bundle_section(&mut text, module.name, bundle);
        }
        if !page.sets.is_empty() {
            text.push_str("\n| set | members |\n| --- | --- |\n");
        }
        for set in &page.sets {
            let members: Vec<String> = set.members.iter().map(|member| format!("`{member}`")).collect();
            writeln!(text, "| `{}::{}` | {} |", module.name, set.name, members.join(" ")).unwrap();
        }
    }
    text
}

fn bundle_section(text: &mut String, module: &str, bundle: &Bundle) {
    let parameters: Vec<String> = bundle
        .parameters
        .iter()
        .map(|parameter| match &parameter.default {
            Some(default) => format!("{}: {} = {default}", parameter.name, parameter.kind),
            None => format!("{}: {}", parameter.name, parameter.kind),
        })
        .collect();
    write!(text, "\n### `{module}::{}`\n\n{}\n", bundle.name, bundle.purpose).unwrap();
    write!(text, "\n`{}({})`\n", bundle.name, parameters.join(", ")).unwrap();
    for (name, conditions) in &bundle.applies {
        let when = if conditions.is_empty() { String::new() } else { format!(" with `{}`", conditions.join(", ")) };
        write!(text, "\nIt opens what `{name}` opens{when}.\n").unwrap();
    }
    if bundle.entries.is_empty() {
        return;
    }
    text.push_str("\n| service | to | need | purpose | source |\n| --- | --- | --- | --- | --- |\n");
    for entry in &bundle.entries {
        let hosts: Vec<String> = entry.destinations.iter().map(|host| format!("`{host}`")).collect();
        let with: Vec<String> = entry.conditions.iter().map(|condition| format!("`{condition}`")).collect();
        let need = [vec![entry.need.clone()], with].concat().join(", ");
        let CatalogueEntry { services, purpose, source, checked, .. } = entry;
        writeln!(text, "| {services} | {} | {need} | {purpose} | {source}, {checked} |", hosts.join(" ")).unwrap();
    }
}
