//! Values of expressions, and what remains of those that cannot be evaluated.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::rc::Rc;

use serde_json::Number;

use crate::net::same_word;

/// How high lists and objects within each other may be, and how deep what remains of expressions.
pub(super) const HIGHEST: usize = 64;
/// From how many properties on an object has an index of them.
const INDEXED: usize = 16;

/// A value.
#[derive(Clone, Debug)]
pub(super) enum TemplateValue {
    Null,
    Bool(bool),
    Number(Number),
    Text(Rc<str>),
    /// The id of a resource of which only a deployment knows the subscription, and often the resource group.
    Id(Rc<TemplateId>),
    List(Rc<ValueList>),
    Object(Rc<ValueObject>),
    /// What a parameter or a deployment has to tell.
    Unknown(Rc<UnknownRest>),
}

/// A list.
#[derive(Debug)]
pub(super) struct ValueList {
    pub items: Vec<TemplateValue>,
    bulk: ValueBulk,
}

/// An object; its names are compared without regard to case.
#[derive(Debug)]
pub(super) struct ValueObject {
    pub entries: Vec<(Rc<str>, TemplateValue)>,
    bulk: ValueBulk,
    index: OnceCell<HashMap<String, usize>>,
}

/// How much a value is when it is written out, shared parts as often as they occur.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct ValueBulk {
    /// In bytes.
    pub size: usize,
    /// In levels.
    pub height: usize,
}

impl ValueBulk {
    fn around(inside: impl Iterator<Item = Self>) -> Self {
        let all = inside.fold(Self::default(), |all, one| Self {
            size: all.size.saturating_add(one.size),
            height: all.height.max(one.height),
        });
        Self { size: all.size.saturating_add(48), height: all.height.saturating_add(1) }
    }
}

/// The id of a resource, as far as the template states it.
#[derive(Debug)]
pub(super) struct TemplateId {
    /// The resource group, where it is stated.
    pub group: Option<Rc<str>>,
    /// As in `Microsoft.Network/firewallPolicies/ruleCollectionGroups`.
    pub kind: Rc<str>,
    /// The names of the resource and of those around it, the outermost first: texts, or unknown.
    pub names: Vec<TemplateValue>,
    /// Where the deployment puts its resources that the template is of.
    pub place: Rc<ValuePlace>,
}

/// Where a deployment puts its resources, as far as the input states it.
#[derive(Default, Debug)]
pub(super) struct ValuePlace {
    /// The nested deployment that states another place than the one around it: its path within the template.
    pub deployment: Option<Rc<str>>,
    pub subscription: Option<TemplateValue>,
    pub group: Option<TemplateValue>,
}

/// What remains of an expression that cannot be evaluated: everything that is known is put into its place.
#[derive(Debug)]
pub(super) struct UnknownRest {
    pub kind: ValueKind,
    /// What is lacking here itself.
    pub lack: Option<ValueLack>,
    bulk: ValueBulk,
}

/// The kinds of what remains.
#[derive(Debug)]
pub(super) enum ValueKind {
    /// A parameter without a value.
    Parameter(Rc<str>),
    /// A variable of a lambda.
    Bound(Rc<str>),
    Call(Rc<str>, Vec<TemplateValue>),
    Member(TemplateValue, Rc<str>),
    Item(TemplateValue, TemplateValue),
    Lambda(Vec<Rc<str>>, TemplateValue),
    /// A text as it is written.
    Written(Rc<str>),
    /// Something of a nested deployment, whose functions mean something else than those around.
    Of(Rc<str>, TemplateValue),
}

/// What is lacking for a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum ValueLack {
    /// The value of a parameter.
    Parameter(Rc<str>),
    /// What only a deployment knows, as it is written.
    Deployment(Rc<str>),
    /// Nothing that could be given: why the expression has no value.
    Refused(Rc<str>),
}

impl TemplateValue {
    pub(super) fn text(text: impl Into<Rc<str>>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn number(number: i64) -> Self {
        Self::Number(number.into())
    }

    /// A list; `None` where it would be too high.
    pub(super) fn list(items: Vec<Self>) -> Option<Self> {
        let bulk = ValueBulk::around(items.iter().map(Self::bulk));
        (bulk.height <= HIGHEST).then(|| Self::List(Rc::new(ValueList { items, bulk })))
    }

    /// An object; `None` where it would be too high. No two names may be the same.
    pub(super) fn object(entries: Vec<(Rc<str>, Self)>) -> Option<Self> {
        let bulk = ValueBulk::around(entries.iter().map(|(key, value)| {
            let bulk = value.bulk();
            ValueBulk { size: bulk.size.saturating_add(key.len().saturating_add(32)), ..bulk }
        }));
        (bulk.height <= HIGHEST).then(|| Self::Object(Rc::new(ValueObject { entries, bulk, index: OnceCell::new() })))
    }

    pub(super) fn bulk(&self) -> ValueBulk {
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) => ValueBulk { size: 48, height: 0 },
            Self::Text(text) => ValueBulk { size: text.len().saturating_add(48), height: 0 },
            Self::Id(id) => {
                let names = ValueBulk::around(id.names.iter().map(Self::bulk));
                ValueBulk { size: names.size.saturating_add(id.kind.len()), ..names }
            }
            Self::List(list) => list.bulk,
            Self::Object(object) => object.bulk,
            Self::Unknown(rest) => rest.bulk,
        }
    }

    /// Whether the two are written alike.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Id(a), Self::Id(b)) => Rc::ptr_eq(a, b),
            (Self::List(a), Self::List(b)) => {
                a.items.len() == b.items.len() && a.items.iter().zip(&b.items).all(|(a, b)| a.is_same(b))
            }
            (Self::Object(a), Self::Object(b)) => {
                type Entry = (Rc<str>, TemplateValue);
                let same = |((key, a), (other, b)): (&Entry, &Entry)| key == other && a.is_same(b);
                a.entries.len() == b.entries.len() && a.entries.iter().zip(&b.entries).all(same)
            }
            (Self::Unknown(a), Self::Unknown(b)) => a.is_same(b),
            (
                Self::Null
                | Self::Bool(_)
                | Self::Number(_)
                | Self::Text(_)
                | Self::Id(_)
                | Self::List(_)
                | Self::Object(_)
                | Self::Unknown(_),
                _,
            ) => false,
        }
    }

    /// What the value is, for a message.
    pub(super) fn described(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a truth value",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::Id(_) => "a resource id",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
            Self::Unknown(_) => "an unknown value",
        }
    }
}

