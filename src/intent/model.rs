//! What the author means, with nothing left to resolve.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use indexmap::IndexMap;
use jiff::civil::Date;

use crate::diag::Edit;
use crate::net::{
    AddressSet, AddressSpan, Cidr, HostName, HostPattern, Interval, Ipv6Span, PortSpan, ServiceSet, Transport,
};
use crate::source::{Fingerprint, Origin, SourceSpan};
use crate::syntax::Connective;

use super::rule_index::RuleIndex;

use crate::model::{Carried, Moves, Pods, Priority, Settings, Sku};

/// A source, its imports and the bundles it applies, resolved.
#[derive(Clone, Debug, Default)]
pub struct Intent {
    /// The policies, a base before those that inherit it.
    pub policies: Vec<Policy>,
    /// The IP group resources, by name.
    pub ip_groups: IndexMap<String, IpGroup>,
    /// The firewalls.
    pub firewalls: Vec<Firewall>,
    /// The route tables.
    pub route_tables: Vec<RouteTable>,
    /// The private endpoints.
    pub private_endpoints: Vec<PrivateEndpoint>,
    /// The tests.
    pub tests: Vec<Test>,
    /// Expectations that are outside policies and tests.
    pub expectations: Vec<Expectation>,
    /// The names that the source, its imports and its modules define.
    pub names: Vec<Definition>,
    /// Of names of resources that hold `{param}`s, by where they are written, where the value was given that they are due to.
    pub due_to: BTreeMap<SourceSpan, SourceSpan>,
    pub(super) rule_index: RuleIndex,
}

/// A name that a source defines.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The name, as other files write it: `nodes`, `docker::hosts`.
    pub name: String,
    /// The whole definition. What a rule has of it points there.
    pub at: SourceSpan,
    /// What it states.
    pub says: Says,
}

/// What a definition states.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Says {
    /// Addresses.
    Addresses(Vec<Address>),
    /// Host names.
    Hosts(Vec<Host>),
    /// Services.
    Services(ServiceSet),
    /// Rules with parameters: the words, without blanks and comments.
    Bundle(String),
}

/// A value with the text that states it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Entry<T> {
    /// The value.
    pub value: T,
    /// The text.
    pub at: SourceSpan,
}

/// A policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its name.
    pub name: Entry<String>,
    /// The policy it inherits.
    pub parent: Option<Entry<Parent>>,
    /// Everything but the rules.
    pub settings: Settings,
    /// Where the settings were written, by keyword.
    pub setting_spans: IndexMap<String, SourceSpan>,
    /// What would turn on its DNS proxy.
    pub proxy_edit: Option<Edit>,
    /// The resource id of the base, where the source gives one.
    pub base_id: Option<String>,
    /// Which order is meant.
    pub order: Order,
    /// The groups, in the order they were written.
    pub groups: Vec<Group>,
    /// What shall hold, here and in every child.
    pub expectations: Vec<Expectation>,
    /// The description.
    pub description: Option<String>,
    /// Where it was written.
    pub origin: Origin,
}

/// The policy that another inherits.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Parent {
    /// A policy of the source.
    Policy(String),
    /// An export in a file.
    External(String),
}

/// Which order of processing is meant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Order {
    /// The order of the source: the first group that mentions a flow decides.
    Intent,
    /// Azure's own: all network rules before all application rules.
    Azure,
}

/// A rule collection group.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its name.
    pub name: Entry<String>,
    /// Its place among the groups, where the author fixed it.
    pub priority: Option<Entry<Priority>>,
    /// What it holds.
    pub body: GroupBody,
    /// The description.
    pub description: Option<String>,
    /// Owner, ticket, expiry.
    pub meta: Meta,
    /// Where it was written.
    pub origin: Origin,
}

/// What a group holds: rules or collections, never both.
#[derive(Clone, Debug)]
pub enum GroupBody {
    /// Rules, which the compiler puts into collections.
    Rules(Rules),
    /// Collections that the author made.
    Collections(Vec<Collection>),
}

