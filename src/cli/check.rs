//! `fwc check`.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::diag::{CODES, Diagnostic, Diagnostics, Fix, Label, Severity};
use crate::driver::limits_used::{self, Account};
use crate::driver::{
    Baseline, CheckDepth, Input, InputFindings, Project, ProjectFiles as _, artefact_findings, assumptions_json,
    checked_sources, fails, is_artefact, load_to_check,
};
use crate::model::{Assumption, Policy, told_once};
use crate::net::same_word;
use crate::source::Files;

use super::args::{CheckArgs, CheckFormat, FailOn};
use super::brief::brief;
use super::colour::style_of;
use super::fixes::Fixed;
use super::formats::{LocatedFinding, Suite, azure_pipelines, github, junit, sarif, suite_of};
use super::limits_table::{fullest_line, table};
use super::open::{deciding, disk, input_to_check, rest_on, usable};
use super::reader::read;
use super::{CommandOutcome, Failure, printer};

/// From this part of a limit on, in percent, it is said.
const REMARKABLE: u64 = 50;
/// What reports why limits are not counted.
const JSON: &str = "`--format json`";

pub(super) fn run(args: &CheckArgs) -> Result<CommandOutcome, Failure> {
    if let Some(code) = &args.explain {
        return explain(code);
    }
    let mut baseline = args.baseline.as_deref().map(earlier).transpose()?;
    let inputs = inputs(args)?;
    let mut report = CheckReport { inputs: inputs.clone(), ..CheckReport::default() };
    let mut failed = false;
    for file in inputs.iter().filter(|_| args.fix) {
        mend(file, args)?;
    }
    for file in inputs.iter().filter(|_| !(args.fix && args.diff)) {
        let found = if is_artefact(&disk(file, &args.source)?, file)? {
            let options = deciding(&args.source, &args.knowledge, args.parent.as_deref(), None);
            match input_to_check(load_to_check, file, &options, &args.source, &args.knowledge) {
                Ok(input) => artefacts(file, input, &mut baseline, args, &mut report),
                Err(Ok(_)) => {
                    failed = true;
                    continue;
                }
                Err(Err(failure)) => return Err(failure),
            }
        } else {
            source(file, &mut baseline, args, &mut report)?
        };
        failed |= fails(&found, least(args.fail_on));
    }
    report.print(args)?;
    Ok(if failed { CommandOutcome::Found } else { CommandOutcome::Done })
}

/// Writes the safe fixes of a source, or shows them.
fn mend(file: &Path, args: &CheckArgs) -> Result<(), Failure> {
    if !args.diff && !file.is_file() && !file.is_dir() {
        let help = "`--fix --diff` shows what would change";
        return Err(Failure::new(format!(
            "`{}` is not a file on disk, and only those are written: {help}",
            file.display()
        )));
    }
    let disk = disk(file, &args.source)?;
    if is_artefact(&disk, file)? {
        return Err(Failure::new(format!("`--fix` is for sources, and `{}` is none", file.display())));
    }
    let fixed = Fixed::of(&disk, file, &deciding(&args.source, &args.knowledge, None, None));
    if args.diff {
        say!("{}", fixed.difference());
    } else if let Some(sentence) = fixed.write()? {
        printer::complain(&sentence);
    }
    Ok(())
}

/// What is checked: of a folder that holds sources, these.
fn inputs(args: &CheckArgs) -> Result<Vec<PathBuf>, Failure> {
    let mut inputs = Vec::new();
    for path in &args.files {
        let disk = disk(path, &args.source)?;
        let options = deciding(&args.source, &args.knowledge, None, None);
        let sources = if disk.is_folder(path) { checked_sources(&disk, path, &options)? } else { Vec::new() };
        if sources.is_empty() {
            inputs.push(path.clone());
        }
        inputs.extend(sources);
    }
    Ok(inputs)
}

fn earlier(path: &Path) -> Result<Baseline, Failure> {
    Ok(Baseline::parse(&read(path)?, &path.display().to_string())?)
}

/// The least severity that fails a command.
pub(super) fn least(fail_on: Option<FailOn>) -> Severity {
    match fail_on {
        Some(FailOn::Warning) => Severity::Warning,
        None => Severity::Error,
    }
}

