//! The files of modules: each is read once, and all of them together are bounded.

use std::rc::Rc;

use indexmap::IndexMap;

use super::ast::{Attribute, HclBlock, HclBody};
use super::evaluate::HclEvaluator;
use super::fault::{WrongHcl, quoted};
use super::instance::Instance;
use super::value::HclValue;
use super::{avm, json, paths, syntax};
use crate::source::LayoutStretch;

/// How long a file may be.
const LONGEST: usize = 16 << 20;
/// How long all files of an input may be together.
const LONGEST_TOGETHER: usize = 64 << 20;
/// How many modules an input may have, each as often as it is called.
const MOST_MODULES: usize = 2_000;
/// How many modules may call each other.
const MOST_LEVELS: usize = 20;

/// Where the files of modules come from. Paths are relative to the folder of the root module, which is `.`.
pub trait ModuleFiles {
    /// The names of the files of a folder, in order.
    ///
    /// # Errors
    /// Why it is not read, as in `it lies outside the root folder`.
    fn files(&mut self, folder: &str) -> Result<Vec<String>, String>;

    /// The names of the folders in a folder, in order.
    ///
    /// # Errors
    /// Why it is not read.
    fn folders(&mut self, folder: &str) -> Result<Vec<String>, String>;

    /// A file.
    ///
    /// # Errors
    /// Why it is not read.
    fn read(&mut self, path: &str) -> Result<LoadedModules, String>;
}

/// A file that was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LoadedModules {
    /// The name that messages show.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Something that a file names and that is not read.
#[derive(Clone, Debug)]
pub(super) struct OmittedCall {
    pub at: LayoutStretch,
    /// What it is, and why it is not read.
    pub message: String,
    /// Whether it may hold rules, by what it is called.
    pub may_hold_rules: bool,
}

/// What the files of a folder define.
#[derive(Debug)]
pub(super) struct ModuleSource {
    /// The folder, from that of the root module.
    pub folder: String,
    pub variables: IndexMap<Rc<str>, HclBlock>,
    pub locals: IndexMap<Rc<str>, Attribute>,
    /// Resources and data sources, as `TYPE.NAME` and `data.TYPE.NAME`.
    pub resources: IndexMap<Rc<str>, HclBlock>,
    pub calls: IndexMap<Rc<str>, HclBlock>,
    /// The resources that some calls mean, as `module.NAME` and their address.
    pub known_calls: IndexMap<Rc<str>, Rc<str>>,
    pub outputs: IndexMap<Rc<str>, HclBlock>,
}

/// Where the values of a module's variables come from.
#[derive(Debug)]
pub(super) enum Inputs {
    /// The user gives them.
    Root(IndexMap<Rc<str>, HclValue>),
    /// The block that calls it.
    Call(Rc<Instance>),
}

/// A module, as often as it is called.
#[derive(Debug)]
pub(super) struct HclModule {
    /// Its address, as `module.hub["west"]`; empty for the root.
    pub path: Rc<str>,
    pub source: Rc<ModuleSource>,
    pub inputs: Inputs,
    /// How many modules are around it.
    pub level: usize,
}

