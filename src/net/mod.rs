//! Addresses, ports, host names and services, and the sets made of them.
//!
//! In: literal text (`10.0.0.0/8`, `1000-2000`, `*.azmk8s.io`). Out: values that cannot be wrong (a [`Cidr`] has no host
//! bits, a [`HostPattern`] has its star on the left) and sets in one canonical form, so that equal sets are equal values.
//! Guaranteed: no set operation widens or loses an element. Deliberately absent: sets of IPv6 addresses (an entry of
//! them is no more than its text), service tags and other sets whose members Azure alone knows, and anything that knows of rules.

mod address;
mod caseless;
mod host;
mod interval;
mod ipv6;
mod port;
mod scripts;
mod service;

pub use address::{AddressError, AddressSet, AddressSpan, Cidr};
pub use caseless::same_word;
pub use host::{HostError, HostName, HostPattern};
pub use interval::{Interval, IntervalSet, Stepped};
pub use ipv6::{Ipv6Error, Ipv6Span};
pub use port::{PortError, PortSet, PortSpan};
pub use scripts::{Suspicion, suspicion};
pub use service::{AppProtocol, ServiceSet, Transport};
