//! A file as the template that `bicep build` makes of it, in the parts that a reader of templates needs.
//!
//! Resources are by their names, as in templates of the language version 2.0. Loops in values are calls of `map`, so that names
//! in them mean the same wherever they are. Variables and functions that are imported are among the template's own, with a prefix.

mod calls;
mod env;
mod expressions;
mod files;
mod members;
mod modules;
mod names;
mod resources;
mod sections;
mod text;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use serde_json::{Map, Value as Json, json};

use self::env::BicepEnv;
use super::fault::{BicepFault, WrongBicep, quoted};
use super::program::{MOST_LEVELS, Program};
use super::unit::{BicepSource, BicepUnit, START};
use super::value::BicepValue;
use crate::source::{Inside, LayoutId};

/// A value, and where it is stated.
struct LoweredBicep {
    value: BicepValue,
    place: LayoutId,
}

/// An object of the template, and where it is stated.
type StatedValues = (Map<String, Json>, LayoutId);

/// A template that is being made.
struct BicepLowering<'p, 'r> {
    program: &'p mut Program<'r>,
    /// The file, and those that it imports from.
    units: Vec<BicepUnit>,
    /// Variables and functions that are named and not made yet.
    pending: Vec<NamedSymbol>,
    seen: HashSet<NamedSymbol>,
    places: HashMap<NamedSymbol, LayoutId>,
    variables: Map<String, Json>,
    functions: Map<String, Json>,
    /// The files of the templates around, the own one last.
    chain: Vec<String>,
    /// How many names of resources are being made that need each other.
    depth: usize,
    role: SymbolRole,
}

/// What the file is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SymbolRole {
    Template,
    /// Its parameters have values, and are variables of the template that is made of it.
    Parameters,
}

/// What a unit declares and others name, by its number there.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum NamedSymbol {
    Parameter(usize),
    Variable(usize, usize),
    Function(usize, usize),
}

/// The template of `source`, and its place. `chain` are the files of the templates around.
pub(super) fn template(
    program: &mut Program<'_>,
    source: &Rc<BicepSource>,
    chain: &[String],
) -> Result<(Map<String, Json>, LayoutId), BicepFault> {
    if chain.contains(&source.name) {
        let message = format!("{} is a module of itself", quoted(&source.name));
        return Err(source.fault(WrongBicep::new(START, message)));
    }
    if chain.len() >= MOST_LEVELS {
        let message = format!("modules nest deeper than {MOST_LEVELS} levels");
        return Err(source.fault(WrongBicep::new(START, message)));
    }
    let mut lowering = BicepLowering::new(program, source, chain, SymbolRole::Template)?;
    lowering.whole(&BicepEnv::of(0, source))
}

/// What a parameter file states.
pub(super) struct Parameters {
    /// A template that has a variable for each of its variables and functions.
    pub template: Json,
    /// The parameters, each with the expression that gives its value in that template.
    pub values: Vec<(String, String)>,
    /// The file that it is for, as it is written.
    pub using: Option<String>,
}

/// The values of the parameter file `source`.
pub(super) fn parameters(program: &mut Program<'_>, source: &Rc<BicepSource>) -> Result<Parameters, BicepFault> {
    let mut lowering = BicepLowering::new(program, source, &[], SymbolRole::Parameters)?;
    lowering.values(&BicepEnv::of(0, source))
}

impl<'p, 'r> BicepLowering<'p, 'r> {
    fn new(
        program: &'p mut Program<'r>,
        source: &Rc<BicepSource>,
        chain: &[String],
        role: SymbolRole,
    ) -> Result<Self, BicepFault> {
        let mut lowering = Self {
            program,
            units: Vec::new(),
            pending: Vec::new(),
            seen: HashSet::new(),
            places: HashMap::new(),
            variables: Map::new(),
            functions: Map::new(),
            chain: [chain, std::slice::from_ref(&source.name)].concat(),
            depth: 0,
            role,
        };
        lowering.units.push(unit(source, String::new())?);
        lowering.import_all()?;
        Ok(lowering)
    }

    /// The files that units import from as units, also through others.
    fn import_all(&mut self) -> Result<(), BicepFault> {
        let mut at = 0;
        while let Some(own) = self.source(at) {
            for import in &own.file.imports {
                let path = self.constant(&import.path, &BicepEnv::of(at, &own))?;
                let found = match self.program.load(&own.name, &path) {
                    Ok(loaded) => {
                        let source = self.program.parsed(&loaded.name, &loaded.text)?;
                        Ok(self.unit_of(&source)?)
                    }
                    Err(why) => {
                        self.program.omit_file(&own.name, &path, &why);
                        Err(path)
                    }
                };
                let Some(importing) = self.units.get_mut(at) else { continue };
                importing.import(&import.names, found).map_err(|wrong| own.fault(wrong))?;
            }
            at += 1;
        }
        Ok(())
    }

    fn unit_of(&mut self, source: &Rc<BicepSource>) -> Result<usize, BicepFault> {
        if let Some(known) = self.units.iter().position(|unit| unit.source.name == source.name) {
            return Ok(known);
        }
        let number = self.units.len();
        self.units.push(unit(source, format!("_{number}."))?);
        Ok(number)
    }

    fn source(&self, unit: usize) -> Option<Rc<BicepSource>> {
        self.units.get(unit).map(|unit| Rc::clone(&unit.source))
    }

    fn whole(&mut self, env: &BicepEnv<'_>) -> Result<StatedValues, BicepFault> {
        let schema = self.schema(env)?;
        let (parameters, parameter_places) = self.parameters(env)?;
        let (resources, resource_places) = self.resources(env)?;
        let (outputs, output_places) = self.outputs(env)?;
        let own = 0..env.source.file.variables.len();
        own.for_each(|index| self.need(NamedSymbol::Variable(env.unit, index)));
        self.make_pending()?;
        let places = [("parameters", parameter_places), ("resources", resource_places), ("outputs", output_places)];
        let places = places.map(|(name, place)| (name.to_owned(), place)).into();
        let place = self.program.place(env.source, START, Inside::Fields(places));
        let mut template = self.definitions();
        template.insert("$schema".to_owned(), Json::String(schema));
        template.insert("parameters".to_owned(), Json::Object(parameters));
        template.insert("resources".to_owned(), Json::Object(resources));
        template.insert("outputs".to_owned(), Json::Object(outputs));
        Ok((template, place))
    }

    /// A template with the variables and functions that were made.
    fn definitions(&mut self) -> Map<String, Json> {
        let functions = std::mem::take(&mut self.functions).into_iter();
        let namespaces: Vec<Json> =
            functions.map(|(namespace, members)| json!({ "namespace": namespace, "members": members })).collect();
        let mut template = Map::new();
        template.insert("languageVersion".to_owned(), Json::String("2.0".to_owned()));
        template.insert("contentVersion".to_owned(), Json::String("1.0.0.0".to_owned()));
        template.insert("functions".to_owned(), Json::Array(namespaces));
        template.insert("variables".to_owned(), Json::Object(std::mem::take(&mut self.variables)));
        template
    }

    /// The variable or function is made before the template is done.
    fn need(&mut self, named: NamedSymbol) {
        if self.seen.insert(named) {
            self.pending.push(named);
        }
    }
}

fn unit(source: &Rc<BicepSource>, prefix: String) -> Result<BicepUnit, BicepFault> {
    BicepUnit::new(Rc::clone(source), prefix).map_err(|wrong| source.fault(wrong))
}
