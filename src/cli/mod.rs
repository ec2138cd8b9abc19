//! The command `fwc`: the only code that touches files, the clock and the terminal.
//!
//! In: arguments. Out: an exit status: 0 done, 1 the input has errors, 2 wrong usage or a file that cannot be read or
//! written. Guaranteed: results go to standard output, findings and progress to standard error; a file or folder is written
//! whole or not at all. Deliberately absent: every decision about policies; the commands ask `driver` and print what it
//! returns.

#[macro_use]
mod printer;

mod args;
mod at_end;
mod brief;
mod catalog;
mod changes;
mod check;
mod clock;
mod colour;
mod compile;
mod coverage;
mod diff;
mod dns;
mod explain;
mod fixes;
mod fmt;
mod folder;
mod formats;
mod import;
mod knowledge;
mod limits_table;
mod open;
mod outcome;
mod plan;
mod plan_kinds;
mod reach;
mod reader;
mod report;
mod resolve;
mod revision;
mod summary;
mod test;
mod values;
mod wrap;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use args::{Arguments, Command};
use outcome::{Failure, Outcome};

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Command::Compile(args) => compile::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Reach(args) => reach::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Fmt(args) => fmt::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Resolve(args) => resolve::run(&args),
        Command::Plan(args) => plan::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Catalog(args) => catalog::run(&args),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "fwc", &mut script);
            printer::out(&String::from_utf8_lossy(&script));
            Ok(Outcome::Done)
        }
    };
    match done {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Found) => ExitCode::from(1),
        Err(Failure(message)) => {
            printer::complain(&message);
            ExitCode::from(2)
        }
    }
}
