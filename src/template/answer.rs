//! The value of one expression, for those who ask for nothing else.

use serde_json::{Map, Value as Json};

use super::cloud::Cloud;
use super::node::Node;
use super::scope::{Given, Options, Scope};
use crate::json;

/// The value of an expression, as far as it is known.
#[derive(Clone, PartialEq, Debug)]
pub enum Answer {
    /// All of it is known.
    Known(Json),
    /// A list of which some is not known.
    List(Vec<Answer>),
    /// An object of which some is not known.
    Object(Vec<(String, Answer)>),
    /// Nothing of it is known.
    Unknown {
        /// What remains of the expression, with every name replaced by what it stands for: equal texts are one value.
        rest: String,
        /// Everything that is lacking, as a sentence.
        why: String,
    },
}

/// The value of `expression`, such as `[concat(parameters('a'), 'b')]`, in a template whose parameters have the values
/// `given`, else their defaults.
pub fn evaluate(template: &Json, expression: &str, given: &[(String, Json)], cloud: Option<Cloud>) -> Answer {
    let template = json::Value::from(template.clone());
    let mut template = template.as_object().cloned().unwrap_or_default();
    let given: Vec<(String, Given)> =
        given.iter().map(|(name, value)| (name.clone(), Given::Value(value.clone().into()))).collect();
    let scope = Scope::new(&mut template, &given, Options { cloud, length: expression.len() });
    answer(&scope.node(expression.into()))
}

fn answer(node: &Node) -> Answer {
    match node {
        Node::Null => Answer::Known(Json::Null),
        Node::Bool(value) => Answer::Known(Json::Bool(*value)),
        Node::Number(number) => Answer::Known(Json::Number(number.clone())),
        Node::Text(text) => Answer::Known(Json::String(text.clone())),
        Node::Reference(to) => {
            let why = "only a deployment knows the subscription and the resource group".to_owned();
            Answer::Unknown { rest: format!("resourceId('{}', '{}')", to.kind, to.names.join("', '")), why }
        }
        Node::Expression(unknown) => Answer::Unknown { rest: unknown.key(), why: unknown.why() },
        Node::List(items) => of_list(items.iter().map(answer).collect()),
        Node::Object(entries) => of_object(entries.iter().map(|(key, node)| (key.to_string(), answer(node))).collect()),
    }
}

fn of_list(items: Vec<Answer>) -> Answer {
    let known: Option<Vec<Json>> = items.iter().map(known).collect();
    known.map_or(Answer::List(items), |items| Answer::Known(Json::Array(items)))
}

fn of_object(entries: Vec<(String, Answer)>) -> Answer {
    let known: Option<Map<String, Json>> =
        entries.iter().map(|(key, answer)| Some((key.clone(), known(answer)?))).collect();
    known.map_or(Answer::Object(entries), |entries| Answer::Known(Json::Object(entries)))
}

fn known(answer: &Answer) -> Option<Json> {
    match answer {
        Answer::Known(json) => Some(json.clone()),
        Answer::List(_) | Answer::Object(_) | Answer::Unknown { .. } => None,
    }
}
