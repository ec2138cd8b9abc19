//! `fwc resolve`.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::diag::{Severity, counted};
use crate::driver::{NamesOf, ParentInput, ProjectOptions, assumptions_json, dns_snapshot, fails, names_of};
use crate::emit;
use crate::net::HostName;
use crate::resolve::{DnsAnswers, Earlier, Questions, changes, json, judge, questions, snapshot, text};

use super::args::{Format, ResolveArgs};
use super::dns::{DnsOptions, DnsQuery, ask};
use super::file::{self, FileMark};
use super::open::{Ended, disk, ended, options, tell_refused};
use super::reader::read_own;
use super::{CommandOutcome, Failure, check, printer};

/// How often a name is looked up whose addresses a rule decides by.
const TIMES: usize = 3;

/// What tells a snapshot from the files of others.
const SNAPSHOT: FileMark = FileMark::Within("\"fwc.dns/1\"");

pub(super) fn run(args: &ResolveArgs) -> Result<CommandOutcome, Failure> {
    let NamesOf { model, endpoints, texts: files, .. } = match input(args) {
        Ok(input) => input,
        Err(ended) => return ended,
    };
    let before = args.against.as_deref().map(earlier).transpose()?.unwrap_or_default();
    // Nothing is looked up that cannot be kept.
    let kept = args.snapshot.as_deref().map(|path| replaced(path, args)).transpose()?;
    let questions = questions(&model, &endpoints);
    let asking = DnsOptions {
        server: args.server,
        at_once: args.at_once,
        timeout: Duration::from_millis(args.timeout),
        retries: args.retries,
    };
    let answers = ask(queries(&questions), &asking)?;
    let changed = changes(&answers, &before);
    let found = judge(&questions, &answers, &changed);
    let keeping = match (&args.snapshot, &kept) {
        (Some(file), Some(kept)) => keep(file, &answers, kept, args)?,
        (None, _) | (_, None) => CommandOutcome::Done,
    };
    match args.format {
        Format::Text => {
            printer::findings(&found, &files, Severity::Note);
            let names = counted(questions.names.len(), "name");
            say_line!("{}: {names}, {}", args.input.display(), printer::counts(&found));
            say!("{}", text(&questions, &answers, &changed));
        }
        Format::Json => {
            let found: Vec<Value> = found.iter().map(|found| check::diagnostic(found, &files)).collect();
            let mut value = json(&questions, &answers, &changed, found);
            if let Some(fields) = value.as_object_mut() {
                fields.insert("assumptions".to_owned(), assumptions_json(&model.assumptions));
            }
            printer::json(&format!("{value}\n"));
        }
    }
    Ok(if fails(&found, check::least(args.fail_on)) { CommandOutcome::Found } else { keeping })
}

/// A snapshot that was taken before.
fn earlier(path: &Path) -> Result<Earlier, Failure> {
    Ok(dns_snapshot(&read_own(path)?, &path.display().to_string())?)
}

/// What the snapshot has that is replaced, where there is one.
fn replaced(path: &Path, args: &ResolveArgs) -> Result<Earlier, Failure> {
    file::check_replaceable(path, SNAPSHOT, args.force.into())?;
    let is_ours = path.is_file() && file::has_mark(path, SNAPSHOT);
    if is_ours { earlier(path) } else { Ok(Earlier::new()) }
}

/// Writes the snapshot. Names that nobody answered about keep what they had; where they are all of them, so does the file.
fn keep(path: &Path, answers: &DnsAnswers, earlier: &Earlier, args: &ResolveArgs) -> Result<CommandOutcome, Failure> {
    let unanswered: Vec<&HostName> =
        answers.iter().filter(|(_, answer)| answer.addresses().is_none()).map(|(name, _)| name).collect();
    let shown = path.display();
    if !answers.is_empty() && unanswered.len() == answers.len() {
        printer::complain(&format!("{shown}: not written: there was an answer about no name"));
        return Ok(CommandOutcome::Found);
    }
    let text = emit::json_text(&snapshot(answers, earlier));
    file::write_file(path, text.as_bytes(), SNAPSHOT, args.force.into())?;
    for name in &unanswered {
        let what = if earlier.contains_key(name) { "keeps its earlier addresses" } else { "is left out" };
        printer::complain(&format!("{shown}: `{name}` {what}: there was no answer about it"));
    }
    Ok(if unanswered.is_empty() { CommandOutcome::Done } else { CommandOutcome::Found })
}

fn input(args: &ResolveArgs) -> Result<NamesOf, Ended> {
    let disk = disk(&args.input, &args.source).map_err(Err)?;
    // The names of a base are its own matter, where it is not in the input.
    let options = ProjectOptions { parent: Some(ParentInput::LeftOut), ..options(&args.source) };
    let input = names_of(&disk, &args.input, &options).map_err(ended)?;
    tell_refused(&[&args.input], input.refused);
    printer::assumptions(&input.model.assumptions);
    Ok(input)
}

/// Each name once, and those again whose addresses a rule decides by.
fn queries(questions: &Questions<'_>) -> Vec<DnsQuery> {
    let names = questions.names.iter();
    let times = |is_network: bool| if is_network { TIMES } else { 1 };
    names
        .map(|(name, question)| DnsQuery {
            name: name.clone(),
            times: times(question.network_rules().next().is_some()),
        })
        .collect()
}
