//! A cursor over what was read, which knows its path.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashSet};
use std::fmt::Write as _;
use std::sync::Arc;

use super::fault::{ImportFault, quoted};
use crate::json::MemberName;
use crate::model::{Assumption, AssumptionKind, Bearing, DocumentPlace};
use crate::net::same_word;
use crate::source::{FileId, Files, Origin, PathId, PathStep, Place, PlacePaths, SourceLayout};
use crate::template::TemplateNode;

/// What is supposed, left out or unknown; rules, groups and policies put their names to what is theirs.
#[derive(Debug, Default)]
pub(super) struct Notes {
    notes: RefCell<Vec<Assumption>>,
    /// Those that bear no name yet, so that nothing is told twice.
    nameless: RefCell<HashSet<Assumption>>,
    /// The name of the document that is read.
    name: RefCell<String>,
    files: RefCell<Files>,
    /// Service tags that mean texts that only a deployment knows.
    stand_ins: RefCell<Vec<String>>,
    /// The document that is read, and the paths of its values.
    document: RefCell<Option<(FileId, PlacePaths)>>,
}

impl Notes {
    /// What is read from now on is in the document `name`.
    pub(super) fn open(&self, name: &str, layout: Option<&Arc<SourceLayout>>) {
        self.close();
        name.clone_into(&mut self.name.borrow_mut());
        let mut files = self.files.borrow_mut();
        let file = files.add_document(name, PlacePaths::default());
        layout.into_iter().for_each(|layout| files.set_layout(file, layout));
        *self.document.borrow_mut() = Some((file, PlacePaths::default()));
    }

    /// The service tag `tag` means a text that only a deployment knows.
    pub(super) fn stands_in(&self, tag: &str) {
        self.stand_ins.borrow_mut().push(tag.to_owned());
    }

    /// The service tags that mean other texts.
    pub(super) fn stand_ins(&self) -> Vec<String> {
        self.stand_ins.take()
    }

    /// The documents that were read.
    pub(super) fn files(&self) -> Files {
        self.close();
        self.files.take()
    }

    fn close(&self) {
        if let Some((file, paths)) = self.document.take() {
            self.files.borrow_mut().set_paths(file, paths);
        }
    }

    fn path(&self, before: Option<PathId>, step: PathStep) -> Option<PathId> {
        self.document.borrow_mut().as_mut().map(|(_, paths)| paths.add(before, step))
    }

    fn place(&self, path: PathId) -> Option<Place> {
        self.document.borrow().as_ref().map(|(file, _)| Place::Value(*file, path))
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.notes.borrow().len()
    }

    /// Tells what is done about something at `path` of the document that is read.
    pub(super) fn tell(&self, kind: AssumptionKind, bears: Bearing, path: String, message: impl Into<String>) {
        self.tell_at(kind, bears, DocumentPlace::new(self.name.borrow().clone(), path), message);
    }

    /// As [`tell`](Self::tell), of any document.
    pub(super) fn tell_at(&self, kind: AssumptionKind, bears: Bearing, at: DocumentPlace, message: impl Into<String>) {
        let note = Assumption { kind, of: Vec::new(), message: message.into(), at, bears };
        if self.nameless.borrow_mut().insert(note.clone()) {
            self.notes.borrow_mut().push(note);
        }
    }

    /// What was told since there were `before` is about something in what is called `name`.
    pub(super) fn within(&self, before: usize, name: &str) {
        for note in self.notes.borrow_mut().iter_mut().skip(before) {
            if note.of.is_empty() {
                self.nameless.borrow_mut().remove(note);
            }
            note.of.insert(0, name.to_owned());
        }
    }

    /// The first that was told since there were `before`.
    pub(super) fn first_since(&self, before: usize) -> Option<Assumption> {
        self.notes.borrow().get(before).cloned()
    }

    /// Only the first `count` were right.
    pub(super) fn forget(&self, count: usize) {
        let mut notes = self.notes.borrow_mut();
        let kept = count.min(notes.len());
        let mut nameless = self.nameless.borrow_mut();
        for note in notes.drain(kept..) {
            nameless.remove(&note);
        }
    }

    /// What was told.
    pub(super) fn take(&self) -> Vec<Assumption> {
        self.nameless.take();
        self.notes.take()
    }
}

/// A value, and the way to it.
#[derive(Clone)]
pub(super) struct TreeCursor<'a> {
    pub node: &'a TemplateNode,
    pub notes: &'a Notes,
    step: TreeStep<'a>,
    up: Option<&'a TreeCursor<'a>>,
    /// The path, once it was requested, so that those below share it.
    known: Cell<Option<PathId>>,
}

