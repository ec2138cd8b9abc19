//! Values, coerced as Azure coerces them.

use std::borrow::Cow;
use std::fmt::Display;
use std::str::FromStr;

use super::fault::{ImportFault, quoted};
use super::tree::{TreeCursor, TreeFields};
use crate::model::{self, Bearing, NameSpelling, Priority, ResourceId, ResourceName};

use crate::net::{AddressError, AddressSpan, Ipv6Span, same_word};
use crate::template::{Reference, TemplateNode, UnknownNode, UnknownReason};

/// How the id of a resource of the template's own resource group begins, where an id must be written.
pub(super) const SAME_RESOURCE_GROUP: &str = "/subscriptions/subscription/resourceGroups/resource-group/providers/";

/// An entry of an address list.
pub(super) enum CoercedMember {
    /// Of IPv4.
    Ipv4(AddressSpan),
    /// Of IPv6.
    Ipv6(Ipv6Span),
}

impl TreeCursor<'_> {
    /// The text; a number or a truth value is taken for its text.
    pub(super) fn text(&self) -> Result<String, ImportFault> {
        self.str().map(Cow::into_owned)
    }

    /// As [`text`](Self::text), without a copy of what is a text already.
    pub(super) fn str(&self) -> Result<Cow<'_, str>, ImportFault> {
        match self.node {
            TemplateNode::Text(text) => Ok(Cow::Borrowed(text)),
            TemplateNode::Number(number) => Ok(Cow::Owned(number.to_string())),
            TemplateNode::Bool(value) => Ok(Cow::Owned(value.to_string())),
            TemplateNode::Expression(_) => Err(self.unevaluated()),
            TemplateNode::Null | TemplateNode::Reference(_) | TemplateNode::List(_) | TemplateNode::Object(_) => {
                Err(self.expected("a text"))
            }
        }
    }

    /// The error that the expression here is not evaluated.
    pub(super) fn unevaluated(&self) -> ImportFault {
        match self.node {
            TemplateNode::Expression(unknown) => {
                let message = format!("{} cannot be evaluated: {}", self.node.described(), unknown.why());
                ImportFault { is_unknown: true, is_deployed: unknown.is_deployed(), ..self.fault(message) }
            }
            _ => self.fault(format!("{} is not a literal", self.node.described())),
        }
    }

    /// The text where it names something and decides no flow: what is lacking for it is replaced by a text of its own.
    pub(super) fn name(&self) -> Result<String, ImportFault> {
        match self.node {
            TemplateNode::Expression(unknown) => match unknown.stand_in() {
                Some(TemplateNode::Text(text)) => {
                    self.note_stand_in(unknown, &text);
                    Ok(text)
                }
                _ => Err(self.unevaluated()),
            },
            TemplateNode::Reference(reference) => Ok(reference_id(reference)),
            _ => self.text(),
        }
    }

    /// The id of a resource that decides no flow; what only a deployment knows of it is replaced by texts that mean it.
    pub(super) fn id_beside(&self) -> Result<String, ImportFault> {
        if let TemplateNode::Expression(unknown) = self.node
            && let Some(TemplateNode::Reference(reference)) = unknown.stand_in()
        {
            let id = reference_id(&reference);
            self.note_stand_in(unknown, &id);
            return Ok(id);
        }
        self.name()
    }

    fn note_stand_in(&self, unknown: &UnknownNode, text: &str) {
        let message = format!("the name {} cannot be evaluated and is {} here", quoted(&unknown.text), quoted(text));
        let lacks: Vec<String> = unknown.whys().iter().filter_map(without_value).collect();
        let message = if lacks.is_empty() { message } else { format!("{message}: {}", lacks.join(", ")) };
        self.leave_unknown(Bearing::NoFlow, message);
    }

    /// The truth value; also as a text.
    pub(super) fn bool(&self) -> Result<bool, ImportFault> {
        match self.node {
            TemplateNode::Bool(value) => Ok(*value),
            TemplateNode::Text(text) if same_word(text, "true") => Ok(true),
            TemplateNode::Text(text) if same_word(text, "false") => Ok(false),
            TemplateNode::Expression(_) => Err(self.unevaluated()),
            TemplateNode::Null
            | TemplateNode::Text(_)
            | TemplateNode::Number(_)
            | TemplateNode::Reference(_)
            | TemplateNode::List(_)
            | TemplateNode::Object(_) => Err(self.expected("`true` or `false`")),
        }
    }

    /// The number; also as a text.
    pub(super) fn number<T: FromStr>(&self, what: &str) -> Result<T, ImportFault> {
        let text = self.str()?;
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| is_number).ok_or_else(|| self.expected(what))
    }

    /// The priority.
    pub(super) fn priority(&self) -> Result<Priority, ImportFault> {
        const WHAT: &str = "a priority from 100 to 65000";
        Priority::new(self.number(WHAT)?).ok_or_else(|| self.expected(WHAT))
    }

    /// The value of an enumeration.
    pub(super) fn word<T: NameSpelling>(&self) -> Result<T, ImportFault> {
        let known = || T::ALL.iter().map(|value| quoted(value.spelled())).collect::<Vec<_>>().join(" or ");
        T::from_spelling(&self.str()?).ok_or_else(|| self.expected(&known()))
    }

    /// The value that the text is, in its own notation.
    pub(super) fn parsed<T: FromStr<Err: Display>>(&self) -> Result<T, ImportFault> {
        let text = self.str()?;
        text.parse().map_err(|error| self.fault(format!("{}: {error}", quoted(&text))))
    }

    /// The address entry. Azure takes a prefix with host bits for the prefix that holds the address.
    pub(super) fn span(&self) -> Result<AddressSpan, ImportFault> {
        let text = self.str()?;
        match text.parse() {
            Err(AddressError::HostBits(prefix)) => {
                let message = format!("the artefact has {}, which Azure reads as `{prefix}`", quoted(&text));
                self.assume(Bearing::Rules, message);
                Ok(AddressSpan::Cidr(prefix))
            }
            Ok(span) => Ok(span),
            Err(error) => Err(self.fault(format!("{}: {error}", quoted(&text)))),
        }
    }

    /// The address entry, of either family. What no IPv4 flow has decides nothing about one, and is a preview of Azure's.
    pub(super) fn member(&self) -> Result<CoercedMember, ImportFault> {
        let text = self.str()?;
        // Without a colon it is not an IPv6 address.
        let Some(span) = text.contains(':').then(|| text.parse::<Ipv6Span>().ok()).flatten() else {
            return self.span().map(CoercedMember::Ipv4);
        };
        self.assume(
            Bearing::NoFlow,
            format!("IPv6 addresses, as `{span}`, are a preview of Azure's: no answer here speaks of IPv6 flows"),
        );
        Ok(CoercedMember::Ipv6(span))
    }

    /// The address entry, or `*`.
    pub(super) fn source(&self) -> Result<model::AddressTerm, ImportFault> {
        let text = self.str()?;
        if text == "*" {
            return Ok(model::AddressTerm::Any);
        }
        if is_tag(&text) {
            return Err(self.expected("an address, a prefix, a range or `*`; a service tag cannot be a source"));
        }
        Ok(match self.member()? {
            CoercedMember::Ipv4(span) => model::AddressTerm::Span(span),
            CoercedMember::Ipv6(span) => model::AddressTerm::Ipv6(span),
        })
    }

    /// The address entry, `*` or service tag.
    pub(super) fn destination(&self) -> Result<model::AddressTerm, ImportFault> {
        if let Some(tag) = self.tag_of_unknown_region() {
            return Ok(model::AddressTerm::ServiceTag(tag));
        }
        let text = self.str()?;
        if !is_tag(&text) {
            return self.source();
        }
        let known = model::service_tag(&text);
        if known.is_none() {
            let message = format!("{} is not a service tag that fwc knows: it is taken for one", quoted(&text));
            self.assume(Bearing::Rules, message);
        }
        Ok(model::AddressTerm::ServiceTag(known.unwrap_or_else(|| text.into_owned())))
    }

    /// A service tag whose region is not known here; only Azure knows its addresses, whichever it is.
    fn tag_of_unknown_region(&self) -> Option<String> {
        let TemplateNode::Expression(unknown) = self.node else { return None };
        let Some(TemplateNode::Text(text)) = unknown.stand_in() else { return None };
        let (tag, _) = text.split_once('.').filter(|(tag, _)| model::service_tag(tag).is_some())?;
        self.notes.stands_in(&text);
        let said = quoted(&unknown.text);
        let message = format!("`tag(\"{text}\")` means {said}: write the region after `{tag}.`");
        self.leave_unknown(Bearing::Rules, message);
        Some(text)
    }

    /// The destination of a DNAT rule. A public address that only a deployment knows is a set of its own.
    pub(super) fn nat_destination(&self) -> Result<model::AddressTerm, ImportFault> {
        let TemplateNode::Expression(unknown) = self.node else { return self.destination() };
        let stand_in = unknown.stand_in().filter(|_| unknown.is_deployed());
        let Some(TemplateNode::Text(text)) = stand_in else { return Err(self.unevaluated()) };
        let name = format!("public-ip-{text}");
        let message = format!("`tag(\"{name}\")` means {}: write the address instead", quoted(&unknown.text));
        self.leave_unknown(Bearing::Rules, message);
        Ok(model::AddressTerm::ServiceTag(name))
    }

    /// The name of a resource; one that only a deployment knows equals no name that is stated.
    pub(super) fn resource_name(&self) -> Result<ResourceName, ImportFault> {
        let text = self.name()?;
        Ok(match self.node {
            TemplateNode::Expression(_) => ResourceName::unknown(text),
            TemplateNode::Null
            | TemplateNode::Bool(_)
            | TemplateNode::Number(_)
            | TemplateNode::Text(_)
            | TemplateNode::Reference(_)
            | TemplateNode::List(_)
            | TemplateNode::Object(_) => ResourceName::new(text),
        })
    }

    /// The reference to a resource of `kind`: one of the same resource group, or an id. An id that only a deployment knows
    /// is its expression, and so names no resource that is stated.
    pub(super) fn reference<T>(
        &self,
        kind: &str,
        named: impl FnOnce(ResourceId) -> T,
        by_id: impl FnOnce(String) -> T,
    ) -> Result<T, ImportFault> {
        match self.node {
            TemplateNode::Reference(reference) => Ok(named(ResourceId::own(self.referred(reference, kind)?))),
            TemplateNode::Text(id) if id.contains('/') => Ok(by_id(id.clone())),
            // Without a slash it is no resource id but the name of a resource in the same resource group.
            TemplateNode::Text(name) => Ok(named(ResourceId::own(name.as_str()))),
            TemplateNode::Expression(unknown) => match unknown.stand_in() {
                Some(TemplateNode::Reference(reference)) => {
                    let name = self.referred(&reference, kind)?;
                    self.note_unknown_id(unknown);
                    Ok(named(ResourceId::own(ResourceName::unknown(name))))
                }
                Some(TemplateNode::Text(_)) => {
                    self.note_unknown_id(unknown);
                    Ok(by_id(format!("[{}]", unknown.key())))
                }
                _ => Err(self.unevaluated()),
            },
            TemplateNode::Null
            | TemplateNode::Bool(_)
            | TemplateNode::Number(_)
            | TemplateNode::List(_)
            | TemplateNode::Object(_) => Err(self.expected("a resource id")),
        }
    }

    fn referred(&self, reference: &Reference, kind: &str) -> Result<String, ImportFault> {
        match reference.names.as_slice() {
            [name] if same_word(&reference.kind, kind) => Ok(name.clone()),
            _ => Err(self.expected(&["the resource id of a ", &quoted(kind)].concat())),
        }
    }

    fn note_unknown_id(&self, unknown: &UnknownNode) {
        let what = quoted(&unknown.text);
        let message = format!("the resource id {what} cannot be evaluated: which resource it names is unknown");
        self.leave_unknown(Bearing::Rules, message);
    }
}

