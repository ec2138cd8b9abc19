//! FW03 and FW05: rules that decide nothing, almost nothing, or nothing that others would not.

use super::{NOTHING, child, linted, policy};

#[test]
fn a_rule_behind_a_wider_one_is_shadowed() {
    let groups = "group gg { wide: allow https from 10.0.0.0/8 to *.contoso.com
                               narrow: allow https from 10.1.0.0/16 to www.contoso.com }";
    let message =
        "FW0301 narrow: no flow reaches this rule: `gg/gg-allow-application/wide` allows all of its flows first";
    assert_eq!(policy(groups), [message]);
}

#[test]
fn a_rule_that_would_do_the_opposite_is_said_so() {
    let groups = "group first { wide: allow https from 10.0.0.0/8 to *.contoso.com }
                  group second { narrow: deny https from 10.1.0.0/16 to www.contoso.com }";
    let message = "FW0301 narrow: this rule never takes effect: what it denies, `first/first-allow-application/wide` allows first";
    assert_eq!(policy(groups), [message]);
}

#[test]
fn rules_shadow_together() {
    let groups = "group first { low: allow ssh from 10.0.0.0/9 to 10.2.0.4
                                high: deny ssh from 10.128.0.0/9 to 10.2.0.4
                                other: allow ssh from 10.0.0.0/8 to 10.2.0.5 }
                  group second { all: allow ssh from 10.0.0.0/8 to 10.2.0.4 }";
    let found = policy(groups);
    let message = "FW0301 all: this rule never takes effect: what it allows, `first/first-deny-network/high` and \
                   `first/first-allow-network/low` decide first";
    assert!(found.contains(&message.to_owned()), "{found:#?}");
}

#[test]
fn almost_covered_is_not_covered() {
    let groups = "group first { low: allow ssh from 10.0.0.0/9 to 10.2.0.4
                                high: allow ssh from 10.128.0.0-10.255.255.254 to 10.2.0.4 }
                  group second { all: allow ssh from 10.255.255.254/31, 10.0.0.0/16 to 10.2.0.4 }";
    assert_eq!(policy(groups), NOTHING);
}

#[test]
fn what_only_azure_knows_may_hold_anything() {
    let tag = |first: &str, second: &str| {
        policy(&format!(
            "group first {{ a: allow tcp/443 from 10.0.0.0/8 to {first} }} group second {{ b: allow tcp/443 from 10.0.0.0/8 to {second} }}"
        ))
    };
    assert_eq!(tag("tag(Storage)", "tag(Sql)"), NOTHING);
    assert_eq!(tag("tag(Storage.WestEurope)", "tag(Storage)").len(), 1, "the narrower could go");
    let message = "FW0301 b: no flow reaches this rule: `first/first-allow-network/a` allows all of its flows first";
    assert_eq!(tag("tag(Storage)", "tag(Storage.WestEurope)"), [message]);
}

#[test]
fn a_part_of_a_rule_can_be_dead() {
    let groups = "group first { wide: allow https from 10.0.0.0/8 to *.contoso.com }
                  group second { db: allow https, tcp/5432 from 10.0.0.0/8 to db.contoso.com }";
    let message = "FW0301 db: no flow reaches the application part of this rule: `first/first-allow-application/wide` \
                   allows all of its flows first";
    assert_eq!(policy(groups), [message]);
}

#[test]
fn azure_reads_network_rules_first() {
    let (_, found) = linted(
        "policy pp { sku standard group first { names: allow https from 10.0.0.0/8 to *.contoso.com }
                                  group second { ports: allow tcp/443 from 10.0.0.0/8 to any } }",
    );
    let found = found.iter().next().unwrap();
    assert_eq!(found.code.id, "FW0301");
    assert_eq!(found.help[0], "Azure reads every network rule before any application rule");
    assert_eq!(found.related.len(), 1);
}

#[test]
fn a_rule_of_a_bundle_that_others_make_needless_is_a_note() {
    let found = super::found(
        "bundle reach(who: addresses) { allow https from who to www.contoso.com }
         policy pp { sku standard group gg { wide: allow https from 10.0.0.0/8 to *.contoso.com apply reach(who: 10.1.0.0/16) } }",
    );
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("FW0301 (note)"), "{found:?}");
}

#[test]
fn the_parent_decides_first() {
    let allow = "mon: allow https from 10.0.0.0/8 to *.contoso.com";
    let message =
        "FW0506 mine: no flow reaches this rule: `base/up/up-allow-application/mon` allows all of its flows first";
    assert_eq!(child(allow, "mine: allow https from 10.1.0.0/16 to a.contoso.com"), [message]);
    let message =
        "FW0507 mine: this rule never takes effect: what it denies, `base/up/up-allow-application/mon` allows first";
    assert_eq!(child(allow, "mine: deny https from 10.1.0.0/16 to a.contoso.com"), [message]);
}

