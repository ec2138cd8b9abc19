//! What the modules of an input make, in the form in which `terraform show -json` prints a plan.
//!
//! Source: HashiCorp, "JSON Output Format" of Terraform 1.9. Beyond that format, an expression of the configuration is that
//! of one instance, by its whole address, `lacks` reports why it is not known: the name of a variable, or null, and `parts` of
//! which texts and other expressions it consists.

use std::rc::Rc;

use serde_json::{Map, Value as Json, json};

use super::ast::HclBlock;
use super::evaluate::HclEvaluator;
use super::fault::{Weight, WrongHcl};
use super::functions::value_json;
use super::instance::Instance;
use super::module::OmittedCall;
use super::resources::{Care, ResourcePlace};
use super::scope::HclScope;
use super::value::{Data, HclValue, UnknownValue, UnknownWhy};
use crate::source::{Inside, LayoutId, LayoutStretch};

/// Whether resources of a type say something about flows.
pub type IsRead = fn(&str) -> bool;

/// What is made so far.
#[derive(Default)]
pub(super) struct MadePlan {
    resources: Vec<Json>,
    changes: Vec<Json>,
    configuration: Vec<Json>,
    deferred: Vec<Json>,
    /// The places of resources, by their type.
    pub places: Vec<(String, LayoutId)>,
}

impl MadePlan {
    /// The plan.
    pub(super) fn json(self) -> Json {
        let Self { resources, changes, configuration, deferred, .. } = self;
        json!({
            "format_version": "1.2",
            "planned_values": { "root_module": { "resources": resources } },
            "resource_changes": changes,
            "deferred_changes": deferred,
            "configuration": { "root_module": { "resources": configuration } },
        })
    }
}

/// A value in the three forms in which a plan has it.
struct Shown {
    /// The value; what is not known is left out.
    plain: Json,
    /// What is not known, as `true`.
    unknown: Json,
    /// Why it is not known.
    written: Json,
}