#[derive(Clone, Copy)]
enum TreeStep<'a> {
    Root(&'a str),
    Key(&'a str),
    /// The `value` of a parameter.
    Value(&'a str),
    Index(usize),
}

impl<'a> TreeCursor<'a> {
    /// The value that is at `path`.
    pub(super) fn root(node: &'a TemplateNode, path: &'a str, notes: &'a Notes) -> Self {
        Self { node, notes, step: TreeStep::Root(path), up: None, known: Cell::new(None) }
    }

    /// `node` in the place of the value.
    pub(super) fn standing_for<'b>(&'b self, node: &'b TemplateNode) -> TreeCursor<'b> {
        TreeCursor { node, notes: self.notes, step: self.step, up: self.up, known: Cell::new(None) }
    }

    /// `node` as an item of the list.
    pub(super) fn item<'b>(&'b self, node: &'b TemplateNode, index: usize) -> TreeCursor<'b> {
        self.below(node, TreeStep::Index(index))
    }

    fn below<'b>(&'b self, node: &'b TemplateNode, step: TreeStep<'b>) -> TreeCursor<'b> {
        TreeCursor { node, notes: self.notes, step, up: Some(self), known: Cell::new(None) }
    }

    /// Where the value is; `None` where no document is read.
    pub(super) fn origin(&self) -> Option<Origin> {
        self.notes.place(self.path_id()?).map(Origin::direct)
    }

    fn path_id(&self) -> Option<PathId> {
        if self.known.get().is_none() {
            let before = self.up.and_then(TreeCursor::path_id);
            let path = |before, step| self.notes.path(before, step);
            self.known.set(match self.step {
                TreeStep::Root(text) => path(before, PathStep::Root(text.into())),
                TreeStep::Key(key) => path(before, PathStep::Key(key.into())),
                TreeStep::Value(key) => path(path(before, PathStep::Key(key.into())), PathStep::Key(VALUE.into())),
                TreeStep::Index(index) => path(before, PathStep::Index(index)),
            });
        }
        self.known.get()
    }

    /// The JSON path.
    pub(super) fn path(&self) -> String {
        let mut steps = vec![self.step];
        let mut above = self.up;
        while let Some(cursor) = above {
            steps.push(cursor.step);
            above = cursor.up;
        }
        let mut path = String::new();
        steps.into_iter().rev().for_each(|step| push_step(&mut path, step));
        path
    }

    /// Tells that something here is taken for what it most probably is.
    pub(super) fn assume(&self, bears: Bearing, message: impl Into<String>) {
        self.notes.tell(AssumptionKind::Assumed, bears, self.path(), message);
    }

    /// Tells that something here is left out.
    pub(super) fn omit(&self, bears: Bearing, message: impl Into<String>) {
        self.notes.tell(AssumptionKind::Omitted, bears, self.path(), message);
    }

    /// Tells that something here is not known.
    pub(super) fn leave_unknown(&self, bears: Bearing, message: impl Into<String>) {
        self.notes.tell(AssumptionKind::Unknown, bears, self.path(), message);
    }

    /// An error here.
    pub(super) fn fault(&self, message: impl Into<String>) -> ImportFault {
        ImportFault::at(self.path(), message)
    }

    /// The error that something else was expected here.
    pub(super) fn expected(&self, what: &str) -> ImportFault {
        self.fault(format!("found {}, expected {what}", self.node.described()))
    }

    /// The items of the list.
    pub(super) fn items<'b>(&'b self) -> Result<impl ExactSizeIterator<Item = TreeCursor<'b>>, ImportFault> {
        let TemplateNode::List(items) = self.node else {
            return Err(match self.node {
                TemplateNode::Expression(_) => self.unevaluated(),
                _ => self.expected("a list"),
            });
        };
        let at = move |(index, node)| self.below(node, TreeStep::Index(index));
        Ok(items.iter().enumerate().map(at))
    }

    /// The properties of the object. Names that differ in case only are duplicates.
    pub(super) fn fields<'b>(&'b self) -> Result<TreeFields<'b>, ImportFault> {
        let TemplateNode::Object(entries) = self.node else {
            return Err(match self.node {
                TemplateNode::Expression(_) => self.unevaluated(),
                _ => self.expected("an object"),
            });
        };
        match duplicate(entries) {
            Some(key) => Err(self.fault(format!("duplicate property {}", quoted(key)))),
            None => Ok(TreeFields { cursor: self, entries, are_parameters: false }),
        }
    }
}

/// The first name of a property that is there twice, without regard to case.
fn duplicate(entries: &[(MemberName, TemplateNode)]) -> Option<&str> {
    const FEW: usize = 24;
    let mut keys = entries.iter().map(|(key, _)| key.as_str()).filter(|key| is_name(key));
    if entries.len() > FEW {
        let mut seen = BTreeSet::new();
        return keys.find(|key| !seen.insert(key.to_ascii_lowercase()));
    }
    let twice = |(count, (key, _)): &(usize, &(MemberName, TemplateNode))| {
        let before = entries.get(..*count).unwrap_or_default();
        before.iter().any(|(other, _)| same_word(other, key)) && is_name(key)
    };
    entries.iter().enumerate().find(twice).map(|(_, (key, _))| key.as_str())
}

