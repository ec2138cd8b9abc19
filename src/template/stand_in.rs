//! Texts that mean what only a deployment knows: enough for a reader to tell one name from another.

use std::rc::Rc;

use super::budget::TemplateBudget;
use super::functions;
use super::rest::marked;
use super::value::{TemplateId, TemplateValue, UnknownRest, ValueKind, ValueLack};

/// How big what remains may be.
const BIGGEST: usize = 100_000;

/// What `value` states with such texts: a parameter's own name, else the function with a mark of what it is asked. No text that
/// an input states is meant by them.
pub(super) fn stand_in(value: &TemplateValue) -> Option<TemplateValue> {
    let budget = TemplateBudget::of(0);
    (value.bulk().size <= BIGGEST).then(|| stood_in(value, &budget)).flatten()
}

fn stood_in(value: &TemplateValue, budget: &TemplateBudget) -> Option<TemplateValue> {
    match value {
        TemplateValue::Null | TemplateValue::Bool(_) | TemplateValue::Number(_) | TemplateValue::Text(_) => {
            Some(value.clone())
        }
        TemplateValue::Id(id) => {
            let names = all(&id.names, budget)?;
            let id =
                TemplateId { group: id.group.clone(), kind: Rc::clone(&id.kind), names, place: Rc::clone(&id.place) };
            Some(TemplateValue::Id(Rc::new(id)))
        }
        TemplateValue::List(list) => TemplateValue::list(all(&list.items, budget)?),
        TemplateValue::Object(object) => {
            let entries = object.entries.iter();
            TemplateValue::object(
                entries.map(|(key, value)| Some((Rc::clone(key), stood_in(value, budget)?))).collect::<Option<_>>()?,
            )
        }
        TemplateValue::Unknown(rest) => of_rest(rest, value, budget),
    }
}

fn all(values: &[TemplateValue], budget: &TemplateBudget) -> Option<Vec<TemplateValue>> {
    values.iter().map(|value| stood_in(value, budget)).collect()
}

fn of_rest(rest: &UnknownRest, value: &TemplateValue, budget: &TemplateBudget) -> Option<TemplateValue> {
    match &rest.kind {
        ValueKind::Parameter(name) => Some(TemplateValue::Text(Rc::clone(name))),
        ValueKind::Of(_, value) => stood_in(value, budget),
        ValueKind::Item(..) => Some(mark(value)),
        ValueKind::Member(of, name) => Some(member(of, name, value)),
        ValueKind::Call(function, arguments) => of_call(&function.to_ascii_lowercase(), arguments, value, budget),
        // What is written and refused is no value that is lacking.
        ValueKind::Written(_) => match rest.lack {
            Some(ValueLack::Parameter(_) | ValueLack::Deployment(_)) => Some(mark(value)),
            Some(ValueLack::Refused(_)) | None => None,
        },
        ValueKind::Bound(_) | ValueKind::Lambda(..) => None,
    }
}

fn member(of: &TemplateValue, name: &Rc<str>, whole: &TemplateValue) -> TemplateValue {
    let of = match of {
        TemplateValue::Unknown(rest) => match &rest.kind {
            ValueKind::Of(_, inside) => inside,
            ValueKind::Parameter(_)
            | ValueKind::Bound(_)
            | ValueKind::Call(..)
            | ValueKind::Member(..)
            | ValueKind::Item(..)
            | ValueKind::Lambda(..)
            | ValueKind::Written(_) => of,
        },
        known => known,
    };
    let TemplateValue::Unknown(rest) = of else { return mark(whole) };
    match &rest.kind {
        ValueKind::Parameter(_) => TemplateValue::Text(Rc::clone(name)),
        ValueKind::Call(function, _) => match &**function {
            "resourceGroup" => TemplateValue::text(format!("resource-group-{name}")),
            "subscription" | "deployment" | "tenant" => TemplateValue::Text(Rc::clone(name)),
            _ => mark(whole),
        },
        ValueKind::Bound(_)
        | ValueKind::Member(..)
        | ValueKind::Item(..)
        | ValueKind::Lambda(..)
        | ValueKind::Written(_)
        | ValueKind::Of(..) => mark(whole),
    }
}

fn of_call(
    function: &str,
    arguments: &[TemplateValue],
    value: &TemplateValue,
    budget: &TemplateBudget,
) -> Option<TemplateValue> {
    match function {
        "uniquestring" | "guid" | "reference" | "newguid" | "utcnow" => Some(mark(value)),
        "resourceid" => match functions::resource_id(&all(arguments, budget)?, &Rc::default()) {
            TemplateValue::Unknown(_) => None,
            id => Some(id),
        },
        "coalesce" => stood_in(arguments.first()?, budget),
        _ => functions::call(function, &all(arguments, budget)?, budget)?.ok(),
    }
}

/// Six digits that tell one value from another.
pub(super) fn mark(value: &TemplateValue) -> TemplateValue {
    TemplateValue::text(marked(value).get(..6).unwrap_or_default())
}
