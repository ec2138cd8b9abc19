//! What DNS states of the host names of a policy, judged.
//!
//! In: a model, the private endpoints around it, and what DNS answered about each name. Out: which names to ask about,
//! findings, a snapshot of the addresses, and the whole as data. Guaranteed: only exact names are examined, wildcards are
//! counted; a name without an answer is said to be unknown, and keeps in a snapshot what it had. Deliberately absent: the network;
//! `cli` asks.

mod answer;
mod changes;
mod json;
mod judge;
mod questions;
mod snapshot;
mod text;

pub use answer::{DnsAnswer, DnsAnswers};
pub use changes::{AddressChange, changes};
pub use json::json;
pub use judge::judge;
pub use questions::{DnsQuestion, Questions, questions};
pub use snapshot::{Earlier, snapshot};
pub use text::text;
