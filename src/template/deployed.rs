//! What a template states of deployments, its own and those that it nests: places, ids and outputs.
//!
//! Source: Microsoft Learn, "Deployment functions for ARM templates", page of 2022-03-10, "Resource functions for ARM
//! templates", and "Using linked and nested templates when deploying Azure resources".

use std::rc::Rc;

use crate::json::{Json, Map};

use super::cloud::{Cloud, environment};
use super::deployment::NestedDeployment;
use super::frame::{EvaluationFrame, FramePlace, Loop, LoopStep, ParameterSource, ReferenceTarget};
use super::functions::{equal, resource_id};
use super::names::canonical;
use super::rest::{call, member_of_place, of_own, refused, rest};
use super::value::{TemplateValue, ValueKind, ValueLack, ValuePlace};
use crate::net::same_word;

const DEPLOYMENTS: &str = "Microsoft.Resources/deployments";

impl EvaluationFrame {
    /// Functions whose value depends on which template it is.
    pub(super) fn of_deployment(&self, name: &str, arguments: &[TemplateValue]) -> Option<TemplateValue> {
        match (name, arguments) {
            ("environment", []) => {
                self.shared.assumed_cloud.set(self.shared.assumed_cloud.get() || self.shared.cloud.is_none());
                Some(environment(self.shared.cloud.unwrap_or(Cloud::Public)))
            }
            ("resourceid", _) => Some(resource_id(arguments, &self.place)),
            ("resourcegroup", []) => self.resource_group(),
            ("subscription", []) => self.subscription(),
            ("deployment", []) => self.deployment(),
            ("reference", [of, more @ ..]) => self.reference(of, more),
            _ => None,
        }
    }

    fn resource_group(&self) -> Option<TemplateValue> {
        let group = self.place.group.clone()?;
        let other = |name: &str| member_of_place("resourceGroup", name, &self.place);
        let id = match (&self.place.subscription, &group) {
            (Some(TemplateValue::Text(subscription)), TemplateValue::Text(group)) => {
                TemplateValue::text(format!("/subscriptions/{subscription}/resourceGroups/{group}"))
            }
            _ => other("id"),
        };
        let rest = ["location", "tags", "properties", "managedBy", "type"];
        object([("name", group), ("id", id)], rest, other)
    }

    fn subscription(&self) -> Option<TemplateValue> {
        let subscription = self.place.subscription.clone()?;
        let other = |name: &str| member_of_place("subscription", name, &self.place);
        let id = match &subscription {
            TemplateValue::Text(id) => TemplateValue::text(format!("/subscriptions/{id}")),
            _ => other("id"),
        };
        object([("subscriptionId", subscription), ("id", id)], ["tenantId", "displayName"], other)
    }

    /// Of a nested template, the name of the deployment that nests it is known.
    fn deployment(&self) -> Option<TemplateValue> {
        let name = self.name.clone()?;
        let call = || {
            rest(ValueKind::Call("deployment".into(), Vec::new()), Some(ValueLack::Deployment("deployment()".into())))
        };
        let other = |name: &str| rest(ValueKind::Member(of_own(call(), self.own.as_ref()), name.into()), None);
        object([("name", name)], ["properties", "location", "id"], other)
    }

    /// A deployment of the same file, with what it puts out; `None` for any other resource.
    fn reference(&self, of: &TemplateValue, more: &[TemplateValue]) -> Option<TemplateValue> {
        let (frame, targets, at) = self.target_of(of)?;
        let target = targets.get(at)?;
        let outputs = frame.outputs(target);
        let other = |name: &str| {
            let all = [std::slice::from_ref(of), more].concat();
            let call = ValueKind::Call(canonical("reference").into(), all);
            rest(ValueKind::Member(rest(call, Some(ValueLack::Deployment("reference(…)".into()))), name.into()), None)
        };
        let names = ["parameters", "provisioningState", "mode", "timestamp", "duration", "correlationId"];
        let properties = object([("outputs", outputs)], names, other)?;
        let is_full = more.iter().any(|word| matches!(word, TemplateValue::Text(word) if same_word(word, "Full")));
        match is_full {
            true => object([("properties", properties)], ["id", "name", "location", "resourceGroup"], other),
            false => Some(properties),
        }
    }

