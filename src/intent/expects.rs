//! What a place wants of the terms that are read there.

use crate::net::ServiceSet;

use super::set::SetKind;

/// What the place wants where terms are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Expects {
    /// Nothing in particular, as in a `let`.
    Anything,
    /// A set of one kind.
    Kind(SetKind),
    /// The sources of a rule.
    Sources,
    /// The destinations of a rule whose services are all of application rules, or are not.
    Destinations(ForServices),
}

/// What the services of a rule are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ForServices {
    /// `http`, `https` and `mssql`.
    Application,
    /// Others, or some of both.
    Others,
}

impl ForServices {
    /// What these services are; of services that are wrong, others.
    pub(super) fn of(services: Option<&ServiceSet>) -> Self {
        let is_application =
            |set: &ServiceSet| !set.is_empty() && !set.any && !set.icmp && set.tcp.is_empty() && set.udp.is_empty();
        if services.is_some_and(is_application) { Self::Application } else { Self::Others }
    }
}

impl Expects {
    pub(super) fn has_hosts(self) -> bool {
        match self {
            Self::Anything | Self::Destinations(_) => true,
            Self::Kind(kind) => kind == SetKind::Hosts,
            Self::Sources => false,
        }
    }

    pub(super) fn has_addresses(self) -> bool {
        match self {
            Self::Anything | Self::Destinations(_) | Self::Sources => true,
            Self::Kind(kind) => kind == SetKind::Addresses,
        }
    }

    /// Whether words of the language that mean sets are sensible here.
    pub(super) fn has_sets(self) -> bool {
        match self {
            Self::Anything | Self::Destinations(_) | Self::Sources => true,
            Self::Kind(kind) => matches!(kind, SetKind::Addresses | SetKind::Hosts | SetKind::Services),
        }
    }

    /// Whether it is a text, a number or a switch.
    pub(super) fn is_scalar(self) -> bool {
        matches!(self, Self::Kind(SetKind::Text | SetKind::Number | SetKind::Flag))
    }

    /// Whether a word of the language means a set that may be here.
    pub(super) fn has_word(self, word: &str) -> bool {
        match word {
            "any" => self.has_sets() && self.everything() == Some("any"),
            "internet" | "private" => self.has_addresses(),
            "any-host" => self.has_hosts(),
            _ => false,
        }
    }

    pub(super) fn everything(self) -> Option<&'static str> {
        match self {
            Self::Destinations(ForServices::Application) | Self::Kind(SetKind::Hosts) => Some("any-host"),
            Self::Destinations(ForServices::Others)
            | Self::Sources
            | Self::Kind(SetKind::Addresses | SetKind::Services) => Some("any"),
            Self::Anything | Self::Kind(SetKind::Text | SetKind::Number | SetKind::Flag) => None,
        }
    }
}
