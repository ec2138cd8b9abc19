//! `fwc`: an Azure Firewall policy compiler.
//!
//! The command is a thin layer over a library. Everything begins with a `Project`: a source, from files on disk or in memory,
//! whose stages (load, understand, lower, prove, check, lint) are computed once, when they are first needed. A source in, findings
//! and templates out:
//!
//! ```rust
//! use fwc::driver::{MemoryFiles, ProjectOptions, OutputRequest, Project, compile};
//!
//! let text = r#"policy web { location "westeurope" sku standard
//!     group out { api: allow https from 10.0.0.0/16 to api.example.com } }"#;
//! let project = Project::new(MemoryFiles::of("egress.pol", text), "egress.pol", ProjectOptions::default());
//! let compilation = compile(&project, &OutputRequest::default());
//! for found in &compilation.diagnostics {
//!     println!("{}: {}", found.code.id, found.message);
//! }
//! let compiled = compilation.outcome.expect("a source without errors");
//! assert_eq!(compiled.files[0].name, "web.arm.json");
//! ```
//!
//! No stage of a project fails: each gives what it can, and a file that cannot be read is a finding too. An editor asks a
//! project over its unsaved files for `diagnostics`, `intent`, `model` and `proofs`; `driver::load` reads any input, a source
//! or an artefact, for questions about flows. The library reads no clock, environment, network or terminal, and files only
//! through `driver::ProjectFiles`. Without the feature `cli`, which is on by default, it needs neither clap nor tokio:
//! `fwc = { version = "0.1", default-features = false }`.
//!
//! The spine is short: text, tree, intent, Azure model, artefacts. Each module is one pass; `ARCHITECTURE.md` draws it. In
//! reading order:
//!
//! 1. [`driver`]: the one order of the passes. [`driver::compile`], [`driver::load`], [`driver::import`] and
//!    [`driver::drift()`] are the entry points, each with an example.
//! 2. [`syntax`] and [`format`](mod@format): a text as a tree, and in its layout. [`intent`]: what the author means.
//! 3. [`model`]: what Azure has. [`lower`] makes it of intent, [`emit`] writes it, [`import`] reads it back, with [`template`],
//!    [`bicep`] and [`hcl`] for expressions; [`decompile`] makes a source of it.
//! 4. [`flow`]: sets of flows, exact. [`evaluate`]: Azure's order of rules. [`way`]: where the network sends a flow. [`prove`]:
//!    that the model does what the author means.
//! 5. [`check`], [`lint`] and [`limits`]: what Azure refuses, what looks wrong, how much is used.
//! 6. [`explain`], [`reach`], [`report`], [`diff`], [`risk`], [`plan`](mod@plan), [`drift`], [`usage`] and [`logs`]: answers.
//! 7. [`catalogue`]: the modules that are shipped. [`net`], [`source`] and [`diag`]: addresses, places, findings.

#![warn(clippy::print_stdout)]

pub mod bicep;
pub mod catalogue;
pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
pub mod decompile;
pub mod diag;
pub mod diff;
pub mod drift;
pub mod driver;
pub mod emit;
pub mod evaluate;
pub mod explain;
pub mod exposure;
pub mod flow;
pub mod format;
pub mod generate;
pub mod hcl;
pub mod html;
pub mod import;
pub mod intent;
mod json;
pub mod limits;
pub mod lint;
pub mod logic;
pub mod logs;
pub mod lower;
pub mod model;
pub mod net;
pub mod plan;
pub mod prove;
pub mod reach;
pub mod report;
pub mod resolve;
pub mod risk;
pub mod schemas;
pub mod source;
pub mod syntax;
pub mod template;
pub mod usage;
pub mod way;
pub mod words;
