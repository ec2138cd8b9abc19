//! `fwc man`: manual pages, made from the arguments.

use clap::CommandFactory;

use crate::diag::nearest;

use super::args::Arguments;
use super::{CommandOutcome, Failure, printer};

/// The day of this version, as a page states it.
const DATE: &str = "2026-11-30";

pub(super) fn run(name: Option<&str>) -> Result<CommandOutcome, Failure> {
    let mut fwc = Arguments::command();
    fwc.build();
    let page = match name {
        None => clap_mangen::Man::new(fwc).title("FWC"),
        Some(name) => {
            let Some(found) = fwc.find_subcommand(name) else { return Err(unknown(name, &fwc)) };
            let title = format!("FWC-{}", name.to_ascii_uppercase());
            clap_mangen::Man::new(found.clone().version(env!("CARGO_PKG_VERSION"))).title(title)
        }
    };
    let mut text = Vec::new();
    page.date(DATE).render(&mut text).map_err(|error| Failure::new(error.to_string()))?;
    printer::raw(&tidied(&String::from_utf8_lossy(&text)));
    Ok(CommandOutcome::Done)
}

/// A page in which one break replaces several, and no line ends with spaces.
fn tidied(page: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in page.lines().map(str::trim_end).map(|line| if line.is_empty() { SPACE } else { line }) {
        match lines.last_mut() {
            Some(before) if is_break(before) && is_break(line) => *before = SPACE,
            Some(_) | None => lines.push(line),
        }
    }
    lines.into_iter().flat_map(|line| [line, "\n"]).collect()
}

/// An empty line, as a request.
const SPACE: &str = ".sp";

/// Whether a line of a page ends the line of text before it, and is nothing else.
fn is_break(line: &str) -> bool {
    line == ".br" || line == SPACE
}

fn unknown(name: &str, fwc: &clap::Command) -> Failure {
    let near = nearest(name, fwc.get_subcommands().map(clap::Command::get_name));
    let hint = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
    Failure::new(format!("there is no command `{name}`{hint}"))
}
