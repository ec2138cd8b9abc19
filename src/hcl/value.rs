//! Values, known and unknown.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::rc::Rc;

use sha2::{Digest, Sha256};

use super::instance::Instance;
use super::number::Number;
use crate::source::LayoutStretch;

/// How high values may be stacked in each other, so that what walks them ends.
pub(super) const HIGHEST: usize = 64;
/// How many bytes of a value are written where it is told from others; of what is longer, the start and a mark of the whole.
const LONGEST: usize = 240;

/// A value, and the literal that stated it.
#[derive(Clone, Debug)]
pub(super) struct HclValue {
    pub at: Option<LayoutStretch>,
    pub data: Data,
}

#[derive(Clone, Debug)]
pub(super) enum Data {
    Null,
    Bool(bool),
    Number(Number),
    Text(Rc<str>),
    List(Rc<HclList>),
    Object(Rc<HclObject>),
    /// A resource, a data source or a module: its attributes are evaluated when they are wanted.
    Instance(Rc<Instance>),
    Unknown(Rc<UnknownValue>),
}

/// Which collection a list is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ListKind {
    /// What brackets make: each element has a type of its own.
    Tuple,
    List,
    Set,
}

#[derive(Debug)]
pub(super) struct HclList {
    pub kind: ListKind,
    pub items: Vec<HclValue>,
    bulk: HclBulk,
}

/// Which collection an object is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ObjectKind {
    /// What braces make: each entry has a type of its own.
    Object,
    Map,
}

#[derive(Debug)]
pub(super) struct HclObject {
    pub kind: ObjectKind,
    /// In the order in which Terraform walks them.
    pub entries: BTreeMap<Rc<str>, HclValue>,
    bulk: HclBulk,
}

/// How much a value is.
#[derive(Clone, Copy, Debug)]
pub(super) struct HclBulk {
    /// How many values it holds, and itself.
    pub size: usize,
    pub height: usize,
    pub is_known: bool,
}

/// Why a value is not known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum UnknownWhy {
    /// The variable has no value.
    Variable(Rc<str>),
    /// Only a deployment knows it.
    Deployed,
}

/// A value that is not known.
#[derive(Debug)]
pub(super) struct UnknownValue {
    /// What it is, in a text that equals that of another only where both are one value.
    pub text: Rc<str>,
    /// The resource that it is an attribute of, with the attribute, as `azurerm_ip_group.spokes["a"].id`.
    pub reference: Option<Rc<str>>,
    pub why: UnknownWhy,
    /// The texts and the unknown values that it consists of, where it is a text made of them.
    pub parts: Vec<HclValue>,
}

impl HclValue {
    pub(super) fn new(data: Data) -> Self {
        Self { at: None, data }
    }

    pub(super) fn null() -> Self {
        Self::new(Data::Null)
    }

    pub(super) fn bool(value: bool) -> Self {
        Self::new(Data::Bool(value))
    }

    pub(super) fn text(text: impl Into<Rc<str>>) -> Self {
        Self::new(Data::Text(text.into()))
    }

    pub(super) fn count(count: usize) -> Self {
        Self::new(Data::Number(Number::count(count)))
    }

    /// A list. That it is not too high is for [`HclEvaluator::list`](super::evaluate::HclEvaluator::list) to say.
    pub(super) fn list(kind: ListKind, items: Vec<Self>) -> Self {
        let bulk = HclBulk::around(items.iter());
        Self::new(Data::List(Rc::new(HclList { kind, items, bulk })))
    }

    pub(super) fn object(kind: ObjectKind, entries: BTreeMap<Rc<str>, Self>) -> Self {
        let bulk = HclBulk::around(entries.values());
        Self::new(Data::Object(Rc::new(HclObject { kind, entries, bulk })))
    }

