//! The subject of a finding: a resource or a rule of a model, and a field of it. Those who have the text or the
//! document find where that is written.

use crate::diag::EvidenceRule;
use crate::net::HostPattern;
use crate::source::Origin;

use super::{AddressTerm, Pods, RuleKind, Setting};

/// A field of a resource or rule of a model.
#[derive(Clone, PartialEq, Debug)]
pub struct Site {
    /// The resource or rule.
    pub of: SiteSubject,
    /// Where it is stated as a whole, as far as that is known.
    pub origin: Option<Origin>,
    /// The field.
    pub field: SiteField,
}

/// A resource or a rule, by name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SiteSubject {
    /// A policy.
    Policy(String),
    /// A group of a policy.
    Group {
        /// The policy.
        policy: String,
        /// The group.
        group: String,
    },
    /// A collection of a group.
    Collection {
        /// The policy.
        policy: String,
        /// The group.
        group: String,
        /// The collection.
        collection: String,
    },
    /// A rule.
    Rule(RuleKind, EvidenceRule),
    /// An IP group.
    IpGroup(String),
    /// A route table.
    RouteTable(String),
    /// A route.
    Route,
    /// A firewall.
    Firewall(String),
    /// A private endpoint.
    Endpoint(String),
}

/// A field of a resource or rule. Those that are lists name the entry, by its place and its value.
#[derive(Clone, PartialEq, Debug)]
pub enum SiteField {
    /// The resource or rule itself.
    Whole,
    /// Its name.
    Name,
    /// A setting of a policy, or the tier of a firewall.
    Setting(Setting),
    /// The base of a policy.
    Base,
    /// The protocols and ports of a rule.
    Services,
    /// The destination ports of a rule.
    Ports,
    /// A destination host name.
    Host(usize, HostPattern),
    /// An FQDN tag.
    FqdnTag(usize, String),
    /// A web category.
    Category(usize, String),
    /// A URL.
    Url(usize, String),
    /// A destination address or service tag; of a route, its prefix.
    Destination(usize, AddressTerm),
    /// Pods as a source.
    Pods(usize, Pods),
    /// Whether TLS is inspected.
    TerminateTls,
    /// A header that is inserted.
    Header(usize),
}

impl Site {
    /// The path of the rule, where it is one.
    pub fn rule(&self) -> Option<&EvidenceRule> {
        match &self.of {
            SiteSubject::Rule(_, path) => Some(path),
            SiteSubject::Policy(_)
            | SiteSubject::Group { .. }
            | SiteSubject::Collection { .. }
            | SiteSubject::IpGroup(_)
            | SiteSubject::RouteTable(_)
            | SiteSubject::Route
            | SiteSubject::Firewall(_)
            | SiteSubject::Endpoint(_) => None,
        }
    }

    /// The path of the field below its resource or rule, as ARM has it, its steps with `/` between them, and the entry where
    /// the field is a list.
    pub fn property(&self) -> (&'static str, Option<usize>) {
        match &self.field {
            SiteField::Whole | SiteField::Services | SiteField::Pods(..) => ("", None),
            SiteField::Name => ("name", None),
            SiteField::Setting(setting) => (setting.row().arm, None),
            SiteField::Base => ("properties/basePolicy", None),
            SiteField::Ports => ("destinationPorts", None),
            SiteField::Host(at, _) => (self.hosts(), Some(*at)),
            SiteField::FqdnTag(at, _) => ("fqdnTags", Some(*at)),
            SiteField::Category(at, _) => ("webCategories", Some(*at)),
            SiteField::Url(at, _) => ("targetUrls", Some(*at)),
            SiteField::Destination(at, _) if self.rule().is_some() => ("destinationAddresses", Some(*at)),
            SiteField::Destination(..) => ("", None),
            SiteField::TerminateTls => ("terminateTLS", None),
            SiteField::Header(at) => ("httpHeadersToInsert", Some(*at)),
        }
    }

    fn hosts(&self) -> &'static str {
        match self.of {
            SiteSubject::Rule(RuleKind::Application, _) => "targetFqdns",
            SiteSubject::Rule(RuleKind::Network | RuleKind::Nat, _)
            | SiteSubject::Policy(_)
            | SiteSubject::Group { .. }
            | SiteSubject::Collection { .. }
            | SiteSubject::IpGroup(_)
            | SiteSubject::RouteTable(_)
            | SiteSubject::Route
            | SiteSubject::Firewall(_)
            | SiteSubject::Endpoint(_) => "destinationFqdns",
        }
    }
}
