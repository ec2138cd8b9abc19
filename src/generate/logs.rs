//! Rules for what was denied.

use std::collections::HashSet;
use std::fmt::Write;
use std::net::Ipv4Addr;
use std::sync::Arc;

use crate::catalogue::{CatalogueEntry, ModulePage, modules, opens};
use crate::diag::grouped;
use crate::format::{FormatRefusal, format};
use crate::logs::{LineCount, Observed, Row};
use crate::net::AddressSet;
use crate::source::Files;
use crate::usage::{Unlike, Usage};

use super::groups::{Groups, Proposal, Wildcards, workload};

/// What proposals are made of.
pub struct Evidence<'e, 'm> {
    /// What was seen of the policy.
    pub usage: &'e Usage<'m>,
    /// The table that was judged.
    pub observed: &'e Observed,
    /// The author's sets of addresses, by name.
    pub sets: &'e [(String, AddressSet)],
    /// The addresses of the firewalls.
    pub firewalls: &'e AddressSet,
    /// Whether names become wildcards.
    pub wildcards: Wildcards,
}

/// A proposal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proposed {
    /// The source; empty where nothing is proposed.
    pub text: String,
    /// How many rules it has.
    pub rules: usize,
    /// What is not proposed, as sentences.
    pub left: Vec<String>,
}

/// The rules that would allow what was denied because no rule matched.
///
/// # Errors
/// Where a name of a log is one that the language cannot write.
pub fn proposed(evidence: &Evidence<'_, '_>) -> Result<Proposed, FormatRefusal> {
    let (mut groups, mut left) = (Groups::default(), Left::default());
    let allowed = allowed(evidence.usage);
    for seen in &evidence.usage.denied {
        let Some(row) = seen.flow(evidence.observed) else { continue };
        let workload = workload(evidence.sets, row.source);
        match () {
            () if allowed.contains(&seen.row) => left.allowed.add(seen.count),
            () if is_inbound(&row, workload.is_some(), evidence.firewalls) => left.inbound.add(seen.count),
            () if groups.add(&row, seen.count, workload) => {}
            () => left.protocols.add(seen.count),
        }
    }
    let rules = groups.proposals(evidence.wildcards);
    let left = left.sentences();
    if rules.is_empty() {
        return Ok(Proposed { text: String::new(), rules: 0, left });
    }
    let text = text(evidence, &rules, &left);
    let file = Files::new().add("proposed.pol", text.as_str());
    Ok(Proposed { text: format(file, Arc::from(text))?, rules: rules.len(), left })
}

/// The rows of flows that were denied and that the policy allows: it is deployed in another state.
fn allowed(usage: &Usage<'_>) -> HashSet<usize> {
    let is_allowed = |what: Unlike| match what {
        Unlike::Action | Unlike::Rule => true,
        Unlike::NoSuchRule | Unlike::Way => false,
    };
    usage.disagreements.iter().filter(|one| is_allowed(one.what)).map(|one| one.seen.row).collect()
}

/// Whether a flow comes from outside, for which there are DNAT rules, or goes to the firewall itself.
fn is_inbound(row: &Row<'_>, is_of_workload: bool, firewalls: &AddressSet) -> bool {
    let to_firewall = row.destination.parse::<Ipv4Addr>().is_ok_and(|address| firewalls.contains(address));
    to_firewall || row.destination.contains("::") || !is_of_workload && !AddressSet::private().contains(row.source)
}

/// What is not proposed.
#[derive(Default)]
struct Left {
    allowed: LineCount,
    inbound: LineCount,
    protocols: LineCount,
}

impl Left {
    fn sentences(&self) -> Vec<String> {
        let reasons = [
            (self.allowed, "the policy as it is stated allows them: deploy it first"),
            (self.inbound, "they come from public addresses or go to the firewall's own, which is for DNAT rules"),
            (self.protocols, "only a rule for every protocol would allow them"),
        ];
        let told = reasons.iter().filter(|(count, _)| count.lines > 0);
        told.map(|(count, why)| format!("{} not proposed: {why}", lines(count.lines))).collect()
    }
}

