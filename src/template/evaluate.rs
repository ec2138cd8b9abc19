//! Expressions to values.
//!
//! Where the known arguments of a function settle its answer, that is the answer; else what remains of the call is, with every
//! name replaced by what it means.

use std::rc::Rc;

use crate::json::{Json, Map};

use super::expression::{
    DEEPEST, PropertyAccess, TemplateCall, TemplateExpression, inner, parse, unescaped, unescaped_name,
};
use super::frame::{EvaluationFrame, FramePlace, Loop};
use super::functions::{self, FunctionStop, equal, truth};
use super::names::{is_deployed, is_evaluated};
use super::rest::{call, of_place, refused, refused_call, rest};
use super::value::{TemplateValue, ValueKind, ValueLack};

/// How deep evaluation may go, through expressions, functions and deployments.
const DEPTH: usize = 2 * DEEPEST;
/// How often a loop may go round.
const MOST_ROUNDS: i64 = 10_000;

const TOO_MUCH: &str = "it makes too much";

impl EvaluationFrame {
    /// A value of the template with its expressions evaluated.
    pub(super) fn json(&self, json: &Json, at: FramePlace<'_>) -> TemplateValue {
        match json {
            Json::Null => TemplateValue::Null,
            Json::Bool(value) => TemplateValue::Bool(*value),
            Json::Number(number) => TemplateValue::Number(number.clone()),
            Json::String(text) => self.text(text, at),
            Json::Array(items) => {
                if self.shared.budget.bytes(items.len().saturating_mul(size_of::<TemplateValue>())).is_err() {
                    return refused("…", TOO_MUCH);
                }
                list(items.iter().map(|item| self.json(item, at)).collect())
            }
            Json::Object(entries) => self.object(entries, at),
        }
    }

    fn text(&self, text: &str, at: FramePlace<'_>) -> TemplateValue {
        if self.shared.budget.bytes(text.len()).is_err() {
            return refused("…", TOO_MUCH);
        }
        match inner(text) {
            Some(inner) => self.expression_text(inner, at),
            None => TemplateValue::text(unescaped(text.to_owned())),
        }
    }

    /// The value of the expression that is written as `text`, between its brackets.
    pub(super) fn expression_text(&self, text: &str, at: FramePlace<'_>) -> TemplateValue {
        match parse(text) {
            Some(expression) => self.value(&expression, FramePlace { text, ..at }),
            None => refused(text, "it is not understood"),
        }
    }

    /// An object, whose `copy` loops add properties.
    fn object(&self, entries: &Map, at: FramePlace<'_>) -> TemplateValue {
        let loops = loops_of(entries);
        if self.shared.budget.bytes(entries.len().saturating_mul(size_of::<(Rc<str>, TemplateValue)>())).is_err() {
            return refused("…", TOO_MUCH);
        }
        let plain = entries.iter().filter(|(key, _)| loops.is_empty() || *key != "copy");
        let mut made: Vec<(Rc<str>, TemplateValue)> =
            plain.map(|(key, value)| (unescaped_name(key.clone()).into(), self.json(value, at))).collect();
        for copy in loops {
            let name = copy.get("name").and_then(Json::as_str).unwrap_or_default();
            made.push((name.into(), self.looped(copy, at)));
        }
        TemplateValue::object(made).unwrap_or_else(|| refused("…", "it nests too deep"))
    }

    /// The list that a `copy` loop makes of its input.
    pub(super) fn looped(&self, copy: &Json, at: FramePlace<'_>) -> TemplateValue {
        let input = copy.get("input").unwrap_or(&Json::Null);
        let rounds = match self.rounds(copy, at) {
            Ok(rounds) => rounds,
            Err(count) => {
                let loops = [at.loops, &[Loop { name: name_of(copy), index: None }]].concat();
                return call("copy", vec![count, self.json(input, FramePlace { loops: &loops, ..at })]);
            }
        };
        list(rounds.iter().map(|loops| self.json(input, FramePlace { loops, ..at })).collect())
    }