    /// The deployment that `of` names: its frame, and which of its targets.
    fn target_of(&self, of: &TemplateValue) -> Option<(&Self, Rc<Vec<ReferenceTarget>>, usize)> {
        let wanted = WantedResource::of(of)?;
        let mut frame = self;
        loop {
            let targets = frame.targets();
            self.shared.budget.steps(targets.len() / 4).ok()?;
            let is_meant = |target: &&ReferenceTarget| wanted.is_met_by(target, &frame.shared.budget);
            let found: Vec<usize> =
                (0..targets.len()).filter(|at| targets.get(*at).as_ref().is_some_and(is_meant)).collect();
            match found.as_slice() {
                [at] => return Some((frame, Rc::clone(&targets), *at)),
                [] => frame = frame.up.as_deref()?,
                _ => return None,
            }
        }
    }

    /// The deployments that the template nests, each round of a loop by itself.
    fn targets(&self) -> Rc<Vec<ReferenceTarget>> {
        if let Some(known) = self.targets.borrow().as_ref() {
            return Rc::clone(known);
        }
        // Names of deployments do not depend on what deployments put out.
        *self.targets.borrow_mut() = Some(Rc::default());
        let mut all = Vec::new();
        for (index, deployment) in self.deployments.iter().enumerate() {
            let rounds = match deployment.resource.get("copy") {
                Some(copy) => self.rounds(copy, FramePlace::outside(&[])).unwrap_or_default(),
                None => vec![Vec::new()],
            };
            all.extend(rounds.into_iter().map(|loops| self.target(index, deployment, loops)));
        }
        let all = Rc::new(all);
        *self.targets.borrow_mut() = Some(Rc::clone(&all));
        all
    }

    fn target(&self, index: usize, deployment: &NestedDeployment, loops: Vec<Loop>) -> ReferenceTarget {
        let at = FramePlace::outside(&loops);
        let name = deployment.resource.get("name").map_or(TemplateValue::Null, |name| self.json(name, at));
        let place = self.place_of(&deployment.resource, &loops, &shown_name(&name));
        let symbol = deployment.symbol.as_ref().map(|symbol| match loops.last() {
            Some(Loop { index: Some(index), .. }) => format!("{symbol}[{index}]"),
            Some(Loop { index: None, .. }) | None => symbol.clone(),
        });
        ReferenceTarget { deployment: index, loops, symbol, name, place, outputs: Default::default() }
    }

    /// Where a nested deployment puts its resources: where the one around it does, unless it states another place.
    pub(super) fn place_of(&self, resource: &Map, loops: &[Loop], path: &str) -> Rc<ValuePlace> {
        let stated = |name: &str| {
            let (_, value) = resource.iter().find(|(key, _)| same_word(key, name))?;
            Some(self.json(value, FramePlace::outside(loops))).filter(|value| !is_around(value))
        };
        let (subscription, group) = (stated("subscriptionId"), stated("resourceGroup"));
        if subscription.is_none() && group.is_none() {
            return Rc::clone(&self.place);
        }
        let group = group.or_else(|| self.place.group.clone());
        let subscription = subscription.or_else(|| self.place.subscription.clone());
        Rc::new(ValuePlace { deployment: Some(path.into()), subscription, group })
    }

    /// What a deployment puts out.
    fn outputs(&self, target: &ReferenceTarget) -> TemplateValue {
        if let Some(known) = target.outputs.borrow().as_ref() {
            return known.clone();
        }
        let shown = format!("reference('{}').outputs", shown_name(&target.name));
        let step = LoopStep { frame: std::ptr::from_ref(target).addr(), shown: shown.clone() };
        if self.shared.path.borrow().contains(&step) {
            return refused(&shown, self.shared.circle_to(&step));
        }
        self.shared.path.borrow_mut().push(step);
        let outputs = self.evaluated_outputs(target, &shown);
        self.shared.path.borrow_mut().pop();
        *target.outputs.borrow_mut() = Some(outputs.clone());
        outputs
    }

    fn evaluated_outputs(&self, target: &ReferenceTarget, shown: &str) -> TemplateValue {
        let Some(deployment) = self.deployments.get(target.deployment) else { return TemplateValue::Null };
        let at = FramePlace::outside(&target.loops);
        let condition =
            deployment.resource.get("condition").map_or(TemplateValue::Bool(true), |stated| self.json(stated, at));
        if !matches!(condition, TemplateValue::Bool(true)) {
            return call("outputs", vec![TemplateValue::text(shown), condition]);
        }
        match deployment.is_inner {
            true => self.nested(deployment, target).outputs_of(&deployment.template.outputs, FramePlace::outside(&[])),
            false => self.outputs_of(&deployment.template.outputs, at),
        }
    }

