//! What was read, with template expressions told apart from texts.

use std::collections::HashSet;
use std::fmt;
use std::rc::Rc;

use crate::json::{Json, MemberName};
use serde_json::Number;

use super::functions::id_text;
use super::rest::{call, lacking, refused, rest, written};
use super::stand_in::{mark, stand_in};
use super::value::{TemplateValue, UnknownRest, ValueKind, ValueLack};

/// A value of an artefact.
#[derive(Clone, Debug)]
pub(crate) enum TemplateNode {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    /// A template expression that cannot be evaluated.
    Expression(Box<UnknownNode>),
    /// A reference to a resource of the same resource group.
    Reference(Box<Reference>),
    List(Vec<TemplateNode>),
    Object(Vec<(MemberName, TemplateNode)>),
}

/// A template expression that cannot be evaluated.
#[derive(Clone, Debug)]
pub(crate) struct UnknownNode {
    /// The text, with its brackets.
    pub text: String,
    rest: TemplateValue,
}

/// What an expression lacks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum UnknownReason {
    /// The value of a parameter.
    Parameter(String),
    /// What only a deployment knows, as it is written.
    Deployment(String),
    /// The region of the resource group.
    GroupLocation,
    /// Anything else, as a sentence.
    Other(String),
}

/// What `resourceId('KIND','NAME',…)` states.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Reference {
    pub kind: String,
    pub names: Vec<String>,
}

impl fmt::Display for UnknownReason {
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

impl UnknownNode {
    /// Something that is written as `text` and is not known, for the reason `why`.
    pub(crate) fn of(text: String, why: &str) -> Self {
        let rest = refused(&text, why);
        Self { text, rest }
    }

    /// Something that is written as `text` and that only a deployment knows.
    pub(crate) fn deployed(text: &str) -> Self {
        Self { text: text.to_owned(), rest: lacking(text, ValueLack::Deployment(text.into())) }
    }

    /// Something that is written as `text` and rests on the variable `name`, which has no value.
    pub(crate) fn of_variable(text: &str, name: &str) -> Self {
        let lack = Some(ValueLack::Parameter(name.into()));
        let rest = match text.strip_prefix("var.") {
            Some(own) if own == name => rest(ValueKind::Parameter(name.into()), lack),
            Some(_) | None => rest(ValueKind::Written(text.into()), lack),
        };
        Self { text: text.to_owned(), rest }
    }

    /// Texts one after another, of which some are not known, written as `text`; `None` where one is no text, or nothing can mean it.
    pub(crate) fn joined(text: &str, parts: &[&TemplateNode]) -> Option<Self> {
        let mut arguments = Vec::new();
        for part in parts {
            match part {
                TemplateNode::Text(own) if own.is_empty() => {}
                TemplateNode::Text(own) => match arguments.pop() {
                    Some(TemplateValue::Text(before)) => arguments.push(TemplateValue::text(format!("{before}{own}"))),
                    before => arguments.extend(before.into_iter().chain([TemplateValue::text(own.as_str())])),
                },
                TemplateNode::Expression(unknown) if unknown.stand_in().is_some() => {
                    arguments.push(unknown.rest.clone())
                }
                TemplateNode::Null
                | TemplateNode::Bool(_)
                | TemplateNode::Number(_)
                | TemplateNode::Expression(_)
                | TemplateNode::Reference(_)
                | TemplateNode::List(_)
                | TemplateNode::Object(_) => return None,
            }
        }
        Some(Self { text: text.to_owned(), rest: call("concat", arguments) })
    }

    /// What is after the last slash, where that is known although the whole is not.
    pub(crate) fn known_end(&self) -> Option<&str> {
        let TemplateValue::Unknown(rest) = &self.rest else { return None };
        match &rest.kind {
            ValueKind::Call(function, arguments) if &**function == "concat" => match arguments.last() {
                Some(TemplateValue::Text(text)) => text.rsplit_once('/').map(|(_, end)| end),
                Some(_) | None => None,
            },
            ValueKind::Parameter(_)
            | ValueKind::Bound(_)
            | ValueKind::Call(..)
            | ValueKind::Member(..)
            | ValueKind::Item(..)
            | ValueKind::Lambda(..)
            | ValueKind::Written(_)
            | ValueKind::Of(..) => None,
        }
    }

    pub(super) fn new(text: String, rest: Rc<UnknownRest>) -> Self {
        Self { text, rest: TemplateValue::Unknown(rest) }
    }

    pub(super) fn rest(&self) -> &TemplateValue {
        &self.rest
    }

    /// What remains of the expression, with every name replaced by what it means: the same text for the same value.
    pub(crate) fn key(&self) -> String {
        written(&self.rest)
    }

    /// Everything that it lacks.
    pub(crate) fn whys(&self) -> Vec<UnknownReason> {
        let mut lacking = Lacking::default();
        lacking.value(&self.rest, Branch::Taken);
        lacking.whys
    }

