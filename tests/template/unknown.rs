//! What is not known: it stays where it is, and an answer that does not depend on it is given all the same.

use fwc::template::ConditionAnswer;
use serde_json::{Value, json};

use super::{why, within};

/// A template whose parameters `u` and `v` have no value.
fn template() -> Value {
    json!({"parameters": {"u": {"type": "string"}, "v": {"type": "string"}, "k": {"defaultValue": "known"}},
        "variables": {"isProd": "[equals(parameters('u'), 'prod')]", "name": "[concat('fw-', parameters('u'))]"}})
}

fn known(expression: &str) -> Option<Value> {
    match within(&template(), expression) {
        ConditionAnswer::Known(value) => Some(value),
        ConditionAnswer::List(_) | ConditionAnswer::Object(_) | ConditionAnswer::Unknown { .. } => None,
    }
}

#[track_caller]
fn rest(expression: &str) -> String {
    match within(&template(), expression) {
        ConditionAnswer::Unknown { rest, .. } => rest,
        other => panic!("{expression}: {other:?} is known"),
    }
}

#[test]
fn the_known_parts_settle_an_answer() {
    for (expression, wanted) in [
        ("contains(createArray(parameters('u'), 'prod'), 'prod')", json!(true)),
        ("contains(concat(createArray('prod'), parameters('u')), 'prod')", json!(true)),
        ("contains(concat(parameters('u'), '-prod'), 'prod')", json!(true)),
        ("and(equals('a', 'b'), variables('isProd'))", json!(false)),
        ("or(variables('isProd'), equals('a', 'a'))", json!(true)),
        ("equals(createArray(parameters('u'), 'a'), createArray(parameters('u'), 'b'))", json!(false)),
        ("equals(createArray(parameters('u')), createArray())", json!(false)),
        ("equals(parameters('u'), parameters('u'))", json!(true)),
        ("equals(variables('name'), 'ipg-a')", json!(false)),
        ("empty(variables('name'))", json!(false)),
        ("startsWith(variables('name'), 'FW')", json!(true)),
        ("startsWith(variables('name'), 'ipg')", json!(false)),
        ("length(createArray(parameters('u'), 'a'))", json!(2)),
        ("first(createArray('a', parameters('u')))", json!("a")),
        ("last(concat(parameters('u'), createArray('a', 'b')))", json!("b")),
        ("if(variables('isProd'), 'a', 'a')", json!("a")),
        ("coalesce(null(), 'a', parameters('u'))", json!("a")),
        ("createObject('a', parameters('u'), 'b', 2).b", json!(2)),
        ("union(createObject('a', parameters('u')), createObject('a', 1)).a", json!(1)),
        ("map(createArray(parameters('u'), 'b'), lambda('x', 1))", json!([1, 1])),
        (
            "filter(createArray('a', 'b'), lambda('x', and(equals(lambdaVariables('x'), 'c'), variables('isProd'))))",
            json!([]),
        ),
        ("indexOf(createArray('a', parameters('u')), 'a')", json!(0)),
        ("tryGet(createObject('a', parameters('u')), 'b')", json!(null)),
    ] {
        assert_eq!(known(expression), Some(wanted), "{expression}");
    }
}

#[test]
fn what_depends_on_the_unknown_is_unknown() {
    for expression in [
        "contains(createArray(parameters('u')), 'prod')",
        "not(contains(createArray('a', parameters('u')), 'prod'))",
        "equals(parameters('u'), parameters('v'))",
        "equals(variables('name'), 'fw-a')",
        "if(variables('isProd'), 'a', 'b')",
        "union(createArray('a'), createArray(parameters('u')))",
        "intersection(createArray('a'), createArray(parameters('u')))",
        "empty(parameters('u'))",
        "length(parameters('u'))",
        "coalesce(parameters('u'), 'a')",
        "indexOf(createArray(parameters('u'), 'a'), 'a')",
        "sort(createArray(parameters('u'), 'a'), lambda('x', 'y', less(lambdaVariables('x'), lambdaVariables('y'))))",
        "createObject(parameters('u'), 1)",
        "first(concat(parameters('u'), createArray('a')))",
        "toObject(createArray(parameters('u')), lambda('x', lambdaVariables('x')))",
    ] {
        assert_eq!(known(expression), None, "{expression}");
    }
}

#[test]
fn a_loop_of_unknown_length_is_its_count_and_its_input() {
    let template = json!({"parameters": {"u": {"type": "array"}}, "variables": {"list": ["a", "b"],
        "copy": [{"name": "v", "count": "[length(parameters('u'))]", "input": "[variables('list')[copyIndex('v', 1)]]"}]}});
    let ConditionAnswer::Unknown { rest, .. } = within(&template, "variables('v')") else { panic!("known") };
    assert_eq!(rest, "copy(length(parameters('u')), createArray('a', 'b')[add(copyIndex('v'), 1)])");
}

#[test]
fn an_unknown_item_stays_inside_its_list() {
    let answer = within(&template(), "concat(createArray(parameters('u')), createArray('a'))");
    let ConditionAnswer::List(items) = answer else { panic!("{answer:?}") };
    assert!(matches!(&items[0], ConditionAnswer::Unknown { rest, .. } if rest == "parameters('u')"), "{items:?}");
    assert_eq!(items[1], ConditionAnswer::Known(json!("a")));
}

#[test]
fn what_remains_has_every_name_replaced() {
    assert_eq!(rest("not(variables('isProd'))"), "not(equals(parameters('u'), 'prod'))");
    assert_eq!(rest("AND(true(), Equals(parameters('U'), parameters('k')))"), "equals(parameters('u'), 'known')");
    assert_eq!(rest("if(variables('isProd'), true(), false())"), "equals(parameters('u'), 'prod')");
    assert_eq!(rest("if(variables('isProd'), false(), true())"), "not(equals(parameters('u'), 'prod'))");
    assert_eq!(
        rest("filter(createArray('a'), lambda('x', startsWith(lambdaVariables('x'), variables('name'))))"),
        "filter(createArray('a'), lambda('x', startsWith(lambdaVariables('x'), concat('fw-', parameters('u')))))"
    );
    let long = format!("concat('{}', parameters('u'))", "x".repeat(2000));
    let (one, other) = (rest(&long), rest(&long.replace("'u'", "'v'")));
    assert!(one.len() < 1000 && one != other, "{one} {other}");
}

#[test]
fn everything_that_is_lacking_is_named_as_it_is_written() {
    let sentence = why(within(
        &template(),
        "concat(parameters('u'), uniqueString( resourceGroup().id ), parameters('v'), resourceGroup().location)",
    ));
    assert_eq!(
        sentence,
        "parameters `u` and `v` have no values: give them with `--parameters FILE`; only a deployment knows \
         `uniqueString( resourceGroup().id )`: put a literal into its place; only a deployment knows the region of the \
         resource group"
    );
}

#[test]
fn a_value_that_is_another_each_time_is_that_of_its_parameter() {
    let template = json!({"parameters": {"a": {"defaultValue": "[newGuid()]"}, "b": {"defaultValue": "[newGuid()]"}}});
    assert_eq!(within(&template, "equals(parameters('a'), parameters('a'))"), ConditionAnswer::Known(json!(true)));
    assert!(matches!(within(&template, "equals(parameters('a'), parameters('b'))"), ConditionAnswer::Unknown { .. }));
    assert!(why(within(&template, "parameters('a')")).contains("`newGuid`"));
}
