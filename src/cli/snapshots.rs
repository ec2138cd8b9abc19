//! `--service-tags`, `--dns` and `--axioms`: what answers take for known, and for granted.

use crate::evaluate::Knowledge;
use crate::import;
use crate::prove::AXIOMS;

use super::args::KnowledgeArgs;
use super::input::Input;
use super::reader::read;
use super::{Failure, printer};

/// Learns what the snapshots say, and says on what the answers rest.
pub(super) fn learn(args: &KnowledgeArgs, knowledge: &mut Knowledge) -> Result<(), Failure> {
    let failure = |error: import::Error| Failure::new(error.to_string());
    if let Some(path) = &args.service_tags {
        let which = import::service_tags(&read(path)?, &path.display().to_string(), knowledge).map_err(failure)?;
        printer::complain(&format!("answers are for {which}"));
    }
    if let Some(path) = &args.dns {
        import::dns(&read(path)?, &path.display().to_string(), knowledge).map_err(failure)?;
        printer::complain(&format!("answers are for the DNS snapshot `{}`", path.display()));
    }
    if args.axioms {
        AXIOMS.iter().for_each(|axiom| printer::complain(&format!("taken for granted: {axiom}")));
    }
    Ok(())
}

/// The input with what the snapshots say.
pub(super) fn apply(args: &KnowledgeArgs, mut input: Input) -> Result<Input, Failure> {
    learn(args, &mut input.knowledge)?;
    input.model = input.knowledge.applied_to(&input.model);
    Ok(input)
}
