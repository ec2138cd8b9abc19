//! Modules: files whose templates are nested, each in a deployment of its own.

use std::collections::HashSet;

use serde_json::{Map, Value as Json, json};

use super::super::ast::{self, ArrayEntry, BicepExpression, ExpressionKind, Spanned};
use super::super::fault::{BicepFault, quoted};
use super::super::value::BicepValue;
use super::env::BicepEnv;
use super::expressions::{once, spanning};
use super::names::{NamePlace, property};
use super::{BicepLowering, StatedValues, template};
use crate::source::{Inside, LayoutId};

/// The template of a module: its text, or where it is said to be.
enum Nested {
    Template(Map<String, Json>, LayoutId),
    Elsewhere(String),
}

impl BicepLowering<'_, '_> {
    /// A module as a deployment.
    pub(super) fn module(
        &mut self,
        at: usize,
        module: &ast::BicepModule,
        env: &BicepEnv<'_>,
    ) -> Result<StatedValues, BicepFault> {
        let symbol = &module.symbol.text;
        let mut made = Map::new();
        made.insert("type".to_owned(), json!("Microsoft.Resources/deployments"));
        made.insert("apiVersion".to_owned(), json!("2025-04-01"));
        let inside = self.looped(symbol, &module.body, &mut made, env)?;
        made.insert("name".to_owned(), self.name_within(symbol, &module.body, &inside)?.json());
        if let Some(condition) = &module.body.condition {
            let condition = self.lower(condition, &inside)?.value;
            made.insert("condition".to_owned(), condition.json());
        }
        if let Some(scope) = property(&module.body.entries, "scope") {
            let place = self.place_of_scope(scope, &inside)?;
            state_place(place, &mut made);
        }
        self.check_order(property(&module.body.entries, "dependsOn"), &inside)?;
        let nested = self.nested(module, env)?;
        let (parameters, parameter_place) = self.given(at, module, &nested, &inside)?;
        let mut properties = Map::new();
        properties.insert("mode".to_owned(), json!("Incremental"));
        properties.insert("expressionEvaluationOptions".to_owned(), json!({ "scope": "inner" }));
        properties.insert("parameters".to_owned(), parameters);
        let mut places = vec![("parameters".to_owned(), parameter_place)];
        match nested {
            Nested::Template(template, place) => {
                properties.insert("template".to_owned(), Json::Object(template));
                places.push(("template".to_owned(), place));
            }
            Nested::Elsewhere(path) => {
                properties.insert("templateLink".to_owned(), json!({ "relativePath": path }));
            }
        }
        made.insert("properties".to_owned(), Json::Object(properties));
        let place = self.program.place(env.source, module.at, Inside::Fields(places));
        let body = self.program.place(env.source, module.at, Inside::Fields(vec![("properties".to_owned(), place)]));
        let inside = if module.body.rounds.is_some() { Inside::Each(body) } else { Inside::Defined(body) };
        Ok((made, self.program.place(env.source, module.at, inside)))
    }

    /// The name of the deployment of a module, in the round `index` of its loop.
    pub(super) fn module_name(
        &mut self,
        unit: usize,
        module: usize,
        index: Option<&str>,
    ) -> Result<BicepValue, BicepFault> {
        let Some(source) = self.source(unit) else { return Ok(BicepValue::Null) };
        let Some(module) = source.file.modules.get(module) else { return Ok(BicepValue::Null) };
        let env = BicepEnv::of(unit, &source);
        let env = match &module.body.rounds {
            Some(rounds) => self.round(&module.symbol.text, rounds, index, &env)?,
            None => env,
        };
        self.name_within(&module.symbol.text, &module.body, &env)
    }

    /// Without a name of its own, a deployment has one that begins with the module's.
    fn name_within(
        &mut self,
        symbol: &str,
        body: &ast::ResourceBody,
        env: &BicepEnv<'_>,
    ) -> Result<BicepValue, BicepFault> {
        match property(&body.entries, "name") {
            Some(name) => Ok(self.lower(name, env)?.value),
            None => {
                let deployment = BicepValue::Expression("deployment().name".to_owned());
                let mark = BicepValue::call("uniqueString", [&BicepValue::Text(symbol.to_owned()), &deployment]);
                Ok(BicepValue::call("format", [&BicepValue::Text(format!("{symbol}-{{0}}")), &mark]))
            }
        }
    }

    /// The template of a module.
    fn nested(&mut self, module: &ast::BicepModule, env: &BicepEnv<'_>) -> Result<Nested, BicepFault> {
        let path = self.constant(&module.path, env)?;
        let loaded = match self.program.load(&env.source.name, &path) {
            Ok(loaded) => loaded,
            Err(why) => {
                if !path.contains(':') {
                    self.program.omit_file(&env.source.name, &path, &why);
                }
                return Ok(Nested::Elsewhere(path));
            }
        };
        if path.ends_with(".json") || path.ends_with(".jsonc") {
            return self.compiled(&path, &loaded.text, module.path.at, env);
        }
        let source = self.program.parsed(&loaded.name, &loaded.text)?;
        let (template, place) = template(self.program, &source, &self.chain)?;
        Ok(Nested::Template(template, place))
    }

