//! The conditions under which an expectation holds, and how a source states them.

use crate::flow::{
    BoundReached, By, FlowAction, Match, MatchingAtom, MatchingEnds, MatchingField, MatchingNames, NotDecided, Product,
};
use crate::logic::{Formula, MOST};

use super::opaque::{OpaqueSort, words};

/// Opaque sets that an `outside` can name.
pub(super) struct Statable(Vec<(MatchingField, MatchingAtom)>);

impl Statable {
    /// Sets of which each of `products` lies in one; `None` where one lies in none that can be named.
    pub(super) fn of<'p>(products: impl Iterator<Item = &'p Product>) -> Option<Self> {
        let named = |product: &'p Product| product.inside.iter().filter(is_statable).collect::<Vec<_>>();
        let mut products: Vec<_> = products.map(named).collect();
        products.sort_by_key(Vec::len);
        let mut chosen: Vec<(MatchingField, MatchingAtom)> = Vec::new();
        for sets in products {
            if !sets.iter().any(|set| chosen.contains(set)) {
                chosen.push((*sets.first()?).clone());
            }
        }
        chosen.sort();
        Some(Self(chosen))
    }

    /// The flows inside.
    pub(super) fn matches(&self) -> Vec<Match> {
        let inside = |(field, atom): &(MatchingField, MatchingAtom)| match field {
            MatchingField::Name => {
                Match { names: MatchingNames::Of { patterns: Vec::new(), atoms: vec![atom.clone()] }, ..Match::any() }
            }
            MatchingField::Source | MatchingField::Destination | MatchingField::Common => {
                Match { destinations: MatchingEnds::from(vec![atom.clone()]), ..Match::any() }
            }
        };
        self.0.iter().map(inside).collect()
    }

    /// The text that a source states in addition to what is `stated` already.
    pub(super) fn text(&self, stated: Option<&str>) -> String {
        let sets = self.0.iter().map(|(_, atom)| source_text(atom));
        let all: Vec<String> = stated.map(str::to_owned).into_iter().chain(sets).collect();
        format!("outside {}", all.join(", "))
    }
}

/// Whether the source can name the set in `outside`: one of destinations or of names.
fn is_statable((field, atom): &&(MatchingField, MatchingAtom)) -> bool {
    match (field, OpaqueSort::of(atom)) {
        (MatchingField::Destination, OpaqueSort::ServiceTag | OpaqueSort::IpGroup | OpaqueSort::Dns)
        | (MatchingField::Name, OpaqueSort::FqdnTag | OpaqueSort::Category) => true,
        (MatchingField::Source | MatchingField::Destination | MatchingField::Name | MatchingField::Common, _) => false,
    }
}

/// A set as `outside` states it: the addresses of a host by its name.
fn source_text(atom: &MatchingAtom) -> String {
    match OpaqueSort::of(atom) {
        OpaqueSort::Dns => atom.name.to_string(),
        OpaqueSort::ServiceTag
        | OpaqueSort::IpGroup
        | OpaqueSort::Pods
        | OpaqueSort::FqdnTag
        | OpaqueSort::Category
        | OpaqueSort::Url
        | OpaqueSort::ReadFirst
        | OpaqueSort::Condition => words(atom),
    }
}

/// Whether wrongly decided flows may be reported as a condition: where that is so only under a condition that a
/// deployment knows, or where a deny rule's opaque sets make flows fail that shall be allowed.
pub(super) fn is_condition(product: &Product, by: By, action: FlowAction) -> bool {
    let only_a_deny = action == FlowAction::Allow && by != By::Default && !product.inside.is_empty();
    only_a_deny || !when(product).is_always()
}

/// Whether some deployment makes none of `failing` the case.
pub(super) fn may_hold(failing: &[Formula<MatchingAtom>]) -> Result<bool, NotDecided> {
    let any = failing.iter().cloned().fold(Formula::Never, Formula::or);
    if any.atoms().len() > MOST {
        return Err(NotDecided { at: 0, bound: BoundReached::Conditions });
    }
    Ok(any.negated().is_possible())
}

/// When the flows of a product are there, as far as that is a condition that only a deployment knows.
pub(super) fn when(product: &Product) -> Formula<MatchingAtom> {
    let common = |of: &[(MatchingField, MatchingAtom)]| {
        let common = of.iter().filter(|(field, _)| *field == MatchingField::Common);
        common.map(|(_, atom)| Formula::Is(atom.clone())).collect::<Vec<_>>()
    };
    let not = common(&product.outside).into_iter().map(Formula::negated);
    common(&product.inside).into_iter().chain(not).fold(Formula::Always, Formula::and)
}

/// Where an expectation holds that fails for a product: outside of its sets, or where its conditions do not hold.
pub(super) fn outside_of(product: &Product) -> Vec<String> {
    let when = when(product);
    let sets = product.inside.iter().filter(|(field, _)| *field != MatchingField::Common).map(condition);
    if when.is_always() { sets.collect() } else { vec![when.negated().map(&mut words).to_string()] }
}

/// A condition of an expectation that depends on an opaque set.
fn condition((field, atom): &(MatchingField, MatchingAtom)) -> String {
    match field {
        MatchingField::Source => format!("the source outside {}", words(atom)),
        MatchingField::Destination | MatchingField::Name => format!("outside {}", words(atom)),
        MatchingField::Common => format!("not({})", words(atom)),
    }
}