    /// What is made from `parts` by what `text` states, and is not known because one of them is not.
    pub(super) fn unknown_of<'v>(text: impl AsRef<str>, parts: impl IntoIterator<Item = &'v Self>) -> Self {
        let why = parts.into_iter().find_map(Self::why).unwrap_or(UnknownWhy::Deployed);
        Self::unknown(text.as_ref(), None, why)
    }

    pub(super) fn unknown(text: &str, reference: Option<Rc<str>>, why: UnknownWhy) -> Self {
        Self::new(Data::Unknown(Rc::new(UnknownValue {
            text: shortened(text).into(),
            reference,
            why,
            parts: Vec::new(),
        })))
    }

    /// A text of which some parts are not known.
    pub(super) fn unknown_text(text: &str, parts: Vec<Self>) -> Self {
        let why = parts.iter().find_map(Self::why).unwrap_or(UnknownWhy::Deployed);
        Self::new(Data::Unknown(Rc::new(UnknownValue { text: shortened(text).into(), reference: None, why, parts })))
    }

    /// The same value, stated at `at` where no literal states it.
    pub(super) fn or_at(self, at: LayoutStretch) -> Self {
        Self { at: self.at.or(Some(at)), ..self }
    }

    pub(super) fn at(self, at: LayoutStretch) -> Self {
        Self { at: Some(at), ..self }
    }

    pub(super) fn bulk(&self) -> HclBulk {
        match &self.data {
            Data::List(list) => list.bulk,
            Data::Object(object) => object.bulk,
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::Text(_) => {
                HclBulk { size: 1, height: 0, is_known: true }
            }
            Data::Instance(_) | Data::Unknown(_) => HclBulk { size: 1, height: 0, is_known: false },
        }
    }

    /// Whether nothing in it is unknown.
    pub(super) fn is_known(&self) -> bool {
        self.bulk().is_known
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self.data, Data::Null)
    }

    /// Whether it is unknown as a whole.
    pub(super) fn is_unknown(&self) -> bool {
        matches!(self.data, Data::Unknown(_))
    }

    /// Why it, or something in it, is not known.
    pub(super) fn why(&self) -> Option<UnknownWhy> {
        match &self.data {
            Data::Unknown(unknown) => Some(unknown.why.clone()),
            Data::Instance(_) => Some(UnknownWhy::Deployed),
            Data::List(list) if !list.bulk.is_known => list.items.iter().find_map(Self::why),
            Data::Object(object) if !object.bulk.is_known => object.entries.values().find_map(Self::why),
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::Text(_) | Data::List(_) | Data::Object(_) => None,
        }
    }

    /// What it is, in a message.
    pub(super) fn described(&self) -> &'static str {
        match &self.data {
            Data::Null => "null",
            Data::Bool(_) => "a truth value",
            Data::Number(_) => "a number",
            Data::Text(_) => "a text",
            Data::List(list) if list.kind == ListKind::Set => "a set",
            Data::List(_) => "a list",
            Data::Object(_) => "an object",
            Data::Instance(_) => "a resource",
            Data::Unknown(_) => "a value that is not known",
        }
    }

    /// As an expression: the same text for the same value. What is long has a mark of the whole at its end.
    pub(super) fn written(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, LONGEST);
        if text.len() <= LONGEST {
            return text;
        }
        let mut digest = Sha256::new();
        self.digest(&mut digest);
        shortened_with(&text, &hex(&digest.finalize()))
    }

    fn write(&self, text: &mut String, most: usize) {
        // What is beyond takes no part: the mark tells it apart.
        if text.len() > most {
            return;
        }
        match &self.data {
            Data::Null => text.push_str("null"),
            Data::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
            Data::Number(number) => text.push_str(&number_text(*number)),
            Data::Text(own) => text.push_str(&format!("{:?}", own.get(..floor(own, most)).unwrap_or_default())),
            Data::List(list) => {
                text.push('[');
                for (index, item) in list.items.iter().enumerate() {
                    text.push_str(if index == 0 { "" } else { ", " });
                    item.write(text, most);
                    if text.len() > most {
                        return;
                    }
                }
                text.push(']');
            }
            Data::Object(object) => {
                text.push('{');
                for (index, (key, value)) in object.entries.iter().enumerate() {
                    text.push_str(if index == 0 { "" } else { ", " });
                    text.push_str(&format!("{key:?} = "));
                    value.write(text, most);
                    if text.len() > most {
                        return;
                    }
                }
                text.push('}');
            }
            Data::Instance(instance) => text.push_str(&instance.address()),
            Data::Unknown(unknown) => text.push_str(&unknown.text),
        }
    }

    fn digest(&self, digest: &mut Sha256) {
        let mut part = |kind: u8, text: &str| {
            digest.update([kind]);
            digest.update(text.len().to_le_bytes());
            digest.update(text);
        };
        match &self.data {
            Data::Null => part(0, ""),
            Data::Bool(value) => part(1, if *value { "t" } else { "f" }),
            Data::Number(number) => part(2, &number_text(*number)),
            Data::Text(text) => part(3, text),
            Data::List(list) => {
                part(4, &list.items.len().to_string());
                list.items.iter().for_each(|item| item.digest(digest));
            }
            Data::Object(object) => {
                part(5, &object.entries.len().to_string());
                for (key, value) in &object.entries {
                    digest.update(key.len().to_le_bytes());
                    digest.update(&**key);
                    value.digest(digest);
                }
            }
            Data::Instance(instance) => part(6, &instance.address()),
            Data::Unknown(unknown) => part(7, &unknown.text),
        }
    }
}

