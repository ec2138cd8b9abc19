//! Properties and items: of values, of resources, and of what modules put out.

use super::super::ast::{Access, At, Expression, Kind};
use super::super::fault::{Fault, quoted};
use super::super::unit::Symbol;
use super::super::value::{self, Value};
use super::env::Env;
use super::names::Target;
use super::{Lowered, Lowering};
use crate::source::Inside;

impl Lowering<'_, '_> {
    pub(super) fn member(
        &mut self,
        of: &Expression,
        access: Access,
        name: &str,
        at: At,
        env: &Env<'_>,
    ) -> Result<Lowered, Fault> {
        if let Some(value) = self.output(of, access, name, env)? {
            return Ok(self.plain(value, at, env));
        }
        if let Some(target) = self.target(of, env)? {
            let value = self.property(&target, access, name, at, env)?;
            return Ok(self.plain(value, at, env));
        }
        if let Some(symbol) = self.of_import(of, name, env) {
            let (unit, symbol) = symbol;
            return self.named(unit, symbol, name, at, env);
        }
        let of = self.lower(of, env)?;
        let inside = Inside::Field(of.place, name.to_owned());
        Ok(self.placed(step(&of.value, access, name), at, inside, env))
    }

    /// What `NAME.name` is, where `NAME` is all that a file exports.
    fn of_import(&self, of: &Expression, name: &str, env: &Env<'_>) -> Option<(usize, Symbol)> {
        let Kind::Name(namespace) = &of.kind else { return None };
        if env.local(namespace).is_some() {
            return None;
        }
        match self.units.get(env.unit)?.symbols.get(namespace)? {
            Symbol::Unit(unit) => Some((env.unit, Symbol::Of(*unit, name.to_owned()))),
            Symbol::Unread(from) => Some((env.unit, Symbol::Unread(from.clone()))),
            Symbol::Parameter(_)
            | Symbol::Variable(_)
            | Symbol::Function(_)
            | Symbol::Resource(_)
            | Symbol::Module(_)
            | Symbol::Type
            | Symbol::Of(..) => None,
        }
    }

    pub(super) fn item(
        &mut self,
        of: &Expression,
        access: Access,
        index: &Expression,
        at: At,
        env: &Env<'_>,
    ) -> Result<Lowered, Fault> {
        let here = self.target_item(of, index, env)?;
        if here.is_some() {
            return Err(env.fault(at, "a resource is no value: name a property of it, such as `id`"));
        }
        let index = self.lower(index, env)?.value;
        if let Value::Text(name) = &index {
            return self.member(of, access, name, at, env);
        }
        let of = self.lower(of, env)?;
        let inside = if let Value::Number(number) = &index
            && let Ok(at) = usize::try_from(*number)
        {
            Inside::Item(of.place, at)
        } else {
            Inside::Nothing
        };
        let mark = mark(access);
        let value = Value::Expression(format!("{}[{mark}{}]", of.value.expression(), index.expression()));
        Ok(self.placed(value, at, inside, env))
    }

    pub(super) fn counted_from_end(
        &mut self,
        of: &Expression,
        access: Access,
        index: &Expression,
        at: At,
        env: &Env<'_>,
    ) -> Result<Lowered, Fault> {
        let of = self.lower(of, env)?.value;
        let index = self.lower(index, env)?.value;
        let function = match access {
            Access::Plain => "indexFromEnd",
            Access::Safe => "tryIndexFromEnd",
        };
        Ok(self.plain(Value::call(function, [&of, &index]), at, env))
    }

    /// What the output `name` of a module is, where `of` is the outputs of one.
    fn output(&mut self, of: &Expression, access: Access, name: &str, env: &Env<'_>) -> Result<Option<Value>, Fault> {
        let Kind::Member(module, outputs_access, outputs) = &of.kind else { return Ok(None) };
        if outputs != "outputs" {
            return Ok(None);
        }
        let Some(Target::Module { index, symbol, .. }) = self.target(module, env)? else { return Ok(None) };
        let outputs = step(&reference_of(&symbol, index.as_deref()), *outputs_access, "outputs");
        let output = step(&outputs, access, name);
        Ok(Some(step(&output, if access == Access::Safe { access } else { *outputs_access }, "value")))
    }

    /// A property of a resource or a module.
    fn property(&mut self, target: &Target, access: Access, name: &str, at: At, env: &Env<'_>) -> Result<Value, Fault> {
        match target {
            Target::Module { unit, module, index, symbol } => match name {
                "name" => self.module_name(*unit, *module, index.as_deref()),
                "outputs" => Ok(step(&reference_of(symbol, index.as_deref()), access, name)),
                _ => Err(env.fault(at, format!("a module has no property {}", quoted(name)))),
            },
            Target::Resource { .. } => {
                let (kind, version) = self.kind_of(target)?;
                Ok(match name {
                    "id" => self.id(target)?,
                    "name" => self.own_name(target)?,
                    "type" => Value::Text(kind),
                    "apiVersion" => Value::Text(version),
                    "properties" => Value::call("reference", [&self.id(target)?, &Value::Text(version)]),
                    _ => step(&self.full(target, version)?, access, name),
                })
            }
        }
    }

    /// A resource where a value is expected: all that Azure says of it.
    pub(super) fn resource_itself(&mut self, expression: &Expression, env: &Env<'_>) -> Result<Lowered, Fault> {
        let value = match self.target(expression, env)? {
            Some(target @ Target::Resource { .. }) => {
                let (_, version) = self.kind_of(&target)?;
                self.full(&target, version)?
            }
            Some(Target::Module { index, symbol, .. }) => reference_of(&symbol, index.as_deref()),
            None => return Err(env.fault(expression.at, "there is no such nested resource")),
        };
        Ok(self.plain(value, expression.at, env))
    }

    fn full(&mut self, target: &Target, version: String) -> Result<Value, Fault> {
        Ok(Value::call("reference", [&self.id(target)?, &Value::Text(version), &Value::Text("full".to_owned())]))
    }
}

/// What a deployment says of itself, which is found by its name among the resources.
fn reference_of(symbol: &str, index: Option<&str>) -> Value {
    let name = match index {
        Some(index) => format!("format({}, {index})", value::quoted(&format!("{symbol}[{{0}}]"))),
        None => value::quoted(symbol),
    };
    Value::called("reference", &[name])
}

fn mark(access: Access) -> &'static str {
    match access {
        Access::Plain => "",
        Access::Safe => "?",
    }
}

/// The property `name` of a value.
pub(super) fn step(of: &Value, access: Access, name: &str) -> Value {
    let is_word = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let starts_well = !name.starts_with(|c: char| c.is_ascii_digit());
    let (of, mark) = (of.expression(), mark(access));
    match is_word && starts_well {
        true => Value::Expression(format!("{of}.{mark}{name}")),
        false => Value::Expression(format!("{of}[{mark}{}]", value::quoted(name))),
    }
}
