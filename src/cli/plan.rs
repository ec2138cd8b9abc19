//! `fwc plan`.

use std::fs;
use std::path::Path;

use crate::emit::json_text;
use crate::flow::Budget;
use crate::plan::{Given, Plan, json, plan, script, text};

use super::args::{PlanArgs, PlanFormat};
use super::input::{Input, load_whole};
use super::{Failure, Outcome, printer, snapshots};

pub(super) fn run(args: &PlanArgs) -> Result<Outcome, Failure> {
    let load = |path: &Path| load_whole(path, args.parent.as_deref(), &args.source);
    let (mut new, old) = match (load(&args.new), load(&args.deployed)) {
        (Ok(new), Ok(old)) => (new, old),
        (Err(ended), _) | (_, Err(ended)) => return ended,
    };
    snapshots::learn(&args.knowledge, &mut new.knowledge)?;
    let given = Given { knowledge: &new.knowledge, budget: &Budget::default() };
    let found = match plan(&old.model, &new.model, &given) {
        Ok(plan) => plan,
        Err(why) => {
            printer::complain(&format!("there is no plan: {why}"));
            return Ok(Outcome::Found);
        }
    };
    if let Some(file) = &args.rollback {
        match plan(&new.model, &old.model, &given) {
            Ok(back) => write(file, &script(&back))?,
            Err(why) => {
                printer::complain(&format!("there is no way back: {why}"));
                return Ok(Outcome::Found);
            }
        }
    }
    match args.format {
        PlanFormat::Text => {
            say_line!("{}", headline(args, &new, &found));
            say!("{}", text(&found));
        }
        PlanFormat::Json => say!("{}", json_text(&json(&found))),
        PlanFormat::Script => say!("{}", script(&found)),
    }
    Ok(Outcome::Done)
}

fn headline(args: &PlanArgs, new: &Input, plan: &Plan) -> String {
    let (to, from) = (args.new.display(), args.deployed.display());
    let without = match &new.without_parent {
        Some(parent) => format!(", without its base `{parent}`"),
        None => String::new(),
    };
    match plan.steps.len() {
        0 => format!("{from} says what {to} says{without}: nothing to do"),
        1 => format!("{from} -> {to}{without}: 1 operation"),
        count => format!("{from} -> {to}{without}: {count} operations, and no flow is opened on the way"),
    }
}

fn write(file: &Path, text: &str) -> Result<(), Failure> {
    fs::write(file, text).map_err(|error| Failure::new(format!("cannot write `{}`: {error}", file.display())))
}
