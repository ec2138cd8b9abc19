//! Trees to meaning: firewalls, route tables and private endpoints.

use std::collections::HashMap;
use std::net::Ipv4Addr;

use indexmap::IndexMap;

use crate::diag::{Code, Diagnostic, nearest};
use crate::net::{AddressSet, AddressSpan, Cidr, HostName, HostPattern};
use crate::source::{Place, SourceSpan};
use crate::syntax::{EndpointSetting, FirewallSetting, NodeKind, RoutesSetting, SyntaxNode, ast};

use super::build::Builder;
use super::eval::EvalEnv;
use super::eval_calls::PRIVATE;
use super::model::{Address, Entry, Firewall, Host, NextHop, PrivateEndpoint, Route, RoutePrefix, RouteTable, Subnet};
use super::scope::{Binding, DefinedThing};
use crate::model::{Moves, Sku, near_service_tag, service_tag, service_tags_of};

/// What a route table gives its routes: the private address and the public addresses of its firewall.
#[derive(Default)]
struct Gateway {
    name: String,
    addresses: Vec<(String, Ipv4Addr)>,
}

impl<'s> Builder<'s> {
    pub(super) fn firewall(&mut self, item: SyntaxNode<'s>, env: &EvalEnv) {
        let Some(name) = self.name(item, env) else { return };
        let mut firewall = Firewall {
            name,
            policy: None,
            sku: None,
            private_ip: None,
            public_ips: IndexMap::new(),
            origin: env.origin(item.span()),
        };
        let mut names: IndexMap<&str, SourceSpan> = IndexMap::new();
        for (keyword, part, terms) in self.parts(item, &["public-ip"], env) {
            let (Some(setting), Some(&first)) = (FirewallSetting::of(keyword), terms.first()) else { continue };
            match setting {
                FirewallSetting::Policy => firewall.policy = self.policy_name(first, env),
                FirewallSetting::Sku => {
                    let sku = self.word_of::<Sku>(Sku::WORDS, first, env);
                    firewall.sku = sku.map(|value| Entry { value, at: part.span() });
                }
                FirewallSetting::PublicIp => {
                    if let Some(other) = names.insert(first.text(), first.span()) {
                        let message = format!("the firewall has two public addresses `{}`", first.text());
                        let found = Diagnostic::new(Code::FW0203, first.span(), message);
                        self.evaluator.push(env, found.related(other, "the first one"));
                    }
                }
                // Its addresses are read below.
                FirewallSetting::PrivateIp => {}
            }
        }
        for (name, address) in self.evaluator.firewall_addresses(item, env) {
            if name == PRIVATE {
                firewall.private_ip = Some(address);
            } else {
                firewall.public_ips.insert(name, address);
            }
        }
        self.intent.firewalls.push(firewall);
    }

    fn policy_name(&mut self, term: SyntaxNode<'s>, env: &EvalEnv) -> Option<Entry<String>> {
        let value = self.value(term, env)?;
        if !self.is_policy(&value, env) {
            self.unknown_policy(&value, term.span(), env);
            return None;
        }
        Some(Entry { value, at: term.span() })
    }

    pub(super) fn routes(&mut self, item: SyntaxNode<'s>, env: &EvalEnv) {
        let Some(name) = self.name(item, env) else { return };
        let mut table = RouteTable {
            name,
            location: None,
            subnets: Vec::new(),
            routes: Vec::new(),
            bgp_propagation: None,
            origin: env.origin(item.span()),
        };
        let parts = self.parts(item, &["subnet", "route", "return"], env);
        let gateway = self.gateway(&parts, env);
        for (keyword, part, terms) in &parts {
            let Some(setting) = RoutesSetting::of(keyword) else { continue };
            let first = terms.first().copied();
            match setting {
                RoutesSetting::Location => table.location = first.and_then(|value| self.region(value, env)),
                RoutesSetting::Subnet => {
                    let prefixes = self.cidrs(*part, env);
                    let service_endpoints = self.service_endpoints(*part, env);
                    let subnet = |name| Subnet { name, prefixes, service_endpoints };
                    table.subnets.extend(first.and_then(|name| self.value(name, env)).map(subnet));
                }
                RoutesSetting::Via => first.into_iter().for_each(|via| self.default_route(&mut table, via, *part, env)),
                RoutesSetting::Route => {
                    let [prefix, hop, name @ ..] = terms.as_slice() else { continue };
                    let first = table.routes.len();
                    self.explicit_route(&mut table, *prefix, *hop, *part, env);
                    let name = name.first().and_then(|name| self.value(*name, env));
                    for route in table.routes.iter_mut().skip(first) {
                        route.name = name.clone().unwrap_or_else(|| route.name.clone());
                    }
                }
                RoutesSetting::Return => self.return_routes(&mut table, &gateway, *part, env),
                RoutesSetting::BgpPropagation => {
                    table.bgp_propagation = first.and_then(|value| self.flag(value, env));
                }
            }
        }
        self.check_routes(&table, env);
        self.intent.route_tables.push(table);
    }

