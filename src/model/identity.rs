//! Which resource is meant: names and ids, as far as an input states them.
//!
//! Azure compares both without regard to case (Microsoft Learn, "Naming rules and restrictions for Azure resources",
//! 2026-06), and identifies a resource by its whole id: two IP groups of one name in two resource groups are two.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use serde::{Serialize, Serializer};

/// The name of a resource, compared without regard to case. It is printed as stated, or as `RESOURCEGROUP/NAME` where others
/// of the input have the name too.
#[derive(Clone, Debug)]
pub struct ResourceName {
    text: String,
    is_known: bool,
    /// How it is printed, where the name alone does not identify the resource.
    shown: Option<Box<str>>,
}

impl ResourceName {
    /// The name `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_known: true, shown: None }
    }

    /// A name that only a deployment knows, represented by `text`. It equals the same stand-in and no stated name.
    pub fn unknown(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_known: false, shown: None }
    }

    /// The same name, printed as `label`.
    #[must_use]
    pub fn shown_as(self, label: &str) -> Self {
        Self { shown: Some(label.into()), ..self }
    }

    /// How it is printed.
    pub fn label(&self) -> &str {
        self.shown.as_deref().unwrap_or(&self.text)
    }

    /// The name, or its stand-in.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the input states the name.
    pub fn is_known(&self) -> bool {
        self.is_known
    }

    /// The same name with another text; what is made from an unknown name is unknown.
    #[must_use]
    pub fn with_text(&self, text: impl Into<String>) -> Self {
        Self { text: text.into(), is_known: self.is_known, shown: None }
    }

    fn bytes(&self) -> impl Iterator<Item = u8> + '_ {
        self.text.bytes().map(|byte| byte.to_ascii_lowercase())
    }
}

impl Deref for ResourceName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl AsRef<str> for ResourceName {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for ResourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.label())
    }
}

impl From<&str> for ResourceName {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for ResourceName {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&String> for ResourceName {
    fn from(text: &String) -> Self {
        Self::new(text.as_str())
    }
}

impl From<&ResourceName> for ResourceName {
    fn from(name: &ResourceName) -> Self {
        name.clone()
    }
}

impl From<&ResourceName> for String {
    fn from(name: &ResourceName) -> Self {
        name.text.clone()
    }
}

impl From<ResourceName> for String {
    fn from(name: ResourceName) -> Self {
        name.text
    }
}

impl PartialEq for ResourceName {
    fn eq(&self, other: &Self) -> bool {
        self.is_known == other.is_known && self.text.eq_ignore_ascii_case(&other.text)
    }
}

impl Eq for ResourceName {}

/// Whether the name, or its stand-in, is this text.
impl PartialEq<str> for ResourceName {
    fn eq(&self, other: &str) -> bool {
        self.text.eq_ignore_ascii_case(other)
    }
}

impl PartialEq<&str> for ResourceName {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl PartialEq<String> for ResourceName {
    fn eq(&self, other: &String) -> bool {
        *self == **other
    }
}

impl PartialEq<ResourceName> for str {
    fn eq(&self, other: &ResourceName) -> bool {
        other == self
    }
}

impl PartialEq<ResourceName> for String {
    fn eq(&self, other: &ResourceName) -> bool {
        other == self
    }
}

impl Serialize for ResourceName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.label())
    }
}

impl Hash for ResourceName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.is_known.hash(state);
        self.bytes().for_each(|byte| byte.hash(state));
        0xff_u8.hash(state);
    }
}

impl Ord for ResourceName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bytes().cmp(other.bytes()).then(self.is_known.cmp(&other.is_known))
    }
}

impl PartialOrd for ResourceName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Where a resource is, as far as the input states it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Scope {
    /// The subscription.
    pub subscription: Option<ResourceName>,
    /// The resource group.
    pub resource_group: Option<ResourceName>,
    /// What the resource came with.
    pub came: Came,
}

/// What a resource came with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub enum Came {
    /// The input itself: what it does not state is the resource group that it is deployed to.
    #[default]
    Itself,
    /// A deployment inside the input, into a resource group that it states and that is another one.
    Elsewhere,
    /// A base that was put beside its child, from an input of its own; each such base has a number.
    Base(u32),
}

impl Scope {
    /// Whether the two may be one place: whether they agree in every part that both state.
    pub fn agrees(&self, other: &Self) -> bool {
        let same = |own: &Option<ResourceName>, other: &Option<ResourceName>| match (own, other) {
            (Some(own), Some(other)) => own == other,
            (None, _) | (_, None) => true,
        };
        let parts = same(&self.subscription, &other.subscription) && same(&self.resource_group, &other.resource_group);
        match (self.came, other.came) {
            (Came::Itself, Came::Elsewhere) => parts && self.stated() > 0,
            (Came::Elsewhere, Came::Itself) => parts && other.stated() > 0,
            (Came::Itself, Came::Itself) | (Came::Elsewhere, Came::Elsewhere) => parts,
            (Came::Base(_), _) | (_, Came::Base(_)) => parts && self.came == other.came,
        }
    }

    /// How many parts are stated.
    pub fn stated(&self) -> usize {
        usize::from(self.subscription.is_some()) + usize::from(self.resource_group.is_some())
    }

    /// Whether it states everything that distinguishes one place from another.
    pub fn is_whole(&self) -> bool {
        self.stated() == 2
    }
}