#[test]
fn a_rule_of_the_base_is_judged_in_the_base() {
    let found = child(
        "wide: allow https from 10.0.0.0/8 to *.contoso.com narrow: allow https from 10.1.0.0/16 to a.contoso.com",
        "mine: allow https from 10.0.0.0/8 to fabrikam.com",
    );
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn an_inherited_rule_whose_flows_the_child_takes_first_is_told_at_the_child() {
    let told = |base: &str, rule: &str| {
        let found = child(base, rule);
        found.into_iter().filter(|found| found.starts_with("FW0310")).collect::<Vec<_>>()
    };
    let base = "mon: allow https from 10.0.0.0/8 to *.contoso.com";
    let message = "FW0310 mine: this rule allows all flows of `base/up/up-allow-application/mon` first, which this policy inherits";
    assert_eq!(told(base, "mine: allow tcp/443 from 10.0.0.0/8 to any"), [message]);
    // A part is left, the rule is dead in the base as well, or the actions differ.
    assert_eq!(told(base, "mine: allow tcp/443 from 10.0.0.0/9 to any"), NOTHING);
    let twice = format!("{base} again: allow https from 10.1.0.0/16 to a.contoso.com");
    assert_eq!(told(&twice, "mine: allow tcp/443 from 10.1.0.0/16 to any"), NOTHING);
    assert_eq!(told(base, "mine: deny tcp/443 from 10.0.0.0/8 to any"), NOTHING);
}

#[test]
fn a_rule_that_a_later_one_makes_needless_could_go() {
    let groups = "group gg { narrow: allow https from 10.1.0.0/16 to www.contoso.com
                             wide: allow https from 10.0.0.0/8 to *.contoso.com }";
    let message = "FW0302 narrow: this rule could go: without it `gg/gg-allow-application/wide` would do the same to all of its flows";
    assert_eq!(policy(groups), [message]);
}

#[test]
fn an_exception_in_front_of_a_deny_is_needed() {
    let groups = "group first { narrow: allow https from 10.1.0.0/16 to www.contoso.com }
                  group second { none: deny https from 10.0.0.0/8 to *.contoso.com }
                  group third { rest: allow https from 10.0.0.0/8 to *.com }";
    assert!(policy(groups).iter().all(|found| found.starts_with("FW0703")), "{:#?}", policy(groups));
}

#[test]
fn a_deny_in_front_of_the_default_guards() {
    let message = "FW0302 (note) shells: this rule is a guard: what it denies, no rule allows today";
    assert_eq!(policy("group gg { shells: deny ssh from 10.0.0.0/8 to internet }"), [message]);
    let groups =
        "group gg { shells: deny ssh from 10.1.0.0/16 to internet all: deny ssh, rdp from 10.0.0.0/8 to internet }";
    let found = policy(groups);
    assert!(
        found[0].starts_with("FW0302 shells: this rule could go: without it `gg/gg-deny-network/all`"),
        "{found:?}"
    );
}

#[test]
fn of_two_equal_rules_one_has_to_stay() {
    let rule = "allow https from 10.0.0.0/8 to www.contoso.com";
    let found = policy(&format!("group one {{ a: {rule} }} group two {{ b: {rule} }}"));
    assert!(found[0].starts_with("FW0301 b:") && found[1].starts_with("FW0302 (note) a:"), "{found:?}");
}

#[test]
fn almost_nothing_left_is_a_note() {
    let groups = "group first { outside: deny tcp/1-65535 from 10.0.0.0/8 to internet }
                  group second { db: allow tcp/5432 from 10.0.0.0/8 to internet, 10.1.0.4 }";
    let found = policy(groups);
    assert!(found[0].starts_with("FW0307 db: this rule allows almost nothing: more than 99 %"), "{found:?}");
}

#[test]
fn names_at_one_address_cannot_be_told_apart() {
    let ends = "private-endpoint e { host a.contoso.com address 10.9.0.4 } private-endpoint f { host b.contoso.com address 10.9.0.4 }";
    let rule = "r: allow tcp/5432 from 10.0.0.0/8 to a.contoso.com";
    let found = super::found(&format!("{ends} policy pp {{ sku standard dns {{ proxy on }} group gg {{ {rule} }} }}"));
    assert_eq!(found, ["FW0308 r: this rule also decides flows to `b.contoso.com`, at an address of `a.contoso.com`"]);
}

#[test]
fn a_dnat_rule_that_a_network_rule_would_deny_is_told() {
    let with = |deny: &str| {
        let rules = format!("{deny} shop: dnat tcp/443 from 198.51.100.0/24 to h::web -> 10.240.4.10:8443");
        let firewall = "firewall h { policy pp private-ip 10.0.1.4 public-ip web 20.61.0.10 }";
        let source = format!("policy pp {{ sku standard group gg {{ {rules} }} }} {firewall}");
        let found = super::found(&source);
        let is_asked = |found: &String| found.starts_with("FW0309") || found.contains("is a guard");
        found.into_iter().filter(is_asked).collect::<Vec<_>>()
    };
    // Such a deny is no guard.
    let told = ["FW0309 shop: this rule lets in what `gg/gg-deny-network/no` denies"];
    // As the flows come, and as they are translated.
    assert_eq!(with("no: deny tcp/443 from 198.51.100.0/25 to 20.61.0.10"), told);
    assert_eq!(with("no: deny tcp/8443 from 198.51.100.0/25 to 10.240.0.0/16"), told);
    let guard = ["FW0302 (note) no: this rule is a guard: what it denies, no rule allows today"];
    assert_eq!(with("no: deny tcp/443 from 198.51.100.0/25 to 10.240.4.10"), guard);
    assert_eq!(with("no: deny tcp/8443 from 10.0.0.0/8 to 10.240.4.10"), guard);
}