    /// The loops around each round of a `copy` loop.
    ///
    /// # Errors
    /// Where nobody knows how often it goes round: what remains of its count.
    pub(super) fn rounds(&self, copy: &Json, at: FramePlace<'_>) -> Result<Vec<Vec<Loop>>, TemplateValue> {
        let name = name_of(copy);
        let count = self.json(copy.get("count").unwrap_or(&Json::Null), at);
        let number = match &count {
            TemplateValue::Number(number) => number.as_i64(),
            TemplateValue::Text(text) => text.parse().ok(),
            TemplateValue::Null
            | TemplateValue::Bool(_)
            | TemplateValue::Id(_)
            | TemplateValue::List(_)
            | TemplateValue::Object(_)
            | TemplateValue::Unknown(_) => None,
        };
        if let TemplateValue::Unknown(_) = &count {
            return Err(count);
        }
        let Some(rounds) = number.filter(|count| (0..=MOST_ROUNDS).contains(count)) else {
            let why = format!("a `copy` loop goes round up to {MOST_ROUNDS} times, found {}", count.described());
            return Err(refused("copy", why));
        };
        if self.shared.budget.steps(usize::try_from(rounds).unwrap_or(usize::MAX)).is_err() {
            return Err(refused("copy", TOO_MUCH));
        }
        let round = |index| [at.loops, &[Loop { name: Rc::clone(&name), index: Some(index) }]].concat();
        Ok((0..rounds).map(round).collect())
    }

    /// The value of an expression.
    pub(super) fn value(&self, expression: &TemplateExpression, at: FramePlace<'_>) -> TemplateValue {
        let depth = self.shared.depth.get();
        if depth >= DEPTH {
            return refused(&expression.to_string(), "it nests too deep");
        }
        if self.shared.budget.steps(1).is_err() {
            return refused(&expression.to_string(), TOO_MUCH);
        }
        self.shared.depth.set(depth.saturating_add(1));
        let value = self.value_of(expression, at);
        self.shared.depth.set(depth);
        value
    }

    fn value_of(&self, expression: &TemplateExpression, at: FramePlace<'_>) -> TemplateValue {
        match expression {
            TemplateExpression::Text(text) => TemplateValue::text(text.as_str()),
            TemplateExpression::Number(number) => TemplateValue::number(*number),
            TemplateExpression::Member(of, access, name) => {
                self.step(of, *access, TemplateValue::text(name.as_str()), at)
            }
            TemplateExpression::Item(of, access, index) => {
                let index = self.value(index, at);
                self.step(of, *access, index, at)
            }
            TemplateExpression::Call(call) => self.call(call, at),
        }
    }

    /// The property or item `key` of what `of` is.
    fn step(
        &self,
        of: &TemplateExpression,
        access: PropertyAccess,
        key: TemplateValue,
        at: FramePlace<'_>,
    ) -> TemplateValue {
        let value = self.value(of, at);
        let gives_null = access == PropertyAccess::Safe || is_safe(of) && matches!(value, TemplateValue::Null);
        match found(&value, &key) {
            FoundProperty::Value(found) => found,
            FoundProperty::Nothing(_) if gives_null => TemplateValue::Null,
            FoundProperty::Nothing(why) => rest(step_kind(value, key), Some(ValueLack::Refused(why.into()))),
            FoundProperty::Unknown => rest(step_kind(value, key), None),
        }
    }

    fn call(&self, called: &TemplateCall, at: FramePlace<'_>) -> TemplateValue {
        let name = called.function.to_ascii_lowercase();
        if let Some(value) = self.lazy(&name, called, at) {
            return value;
        }
        let arguments: Vec<TemplateValue> = called.arguments.iter().map(|argument| self.value(argument, at)).collect();
        if let Some(value) = self.defined(&name, &arguments) {
            return value;
        }
        self.applied(&name, called.written(at.text), arguments)
    }

    /// What a function makes of its arguments.
    fn applied(&self, name: &str, written: &str, arguments: Vec<TemplateValue>) -> TemplateValue {
        if let Some(value) = self.of_deployment(name, &arguments) {
            return value;
        }
        match functions::call(name, &arguments, &self.shared.budget) {
            Some(Ok(value)) => value,
            Some(Err(FunctionStop::Unknown)) => call(name, arguments),
            Some(Err(FunctionStop::Refused(why))) => refused_call(name, arguments, why),
            None if is_deployed(name) => {
                let kind = ValueKind::Call(super::names::canonical(name).into(), arguments);
                of_place(rest(kind, Some(ValueLack::Deployment(written.into()))), &self.place)
            }
            None if is_evaluated(name) && arguments.iter().any(is_unknown) => call(name, arguments),
            None => {
                let given: Vec<&str> = arguments.iter().map(TemplateValue::described).collect();
                let why = match is_evaluated(name) {
                    true => format!("`{written}` is given {}, which the function does not take", given.join(", ")),
                    false => format!("there is no function `{name}` that is evaluated here"),
                };
                refused_call(name, arguments, why)
            }
        }
    }

