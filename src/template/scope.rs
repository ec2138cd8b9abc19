//! A place in a template: what its expressions can name there, and their values.

use std::rc::Rc;

use crate::json::{Json, Map, MemberName};

use super::budget::TemplateBudget;
use super::cloud::Cloud;
use super::deployed::shown_name;
use super::deployment::{Sections, is_inner};
use super::expression::{inner, unescaped, unescaped_name};
use super::frame::{EvaluationFrame, FramePlace, Loop, ParameterSource, SharedState};
use super::functions::id_text;
use super::node::{Reference, TemplateNode, UnknownNode};
use super::rest::{call, refused, written};
use super::value::{TemplateId, TemplateValue, UnknownRest, ValuePlace};

/// A place in a template.
#[derive(Clone)]
pub(crate) struct TemplateScope {
    frame: Rc<EvaluationFrame>,
    /// The loops around, the innermost last.
    loops: Rc<[Loop]>,
    /// Where the resources go that are read here.
    target: Rc<ValuePlace>,
}

/// What a template is evaluated with.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct EvaluationOptions {
    /// The cloud, where it is given.
    pub cloud: Option<Cloud>,
    /// How many bytes the text of the template has.
    pub length: usize,
}

/// The value that a parameter is given; of a secret of a key vault there is none.
#[derive(Clone, Debug)]
pub(crate) enum GivenParameters {
    Value(Json),
    Secret,
}

impl TemplateScope {
    /// The scope of a template, whose parameters and variables are taken out of it.
    pub(crate) fn new(template: &mut Map, given: &[(String, GivenParameters)], options: EvaluationOptions) -> Self {
        let shared = Rc::new(SharedState {
            budget: TemplateBudget::of(options.length),
            cloud: options.cloud,
            assumed_cloud: Default::default(),
            depth: Default::default(),
            path: Default::default(),
        });
        let source = |given: &GivenParameters| match given {
            GivenParameters::Value(value) => ParameterSource::Given(plain(value)),
            GivenParameters::Secret => ParameterSource::Secret,
        };
        let given: Vec<(String, ParameterSource)> =
            given.iter().map(|(name, given)| (name.clone(), source(given))).collect();
        let frame = EvaluationFrame::new(shared, Sections::take(template), &given);
        Self { target: Rc::clone(&frame.place), frame: Rc::new(frame), loops: Rc::default() }
    }

    /// The scope of the template that a deployment nests; `deployment` is the resource without that template.
    pub(crate) fn nested(&self, deployment: &Map, template: &mut Map) -> Self {
        let at = FramePlace::outside(&self.loops);
        let name = deployment.get("name").map_or(TemplateValue::Null, |name| self.frame.json(name, at));
        let own: Rc<str> = match &self.frame.own {
            Some(around) => format!("{around}/{}", shown_name(&name)).into(),
            None => shown_name(&name).into(),
        };
        let target = self.frame.place_of(deployment, &self.loops, &own);
        let properties = deployment.get("properties").and_then(Json::as_object);
        if !properties.is_some_and(is_inner) {
            return Self { target, ..self.clone() };
        }
        let given = self.frame.given(properties, &self.loops);
        let mut frame = EvaluationFrame::new(Rc::clone(&self.frame.shared), Sections::take(template), &given);
        frame.own = Some(own);
        frame.name = Some(name);
        frame.place = Rc::clone(&target);
        frame.up = Some(Rc::clone(&self.frame));
        Self { frame: Rc::new(frame), loops: Rc::default(), target }
    }

    /// `value` with its expressions evaluated, where they can be.
    pub(crate) fn node(&self, value: Json) -> TemplateNode {
        match value {
            Json::String(text) => match inner(&text) {
                Some(_) => self.expression(text),
                None => TemplateNode::Text(unescaped(text)),
            },
            Json::Array(items) => TemplateNode::List(items.into_iter().map(|item| self.node(item)).collect()),
            Json::Object(entries) => self.object(entries),
            Json::Null | Json::Bool(_) | Json::Number(_) => TemplateNode::plain(value),
        }
    }

