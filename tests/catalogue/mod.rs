//! The shipped modules say what the reference data say: entry by entry, host by host, each with service and need.
//!
//! In: `../shared/reference`, which the tests skip without, and the modules. A module is asked what an `apply` opens, and
//! the answer must be what the entries that it stands for say: none missing, none invented.

mod aks;
mod commands;
mod hosts;
mod opened;
mod page;
mod zones;
