//! What names mean: variables, locals, resources, modules and their attributes.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::ast::{Expr, HclBlock, HclKind, TraversalStep};
use super::avm;
use super::evaluate::{HclEvaluator, HclResult, PathPart};
use super::fault::{Weight, WrongHcl, quoted};
use super::instance::{Instance, InstanceKey};
use super::module::Inputs;
use super::operators;
use super::scope::HclScope;
use super::types;
use super::value::{Data, HclValue, ListKind, ObjectKind, UnknownWhy};
use crate::source::LayoutStretch;

impl HclEvaluator<'_> {
    /// What a name with steps after it means.
    pub(super) fn named(
        &mut self,
        base: &Expr,
        steps: &[TraversalStep],
        at: LayoutStretch,
        scope: HclScope<'_>,
    ) -> HclResult {
        let HclKind::Variable(name) = &base.kind else {
            let value = self.eval(base, scope)?;
            return self.follow(value, steps, at, scope);
        };
        if let Some(value) = scope.find(name) {
            let value = value.clone();
            return self.follow(value, steps, at, scope);
        }
        let first = attribute_name(steps.first());
        let (value, taken) = match (&**name, first) {
            ("var", Some(own)) => (self.variable(scope.module, own, at)?, 1),
            ("local", Some(own)) => (self.local(scope.module, own, at)?, 1),
            ("module", Some(own)) => (self.instances(scope.module, &format!("module.{own}"), at)?, 1),
            ("path", Some(own)) => (self.path(scope.module, own, at)?, 1),
            ("terraform", Some(own)) => (environment(own, at)?, 1),
            ("data" | "ephemeral", Some(kind)) => {
                let Some(own) = attribute_name(steps.get(1)) else { return Err(unknown_name(name, at)) };
                (self.instances(scope.module, &format!("{name}.{kind}.{own}"), at)?, 2)
            }
            (kind, Some(own)) => (self.instances(scope.module, &format!("{kind}.{own}"), at)?, 1),
            (_, None) => return Err(unknown_name(name, at)),
        };
        self.follow(value, steps.get(taken..).unwrap_or_default(), at, scope)
    }

    /// The value of a variable.
    fn variable(&mut self, module: usize, name: &Rc<str>, at: LayoutStretch) -> HclResult {
        let shown = format!("var.{name}");
        let Some(source) = self.modules.get(module).map(|module| Rc::clone(&module.source)) else {
            return Err(not_defined(&shown, at));
        };
        let Some(block) = source.variables.get(name) else { return Err(not_defined(&shown, at)) };
        self.once((module, PathPart::Variable, Rc::clone(name)), &shown, at, |own| own.given(module, name, block, at))
    }

    fn given(&mut self, module: usize, name: &Rc<str>, block: &HclBlock, at: LayoutStretch) -> HclResult {
        let own = HclScope::of(module);
        let constraint = block.body.attribute("type").map(|attribute| types::parse(&attribute.value)).transpose()?;
        let refuses_null =
            block.body.attribute("nullable").is_some_and(|own| matches!(own.value.kind, HclKind::Bool(false)));
        let given = self.argument(module, name)?.filter(|value| !(refuses_null && value.is_null()));
        let value = match (given, block.body.attribute("default")) {
            (Some(value), _) => value,
            (None, Some(default)) => self.eval(&default.value, own)?,
            (None, None) if self.modules.get(module).is_some_and(|module| module.level > 0) => {
                let message = format!("the module has no value for its variable {}", quoted(name));
                return Err(WrongHcl::last(at, message));
            }
            (None, None) => HclValue::unknown(&format!("var.{name}"), None, UnknownWhy::Variable(Rc::clone(name))),
        };
        let Some(constraint) = constraint else { return Ok(value) };
        self.converted(value, &constraint, block.at, own).map_err(|wrong| {
            let message = format!("the value of variable {}: {}", quoted(name), wrong.message);
            WrongHcl { message, weight: Weight::Final, ..wrong }
        })
    }

    /// The value that a variable is given from outside its module.
    fn argument(&mut self, module: usize, name: &str) -> Result<Option<HclValue>, WrongHcl> {
        let call = match self.modules.get(module).map(|module| &module.inputs) {
            Some(Inputs::Root(given)) => return Ok(given.get(name).cloned()),
            Some(Inputs::Call(call)) => Rc::clone(call),
            None => return Ok(None),
        };
        let source = self.modules.get(call.module).map(|module| Rc::clone(&module.source));
        let block = source.as_ref().and_then(|source| source.calls.get(call_of(&call.name)?));
        let Some(argument) = block.and_then(|block| block.body.attribute(name)) else { return Ok(None) };
        let frame = call.frame();
        let scope = HclScope { module: call.module, frame: frame.as_ref() };
        self.eval(&argument.value, scope).map(Some)
    }

    fn local(&mut self, module: usize, name: &Rc<str>, at: LayoutStretch) -> HclResult {
        let shown = format!("local.{name}");
        let Some(source) = self.modules.get(module).map(|module| Rc::clone(&module.source)) else {
            return Err(not_defined(&shown, at));
        };
        let Some(own) = source.locals.get(name) else { return Err(not_defined(&shown, at)) };
        let key = (module, PathPart::Local, Rc::clone(name));
        self.once(key, &shown, at, |evaluator| evaluator.eval(&own.value, HclScope::of(module)))
    }

    fn path(&self, module: usize, name: &str, at: LayoutStretch) -> HclResult {
        let folder = self.modules.get(module).map_or(".", |module| &module.source.folder);
        match name {
            "module" => Ok(HclValue::text(folder)),
            "root" => Ok(HclValue::text(".")),
            "cwd" => Ok(HclValue::unknown("path.cwd", None, UnknownWhy::Deployed)),
            _ => Err(not_defined(&format!("path.{name}"), at)),
        }
    }

    /// The resources or modules that a block means: one, or a list or an object of them.
    pub(super) fn instances(&mut self, module: usize, name: &str, at: LayoutStretch) -> HclResult {
        let source = self.modules.get(module).map(|module| Rc::clone(&module.source));
        let known = source.as_ref().and_then(|source| source.known_calls.get(name));
        let name = known.map_or(name, |known| known);
        let block = source.as_ref().and_then(|source| match call_of(name) {
            Some(call) => source.calls.get(call),
            None => source.resources.get(name),
        });
        let Some(block) = block else { return Err(not_defined(name, at)) };
        let path = self.modules.get(module).map(|module| Rc::clone(&module.path)).unwrap_or_default();
        let dot = if path.is_empty() { "" } else { "." };
        let shown = format!("{path}{dot}{name}");
        let key = (module, PathPart::Instances, name.into());
        self.once(key, &shown, at, |own| own.expanded(module, &path, name, block))
    }

    fn expanded(&mut self, module: usize, path: &Rc<str>, name: &str, block: &HclBlock) -> HclResult {
        let scope = HclScope::of(module);
        let counted = block.body.attribute("count").map(|own| (own.at, &own.value));
        let each = block.body.attribute("for_each").map(|own| (own.at, &own.value));
        let address = |path: &str| format!("{path}{}{name}", if path.is_empty() { "" } else { "." });
        let keys = match (counted, each) {
            (None, None) => return self.instance(module, path, name, None, None, block),
            (Some((at, count)), _) => {
                let value = self.eval(count, scope)?;
                self.counted(&value, at)?
            }
            (None, Some((at, each))) => {
                let value = self.eval(each, scope)?;
                self.each(&value, at)?
            }
        };
        match keys {
            Err(unknown) => {
                let text = address(path);
                Ok(HclValue::unknown(&text, None, unknown.why().unwrap_or(UnknownWhy::Deployed)))
            }
            Ok(keys) => self.all_instances(module, path, name, keys, counted.is_some(), block),
        }
    }

    fn all_instances(
        &mut self,
        module: usize,
        path: &Rc<str>,
        name: &str,
        keys: Vec<(InstanceKey, HclValue)>,
        is_list: bool,
        block: &HclBlock,
    ) -> HclResult {
        let own: Rc<str> = if is_list { "count".into() } else { "each".into() };
        let mut all = Vec::new();
        for (key, value) in keys {
            let frame = Some((Rc::clone(&own), value));
            all.push((key.clone(), self.instance(module, path, name, Some(key), frame, block)?));
        }
        if is_list {
            return self.list(block.at, ListKind::Tuple, all.into_iter().map(|(_, value)| value).collect());
        }
        let mut entries = BTreeMap::new();
        for (key, value) in all {
            if let InstanceKey::Text(key) = key {
                entries.insert(key, value);
            }
        }
        self.object(block.at, ObjectKind::Object, entries)
    }

    /// The keys that `count` makes, or the count that is not known.
    fn counted(
        &mut self,
        value: &HclValue,
        at: LayoutStretch,
    ) -> Result<Result<Vec<(InstanceKey, HclValue)>, HclValue>, WrongHcl> {
        let number = operators::number(value).map_err(|message| WrongHcl::last(at, format!("`count`: {message}")))?;
        let Some(number) = number else { return Ok(Err(value.clone())) };
        let Some(count) = number.index() else {
            return Err(WrongHcl::last(at, "`count`: expected a whole number that is not negative"));
        };
        self.step(at, count)?;
        let mut keys = Vec::new();
        for index in 0..count {
            let entries = BTreeMap::from([(Rc::from("index"), HclValue::count(index))]);
            keys.push((InstanceKey::Number(index), self.object(at, ObjectKind::Object, entries)?));
        }
        Ok(Ok(keys))
    }

    /// The keys that `for_each` makes, or the value that is not known.
    fn each(
        &mut self,
        value: &HclValue,
        at: LayoutStretch,
    ) -> Result<Result<Vec<(InstanceKey, HclValue)>, HclValue>, WrongHcl> {
        let is_list = matches!(&value.data, Data::List(list) if list.kind != ListKind::Set);
        if is_list {
            return Err(WrongHcl::last(
                at,
                "`for_each`: found a list, expected a map or a set of texts, as of `toset`",
            ));
        }
        let rounds = self.rounds(value, at).map_err(|wrong| WrongHcl { weight: Weight::Final, ..wrong })?;
        let Some(rounds) = rounds else { return Ok(Err(value.clone())) };
        let mut keys = Vec::new();
        for (key, value) in rounds {
            let text = operators::text(&key).map_err(|message| WrongHcl::last(at, format!("`for_each`: {message}")))?;
            let Some(text) = text else { return Ok(Err(key)) };
            let key = HclValue { data: Data::Text(Rc::clone(&text)), ..key };
            let entries = BTreeMap::from([(Rc::from("key"), key), (Rc::from("value"), value)]);
            keys.push((InstanceKey::Text(text), self.object(at, ObjectKind::Object, entries)?));
        }
        Ok(Ok(keys))
    }

    fn instance(
        &mut self,
        module: usize,
        path: &Rc<str>,
        name: &str,
        key: Option<InstanceKey>,
        own: Option<(Rc<str>, HclValue)>,
        block: &HclBlock,
    ) -> HclResult {
        self.charge(block.at, 512)?;
        let mut instance = Instance { module, path: Rc::clone(path), name: name.into(), key, own, inner: None };
        if call_of(name).is_some() {
            instance.inner = self.called(block, &instance)?;
        }
        Ok(HclValue::new(Data::Instance(Rc::new(instance))))
    }

    /// The attribute `name` of a value.
    pub(super) fn attribute(&mut self, of: &HclValue, name: &Rc<str>, at: LayoutStretch) -> HclResult {
        match &of.data {
            Data::Object(object) => match object.entries.get(name) {
                Some(value) => Ok(value.clone()),
                None => Err(WrongHcl::new(at, no_attribute(name, object.entries.keys()))),
            },
            Data::Instance(instance) => self.attribute_of(instance, name, at),
            Data::Unknown(unknown) => {
                let text = format!("{}.{name}", unknown.text);
                Ok(HclValue::unknown(&text, None, unknown.why.clone()))
            }
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::Text(_) | Data::List(_) => {
                Err(WrongHcl::new(at, format!("{} has no attribute {}", of.described(), quoted(name))))
            }
        }
    }

    /// An attribute of a resource: what its block states, else what only a deployment knows. Of a module, an output.
    fn attribute_of(&mut self, of: &Rc<Instance>, name: &Rc<str>, at: LayoutStretch) -> HclResult {
        if call_of(&of.name).is_some() {
            let text = format!("{}.{name}", of.address());
            return match of.inner {
                Some(inner) => self.output(inner, name, at),
                None => Ok(HclValue::unknown(&text, None, UnknownWhy::Deployed)),
            };
        }
        // The outputs of a module that means a resource.
        let name = match of.name.starts_with("module.") {
            true => &match avm::attribute(name) {
                Some(name) => name,
                None => return Ok(HclValue::new(Data::Instance(Rc::clone(of)))),
            },
            false => name,
        };
        let text = format!("{}.{name}", of.address());
        let source = self.modules.get(of.module).map(|module| Rc::clone(&module.source));
        let block = source.as_ref().and_then(|source| source.resources.get(&of.name));
        let stated = block.and_then(|block| block.body.attribute(name)).filter(|_| !is_about_terraform(name));
        let unknown = || HclValue::unknown(&text, Some(text.as_str().into()), UnknownWhy::Deployed);
        let Some(stated) = stated else { return Ok(unknown()) };
        let key = (of.module, PathPart::Attribute, text.as_str().into());
        let value = self.once(key, &text, at, |own| {
            let frame = of.frame();
            own.eval(&stated.value, HclScope { module: of.module, frame: frame.as_ref() })
        })?;
        // Where nothing is stated, the provider may choose.
        Ok(if value.is_null() { unknown() } else { value })
    }

    fn output(&mut self, module: usize, name: &Rc<str>, at: LayoutStretch) -> HclResult {
        let Some(source) = self.modules.get(module).map(|module| Rc::clone(&module.source)) else {
            return Err(not_defined(name, at));
        };
        let path = self.modules.get(module).map(|module| Rc::clone(&module.path)).unwrap_or_default();
        let shown = format!("{path}.{name}");
        let value = source.outputs.get(name).and_then(|block| block.body.attribute("value"));
        let Some(value) = value else {
            return Err(WrongHcl::new(at, format!("module {} has no output {}", quoted(&path), quoted(name))));
        };
        let key = (module, PathPart::Output, Rc::clone(name));
        self.once(key, &shown, at, |own| own.eval(&value.value, HclScope::of(module)))
    }

    /// The element of a value that an index names.
    pub(super) fn item(&mut self, of: &HclValue, index: &HclValue, at: LayoutStretch) -> HclResult {
        let unknown = || {
            let text = format!("{}[{}]", of.written(), index.written());
            HclValue::unknown_of(text, [of, index])
        };
        match &of.data {
            Data::Unknown(_) => Ok(unknown()),
            Data::List(_) | Data::Object(_) | Data::Instance(_) if !index.is_known() => Ok(unknown()),
            Data::List(list) if list.kind == ListKind::Set => {
                Err(WrongHcl::new(at, "a set has no elements by number: `tolist` makes a list of it"))
            }
            Data::List(list) => {
                let number = operators::number(index).map_err(|message| WrongHcl::new(at, message))?;
                let item = number.and_then(|number| list.items.get(number.index()?));
                let message = || format!("there is no element {} in a list of {}", index.written(), list.items.len());
                item.cloned().ok_or_else(|| WrongHcl::new(at, message()))
            }
            Data::Object(_) | Data::Instance(_) => {
                let name = operators::key_text(index).map_err(|message| WrongHcl::new(at, message))?;
                self.attribute(of, &name, at)
            }
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::Text(_) => {
                Err(WrongHcl::new(at, format!("{} has no elements", of.described())))
            }
        }
    }
}