    /// What `read` finds in each round of the loop that `copy` states.
    ///
    /// # Errors
    /// Where nobody knows how often it goes round: what remains of its count.
    pub(crate) fn rounds<T>(
        &self,
        copy: &Json,
        read: &mut dyn FnMut(&Self, usize) -> T,
    ) -> Result<Vec<T>, TemplateNode> {
        let rounds = self.frame.rounds(copy, FramePlace::outside(&self.loops)).map_err(|count| {
            let text = copy.get("count").and_then(Json::as_str).unwrap_or("copy").to_owned();
            self.shown(count, text)
        })?;
        let scope = |loops: Vec<Loop>| Self { loops: loops.into(), ..self.clone() };
        Ok(rounds.into_iter().enumerate().map(|(index, loops)| read(&scope(loops), index)).collect())
    }

    /// Takes what `value` weighs from the budget, so that loops around it end.
    ///
    /// # Errors
    /// Where nothing is left: what is said of it.
    pub(crate) fn charge(&self, value: &Json) -> Result<(), String> {
        self.frame.shared.budget.bytes(weight(value)).map_err(|_| "the template makes too much".to_owned())
    }

    /// Whether `environment()` was requested and no cloud is given.
    pub(crate) fn assumes_cloud(&self) -> bool {
        self.frame.shared.assumed_cloud.get()
    }

    fn expression(&self, text: String) -> TemplateNode {
        let at = FramePlace::outside(&self.loops);
        let value = inner(&text).map_or(TemplateValue::Null, |inner| self.frame.expression_text(inner, at));
        self.shown(value, text)
    }

    /// A value as a node; `text` is how it is written.
    fn shown(&self, value: TemplateValue, text: String) -> TemplateNode {
        match value {
            TemplateValue::Unknown(rest) => TemplateNode::Expression(Box::new(UnknownNode::new(text, rest))),
            value if self.frame.shared.budget.bytes(value.bulk().size).is_err() => {
                TemplateNode::Expression(Box::new(UnknownNode::of(text, "it makes too much")))
            }
            value => self.inside(value, Some(text)),
        }
    }

    fn inside(&self, value: TemplateValue, text: Option<String>) -> TemplateNode {
        match value {
            TemplateValue::Null => TemplateNode::Null,
            TemplateValue::Bool(value) => TemplateNode::Bool(value),
            TemplateValue::Number(number) => TemplateNode::Number(number),
            TemplateValue::Text(text) => TemplateNode::Text(text.to_string()),
            TemplateValue::Id(id) => self.id(&id, text),
            TemplateValue::List(list) => {
                TemplateNode::List(list.items.iter().map(|item| self.inside(item.clone(), None)).collect())
            }
            TemplateValue::Object(object) => {
                let entry =
                    |(key, value): &(Rc<str>, TemplateValue)| (key.clone().into(), self.inside(value.clone(), None));
                TemplateNode::Object(object.entries.iter().map(entry).collect())
            }
            TemplateValue::Unknown(rest) => self.unknown(rest, text),
        }
    }

    fn unknown(&self, rest: Rc<UnknownRest>, text: Option<String>) -> TemplateNode {
        let text = text.unwrap_or_else(|| format!("[{}]", written(&TemplateValue::Unknown(Rc::clone(&rest)))));
        TemplateNode::Expression(Box::new(UnknownNode::new(text, rest)))
    }

