//! `fwc`: an Azure Firewall policy compiler.
//!
//! The spine is short: text, tree, intent, Azure model, artefacts. Each module is one pass; `ARCHITECTURE.md` draws it.

#![warn(clippy::print_stdout)]

pub mod catalogue;
pub mod check;
pub mod cli;
pub mod diag;
pub mod diff;
pub mod driver;
pub mod emit;
pub mod evaluate;
pub mod explain;
pub mod express;
pub mod flow;
pub mod format;
pub mod html;
pub mod import;
pub mod intent;
pub mod limits;
pub mod lint;
pub mod lower;
pub mod model;
pub mod net;
pub mod plan;
pub mod prove;
pub mod reach;
pub mod report;
pub mod resolve;
pub mod risk;
pub mod source;
pub mod syntax;
