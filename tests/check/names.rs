//! Names that Azure refuses.

use super::{NOTHING, checked, found, policy};

#[test]
fn groups_and_collections_have_plain_names() {
    let group = |name: &str| found(&format!("policy pp {{ sku standard group \"{name}\" {{ }} }}"));
    let message = "FW0403: group name `my group` has ` `: Azure takes letters, digits, `-`, `_` and `.` @ \"my group\"";
    assert_eq!(group("my group"), [message]);
    let message = "FW0403: group name `-g` begins with `-`: Azure wants a letter or digit first @ \"-g\"";
    assert_eq!(group("-g"), [message]);
    let message = "FW0403: group name `g.` ends with `.`: Azure wants a letter, digit or `_` last @ \"g.\"";
    assert_eq!(group("g."), [message]);
    let text = "policy pp { sku standard group gg { collection \"_c\" allow { } } }";
    let message = "FW0403: collection name `_c` begins with `_`: Azure wants a letter or digit first @ \"_c\"";
    assert_eq!(found(text), [message]);
    assert_eq!(group("Rules_2.b-c_"), NOTHING);
}

#[test]
fn a_wrong_name_comes_with_a_right_one() {
    let text = "policy pp { sku standard group \"_my group.\" { } }";
    let (_, found) = checked(text, &fwc::limits::CheckOptions::default());
    assert_eq!(found.iter().next().unwrap().help, ["write it like `my-group`"]);
}

#[test]
fn names_have_eighty_characters() {
    let (long, most) = ("p".repeat(81), "p".repeat(80));
    let message = format!("FW0403: policy name `{long}` has 81 characters: Azure takes up to 80 @ {long}");
    assert_eq!(found(&format!("policy {long} {{ sku standard }}")), [message]);
    assert_eq!(found(&format!("policy {most} {{ sku standard }}")), NOTHING);
}

#[test]
fn terraform_wants_two_characters() {
    let text = "policy p { sku standard group g { } }";
    assert_eq!(found(text)[0], "FW0403 (warning): policy name `p` has one character: Terraform wants two @ p");
    assert_eq!(found(text)[1], "FW0403 (warning): group name `g` has one character: Terraform wants two @ g");
}

#[test]
fn the_network_has_plain_names() {
    let message =
        |what: &str| format!("FW0403: {what} name `_x` begins with `_`: Azure wants a letter or digit first @ _x");
    assert_eq!(found("ip-group _x = 10.0.0.0/8"), [message("IP group")]);
    assert_eq!(found("routes _x { via 10.0.1.4 }"), [message("route table")]);
    let text = "routes x { route tag(\"Foo Bar\") via internet }";
    let message = "FW0403: route name `to-Foo Bar` has ` `: Azure takes letters, digits, `-`, `_` and `.` \
                   @ route tag(\"Foo Bar\") via internet";
    assert_eq!(found(text), [message]);
    assert_eq!(found("ip-group x = 10.0.0.0/8 routes x_ { via 10.0.1.4 }"), NOTHING);
}

#[test]
fn a_long_label_is_cut() {
    let rule = |label: &str| found(&policy("sku standard", &format!("{label}: allow https from 10.0.0.4 to a.com")));
    let long = "l".repeat(81);
    let message = format!("FW0403 (warning): the label has 81 characters: it is cut to 80 in the artefacts @ {long}");
    assert_eq!(rule(&long), [message]);
    assert_eq!(rule("card-settlement"), NOTHING);
}

#[test]
fn a_name_that_a_parameter_spoils_is_an_error_where_its_value_is_given() {
    let text = |default: &str, name: &str| {
        format!("param env: text = \"{default}\" policy \"{name}\" {{ sku standard group gg {{ }} }}")
    };
    let message = "FW0403: policy name `edge-a b` has ` `: Azure takes letters, digits, `-`, `_` and `.` @ \"a b\"";
    assert_eq!(found(&text("a b", "edge-{env}")), [message]);
    let message = "FW0403: policy name `my edge-a` has ` `: Azure takes letters, digits, `-`, `_` and `.` \
                   @ \"my edge-{env}\"";
    assert_eq!(found(&text("a", "my edge-{env}")), [message]);
    let message = "FW0403: policy name `edge-` ends with `-`: Azure wants a letter, digit or `_` last @ \"\"";
    assert_eq!(found(&text("", "edge-{env}")), [message]);
}
