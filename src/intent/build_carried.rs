//! Trees to meaning: properties of Azure's that the language does not name.

use serde_json::Value;

use crate::diag::{Code, Diagnostic, nearest, or_list};
use crate::model::{Bearer, CARRIED, Carried, carried_property};
use crate::source::{SourceSpan, quote};
use crate::syntax::{NodeKind, SyntaxNode, ast};

use super::build::Builder;
use super::eval::EvalEnv;

impl<'s> Builder<'s> {
    /// The properties that a rule carries.
    pub(super) fn carried(&mut self, item: SyntaxNode<'s>, env: &EvalEnv) -> Carried {
        let mut carried = Carried::default();
        for node in item.children_of(NodeKind::Carried) {
            let Some(token) = node.child(NodeKind::Text).and_then(ast::word_or_string) else { continue };
            let Some(name) = self.evaluator.text(token, env) else { continue };
            self.carry(&mut carried, Bearer::Rule, (&name, token.span()), node, env);
        }
        carried
    }

    /// Takes over a property that a collection carries.
    pub(super) fn carried_by_collection(&mut self, carried: &mut Carried, item: SyntaxNode<'s>, env: &EvalEnv) {
        let Some(term) = item.child(NodeKind::Term).filter(|_| !ast::is_broken(item)) else { return };
        let Some(name) = self.value(term, env) else { return };
        self.carry(carried, Bearer::Collection, (&name, term.span()), item, env);
    }

    fn carry(
        &mut self,
        carried: &mut Carried,
        on: Bearer,
        (name, at): (&str, SourceSpan),
        node: SyntaxNode<'s>,
        env: &EvalEnv,
    ) {
        let Some(property) = carried_property(on, name) else {
            self.unknown_property(on, name, at, env);
            return;
        };
        let Some((value, json)) = self.json(node, env) else { return };
        if is_nothing(&value) {
            let message = format!("`{}` is empty, which is as if it were not there", property.name);
            self.evaluator.report(env, Code::FW0110, json, message);
            return;
        }
        if carried.insert(property, value).is_some() {
            self.evaluator.report(env, Code::FW0210, at, format!("`{}` is set twice", property.name));
        }
        let message =
            format!("`{}`, which {}, is written as it is: fwc does not read it", property.name, property.does);
        self.evaluator.report(env, Code::FW0214, at, message);
    }

    /// What an import would refuse, a source does not hold.
    fn unknown_property(&mut self, on: Bearer, name: &str, at: SourceSpan, env: &EvalEnv) {
        let whose = match on {
            Bearer::Policy => "policy",
            Bearer::Collection => "collection",
            Bearer::Rule => "rule",
        };
        let known = || CARRIED.iter().filter(|property| property.on.contains(&on)).map(|property| property.name);
        let found =
            Diagnostic::new(Code::FW0201, at, format!("`{name}` is not a property of a {whose} that fwc knows"));
        self.evaluator.push(
            env,
            match nearest(name, known()) {
                Some(near) => found.asked(&quote(near), format!("did you mean `{near}`?")),
                None => found.help(format!("there is {}", or_list(known()))),
            },
        );
    }

    /// The JSON of an item, and where it is written.
    pub(super) fn json(&mut self, item: SyntaxNode<'s>, env: &EvalEnv) -> Option<(Value, SourceSpan)> {
        let json = item.child(NodeKind::Json)?;
        match serde_json::from_str(json.text()) {
            Ok(value) => Some((value, json.span())),
            Err(error) => {
                self.evaluator.report(env, Code::FW0110, json.span(), format!("this is not JSON: {error}"));
                None
            }
        }
    }
}

/// Whether Azure takes the value for one that is not there.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