fn attribute_name(step: Option<&TraversalStep>) -> Option<&Rc<str>> {
    match step {
        Some(TraversalStep::Attribute(name)) => Some(name),
        Some(
            TraversalStep::Index(_)
            | TraversalStep::Number(_)
            | TraversalStep::AttributeSplat
            | TraversalStep::FullSplat,
        )
        | None => None,
    }
}

/// The name of the call, where it is that of a module and not of a resource that a module means.
fn call_of(name: &str) -> Option<&str> {
    name.strip_prefix("module.").filter(|call| !call.contains('.'))
}

/// Attributes that Terraform reads itself, and no resource has.
pub(super) fn is_about_terraform(name: &str) -> bool {
    matches!(
        name,
        "count" | "for_each" | "provider" | "providers" | "depends_on" | "lifecycle" | "provisioner" | "connection"
    )
}

fn environment(name: &str, at: LayoutStretch) -> HclResult {
    match name {
        // What it is where nobody chose another.
        "workspace" => Ok(HclValue::text("default")),
        "applying" => Ok(HclValue::unknown("terraform.applying", None, UnknownWhy::Deployed)),
        _ => Err(not_defined(&format!("terraform.{name}"), at)),
    }
}

fn not_defined(name: &str, at: LayoutStretch) -> WrongHcl {
    WrongHcl::missing(at, format!("{} is not defined", quoted(name)))
}

fn unknown_name(name: &str, at: LayoutStretch) -> WrongHcl {
    WrongHcl::last(at, format!("found {}, expected a name with an attribute, as in `local.x`", quoted(name)))
}

fn no_attribute<'k>(name: &str, keys: impl ExactSizeIterator<Item = &'k Rc<str>>) -> String {
    const SHOWN: usize = 6;
    let count = keys.len();
    let all: Vec<String> = keys.take(SHOWN).map(|key| quoted(key)).collect();
    let others = if count > SHOWN { " and others" } else { "" };
    match all.is_empty() {
        true => format!("there is no attribute {} in an empty object", quoted(name)),
        false => format!("there is no attribute {}: the object has {}{others}", quoted(name), all.join(", ")),
    }
}