    /// The firewall that the table's `via` names.
    fn gateway(&mut self, parts: &[(&'s str, SyntaxNode<'s>, Vec<SyntaxNode<'s>>)], env: &EvalEnv) -> Gateway {
        let via = parts.iter().find(|(keyword, ..)| *keyword == "via").and_then(|(_, _, terms)| terms.first());
        let Some(name) = via.map(|term| term.text()) else { return Gateway::default() };
        match self.firewall_called(name, env) {
            Some((firewall, env)) => {
                let addresses = self.evaluator.firewall_addresses(firewall, &env);
                Gateway { name: name.to_owned(), addresses }
            }
            None => Gateway::default(),
        }
    }

    fn firewall_called(&self, name: &str, env: &EvalEnv) -> Option<(SyntaxNode<'s>, EvalEnv)> {
        let Binding { what, file, .. } = self.evaluator.scopes.get(&env.file)?.get(name)?;
        let DefinedThing::Firewall(firewall) = what else { return None };
        Some((*firewall, EvalEnv::of(*file)))
    }

    fn default_route(&mut self, table: &mut RouteTable, via: SyntaxNode<'s>, part: SyntaxNode<'s>, env: &EvalEnv) {
        let Some(next_hop) = self.next_hop(via, env) else { return };
        let Some(everything) = Cidr::new(Ipv4Addr::UNSPECIFIED, 0) else { return };
        let name = format!("default-via-{}", plain_name(via.text()));
        let prefix = RoutePrefix::Cidr(everything);
        table.routes.push(Route { name, prefix, next_hop, moves: Moves::Flows, origin: env.origin(part.span()) });
    }

    fn explicit_route(
        &mut self,
        table: &mut RouteTable,
        to: SyntaxNode<'s>,
        via: SyntaxNode<'s>,
        part: SyntaxNode<'s>,
        env: &EvalEnv,
    ) {
        let (prefixes, next_hop) = (self.route_prefixes(to, env), self.next_hop(via, env));
        let Some(next_hop) = next_hop else { return };
        for prefix in prefixes {
            let name = match &prefix {
                RoutePrefix::Cidr(cidr) => format!("to-{}-{}", cidr.network(), cidr.length()),
                RoutePrefix::ServiceTag(tag) => format!("to-{tag}"),
            };
            table.routes.push(Route { name, prefix, next_hop, moves: Moves::Flows, origin: env.origin(part.span()) });
        }
    }

    /// `return via internet for …`: the public addresses of the firewall, or others, by `/32`.
    fn return_routes(&mut self, table: &mut RouteTable, gateway: &Gateway, part: SyntaxNode<'s>, env: &EvalEnv) {
        for term in ast::terms(part) {
            let known = gateway.addresses.iter().find(|(name, _)| name == term.text() && name != PRIVATE);
            let addresses = match known {
                Some((name, address)) => vec![(name.clone(), AddressSpan::from(*address))],
                None => self.return_addresses(term, gateway, env),
            };
            for (name, span) in addresses {
                let set = AddressSet::from(span);
                for cidr in set.cidrs() {
                    let name = format!("return-{}", plain_name(&name));
                    let prefix = RoutePrefix::Cidr(cidr);
                    let origin = env.origin(term.span());
                    let (next_hop, moves) = (NextHop::Internet, Moves::Replies);
                    table.routes.push(Route { name, prefix, next_hop, moves, origin });
                }
            }
        }
    }

    fn return_addresses(
        &mut self,
        term: SyntaxNode<'s>,
        gateway: &Gateway,
        env: &EvalEnv,
    ) -> Vec<(String, AddressSpan)> {
        let public = gateway.addresses.iter().map(|(name, _)| name.as_str()).filter(|&name| name != PRIVATE);
        if let Some(near) = nearest(term.text(), public).filter(|_| !term.text().contains(['.', ':'])) {
            let message = format!("firewall `{}` has no public address `{}`", gateway.name, term.text());
            let found = Diagnostic::new(Code::FW0201, term.span(), message);
            self.evaluator.push(env, found.meant(near));
            return Vec::new();
        }
        let set = self.evaluator.term(term, env);
        let set = self.evaluator.of_kind(set, super::set::SetKind::Addresses, term.span(), env);
        let spans = set.addresses.iter().filter_map(|entry| entry.value.span());
        spans.map(|span| (span.to_string(), span)).collect()
    }

    fn route_prefixes(&mut self, term: SyntaxNode<'s>, env: &EvalEnv) -> Vec<RoutePrefix> {
        let set = self.evaluator.term(term, env);
        let set = self.evaluator.of_kind(set, super::set::SetKind::Addresses, term.span(), env);
        let mut prefixes = Vec::new();
        for Entry { value, at } in set.addresses {
            match value {
                Address::Any => prefixes.extend(Cidr::new(Ipv4Addr::UNSPECIFIED, 0).map(RoutePrefix::Cidr)),
                Address::Span(span) => {
                    prefixes.extend(AddressSet::from(span).cidrs().into_iter().map(RoutePrefix::Cidr))
                }
                Address::ServiceTag(tag) => prefixes.push(RoutePrefix::ServiceTag(tag)),
                Address::IpGroup(_) | Address::OutsideIpGroup(_) | Address::Pods(_) | Address::Ipv6(_) => {
                    self.evaluator.report(
                        env,
                        Code::FW0207,
                        at,
                        "a route takes prefixes and service tags, not IP groups and pods",
                    );
                }
            }
        }
        prefixes
    }

    fn next_hop(&mut self, term: SyntaxNode<'s>, env: &EvalEnv) -> Option<NextHop> {
        if let Some(hop) = hop_word(term.text()) {
            return Some(hop);
        }
        let Some((firewall, home)) = self.firewall_called(term.text(), env) else {
            let is_address = term.text().starts_with(|c: char| c.is_ascii_digit()) || term.text().contains(':');
            if is_address {
                return self.evaluator.single_address(term, env).map(NextHop::Appliance);
            }
            self.unknown_next_hop(term, env);
            return None;
        };
        let addresses = self.evaluator.firewall_addresses(firewall, &home);
        let private = addresses.into_iter().find(|(name, _)| name == PRIVATE);
        if private.is_none() && !ast::is_broken(firewall) && !ast::may_have_stated(firewall, "private-ip") {
            let message = format!("firewall `{}` has no `private-ip` to route to", term.text());
            let defined = ast::name(firewall).map_or(firewall.span(), |name| name.span());
            let found = Diagnostic::new(Code::FW0211, term.span(), message).related(defined, "this firewall");
            self.evaluator.push(env, found.help("add `private-ip 10.0.1.4`"));
        }
        private.map(|(_, address)| NextHop::Appliance(address))
    }

    fn unknown_next_hop(&mut self, term: SyntaxNode<'s>, env: &EvalEnv) {
        let scope = self.evaluator.scopes.get(&env.file).into_iter().flatten();
        let firewalls = scope
            .filter(|(_, binding)| matches!(binding.what, DefinedThing::Firewall(_)))
            .map(|(name, _)| name.as_ref());
        let near = nearest(term.text(), firewalls.chain(HOPS.iter().map(|(word, _)| *word)));
        let found = Diagnostic::new(Code::FW0201, term.span(), format!("`{}` is not a next hop", term.text()));
        let found = match near {
            Some(near) => found.meant(near),
            None => found.help("a route leads to a firewall, an address, `gateway`, `internet`, `vnet` or `none`"),
        };
        self.evaluator.push(env, found);
    }

    /// Two routes of one table to one prefix cannot both hold.
    fn check_routes(&mut self, table: &RouteTable, env: &EvalEnv) {
        let mut seen: HashMap<&RoutePrefix, Place> = HashMap::new();
        for route in &table.routes {
            if let Some(&first) = seen.get(&route.prefix) {
                let message = format!("route table `{}` routes one prefix twice", table.name.value);
                let found = Diagnostic::new(Code::FW0203, route.origin.at, message).related(first, "first routed here");
                self.evaluator.push(env, found);
            }
            seen.entry(&route.prefix).or_insert(route.origin.at);
        }
    }

    /// The service tags of the list after `service-endpoints`.
    fn service_endpoints(&mut self, part: SyntaxNode<'s>, env: &EvalEnv) -> Vec<String> {
        let lists = part.children_of(NodeKind::List).skip(1);
        let terms: Vec<SyntaxNode<'s>> = lists.flat_map(|list| list.children_of(NodeKind::Term)).collect();
        terms.into_iter().filter_map(|term| self.service_endpoint(term, env)).collect()
    }

    /// A service tag; quoted, one that is not known too. The names of ARM, such as `Microsoft.Storage`, are told apart.
    fn service_endpoint(&mut self, term: SyntaxNode<'s>, env: &EvalEnv) -> Option<String> {
        let name = self.value(term, env)?;
        let is_quoted = term.text().starts_with('"');
        match service_tag(&name) {
            Some(tag) => Some(tag),
            None if is_quoted && !name.is_empty() => Some(name),
            None => {
                let of_arm = service_tags_of(&name).into_iter().find(|tag| service_tag(tag).is_some());
                let near = of_arm.or_else(|| near_service_tag(&name));
                self.evaluator.unknown_word("service tag", &name, near.as_deref(), term.span(), env);
                None
            }
        }
    }

    fn cidrs(&mut self, part: SyntaxNode<'s>, env: &EvalEnv) -> Vec<Cidr> {
        let entries = self.evaluator.addresses(part, env).unwrap_or_default();
        entries.iter().filter_map(|entry| entry.value.span()).collect::<AddressSet>().cidrs()
    }

    pub(super) fn private_endpoint(&mut self, item: SyntaxNode<'s>, env: &EvalEnv) {
        let Some(name) = self.name(item, env) else { return };
        let mut endpoint = PrivateEndpoint {
            name,
            hosts: Vec::new(),
            addresses: AddressSet::default(),
            zones: Vec::new(),
            origin: env.origin(item.span()),
        };
        for (keyword, part, _) in self.parts(item, &["host", "address", "zone"], env) {
            let Some(setting) = EndpointSetting::of(keyword) else { continue };
            match setting {
                EndpointSetting::Host => endpoint.hosts.extend(self.host_names(part, env)),
                EndpointSetting::Address => {
                    let more: AddressSet = self.cidrs(part, env).into_iter().map(AddressSpan::Cidr).collect();
                    endpoint.addresses = endpoint.addresses.union(&more);
                }
                EndpointSetting::Zone => endpoint.zones.extend(self.host_names(part, env)),
            }
        }
        let needs = [
            (endpoint.hosts.is_empty(), "host", "contoso.blob.core.windows.net"),
            (endpoint.addresses.is_empty(), "address", "10.0.2.4"),
        ];
        let is_missing = |what| !ast::is_broken(item) && !ast::may_have_stated(item, what);
        for (_, what, example) in needs.into_iter().filter(|&(missing, what, _)| missing && is_missing(what)) {
            let message = format!("private endpoint `{}` has no `{what}`", endpoint.name.value);
            let found = Diagnostic::new(Code::FW0211, endpoint.name.at, message);
            self.evaluator.push(env, found.help(format!("add one, as in `{what} {example}`")));
        }
        self.intent.private_endpoints.push(endpoint);
    }

    /// The host names of a list, none of them a wildcard.
    fn host_names(&mut self, part: SyntaxNode<'s>, env: &EvalEnv) -> Vec<Entry<HostName>> {
        let set = self.evaluator.list(part, env);
        let set = self.evaluator.of_kind(set, super::set::SetKind::Hosts, part.span(), env);
        let mut names = Vec::new();
        for Entry { value, at } in set.hosts {
            match value {
                Host::Pattern(HostPattern::Exact(value)) => names.push(Entry { value, at }),
                Host::Pattern(HostPattern::Below(_) | HostPattern::Ending(_) | HostPattern::Any)
                | Host::FqdnTag(_)
                | Host::Category(_)
                | Host::Url(_) => {
                    self.evaluator.report(env, Code::FW0202, at, "only host names without wildcards are allowed here")
                }
            }
        }
        names
    }
}

/// The next hops that are words of the language.
const HOPS: [(&str, NextHop); 4] = [
    ("internet", NextHop::Internet),
    ("gateway", NextHop::Gateway),
    ("vnet", NextHop::VnetLocal),
    ("none", NextHop::None),
];

fn hop_word(word: &str) -> Option<NextHop> {
    HOPS.iter().find(|(known, _)| *known == word).map(|(_, hop)| *hop)
}

/// A text as part of a resource name.
fn plain_name(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' }).collect()
}
