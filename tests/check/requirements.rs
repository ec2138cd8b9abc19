//! Rules and settings that need other settings, or that bear none beside them.

use super::{NOTHING, checked, found, policy};
use fwc::limits::CheckOptions;

#[test]
fn a_name_in_a_network_rule_needs_the_proxy() {
    let rules = "allow ntp from 10.0.0.4 to a.com, b.com allow tcp/22 from 10.0.0.4 to c.com";
    let message = "FW0401: a host name in a network rule needs the DNS proxy, here and in another place @ a.com";
    assert_eq!(found(&policy("sku standard", rules)), [message]);
    assert_eq!(found(&policy("sku standard dns { servers 10.0.0.4 }", rules)), [message]);
    assert_eq!(found(&policy("sku standard dns { proxy on }", rules)), NOTHING);
    assert_eq!(found(&policy("sku standard dns { network-rules without-proxy }", rules)), NOTHING);
    assert_eq!(found(&policy("sku standard", "allow https from 10.0.0.4 to a.com")), NOTHING);
}

#[test]
fn the_missing_proxy_is_shown_with_the_line_to_write() {
    let text = policy("sku standard", "allow ntp from 10.0.0.4 to a.com");
    let (project, found) = checked(&text, &CheckOptions::default());
    let found = found.iter().next().unwrap();
    assert_eq!(found.help, ["add `dns { proxy on }` to policy `pp`"]);
    assert_eq!(found.related.iter().map(|label| project.texts().text(label.at)).collect::<Vec<_>>(), ["pp"]);
}

#[test]
fn a_child_needs_a_proxy_of_its_own() {
    let base = "policy bb { sku standard dns { proxy on } group gg { allow ntp from 10.0.0.4 to a.com } }";
    let message = "FW0401 (warning): policy `cc` inherits host names in network rules, \
                   but not the DNS settings of `bb` @ bb";
    assert_eq!(found(&format!("{base} policy cc inherits bb {{ sku standard }}")), [message]);
    assert_eq!(found(&format!("{base} policy cc inherits bb {{ sku standard dns {{ proxy on }} }}")), NOTHING);
}

#[test]
fn inspection_needs_a_certificate_and_an_identity() {
    let rule = "allow https from 10.0.0.4 to a.com inspect";
    let message = "FW0211: `inspect` without `tls` or `identity` in policy `pp` @ inspect";
    assert_eq!(found(&policy("sku premium", rule)), [message]);
    let message = "FW0211: `inspect` without `identity` in policy `pp` @ inspect";
    assert_eq!(found(&policy(r#"sku premium tls "cert" "id""#, rule)), [message]);
    assert_eq!(found(&policy(r#"sku premium tls "cert" "id" identity "id""#, rule)), NOTHING);
}

#[test]
fn sql_redirect_keeps_its_ports() {
    let message = "FW0410: `sql-redirect on` keeps ports 11000-11999 for itself @ tcp/10900-11000";
    let rules = "allow tcp/10900-11000 from 10.0.0.4 to tag(Sql)";
    assert_eq!(found(&policy("sku standard sql-redirect on", rules)), [message]);
    assert_eq!(found(&policy("sku standard sql-redirect off", rules)), NOTHING);
    assert_eq!(found(&policy("sku standard sql-redirect on", "allow any from 10.0.0.4 to 10.2.0.0/16")), NOTHING);
    let base = format!("policy bb {{ sku standard group gg {{ {rules} }} }}");
    assert_eq!(found(&format!("{base} policy cc inherits bb {{ sku standard sql-redirect on }}")), [message]);
}

#[test]
fn reserved_and_long_headers_are_not_inserted() {
    let rule = |name: &str, value: &str| {
        found(&policy("sku standard", &format!("allow http from 10.0.0.4 to a.com with header \"{name}\" \"{value}\"")))
    };
    let message = "FW0411: header `Authorization` is reserved: Azure Firewall does not insert it \
                   @ with header \"Authorization\" \"x\"";
    assert_eq!(rule("Authorization", "x"), [message]);
    assert!(rule(&"n".repeat(101), "x")[0].starts_with("FW0411: a header name has up to 100 characters, found 101"));
    assert!(rule("n", &"x".repeat(16001))[0].starts_with("FW0411: a header value has up to 16000 characters"));
    assert_eq!(rule(&"n".repeat(100), &"x".repeat(16000)), NOTHING);
}

#[test]
fn the_headers_of_a_rule_have_a_limit_together() {
    let header = |name: &str| format!("with header \"{name}\" \"{}\"", "x".repeat(8200));
    let rule = format!("allow http from 10.0.0.4 to a.com {} {}", header("a"), header("b"));
    let found = found(&policy("sku standard", &rule));
    assert!(found[0].starts_with("FW0411: the headers of a rule take up to 16384 bytes, found 16402"), "{found:?}");
    assert!(found[0].contains("@ with header \"b\""));
}

#[test]
fn a_star_without_a_dot_matches_too_much() {
    let message = "FW0409: `*azmk8s.io` also matches `evilazmk8s.io` @ *azmk8s.io";
    assert_eq!(found(&policy("sku standard", "allow https from 10.0.0.4 to *azmk8s.io")), [message]);
    let rules = "allow https from 10.0.0.4 to *.azmk8s.io, *-files.sharepoint.com
                 @ignore(FW0409, \"all of theirs\") allow https from 10.0.0.5 to *azmk8s.io";
    assert_eq!(found(&policy("sku standard", rules)), NOTHING);
}
