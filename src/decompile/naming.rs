//! Names for sets, made from their content.

use std::collections::{BTreeMap, HashSet};

use crate::model::AddressTerm;
use crate::net::{AddressSpan, HostPattern};

/// Gives out names, each once.
#[derive(Debug, Default)]
pub(super) struct SourceNames {
    taken: HashSet<String>,
}

impl SourceNames {
    /// `wanted` is no longer to be had.
    pub(super) fn take(&mut self, wanted: &str) {
        self.taken.insert(wanted.to_owned());
    }

    /// `wanted`, or `wanted` followed by a number.
    pub(super) fn unique(&mut self, wanted: &str) -> String {
        let numbered = (2u32..).map(|number| format!("{wanted}-{number}"));
        let free = std::iter::once(wanted.to_owned()).chain(numbered).find(|name| !self.taken.contains(name));
        let name = free.unwrap_or_default();
        self.taken.insert(name.clone());
        name
    }
}

/// A name for a set of hosts, by the domain that most of them have.
pub(super) fn of_hosts(patterns: &[HostPattern]) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for pattern in patterns {
        *counts.entry(domain(pattern)).or_default() += 1;
    }
    let mut domains: Vec<(String, usize)> = counts.into_iter().collect();
    domains.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    match domains.as_slice() {
        [(only, _)] => format!("{only}-hosts"),
        [(first, _), (second, _)] => format!("{first}-and-{second}-hosts"),
        [(first, count), ..] if count * 2 >= patterns.len() => format!("{first}-hosts"),
        [(first, _), (second, _), ..] => format!("{first}-{second}-and-other-hosts"),
        [] => "hosts".to_owned(),
    }
}

/// The label that identifies the owner of a name: `contoso` of `www.contoso.co.uk`.
fn domain(pattern: &HostPattern) -> String {
    let name = match pattern {
        HostPattern::Any => return "any".to_owned(),
        HostPattern::Exact(name) | HostPattern::Below(name) | HostPattern::Ending(name) => name.as_str(),
    };
    let labels: Vec<&str> = name.split('.').rev().collect();
    let owner = match labels.as_slice() {
        [tld, second, third, ..] if tld.len() == 2 && second.len() <= 3 => third,
        [_, second, ..] => second,
        [only] => only,
        [] => "host",
    };
    plain(owner)
}

/// A name for a set of addresses, by the prefix that they share.
pub(super) fn of_addresses(terms: &[AddressTerm], groups: &[String]) -> String {
    let spans: Vec<AddressSpan> = terms
        .iter()
        .filter_map(|term| match term {
            AddressTerm::Span(span) => Some(*span),
            AddressTerm::Any | AddressTerm::ServiceTag(_) | AddressTerm::Ipv6(_) => None,
        })
        .collect();
    let tag = terms.iter().find_map(|term| match term {
        AddressTerm::ServiceTag(tag) => Some(plain(tag)),
        AddressTerm::Any | AddressTerm::Span(_) | AddressTerm::Ipv6(_) => None,
    });
    match (spans.as_slice(), tag, groups.first()) {
        ([], None, Some(_)) => of_groups(groups),
        ([], Some(tag), _) => format!("{tag}-and-others"),
        ([only], None, None) => one_span(*only),
        ([], None, None) => "addresses".to_owned(),
        (several, _, _) => shared_prefix(several),
    }
}

/// A name for several IP groups: what their names have in common, or two of them.
fn of_groups(groups: &[String]) -> String {
    let shared = groups.iter().skip(1).fold(groups.first().cloned().unwrap_or_default(), |shared, group| {
        let both = shared.chars().zip(group.chars());
        both.take_while(|(a, b)| a.to_lowercase().eq(b.to_lowercase())).map(|(a, _)| a).collect()
    });
    let shared = shared.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
    match groups {
        [only] => kept(only),
        _ if shared.len() >= 4 => kept(&format!("{shared}-all")),
        [first, second] => kept(&format!("{first}-and-{second}")),
        [first, ..] => kept(&format!("{first}-and-others")),
        [] => "ip-groups".to_owned(),
    }
}

