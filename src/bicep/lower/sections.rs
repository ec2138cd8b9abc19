//! Parameters, variables, functions and outputs.

use serde_json::{Map, Value as Json, json};

use super::super::ast::{BicepExpression, BicepFunction, BicepOutput, BicepParameter, ExpressionKind, Using};
use super::super::fault::BicepFault;
use super::super::unit::START;
use super::super::value::{BicepValue, quoted};
use super::env::BicepEnv;
use super::{BicepLowering, NamedSymbol, Parameters, StatedValues, SymbolRole};
use crate::source::{Inside, LayoutId};

impl BicepLowering<'_, '_> {
    /// Source: Microsoft Learn, "Understand the structure and syntax of ARM templates", schemas by scope.
    pub(super) fn schema(&mut self, env: &BicepEnv<'_>) -> Result<String, BicepFault> {
        let scope = match &env.source.file.target {
            Some(target) => self.constant(target, env)?,
            None => "resourceGroup".to_owned(),
        };
        let name = match scope.as_str() {
            "subscription" => "2018-05-01/subscriptionDeploymentTemplate",
            "managementGroup" => "2019-08-01/managementGroupDeploymentTemplate",
            "tenant" => "2019-08-01/tenantDeploymentTemplate",
            "resourceGroup" => "2019-04-01/deploymentTemplate",
            _ => {
                let at = env.source.file.target.as_ref().map_or(START, |target| target.at);
                return Err(env.fault(at, "expected `resourceGroup`, `subscription`, `managementGroup` or `tenant`"));
            }
        };
        Ok(format!("https://schema.management.azure.com/schemas/{name}.json#"))
    }

    pub(super) fn parameters(&mut self, env: &BicepEnv<'_>) -> Result<StatedValues, BicepFault> {
        let (mut made, mut places) = (Map::new(), Vec::new());
        for (index, parameter) in env.source.file.parameters.iter().enumerate() {
            let place = self.place_of(NamedSymbol::Parameter(index), parameter.at, env.source);
            made.insert(parameter.name.text.clone(), self.parameter(parameter, place, env)?);
            places.push((parameter.name.text.clone(), place));
        }
        Ok((made, self.program.place(env.source, START, Inside::Fields(places))))
    }

    fn parameter(
        &mut self,
        parameter: &BicepParameter,
        place: LayoutId,
        env: &BicepEnv<'_>,
    ) -> Result<Json, BicepFault> {
        let BicepParameter { kind, value, allowed, .. } = parameter;
        let mut made = Map::new();
        if let Some(name) = kind.name {
            made.insert("type".to_owned(), name.into());
        }
        if kind.is_nullable {
            made.insert("nullable".to_owned(), true.into());
        }
        if !kind.literals.is_empty() && !kind.is_nullable {
            made.insert("allowedValues".to_owned(), kind.literals.iter().cloned().map(Json::String).collect());
        }
        if let Some(allowed) = allowed
            && let BicepValue::List(items) = self.lower(allowed, env)?.value
        {
            made.insert("allowedValues".to_owned(), items.into_iter().map(BicepValue::json).collect());
        }
        if let Some(value) = value {
            let lowered = self.lower(value, env)?;
            self.program.layout.set(place, Inside::Defined(lowered.place));
            made.insert("defaultValue".to_owned(), lowered.value.json());
        }
        Ok(Json::Object(made))
    }

    pub(super) fn outputs(&mut self, env: &BicepEnv<'_>) -> Result<StatedValues, BicepFault> {
        let (mut made, mut places) = (Map::new(), Vec::new());
        for BicepOutput { name, kind, value, at } in &env.source.file.outputs {
            let lowered = self.lower(value, env)?;
            let kind = kind.name.unwrap_or("object");
            made.insert(name.text.clone(), json!({ "type": kind, "value": lowered.value.json() }));
            places.push((name.text.clone(), self.program.place(env.source, *at, Inside::Defined(lowered.place))));
        }
        Ok((made, self.program.place(env.source, START, Inside::Fields(places))))
    }

    /// Makes the variables and functions that are named, and those that these name.
    pub(super) fn make_pending(&mut self) -> Result<(), BicepFault> {
        while let Some(named) = self.pending.pop() {
            match named {
                NamedSymbol::Parameter(index) => self.make_given(index)?,
                NamedSymbol::Variable(unit, index) => self.make_variable(unit, index)?,
                NamedSymbol::Function(unit, index) => self.make_function(unit, index)?,
            }
        }
        Ok(())
    }

