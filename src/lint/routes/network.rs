//! The rules, the route tables and the firewalls of a model, and the sources and destinations of their traffic.

use std::net::Ipv4Addr;

use crate::diag::{Code, Diagnostic, Diagnostics, EvidenceRule};
use crate::evaluate::{Knowledge, SortedRule};
use crate::intent::{Intent, PrivateEndpoint};
use crate::model::{
    Action, AddressTerm, Firewall, IpGroupRef, Model, NatRule, NatTarget, NetworkSubnet, Policy, Sources,
};
use crate::net::{AddressSet, HostName, HostPattern};
use crate::source::Origin;
use crate::way::Ways;

use super::reserved::Reserved;
use super::table::LintedTable;

/// Looks at the routes of a model.
pub(super) type OfRoutes = fn(&LintedNetwork<'_>) -> Diagnostics;

/// What the lints on routes read.
pub(super) struct LintedNetwork<'m> {
    pub tables: Vec<LintedTable<'m>>,
    pub firewalls: &'m [Firewall],
    pub filters: Vec<NetworkFilter<'m>>,
    pub dnats: Vec<LintedDnat<'m>>,
    pub ingress: Vec<Ingress<'m>>,
    /// Where the network sends flows, subnet by subnet.
    pub ways: Ways<'m>,
    pub endpoints: &'m [PrivateEndpoint],
    pub known: &'m Knowledge,
    /// Whether it is that of a source. An artefact does not distinguish routes for replies from others, and often
    /// leaves to another one which subnets a table serves.
    pub is_of_source: bool,
    model: &'m Model,
}

/// A network or application rule.
pub(super) struct NetworkFilter<'m> {
    pub rule: SortedRule<'m>,
    path: EvidenceRule,
    /// The sources, entry by entry.
    pub senders: Vec<AddressSet>,
    /// The addresses it names, entry by entry.
    pub addresses: Vec<AddressSet>,
    /// The service tags it names whose addresses are not known.
    pub tags: Vec<&'m str>,
    /// The names it names.
    pub names: Vec<HostPattern>,
    /// Whether it names destinations in another way: tags, categories, URLs.
    pub other_names: bool,
}

/// A DNAT rule.
pub(super) struct Ingress<'m> {
    rule: &'m NatRule,
    path: EvidenceRule,
    pub senders: AddressSet,
    /// The addresses of the firewall that it takes flows at.
    pub at: Vec<Ipv4Addr>,
}

/// A DNAT rule at one address of the firewall, to one address.
pub(super) struct LintedDnat<'m> {
    pub rule: &'m NatRule,
    path: EvidenceRule,
    pub senders: AddressSet,
    pub at: Ipv4Addr,
    pub target: Ipv4Addr,
}

impl<'m> LintedNetwork<'m> {
    pub fn new(model: &'m Model, intent: Option<&'m Intent>, known: &'m Knowledge) -> Self {
        let name_at = |name: &str| {
            let tables = intent.map(|intent| intent.route_tables.as_slice()).unwrap_or_default();
            tables.iter().find(|table| table.name.value == name).map(|table| table.name.at)
        };
        let tables = model.route_tables.iter();
        let tables = tables.map(|table| LintedTable::new(table, name_at(&table.name), model, known)).collect();
        let endpoints = intent.map(|intent| intent.private_endpoints.as_slice()).unwrap_or_default();
        let mut network = Self {
            tables,
            firewalls: &model.firewalls,
            filters: Vec::new(),
            dnats: Vec::new(),
            ingress: Vec::new(),
            ways: Ways::of(model, known),
            endpoints,
            known,
            is_of_source: intent.is_some(),
            model,
        };
        network.read(model);
        network
    }

    fn read(&mut self, model: &'m Model) {
        for policy in &model.policies {
            for group in &policy.groups {
                for collection in &group.collections {
                    let path = |rule: &str| EvidenceRule {
                        policy: policy.name.to_string(),
                        group: group.name.to_string(),
                        collection: collection.name.clone(),
                        rule: rule.to_owned(),
                    };
                    for rule in SortedRule::all(&collection.rules) {
                        match rule {
                            SortedRule::Nat(dnat) => {
                                let ingress = Ingress::new(dnat, path(&dnat.name), model);
                                self.dnats.extend(ingress.dnats());
                                self.ingress.push(ingress);
                            }
                            SortedRule::Network(..) | SortedRule::Application(..) => {
                                self.filters.push(NetworkFilter::new(rule, path(rule.name()), model));
                            }
                        }
                    }
                }
            }
        }
    }

