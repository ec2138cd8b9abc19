//! Files whose content is a value.

use serde_json::Value as Json;

use super::super::ast::{BicepExpression, ExpressionKind, Spanned};
use super::super::fault::{BicepFault, quoted};
use super::super::unit::Symbol;
use super::super::value::BicepValue;
use super::env::BicepEnv;
use super::expressions::failing;
use super::{BicepLowering, LoweredBicep};

/// Through how many variables the path of a file may be named.
const MOST_NAMES: usize = 16;

impl BicepLowering<'_, '_> {
    /// The content of a file; one that is not read is no value, and told.
    pub(super) fn loaded(
        &mut self,
        function: &str,
        path: &BicepExpression,
        more: &[BicepExpression],
        at: Spanned,
        env: &BicepEnv<'_>,
    ) -> Result<LoweredBicep, BicepFault> {
        let path = self.path_text(path, env)?;
        let loaded = match self.program.load_content(&env.source.name, &path) {
            Ok(loaded) => loaded.text,
            Err(why) => return Ok(self.unread(&path, &why, at, env)),
        };
        let text = loaded.strip_prefix('\u{feff}').unwrap_or(&loaded);
        match function {
            "loadTextContent" => Ok(self.plain(BicepValue::Text(text.to_owned()), at, env)),
            "loadFileAsBase64" => Ok(self.plain(BicepValue::call("base64", [&BicepValue::Text(loaded)]), at, env)),
            "loadJsonContent" => match serde_json::from_str::<Json>(text) {
                Ok(json) => self.json_part(&path, json, more, at, env),
                Err(error) => Err(env.fault(at, format!("{} is not JSON: {error}", quoted(&path)))),
            },
            _ => Ok(self.unread(&path, "YAML is not read", at, env)),
        }
    }

    fn unread(&mut self, path: &str, why: &str, at: Spanned, env: &BicepEnv<'_>) -> LoweredBicep {
        self.program.omit_file(&env.source.name, path, why);
        self.plain(failing(&format!("{} is not read: {why}", quoted(path))), at, env)
    }

    /// The part of a document that a JSON path leads to, or all of it.
    fn json_part(
        &mut self,
        path: &str,
        json: Json,
        more: &[BicepExpression],
        at: Spanned,
        env: &BicepEnv<'_>,
    ) -> Result<LoweredBicep, BicepFault> {
        let part = match more.first() {
            Some(part) => self.constant(part, env)?,
            None => String::new(),
        };
        match json_at(json, &part) {
            Ok(json) => {
                self.program.charge_json(at, &json).map_err(|wrong| env.source.fault(wrong))?;
                Ok(self.plain(BicepValue::Loaded(json), at, env))
            }
            Err(why) => Ok(self.unread(path, &why, at, env)),
        }
    }

    /// The path of a file, which no deployment may change: a text, or a variable that is one.
    pub(super) fn path_text(&mut self, path: &BicepExpression, env: &BicepEnv<'_>) -> Result<String, BicepFault> {
        let Some(mut source) = self.source(env.unit) else { return self.constant(path, env) };
        let ExpressionKind::Name(name) = &path.kind else { return self.constant(path, env) };
        let (mut unit, mut name) = (env.unit, name.clone());
        for _ in 0..MOST_NAMES {
            match self.units.get(unit).and_then(|unit| unit.symbols.get(&name)) {
                Some(Symbol::Of(other, wanted)) => (unit, name) = (*other, wanted.clone()),
                Some(Symbol::Variable(index)) => {
                    source = self.source(unit).unwrap_or(source);
                    let Some(variable) = source.file.variables.get(*index) else { break };
                    let ExpressionKind::Name(next) = &variable.value.kind else {
                        return self.constant(&variable.value, &BicepEnv::of(unit, &source));
                    };
                    name = next.clone();
                }
                Some(_) | None => break,
            }
        }
        self.constant(path, env)
    }
}

/// The part of `json` at a path such as `$.rules[0]`.
fn json_at(mut json: Json, path: &str) -> Result<Json, String> {
    let steps = path.strip_prefix('$').unwrap_or(path).replace('[', ".").replace(']', "");
    for step in steps.split('.').filter(|step| !step.is_empty()) {
        let found = match &mut json {
            Json::Object(entries) => entries.remove(step),
            Json::Array(items) => step.parse().ok().and_then(|at: usize| items.get_mut(at)).map(Json::take),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => None,
        };
        json = found.ok_or_else(|| format!("the path {} leads to nothing that is found here", quoted(path)))?;
    }
    Ok(json)
}
