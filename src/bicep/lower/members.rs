//! Properties and items: of values, of resources, and of what modules put out.

use super::super::ast::{BicepAccess, BicepExpression, ExpressionKind, Spanned};
use super::super::fault::{BicepFault, quoted};
use super::super::unit::Symbol;
use super::super::value::{self, BicepValue};
use super::env::BicepEnv;
use super::names::NameTarget;
use super::{BicepLowering, LoweredBicep};
use crate::source::Inside;

impl BicepLowering<'_, '_> {
    pub(super) fn member(
        &mut self,
        of: &BicepExpression,
        access: BicepAccess,
        name: &str,
        at: Spanned,
        env: &BicepEnv<'_>,
    ) -> Result<LoweredBicep, BicepFault> {
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
    fn of_import(&self, of: &BicepExpression, name: &str, env: &BicepEnv<'_>) -> Option<(usize, Symbol)> {
        let ExpressionKind::Name(namespace) = &of.kind else { return None };
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
        of: &BicepExpression,
        access: BicepAccess,
        index: &BicepExpression,
        at: Spanned,
        env: &BicepEnv<'_>,
    ) -> Result<LoweredBicep, BicepFault> {
        let here = self.target_item(of, index, env)?;
        if here.is_some() {
            return Err(env.fault(at, "a resource is not a value: name a property of it, such as `id`"));
        }
        let index = self.lower(index, env)?.value;
        if let BicepValue::Text(name) = &index {
            return self.member(of, access, name, at, env);
        }
        let of = self.lower(of, env)?;
        let inside = if let BicepValue::Number(number) = &index
            && let Ok(at) = usize::try_from(*number)
        {
            Inside::Item(of.place, at)
        } else {
            Inside::Nothing
        };
        let mark = mark(access);
        let value = BicepValue::Expression(format!("{}[{mark}{}]", of.value.expression(), index.expression()));
        Ok(self.placed(value, at, inside, env))
    }

    pub(super) fn counted_from_end(
        &mut self,
        of: &BicepExpression,
        access: BicepAccess,
        index: &BicepExpression,
        at: Spanned,
        env: &BicepEnv<'_>,
    ) -> Result<LoweredBicep, BicepFault> {
        let of = self.lower(of, env)?.value;
        let index = self.lower(index, env)?.value;
        let function = match access {
            BicepAccess::Plain => "indexFromEnd",
            BicepAccess::Safe => "tryIndexFromEnd",
        };
        Ok(self.plain(BicepValue::call(function, [&of, &index]), at, env))
    }

    /// What the output `name` of a module is, where `of` is the outputs of one.
    fn output(
        &mut self,
        of: &BicepExpression,
        access: BicepAccess,
        name: &str,
        env: &BicepEnv<'_>,
    ) -> Result<Option<BicepValue>, BicepFault> {
        let ExpressionKind::Member(module, outputs_access, outputs) = &of.kind else { return Ok(None) };
        if outputs != "outputs" {
            return Ok(None);
        }
        let Some(NameTarget::Module { index, symbol, .. }) = self.target(module, env)? else { return Ok(None) };
        let outputs = step(&reference_of(&symbol, index.as_deref()), *outputs_access, "outputs");
        let output = step(&outputs, access, name);
        Ok(Some(step(&output, if access == BicepAccess::Safe { access } else { *outputs_access }, "value")))
    }

    /// A property of a resource or a module.
    fn property(
        &mut self,
        target: &NameTarget,
        access: BicepAccess,
        name: &str,
        at: Spanned,
        env: &BicepEnv<'_>,
    ) -> Result<BicepValue, BicepFault> {
        match target {
            NameTarget::Module { unit, module, index, symbol } => match name {
                "name" => self.module_name(*unit, *module, index.as_deref()),
                "outputs" => Ok(step(&reference_of(symbol, index.as_deref()), access, name)),
                _ => Err(env.fault(at, format!("a module has no property {}", quoted(name)))),
            },
            NameTarget::Resource { .. } => {
                let (kind, version) = self.kind_of(target)?;
                Ok(match name {
                    "id" => self.id(target)?,
                    "name" => self.own_name(target)?,
                    "type" => BicepValue::Text(kind),
                    "apiVersion" => BicepValue::Text(version),
                    "properties" => BicepValue::call("reference", [&self.id(target)?, &BicepValue::Text(version)]),
                    _ => step(&self.full(target, version)?, access, name),
                })
            }
        }
    }

    /// A resource where a value is expected: all that Azure states of it.
    pub(super) fn resource_itself(
        &mut self,
        expression: &BicepExpression,
        env: &BicepEnv<'_>,
    ) -> Result<LoweredBicep, BicepFault> {
        let value = match self.target(expression, env)? {
            Some(target @ NameTarget::Resource { .. }) => {
                let (_, version) = self.kind_of(&target)?;
                self.full(&target, version)?
            }
            Some(NameTarget::Module { index, symbol, .. }) => reference_of(&symbol, index.as_deref()),
            None => return Err(env.fault(expression.at, "there is no such nested resource")),
        };
        Ok(self.plain(value, expression.at, env))
    }

    fn full(&mut self, target: &NameTarget, version: String) -> Result<BicepValue, BicepFault> {
        Ok(BicepValue::call(
            "reference",
            [&self.id(target)?, &BicepValue::Text(version), &BicepValue::Text("full".to_owned())],
        ))
    }
}

/// What a deployment states of itself, which is found by its name among the resources.
fn reference_of(symbol: &str, index: Option<&str>) -> BicepValue {
    let name = match index {
        Some(index) => format!("format({}, {index})", value::quoted(&format!("{symbol}[{{0}}]"))),
        None => value::quoted(symbol),
    };
    BicepValue::called("reference", &[name])
}

fn mark(access: BicepAccess) -> &'static str {
    match access {
        BicepAccess::Plain => "",
        BicepAccess::Safe => "?",
    }
}

/// The property `name` of a value.
pub(super) fn step(of: &BicepValue, access: BicepAccess, name: &str) -> BicepValue {
    let is_word = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let starts_well = !name.starts_with(|c: char| c.is_ascii_digit());
    let (of, mark) = (of.expression(), mark(access));
    match is_word && starts_well {
        true => BicepValue::Expression(format!("{of}.{mark}{name}")),
        false => BicepValue::Expression(format!("{of}[{mark}{}]", value::quoted(name))),
    }
}