    fn make_variable(&mut self, unit: usize, index: usize) -> Result<(), BicepFault> {
        let Some(source) = self.source(unit) else { return Ok(()) };
        let Some(variable) = source.file.variables.get(index) else { return Ok(()) };
        let name = self.variable_name(unit, &variable.name.text);
        let place = self.place_of(NamedSymbol::Variable(unit, index), variable.at, &source);
        self.make_as(name, &variable.value, place, &BicepEnv::of(unit, &source))
    }

    /// A parameter that a parameter file gives a value.
    fn make_given(&mut self, index: usize) -> Result<(), BicepFault> {
        let Some(source) = self.source(0) else { return Ok(()) };
        let Some(parameter) = source.file.parameters.get(index) else { return Ok(()) };
        let Some(value) = &parameter.value else { return Ok(()) };
        let place = self.place_of(NamedSymbol::Parameter(index), parameter.at, &source);
        self.make_as(given_name(&parameter.name.text), value, place, &BicepEnv::of(0, &source))
    }

    /// Makes the variable `name` of the template.
    pub(super) fn make_as(
        &mut self,
        name: String,
        value: &BicepExpression,
        place: LayoutId,
        env: &BicepEnv<'_>,
    ) -> Result<(), BicepFault> {
        let lowered = self.lower(value, env)?;
        self.program.layout.set(place, Inside::Defined(lowered.place));
        self.variables.insert(name, lowered.value.json());
        Ok(())
    }

    /// The name of a variable in the template. One called `copy` would be a list of loops there.
    pub(super) fn variable_name(&self, unit: usize, name: &str) -> String {
        let prefix = self.units.get(unit).map_or("", |unit| unit.prefix.as_str());
        match prefix.is_empty() && name.eq_ignore_ascii_case("copy") {
            true => "$copy".to_owned(),
            false => format!("{prefix}{name}"),
        }
    }

    fn make_function(&mut self, unit: usize, index: usize) -> Result<(), BicepFault> {
        let Some(source) = self.source(unit) else { return Ok(()) };
        let Some(BicepFunction { name, parameters, body }) = source.file.functions.get(index) else { return Ok(()) };
        let env = parameters
            .iter()
            .fold(BicepEnv::of(unit, &source), |env, name| env.with(name, format!("parameters({})", quoted(name))));
        let value = self.lower(body, &env)?.value.json();
        let given: Vec<Json> = parameters.iter().map(|name| json!({ "name": name, "type": "object" })).collect();
        let function = json!({ "parameters": given, "output": { "type": "object", "value": value } });
        let members = self.functions.entry(namespace(unit)).or_insert_with(|| json!({}));
        if let Some(members) = members.as_object_mut() {
            members.insert(name.text.clone(), function);
        }
        Ok(())
    }

    /// The values of a parameter file.
    pub(super) fn values(&mut self, env: &BicepEnv<'_>) -> Result<Parameters, BicepFault> {
        let mut values = Vec::new();
        for (index, parameter) in env.source.file.parameters.iter().enumerate() {
            let Some(value) = &parameter.value else {
                return Err(env.fault(parameter.at, "expected `=` and a value, as parameter files have"));
            };
            if is_secret(value) {
                continue;
            }
            self.need(NamedSymbol::Parameter(index));
            let text = format!("variables({})", quoted(&given_name(&parameter.name.text)));
            values.push((parameter.name.text.clone(), text));
        }
        let using = match &env.source.file.using {
            Some(Using::File(path)) => Some(self.constant(path, env)?),
            Some(Using::Nothing) | None => None,
        };
        self.make_pending()?;
        Ok(Parameters { template: Json::Object(self.definitions()), values, using })
    }

    /// What a parameter of the template, or of a parameter file, is in an expression.
    pub(super) fn parameter_named(&mut self, index: usize, name: &str) -> BicepValue {
        match self.role {
            SymbolRole::Template => BicepValue::called("parameters", &[quoted(name)]),
            SymbolRole::Parameters => {
                self.need(NamedSymbol::Parameter(index));
                BicepValue::called("variables", &[quoted(&given_name(name))])
            }
        }
    }
}

/// The variable that holds the value which a parameter file gives.
fn given_name(name: &str) -> String {
    format!("$given.{name}")
}

/// Whether a parameter file takes the value from a key vault.
pub(super) fn is_secret(value: &BicepExpression) -> bool {
    matches!(&value.kind, ExpressionKind::Call(_, name, _) if name == "getSecret")
}

/// The namespace of the functions that a unit defines.
pub(super) fn namespace(unit: usize) -> String {
    format!("_{unit}")
}
