//! Policies and IP groups of one name in three resource groups, and what a firewall decides by them: a reading of its own,
//! which knows ids and sets of addresses and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::oracle::random::Random;

/// The policy that is asked about.
pub const CHILD: &str = "rg-west/FWP";
pub const PORTS: [u16; 2] = [22, 443];

const PLACES: [&str; 3] = ["rg-east", "rg-west", "rg-north"];
const BASE_PLACE: &str = "rg-east";
const CHILD_PLACE: &str = "rg-west";
const NAMES: [&str; 2] = ["ipg-a", "ipg-b"];
const HOSTS: u8 = 5;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    Allow,
    Deny,
    Depends,
}

impl Verdict {
    pub fn word(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Depends => "depends",
        }
    }
}

/// An IP group by resource group and name.
type Group = (&'static str, &'static str);

#[derive(Clone)]
struct Rule {
    allow: bool,
    port: u16,
    to: Group,
    /// Whether the id is written in capitals.
    loud: bool,
}

#[derive(Clone)]
pub struct Estate {
    groups: BTreeMap<Group, BTreeSet<u8>>,
    /// The rules of the policy in each resource group.
    policies: BTreeMap<&'static str, Vec<Rule>>,
}

pub fn addresses() -> impl Iterator<Item = String> {
    (0..HOSTS).map(address)
}

fn address(host: u8) -> String {
    format!("203.0.113.{host}")
}

/// Whether a CIDR, an address or a range holds an address.
pub fn holds(span: &str, address: &str) -> bool {
    let number = |text: &str| u32::from(text.parse::<std::net::Ipv4Addr>().unwrap());
    let (first, last) = match (span, span.split_once('-'), span.split_once('/')) {
        ("*", _, _) => (0, u32::MAX),
        (_, Some((first, last)), _) => (number(first), number(last)),
        (_, _, Some((net, length))) => {
            let free = 32 - length.parse::<u32>().unwrap();
            let size = 1u64 << free;
            (number(net), u32::try_from(u64::from(number(net)) + size - 1).unwrap())
        }
        (one, None, None) => (number(one), number(one)),
    };
    (first..=last).contains(&number(address))
}

impl Estate {
    pub fn draw(random: &mut Random) -> Self {
        let mut groups = BTreeMap::new();
        for place in PLACES {
            for name in NAMES {
                if random.chance(80) {
                    let mut hosts: BTreeSet<u8> = (0..HOSTS).filter(|_| random.chance(40)).collect();
                    hosts.insert(u8::try_from(random.below(usize::from(HOSTS))).unwrap());
                    groups.insert((place, name), hosts);
                }
            }
        }
        let rule = |random: &mut Random| Rule {
            allow: random.chance(60),
            port: PORTS[random.below(PORTS.len())],
            to: (PLACES[random.below(PLACES.len())], NAMES[random.below(NAMES.len())]),
            loud: random.chance(30),
        };
        let policies = PLACES.map(|place| (place, (0..1 + random.below(4)).map(|_| rule(random)).collect()));
        Self { groups, policies: policies.into() }
    }

    /// The same with the members of two groups of one name exchanged.
    pub fn exchanged(&self) -> Self {
        let mut other = self.clone();
        for name in NAMES {
            let (east, west) = ((BASE_PLACE, name), (CHILD_PLACE, name));
            if let (Some(a), Some(b)) = (self.groups.get(&east), self.groups.get(&west)) {
                other.groups.insert(east, b.clone());
                other.groups.insert(west, a.clone());
                return other;
            }
        }
        other
    }

    /// What becomes of a flow: the base's rules are read first. A group that no input holds may have any address.
    pub fn verdict(&self, to: &str, port: u16) -> Verdict {
        let host: u8 = to.rsplit('.').next().unwrap().parse().unwrap();
        let unknown: BTreeSet<Group> = PLACES
            .iter()
            .flat_map(|place| NAMES.map(|name| (*place, name)))
            .filter(|group| !self.groups.contains_key(group))
            .collect();
        let unknown: Vec<Group> = unknown.into_iter().collect();
        let found: BTreeSet<bool> =
            (0..1u32 << unknown.len()).map(|world| self.decides(host, port, &unknown, world)).collect();
        match (found.contains(&true), found.contains(&false)) {
            (true, false) => Verdict::Allow,
            (false, _) => Verdict::Deny,
            (true, true) => Verdict::Depends,
        }
    }

