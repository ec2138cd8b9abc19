//! Features above the tier.

use super::{NOTHING, found, policy};

#[test]
fn threat_intelligence_denies_from_standard_on() {
    let message = "FW0402: threat intelligence that denies needs `sku standard`, found `sku basic` @ threat-intel";
    assert_eq!(found(&policy("sku basic threat-intel deny", "")), [message]);
    assert_eq!(found(&policy("sku basic threat-intel alert", "")), NOTHING);
    assert_eq!(found(&policy("sku standard threat-intel deny", "")), NOTHING);
}

#[test]
fn dns_comes_with_standard() {
    let message = "FW0402: `dns` needs `sku standard`, found `sku basic` @ dns";
    assert_eq!(found(&policy("sku basic dns { servers 10.0.0.4 }", "")), [message]);
    assert_eq!(found(&policy("sku standard dns { servers 10.0.0.4 }", "")), NOTHING);
}

#[test]
fn names_in_network_rules_come_with_standard() {
    let rules = "allow udp/123 from 10.0.0.4 to a.com, b.com allow ntp from 10.0.0.5 to c.com";
    let message = "FW0402: a host name in a network rule needs `sku standard`, found `sku basic`, \
                   here and in another place @ a.com";
    assert_eq!(found(&policy("sku basic", rules)), [message]);
    assert_eq!(found(&policy("sku basic", "allow https from 10.0.0.4 to a.com")), NOTHING);
}

#[test]
fn dnat_on_the_private_address_comes_with_standard() {
    let rules = "dnat tcp/443 from 203.0.113.0/24 to 10.0.1.4 -> 10.2.0.4";
    let message = "FW0402: DNAT on the firewall's private address needs `sku standard`, found `sku basic` @ 10.0.1.4";
    assert_eq!(found(&policy("sku basic", rules)), [message]);
    assert_eq!(found(&policy("sku standard", rules)), NOTHING);
    assert_eq!(found(&policy("sku basic", "dnat tcp/443 from any to 203.0.113.9 -> 10.2.0.4")), NOTHING);
}

#[test]
fn categories_come_with_standard_and_urls_with_premium() {
    let category = "deny https from 10.0.0.4 to category(Gambling)";
    let message = "FW0402: a web category needs `sku standard`, found `sku basic` @ Gambling";
    assert_eq!(found(&policy("sku basic", category)), [message]);
    assert_eq!(found(&policy("sku standard", category)), NOTHING);
    let url = r#"allow http from 10.0.0.4 to url("contoso.com/api/*")"#;
    let message = r#"FW0402: a URL needs `sku premium`, found `sku standard` @ "contoso.com/api/*""#;
    assert_eq!(found(&policy("sku standard", url)), [message]);
    assert_eq!(found(&policy("sku premium", url)), NOTHING);
}

#[test]
fn inspection_and_intrusion_detection_come_with_premium() {
    let rule = "allow https from 10.0.0.4 to a.com inspect";
    let message = "FW0402: TLS inspection needs `sku premium`, found `sku standard` @ inspect";
    assert_eq!(found(&policy("sku standard", rule)), [message]);
    let message = "FW0402: TLS inspection needs `sku premium`, found `sku standard` @ tls";
    assert_eq!(found(&policy(r#"sku standard tls "cert" "id""#, "")), [message]);
    let message = "FW0402: `idps` needs `sku premium`, found `sku standard` @ idps";
    assert_eq!(found(&policy("sku standard idps alert", "")), [message]);
    assert_eq!(found(&policy("sku premium idps alert", "")), NOTHING);
}

#[test]
fn a_feature_in_a_bundle_shows_where_it_is_applied() {
    let text = "bundle b() { group gg { deny https from 10.0.0.4 to category(Gambling) } }
                policy pp { sku basic apply b() }";
    let (project, found) = super::checked(text, &fwc::limits::CheckOptions::default());
    let related = &found.iter().next().unwrap().related;
    assert!(related.iter().any(|label| project.texts().text(label.at).starts_with("apply b")), "{related:?}");
}

#[test]
fn a_firewall_takes_policies_of_its_tier() {
    let text = |policy: &str, firewall: &str| {
        found(&format!("policy pp {{ sku {policy} }} firewall f {{ policy pp sku {firewall} private-ip 10.0.1.4 }}"))
    };
    let message = |policy: &str, wanted: &str, firewall: &str| {
        format!("FW0402: policy `pp` is {policy} and needs {wanted}, but firewall `f` is {firewall} @ sku {firewall}")
    };
    assert_eq!(text("premium", "standard"), [message("premium", "a premium firewall", "standard")]);
    assert_eq!(text("basic", "premium"), [message("basic", "a basic firewall", "premium")]);
    assert_eq!(text("standard", "basic"), [message("standard", "a standard or premium firewall", "basic")]);
    for (policy, firewall) in
        [("basic", "basic"), ("standard", "standard"), ("standard", "premium"), ("premium", "premium")]
    {
        assert_eq!(text(policy, firewall), NOTHING);
    }
}
