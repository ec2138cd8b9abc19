//! Whether two rules share a flow, as far as comparing them in pairs can show.

use crate::intent::{Address, Entry, Host, Intent};
use crate::net::{AddressSet, AddressSpan, AppProtocol, HostPattern, PortSet, ServiceSet};

use super::parts::{GroupPart, NetworkEnds, PartKind};
use crate::model::NetworkProtocol;

/// Whether two sets share a member.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Meeting {
    /// They do not.
    No,
    /// They do.
    Yes,
    /// It depends on the content of a set that only Azure or DNS knows.
    On(String),
}

impl Meeting {
    fn of(meets: bool) -> Self {
        if meets { Self::Yes } else { Self::No }
    }

    /// Both must hold.
    pub(super) fn and(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::No => Self::No,
            Self::Yes => other(),
            Self::On(condition) => match other() {
                Self::No => Self::No,
                Self::Yes => Self::On(condition),
                Self::On(more) if more == condition => Self::On(condition),
                Self::On(more) => Self::On(format!("{condition} and {more}")),
            },
        }
    }

    /// One is enough.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::No, meeting) | (meeting, Self::No) => meeting,
            (Self::On(condition), Self::On(_)) => Self::On(condition),
        }
    }
}

/// Addresses as a set, and what only Azure knows.
pub(super) struct KnownMeetings {
    pub(super) literal: AddressSet,
    pub(super) opaque: Vec<Address>,
}

/// What the entries hold; IP groups of the source are looked up.
pub(super) fn known(entries: &[Entry<Address>], meant: &Intent) -> KnownMeetings {
    let mut spans: Vec<AddressSpan> = Vec::new();
    let mut opaque = Vec::new();
    let mut any = false;
    for entry in entries {
        match &entry.value {
            Address::Any => any = true,
            Address::Span(span) => spans.push(*span),
            Address::IpGroup(name) => {
                let Some(group) = meant.ip_groups.get(name) else { continue };
                spans.extend(group.addresses.iter().map(|member| member.value));
                opaque.extend(group.ipv6.iter().map(|member| Address::Ipv6(member.value)));
            }
            Address::ServiceTag(_) | Address::OutsideIpGroup(_) | Address::Pods(_) | Address::Ipv6(_) => {
                opaque.push(entry.value.clone());
            }
        }
    }
    let literal = if any { AddressSet::any() } else { spans.into_iter().collect() };
    KnownMeetings { literal, opaque }
}

/// Whether two lists of addresses share one.
pub(super) fn addresses_meet(a: &[Entry<Address>], b: &[Entry<Address>], meant: &Intent) -> Meeting {
    let (a, b) = (known(a, meant), known(b, meant));
    let shared = a.opaque.iter().any(|address| b.opaque.contains(address));
    let anywhere = (a.literal.is_any() && !b.opaque.is_empty()) || (b.literal.is_any() && !a.opaque.is_empty());
    if shared || anywhere || a.literal.intersects(&b.literal) {
        return Meeting::Yes;
    }
    match a.opaque.first().or(b.opaque.first()) {
        Some(address) => Meeting::On(format!("the addresses of {address}")),
        None => Meeting::No,
    }
}

/// Whether two parts share a flow. Parts of different kinds are compared by the proof of meaning.
pub(super) fn meet(a: &GroupPart, b: &GroupPart, meant: &Intent) -> Meeting {
    let sources = addresses_meet(&a.sources, &b.sources, meant);
    match (&a.kind, &b.kind) {
        (
            PartKind::Network { protocols, ports, to },
            PartKind::Network { protocols: other_protocols, ports: other_ports, to: other_to },
        ) => sources
            .and(|| Meeting::of(services_meet(protocols, ports, other_protocols, other_ports)))
            .and(|| network_ends_meet(to, other_to, meant)),
        (
            PartKind::Application { services, hosts, .. },
            PartKind::Application { services: other_services, hosts: other_hosts, .. },
        ) => sources
            .and(|| Meeting::of(applications_meet(services, other_services)))
            .and(|| hosts_meet(hosts, other_hosts)),
        (PartKind::Network { .. }, PartKind::Application { .. })
        | (PartKind::Application { .. }, PartKind::Network { .. }) => Meeting::No,
    }
}

