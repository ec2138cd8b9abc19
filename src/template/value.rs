//! What was read, with template expressions told apart from texts.

use std::fmt;

use serde_json::{Number, Value};

/// A value of an artefact.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    /// A template expression that cannot be evaluated.
    Expression(Box<Unknown>),
    /// A reference to a resource of the same resource group.
    Reference(Reference),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

/// A template expression that cannot be evaluated.
#[derive(Clone, Debug)]
pub(crate) struct Unknown {
    /// The text, with its brackets.
    pub text: String,
    /// What it lacks.
    pub why: Why,
    /// What it says with texts that stand for what is lacking: enough to tell one name from another.
    pub stand_in: Option<Node>,
}

/// What an expression lacks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Why {
    /// The value of a parameter.
    Parameter(String),
    /// A function that only a deployment knows.
    Deployment(String),
    /// The region of the resource group.
    GroupLocation,
    /// Anything else, as a sentence.
    Other(String),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter(name) => write!(f, "parameter `{name}` has no value: give it one with `--parameters FILE`"),
            Self::Deployment(function) => {
                write!(f, "only a deployment knows `{function}(…)`: put a literal into its place")
            }
            Self::GroupLocation => write!(f, "only a deployment knows the region of the resource group"),
            Self::Other(why) => write!(f, "{why}"),
        }
    }
}

/// What `resourceId('KIND','NAME',…)` says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Reference {
    pub kind: String,
    pub names: Vec<String>,
}

impl Node {
    /// A value without template expressions.
    pub(crate) fn plain(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(value),
            Value::Number(number) => Self::Number(number),
            Value::String(text) => Self::Text(text),
            Value::Array(items) => Self::List(items.into_iter().map(Self::plain).collect()),
            Value::Object(entries) => {
                Self::Object(entries.into_iter().map(|(key, value)| (key, Self::plain(value))).collect())
            }
        }
    }

    /// Whether Azure takes the value for one that is not there.
    pub(crate) fn is_absent(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Object(entries) => entries.is_empty(),
            Self::Bool(_) | Self::Number(_) | Self::Expression(_) | Self::Reference(_) => false,
        }
    }

    /// What the value is, for a message.
    pub(crate) fn described(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => quoted(if *value { "true" } else { "false" }),
            Self::Number(number) => quoted(&number.to_string()),
            Self::Text(text) => quoted(text),
            Self::Expression(unknown) => ["the expression ", &quoted(&unknown.text)].concat(),
            Self::Reference(to) => ["the resource id of ", &quoted(&to.names.join("/"))].concat(),
            Self::List(_) => "a list".to_owned(),
            Self::Object(_) => "an object".to_owned(),
        }
    }
}

/// `text` in backticks, cut where it is long, with its control characters escaped.
pub(crate) fn quoted(text: &str) -> String {
    const LONGEST: usize = 120;
    let mut quoted = String::from("`");
    for (index, c) in text.chars().enumerate() {
        match c {
            _ if index == LONGEST => {
                quoted.push('…');
                break;
            }
            c if c.is_control() => quoted.extend(c.escape_default()),
            c => quoted.push(c),
        }
    }
    quoted.push('`');
    quoted
}
