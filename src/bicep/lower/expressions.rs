//! Expressions of Bicep as expressions of templates.
//!
//! Source: Microsoft Learn, "Bicep operators", page of 2025-02-12, which names the template function of each.

use std::collections::HashSet;
use std::rc::Rc;

use super::super::ast::{
    ArrayEntry, ArrayItem, BicepExpression, ExpressionKind, Junction, LoopRounds, Operator, PropertyKey, Spanned,
};
use super::super::fault::{BicepFault, quoted};
use super::super::unit::{BicepSource, Symbol};
use super::super::value::{self, BicepValue};
use super::env::BicepEnv;
use super::{BicepLowering, LoweredBicep, NamedSymbol};
use crate::source::{Inside, LayoutId};

impl BicepLowering<'_, '_> {
    /// An expression as a value of the template.
    pub(super) fn lower(
        &mut self,
        expression: &BicepExpression,
        env: &BicepEnv<'_>,
    ) -> Result<LoweredBicep, BicepFault> {
        self.program.charge(expression.at).map_err(|wrong| env.source.fault(wrong))?;
        let at = expression.at;
        match &expression.kind {
            ExpressionKind::Null => Ok(self.plain(BicepValue::Null, at, env)),
            ExpressionKind::Bool(value) => Ok(self.plain(BicepValue::Bool(*value), at, env)),
            ExpressionKind::Number(number) => Ok(self.plain(BicepValue::Number(*number), at, env)),
            ExpressionKind::Text(pieces) => {
                let value = self.text(pieces, env)?;
                Ok(self.plain(value, at, env))
            }
            ExpressionKind::List(items) => self.list(items, at, env),
            ExpressionKind::Object(entries) => self.object(entries, at, env),
            ExpressionKind::Name(name) => self.name(name, at, env),
            ExpressionKind::Member(of, access, name) => self.member(of, *access, name, at, env),
            ExpressionKind::Item(of, access, index) => self.item(of, *access, index, at, env),
            ExpressionKind::FromEnd(of, access, index) => self.counted_from_end(of, *access, index, at, env),
            ExpressionKind::Child(..) => self.resource_itself(expression, env),
            ExpressionKind::Call(of, name, arguments) => self.call(of.as_deref(), name, arguments, at, env),
            ExpressionKind::Not(value) => self.function("not", &[value], at, env),
            ExpressionKind::Negative(value) => {
                let value = self.lower(value, env)?.value;
                Ok(self.plain(BicepValue::call("sub", [&BicepValue::Number(0), &value]), at, env))
            }
            ExpressionKind::Binary(operator, left, right) => self.binary(*operator, left, right, at, env),
            ExpressionKind::Chain(junction, parts) => self.chain(*junction, parts, at, env),
            ExpressionKind::Choice(parts) => {
                let [condition, yes, no] = &**parts;
                self.choice(condition, yes, no, at, env)
            }
            ExpressionKind::For(rounds, body) => self.rounds(rounds, body, at, env),
            ExpressionKind::Lambda(..) => Err(env.fault(at, "a lambda is valid as an argument only")),
        }
    }

    /// A value that holds nothing whose place matters.
    pub(super) fn plain(&mut self, value: BicepValue, at: Spanned, env: &BicepEnv<'_>) -> LoweredBicep {
        self.placed(value, at, Inside::Nothing, env)
    }

    pub(super) fn placed(
        &mut self,
        value: BicepValue,
        at: Spanned,
        inside: Inside,
        env: &BicepEnv<'_>,
    ) -> LoweredBicep {
        LoweredBicep { value, place: self.program.place(env.source, at, inside) }
    }

    /// A call of a template function.
    fn function(
        &mut self,
        name: &str,
        arguments: &[&BicepExpression],
        at: Spanned,
        env: &BicepEnv<'_>,
    ) -> Result<LoweredBicep, BicepFault> {
        let mut values = Vec::new();
        for argument in arguments {
            values.push(self.lower(argument, env)?.value);
        }
        Ok(self.plain(BicepValue::call(name, &values), at, env))
    }

