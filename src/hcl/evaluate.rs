//! Expressions to values.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use indexmap::IndexMap;

use super::ast::{Expr, For, HclCall, HclKind, TraversalStep, Unary};
use super::budget::{DEEPEST, HclBudget, VALUE};
use super::fault::{Weight, WrongHcl, quoted};
use super::functions;
use super::module::{HclModule, ModuleFiles, ModuleSource, OmittedCall};
use super::operators;
use super::scope::{HclScope, ScopeNames};
use super::value::{Data, HIGHEST, HclValue, ListKind, ObjectKind};
use crate::source::{LayoutStretch, SourceLayout};

/// What is evaluated once.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum PathPart {
    Variable,
    Local,
    Output,
    /// What `count` or `for_each` makes of a block.
    Instances,
    /// An attribute of a resource.
    Attribute,
}

/// What has become of a part.
#[derive(Clone, Debug)]
enum Memo {
    /// It is being evaluated: what asks for it again is a circle.
    Open,
    Done(Result<HclValue, WrongHcl>),
}

/// Evaluates the modules of one input.
pub(super) struct HclEvaluator<'r> {
    pub reader: &'r mut dyn ModuleFiles,
    pub layout: SourceLayout,
    pub budget: HclBudget,
    pub modules: Vec<HclModule>,
    pub sources: HashMap<String, Rc<ModuleSource>>,
    /// What is not read, by its place.
    pub omitted: IndexMap<(usize, u32), OmittedCall>,
    memo: HashMap<(usize, PathPart, Rc<str>), Memo>,
    /// What is being evaluated, from the outside in.
    trail: Vec<Rc<str>>,
    depth: usize,
}

pub(super) type HclResult = Result<HclValue, WrongHcl>;

impl<'r> HclEvaluator<'r> {
    pub(super) fn new(reader: &'r mut dyn ModuleFiles) -> Self {
        Self {
            reader,
            layout: SourceLayout::default(),
            budget: HclBudget::new(),
            modules: Vec::new(),
            sources: HashMap::new(),
            omitted: IndexMap::new(),
            memo: HashMap::new(),
            trail: Vec::new(),
            depth: 0,
        }
    }

    /// What `make` gives, evaluated once; `shown` names it where it is defined by itself.
    pub(super) fn once(
        &mut self,
        key: (usize, PathPart, Rc<str>),
        shown: &str,
        at: LayoutStretch,
        make: impl FnOnce(&mut Self) -> HclResult,
    ) -> HclResult {
        match self.memo.get(&key) {
            Some(Memo::Done(made)) => return made.clone(),
            Some(Memo::Open) => return Err(self.circle(shown, at)),
            None => {}
        }
        self.memo.insert(key.clone(), Memo::Open);
        self.trail.push(shown.into());
        let made = make(self);
        self.trail.pop();
        self.memo.insert(key, Memo::Done(made.clone()));
        made
    }

    fn circle(&self, shown: &str, at: LayoutStretch) -> WrongHcl {
        const SHOWN: usize = 8;
        let start = self.trail.iter().position(|name| **name == *shown).unwrap_or(0);
        let all: Vec<&str> = self.trail.iter().skip(start).map(|name| &**name).collect();
        let left_out = if all.len() > SHOWN { " → …" } else { "" };
        let path = all.into_iter().take(SHOWN).collect::<Vec<_>>().join(" → ");
        WrongHcl::last(at, format!("{} is defined by itself: {path}{left_out} → {shown}", quoted(shown)))
    }

    /// The value of an expression.
    pub(super) fn eval(&mut self, expr: &Expr, scope: HclScope<'_>) -> HclResult {
        self.step(expr.at, 1)?;
        if self.depth >= DEEPEST {
            let message = "expressions nest too deep, what they refer to included";
            return Err(WrongHcl::last(expr.at, message));
        }
        self.depth += 1;
        let made = self.eval_kind(expr, scope);
        self.depth -= 1;
        made
    }

