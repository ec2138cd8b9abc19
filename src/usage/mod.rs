//! Observed traffic, joined to the rules of a policy.
//!
//! In: a table of [`Observed`](crate::logs::Observed) flows, and a policy; a second one, for a replay. Out: for each
//! rule how often, first and last it was seen, and whether a flow can reach it at all; the flows that no rule matched;
//! records that contradict the policy; the observed flows that a change decides otherwise; as data, as JSON, as text
//! and as a page. Guaranteed: each flow is decided as `explain` decides it, once for all that are decided alike; what a
//! record does not state, such as the address of a name or what a TCP connection carries, is a condition of the answer
//! and never a disagreement. Deliberately absent: files, the clock, and where the table comes from.

mod causes;
mod classes;
mod gate;
mod hosts;
mod html;
mod json;
mod judge;
mod lines;
mod may_match;
mod named;
mod replay;
mod rules;
mod tally;
mod text;

pub use causes::{SeenCause, seen_of_causes};
pub use gate::{Unused, unused};
pub use html::html;
pub use json::json;
pub use judge::UsageSide;
pub use replay::{Changed, Replay, Replayed, replay};
pub use rules::{LoggedName, RuleReached, RuleUse};
pub use tally::{Disagreement, SeenTimes, Unlike, Usage, usage};
pub use text::text;