fn lines(count: u64) -> String {
    if count == 1 { "1 line".to_owned() } else { format!("{} lines", grouped(count)) }
}

fn text(evidence: &Evidence<'_, '_>, rules: &[Proposal], left: &[String]) -> String {
    let mut text = String::new();
    let all = evidence.usage.all;
    let window = dates(all).unwrap_or_else(|| "without times".to_owned());
    let _ = writeln!(
        text,
        "# Proposed by fwc from {} of logs, {window}: rules for what was denied because no",
        lines(all.lines)
    );
    let _ = writeln!(text, "# rule matches. Look at each: that something was tried does not mean that it should pass.");
    let _ = writeln!(text, "# What nobody tried in that time is not here, be it needed or not.");
    if evidence.observed.cut() > 0 {
        let _ = writeln!(text, "# {} were left out, as the table of flows was full.", lines(evidence.observed.cut()));
    }
    for left in left {
        let _ = writeln!(text, "# {left}.");
    }
    let _ =
        writeln!(text, "\n## Apply it in a group, `apply proposed()`, or move its rules there.\nbundle proposed() {{");
    let pages: Vec<(&str, ModulePage)> = modules().map(|module| (module.name, ModulePage::of(module))).collect();
    for rule in rules {
        let _ = writeln!(text, "# {}", evidence_of(rule));
        if let Some(known) = catalogued(rule, &pages) {
            let _ = writeln!(text, "# {known}");
        }
        let sources: Vec<String> = rule.sources.iter().map(ToString::to_string).collect();
        let service = rule.carried.on(&rule.ports);
        let _ = writeln!(text, "allow {service} from {} to {}\n", sources.join(", "), destination(&rule.destination));
    }
    text + "}\n"
}

fn dates(count: LineCount) -> Option<String> {
    let (first, last) = (count.first?.date(), count.last?.date());
    Some(if first == last { first.to_string() } else { format!("{first} to {last}") })
}

/// How often, when and from where.
fn evidence_of(rule: &Proposal) -> String {
    let flows = if rule.flows == 1 { "1 flow".to_owned() } else { format!("{} flows", grouped(rule.flows)) };
    let dates = dates(rule.count).map(|dates| format!(", {dates}")).unwrap_or_default();
    let workload = rule.workload.as_ref().map(|name| format!(", from {name}")).unwrap_or_default();
    let names = rule.names.len();
    let wider =
        if rule.destination.starts_with('*') { format!("; wider than the {names} names seen") } else { String::new() };
    format!("{} of {flows}{dates}{workload}{wider}", lines(rule.count.lines))
}

/// The bundles of the catalogue that open a host.
fn catalogued(rule: &Proposal, pages: &[(&str, ModulePage)]) -> Option<String> {
    let opens = |entry: &CatalogueEntry| {
        let hosts = entry.destinations.iter().filter(|to| to.contains('.'));
        rule.carried.is_among(&entry.services) && hosts.into_iter().any(|to| opens(to, &rule.destination))
    };
    let mut found = Vec::new();
    for (module, page) in pages {
        let bundles = page.bundles.iter().filter(|bundle| bundle.entries.iter().any(opens));
        found.extend(bundles.map(|bundle| format!("`{module}::{}`", bundle.name)));
    }
    (!found.is_empty()).then(|| format!("The catalogue has this host: {}.", found.join(", ")))
}

/// A destination in the language, where a name of one label has a word around it.
fn destination(text: &str) -> String {
    if text.contains('.') { text.to_owned() } else { format!("host(\"{text}\")") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_one_label_has_a_word_around_it() {
        assert_eq!(destination("server1"), "host(\"server1\")");
        assert_eq!(destination("a.b"), "a.b");
    }
}