/// What `--format json` prints at the end.
#[derive(Default)]
struct CheckReport {
    inputs: Vec<PathBuf>,
    diagnostics: Vec<Value>,
    found: Vec<LocatedFinding>,
    without_parents: Vec<String>,
    assumptions: Vec<(String, Assumption)>,
    /// How much of Azure's limits is used, as a list for each field.
    account: Vec<(&'static str, Vec<Value>)>,
}

impl CheckReport {
    fn add(&mut self, input: &Path, found: &Diagnostics, files: &Files) {
        self.diagnostics.extend(found.iter().map(|found| diagnostic(found, files)));
        let input = input.display().to_string();
        self.found.extend(found.iter().map(|found| LocatedFinding::of(&input, found, files)));
    }

    /// Adds what an input rests on.
    fn suppose(&mut self, input: &Path, assumptions: &[Assumption]) {
        let input = input.display().to_string();
        self.assumptions.extend(assumptions.iter().map(|assumption| (input.clone(), assumption.clone())));
    }

    /// Adds what an input uses of Azure's limits.
    fn count(&mut self, account: &Account<'_>) {
        for (name, list) in limits_used::lists(account) {
            match self.account.iter_mut().find(|(other, _)| *other == name) {
                Some((_, own)) => own.extend(list),
                None => self.account.push((name, list)),
            }
        }
    }

    fn print(self, args: &CheckArgs) -> Result<(), Failure> {
        match args.format {
            CheckFormat::Text => {}
            CheckFormat::Json => printer::json(&format!("{}\n", self.json())),
            CheckFormat::Sarif => printer::json(&format!("{:#}\n", sarif(&self.found, self.assumed()))),
            CheckFormat::Github => printer::raw(&github(&self.found, self.assumed())),
            CheckFormat::AzurePipelines => printer::raw(&azure_pipelines(&self.found, self.assumed())),
            CheckFormat::Junit => {
                let least = least(args.fail_on);
                let inputs = self.inputs.iter().map(|file| file.display().to_string());
                let suite = |input: String| {
                    let own = self.assumptions.iter().filter(|(of, _)| *of == input).map(|(_, assumption)| assumption);
                    Suite { remarks: told_once(own), ..suite_of(&input, &self.found, least) }
                };
                let suites: Vec<_> = inputs.map(suite).collect();
                let text = junit(&suites).map_err(|error| Failure::new(error.to_string()))?;
                printer::markup(&(text + "\n"));
            }
        }
        Ok(())
    }

    fn assumed(&self) -> impl Iterator<Item = &Assumption> + Clone {
        self.assumptions.iter().map(|(_, assumption)| assumption)
    }

