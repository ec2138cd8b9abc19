//! Rules of a collection one by one, and rules cut into shorter ones.

use crate::model::{AddressTerm, ApplicationRule, IpGroupRef, NetworkRule, Policy, Rules, Sources};

/// Each rule by itself.
pub(super) fn one_by_one(rules: &Rules) -> Vec<Rules> {
    match rules {
        Rules::Nat(rules) => rules.iter().map(|rule| Rules::Nat(vec![rule.clone()])).collect(),
        Rules::Network(action, rules) => rules.iter().map(|rule| Rules::Network(*action, vec![rule.clone()])).collect(),
        Rules::Application(action, rules) => {
            rules.iter().map(|rule| Rules::Application(*action, vec![rule.clone()])).collect()
        }
    }
}

/// Puts rules of the same kind and action behind others.
pub(super) fn append(rules: &mut Rules, more: Rules) {
    match (rules, more) {
        (Rules::Nat(rules), Rules::Nat(more)) => rules.extend(more),
        (Rules::Network(_, rules), Rules::Network(_, more)) => rules.extend(more),
        (Rules::Application(_, rules), Rules::Application(_, more)) => rules.extend(more),
        (Rules::Nat(_) | Rules::Network(..) | Rules::Application(..), _) => {}
    }
}

/// The one rule among `rules` in `count` rules that say together what it says: its longest list is cut. None where it has
/// no list to cut. The first keeps the name, the others have it with a number.
pub(super) fn cut(rules: &Rules, count: usize) -> Option<Vec<Rules>> {
    match rules {
        Rules::Nat(_) => None,
        Rules::Network(action, rules) => {
            let pieces = network(rules.first()?, count)?.into_iter();
            Some(pieces.map(|rule| Rules::Network(*action, vec![rule])).collect())
        }
        Rules::Application(action, rules) => {
            let pieces = application(rules.first()?, count)?.into_iter();
            Some(pieces.map(|rule| Rules::Application(*action, vec![rule])).collect())
        }
    }
}

fn network(rule: &NetworkRule, count: usize) -> Option<Vec<NetworkRule>> {
    let (sources, to, names) = (&rule.sources.addresses, &rule.destinations, &rule.destination_fqdns);
    let longest = sources.len().max(to.len()).max(names.len());
    let numbered = |(index, piece): (usize, NetworkRule)| NetworkRule { name: name(&rule.name, index), ..piece };
    let pieces: Vec<NetworkRule> = if to.len() == longest {
        chunks(to, count)?.map(|destinations| NetworkRule { destinations, ..rule.clone() }).collect()
    } else if names.len() == longest {
        chunks(names, count)?.map(|destination_fqdns| NetworkRule { destination_fqdns, ..rule.clone() }).collect()
    } else {
        chunks(sources, count)?.map(|addresses| NetworkRule { sources: of(addresses), ..rule.clone() }).collect()
    };
    Some(pieces.into_iter().enumerate().map(numbered).collect())
}

fn application(rule: &ApplicationRule, count: usize) -> Option<Vec<ApplicationRule>> {
    let (sources, hosts, urls) = (&rule.sources.addresses, &rule.fqdns, &rule.urls);
    let longest = sources.len().max(hosts.len()).max(urls.len());
    let numbered = |(index, piece)| ApplicationRule { name: name(&rule.name, index), ..piece };
    let pieces: Vec<ApplicationRule> = if hosts.len() == longest {
        chunks(hosts, count)?.map(|fqdns| ApplicationRule { fqdns, ..rule.clone() }).collect()
    } else if urls.len() == longest {
        chunks(urls, count)?.map(|urls| ApplicationRule { urls, ..rule.clone() }).collect()
    } else {
        chunks(sources, count)?.map(|addresses| ApplicationRule { sources: of(addresses), ..rule.clone() }).collect()
    };
    Some(pieces.into_iter().enumerate().map(numbered).collect())
}

fn of(addresses: Vec<AddressTerm>) -> Sources {
    Sources { addresses, ..Sources::default() }
}

/// A list in `count` lists of about one length; none where it is too short.
fn chunks<T: Clone>(list: &[T], count: usize) -> Option<impl Iterator<Item = Vec<T>> + '_> {
    (count > 1 && list.len() >= count).then(|| list.chunks(list.len().div_ceil(count)).map(<[T]>::to_vec))
}

/// The name of a piece: the name itself, then with a number.
pub(super) fn name(of: &str, index: usize) -> String {
    match index {
        0 => of.to_owned(),
        _ => {
            let number = (index + 1).to_string();
            let kept: String = of.chars().take(80 - number.len() - 1).collect();
            format!("{kept}-{number}")
        }
    }
}

/// Every list of IP groups of a policy.
pub(super) fn ip_group_lists(policy: &mut Policy) -> Vec<&mut Vec<IpGroupRef>> {
    let mut lists = Vec::new();
    for collection in policy.groups.iter_mut().flat_map(|group| &mut group.collections) {
        match &mut collection.rules {
            Rules::Nat(rules) => lists.extend(rules.iter_mut().map(|rule| &mut rule.sources.ip_groups)),
            Rules::Application(_, rules) => lists.extend(rules.iter_mut().map(|rule| &mut rule.sources.ip_groups)),
            Rules::Network(_, rules) => {
                for rule in rules {
                    lists.push(&mut rule.sources.ip_groups);
                    lists.push(&mut rule.destination_ip_groups);
                }
            }
        }
    }
    lists
}
