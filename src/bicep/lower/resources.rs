//! Resources, those that are nested in others among them.

use std::collections::HashSet;

use serde_json::{Map, Value as Json, json};

use super::super::ast::{self, ArrayEntry, BicepExpression};
use super::super::fault::{BicepFault, quoted};
use super::super::unit::START;
use super::super::value::BicepValue;
use super::env::BicepEnv;
use super::expressions::{once, spanning};
use super::names::{NamePlace, NameTarget, property};
use super::{BicepLowering, LoweredBicep, StatedValues};
use crate::source::{Inside, LayoutId};

/// The properties of a resource that a template states in its own way.
const OWN: [&str; 4] = ["name", "parent", "scope", "dependsOn"];

impl BicepLowering<'_, '_> {
    /// The resources and the modules of the file.
    pub(super) fn resources(&mut self, env: &BicepEnv<'_>) -> Result<StatedValues, BicepFault> {
        let (mut made, mut places) = (Map::new(), Vec::new());
        let declared = self.units.get(env.unit).map_or(0, |unit| unit.declared.len());
        for at in 0..declared {
            let Some(symbol) = self.symbol_of(env.unit, at) else { continue };
            if let Some((resource, place)) = self.resource(at, env)? {
                made.insert(symbol.clone(), Json::Object(resource));
                places.push((symbol, place));
            }
        }
        for (at, module) in env.source.file.modules.iter().enumerate() {
            let (deployment, place) = self.module(at, module, env)?;
            made.insert(module.symbol.text.clone(), Json::Object(deployment));
            places.push((module.symbol.text.clone(), place));
        }
        Ok((made, self.program.place(env.source, START, Inside::Fields(places))))
    }

    fn symbol_of(&self, unit: usize, at: usize) -> Option<String> {
        Some(self.units.get(unit)?.declared.get(at)?.symbol.clone())
    }

    /// A resource that the file deploys; `None` for one that exists.
    fn resource(&mut self, at: usize, env: &BicepEnv<'_>) -> Result<Option<StatedValues>, BicepFault> {
        let way = self.units.get(env.unit).and_then(|unit| unit.declared.get(at)).map(|one| one.way.clone());
        let Some(resource) = way.as_deref().and_then(|way| env.source.resource(way)) else { return Ok(None) };
        let target = NameTarget::Resource { unit: env.unit, declared: at, index: None };
        let names = self.names(&target)?;
        if resource.is_existing {
            return Ok(None);
        }
        let (kind, version) = self.kind_of(&target)?;
        let mut made = Map::new();
        made.insert("type".to_owned(), BicepValue::Text(kind).json());
        made.insert("apiVersion".to_owned(), BicepValue::Text(version).json());
        made.insert("name".to_owned(), whole_name(&names).json());
        match self.place(&target)? {
            NamePlace::Resource(id) => drop(made.insert("scope".to_owned(), id.json())),
            NamePlace::Group(_) => {
                let why = "it is of another resource group, where a module deploys it";
                return Err(env.fault(resource.symbol.at, why));
            }
            NamePlace::Here | NamePlace::Subscription(_) | NamePlace::Tenant | NamePlace::ManagementGroup(_) => {}
        }
        let inside = env.in_body(at);
        let inside = self.looped(&resource.symbol.text, &resource.body, &mut made, &inside)?;
        if let Some(condition) = self.conditions(&resource.body, at, &inside)? {
            made.insert("condition".to_owned(), condition.json());
        }
        let places = self.entries(resource, &mut made, &inside)?;
        let body = self.program.place(env.source, resource.at, Inside::Fields(places));
        let inside = if resource.body.rounds.is_some() { Inside::Each(body) } else { Inside::Defined(body) };
        Ok(Some((made, self.program.place(env.source, resource.at, inside))))
    }

