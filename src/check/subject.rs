//! A policy under check with those around it, and where in it a thing was seen.

use crate::diag::{Code, EvidenceRule};
use crate::model::{
    ApplicationRule, Collection, Group, Model, NatRule, NetworkRule, Policy, RuleHead, RuleKind, Rules, Setting,
    Settings, Site, SiteField, SiteSubject as Of,
};
use crate::source::{Origin, Place};

use super::finding::Finding;

/// How a policy is stated; messages and help are in its words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum SubjectForm {
    /// In the language.
    Source,
    /// As an artefact.
    Artefact,
}

impl SubjectForm {
    pub(super) fn of(origin: Option<&Origin>) -> Self {
        match origin.and_then(Origin::span) {
            Some(_) => Self::Source,
            None => Self::Artefact,
        }
    }

    /// One of two texts.
    pub(super) fn pick<T>(self, source: T, artefact: T) -> T {
        match self {
            Self::Source => source,
            Self::Artefact => artefact,
        }
    }
}

/// How a model is stated: a source may have bases that are artefacts.
pub(super) fn form_of(model: &Model) -> SubjectForm {
    let is_source = |origin: Option<&Origin>| SubjectForm::of(origin) == SubjectForm::Source;
    let mut policies = model.policies.iter().map(|policy| policy.origin.as_ref());
    let mut tables = model.route_tables.iter().map(|table| table.origin.as_ref());
    let mut groups = model.ip_groups.values().map(|group| group.origin.as_ref());
    let mut firewalls = model.firewalls.iter().map(|firewall| firewall.origin.as_ref());
    let mut endpoints = model.private_endpoints.iter().map(|endpoint| endpoint.origin.as_ref());
    let source = policies.any(is_source)
        || tables.any(is_source)
        || groups.any(is_source)
        || firewalls.any(is_source)
        || endpoints.any(is_source);
    if source { SubjectForm::Source } else { SubjectForm::Artefact }
}

/// Whether a policy of a source is the export that another inherits.
pub(super) fn is_external(model: &Model, policy: &Policy) -> bool {
    form_of(model) == SubjectForm::Source && SubjectForm::of(policy.origin.as_ref()) == SubjectForm::Artefact
}

/// A policy under check.
pub(super) struct CheckSubject<'m> {
    /// Everything that is stated.
    pub model: &'m Model,
    /// The policy.
    pub policy: &'m Policy,
    /// The policy of the model that it inherits.
    pub parent: Option<&'m Policy>,
    /// Its network and application rules, in the order in which they are written.
    pub filters: Vec<StatedSubject<'m>>,
    /// Its DNAT rules, likewise.
    pub dnats: Vec<StatedSubject<'m>>,
}

impl<'m> CheckSubject<'m> {
    pub(super) fn new(model: &'m Model, policy: &'m Policy) -> Self {
        let (dnats, filters) = written(policy).into_iter().partition(|stated| stated.kind() == RuleKind::Nat);
        Self { model, policy, parent: model.parent_of(policy), filters, dnats }
    }

    pub(super) fn name(&self) -> &'m str {
        &self.policy.name
    }

    pub(super) fn settings(&self) -> &'m Settings {
        &self.policy.settings
    }

    pub(super) fn form(&self) -> SubjectForm {
        SubjectForm::of(self.policy.origin.as_ref())
    }

    /// The first policy that inherits this one.
    pub(super) fn heir(&self) -> Option<&'m Policy> {
        let is_base = |heir: &Policy| self.model.parent_of(heir).is_some_and(|base| std::ptr::eq(base, self.policy));
        self.model.policies.iter().find(|heir| is_base(heir))
    }

    pub(super) fn setting(&self, field: Setting) -> Site {
        of_policy(self.policy, SiteField::Setting(field))
    }
}

/// A field of a policy.
pub(super) fn of_policy(policy: &Policy, field: SiteField) -> Site {
    Site { of: Of::Policy(policy.name.to_string()), origin: policy.origin.clone(), field }
}

/// A rule in its place.
#[derive(Clone, Copy)]
pub(super) struct StatedSubject<'m> {
    policy: &'m Policy,
    group: &'m Group,
    collection: &'m Collection,
    pub rule: Each<'m>,
}

