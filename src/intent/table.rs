//! The words of the language that cannot be defined, predefined services among them.

use std::sync::LazyLock;

use crate::model::WordList;

static SERVICES: LazyLock<WordList> = LazyLock::new(|| WordList::new(include_str!("tables/services.txt")));

/// Words that mean addresses, services or flags everywhere and cannot be defined.
pub const RESERVED: [&str; 13] =
    ["any", "none", "internet", "private", "any-host", "http", "https", "mssql", "tcp", "udp", "icmp", "on", "off"];

/// What a predefined service means, in the language.
pub fn predefined_service(name: &str) -> Option<&'static str> {
    predefined_services().find(|&(known, _)| known == name).map(|(_, meaning)| meaning)
}

/// The predefined services and what they mean.
pub fn predefined_services() -> impl Iterator<Item = (&'static str, &'static str)> {
    SERVICES.words().filter_map(|line| line.split_once(' '))
}

/// Whether `name` cannot be defined.
pub fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name) || predefined_service(name).is_some()
}
