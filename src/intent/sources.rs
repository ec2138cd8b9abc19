//! A source with everything it imports and uses, parsed.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::catalogue;
use crate::diag::{APPLIED_HERE, Code, Diagnostic, Diagnostics, Label, nearest, or_list};
use crate::source::{FileId, Files, SourceSpan};
use crate::syntax::ast::{self, FileItem};
use crate::syntax::{NodeKind, ParsedFile, SyntaxNode, SyntaxTree, TextPiece, Token, parse, parse_set, pieces};

/// What a `use` that leads to a finding has to do with it.
const USED_HERE: &str = "used here";

/// How many files one source may import, and how deep imports may nest.
pub const MAX_IMPORTS: usize = 1000;
const MAX_IMPORT_DEPTH: usize = 64;

/// Reads imported files: the one thing that this pass asks of the world.
pub trait SourceReader {
    /// The name and text of the file that `importer` calls `path`. The name must be the same whoever imports it.
    ///
    /// # Errors
    /// Reports why the file cannot be had, as a message goes on after `cannot import …: `.
    fn read(&mut self, importer: &str, path: &str) -> Result<ImportedFile, String>;
}

/// A file that a [`SourceReader`] found.
pub struct ImportedFile {
    /// Its name, the same whoever imports it.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Reads nothing: for sources that import nothing.
pub struct NoImports;

impl SourceReader for NoImports {
    fn read(&mut self, _: &str, _: &str) -> Result<ImportedFile, String> {
        Err("imports are not read here".to_owned())
    }
}

/// The files of a source.
#[derive(Debug, Default)]
pub struct Sources {
    files: Files,
    units: IndexMap<FileId, SourceUnit>,
    settings: IndexMap<String, ParameterSetting>,
}

/// A value that `--set` gives a parameter.
#[derive(Debug)]
pub struct ParameterSetting {
    /// The value as given.
    pub raw: String,
    /// The value as a set.
    pub parsed: ParsedFile,
}

/// One file.
#[derive(Debug)]
pub struct SourceUnit {
    /// Its tree.
    pub tree: SyntaxTree,
    /// The files it imports.
    pub imports: Vec<FileId>,
    /// The modules it uses, by name.
    pub modules: IndexMap<String, (FileId, SourceSpan)>,
    /// Whether it is a catalogue module, whose policies do not count.
    pub is_module: bool,
    /// The first `import` or `use` that led to it; none for the source itself.
    pub led_by: Option<SourceSpan>,
}

impl Sources {
    /// Parses `text`, everything it imports through `reader` and the modules it uses.
    pub fn load(name: &str, text: &str, reader: &mut dyn SourceReader) -> (Self, Diagnostics) {
        let mut loader = Loader {
            sources: Self::default(),
            diagnostics: Diagnostics::new(),
            reader,
            by_name: HashMap::new(),
            modules: HashMap::new(),
            open: Vec::new(),
        };
        loader.load(name, text, None);
        let Loader { sources, mut diagnostics, .. } = loader;
        sources.lead_to(&mut diagnostics);
        (sources, diagnostics)
    }

    /// Adds, to each finding that speaks of one imported file alone, the `import`s or the `use` that lead there.
    pub fn lead_to(&self, diagnostics: &mut Diagnostics) {
        for found in diagnostics.iter_mut() {
            let Some(file) = found.at.as_ref().map(|label| label.at.file()) else { continue };
            if found.related.iter().all(|label| label.at.file() == file) {
                found.related.extend(self.led_by(file));
            }
        }
    }

    /// Moves a finding out of a module of the catalogue, which its reader cannot edit, to where the source applies or uses it;
    /// the text of the module leads to it.
    pub fn at_the_author(&self, found: &mut Diagnostic) {
        let is_module = |label: &Label| self.unit(label.at.file()).is_some_and(|unit| unit.is_module);
        let own = |message: &str| found.related.iter().rposition(|label| !is_module(label) && label.message == message);
        let Some(index) = own(APPLIED_HERE).or_else(|| own(USED_HERE)) else { return };
        if let Some(inside) = found.at.take_if(|label| is_module(label)) {
            found.at = Some(found.related.remove(index));
            let message = if inside.message.is_empty() { "by this text".to_owned() } else { inside.message };
            found.related.insert(0, Label { message, ..inside });
        }
    }

