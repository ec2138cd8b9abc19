//! The rules of a collection. All kinds are one shape: a head, the flows that a rule matches, and what is done with them
//! beyond allow or deny.

use std::fmt;
use std::net::Ipv4Addr;

use crate::net::{AppProtocol, HostName, HostPattern, PortSet, PortSpan};
use crate::source::Origin;

use super::equal::equal_without_origin;
use super::terms::{AddressTerm, IpGroupRef};
use super::{Carried, Pods};

/// The largest port that an application rule takes.
///
/// Source: Microsoft.Network 2025-07-01, `FirewallPolicyRuleApplicationProtocol.port`.
pub const LAST_APPLICATION_PORT: u16 = 64000;

/// The rules of a collection, in order, by kind.
#[derive(Clone, PartialEq, Debug)]
pub enum Rules {
    /// A NAT collection.
    Nat(Vec<NatRule>),
    /// A filter collection of network rules.
    Network(Action, Vec<NetworkRule>),
    /// A filter collection of application rules.
    Application(Action, Vec<ApplicationRule>),
}

/// A rule of any kind: `M` has the flows that it matches, `H` what is done with them beyond allow or deny.
///
/// Two rules do the same where their `matches`, `handling` and `carried` are equal.
#[derive(Clone, Debug)]
pub struct Rule<M, H> {
    /// The name, unique in its collection.
    pub name: String,
    /// The purpose, in the author's words.
    pub description: Option<String>,
    /// Where it was written; absent in artefacts.
    pub origin: Option<Origin>,
    /// The flows that it matches.
    pub matches: M,
    /// What is done with these flows.
    pub handling: H,
    /// Properties that are carried through unread.
    pub carried: Carried,
}

equal_without_origin! {
    Rule<M, H> { name, description, matches, handling, carried }
}

/// A DNAT rule.
pub type NatRule = Rule<NatMatches, DnatTranslation>;
/// A network rule: nothing is done with its flows beyond allow or deny.
pub type NetworkRule = Rule<NetworkMatches, ()>;
/// An application rule.
pub type ApplicationRule = Rule<ApplicationMatches, Inspection>;

/// The flows that a DNAT rule matches.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct NatMatches {
    /// TCP, UDP or both.
    pub protocols: Vec<NetworkProtocol>,
    /// The sources.
    pub sources: Sources,
    /// The addresses of the firewall that are translated.
    pub destinations: Vec<AddressTerm>,
    /// The ports that are translated: Azure takes one entry.
    pub ports: Vec<PortSpan>,
}

/// The address and port that a DNAT rule puts in place of the firewall's.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct DnatTranslation {
    /// The new destination.
    pub target: NatTarget,
    /// The port there.
    pub port: u16,
}

/// Where a DNAT rule sends a flow.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum NatTarget {
    /// An address.
    Address(Ipv4Addr),
    /// A host name, which the firewall resolves.
    Fqdn(HostName),
}

/// The flows that a network rule matches.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct NetworkMatches {
    /// The protocols.
    pub protocols: Vec<NetworkProtocol>,
    /// The sources.
    pub sources: Sources,
    /// Destination addresses and service tags.
    pub destinations: Vec<AddressTerm>,
    /// Destination IP groups.
    pub destination_ip_groups: Vec<IpGroupRef>,
    /// Destination host names, without wildcards.
    pub destination_fqdns: Vec<HostName>,
    /// Destination ports; the full set is `*`.
    pub ports: PortSet,
}

/// The flows that an application rule matches.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ApplicationMatches {
    /// The protocols with their ports.
    pub protocols: Vec<(AppProtocol, u16)>,
    /// The sources.
    pub sources: Sources,
    /// Destination addresses, which narrow the rule in the API's text; none in what fwc writes.
    pub destinations: Vec<AddressTerm>,
    /// Host names and wildcards.
    pub fqdns: Vec<HostPattern>,
    /// URLs, without scheme, as in `www.contoso.com/api/*`.
    pub urls: Vec<String>,
    /// FQDN tags, in Azure's spelling; only Azure knows their names.
    pub fqdn_tags: Vec<String>,
    /// Web categories; only Azure knows their names.
    pub web_categories: Vec<String>,
}

