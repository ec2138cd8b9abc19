//! FW0211: TLS inspection without a certificate, or without the identity to read it with.
//!
//! Source: MicrosoftDocs/azure-docs, articles/firewall/premium-certificates.md.

use crate::diag::{Code, or_list};
use crate::model::{SiteField, Sku};

use super::finding::Findings;
use super::subject::{CheckSubject, Sightings, StatedSubject, of_policy};

/// Reports the first inspected rule of a policy that has no certificate, or no identity to read it with.
pub(super) fn check(subject: &CheckSubject<'_>, found: &mut Findings) {
    let settings = subject.settings();
    // Below Premium the feature itself is missing, which is another finding.
    if settings.known_sku() != Some(Sku::Premium) {
        return;
    }
    let form = subject.form();
    let lines = [
        (
            settings.tls.is_none(),
            form.pick("tls", "transportSecurity"),
            form.pick("tls \"certificate\" \"key-vault-secret-id\"", "transportSecurity"),
        ),
        (
            settings.identities.is_empty() && !settings.other.contains_key("identity/type"),
            "identity",
            form.pick("identity \"resource id\"", "identity"),
        ),
    ];
    let missing: Vec<_> = lines.into_iter().filter(|(is_missing, ..)| *is_missing).collect();
    let Some(seen) = Sightings::of(subject.filters.iter().copied(), inspected) else { return };
    if missing.is_empty() {
        return;
    }
    let message = format!(
        "`{}` without {} in policy `{}`{}",
        form.pick("inspect", "terminateTLS"),
        or_list(missing.iter().map(|&(_, keyword, _)| keyword)),
        subject.name(),
        seen.others()
    );
    let lines: Vec<String> = missing.iter().map(|(.., line)| format!("`{line}`")).collect();
    let finding =
        seen.finding(Code::FW0211, message).related(of_policy(subject.policy, SiteField::Name), "this policy");
    found.push(finding.help(format!("add {} to the policy", lines.join(" and "))));
}

/// Whether the rule is inspected.
pub(super) fn inspected(stated: &StatedSubject<'_>) -> Option<SiteField> {
    stated.application()?.handling.terminate_tls.then_some(SiteField::TerminateTls)
}