    /// The id of a resource of the resource group that is read into, or one of elsewhere.
    fn id(&self, id: &Rc<TemplateId>, text: Option<String>) -> TemplateNode {
        let names: Option<Vec<&str>> = id.names.iter().map(text_of).collect();
        let Some(names) = names else {
            let mut arguments = vec![TemplateValue::Text(Rc::clone(&id.kind))];
            arguments.extend(id.names.iter().cloned());
            return match call("resourceId", arguments) {
                TemplateValue::Unknown(rest) => self.unknown(rest, text),
                _ => TemplateNode::Null,
            };
        };
        if id.group.is_none() && Rc::ptr_eq(&id.place, &self.target) {
            let names = names.into_iter().map(str::to_owned).collect();
            return TemplateNode::Reference(Box::new(Reference { kind: id.kind.to_string(), names }));
        }
        let stated = |value: &Option<TemplateValue>| value.as_ref().and_then(text_of).map(str::to_owned);
        let group = id.group.as_deref().map(str::to_owned).or_else(|| stated(&id.place.group));
        let subscription = stated(&id.place.subscription);
        let (subscription, group) = (subscription.as_deref(), group.as_deref());
        TemplateNode::Text(id_text(
            subscription.unwrap_or("subscription"),
            group.unwrap_or("resource-group"),
            &id.kind,
            &names,
        ))
    }

    /// An object, whose `copy` loops add properties.
    fn object(&self, entries: Map) -> TemplateNode {
        let has_loops = match entries.get("copy") {
            Some(Json::Array(loops)) => loops.iter().all(|copy| copy.get("input").is_some()),
            Some(_) | None => false,
        };
        let field = |(key, value)| (unescaped_name(key), self.node(value));
        if !has_loops {
            // In the place of the entries, without memory of its own.
            return TemplateNode::Object(entries.into_iter().map(field).collect());
        }
        let mut fields = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            match value {
                Json::Array(loops) if key == *"copy" => {
                    fields.extend(loops.iter().map(|copy| self.property(copy)));
                }
                value => fields.push(field((key, value))),
            }
        }
        TemplateNode::Object(fields)
    }

    /// The property that a `copy` loop makes.
    fn property(&self, copy: &Json) -> (MemberName, TemplateNode) {
        let name = copy.get("name").and_then(Json::as_str).unwrap_or_default().into();
        let input = copy.get("input").cloned().unwrap_or_default();
        let items = self.rounds(copy, &mut |scope, _| match scope.charge(&input) {
            Ok(()) => scope.node(input.clone()),
            Err(why) => TemplateNode::Expression(Box::new(UnknownNode::of("copy".to_owned(), &why))),
        });
        (name, items.map_or_else(|count| count, TemplateNode::List))
    }
}

fn text_of(value: &TemplateValue) -> Option<&str> {
    match value {
        TemplateValue::Text(text) => Some(text),
        TemplateValue::Null
        | TemplateValue::Bool(_)
        | TemplateValue::Number(_)
        | TemplateValue::Id(_)
        | TemplateValue::List(_)
        | TemplateValue::Object(_)
        | TemplateValue::Unknown(_) => None,
    }
}

/// A value without expressions.
fn plain(json: &Json) -> TemplateValue {
    let made = match json {
        Json::Null => Some(TemplateValue::Null),
        Json::Bool(value) => Some(TemplateValue::Bool(*value)),
        Json::Number(number) => Some(TemplateValue::Number(number.clone())),
        Json::String(text) => Some(TemplateValue::text(text.as_str())),
        Json::Array(items) => TemplateValue::list(items.iter().map(plain).collect()),
        Json::Object(entries) => {
            TemplateValue::object(entries.iter().map(|(key, value)| (key.as_str().into(), plain(value))).collect())
        }
    };
    made.unwrap_or_else(|| refused("…", "it nests too deep"))
}

/// How many bytes a value takes as a node.
fn weight(json: &Json) -> usize {
    let inside = match json {
        Json::Null | Json::Bool(_) | Json::Number(_) => 0,
        Json::String(text) => text.len(),
        Json::Array(items) => items.iter().map(weight).fold(0, usize::saturating_add),
        Json::Object(entries) => {
            entries.iter().map(|(key, value)| key.len().saturating_add(weight(value))).fold(0, usize::saturating_add)
        }
    };
    inside.saturating_add(size_of::<(String, TemplateNode)>())
}