    fn list(&mut self, items: &[ArrayItem], at: Spanned, env: &BicepEnv<'_>) -> Result<LoweredBicep, BicepFault> {
        let mut parts: Vec<(BicepValue, LayoutId)> = Vec::new();
        let mut run: Vec<LoweredBicep> = Vec::new();
        for item in items {
            match item {
                ArrayItem::One(value) => run.push(self.lower(value, env)?),
                ArrayItem::All(list) => {
                    let before = self.run(std::mem::take(&mut run), at, env);
                    let list = self.lower(list, env)?;
                    parts.extend([before, (list.value, list.place)]);
                }
            }
        }
        let last = self.run(run, at, env);
        if parts.is_empty() {
            return Ok(LoweredBicep { value: last.0, place: last.1 });
        }
        parts.push(last);
        let places = parts.iter().map(|(_, place)| *place).collect();
        let all = BicepValue::List(parts.into_iter().map(|(value, _)| value).collect());
        Ok(self.placed(BicepValue::call("flatten", [&all]), at, Inside::Lists(places), env))
    }

    /// Elements that follow each other as a list.
    fn run(&mut self, items: Vec<LoweredBicep>, at: Spanned, env: &BicepEnv<'_>) -> (BicepValue, LayoutId) {
        let places = items.iter().map(|item| item.place).collect();
        let value = BicepValue::List(items.into_iter().map(|item| item.value).collect());
        let place = self.program.place(env.source, at, Inside::Items(places));
        (value, place)
    }

    fn object(&mut self, entries: &[ArrayEntry], at: Spanned, env: &BicepEnv<'_>) -> Result<LoweredBicep, BicepFault> {
        let is_plain = |entry: &ArrayEntry| matches!(entry, ArrayEntry::Property(key, _) if key.plain().is_some());
        if !entries.iter().all(is_plain) {
            return self.merged(entries, at, env);
        }
        let (mut made, mut places) = (Vec::new(), Vec::new());
        let mut seen = HashSet::new();
        for entry in entries {
            let ArrayEntry::Property(key, value) = entry else { continue };
            let name = key.plain().unwrap_or_default();
            once(name, key, &mut seen, env)?;
            let lowered = self.lower(value, env)?;
            let place = self.program.place(env.source, spanning(key.at, value.at), Inside::Defined(lowered.place));
            made.push((name.to_owned(), lowered.value));
            places.push((name.to_owned(), place));
        }
        Ok(self.placed(BicepValue::Object(made), at, Inside::Fields(places), env))
    }

    /// An object with entries of others, or with names that hold values.
    fn merged(&mut self, entries: &[ArrayEntry], at: Spanned, env: &BicepEnv<'_>) -> Result<LoweredBicep, BicepFault> {
        let (mut parts, mut run): (Vec<BicepValue>, Vec<String>) = (Vec::new(), Vec::new());
        for entry in entries {
            match entry {
                ArrayEntry::Property(key, value) => {
                    run.push(self.text(&key.pieces, env)?.expression());
                    run.push(self.lower(value, env)?.value.expression());
                }
                ArrayEntry::All(object) => {
                    parts.push(BicepValue::called("createObject", &std::mem::take(&mut run)));
                    parts.push(self.lower(object, env)?.value);
                }
                ArrayEntry::Resource(resource) => {
                    return Err(env.fault(resource.at, "a resource is valid in the body of a resource only"));
                }
            }
        }
        let last = BicepValue::called("createObject", &run);
        if parts.is_empty() {
            return Ok(self.plain(last, at, env));
        }
        parts.push(last);
        Ok(self.plain(BicepValue::call("shallowMerge", [&BicepValue::List(parts)]), at, env))
    }

    fn binary(
        &mut self,
        operator: Operator,
        left: &BicepExpression,
        right: &BicepExpression,
        at: Spanned,
        env: &BicepEnv<'_>,
    ) -> Result<LoweredBicep, BicepFault> {
        let left = self.lower(left, env)?.value;
        let right = self.lower(right, env)?.value;
        let two = |function: &str| BicepValue::call(function, [&left, &right]);
        let words = || {
            let lower = |value: &BicepValue| BicepValue::call("toLower", [value]);
            BicepValue::call("equals", [&lower(&left), &lower(&right)])
        };
        let value = match operator {
            Operator::Add => two("add"),
            Operator::Subtract => two("sub"),
            Operator::Multiply => two("mul"),
            Operator::Divide => two("div"),
            Operator::Remainder => two("mod"),
            Operator::Equal => two("equals"),
            Operator::NotEqual => BicepValue::call("not", [&two("equals")]),
            Operator::EqualWord => words(),
            Operator::NotEqualWord => BicepValue::call("not", [&words()]),
            Operator::Less => two("less"),
            Operator::LessOrEqual => two("lessOrEquals"),
            Operator::Greater => two("greater"),
            Operator::GreaterOrEqual => two("greaterOrEquals"),
        };
        Ok(self.plain(value, at, env))
    }

