//! Two models, of which the first is deployed and the second is wanted.

use fwc::model::{
    Action, AddressTerm, Base, Collection, DnatTranslation, Dns, Group, Model, Moves, NatMatches, NatRule, NatTarget,
    NetworkMatches, NetworkProtocol, NetworkRule, NextHop, Pods, Policy, Presence, Priority, Route, RoutePrefix,
    RouteTable, Rules, Scope, Sku,
};

use fwc::net::PortSpan;

use crate::diff::edits::edit;
use crate::oracle::{random::Random, source::source};
use crate::project;

const PODS: [&str; 3] = ["app=web", "app in (web, api)", "tier!=test"];
const ADDRESSES: [&str; 5] = ["10.1.2.0/25", "10.2.0.0/24", "10.50.0.0/16", "20.61.7.0/24", "10.1.0.0/16"];

/// A pair, and what was done to the first to make it the second.
pub struct Pair {
    pub old: Model,
    pub new: Model,
    pub edits: Vec<&'static str>,
}

fn drawn(seed: u64) -> Model {
    project::model(&source(&mut Random::of(seed)))
}

/// What may be done to a model.
type Edit = (&'static str, fn(&mut Model, &Model, &mut Random));

const EDITS: [Edit; 13] = [
    ("a group is gone", remove),
    ("two groups swap places", swap),
    ("all groups change places", turn),
    ("a policy has other groups", replace),
    ("some rules change", rules),
    ("a group is called otherwise", rename),
    ("collections go into another group", carry),
    ("IP groups change", ip_groups),
    ("pods are asked for", pods),
    ("the tier changes", tier),
    ("the DNS proxy changes", proxy),
    ("the base changes", base),
    ("routes change", routes),
];

pub fn pair(seed: u64) -> Pair {
    let mut random = Random::of(seed + 2000);
    let mut old = drawn(seed);
    let other = drawn(seed + 1000);
    if random.chance(20) {
        pods(&mut old, &other, &mut random);
    }
    let crossed = random.chance(35).then(|| Crossed::draw(&old, &mut random));
    let translated = random.chance(10);
    let mut new = old.clone();
    let mut edits = Vec::new();
    if let Some(crossed) = &crossed {
        crossed.put(&mut old, [0, 1]);
        crossed.put(&mut new, [1, 0]);
        edits.push("two groups exchange what they deny");
    }
    if translated {
        translations(&mut old, BEFORE);
        translations(&mut new, AFTER);
        edits.push("two groups exchange what they translate");
    }
    if random.chance(50) {
        crowd(&mut old);
        crowd(&mut new);
    }
    for _ in 0..random.between(usize::from(crossed.is_none() && !translated), 4) {
        let (name, change) = *random.pick(&EDITS);
        change(&mut new, &other, &mut random);
        edits.push(name);
    }
    if random.chance(40) {
        crowd(&mut new);
        edits.push("priorities have no room between them");
    }
    Pair { old, new, edits }
}

/// Two groups that deny something each, in front of one that allows both.
struct Crossed {
    policies: [String; 2],
    denied: [&'static str; 2],
}

impl Crossed {
    fn draw(model: &Model, random: &mut Random) -> Self {
        let name = |random: &mut Random| model.policies[random.below(model.policies.len())].name.clone();
        Self {
            policies: [name(random).to_string(), name(random).to_string()],
            denied: [random.word(&ADDRESSES[..3]), random.word(&ADDRESSES[3..])],
        }
    }

    /// The first group denies `denied[of[0]]`, the second the other.
    fn put(&self, model: &mut Model, of: [usize; 2]) {
        let wide = || rule("wide", "10.1.0.0/16", None);
        for (at, name) in self.policies.iter().enumerate() {
            let policy = model.policies.iter_mut().find(|policy| policy.name == *name).unwrap();
            let denied = rule("no", "10.1.2.0/24", Some(self.denied[of[at]]));
            policy.groups.push(group(&format!("crossed-{at}"), 200 + at, Rules::Network(Action::Deny, vec![denied])));
        }
        let last = model.policies.iter_mut().find(|policy| policy.name == "child").unwrap();
        last.groups.push(group("wide", 64_000, Rules::Network(Action::Allow, vec![wide()])));
    }
}

pub fn group(name: &str, priority: usize, rules: Rules) -> Group {
    let priority = Priority::new(u32::try_from(priority).unwrap()).unwrap();
    let collections = vec![Collection {
        name: name.to_owned(),
        priority: Priority::FIRST,
        presence: Presence::Always,
        rules,
        carried: Default::default(),
        origin: None,
    }];
    Group { name: name.to_owned().into(), priority, presence: Presence::Always, collections, origin: None }
}

pub fn rule(name: &str, from: &str, to: Option<&str>) -> NetworkRule {
    let sources = vec![AddressTerm::Span(from.parse().unwrap())];
    NetworkRule {
        name: name.to_owned(),
        description: None,
        origin: None,
        matches: NetworkMatches {
            protocols: vec![NetworkProtocol::Tcp],
            sources: fwc::model::Sources { addresses: sources, ip_groups: Vec::new(), pods: Vec::new() },
            destinations: vec![to.map_or(AddressTerm::Any, |to| AddressTerm::Span(to.parse().unwrap()))],
            destination_ip_groups: Vec::new(),
            destination_fqdns: Vec::new(),
            ports: PortSpan::single(443).into_iter().collect(),
        },
        handling: (),
        carried: Default::default(),
    }
}

/// Two DNAT groups. Whichever of them changes first, a source is sent where neither sends it:
/// one to the second target for want of the first rule, or the other to the fourth for want of the third.
fn translations(model: &mut Model, [first, second]: [&[(&str, &str)]; 2]) {
    let rules = |rules: &[(&str, &str)]| {
        let rule = |(number, (from, to)): (usize, &(&str, &str))| NatRule {
            name: format!("translate-{number}"),
            description: None,
            origin: None,
            matches: NatMatches {
                protocols: vec![NetworkProtocol::Tcp],
                sources: fwc::model::Sources {
                    addresses: vec![AddressTerm::Span(from.parse().unwrap())],
                    ..fwc::model::Sources::default()
                },
                destinations: vec![AddressTerm::Span("20.61.0.99".parse().unwrap())],
                ports: PortSpan::single(443).into_iter().collect(),
            },
            handling: DnatTranslation { target: NatTarget::Address(to.parse().unwrap()), port: 443 },
            carried: Default::default(),
        };
        Rules::Nat(rules.iter().enumerate().map(rule).collect())
    };
    let child = model.policies.iter_mut().find(|policy| policy.name == "child").unwrap();
    child.groups.push(group("nat-0", 110, rules(first)));
    child.groups.push(group("nat-1", 120, rules(second)));
}

/// The translations before and after.
const BEFORE: [&[(&str, &str)]; 2] = [&[("203.0.113.1", "10.50.1.4")], &[("203.0.113.0/24", "10.50.1.5")]];
const AFTER: [&[(&str, &str)]; 2] =
    [&[("203.0.113.2", "10.50.1.6")], &[("203.0.113.1", "10.50.1.7"), ("203.0.113.2", "10.50.1.8")]];

/// Priorities from the first on, one behind the other.
fn crowd(model: &mut Model) {
    for policy in &mut model.policies {
        policy.groups.sort_by_key(|group| group.priority);
        for (number, group) in (100..).zip(&mut policy.groups) {
            group.priority = Priority::new(number).unwrap();
        }
    }
}

fn policy<'m>(model: &'m mut Model, random: &mut Random) -> &'m mut Policy {
    let at = random.below(model.policies.len());
    &mut model.policies[at]
}

