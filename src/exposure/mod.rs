//! The thresholds by which `lint`, `risk` and `report` judge whether a set of flows is too open.
//!
//! In: sets of addresses, ports and names. Out: whether they are wide. Guaranteed: each threshold is monotone, as a set that
//! holds a wide one is wide, and is defined here and nowhere else. Deliberately absent: rules, and how much a risk
//! counts.

mod hosting;
mod thresholds;

pub use hosting::{HostingSuffix, SHARED_HOSTING, shared_suffix};
pub use thresholds::{
    INTERNET_PREFIX, MANAGEMENT_PORTS, WIDE_PREFIX, is_most, is_most_of_internet, is_wide, is_wide_tag, most_ports,
    ports,
};
