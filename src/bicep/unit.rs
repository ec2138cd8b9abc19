//! A file, and what its names mean.

use std::collections::HashMap;
use std::rc::Rc;

use super::ast::{self, ArrayEntry, BicepFile, ImportedNames, Spanned};
use super::fault::{BicepFault, WrongBicep, quoted};

/// A file that was read.
pub(super) struct BicepSource {
    pub name: String,
    pub text: String,
    /// Its number among the texts of the layout.
    pub number: usize,
    pub file: BicepFile,
}

impl BicepSource {
    /// The fault with its place in the file.
    pub(super) fn fault(&self, wrong: WrongBicep) -> BicepFault {
        wrong.of(&self.name, &self.text)
    }
}

/// A file as a part of a template: the file itself, or one that it imports from.
pub(super) struct BicepUnit {
    pub source: Rc<BicepSource>,
    /// What comes before the names of its variables in the template.
    pub prefix: String,
    pub symbols: HashMap<String, Symbol>,
    pub declared: Vec<UnitDeclarations>,
}

/// What a name means.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Symbol {
    Parameter(usize),
    Variable(usize),
    Function(usize),
    /// A resource of [`BicepUnit::declared`].
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
pub(super) struct UnitDeclarations {
    /// The way to its syntax: which resource of the file, and which entry of each around it.
    pub way: Vec<usize>,
    /// Its name in the template.
    pub symbol: String,
    /// The resource around it.
    pub around: Option<usize>,
    /// Those that are nested in it, by their names.
    pub children: HashMap<String, usize>,
}

impl BicepUnit {
    /// The names of a file, without those that it imports.
    pub(super) fn new(source: Rc<BicepSource>, prefix: String) -> Result<Self, WrongBicep> {
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

    pub(super) fn define(&mut self, name: &ast::BicepName, symbol: Symbol) -> Result<(), WrongBicep> {
        match self.symbols.insert(name.text.clone(), symbol) {
            Some(_) => Err(WrongBicep::new(name.at, format!("{} is declared twice", quoted(&name.text)))),
            None => Ok(()),
        }
    }

    /// Declares a resource and those nested in it.
    fn declare(&mut self, resource: &ast::BicepResource, way: Vec<usize>, around: Option<usize>) -> usize {
        let own = &resource.symbol.text;
        let symbol = match around.and_then(|around| self.declared.get(around)) {
            Some(around) => format!("{}::{own}", around.symbol),
            None => own.clone(),
        };
        let at = self.declared.len();
        self.declared.push(UnitDeclarations { way: way.clone(), symbol, around, children: HashMap::new() });
        for (index, entry) in resource.body.entries.iter().enumerate() {
            let ArrayEntry::Resource(child) = entry else { continue };
            let below = self.declare(child, [way.as_slice(), &[index]].concat(), Some(at));
            if let Some(own) = self.declared.get_mut(at) {
                own.children.insert(child.symbol.text.clone(), below);
            }
        }
        at
    }

    /// What is imported from the unit `of`, or from a file that is not read, `unread`.
    pub(super) fn import(&mut self, names: &ImportedNames, of: Result<usize, String>) -> Result<(), WrongBicep> {
        match (names, of) {
            (ImportedNames::All(name), Ok(unit)) => self.define(name, Symbol::Unit(unit)),
            (ImportedNames::All(name), Err(unread)) => self.define(name, Symbol::Unread(unread)),
            (ImportedNames::Some(names), Ok(unit)) => {
                names.iter().try_for_each(|(name, own)| self.define(own, Symbol::Of(unit, name.clone())))
            }
            (ImportedNames::Some(names), Err(unread)) => {
                names.iter().try_for_each(|(_, own)| self.define(own, Symbol::Unread(unread.clone())))
            }
        }
    }
}

impl BicepSource {
    /// The syntax of a resource.
    pub(super) fn resource(&self, way: &[usize]) -> Option<&ast::BicepResource> {
        let (first, rest) = way.split_first()?;
        rest.iter().try_fold(self.file.resources.get(*first)?, |resource, index| {
            match resource.body.entries.get(*index)? {
                ArrayEntry::Resource(child) => Some(&**child),
                ArrayEntry::Property(..) | ArrayEntry::All(_) => None,
            }
        })
    }
}

/// Templates compare the names of parameters, and those of variables, without regard to case.
fn one_spelling<'n>(names: impl Iterator<Item = &'n ast::BicepName>) -> Result<(), WrongBicep> {
    let mut seen: HashMap<String, &str> = HashMap::new();
    for name in names {
        if let Some(other) = seen.insert(name.text.to_ascii_lowercase(), &name.text) {
            let message = format!("{} and {} differ in case only", quoted(other), quoted(&name.text));
            return Err(WrongBicep::new(name.at, message));
        }
    }
    Ok(())
}

/// The place of nothing in particular: the start of the file.
pub(super) const START: Spanned = Spanned { start: 0, end: 0 };
