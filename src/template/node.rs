//! What was read, with template expressions told apart from texts.

use std::collections::HashSet;
use std::fmt;
use std::rc::Rc;

use crate::json::{Name, Value as Json};
use serde_json::Number;

use super::functions::id_text;
use super::rest::{call, lacking, refused, rest, written};
use super::stand_in::{mark, stand_in};
use super::value::{Kind, Lack, Rest, Value};

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
    Reference(Box<Reference>),
    List(Vec<Node>),
    Object(Vec<(Name, Node)>),
}

/// A template expression that cannot be evaluated.
#[derive(Clone, Debug)]
pub(crate) struct Unknown {
    /// The text, with its brackets.
    pub text: String,
    rest: Value,
}

/// What an expression lacks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Why {
    /// The value of a parameter.
    Parameter(String),
    /// What only a deployment knows, as it is written.
    Deployment(String),
    /// The region of the resource group.
    GroupLocation,
    /// Anything else, as a sentence.
    Other(String),
}

/// What `resourceId('KIND','NAME',…)` says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Reference {
    pub kind: String,
    pub names: Vec<String>,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter(name) => write!(f, "parameter `{name}` has no value: give it one with `--parameters FILE`"),
            Self::Deployment(call) => {
                write!(f, "only a deployment knows {}: put a literal into its place", quoted(call))
            }
            Self::GroupLocation => write!(f, "only a deployment knows the region of the resource group"),
            Self::Other(why) => write!(f, "{why}"),
        }
    }
}

impl Unknown {
    /// Something that is written as `text` and is not known, for the reason `why`.
    pub(crate) fn of(text: String, why: &str) -> Self {
        let rest = refused(&text, why);
        Self { text, rest }
    }

    /// Something that is written as `text` and that only a deployment knows.
    pub(crate) fn deployed(text: &str) -> Self {
        Self { text: text.to_owned(), rest: lacking(text, Lack::Deployment(text.into())) }
    }

    /// Something that is written as `text` and rests on the variable `name`, which has no value.
    pub(crate) fn of_variable(text: &str, name: &str) -> Self {
        let lack = Some(Lack::Parameter(name.into()));
        let rest = match text.strip_prefix("var.") {
            Some(own) if own == name => rest(Kind::Parameter(name.into()), lack),
            Some(_) | None => rest(Kind::Written(text.into()), lack),
        };
        Self { text: text.to_owned(), rest }
    }

    /// Texts one behind another, of which some are not known, written as `text`; `None` where one is no text, or nothing can stand for it.
    pub(crate) fn joined(text: &str, parts: &[&Node]) -> Option<Self> {
        let mut arguments = Vec::new();
        for part in parts {
            match part {
                Node::Text(own) if own.is_empty() => {}
                Node::Text(own) => match arguments.pop() {
                    Some(Value::Text(before)) => arguments.push(Value::text(format!("{before}{own}"))),
                    before => arguments.extend(before.into_iter().chain([Value::text(own.as_str())])),
                },
                Node::Expression(unknown) if unknown.stand_in().is_some() => arguments.push(unknown.rest.clone()),
                Node::Null
                | Node::Bool(_)
                | Node::Number(_)
                | Node::Expression(_)
                | Node::Reference(_)
                | Node::List(_)
                | Node::Object(_) => return None,
            }
        }
        Some(Self { text: text.to_owned(), rest: call("concat", arguments) })
    }

    /// What is behind the last slash, where that is known although the whole is not.
    pub(crate) fn known_end(&self) -> Option<&str> {
        let Value::Unknown(rest) = &self.rest else { return None };
        match &rest.kind {
            Kind::Call(function, arguments) if &**function == "concat" => match arguments.last() {
                Some(Value::Text(text)) => text.rsplit_once('/').map(|(_, end)| end),
                Some(_) | None => None,
            },
            Kind::Parameter(_)
            | Kind::Bound(_)
            | Kind::Call(..)
            | Kind::Member(..)
            | Kind::Item(..)
            | Kind::Lambda(..)
            | Kind::Written(_)
            | Kind::Of(..) => None,
        }
    }

    pub(super) fn new(text: String, rest: Rc<Rest>) -> Self {
        Self { text, rest: Value::Unknown(rest) }
    }

    pub(super) fn rest(&self) -> &Value {
        &self.rest
    }

    /// What remains of the expression, with every name replaced by what it stands for: the same text for the same value.
    pub(crate) fn key(&self) -> String {
        written(&self.rest)
    }

    /// Everything that it lacks.
    pub(crate) fn whys(&self) -> Vec<Why> {
        let mut lacking = Lacking::default();
        lacking.value(&self.rest, Branch::Taken);
        lacking.whys
    }

    /// Everything that it lacks, as one sentence.
    pub(crate) fn why(&self) -> String {
        let whys = self.whys();
        let name = |why: &Why| match why {
            Why::Parameter(name) => Some(quoted(name)),
            Why::Deployment(_) | Why::GroupLocation | Why::Other(_) => None,
        };
        let parameters: Vec<String> = whys.iter().filter_map(name).collect();
        let mut sentences = Vec::new();
        if let [first, .., last] = parameters.as_slice() {
            let all = match parameters.len() {
                2 => format!("{first} and {last}"),
                count => {
                    format!("{} and {last}", parameters.get(..count.saturating_sub(1)).unwrap_or_default().join(", "))
                }
            };
            sentences.push(format!("parameters {all} have no values: give them with `--parameters FILE`"));
        } else {
            sentences.extend(whys.iter().filter(|why| name(why).is_some()).map(ToString::to_string));
        }
        sentences.extend(whys.iter().filter(|why| name(why).is_none()).map(ToString::to_string));
        sentences.join("; ")
    }