/// A text of bounded length that tells `text` from every other.
fn shortened(text: &str) -> String {
    if text.len() <= LONGEST * 2 {
        return text.to_owned();
    }
    shortened_with(text, &hex(&Sha256::digest(text)))
}

fn shortened_with(text: &str, mark: &str) -> String {
    format!("{}…#{mark}", text.get(..floor(text, LONGEST)).unwrap_or_default())
}

fn floor(text: &str, most: usize) -> usize {
    (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0)
}

fn hex(digest: &[u8]) -> String {
    digest.iter().take(8).fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// A number, also one that is no decimal fraction, to tell it from others.
fn number_text(number: Number) -> String {
    number.text().unwrap_or_else(|| format!("{number:?}"))
}

impl HclBulk {
    fn around<'v>(parts: impl Iterator<Item = &'v HclValue>) -> Self {
        let start = Self { size: 1, height: 1, is_known: true };
        parts.map(HclValue::bulk).fold(start, |all, one| Self {
            size: all.size.saturating_add(one.size),
            height: all.height.max(one.height.saturating_add(1)),
            is_known: all.is_known && one.is_known,
        })
    }
}

/// Whether two values are one, as far as that is known.
pub(super) fn same(one: &HclValue, other: &HclValue) -> Option<bool> {
    match (&one.data, &other.data) {
        (Data::Unknown(one), Data::Unknown(other)) if one.text == other.text => Some(true),
        (Data::Unknown(_) | Data::Instance(_), _) | (_, Data::Unknown(_) | Data::Instance(_)) => None,
        (Data::Null, Data::Null) => Some(true),
        (Data::Bool(one), Data::Bool(other)) => Some(one == other),
        (Data::Number(one), Data::Number(other)) => Some(one == other),
        (Data::Text(one), Data::Text(other)) => Some(one == other),
        (Data::List(one), Data::List(other)) => same_lists(one, other),
        (Data::Object(one), Data::Object(other)) => same_objects(one, other),
        (
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::Text(_) | Data::List(_) | Data::Object(_),
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::Text(_) | Data::List(_) | Data::Object(_),
        ) => Some(false),
    }
}

fn same_lists(one: &HclList, other: &HclList) -> Option<bool> {
    if one.kind != other.kind || one.items.len() != other.items.len() {
        return Some(false);
    }
    all_same(one.items.iter().zip(&other.items))
}

fn same_objects(one: &HclObject, other: &HclObject) -> Option<bool> {
    let keys = one.kind == other.kind && one.entries.keys().eq(other.entries.keys());
    if !keys {
        return Some(false);
    }
    all_same(one.entries.values().zip(other.entries.values()))
}

/// False where one pair differs, whatever the unknown ones are.
fn all_same<'v>(pairs: impl Iterator<Item = (&'v HclValue, &'v HclValue)>) -> Option<bool> {
    let mut all = Some(true);
    for (one, other) in pairs {
        match same(one, other) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => all = None,
        }
    }
    all
}

/// The order in which a set has its members: texts by their bytes, numbers by size.
pub(super) fn order(one: &HclValue, other: &HclValue) -> Ordering {
    match (&one.data, &other.data) {
        (Data::Text(one), Data::Text(other)) => one.cmp(other),
        (Data::Number(one), Data::Number(other)) => one.cmp(other),
        (Data::Bool(one), Data::Bool(other)) => one.cmp(other),
        _ => Ordering::Equal,
    }
}
