//! The one integration test binary.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod artefacts;
mod bicep;
mod browser;
mod catalogue;
mod check;
mod cli;
mod corpus;
mod damaged;
#[path = "../fuzz/measure/src/dice.rs"]
mod dice;
mod diff;
mod drift;
mod explain;
mod fixes;
mod flow;
mod format;
mod fuzz;
mod golden;
mod grammar;
mod guide;
mod hcl;
mod hosted;
mod identity;
mod import;
mod lint;
mod logs;
mod optimise;
mod oracle;
mod outside;
mod pages;
mod plan;
mod project;
mod projects;
mod readme;
mod report;
mod resolve;
mod shipped;
mod spec;
mod syntax;
mod systems;
mod template;
mod tidy;
mod understood;
mod usage;
mod way;
