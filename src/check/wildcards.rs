//! FW0409: `*suffix`, which also matches names that somebody else can register.
//!
//! Source: Azure Firewall FAQ, 2023-01: `*contoso.com` matches `contoso.com`, `a.contoso.com` and `evilcontoso.com`.

use crate::diag::Code;
use crate::model::SiteField;
use crate::net::HostPattern;

use super::finding::{Finding, Findings};
use super::subject::{CheckSubject, StatedSubject};

/// Reports each such wildcard of a rule.
pub(super) fn check(subject: &CheckSubject<'_>, found: &mut Findings) {
    for stated in &subject.filters {
        let Some(rule) = stated.application() else { continue };
        let hosts = rule.matches.fqdns.iter().enumerate();
        found.extend(hosts.filter_map(|(at, host)| finding(stated, at, host)));
    }
}

fn finding(stated: &StatedSubject<'_>, at: usize, host: &HostPattern) -> Option<Finding> {
    let ending = match host {
        HostPattern::Ending(ending) => ending.as_str(),
        HostPattern::Any | HostPattern::Exact(_) | HostPattern::Below(_) => return None,
    };
    if is_part_of_a_label(ending) {
        return None;
    }
    let message = format!("`*{ending}` also matches `evil{ending}`");
    let finding = Finding::new(Code::FW0409, stated.site(SiteField::Host(at, host.clone())), message);
    Some(finding.help(format!("write `*.{ending}` for the names below, and `{ending}` for the name itself")))
}

/// `*-files.sharepoint.com` is how Microsoft itself writes names that only the owner of `sharepoint.com` gives.
fn is_part_of_a_label(ending: &str) -> bool {
    ending.starts_with('-') && ending.matches('.').count() > 1
}
