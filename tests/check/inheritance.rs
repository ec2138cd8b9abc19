//! A base policy and its children.

use super::{NOTHING, found};

/// The findings for a base `bb` and a child `cc` with these settings.
fn family(base: &str, child: &str) -> Vec<String> {
    found(&format!("policy bb {{ sku standard {base} }} policy cc inherits bb {{ sku standard {child} }}"))
}

#[test]
fn a_base_is_in_the_region_of_its_child() {
    let message = "FW0501: policy `cc` is in `northeurope` and its base `bb` in `westeurope`: \
                   Azure wants both in one region @ location";
    assert_eq!(family(r#"location "westeurope""#, r#"location "North Europe""#), [message]);
    assert_eq!(family(r#"location "westeurope""#, r#"location "West Europe""#), NOTHING);
    assert_eq!(family("", ""), NOTHING);
}

#[test]
fn a_region_on_one_side_only_is_not_certain() {
    let message = "FW0211 (warning): policy `cc` has no `location`, and `bb` is in `westeurope`: \
                   Azure wants a base and its children in one region @ cc";
    assert_eq!(family(r#"location "westeurope""#, ""), [message]);
    assert!(family("", r#"location "westeurope""#)[0].starts_with("FW0211 (warning): policy `bb` has no `location`"));
}

#[test]
fn a_base_inherits_nothing() {
    let text =
        "policy aa { sku standard } policy bb inherits aa { sku standard } policy cc inherits bb { sku standard }";
    let message = "FW0502: policy `bb` inherits another one, so it cannot be inherited itself @ bb";
    assert_eq!(found(text), [message]);
}

#[test]
fn threat_intelligence_gets_no_weaker() {
    let message = "FW0503: `threat-intel alert` is weaker than the base: `bb` has `deny` @ threat-intel";
    assert_eq!(family("threat-intel deny", "threat-intel alert"), [message]);
    assert_eq!(family("threat-intel alert", "threat-intel deny"), NOTHING);
    assert_eq!(family("threat-intel deny", ""), NOTHING);
    let message = "FW0503 (warning): `threat-intel off` is weaker than the base: \
                   `bb` states none, which means `alert` @ threat-intel";
    assert_eq!(family("", "threat-intel off"), [message]);
}

#[test]
fn dnat_of_a_base_is_refused() {
    let rules = "group gg { web: dnat tcp/443 from any to 203.0.113.9 -> 10.2.0.4
                           dnat tcp/80 from any to 203.0.113.9 -> 10.2.0.4 }";
    let message = "FW0504: DNAT in policy `bb`, which `cc` inherits: Microsoft's pages disagree on whether Azure reads \
                   it for the child, here and in another place @ web";
    assert_eq!(family(rules, ""), [message]);
    assert_eq!(family("", rules), NOTHING);
}

#[test]
fn a_base_has_no_higher_tier() {
    let tiers =
        |base: &str, child: &str| found(&format!("policy bb {{ sku {base} }} policy cc inherits bb {{ sku {child} }}"));
    let message = "FW0505: policy `cc` is standard and its base `bb` is premium: \
                   the base of a policy cannot have a higher tier @ sku";
    assert_eq!(tiers("premium", "standard"), [message]);
    let message = "FW0505 (warning): policy `cc` is premium and its base `bb` is standard: \
                   no page of Microsoft documents that Azure accepts this @ sku";
    assert_eq!(tiers("standard", "premium"), [message]);
    assert_eq!(tiers("premium", "premium"), NOTHING);
}
