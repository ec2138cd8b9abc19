//! Functions that take lambdas.
//!
//! Source: Microsoft Learn, "Lambda functions for ARM templates", page of 2024-01-25; `groupBy`, `mapValues` and lambdas that
//! take an index are as Azure/bicep#13658 of 2024-03 describes them.

use std::rc::Rc;

use super::expression::{TemplateCall, TemplateExpression};
use super::frame::{BoundValue, EvaluationFrame, FramePlace};
use super::functions::{FunctionResult, FunctionStop, equal, truth};
use super::names::canonical;
use super::rest::{call, refused_call, rest};
use super::value::{TemplateValue, ValueKind};

/// A lambda: the names of its arguments, and its body.
struct Lambda<'e> {
    names: Vec<&'e str>,
    body: &'e TemplateExpression,
}

impl<'e> Lambda<'e> {
    fn of(expression: &'e TemplateExpression) -> Option<Self> {
        let TemplateExpression::Call(TemplateCall { function, arguments, .. }) = expression else { return None };
        let (body, names) = arguments.split_last().filter(|_| function.eq_ignore_ascii_case("lambda"))?;
        let names = names.iter().map(|name| match name {
            TemplateExpression::Text(name) => Some(name.as_str()),
            TemplateExpression::Number(_)
            | TemplateExpression::Call(_)
            | TemplateExpression::Member(..)
            | TemplateExpression::Item(..) => None,
        });
        Some(Self { names: names.collect::<Option<_>>()?, body })
    }
}

impl EvaluationFrame {
    /// What a function with lambdas among its arguments gives; `None` where there is none.
    pub(super) fn with_lambda(
        &self,
        name: &str,
        arguments: &[TemplateExpression],
        at: FramePlace<'_>,
    ) -> Option<TemplateValue> {
        if !["filter", "map", "reduce", "sort", "toobject", "groupby", "mapvalues"].contains(&name) {
            return None;
        }
        let lambdas: Vec<Option<Lambda<'_>>> = arguments.iter().map(Lambda::of).collect();
        let plain = arguments.iter().zip(&lambdas).filter(|(_, lambda)| lambda.is_none());
        let values: Vec<TemplateValue> = plain.map(|(argument, _)| self.value(argument, at)).collect();
        let lambdas: Vec<Lambda<'_>> = lambdas.into_iter().flatten().collect();
        let made = match (name, values.as_slice(), lambdas.as_slice()) {
            ("filter", [list], [lambda]) => self.filtered(list, lambda, at),
            ("map", [list], [lambda]) => self.mapped(list, lambda, at),
            ("reduce", [list, first], [lambda]) => self.reduced(list, first, lambda, at),
            ("sort", [list], [lambda]) => self.sorted(list, lambda, at),
            ("toobject", [list], [key]) => self.keyed(list, key, None, at),
            ("toobject", [list], [key, value]) => self.keyed(list, key, Some(value), at),
            ("groupby", [list], [key]) => self.grouped(list, key, at),
            ("mapvalues", [object], [lambda]) => self.with_values(object, lambda, at),
            _ => Err(FunctionStop::Refused(format!("`{}` needs a value and a lambda", canonical(name)).into())),
        };
        Some(match made {
            Ok(value) => value,
            Err(stop) => {
                let bodies = lambdas.iter().map(|lambda| self.remaining(lambda, at));
                let arguments: Vec<TemplateValue> = values.into_iter().chain(bodies).collect();
                match stop {
                    FunctionStop::Unknown => call(name, arguments),
                    FunctionStop::Refused(why) => refused_call(name, arguments, why),
                }
            }
        })
    }

    /// The lambda with everything in its body evaluated that does not depend on its arguments.
    fn remaining(&self, lambda: &Lambda<'_>, at: FramePlace<'_>) -> TemplateValue {
        let bound: Vec<TemplateValue> =
            lambda.names.iter().map(|name| rest(ValueKind::Bound((*name).into()), None)).collect();
        let body = self.body(lambda, &bound, at);
        rest(ValueKind::Lambda(lambda.names.iter().map(|name| (*name).into()).collect(), body), None)
    }

    /// What the lambda gives for as many of `values` as it has arguments.
    fn body(&self, lambda: &Lambda<'_>, values: &[TemplateValue], at: FramePlace<'_>) -> TemplateValue {
        self.bind(&lambda.names, values, lambda.body, at)
    }