    /// The tables of subnets that send what the firewall is to see.
    pub fn workload_tables(&self) -> impl Iterator<Item = &LintedTable<'m>> {
        self.tables.iter().filter(|table| table.is_of_machines())
    }

    /// The table of the subnet of the firewall with this address of its own; where the input states no such address, the only
    /// table of a firewall's subnet.
    pub fn firewall_table(&self, private: Option<Ipv4Addr>) -> Option<&LintedTable<'m>> {
        let mut tables = self.tables.iter().filter(|table| table.is_of(Reserved::Firewall));
        match private {
            Some(private) => tables.find(|table| table.subnets.contains(private)),
            None => tables.next().filter(|_| tables.next().is_none()),
        }
    }

    /// The subnets of stated virtual networks.
    pub fn subnets(&self) -> impl Iterator<Item = &'m NetworkSubnet> {
        self.model.virtual_networks.iter().flat_map(|network| &network.subnets)
    }

    /// The addresses that a name has here.
    pub fn addresses_of(&self, name: &HostPattern) -> AddressSet {
        let known = match name {
            HostPattern::Exact(name) => self.known.addresses_of(name).cloned(),
            HostPattern::Any | HostPattern::Below(_) | HostPattern::Ending(_) => None,
        };
        known.unwrap_or_else(AddressSet::internet)
    }

    /// The first name of a private endpoint that a pattern takes in.
    pub fn private_name(&self, pattern: &HostPattern) -> Option<(&'m HostName, &'m PrivateEndpoint)> {
        let names = self.endpoints.iter().flat_map(|endpoint| endpoint.hosts.iter().map(move |host| (host, endpoint)));
        let mut names = names.map(|(host, endpoint)| (&host.value, endpoint));
        names.find(|(name, _)| pattern.matches(name))
    }

    /// Whether a firewall has a rule: of the policy attached to it, or of that policy's bases.
    pub fn reads(&self, firewall: &Firewall, rule: &NetworkFilter<'_>) -> bool {
        let policy = firewall.policy.as_deref().and_then(|name| self.model.policy(name));
        policy.is_some_and(|policy| self.has(policy, rule))
    }

    fn has(&self, policy: &Policy, rule: &NetworkFilter<'_>) -> bool {
        let bases = self.model.bases(policy);
        std::iter::once(policy).chain(bases).any(|policy| policy.name == rule.path.policy)
    }

    /// The policies of the model.
    pub fn policies(&self) -> impl Iterator<Item = &'m Policy> {
        self.model.policies.iter()
    }

    /// The network and application rules of a policy, those of its bases among them.
    pub fn rules_of<'n>(&'n self, policy: &'n Policy) -> impl Iterator<Item = &'n NetworkFilter<'m>> {
        self.filters.iter().filter(|rule| self.has(policy, rule))
    }

    /// Whether some part of the network has a gateway, which may learn routes.
    pub fn has_gateway(&self) -> bool {
        let to_gateway = |table: &LintedTable<'_>| {
            table.table.routes.iter().any(|route| route.next_hop == crate::model::NextHop::Gateway)
        };
        self.tables.iter().any(|table| table.is_of(Reserved::Gateway) || to_gateway(table))
    }
}

impl<'m> NetworkFilter<'m> {
    fn new(rule: SortedRule<'m>, path: EvidenceRule, model: &'m Model) -> Self {
        let mut filter = Self {
            rule,
            path,
            senders: Vec::new(),
            addresses: Vec::new(),
            tags: Vec::new(),
            names: Vec::new(),
            other_names: false,
        };
        match rule {
            SortedRule::Nat(_) => {}
            SortedRule::Network(_, rule) => {
                filter.senders = senders(&rule.matches.sources, model);
                filter.addresses = entries(&rule.matches.destinations, &rule.matches.destination_ip_groups, model);
                filter.tags = tags(&rule.matches.destinations);
                filter.names = rule.matches.destination_fqdns.iter().cloned().map(HostPattern::Exact).collect();
            }
            SortedRule::Application(_, rule) => {
                filter.senders = senders(&rule.matches.sources, model);
                filter.names.clone_from(&rule.matches.fqdns);
                filter.other_names = !(rule.matches.urls.is_empty()
                    && rule.matches.fqdn_tags.is_empty()
                    && rule.matches.web_categories.is_empty());
            }
        }
        filter
    }

