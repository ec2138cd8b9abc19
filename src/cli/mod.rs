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
mod config;
mod coverage;
mod diff;
mod dns;
mod drift;
mod explain;
mod explain_words;
mod file;
mod fixes;
mod fmt;
mod folder;
mod formats;
mod generate;
mod import;
mod inert;
mod limits_table;
mod logs;
mod man;
mod open;
mod outcome;
mod plan;
mod reach;
mod reader;
mod report;
mod resolve;
mod revision;
mod schema;
mod seen;
mod summary;
mod test;
mod usage;
mod wrap;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::diag::RenderStyle;

use args::{Arguments, Command};
use colour::style_of;
use outcome::{CommandOutcome, Failure};

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let done = match Arguments::try_parse() {
        Ok(arguments) => {
            colour::want(arguments.colours());
            run(arguments.command)
        }
        Err(error) => usage(&error),
    };
    // What could not be written counts before what it would have said.
    match printer::finish().and(done) {
        Ok(CommandOutcome::Done) => ExitCode::SUCCESS,
        Ok(CommandOutcome::Found) => ExitCode::from(1),
        Ok(CommandOutcome::Misused) => ExitCode::from(2),
        Err(Failure(message)) => {
            printer::complain(&message);
            ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> Result<CommandOutcome, Failure> {
    match command {
        Command::Compile(args) => compile::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Reach(args) => reach::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Fmt(args) => fmt::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Usage(args) => usage::run(&args),
        Command::Generate(args) => generate::run(&args),
        Command::Resolve(args) => resolve::run(&args),
        Command::Plan(args) => plan::run(&args),
        Command::Drift(args) => drift::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Catalog(args) => catalog::run(&args),
        Command::Man { command } => man::run(command.as_deref()),
        Command::Schema { name } => schema::run(name.as_deref()),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "fwc", &mut script);
            printer::raw(&String::from_utf8_lossy(&script));
            Ok(CommandOutcome::Done)
        }
    }
}

/// Prints help where it was requested, on standard output, and what is wrong with the arguments.
fn usage(error: &clap::Error) -> Result<CommandOutcome, Failure> {
    let text = error.render();
    if error.use_stderr() {
        let style = style_of(&std::io::stderr());
        printer::say_error_in(styled(&text, style).trim_end(), style);
        return Ok(CommandOutcome::Misused);
    }
    printer::raw(&styled(&text, style_of(&std::io::stdout())));
    Ok(CommandOutcome::Done)
}

fn styled(text: &clap::builder::StyledStr, style: RenderStyle) -> String {
    match style {
        RenderStyle::Plain => text.to_string(),
        RenderStyle::Coloured => text.ansi().to_string(),
    }
}
