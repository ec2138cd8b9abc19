//! Random models: every kind of rule, all settings, and texts that would break out of an artefact's syntax.

use std::net::Ipv4Addr;

use fwc::model::*;
use fwc::model::{
    BypassProtocol, Dns, ExplicitProxy, Idps, IdpsBypass, IdpsMode, IdpsProfile, Insights, Pods, Priority, Settings,
    Sku, Snat, ThreatIntel, ThreatIntelAllow, Tls, UnknownSetting,
};
use fwc::net::*;
use indexmap::IndexMap;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

/// Models as `azure` makes them: unique names, no empty names.
pub fn models() -> impl Strategy<Value = Model> {
    let ip_groups = vec(ip_group(), 0..4)
        .prop_map(|groups| groups.into_iter().map(|group| (group.id(), group)).collect::<IndexMap<_, _>>());
    (ip_groups, vec(route_table(), 0..3)).prop_flat_map(|(ip_groups, tables)| {
        let names: Vec<String> = ip_groups.values().map(|group| group.name.to_string()).collect();
        vec(policy(names), 1..4).prop_map(move |policies| Model {
            policies: inherit(unique(policies, |policy| &mut policy.name)),
            ip_groups: ip_groups.clone(),
            route_tables: unique(tables.clone(), |table| &mut table.name),
            ..Model::default()
        })
    })
}

/// Models, some rules of which have pods as sources.
pub fn with_pods() -> impl Strategy<Value = Model> {
    (models(), vec(of(pods()), 1..6)).prop_map(|(mut model, choices)| {
        let mut choices = choices.into_iter().cycle();
        let collections =
            model.policies.iter_mut().flat_map(|policy| &mut policy.groups).flat_map(|group| &mut group.collections);
        for collection in collections {
            match &mut collection.rules {
                Rules::Nat(_) => {}
                Rules::Network(_, rules) => {
                    rules.iter_mut().for_each(|rule| rule.matches.sources.pods.extend(choices.next().flatten()));
                }
                Rules::Application(_, rules) => {
                    rules.iter_mut().for_each(|rule| rule.matches.sources.pods.extend(choices.next().flatten()));
                }
            }
        }
        model
    })
}

/// Models, some rules and collections of which have security profiles, and some policies.
pub fn with_profiles() -> impl Strategy<Value = Model> {
    (with_pods(), vec(of(profiles()), 1..6)).prop_map(|(mut model, choices)| {
        let mut choices = choices.into_iter().cycle();
        let mut next = || choices.next().flatten();
        for policy in &mut model.policies {
            policy
                .settings
                .other
                .extend(next().map(|value| ("properties/globalSecurityProfileGroup".to_owned(), value)));
            for collection in policy.groups.iter_mut().flat_map(|group| &mut group.collections) {
                carry(&mut collection.carried, Bearer::Collection, next());
                match &mut collection.rules {
                    Rules::Nat(rules) => {
                        rules.iter_mut().for_each(|rule| carry(&mut rule.carried, Bearer::Rule, next()))
                    }
                    Rules::Network(_, rules) => {
                        rules.iter_mut().for_each(|rule| carry(&mut rule.carried, Bearer::Rule, next()));
                    }
                    Rules::Application(_, rules) => {
                        rules.iter_mut().for_each(|rule| carry(&mut rule.carried, Bearer::Rule, next()));
                    }
                }
            }
        }
        model
    })
}

fn carry(carried: &mut Carried, on: Bearer, value: Option<Value>) {
    if let Some(value) = value {
        carried.insert(carried_property(on, SECURITY_PROFILE_GROUP).unwrap(), value);
    }
}

/// Security profiles, as a reference and in shapes that nobody knows yet.
fn profiles() -> impl Strategy<Value = Value> {
    prop_oneof![
        text().prop_map(|text| json!({ "id": text })),
        text().prop_map(|text| json!({ "mode": text, "levels": [1, -2.5, true, null] })),
        text().prop_map(Value::String),
    ]
}

