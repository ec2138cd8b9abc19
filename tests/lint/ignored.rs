//! `@ignore`, and what is wrong with one.

use super::{NOTHING, policy};

const DEAD: &str = "wide: allow https from 10.0.0.0/8 to *.contoso.com";
const NARROW: &str = "narrow: allow https from 10.1.0.0/16 to www.contoso.com";

#[test]
fn a_finding_is_accepted_at_its_rule_and_at_what_holds_the_rule() {
    let at_rule = format!("group one {{ {DEAD} }} group two {{ @ignore(FW0301, \"kept\") {NARROW} }}");
    assert_eq!(policy(&at_rule), NOTHING);
    let at_group = format!("group one {{ {DEAD} }} @ignore(FW0301, \"kept\") group two {{ {NARROW} }}");
    assert_eq!(policy(&at_group), NOTHING);
    let elsewhere = format!("@ignore(FW0301, \"kept\") group one {{ {DEAD} }} group two {{ {NARROW} }}");
    let found = policy(&elsewhere);
    assert_eq!(found.len(), 2, "the rule that decides first accepts nothing: {found:?}");
}

#[test]
fn one_that_no_finding_needs_is_a_note() {
    let found = policy("group one { @ignore(FW0301, \"why\") r: allow https from 10.0.0.0/8 to www.contoso.com }");
    assert_eq!(found, ["FW0805: nothing to ignore: this rule has no finding FW0301"]);
}

#[test]
fn an_unknown_code_is_an_error() {
    let found = policy("group one { @ignore(FW9999, \"why\") r: allow https from 10.0.0.0/8 to www.contoso.com }");
    assert_eq!(found, ["FW0201: there is no code `FW9999`"]);
}

#[test]
fn an_error_stands() {
    let found = policy("group one { @ignore(FW0406, \"why\") r: allow ssh from tag(Storage) to 10.0.0.4 }");
    assert!(found[0].starts_with("FW0406"), "{found:?}");
}
