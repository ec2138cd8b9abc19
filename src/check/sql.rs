//! FW0410: `sql-redirect on` beside a rule on the ports that it keeps for itself.
//!
//! Source: Microsoft.Network 2025-09-01, `FirewallPolicySQL.allowSqlRedirect`: "requires no rule using port 11000-11999".

use crate::diag::{Code, Diagnostics};
use crate::intent::Policy;
use crate::net::{PortSet, PortSpan, ServiceSet};

use super::subject::{Sighting, Sightings, Subject, dnats, filters, set_at};

const FIRST: u16 = 11000;
const LAST: u16 = 11999;

/// Reports the first rule, here or in the base, that names such a port. A rule for every port names none.
pub(super) fn check(subject: &Subject<'_>, diagnostics: &mut Diagnostics) {
    if subject.settings().sql_redirect != Some(true) {
        return;
    }
    let Some(kept) = PortSpan::new(FIRST, LAST).map(PortSet::from) else { return };
    let policies = std::iter::once(subject.policy).chain(subject.parent);
    let Some(seen) = Sightings::of(policies.flat_map(|policy| users(policy, &kept))) else { return };
    let message = format!("`sql-redirect on` keeps ports {FIRST}-{LAST} for itself{}", seen.others());
    let found = seen.first.finding(Code::FW0410, message);
    let found = found.related(set_at(subject.policy, "sql-redirect"), "SQL redirect is let through here");
    diagnostics.push(found.help("take those ports out of the rule, or write `sql-redirect off`"));
}

fn users<'a>(policy: &'a Policy, kept: &PortSet) -> Vec<Sighting<'a>> {
    let uses = |services: &ServiceSet| {
        let ServiceSet { any: _, icmp: _, tcp, udp, http, https, mssql } = services;
        [tcp, udp, http, https, mssql].into_iter().any(|ports| !ports.is_any() && ports.intersects(kept))
    };
    let filters = filters(policy)
        .filter(|rule| uses(&rule.services))
        .map(|rule| Sighting::in_rule(rule.services_at, &rule.origin));
    let dnats = dnats(policy)
        .filter(|dnat| PortSet::from(dnat.ports.value).intersects(kept))
        .map(|dnat| Sighting::in_rule(dnat.ports.at, &dnat.origin));
    filters.chain(dnats).collect()
}
