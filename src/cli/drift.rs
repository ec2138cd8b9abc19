//! `fwc drift`.

use std::collections::BTreeSet;
use std::path::Path;

use crate::diag::counted;
use crate::drift::DriftLine;
use crate::driver::{Drift, ProjectOptions, drift, load_to_compare, without_parent};
use crate::import::{Moment, Spare};
use crate::source::visible;

use super::args::{DriftArgs, ExpiredArgument, Format, PolicyArgs, SourceArgs};
use super::open::{deciding_about, input};
use super::wrap::wrapped;
use super::{CommandOutcome, Failure, printer};

/// How wide the word for a kind of change is at most.
const KIND: usize = 16;

pub(super) fn run(args: &DriftArgs) -> Result<CommandOutcome, Failure> {
    // A rule that has expired since is deployed all the same.
    let source = SourceArgs { expired: ExpiredArgument::Warn, ..args.about.source.clone() };
    let about = PolicyArgs { source, ..args.about.clone() };
    let options = deciding_about(&about);
    // What is deployed may state all of its values, and has the policies of others too.
    let before = ProjectOptions { moment: Moment::Before, spare: Spare::Noted, policy: None, ..options.clone() };
    let load = |path: &Path, options| input(load_to_compare, path, options, &about.source, &about.knowledge);
    let both = load(&args.source, &options).and_then(|source| Ok((source, load(&args.deployed, &before)?)));
    let (source, deployed) = match both {
        Ok(both) => both,
        Err(ended) => return ended,
    };
    let [meant, is] = [&args.source, &args.deployed].map(|path| path.display().to_string());
    let found = drift((&source, &meant), (&deployed, &is), options.policy.as_deref())?;
    match args.format {
        Format::Text => people(&found, [&meant, &is], without_parent(&source, &deployed)),
        Format::Json => printer::json(&format!("{}\n", found.json(&source, &deployed))),
    }
    Ok(if found.has_drifted { CommandOutcome::Found } else { CommandOutcome::Done })
}

/// The answer, a line for each change, and what was not compared.
fn people(found: &Drift, [source, deployed]: [&str; 2], without: Option<&str>) {
    let lines = found.lines();
    let is_whole = found.not_compared.is_empty() && without.is_none();
    say(&match (found.has_drifted, found.is_partly_read, is_whole) {
        (true, ..) => format!("{deployed} is not what {source} states: {}", counted(lines.len(), "change")),
        (false, true, _) => format!("{deployed} is what {source} states, as far as rules were read: no drift in these"),
        (false, false, false) => {
            format!("{deployed} is what {source} states, as far as both state it: no drift in that")
        }
        (false, false, true) => format!("{deployed} is what {source} states: no drift"),
    });
    // One line for each change, however long: what is read by `grep`, and told to a channel.
    for DriftLine { sign, kind, text } in lines {
        say_line!("  {sign} {kind:<KIND$}  {}", visible(&text));
    }
    let lists = [
        ("not compared, because only one of the two states them".to_owned(), &found.not_compared),
        (format!("deployed, and not in {source}"), &found.others),
    ];
    for (what, list) in lists.iter().filter(|(_, list)| !list.is_empty()) {
        say(&format!("{what}: {}", list.join(", ")));
    }
    without.iter().for_each(|base| say(&format!("without the base policy `{base}`, which was left out")));
    let caveats: BTreeSet<&String> = found.views.iter().flat_map(|view| &view.caveats).collect();
    caveats.into_iter().for_each(|caveat| say(caveat));
}

fn say(text: &str) {
    wrapped(text, "", "  ").iter().for_each(|line| say_line!("{}", line.trim_end()));
}
