//! FW08: owners and facts that grow old.

use super::{NOTHING, found, policy};

#[test]
fn a_group_without_an_owner_among_others() {
    let rule = |name: &str| format!("allow https from 10.0.0.0/8 to {name}.contoso.com");
    let owned = format!("@owner(\"x\") group one {{ {} }}", rule("a"));
    assert_eq!(policy(&format!("{owned} group two {{ {} }}", rule("b"))), ["FW0803: group `two` has no owner"]);
    assert_eq!(policy(&format!("group one {{ {} }} group two {{ {} }}", rule("a"), rule("b"))), NOTHING);
    let mixed = format!("group two {{ @owner(\"x\") a: {} b: {} }}", rule("a"), rule("b"));
    assert_eq!(policy(&mixed), ["FW0803: 1 of 2 rules of group `two` have no owner"]);
}

#[test]
fn facts_that_nobody_checked_for_a_year() {
    let source = |date: &str| {
        format!(
            "@source(\"docs\", {date}) let names = a.contoso.com, b.contoso.com
             @source(\"docs\", 2019-01-01) let unused = c.contoso.com
             policy pp {{ sku standard group gg {{ r: allow https from 10.0.0.0/8 to names }} }}"
        )
    };
    assert_eq!(found(&source("2025-10-01")), NOTHING);
    let message = "FW0804 r: `test.pol` was checked on 2025-09-30, more than a year ago";
    assert_eq!(found(&source("2025-09-30")), [message]);
}

#[test]
fn the_example_has_notes_only() {
    let (_, found) = super::linted(include_str!("../../policies/examples/aks-hub-spoke/egress.pol"));
    assert!(found.iter().all(|found| found.severity == fwc::diag::Severity::Note), "{found:#?}");
}