/// The name itself, as far as the language accepts it.
pub(super) fn kept(text: &str) -> String {
    let inner = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-') { c } else { '-' };
    let name: String = text.chars().map(inner).collect();
    let name = name.trim_matches('-');
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name.to_owned() } else { format!("x{name}") }
}

fn one_span(span: AddressSpan) -> String {
    match span.single() {
        Some(address) => format!("host-{}", address.to_string().replace('.', "-")),
        None => match span {
            AddressSpan::Cidr(cidr) => format!("net-{}", octets(cidr.network().into(), cidr.length().into())),
            AddressSpan::Range(first, _) => format!("range-{}", octets(first.into(), 32)),
        },
    }
}

fn shared_prefix(spans: &[AddressSpan]) -> String {
    let firsts = spans.iter().map(|span| span.interval().first());
    let lasts = spans.iter().map(|span| span.interval().last());
    let (Some(first), Some(last)) = (firsts.min(), lasts.max()) else { return "addresses".to_owned() };
    let length = (first ^ last).leading_zeros();
    let hosts = spans.iter().all(|span| span.single().is_some());
    let what = if hosts { "hosts" } else { "nets" };
    if length >= 8 {
        return format!("{what}-in-{}", octets(first, length / 8 * 8));
    }
    let private = crate::net::AddressSet::private();
    let is_private = spans.iter().all(|span| private.covers(&(*span).into()));
    if is_private { format!("private-{what}") } else { format!("{what}-{}-and-others", octets(first, 8)) }
}

/// The octets that a prefix fixes, followed by its length where it ends inside an octet.
fn octets(network: u32, length: u32) -> String {
    let all = network.to_be_bytes();
    let count = usize::try_from(length.div_ceil(8)).unwrap_or(4).max(1);
    let octets: Vec<String> = all.iter().take(count).map(u8::to_string).collect();
    let tail = if length.is_multiple_of(8) { String::new() } else { format!("-{length}") };
    format!("{}{tail}", octets.join("-"))
}

/// Whether a name that was made from addresses describes them poorly.
pub(super) fn says_little(name: &str) -> bool {
    let digits =
        |rest: &str| rest.strip_suffix("-and-others").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    name.strip_prefix("nets-").or(name.strip_prefix("hosts-")).is_some_and(digits)
}

/// A name for addresses from what the names of the rules that list them have in common, where that is more than a few
/// letters.
pub(super) fn of_rules(rules: &[String]) -> Option<String> {
    const FEWEST: usize = 5;
    // The longest text to examine; a name is no more than a help to the reader.
    const LONGEST: usize = 80;
    const MOST: usize = 64;
    let (first, rest) = rules.get(..rules.len().min(MOST))?.split_first()?;
    let starts: Vec<usize> = first.char_indices().map(|(at, _)| at).chain([first.len()]).take(LONGEST).collect();
    let mut longest = "";
    for (index, &start) in starts.iter().enumerate() {
        let longer = |end: &&usize| **end - start > longest.len();
        for &end in starts.iter().skip(index).filter(longer) {
            match first.get(start..end) {
                Some(part) if rest.iter().all(|name| name.contains(part)) => longest = part,
                Some(_) | None => break,
            }
        }
    }
    let is_letter = |c: char| c.is_ascii_alphabetic();
    let word = longest.trim_matches(|c: char| !is_letter(c));
    (word.chars().filter(|&c| is_letter(c)).count() >= FEWEST).then(|| format!("{}-nets", kept(word)))
}

/// A name for services that are too long to repeat.
pub(super) fn of_services(text: &str) -> String {
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let first: Vec<&str> = words.iter().copied().take(3).collect();
    match words.len().saturating_sub(first.len()) {
        0 => first.join("-"),
        more => format!("{}-and-{more}-more", first.join("-")),
    }
}

/// Lower-case letters, digits and single hyphens, beginning with a letter.
pub(super) fn plain(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars() {
        match c {
            c if c.is_ascii_alphanumeric() => name.push(c.to_ascii_lowercase()),
            _ if name.ends_with('-') || name.is_empty() => {}
            _ => name.push('-'),
        }
    }
    let name = name.trim_end_matches('-');
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name.to_owned() } else { format!("x{name}") }
}
