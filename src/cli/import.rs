//! `fwc import`.

use crate::diag::counted;
use std::path::{Path, PathBuf};

use crate::driver::{ImportRequest, ImportedSource, NotImported, SourceProof, import, lock_path, lock_text, names};

use super::args::ImportArgs;
use super::file::{self, FileMark, TemporaryBeside};
use super::open::{parent_input, tell_refused};
use super::reader::Disk;
use super::{CommandOutcome, Failure, printer};

/// How a source begins that `import` wrote.
const OWN_SOURCE: FileMark = FileMark::FirstLine("# Imported from");

/// What tells a lock from the files of others.
const OWN_LOCK: FileMark = FileMark::Within("\"fwc.lock/1\"");

pub(super) fn run(args: &ImportArgs) -> Result<CommandOutcome, Failure> {
    let request = ImportRequest {
        inputs: args.files.clone(),
        parameters: args.parameters.clone(),
        settings: args.set.clone(),
        cloud: args.cloud.map(Into::into),
        policy: args.policy.clone(),
        parent: args.parent.as_deref().map(parent_input),
        output: args.output().map(Path::to_path_buf),
        faithful: args.faithful,
        catalogue: !args.no_catalogue,
    };
    let source = args.files.first().map_or(Path::new(""), PathBuf::as_path);
    match import(&Disk::new(source, args.root.as_deref())?, &request) {
        Ok(imported) => {
            tell_refused(&args.files, imported.refused);
            printer::assumptions(&imported.assumptions);
            write(args, &imported)?;
            Ok(CommandOutcome::Done)
        }
        Err(NotImported::Fault(fault)) => Err(fault.into()),
        Err(NotImported::Refused(refusal)) => {
            printer::complain(&format!("cannot import {}: {refusal}", names(&args.files)));
            printer::complain("nothing is written");
            Ok(CommandOutcome::Found)
        }
    }
}

fn write(args: &ImportArgs, imported: &ImportedSource) -> Result<(), Failure> {
    let ImportedSource { source: decompiled, without, .. } = imported;
    let mut lines = Vec::new();
    match args.output() {
        Some(output) => {
            let lock = lock_path(output).filter(|_| !file::is_written_through(output));
            lock.as_deref().map_or(Ok(()), |lock| file::check_replaceable(lock, OWN_LOCK, args.force.into()))?;
            file::check_replaceable(output, OWN_SOURCE, args.force.into())?;
            // The lock is first: beside the old source it holds priorities that are deployed, while a new source beside an
            // old lock would get others.
            if let Some(lock) = lock {
                put_both(&lock, lock_text(&decompiled.lock)?.as_bytes(), output, decompiled.text.as_bytes())?;
            } else {
                file::write_file(output, decompiled.text.as_bytes(), OWN_SOURCE, args.force.into())?;
            }
            lines.push(format!("{}: {}", output.display(), counts(&decompiled.proof)));
        }
        None => {
            printer::source(&decompiled.text);
            lines.push(counts(&decompiled.proof));
        }
    }
    lines.push(proved(&decompiled.proof));
    lines.extend(without.iter().map(|base| format!("compared without the base policy `{base}`")));
    for line in lines {
        if args.output().is_some() {
            say_line!("{line}");
        } else {
            printer::say_error(&line);
        }
    }
    Ok(())
}

/// Puts the lock and the source into their places once both are written.
fn put_both(lock: &Path, lock_text: &[u8], source: &Path, text: &[u8]) -> Result<(), Failure> {
    let (lock, source) = (TemporaryBeside::new(lock, lock_text)?, TemporaryBeside::new(source, text)?);
    lock.put()?;
    source.put()
}

fn counts(proof: &SourceProof) -> String {
    let rules = |count: usize| counted(count, "rule");
    match proof.rules - proof.compiled.min(proof.rules) {
        0 => rules(proof.rules),
        1 => format!("{}, 1 of which repeats another", rules(proof.rules)),
        fewer => format!("{}, {fewer} of which repeat others", rules(proof.rules)),
    }
}

fn proved(proof: &SourceProof) -> String {
    let structure = match proof.same_structure {
        true => ", with the same names and priorities",
        false => "; collections get new names and priorities (`--faithful` keeps them)",
    };
    let order =
        if proof.order_is_proved { "" } else { "; it states `order azure`, because its meaning depends on that order" };
    format!("proved: the source decides every flow as the input does{structure}{order}")
}