    /// Whether only a deployment tells it.
    pub(crate) fn is_deployed(&self) -> bool {
        let whys = self.whys();
        !whys.is_empty() && whys.iter().all(|why| matches!(why, Why::Deployment(_) | Why::GroupLocation))
    }

    /// Whether it is the region of the resource group.
    pub(crate) fn is_group_location(&self) -> bool {
        matches!(&self.rest, Value::Unknown(rest) if rest.is_member_of("resourceGroup", "location"))
    }

    /// Whether it is the name of the resource group that the input is deployed to, or the id of that subscription.
    pub(crate) fn is_place_around(&self) -> bool {
        super::deployed::is_around(&self.rest)
    }

    /// What it says with texts that stand for what is lacking: enough for a reader to tell one name from another. What has no
    /// value for another reason than that has none.
    pub(crate) fn stand_in(&self) -> Option<Node> {
        let is_lacking = || !self.whys().iter().any(|why| matches!(why, Why::Other(_)));
        stand_in(&self.rest).or_else(|| is_lacking().then(|| mark(&self.rest))).map(plain)
    }
}

/// Whether a value is used if what is known so far holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Branch {
    Taken,
    Open,
}

/// Everything that is lacking, each once.
#[derive(Default)]
struct Lacking {
    whys: Vec<Why>,
    known: HashSet<String>,
    seen: HashSet<(usize, bool)>,
}

impl Lacking {
    fn value(&mut self, value: &Value, branch: Branch) {
        match value {
            Value::List(list) if self.is_new(Rc::as_ptr(list).addr(), branch) => {
                list.items.iter().for_each(|item| self.value(item, branch));
            }
            Value::Object(object) if self.is_new(Rc::as_ptr(object).addr(), branch) => {
                object.entries.iter().for_each(|(_, value)| self.value(value, branch));
            }
            Value::Id(id) => id.names.iter().for_each(|name| self.value(name, branch)),
            Value::Unknown(rest) if self.is_new(Rc::as_ptr(rest).addr(), branch) => self.rest(rest, branch),
            Value::List(_) | Value::Object(_) | Value::Unknown(_) => {}
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
        }
    }

    fn is_new(&mut self, address: usize, branch: Branch) -> bool {
        self.seen.insert((address, branch == Branch::Open))
    }

    fn rest(&mut self, rest: &Rest, branch: Branch) {
        if rest.is_member_of("resourceGroup", "location") {
            return self.add(Why::GroupLocation);
        }
        match &rest.lack {
            Some(Lack::Parameter(name)) => return self.add(Why::Parameter(name.to_string())),
            Some(Lack::Deployment(call)) => return self.add(Why::Deployment(call.to_string())),
            // What a branch would refuse that may not be taken stands in nobody's way.
            Some(Lack::Refused(why)) if branch == Branch::Taken => self.add(Why::Other(why.to_string())),
            Some(Lack::Refused(_)) | None => {}
        }
        match &rest.kind {
            Kind::Parameter(_) | Kind::Bound(_) | Kind::Written(_) => {}
            Kind::Call(function, arguments) if &**function == "if" => {
                for (index, argument) in arguments.iter().enumerate() {
                    self.value(argument, if index == 0 { branch } else { Branch::Open });
                }
            }
            Kind::Call(_, arguments) => arguments.iter().for_each(|argument| self.value(argument, branch)),
            Kind::Member(of, _) | Kind::Lambda(_, of) | Kind::Of(_, of) => self.value(of, branch),
            Kind::Item(of, index) => {
                self.value(of, branch);
                self.value(index, branch);
            }
        }
    }

    fn add(&mut self, why: Why) {
        if self.known.insert(format!("{why:?}")) {
            self.whys.push(why);
        }
    }
}

/// A value as a node; what is unknown in it is written as what remains of it.
pub(super) fn plain(value: Value) -> Node {
    match value {
        Value::Null => Node::Null,
        Value::Bool(value) => Node::Bool(value),
        Value::Number(number) => Node::Number(number),
        Value::Text(text) => Node::Text(text.to_string()),
        Value::List(list) => Node::List(list.items.iter().cloned().map(plain).collect()),
        Value::Object(object) => {
            Node::Object(object.entries.iter().map(|(key, value)| (key.clone().into(), plain(value.clone()))).collect())
        }
        Value::Id(id) => {
            let names = id.names.iter().map(|name| match name {
                Value::Text(name) => name.to_string(),
                other => written(other),
            });
            let names: Vec<String> = names.collect();
            match &id.group {
                Some(group) => {
                    let names: Vec<&str> = names.iter().map(String::as_str).collect();
                    Node::Text(id_text("subscription", group, &id.kind, &names))
                }
                None => Node::Reference(Box::new(Reference { kind: id.kind.to_string(), names })),
            }
        }
        Value::Unknown(rest) => {
            let text = format!("[{}]", written(&Value::Unknown(Rc::clone(&rest))));
            Node::Expression(Box::new(Unknown::new(text, rest)))
        }
    }
}

impl Node {
    /// A value without template expressions.
    pub(crate) fn plain(value: Json) -> Self {
        match value {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(value),
            Json::Number(number) => Self::Number(number),
            Json::String(text) => Self::Text(text),
            Json::Array(items) => Self::List(items.into_iter().map(Self::plain).collect()),
            Json::Object(entries) => {
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