/// Pods, each set with a name of its own, and with what Azure has among the labels in front.
fn pods() -> impl Strategy<Value = Pods> {
    let selected = [
        ("web", "app=web, tier in (front, back), zone notin (a, b), team, !legacy", ""),
        ("jobs.batch_", "batch.kubernetes.io/job-name=x, env!=prod", "kubernetes.io/metadata.name=shop"),
        ("all-of-shop", "", "kubernetes.io/metadata.name in (shop, shop-2)"),
        ("empty-value", "canary=", "team"),
    ];
    let selected = selected.map(|(name, labels, namespaces)| Pods::Selected {
        name: Some(name.to_owned()),
        labels: labels.parse().unwrap(),
        namespaces: namespaces.parse().unwrap(),
    });
    let id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/firewallPolicies/p/kubeSelectorGroups/k";
    select(selected.into_iter().chain([Pods::Group(id.to_owned())]).collect::<Vec<_>>())
}

/// Every second policy inherits the one before it, so that no policy is its own base.
fn inherit(mut policies: Vec<Policy>) -> Vec<Policy> {
    let names: Vec<String> = policies.iter().map(|policy| policy.name.to_string()).collect();
    for (policy, base) in policies.iter_mut().skip(1).zip(names) {
        policy.base = policy.base.take().or(Some(Base::Named(base.into())));
    }
    policies
}

/// Names apart from each other, without regard to case.
fn unique<T>(items: Vec<T>, name: impl Fn(&mut T) -> &mut ResourceName) -> Vec<T> {
    let numbered = items.into_iter().enumerate().map(|(index, mut item)| {
        let name = name(&mut item);
        *name = format!("{index}{name}").into();
        item
    });
    numbered.collect()
}

/// Each text once, without regard to case.
fn distinct(mut items: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    items.retain(|item| seen.insert(item.to_ascii_lowercase()));
    items
}

/// Any text but the empty one, hostile ones often.
pub fn text() -> BoxedStrategy<String> {
    let hostile = select(vec![
        "[x]",
        "[[x]",
        "[[[x]]",
        "[",
        "]",
        "[resourceGroup().location]",
        "it's",
        "\"",
        "\\",
        "${x}",
        "%{x}",
        "a\nb",
        "\u{0}",
        "'''",
        "<script>",
        "|`*_",
        "{0}",
        "ä€😀",
        "\u{202e}",
        "null",
        "true",
        "*",
        " ",
    ]);
    prop_oneof![hostile.prop_map(str::to_owned), "[a-z ]{1,8}", "\\PC{1,6}"].boxed()
}

fn description() -> impl Strategy<Value = Option<String>> {
    prop_oneof![of(text()), Just(Some(String::new()))]
}

/// The name of a resource: any text that does not part names, and no expression of its own.
fn name() -> BoxedStrategy<String> {
    text().prop_map(|text| text.replace('/', "-")).boxed()
}

fn id() -> BoxedStrategy<String> {
    let ids = [
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/ipGroups/in another template",
        "[/id]",
        "/a/it's",
    ];
    select(ids.to_vec()).prop_map(str::to_owned).boxed()
}

fn address() -> impl Strategy<Value = Ipv4Addr> {
    any::<u32>().prop_map(Ipv4Addr::from)
}

fn cidr() -> impl Strategy<Value = Cidr> {
    (any::<u32>(), 0..=32u8).prop_filter_map("host bits", |(bits, length)| {
        let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
        Cidr::new((bits & mask).into(), length)
    })
}

fn span() -> BoxedStrategy<AddressSpan> {
    let range = (any::<u32>(), any::<u16>())
        .prop_filter_map("overflow", |(first, size)| Interval::new(first, first.checked_add(size.into())?));
    prop_oneof![cidr().prop_map(AddressSpan::Cidr), range.prop_map(AddressSpan::from)].boxed()
}

fn ipv6() -> impl Strategy<Value = Ipv6Span> {
    let prefix = (any::<u128>(), 0..=128u8).prop_map(|(bits, length)| Ipv6Span::Prefix(bits.into(), length));
    let range = (any::<u128>(), any::<u128>());
    prop_oneof![prefix, range.prop_map(|(a, b)| Ipv6Span::Range(a.min(b).into(), a.max(b).into()))]
}

