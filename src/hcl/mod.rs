//! Terraform source, as the plan that it means.
//!
//! In: the files of a module, and those that they name, given by a [`ModuleFiles`]. Out: a plan in the form of `terraform show
//! -json`, in which what only a deployment knows is unknown, with the place of each value in the texts; or the first fault
//! with its line and column. Guaranteed: a construct that is not understood is a fault, or a value that is unknown, never left
//! out; an unknown has one text for one value; no input makes it panic, or take time or memory out of proportion.
//! Deliberately absent: providers, state, and what resources mean, which `import` knows.

mod ast;
mod avm;
mod budget;
mod evaluate;
mod fault;
mod functions;
mod instance;
mod interpolation;
mod json;
mod module;
mod names;
mod number;
mod operators;
mod paths;
mod plan;
mod recognise;
mod resources;
mod scope;
mod syntax;
mod templates;
mod types;
mod value;

use std::rc::Rc;

use indexmap::IndexMap;
use serde_json::Value as Json;

use self::ast::HclKind;
use self::evaluate::HclEvaluator;
use self::fault::{WrongHcl, quoted};
use self::module::{HclModule, Inputs, ModuleSource};
use self::plan::MadePlan;
use self::scope::HclScope;
use self::value::HclValue;
use crate::source::{Inside, LayoutId, LayoutStretch, SourceLayout};

pub use self::fault::HclFault;
pub use self::module::{LoadedModules, ModuleFiles};
pub use self::plan::IsRead;
pub use self::recognise::{is_values_file, recognise};

/// A module, and the values that it is given.
pub struct Request<'r> {
    /// The files of the module.
    pub files: &'r [LoadedModules],
    /// Files of values that the user names; the last one wins.
    pub values: &'r [LoadedModules],
    /// Values that the user gives by name, which win over files.
    pub settings: &'r [(String, String)],
    /// Which resources say something about flows.
    pub is_read: IsRead,
}

/// A module as the plan that it means.
#[derive(Clone, Debug)]
pub struct HclPlan {
    /// The plan.
    pub json: Json,
    /// Where the texts state its values, by the addresses of resources.
    pub layout: SourceLayout,
    /// The resources: their types, and where their attributes are stated.
    pub resources: Vec<(String, LayoutId)>,
    /// The folders of the modules that are called, from that of the root module.
    pub called: Vec<String>,
}

/// The plan that a module means.
///
/// # Errors
/// Where its files, or files that they name, are not understood.
pub fn plan(request: &Request<'_>, reader: &mut dyn ModuleFiles) -> Result<HclPlan, HclFault> {
    let mut evaluator = HclEvaluator::new(reader);
    let mut made = MadePlan::default();
    if let Err(wrong) = show_root(request, &mut evaluator, &mut made) {
        return Err(wrong.of(evaluator.layout.texts()));
    }
    let start = evaluator.layout.add(LayoutStretch { text: 0, start: 0, end: 0 }, Inside::Nothing);
    evaluator.layout.set_root(start);
    let resources = std::mem::take(&mut made.places);
    let called = evaluator.sources.keys().cloned().collect();
    let HclEvaluator { layout, .. } = evaluator;
    Ok(HclPlan { json: made.json(), layout, resources, called })
}

fn show_root(request: &Request<'_>, evaluator: &mut HclEvaluator<'_>, made: &mut MadePlan) -> Result<(), WrongHcl> {
    let source = evaluator.module_source(".", request.files)?;
    let given = given(request, &source, evaluator)?;
    evaluator.modules.push(HclModule { path: "".into(), source, inputs: Inputs::Root(given), level: 0 });
    evaluator.show(0, request.is_read, made)?;
    evaluator.show_omitted(made);
    Ok(())
}

/// The values of the root module's variables.
fn given(
    request: &Request<'_>,
    source: &ModuleSource,
    evaluator: &mut HclEvaluator<'_>,
) -> Result<IndexMap<Rc<str>, HclValue>, WrongHcl> {
    let mut given = IndexMap::new();
    for file in automatic(evaluator).iter().chain(request.values) {
        let number = evaluator.add_text(file)?;
        let body = match file.name.ends_with(".json") {
            true => json::values(number, &file.text)?,
            false => {
                let start = file.text.len() - file.text.strip_prefix('\u{feff}').unwrap_or(&file.text).len();
                let text = file.text.get(start..).unwrap_or_default();
                syntax::body(syntax::HclSource { offset: start, ..syntax::HclSource::whole(number, text) })?
            }
        };
        if let Some(block) = body.blocks.first() {
            return Err(WrongHcl::last(
                block.at,
                format!("block {} is not valid in a file of values", quoted(&block.kind)),
            ));
        }
        for attribute in body.attributes {
            // It sees no names: no module has that number.
            let value = evaluator.eval(&attribute.value, HclScope::of(usize::MAX))?;
            if !source.variables.contains_key(&attribute.name) {
                let name = quoted(&attribute.name);
                evaluator.omit(
                    attribute.at,
                    format!("variable {name} is not one of the module: its value is not read"),
                    false,
                );
            }
            given.insert(attribute.name, value);
        }
    }
    for (name, text) in request.settings {
        if let Some(block) = source.variables.get(name.as_str()) {
            let value = setting(name, text, block, evaluator)?;
            given.insert(name.as_str().into(), value);
        }
    }
    Ok(given)
}

/// A value that the user gives as a text: an expression where the variable is of a collection.
///
/// Source: HashiCorp, "Input Variables" of Terraform 1.9, complex-typed values.
fn setting(
    name: &str,
    text: &str,
    block: &ast::HclBlock,
    evaluator: &mut HclEvaluator<'_>,
) -> Result<HclValue, WrongHcl> {
    let number = evaluator.layout.add_text(&format!("--set {name}"), text);
    let source = syntax::HclSource::whole(number, text);
    let is_collection = block.body.attribute("type").is_some_and(|own| matches!(own.value.kind, HclKind::Call(_)));
    if !is_collection {
        return Ok(HclValue::text(text).at(source.stretch(Some(0..text.len()))));
    }
    let expr = syntax::expression(source)?;
    evaluator.eval(&expr, HclScope::of(usize::MAX))
}

/// The files of values that Terraform reads by itself, in the order in which it reads them.
fn automatic(evaluator: &mut HclEvaluator<'_>) -> Vec<LoadedModules> {
    let names = evaluator.reader.files(".").unwrap_or_default();
    let (named, mut others): (Vec<String>, Vec<String>) =
        names.into_iter().filter(|name| recognise::is_automatic(name)).partition(|name| name.starts_with("terraform."));
    others.sort();
    named.into_iter().chain(others).filter_map(|name| evaluator.reader.read(&name).ok()).collect()
}
