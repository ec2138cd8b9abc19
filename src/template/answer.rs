//! The value of one expression, for those who ask for nothing else.

use serde_json::{Map, Value as Json};

use super::cloud::Cloud;
use super::node::TemplateNode;
use super::scope::{EvaluationOptions, GivenParameters, TemplateScope};
use crate::json;

/// The value of an expression, as far as it is known.
#[derive(Clone, PartialEq, Debug)]
pub enum ConditionAnswer {
    /// All of it is known.
    Known(Json),
    /// A list of which some is not known.
    List(Vec<ConditionAnswer>),
    /// An object of which some is not known.
    Object(Vec<(String, ConditionAnswer)>),
    /// Nothing of it is known.
    Unknown {
        /// What remains of the expression, with every name replaced by what it means: equal texts are one value.
        rest: String,
        /// Everything that is lacking, as a sentence.
        why: String,
    },
}

/// The value of `expression`, such as `[concat(parameters('a'), 'b')]`, in a template whose parameters have the values
/// `given`, else their defaults.
pub fn evaluate(template: &Json, expression: &str, given: &[(String, Json)], cloud: Option<Cloud>) -> ConditionAnswer {
    let template = json::Json::from(template.clone());
    let mut template = template.as_object().cloned().unwrap_or_default();
    let given: Vec<(String, GivenParameters)> =
        given.iter().map(|(name, value)| (name.clone(), GivenParameters::Value(value.clone().into()))).collect();
    let scope = TemplateScope::new(&mut template, &given, EvaluationOptions { cloud, length: expression.len() });
    answer(&scope.node(expression.into()))
}

fn answer(node: &TemplateNode) -> ConditionAnswer {
    match node {
        TemplateNode::Null => ConditionAnswer::Known(Json::Null),
        TemplateNode::Bool(value) => ConditionAnswer::Known(Json::Bool(*value)),
        TemplateNode::Number(number) => ConditionAnswer::Known(Json::Number(number.clone())),
        TemplateNode::Text(text) => ConditionAnswer::Known(Json::String(text.clone())),
        TemplateNode::Reference(to) => {
            let why = "only a deployment knows the subscription and the resource group".to_owned();
            ConditionAnswer::Unknown { rest: format!("resourceId('{}', '{}')", to.kind, to.names.join("', '")), why }
        }
        TemplateNode::Expression(unknown) => ConditionAnswer::Unknown { rest: unknown.key(), why: unknown.why() },
        TemplateNode::List(items) => of_list(items.iter().map(answer).collect()),
        TemplateNode::Object(entries) => {
            of_object(entries.iter().map(|(key, node)| (key.to_string(), answer(node))).collect())
        }
    }
}

fn of_list(items: Vec<ConditionAnswer>) -> ConditionAnswer {
    let known: Option<Vec<Json>> = items.iter().map(known).collect();
    known.map_or(ConditionAnswer::List(items), |items| ConditionAnswer::Known(Json::Array(items)))
}

fn of_object(entries: Vec<(String, ConditionAnswer)>) -> ConditionAnswer {
    let known: Option<Map<String, Json>> =
        entries.iter().map(|(key, answer)| Some((key.clone(), known(answer)?))).collect();
    known.map_or(ConditionAnswer::Object(entries), |entries| ConditionAnswer::Known(Json::Object(entries)))
}

fn known(answer: &ConditionAnswer) -> Option<Json> {
    match answer {
        ConditionAnswer::Known(json) => Some(json.clone()),
        ConditionAnswer::List(_) | ConditionAnswer::Object(_) | ConditionAnswer::Unknown { .. } => None,
    }
}