/// A rule of any kind.
#[derive(Clone, Copy)]
pub(super) enum Each<'m> {
    Nat(&'m NatRule),
    Network(&'m NetworkRule),
    Application(&'m ApplicationRule),
}

impl<'m> StatedSubject<'m> {
    pub(super) fn kind(&self) -> RuleKind {
        match self.rule {
            Each::Nat(_) => RuleKind::Nat,
            Each::Network(_) => RuleKind::Network,
            Each::Application(_) => RuleKind::Application,
        }
    }

    pub(super) fn head(&self) -> RuleHead<'m> {
        match self.rule {
            Each::Nat(rule) => rule.head(),
            Each::Network(rule) => rule.head(),
            Each::Application(rule) => rule.head(),
        }
    }

    /// The rule, where it is an application rule.
    pub(super) fn application(&self) -> Option<&'m ApplicationRule> {
        match self.rule {
            Each::Application(rule) => Some(rule),
            Each::Nat(_) | Each::Network(_) => None,
        }
    }

    /// The rule, where it is a network rule.
    pub(super) fn network(&self) -> Option<&'m NetworkRule> {
        match self.rule {
            Each::Network(rule) => Some(rule),
            Each::Nat(_) | Each::Application(_) => None,
        }
    }

    /// The rule, where it is a DNAT rule.
    pub(super) fn nat(&self) -> Option<&'m NatRule> {
        match self.rule {
            Each::Nat(rule) => Some(rule),
            Each::Network(_) | Each::Application(_) => None,
        }
    }

    pub(super) fn site(&self, field: SiteField) -> Site {
        let RuleHead { name, origin, .. } = self.head();
        let path = EvidenceRule {
            policy: self.policy.name.to_string(),
            group: self.group.name.to_string(),
            collection: self.collection.name.clone(),
            rule: name.to_owned(),
        };
        Site { of: Of::Rule(self.kind(), path), origin: origin.cloned(), field }
    }

    fn place(&self) -> Option<(Place, Place)> {
        self.head().origin.map(|origin| (origin.outermost(), origin.at))
    }
}

/// The rules in the order in which they are written.
fn written(policy: &Policy) -> Vec<StatedSubject<'_>> {
    let mut all = Vec::new();
    for group in &policy.groups {
        for collection in &group.collections {
            let stated = |rule| StatedSubject { policy, group, collection, rule };
            match &collection.rules {
                Rules::Nat(rules) => all.extend(rules.iter().map(|rule| stated(Each::Nat(rule)))),
                Rules::Network(_, rules) => all.extend(rules.iter().map(|rule| stated(Each::Network(rule)))),
                Rules::Application(_, rules) => all.extend(rules.iter().map(|rule| stated(Each::Application(rule)))),
            }
        }
    }
    all.sort_by_key(StatedSubject::place);
    all
}

/// Where a thing was seen first, and in how many rules or settings.
pub(super) struct Sightings {
    /// The first place.
    pub first: Site,
    /// How many places there are.
    pub count: usize,
}

impl Sightings {
    /// Of a setting.
    pub(super) fn setting(site: Site) -> Self {
        Self { first: site, count: 1 }
    }

    /// The fields that `find` finds in rules; `None` where there is none. A rule of the source that became several of
    /// Azure's counts once.
    pub(super) fn of<'m>(
        rules: impl IntoIterator<Item = StatedSubject<'m>>,
        find: impl Fn(&StatedSubject<'m>) -> Option<SiteField>,
    ) -> Option<Self> {
        let mut seen: Option<Self> = None;
        let mut last: Option<&Origin> = None;
        for stated in rules {
            let Some(field) = find(&stated) else { continue };
            let origin = stated.head().origin;
            match &mut seen {
                None => seen = Some(Self { first: stated.site(field), count: 1 }),
                Some(_) if origin.is_some() && origin == last => {}
                Some(seen) => seen.count += 1,
            }
            last = origin;
        }
        seen
    }

    /// Both, the places of `other` after its own.
    pub(super) fn and(own: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (own, other) {
            (Some(own), Some(other)) => Some(Self { count: own.count + other.count, ..own }),
            (own, other) => own.or(other),
        }
    }

    /// A finding at the first place.
    pub(super) fn finding(self, code: &'static Code, message: impl Into<String>) -> Finding {
        Finding::new(code, self.first, message)
    }

    /// The words of a message for the other places: `, here and in 2 more places`.
    pub(super) fn others(&self) -> String {
        match self.count {
            0 | 1 => String::new(),
            2 => ", here and in another place".to_owned(),
            count => format!(", here and in {} more places", count - 1),
        }
    }
}
