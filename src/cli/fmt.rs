//! `fwc fmt`.

use std::path::{Path, PathBuf};

use crate::diag::Severity;
use crate::driver::sources_below;
use crate::format::{FormatRefusal, difference, ended_as, format};
use crate::source::Files;

use super::args::FmtArgs;
use super::reader::{Disk, read};
use super::{CommandOutcome, Failure, file, printer};

pub(super) fn run(args: &FmtArgs) -> Result<CommandOutcome, Failure> {
    let mut outcome = CommandOutcome::Done;
    for path in &args.files {
        for file in sources(path)? {
            if one(&file, args)? == CommandOutcome::Found {
                outcome = CommandOutcome::Found;
            }
        }
    }
    Ok(outcome)
}

/// The file, or the sources of the folder and of those below it.
fn sources(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let sources = sources_below(&Disk::default(), path)?;
    if sources.is_empty() {
        return Err(Failure::new(format!("{}: no source of fwc (`.pol`) is in this folder", path.display())));
    }
    Ok(sources)
}

/// Formats one file; finds something where it cannot be read, or where it is not in its layout and `--check` asks.
fn one(path: &Path, args: &FmtArgs) -> Result<CommandOutcome, Failure> {
    let is_stdin = path == Path::new("-");
    let text = read(path)?;
    let mut files = Files::new();
    let name = if is_stdin { "standard input".to_owned() } else { path.display().to_string() };
    let id = files.add(name.as_str(), text.as_str());
    let formatted = match format(id, text.as_str().into()) {
        Ok(formatted) => ended_as(&text, &formatted),
        Err(FormatRefusal::Broken(found)) => {
            printer::findings(&found, &files, Severity::Error);
            printer::complain(&format!("{name}: {}: left as it is", printer::counts(&found)));
            return Ok(CommandOutcome::Found);
        }
        Err(refusal @ FormatRefusal::Changed) => return Err(Failure::new(format!("{name}: {refusal}"))),
    };
    let changed = formatted != text;
    if args.diff && changed {
        say!("--- {name}\n+++ {name}\n{}", difference(&text, &formatted));
    }
    match (args.check, args.diff, is_stdin) {
        (true, false, _) if changed => say_line!("{name}: not in its layout"),
        (true, _, _) | (_, true, _) => {}
        (false, false, true) => printer::raw(&formatted),
        (false, false, false) if changed => file::replace_file(path, formatted.as_bytes())?,
        (false, false, false) => {}
    }
    Ok(if changed && args.check { CommandOutcome::Found } else { CommandOutcome::Done })
}
