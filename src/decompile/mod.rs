//! A model as a source that means the same.
//!
//! In: a model that an importer read. Out: the text of a source in its canonical layout, in a [`SourceShape`]: rules in groups, in
//! the order of the source; or with explicit collections or `order azure`, where the meaning needs them or every name and
//! priority is to stay. Guaranteed: no rule of the model is missing in the source. Deliberately absent: the proof that it
//! decides every flow as the model does, which `driver` gives; files, and judging the content of the model.

mod catalogue;
mod flags;
mod lets;
mod naming;
mod policy;
mod rules;
mod settings;
mod unheld;
mod words;

use std::fmt;

use indexmap::{IndexMap, IndexSet};

pub use self::flags::flags;
use crate::model::{Assumption, Model, ResourceId};

/// What is wanted of a source.
#[derive(Clone, Debug, Default)]
pub struct DecompileOptions {
    /// Keep the name and priority of every collection too.
    pub faithful: bool,
    /// Name the sets of the shipped catalogue where a rule lists their hosts.
    pub catalogue: bool,
    /// The first lines, as comments.
    pub title: Vec<String>,
    /// The files that hold the bases that are not to be written, by the policies that inherit them.
    pub external: IndexMap<ResourceId, String>,
    /// The policies whose DNS proxy is assumed, as the source states.
    pub assumed_proxy: IndexSet<ResourceId>,
}

/// Why there is no source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DecompileRefusal {
    /// The language cannot express it: where, and what.
    Inexpressible(String),
    /// The source would be refused by the compiler.
    Refused(String),
    /// The source would decide a flow otherwise, or lose a name.
    Differs(String),
}

impl fmt::Display for DecompileRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inexpressible(what) => write!(f, "{what}"),
            Self::Refused(why) => write!(f, "the language cannot hold it: {why}"),
            Self::Differs(how) => write!(f, "no source was found that means the same: {how}"),
        }
    }
}

impl std::error::Error for DecompileRefusal {}

/// How much of Azure's structure a source spells out, the plainest first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SourceShape {
    /// Rules in groups wherever a group allows it, in the order of the source.
    Plain,
    /// The same, in Azure's order.
    PlainInAzuresOrder,
    /// Every collection.
    Collections,
    /// Every collection, in Azure's order.
    CollectionsInAzuresOrder,
}

impl SourceShape {
    fn has_collections(self) -> bool {
        matches!(self, Self::Collections | Self::CollectionsInAzuresOrder)
    }

    /// Whether the source contains `order azure`.
    pub fn is_in_azures_order(self) -> bool {
        matches!(self, Self::PlainInAzuresOrder | Self::CollectionsInAzuresOrder)
    }
}

/// The shapes in which a source is tried, the plainest first.
pub fn shapes(options: &DecompileOptions) -> &'static [SourceShape] {
    use SourceShape::{Collections, CollectionsInAzuresOrder, Plain, PlainInAzuresOrder};
    match options.faithful {
        true => &[Collections, CollectionsInAzuresOrder],
        false => &[Plain, PlainInAzuresOrder, Collections, CollectionsInAzuresOrder],
    }
}

/// `model` as a source of this shape. `notes` are what its artefacts do not settle; they become comments.
///
/// # Errors
/// Where the language cannot express it.
pub fn source(
    model: &Model,
    notes: &[Assumption],
    shape: SourceShape,
    options: &DecompileOptions,
) -> Result<String, DecompileRefusal> {
    policy::source(model, notes, shape, options)
}
