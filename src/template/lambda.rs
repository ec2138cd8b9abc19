//! Functions that take lambdas.
//!
//! Source: Microsoft Learn, "Lambda functions for ARM templates", page of 2024-01-25; `groupBy`, `mapValues` and lambdas that
//! take an index are as Azure/bicep#13658 of 2024-03 describes them.

use std::rc::Rc;

use super::expression::{Call, Expression};
use super::frame::{At, Bound, Frame};
use super::functions::{Made, Stop, equal, truth};
use super::names::canonical;
use super::rest::{call, refused_call, rest};
use super::value::{Kind, Value};

/// A lambda: the names of its arguments, and its body.
struct Lambda<'e> {
    names: Vec<&'e str>,
    body: &'e Expression,
}

impl<'e> Lambda<'e> {
    fn of(expression: &'e Expression) -> Option<Self> {
        let Expression::Call(Call { function, arguments, .. }) = expression else { return None };
        let (body, names) = arguments.split_last().filter(|_| function.eq_ignore_ascii_case("lambda"))?;
        let names = names.iter().map(|name| match name {
            Expression::Text(name) => Some(name.as_str()),
            Expression::Number(_) | Expression::Call(_) | Expression::Member(..) | Expression::Item(..) => None,
        });
        Some(Self { names: names.collect::<Option<_>>()?, body })
    }
}

