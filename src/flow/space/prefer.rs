//! Which value of a set a person would pick.

use std::net::Ipv4Addr;

use crate::flow::{
    matching::{MatchingAtom, MatchingField},
    point::{Flow, Service},
    spans::{IntervalSpan, holds},
};
use crate::net::HostName;

use super::boxes::SpacePiece;
use super::dimensions::{ADDRESS, NAME, PATH, SERVICE, SOURCE, SpacePoint};
use super::names::{Only, UNNAMED};
use super::numbered::Space;
use super::pool::{FULL, SetId};
use super::services;

/// A flow that shows something, and the opaque sets it is in. It is in no others.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Witness {
    /// The flow. Its address is always given.
    pub flow: Flow,
    /// The opaque sets that its ends and its name are in.
    pub inside: Vec<(MatchingField, MatchingAtom)>,
}

/// Services in the order in which a person would think of them.
const ORDINARY: [Service; 18] = [
    Service::Tcp(443),
    Service::Application(crate::net::AppProtocol::Https, 443),
    Service::Tcp(80),
    Service::Application(crate::net::AppProtocol::Http, 80),
    Service::Tcp(22),
    Service::Udp(53),
    Service::Tcp(53),
    Service::Udp(123),
    Service::Tcp(3389),
    Service::Tcp(1433),
    Service::Application(crate::net::AppProtocol::Mssql, 1433),
    Service::Tcp(8443),
    Service::Application(crate::net::AppProtocol::Https, 8443),
    Service::Tcp(5432),
    Service::Tcp(3306),
    Service::Tcp(8080),
    Service::Tcp(25),
    Service::Icmp,
];

const CLIENT: u32 = u32::from_be_bytes([10, 0, 0, 4]);
const SERVER: u32 = u32::from_be_bytes([203, 0, 113, 10]);

impl Space {
    /// The value of `spans` that a person would pick in that dimension, and how natural it is: less is more.
    pub(in crate::flow) fn prefer(&self, dimension: usize, spans: &[IntervalSpan]) -> Option<(u32, u32)> {
        let first = spans.first()?.first();
        Some(match dimension {
            SERVICE => {
                let mut ordinary = (0..).zip(ORDINARY.map(services::number));
                let found = ordinary.find(|&(_, service)| holds(spans, service));
                found.unwrap_or((100, first))
            }
            SOURCE => address(spans, CLIENT),
            ADDRESS => address(spans, SERVER),
            NAME => self.natural_name(spans, first),
            _ => (0, first),
        })
    }

    fn natural_name(&self, spans: &[IntervalSpan], first: u32) -> (u32, u32) {
        if first == UNNAMED {
            return (0, first);
        }
        let numbers = spans.iter().flat_map(|span| span.first()..=span.last()).take(64);
        let only_one = |number: &u32| matches!(self.names.example(*number), Some((_, Only::One)));
        numbers.into_iter().find(only_one).map_or((2, first), |number| (1, number))
    }

    /// The coordinates of a flow with an address; `None` where the address is missing or the name cannot have it.
    pub(in crate::flow) fn point(&self, flow: &Flow) -> Option<SpacePoint> {
        let address = u32::from(flow.address?);
        let name = self.names.locate(flow.name.as_ref())?;
        let path = self.paths.locate(flow.path.as_deref())?;
        let possible = name == UNNAMED || self.classes.may_have(name, address);
        possible.then(|| [services::number(flow.service), flow.source.into(), address, name, path])
    }

    /// The flow at a point, in the world in which just `world` is set.
    pub(in crate::flow) fn witness(&self, point: &SpacePoint, world: &[u32]) -> Witness {
        let [service, source, address, name, path] = *point;
        let service = services::service(service);
        let name = self.possible_name(name, address);
        let inside = self.closed(world).into_iter().filter_map(|bit| self.atom(bit));
        let inside = inside.filter(|(field, _)| *field != MatchingField::Name || name.is_some()).cloned().collect();
        let path = if self.last(PATH) > 0 && carries_url(service) { self.paths.example(path) } else { None };
        let flow = Flow { source: Ipv4Addr::from(source), address: Some(Ipv4Addr::from(address)), name, path, service };
        Witness { flow, inside }
    }

    /// Whether a box holds a point in the world in which just `world` is set.
    pub(in crate::flow) fn holds(&self, piece: &SpacePiece, point: &SpacePoint, world: &[u32]) -> bool {
        self.holds_point(piece, point)
            && piece.mentions.iter().all(|&mention| mention == 0 || self.mention(mention).holds(world))
            && self.is_there(piece, world)
    }

    /// Whether a box holds a point, opaque sets and the condition of its line apart.
    pub(in crate::flow) fn holds_point(&self, piece: &SpacePiece, point: &SpacePoint) -> bool {
        let inside = |(dimension, (&set, &value)): (usize, (&SetId, &u32))| {
            set == FULL || holds(self.set(dimension, set), value)
        };
        piece.sets.iter().zip(point).enumerate().all(inside)
    }

    fn possible_name(&self, name: u32, address: u32) -> Option<HostName> {
        let possible = name != UNNAMED && self.classes.may_have(name, address);
        possible.then(|| self.names.example(name).map(|(name, _)| name)).flatten()
    }
}

fn carries_url(service: Service) -> bool {
    use crate::net::AppProtocol::{Http, Https};
    matches!(service, Service::Application(Http | Https, _))
}

/// The usual address where it is inside, else the middle of the largest interval, a little off where that ends in 0.
fn address(spans: &[IntervalSpan], usual: u32) -> (u32, u32) {
    if holds(spans, usual) {
        return (0, usual);
    }
    let largest = spans.iter().rev().max_by_key(|span| span.last() - span.first());
    let Some(span) = largest else { return (9, usual) };
    let middle = span.first() + (span.last() - span.first()) / 2;
    let moved = (middle & !0xff).saturating_add(4);
    (1, if middle & 0xff > 250 && span.contains(moved) { moved } else { middle })
}
