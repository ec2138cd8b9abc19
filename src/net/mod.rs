//! Addresses, ports, host names and services, and the sets made of them.
//!
//! In: literal text (`10.0.0.0/8`, `1000-2000`, `*.azmk8s.io`). Out: values that cannot be wrong (a [`Cidr`] has no host
//! bits, a [`HostPattern`] has its star on the left) and sets in one canonical form, so that equal sets are equal values.
//! Guaranteed: no set operation widens or loses an element. Deliberately absent: IPv6 (Azure Firewall rules do not take
//! it), service tags and other sets whose members Azure alone knows, and anything that knows of rules.

mod address;
mod caseless;
mod host;
mod interval;
mod port;
mod service;

pub use address::{AddressError, AddressSet, AddressSpan, Cidr};
pub use caseless::same_word;
pub use host::{HostError, HostName, HostPattern};
pub use interval::{Interval, IntervalSet, Step};
pub use port::{PortError, PortSet, PortSpan};
pub use service::{AppProtocol, ServiceSet, Transport};
