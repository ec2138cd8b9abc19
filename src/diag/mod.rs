//! Diagnostics as data: what is wrong, where, and what to write instead.
//!
//! In: spans and words from every pass. Out: [`Diagnostic`]s with stable [`Code`]s, and a way to print them.
//! Guaranteed: a code never changes its meaning. Deliberately absent: colour decisions and terminals (`cli` has those).

mod code;
mod diagnostic;
mod evidence;
mod fix;
mod number;
mod render;
mod suggest;
mod wrap;

pub use code::{CODES, Code, CodeNeeds, Family};
pub use diagnostic::{APPLIED_HERE, Diagnostic, Diagnostics, Label, Severity};
pub use evidence::{EvidenceRule, Example};
pub use fix::{Applicability, Edit, Fix, edited};
pub use number::{agreeing, counted, grouped, plural};
pub use render::{RenderStyle, render};
pub use suggest::{and_phrases, nearest, or_list, or_phrases};
pub use wrap::{TERMINAL_WIDTH, wrapped};