    /// The place of the body, in a round of its loop where it has one, which is stated.
    pub(super) fn looped<'e>(
        &mut self,
        symbol: &str,
        body: &ast::ResourceBody,
        made: &mut Map<String, Json>,
        env: &BicepEnv<'e>,
    ) -> Result<BicepEnv<'e>, BicepFault> {
        let Some(rounds) = &body.rounds else { return Ok(env.clone()) };
        let list = self.list_of(symbol, rounds, env)?;
        made.insert("copy".to_owned(), json!({ "name": symbol, "count": format!("[length({list})]") }));
        self.round(symbol, rounds, None, env)
    }

    /// What must hold for the resource to be there: its condition, and those of the resources that it is nested in.
    fn conditions(
        &mut self,
        body: &ast::ResourceBody,
        at: usize,
        env: &BicepEnv<'_>,
    ) -> Result<Option<BicepValue>, BicepFault> {
        let mut all = Vec::new();
        if let Some(condition) = &body.condition {
            all.push(self.lower(condition, env)?.value);
        }
        let around = |lowering: &Self, at: usize| lowering.units.get(env.unit)?.declared.get(at)?.around;
        let mut next = around(self, at);
        while let Some(outer) = next {
            let way = self.units.get(env.unit).and_then(|unit| unit.declared.get(outer)).map(|one| one.way.clone());
            let resource = way.as_deref().and_then(|way| env.source.resource(way));
            if let Some(condition) = resource.and_then(|resource| resource.body.condition.as_ref()) {
                let inside = BicepEnv::of(env.unit, env.source).in_body(outer);
                all.push(self.lower(condition, &inside)?.value);
            }
            next = around(self, outer);
        }
        Ok(match all.len() {
            0 => None,
            1 => all.pop(),
            _ => Some(BicepValue::call("and", &all)),
        })
    }

    /// The properties that a template states as they are, and the places of all of them.
    fn entries(
        &mut self,
        resource: &ast::BicepResource,
        made: &mut Map<String, Json>,
        env: &BicepEnv<'_>,
    ) -> Result<Vec<(String, LayoutId)>, BicepFault> {
        let mut places = Vec::new();
        let mut seen = HashSet::new();
        for entry in &resource.body.entries {
            let ArrayEntry::Property(key, value) = entry else {
                if let ArrayEntry::All(object) = entry {
                    return Err(env.fault(object.at, "`...` is not valid in the body of a resource"));
                }
                continue;
            };
            let Some(name) = key.plain() else {
                return Err(env.fault(key.at, "the name of a property of a resource holds no values"));
            };
            once(name, key, &mut seen, env)?;
            let at = spanning(key.at, value.at);
            let inside = match OWN.contains(&name) {
                true => Inside::Nothing,
                false => {
                    let LoweredBicep { value, place } = self.lower(value, env)?;
                    made.insert(name.to_owned(), value.json());
                    Inside::Defined(place)
                }
            };
            places.push((name.to_owned(), self.program.place(env.source, at, inside)));
        }
        self.check_order(property(&resource.body.entries, "dependsOn"), env)?;
        Ok(places)
    }

    /// What a resource waits for decides nothing of what it is; it is looked at for names that are not declared.
    pub(super) fn check_order(
        &mut self,
        waits: Option<&BicepExpression>,
        env: &BicepEnv<'_>,
    ) -> Result<(), BicepFault> {
        let Some(ast::ExpressionKind::List(items)) = waits.map(|waits| &waits.kind) else { return Ok(()) };
        for item in items {
            let (ast::ArrayItem::One(item) | ast::ArrayItem::All(item)) = item;
            if let ast::ExpressionKind::Name(name) = &item.kind
                && self.target(item, env)?.is_none()
                && env.local(name).is_none()
                && !self.units.get(env.unit).is_some_and(|unit| unit.symbols.contains_key(name))
            {
                return Err(env.fault(item.at, format!("{} is not declared", quoted(name))));
            }
        }
        Ok(())
    }
}

/// The names of a resource and of those around it as one.
fn whole_name(names: &[BicepValue]) -> BicepValue {
    let slash = BicepValue::Text("/".to_owned());
    let mut parts = Vec::new();
    for (index, name) in names.iter().enumerate() {
        if index > 0 {
            parts.push(slash.clone());
        }
        parts.push(name.clone());
    }
    match parts.as_slice() {
        [one] => one.clone(),
        _ => super::text::joined(&parts),
    }
}