impl HclEvaluator<'_> {
    /// Adds what a module makes, and the modules that it calls.
    pub(super) fn show(&mut self, module: usize, is_read: IsRead, made: &mut MadePlan) -> Result<(), WrongHcl> {
        let Some(source) = self.modules.get(module).map(|module| Rc::clone(&module.source)) else { return Ok(()) };
        for (name, block) in &source.resources {
            self.show_block(module, name, block, is_read, made)?;
        }
        for (name, block) in &source.calls {
            let name = format!("module.{name}");
            let called = self.instances(module, &name, block.at)?;
            self.show_called(&called, &name, block, is_read, made)?;
        }
        Ok(())
    }

    fn show_called(
        &mut self,
        called: &HclValue,
        name: &str,
        block: &HclBlock,
        is_read: IsRead,
        made: &mut MadePlan,
    ) -> Result<(), WrongHcl> {
        if called.is_unknown() {
            let message = format!("`{name}` is not read: how often it is called is not known");
            self.omit(block.at, message, true);
        }
        for instance in instances(called) {
            if let Some(inner) = instance.inner {
                self.show(inner, is_read, made)?;
            }
        }
        Ok(())
    }

    fn show_block(
        &mut self,
        module: usize,
        name: &str,
        block: &HclBlock,
        is_read: IsRead,
        made: &mut MadePlan,
    ) -> Result<(), WrongHcl> {
        let kind = block.labels.first().map_or("", |kind| &**kind);
        let care = if is_read(kind) { Care::Strict } else { Care::Lenient };
        let is_resource = &*block.kind == "resource";
        if !is_resource && care == Care::Lenient {
            return Ok(());
        }
        let all = match self.instances(module, name, block.at) {
            Err(wrong) if care == Care::Lenient && wrong.weight != Weight::Missing => return Ok(()),
            all => all?,
        };
        if let Data::Unknown(unknown) = &all.data {
            self.defer(unknown, kind, block, made);
        }
        for instance in instances(&all) {
            match is_resource {
                true => self.show_resource(&instance, kind, block, care, made)?,
                false => self.show_data(&instance, kind, block, made)?,
            }
        }
        Ok(())
    }

    /// A resource of which it is not known how often it is there.
    fn defer(&mut self, unknown: &UnknownValue, kind: &str, block: &HclBlock, made: &mut MadePlan) {
        let why = match &unknown.why {
            UnknownWhy::Variable(name) => {
                format!("how many there are depends on variable `{name}`, which has no value")
            }
            UnknownWhy::Deployed => "only a deployment knows how many there are".to_owned(),
        };
        let at = self.layout.add(block.at, Inside::Nothing);
        self.layout.add_start(&format!("$.deferred_changes[{}]", made.deferred.len()), at);
        let change = json!({ "address": &*unknown.text, "type": kind });
        made.deferred.push(json!({ "reason": "instance_count_unknown", "why": why, "resource_change": change }));
    }

    /// Adds what is not read.
    pub(super) fn show_omitted(&mut self, made: &mut MadePlan) {
        for (_, OmittedCall { at, message, may_hold_rules }) in std::mem::take(&mut self.omitted) {
            let at = self.layout.add(at, Inside::Nothing);
            self.layout.add_start(&format!("$.deferred_changes[{}]", made.deferred.len()), at);
            made.deferred.push(json!({ "reason": "not_read", "why": message, "may_hold_rules": may_hold_rules }));
        }
    }

    fn show_resource(
        &mut self,
        instance: &Rc<Instance>,
        kind: &str,
        block: &HclBlock,
        care: Care,
        made: &mut MadePlan,
    ) -> Result<(), WrongHcl> {
        let address = instance.address();
        let frame = instance.frame();
        let scope = HclScope { module: instance.module, frame: frame.as_ref() };
        let place = ResourcePlace { name: &address, at: block.at, care, is_top: true };
        let value = self.body(&block.body, place, scope)?;
        if !self.budget.values(value.bulk().size.saturating_add(1)) {
            return Err(WrongHcl::last(block.at, "the module makes too many values"));
        }
        let Shown { plain, unknown, written } = shown(&value);
        let mut unknown = unknown.as_object().cloned().unwrap_or_default();
        unknown.insert("id".to_owned(), Json::Bool(true));
        let named = named(&plain);
        made.resources.push(json!({ "address": address, "mode": "managed", "type": kind, "values": plain }));
        made.changes.push(change(&address, "managed", kind, named, unknown.into()));
        made.configuration.push(json!({ "address": address, "expressions": written }));
        let id = self.layout_of(&value, block.at);
        self.layout.add_start(&address, id);
        made.places.push((kind.to_owned(), id));
        Ok(())
    }

    /// What a data source names, so that what refers to it may be told from others.
    fn show_data(
        &mut self,
        instance: &Rc<Instance>,
        kind: &str,
        block: &HclBlock,
        made: &mut MadePlan,
    ) -> Result<(), WrongHcl> {
        let address = instance.address();
        let frame = instance.frame();
        let mut named = Map::new();
        for own in ["name", "virtual_network_name"].into_iter().filter_map(|name| block.body.attribute(name)) {
            let value = self.eval(&own.value, HclScope { module: instance.module, frame: frame.as_ref() })?;
            if let Data::Text(text) = &value.data {
                named.insert(own.name.to_string(), Json::from(&**text));
            }
        }
        made.changes.push(change(&address, "data", kind, named.into(), json!({ "id": true })));
        Ok(())
    }

    /// Where the parts of a value are stated.
    fn layout_of(&mut self, value: &HclValue, around: LayoutStretch) -> LayoutId {
        let at = value.at.unwrap_or(around);
        let inside = match &value.data {
            Data::List(list) => Inside::Items(list.items.iter().map(|item| self.layout_of(item, at)).collect()),
            Data::Object(object) => {
                let entries = object.entries.iter();
                Inside::Fields(entries.map(|(key, value)| (key.to_string(), self.layout_of(value, at))).collect())
            }
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::Text(_) | Data::Instance(_) | Data::Unknown(_) => {
                Inside::Nothing
            }
        };
        self.layout.add(at, inside)
    }
}

