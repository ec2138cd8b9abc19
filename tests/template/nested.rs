//! Names, loops, functions of a template's own, and what nested deployments put out.

use std::time::{Duration, Instant};

use fwc::template::{Cloud, ConditionAnswer, evaluate};
use serde_json::{Value, json};

use super::{why, within};

fn deployment(name: &str, more: Value) -> Value {
    let mut deployment = json!({"type": "Microsoft.Resources/deployments", "name": name, "properties": {
        "expressionEvaluationOptions": {"scope": "inner"}, "template": {"resources": []}}});
    for (key, value) in more.as_object().unwrap() {
        match key.as_str() {
            "outputs" => deployment["properties"]["template"]["outputs"] = value.clone(),
            "takes" => deployment["properties"]["template"]["parameters"] = value.clone(),
            "parameters" => deployment["properties"]["parameters"] = value.clone(),
            _ => deployment[key] = value.clone(),
        }
    }
    deployment
}

fn output(value: &str) -> Value {
    json!({"x": {"type": "string", "value": value}})
}

const NET: &str = "reference(resourceId('Microsoft.Resources/deployments', 'net'), '2022-09-01').outputs.x.value";

#[test]
fn an_output_of_a_nested_deployment_is_its_value() {
    let plain = deployment("net", json!({"outputs": output("192.0.2.81")}));
    for expression in
        [NET, "reference('net').outputs.x.value", "reference('net', '2022-09-01', 'Full').properties.outputs.x.value"]
    {
        let answer = within(&json!({"resources": [plain]}), expression);
        assert_eq!(answer, ConditionAnswer::Known(json!("192.0.2.81")), "{expression}");
    }
    let symbolic =
        json!({"languageVersion": "2.0", "resources": {"hub": deployment("net", json!({"outputs": output("a")}))}});
    assert_eq!(within(&symbolic, "reference('hub').outputs.x.value"), ConditionAnswer::Known(json!("a")));
}

#[test]
fn an_output_is_made_of_what_the_deployment_is_given() {
    let given = json!({"p": {"value": "[parameters('env')]"}});
    let net = deployment(
        "net",
        json!({"outputs": output("[concat('a-', parameters('p'))]"), "parameters": given,
        "takes": {"p": {"type": "string"}}}),
    );
    let template = json!({"parameters": {"env": {"type": "string"}}, "resources": [net]});
    let known = evaluate(&template, &format!("[{NET}]"), &[("env".into(), json!("prod"))], None);
    assert_eq!(known, ConditionAnswer::Known(json!("a-prod")));
    let ConditionAnswer::Unknown { rest, .. } = within(&template, NET) else { panic!("known") };
    assert_eq!(rest, "concat('a-', parameters('env'))");
}

#[test]
fn an_output_that_needs_a_resource_is_unknown() {
    let net = deployment("net", json!({"outputs": output("[reference('nic').ipAddress]")}));
    let sentence = why(within(&json!({"resources": [net]}), NET));
    assert!(sentence.contains("only a deployment knows `reference('nic')`"), "{sentence}");
}

#[test]
fn a_deployment_of_another_place_or_condition_is_not_meant() {
    for more in
        [json!({"resourceGroup": "rg-other"}), json!({"condition": false}), json!({"condition": "[parameters('c')]"})]
    {
        let mut net = deployment("net", json!({"outputs": output("a")}));
        net.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let template = json!({"parameters": {"c": {"type": "bool"}}, "resources": [net]});
        assert!(matches!(within(&template, NET), ConditionAnswer::Unknown { .. }), "{more}");
    }
    let net = deployment("net", json!({"outputs": output("a"), "resourceGroup": "rg-other"}));
    let there = "reference(resourceId('RG-other', 'Microsoft.Resources/deployments', 'net')).outputs.x.value";
    assert_eq!(within(&json!({"resources": [net]}), there), ConditionAnswer::Known(json!("a")));
}

#[test]
fn each_round_of_a_loop_puts_out_its_own() {
    let mut net = deployment(
        "[concat('net-', copyIndex())]",
        json!({"outputs": output("[parameters('i')]"),
        "takes": {"i": {"type": "int"}}, "parameters": {"i": {"value": "[copyIndex(10)]"}}}),
    );
    net["copy"] = json!({"name": "nets", "count": 2});
    let answer = within(&json!({"resources": [net]}), "reference('net-1').outputs.x.value");
    assert_eq!(answer, ConditionAnswer::Known(json!(11)));
}