fn remove(model: &mut Model, _: &Model, random: &mut Random) {
    let policy = policy(model, random);
    if policy.groups.len() > 1 {
        policy.groups.remove(random.below(policy.groups.len()));
    }
}

fn swap(model: &mut Model, _: &Model, random: &mut Random) {
    let policy = policy(model, random);
    if let count @ 2.. = policy.groups.len() {
        let (one, next) = (random.below(count), random.below(count));
        let priority = policy.groups[one].priority;
        policy.groups[one].priority = policy.groups[next].priority;
        policy.groups[next].priority = priority;
    }
}

fn turn(model: &mut Model, _: &Model, random: &mut Random) {
    let policy = policy(model, random);
    let mut priorities: Vec<Priority> = policy.groups.iter().map(|group| group.priority).collect();
    random.shuffle(&mut priorities);
    policy.groups.iter_mut().zip(priorities).for_each(|(group, priority)| group.priority = priority);
}

fn replace(model: &mut Model, other: &Model, random: &mut Random) {
    let policy = policy(model, random);
    if let Some(with) = other.policy(&policy.name) {
        policy.groups.clone_from(&with.groups);
        model.ip_groups.extend(other.ip_groups.clone());
    }
}

fn rules(model: &mut Model, _: &Model, random: &mut Random) {
    let edits = random.between(2, 6);
    edit(model, edits, random);
}

