//! The files of one input: each is read once, and all of them together are bounded.

use std::collections::HashMap;
use std::rc::Rc;

use indexmap::IndexSet;
use serde_json::Value as Json;

use super::ast::Spanned;
use super::fault::{BicepFault, WrongBicep, quoted};
use super::statements::{parse, too_long};
use super::unit::BicepSource;
use crate::source::{Inside, LayoutId, LayoutStretch, SourceLayout};

/// How long a file may be: Azure takes templates of up to 4 MB.
///
/// Source: Microsoft Learn, "Azure subscription and service limits", ARM template limits, 2025-11.
const LONGEST: usize = 16 << 20;
/// How many values all templates of one input may have together, beside one for each byte of the files: a module may be used
/// by many.
const MOST_VALUES: usize = 1_000_000;
/// How many bytes the files that are loaded may have together, each as often as it is loaded.
const MOST_LOADED: usize = 32 << 20;
/// How many bytes a byte weighs that becomes a part of a value.
const CONTENT: usize = 8;
/// How many bytes of a name weigh as much as one value.
const BYTES_PER_VALUE: usize = 4;
/// How many templates may be nested in each other.
pub(super) const MOST_LEVELS: usize = 20;

/// Where other files come from.
pub trait BicepFiles {
    /// The file that `importer` names `path`, with the name that messages show.
    ///
    /// # Errors
    /// Why it is not read, as in `it lies outside the root folder`.
    fn read(&mut self, importer: &str, path: &str) -> Result<LoadedBicep, String>;
}

/// A file that was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LoadedBicep {
    /// The name that messages show, the same whoever names the file.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Something that a file names and that is not read.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct OmittedModule {
    /// The file that names it.
    pub file: String,
    /// What it is and why, after the name of the file, as in `names …, which is not read: …`.
    pub message: String,
}

/// The files of one input.
pub(super) struct Program<'r> {
    reader: &'r mut dyn BicepFiles,
    pub layout: SourceLayout,
    pub omitted: IndexSet<OmittedModule>,
    sources: HashMap<String, Rc<BicepSource>>,
    values_left: usize,
    bytes_left: usize,
}

impl<'r> Program<'r> {
    pub(super) fn new(reader: &'r mut dyn BicepFiles) -> Self {
        Self {
            reader,
            layout: SourceLayout::default(),
            omitted: IndexSet::new(),
            sources: HashMap::new(),
            values_left: MOST_VALUES,
            bytes_left: MOST_LOADED,
        }
    }

    /// The file `name` with its text, parsed.
    pub(super) fn parsed(&mut self, name: &str, text: &str) -> Result<Rc<BicepSource>, BicepFault> {
        if let Some(known) = self.sources.get(name) {
            return Ok(Rc::clone(known));
        }
        let file = if text.len() > LONGEST { Err(too_long(LONGEST)) } else { parse(text) };
        let file = file.map_err(|wrong| wrong.of(name, text))?;
        self.values_left = self.values_left.saturating_add(text.len());
        let number = self.layout.add_text(name, text);
        let source = Rc::new(BicepSource { name: name.to_owned(), text: text.to_owned(), number, file });
        self.sources.insert(name.to_owned(), Rc::clone(&source));
        Ok(source)
    }

    /// The file that `importer` names `path`, or why it is not read.
    pub(super) fn load(&mut self, importer: &str, path: &str) -> Result<LoadedBicep, String> {
        if let Some(what) = elsewhere(path) {
            return Err(what.to_owned());
        }
        let loaded = self.reader.read(importer, path)?;
        self.charge_bytes(loaded.text.len())?;
        Ok(loaded)
    }

    /// As [`load`](Self::load), of a file whose content becomes a value.
    pub(super) fn load_content(&mut self, importer: &str, path: &str) -> Result<LoadedBicep, String> {
        let loaded = self.load(importer, path)?;
        self.charge_bytes(loaded.text.len().saturating_mul(CONTENT))?;
        Ok(loaded)
    }

    fn charge_bytes(&mut self, count: usize) -> Result<(), String> {
        let left = self.bytes_left.checked_sub(count);
        self.bytes_left = left.ok_or_else(|| "the files that are loaded are too long together".to_owned())?;
        Ok(())
    }

    /// Takes a text that is made from the bound of all values.
    pub(super) fn charge_text(&mut self, at: Spanned, length: usize) -> Result<(), WrongBicep> {
        self.charge_all(at, length / BYTES_PER_VALUE)
    }

    /// Tells that `file` names something that is not read.
    pub(super) fn omit(&mut self, file: &str, message: String) {
        self.omitted.insert(OmittedModule { file: file.to_owned(), message });
    }

    /// Tells that a file is not read.
    pub(super) fn omit_file(&mut self, importer: &str, path: &str, why: &str) {
        self.omit(importer, format!("names {}, which is not read: {why}", quoted(path)));
    }

    /// A value of a template, stated at `at` of `source`.
    pub(super) fn place(&mut self, source: &BicepSource, at: Spanned, inside: Inside) -> LayoutId {
        self.layout.add(LayoutStretch { text: source.number, start: at.start, end: at.end }, inside)
    }

    /// Takes one value from the bound of all of them.
    pub(super) fn charge(&mut self, at: Spanned) -> Result<(), WrongBicep> {
        self.charge_all(at, 1)
    }

    /// Takes the values of `json` from the bound of all of them.
    pub(super) fn charge_json(&mut self, at: Spanned, json: &Json) -> Result<(), WrongBicep> {
        self.charge_all(at, count(json))
    }

    fn charge_all(&mut self, at: Spanned, count: usize) -> Result<(), WrongBicep> {
        let left = self.values_left.checked_sub(count);
        self.values_left = left.unwrap_or(0);
        left.map(|_| ()).ok_or_else(|| WrongBicep::new(at, "the templates make too many values together"))
    }
}

/// Why the path names no file: modules of registries and template specs begin with a scheme, which may have an alias.
///
/// Source: Microsoft Learn, "Bicep modules", path to a module, 2025-12.
fn elsewhere(path: &str) -> Option<&'static str> {
    let (scheme, _) = path.split_once(':')?;
    match scheme.split('/').next() {
        Some("br") => Some("it is of a registry"),
        Some("ts") => Some("it is a template spec"),
        Some(_) | None => None,
    }
}

fn count(json: &Json) -> usize {
    match json {
        Json::Array(items) => items.iter().map(count).fold(1, usize::saturating_add),
        Json::Object(entries) => entries.values().map(count).fold(1, usize::saturating_add),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => 1,
    }
}
