//! Whether the address of flows is one that their name usually has.

use crate::flow::{Axioms, FlowNames, Product};
use crate::model::Model;
use crate::net::{AddressSet, HostName};

/// Whether flows go to an address that their name usually has.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ReachCase {
    /// Some do, or have no name.
    Ordinary,
    /// All of them have a name without given addresses, and go to an address that is private, special-purpose or a
    /// firewall's own.
    UnusualAddress,
}

impl ReachCase {
    /// The word for it in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::UnusualAddress => "unusual-address",
        }
    }
}

/// Which addresses names usually have.
#[derive(Clone, Debug)]
pub struct Usual {
    addresses: AddressSet,
    given: Vec<HostName>,
}

impl Usual {
    /// The addresses of the Internet that are no firewall's own of `models`; the names whose addresses are given have just
    /// those.
    pub fn of<'m>(models: impl IntoIterator<Item = &'m Model>, axioms: &Axioms) -> Self {
        let own = models.into_iter().fold(AddressSet::default(), |own, model| own.union(&model.firewall_addresses()));
        let given = axioms.given.iter().map(|(name, _)| name.clone()).collect();
        Self { addresses: AddressSet::internet().difference(&own), given }
    }

    /// Whether some flow of a product is ordinary.
    pub fn case(&self, product: &Product) -> ReachCase {
        let FlowNames::Of { unnamed: false, terms } = &product.names else { return ReachCase::Ordinary };
        let is_given = |name: &HostName| {
            terms.iter().any(|term| {
                term.of.iter().any(|of| of.matches(name)) && !term.except.iter().any(|except| except.matches(name))
            })
        };
        match product.addresses.intersects(&self.addresses) || self.given.iter().any(is_given) {
            true => ReachCase::Ordinary,
            false => ReachCase::UnusualAddress,
        }
    }
}
