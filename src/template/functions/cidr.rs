//! Functions of address prefixes.
//!
//! Source: Microsoft Learn, "CIDR functions for ARM templates", page of 2023-07-14. What the first and last usable addresses of a prefix
//! with fewer than four addresses are is not documented.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::super::rest::refused;
use super::super::value::TemplateValue;
use super::argument::{FunctionResult, FunctionStop, integer, objected, text};

pub(super) fn call(name: &str, arguments: &[TemplateValue]) -> Option<FunctionResult> {
    Some(match (name, arguments) {
        ("parsecidr", [network]) => network_of(network).and_then(|network| network.parsed()),
        ("cidrsubnet", [network, length, index]) => subnet(network, length, index),
        ("cidrhost", [network, index]) => host(network, index),
        _ => return None,
    })
}

/// A prefix: the bits of its first address, at the end of 128, and how many of them are fixed.
struct CidrPrefix {
    bits: u128,
    length: u32,
    /// 32 or 128.
    width: u32,
}

fn network_of(value: &TemplateValue) -> Result<CidrPrefix, FunctionStop> {
    let text = text(value)?;
    let parsed = text.split_once('/').and_then(|(address, length)| {
        let (address, length) = (address.parse().ok()?, length.parse().ok()?);
        let (bits, width) = match address {
            IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
            IpAddr::V6(address) => (u128::from(address), 128),
        };
        let network = CidrPrefix { bits, length, width };
        (length <= width).then(|| CidrPrefix { bits: bits & !network.hosts(), ..network })
    });
    parsed.map_or_else(|| FunctionStop::refused(format!("`{text}` is not an address prefix")), Ok)
}

impl CidrPrefix {
    /// The bits that are not fixed.
    fn hosts(&self) -> u128 {
        let free = self.width.saturating_sub(self.length);
        u128::MAX.checked_shr(128u32.saturating_sub(free)).unwrap_or(0)
    }

    fn last(&self) -> u128 {
        self.bits | self.hosts()
    }

    fn address(&self, bits: u128) -> String {
        match u32::try_from(bits) {
            Ok(bits) if self.width == 32 => Ipv4Addr::from(bits).to_string(),
            Ok(_) | Err(_) => Ipv6Addr::from(bits).to_string(),
        }
    }

    fn has_usable(&self) -> bool {
        self.width.saturating_sub(self.length) >= 2
    }

    /// The properties, in the order of the page. IPv6 has no broadcast, and every address of it is usable.
    fn parsed(&self) -> FunctionResult {
        let all = if self.width == 32 { u128::from(u32::MAX) } else { u128::MAX };
        let usable = |bits: u128| match self.has_usable() {
            true => TemplateValue::text(self.address(bits)),
            false => refused("parseCidr", "which addresses of so small a prefix are usable is not documented"),
        };
        let is_v4 = self.width == 32;
        let inside = u128::from(is_v4);
        let mut entries = vec![
            ("network".into(), TemplateValue::text(self.address(self.bits))),
            ("netmask".into(), TemplateValue::text(self.address(all & !self.hosts()))),
        ];
        if is_v4 {
            entries.push(("broadcast".into(), TemplateValue::text(self.address(self.last()))));
        }
        entries.push(("firstUsable".into(), usable(self.bits.saturating_add(inside))));
        entries.push(("lastUsable".into(), usable(self.last().saturating_sub(inside))));
        entries.push(("cidr".into(), TemplateValue::number(self.length.into())));
        objected(entries)
    }
}

fn subnet(network: &TemplateValue, length: &TemplateValue, index: &TemplateValue) -> FunctionResult {
    let (network, length, index) = (network_of(network)?, integer(length)?, integer(index)?);
    let made = u32::try_from(length).ok().zip(u128::try_from(index).ok()).and_then(|(length, index)| {
        let more = length.checked_sub(network.length).filter(|_| length <= network.width)?;
        let fits = index.checked_shr(more).unwrap_or(0) == 0;
        let step = index.checked_shl(network.width.saturating_sub(length)).unwrap_or(0);
        fits.then(|| format!("{}/{length}", network.address(network.bits | step)))
    });
    made.map_or_else(
        || FunctionStop::refused(format!("there is no subnet {index} of length {length}")),
        |text| Ok(TemplateValue::text(text)),
    )
}

/// The usable address `index`, counted from the one after the first address.
fn host(network: &TemplateValue, index: &TemplateValue) -> FunctionResult {
    let (network, index) = (network_of(network)?, integer(index)?);
    let last = if network.width == 32 { network.last().saturating_sub(1) } else { network.last() };
    let address = u128::try_from(index).ok().and_then(|index| network.bits.checked_add(1)?.checked_add(index));
    match address.filter(|address| *address <= last && network.has_usable()) {
        Some(address) => Ok(TemplateValue::text(network.address(address))),
        None => FunctionStop::refused(format!("there is no usable address {index}")),
    }
}
