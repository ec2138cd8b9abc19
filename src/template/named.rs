//! The values of parameters and variables: each is evaluated once, what it needs before it.

use std::collections::HashSet;
use std::rc::Rc;

use crate::json::Json;

use super::expression::inner;
use super::frame::{EvaluationFrame, FrameName, FramePlace, LoopStep, ParameterSource, TemplateVariable};
use super::rest::{of_own, refused, refused_call, rest};
use super::value::{TemplateValue, ValueKind, ValueLack};

impl EvaluationFrame {
    /// The value of a parameter.
    pub(super) fn parameter(&self, name: &str, at: FramePlace<'_>) -> TemplateValue {
        if let Some(arguments) = at.arguments {
            let found = arguments.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
            let missing = || refused_call("parameters", vec![TemplateValue::text(name)], no_such("parameter", name));
            return found.map_or_else(missing, |(_, value)| value.clone());
        }
        let low = name.to_ascii_lowercase();
        if !self.parameters.contains_key(&low) {
            let why = no_such("parameter", name);
            return of_own(
                rest(ValueKind::Parameter(name.into()), Some(ValueLack::Refused(why.into()))),
                self.own.as_ref(),
            );
        }
        self.named(FrameName::Parameter(low))
    }

    /// The value of a variable.
    pub(super) fn variable(&self, name: &str, _: FramePlace<'_>) -> TemplateValue {
        let low = name.to_ascii_lowercase();
        if !self.variables.contains_key(&low) {
            return refused_call("variables", vec![TemplateValue::text(name)], no_such("variable", name));
        }
        self.named(FrameName::Variable(low))
    }

    fn named(&self, name: FrameName) -> TemplateValue {
        if let Some(known) = self.known(&name) {
            return known;
        }
        self.settle(&name);
        self.known(&name).unwrap_or_else(|| self.circle(&name))
    }

    fn known(&self, name: &FrameName) -> Option<TemplateValue> {
        self.memo.borrow().get(name).cloned()
    }

    /// Evaluates `name` after everything that it names, so that no chain of names is as deep as it is long.
    fn settle(&self, name: &FrameName) {
        let mut seen = HashSet::from([name.clone()]);
        let mut waiting = vec![(name.clone(), self.named_in(name))];
        while let Some((_, needed)) = waiting.last_mut() {
            match needed.pop() {
                Some(next) if self.known(&next).is_none() && !self.is_busy(&next) && seen.insert(next.clone()) => {
                    let needed = self.named_in(&next);
                    waiting.push((next, needed));
                }
                Some(_) => {}
                None => {
                    if let Some((done, _)) = waiting.pop() {
                        self.evaluate_named(&done);
                    }
                }
            }
        }
    }

    fn step_of(&self, name: &FrameName) -> LoopStep {
        let shown = match name {
            FrameName::Parameter(low) => {
                let declared = self.parameters.get(low).map_or(low.as_str(), |parameter| &*parameter.name);
                format!("parameters('{declared}')")
            }
            FrameName::Variable(low) => format!("variables('{low}')"),
        };
        LoopStep { frame: self.address(), shown }
    }

    fn is_busy(&self, name: &FrameName) -> bool {
        let step = self.step_of(name);
        self.shared.path.borrow().contains(&step)
    }

    fn evaluate_named(&self, name: &FrameName) {
        if self.is_busy(name) {
            return;
        }
        self.shared.path.borrow_mut().push(self.step_of(name));
        let value = match name {
            FrameName::Parameter(low) => self.parameter_value(low),
            FrameName::Variable(low) => self.variable_value(low),
        };
        self.shared.path.borrow_mut().pop();
        self.memo.borrow_mut().insert(name.clone(), value);
    }