impl GroupBody {
    /// The rules of the group, whatever holds them.
    pub fn rules(&self) -> impl Iterator<Item = &Rules> {
        let (own, collections) = match self {
            Self::Rules(rules) => (Some(rules), [].as_slice()),
            Self::Collections(collections) => (None, collections.as_slice()),
        };
        own.into_iter().chain(collections.iter().map(|collection| &collection.rules))
    }
}

/// Rules, in the order they were written.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// The filter rules.
    pub filters: Vec<Rule>,
    /// The DNAT rules.
    pub dnats: Vec<Dnat>,
}

impl Rules {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.filters.len() + self.dnats.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A rule collection that the author made.
#[derive(Clone, Debug)]
pub struct Collection {
    /// Its name.
    pub name: Entry<String>,
    /// Its place among the collections, where the author fixed it.
    pub priority: Option<Entry<Priority>>,
    /// What it does.
    pub kind: CollectionKind,
    /// Its rules.
    pub rules: Rules,
    /// Properties of Azure's that are carried through unread.
    pub carried: Carried,
    /// The description.
    pub description: Option<String>,
    /// Owner, ticket, expiry.
    pub meta: Meta,
    /// Where it was written.
    pub origin: Origin,
}

/// What a collection does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CollectionKind {
    /// Filters, with this action.
    Filter(Action),
    /// Translates.
    Dnat,
}

/// What a rule does with the flows it matches.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Action {
    /// Lets them pass.
    Allow,
    /// Drops them.
    Deny,
}

/// A filter rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name, where the author gave one.
    pub label: Option<Entry<String>>,
    /// What it does.
    pub action: Action,
    /// Over what.
    pub services: ServiceSet,
    /// The text of the services.
    pub services_at: SourceSpan,
    /// Who asks.
    pub from: Vec<Entry<Address>>,
    /// Who is asked.
    pub to: Ends,
    /// The words that are alone in it, such as `inspect`, each with its place.
    pub flags: Vec<(Connective, SourceSpan)>,
    /// HTTP headers to insert: name and value.
    pub headers: Vec<Entry<(String, String)>>,
    /// Properties of Azure's that are carried through unread.
    pub carried: Carried,
    /// Whether it is one Azure rule with just these entries, whatever Azure makes of it.
    pub as_is: Option<SourceSpan>,
    /// The description.
    pub description: Option<String>,
    /// Owner, ticket, expiry.
    pub meta: Meta,
    /// Its words, and those of the `apply`s that lead to it.
    pub written: Fingerprint,
    /// Where it was written.
    pub origin: Origin,
}

/// Destinations.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Ends {
    /// Addresses and sets of them.
    pub addresses: Vec<Entry<Address>>,
    /// Host names and sets of them.
    pub hosts: Vec<Entry<Host>>,
}

/// A set of addresses.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Address {
    /// Every address.
    Any,
    /// An address, a prefix or a range.
    Span(AddressSpan),
    /// A service tag, in Azure's spelling.
    ServiceTag(String),
    /// An IP group of the source, by name.
    IpGroup(String),
    /// An IP group outside, by resource id.
    OutsideIpGroup(String),
    /// Pods of a cluster; sources only.
    Pods(Pods),
    /// IPv6 addresses, which no IPv4 flow has; network rules only.
    Ipv6(Ipv6Span),
}

impl Address {
    /// The address, prefix or range that is written there.
    pub fn span(&self) -> Option<AddressSpan> {
        match self {
            Self::Span(span) => Some(*span),
            Self::Any
            | Self::ServiceTag(_)
            | Self::IpGroup(_)
            | Self::OutsideIpGroup(_)
            | Self::Pods(_)
            | Self::Ipv6(_) => None,
        }
    }

    /// The same, where `any` counts as the range of all addresses.
    pub fn literal(&self) -> Option<AddressSpan> {
        let all = || matches!(self, Self::Any).then(|| Interval::full().into());
        self.span().or_else(all)
    }

    /// The one address that is written there.
    pub fn single(&self) -> Option<Ipv4Addr> {
        self.span().and_then(|span| span.single())
    }
}

/// A set of host names.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Host {
    /// A name, a wildcard or every name.
    Pattern(HostPattern),
    /// An FQDN tag, in Azure's spelling.
    FqdnTag(String),
    /// A web category.
    Category(String),
    /// A URL, without scheme.
    Url(String),
}

