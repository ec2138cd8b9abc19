//! `fwc resolve`.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::diag::{Diagnostics, Severity};
use crate::emit;
use crate::import;
use crate::intent::PrivateEndpoint;
use crate::lower::as_written;
use crate::model::Model;
use crate::net::HostName;
use crate::resolve::{Questions, changes, json, judge, questions, snapshot, text};
use crate::source::Files;

use super::args::{Format, ResolveArgs};
use super::dns::{Asking, Query, ask};
use super::front::understand;
use super::input::{load_artefacts, tell_errors};
use super::reader::read;
use super::{Failure, Outcome, check, folder, printer};

/// How often a name is asked for whose addresses a rule decides by.
const TIMES: usize = 3;

pub(super) fn run(args: &ResolveArgs) -> Result<Outcome, Failure> {
    let (model, endpoints, files) = match input(args)? {
        Ok(input) => input,
        Err(outcome) => return Ok(outcome),
    };
    let before = args.against.as_deref().map(earlier).transpose()?.unwrap_or_default();
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
            say_line!("{}", json(&questions, &answers, &changed, found));
        }
    }
    Ok(if check::counts_as_failure(&found, args.fail_on) { Outcome::Found } else { Outcome::Done })
}

/// The model with every rule as it was written, and the private endpoints of a source.
type Given = (Model, Vec<PrivateEndpoint>, Files);

fn input(args: &ResolveArgs) -> Result<Result<Given, Outcome>, Failure> {
    // The names of a base are its own matter, where it is not in the input.
    match load_artefacts(&args.input, Some(Path::new("none")), &args.source) {
        Ok(Some(input)) => {
            tell_errors(&args.input, &input, &args.source);
            return Ok(Ok((input.model, Vec::new(), input.files)));
        }
        Ok(None) => {}
        Err(Ok(outcome)) => return Ok(Err(outcome)),
        Err(Err(failure)) => return Err(failure),
    }
    let front = understand(&args.input, &args.source)?;
    let files = front.sources.files().clone();
    if front.diagnostics.has_errors() {
        let errors: Diagnostics = front.diagnostics;
        printer::findings(&errors, &files, Severity::Error);
        return Ok(Err(Outcome::Found));
    }
    let mut model = as_written(&front.intent, &front.lowered);
    model.policies.retain(|policy| !front.is_external(&policy.name));
    Ok(Ok((model, front.intent.private_endpoints, files)))
}

fn earlier(path: &Path) -> Result<BTreeMap<HostName, BTreeSet<Ipv4Addr>>, Failure> {
    let names = import::dns_names(&read(path)?, &path.display().to_string());
    let names = names.map_err(|error| Failure::new(error.to_string()))?;
    Ok(names.into_iter().map(|(name, addresses)| (name, addresses.into_iter().collect())).collect())
}

/// Each name once, and those again whose addresses a rule decides by.
fn queries(questions: &Questions<'_>) -> Vec<Query> {
    let names = questions.names.iter();
    let times = |is_network: bool| if is_network { TIMES } else { 1 };
    names
        .map(|(name, question)| Query { name: name.clone(), times: times(question.network_rules().next().is_some()) })
        .collect()
}