    fn chain(
        &mut self,
        junction: Junction,
        parts: &[BicepExpression],
        at: Spanned,
        env: &BicepEnv<'_>,
    ) -> Result<LoweredBicep, BicepFault> {
        let function = match junction {
            Junction::And => "and",
            Junction::Or => "or",
            Junction::Coalesce => "coalesce",
        };
        let first = match (junction, parts.first()) {
            // Nearly always the value is the first one, and the other is for where there is none.
            (Junction::Coalesce, Some(first)) => Some(self.lower(first, env)?),
            (Junction::Coalesce | Junction::And | Junction::Or, _) => None,
        };
        let inside = first.as_ref().map_or(Inside::Nothing, |first| Inside::Defined(first.place));
        let mut values: Vec<BicepValue> = first.into_iter().map(|first| first.value).collect();
        for part in parts.iter().skip(values.len()) {
            values.push(self.lower(part, env)?.value);
        }
        Ok(self.placed(BicepValue::call(function, &values), at, inside, env))
    }

    fn choice(
        &mut self,
        condition: &BicepExpression,
        yes: &BicepExpression,
        no: &BicepExpression,
        at: Spanned,
        env: &BicepEnv<'_>,
    ) -> Result<LoweredBicep, BicepFault> {
        let condition = self.lower(condition, env)?.value;
        let (yes, no) = (self.lower(yes, env)?, self.lower(no, env)?);
        let is_empty = |value: &BicepValue| match value {
            BicepValue::Null => true,
            BicepValue::List(items) => items.is_empty(),
            BicepValue::Object(entries) => entries.is_empty(),
            BicepValue::Bool(_)
            | BicepValue::Number(_)
            | BicepValue::Text(_)
            | BicepValue::Loaded(_)
            | BicepValue::Expression(_) => false,
        };
        // What an empty value holds is nowhere.
        let inside = match (is_empty(&yes.value), is_empty(&no.value)) {
            (false, true) => Inside::Defined(yes.place),
            (true, false) => Inside::Defined(no.place),
            (true, true) | (false, false) => Inside::Nothing,
        };
        Ok(self.placed(BicepValue::call("if", [&condition, &yes.value, &no.value]), at, inside, env))
    }

    /// A loop in a value.
    fn rounds(
        &mut self,
        rounds: &LoopRounds,
        body: &BicepExpression,
        at: Spanned,
        env: &BicepEnv<'_>,
    ) -> Result<LoweredBicep, BicepFault> {
        let list = self.lower(&rounds.list, env)?.value.expression();
        let names: Vec<&str> = std::iter::once(&rounds.item).chain(&rounds.index).map(String::as_str).collect();
        let body = self.lower(body, &within_lambda(env, &names))?;
        let lambda = lambda(&names, &body.value);
        Ok(self.placed(BicepValue::called("map", &[list, lambda]), at, Inside::Each(body.place), env))
    }

    fn name(&mut self, name: &str, at: Spanned, env: &BicepEnv<'_>) -> Result<LoweredBicep, BicepFault> {
        if let Some(text) = env.local(name) {
            let value = BicepValue::Expression(text.to_owned());
            return Ok(self.plain(value, at, env));
        }
        let here = BicepExpression { at, kind: ExpressionKind::Name(name.to_owned()) };
        if self.target(&here, env)?.is_some() {
            return self.resource_itself(&here, env);
        }
        let symbol = self.units.get(env.unit).and_then(|unit| unit.symbols.get(name)).cloned();
        let Some(symbol) = symbol else { return Err(env.fault(at, format!("{} is not declared", quoted(name)))) };
        self.named(env.unit, symbol, name, at, env)
    }

