//! Calls of functions: those of Bicep, which templates have too, and those that files define.

use super::super::ast::{BicepExpression, ExpressionKind, Spanned};
use super::super::fault::{BicepFault, quoted};
use super::super::unit::Symbol;
use super::super::value::BicepValue;
use super::env::BicepEnv;
use super::expressions::{failing, lambda, within_lambda};
use super::names::{NameTarget, is_namespace};
use super::{BicepLowering, LoweredBicep};
use crate::source::Inside;

/// What a name that is called means.
enum CalledAs {
    /// A function of Bicep.
    Shared,
    /// A function that a file defines, by its name in the template.
    Defined(String),
    /// A function of a file that is not read.
    Unread(String),
}

impl BicepLowering<'_, '_> {
    pub(super) fn call(
        &mut self,
        of: Option<&BicepExpression>,
        name: &str,
        arguments: &[BicepExpression],
        at: Spanned,
        env: &BicepEnv<'_>,
    ) -> Result<LoweredBicep, BicepFault> {
        if let Some(of) = of.filter(|of| !is_namespace(of) || self.is_declared(of, env)) {
            return self.call_of(of, name, arguments, at, env);
        }
        let called = match of {
            Some(_) => CalledAs::Shared,
            None => self.called(env.unit, name, at, env)?,
        };
        self.call_as(called, name, arguments, at, env)
    }

    fn is_declared(&self, of: &BicepExpression, env: &BicepEnv<'_>) -> bool {
        let ExpressionKind::Name(name) = &of.kind else { return true };
        env.local(name).is_some() || self.units.get(env.unit).is_some_and(|unit| unit.symbols.contains_key(name))
    }

    /// Which function `name` is in a unit.
    fn called(&mut self, unit: usize, name: &str, at: Spanned, env: &BicepEnv<'_>) -> Result<CalledAs, BicepFault> {
        let symbol = self.units.get(unit).and_then(|unit| unit.symbols.get(name)).cloned();
        match symbol {
            Some(Symbol::Function(index)) => Ok(CalledAs::Defined(self.function_name(unit, index, name))),
            Some(Symbol::Of(other, wanted)) => self.called_in(other, &wanted, at, env),
            Some(Symbol::Unread(from)) => Ok(CalledAs::Unread(from)),
            Some(
                Symbol::Parameter(_)
                | Symbol::Variable(_)
                | Symbol::Resource(_)
                | Symbol::Module(_)
                | Symbol::Type
                | Symbol::Unit(_),
            )
            | None => Ok(CalledAs::Shared),
        }
    }

    /// The function `name` of a file that is imported from.
    fn called_in(&mut self, unit: usize, name: &str, at: Spanned, env: &BicepEnv<'_>) -> Result<CalledAs, BicepFault> {
        match self.units.get(unit).and_then(|unit| unit.symbols.get(name)) {
            Some(&Symbol::Function(index)) => Ok(CalledAs::Defined(self.function_name(unit, index, name))),
            Some(_) | None => Err(env.fault(at, format!("the imported file has no function {}", quoted(name)))),
        }
    }

    fn call_as(
        &mut self,
        called: CalledAs,
        name: &str,
        arguments: &[BicepExpression],
        at: Spanned,
        env: &BicepEnv<'_>,
    ) -> Result<LoweredBicep, BicepFault> {
        match called {
            CalledAs::Defined(name) => {
                let values = self.arguments(arguments, env)?;
                Ok(self.plain(BicepValue::call(&name, &values), at, env))
            }
            CalledAs::Unread(from) => {
                let why = format!("{name} is imported from {from}, which is not read");
                Ok(self.plain(failing(&why), at, env))
            }
            CalledAs::Shared => self.shared(name, arguments, at, env),
        }
    }

    /// A function of Bicep. Those that templates do not have are made of those that they have.
    fn shared(
        &mut self,
        name: &str,
        arguments: &[BicepExpression],
        at: Spanned,
        env: &BicepEnv<'_>,
    ) -> Result<LoweredBicep, BicepFault> {
        match (name, arguments) {
            ("any", [value]) => self.lower(value, env),
            ("nameof", [value]) => {
                let text = named(value).ok_or_else(|| env.fault(value.at, "expected a name"))?;
                Ok(self.plain(BicepValue::Text(text), at, env))
            }
            ("concat", lists) => self.concatenated(lists, at, env),
            ("loadTextContent" | "loadJsonContent" | "loadYamlContent" | "loadFileAsBase64", [path, more @ ..]) => {
                self.loaded(name, path, more, at, env)
            }
            _ => {
                let values = self.arguments(arguments, env)?;
                let inside = Inside::Nothing;
                Ok(self.placed(BicepValue::call(name, &values), at, inside, env))
            }
        }
    }

    /// `concat`, whose elements are those of its arguments.
    fn concatenated(
        &mut self,
        lists: &[BicepExpression],
        at: Spanned,
        env: &BicepEnv<'_>,
    ) -> Result<LoweredBicep, BicepFault> {
        let (mut values, mut places) = (Vec::new(), Vec::new());
        for list in lists {
            let lowered = self.lower(list, env)?;
            values.push(lowered.value);
            places.push(lowered.place);
        }
        Ok(self.placed(BicepValue::call("concat", &values), at, Inside::Lists(places), env))
    }

    /// The arguments of a call, which may be lambdas.
    fn arguments(&mut self, arguments: &[BicepExpression], env: &BicepEnv<'_>) -> Result<Vec<BicepValue>, BicepFault> {
        let mut values = Vec::new();
        for argument in arguments {
            let ExpressionKind::Lambda(names, body) = &argument.kind else {
                values.push(self.lower(argument, env)?.value);
                continue;
            };
            self.program.charge(argument.at).map_err(|wrong| env.source.fault(wrong))?;
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let body = self.lower(body, &within_lambda(env, &names))?;
            values.push(BicepValue::Expression(lambda(&names, &body.value)));
        }
        Ok(values)
    }

    /// A call of what is before the point: of all that a file exports, or of a resource.
    fn call_of(
        &mut self,
        of: &BicepExpression,
        name: &str,
        arguments: &[BicepExpression],
        at: Spanned,
        env: &BicepEnv<'_>,
    ) -> Result<LoweredBicep, BicepFault> {
        if let ExpressionKind::Name(namespace) = &of.kind
            && env.local(namespace).is_none()
        {
            match self.units.get(env.unit).and_then(|unit| unit.symbols.get(namespace)).cloned() {
                Some(Symbol::Unit(unit)) => {
                    let called = self.called_in(unit, name, at, env)?;
                    return self.call_as(called, name, arguments, at, env);
                }
                Some(Symbol::Unread(from)) => return self.call_as(CalledAs::Unread(from), name, arguments, at, env),
                Some(_) | None => {}
            }
        }
        let Some(target @ NameTarget::Resource { .. }) = self.target(of, env)? else {
            return Err(env.fault(at, format!("there is no function {} of a value", quoted(name))));
        };
        let (_, version) = self.kind_of(&target)?;
        let mut values = vec![self.id(&target)?, BicepValue::Text(version)];
        values.extend(self.arguments(arguments, env)?);
        Ok(self.plain(BicepValue::call(name, &values), at, env))
    }
}

/// The last name of an expression that names something.
fn named(expression: &BicepExpression) -> Option<String> {
    if let ExpressionKind::Name(name) | ExpressionKind::Member(_, _, name) | ExpressionKind::Child(_, name) =
        &expression.kind
    {
        return Some(name.clone());
    }
    None
}