impl ValueObject {
    /// The value of the property `name`.
    pub(super) fn get(&self, name: &str) -> Option<&TemplateValue> {
        self.position(name).and_then(|at| self.entries.get(at)).map(|(_, value)| value)
    }

    /// Where the property `name` is among the entries.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        if self.entries.len() < INDEXED {
            return self.entries.iter().position(|(key, _)| same_word(key, name));
        }
        self.index().get(&name.to_ascii_lowercase()).copied()
    }

    fn index(&self) -> &HashMap<String, usize> {
        self.index.get_or_init(|| {
            self.entries.iter().enumerate().map(|(at, (key, _))| (key.to_ascii_lowercase(), at)).collect()
        })
    }
}

impl UnknownRest {
    /// Whether what is of the kind `kind` is not too deep.
    pub(super) fn fits(kind: &ValueKind) -> bool {
        kind.bulk().height <= HIGHEST
    }

    pub(super) fn value(kind: ValueKind, lack: Option<ValueLack>) -> TemplateValue {
        let bulk = kind.bulk();
        TemplateValue::Unknown(Rc::new(Self { kind, lack, bulk }))
    }

    /// How many bytes it has when it is written out.
    pub(super) fn size(&self) -> usize {
        self.bulk.size
    }

    /// The arguments, where it is a call of `function`.
    pub(super) fn arguments_of(&self, function: &str) -> Option<&[TemplateValue]> {
        match &self.kind {
            ValueKind::Call(name, arguments) if same_word(name, function) => Some(arguments),
            ValueKind::Call(..)
            | ValueKind::Parameter(_)
            | ValueKind::Bound(_)
            | ValueKind::Member(..)
            | ValueKind::Item(..)
            | ValueKind::Lambda(..)
            | ValueKind::Written(_)
            | ValueKind::Of(..) => None,
        }
    }

    /// Whether the same remains of both; takes as long as they are.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let all =
            |a: &[TemplateValue], b: &[TemplateValue]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is_same(b));
        match (&self.kind, &other.kind) {
            (ValueKind::Parameter(a), ValueKind::Parameter(b))
            | (ValueKind::Bound(a), ValueKind::Bound(b))
            | (ValueKind::Written(a), ValueKind::Written(b)) => a == b,
            (ValueKind::Call(a, of_a), ValueKind::Call(b, of_b)) => a == b && all(of_a, of_b),
            (ValueKind::Member(a, name), ValueKind::Member(b, other)) => name == other && a.is_same(b),
            (ValueKind::Item(a, at), ValueKind::Item(b, other)) => at.is_same(other) && a.is_same(b),
            (ValueKind::Lambda(names, a), ValueKind::Lambda(others, b)) => names == others && a.is_same(b),
            (ValueKind::Of(place, a), ValueKind::Of(other, b)) => place == other && a.is_same(b),
            (
                ValueKind::Parameter(_)
                | ValueKind::Bound(_)
                | ValueKind::Written(_)
                | ValueKind::Call(..)
                | ValueKind::Member(..)
                | ValueKind::Item(..)
                | ValueKind::Lambda(..)
                | ValueKind::Of(..),
                _,
            ) => false,
        }
    }

    /// Whether it is the property `name` of what `function` gives.
    pub(super) fn is_member_of(&self, function: &str, name: &str) -> bool {
        let ValueKind::Member(TemplateValue::Unknown(of), own) = &self.kind else { return false };
        same_word(own, name) && of.arguments_of(function).is_some_and(<[TemplateValue]>::is_empty)
    }
}

impl ValueKind {
    fn bulk(&self) -> ValueBulk {
        match self {
            Self::Parameter(text) | Self::Bound(text) | Self::Written(text) => {
                ValueBulk { size: text.len().saturating_add(48), height: 0 }
            }
            Self::Call(_, arguments) => ValueBulk::around(arguments.iter().map(TemplateValue::bulk)),
            Self::Member(of, _) | Self::Lambda(_, of) | Self::Of(_, of) => ValueBulk::around([of.bulk()].into_iter()),
            Self::Item(of, index) => ValueBulk::around([of.bulk(), index.bulk()].into_iter()),
        }
    }
}
