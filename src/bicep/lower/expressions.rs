//! Expressions of Bicep as expressions of templates.
//!
//! Source: Microsoft Learn, "Bicep operators", page of 2025-02-12, which names the template function of each.

use std::collections::HashSet;
use std::rc::Rc;

use super::super::ast::{At, Entry, Expression, Item, Junction, Key, Kind, Operator, Rounds};
use super::super::fault::{Fault, quoted};
use super::super::unit::{Source, Symbol};
use super::super::value::{self, Value};
use super::env::Env;
use super::{Lowered, Lowering, Named};
use crate::source::{Inside, LayoutId};

impl Lowering<'_, '_> {
    /// An expression as a value of the template.
    pub(super) fn lower(&mut self, expression: &Expression, env: &Env<'_>) -> Result<Lowered, Fault> {
        self.program.charge(expression.at).map_err(|wrong| env.source.fault(wrong))?;
        let at = expression.at;
        match &expression.kind {
            Kind::Null => Ok(self.plain(Value::Null, at, env)),
            Kind::Bool(value) => Ok(self.plain(Value::Bool(*value), at, env)),
            Kind::Number(number) => Ok(self.plain(Value::Number(*number), at, env)),
            Kind::Text(pieces) => {
                let value = self.text(pieces, env)?;
                Ok(self.plain(value, at, env))
            }
            Kind::List(items) => self.list(items, at, env),
            Kind::Object(entries) => self.object(entries, at, env),
            Kind::Name(name) => self.name(name, at, env),
            Kind::Member(of, access, name) => self.member(of, *access, name, at, env),
            Kind::Item(of, access, index) => self.item(of, *access, index, at, env),
            Kind::FromEnd(of, access, index) => self.counted_from_end(of, *access, index, at, env),
            Kind::Child(..) => self.resource_itself(expression, env),
            Kind::Call(of, name, arguments) => self.call(of.as_deref(), name, arguments, at, env),
            Kind::Not(value) => self.function("not", &[value], at, env),
            Kind::Negative(value) => {
                let value = self.lower(value, env)?.value;
                Ok(self.plain(Value::call("sub", [&Value::Number(0), &value]), at, env))
            }
            Kind::Binary(operator, left, right) => self.binary(*operator, left, right, at, env),
            Kind::Chain(junction, parts) => self.chain(*junction, parts, at, env),
            Kind::Choice(parts) => {
                let [condition, yes, no] = &**parts;
                self.choice(condition, yes, no, at, env)
            }
            Kind::For(rounds, body) => self.rounds(rounds, body, at, env),
            Kind::Lambda(..) => Err(env.fault(at, "a lambda is valid as an argument only")),
        }
    }

    /// A value that holds nothing whose place matters.
    pub(super) fn plain(&mut self, value: Value, at: At, env: &Env<'_>) -> Lowered {
        self.placed(value, at, Inside::Nothing, env)
    }

    pub(super) fn placed(&mut self, value: Value, at: At, inside: Inside, env: &Env<'_>) -> Lowered {
        Lowered { value, place: self.program.place(env.source, at, inside) }
    }

    /// A call of a template function.
    fn function(&mut self, name: &str, arguments: &[&Expression], at: At, env: &Env<'_>) -> Result<Lowered, Fault> {
        let mut values = Vec::new();
        for argument in arguments {
            values.push(self.lower(argument, env)?.value);
        }
        Ok(self.plain(Value::call(name, &values), at, env))
    }

    fn list(&mut self, items: &[Item], at: At, env: &Env<'_>) -> Result<Lowered, Fault> {
        let mut parts: Vec<(Value, LayoutId)> = Vec::new();
        let mut run: Vec<Lowered> = Vec::new();
        for item in items {
            match item {
                Item::One(value) => run.push(self.lower(value, env)?),
                Item::All(list) => {
                    let before = self.run(std::mem::take(&mut run), at, env);
                    let list = self.lower(list, env)?;
                    parts.extend([before, (list.value, list.place)]);
                }
            }
        }
        let last = self.run(run, at, env);
        if parts.is_empty() {
            return Ok(Lowered { value: last.0, place: last.1 });
        }
        parts.push(last);
        let places = parts.iter().map(|(_, place)| *place).collect();
        let all = Value::List(parts.into_iter().map(|(value, _)| value).collect());
        Ok(self.placed(Value::call("flatten", [&all]), at, Inside::Lists(places), env))
    }