    /// The frame of a template that evaluates its expressions in a scope of its own.
    fn nested(&self, deployment: &NestedDeployment, target: &ReferenceTarget) -> Self {
        let own: Rc<str> = shown_name(&target.name).into();
        let given = self.given(deployment.properties(), &target.loops);
        let mut frame = Self::new(Rc::clone(&self.shared), deployment.template.clone(), &given);
        frame.own = Some(own);
        frame.name = Some(target.name.clone());
        frame.place = Rc::clone(&target.place);
        frame
    }

    /// The values that a deployment gives the parameters of the template that it nests.
    pub(super) fn given(&self, properties: Option<&Map>, loops: &[Loop]) -> Vec<(String, ParameterSource)> {
        let parameters = properties.and_then(|properties| properties.get("parameters"));
        let whole = parameters.filter(|parameters| parameters.is_string());
        let at = FramePlace::outside(loops);
        let stated = parameters.and_then(Json::as_object).into_iter().flatten();
        let given = stated.map(|(name, parameter)| (name.to_string(), source(self.json(parameter, at))));
        // An expression that gives all of them.
        let together = whole.map(|text| self.json(text, at)).and_then(|value| match value {
            TemplateValue::Object(object) => Some(object),
            _ => None,
        });
        let together = together.iter().flat_map(|object| &object.entries);
        given.chain(together.map(|(name, value)| (name.to_string(), source(value.clone())))).collect()
    }

    fn outputs_of(&self, outputs: &Map, at: FramePlace<'_>) -> TemplateValue {
        let mut made = Vec::new();
        for (name, output) in outputs {
            let condition =
                output.get("condition").map_or(TemplateValue::Bool(true), |condition| self.json(condition, at));
            let value = match (condition, output.get("copy"), output.get("value")) {
                (TemplateValue::Bool(false), ..) => continue,
                (TemplateValue::Bool(true), Some(copy), _) => self.looped(copy, at),
                (TemplateValue::Bool(true), None, Some(value)) => self.json(value, at),
                (TemplateValue::Bool(true), None, None) => TemplateValue::Null,
                (condition, ..) => call("outputs", vec![TemplateValue::text(name.as_str()), condition]),
            };
            let kind = output.get("type").map_or(TemplateValue::Null, |kind| self.json(kind, at));
            made.extend(
                object([("type", kind), ("value", value)], [], |_| TemplateValue::Null)
                    .map(|all| (name.as_str().into(), all)),
            );
        }
        TemplateValue::object(made).unwrap_or_else(|| refused("outputs", "it nests too deep"))
    }
}

/// What a deployment gives for a parameter: `value`, or a secret of a key vault.
fn source(parameter: TemplateValue) -> ParameterSource {
    match parameter {
        TemplateValue::Object(object) => match (object.get("value"), object.get("reference")) {
            (Some(value), _) => ParameterSource::Given(value.clone()),
            (None, Some(_)) => ParameterSource::Secret,
            (None, None) => ParameterSource::Given(TemplateValue::Null),
        },
        unknown @ TemplateValue::Unknown(_) => {
            ParameterSource::Given(rest(ValueKind::Member(unknown, "value".into()), None))
        }
        TemplateValue::Null
        | TemplateValue::Bool(_)
        | TemplateValue::Number(_)
        | TemplateValue::Text(_)
        | TemplateValue::Id(_)
        | TemplateValue::List(_) => ParameterSource::Given(TemplateValue::Null),
    }
}

/// Whether the value is the name of the resource group around, or the id of the subscription around, and so states nothing.
pub(super) fn is_around(value: &TemplateValue) -> bool {
    match value {
        TemplateValue::Unknown(rest) => {
            rest.is_member_of("resourceGroup", "name") || rest.is_member_of("subscription", "subscriptionId")
        }
        TemplateValue::Text(text) => text.is_empty(),
        TemplateValue::Null
        | TemplateValue::Bool(_)
        | TemplateValue::Number(_)
        | TemplateValue::Id(_)
        | TemplateValue::List(_)
        | TemplateValue::Object(_) => true,
    }
}

pub(super) fn shown_name(name: &TemplateValue) -> String {
    match name {
        TemplateValue::Text(name) => name.to_string(),
        other => super::rest::written(other),
    }
}

/// An object of which some properties are known, and of others that they are there.
fn object<const K: usize, const R: usize>(
    known: [(&str, TemplateValue); K],
    rest: [&str; R],
    other: impl Fn(&str) -> TemplateValue,
) -> Option<TemplateValue> {
    let known = known.into_iter().map(|(name, value)| (name.into(), value));
    TemplateValue::object(known.chain(rest.into_iter().map(|name| (name.into(), other(name)))).collect())
}