/// Whether a key can be the name of a property; tags and resource ids are looked at as they are.
fn is_name(key: &str) -> bool {
    key.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn push_step(path: &mut String, step: TreeStep<'_>) {
    // Writing to a `String` cannot fail.
    let _ = match step {
        TreeStep::Root(root) => write!(path, "{root}"),
        TreeStep::Index(index) => write!(path, "[{index}]"),
        TreeStep::Key(key) => push_key(path, key),
        TreeStep::Value(key) => push_key(path, key).and_then(|()| push_key(path, VALUE)),
    };
}

fn push_key(path: &mut String, key: &str) -> std::fmt::Result {
    match is_name(key) && !key.is_empty() {
        true => write!(path, ".{key}"),
        false => write!(path, "['{}']", key.escape_debug()),
    }
}

/// The properties of an object.
#[derive(Clone, Copy)]
pub(super) struct TreeFields<'a> {
    pub cursor: &'a TreeCursor<'a>,
    entries: &'a [(MemberName, TemplateNode)],
    /// Whether each is a parameter, whose value is meant.
    are_parameters: bool,
}

/// The property of a parameter that has its value.
const VALUE: &str = "value";

/// Whether every entry is a parameter as a parameter file states it.
fn are_parameters(entries: &[(MemberName, TemplateNode)]) -> bool {
    let is_parameter = |node: &TemplateNode| match node {
        TemplateNode::Object(inner) => {
            let is_own = |key: &str| ["type", "value", "reference", "metadata"].iter().any(|own| same_word(own, key));
            !inner.is_empty() && inner.iter().all(|(key, _)| is_own(key))
        }
        TemplateNode::Null
        | TemplateNode::Bool(_)
        | TemplateNode::Number(_)
        | TemplateNode::Text(_)
        | TemplateNode::Expression(_)
        | TemplateNode::Reference(_)
        | TemplateNode::List(_) => false,
    };
    !entries.is_empty() && entries.iter().all(|(_, node)| is_parameter(node))
}

/// The property `key` of the object at `up`; of a parameter its value.
fn at<'a>(up: &'a TreeCursor<'a>, is_parameter: bool, key: &'a str, node: &'a TemplateNode) -> TreeCursor<'a> {
    match node {
        TemplateNode::Object(inner) if is_parameter => {
            let value = inner.iter().find(|(key, _)| same_word(key, VALUE));
            up.below(value.map_or(&TemplateNode::Null, |(_, value)| value), TreeStep::Value(key))
        }
        _ => up.below(node, TreeStep::Key(key)),
    }
}

impl<'a> TreeFields<'a> {
    /// The same properties; those of a parameter file are seen through the objects that have their values.
    pub(super) fn through_values(self) -> Self {
        Self { are_parameters: are_parameters(self.entries), ..self }
    }

    /// Whether the property `name` is there, even if it is as good as absent.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|(key, _)| same_word(key, name))
    }

    /// The property `name`, unless it is absent or as good as absent.
    pub(super) fn get(&self, name: &str) -> Option<TreeCursor<'a>> {
        self.named(name).filter(|cursor| !cursor.node.is_absent())
    }

    /// The property `name`, unless it is null.
    pub(super) fn object(&self, name: &str) -> Option<TreeCursor<'a>> {
        self.named(name).filter(|cursor| !matches!(cursor.node, TemplateNode::Null))
    }

    /// The property `name`, whatever its value is.
    fn named(&self, name: &str) -> Option<TreeCursor<'a>> {
        let (key, node) = self.entries.iter().find(|(key, _)| same_word(key, name))?;
        Some(at(self.cursor, self.are_parameters, key, node))
    }

    /// The property `name`, which must be there.
    pub(super) fn require(&self, name: &str) -> Result<TreeCursor<'a>, ImportFault> {
        self.get(name).ok_or_else(|| self.cursor.fault(format!("expected property `{name}`")))
    }

    /// The properties that are not absent, with their names.
    pub(super) fn present(&self) -> impl Iterator<Item = (&'a str, TreeCursor<'a>)> + use<'a> {
        self.all().filter(|(_, cursor)| !cursor.node.is_absent())
    }

    /// The keys, those of absent values among them, with their values.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'a str, TreeCursor<'a>)> + use<'a> {
        let (up, are_parameters) = (self.cursor, self.are_parameters);
        self.entries.iter().map(move |(key, node)| (key.as_str(), at(up, are_parameters, key, node)))
    }

    /// The properties that are not absent and that none of the lists `known` names.
    pub(super) fn unknown<'k>(
        &self,
        known: &'k [&'k [&'k str]],
    ) -> impl Iterator<Item = (&'a str, TreeCursor<'a>)> + use<'a, 'k> {
        let is_known = move |key: &str| known.iter().any(|names| names.iter().any(|name| same_word(name, key)));
        let (up, are_parameters) = (self.cursor, self.are_parameters);
        let others = self.entries.iter().filter(move |(key, _)| !is_known(key));
        let others = others.map(move |(key, node)| (key.as_str(), at(up, are_parameters, key, node)));
        others.filter(|(_, cursor)| !cursor.node.is_absent())
    }

    /// Refuses a property that none of the lists `known` names.
    pub(super) fn only(&self, known: &[&[&str]]) -> Result<(), ImportFault> {
        match self.unknown(known).next() {
            Some((key, cursor)) => {
                Err(cursor.fault(format!("unknown property {}, which could change a meaning", quoted(key))))
            }
            None => Ok(()),
        }
    }
}