fn rename(model: &mut Model, _: &Model, random: &mut Random) {
    let policy = policy(model, random);
    if !policy.groups.is_empty() {
        let at = random.below(policy.groups.len());
        policy.groups[at].name = format!("{}-new", policy.groups[at].name).into();
    }
}

/// The collections of two groups change places: a deny that stood in one stands in the other.
fn carry(model: &mut Model, _: &Model, random: &mut Random) {
    let policy = policy(model, random);
    let count = policy.groups.len();
    if count > 1 {
        let (one, next) = (random.below(count), random.below(count));
        let collections = std::mem::take(&mut policy.groups[one].collections);
        let others = std::mem::replace(&mut policy.groups[next].collections, collections);
        if one != next {
            policy.groups[one].collections = others;
        }
    }
}

fn ip_groups(model: &mut Model, _: &Model, random: &mut Random) {
    for group in model.ip_groups.values_mut() {
        group.addresses = (0..random.between(1, 2)).map(|_| random.word(&ADDRESSES).parse().unwrap()).collect();
    }
}

pub fn network_rules(policy: &mut Policy) -> impl Iterator<Item = &mut NetworkRule> {
    let collections = policy.groups.iter_mut().flat_map(|group: &mut Group| &mut group.collections);
    collections.flat_map(|collection| match &mut collection.rules {
        Rules::Network(_, rules) => rules.iter_mut(),
        Rules::Nat(_) | Rules::Application(..) => [].iter_mut(),
    })
}

/// Some rules are for pods; those of one name are the same everywhere.
fn pods(model: &mut Model, _: &Model, random: &mut Random) {
    for policy in &mut model.policies {
        let labels = random.word(&PODS).parse().unwrap();
        let pods = Pods::Selected { name: Some("front".to_owned()), labels, namespaces: "".parse().unwrap() };
        for rule in network_rules(policy) {
            if !rule.matches.sources.pods.is_empty() || random.chance(30) {
                rule.matches.sources.addresses.clear();
                rule.matches.sources.ip_groups.clear();
                rule.matches.sources.pods = vec![pods.clone()];
            }
        }
    }
}

fn tier(model: &mut Model, _: &Model, random: &mut Random) {
    let tier = *random.pick(&[Sku::Standard, Sku::Premium]);
    model.policies.iter_mut().for_each(|policy| policy.settings.sku = tier);
}

fn proxy(model: &mut Model, _: &Model, random: &mut Random) {
    let dns = Dns { proxy: Some(random.chance(50)), ..Dns::default() };
    policy(model, random).settings.dns = Some(dns);
}

/// The child loses its base, or has one that says what the base of another says.
fn base(model: &mut Model, other: &Model, random: &mut Random) {
    let replaced = other.policy("base").filter(|_| random.chance(60));
    let child = model.policies.iter_mut().find(|policy| policy.name == "child").unwrap();
    child.base = replaced.map(|_| Base::Named("other-base".to_owned().into()));
    if let Some(base) = replaced {
        model.policies.retain(|policy| policy.name != "other-base");
        model.policies.insert(0, Policy { name: "other-base".to_owned().into(), ..base.clone() });
        for (name, group) in &other.ip_groups {
            model.ip_groups.entry(name.clone()).or_insert_with(|| group.clone());
        }
    }
}

fn routes(model: &mut Model, _: &Model, random: &mut Random) {
    let AddressTerm::Span(fwc::net::AddressSpan::Cidr(cidr)) =
        AddressTerm::Span(random.word(&ADDRESSES).parse().unwrap())
    else {
        return;
    };
    let route = |hop: &str| Route {
        name: "out".to_owned().into(),
        prefix: RoutePrefix::Cidr(cidr),
        next_hop: NextHop::Appliance(hop.parse().unwrap()),
        moves: Moves::Flows,
        origin: None,
    };
    model.route_tables = vec![RouteTable {
        scope: Scope::default(),
        name: "nodes".to_owned().into(),
        location: None,
        disable_bgp_propagation: None,
        routes: vec![route(random.word(&["10.0.1.4", "10.0.1.5"]))],
        subnets: Vec::new(),
        origin: None,
    }];
}