/// Which deployment an expression refers to.
struct WantedResource {
    name: TemplateValue,
    /// The subscription and the resource group that it states, where it states any.
    place: Option<(Option<TemplateValue>, Option<TemplateValue>)>,
}

impl WantedResource {
    fn of(value: &TemplateValue) -> Option<Self> {
        match value {
            TemplateValue::Text(text) if !text.contains('/') => Some(Self { name: value.clone(), place: None }),
            TemplateValue::Text(text) => Self::of_text(text),
            TemplateValue::Id(id) if same_word(&id.kind, DEPLOYMENTS) => {
                let group = id.group.clone().map(TemplateValue::Text).or_else(|| id.place.group.clone());
                let place = Some((id.place.subscription.clone(), group));
                Some(Self { name: id.names.first()?.clone(), place })
            }
            TemplateValue::Unknown(rest) => {
                let of_subscription = rest.arguments_of("subscriptionResourceId");
                let of_other = || rest.arguments_of("extensionResourceId");
                match (of_subscription, of_subscription.is_none().then(of_other).flatten()) {
                    (Some([kind, name]), _) if is_deployments(kind) => {
                        Some(Self { name: name.clone(), place: Some((None, None)) })
                    }
                    (None, Some([base, kind, name])) if is_deployments(kind) => {
                        Some(Self { name: name.clone(), place: Some(place_in(base)?) })
                    }
                    _ => None,
                }
            }
            TemplateValue::Null
            | TemplateValue::Bool(_)
            | TemplateValue::Number(_)
            | TemplateValue::Id(_)
            | TemplateValue::List(_)
            | TemplateValue::Object(_) => None,
        }
    }

    /// `/subscriptions/S/resourceGroups/G/providers/Microsoft.Resources/deployments/NAME`.
    fn of_text(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('/').collect();
        let stated = |text: &str| Some(TemplateValue::text(text));
        match parts.as_slice() {
            ["", _, subscription, _, group, _, provider, kind, name] if is_type(provider, kind) => {
                Some(Self { name: TemplateValue::text(*name), place: Some((stated(subscription), stated(group))) })
            }
            ["", _, subscription, _, provider, kind, name] if is_type(provider, kind) => {
                Some(Self { name: TemplateValue::text(*name), place: Some((stated(subscription), None)) })
            }
            _ => None,
        }
    }

    fn is_met_by(&self, target: &ReferenceTarget, budget: &super::budget::TemplateBudget) -> bool {
        let symbol = match (&self.name, &self.place) {
            (TemplateValue::Text(name), None) => target.symbol.as_ref().is_some_and(|symbol| same_word(symbol, name)),
            _ => false,
        };
        let named = match (&self.name, &target.name) {
            (TemplateValue::Text(a), TemplateValue::Text(b)) => same_word(a, b),
            (a, b) => equal(a, b, budget) == Ok(Some(true)),
        };
        let same = |a: &Option<TemplateValue>, b: &Option<TemplateValue>| match (a, b) {
            (None, None) => true,
            (Some(TemplateValue::Text(a)), Some(TemplateValue::Text(b))) => same_word(a, b),
            (Some(a), Some(b)) => equal(a, b, budget) == Ok(Some(true)),
            (Some(stated), None) | (None, Some(stated)) => is_around(stated),
        };
        let place = self.place.as_ref().is_none_or(|(subscription, group)| {
            same(subscription, &target.place.subscription) && same(group, &target.place.group)
        });
        symbol || named && place
    }
}

fn is_deployments(kind: &TemplateValue) -> bool {
    matches!(kind, TemplateValue::Text(kind) if same_word(kind, DEPLOYMENTS))
}

fn is_type(provider: &str, kind: &str) -> bool {
    same_word(provider, "Microsoft.Resources") && same_word(kind, "deployments")
}

/// The subscription and the group in `format('/subscriptions/{0}/resourceGroups/{1}', …)`, as Bicep writes it.
fn place_in(base: &TemplateValue) -> Option<(Option<TemplateValue>, Option<TemplateValue>)> {
    let TemplateValue::Unknown(rest) = base else {
        let TemplateValue::Text(text) = base else { return None };
        let parts: Vec<&str> = text.split('/').collect();
        let ["", _, subscription, _, group] = parts.as_slice() else { return None };
        return Some((Some(TemplateValue::text(*subscription)), Some(TemplateValue::text(*group))));
    };
    match rest.arguments_of("format")? {
        [TemplateValue::Text(pattern), subscription, group]
            if same_word(pattern, "/subscriptions/{0}/resourceGroups/{1}") =>
        {
            Some((Some(subscription.clone()), Some(group.clone())))
        }
        _ => None,
    }
}
