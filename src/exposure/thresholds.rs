//! The thresholds.

use crate::net::{AddressSet, same_word};

/// The length of the prefix whose number of addresses counts as a large part of the Internet: more than one owner's.
pub const WIDE_PREFIX: u8 = 12;

/// Whether `addresses` are as many as a prefix of `length` has, or more.
pub fn is_wide(addresses: &AddressSet, length: u8) -> bool {
    addresses.count() >= 1u64 << (32 - u32::from(length.min(32)))
}

/// Whether a service tag holds machines of everybody: all of Azure, all of one of its regions, or the Internet itself.
pub fn is_wide_tag(tag: &str) -> bool {
    let first = tag.split('.').next().unwrap_or(tag);
    same_word(first, "AzureCloud") || same_word(first, "Internet")
}