impl Rule {
    /// Where the rule has a word that is alone, if it has it.
    pub fn flag(&self, flag: Connective) -> Option<SourceSpan> {
        self.flags.iter().find(|(known, _)| *known == flag).map(|(_, at)| *at)
    }
}

/// A DNAT rule.
#[derive(Clone, Debug)]
pub struct Dnat {
    /// Its name, where the author gave one.
    pub label: Option<Entry<String>>,
    /// TCP or UDP.
    pub transport: Transport,
    /// The ports that are translated.
    pub ports: Entry<PortSpan>,
    /// Who may come in.
    pub from: Vec<Entry<Address>>,
    /// The addresses of the firewall that are translated.
    pub to: Vec<Entry<Ipv4Addr>>,
    /// Where the flow goes instead.
    pub target: Entry<DnatTarget>,
    /// The port there; absent: the same.
    pub target_port: Option<Entry<u16>>,
    /// Properties of Azure's that are carried through unread.
    pub carried: Carried,
    /// What it states as one Azure rule; where it is there, `transport`, `ports` and `to` are only the first of it.
    pub as_is: Option<AsIsDnat>,
    /// The description.
    pub description: Option<String>,
    /// Owner, ticket, expiry.
    pub meta: Meta,
    /// Its words, and those of the `apply`s that lead to it.
    pub written: Fingerprint,
    /// Where it was written.
    pub origin: Origin,
}

/// A DNAT rule that becomes one Azure rule with just these entries.
#[derive(Clone, Debug)]
pub struct AsIsDnat {
    /// The protocols.
    pub transports: Vec<Transport>,
    /// The ports.
    pub ports: Vec<PortSpan>,
    /// The destinations.
    pub to: Vec<Entry<Address>>,
}

/// Where a DNAT rule sends a flow.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum DnatTarget {
    /// An address.
    Address(Ipv4Addr),
    /// A host name, which the firewall resolves.
    Host(HostName),
}

/// What annotations say of a rule; a rule has those of its collection and group too.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Meta {
    /// Who answers for it.
    pub owner: Option<String>,
    /// The change that it came with.
    pub ticket: Option<String>,
    /// The day after which it should be gone.
    pub expires: Option<Entry<Date>>,
    /// Findings that the author accepts: code and reason.
    pub ignored: Vec<Entry<(String, String)>>,
    /// Where a catalogue entry comes from: source and the day it was checked.
    pub source: Option<(String, Date)>,
    /// Who needs a catalogue entry, in the words of its source.
    pub need: Option<String>,
    /// How many `apply`s there are around it whose annotations it has.
    pub applies: usize,
}

impl Meta {
    /// These annotations with those that are nearer to a rule: of two owners, tickets or days the nearer holds.
    pub(super) fn with(self, nearer: &Self) -> Self {
        Self {
            owner: nearer.owner.clone().or(self.owner),
            ticket: nearer.ticket.clone().or(self.ticket),
            expires: nearer.expires.clone().or(self.expires),
            ignored: self.ignored.into_iter().chain(nearer.ignored.iter().cloned()).collect(),
            source: nearer.source.clone().or(self.source),
            need: nearer.need.clone().or(self.need),
            applies: self.applies.max(nearer.applies),
        }
    }
}

/// An IP group resource.
#[derive(Clone, Debug)]
pub struct IpGroup {
    /// Its name.
    pub name: String,
    /// The text of the name.
    pub name_at: SourceSpan,
    /// Its members, but those of IPv6.
    pub addresses: Vec<Entry<AddressSpan>>,
    /// Its members of IPv6.
    pub ipv6: Vec<Entry<Ipv6Span>>,
    /// Where it was written.
    pub origin: Origin,
}

/// A firewall.
#[derive(Clone, Debug)]
pub struct Firewall {
    /// Its name.
    pub name: Entry<String>,
    /// The policy attached to it.
    pub policy: Option<Entry<String>>,
    /// Its tier.
    pub sku: Option<Entry<Sku>>,
    /// Its private address.
    pub private_ip: Option<Ipv4Addr>,
    /// Its public addresses, by the author's names for them.
    pub public_ips: IndexMap<String, Ipv4Addr>,
    /// Where it was written.
    pub origin: Origin,
}