#[test]
fn loops_of_variables_and_outputs_make_lists() {
    let looped = json!({"x": {"type": "array", "copy": {"count": 2, "input": "[concat('a', copyIndex())]"}}});
    let template = json!({"resources": [deployment("net", json!({"outputs": looped}))], "variables": {
        "copy": [{"name": "v", "count": 3, "input": {"n": "[copyIndex('v', 1)]"}}]}});
    assert_eq!(within(&template, NET), ConditionAnswer::Known(json!(["a0", "a1"])));
    assert_eq!(within(&template, "variables('v')[2].n"), ConditionAnswer::Known(json!(3)));
}

#[test]
fn a_function_of_the_template_is_called_by_its_namespace() {
    let template = json!({"functions": [{"namespace": "net", "members": {
        "host": {"parameters": [{"name": "a", "type": "string"}], "output": {"type": "string", "value": "[concat(parameters('a'), '.example')]"}},
        "both": {"parameters": [], "output": {"value": "[concat(net.host('x'), net.host('y'))]"}},
        "endless": {"parameters": [], "output": {"value": "[net.endless()]"}}}}]});
    assert_eq!(within(&template, "net.host('a')"), ConditionAnswer::Known(json!("a.example")));
    assert_eq!(within(&template, "NET.both()"), ConditionAnswer::Known(json!("x.exampley.example")));
    assert!(why(within(&template, "net.endless()")).contains("too deep"));
    assert!(why(within(&template, "net.host()")).contains("needs 1 arguments"));
}

#[test]
fn a_circle_ends_with_its_path() {
    let template =
        json!({"variables": {"a": "[variables('b')]", "b": "[concat(variables('a'), 'x')]", "s": "[variables('s')]"}});
    assert_eq!(why(within(&template, "variables('s')")), "it needs itself: variables('s') → variables('s')");
    let sentence = why(within(&template, "variables('a')"));
    assert!(sentence.contains("variables('b') → variables('a') → variables('b')"), "{sentence}");
    let given = |of: &str| {
        json!({"takes": {"p": {"type": "string"}}, "outputs": output("[parameters('p')]"),
        "parameters": {"p": {"value": format!("[reference('{of}').outputs.x.value]")}}})
    };
    let both = json!({"resources": [deployment("one", given("two")), deployment("two", given("one"))]});
    let sentence = why(within(&both, "reference('one').outputs.x.value"));
    assert!(
        sentence.contains("reference('one').outputs → reference('two').outputs → reference('one').outputs"),
        "{sentence}"
    );
}

#[test]
fn a_long_chain_of_variables_is_followed() {
    let mut variables = json!({"v0": "end"});
    for level in 1..3000 {
        variables[format!("v{level}")] = json!(format!("[variables('v{}')]", level - 1));
    }
    assert_eq!(within(&json!({ "variables": variables }), "variables('v2999')"), ConditionAnswer::Known(json!("end")));
}

#[test]
fn what_grows_without_end_is_refused_before_it_is_made() {
    let mut variables = json!({"v0": "x".repeat(1000), "l0": "[createArray(1)]", "o0": {"a": "[parameters('u')]"}});
    for level in 1..60 {
        let (text, list, object) = (
            format!("variables('v{}')", level - 1),
            format!("variables('l{}')", level - 1),
            format!("variables('o{}')", level - 1),
        );
        variables[format!("v{level}")] = json!(format!("[concat({text}, {text}, {text}, {text})]"));
        variables[format!("l{level}")] = json!(format!("[createArray({list}, {list})]"));
        variables[format!("o{level}")] = json!(format!("[concat({object}, {object})]"));
    }
    let template = json!({"variables": variables, "parameters": {"u": {"type": "string"}}});
    let begin = Instant::now();
    for expression in [
        "variables('v59')",
        "variables('l59')",
        "variables('o59')",
        "replace(variables('v3'), 'x', variables('v3'))",
        "padLeft('x', 2000000000)",
        "format('{0,2000000000}', 'x')",
        "format('{0:D2000000000}', 1)",
        "string(variables('l59'))",
    ] {
        assert!(
            matches!(within(&template, expression), ConditionAnswer::Unknown { .. } | ConditionAnswer::List(_)),
            "{expression}"
        );
    }
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
}

#[test]
fn the_cloud_says_how_hosts_end() {
    let storage = |cloud| evaluate(&json!({}), "[environment().suffixes.storage]", &[], cloud);
    assert_eq!(storage(Some(Cloud::UsGov)), ConditionAnswer::Known(json!("core.usgovcloudapi.net")));
    assert_eq!(storage(Some(Cloud::China)), ConditionAnswer::Known(json!("core.chinacloudapi.cn")));
    assert_eq!(storage(None), ConditionAnswer::Known(json!("core.windows.net")));
    let gallery = evaluate(&json!({}), "[environment().gallery]", &[], Some(Cloud::China));
    assert!(matches!(gallery, ConditionAnswer::Unknown { .. }));
}
