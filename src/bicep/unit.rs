//! A file, and what its names stand for.

use std::collections::HashMap;
use std::rc::Rc;

use super::ast::{self, At, Entry, File, Imported};
use super::fault::{Fault, Wrong, quoted};

/// A file that was read.
pub(super) struct Source {
    pub name: String,
    pub text: String,
    /// Its number among the texts of the layout.
    pub number: usize,
    pub file: File,
}

impl Source {
    /// The fault with its place in the file.
    pub(super) fn fault(&self, wrong: Wrong) -> Fault {
        wrong.of(&self.name, &self.text)
    }
}

/// A file as a part of a template: the file itself, or one that it imports from.
pub(super) struct Unit {
    pub source: Rc<Source>,
    /// What comes before the names of its variables in the template.
    pub prefix: String,
    pub symbols: HashMap<String, Symbol>,
    pub declared: Vec<Declared>,
}

/// What a name stands for.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Symbol {
    Parameter(usize),
    Variable(usize),
    Function(usize),
    /// A resource of [`Unit::declared`].
    Resource(usize),
    Module(usize),
    Type,
    /// What another unit exports under the name.
    Of(usize, String),
    /// Everything that another unit exports.
    Unit(usize),
    /// Something of a file that is not read, or all of it.
    Unread(String),
}

/// A resource as it is declared: at the top of a file, or in another.
pub(super) struct Declared {
    /// The way to its syntax: which resource of the file, and which entry of each around it.
    pub way: Vec<usize>,
    /// Its name in the template.
    pub symbol: String,
    /// The resource around it.
    pub around: Option<usize>,
    /// Those that are nested in it, by their names.
    pub children: HashMap<String, usize>,
}

impl Unit {
    /// The names of a file, without those that it imports.
    pub(super) fn new(source: Rc<Source>, prefix: String) -> Result<Self, Wrong> {
        let mut unit = Self { source: Rc::clone(&source), prefix, symbols: HashMap::new(), declared: Vec::new() };
        let file = &source.file;
        for (index, parameter) in file.parameters.iter().enumerate() {
            unit.define(&parameter.name, Symbol::Parameter(index))?;
        }
        for (index, variable) in file.variables.iter().enumerate() {
            unit.define(&variable.name, Symbol::Variable(index))?;
        }
        for (index, function) in file.functions.iter().enumerate() {
            unit.define(&function.name, Symbol::Function(index))?;
        }
        for (index, resource) in file.resources.iter().enumerate() {
            let at = unit.declare(resource, vec![index], None);
            unit.define(&resource.symbol, Symbol::Resource(at))?;
        }
        for (index, module) in file.modules.iter().enumerate() {
            unit.define(&module.symbol, Symbol::Module(index))?;
        }
        for name in &file.types {
            unit.symbols.entry(name.clone()).or_insert(Symbol::Type);
        }
        one_spelling(file.parameters.iter().map(|parameter| &parameter.name))?;
        one_spelling(file.variables.iter().map(|variable| &variable.name))?;
        one_spelling(file.functions.iter().map(|function| &function.name))?;
        Ok(unit)
    }

    pub(super) fn define(&mut self, name: &ast::Name, symbol: Symbol) -> Result<(), Wrong> {
        match self.symbols.insert(name.text.clone(), symbol) {
            Some(_) => Err(Wrong::new(name.at, format!("{} is declared twice", quoted(&name.text)))),
            None => Ok(()),
        }
    }

    /// Declares a resource and those nested in it.
    fn declare(&mut self, resource: &ast::Resource, way: Vec<usize>, around: Option<usize>) -> usize {
        let own = &resource.symbol.text;
        let symbol = match around.and_then(|around| self.declared.get(around)) {
            Some(around) => format!("{}::{own}", around.symbol),
            None => own.clone(),
        };
        let at = self.declared.len();
        self.declared.push(Declared { way: way.clone(), symbol, around, children: HashMap::new() });
        for (index, entry) in resource.body.entries.iter().enumerate() {
            let Entry::Resource(child) = entry else { continue };
            let below = self.declare(child, [way.as_slice(), &[index]].concat(), Some(at));
            if let Some(own) = self.declared.get_mut(at) {
                own.children.insert(child.symbol.text.clone(), below);
            }
        }
        at
    }

    /// What is imported from the unit `of`, or from a file that is not read, `unread`.
    pub(super) fn import(&mut self, names: &Imported, of: Result<usize, String>) -> Result<(), Wrong> {
        match (names, of) {
            (Imported::All(name), Ok(unit)) => self.define(name, Symbol::Unit(unit)),
            (Imported::All(name), Err(unread)) => self.define(name, Symbol::Unread(unread)),
            (Imported::Some(names), Ok(unit)) => {
                names.iter().try_for_each(|(name, own)| self.define(own, Symbol::Of(unit, name.clone())))
            }
            (Imported::Some(names), Err(unread)) => {
                names.iter().try_for_each(|(_, own)| self.define(own, Symbol::Unread(unread.clone())))
            }
        }
    }
}

impl Source {
    /// The syntax of a resource.
    pub(super) fn resource(&self, way: &[usize]) -> Option<&ast::Resource> {
        let (first, rest) = way.split_first()?;
        rest.iter().try_fold(self.file.resources.get(*first)?, |resource, index| {
            match resource.body.entries.get(*index)? {
                Entry::Resource(child) => Some(&**child),
                Entry::Property(..) | Entry::All(_) => None,
            }
        })
    }
}

/// Templates compare the names of parameters, and those of variables, without regard to case.
fn one_spelling<'n>(names: impl Iterator<Item = &'n ast::Name>) -> Result<(), Wrong> {
    let mut seen: HashMap<String, &str> = HashMap::new();
    for name in names {
        if let Some(other) = seen.insert(name.text.to_ascii_lowercase(), &name.text) {
            let message = format!("{} and {} differ in case only", quoted(other), quoted(&name.text));
            return Err(Wrong::new(name.at, message));
        }
    }
    Ok(())
}

/// The place of nothing in particular: the start of the file.
pub(super) const START: At = At { start: 0, end: 0 };