    /// Functions that evaluate what they need of their arguments, or that name something.
    fn lazy(&self, name: &str, called: &TemplateCall, at: FramePlace<'_>) -> Option<TemplateValue> {
        Some(match (name, called.arguments.as_slice()) {
            ("parameters", [name]) => self.named_by("parameters", name, at, Self::parameter),
            ("variables", [name]) => self.named_by("variables", name, at, Self::variable),
            ("lambdavariables", [name]) => self.named_by("lambdaVariables", name, at, Self::bound),
            ("copyindex", arguments) => self.copy_index(arguments, at),
            ("if", [condition, yes, no]) => self.chosen(condition, yes, no, at),
            ("and", arguments) => self.junction("and", arguments, at),
            ("or", arguments) => self.junction("or", arguments, at),
            ("coalesce", arguments) => self.coalesced(arguments, at),
            _ => return self.with_lambda(name, &called.arguments, at),
        })
    }

    fn named_by(
        &self,
        function: &str,
        name: &TemplateExpression,
        at: FramePlace<'_>,
        find: fn(&Self, &str, FramePlace<'_>) -> TemplateValue,
    ) -> TemplateValue {
        match self.value(name, at) {
            TemplateValue::Text(name) => find(self, &name, at),
            name @ TemplateValue::Unknown(_) => call(function, vec![name]),
            other => {
                let why = format!("`{function}` needs a name, found {}", other.described());
                refused_call(function, vec![other], why)
            }
        }
    }

    fn bound(&self, name: &str, at: FramePlace<'_>) -> TemplateValue {
        let mut around = at.bound;
        while let Some(bound) = around {
            if bound.name.eq_ignore_ascii_case(name) {
                return bound.value.clone();
            }
            around = bound.up;
        }
        refused_call(
            "lambdaVariables",
            vec![TemplateValue::text(name)],
            format!("there is no lambda variable `{name}`"),
        )
    }

    fn copy_index(&self, arguments: &[TemplateExpression], at: FramePlace<'_>) -> TemplateValue {
        let values: Vec<TemplateValue> = arguments.iter().map(|argument| self.value(argument, at)).collect();
        let (name, offset) = match values.as_slice() {
            [] => (None, Some(0)),
            [TemplateValue::Number(offset)] => (None, offset.as_i64()),
            [TemplateValue::Text(name)] => (Some(name), Some(0)),
            [TemplateValue::Text(name), TemplateValue::Number(offset)] => (Some(name), offset.as_i64()),
            _ => return call("copyIndex", values),
        };
        let mut around = at.loops.iter().rev();
        let found = around.find(|known| name.is_none_or(|name| known.name.eq_ignore_ascii_case(name)));
        if let Some(Loop { name, index: None }) = found {
            let index = rest(ValueKind::Bound(format!("copyIndex('{name}')").into()), None);
            return call("add", vec![index, TemplateValue::number(offset.unwrap_or(0))]);
        }
        let index = found.zip(offset).and_then(|(found, offset)| found.index?.checked_add(offset));
        index.map_or_else(
            || refused_call("copyIndex", values.clone(), "there is no such `copy` loop"),
            TemplateValue::number,
        )
    }

    /// One of two values. Where the condition is not known, it matters only if they differ.
    fn chosen(
        &self,
        condition: &TemplateExpression,
        yes: &TemplateExpression,
        no: &TemplateExpression,
        at: FramePlace<'_>,
    ) -> TemplateValue {
        let condition = self.value(condition, at);
        match truth(&condition) {
            Ok(true) => self.value(yes, at),
            Ok(false) => self.value(no, at),
            Err(FunctionStop::Unknown) => {
                let (yes, no) = (self.value(yes, at), self.value(no, at));
                match (equal(&yes, &no, &self.shared.budget), &yes, &no) {
                    (Ok(Some(true)), ..) => yes,
                    (_, TemplateValue::Bool(true), TemplateValue::Bool(false)) => condition,
                    (_, TemplateValue::Bool(false), TemplateValue::Bool(true)) => {
                        self.applied("not", "not", vec![condition])
                    }
                    _ => call("if", vec![condition, yes, no]),
                }
            }
            Err(FunctionStop::Refused(why)) => refused_call("if", vec![condition], why),
        }
    }

    /// `and` and `or`: one argument may settle it; those that do not matter are left out of what remains.
    fn junction(&self, name: &'static str, arguments: &[TemplateExpression], at: FramePlace<'_>) -> TemplateValue {
        let settles = name == "or";
        let mut open = Vec::new();
        for argument in arguments {
            let value = self.value(argument, at);
            match truth(&value) {
                Ok(value) if value == settles => return TemplateValue::Bool(settles),
                Ok(_) => {}
                Err(FunctionStop::Unknown) => open.push(value),
                Err(FunctionStop::Refused(why)) => open.push(refused_call(name, vec![value], why)),
            }
        }
        match open.len() {
            0 => TemplateValue::Bool(!settles),
            1 => open.pop().unwrap_or(TemplateValue::Null),
            _ => call(name, open),
        }
    }

    /// The first value that is not null.
    fn coalesced(&self, arguments: &[TemplateExpression], at: FramePlace<'_>) -> TemplateValue {
        let mut open = Vec::new();
        for argument in arguments {
            match self.value(argument, at) {
                TemplateValue::Null => {}
                unknown @ TemplateValue::Unknown(_) => open.push(unknown),
                value if open.is_empty() => return value,
                value => {
                    open.push(value);
                    break;
                }
            }
        }
        match open.len() {
            0 => TemplateValue::Null,
            1 if arguments.len() == 1 => open.pop().unwrap_or(TemplateValue::Null),
            _ => call("coalesce", open),
        }
    }

    /// What a function of the template's own gives.
    fn defined(&self, name: &str, arguments: &[TemplateValue]) -> Option<TemplateValue> {
        let function = self.functions.get(name)?;
        if function.parameters.len() != arguments.len() {
            let why = format!("`{name}` needs {} arguments, found {}", function.parameters.len(), arguments.len());
            return Some(refused_call(name, arguments.to_vec(), why));
        }
        let named: Vec<(Rc<str>, TemplateValue)> =
            function.parameters.iter().cloned().zip(arguments.iter().cloned()).collect();
        Some(self.json(&function.output, FramePlace { arguments: Some(&named), ..FramePlace::outside(&[]) }))
    }
}

/// The loops of an object that add properties.
fn loops_of(entries: &Map) -> &[Json] {
    match entries.get("copy") {
        Some(Json::Array(loops)) if loops.iter().all(|copy| copy.get("input").is_some()) => loops,
        Some(_) | None => &[],
    }
}

fn name_of(copy: &Json) -> Rc<str> {
    copy.get("name").and_then(Json::as_str).unwrap_or_default().into()
}

fn list(items: Vec<TemplateValue>) -> TemplateValue {
    TemplateValue::list(items).unwrap_or_else(|| refused("…", "it nests too deep"))
}

fn is_unknown(value: &TemplateValue) -> bool {
    matches!(value, TemplateValue::Unknown(_) | TemplateValue::Id(_))
}

/// What a property or an item is.
enum FoundProperty {
    Value(TemplateValue),
    /// There is none: why.
    Nothing(String),
    Unknown,
}

fn found(of: &TemplateValue, key: &TemplateValue) -> FoundProperty {
    match (of, key) {
        (TemplateValue::Unknown(_), _) | (_, TemplateValue::Unknown(_)) => FoundProperty::Unknown,
        (TemplateValue::Object(object), TemplateValue::Text(name)) => match object.get(name) {
            Some(value) => FoundProperty::Value(value.clone()),
            None => FoundProperty::Nothing(format!("there is not a property `{name}`")),
        },
        (TemplateValue::List(list), TemplateValue::Number(number)) => {
            let at = number.as_u64().and_then(|at| usize::try_from(at).ok());
            match at.and_then(|at| list.items.get(at)) {
                Some(value) => FoundProperty::Value(value.clone()),
                None => FoundProperty::Nothing(format!("there is no item {number} among {}", list.items.len())),
            }
        }
        (
            TemplateValue::Null
            | TemplateValue::Bool(_)
            | TemplateValue::Number(_)
            | TemplateValue::Text(_)
            | TemplateValue::Id(_)
            | TemplateValue::List(_)
            | TemplateValue::Object(_),
            _,
        ) => {
            FoundProperty::Nothing(format!("{} has no property or item that {} names", of.described(), key.described()))
        }
    }
}

/// A property is written with a point, where its name allows that.
fn step_kind(of: TemplateValue, key: TemplateValue) -> ValueKind {
    match key {
        TemplateValue::Text(name) if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') => {
            ValueKind::Member(of, name)
        }
        key => ValueKind::Item(of, key),
    }
}

/// Whether a step of the way to the value is one that may lead nowhere.
fn is_safe(of: &TemplateExpression) -> bool {
    match of {
        TemplateExpression::Member(_, PropertyAccess::Safe, _)
        | TemplateExpression::Item(_, PropertyAccess::Safe, _) => true,
        TemplateExpression::Member(of, PropertyAccess::Plain, _)
        | TemplateExpression::Item(of, PropertyAccess::Plain, _) => is_safe(of),
        TemplateExpression::Text(_) | TemplateExpression::Number(_) | TemplateExpression::Call(_) => false,
    }
}