    fn bind(
        &self,
        names: &[&str],
        values: &[TemplateValue],
        body: &TemplateExpression,
        at: FramePlace<'_>,
    ) -> TemplateValue {
        let (Some((name, names)), Some((value, values))) = (names.split_first(), values.split_first()) else {
            return self.value(body, at);
        };
        let bound = BoundValue { name, value: value.clone(), up: at.bound };
        self.bind(names, values, body, FramePlace { bound: Some(&bound), ..at })
    }

    /// The items of a list, whose references weigh on the budget.
    fn items<'v>(&self, list: &'v TemplateValue) -> Result<&'v [TemplateValue], FunctionStop> {
        match list {
            TemplateValue::List(list) => {
                self.shared.budget.bytes(list.items.len().saturating_mul(size_of::<TemplateValue>()))?;
                Ok(&list.items)
            }
            TemplateValue::Unknown(_) => Err(FunctionStop::Unknown),
            TemplateValue::Null
            | TemplateValue::Bool(_)
            | TemplateValue::Number(_)
            | TemplateValue::Text(_)
            | TemplateValue::Id(_)
            | TemplateValue::Object(_) => {
                Err(FunctionStop::Refused(format!("expected a list, found {}", list.described()).into()))
            }
        }
    }

    /// What the lambda gives for each item, which it may take with its index.
    fn each(&self, items: &[TemplateValue], lambda: &Lambda<'_>, at: FramePlace<'_>) -> Vec<TemplateValue> {
        let indexes = 0i64..;
        let pairs = items.iter().zip(indexes);
        pairs.map(|(item, index)| self.body(lambda, &[item.clone(), TemplateValue::number(index)], at)).collect()
    }

    fn mapped(&self, list: &TemplateValue, lambda: &Lambda<'_>, at: FramePlace<'_>) -> FunctionResult {
        listed(self.each(self.items(list)?, lambda, at))
    }

    fn filtered(&self, list: &TemplateValue, lambda: &Lambda<'_>, at: FramePlace<'_>) -> FunctionResult {
        let items = self.items(list)?;
        let mut kept = Vec::new();
        let mut is_known = true;
        for (item, keep) in items.iter().zip(self.each(items, lambda, at)) {
            match truth(&keep) {
                Ok(true) => kept.push(item.clone()),
                Ok(false) => {}
                Err(FunctionStop::Unknown) => is_known = false,
                Err(refused) => return Err(refused),
            }
        }
        if is_known { listed(kept) } else { Err(FunctionStop::Unknown) }
    }

    fn reduced(
        &self,
        list: &TemplateValue,
        first: &TemplateValue,
        lambda: &Lambda<'_>,
        at: FramePlace<'_>,
    ) -> FunctionResult {
        let mut value = first.clone();
        for (item, index) in self.items(list)?.iter().zip(0i64..) {
            value = self.body(lambda, &[value, item.clone(), TemplateValue::number(index)], at);
        }
        Ok(value)
    }

    /// In the order that the lambda gives. Which of two comes first that it does not tell apart is not documented.
    fn sorted(&self, list: &TemplateValue, lambda: &Lambda<'_>, at: FramePlace<'_>) -> FunctionResult {
        let mut runs: Vec<Vec<TemplateValue>> = self.items(list)?.iter().map(|item| vec![item.clone()]).collect();
        while runs.len() > 1 {
            let mut merged = Vec::new();
            let mut pairs = runs.into_iter();
            while let Some(first) = pairs.next() {
                merged.push(match pairs.next() {
                    Some(second) => self.merged(first, second, lambda, at)?,
                    None => first,
                });
            }
            runs = merged;
        }
        listed(runs.pop().unwrap_or_default())
    }

    fn merged(
        &self,
        a: Vec<TemplateValue>,
        b: Vec<TemplateValue>,
        lambda: &Lambda<'_>,
        at: FramePlace<'_>,
    ) -> Result<Vec<TemplateValue>, FunctionStop> {
        let mut made = Vec::with_capacity(a.len().saturating_add(b.len()));
        let (mut a, mut b) = (a.into_iter().peekable(), b.into_iter().peekable());
        while let (Some(first), Some(second)) = (a.peek(), b.peek()) {
            let next = if self.is_before(first, second, lambda, at)? { a.next() } else { b.next() };
            made.extend(next);
        }
        made.extend(a);
        made.extend(b);
        Ok(made)
    }

    fn is_before(
        &self,
        first: &TemplateValue,
        second: &TemplateValue,
        lambda: &Lambda<'_>,
        at: FramePlace<'_>,
    ) -> Result<bool, FunctionStop> {
        let less = |a: &TemplateValue, b: &TemplateValue| truth(&self.body(lambda, &[a.clone(), b.clone()], at));
        match (less(first, second)?, less(second, first)?) {
            (true, false) => Ok(true),
            (false, true) => Ok(false),
            _ if equal(first, second, &self.shared.budget)? == Some(true) => Ok(true),
            _ => Err(FunctionStop::Refused(
                "in which order `sort` puts what its lambda does not tell apart is not documented".into(),
            )),
        }
    }

    fn keyed(
        &self,
        list: &TemplateValue,
        key: &Lambda<'_>,
        value: Option<&Lambda<'_>>,
        at: FramePlace<'_>,
    ) -> FunctionResult {
        let items = self.items(list)?;
        let keys = self.keys(items, key, at)?;
        let values = match value {
            Some(lambda) => self.each(items, lambda, at),
            None => items.to_vec(),
        };
        let mut seen = std::collections::HashSet::new();
        if let Some(twice) = keys.iter().find(|key| !seen.insert(key.to_ascii_lowercase())) {
            return Err(FunctionStop::Refused(format!("`toObject` is given the key `{twice}` twice").into()));
        }
        objected(keys.into_iter().zip(values).collect())
    }

    fn keys(
        &self,
        items: &[TemplateValue],
        key: &Lambda<'_>,
        at: FramePlace<'_>,
    ) -> Result<Vec<Rc<str>>, FunctionStop> {
        let keys = self.each(items, key, at).into_iter().map(|key| match key {
            TemplateValue::Text(key) => Ok(key),
            TemplateValue::Unknown(_) | TemplateValue::Id(_) => Err(FunctionStop::Unknown),
            other => Err(FunctionStop::Refused(format!("expected a key, found {}", other.described()).into())),
        });
        keys.collect()
    }

    fn grouped(&self, list: &TemplateValue, key: &Lambda<'_>, at: FramePlace<'_>) -> FunctionResult {
        let items = self.items(list)?;
        let mut groups: indexmap::IndexMap<Rc<str>, Vec<TemplateValue>> = indexmap::IndexMap::new();
        for (key, item) in self.keys(items, key, at)?.into_iter().zip(items) {
            groups.entry(key).or_default().push(item.clone());
        }
        let mut seen = std::collections::HashSet::new();
        if let Some(twice) = groups.keys().find(|key| !seen.insert(key.to_ascii_lowercase())) {
            return Err(FunctionStop::Refused(
                format!("whether `groupBy` tells `{twice}` by its case is not documented").into(),
            ));
        }
        let entries = groups.into_iter().map(|(key, items)| Ok((key, listed(items)?)));
        objected(entries.collect::<Result<_, FunctionStop>>()?)
    }

    fn with_values(&self, object: &TemplateValue, lambda: &Lambda<'_>, at: FramePlace<'_>) -> FunctionResult {
        let TemplateValue::Object(object) = object else {
            return match object {
                TemplateValue::Unknown(_) => Err(FunctionStop::Unknown),
                other => Err(FunctionStop::Refused(format!("expected an object, found {}", other.described()).into())),
            };
        };
        self.shared.budget.bytes(object.entries.len().saturating_mul(size_of::<(Rc<str>, TemplateValue)>()))?;
        let value = |(key, value): &(Rc<str>, TemplateValue)| {
            (Rc::clone(key), self.body(lambda, std::slice::from_ref(value), at))
        };
        objected(object.entries.iter().map(value).collect())
    }
}

fn listed(items: Vec<TemplateValue>) -> FunctionResult {
    TemplateValue::list(items).ok_or_else(|| FunctionStop::Refused("it nests too deep".into()))
}

fn objected(entries: Vec<(Rc<str>, TemplateValue)>) -> FunctionResult {
    TemplateValue::object(entries).ok_or_else(|| FunctionStop::Refused("it nests too deep".into()))
}