/// What an application rule does with the requests that it allows.
///
/// Rules are merged, folded and proved alike only where all of it is equal.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Inspection {
    /// Whether TLS is inspected.
    pub terminate_tls: bool,
    /// HTTP headers to insert: name and value.
    pub headers: Vec<(String, String)>,
}

impl Inspection {
    /// What it does, a word or phrase for each thing; nothing where it does nothing. Names are made from them.
    pub fn words(&self) -> Vec<String> {
        let Self { terminate_tls, headers } = self;
        let inspects = terminate_tls.then(|| "inspect".to_owned());
        inspects.into_iter().chain(headers.iter().map(|(name, value)| format!("{name}: {value}"))).collect()
    }
}

/// The sources of a rule. Azure wants exactly one of the lists; all empty is a rule without a source.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct Sources {
    /// Addresses; service tags are not allowed here.
    pub addresses: Vec<AddressTerm>,
    /// IP groups.
    pub ip_groups: Vec<IpGroupRef>,
    /// Pods of a cluster (`sourceKubeSelectorGroups`, since 2025-09-01); DNAT rules have none.
    pub pods: Vec<Pods>,
}

/// A protocol of a network or DNAT rule.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum NetworkProtocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// ICMP.
    Icmp,
    /// Every IANA protocol; with explicit ports, TCP and UDP only (Azure Firewall FAQ, 2023-01).
    Any,
}

/// A kind of rule, in the order in which Azure Firewall makes its passes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RuleKind {
    /// DNAT rules, read first.
    Nat,
    /// Network rules.
    Network,
    /// Application rules, read last.
    Application,
}

/// What a filter collection does with the flows that its rules match.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Action {
    /// Lets them pass.
    Allow,
    /// Drops them.
    Deny,
}

/// What every rule has, whatever its kind.
#[derive(Clone, Copy, Debug)]
pub struct RuleHead<'m> {
    /// The name.
    pub name: &'m str,
    /// The purpose, in the author's words.
    pub description: Option<&'m str>,
    /// Where it was written.
    pub origin: Option<&'m Origin>,
    /// Properties that are carried through unread.
    pub carried: &'m Carried,
}

/// As [`RuleHead`], to be changed.
#[derive(Debug)]
pub struct HeadMut<'m> {
    /// The name.
    pub name: &'m mut String,
    /// The purpose, in the author's words.
    pub description: &'m mut Option<String>,
    /// Where it was written.
    pub origin: &'m mut Option<Origin>,
}

impl<M, H> Rule<M, H> {
    /// Its name, description and origin.
    pub fn head(&self) -> RuleHead<'_> {
        let Self { name, description, origin, carried, .. } = self;
        RuleHead { name, description: description.as_deref(), origin: origin.as_ref(), carried }
    }

    fn head_mut(&mut self) -> HeadMut<'_> {
        let Self { name, description, origin, .. } = self;
        HeadMut { name, description, origin }
    }
}

impl Rules {
    /// The kind of the rules.
    pub fn kind(&self) -> RuleKind {
        match self {
            Self::Nat(_) => RuleKind::Nat,
            Self::Network(..) => RuleKind::Network,
            Self::Application(..) => RuleKind::Application,
        }
    }

    /// How many rules there are.
    pub fn len(&self) -> usize {
        self.nat().len() + self.network().len() + self.application().len()
    }

    /// Whether there is no rule.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The DNAT rules, none in a filter collection.
    pub fn nat(&self) -> &[NatRule] {
        match self {
            Self::Nat(rules) => rules,
            Self::Network(..) | Self::Application(..) => &[],
        }
    }

    /// The network rules, none in a collection of another kind.
    pub fn network(&self) -> &[NetworkRule] {
        match self {
            Self::Network(_, rules) => rules,
            Self::Nat(_) | Self::Application(..) => &[],
        }
    }

