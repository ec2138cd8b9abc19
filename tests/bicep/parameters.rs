//! Parameter files, as files of values and as inputs.

use super::{files, group, imported, lines, rule};

const VALUES: &str = "using './main.bicep'
var last = 7
param to = [for n in [last]: '192.0.2.${n}']
param more = { list: [loadTextContent('address.txt')] }
";

fn template() -> String {
    let more = "param to array\nparam more object = {}\nparam other string = 'x'\n";
    format!("{more}{}", group(&format!("[{}]", rule("'r'", "concat(to, more.?list ?? [])"))))
}

#[test]
fn values_are_computed_in_the_file() {
    let template = template();
    let all = files(&[("main.bicep", &template), ("main.bicepparam", VALUES), ("address.txt", "192.0.2.8")]);
    for read in [imported(&all, "main.bicepparam", &[]), imported(&all, "main.bicep", &["main.bicepparam"])] {
        let rules = lines(&read.unwrap());
        assert!(rules[0].contains("192.0.2.7") && rules[0].contains("192.0.2.8"), "{rules:?}");
    }
    let why = imported(&all, "main.bicep", &[]).unwrap_err();
    assert!(why.contains("parameter `to` has no value"), "{why}");
}

#[test]
fn a_value_of_another_file_comes_after_those_of_the_input() {
    let template = template();
    let json = r#"{"parameters": {"to": {"value": ["192.0.2.9"]}}}"#;
    let all = files(&[
        ("main.bicep", &template),
        ("main.bicepparam", VALUES),
        ("address.txt", "192.0.2.8"),
        ("v.json", json),
    ]);
    let rules = lines(&imported(&all, "main.bicepparam", &["v.json"]).unwrap());
    assert!(rules[0].contains("192.0.2.9") && !rules[0].contains("192.0.2.7"), "{rules:?}");
}

#[test]
fn a_value_that_only_a_deployment_knows_is_an_error_at_its_place() {
    let template = template();
    let values = "using 'main.bicep'\nparam to = ['a']\nparam other = readEnvironmentVariable('OTHER')\n";
    let all = files(&[("main.bicep", &template), ("v.bicepparam", values)]);
    let why = imported(&all, "main.bicep", &["v.bicepparam"]).unwrap_err();
    assert!(why.starts_with("v.bicepparam:3:1: the value of parameter `other` is not known"), "{why}");
}

#[test]
fn a_parameter_that_the_template_does_not_have_is_an_error() {
    let template = group("[]");
    let values = "using 'main.bicep'\nparam to = []\n";
    let all = files(&[("main.bicep", &template), ("v.bicepparam", values)]);
    let why = imported(&all, "main.bicep", &["v.bicepparam"]).unwrap_err();
    assert!(why.contains("no parameter `to`"), "{why}");
    let why = imported(&all, "v.bicepparam", &[]).unwrap_err();
    assert!(why.contains("no parameter `to`"), "{why}");
}

#[test]
fn a_value_that_is_not_allowed_is_an_error() {
    let template = format!("@allowed(['a', 'b'])\nparam p string\n{}", group("[]"));
    let values = "using 'main.bicep'\nparam p = 'c'\n";
    let all = files(&[("main.bicep", &template), ("v.bicepparam", values)]);
    let why = imported(&all, "main.bicep", &["v.bicepparam"]).unwrap_err();
    assert!(why.contains("expected one of"), "{why}");
}
