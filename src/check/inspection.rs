//! FW0211: TLS inspection without what signs for it.
//!
//! Source: MicrosoftDocs/azure-docs, articles/firewall/premium-certificates.md.

use crate::diag::{Code, Diagnostics, or_list};
use crate::intent::Rule;
use crate::model::Sku;

use super::subject::{Sighting, Sightings, Subject, filters};

/// Reports the first `inspect` of a policy that has no certificate, or no identity to read it with.
pub(super) fn check(subject: &Subject<'_>, diagnostics: &mut Diagnostics) {
    let settings = subject.settings();
    // Below Premium the feature itself is missing, which is another finding.
    if settings.sku < Sku::Premium {
        return;
    }
    let inspected = filters(subject.policy)
        .filter(|rule| makes_application_rules(rule))
        .filter_map(|rule| Some(Sighting::in_rule(rule.inspect?, &rule.origin)));
    let Some(seen) = Sightings::of(inspected) else { return };
    let lines = [
        (settings.tls.is_none(), "tls", "tls \"certificate\" \"key-vault-secret-id\""),
        (settings.identities.is_empty(), "identity", "identity \"resource id\""),
    ];
    let missing: Vec<_> = lines.into_iter().filter(|(is_missing, ..)| *is_missing).collect();
    if missing.is_empty() {
        return;
    }
    let message = format!(
        "`inspect` without {} in policy `{}`{}",
        or_list(missing.iter().map(|&(_, keyword, _)| keyword)),
        subject.name(),
        seen.others()
    );
    let found = seen.first.finding(Code::FW0211, message).related(subject.policy.name.at, "this policy");
    let lines: Vec<String> = missing.iter().map(|(.., line)| format!("`{line}`")).collect();
    diagnostics.push(found.help(format!("add {} to the policy", lines.join(" and "))));
}

/// Whether there is something to inspect; where there is not, the word itself is the finding.
fn makes_application_rules(rule: &Rule) -> bool {
    !rule.services.application_part().is_empty() && !rule.to.hosts.is_empty()
}