    fn eval_kind(&mut self, expr: &Expr, scope: HclScope<'_>) -> HclResult {
        let at = expr.at;
        match &expr.kind {
            HclKind::Null => Ok(HclValue::null().at(at)),
            HclKind::Bool(value) => Ok(HclValue::bool(*value).at(at)),
            HclKind::Number(number) => Ok(HclValue::new(Data::Number(*number)).at(at)),
            HclKind::Text(text) => Ok(HclValue::text(Rc::clone(text)).at(at)),
            HclKind::Template(pieces) => Ok(self.template(pieces, at, scope)?.at(at)),
            HclKind::List(items) => {
                let items = items.iter().map(|item| self.eval(item, scope)).collect::<Result<_, _>>()?;
                Ok(self.list(at, ListKind::Tuple, items)?.at(at))
            }
            HclKind::Object(entries) => Ok(self.object_of(entries, at, scope)?.at(at)),
            HclKind::Variable(_) => self.named(expr, &[], at, scope),
            HclKind::Traversal(base, steps) => self.named(base, steps, at, scope),
            HclKind::Conditional(parts) => {
                let (condition, then, otherwise) = parts.as_ref();
                self.conditional(condition, then, otherwise, scope)
            }
            HclKind::Call(call) => self.call(call, at, scope).map(|value| value.or_at(at)),
            HclKind::Unary(operator, operand) => self.unary(*operator, operand, at, scope),
            HclKind::Binary(..) => self.binary(expr, scope),
            HclKind::For(own) => Ok(self.for_expr(own, at, scope)?.or_at(at)),
        }
    }

    /// Takes steps from the bound of all of them.
    pub(super) fn step(&mut self, at: LayoutStretch, count: usize) -> Result<(), WrongHcl> {
        match self.budget.steps(count) {
            true => Ok(()),
            false => Err(WrongHcl::last(at, "the module takes too much work")),
        }
    }

    /// Takes bytes that are to be made from the bound of all of them.
    pub(super) fn charge(&mut self, at: LayoutStretch, bytes: usize) -> Result<(), WrongHcl> {
        match self.budget.bytes(bytes) {
            true => Ok(()),
            false => Err(WrongHcl::last(at, "the module makes too many values")),
        }
    }

    /// A list of values.
    pub(super) fn list(&mut self, at: LayoutStretch, kind: ListKind, items: Vec<HclValue>) -> HclResult {
        self.charge(at, items.len().saturating_add(1).saturating_mul(VALUE))?;
        self.not_too_high(at, HclValue::list(kind, items))
    }

    /// An object of values.
    pub(super) fn object(
        &mut self,
        at: LayoutStretch,
        kind: ObjectKind,
        entries: BTreeMap<Rc<str>, HclValue>,
    ) -> HclResult {
        self.charge(at, entries.len().saturating_add(1).saturating_mul(VALUE * 2))?;
        self.not_too_high(at, HclValue::object(kind, entries))
    }

    fn not_too_high(&self, at: LayoutStretch, value: HclValue) -> HclResult {
        if value.bulk().height > HIGHEST { Err(WrongHcl::last(at, "the value nests too deep")) } else { Ok(value) }
    }

    fn object_of(&mut self, entries: &[(Expr, Expr)], at: LayoutStretch, scope: HclScope<'_>) -> HclResult {
        let mut made = BTreeMap::new();
        let mut unknown_keys = Vec::new();
        for (key, value) in entries {
            let (key_at, key, value) = (key.at, self.eval(key, scope)?, self.eval(value, scope)?);
            if !key.is_known() {
                unknown_keys.push(key);
                continue;
            }
            let name = operators::key_text(&key).map_err(|message| WrongHcl::new(key_at, message))?;
            made.insert(name, value);
        }
        let object = self.object(at, ObjectKind::Object, made)?;
        match unknown_keys.as_slice() {
            [] => Ok(object),
            keys => {
                let text = format!("{{{} = …}} with {}", operators::all_written(keys), object.written());
                Ok(HclValue::unknown_of(text, keys))
            }
        }
    }

