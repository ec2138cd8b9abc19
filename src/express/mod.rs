//! A model as a source that means the same, proved.
//!
//! In: a model that an importer read. Out: the text of a source in its canonical layout, and the [`Proof`] that it decides
//! every flow as the model does. Guaranteed: no rule of the model is missing in the source; a source that is returned was
//! compiled again and compared, flow by flow; where that fails there is a flow that shows it and no source. The source is
//! the plainest that holds: rules in groups, in the order of the source; explicit collections and `order azure` only where
//! the meaning needs them, or where every name and priority is to stay. Deliberately absent: files, and judging what the
//! model says.

mod catalogue;
mod lets;
mod naming;
mod policy;
mod proof;
mod rules;
mod settings;
mod words;

use std::fmt;

use indexmap::IndexMap;

use crate::import::Note;
use crate::lower::Lock;
use crate::model::Model;

pub use proof::Proof;

/// What is wanted of a source.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Keep the name and priority of every collection too.
    pub faithful: bool,
    /// Name the sets of the shipped catalogue where a rule lists their hosts.
    pub catalogue: bool,
    /// The first lines, as comments.
    pub title: Vec<String>,
    /// The policies of the model that are not to be written, by name, with the file that holds them.
    pub external: IndexMap<String, String>,
}

/// A source, and what is proved of it.
#[derive(Clone, Debug)]
pub struct Expressed {
    /// The text.
    pub text: String,
    /// What is proved.
    pub proof: Proof,
    /// The priorities of its groups and collections, for a lock beside it.
    pub lock: Lock,
}

/// Why there is no source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// The language cannot say it: where, and what.
    Inexpressible(String),
    /// The source would be refused by the compiler.
    Refused(String),
    /// The source would decide a flow otherwise, or lose a name.
    Differs(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inexpressible(what) => write!(f, "{what}"),
            Self::Refused(why) => write!(f, "internal error: the source would not compile: {why}"),
            Self::Differs(how) => write!(f, "internal error: the source would not mean the same: {how}"),
        }
    }
}

impl std::error::Error for Refusal {}

/// How much of Azure's structure a source spells out, the plainest first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Shape {
    /// Rules in groups wherever a group allows it, in the order of the source.
    Plain,
    /// The same, in Azure's order.
    PlainInAzuresOrder,
    /// Every collection.
    Collections,
    /// Every collection, in Azure's order.
    CollectionsInAzuresOrder,
}

impl Shape {
    fn has_collections(self) -> bool {
        matches!(self, Self::Collections | Self::CollectionsInAzuresOrder)
    }

    fn is_in_azures_order(self) -> bool {
        matches!(self, Self::PlainInAzuresOrder | Self::CollectionsInAzuresOrder)
    }
}

/// Why a template that is read under conditions which do not hold may have no source.
const NAMELESS: &str =
    "a policy has no name: its template gives it one only with other parameters, as in `--parameters FILE`";

/// The plainest source that means what `model` says. `notes` say what was odd in its artefacts.
///
/// # Errors
/// Where the language cannot say it, or the proof fails.
pub fn express(model: &Model, notes: &[Note], options: &Options) -> Result<Expressed, Refusal> {
    use Shape::{Collections, CollectionsInAzuresOrder, Plain, PlainInAzuresOrder};
    let shapes = match options.faithful {
        true => [Collections, CollectionsInAzuresOrder].as_slice(),
        false => &[Plain, PlainInAzuresOrder, Collections, CollectionsInAzuresOrder],
    };
    if model.policies.iter().any(|policy| policy.name.is_empty()) {
        return Err(Refusal::Inexpressible(NAMELESS.to_owned()));
    }
    let mut first = None;
    for &shape in shapes {
        let text = policy::source(model, notes, shape, options)?;
        match proof::prove(model, &text, options) {
            // Where the order of the source is not Azure's, that order would be only a guess at what was meant.
            Ok((proof, lock)) if proof.order_is_proved || shape.is_in_azures_order() => {
                return Ok(Expressed { text, proof, lock });
            }
            Ok(_) => {}
            Err(refusal) => {
                first.get_or_insert(refusal);
            }
        }
    }
    Err(first.unwrap_or_else(|| Refusal::Differs("no order of the rules could be proved".to_owned())))
}
