//! Proofs: a policy means what its source states, and meets the expectations of the source.
//!
//! In: the author's intent and the Azure model. Out: proofs, or flows that show where they fail. Guaranteed: "holds"
//! and "proved" cover every flow, under [`axioms`]; what could not be decided is reported as undecided. Deliberately
//! absent: how rules became Azure rules; only the two decision lists are compared.

mod asked;
mod conditions;
mod course;
mod coverage;
mod decisions;
mod expectations;
mod judge;
mod meaning;
mod meant;
mod opaque;
mod steps;
mod tags;
mod verdict;
mod voided;

use crate::evaluate::Knowledge;
use crate::flow::{Axioms, Flow, MatchingAtom, MatchingField, Witness};
use crate::intent::Intent;
use crate::net::AddressSet;

pub use asked::flows;
pub use course::{Courses, Meets, ProvedAround, UnknownCourse, WayLines, courses, leads_past, way_lines};
pub use coverage::{Coverage, CoverageReason, Untouched, coverage};
pub use decisions::{Decisions, Effects, Ipv6, decisions, decisions_of, decisions_with};
pub use expectations::{Checked, expectations};
pub use meaning::{Bypass, RuleMeaning, meaning};
pub use meant::{MeantDecisions, ends, matches, meant};
pub use opaque::{OpaqueSort, conditions, words};
pub use steps::unlike;
pub use verdict::{Attached, Caveat, ProofVerdict, VerdictReason};
pub use voided::{Voided, voided};

/// The assumptions of every proof, as sentences.
pub const AXIOMS: [&str; 7] = [
    "Azure reads DNAT rules, then network rules, then application rules, a parent's before its child's",
    "a name has the addresses of its private endpoint, else any in `internet`",
    "a client that asks for a name of a network rule goes to an address the rule has for it",
    "service tags hold no private and no link-local address",
    "beyond that, service tags, FQDN tags, web categories and outside IP groups may hold anything",
    "threat intelligence, IDPS, security profiles and the infrastructure rules are left apart",
    "every flow is one of IPv4",
];

/// The addresses of names that a source states.
pub fn knowledge(intent: &Intent) -> Knowledge {
    let mut knowledge = Knowledge::none();
    for endpoint in &intent.private_endpoints {
        for host in &endpoint.hosts {
            knowledge.learn(host.value.clone(), &endpoint.addresses);
        }
    }
    knowledge
}

/// The assumptions about names and their addresses.
pub fn axioms(knowledge: &Knowledge) -> Axioms {
    let given = knowledge.known().map(|(name, addresses)| (name.clone(), addresses.clone())).collect();
    Axioms { given, around: opaque::around, is_public: opaque::is_public, ..Axioms::default() }
}

/// The same where a name about which nothing is known may have any address: an ordinary one of the Internet, or one that is
/// private, special or the firewall's own.
pub fn axioms_of_any_address(knowledge: &Knowledge) -> Axioms {
    Axioms { unlisted: AddressSet::any(), ..axioms(knowledge) }
}

/// A witness as a person reads it: `https from 10.0.0.4 to x.com (203.0.113.10), in tag(Storage)`.
pub fn describe(witness: &Witness) -> String {
    let Flow { source, address, name, path, service } = &witness.flow;
    let address = address.map(|address| address.to_string()).unwrap_or_default();
    let to = match name {
        Some(name) => format!("{name}{} at {address}", path.as_deref().filter(|&path| path != "/").unwrap_or("")),
        None => address,
    };
    let inside: Vec<String> = witness.inside.iter().map(|(field, atom)| inside(*field, atom)).collect();
    let inside = if inside.is_empty() { String::new() } else { format!(", {}", inside.join(" and ")) };
    format!("{service} from {source} to {to}{inside}")
}

/// The statement that a flow lies in an opaque set.
fn inside(field: MatchingField, atom: &MatchingAtom) -> String {
    match field {
        MatchingField::Source => format!("the source in {}", words(atom)),
        MatchingField::Destination | MatchingField::Name => format!("in {}", words(atom)),
        MatchingField::Common => format!("where {}", words(atom)),
    }
}
