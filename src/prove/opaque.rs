//! Opaque sets as atoms of the flow algebra, and their names.

use crate::flow::{MatchingAtom, MatchingEnds, MatchingField};
use crate::model::is_known_tag;
use crate::net::HostName;

/// The sort of an atom.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum OpaqueSort {
    /// The addresses of a service tag.
    ServiceTag,
    /// The addresses of an IP group that is not given, by resource id.
    IpGroup,
    /// The addresses of pods of a cluster, by what selects them.
    Pods,
    /// The addresses of a network rule's host name.
    Dns,
    /// The names of an FQDN tag.
    FqdnTag,
    /// The names of a web category.
    Category,
    /// The names of some other kind of URL list.
    Url,
    /// The fact that, of several groups or collections of one priority, this one is read first.
    ReadFirst,
    /// A condition that only a deployment knows.
    Condition,
}

impl OpaqueSort {
    const ALL: [Self; 9] = [
        Self::ServiceTag,
        Self::IpGroup,
        Self::Pods,
        Self::Dns,
        Self::FqdnTag,
        Self::Category,
        Self::Url,
        Self::ReadFirst,
        Self::Condition,
    ];

    /// The atom of that name.
    pub fn atom(self, name: &str) -> MatchingAtom {
        MatchingAtom { sort: self as u32, name: name.into() }
    }

    /// The sort of an atom that was made here.
    pub fn of(atom: &MatchingAtom) -> Self {
        Self::ALL.get(atom.sort as usize).copied().unwrap_or(Self::Condition)
    }
}

/// Adds the addresses of `name` to `ends`; a client that requests it goes to one of them.
pub(super) fn ask(ends: &mut MatchingEnds, name: &HostName) {
    ends.atoms.push(OpaqueSort::Dns.atom(name.as_str()));
    ends.asked.push(name.clone());
}

/// The set that an atom shows by its name to lie inside of: the service tag of all regions, for that of one.
pub(super) fn around(atom: &MatchingAtom) -> Option<MatchingAtom> {
    match OpaqueSort::of(atom) {
        OpaqueSort::ServiceTag => atom.name.rsplit_once('.').map(|(tag, _)| OpaqueSort::ServiceTag.atom(tag)),
        OpaqueSort::IpGroup
        | OpaqueSort::Pods
        | OpaqueSort::Dns
        | OpaqueSort::FqdnTag
        | OpaqueSort::Category
        | OpaqueSort::Url
        | OpaqueSort::ReadFirst
        | OpaqueSort::Condition => None,
    }
}

/// Whether an atom holds no private address: of the opaque sets of addresses only service tags are known to.
pub(super) fn is_public(atom: &MatchingAtom) -> bool {
    OpaqueSort::of(atom) == OpaqueSort::ServiceTag && is_known_tag(&atom.name)
}

/// An atom in words: `tag(Storage)`.
pub fn words(atom: &MatchingAtom) -> String {
    let name = &atom.name;
    match OpaqueSort::of(atom) {
        OpaqueSort::ServiceTag => format!("tag({name})"),
        OpaqueSort::IpGroup => format!("ip-group(\"{name}\")"),
        OpaqueSort::Pods => format!("pods(\"{name}\")"),
        OpaqueSort::Dns => format!("dns({name})"),
        OpaqueSort::FqdnTag => format!("fqdn-tag({name})"),
        OpaqueSort::Category => format!("category({name})"),
        OpaqueSort::Url => format!("url(\"{name}\")"),
        OpaqueSort::ReadFirst => format!("{name} is read first of its priority"),
        OpaqueSort::Condition => name.to_string(),
    }
}

/// The conditions among what a flow is in and not in: those that hold as they are, the others as `not(…)`.
pub fn conditions(inside: &[(MatchingField, MatchingAtom)], outside: &[(MatchingField, MatchingAtom)]) -> Vec<String> {
    let common = |of: &[(MatchingField, MatchingAtom)]| {
        let common = of.iter().filter(|(field, _)| *field == MatchingField::Common);
        common.map(|(_, atom)| words(atom)).collect::<Vec<_>>()
    };
    let not = common(outside).into_iter().map(|words| format!("not({words})"));
    common(inside).into_iter().chain(not).collect()
}