    fn parameter_value(&self, low: &str) -> TemplateValue {
        let Some(parameter) = self.parameters.get(low) else { return TemplateValue::Null };
        let unknown = |lack: ValueLack| {
            let kind = ValueKind::Parameter(Rc::clone(&parameter.name));
            of_own(rest(kind, Some(lack)), self.own.as_ref())
        };
        match &parameter.source {
            ParameterSource::Given(value) => value.clone(),
            ParameterSource::Default(default) => match changes(default) {
                // It differs each time, so that its value is that of this one parameter.
                Some(function) => unknown(ValueLack::Deployment(function.into())),
                None => self.json(default, FramePlace::outside(&[])),
            },
            ParameterSource::Secret => {
                let why = format!("parameter `{}` is a secret of a key vault, which is not read", parameter.name);
                unknown(ValueLack::Refused(why.into()))
            }
            ParameterSource::Missing => match &self.own {
                None => unknown(ValueLack::Parameter(Rc::clone(&parameter.name))),
                Some(own) => {
                    let why = format!("the nested deployment `{own}` gives parameter `{}` no value", parameter.name);
                    unknown(ValueLack::Refused(why.into()))
                }
            },
        }
    }

    fn variable_value(&self, low: &str) -> TemplateValue {
        match self.variables.get(low) {
            Some(TemplateVariable::Plain(value)) => self.json(value, FramePlace::outside(&[])),
            Some(TemplateVariable::Loop(copy)) => self.looped(copy, FramePlace::outside(&[])),
            None => TemplateValue::Null,
        }
    }

    /// A circle, with its path.
    fn circle(&self, name: &FrameName) -> TemplateValue {
        let step = self.step_of(name);
        refused(&step.shown, self.shared.circle_to(&step))
    }

    /// The parameters and variables that the value of `name` names.
    fn named_in(&self, name: &FrameName) -> Vec<FrameName> {
        let mut found = Vec::new();
        let json = match name {
            FrameName::Parameter(low) => match self.parameters.get(low).map(|parameter| &parameter.source) {
                Some(ParameterSource::Default(default)) => Some(default),
                Some(ParameterSource::Given(_) | ParameterSource::Secret | ParameterSource::Missing) | None => None,
            },
            FrameName::Variable(low) => match self.variables.get(low) {
                Some(TemplateVariable::Plain(json) | TemplateVariable::Loop(json)) => Some(json),
                None => None,
            },
        };
        if let Some(json) = json {
            names_in(json, &mut found);
        }
        found.retain(|name| match name {
            FrameName::Parameter(low) => self.parameters.contains_key(low),
            FrameName::Variable(low) => self.variables.contains_key(low),
        });
        found
    }
}

impl super::frame::SharedState {
    /// That `step` needs itself, and by what.
    pub(super) fn circle_to(&self, step: &LoopStep) -> String {
        let path = self.path.borrow();
        let from = path.iter().position(|known| known == step).unwrap_or(0);
        let mut names: Vec<&str> = path.iter().skip(from).map(|step| step.shown.as_str()).collect();
        names.push(&step.shown);
        format!("it needs itself: {}", names.join(" → "))
    }
}

fn no_such(what: &str, name: &str) -> String {
    format!("the template has no {what} `{name}`")
}

/// The function whose value is another each time, where a default value calls one.
fn changes(default: &Json) -> Option<&'static str> {
    let text = inner(default.as_str()?)?.to_ascii_lowercase();
    ["newGuid", "utcNow"].into_iter().find(|name| text.contains(&(name.to_ascii_lowercase() + "(")))
}

fn names_in(json: &Json, found: &mut Vec<FrameName>) {
    match json {
        Json::String(text) if text.starts_with('[') => names_in_text(text, found),
        Json::Array(items) => items.iter().for_each(|item| names_in(item, found)),
        Json::Object(entries) => entries.values().for_each(|value| names_in(value, found)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// The names in `variables('a')` and `parameters('a')`.
fn names_in_text(text: &str, found: &mut Vec<FrameName>) {
    let mut pieces = text.split('(').peekable();
    while let (Some(before), Some(after)) = (pieces.next(), pieces.peek()) {
        let name = after.trim_start().strip_prefix('\'').and_then(|rest| rest.split('\'').next());
        let Some(name) = name else { continue };
        let function = before.trim_end();
        let ends = |word: &str| {
            let at = function.len().checked_sub(word.len());
            at.and_then(|at| function.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(word))
        };
        if ends("variables") {
            found.push(FrameName::Variable(name.to_ascii_lowercase()));
        } else if ends("parameters") {
            found.push(FrameName::Parameter(name.to_ascii_lowercase()));
        }
    }
}