    /// The application rules, none in a collection of another kind.
    pub fn application(&self) -> &[ApplicationRule] {
        match self {
            Self::Application(_, rules) => rules,
            Self::Nat(_) | Self::Network(..) => &[],
        }
    }

    fn by_kind_mut(&mut self) -> (&mut [NatRule], &mut [NetworkRule], &mut [ApplicationRule]) {
        match self {
            Self::Nat(rules) => (rules, &mut [], &mut []),
            Self::Network(_, rules) => (&mut [], rules, &mut []),
            Self::Application(_, rules) => (&mut [], &mut [], rules),
        }
    }

    /// What every rule has, in order.
    pub fn heads(&self) -> impl Iterator<Item = RuleHead<'_>> {
        let (nat, network) = (self.nat().iter().map(Rule::head), self.network().iter().map(Rule::head));
        nat.chain(network).chain(self.application().iter().map(Rule::head))
    }

    /// What every rule has, in order, to be changed.
    pub fn heads_mut(&mut self) -> impl Iterator<Item = HeadMut<'_>> {
        let (nat, network, application) = self.by_kind_mut();
        let (nat, network) = (nat.iter_mut().map(Rule::head_mut), network.iter_mut().map(Rule::head_mut));
        nat.chain(network).chain(application.iter_mut().map(Rule::head_mut))
    }

    /// The names of the rules, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.heads().map(|head| head.name)
    }

    /// The sources of the rules, in order.
    pub fn sources(&self) -> impl Iterator<Item = &Sources> {
        let nat = self.nat().iter().map(|rule| &rule.matches.sources);
        let network = self.network().iter().map(|rule| &rule.matches.sources);
        nat.chain(network).chain(self.application().iter().map(|rule| &rule.matches.sources))
    }

    /// The pods that the rules name as sources, in order.
    pub fn pods(&self) -> impl Iterator<Item = &Pods> {
        self.sources().flat_map(|sources| &sources.pods)
    }

    /// The pods that the rules name as sources, in order, to be changed.
    pub fn pods_mut(&mut self) -> impl Iterator<Item = &mut Pods> {
        let (nat, network, application) = self.by_kind_mut();
        let nat = nat.iter_mut().map(|rule| &mut rule.matches.sources);
        let network = network.iter_mut().map(|rule| &mut rule.matches.sources);
        let sources = nat.chain(network).chain(application.iter_mut().map(|rule| &mut rule.matches.sources));
        sources.flat_map(|sources| &mut sources.pods)
    }

    /// The lists of IP groups of the rules, as sources and as destinations.
    pub fn ip_groups(&self) -> impl Iterator<Item = &Vec<IpGroupRef>> {
        let destinations = self.network().iter().map(|rule| &rule.matches.destination_ip_groups);
        self.sources().map(|sources| &sources.ip_groups).chain(destinations)
    }

    /// The lists of IP groups of the rules, as sources and as destinations, to be changed.
    pub fn ip_groups_mut(&mut self) -> impl Iterator<Item = &mut Vec<IpGroupRef>> {
        let (nat, network, application) = self.by_kind_mut();
        let nat = nat.iter_mut().map(|rule| &mut rule.matches.sources.ip_groups);
        let network = network.iter_mut().flat_map(|rule| {
            let NetworkMatches { sources, destination_ip_groups, .. } = &mut rule.matches;
            [&mut sources.ip_groups, destination_ip_groups]
        });
        nat.chain(network).chain(application.iter_mut().map(|rule| &mut rule.matches.sources.ip_groups))
    }
}

impl fmt::Display for DnatTranslation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.target, self.port)
    }
}

impl fmt::Display for NatTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Fqdn(name) => name.fmt(f),
        }
    }
}

impl fmt::Display for RuleKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nat => "dnat",
            Self::Network => "network",
            Self::Application => "application",
        })
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        })
    }
}