    /// The `import`s or the `use` that lead to a file, innermost first.
    fn led_by(&self, file: FileId) -> impl Iterator<Item = Label> + '_ {
        let first = self.unit(file).and_then(|unit| Some((unit, unit.led_by?)));
        let outer =
            |&(_, at): &(&SourceUnit, SourceSpan)| self.unit(at.file).and_then(|unit| Some((unit, unit.led_by?)));
        std::iter::successors(first, outer).map(|(unit, span)| {
            let message = if unit.is_module { USED_HERE } else { "imported here" };
            Label { at: span.into(), message: message.to_owned() }
        })
    }

    /// Gives the parameter `name` a value, as `--set NAME=VALUE` does.
    pub fn set(&mut self, name: &str, value: &str) {
        let text: Arc<str> = value.into();
        let file = self.files.add(format!("--set {name}"), Arc::clone(&text));
        self.settings.insert(
            name.to_owned(),
            ParameterSetting { raw: value.to_owned(), parsed: parse_set(file, text, "a value") },
        );
    }

    /// The value that `--set` gives the parameter `name`.
    pub fn setting(&self, name: &str) -> Option<&ParameterSetting> {
        self.settings.get(name)
    }

    /// The files that hold the values of `--set`.
    pub(super) fn setting_files(&self) -> impl Iterator<Item = FileId> {
        self.settings.values().map(|setting| setting.parsed.tree.file())
    }

    /// The names that `--set` gives values.
    pub fn setting_names(&self) -> impl Iterator<Item = &str> {
        self.settings.keys().map(String::as_str)
    }

    /// The texts, for messages.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// The texts, to add others that messages speak of.
    pub fn files_mut(&mut self) -> &mut Files {
        &mut self.files
    }

    /// Bytes of all files.
    pub(super) fn bytes(&self) -> usize {
        let text = |file: &FileId| self.files.get(*file).map_or(0, |file| file.text().len());
        self.units.keys().map(text).sum()
    }

    /// The files in order: each after those that it imports, the source itself last.
    pub fn units(&self) -> impl Iterator<Item = (FileId, &SourceUnit)> {
        self.units.iter().map(|(&file, unit)| (file, unit))
    }

    /// The source itself.
    pub fn root(&self) -> Option<FileId> {
        self.units.keys().last().copied()
    }

    /// One file.
    pub fn unit(&self, file: FileId) -> Option<&SourceUnit> {
        self.units.get(&file)
    }

    /// The items of a file.
    pub fn items(&self, file: FileId) -> impl Iterator<Item = FileItem<'_>> {
        self.unit(file).into_iter().flat_map(|unit| ast::parts(unit.tree.root()))
    }
}

/// What led to a file.
#[derive(Clone, Copy)]
enum Led {
    Import,
    Use,
}

struct Loader<'r> {
    sources: Sources,
    diagnostics: Diagnostics,
    reader: &'r mut dyn SourceReader,
    by_name: HashMap<String, FileId>,
    modules: HashMap<String, FileId>,
    /// The files whose imports are being read, outermost first.
    open: Vec<String>,
}

