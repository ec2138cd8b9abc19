//! What the expressions of one template can name.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use crate::json::{Json, Map};

use super::budget::TemplateBudget;
use super::cloud::Cloud;
use super::deployment::{NestedDeployment, Sections};
use super::value::{TemplateValue, ValuePlace};

/// What all templates of one file share.
pub(super) struct SharedState {
    pub budget: TemplateBudget,
    /// The cloud, where it is given.
    pub cloud: Option<Cloud>,
    /// Whether the cloud was requested and not given.
    pub assumed_cloud: Cell<bool>,
    /// How deep evaluation is, through expressions, functions, names and deployments.
    pub depth: Cell<usize>,
    /// What is being evaluated, the innermost last.
    pub path: RefCell<Vec<LoopStep>>,
}

/// Something that is being evaluated.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct LoopStep {
    /// Which template, by the address of its frame.
    pub frame: usize,
    /// As in `variables('a')`.
    pub shown: String,
}

/// A template: the one that was read, or one nested in it.
pub(super) struct EvaluationFrame {
    pub shared: Rc<SharedState>,
    /// The nested deployment whose template it is, by its path; none of the template itself.
    pub own: Option<Rc<str>>,
    /// The name of that deployment.
    pub name: Option<TemplateValue>,
    pub place: Rc<ValuePlace>,
    pub parameters: HashMap<String, TemplateParameter>,
    pub variables: HashMap<String, TemplateVariable>,
    pub functions: HashMap<String, TemplateFunction>,
    /// The values of parameters and variables that were requested.
    pub memo: RefCell<HashMap<FrameName, TemplateValue>>,
    /// The deployments that it nests.
    pub deployments: Vec<NestedDeployment>,
    /// The same, each round of a loop by itself, once they were requested.
    pub targets: RefCell<Option<Rc<Vec<ReferenceTarget>>>>,
    /// The template around.
    pub up: Option<Rc<EvaluationFrame>>,
}

/// A parameter or a variable, in lower case.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum FrameName {
    Parameter(String),
    Variable(String),
}

/// A parameter: its name as it is declared, and its value.
pub(super) struct TemplateParameter {
    pub name: Rc<str>,
    pub source: ParameterSource,
}

/// Where the value of a parameter comes from.
#[derive(Clone)]
pub(super) enum ParameterSource {
    /// The default, whose expressions are those of its own template.
    Default(Json),
    Given(TemplateValue),
    /// A secret of a key vault.
    Secret,
    /// It has no value.
    Missing,
}

/// A variable.
pub(super) enum TemplateVariable {
    Plain(Json),
    /// Made by a `copy` loop.
    Loop(Json),
}

/// A function that the template defines.
pub(super) struct TemplateFunction {
    pub parameters: Vec<Rc<str>>,
    pub output: Json,
}

/// A round of a `copy` loop.
#[derive(Clone, Debug)]
pub(super) struct Loop {
    pub name: Rc<str>,
    /// Of a loop that goes round nobody knows how often, none.
    pub index: Option<i64>,
}

/// A nested deployment that expressions can refer to, and what it puts out.
pub(super) struct ReferenceTarget {
    /// Which of the frame's deployments.
    pub deployment: usize,
    pub loops: Vec<Loop>,
    /// Its name among the resources, where they are an object.
    pub symbol: Option<String>,
    pub name: TemplateValue,
    pub place: Rc<ValuePlace>,
    pub outputs: RefCell<Option<TemplateValue>>,
}

/// Where an expression is evaluated.
#[derive(Clone, Copy)]
pub(super) struct FramePlace<'a> {
    /// The loops around, the innermost last.
    pub loops: &'a [Loop],
    /// The variables of the lambdas around.
    pub bound: Option<&'a BoundValue<'a>>,
    /// The arguments of the function of the template whose body it is.
    pub arguments: Option<&'a [(Rc<str>, TemplateValue)]>,
    /// The text of the expression.
    pub text: &'a str,
}

/// A variable of a lambda, and those around it.
pub(super) struct BoundValue<'a> {
    pub name: &'a str,
    pub value: TemplateValue,
    pub up: Option<&'a BoundValue<'a>>,
}

impl<'a> FramePlace<'a> {
    /// Outside of all expressions, within `loops`.
    pub(super) fn outside(loops: &'a [Loop]) -> Self {
        Self { loops, bound: None, arguments: None, text: "" }
    }
}

impl EvaluationFrame {
    /// The frame of a template. `given` are the values of its parameters.
    pub(super) fn new(shared: Rc<SharedState>, sections: Sections, given: &[(String, ParameterSource)]) -> Self {
        Self {
            shared,
            own: None,
            name: None,
            place: Rc::default(),
            parameters: parameters(sections.parameters, given),
            variables: variables(sections.variables),
            functions: functions(&sections.functions),
            memo: RefCell::default(),
            deployments: sections.deployments,
            targets: RefCell::default(),
            up: None,
        }
    }

    pub(super) fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }
}

fn parameters(declared: Map, given: &[(String, ParameterSource)]) -> HashMap<String, TemplateParameter> {
    let given: HashMap<String, &ParameterSource> =
        given.iter().map(|(name, source)| (name.to_ascii_lowercase(), source)).collect();
    let declared = declared.into_iter().map(|(name, parameter)| {
        let low = name.to_ascii_lowercase();
        let source = source(parameter, given.get(&low).copied());
        (low, TemplateParameter { name: name.into(), source })
    });
    declared.collect()
}

/// A null that is given means the default, and null itself where there is none and the parameter is nullable.
///
/// Bicep passes null for a parameter of a module that is to have its default.
fn source(mut declared: Json, given: Option<&ParameterSource>) -> ParameterSource {
    let is_nullable = declared.get("nullable") == Some(&Json::Bool(true));
    let default = declared.as_object_mut().and_then(|declared| declared.remove("defaultValue"));
    match given {
        Some(ParameterSource::Given(TemplateValue::Null)) | None => match default {
            Some(default) => ParameterSource::Default(default),
            None if is_nullable => ParameterSource::Given(TemplateValue::Null),
            None => ParameterSource::Missing,
        },
        Some(given) => given.clone(),
    }
}

fn variables(declared: Map) -> HashMap<String, TemplateVariable> {
    let mut all = HashMap::new();
    for (name, value) in declared {
        match value {
            Json::Array(loops) if name == *"copy" => {
                for copy in loops {
                    let name = copy.get("name").and_then(Json::as_str).unwrap_or_default().to_ascii_lowercase();
                    all.insert(name, TemplateVariable::Loop(copy));
                }
            }
            value => {
                all.insert(name.to_ascii_lowercase(), TemplateVariable::Plain(value));
            }
        }
    }
    all
}

/// The functions of the template's namespaces.
fn functions(declared: &Json) -> HashMap<String, TemplateFunction> {
    let mut all = HashMap::new();
    for namespace in declared.as_array().into_iter().flatten() {
        let name = namespace.get("namespace").and_then(Json::as_str).unwrap_or_default();
        for (member, function) in namespace.get("members").and_then(Json::as_object).into_iter().flatten() {
            let parameters = function.get("parameters").and_then(Json::as_array).into_iter().flatten();
            let name_of = |parameter: &Json| parameter.get("name").and_then(Json::as_str).unwrap_or_default().into();
            let output = function.get("output").and_then(|output| output.get("value")).cloned().unwrap_or_default();
            let function = TemplateFunction { parameters: parameters.map(name_of).collect(), output };
            all.insert(format!("{name}.{member}").to_ascii_lowercase(), function);
        }
    }
    all
}