    /// What `symbol` of `unit` means.
    pub(super) fn named(
        &mut self,
        unit: usize,
        symbol: Symbol,
        name: &str,
        at: Spanned,
        env: &BicepEnv<'_>,
    ) -> Result<LoweredBicep, BicepFault> {
        match symbol {
            Symbol::Parameter(index) if unit == 0 => {
                let value = self.parameter_named(index, name);
                let place = self.parameter_place(index);
                let inside = place.map_or(Inside::Nothing, Inside::Defined);
                Ok(self.placed(value, at, inside, env))
            }
            Symbol::Variable(index) => Ok(self.variable(unit, index, name, at, env)),
            Symbol::Of(other, wanted) => {
                let found = self.units.get(other).and_then(|unit| unit.symbols.get(&wanted)).cloned();
                match found {
                    Some(found @ (Symbol::Variable(_) | Symbol::Parameter(_))) => {
                        self.named(other, found, &wanted, at, env)
                    }
                    Some(_) | None => {
                        Err(env.fault(at, format!("the imported file has no variable {}", quoted(&wanted))))
                    }
                }
            }
            Symbol::Unread(from) => {
                let why = format!("{name} is imported from {from}, which is not read");
                Ok(self.plain(failing(&why), at, env))
            }
            Symbol::Parameter(_) | Symbol::Function(_) | Symbol::Type | Symbol::Unit(_) => {
                Err(env.fault(at, format!("{} is not a value here", quoted(name))))
            }
            Symbol::Resource(_) | Symbol::Module(_) => {
                Err(env.fault(at, format!("{} is a resource of another file", quoted(name))))
            }
        }
    }

    fn variable(&mut self, unit: usize, index: usize, name: &str, at: Spanned, env: &BicepEnv<'_>) -> LoweredBicep {
        self.need(NamedSymbol::Variable(unit, index));
        let value = BicepValue::called("variables", &[value::quoted(&self.variable_name(unit, name))]);
        let source = self.source(unit);
        let declared = source.as_ref().and_then(|source| Some((source, source.file.variables.get(index)?)));
        let inside = match declared {
            Some((source, variable)) => {
                Inside::Defined(self.place_of(NamedSymbol::Variable(unit, index), variable.at, source))
            }
            None => Inside::Nothing,
        };
        self.placed(value, at, inside, env)
    }

    fn parameter_place(&mut self, index: usize) -> Option<LayoutId> {
        let source: Rc<BicepSource> = self.source(0)?;
        let at = source.file.parameters.get(index)?.at;
        Some(self.place_of(NamedSymbol::Parameter(index), at, &source))
    }

    /// The place of what is declared, which is filled in when it is made.
    pub(super) fn place_of(&mut self, named: NamedSymbol, at: Spanned, source: &BicepSource) -> LayoutId {
        if let Some(known) = self.places.get(&named) {
            return *known;
        }
        let place = self.program.place(source, at, Inside::Nothing);
        self.places.insert(named, place);
        place
    }
}

/// The same place, where each name is one of a lambda.
pub(super) fn within_lambda<'e>(env: &BicepEnv<'e>, names: &[&str]) -> BicepEnv<'e> {
    let text = |name: &str| format!("lambdaVariables({})", value::quoted(name));
    names.iter().fold(env.clone(), |env, name| env.with(name, text(name)))
}

pub(super) fn lambda(names: &[&str], body: &BicepValue) -> String {
    let names = names.iter().map(|name| value::quoted(name));
    format!("lambda({})", names.chain([body.expression()]).collect::<Vec<_>>().join(", "))
}

/// A value that is not known, and why.
pub(super) fn failing(why: &str) -> BicepValue {
    BicepValue::called("fail", &[value::quoted(why)])
}

/// Refuses a property that is stated twice.
pub(super) fn once(
    name: &str,
    key: &PropertyKey,
    seen: &mut HashSet<String>,
    env: &BicepEnv<'_>,
) -> Result<(), BicepFault> {
    match seen.insert(name.to_ascii_lowercase()) {
        true => Ok(()),
        false => Err(env.fault(key.at, format!("property {} is stated twice", quoted(name)))),
    }
}

pub(super) fn spanning(from: Spanned, to: Spanned) -> Spanned {
    Spanned { start: from.start, end: to.end }
}
