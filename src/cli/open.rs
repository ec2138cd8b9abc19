//! From arguments to what `driver` takes, and from what it returns to what is printed.

use std::path::Path;

use crate::diag::Severity;
use crate::driver::{self, FileFault, Input, OtherFqdnTags, ParentInput, Project, ProjectOptions, Unusable};
use crate::lower::STEPS;
use crate::prove::AXIOMS;

use super::args::{ExpiredArgument, KnowledgeArgs, PolicyArgs, SourceArgs, TagArgs};
use super::reader::Disk;
use super::{CommandOutcome, Failure, clock, printer};

/// How a command ends that has no input to go on with.
pub(super) type Ended = Result<CommandOutcome, Failure>;

/// The options of a source.
pub(super) fn options(args: &SourceArgs) -> ProjectOptions {
    ProjectOptions {
        settings: args.set.clone(),
        checks: crate::limits::CheckOptions {
            limits: args.limits.iter().cloned().collect(),
            group_margin: args.group_margin,
        },
        today: Some(args.as_of.unwrap_or_else(clock::today)),
        expired: match args.expired {
            ExpiredArgument::Error => driver::Expired::Error,
            ExpiredArgument::Warn => driver::Expired::Warn,
        },
        steps: if args.no_optimise { &[] } else { &STEPS },
        parameters: args.parameters.clone(),
        cloud: args.cloud.map(Into::into),
        ..ProjectOptions::default()
    }
}

/// The options with snapshots.
pub(super) fn knowing(args: &KnowledgeArgs, options: ProjectOptions) -> ProjectOptions {
    let options = knowing_tags(&args.tags, options);
    ProjectOptions { service_tags: args.service_tags.clone(), dns: args.dns.clone(), ..options }
}

/// The options with what is known of FQDN tags.
pub(super) fn knowing_tags(args: &TagArgs, options: ProjectOptions) -> ProjectOptions {
    let documented = args.assume_documented_tags;
    ProjectOptions {
        fqdn_tags: args.fqdn_tags.clone(),
        other_fqdn_tags: if documented { OtherFqdnTags::Documented } else { OtherFqdnTags::Opaque },
        ..options
    }
}

/// The options of a command that decides flows.
pub(super) fn deciding(
    source: &SourceArgs,
    knowledge: &KnowledgeArgs,
    parent: Option<&Path>,
    policy: Option<&str>,
) -> ProjectOptions {
    let options = knowing(knowledge, options(source));
    ProjectOptions { parent: parent.map(parent_input), policy: policy.map(str::to_owned), ..options }
}

/// The same, for a command that answers about one policy.
pub(super) fn deciding_about(args: &PolicyArgs) -> ProjectOptions {
    deciding(&args.source, &args.knowledge, args.parent.as_deref(), args.policy.as_deref())
}

/// What `--parent` names.
pub(super) fn parent_input(path: &Path) -> ParentInput {
    if path == Path::new("none") { ParentInput::LeftOut } else { ParentInput::Input(path.to_owned()) }
}

/// The files of a command that reads `source`.
pub(super) fn disk(source: &Path, args: &SourceArgs) -> Result<Disk, Failure> {
    Disk::new(source, args.root.as_deref())
}

/// How a way to read inputs is called.
type Load = fn(&dyn driver::ProjectFiles, &Path, &ProjectOptions) -> Result<Input, Unusable>;

/// Reads an input, and states on what answers about it rest, and how many errors it has that do not prevent them.
pub(super) fn input(
    load: Load,
    path: &Path,
    options: &ProjectOptions,
    source: &SourceArgs,
    knowledge: &KnowledgeArgs,
) -> Result<Input, Ended> {
    let input = input_to_check(load, path, options, source, knowledge)?;
    tell_refused(&[path], input.refused);
    Ok(input)
}

/// Reports in one line how many errors `check` has of artefacts.
pub(super) fn tell_refused(paths: &[impl AsRef<Path>], errors: usize) {
    let paths: Vec<String> = paths.iter().map(|path| path.as_ref().display().to_string()).collect();
    let paths = paths.join(" ");
    match errors {
        0 => {}
        1 => printer::complain(&format!("{paths}: 1 error: run `fwc check {paths}`")),
        several => printer::complain(&format!("{paths}: {several} errors: run `fwc check {paths}`")),
    }
}

/// Reads an input, and states on what findings about it rest.
pub(super) fn input_to_check(
    load: Load,
    path: &Path,
    options: &ProjectOptions,
    source: &SourceArgs,
    knowledge: &KnowledgeArgs,
) -> Result<Input, Ended> {
    let disk = disk(path, source).map_err(Err)?;
    let input = load(&disk, path, options).map_err(ended)?;
    rest_on(&input.snapshots, knowledge);
    printer::assumptions(&input.model.assumptions);
    Ok(input)
}

/// Prints why there is no input.
pub(super) fn ended(unusable: Unusable) -> Ended {
    match unusable {
        Unusable::Fault(fault) => Err(fault.into()),
        Unusable::Errors { found, texts } => {
            printer::findings(&found, &texts, Severity::Error);
            Ok(CommandOutcome::Found)
        }
    }
}

/// The failure of a project one of whose files cannot be used.
pub(super) fn usable(project: &Project<'_>) -> Result<(), Failure> {
    project.fault().cloned().map_or(Ok(()), |fault: FileFault| Err(fault.into()))
}

/// Reports which snapshots answers rest on, and what they take for granted.
pub(super) fn rest_on(snapshots: &[String], args: &KnowledgeArgs) {
    snapshots.iter().for_each(|sentence| printer::complain(sentence));
    if args.axioms {
        AXIOMS.iter().for_each(|axiom| printer::complain(&format!("assumed in every answer: {axiom}")));
    }
}