/// A route table.
#[derive(Clone, Debug)]
pub struct RouteTable {
    /// Its name.
    pub name: Entry<String>,
    /// The region.
    pub location: Option<String>,
    /// The subnets it is meant for.
    pub subnets: Vec<Subnet>,
    /// The routes.
    pub routes: Vec<Route>,
    /// Whether routes that a gateway learns come in.
    pub bgp_propagation: Option<bool>,
    /// Where it was written.
    pub origin: Origin,
}

/// A subnet that a route table is meant for.
#[derive(Clone, Debug)]
pub struct Subnet {
    /// Its name.
    pub name: String,
    /// Its prefixes.
    pub prefixes: Vec<Cidr>,
    /// The service tags of its service endpoints.
    pub service_endpoints: Vec<String>,
}

/// A route.
#[derive(Clone, Debug)]
pub struct Route {
    /// Its name, from what it does.
    pub name: String,
    /// What it routes.
    pub prefix: RoutePrefix,
    /// Where to.
    pub next_hop: NextHop,
    /// What it is for: a `return` route carries replies.
    pub moves: Moves,
    /// Where it was written.
    pub origin: Origin,
}

/// What a route routes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum RoutePrefix {
    /// A prefix.
    Cidr(Cidr),
    /// A service tag.
    ServiceTag(String),
}

/// Where a route leads.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NextHop {
    /// A virtual appliance.
    Appliance(Ipv4Addr),
    /// The Internet.
    Internet,
    /// The virtual network gateway.
    Gateway,
    /// The virtual network itself.
    VnetLocal,
    /// Nowhere.
    None,
}

/// A service that is reached by a private address in the network.
#[derive(Clone, Debug)]
pub struct PrivateEndpoint {
    /// Its name.
    pub name: Entry<String>,
    /// The names that lead to it.
    pub hosts: Vec<Entry<HostName>>,
    /// Its addresses.
    pub addresses: AddressSet,
    /// The private DNS zones.
    pub zones: Vec<Entry<HostName>>,
    /// Where it was written.
    pub origin: Origin,
}

/// A test.
#[derive(Clone, Debug)]
pub struct Test {
    /// What it shows.
    pub name: String,
    /// The policy it is judged in.
    pub policy: Option<Entry<String>>,
    /// What shall hold.
    pub expectations: Vec<Expectation>,
    /// Where it was written.
    pub origin: Origin,
}

/// What an expectation expects of every flow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expected {
    /// That it arrives: the rules allow it, or its way leads past the firewall to where it is going.
    Allow,
    /// That it does not arrive.
    Deny,
    /// That it goes to a private endpoint, and crosses neither the firewall nor the Internet.
    Private,
}

/// Something that shall hold for every flow of a set.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// What shall become of the flows.
    pub expected: Expected,
    /// Over what.
    pub services: ServiceSet,
    /// Who asks.
    pub from: Vec<Entry<Address>>,
    /// Who is asked.
    pub to: Ends,
    /// Sets that the flows shall lie outside of.
    pub outside: Ends,
    /// The text, without what comes before it.
    pub text: String,
    /// Where it was written.
    pub origin: Origin,
}

impl std::fmt::Display for Address {
    /// Prints the set as the language writes it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::Span(span) => span.fmt(f),
            Self::ServiceTag(tag) => write!(f, "tag({tag})"),
            Self::IpGroup(name) => f.write_str(name),
            Self::OutsideIpGroup(id) => write!(f, "ip-group({})", crate::source::quote(id)),
            Self::Pods(pods) => pods.fmt(f),
            Self::Ipv6(span) => write!(f, "ipv6({})", crate::source::quote(&span.to_string())),
        }
    }
}

impl std::fmt::Display for Host {
    /// Prints the set as the language writes it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Pattern(HostPattern::Any) => f.write_str("any-host"),
            Self::Pattern(pattern) => pattern.fmt(f),
            Self::FqdnTag(tag) => write!(f, "fqdn-tag({tag})"),
            Self::Category(category) => write!(f, "category({category})"),
            Self::Url(url) => write!(f, "url({})", crate::source::quote(url)),
        }
    }
}