    fn json(self) -> Value {
        let assumptions = assumptions_json(self.assumed());
        let mut value = json!({ "schema": "fwc.check/1", "diagnostics": self.diagnostics, "assumptions": assumptions });
        if let (Some(fields), false) = (value.as_object_mut(), self.without_parents.is_empty()) {
            fields.insert("withoutParent".to_owned(), self.without_parents.join(", ").into());
        }
        if let Some(fields) = value.as_object_mut() {
            fields.extend(self.account.into_iter().map(|(name, list)| (name.to_owned(), list.into())));
        }
        value
    }
}

fn source(
    file: &Path,
    baseline: &mut Option<Baseline>,
    args: &CheckArgs,
    report: &mut CheckReport,
) -> Result<Diagnostics, Failure> {
    let disk = disk(file, &args.source)?;
    let project = Project::new(&disk, file, deciding(&args.source, &args.knowledge, None, None));
    usable(&project)?;
    rest_on(project.snapshots(), &args.knowledge);
    printer::assumptions(&project.model().assumptions);
    let mut found = project.diagnostics(CheckDepth::Linted);
    baseline.iter_mut().for_each(|baseline| baseline.keep_new(&mut found));
    let files = project.texts();
    let policies: Vec<&Policy> = project.own_policies().collect();
    let account = Account { model: project.model(), policies: &policies, given: &project.options().checks };
    match args.format {
        CheckFormat::Text => {
            let style = style_of(&std::io::stdout());
            say!("{}", printer::listed(&found, files, Severity::Note, style));
            say_line!("{}: {}", file.display(), printer::counts_in(&found, style));
            if args.show_limits {
                say!("{}", table(&account, JSON));
            } else if let Some(line) = fullest_line(&account, REMARKABLE) {
                say_line!("{line}");
            }
        }
        CheckFormat::Json
        | CheckFormat::Sarif
        | CheckFormat::Github
        | CheckFormat::AzurePipelines
        | CheckFormat::Junit => {
            report.add(file, &found, files);
            report.suppose(file, &project.model().assumptions);
            report.count(&account);
        }
    }
    Ok(found)
}

/// Artefacts have no text to point at: for people, what matters most is first and on one page.
fn artefacts(
    file: &Path,
    mut input: Input,
    baseline: &mut Option<Baseline>,
    args: &CheckArgs,
    report: &mut CheckReport,
) -> Diagnostics {
    let options = deciding(&args.source, &args.knowledge, None, None);
    let InputFindings { mut found, overviews } = artefact_findings(&mut input, &options);
    let input = input.with_known_addresses();
    baseline.iter_mut().for_each(|baseline| baseline.keep_new(&mut found));
    let policies: Vec<&Policy> = input.model.policies.iter().collect();
    let account = Account { model: &input.model, policies: &policies, given: &options.checks };
    match args.format {
        CheckFormat::Text => {
            say!("{}", brief(file, &input, &overviews, &found, &account));
            if args.show_limits {
                say!("{}", table(&account, JSON));
            }
        }
        CheckFormat::Json
        | CheckFormat::Sarif
        | CheckFormat::Github
        | CheckFormat::AzurePipelines
        | CheckFormat::Junit => {
            report.add(file, &found, &input.files);
            report.suppose(file, &input.model.assumptions);
            report.count(&account);
            report.without_parents.extend(input.without_parent.clone());
        }
    }
    found
}

fn explain(code: &str) -> Result<CommandOutcome, Failure> {
    let found = CODES.iter().find(|known| same_word(known.id, code) || known.name == code);
    let Some(found) = found else { return Err(Failure::new(format!("there is no code `{code}`"))) };
    say!("{}", found.page);
    Ok(CommandOutcome::Done)
}

/// One finding as `fwc.check/1` has it.
pub(super) fn diagnostic(found: &Diagnostic, files: &Files) -> Value {
    let mut value = json!({
        "code": found.code.id,
        "name": found.code.name,
        "severity": found.severity.to_string(),
        "message": found.message,
    });
    if let Some(fields) = value.as_object_mut() {
        if let Some(at) = found.at.as_ref().and_then(|label| place(label, files)) {
            fields.insert("at".to_owned(), at);
        }
        fields.extend(found.rule.as_ref().map(|rule| ("rule".to_owned(), json!(rule))));
        let related = found
            .related
            .iter()
            .filter_map(|label| Some(json!({ "message": label.message, "at": place(label, files)? })));
        fields.insert("related".to_owned(), related.collect());
        if !found.path.is_empty() {
            fields.insert("path".to_owned(), json!(found.path));
        }
        if !found.help.is_empty() {
            fields.insert("help".to_owned(), found.help.join("\n").into());
        }
        if !found.fixes.is_empty() {
            fields.insert("fixes".to_owned(), found.fixes.iter().map(|one| fix(one, files)).collect());
        }
        fields.extend(found.witness.as_ref().map(|witness| ("witness".to_owned(), json!(witness))));
    }
    value
}

fn fix(fix: &Fix, files: &Files) -> Value {
    let edits = fix.edits.iter().filter_map(|edit| {
        let mut value = files.locate(edit.at)?.json();
        value.as_object_mut()?.insert("text".to_owned(), edit.text.as_str().into());
        Some(value)
    });
    json!({
        "message": fix.message,
        "applicability": fix.applicability.word(),
        "edits": edits.collect::<Vec<_>>(),
    })
}

fn place(label: &Label, files: &Files) -> Option<Value> {
    files.locate(label.at).map(|located| located.json())
}