impl Loader<'_> {
    fn load(&mut self, name: &str, text: &str, led_by: Option<(Led, SourceSpan)>) -> FileId {
        let file = self.sources.files.add(name, text);
        self.by_name.insert(name.to_owned(), file);
        let shared = self.sources.files.get(file).map(|file| file.shared_text()).unwrap_or_default();
        let parsed = parse(file, shared);
        self.diagnostics.extend(parsed.diagnostics);
        self.open.push(name.to_owned());
        let (mut imports, mut modules) = (Vec::new(), IndexMap::new());
        for item in ast::parts(parsed.tree.root()) {
            match item {
                FileItem::Import(item) if !ast::is_broken(*item) => imports.extend(self.import(name, *item)),
                FileItem::Use(item) => self.use_modules(*item, &mut modules),
                FileItem::Import(_)
                | FileItem::Let(_)
                | FileItem::IpGroup(_)
                | FileItem::Param(_)
                | FileItem::Bundle(_)
                | FileItem::Policy(_)
                | FileItem::Firewall(_)
                | FileItem::Routes(_)
                | FileItem::PrivateEndpoint(_)
                | FileItem::Expect(_)
                | FileItem::Test(_)
                | FileItem::Error(_) => {}
            }
        }
        self.open.pop();
        let is_module = matches!(led_by, Some((Led::Use, _)));
        let led_by = led_by.map(|(_, at)| at);
        self.sources.units.insert(file, SourceUnit { tree: parsed.tree, imports, modules, is_module, led_by });
        file
    }

    fn import(&mut self, importer: &str, item: SyntaxNode<'_>) -> Option<FileId> {
        let token = item.child(NodeKind::Text).and_then(ast::word_or_string)?;
        let path = plain_text(token, &mut self.diagnostics)?;
        let span = token.span();
        let found = match self.reader.read(importer, &path) {
            Ok(found) => found,
            Err(why) => return self.refuse(Code::FW0209, span, format!("cannot import `{path}`: {why}")),
        };
        if self.open.contains(&found.name) {
            let message = format!("`{path}` imports itself, by way of {}", or_list([importer]));
            return self.refuse(Code::FW0204, span, message);
        }
        if let Some(&file) = self.by_name.get(&found.name) {
            return Some(file);
        }
        if self.by_name.len() > MAX_IMPORTS || self.open.len() > MAX_IMPORT_DEPTH {
            let message = format!("too many imports: at most {MAX_IMPORTS} files, {MAX_IMPORT_DEPTH} deep");
            return self.refuse(Code::FW0108, span, message);
        }
        Some(self.load(&found.name, &found.text, Some((Led::Import, span))))
    }

    fn refuse<T>(&mut self, code: &'static Code, span: SourceSpan, message: String) -> Option<T> {
        self.diagnostics.push(Diagnostic::new(code, span, message));
        None
    }

    fn use_modules(&mut self, item: SyntaxNode<'_>, modules: &mut IndexMap<String, (FileId, SourceSpan)>) {
        for token in item.children_of(NodeKind::Name).filter_map(ast::word) {
            if let Some(file) = self.module(token) {
                modules.insert(token.text().to_owned(), (file, token.span()));
            }
        }
    }

    fn module(&mut self, token: Token<'_>) -> Option<FileId> {
        let name = token.text();
        if let Some(&file) = self.modules.get(name) {
            return Some(file);
        }
        let Some(module) = catalogue::module(name) else {
            let known = catalogue::modules().map(|module| module.name);
            let found = Diagnostic::new(Code::FW0201, token.span(), format!("there is no catalogue module `{name}`"));
            self.diagnostics.push(match nearest(name, known) {
                Some(near) => found.meant(near),
                None => found.help("`fwc catalog list` prints the modules"),
            });
            return None;
        };
        // Known before it is read, so that modules may use each other.
        let file = self.load(&module.file_name(), module.text, Some((Led::Use, token.span())));
        self.modules.insert(name.to_owned(), file);
        Some(file)
    }
}

/// The text of a string that may hold no `{param}`.
pub(super) fn plain_text(token: Token<'_>, diagnostics: &mut Diagnostics) -> Option<String> {
    let pieces = pieces(token.text()).ok()?;
    let literal = |piece: &TextPiece| match piece {
        TextPiece::Literal(text) => Some(text.clone()),
        TextPiece::Param(_) => None,
    };
    let text: Option<String> = pieces.iter().map(literal).collect();
    if text.is_none() {
        let message = "no `{param}` is allowed in this string";
        diagnostics.push(Diagnostic::new(Code::FW0202, token.span(), message));
    }
    text
}
