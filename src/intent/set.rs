//! What a list of terms states, before it is known what is wanted of it.

use crate::net::{AddressSet, ServiceSet};
use crate::source::SourceSpan;

use super::model::{Address, Entry, Host};

/// The kind of a set, of a parameter or of what a place wants.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum SetKind {
    /// Addresses.
    Addresses,
    /// Host names.
    Hosts,
    /// Services.
    Services,
    /// Text.
    Text,
    /// A number or a range of numbers.
    Number,
    /// `on` or `off`.
    Flag,
}

impl SetKind {
    /// Every kind, in the order the reference lists them.
    pub const ALL: [Self; 6] = [Self::Addresses, Self::Hosts, Self::Services, Self::Text, Self::Number, Self::Flag];

    /// The word for it in a parameter list.
    pub fn word(self) -> &'static str {
        match self {
            Self::Addresses => "addresses",
            Self::Hosts => "hosts",
            Self::Services => "services",
            Self::Text => "text",
            Self::Number => "number",
            Self::Flag => "flag",
        }
    }

    /// The kind that other languages have another word for.
    pub(super) fn of_others(word: &str) -> Option<Self> {
        match word.to_lowercase().as_str() {
            "string" | "str" | "region" => Some(Self::Text),
            "int" | "integer" | "port" => Some(Self::Number),
            "bool" | "boolean" | "switch" => Some(Self::Flag),
            "address" | "cidr" | "ip" | "ips" | "prefix" | "prefixes" | "subnet" | "array" | "list" => {
                Some(Self::Addresses)
            }
            "host" | "fqdn" | "fqdns" | "domain" | "domains" => Some(Self::Hosts),
            "service" | "protocol" => Some(Self::Services),
            _ => None,
        }
    }

    /// How a message calls something of that kind.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Addresses => "addresses",
            Self::Hosts => "host names",
            Self::Services => "services",
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Flag => "`on` or `off`",
        }
    }
}

/// A single value that is no set.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Scalar {
    /// A text.
    Text(String),
    /// A number or a range, as written.
    Number(String),
    /// `on` or `off`.
    Flag(bool),
}

impl Scalar {
    /// Its kind.
    pub fn kind(&self) -> SetKind {
        match self {
            Self::Text(_) => SetKind::Text,
            Self::Number(_) => SetKind::Number,
            Self::Flag(_) => SetKind::Flag,
        }
    }

    /// The text that `{param}` puts in.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Number(text) => text,
            Self::Flag(true) => "on",
            Self::Flag(false) => "off",
        }
    }
}

/// What a list of terms states. Normally only one of the parts has entries.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct IntentSet {
    /// `any`, which is every address or every service, as the place wants.
    pub any: Vec<SourceSpan>,
    /// Addresses.
    pub addresses: Vec<Entry<Address>>,
    /// Host names.
    pub hosts: Vec<Entry<Host>>,
    /// Services.
    pub services: Vec<Entry<ServiceSet>>,
    /// Texts, numbers and flags.
    pub scalars: Vec<Entry<Scalar>>,
    /// Whether a part is missing because it was wrong and has been reported.
    pub broken: bool,
}

impl IntentSet {
    /// A set that states nothing because what should say it was wrong and has been reported.
    pub fn broken() -> Self {
        Self { broken: true, ..Self::default() }
    }

    /// One address entry.
    pub fn address(value: Address, at: SourceSpan) -> Self {
        Self { addresses: vec![Entry { value, at }], ..Self::default() }
    }

    /// One host entry.
    pub fn host(value: Host, at: SourceSpan) -> Self {
        Self { hosts: vec![Entry { value, at }], ..Self::default() }
    }

    /// One service entry.
    pub fn service(value: ServiceSet, at: SourceSpan) -> Self {
        Self { services: vec![Entry { value, at }], ..Self::default() }
    }

    /// One scalar.
    pub fn scalar(value: Scalar, at: SourceSpan) -> Self {
        Self { scalars: vec![Entry { value, at }], ..Self::default() }
    }

    /// The literal addresses `set`, each entry at `at`.
    pub fn literal(set: &AddressSet, at: SourceSpan) -> Self {
        let entry = |span| Entry { value: Address::Span(span), at };
        Self { addresses: set.spans().map(entry).collect(), ..Self::default() }
    }

    /// Adds the entries of `other`; an entry that is there already stays where it was first written.
    pub fn extend(&mut self, other: Self) {
        self.any.extend(other.any);
        self.addresses.extend(other.addresses);
        self.hosts.extend(other.hosts);
        self.services.extend(other.services);
        self.scalars.extend(other.scalars);
        self.broken |= other.broken;
    }

    /// Removes entries that were written before.
    pub fn without_repetitions(mut self) -> Self {
        self.any.truncate(1);
        let mut seen = std::collections::HashSet::new();
        self.addresses.retain(|entry| seen.insert(entry.value.clone()));
        let mut seen = std::collections::HashSet::new();
        self.hosts.retain(|entry| seen.insert(entry.value.clone()));
        let mut seen = std::collections::HashSet::new();
        self.services.retain(|entry| seen.insert(entry.value.clone()));
        self
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.any.len() + self.addresses.len() + self.hosts.len() + self.services.len() + self.scalars.len()
    }

    /// The kinds of the entries, each with the first text of that kind, in the order of [`SetKind::ALL`]; `any` has none.
    pub fn kinds(&self) -> Vec<(SetKind, SourceSpan)> {
        let scalars = self.scalars.iter().map(|entry| (entry.value.kind(), entry.at));
        let mut kinds: Vec<(SetKind, SourceSpan)> = Vec::new();
        kinds.extend(self.addresses.first().map(|entry| (SetKind::Addresses, entry.at)));
        kinds.extend(self.hosts.first().map(|entry| (SetKind::Hosts, entry.at)));
        kinds.extend(self.services.first().map(|entry| (SetKind::Services, entry.at)));
        for (kind, at) in scalars {
            if kinds.iter().all(|&(other, _)| other != kind) {
                kinds.push((kind, at));
            }
        }
        kinds
    }
}