    fn conditional(&mut self, condition: &Expr, then: &Expr, otherwise: &Expr, scope: HclScope<'_>) -> HclResult {
        let truth = self.eval(condition, scope)?;
        match operators::truth(&truth).map_err(|message| WrongHcl::new(condition.at, message))? {
            Some(truth) => {
                let (taken, other) = if truth { (then, otherwise) } else { (otherwise, then) };
                let value = self.eval(taken, scope)?;
                // Both results have one type: a number beside a text is a text.
                let is_text = matches!(other.kind, HclKind::Text(_) | HclKind::Template(_));
                Ok(if is_text { operators::as_text(value) } else { value })
            }
            None => {
                let (then, otherwise) = (self.eval(then, scope)?, self.eval(otherwise, scope)?);
                self.step(condition.at, then.bulk().size.saturating_add(otherwise.bulk().size))?;
                if super::value::same(&then, &otherwise) == Some(true) {
                    return Ok(then);
                }
                let text = format!("{} ? {} : {}", truth.written(), then.written(), otherwise.written());
                Ok(HclValue::unknown_of(text, [&truth]))
            }
        }
    }

    /// A chain of operators, from its leftmost operand on, so that a long one is not deep.
    fn binary(&mut self, expr: &Expr, scope: HclScope<'_>) -> HclResult {
        let (mut first, mut chain) = (expr, Vec::new());
        while let HclKind::Binary(operator, operands) = &first.kind {
            chain.push((first.at, *operator, &operands.1));
            first = &operands.0;
        }
        let mut left = self.eval(first, scope)?;
        for (at, operator, right) in chain.into_iter().rev() {
            let right = self.eval(right, scope)?;
            self.step(at, left.bulk().size.saturating_add(right.bulk().size))?;
            left = operators::binary(operator, &left, &right).map_err(|message| WrongHcl::new(at, message))?;
        }
        Ok(left)
    }

    fn unary(&mut self, operator: Unary, operand: &Expr, at: LayoutStretch, scope: HclScope<'_>) -> HclResult {
        let value = self.eval(operand, scope)?;
        operators::unary(operator, &value).map_err(|message| WrongHcl::new(at, message))
    }

    /// The keys and values of a collection, in order; `None` where it is not known.
    pub(super) fn rounds(
        &mut self,
        of: &HclValue,
        at: LayoutStretch,
    ) -> Result<Option<Vec<(HclValue, HclValue)>>, WrongHcl> {
        match &of.data {
            Data::List(list) => {
                self.charge(at, list.items.len().saturating_mul(VALUE * 2))?;
                let is_set = list.kind == ListKind::Set;
                let key = |index: usize, item: &HclValue| if is_set { item.clone() } else { HclValue::count(index) };
                let rounds = list.items.iter().enumerate().map(|(index, item)| (key(index, item), item.clone()));
                Ok(Some(rounds.collect()))
            }
            Data::Object(object) => {
                self.charge(at, object.entries.len().saturating_mul(VALUE * 2))?;
                let entries = object.entries.iter();
                Ok(Some(entries.map(|(key, value)| (HclValue::text(Rc::clone(key)), value.clone())).collect()))
            }
            Data::Unknown(_) | Data::Instance(_) => Ok(None),
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::Text(_) => {
                Err(WrongHcl::new(at, format!("found {}, expected a list, a set or a map", of.described())))
            }
        }
    }

    fn for_expr(&mut self, own: &For, at: LayoutStretch, scope: HclScope<'_>) -> HclResult {
        let collection = self.eval(&own.collection, scope)?;
        let Some(rounds) = self.rounds(&collection, own.collection.at)? else {
            return Ok(self.unknown_loop(&collection, own, scope));
        };
        let mut result = ForRounds::default();
        for (key, value) in rounds {
            self.step(at, 1)?;
            let outer = own.key.as_ref().map(|name| scope.frame(name, key));
            let outer_scope = outer.as_ref().map_or(scope, |frame| scope.with(frame));
            let inner = outer_scope.frame(&own.value, value);
            self.round(own, outer_scope.with(&inner), &mut result)?;
        }
        self.looped(own, at, &collection, result)
    }