    /// A module that is a template already.
    fn compiled(&mut self, path: &str, text: &str, at: Spanned, env: &BicepEnv<'_>) -> Result<Nested, BicepFault> {
        match serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(text)) {
            Ok(template @ Json::Object(_)) => {
                self.program.charge_json(at, &template).map_err(|wrong| env.source.fault(wrong))?;
                let place = self.program.place(env.source, at, Inside::Nothing);
                Ok(match template {
                    Json::Object(template) => Nested::Template(template, place),
                    _ => Nested::Elsewhere(path.to_owned()),
                })
            }
            Ok(_) => Err(env.fault(at, format!("{} is not a template", quoted(path)))),
            Err(error) => Err(env.fault(at, format!("{} is not JSON: {error}", quoted(path)))),
        }
    }

    /// The values that a module's parameters are given.
    fn given(
        &mut self,
        at: usize,
        module: &ast::BicepModule,
        nested: &Nested,
        env: &BicepEnv<'_>,
    ) -> Result<(Json, LayoutId), BicepFault> {
        let Some(given) = property(&module.body.entries, "params") else {
            let place = self.program.place(env.source, module.at, Inside::Nothing);
            return Ok((json!({}), place));
        };
        let ExpressionKind::Object(entries) = &given.kind else { return self.given_whole(given, env) };
        if !entries.iter().all(is_plain) {
            return self.given_whole(given, env);
        }
        let declared = match nested {
            Nested::Template(template, _) => template.get("parameters").and_then(Json::as_object),
            Nested::Elsewhere(_) => None,
        };
        let declared = declared
            .map(|declared| -> HashSet<String> { declared.keys().map(|name| name.to_ascii_lowercase()).collect() });
        let (mut made, mut places) = (Map::new(), Vec::new());
        let mut seen = HashSet::new();
        for entry in entries {
            let ArrayEntry::Property(key, value) = entry else { continue };
            let name = key.plain().unwrap_or_default();
            once(name, key, &mut seen, env)?;
            if declared.as_ref().is_some_and(|declared| !declared.contains(&name.to_ascii_lowercase())) {
                let module = quoted(&self.module_path(at, env));
                return Err(env.fault(key.at, format!("{module} has no parameter {}", quoted(name))));
            }
            let (parameter, inside) = self.argument(value, env)?;
            made.insert(name.to_owned(), parameter);
            let place = self.program.place(env.source, spanning(key.at, value.at), inside);
            places.push((name.to_owned(), place));
        }
        Ok((Json::Object(made), self.program.place(env.source, given.at, Inside::Fields(places))))
    }

    /// The values as one object, which is no literal.
    fn given_whole(&mut self, given: &BicepExpression, env: &BicepEnv<'_>) -> Result<(Json, LayoutId), BicepFault> {
        let all = self.lower(given, env)?;
        let value = "lambda('value', createObject('value', lambdaVariables('value')))";
        let parameters = format!("[mapValues({}, {value})]", all.value.expression());
        Ok((Json::String(parameters), all.place))
    }

    fn module_path(&mut self, at: usize, env: &BicepEnv<'_>) -> String {
        let module = env.source.file.modules.get(at);
        module.and_then(|module| self.constant(&module.path, env).ok()).unwrap_or_default()
    }

    /// The value of a parameter, or the secret of a key vault that it is.
    fn argument(&mut self, value: &BicepExpression, env: &BicepEnv<'_>) -> Result<(Json, Inside), BicepFault> {
        if super::sections::is_secret(value) {
            return Ok((json!({ "reference": {} }), Inside::Nothing));
        }
        let lowered = self.lower(value, env)?;
        Ok((json!({ "value": lowered.value.json() }), Inside::Defined(lowered.place)))
    }
}

fn is_plain(entry: &ArrayEntry) -> bool {
    matches!(entry, ArrayEntry::Property(key, _) if key.plain().is_some())
}

/// States the place of a deployment.
fn state_place(place: NamePlace, made: &mut Map<String, Json>) {
    let mut state = |name: &str, value: BicepValue| drop(made.insert(name.to_owned(), value.json()));
    match place {
        NamePlace::Here => {}
        NamePlace::Group(given) => {
            let mut given = given.into_iter().rev();
            given.next().into_iter().for_each(|group| state("resourceGroup", group));
            given.next().into_iter().for_each(|subscription| state("subscriptionId", subscription));
        }
        NamePlace::Subscription(Some(subscription)) => state("subscriptionId", subscription),
        NamePlace::Subscription(None) => {}
        NamePlace::Tenant => state("scope", BicepValue::Text("/".to_owned())),
        NamePlace::ManagementGroup(Some(group)) => {
            let pattern = BicepValue::Text("Microsoft.Management/managementGroups/{0}".to_owned());
            state("scope", BicepValue::call("format", [&pattern, &group]));
        }
        NamePlace::ManagementGroup(None) => {}
        NamePlace::Resource(id) => state("scope", id),
    }
}
