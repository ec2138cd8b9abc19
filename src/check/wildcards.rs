//! FW0409: `*suffix`, which also matches names that somebody else can register.
//!
//! Source: Azure Firewall FAQ, 2023-01: `*contoso.com` matches `contoso.com`, `a.contoso.com` and `evilcontoso.com`.

use crate::diag::{Code, Diagnostics};
use crate::intent::{Entry, Host, Rule};
use crate::net::HostPattern;

use super::subject::{Sighting, Subject, filters};

/// Reports each such wildcard of a rule.
pub(super) fn check(subject: &Subject<'_>, diagnostics: &mut Diagnostics) {
    for rule in filters(subject.policy) {
        rule.to.hosts.iter().for_each(|host| check_host(rule, host, diagnostics));
    }
}

fn check_host(rule: &Rule, host: &Entry<Host>, diagnostics: &mut Diagnostics) {
    let ending = match &host.value {
        Host::Pattern(HostPattern::Ending(ending)) => ending.as_str(),
        Host::Pattern(HostPattern::Any | HostPattern::Exact(_) | HostPattern::Below(_)) => return,
        Host::FqdnTag(_) | Host::Category(_) | Host::Url(_) => return,
    };
    if is_part_of_a_label(ending) {
        return;
    }
    let message = format!("`*{ending}` also matches `evil{ending}`");
    let found = Sighting::in_rule(host.at, &rule.origin).finding(Code::FW0409, message);
    diagnostics.push(found.help(format!("write `*.{ending}` for the names below, and `{ending}` for the name itself")));
}

/// `*-files.sharepoint.com` is how Microsoft itself writes names that only the owner of `sharepoint.com` gives.
fn is_part_of_a_label(ending: &str) -> bool {
    ending.starts_with('-') && ending.matches('.').count() > 1
}
