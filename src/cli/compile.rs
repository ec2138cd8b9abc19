//! `fwc compile`.

use crate::diag::Severity;
use crate::driver::limits_used::Account;
use crate::driver::{
    Compilation, CompiledOutputs, LockChange, LockUse, MANIFEST, NotWritten, OutputRequest, Project, ProjectOptions,
    compile, lock_path, lock_text,
};
use crate::emit::{self, EmitScope, Parents};
use crate::lower::Lock;
use crate::model::Policy;

use super::args::CompileArgs;
use super::file::TemporaryBeside;
use super::folder;
use super::limits_table::{nearest, table};
use super::open::{disk, knowing_tags, options, usable};
use super::revision::AtRevision;
use super::summary::{SummaryReport, summary};
use super::{CommandOutcome, Failure, printer};

pub(super) fn run(args: &CompileArgs) -> Result<CommandOutcome, Failure> {
    let lock = if args.no_lock { LockUse::Ignore } else { LockUse::Read };
    let disk = disk(&args.file, &args.source)?;
    let project =
        Project::new(&disk, &args.file, ProjectOptions { lock, ..knowing_tags(&args.tags, options(&args.source)) });
    usable(&project)?;
    let compilation = compile(&project, &request(args));
    printer::findings(&compilation.diagnostics, project.texts(), Severity::Warning);
    project.snapshots().iter().for_each(|sentence| printer::complain(sentence));
    printer::assumptions(&project.model().assumptions);
    match &compilation.outcome {
        Ok(compiled) => {
            write(args, compiled)?;
            say!("{}", told(args, &project, &compilation, compiled));
            Ok(CommandOutcome::Done)
        }
        Err(NotWritten::Internal(fault)) => Err(fault.clone().into()),
        Err(why) => {
            printer::complain(&refused(args, &compilation, why));
            Ok(CommandOutcome::Found)
        }
    }
}

fn request(args: &CompileArgs) -> OutputRequest {
    let parents = if args.emit_parents { Parents::Included } else { Parents::Referenced };
    let scope = if args.rules_only { EmitScope::RulesOnly } else { EmitScope::Whole };
    OutputRequest {
        formats: args.emit.clone(),
        emit: emit::EmitOptions { parents, scope },
        base_id: args.base_id.clone(),
        lock: if args.locked { LockChange::Refused } else { LockChange::Allowed },
    }
}

fn refused(args: &CompileArgs, compilation: &Compilation, why: &NotWritten) -> String {
    match why {
        NotWritten::Errors => format!("{}: nothing is written", printer::counts(&compilation.diagnostics)),
        NotWritten::LockChanges(why) => {
            let lock = lock_path(&args.file).unwrap_or_default();
            let help = "compile without `--locked`, and keep the file with the source";
            format!("`{}` would change: {why}; {help}", lock.display())
        }
        NotWritten::Inexpressible(why) => why.clone(),
        NotWritten::Internal(fault) => fault.to_string(),
    }
}

/// Writes the folder, and the lock once the artefacts are in their place.
fn write(args: &CompileArgs, compiled: &CompiledOutputs) -> Result<(), Failure> {
    compiled.remarks.iter().for_each(|remark| printer::complain(remark));
    let lock = compiled.lock.as_ref().filter(|_| !args.no_lock);
    let prepared = lock.map(|lock| prepared_lock(args, lock)).transpose()?.flatten();
    folder::write(&args.output, &compiled.files)?;
    prepared.map_or(Ok(()), TemporaryBeside::put)
}

fn prepared_lock(args: &CompileArgs, lock: &Lock) -> Result<Option<TemporaryBeside>, Failure> {
    // A file as of a revision has its lock there too, which no run changes.
    let Some(path) = lock_path(&args.file).filter(|_| AtRevision::of(&args.file).is_none()) else { return Ok(None) };
    TemporaryBeside::new(&path, lock_text(lock)?.as_bytes()).map(Some)
}

fn told(args: &CompileArgs, project: &Project<'_>, compilation: &Compilation, compiled: &CompiledOutputs) -> String {
    let model = &compiled.model;
    let own: Vec<&Policy> = model.policies.iter().filter(|policy| !policy.is_adopted()).collect();
    let account = Account { model, policies: &own, given: &project.options().checks };
    let report = SummaryReport {
        model,
        manifest: &compiled.manifest,
        limits: if args.show_limits { table(&account, MANIFEST) } else { nearest(&account, MANIFEST) },
        outputs: &compiled.files,
        diagnostics: &compilation.diagnostics,
    };
    summary(&args.file, &args.output, &report)
}