    /// Whether the flow is allowed where the address is in the unknown groups whose bits are set.
    fn decides(&self, host: u8, port: u16, unknown: &[Group], world: u32) -> bool {
        let matches = |rule: &&Rule| {
            rule.port == port
                && match unknown.iter().position(|group| *group == rule.to) {
                    Some(at) => world >> at & 1 == 1,
                    None => self.groups[&rule.to].contains(&host),
                }
        };
        let lines = self.policies[BASE_PLACE].iter().chain(&self.policies[CHILD_PLACE]);
        lines.into_iter().find(matches).is_some_and(|rule| rule.allow)
    }

    /// Everything, as Azure lists it.
    pub fn all(&self) -> Value {
        let groups = self.groups.iter().map(|(id, hosts)| group(*id, hosts));
        let policies = PLACES.iter().flat_map(|place| self.policy(place));
        groups.chain(policies).collect()
    }

    /// The child, with the IP groups of its own resource group and of the third.
    pub fn child_alone(&self) -> Value {
        let groups = self.groups.iter().filter(|((place, _), _)| *place != BASE_PLACE);
        groups.map(|(id, hosts)| group(*id, hosts)).chain(self.policy(CHILD_PLACE)).collect()
    }

    /// The base, with the IP groups of its own resource group.
    pub fn base_alone(&self) -> Value {
        let groups = self.groups.iter().filter(|((place, _), _)| *place == BASE_PLACE);
        groups.map(|(id, hosts)| group(*id, hosts)).chain(self.policy(BASE_PLACE)).collect()
    }

    fn policy(&self, place: &str) -> Vec<Value> {
        let mut policy = resource(place, "firewallPolicies/fwp", "firewallPolicies", "fwp");
        policy["sku"] = json!({ "tier": "Standard" });
        if place == CHILD_PLACE {
            policy["basePolicy"] = json!({ "id": id(BASE_PLACE, "firewallPolicies/FWP") });
        }
        let mut group = resource(
            place,
            "firewallPolicies/fwp/ruleCollectionGroups/rcg",
            "FirewallPolicies/RuleCollectionGroups",
            "rcg",
        );
        group["priority"] = 200.into();
        group["ruleCollections"] =
            self.policies[place].iter().enumerate().map(|(at, rule)| rule.collection(at)).collect();
        vec![policy, group]
    }
}

impl Rule {
    fn collection(&self, at: usize) -> Value {
        let to = id(self.to.0, &format!("ipGroups/{}", self.to.1));
        let to = if self.loud { to.to_uppercase() } else { to };
        json!({
            "ruleCollectionType": "FirewallPolicyFilterRuleCollection",
            "name": format!("c{at}"),
            "priority": 200 + at,
            "action": { "type": if self.allow { "Allow" } else { "Deny" } },
            "rules": [{
                "ruleType": "NetworkRule",
                "name": format!("r{at}"),
                "ipProtocols": ["TCP"],
                "sourceAddresses": ["10.0.0.0/8"],
                "destinationPorts": [self.port.to_string()],
                "destinationIpGroups": [to],
            }],
        })
    }
}

fn id(place: &str, path: &str) -> String {
    format!("/subscriptions/0000/resourceGroups/{place}/providers/Microsoft.Network/{path}")
}

fn resource(place: &str, path: &str, kind: &str, name: &str) -> Value {
    json!({
        "id": id(place, path),
        "name": name,
        "type": format!("Microsoft.Network/{kind}"),
        "location": "westeurope",
        "resourceGroup": place,
    })
}

fn group((place, name): Group, hosts: &BTreeSet<u8>) -> Value {
    let mut group = resource(place, &format!("ipGroups/{name}"), "IpGroups", name);
    group["ipAddresses"] = hosts.iter().map(|host| Value::from(address(*host))).collect();
    group
}
