//! `fwc resolve`.

use std::time::Duration;

use serde_json::Value;

use crate::diag::Severity;
use crate::driver::{NamesOf, Options, ParentInput, assumptions_json, dns_snapshot, fails, names_of};
use crate::emit;
use crate::resolve::{Questions, changes, json, judge, questions, snapshot, text};

use super::args::{Format, ResolveArgs};
use super::dns::{Asking, Query, ask};
use super::open::{Ended, disk, ended, options, tell_refused};
use super::{Failure, Outcome, check, folder, printer};

/// How often a name is asked for whose addresses a rule decides by.
const TIMES: usize = 3;

pub(super) fn run(args: &ResolveArgs) -> Result<Outcome, Failure> {
    let NamesOf { model, endpoints, texts: files, .. } = match input(args) {
        Ok(input) => input,
        Err(ended) => return ended,
    };
    let disk = disk(&args.input, &args.source)?;
    let before = args.against.as_deref().map(|path| dns_snapshot(&disk, path)).transpose()?.unwrap_or_default();
    let questions = questions(&model, &endpoints);
    let asking = Asking {
        server: args.server,
        at_once: args.at_once,
        timeout: Duration::from_millis(args.timeout),
        retries: args.retries,
    };
    let answers = ask(queries(&questions), &asking)?;
    let changed = changes(&answers, &before);
    let found = judge(&questions, &answers, &changed);
    if let Some(file) = &args.snapshot {
        folder::write_file(file, emit::json_text(&snapshot(&answers)).as_bytes())?;
    }
    match args.format {
        Format::Text => {
            printer::findings(&found, &files, Severity::Note);
            let asked = questions.names.len();
            let names = if asked == 1 { "name" } else { "names" };
            say_line!("{}: {asked} {names}, {}", args.input.display(), printer::counts(&found));
            say!("{}", text(&questions, &answers, &changed));
        }
        Format::Json => {
            let found: Vec<Value> = found.iter().map(|found| check::diagnostic(found, &files)).collect();
            let mut value = json(&questions, &answers, &changed, found);
            if let Some(fields) = value.as_object_mut() {
                fields.insert("assumptions".to_owned(), assumptions_json(&model.assumptions));
            }
            say_line!("{value}");
        }
    }
    Ok(if fails(&found, check::least(args.fail_on)) { Outcome::Found } else { Outcome::Done })
}

fn input(args: &ResolveArgs) -> Result<NamesOf, Ended> {
    let disk = disk(&args.input, &args.source).map_err(Err)?;
    // The names of a base are its own matter, where it is not in the input.
    let options = Options { parent: Some(ParentInput::LeftOut), ..options(&args.source) };
    let input = names_of(&disk, &args.input, &options).map_err(ended)?;
    tell_refused(&[&args.input], input.refused);
    printer::assumptions(&input.model.assumptions);
    Ok(input)
}

/// Each name once, and those again whose addresses a rule decides by.
fn queries(questions: &Questions<'_>) -> Vec<Query> {
    let names = questions.names.iter();
    let times = |is_network: bool| if is_network { TIMES } else { 1 };
    names
        .map(|(name, question)| Query { name: name.clone(), times: times(question.network_rules().next().is_some()) })
        .collect()
}