    /// Elements that follow each other as a list.
    fn run(&mut self, items: Vec<Lowered>, at: At, env: &Env<'_>) -> (Value, LayoutId) {
        let places = items.iter().map(|item| item.place).collect();
        let value = Value::List(items.into_iter().map(|item| item.value).collect());
        let place = self.program.place(env.source, at, Inside::Items(places));
        (value, place)
    }

    fn object(&mut self, entries: &[Entry], at: At, env: &Env<'_>) -> Result<Lowered, Fault> {
        let is_plain = |entry: &Entry| matches!(entry, Entry::Property(key, _) if key.plain().is_some());
        if !entries.iter().all(is_plain) {
            return self.merged(entries, at, env);
        }
        let (mut made, mut places) = (Vec::new(), Vec::new());
        let mut seen = HashSet::new();
        for entry in entries {
            let Entry::Property(key, value) = entry else { continue };
            let name = key.plain().unwrap_or_default();
            once(name, key, &mut seen, env)?;
            let lowered = self.lower(value, env)?;
            let place = self.program.place(env.source, spanning(key.at, value.at), Inside::Defined(lowered.place));
            made.push((name.to_owned(), lowered.value));
            places.push((name.to_owned(), place));
        }
        Ok(self.placed(Value::Object(made), at, Inside::Fields(places), env))
    }

    /// An object with entries of others, or with names that hold values.
    fn merged(&mut self, entries: &[Entry], at: At, env: &Env<'_>) -> Result<Lowered, Fault> {
        let (mut parts, mut run): (Vec<Value>, Vec<String>) = (Vec::new(), Vec::new());
        for entry in entries {
            match entry {
                Entry::Property(key, value) => {
                    run.push(self.text(&key.pieces, env)?.expression());
                    run.push(self.lower(value, env)?.value.expression());
                }
                Entry::All(object) => {
                    parts.push(Value::called("createObject", &std::mem::take(&mut run)));
                    parts.push(self.lower(object, env)?.value);
                }
                Entry::Resource(resource) => {
                    return Err(env.fault(resource.at, "a resource is valid in the body of a resource only"));
                }
            }
        }
        let last = Value::called("createObject", &run);
        if parts.is_empty() {
            return Ok(self.plain(last, at, env));
        }
        parts.push(last);
        Ok(self.plain(Value::call("shallowMerge", [&Value::List(parts)]), at, env))
    }

    fn binary(
        &mut self,
        operator: Operator,
        left: &Expression,
        right: &Expression,
        at: At,
        env: &Env<'_>,
    ) -> Result<Lowered, Fault> {
        let left = self.lower(left, env)?.value;
        let right = self.lower(right, env)?.value;
        let two = |function: &str| Value::call(function, [&left, &right]);
        let words = || {
            let lower = |value: &Value| Value::call("toLower", [value]);
            Value::call("equals", [&lower(&left), &lower(&right)])
        };
        let value = match operator {
            Operator::Add => two("add"),
            Operator::Subtract => two("sub"),
            Operator::Multiply => two("mul"),
            Operator::Divide => two("div"),
            Operator::Remainder => two("mod"),
            Operator::Equal => two("equals"),
            Operator::NotEqual => Value::call("not", [&two("equals")]),
            Operator::EqualWord => words(),
            Operator::NotEqualWord => Value::call("not", [&words()]),
            Operator::Less => two("less"),
            Operator::LessOrEqual => two("lessOrEquals"),
            Operator::Greater => two("greater"),
            Operator::GreaterOrEqual => two("greaterOrEquals"),
        };
        Ok(self.plain(value, at, env))
    }

    fn chain(&mut self, junction: Junction, parts: &[Expression], at: At, env: &Env<'_>) -> Result<Lowered, Fault> {
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
        let mut values: Vec<Value> = first.into_iter().map(|first| first.value).collect();
        for part in parts.iter().skip(values.len()) {
            values.push(self.lower(part, env)?.value);
        }
        Ok(self.placed(Value::call(function, &values), at, inside, env))
    }

    fn choice(
        &mut self,
        condition: &Expression,
        yes: &Expression,
        no: &Expression,
        at: At,
        env: &Env<'_>,
    ) -> Result<Lowered, Fault> {
        let condition = self.lower(condition, env)?.value;
        let (yes, no) = (self.lower(yes, env)?, self.lower(no, env)?);
        let is_empty = |value: &Value| match value {
            Value::Null => true,
            Value::List(items) => items.is_empty(),
            Value::Object(entries) => entries.is_empty(),
            Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Loaded(_) | Value::Expression(_) => false,
        };
        // What an empty value holds is nowhere.
        let inside = match (is_empty(&yes.value), is_empty(&no.value)) {
            (false, true) => Inside::Defined(yes.place),
            (true, false) => Inside::Defined(no.place),
            (true, true) | (false, false) => Inside::Nothing,
        };
        Ok(self.placed(Value::call("if", [&condition, &yes.value, &no.value]), at, inside, env))
    }

