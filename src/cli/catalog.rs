//! `fwc catalog`.

use std::fmt::Write;

use crate::catalogue::{Module, module, modules};
use crate::diag::nearest;

use super::args::{CatalogArgs, CatalogCommand};
use super::{Failure, Outcome};

pub(super) fn run(args: &CatalogArgs) -> Result<Outcome, Failure> {
    let text = match &args.command {
        None | Some(CatalogCommand::List) => list(),
        Some(CatalogCommand::Show { name }) => show(name)?,
        Some(CatalogCommand::Search { text }) => search(text),
    };
    print!("{text}");
    Ok(Outcome::Done)
}

fn list() -> String {
    let mut text = String::new();
    for module in modules() {
        let _ = writeln!(text, "{:<12}{}", module.name, summary(module));
    }
    text
}

/// The first sentence of the comment that opens the module.
fn summary(module: &Module) -> String {
    let lines = module.text.lines().take_while(|line| line.starts_with('#'));
    let comment: Vec<&str> = lines.map(|line| line.trim_start_matches('#').trim()).collect();
    let comment = comment.join(" ");
    let sentence = comment.split_once(". ").map_or(comment.as_str(), |(first, _)| first);
    let sentence = sentence.trim_end_matches('.');
    sentence
        .strip_prefix(module.name)
        .map_or(sentence, |rest| rest.trim_start_matches(".pol").trim_start_matches([':', ' ']))
        .to_owned()
}

fn show(name: &str) -> Result<String, Failure> {
    let unknown = || {
        let near = nearest(name, modules().map(|module| module.name));
        let hint = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
        Failure::new(format!("there is no module `{name}`{hint}"))
    };
    module(name).map(|module| module.text.to_owned()).ok_or_else(unknown)
}

fn search(wanted: &str) -> String {
    let mut text = String::new();
    let wanted = wanted.to_lowercase();
    for module in modules() {
        for (number, line) in (1..).zip(module.text.lines()) {
            if line.to_lowercase().contains(&wanted) {
                let _ = writeln!(text, "{}:{number}: {}", module.name, line.trim());
            }
        }
    }
    text
}
