//! Rules of a collection one by one, and rules cut into shorter ones.

use crate::model::{AddressTerm, ApplicationMatches, IpGroupRef, NetworkMatches, Policy, Rule, Rules, Sources};

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

/// Appends rules of the same kind and action.
pub(super) fn append(rules: &mut Rules, more: Rules) {
    match (rules, more) {
        (Rules::Nat(rules), Rules::Nat(more)) => rules.extend(more),
        (Rules::Network(_, rules), Rules::Network(_, more)) => rules.extend(more),
        (Rules::Application(_, rules), Rules::Application(_, more)) => rules.extend(more),
        (Rules::Nat(_) | Rules::Network(..) | Rules::Application(..), _) => {}
    }
}

/// The one rule among `rules` as `count` rules that together match the same: its longest list is cut. `None` where it
/// has no list to cut. The first keeps the name, the others have it with a number.
pub(super) fn cut(rules: &Rules, count: usize) -> Option<Vec<Rules>> {
    match rules {
        Rules::Nat(_) => None,
        Rules::Network(action, rules) => {
            let rule = rules.first()?;
            let pieces = numbered(rule, network(&rule.matches, count)?);
            Some(pieces.map(|rule| Rules::Network(*action, vec![rule])).collect())
        }
        Rules::Application(action, rules) => {
            let rule = rules.first()?;
            let pieces = numbered(rule, application(&rule.matches, count)?);
            Some(pieces.map(|rule| Rules::Application(*action, vec![rule])).collect())
        }
    }
}

/// The rule once for each of `pieces`, with their numbers in its name.
fn numbered<M: Clone, H: Clone>(rule: &Rule<M, H>, pieces: Vec<M>) -> impl Iterator<Item = Rule<M, H>> {
    let pieces = pieces.into_iter().enumerate();
    pieces.map(|(index, matches)| Rule { name: name(&rule.name, index), matches, ..rule.clone() })
}

fn network(whole: &NetworkMatches, count: usize) -> Option<Vec<NetworkMatches>> {
    let (from, to, names) = (&whole.sources.addresses, &whole.destinations, &whole.destination_fqdns);
    let longest = from.len().max(to.len()).max(names.len());
    Some(if to.len() == longest {
        chunks(to, count)?.map(|destinations| NetworkMatches { destinations, ..whole.clone() }).collect()
    } else if names.len() == longest {
        chunks(names, count)?.map(|destination_fqdns| NetworkMatches { destination_fqdns, ..whole.clone() }).collect()
    } else {
        chunks(from, count)?.map(|from| NetworkMatches { sources: sources(from), ..whole.clone() }).collect()
    })
}

fn application(whole: &ApplicationMatches, count: usize) -> Option<Vec<ApplicationMatches>> {
    let (from, hosts, urls) = (&whole.sources.addresses, &whole.fqdns, &whole.urls);
    let longest = from.len().max(hosts.len()).max(urls.len());
    Some(if hosts.len() == longest {
        chunks(hosts, count)?.map(|fqdns| ApplicationMatches { fqdns, ..whole.clone() }).collect()
    } else if urls.len() == longest {
        chunks(urls, count)?.map(|urls| ApplicationMatches { urls, ..whole.clone() }).collect()
    } else {
        chunks(from, count)?.map(|from| ApplicationMatches { sources: sources(from), ..whole.clone() }).collect()
    })
}

fn sources(addresses: Vec<AddressTerm>) -> Sources {
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
pub(super) fn ip_group_lists(policy: &mut Policy) -> impl Iterator<Item = &mut Vec<IpGroupRef>> {
    let collections = policy.groups.iter_mut().flat_map(|group| &mut group.collections);
    collections.flat_map(|collection| collection.rules.ip_groups_mut())
}