    /// What a loop over a collection that is not known makes: its text has where the loop is, and the names around it.
    fn unknown_loop(&mut self, collection: &HclValue, own: &For, scope: HclScope<'_>) -> HclValue {
        let mut around = Vec::new();
        let mut frame = scope.frame;
        while let Some(own) = frame {
            around.push(match &own.names {
                ScopeNames::One(name, value) => format!("{name} = {}", value.written()),
                ScopeNames::All(object) => HclValue::new(Data::Object(Rc::clone(object))).written(),
            });
            frame = own.above;
        }
        let file = self.layout.texts().get(own.result.at.text).map_or("", |(name, _)| name);
        let path = self.modules.get(scope.module).map_or("", |module| &module.path);
        let place = format!("{path} {file}:{} {}", own.result.at.start, around.join(", "));
        HclValue::unknown_of(format!("[for {} : …] of {}", collection.written(), place.trim()), [collection])
    }

    fn round(&mut self, own: &For, scope: HclScope<'_>, result: &mut ForRounds) -> Result<(), WrongHcl> {
        if let Some(condition) = &own.condition {
            let truth = self.eval(condition, scope)?;
            match operators::truth(&truth).map_err(|message| WrongHcl::new(condition.at, message))? {
                Some(true) => {}
                Some(false) => return Ok(()),
                None => result.unknown.push(truth),
            }
        }
        let key = own.result_key.as_ref().map(|key| Ok((key.at, self.eval(key, scope)?))).transpose()?;
        let value = self.eval(&own.result, scope)?;
        match key {
            None => result.items.push(value),
            Some((_, key)) if !key.is_known() => result.unknown.push(key),
            Some((at, key)) => {
                let name = operators::key_text(&key).map_err(|message| WrongHcl::new(at, message))?;
                let group = result.groups.entry(Rc::clone(&name)).or_default();
                if !own.groups && !group.is_empty() {
                    let help = "`...` after the value makes a list of those of one key";
                    return Err(WrongHcl::new(at, format!("key {} is there twice: {help}", quoted(&name))));
                }
                group.push(value);
            }
        }
        Ok(())
    }

    fn looped(&mut self, own: &For, at: LayoutStretch, collection: &HclValue, result: ForRounds) -> HclResult {
        let ForRounds { items, groups, unknown } = result;
        let made = match &own.result_key {
            None => self.list(at, ListKind::Tuple, items)?,
            Some(_) => {
                let mut entries = BTreeMap::new();
                for (key, mut values) in groups {
                    let value = match own.groups {
                        true => self.list(at, ListKind::Tuple, values)?,
                        false => values.pop().unwrap_or_else(HclValue::null),
                    };
                    entries.insert(key, value);
                }
                self.object(at, ObjectKind::Object, entries)?
            }
        };
        match unknown.as_slice() {
            [] => Ok(made),
            parts => {
                let text =
                    format!("[for {} : {} if {}]", collection.written(), made.written(), operators::all_written(parts));
                Ok(HclValue::unknown_of(text, parts))
            }
        }
    }