    /// Everything that it lacks, as one sentence.
    pub(crate) fn why(&self) -> String {
        let whys = self.whys();
        let name = |why: &UnknownReason| match why {
            UnknownReason::Parameter(name) => Some(quoted(name)),
            UnknownReason::Deployment(_) | UnknownReason::GroupLocation | UnknownReason::Other(_) => None,
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
        !whys.is_empty()
            && whys.iter().all(|why| matches!(why, UnknownReason::Deployment(_) | UnknownReason::GroupLocation))
    }

    /// Whether it is the region of the resource group.
    pub(crate) fn is_group_location(&self) -> bool {
        matches!(&self.rest, TemplateValue::Unknown(rest) if rest.is_member_of("resourceGroup", "location"))
    }

    /// Whether it is the name of the resource group that the input is deployed to, or the id of that subscription.
    pub(crate) fn is_place_around(&self) -> bool {
        super::deployed::is_around(&self.rest)
    }

    /// What it states with texts that mean what is lacking: enough for a reader to tell one name from another. What has no
    /// value for another reason than that has none.
    pub(crate) fn stand_in(&self) -> Option<TemplateNode> {
        let is_lacking = || !self.whys().iter().any(|why| matches!(why, UnknownReason::Other(_)));
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
    whys: Vec<UnknownReason>,
    known: HashSet<String>,
    seen: HashSet<(usize, bool)>,
}

impl Lacking {
    fn value(&mut self, value: &TemplateValue, branch: Branch) {
        match value {
            TemplateValue::List(list) if self.is_new(Rc::as_ptr(list).addr(), branch) => {
                list.items.iter().for_each(|item| self.value(item, branch));
            }
            TemplateValue::Object(object) if self.is_new(Rc::as_ptr(object).addr(), branch) => {
                object.entries.iter().for_each(|(_, value)| self.value(value, branch));
            }
            TemplateValue::Id(id) => id.names.iter().for_each(|name| self.value(name, branch)),
            TemplateValue::Unknown(rest) if self.is_new(Rc::as_ptr(rest).addr(), branch) => self.rest(rest, branch),
            TemplateValue::List(_) | TemplateValue::Object(_) | TemplateValue::Unknown(_) => {}
            TemplateValue::Null | TemplateValue::Bool(_) | TemplateValue::Number(_) | TemplateValue::Text(_) => {}
        }
    }

    fn is_new(&mut self, address: usize, branch: Branch) -> bool {
        self.seen.insert((address, branch == Branch::Open))
    }

    fn rest(&mut self, rest: &UnknownRest, branch: Branch) {
        if rest.is_member_of("resourceGroup", "location") {
            return self.add(UnknownReason::GroupLocation);
        }
        match &rest.lack {
            Some(ValueLack::Parameter(name)) => return self.add(UnknownReason::Parameter(name.to_string())),
            Some(ValueLack::Deployment(call)) => return self.add(UnknownReason::Deployment(call.to_string())),
            // What a branch would refuse that may not be taken is in nobody's way.
            Some(ValueLack::Refused(why)) if branch == Branch::Taken => self.add(UnknownReason::Other(why.to_string())),
            Some(ValueLack::Refused(_)) | None => {}
        }
        match &rest.kind {
            ValueKind::Parameter(_) | ValueKind::Bound(_) | ValueKind::Written(_) => {}
            ValueKind::Call(function, arguments) if &**function == "if" => {
                for (index, argument) in arguments.iter().enumerate() {
                    self.value(argument, if index == 0 { branch } else { Branch::Open });
                }
            }
            ValueKind::Call(_, arguments) => arguments.iter().for_each(|argument| self.value(argument, branch)),
            ValueKind::Member(of, _) | ValueKind::Lambda(_, of) | ValueKind::Of(_, of) => self.value(of, branch),
            ValueKind::Item(of, index) => {
                self.value(of, branch);
                self.value(index, branch);
            }
        }
    }

    fn add(&mut self, why: UnknownReason) {
        if self.known.insert(format!("{why:?}")) {
            self.whys.push(why);
        }
    }
}

/// A value as a node; what is unknown in it is written as what remains of it.
pub(super) fn plain(value: TemplateValue) -> TemplateNode {
    match value {
        TemplateValue::Null => TemplateNode::Null,
        TemplateValue::Bool(value) => TemplateNode::Bool(value),
        TemplateValue::Number(number) => TemplateNode::Number(number),
        TemplateValue::Text(text) => TemplateNode::Text(text.to_string()),
        TemplateValue::List(list) => TemplateNode::List(list.items.iter().cloned().map(plain).collect()),
        TemplateValue::Object(object) => TemplateNode::Object(
            object.entries.iter().map(|(key, value)| (key.clone().into(), plain(value.clone()))).collect(),
        ),
        TemplateValue::Id(id) => {
            let names = id.names.iter().map(|name| match name {
                TemplateValue::Text(name) => name.to_string(),
                other => written(other),
            });
            let names: Vec<String> = names.collect();
            match &id.group {
                Some(group) => {
                    let names: Vec<&str> = names.iter().map(String::as_str).collect();
                    TemplateNode::Text(id_text("subscription", group, &id.kind, &names))
                }
                None => TemplateNode::Reference(Box::new(Reference { kind: id.kind.to_string(), names })),
            }
        }
        TemplateValue::Unknown(rest) => {
            let text = format!("[{}]", written(&TemplateValue::Unknown(Rc::clone(&rest))));
            TemplateNode::Expression(Box::new(UnknownNode::new(text, rest)))
        }
    }
}

impl TemplateNode {
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
