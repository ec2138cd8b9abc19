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
fn a_finding_is_accepted_at_the_apply_that_makes_its_rule() {
    let bundles = "bundle narrow(who: addresses) { allow https from who to www.contoso.com }
                   bundle outer(who: addresses) { apply narrow(who: who) }";
    let found = |apply: &str| {
        let rules = format!("group one {{ {DEAD} }} group two {{ {apply} }}");
        let head = "location \"westeurope\" sku premium dns { proxy on }";
        super::found(&format!("{bundles} policy pp {{ {head} {rules} }}"))
    };
    let dead = found("apply narrow(who: 10.1.0.0/16)");
    assert!(dead.len() == 1 && dead[0].starts_with("FW0301 (note)"), "{dead:?}");
    assert_eq!(found("@ignore(FW0301, \"kept\") apply narrow(who: 10.1.0.0/16)"), NOTHING);
    assert_eq!(found("@ignore(FW0301, \"kept\") apply outer(who: 10.1.0.0/16)"), NOTHING);
    let needless = found("@ignore(FW0301, \"kept\") apply narrow(who: 192.168.0.0/16)");
    assert_eq!(needless, ["FW0805: nothing to ignore: this rule has no finding FW0301"]);
    let unknown = found("@ignore(FW9999, \"kept\") apply narrow(who: 192.168.0.0/16)");
    assert_eq!(unknown, ["FW0201: there is no code `FW9999`"]);
}

/// The annotations of an `apply` go before those of the group around it, and after those of what it makes.
#[test]
fn an_apply_has_an_owner_for_what_it_makes() {
    let (project, found) = super::linted(
        "bundle both(who: addresses) { allow https from who to a.contoso.com @owner(\"own\") allow https from who to b.contoso.com }
         policy pp { sku standard location \"westeurope\"
             @owner(\"group\") group gg {
                 @owner(\"apply\") @ticket(\"CHG-1\") apply both(who: 10.1.0.0/16)
                 allow https from 10.1.0.0/16 to c.contoso.com
             } }",
    );
    assert_eq!(found.iter().count(), 0, "{found:?}");
    let rules = project.intent().policies[0].groups[0].body.rules();
    let owners: Vec<_> = rules.flat_map(|rules| &rules.filters).map(|rule| rule.meta.owner.as_deref()).collect();
    assert_eq!(owners, [Some("apply"), Some("own"), Some("group")]);
    let rules = project.intent().policies[0].groups[0].body.rules();
    let tickets: Vec<_> = rules.flat_map(|rules| &rules.filters).map(|rule| rule.meta.ticket.as_deref()).collect();
    assert_eq!(tickets, [Some("CHG-1"), Some("CHG-1"), None]);
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
