//! FW0410: `sql-redirect on` beside a rule on the ports that it keeps for itself.
//!
//! Source: Microsoft.Network 2025-09-01, `FirewallPolicySQL.allowSqlRedirect`: "requires no rule using port 11000-11999".

use crate::diag::Code;
use crate::model::{ApplicationRule, LAST_APPLICATION_PORT, Setting, SiteField};
use crate::net::{AppProtocol, PortSet, PortSpan};

use super::finding::Findings;
use super::subject::{CheckSubject, Each, Sightings, StatedSubject};

const FIRST: u16 = 11000;
const LAST: u16 = 11999;

/// Reports the first rule, here or in the base, that names such a port. A rule for every port names none.
pub(super) fn check(subject: &CheckSubject<'_>, found: &mut Findings) {
    if subject.settings().sql_redirect != Some(true) {
        return;
    }
    let Some(kept) = PortSpan::new(FIRST, LAST).map(PortSet::from) else { return };
    let parent = subject.parent.map(|parent| CheckSubject::new(subject.model, parent));
    let rules = std::iter::once(subject).chain(&parent).flat_map(|policy| policy.filters.iter().chain(&policy.dnats));
    let Some(seen) = Sightings::of(rules.copied(), |stated| uses(stated, &kept)) else { return };
    let on = subject.form().pick("sql-redirect on", "allowSqlRedirect");
    let message = format!("`{on}` keeps ports {FIRST}-{LAST} for itself{}", seen.others());
    let off = subject.form().pick("write `sql-redirect off`", "set `allowSqlRedirect` to false");
    let finding = seen.finding(Code::FW0410, message);
    let finding = finding.related(subject.setting(Setting::SqlRedirect), "SQL redirect is let through here");
    found.push(finding.help(format!("take those ports out of the rule, or {off}")));
}

fn uses(stated: &StatedSubject<'_>, kept: &PortSet) -> Option<SiteField> {
    let uses = match stated.rule {
        Each::Nat(rule) => rule.matches.ports.iter().any(|&span| PortSet::from(span).intersects(kept)),
        Each::Network(rule) => !rule.matches.ports.is_any() && rule.matches.ports.intersects(kept),
        Each::Application(rule) => names_port(rule, kept),
    };
    uses.then_some(SiteField::Services)
}

fn names_port(rule: &ApplicationRule, kept: &PortSet) -> bool {
    AppProtocol::ALL.iter().any(|protocol| {
        let ports = || rule.matches.protocols.iter().filter(|(of, _)| of == protocol).map(|&(_, port)| port);
        ports().any(|port| kept.contains(port)) && ports().count() < usize::from(LAST_APPLICATION_PORT)
    })
}