impl HclEvaluator<'_> {
    /// A text of the input, by the name that messages show.
    pub(super) fn add_text(&mut self, loaded: &LoadedModules) -> Result<usize, WrongHcl> {
        let number = self.layout.add_text(&loaded.name, &loaded.text);
        let at = LayoutStretch { text: number, start: 0, end: 0 };
        let all: usize = self.layout.texts().iter().map(|(_, text)| text.len()).sum();
        if loaded.text.len() > LONGEST || all > LONGEST_TOGETHER {
            return Err(WrongHcl::last(at, format!("the files are longer than {} MiB", LONGEST >> 20)));
        }
        self.budget.grow(loaded.text.len());
        Ok(number)
    }

    /// What a file contains.
    pub(super) fn parsed(&mut self, loaded: &LoadedModules) -> Result<HclBody, WrongHcl> {
        let number = self.add_text(loaded)?;
        let text = loaded.text.as_str();
        if loaded.name.ends_with(".json") {
            return json::body(number, text);
        }
        let start = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
        let text = text.get(start..).unwrap_or_default();
        syntax::body(syntax::HclSource { offset: start, ..syntax::HclSource::whole(number, text) })
    }

    /// The module in a folder: all of its files, or one alone.
    pub(super) fn module_source(
        &mut self,
        folder: &str,
        files: &[LoadedModules],
    ) -> Result<Rc<ModuleSource>, WrongHcl> {
        let mut source = ModuleSource {
            folder: folder.to_owned(),
            variables: IndexMap::new(),
            locals: IndexMap::new(),
            resources: IndexMap::new(),
            calls: IndexMap::new(),
            known_calls: IndexMap::new(),
            outputs: IndexMap::new(),
        };
        for file in files {
            let body = self.parsed(file)?;
            if let Some(attribute) = body.attributes.first() {
                let message = format!("attribute {} is not valid at file level", quoted(&attribute.name));
                return Err(WrongHcl::last(attribute.at, message));
            }
            body.blocks.into_iter().try_for_each(|block| self.define(block, &mut source))?;
        }
        Ok(Rc::new(source))
    }

    fn define(&self, block: HclBlock, source: &mut ModuleSource) -> Result<(), WrongHcl> {
        if &*block.kind == "module"
            && let Some((address, resource)) = avm::resource(&block)
        {
            let name = block.labels.first().map(|name| format!("module.{name}")).unwrap_or_default();
            if let Some(other) = source.resources.get(&address) {
                return Err(self.twice("module", &name, other.at, block.at));
            }
            source.known_calls.insert(name.into(), Rc::clone(&address));
            source.resources.insert(address, resource);
            return Ok(());
        }
        let labels: Vec<&str> = block.labels.iter().map(|label| &**label).collect();
        let (all, name): (_, Rc<str>) = match (&*block.kind, labels.as_slice()) {
            ("variable", [name]) => (&mut source.variables, (*name).into()),
            ("output", [name]) => (&mut source.outputs, (*name).into()),
            ("module", [name]) => (&mut source.calls, (*name).into()),
            ("resource", [kind, name]) => (&mut source.resources, format!("{kind}.{name}").into()),
            // What is opened only while Terraform runs is as unknown as what only a deployment tells.
            ("data" | "ephemeral", [kind, name]) => {
                (&mut source.resources, format!("{}.{kind}.{name}", block.kind).into())
            }
            ("locals", []) => {
                return block.body.attributes.into_iter().try_for_each(|own| self.define_local(own, source));
            }
            // They say how Terraform works, and nothing of what is deployed.
            ("terraform", []) | ("provider", [_]) | ("check", [_]) | ("moved" | "removed" | "import", []) => {
                return Ok(());
            }
            (kind, labels) => {
                let message = format!("found block {} with {} labels, which is not read", quoted(kind), labels.len());
                return Err(WrongHcl::last(block.at, message));
            }
        };
        match all.get(&name) {
            Some(other) => Err(self.twice(&block.kind, &name, other.at, block.at)),
            None => {
                all.insert(name, block);
                Ok(())
            }
        }
    }

    fn define_local(&self, own: Attribute, source: &mut ModuleSource) -> Result<(), WrongHcl> {
        match source.locals.get(&own.name) {
            Some(other) => Err(self.twice("local", &own.name, other.at, own.at)),
            None => {
                source.locals.insert(Rc::clone(&own.name), own);
                Ok(())
            }
        }
    }

    fn twice(&self, kind: &str, name: &str, first: LayoutStretch, second: LayoutStretch) -> WrongHcl {
        let place = self.place(first);
        WrongHcl::last(second, format!("{kind} {} is defined twice: first at {place}", quoted(name)))
    }

    /// `FILE:LINE:COLUMN`.
    pub(super) fn place(&self, at: LayoutStretch) -> String {
        let (name, text) = self.layout.texts().get(at.text).map_or(("", ""), |(name, text)| (name, &**text));
        let (line, column) = super::fault::position(text, at.start as usize);
        format!("{name}:{line}:{column}")
    }

    /// The files of the module in a folder.
    pub(super) fn files_of(&mut self, folder: &str) -> Result<Vec<LoadedModules>, String> {
        let names = self.reader.files(folder)?;
        let is_module = |name: &&String| name.ends_with(".tf") || name.ends_with(".tf.json");
        let names: Vec<&String> = names.iter().filter(is_module).collect();
        if names.is_empty() {
            return Err("there is no Terraform file in it".to_owned());
        }
        names.into_iter().map(|name| self.reader.read(&paths::joined(folder, name))).collect()
    }

    /// The module that a call means, as one more module; `None` where its files are not read, which is told.
    pub(super) fn called(&mut self, block: &HclBlock, instance: &Instance) -> Result<Option<usize>, WrongHcl> {
        let Some(above) = self.modules.get(instance.module) else { return Ok(None) };
        let (level, own) = (above.level + 1, Rc::clone(&above.source));
        if level > MOST_LEVELS || self.modules.len() >= MOST_MODULES {
            let message = format!("more than {MOST_LEVELS} modules in each other, or {MOST_MODULES} of them");
            return Err(WrongHcl::last(block.at, message));
        }
        let Some(source) = self.called_source(block, &own.folder)? else { return Ok(None) };
        // Each module is work, also where the next one is the same.
        let parts = source.resources.len() + source.locals.len() + source.calls.len() + source.variables.len();
        self.step(block.at, parts.saturating_add(1).saturating_mul(16))?;
        let path = instance.address().into();
        self.modules.push(HclModule { path, source, inputs: Inputs::Call(Rc::new(instance.clone())), level });
        Ok(Some(self.modules.len() - 1))
    }

    fn called_source(&mut self, block: &HclBlock, folder: &str) -> Result<Option<Rc<ModuleSource>>, WrongHcl> {
        let source = block.body.attribute("source");
        let Some(source) = source else { return Err(WrongHcl::last(block.at, "expected attribute `source`")) };
        let super::ast::HclKind::Text(path) = &source.value.kind else {
            return Err(WrongHcl::last(source.at, "expected a literal text as the source of a module"));
        };
        if !(path.starts_with("./") || path.starts_with("../")) {
            self.omit_module(block, path, "it is not of a local folder");
            return Ok(None);
        }
        let folder = paths::joined(folder, path);
        if let Some(known) = self.sources.get(&folder) {
            return Ok(Some(Rc::clone(known)));
        }
        match self.files_of(&folder) {
            Ok(files) => {
                let source = self.module_source(&folder, &files)?;
                self.sources.insert(folder, Rc::clone(&source));
                Ok(Some(source))
            }
            Err(why) => {
                self.omit_module(block, path, &why);
                Ok(None)
            }
        }
    }

    /// Tells, once, that something is not read.
    pub(super) fn omit(&mut self, at: LayoutStretch, message: String, may_hold_rules: bool) {
        self.omitted.entry((at.text, at.start)).or_insert(OmittedCall { at, message, may_hold_rules });
    }

    /// Tells that a module is not read.
    fn omit_module(&mut self, block: &HclBlock, path: &str, why: &str) {
        const OF_RULES: [&str; 6] = ["firewall", "rule_collection", "rules", "ip_group", "route", "hub"];
        let name = block.labels.first().map_or("", |name| &**name);
        let attributes = block.body.attributes.iter().map(|attribute| attribute.name.to_ascii_lowercase());
        let words: Vec<String> = attributes.chain([path.to_ascii_lowercase(), name.to_ascii_lowercase()]).collect();
        let may_hold_rules = words.iter().any(|word| OF_RULES.iter().any(|own| word.contains(own)));
        let message = format!("module {} of {} is not read: {why}", quoted(name), quoted(path));
        self.omit(block.at, message, may_hold_rules);
    }
}
