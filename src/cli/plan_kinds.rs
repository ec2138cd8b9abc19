//! What the options of `fwc plan` may be.

use clap::ValueEnum;

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum PlanBy {
    /// Writes of single resources, one after the other.
    Operations,
    /// One draft of the policy with its groups, deployed at once: nothing is in between. Only where no group is new or gone,
    /// one policy changes, and no IP group or route table.
    Draft,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum PlanFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// A shell script of `az` calls. It first compares what is deployed with what the plan was made from, and writes nothing
    /// where that differs.
    Script,
}
