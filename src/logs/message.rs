//! The texts of `AzureDiagnostics`.
//!
//! Their forms, from the samples in Microsoft's documentation and in public parsers:
//!
//! ```text
//! HTTPS request from 10.0.0.4:50000 to example.org:443. Action: Allow. Policy: p. Rule Collection Group: g. …
//! HTTP  request from 10.0.0.4:50000 to example.org:80. Url: example.org/x. Action: Deny. …
//! ICMP Type=8 request from 10.0.0.4 to 10.0.0.5. Action: Deny.
//! TCP request from 203.0.113.9:40000 to 20.0.0.1:443 was DNAT'ed to 10.1.2.3:443
//! DNS Request: 10.0.0.4:5000 - 12345 AAAA IN name. udp 58 false 512 NOERROR qr,rd,ra 135 0.0049s
//!  Error: 2 name. A: read udp 10.0.0.4:5000->168.63.129.16:53: i/o timeout
//! ```

use crate::flow::FlowAction;
use crate::net::same_word;

use super::asked::AskedName;
use super::event::Event;
use super::logged::{LogTable, Logged, LoggedReason, action};
use super::unread::{DNS, DNS_ERROR, UnreadLine};

const REQUEST: &str = " request from ";
const ACTION: &str = ". Action:";
/// How much of a text is repeated in a message.
const SHOWN: usize = 60;

/// What follows the action, each after a full stop. A value ends where the next of them begins.
const PARTS: [&str; 8] = [
    ". Policy: ",
    ". Rule Collection Group: ",
    ". Rule Collection: ",
    ". Rule: ",
    ". Web Category: ",
    ". Signature: ",
    ". ThreatIntel: ",
    ". Reason: ",
];

/// Whether a text that is alone may be one of these.
pub(super) fn is_message(text: &str) -> bool {
    of_dns(text).is_some() || split_at_word(text, REQUEST).is_some()
}

/// The record of a text.
pub(super) fn read(text: &str) -> Result<Event<'_>, UnreadLine> {
    if let Some(what) = of_dns(text) {
        return Err(UnreadLine::Other(what));
    }
    let (protocol, rest) = split_at_word(text, REQUEST).ok_or_else(|| UnreadLine::Message(shortened(text)))?;
    let (source, rest) = first_word(rest);
    let (to, after) = first_word(rest);
    let (destination, rest) = if same_word(to, "to") { first_word(after) } else { ("", rest) };
    let (host, port) = endpoint(destination);
    let asked = AskedName {
        source: Some(endpoint(source).0).filter(|source| !source.is_empty()),
        protocol: Some(protocol.trim()).filter(|protocol| !protocol.is_empty()),
        host: Some(host).filter(|host| !host.is_empty()),
        address: None,
        port,
        url: url(rest),
    };
    let logged = |table| logged(text, table);
    let parts = asked.parts().map_err(|why| why.without_name(logged(LogTable::Application).reason))?;
    let is_named = parts.service.application().is_some();
    Ok(Event { parts, logged: logged(if is_named { LogTable::Application } else { LogTable::Network }), time: None })
}

/// What a text states that was decided; `table` where it states nothing of another part of the firewall.
fn logged(text: &str, table: LogTable) -> Logged<&str> {
    if split_at_word(text, " was DNAT'ed to ").is_some() {
        return Logged { action: Some(FlowAction::Allow), ..Logged::of(LogTable::Nat) };
    }
    let Some((_, done)) = split_at_word(text, ACTION) else { return Logged::of(table) };
    let word = done.trim_start();
    let word = word.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    let part = |name: &str| value(done, name).unwrap_or_default();
    let table = match () {
        () if value(done, ". ThreatIntel: ").is_some() => LogTable::ThreatIntelligence,
        () if value(done, ". Signature: ").is_some() => LogTable::IntrusionDetection,
        () => table,
    };
    let (policy, group) = (part(". Policy: "), part(". Rule Collection Group: "));
    let (collection, rule) = (part(". Rule Collection: "), part(". Rule: "));
    // What follows the action of a flow that no rule decided is the reason.
    let rest = done.trim_start().get(word.len()..).unwrap_or_default().trim_start_matches('.');
    let reason = if collection.is_empty() { LoggedReason::of(rest) } else { LoggedReason::None };
    Logged { table, action: action(word), reason, firewall: "", policy, group, collection, rule }
}

/// The value of a part.
fn value<'t>(text: &'t str, part: &str) -> Option<&'t str> {
    let (_, rest) = split_at_word(text, part)?;
    let ends = PARTS.iter().filter_map(|next| split_at_word(rest, next).map(|(value, _)| value));
    Some(ends.min_by_key(|value| value.len()).unwrap_or(rest).trim().trim_end_matches('.'))
}

/// What a text of the DNS proxy tells; nothing of other texts. Its errors have a number, unlike those of other programs.
fn of_dns(text: &str) -> Option<&'static str> {
    let after = |word: &str| {
        let (start, rest) = text.trim_start().split_at_checked(word.len())?;
        same_word(start, word).then_some(rest)
    };
    if after("DNS Request:").is_some() {
        return Some(DNS);
    }
    after("Error: ").filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).map(|_| DNS_ERROR)
}

/// The URL, which follows the destination and ends before the action.
fn url(rest: &str) -> Option<&str> {
    let (word, after) = first_word(rest);
    if !same_word(word, "Url:") {
        return None;
    }
    let url = split_at_word(after, ACTION).map_or_else(|| after.trim_end_matches('.'), |(url, _)| url);
    Some(url.trim()).filter(|url| !url.is_empty())
}

/// A host or address, and a port, where it has one. A full stop ends a sentence, not the name.
fn endpoint(word: &str) -> (&str, Option<&str>) {
    let word = word.trim_end_matches('.');
    match word.rsplit_once(':') {
        Some((host, port)) => (host, Some(port).filter(|port| !port.is_empty())),
        None => (word, None),
    }
}

fn first_word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_once(char::is_whitespace).unwrap_or((text, ""))
}

/// The text before and after `word`, which is found in any case.
fn split_at_word<'t>(text: &'t str, word: &str) -> Option<(&'t str, &'t str)> {
    let is_here = |window: &[u8]| window.eq_ignore_ascii_case(word.as_bytes());
    let at = text.as_bytes().windows(word.len()).position(is_here)?;
    let (before, rest) = text.split_at_checked(at)?;
    Some((before, rest.get(word.len()..)?))
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}
