//! The flow space: single flows, sets of flows, and what an ordered list of rules does with them.
//!
//! In: flows, and decision lists that `intent` and `azure` lower to. Out: verdicts, differences and witnesses.
//! Guaranteed: exact, or an honest "not decided"; never an approximation. Deliberately absent: Azure, files, names of
//! the author's sets.

mod budget;
mod decider;
mod diagram;
mod difference;
mod list;
mod local;
mod matching;
mod point;
mod product;
mod reach;
mod space;
mod spans;

pub use budget::{Bound, Budget, NotDecided};
pub use decider::{Answer, Case, Decider};
pub use difference::{Change, Difference, Equivalence, difference, equivalent};
pub use list::{Action, By, DecisionList, Line};
pub use local::{Need, Sample, Standing, redundancies, shadows};
pub use matching::{Atom, Ends, Field, Match, Names, PathPattern, Paths};
pub use point::{Flow, Service, ServiceError};
pub use product::{FlowNames, FlowPaths, Product};
pub use reach::{Decided, Expectation, Reach, expect, reach, shares};
pub use space::{Axioms, FlowServices, Lowered, NameTerm, PathTerm, Query, Space, Witness};