impl Frame {
    /// What a function with lambdas among its arguments gives; `None` where there is none.
    pub(super) fn with_lambda(&self, name: &str, arguments: &[Expression], at: At<'_>) -> Option<Value> {
        if !["filter", "map", "reduce", "sort", "toobject", "groupby", "mapvalues"].contains(&name) {
            return None;
        }
        let lambdas: Vec<Option<Lambda<'_>>> = arguments.iter().map(Lambda::of).collect();
        let plain = arguments.iter().zip(&lambdas).filter(|(_, lambda)| lambda.is_none());
        let values: Vec<Value> = plain.map(|(argument, _)| self.value(argument, at)).collect();
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
            _ => Err(Stop::Refused(format!("`{}` needs a value and a lambda", canonical(name)).into())),
        };
        Some(match made {
            Ok(value) => value,
            Err(stop) => {
                let bodies = lambdas.iter().map(|lambda| self.remaining(lambda, at));
                let arguments: Vec<Value> = values.into_iter().chain(bodies).collect();
                match stop {
                    Stop::Unknown => call(name, arguments),
                    Stop::Refused(why) => refused_call(name, arguments, why),
                }
            }
        })
    }

    /// The lambda with everything in its body evaluated that does not depend on its arguments.
    fn remaining(&self, lambda: &Lambda<'_>, at: At<'_>) -> Value {
        let bound: Vec<Value> = lambda.names.iter().map(|name| rest(Kind::Bound((*name).into()), None)).collect();
        let body = self.body(lambda, &bound, at);
        rest(Kind::Lambda(lambda.names.iter().map(|name| (*name).into()).collect(), body), None)
    }

    /// What the lambda gives for as many of `values` as it has arguments.
    fn body(&self, lambda: &Lambda<'_>, values: &[Value], at: At<'_>) -> Value {
        self.bind(&lambda.names, values, lambda.body, at)
    }

    fn bind(&self, names: &[&str], values: &[Value], body: &Expression, at: At<'_>) -> Value {
        let (Some((name, names)), Some((value, values))) = (names.split_first(), values.split_first()) else {
            return self.value(body, at);
        };
        let bound = Bound { name, value: value.clone(), up: at.bound };
        self.bind(names, values, body, At { bound: Some(&bound), ..at })
    }

    /// The items of a list, whose references weigh on the budget.
    fn items<'v>(&self, list: &'v Value) -> Result<&'v [Value], Stop> {
        match list {
            Value::List(list) => {
                self.shared.budget.bytes(list.items.len().saturating_mul(size_of::<Value>()))?;
                Ok(&list.items)
            }
            Value::Unknown(_) => Err(Stop::Unknown),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Id(_) | Value::Object(_) => {
                Err(Stop::Refused(format!("expected a list, found {}", list.described()).into()))
            }
        }
    }

    /// What the lambda gives for each item, which it may take with its index.
    fn each(&self, items: &[Value], lambda: &Lambda<'_>, at: At<'_>) -> Vec<Value> {
        let indexes = 0i64..;
        let pairs = items.iter().zip(indexes);
        pairs.map(|(item, index)| self.body(lambda, &[item.clone(), Value::number(index)], at)).collect()
    }

    fn mapped(&self, list: &Value, lambda: &Lambda<'_>, at: At<'_>) -> Made {
        listed(self.each(self.items(list)?, lambda, at))
    }

    fn filtered(&self, list: &Value, lambda: &Lambda<'_>, at: At<'_>) -> Made {
        let items = self.items(list)?;
        let mut kept = Vec::new();
        let mut is_known = true;
        for (item, keep) in items.iter().zip(self.each(items, lambda, at)) {
            match truth(&keep) {
                Ok(true) => kept.push(item.clone()),
                Ok(false) => {}
                Err(Stop::Unknown) => is_known = false,
                Err(refused) => return Err(refused),
            }
        }
        if is_known { listed(kept) } else { Err(Stop::Unknown) }
    }

    fn reduced(&self, list: &Value, first: &Value, lambda: &Lambda<'_>, at: At<'_>) -> Made {
        let mut value = first.clone();
        for (item, index) in self.items(list)?.iter().zip(0i64..) {
            value = self.body(lambda, &[value, item.clone(), Value::number(index)], at);
        }
        Ok(value)
    }

    /// In the order that the lambda gives. Which of two comes first that it does not tell apart is not documented.
    fn sorted(&self, list: &Value, lambda: &Lambda<'_>, at: At<'_>) -> Made {
        let mut runs: Vec<Vec<Value>> = self.items(list)?.iter().map(|item| vec![item.clone()]).collect();
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

    fn merged(&self, a: Vec<Value>, b: Vec<Value>, lambda: &Lambda<'_>, at: At<'_>) -> Result<Vec<Value>, Stop> {
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

    fn is_before(&self, first: &Value, second: &Value, lambda: &Lambda<'_>, at: At<'_>) -> Result<bool, Stop> {
        let less = |a: &Value, b: &Value| truth(&self.body(lambda, &[a.clone(), b.clone()], at));
        match (less(first, second)?, less(second, first)?) {
            (true, false) => Ok(true),
            (false, true) => Ok(false),
            _ if equal(first, second, &self.shared.budget)? == Some(true) => Ok(true),
            _ => Err(Stop::Refused(
                "in which order `sort` puts what its lambda does not tell apart is not documented".into(),
            )),
        }
    }

    fn keyed(&self, list: &Value, key: &Lambda<'_>, value: Option<&Lambda<'_>>, at: At<'_>) -> Made {
        let items = self.items(list)?;
        let keys = self.keys(items, key, at)?;
        let values = match value {
            Some(lambda) => self.each(items, lambda, at),
            None => items.to_vec(),
        };
        let mut seen = std::collections::HashSet::new();
        if let Some(twice) = keys.iter().find(|key| !seen.insert(key.to_ascii_lowercase())) {
            return Err(Stop::Refused(format!("`toObject` is given the key `{twice}` twice").into()));
        }
        objected(keys.into_iter().zip(values).collect())
    }

    fn keys(&self, items: &[Value], key: &Lambda<'_>, at: At<'_>) -> Result<Vec<Rc<str>>, Stop> {
        let keys = self.each(items, key, at).into_iter().map(|key| match key {
            Value::Text(key) => Ok(key),
            Value::Unknown(_) | Value::Id(_) => Err(Stop::Unknown),
            other => Err(Stop::Refused(format!("expected a key, found {}", other.described()).into())),
        });
        keys.collect()
    }

    fn grouped(&self, list: &Value, key: &Lambda<'_>, at: At<'_>) -> Made {
        let items = self.items(list)?;
        let mut groups: indexmap::IndexMap<Rc<str>, Vec<Value>> = indexmap::IndexMap::new();
        for (key, item) in self.keys(items, key, at)?.into_iter().zip(items) {
            groups.entry(key).or_default().push(item.clone());
        }
        let mut seen = std::collections::HashSet::new();
        if let Some(twice) = groups.keys().find(|key| !seen.insert(key.to_ascii_lowercase())) {
            return Err(Stop::Refused(
                format!("whether `groupBy` tells `{twice}` by its case is not documented").into(),
            ));
        }
        let entries = groups.into_iter().map(|(key, items)| Ok((key, listed(items)?)));
        objected(entries.collect::<Result<_, Stop>>()?)
    }

    fn with_values(&self, object: &Value, lambda: &Lambda<'_>, at: At<'_>) -> Made {
        let Value::Object(object) = object else {
            return match object {
                Value::Unknown(_) => Err(Stop::Unknown),
                other => Err(Stop::Refused(format!("expected an object, found {}", other.described()).into())),
            };
        };
        self.shared.budget.bytes(object.entries.len().saturating_mul(size_of::<(Rc<str>, Value)>()))?;
        let value =
            |(key, value): &(Rc<str>, Value)| (Rc::clone(key), self.body(lambda, std::slice::from_ref(value), at));
        objected(object.entries.iter().map(value).collect())
    }
}

fn listed(items: Vec<Value>) -> Made {
    Value::list(items).ok_or_else(|| Stop::Refused("it nests too deep".into()))
}

fn objected(entries: Vec<(Rc<str>, Value)>) -> Made {
    Value::object(entries).ok_or_else(|| Stop::Refused("it nests too deep".into()))
}