/// The instances that a block means.
fn instances(of: &HclValue) -> Vec<Rc<Instance>> {
    let own = |value: &HclValue| match &value.data {
        Data::Instance(instance) => Some(Rc::clone(instance)),
        Data::Null
        | Data::Bool(_)
        | Data::Number(_)
        | Data::Text(_)
        | Data::List(_)
        | Data::Object(_)
        | Data::Unknown(_) => None,
    };
    match &of.data {
        Data::List(list) => list.items.iter().filter_map(own).collect(),
        Data::Object(object) => object.entries.values().filter_map(own).collect(),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::Text(_) | Data::Instance(_) | Data::Unknown(_) => {
            own(of).into_iter().collect()
        }
    }
}

fn change(address: &str, mode: &str, kind: &str, after: Json, unknown: Json) -> Json {
    let actions = if mode == "data" { "read" } else { "create" };
    let change = json!({ "actions": [actions], "after": after, "after_unknown": unknown });
    json!({ "address": address, "mode": mode, "type": kind, "change": change })
}

/// What a change states of the resource: the whole is among the planned values.
fn named(plain: &Json) -> Json {
    let entries = ["name", "type", "virtual_network_name"]
        .into_iter()
        .filter_map(|key| Some((key.to_owned(), plain.get(key)?.clone())));
    Json::Object(entries.collect())
}

fn shown(value: &HclValue) -> Shown {
    match &value.data {
        Data::List(list) => {
            let all: Vec<Shown> = list.items.iter().map(shown).collect();
            let (mut plain, mut unknown, mut written) = (Vec::new(), Vec::new(), Vec::new());
            for one in all {
                plain.push(one.plain);
                unknown.push(one.unknown);
                written.push(one.written);
            }
            let (unknown, written) =
                if value.is_known() { (Json::Bool(false), Json::Null) } else { (unknown.into(), written.into()) };
            Shown { plain: plain.into(), unknown, written }
        }
        Data::Object(object) => {
            let (mut plain, mut unknown, mut written) = (Map::new(), Map::new(), Map::new());
            for (key, own) in &object.entries {
                let one = shown(own);
                plain.insert(key.to_string(), one.plain);
                if !own.is_known() {
                    unknown.insert(key.to_string(), one.unknown);
                    written.insert(key.to_string(), one.written);
                }
            }
            Shown { plain: plain.into(), unknown: unknown.into(), written: written.into() }
        }
        Data::Unknown(unknown) => {
            let plain = Json::Null;
            Shown { plain, unknown: Json::Bool(true), written: lacking(unknown) }
        }
        Data::Instance(instance) => not_known(&instance.address(), Json::Null),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::Text(_) => {
            Shown { plain: plain(value), unknown: Json::Bool(false), written: Json::Null }
        }
    }
}

/// Why a value is not known, and of which parts it consists.
fn lacking(unknown: &UnknownValue) -> Json {
    let lacks = match &unknown.why {
        UnknownWhy::Variable(name) => Json::from(&**name),
        UnknownWhy::Deployed => Json::Null,
    };
    let text = unknown.reference.as_ref().unwrap_or(&unknown.text);
    let mut written = json!({ "references": [&**text], "lacks": lacks });
    let part = |part: &HclValue| match &part.data {
        Data::Unknown(unknown) => lacking(unknown),
        Data::Null
        | Data::Bool(_)
        | Data::Number(_)
        | Data::Text(_)
        | Data::List(_)
        | Data::Object(_)
        | Data::Instance(_) => plain(part),
    };
    if let (Some(entries), false) = (written.as_object_mut(), unknown.parts.is_empty()) {
        entries.insert("parts".to_owned(), unknown.parts.iter().map(part).collect());
    }
    written
}

fn not_known(text: &str, lacks: Json) -> Shown {
    let written = json!({ "references": [text], "lacks": lacks });
    Shown { plain: Json::Null, unknown: Json::Bool(true), written }
}

/// A single value; a number that JSON here does not hold is its text.
fn plain(value: &HclValue) -> Json {
    value_json(value).unwrap_or_else(|| Json::from(value.written()))
}