    pub fn path(&self) -> &EvidenceRule {
        &self.path
    }

    pub fn denies(&self) -> bool {
        self.rule.action() == Action::Deny
    }

    /// All sources.
    pub fn all_senders(&self) -> AddressSet {
        self.senders.iter().fold(AddressSet::default(), |all, entry| all.union(entry))
    }

    /// Whether the rule came through an `apply`.
    pub fn is_applied(&self) -> bool {
        self.rule.origin().is_some_and(|origin| !origin.via.is_empty())
    }

    /// A finding about the rule, at its text where there is one.
    pub fn finding(&self, code: &'static Code, message: impl Into<String>) -> Diagnostic {
        let found = match self.rule.origin() {
            Some(origin) => Diagnostic::at_origin(code, origin, message),
            None => Diagnostic::nowhere(code, message),
        };
        found.rule(self.path.clone())
    }

    /// Adds this rule to a finding elsewhere as a rule that it concerns.
    pub fn concerned(&self, found: Diagnostic, words: &str) -> Diagnostic {
        match self.rule.origin() {
            Some(origin) => found.related(origin.outermost(), words).about(origin),
            None => found.rule(self.path.clone()),
        }
    }

    /// The words of a message for it.
    pub fn called(&self) -> String {
        match self.rule.origin().and_then(Origin::span) {
            Some(_) => "this rule".to_owned(),
            None => format!("rule `{}`", self.path),
        }
    }
}

impl LintedDnat<'_> {
    /// A finding about the rule, at its text where there is one.
    pub fn finding(&self, code: &'static Code, message: impl Into<String>) -> Diagnostic {
        about(self.rule, &self.path, code, message)
    }
}

impl<'m> Ingress<'m> {
    fn new(rule: &'m NatRule, path: EvidenceRule, model: &Model) -> Self {
        let entries = senders(&rule.matches.sources, model);
        let senders = entries.iter().fold(AddressSet::default(), |all, entry| all.union(entry));
        let at = rule.matches.destinations.iter().filter_map(|term| match term {
            AddressTerm::Span(span) => span.single(),
            AddressTerm::Any | AddressTerm::ServiceTag(_) | AddressTerm::Ipv6(_) => None,
        });
        Self { rule, path, senders, at: at.collect() }
    }

    /// The rule at each of its addresses. One to a host name goes wherever that leads, which is not known here.
    fn dnats(&self) -> Vec<LintedDnat<'m>> {
        let NatTarget::Address(target) = self.rule.handling.target else { return Vec::new() };
        let dnat = |&at: &Ipv4Addr| LintedDnat {
            rule: self.rule,
            path: self.path.clone(),
            senders: self.senders.clone(),
            at,
            target,
        };
        self.at.iter().map(dnat).collect()
    }

    /// A finding about the rule, at its text where there is one.
    pub fn finding(&self, code: &'static Code, message: impl Into<String>) -> Diagnostic {
        about(self.rule, &self.path, code, message)
    }
}

fn about(rule: &NatRule, path: &EvidenceRule, code: &'static Code, message: impl Into<String>) -> Diagnostic {
    let found = match &rule.origin {
        Some(origin) => Diagnostic::at_origin(code, origin, message),
        None => Diagnostic::nowhere(code, message),
    };
    found.rule(path.clone())
}

fn senders(sources: &Sources, model: &Model) -> Vec<AddressSet> {
    entries(&sources.addresses, &sources.ip_groups, model)
}

/// The addresses of each entry, as far as they are known.
fn entries(terms: &[AddressTerm], groups: &[IpGroupRef], model: &Model) -> Vec<AddressSet> {
    let terms = terms.iter().filter_map(|term| match term {
        AddressTerm::Any => Some(AddressSet::any()),
        AddressTerm::Span(span) => Some(AddressSet::from(*span)),
        AddressTerm::ServiceTag(_) | AddressTerm::Ipv6(_) => None,
    });
    let groups = groups.iter().filter_map(|group| model.ip_group(group)).map(|group| group.address_set());
    terms.chain(groups).collect()
}

fn tags(terms: &[AddressTerm]) -> Vec<&str> {
    terms
        .iter()
        .filter_map(|term| match term {
            AddressTerm::ServiceTag(tag) => Some(tag.as_str()),
            AddressTerm::Any | AddressTerm::Span(_) | AddressTerm::Ipv6(_) => None,
        })
        .collect()
}