/// What could be given and is lacking.
fn without_value(why: &UnknownReason) -> Option<String> {
    match why {
        UnknownReason::Parameter(name) => Some(format!("parameter `{name}` has no value")),
        UnknownReason::Other(why) => Some(why.clone()),
        UnknownReason::Deployment(_) | UnknownReason::GroupLocation => None,
    }
}

/// The id that a reference of the same resource group is written as elsewhere.
fn reference_id(reference: &Reference) -> String {
    let Reference { kind, names } = reference;
    let mut parts = kind.split('/');
    let provider = parts.next().unwrap_or_default();
    let path: Vec<String> = parts.zip(names).map(|(kind, name)| format!("{kind}/{name}")).collect();
    format!("{SAME_RESOURCE_GROUP}{provider}/{}", path.join("/"))
}

fn is_tag(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    is_token(text) || text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(inner)
}

/// `{{name}}`, which a script of the owner's replaces by what it means.
fn is_token(text: &str) -> bool {
    text.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")).is_some_and(|name| !name.is_empty())
}

impl<'a> TreeFields<'a> {
    /// What `read` makes of the property `name`, where it is there.
    pub(super) fn optional<T>(
        &self,
        name: &str,
        read: impl FnOnce(&TreeCursor<'a>) -> Result<T, ImportFault>,
    ) -> Result<Option<T>, ImportFault> {
        self.get(name).as_ref().map(read).transpose()
    }

    /// As `optional`, for what decides no flow: an expression that cannot be evaluated is noted and left out.
    pub(super) fn known<T>(
        &self,
        name: &str,
        read: impl FnOnce(&TreeCursor<'a>) -> Result<T, ImportFault>,
    ) -> Result<Option<T>, ImportFault> {
        match self.get(name) {
            Some(cursor) if matches!(cursor.node, TemplateNode::Expression(_)) => {
                let what = cursor.node.described();
                cursor.omit(Bearing::NoFlow, format!("`{name}`, {what}, cannot be evaluated and is left out"));
                Ok(None)
            }
            Some(cursor) => read(&cursor).map(Some),
            None => Ok(None),
        }
    }

    /// What `read` makes of each item of the list `name`; an absent list has none.
    pub(super) fn list<T>(
        &self,
        name: &str,
        read: impl Fn(&TreeCursor<'_>) -> Result<T, ImportFault>,
    ) -> Result<Vec<T>, ImportFault> {
        match self.get(name) {
            Some(list) if matches!(list.node, TemplateNode::Text(text) if is_token(text)) => Ok(vec![read(&list)?]),
            Some(list) => {
                let items = list.items()?;
                let mut all = Vec::with_capacity(items.len());
                for item in items {
                    all.push(read(&item)?);
                }
                Ok(all)
            }
            None => Ok(Vec::new()),
        }
    }
}
