//! The command line as a whole.

use clap::{Parser, Subcommand, ValueEnum};

use super::super::colour::Colours;
use super::answers::{DiffArgs, ExplainArgs, ReachArgs, ReportArgs};
use super::sources::{CheckArgs, CompileArgs, FmtArgs, TestArgs};
use super::surroundings::{CatalogArgs, DriftArgs, ImportArgs, PlanArgs, ResolveArgs};
use super::traffic::{GenerateArgs, UsageArgs};

/// Compiles what a cluster may reach, and what may reach it, to Azure Firewall policy.
#[derive(Debug, Parser)]
#[command(name = "fwc", version, max_term_width = 80, after_help = EXIT_STATUS)]
pub(in crate::cli) struct Arguments {
    #[command(subcommand)]
    pub(in crate::cli) command: Command,
    /// When to use colours [default: on a terminal, unless NO_COLOR or CLICOLOR_FORCE is set].
    #[arg(long, global = true, value_enum, value_name = "WHEN", hide_possible_values = true)]
    color: Option<ColorWhen>,
}

/// What the exit status of every command means.
const EXIT_STATUS: &str = "\
Exit status:
  0  done, and nothing was found that counts
  1  the input has errors, a test failed, what --fail-on names was met, what is
     deployed differs, or a snapshot lacks answers
  2  wrong usage, or a file, standard output among them, that cannot be read or
     written";

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum ColorWhen {
    Auto,
    Always,
    Never,
}

impl Arguments {
    /// When there are colours.
    pub(in crate::cli) fn colours(&self) -> Colours {
        match self.color {
            None | Some(ColorWhen::Auto) => Colours::Auto,
            Some(ColorWhen::Always) => Colours::Always,
            Some(ColorWhen::Never) => Colours::Never,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// Checks a source and writes everything that deploys it.
    Compile(CompileArgs),
    /// Finds what is wrong; with `--fix`, writes the fixes.
    Check(CheckArgs),
    /// Lists every flow that passes, and by which rule.
    Reach(ReachArgs),
    /// Shows which flows a change allows and denies, exactly.
    Diff(DiffArgs),
    /// Writes a policy as a page that a reviewer can search and look at.
    Report(ReportArgs),
    /// Proves every expectation of a source, for every flow it speaks of.
    Test(TestArgs),
    /// Puts sources into the one canonical layout.
    Fmt(FmtArgs),
    /// Shows what happens to a flow, and which rule decides it.
    Explain(ExplainArgs),
    /// Shows what was seen of each rule in the firewall's logs, what was denied, and what a change would decide otherwise.
    Usage(UsageArgs),
    /// Proposes source from evidence.
    Generate(GenerateArgs),
    /// Asks DNS about the host names of a policy.
    Resolve(ResolveArgs),
    /// Lists the operations that lead from what is deployed to what is meant, without opening a flow on the way.
    Plan(PlanArgs),
    /// Lists where what is deployed differs from what is meant, in traffic and settings.
    Drift(DriftArgs),
    /// Writes an existing policy as a source that means the same, proved.
    Import(ImportArgs),
    /// Shows the modules that are shipped inside fwc.
    Catalog(CatalogArgs),
    /// Prints the JSON Schema of an output, or of `fwc.toml`.
    Schema {
        /// Its name, as in `check` or `fwc.check/1`; without one, all names are listed.
        name: Option<String>,
    },
    /// Prints a manual page, as in `fwc man check | man -l -`.
    Man {
        /// The command; without one, the page of fwc.
        command: Option<String>,
    },
    /// Prints a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}
