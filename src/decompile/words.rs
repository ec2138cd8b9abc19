//! Values of the model in the words of the language.

use crate::diag::wrapped;
use crate::intent::table;
use crate::model::{self, AddressTerm, IpGroupRef, NetworkProtocol, ResourceName};
use crate::net::{AppProtocol, HostPattern, Ipv6Span, PortSet, PortSpan};
use crate::source::{quote, visible};
use crate::syntax::{Connective, ConnectiveRole, foreign_reference, keywords};

/// How long a line of remarks becomes before it is broken.
const COMMENT_WIDTH: usize = 100;

/// The name of something that an item defines.
pub(super) fn name(text: &str) -> String {
    let is_keyword = keywords().iter().any(|keyword| keyword.word == text);
    let is_connective = Connective::of(text).is_some_and(|word| word.role() != ConnectiveRole::Sort);
    let is_bare = is_plain(text) && !is_keyword && !is_connective && !table::is_reserved(text);
    if is_bare { text.to_owned() } else { quote(text) }
}

/// The label of a rule, which may be spelt like a keyword.
pub(super) fn label(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { quote(text) }
}

fn is_plain(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(inner) && !text.ends_with('-')
}

/// An entry of an address list.
pub(super) fn address(term: &AddressTerm) -> String {
    match term {
        AddressTerm::Any => "any".to_owned(),
        AddressTerm::Span(span) => span.to_string(),
        AddressTerm::ServiceTag(tag) => {
            let is_known = model::service_tag(tag).as_deref() == Some(tag);
            call("tag", tag, is_known)
        }
        AddressTerm::Ipv6(span) => ipv6(*span),
    }
}

/// IPv6 addresses.
pub(super) fn ipv6(span: Ipv6Span) -> String {
    call("ipv6", &span.to_string(), false)
}

/// A reference to an IP group; one that the source defines has the name `defined`.
pub(super) fn ip_group(group: &IpGroupRef, defined: Option<&ResourceName>) -> String {
    match defined {
        Some(text) if name(text) == *text && !table::is_reserved(text) => text.to_string(),
        Some(text) => call("ip-group", text, false),
        None => call("ip-group", &group.outside(), false),
    }
}

/// A host name or a pattern.
pub(super) fn host(pattern: &HostPattern) -> String {
    let (star, text) = match pattern {
        HostPattern::Any => return "any-host".to_owned(),
        HostPattern::Exact(name) => ("", name.as_str()),
        HostPattern::Below(name) => ("*.", name.as_str()),
        HostPattern::Ending(name) => ("*", name.as_str()),
    };
    let whole = [star, text].concat();
    let last = text.rsplit('.').next().unwrap_or(text);
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit());
    let is_word =
        whole.contains(['.', '*']) && !is_number && !text.starts_with('-') && foreign_reference(&whole).is_none();
    if is_word { whole } else { call("host", &whole, false) }
}

/// An FQDN tag.
pub(super) fn fqdn_tag(tag: &str) -> String {
    call("fqdn-tag", tag, model::FQDN_TAGS.canonical(tag) == Some(tag))
}

/// A web category.
pub(super) fn category(category: &str) -> String {
    call("category", category, model::WEB_CATEGORIES.canonical(category) == Some(category))
}

/// A URL.
pub(super) fn url(url: &str) -> String {
    call("url", url, false)
}

fn call(function: &str, argument: &str, is_bare: bool) -> String {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
    let is_bare = is_bare && argument.starts_with(|c: char| c.is_ascii_alphabetic()) && argument.chars().all(inner);
    let argument = if is_bare { argument.to_owned() } else { quote(argument) };
    format!("{function}({argument})")
}

/// Ports after a slash.
fn ports(ports: &PortSet) -> String {
    braced(ports.spans().map(|span| span.to_string()).collect())
}

/// Ports after a slash, each by itself: application services take no range.
fn single_ports(ports: &PortSet) -> String {
    braced(ports.spans().flat_map(|span| span.first()..=span.last()).map(|port| port.to_string()).collect())
}

fn braced(entries: Vec<String>) -> String {
    match entries.as_slice() {
        [one] => one.clone(),
        several => format!("{{{}}}", several.join(",")),
    }
}

/// The services of a network rule whose protocols share `on`.
pub(super) fn network_services(protocols: &[NetworkProtocol], on: &PortSet) -> String {
    if protocols.contains(&NetworkProtocol::Any) && on.is_any() {
        return "any".to_owned();
    }
    let any = protocols.contains(&NetworkProtocol::Any);
    let has = |protocol| any || protocols.contains(&protocol);
    let mut terms = Vec::new();
    match (has(NetworkProtocol::Tcp), has(NetworkProtocol::Udp)) {
        (true, true) => terms.push(format!("{{tcp,udp}}/{}", ports(on))),
        (true, false) => terms.push(format!("tcp/{}", ports(on))),
        (false, true) => terms.push(format!("udp/{}", ports(on))),
        (false, false) => {}
    }
    terms.extend(protocols.contains(&NetworkProtocol::Icmp).then(|| "icmp".to_owned()));
    let text = terms.join(", ");
    let predefined = table::predefined_services().find(|&(_, meaning)| meaning == text);
    predefined.map_or(text, |(name, _)| name.to_owned())
}

/// The services of an application rule; `None` where a port is one that no flow has.
pub(super) fn application_services(protocols: &[(AppProtocol, u16)]) -> Option<String> {
    let mut terms = Vec::new();
    for protocol in AppProtocol::ALL {
        let own = protocols.iter().filter(|(of, _)| *of == protocol);
        let spans: Option<Vec<PortSpan>> = own.map(|&(_, port)| PortSpan::single(port)).collect();
        let on: PortSet = spans?.into_iter().collect();
        let default = PortSpan::single(protocol.default_port()).map(PortSet::from).unwrap_or_default();
        if on == default {
            terms.push(protocol.to_string());
        } else if !on.is_empty() {
            terms.push(format!("{protocol}/{}", single_ports(&on)));
        }
    }
    Some(terms.join(", "))
}

/// Lines before an item: `##` for what reaches the artefact.
pub(super) fn description(text: Option<&str>) -> String {
    let is_gap = |c: char| c.is_whitespace() || c.is_control();
    let words: Vec<&str> = text.unwrap_or_default().split(is_gap).filter(|word| !word.is_empty()).collect();
    if words.is_empty() { String::new() } else { format!("## {}\n", visible(&words.join(" "))) }
}

/// Lines for the reader of the source.
pub(super) fn comment(text: &str) -> String {
    let is_gap = |c: char| c.is_whitespace() || c.is_control() || c == '\u{2028}' || c == '\u{2029}';
    let words: Vec<&str> = text.split(is_gap).filter(|word| !word.is_empty()).collect();
    let lines = wrapped(&words.join(" "), "# ", "#   ", COMMENT_WIDTH);
    lines.iter().flat_map(|line| [line.trim_end(), "\n"]).collect()
}
