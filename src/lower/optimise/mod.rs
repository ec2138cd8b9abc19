//! The optimiser: fewer and shorter rules that decide every flow as before.
//!
//! Each step has a file and a line in [`STEPS`]; each is proved by itself, in tests and in debug builds, by comparing what
//! the policy does without it and with it (`prove::unlike`). A step works either on rules of one collection, which have
//! one action and are handled alike, so that their order does not matter; or on the whole model, where a limit forces it.
//! Deliberately absent: anything that rewrites a rule with a label to another rule, or a collection that the author made,
//! unless a limit forces it; and IP groups that are not in the source, likewise.

mod aggregate;
mod fold;
mod forced;
mod ip_groups;
mod merge;
mod pieces;
mod saving;
mod services;
mod sources;
mod split;
mod step;

use step::Run;

pub(super) use forced::{Clash, Forced};
pub use saving::Saving;
pub use step::OptimiseStep;

/// Every step, in order.
pub static STEPS: [OptimiseStep; 6] = [
    OptimiseStep { name: "sources", does: "leaving out sources that lie in others", run: Run::Parts(sources::step) },
    OptimiseStep { name: "merge", does: "merging rules that differ in one field", run: Run::Parts(merge::step) },
    OptimiseStep { name: "fold", does: "leaving out what another rule covers", run: Run::Parts(fold::step) },
    OptimiseStep { name: "aggregate", does: "joining neighbouring prefixes", run: Run::Parts(aggregate::step) },
    OptimiseStep { name: "ip-groups", does: "putting address lists into IP groups", run: Run::Model(ip_groups::step) },
    OptimiseStep { name: "split", does: "splitting what is over a limit", run: Run::Model(split::step) },
];
