//! The target: Azure Firewall as it really is.
//!
//! In: what the author means (`intent`), or what an importer read. Out: a [`Model`] in Azure's processing order, what
//! Azure would refuse of it ([`check()`]), how close it comes to Azure's limits ([`limits`]), and what it does with a
//! flow ([`evaluate`]). Guaranteed: every rule carries its origin, priorities are unique with room between them.
//! Deliberately absent: JSON and every other artefact syntax (`emit` and `import` have those).

mod bounds;
mod canonical;
mod check;
mod decisions;
mod deployed;
pub mod evaluate;
pub mod limits;
mod lock;
mod lower;
mod meant;
mod model;
mod size;
mod spelling;
mod zones;

pub use bounds::CheckOptions;
pub use check::{GATES, Gate, NAME_RULES, NameRule, RESERVED_HEADERS, check, check_limits, grouped};
pub(crate) use decisions::url_match;
pub use decisions::{Decisions, Effects, decisions, decisions_with};
pub use lock::{Lock, LockedGroup, LockedPart, MadeUp};
pub use lower::{
    How, Lowered, LoweredPolicy, Part, PartKind, Placed, Removal, STEPS, Saving, Step, as_written, lower, lower_by,
    lower_with,
};
pub use meant::{Meant, ends, matches, meant};
pub use model::{
    Action, AddressTerm, ApplicationRule, Base, Collection, Firewall, Group, IpGroup, IpGroupRef, Kind, Model, NatRule,
    NatTarget, NetworkProtocol, NetworkRule, NextHop, Policy, Route, RoutePrefix, RouteTable, Rules, Sources, Subnet,
};
pub use spelling::Spelling;
pub use zones::{ZoneRow, needed_zones, private_zones, zone_rows};