    /// A loop in a value.
    fn rounds(&mut self, rounds: &Rounds, body: &Expression, at: At, env: &Env<'_>) -> Result<Lowered, Fault> {
        let list = self.lower(&rounds.list, env)?.value.expression();
        let names: Vec<&str> = std::iter::once(&rounds.item).chain(&rounds.index).map(String::as_str).collect();
        let body = self.lower(body, &within_lambda(env, &names))?;
        let lambda = lambda(&names, &body.value);
        Ok(self.placed(Value::called("map", &[list, lambda]), at, Inside::Each(body.place), env))
    }

    fn name(&mut self, name: &str, at: At, env: &Env<'_>) -> Result<Lowered, Fault> {
        if let Some(text) = env.local(name) {
            let value = Value::Expression(text.to_owned());
            return Ok(self.plain(value, at, env));
        }
        let here = Expression { at, kind: Kind::Name(name.to_owned()) };
        if self.target(&here, env)?.is_some() {
            return self.resource_itself(&here, env);
        }
        let symbol = self.units.get(env.unit).and_then(|unit| unit.symbols.get(name)).cloned();
        let Some(symbol) = symbol else { return Err(env.fault(at, format!("{} is not declared", quoted(name)))) };
        self.named(env.unit, symbol, name, at, env)
    }

    /// What `symbol` of `unit` stands for.
    pub(super) fn named(
        &mut self,
        unit: usize,
        symbol: Symbol,
        name: &str,
        at: At,
        env: &Env<'_>,
    ) -> Result<Lowered, Fault> {
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
                Err(env.fault(at, format!("{} is no value here", quoted(name))))
            }
            Symbol::Resource(_) | Symbol::Module(_) => {
                Err(env.fault(at, format!("{} is a resource of another file", quoted(name))))
            }
        }
    }

    fn variable(&mut self, unit: usize, index: usize, name: &str, at: At, env: &Env<'_>) -> Lowered {
        self.need(Named::Variable(unit, index));
        let value = Value::called("variables", &[value::quoted(&self.variable_name(unit, name))]);
        let source = self.source(unit);
        let declared = source.as_ref().and_then(|source| Some((source, source.file.variables.get(index)?)));
        let inside = match declared {
            Some((source, variable)) => {
                Inside::Defined(self.place_of(Named::Variable(unit, index), variable.at, source))
            }
            None => Inside::Nothing,
        };
        self.placed(value, at, inside, env)
    }

    fn parameter_place(&mut self, index: usize) -> Option<LayoutId> {
        let source: Rc<Source> = self.source(0)?;
        let at = source.file.parameters.get(index)?.at;
        Some(self.place_of(Named::Parameter(index), at, &source))
    }

    /// The place of what is declared, which is filled in when it is made.
    pub(super) fn place_of(&mut self, named: Named, at: At, source: &Source) -> LayoutId {
        if let Some(known) = self.places.get(&named) {
            return *known;
        }
        let place = self.program.place(source, at, Inside::Nothing);
        self.places.insert(named, place);
        place
    }
}

/// The same place, where each name is one of a lambda.
pub(super) fn within_lambda<'e>(env: &Env<'e>, names: &[&str]) -> Env<'e> {
    let text = |name: &str| format!("lambdaVariables({})", value::quoted(name));
    names.iter().fold(env.clone(), |env, name| env.with(name, text(name)))
}

pub(super) fn lambda(names: &[&str], body: &Value) -> String {
    let names = names.iter().map(|name| value::quoted(name));
    format!("lambda({})", names.chain([body.expression()]).collect::<Vec<_>>().join(", "))
}

/// A value that is not known, and why.
pub(super) fn failing(why: &str) -> Value {
    Value::called("fail", &[value::quoted(why)])
}

/// Refuses a property that is stated twice.
pub(super) fn once(name: &str, key: &Key, seen: &mut HashSet<String>, env: &Env<'_>) -> Result<(), Fault> {
    match seen.insert(name.to_ascii_lowercase()) {
        true => Ok(()),
        false => Err(env.fault(key.at, format!("property {} is stated twice", quoted(name)))),
    }
}

pub(super) fn spanning(from: At, to: At) -> At {
    At { start: from.start, end: to.end }
}