fn source() -> impl Strategy<Value = AddressTerm> {
    prop_oneof![
        2 => Just(AddressTerm::Any),
        2 => span().prop_map(AddressTerm::Span),
        1 => ipv6().prop_map(AddressTerm::Ipv6),
    ]
}

fn destination() -> impl Strategy<Value = AddressTerm> {
    let tags = select(vec!["Storage", "AzureCloud.westeurope", "Sql"]).prop_map(str::to_owned);
    prop_oneof![source(), tags.prop_map(AddressTerm::ServiceTag)]
}

fn port_span() -> BoxedStrategy<PortSpan> {
    (1..=u16::MAX, 0..50u16)
        .prop_filter_map("overflow", |(first, size)| PortSpan::new(first, first.checked_add(size)?))
        .boxed()
}

fn ports() -> impl Strategy<Value = PortSet> {
    prop_oneof![Just(PortSet::any()), Just(PortSet::empty()), vec(port_span(), 1..4).prop_map(PortSet::from_iter)]
}

fn host() -> BoxedStrategy<HostName> {
    "[a-z]{1,5}(\\.[a-z0-9]{1,5}){1,2}".prop_map(|name| name.parse().expect("a host name")).boxed()
}

fn pattern() -> impl Strategy<Value = HostPattern> {
    prop_oneof![
        Just(HostPattern::Any),
        host().prop_map(HostPattern::Exact),
        host().prop_map(HostPattern::Below),
        host().prop_map(HostPattern::Ending),
    ]
}

fn priority() -> impl Strategy<Value = Priority> {
    (100..=65000u32).prop_filter_map("a priority", Priority::new)
}

fn ip_group_refs(names: &[String]) -> BoxedStrategy<Vec<IpGroupRef>> {
    let outside = id().prop_map(IpGroupRef::Id);
    if names.is_empty() {
        return vec(outside, 0..2).boxed();
    }
    vec(prop_oneof![outside, select(names.to_vec()).prop_map(|name| IpGroupRef::Named(name.into()))], 0..3).boxed()
}

fn sources(names: &[String]) -> BoxedStrategy<Sources> {
    (vec(source(), 0..3), ip_group_refs(names))
        .prop_map(|(addresses, ip_groups)| Sources { addresses, ip_groups, pods: Vec::new() })
        .boxed()
}

fn nat_rule(names: &[String]) -> impl Strategy<Value = NatRule> + use<> {
    let target = prop_oneof![address().prop_map(NatTarget::Address), host().prop_map(NatTarget::Fqdn)];
    let protocols = select(vec![NetworkProtocol::Tcp, NetworkProtocol::Udp]);
    let said = (text(), description(), vec(protocols, 1..3), sources(names));
    (said, vec(destination(), 1..3), vec(port_span(), 1..2), target, 1..=u16::MAX).prop_map(
        |((name, description, protocols, sources), destinations, ports, target, target_port)| NatRule {
            name,
            description,
            origin: None,
            matches: NatMatches { protocols, sources, destinations, ports },
            handling: DnatTranslation { target, port: target_port },
            carried: Default::default(),
        },
    )
}

fn network_rule(names: &[String]) -> impl Strategy<Value = NetworkRule> + use<> {
    let protocols = vec(select(NetworkProtocol::ALL.to_vec()), 1..3);
    let said = (text(), description(), protocols, sources(names), ports());
    (said, vec(destination(), 0..3), ip_group_refs(names), vec(host(), 0..3)).prop_map(
        |((name, description, protocols, sources, ports), destinations, destination_ip_groups, destination_fqdns)| {
            NetworkRule {
                name,
                description,
                origin: None,
                matches: NetworkMatches {
                    ports,
                    protocols,
                    sources,
                    destinations,
                    destination_ip_groups,
                    destination_fqdns,
                },
                handling: (),
                carried: Default::default(),
            }
        },
    )
}

