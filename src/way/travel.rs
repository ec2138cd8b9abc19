//! The kinds of ways that a flow travels, and its fate on each.

use std::fmt;

use crate::model::{Firewall, Model, NextHop, ResourceName, Route, RouteTable};

/// By what a flow travels.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Carrier {
    /// It comes to the firewall, whose rules decide it.
    Firewall,
    /// It leaves to the Internet, past the firewall.
    Internet,
    /// It stays in the virtual network, or goes to a peered one.
    VirtualNetwork,
    /// It goes to the virtual network gateway.
    Gateway,
    /// It goes to the private endpoint of its address.
    PrivateEndpoint,
    /// It goes straight to a service, by a service endpoint of its subnet.
    ServiceEndpoint,
    /// It goes to a link-local address, which the host answers.
    LinkLocal,
    /// It is dropped by a route.
    Nowhere,
    /// The input does not determine it.
    Unknown,
}

impl Carrier {
    /// Whether the flow travels past the firewall for certain, and is not dropped.
    pub fn is_unfiltered(self) -> bool {
        match self {
            Self::Internet
            | Self::VirtualNetwork
            | Self::Gateway
            | Self::PrivateEndpoint
            | Self::ServiceEndpoint
            | Self::LinkLocal => true,
            Self::Firewall | Self::Nowhere | Self::Unknown => false,
        }
    }

    /// The fate of a flow that travels so; `at_firewall` gives it for one that the rules decide.
    pub fn fate(self, at_firewall: impl FnOnce() -> Fate) -> Fate {
        match self {
            Self::Firewall => at_firewall(),
            Self::Nowhere => Fate::Denied,
            Self::Unknown => Fate::Depends,
            Self::Internet
            | Self::VirtualNetwork
            | Self::Gateway
            | Self::PrivateEndpoint
            | Self::ServiceEndpoint
            | Self::LinkLocal => Fate::Unfiltered,
        }
    }
}

impl fmt::Display for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Firewall => "firewall",
            Self::Internet => "internet",
            Self::VirtualNetwork => "virtual-network",
            Self::Gateway => "gateway",
            Self::PrivateEndpoint => "private-endpoint",
            Self::ServiceEndpoint => "service-endpoint",
            Self::LinkLocal => "link-local",
            Self::Nowhere => "nowhere",
            Self::Unknown => "unknown",
        })
    }
}

/// Where the network sends a flow, and why.
#[derive(Clone, Copy, Debug)]
pub struct NetworkWay<'m> {
    /// By what it travels.
    pub by: Carrier,
    /// The route table that was looked up.
    pub table: Option<&'m RouteTable>,
    /// The route of that table that won.
    pub route: Option<&'m Route>,
    /// The private endpoint, or the service tag of the service endpoint.
    pub endpoint: Option<&'m str>,
}

impl<'m> NetworkWay<'m> {
    /// A way that no route table determines.
    pub fn plain(by: Carrier) -> Self {
        Self { by, table: None, route: None, endpoint: None }
    }

    /// The stated firewall that its route leads to, where that is not stated to have `policy`: its rules may not decide there
    /// what comes to it.
    pub fn firewall_of_another(&self, policy: &ResourceName, model: &'m Model) -> Option<&'m Firewall> {
        let NextHop::Appliance(address) = self.route.filter(|_| self.by == Carrier::Firewall)?.next_hop else {
            return None;
        };
        let found = model.firewalls.iter().find(|firewall| firewall.private_ip == Some(address))?;
        (found.policy.as_ref() != Some(policy)).then_some(found)
    }

    /// Whether both lead the same way for the same reason.
    pub fn is_same(&self, other: &Self) -> bool {
        let route = |way: &Self| way.route.map(std::ptr::from_ref);
        self.by == other.by && route(self) == route(other) && self.endpoint == other.endpoint
    }
}

/// What becomes of a flow.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Fate {
    /// It comes to the firewall, and the rules allow it.
    Allowed,
    /// The rules deny it, or its route leads nowhere.
    Denied,
    /// It travels past the firewall, whatever the rules are.
    Unfiltered,
    /// It is one of these, and the flow or the input does not determine which.
    Depends,
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::Unfiltered => "unfiltered",
            Self::Depends => "depends",
        })
    }
}
