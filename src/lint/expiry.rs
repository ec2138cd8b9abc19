//! FW0801 and FW0802: rules that should be gone, or soon will be. Expiry never changes an artefact.

use jiff::Span;
use jiff::civil::Date;

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::intent::{Entry, Intent, Meta};
use crate::source::Origin;

/// How many days ahead an expiry is announced.
const AHEAD: i64 = 30;

/// Reports each expiry date before `today` or up to 30 days ahead, once for all the rules that have it.
pub fn expiry(intent: &Intent, today: Date, let_through: bool) -> Diagnostics {
    let soon = today.checked_add(Span::new().days(AHEAD)).unwrap_or(Date::MAX);
    let mut found = Diagnostics::new();
    let mut seen = std::collections::HashSet::new();
    for (meta, origin) in metas(intent) {
        let Some(expires) = &meta.expires else { continue };
        if expires.value > soon || !seen.insert((expires.at, origin.via.clone())) {
            continue;
        }
        found.push(finding(expires, origin, today, let_through));
    }
    found
}

/// The annotations of each rule.
pub(super) fn metas(intent: &Intent) -> impl Iterator<Item = (&Meta, &Origin)> {
    let groups = intent.policies.iter().flat_map(|policy| &policy.groups);
    let rules = groups.flat_map(|group| group.body.rules());
    rules.flat_map(|rules| {
        let filters = rules.filters.iter().map(|rule| (&rule.meta, &rule.origin));
        let dnats = rules.dnats.iter().map(|rule| (&rule.meta, &rule.origin));
        filters.chain(dnats)
    })
}

fn finding(expires: &Entry<Date>, origin: &Origin, today: Date, let_through: bool) -> Diagnostic {
    let found = if expires.value < today {
        let message = format!("expired on {}, and today is {today}", expires.value);
        let severity = if let_through { Severity::Warning } else { Severity::Error };
        Diagnostic::new(Code::FW0801, expires.at, message)
            .severity(severity)
            .help("remove the rule or renew the date; `--expired warn` accepts it once")
    } else {
        Diagnostic::new(Code::FW0802, expires.at, format!("expires on {}", expires.value))
    };
    let found = found.about(origin);
    found.applied(origin.via.iter())
}