fn application_rule(names: &[String]) -> impl Strategy<Value = ApplicationRule> + use<> {
    let protocols = vec((select(AppProtocol::ALL.to_vec()), 1..=64000u16), 1..3);
    let said = (text(), description(), protocols, sources(names));
    let targets = (vec(pattern(), 0..3), vec(text(), 0..2), vec(text(), 0..2), vec(text(), 0..2));
    (said, vec(destination(), 0..2), targets, any::<bool>(), vec((text(), text()), 0..2)).prop_map(
        |((name, description, protocols, sources), destinations, targets, terminate_tls, headers)| ApplicationRule {
            name,
            description,
            origin: None,
            matches: ApplicationMatches {
                protocols,
                sources,
                destinations,
                fqdns: targets.0,
                urls: targets.1,
                fqdn_tags: targets.2,
                web_categories: targets.3,
            },
            handling: Inspection { terminate_tls, headers },
            carried: Default::default(),
        },
    )
}

fn action() -> impl Strategy<Value = Action> {
    select(Action::ALL.to_vec())
}

fn collection(names: &[String]) -> impl Strategy<Value = Collection> + use<> {
    let rules = prop_oneof![
        vec(nat_rule(names), 0..3).prop_map(Rules::Nat),
        (action(), vec(network_rule(names), 1..3)).prop_map(|(action, rules)| Rules::Network(action, rules)),
        (action(), vec(application_rule(names), 1..3)).prop_map(|(action, rules)| Rules::Application(action, rules)),
    ];
    (text(), priority(), rules).prop_map(|(name, priority, rules)| Collection {
        name,
        priority,
        presence: Presence::Always,
        rules,
        carried: Default::default(),
        origin: None,
    })
}

fn group(names: &[String]) -> impl Strategy<Value = Group> + use<> {
    (name(), priority(), vec(collection(names), 0..3)).prop_map(|(name, priority, collections)| Group {
        name: name.into(),
        priority,
        presence: Presence::Always,
        collections,
        origin: None,
    })
}

fn policy(names: Vec<String>) -> impl Strategy<Value = Policy> {
    (name(), of(id().prop_map(Base::id)), settings(), vec(group(&names), 0..4)).prop_map(
        |(name, base, settings, groups)| Policy {
            scope: Scope::default(),
            name: name.into(),
            base,
            settings,
            groups: unique(groups, |group| &mut group.name),
            origin: None,
        },
    )
}

fn ip_group() -> impl Strategy<Value = IpGroup> {
    (name(), of(text()), vec(span(), 0..4), vec(ipv6(), 0..2)).prop_map(|(name, location, addresses, ipv6)| IpGroup {
        scope: Scope::default(),
        name: name.into(),
        location,
        addresses,
        ipv6,
        origin: None,
    })
}

/// The routes without those to a prefix that an earlier one has, which Azure refuses.
fn apart(mut routes: Vec<Route>) -> Vec<Route> {
    let mut seen = std::collections::BTreeSet::new();
    routes.retain(|route| seen.insert(route.prefix.to_string()));
    routes
}

fn route_table() -> impl Strategy<Value = RouteTable> {
    (name(), of(text()), of(any::<bool>()), vec(route(), 0..3)).prop_map(
        |(name, location, disable_bgp_propagation, routes)| RouteTable {
            scope: Scope::default(),
            name: name.into(),
            location,
            disable_bgp_propagation,
            routes: apart(unique(routes, |route| &mut route.name)),
            subnets: Vec::new(),
            origin: None,
        },
    )
}

fn route() -> impl Strategy<Value = Route> {
    let tag = Just(RoutePrefix::ServiceTag("AzureMonitor".into()));
    let prefix = prop_oneof![cidr().prop_map(RoutePrefix::Cidr), tag];
    let hops = vec![NextHop::Internet, NextHop::Gateway, NextHop::VnetLocal, NextHop::None];
    let next_hop = prop_oneof![address().prop_map(NextHop::Appliance), select(hops)];
    (name(), prefix, next_hop).prop_map(|(name, prefix, next_hop)| Route {
        name: name.into(),
        prefix,
        next_hop,
        moves: Moves::Flows,
        origin: None,
    })
}

