//! A policy under check with those around it, and where in it a thing was seen.

use crate::diag::{Code, Diagnostic};
use crate::intent::{Dnat, Intent, Parent, Policy, Rule};
use crate::model::Settings;
use crate::source::{Origin, Place, Span};

/// A policy under check.
pub(super) struct Subject<'a> {
    /// Everything that the author means.
    pub meant: &'a Intent,
    /// The policy.
    pub policy: &'a Policy,
    /// The policy of the source that it inherits.
    pub parent: Option<&'a Policy>,
}

impl<'a> Subject<'a> {
    pub(super) fn new(meant: &'a Intent, policy: &'a Policy) -> Self {
        let named = |parent: &Policy, name: &str| parent.name.value == name;
        let parent = policy.parent.as_ref().and_then(|parent| match &parent.value {
            Parent::Policy(name) => meant.policies.iter().find(|policy| named(policy, name)),
            Parent::External(_) => None,
        });
        Self { meant, policy, parent }
    }

    pub(super) fn name(&self) -> &'a str {
        &self.policy.name.value
    }

    pub(super) fn settings(&self) -> &'a Settings {
        &self.policy.settings
    }

    /// The first policy that inherits this one, and the text that says so.
    pub(super) fn heir(&self) -> Option<(&'a Policy, Span)> {
        self.meant.policies.iter().find_map(|policy| {
            match policy.parent.as_ref().map(|entry| (&entry.value, entry.at)) {
                Some((Parent::Policy(name), at)) if name == self.name() => Some((policy, at)),
                Some((Parent::Policy(_) | Parent::External(_), _)) | None => None,
            }
        })
    }
}

/// The filter rules of a policy.
pub(super) fn filters(policy: &Policy) -> impl Iterator<Item = &Rule> {
    policy.groups.iter().flat_map(|group| group.body.rules()).flat_map(|rules| &rules.filters)
}

/// The DNAT rules of a policy.
pub(super) fn dnats(policy: &Policy) -> impl Iterator<Item = &Dnat> {
    policy.groups.iter().flat_map(|group| group.body.rules()).flat_map(|rules| &rules.dnats)
}

/// Whether a host name of the rule makes a network rule.
pub(super) fn names_network(rule: &Rule) -> bool {
    rule.services.any || !rule.services.tcp.is_empty() || !rule.services.udp.is_empty()
}

/// Where the author set `keyword`; the name of the policy where a bundle or a broken text hides it.
pub(super) fn set_at(policy: &Policy, keyword: &str) -> Span {
    policy.setting_spans.get(keyword).copied().unwrap_or(policy.name.at)
}

/// A text where a thing was seen.
#[derive(Clone, Copy)]
pub(super) struct Sighting<'a> {
    /// The place.
    pub at: Place,
    /// The rule that it belongs to; absent for a setting.
    pub rule: Option<&'a Origin>,
}

impl<'a> Sighting<'a> {
    pub(super) fn in_rule(at: impl Into<Place>, rule: &'a Origin) -> Self {
        Self { at: at.into(), rule: Some(rule) }
    }

    pub(super) fn in_setting(at: Span) -> Self {
        Self { at: at.into(), rule: None }
    }

    /// A finding here, with the rule where the text stands apart from it, and the `apply`s that lead there.
    pub(super) fn finding(self, code: &'static Code, message: impl Into<String>) -> Diagnostic {
        let found = Diagnostic::new(code, self.at, message);
        let Some(rule) = self.rule else { return found };
        let found = found.about(rule);
        let holds = |(rule, at): (Span, Span)| rule.file == at.file && rule.start <= at.start && at.end <= rule.end;
        let inside = rule.span().zip(self.at.span()).is_some_and(holds);
        let found = if inside { found } else { found.related(rule.at, "in this rule") };
        rule.via.iter().fold(found, |found, &via| found.related(via, "applied here"))
    }
}

/// Where a thing was seen first, and in how many rules or settings.
pub(super) struct Sightings<'a> {
    /// The first place.
    pub first: Sighting<'a>,
    /// How many places there are.
    pub count: usize,
}

impl<'a> Sightings<'a> {
    /// `None` where nothing was seen.
    pub(super) fn of(mut places: impl Iterator<Item = Sighting<'a>>) -> Option<Self> {
        let first = places.next()?;
        Some(Self { first, count: places.count() + 1 })
    }

    /// Says in a message that there are others: `, here and in 2 more places`.
    pub(super) fn others(&self) -> String {
        match self.count {
            0 | 1 => String::new(),
            2 => ", here and in another place".to_owned(),
            count => format!(", here and in {} more places", count - 1),
        }
    }
}
