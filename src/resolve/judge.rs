//! FW09: what is wrong with the names, by what DNS answered. FW0308 for names of network rules that share an address.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::intent::PrivateEndpoint;
use crate::net::{AddressSet, HostName};

use super::answer::{DnsAnswer, DnsAnswers};
use super::changes::AddressChange;
use super::questions::{DnsQuestion, NameUse, Questions};

/// How many names or addresses a message tells.
const NAMED: usize = 3;

/// The findings about the names that were examined.
pub fn judge(questions: &Questions<'_>, answers: &DnsAnswers, changes: &[AddressChange]) -> Diagnostics {
    let mut found = Diagnostics::new();
    let by_address = by_address(answers);
    for (name, question) in &questions.names {
        let Some(answer) = answers.get(name) else { continue };
        match answer {
            DnsAnswer::NoName => found.push(missing(name, question, "does not exist")),
            DnsAnswer::NoAddress => found.push(missing(name, question, "has no IPv4 address")),
            DnsAnswer::Failed(why) => found.push(unknown(name, question, why)),
            DnsAnswer::Addresses { aliases, addresses, varies } => {
                let endpoint = question.endpoint;
                found.extend(endpoint.and_then(|of| wrong_endpoint(name, question, of, aliases, addresses)));
                let change = changes.iter().find(|change| change.name == *name);
                found.extend(question.network_rules().next().and_then(|rule| changing(name, rule, *varies, change)));
                found.extend(shared(name, question, addresses, &by_address));
            }
        }
    }
    found.sort();
    found
}

fn missing(name: &HostName, question: &DnsQuestion<'_>, what: &str) -> Diagnostic {
    let found = question.finding(Code::FW0901, format!("`{name}` {what}"));
    let found = also(found, question);
    let found = found.help("a slip of the pen, or a name that was given up");
    found.help("where only another resolver knows it, ask that one: `--server ADDR`")
}

fn unknown(name: &HostName, question: &DnsQuestion<'_>, why: &str) -> Diagnostic {
    let found = question.finding(Code::FW0905, format!("no answer about `{name}`: {why}"));
    also(found, question).help("ask again, or wait longer: `--timeout`, `--retries`")
}

/// Points at the other rules that name the host.
fn also(found: Diagnostic, question: &DnsQuestion<'_>) -> Diagnostic {
    let own = usize::from(question.host_at.is_none());
    let others = question.rules.iter().skip(own).take(NAMED).filter_map(|rule| rule.origin);
    others.fold(found, |found, origin| found.related(origin.outermost(), "named here too"))
}

/// FW0902 and FW0903: a name that is said to be private.
fn wrong_endpoint(
    name: &HostName,
    question: &DnsQuestion<'_>,
    endpoint: &PrivateEndpoint,
    aliases: &[HostName],
    addresses: &BTreeSet<Ipv4Addr>,
) -> Option<Diagnostic> {
    let is_privatelink = aliases.iter().any(|alias| is_in_zone(alias, endpoint));
    let elsewhere: Vec<&Ipv4Addr> = addresses.iter().filter(|&&at| !endpoint.addresses.contains(at)).collect();
    if elsewhere.is_empty() {
        return (!is_privatelink && !aliases_itself(name, endpoint)).then(|| not_privatelink(name, question, endpoint));
    }
    let is_public = elsewhere.iter().any(|&&at| AddressSet::internet().contains(at));
    let publicly = if is_public { "publicly, " } else { "" };
    let message = format!("`{name}` answers {publicly}at {}, not at {}", listed(&elsewhere), endpoint.addresses);
    let help = match (is_public, is_privatelink) {
        (true, true) => "link the private zone to the network that asks, and give it a record of the endpoint",
        (true, false) => "no privatelink name follows it: does the resource have a private endpoint?",
        (false, _) => "the record in the private zone has another address than the source",
    };
    Some(question.finding(Code::FW0902, message).help(help))
}

