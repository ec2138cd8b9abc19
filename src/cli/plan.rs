//! `fwc plan`.

use crate::diag::counted;
use std::path::Path;

use crate::driver::{Input, ProjectOptions, assumptions_json, load_whole};
use crate::emit::json_text;
use crate::flow::WorkBudget;
use crate::import::{Moment, Spare};
use crate::plan::{MigrationPlan, PlanGiven, by_draft, json, plan, rollback, script, text};

use super::args::{PlanArgs, PlanBy, PlanFormat};
use super::at_end::{AtEnd, ExitCleanup, at_end};
use super::file::{self, FileMark};
use super::open::{deciding, disk, ended, rest_on, tell_refused};
use super::wrap::{WIDTH, wrapped};
use super::{CommandOutcome, Failure, printer};

/// What tells a script that leads back from the files of others.
const ROLLBACK: FileMark = FileMark::Within("# Written by fwc plan.");

pub(super) fn run(args: &PlanArgs) -> Result<CommandOutcome, Failure> {
    let options = deciding(&args.source, &args.knowledge, args.parent.as_deref(), None);
    let disk = disk(&args.new, &args.source)?;
    // What is deployed may state all of its values.
    let before = ProjectOptions { spare: Spare::Noted, moment: Moment::Before, ..options.clone() };
    let load = |path: &Path, options| load_whole(&disk, path, options).map_err(ended);
    let (new, old) = match (load(&args.new, &options), load(&args.deployed, &before)) {
        (Ok(new), Ok(old)) => (new, old),
        (Err(ended), _) | (_, Err(ended)) => return ended,
    };
    tell_refused(&[&args.new], new.refused);
    tell_refused(&[&args.deployed], old.refused);
    rest_on(&new.snapshots, &args.knowledge);
    let assumptions = || new.model.assumptions.iter().chain(&old.model.assumptions);
    printer::assumptions(assumptions());
    let given = PlanGiven { knowledge: &new.knowledge, budget: &WorkBudget::default() };
    let planned = match args.by {
        PlanBy::Operations => plan(&old.model, &new.model, &given),
        PlanBy::Draft => by_draft(&old.model, &new.model, &given),
    };
    let found = match planned {
        Ok(plan) => plan,
        Err(why) => {
            printer::complain(&format!("there is no plan: {why}"));
            return Ok(CommandOutcome::Found);
        }
    };
    let ends = ExitCleanup::of(&old, &new);
    let (from, to) = (args.deployed.display().to_string(), args.new.display().to_string());
    let end = at_end(&ends, (&old, &from), (&new, &to))?;
    if let Some(file) = &args.rollback {
        file::write_file(file, rollback(&found).as_bytes(), ROLLBACK, args.force.into())?;
    }
    match args.format {
        PlanFormat::Text => people(args, &new, &found, &end),
        PlanFormat::Json => {
            let mut value = json(&found);
            if let Some(fields) = value.as_object_mut() {
                fields.insert("atEnd".to_owned(), end.json);
                fields.insert("assumptions".to_owned(), assumptions_json(assumptions()));
            }
            printer::json(&json_text(&value));
        }
        PlanFormat::Script => {
            let back = args.rollback.as_ref().map(|file| file.display().to_string());
            printer::raw(&script(&found, back.as_deref(), &end.lines));
        }
    }
    Ok(CommandOutcome::Done)
}

/// The operations, with blank lines around them, and what is open at the end.
fn people(args: &PlanArgs, new: &Input, plan: &MigrationPlan, end: &AtEnd) {
    let say_wrapped = |text: &str, indent: usize| {
        let first = " ".repeat(indent);
        let rest = " ".repeat(indent + 2);
        wrapped(text, &first, &rest).iter().for_each(|line| say_line!("{}", line.trim_end()));
    };
    let [from, said] = headline(args, new, plan);
    match format!("{from}: {said}") {
        line if line.chars().count() <= WIDTH => say_line!("{line}"),
        _ => {
            say_wrapped(&format!("{from}:"), 0);
            say_wrapped(&said, 2);
        }
    }
    if !plan.steps.is_empty() {
        say_line!("");
    }
    for line in text(plan) {
        if line.text.starts_with(|c: char| c.is_whitespace() || c.is_ascii_digit()) {
            say_line!("{}", line.text);
        } else {
            say_wrapped(&line.text, line.indent);
        }
    }
    if let (Some(file), false) = (&args.rollback, plan.steps.is_empty()) {
        say_line!("");
        let file = file.display();
        say_wrapped(
            &format!(
                "`sh {file}` undoes all of it, `sh {file} N` what was done up to operation N: each state on the way \
                 back is one of those above"
            ),
            0,
        );
    }
    if !plan.steps.is_empty() || !end.is_same {
        say_line!("");
        end.lines.iter().for_each(|line| say_wrapped(&line.text, line.indent));
    }
}

/// Where the plan leads, and how.
fn headline(args: &PlanArgs, new: &Input, plan: &MigrationPlan) -> [String; 2] {
    let (to, from) = (args.new.display(), args.deployed.display());
    let without = match &new.without_parent {
        Some(parent) => format!(", without its base `{parent}`"),
        None => String::new(),
    };
    let operations = match plan.steps.len() {
        0 => return [format!("{from} and {to} state the same{without}"), "nothing to do".to_owned()],
        count => counted(count, "operation"),
    };
    let how = match plan.steps.len() {
        _ if args.by == PlanBy::Draft => ", a draft that is deployed at once: nothing is in between",
        _ if plan.is_guarded() => "; a temporary group keeps out what no order of them would",
        1 => "",
        _ => ", none of which opens a flow on the way",
    };
    [format!("{from} -> {to}{without}"), format!("{operations}{how}")]
}