fn settings() -> impl Strategy<Value = Settings> {
    let first = (
        of(text()),
        select(Sku::ALL.to_vec()),
        of(select(ThreatIntel::ALL.to_vec())),
        of(allow()),
        of(dns()),
        of(idps()),
    );
    let second = (of(tls()), vec(id(), 0..2), of(explicit_proxy()), of(any::<bool>()), of(snat()), of(insights()));
    let tags = proptest::collection::btree_map("[a-z\\[\\]'$]{1,4}", text(), 0..3);
    (first, second, tags).prop_map(|(first, second, tags)| Settings {
        location: first.0,
        sku: first.1,
        threat_intel: first.2,
        threat_intel_allow: first.3,
        dns: first.4,
        idps: first.5,
        tls: second.0,
        identities: distinct(second.1),
        explicit_proxy: second.2,
        sql_redirect: second.3,
        snat: second.4,
        insights: second.5,
        tags: tags.into_iter().collect(),
        other: IndexMap::new(),
        unknown: UnknownSetting::default(),
        is_managed: false,
    })
}

fn allow() -> impl Strategy<Value = ThreatIntelAllow> {
    (vec(text(), 0..3), vec(span(), 0..3)).prop_map(|(fqdns, addresses)| ThreatIntelAllow { fqdns, addresses })
}

fn dns() -> impl Strategy<Value = Dns> {
    (any::<bool>(), vec(address(), 0..3), of(any::<bool>())).prop_map(|(proxy, servers, network_rules_need_proxy)| {
        Dns { proxy: Some(proxy), servers, network_rules_need_proxy }
    })
}

fn idps() -> impl Strategy<Value = Idps> {
    let modes = || select(IdpsMode::ALL.to_vec());
    let signatures = proptest::collection::btree_map("[0-9]{1,7}", modes(), 0..3);
    let said = (modes(), of(select(IdpsProfile::ALL.to_vec())), signatures);
    (said, vec(bypass(), 0..3), vec(span(), 0..3)).prop_map(|((mode, profile, signatures), bypass, private_ranges)| {
        Idps { mode, profile, signatures: signatures.into_iter().collect(), bypass, private_ranges }
    })
}

fn bypass() -> impl Strategy<Value = IdpsBypass> {
    let said = (text(), of(text()), select(BypassProtocol::ALL.to_vec()));
    let spans = (vec(span(), 0..2), vec(span(), 0..2));
    (said, spans, vec(id(), 0..2), vec(id(), 0..2), vec(port_span(), 0..2)).prop_map(
        |((name, description, protocol), (sources, destinations), source_ip_groups, destination_ip_groups, ports)| {
            IdpsBypass {
                name,
                description,
                protocol,
                sources,
                source_ip_groups,
                destinations,
                destination_ip_groups,
                ports,
            }
        },
    )
}

fn tls() -> impl Strategy<Value = Tls> {
    (text(), text()).prop_map(|(name, key_vault_secret_id)| Tls { name, key_vault_secret_id })
}

fn explicit_proxy() -> impl Strategy<Value = ExplicitProxy> {
    let port = || of(0..=64000u16);
    (of(any::<bool>()), port(), port(), of(any::<bool>()), port(), of(text())).prop_map(
        |(enabled, http_port, https_port, pac_file_enabled, pac_file_port, pac_file)| ExplicitProxy {
            enabled,
            http_port,
            https_port,
            pac_file_enabled,
            pac_file_port,
            pac_file,
        },
    )
}

fn snat() -> impl Strategy<Value = Snat> {
    (vec(text(), 0..3), of(any::<bool>())).prop_map(|(private_ranges, auto_learn)| Snat { private_ranges, auto_learn })
}

fn insights() -> impl Strategy<Value = Insights> {
    let regional = proptest::collection::btree_map(text(), text(), 0..3);
    (of(any::<bool>()), of(text()), regional, of(any::<i32>())).prop_map(
        |(enabled, default_workspace, regional_workspaces, days)| Insights {
            enabled,
            default_workspace,
            regional_workspaces: regional_workspaces.into_iter().collect(),
            retention_days: days.map(i32::unsigned_abs),
        },
    )
}