fn not_privatelink(name: &HostName, question: &DnsQuestion<'_>, endpoint: &PrivateEndpoint) -> Diagnostic {
    let zone = endpoint.zones.first().map_or("a privatelink zone", |zone| zone.value.as_str());
    let message = format!("`{name}` is private, but not by a name in {zone}");
    let help = "a record in the public name's zone hides every other name there: forward that zone instead";
    question.finding(Code::FW0903, message).help(help)
}

/// Whether an alias lies in a zone of the endpoint; where the source names none, in any privatelink zone.
fn is_in_zone(alias: &HostName, endpoint: &PrivateEndpoint) -> bool {
    let below = |zone: &str| alias.as_str().strip_suffix(zone).is_some_and(|rest| rest.ends_with('.'));
    if endpoint.zones.is_empty() {
        return alias.as_str().split('.').any(|label| label == "privatelink");
    }
    endpoint.zones.iter().any(|zone| below(zone.value.as_str()))
}

/// Whether the source names the host by its privatelink name, which needs no alias.
fn aliases_itself(name: &HostName, endpoint: &PrivateEndpoint) -> bool {
    is_in_zone(name, endpoint)
}

/// FW0904: the firewall and a client may have other addresses of the name.
fn changing(name: &HostName, rule: &NameUse<'_>, varies: bool, change: Option<&AddressChange>) -> Option<Diagnostic> {
    let message = match change {
        // What varies from one question to the next varies from one day to the next.
        _ if varies => format!("`{name}` has other addresses each time it is looked up"),
        Some(change) => {
            let (added, removed) = (told("has", &change.added), told("lost", &change.removed));
            let both = [added, removed].into_iter().flatten().collect::<Vec<_>>().join(" and ");
            format!("`{name}` has changed: it {both}")
        }
        None => return None,
    };
    let found = rule.finding(Code::FW0904, message);
    Some(found.help("a network rule sees addresses: let clients ask the firewall, or use `https`"))
}

fn told(verb: &str, addresses: &BTreeSet<Ipv4Addr>) -> Option<String> {
    match addresses.iter().collect::<Vec<_>>().as_slice() {
        [] => None,
        [only] => Some(format!("{verb} {only}")),
        several => Some(format!("{verb} {} addresses", several.len())),
    }
}

/// FW0308: names that a network rule does not have, at an address of a name that it has.
fn shared(
    name: &HostName,
    question: &DnsQuestion<'_>,
    addresses: &BTreeSet<Ipv4Addr>,
    by_address: &BTreeMap<Ipv4Addr, BTreeSet<&HostName>>,
) -> Option<Diagnostic> {
    let rule = question.network_rules().next()?;
    let at = |address: &Ipv4Addr| by_address.get(address).into_iter().flatten().copied();
    let others: BTreeSet<&HostName> = addresses.iter().flat_map(at).filter(|&other| other != name).collect();
    let quoted: Vec<String> = others.iter().map(|other| format!("`{other}`")).collect();
    let quoted: Vec<&String> = quoted.iter().collect();
    let message = format!("a rule to `{name}` also decides flows to {}, at the same address", listed(&quoted));
    let found = || rule.finding(Code::FW0308, message);
    (!others.is_empty()).then(|| found().help("a network rule sees addresses; `https` and `http` rules see names"))
}

fn by_address(answers: &DnsAnswers) -> BTreeMap<Ipv4Addr, BTreeSet<&HostName>> {
    let mut all: BTreeMap<Ipv4Addr, BTreeSet<&HostName>> = BTreeMap::new();
    for (name, answer) in answers {
        for address in answer.addresses().unwrap_or_default() {
            all.entry(address).or_default().insert(name);
        }
    }
    all
}

/// `a`, `a, b`, or `a, b, c and 4 more`.
fn listed<T: std::fmt::Display>(items: &[&T]) -> String {
    let shown: Vec<String> = items.iter().take(NAMED).map(ToString::to_string).collect();
    match items.len().checked_sub(NAMED).filter(|&more| more > 0) {
        Some(more) => format!("{} and {more} more", shown.join(", ")),
        None => shown.join(", "),
    }
}
