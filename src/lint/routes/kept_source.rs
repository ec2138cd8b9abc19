//! FW0617: SNAT settings with which flows to the Internet keep the private address of their sender, so that no reply comes back.
//!
//! MicrosoftDocs/azure-docs, articles/firewall/snat-private-range.md (copy of 2025): network rules translate the source unless the
//! destination is in the private ranges of the policy, so that 0.0.0.0/0 translates nothing; application rules always do. That
//! is meant for forced tunnelling, where another device translates.

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::evaluate::SortedRule;
use crate::model::{NextHop, Policy};
use crate::net::{AddressSet, AddressSpan};

use super::network::{LintedNetwork, NetworkFilter, OfRoutes};
use super::table::LintedTable;
use super::words;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfRoutes> = Lint::new(&[Code::FW0617], check);

/// Reports each policy whose ranges hold most of the Internet, if its network rules let private senders go there; and each
/// rule to less of it.
fn check(network: &LintedNetwork<'_>) -> Diagnostics {
    network.policies().flat_map(|policy| of_policy(network, policy)).collect()
}

fn of_policy(network: &LintedNetwork<'_>, policy: &Policy) -> Vec<Diagnostic> {
    let internet = AddressSet::internet();
    let kept = kept(policy).intersection(&internet);
    if kept.is_empty() || leads_away(network, policy, &kept) {
        Vec::new()
    } else if kept.count() < internet.count() / 2 {
        network.rules_of(policy).filter_map(|rule| to_a_part(rule, &kept)).collect()
    } else {
        finding(network, policy, &kept).into_iter().collect()
    }
}

/// A rule to addresses of the Internet that the policy treats as private. They may be an own network with public
/// addresses, which is what the setting is for.
fn to_a_part(rule: &NetworkFilter<'_>, kept: &AddressSet) -> Option<Diagnostic> {
    let to = rule.addresses.iter().find(|to| !to.is_empty() && kept.covers(to))?;
    if !loses_replies(rule, kept) {
        return None;
    }
    let to = words::set(to);
    let message = format!("flows to {to} keep the private address of their sender");
    let path = vec![
        format!("{} -> {to}", words::set(&rule.all_senders().intersection(&AddressSet::private()))),
        format!("-> the firewall keeps the source: SNAT takes {to} for private"),
        "?  a reply comes only where that network has a route back".to_owned(),
    ];
    let found = rule.finding(Code::FW0617, message).severity(Severity::Note).path(path);
    Some(found.help("list only own networks under `snat { private … }`"))
}

fn finding(network: &LintedNetwork<'_>, policy: &Policy, kept: &AddressSet) -> Option<Diagnostic> {
    let mut rules = network.rules_of(policy).filter(|rule| loses_replies(rule, kept));
    let rule = rules.next()?;
    let more = rules.count();
    let rules = if more == 0 { format!("rule `{}`", rule.path()) } else { format!("{} network rules", more + 1) };
    let verb = if more == 0 { "gets" } else { "get" };
    let message = format!("{rules} {verb} no reply from the Internet: the policy translates no source address");
    let found = match &policy.origin {
        Some(origin) => Diagnostic::at_origin(Code::FW0617, origin, message),
        None => Diagnostic::nowhere(Code::FW0617, message),
    };
    let senders = rule.all_senders().intersection(&AddressSet::private());
    let path = vec![
        format!("{} -> {}", words::set(&senders), words::set(kept)),
        format!("-> the firewall keeps the source: SNAT takes {} for private", words::set(kept)),
        "x  the Internet has no way back to a private address".to_owned(),
    ];
    let found = rule.concerned(found, "a rule whose flows leave so").path(path);
    Some(found.help(
        "list only own networks under `snat { private … }`; where another device translates, state the route table of \
         AzureFirewallSubnet that leads to it",
    ))
}

/// The destinations to which the source is not translated.
fn kept(policy: &Policy) -> AddressSet {
    let ranges = policy.settings.snat.iter().flat_map(|snat| &snat.private_ranges);
    // The keyword for Azure's own list is no prefix, and holds nothing of the Internet.
    ranges.filter_map(|range| range.parse::<AddressSpan>().ok()).collect()
}

/// Whether the firewall's own subnet sends the flows elsewhere than to the Internet for certain.
fn leads_away(network: &LintedNetwork<'_>, policy: &Policy, kept: &AddressSet) -> bool {
    let has_policy = |firewall: &&crate::model::Firewall| firewall.policy.as_deref() == Some(policy.name.as_str());
    let at = network.firewalls.iter().find(has_policy).and_then(|firewall| firewall.private_ip);
    network.firewall_table(at).is_some_and(|table| !goes_out(table, kept))
}

fn goes_out(table: &LintedTable<'_>, to: &AddressSet) -> bool {
    table.hops(to).iter().any(|hop| match hop.by.map(|route| &route.next_hop) {
        None | Some(NextHop::Internet) => true,
        Some(
            NextHop::Appliance(_)
            | NextHop::Appliances(_)
            | NextHop::Gateway
            | NextHop::VnetLocal
            | NextHop::None
            | NextHop::Unknown(_),
        ) => false,
    })
}

/// Whether a rule lets private senders reach some of `kept` without a proxy between. Tags hold addresses of the Internet, and
/// so do names that nothing else is known of.
fn loses_replies(rule: &NetworkFilter<'_>, kept: &AddressSet) -> bool {
    let reaches =
        rule.addresses.iter().any(|to| to.intersects(kept)) || !rule.tags.is_empty() || !rule.names.is_empty();
    matches!(rule.rule, SortedRule::Network(..))
        && !rule.denies()
        && rule.all_senders().intersects(&AddressSet::private())
        && reaches
}