/// Whether a network rule that denies surely takes flows from an application rule, which Azure reads after it: those to every
/// address that a name may have.
pub(super) fn shuts(deny: &GroupPart, allow: &GroupPart, meant: &Intent) -> bool {
    let PartKind::Network { protocols, ports, to } = &deny.kind else { return false };
    let PartKind::Application { services, .. } = &allow.kind else { return false };
    let is_tcp = |protocol: &NetworkProtocol| matches!(protocol, NetworkProtocol::Any | NetworkProtocol::Tcp);
    let shared = AppProtocol::ALL.iter().any(|&protocol| services.application_ports(protocol).intersects(ports));
    protocols.iter().any(is_tcp)
        && shared
        && is_everywhere(to, meant)
        && addresses_meet(&deny.sources, &allow.sources, meant) == Meeting::Yes
}

/// Whether a rule matches every address or every name.
pub(super) fn denies_everything(deny: &GroupPart, meant: &Intent) -> bool {
    match &deny.kind {
        PartKind::Network { to, .. } => is_everywhere(to, meant),
        PartKind::Application { hosts, .. } => {
            hosts.iter().any(|host| matches!(host.value, Host::Pattern(HostPattern::Any)))
        }
    }
}

fn is_everywhere(to: &NetworkEnds, meant: &Intent) -> bool {
    match to {
        NetworkEnds::Addresses(entries) => known(entries, meant).literal.covers(&AddressSet::internet()),
        NetworkEnds::Names(_) => false,
    }
}

fn services_meet(a: &[NetworkProtocol], a_ports: &PortSet, b: &[NetworkProtocol], b_ports: &PortSet) -> bool {
    let all = |protocols: &[NetworkProtocol]| protocols.contains(&NetworkProtocol::Any);
    let shared = all(a) || all(b) || a.iter().any(|protocol| b.contains(protocol));
    shared && a_ports.intersects(b_ports)
}

fn applications_meet(a: &ServiceSet, b: &ServiceSet) -> bool {
    AppProtocol::ALL.iter().any(|&protocol| a.application_ports(protocol).intersects(b.application_ports(protocol)))
}

fn network_ends_meet(a: &NetworkEnds, b: &NetworkEnds, meant: &Intent) -> Meeting {
    match (a, b) {
        (NetworkEnds::Addresses(a), NetworkEnds::Addresses(b)) => addresses_meet(a, b, meant),
        (NetworkEnds::Names(a), NetworkEnds::Names(b)) => {
            match (a.iter().any(|name| b.iter().any(|other| other.value == name.value)), a.first()) {
                (true, _) => Meeting::Yes,
                (false, Some(name)) => Meeting::On(format!("the addresses of {}", name.value)),
                (false, None) => Meeting::No,
            }
        }
        (NetworkEnds::Names(names), NetworkEnds::Addresses(entries))
        | (NetworkEnds::Addresses(entries), NetworkEnds::Names(names)) => {
            let known = known(entries, meant);
            match names.first() {
                _ if known.literal.is_any() => Meeting::Yes,
                Some(name) => Meeting::On(format!("the addresses of {}", name.value)),
                None => Meeting::No,
            }
        }
    }
}

fn hosts_meet(a: &[Entry<Host>], b: &[Entry<Host>]) -> Meeting {
    let mut meeting = Meeting::No;
    for a in a {
        for b in b {
            meeting = meeting.or(two_hosts_meet(&a.value, &b.value));
            if meeting == Meeting::Yes {
                return meeting;
            }
        }
    }
    meeting
}

fn two_hosts_meet(a: &Host, b: &Host) -> Meeting {
    match (a, b) {
        (Host::Pattern(a), Host::Pattern(b)) => Meeting::of(a.intersects(b)),
        (a, b) if a == b => Meeting::Yes,
        (Host::Pattern(HostPattern::Any), _) | (_, Host::Pattern(HostPattern::Any)) => Meeting::Yes,
        (Host::Pattern(_), other) | (other, _) => Meeting::On(format!("the hosts of {other}")),
    }
}
