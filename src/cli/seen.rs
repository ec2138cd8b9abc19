//! What logs have of the causes of a difference.

use crate::diff::renderers::RuleSource;
use crate::driver::{Assessed, Sides};
use crate::evaluate::RuleOrder;
use crate::logs::{Bounds, Observed};
use crate::usage::{SeenCause, UsageSide, replay, seen_of_causes};

use super::args::DiffArgs;
use super::{Failure, logs};

/// The logs that a difference is held against.
pub(super) struct LoggedFlows(Observed);

impl LoggedFlows {
    /// Reads the logs of the arguments; nothing where there are none.
    pub(super) fn of(
        args: &DiffArgs,
        sources: &[(Sides, (RuleSource<'_>, RuleSource<'_>))],
    ) -> Result<Option<Self>, Failure> {
        if args.logs.is_empty() {
            return Ok(None);
        }
        if let [_, _, ..] = sources {
            let names: Vec<String> = sources.iter().map(|(_, (_, new))| new.side.policy.name.to_string()).collect();
            let message = format!("`--logs` needs one policy: choose it with `--policy`: {}", names.join(", "));
            return Err(Failure::new(message));
        }
        let mut observed = Observed::within(Bounds::default());
        logs::read(&args.logs, &mut observed)?;
        logs::tell_unread(&observed);
        Ok(Some(Self(observed)))
    }

    /// What was seen of each cause.
    pub(super) fn seen(
        &self,
        (old, new): &(RuleSource<'_>, RuleSource<'_>),
        causes: &[Assessed<'_, '_>],
    ) -> Vec<SeenCause> {
        let (before, after) = (order(old), order(new));
        let replay = replay(&self.0, side(old, &before), side(new, &after));
        let causes: Vec<_> = causes.iter().map(|assessed| &assessed.cause).collect();
        seen_of_causes(&replay, &causes)
    }
}

fn order<'m>(source: &RuleSource<'m>) -> RuleOrder<'m> {
    RuleOrder::of(source.side.model, source.side.policy)
}

fn side<'o, 'm>(source: &RuleSource<'o>, order: &'o RuleOrder<'m>) -> UsageSide<'o, 'm> {
    UsageSide { order, written: None, knowledge: source.side.knowledge, files: source.files }
}
