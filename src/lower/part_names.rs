//! The source of the generated name of a part.

use crate::intent::{Address, Entry, Host};
use crate::model::NetworkProtocol;

use super::called::{CalledNames, NameRequest};
use super::names::from_content;
use super::parts::{GroupPart, NetworkEnds, PartKind};

/// What a name that is made up is made from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    /// Everything but the destinations: rules that share all of that are merged to one, so that the name is its own.
    WithoutEnds,
    /// Everything, where rules are not merged.
    Whole,
}

impl CalledNames {
    /// The generated name of a part; nothing where it has a label.
    pub(super) fn part(part: &GroupPart, naming: Naming, sort: &str) -> Option<Self> {
        if part.label.is_some() {
            return None;
        }
        let source = part.sources.first().map(|entry| entry.value.to_string()).unwrap_or_default();
        let mut content = content(part);
        if naming == Naming::Whole {
            content.extend(["\n", &ends(part).join(",")]);
        }
        let name = from_content(&[services(part), "from".to_owned(), source], &content);
        let written = format!("{} {}", part.written, part.suffix.as_deref().unwrap_or(""));
        Some(Self::new(name, &written, sort))
    }
}

impl NameRequest {
    /// For the name of a part.
    pub(super) fn part(part: &GroupPart) -> Self {
        match (&part.label, &part.suffix) {
            (Some(label), Some(suffix)) => Self::like_label(format!("{label}-{suffix}"), content(part)),
            (Some(label), None) => Self::label(label, content(part)),
            (None, _) => Self::made_up(&part.called, format!("{}\n{}", content(part), ends(part).join(","))),
        }
    }
}

/// The content of a part without its destinations.
fn content(part: &GroupPart) -> String {
    let sources: Vec<String> = part.sources.iter().map(|entry| entry.value.to_string()).collect();
    let mut content = format!("{}\n{}\n{}", services(part), sources.join(","), part.suffix.as_deref().unwrap_or(""));
    for more in unlike(part) {
        content.extend(["\n", &more]);
    }
    content
}

fn services(part: &GroupPart) -> String {
    match &part.kind {
        PartKind::Network { protocols, ports, .. } => {
            let words: Vec<&str> = protocols.iter().map(|protocol| protocol_word(*protocol)).collect();
            let spans: Vec<String> = ports.spans().map(|span| span.to_string()).collect();
            if ports.is_any() { words.join("-") } else { format!("{} {}", words.join("-"), spans.join("-")) }
        }
        PartKind::Application { services, .. } => services.to_string().replace(", ", "-"),
    }
}

fn ends(part: &GroupPart) -> Vec<String> {
    match &part.kind {
        PartKind::Network { to: NetworkEnds::Addresses(entries), .. } => texts(entries),
        PartKind::Network { to: NetworkEnds::Names(entries), .. } => texts(entries),
        PartKind::Application { hosts, .. } => texts(hosts),
    }
}

fn texts<T: ToString>(entries: &[Entry<T>]) -> Vec<String> {
    entries.iter().map(|entry| entry.value.to_string()).collect()
}

/// What keeps two rules of equal sources and services apart; nothing for the usual rule.
fn unlike(part: &GroupPart) -> Vec<String> {
    let meta = &part.meta;
    let said = [("owner", meta.owner.clone()), ("ticket", meta.ticket.clone())].into_iter();
    let said = said.chain([("expires", meta.expires.as_ref().map(|expires| expires.value.to_string()))]);
    let mut unlike: Vec<String> =
        said.filter_map(|(what, value)| value.map(|value| format!("{what} {value}"))).collect();
    let kind = match &part.kind {
        PartKind::Network { to: NetworkEnds::Names(_), .. } => Some("names"),
        PartKind::Network { to: NetworkEnds::Addresses(entries), .. } => {
            let is_group =
                |entry: &Entry<Address>| matches!(entry.value, Address::IpGroup(_) | Address::OutsideIpGroup(_));
            entries.first().is_some_and(is_group).then_some("ip groups")
        }
        PartKind::Application { hosts, handling, .. } => {
            unlike.extend(handling.words());
            match hosts.first().map(|entry| &entry.value) {
                Some(Host::FqdnTag(_)) => Some("tags"),
                Some(Host::Category(_)) => Some("categories"),
                Some(Host::Url(_)) => Some("urls"),
                Some(Host::Pattern(_)) | None => None,
            }
        }
    };
    unlike.extend(kind.map(str::to_owned));
    unlike
}

fn protocol_word(protocol: NetworkProtocol) -> &'static str {
    match protocol {
        NetworkProtocol::Tcp => "tcp",
        NetworkProtocol::Udp => "udp",
        NetworkProtocol::Icmp => "icmp",
        NetworkProtocol::Any => "any",
    }
}
