//! Functions of address prefixes.
//!
//! Source: HashiCorp, "cidrhost", "cidrnetmask", "cidrsubnet" and "cidrsubnets" of Terraform 1.9.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::super::value::{HclValue, ListKind};
use super::argument::{HclStop, Taken, refused, text};
use super::{Function, FunctionCall};

pub(super) fn function(name: &str) -> Option<Function> {
    Some(match name {
        "cidrhost" => host,
        "cidrnetmask" => netmask,
        "cidrsubnet" => subnet,
        "cidrsubnets" => subnets,
        _ => return None,
    })
}

/// A prefix: the bits of its first address, at the end of 128, and how many of them are fixed.
#[derive(Clone, Copy)]
struct CidrNetwork {
    bits: u128,
    length: u32,
    /// 32 or 128.
    width: u32,
}

impl CidrNetwork {
    fn of(text: &str) -> Result<Self, HclStop> {
        let parsed = text.split_once('/').and_then(|(address, length)| {
            let (address, length) = (address.parse().ok()?, length.parse().ok()?);
            let (bits, width) = match address {
                IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
                IpAddr::V6(address) => (u128::from(address), 128),
            };
            let network = Self { bits, length, width };
            (length <= width).then(|| Self { bits: bits & !network.hosts(), ..network })
        });
        parsed.map_or_else(|| refused(format!("`{text}` is not an address prefix")), Ok)
    }

    /// The bits that are not fixed.
    fn hosts(self) -> u128 {
        let free = self.width.saturating_sub(self.length);
        u128::MAX.checked_shr(128u32.saturating_sub(free)).unwrap_or(0)
    }

    fn address(self, bits: u128) -> String {
        match u32::try_from(bits) {
            Ok(bits) if self.width == 32 => Ipv4Addr::from(bits).to_string(),
            Ok(_) | Err(_) => Ipv6Addr::from(bits).to_string(),
        }
    }

    fn prefix(self) -> String {
        format!("{}/{}", self.address(self.bits), self.length)
    }

    /// The part of `more` more bits with that number.
    fn part(self, more: u32, number: u128) -> Option<Self> {
        let length = self.length.checked_add(more).filter(|length| *length <= self.width)?;
        let fits = number.checked_shr(more).unwrap_or(0) == 0;
        let step = number.checked_shl(self.width.saturating_sub(length)).unwrap_or(0);
        fits.then_some(Self { bits: self.bits | step, length, ..self })
    }
}

/// The address of that number; a negative number counts from the end.
fn host(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [network, _] = asked.only()?;
    let (network, number) = (CidrNetwork::of(&text(network)?)?, asked.integer(1)?);
    let hosts = network.hosts();
    let offset = match u128::try_from(number) {
        Ok(number) => Some(number),
        Err(_) => hosts.checked_sub(number.unsigned_abs().saturating_sub(1)),
    };
    match offset.filter(|offset| *offset <= hosts) {
        Some(offset) => asked.made_text(network.address(network.bits | offset)),
        None => refused(format!("there is no address {number} in `{}`", network.prefix())),
    }
}

fn netmask(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [network] = asked.only()?;
    let network = CidrNetwork::of(&text(network)?)?;
    if network.width != 32 {
        return refused("expected a prefix of IPv4");
    }
    asked.made_text(network.address(u128::from(u32::MAX) & !network.hosts()))
}

fn subnet(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [network, ..] = asked.only::<3>()?;
    let (network, more, number) = (CidrNetwork::of(&text(network)?)?, asked.integer(1)?, asked.integer(2)?);
    let part = u32::try_from(more).ok().zip(u128::try_from(number).ok());
    match part.and_then(|(more, number)| network.part(more, number)) {
        Some(part) => asked.made_text(part.prefix()),
        None => refused(format!("`{}` has no part {number} of {more} more bits", network.prefix())),
    }
}

/// Parts one after another, each as large as it states.
fn subnets(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let network = CidrNetwork::of(&asked.text(0)?)?;
    let (mut next, mut parts) = (network.bits, Vec::new());
    for index in 1..asked.arguments.len() {
        let more = u32::try_from(asked.integer(index)?).ok().filter(|more| *more > 0);
        let part = more.and_then(|more| network.part(more, 0)).and_then(|part| {
            let bits = next.checked_add(part.hosts())? & !part.hosts();
            let end = bits.checked_add(part.hosts())?;
            next = end.saturating_add(1);
            (end <= network.bits | network.hosts()).then_some(CidrNetwork { bits, ..part })
        });
        let Some(part) = part else { return refused(format!("`{}` has no room for all parts", network.prefix())) };
        parts.push(HclValue::text(part.prefix()));
    }
    asked.made_list(ListKind::List, parts)
}
