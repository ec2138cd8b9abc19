//! The one integration test binary.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod artefacts;
mod check;
mod explain;
mod flow;
mod format;
mod grammar;
mod oracle;
mod pages;
mod shipped;
mod spec;
mod syntax;
mod understood;