/// Which resource of a kind is meant, as far as the input states it. Equality is of what is stated: a group whose resource
/// group is not stated [may be](Self::agrees) one whose resource group is, and does not equal it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ResourceId {
    /// The name.
    pub name: ResourceName,
    /// Where it is.
    pub scope: Scope,
}

impl ResourceId {
    /// The resource `name` of the resource group that the input is deployed to.
    pub fn own(name: impl Into<ResourceName>) -> Self {
        Self { name: name.into(), scope: Scope::default() }
    }

    /// The resource that the whole id `text` names, such as
    /// `/subscriptions/…/resourceGroups/…/providers/Microsoft.Network/ipGroups/NAME`; `None` where it is no such id. Of a
    /// resource inside another, that is the innermost.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix('/')?.split('/');
        let mut scope = Scope::default();
        let (mut name, mut is_of_provider) = (None, false);
        while let Some(kind) = parts.next() {
            let value = parts.next().filter(|value| !value.is_empty())?;
            match kind.to_ascii_lowercase().as_str() {
                "subscriptions" => scope.subscription = Some(value.into()),
                "resourcegroups" => scope.resource_group = Some(value.into()),
                // After the provider come the type and the name of the resource, and of those inside it.
                "providers" => is_of_provider = true,
                _ => name = Some(value),
            }
        }
        // A template that names a resource group and no subscription means its own.
        scope.subscription.take_if(|subscription| *subscription == UNSTATED_SUBSCRIPTION);
        scope.resource_group.take_if(|group| *group == UNSTATED_GROUP);
        Some(Self { name: name.filter(|_| is_of_provider)?.into(), scope })
    }

    /// The whole id of the resource as one of type `kind`, such as `Microsoft.Network/ipGroups`; `None` where not all of it is
    /// stated.
    pub fn whole(&self, kind: &str) -> Option<String> {
        let (subscription, group) = (self.scope.subscription.as_ref()?, self.scope.resource_group.as_ref()?);
        Some(format!("/subscriptions/{subscription}/resourceGroups/{group}/providers/{kind}/{}", self.name))
    }

    /// Whether it is of a base that was put beside its child.
    pub fn is_adopted(&self) -> bool {
        matches!(self.scope.came, Came::Base(_))
    }

    /// Whether the two may be one resource.
    pub fn agrees(&self, other: &Self) -> bool {
        self.name == other.name && self.scope.agrees(&other.scope)
    }
}

/// What an id has in the place of a subscription that is not stated.
pub const UNSTATED_SUBSCRIPTION: &str = "subscription";
/// What an id has in the place of a resource group that is not stated.
pub const UNSTATED_GROUP: &str = "resource-group";

impl From<&str> for ResourceId {
    fn from(name: &str) -> Self {
        Self::own(name)
    }
}

impl From<String> for ResourceId {
    fn from(name: String) -> Self {
        Self::own(name)
    }
}

/// `NAME`, or `RESOURCEGROUP/NAME` where the resource group is stated.
impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.scope.resource_group {
            Some(group) => write!(f, "{group}/{}", self.name.as_str()),
            None => f.write_str(&self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(group: &str, name: &str) -> ResourceId {
        let text = format!("/subscriptions/s/resourceGroups/{group}/providers/Microsoft.Network/ipGroups/{name}");
        ResourceId::parse(&text).unwrap_or_else(|| ResourceId::own("broken"))
    }

    #[test]
    fn names_are_compared_without_regard_to_case() {
        assert_eq!(ResourceName::new("Hub"), ResourceName::new("hUB"));
        assert_ne!(ResourceName::new("hub"), ResourceName::unknown("hub"));
        assert_eq!(ResourceName::unknown("hub"), ResourceName::unknown("Hub"));
        assert!(ResourceName::unknown("hub") == "Hub");
    }

    #[test]
    fn a_partly_known_id_may_be_any_that_agrees() {
        assert!(ResourceId::own("a").agrees(&id("g", "A")));
        assert!(id("g", "a").agrees(&id("G", "a")));
        assert!(!id("g", "a").agrees(&id("h", "a")));
        assert!(!id("g", "a").agrees(&id("g", "b")));
    }

    #[test]
    fn a_deployment_into_another_group_has_resources_of_its_own() {
        let mut elsewhere = id("g", "a");
        elsewhere.scope.came = Came::Elsewhere;
        assert!(!ResourceId::own("a").agrees(&elsewhere));
        assert!(id("g", "a").agrees(&elsewhere));
    }

    #[test]
    fn an_adopted_resource_answers_for_no_other() {
        let mut adopted = ResourceId::own("a");
        adopted.scope.came = Came::Base(1);
        assert!(!ResourceId::own("a").agrees(&adopted));
    }

    #[test]
    fn only_whole_ids_are_ids() {
        for text in ["", "a", "/", "/a", "/a/b", "/subscriptions/s", "/subscriptions//resourceGroups/g/providers/p/t/n"]
        {
            assert_eq!(ResourceId::parse(text), None, "{text}");
        }
        let inner = "/subscriptions/s/resourceGroups/g/providers/P/firewallPolicies/fwp/ruleCollectionGroups/rcg";
        assert_eq!(ResourceId::parse(inner).map(|id| id.to_string()).as_deref(), Some("g/rcg"));
    }
}