    fn call(&mut self, call: &HclCall, at: LayoutStretch, scope: HclScope<'_>) -> HclResult {
        match &*call.name {
            "try" => return self.attempt(call, at, scope),
            "can" => return self.can(call, at, scope),
            _ => {}
        }
        let mut arguments = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            arguments.push(self.eval(argument, scope)?);
        }
        if call.expands {
            let last = arguments.pop().unwrap_or_else(HclValue::null);
            match self.rounds(&last, at)? {
                Some(rounds) => arguments.extend(rounds.into_iter().map(|(_, value)| value)),
                None => {
                    let text = format!("{}({}, {}...)", call.name, operators::all_written(&arguments), last.written());
                    return Ok(HclValue::unknown_of(text, [&last]));
                }
            }
        }
        functions::call(self, &call.name, &arguments, at, scope)
    }

    /// The first argument that has a value.
    fn attempt(&mut self, call: &HclCall, at: LayoutStretch, scope: HclScope<'_>) -> HclResult {
        for argument in &call.arguments {
            match self.eval(argument, scope) {
                Err(wrong) if wrong.weight == Weight::Caught => {}
                made => return made,
            }
        }
        Err(WrongHcl::new(at, "no argument of `try` has a value"))
    }

    fn can(&mut self, call: &HclCall, at: LayoutStretch, scope: HclScope<'_>) -> HclResult {
        let [argument] = call.arguments.as_slice() else {
            return Err(WrongHcl::last(at, "`can` has one argument"));
        };
        match self.eval(argument, scope) {
            Ok(value) if value.is_unknown() => Ok(HclValue::unknown_of(format!("can({})", value.written()), [&value])),
            Ok(_) => Ok(HclValue::bool(true)),
            Err(wrong) if wrong.weight == Weight::Caught => Ok(HclValue::bool(false)),
            Err(wrong) => Err(wrong),
        }
    }

    /// The value that the steps lead to.
    pub(super) fn follow(
        &mut self,
        mut value: HclValue,
        steps: &[TraversalStep],
        at: LayoutStretch,
        scope: HclScope<'_>,
    ) -> HclResult {
        let mut rest = steps;
        while let Some((step, after)) = rest.split_first() {
            self.step(at, 1)?;
            rest = after;
            value = match step {
                TraversalStep::Attribute(name) => self.attribute(&value, name, at)?,
                TraversalStep::Index(index) | TraversalStep::Number(index) => {
                    let index = self.eval(index, scope)?;
                    self.item(&value, &index, at)?
                }
                TraversalStep::FullSplat => return self.splat(value, after, at, scope),
                TraversalStep::AttributeSplat => {
                    let own = after
                        .iter()
                        .take_while(|step| matches!(step, TraversalStep::Attribute(_) | TraversalStep::Number(_)))
                        .count();
                    let (own, others) = after.split_at_checked(own).unwrap_or((after, &[]));
                    rest = others;
                    self.splat(value, own, at, scope)?
                }
            };
        }
        Ok(value)
    }

    /// What the steps lead to from each element; what is no list is a list of itself.
    fn splat(&mut self, value: HclValue, steps: &[TraversalStep], at: LayoutStretch, scope: HclScope<'_>) -> HclResult {
        let items = match &value.data {
            Data::Unknown(unknown) => {
                let text = format!("{}[*]{}", unknown.text, self.steps_written(steps, scope)?);
                return Ok(HclValue::unknown_of(text, [&value]));
            }
            Data::Null => Vec::new(),
            Data::List(list) => list.items.clone(),
            Data::Bool(_) | Data::Number(_) | Data::Text(_) | Data::Object(_) | Data::Instance(_) => vec![value],
        };
        self.charge(at, items.len().saturating_mul(VALUE))?;
        let items = items.into_iter().map(|item| self.follow(item, steps, at, scope)).collect::<Result<_, _>>()?;
        self.list(at, ListKind::Tuple, items)
    }

    fn steps_written(&mut self, steps: &[TraversalStep], scope: HclScope<'_>) -> Result<String, WrongHcl> {
        let mut text = String::new();
        for step in steps {
            match step {
                TraversalStep::Attribute(name) => text.push_str(&format!(".{name}")),
                TraversalStep::Index(index) | TraversalStep::Number(index) => {
                    text.push_str(&format!("[{}]", self.eval(index, scope)?.written()))
                }
                TraversalStep::FullSplat => text.push_str("[*]"),
                TraversalStep::AttributeSplat => text.push_str(".*"),
            }
        }
        Ok(text)
    }
}

/// What the rounds of a loop have made.
#[derive(Default)]
struct ForRounds {
    items: Vec<HclValue>,
    groups: BTreeMap<Rc<str>, Vec<HclValue>>,
    /// Conditions and keys that are not known.
    unknown: Vec<HclValue>,
}
