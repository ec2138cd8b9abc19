//! Whatever may hold rules is read, refused by name, or told.
//!
//! Each row hides a rule that allows everything beside a policy that allows one address. Nothing here is made after a real
//! file: the forms are those of Microsoft's template reference, and of the documentation of Terraform and its providers.

use serde_json::{Value, json};

use super::Sandbox;

/// What becomes of the hidden rule.
enum Way {
    /// It decides the flow.
    Read,
    /// Commands say so, with this word.
    Told(&'static str),
    /// Commands refuse the input, with this word.
    Refused(&'static str),
    /// The flow is neither allowed nor denied, and commands say why, with this word.
    Unsettled(&'static str),
    /// It is no business of a firewall's, and no command has a word for it.
    Silent,
}
use Way::{Read, Refused, Silent, Told, Unsettled};

const ID: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Network";
const FLOW: [&str; 6] = ["--from", "10.20.0.4", "--to", "192.0.2.77", "--service", "tcp/22"];

/// The properties of a group with one rule.
fn rules(name: &str, priority: u16, destination: &str) -> Value {
    json!({"priority": priority, "ruleCollections": [{
        "ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": name, "priority": 200,
        "action": {"type": "Allow"}, "rules": [{"ruleType": "NetworkRule", "name": name, "ipProtocols": ["TCP"],
            "sourceAddresses": ["10.20.0.0/16"], "destinationAddresses": [destination], "destinationPorts": ["1-65535"]}]}]})
}

fn hidden() -> Value {
    rules("open", 300, "*")
}

fn group(kind: &str) -> Value {
    json!({"type": kind, "apiVersion": "2024-05-01", "name": "hub/open", "properties": hidden()})
}

const GROUP: &str = "Microsoft.Network/firewallPolicies/ruleCollectionGroups";
const SCHEMA: &str = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";

/// The template of the policy, with more resources and other entries.
fn template(more: Value, entries: Value) -> Value {
    let web = json!({"type": GROUP, "apiVersion": "2024-05-01", "name": "hub/web",
        "properties": rules("web", 200, "192.0.2.10")});
    let policy = json!({"type": "Microsoft.Network/firewallPolicies", "apiVersion": "2024-05-01", "name": "hub",
        "location": "westeurope", "properties": {"sku": {"tier": "Standard"}}});
    let resources: Vec<Value> = [policy, web].into_iter().chain(more.as_array().unwrap().iter().cloned()).collect();
    let mut of = json!({"$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": resources});
    of.as_object_mut().unwrap().extend(entries.as_object().unwrap().clone());
    of
}

fn beside(resource: Value) -> Value {
    template(json!([resource]), json!({}))
}

/// A template of the hidden group alone.
fn inner() -> Value {
    json!({"$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": [group(GROUP)]})
}

fn deployment(properties: Value) -> Value {
    json!({"type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "rules", "properties": properties})
}

fn resource(kind: &str, properties: Value) -> Value {
    json!({"type": kind, "apiVersion": "2024-05-01", "name": "x", "location": "westeurope", "properties": properties})
}

fn of_terraform(kind: &str, name: &str, values: Value) -> Value {
    json!({"address": format!("{kind}.{name}"), "mode": "managed", "type": kind, "name": name, "values": values})
}

fn hub_of_terraform() -> [Value; 2] {
    let group = json!({"name": "web", "priority": 200, "firewall_policy_id": format!("{ID}/firewallPolicies/hub"),
        "network_rule_collection": [{"name": "web", "priority": 200, "action": "Allow", "rule": [{"name": "web",
            "protocols": ["TCP"], "source_addresses": ["10.20.0.0/16"], "destination_addresses": ["192.0.2.10"],
            "destination_ip_groups": [format!("{ID}/ipGroups/few")], "destination_ports": ["1-65535"]}]}]});
    [
        of_terraform(
            "azurerm_firewall_policy",
            "hub",
            json!({"id": format!("{ID}/firewallPolicies/hub"), "name": "hub", "location": "westeurope", "sku": "Standard"}),
        ),
        of_terraform("azurerm_firewall_policy_rule_collection_group", "web", group),
    ]
}

fn state(resource: Value) -> Value {
    let few = of_terraform(
        "azurerm_ip_group",
        "few",
        json!({"id": format!("{ID}/ipGroups/few"), "name": "few", "location": "westeurope", "cidrs": ["192.0.2.11"]}),
    );
    let resources: Vec<Value> = hub_of_terraform().into_iter().chain([few, resource]).collect();
    json!({"format_version": "1.0", "terraform_version": "1.9.5", "values": {"root_module": {"resources": resources}}})
}

fn plan(resource: Value, entries: Value) -> Value {
    let mut of = state(resource);
    let fields = of.as_object_mut().unwrap();
    let values = fields.remove("values").unwrap();
    fields.insert("planned_values".to_owned(), values);
    fields.extend(entries.as_object().unwrap().clone());
    of
}

/// The change of a resource that the plan holds.
fn change(resource: &Value, actions: &[&str], after: Value, unknown: Value) -> Value {
    let mut of = resource.clone();
    let fields = of.as_object_mut().unwrap();
    fields.remove("values");
    fields.insert("change".to_owned(), json!({"actions": actions, "after": after, "after_unknown": unknown}));
    of
}

fn azapi(kind: &str, values: Value) -> Value {
    let mut own = json!({"type": format!("{kind}@2024-05-01"), "name": "open",
        "parent_id": format!("{ID}/firewallPolicies/hub")});
    own.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
    of_terraform("azapi_resource", "open", own)
}

fn open_of_azapi() -> Value {
    azapi(GROUP, json!({"body": {"properties": hidden()}}))
}

/// The state as Terraform stores it.
fn stored(version: u8, open: Value) -> Value {
    let one = |of: &Value, attributes: Value| json!({"mode": "managed", "type": of["type"], "name": of["name"], "instances": [{"attributes": attributes}]});
    let hub = hub_of_terraform().map(|of| one(&of, of["values"].clone()));
    let resources: Vec<Value> = hub.into_iter().chain([open]).collect();
    json!({"version": version, "terraform_version": "1.9.5", "serial": 3, "lineage": "l", "outputs": {}, "resources": resources})
}

fn stored_azapi(instance: Value) -> Value {
    let mut attributes = open_of_azapi()["values"].clone();
    attributes["body"] = json!({"value": {"properties": hidden()}, "type": ["object", {}]});
    let mut own = json!({"schema_version": 0, "attributes": attributes});
    own.as_object_mut().unwrap().extend(instance.as_object().unwrap().clone());
    json!({"module": "module.a", "mode": "managed", "type": "azapi_resource", "name": "open", "instances": [own]})
}

fn deployed_template(kind: &str, values: Value) -> Value {
    let mut own = json!({"name": "rules", "resource_group_name": "rg"});
    own.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
    of_terraform(kind, "rules", own)
}

fn deep(levels: usize) -> Value {
    let one = json!([hidden()["ruleCollections"][0]]);
    (0..levels).fold(one, |inner, _| json!({"settings": inner}))
}

fn templates() -> Vec<(&'static str, Value, Way)> {
    let link = |link: Value| beside(deployment(json!({"mode": "Incremental", "templateLink": link})));
    let mut child = template(json!([]), json!({}));
    let nested = json!({"type": "ruleCollectionGroups", "name": "open", "properties": hidden()});
    child["resources"][0]["resources"] = json!([nested]);
    let mut in_a_machine = resource("Microsoft.Compute/virtualMachines", json!({}));
    in_a_machine["resources"] = json!([group(GROUP)]);
    let mut waiting = resource("Microsoft.Compute/virtualMachines", json!({}));
    waiting["dependsOn"] =
        json!(["[resourceId('Microsoft.Network/firewallPolicies/ruleCollectionGroups', 'hub', 'web')]"]);
    let mut cased = template(json!([]), json!({}));
    let mut resources = cased.as_object_mut().unwrap().remove("resources").unwrap();
    resources.as_array_mut().unwrap().push(group(GROUP));
    cased["Resources"] = resources;
    let only_a_link =
        json!({"$schema": SCHEMA, "resources": [deployment(json!({"templateLink": {"uri": "https://a.example/b"}}))]});
    let of_type = |kind: &str, entries: Value| template(json!([group(kind)]), entries);
    let with_links = deployment(
        json!({"expressionEvaluationOptions": {"scope": "inner"}, "parametersLink": {"uri": "https://a"},
        "template": {"parameters": {"to": {"type": "string", "defaultValue": "192.0.2.1"}}, "resources": [{"type": GROUP,
            "name": "hub/open", "properties": rules("open", 300, "[parameters('to')]")}]}}),
    );
    let script = json!({"scriptContent": "az network firewall policy rule-collection-group create -n open"});
    vec![
        ("a linked template", link(json!({"uri": "https://templates.example/rules.json"})), Told("templates.example")),
        (
            "a template spec",
            link(json!({"id": "/s/Microsoft.Resources/templateSpecs/a/versions/1"})),
            Told("templateSpecs"),
        ),
        ("a template beside", link(json!({"relativePath": "rules.json"})), Told("rules.json")),
        (
            "a template by an expression",
            beside(deployment(json!({"template": "[parameters('t')]"}))),
            Told("parameters('t')"),
        ),
        ("a deployment of nothing", beside(deployment(json!({}))), Told("`rules`")),
        ("nothing but a linked template", only_a_link, Refused("https://a.example/b")),
        ("a nested template", beside(deployment(json!({"template": inner()}))), Read),
        (
            "a nested template of its own scope",
            beside(deployment(json!({"expressionEvaluationOptions": {"scope": "inner"}, "template": inner()}))),
            Read,
        ),
        ("a nested template in another case", beside(deployment(json!({"Template": inner()}))), Read),
        ("parameters that are elsewhere", beside(with_links), Unsettled("parameters('to')")),
        (
            "a deployment stack",
            beside(resource("Microsoft.Resources/deploymentStacks", json!({"template": inner()}))),
            Read,
        ),
        (
            "a symbolic name",
            json!({"$schema": SCHEMA, "languageVersion": "2.0", "resources": {
            "hub": template(json!([]), json!({}))["resources"][0], "open": group(GROUP)}}),
            Read,
        ),
        ("resources in another case", cased, Read),
        ("a type in another case", of_type("microsoft.network/FirewallPolicies/RULECOLLECTIONGROUPS", json!({})), Read),
        ("a child of the policy", child, Read),
        (
            "a type that does not exist",
            of_type("Microsoft.Network/firewallPolicy/ruleCollectionGroups", json!({})),
            Told("firewallPolicy/"),
        ),
        (
            "a type without its provider",
            of_type("firewallPolicies/ruleCollectionGroups", json!({})),
            Told("firewallPolicies/ruleCollectionGroups"),
        ),
        ("a type of another provider", of_type("Contoso.Network/rules", json!({})), Told("Contoso.Network/rules")),
        ("a type that is computed", of_type("[variables('t')]", json!({"variables": {"t": GROUP}})), Read),
        ("a type that is not known", of_type("[parameters('t')]", json!({})), Told("parameters('t')")),
        (
            "a child of a policy that is not known",
            of_type("Microsoft.Network/firewallPolicies/newGroups", json!({})),
            Refused("newGroups"),
        ),
        ("a draft", beside(resource(&format!("{GROUP}/ruleCollectionGroupDrafts"), hidden())), Told("Drafts")),
        ("a group inside a machine", beside(in_a_machine), Told("virtualMachines")),
        ("a script", beside(resource("Microsoft.Resources/deploymentScripts", script)), Told("deploymentScripts")),
        (
            "a template in a definition",
            beside(resource(
                "Microsoft.Authorization/policyDefinitions",
                json!({"policyRule": {"then": {"details": inner()}}}),
            )),
            Told("policyDefinitions"),
        ),
        (
            "a template in a text",
            beside(resource("Microsoft.Blueprint/blueprints/artifacts", json!({"template": inner().to_string()}))),
            Told("blueprints"),
        ),
        (
            "a hub's routes",
            beside(resource("Microsoft.Network/virtualHubs/hubRouteTables", json!({}))),
            Told("hubRouteTables"),
        ),
        ("an IP group of a wrong type", beside(resource("Microsoft.Network/ipGroup", json!({}))), Told("ipGroup")),
        ("a machine", beside(resource("Microsoft.Compute/virtualMachines", json!({}))), Silent),
        ("a machine that waits for rules", beside(waiting), Silent),
        ("a database's firewall", beside(resource("Microsoft.Sql/servers/firewallRules", json!({}))), Silent),
        (
            "a firewall of web applications",
            beside(resource("Microsoft.Network/applicationGatewayWebApplicationFirewallPolicies", json!({}))),
            Silent,
        ),
        (
            "rules of a network manager",
            beside(resource("Microsoft.Network/networkManagers/securityAdminConfigurations/ruleCollections", hidden())),
            Silent,
        ),
        ("a fragment in depth", deep(20), Read),
    ]
}

fn of_terraforms_forms() -> Vec<(&'static str, Value, Way)> {
    let machine = azapi("Microsoft.Compute/virtualMachines", json!({"body": {"properties": {}}}));
    let of_kind = |kind: &str, mut of: Value| {
        of["type"] = json!(kind);
        of["address"] = json!(format!("{kind}.open"));
        of
    };
    let no_body = azapi(GROUP, json!({}));
    let unknown_body =
        json!({"resource_changes": [change(&no_body, &["create"], no_body["values"].clone(), json!({"body": true}))]});
    let of_group = |values: Value| deployed_template("azurerm_resource_group_template_deployment", values);
    let content = json!({"template_content": inner().to_string()});
    let mut asking = inner();
    asking["parameters"] = json!({"to": {"type": "string"}});
    asking["resources"][0]["properties"] = rules("open", 300, "[parameters('to')]");
    let given = json!({"template_content": asking.to_string(), "parameters_content": json!({"to": {"value": "*"}}).to_string()});
    let no_content = of_group(json!({}));
    let unknown_content = json!({"resource_changes": [
        change(&no_content, &["create"], no_content["values"].clone(), json!({"template_content": true}))]});
    let open = open_of_azapi();
    let [policy, web] = hub_of_terraform();
    let stay = |of: &Value| change(of, &["create"], of["values"].clone(), json!({}));
    let gone = change(&open, &["delete"], Value::Null, json!({}));
    let forgotten = change(&open, &["forget"], Value::Null, json!({}));
    let nothing = || of_terraform("azurerm_resource_group", "rg", json!({"name": "rg"}));
    let cidr = |values: Value| of_terraform("azurerm_ip_group_cidr", "more", values);
    let deferred =
        |address: &str| json!([{"reason": "resource_config_unknown", "resource_change": {"address": address}}]);
    vec![
        ("azapi", state(open.clone()), Read),
        (
            "azapi, before version 2",
            state(azapi(GROUP, json!({"body": json!({"properties": hidden()}).to_string()}))),
            Read,
        ),
        ("azapi, a body that is not known", plan(no_body.clone(), unknown_body), Told("azapi_resource.open")),
        (
            "azapi, a hidden body",
            state(azapi(GROUP, json!({"sensitive_body": {"properties": {}}}))),
            Told("sensitive_body"),
        ),
        (
            "azapi, a wrong type",
            state(azapi("Microsoft.Network/firewallPolicy/ruleCollectionGroups", json!({}))),
            Told("firewallPolicy/"),
        ),
        ("azapi, a machine", state(machine), Silent),
        (
            "azapi, an update of what is elsewhere",
            state(of_kind("azapi_update_resource", open.clone())),
            Told("azapi_update_resource.open"),
        ),
        (
            "azapi, an update of the same plan",
            state(of_kind(
                "azapi_update_resource",
                azapi(GROUP, json!({"name": "web", "body": {"properties": hidden()}})),
            )),
            Refused("azapi_update_resource.open"),
        ),
        ("azapi, an action", state(of_kind("azapi_resource_action", open.clone())), Told("azapi_resource_action.open")),
        ("a template", state(of_group(content.clone())), Read),
        ("a template with parameters", state(of_group(given)), Read),
        (
            "a template of a subscription",
            state(deployed_template("azurerm_subscription_template_deployment", content.clone())),
            Read,
        ),
        (
            "a template of an old provider",
            state(deployed_template("azurerm_template_deployment", json!({"template_body": inner().to_string()}))),
            Read,
        ),
        (
            "a template spec",
            state(of_group(json!({"template_spec_version_id": "/templateSpecs/rules"}))),
            Told("/templateSpecs/rules"),
        ),
        (
            "a template that is not known",
            plan(no_content.clone(), unknown_content),
            Told("azurerm_resource_group_template_deployment.rules"),
        ),
        ("a stored state", stored(4, stored_azapi(json!({}))), Read),
        ("a stored state with keys", stored(4, stored_azapi(json!({"index_key": "a"}))), Read),
        ("a stored state, what is to be deleted", stored(4, stored_azapi(json!({"deposed": "12ab"}))), Told("deposed")),
        ("a stored state of another version", stored(3, stored_azapi(json!({}))), Refused("version `3`")),
        (
            "an encrypted state",
            json!({"serial": 1, "lineage": "l", "encrypted_data": "x", "encryption_version": "v0"}),
            Refused("encrypted"),
        ),
        (
            "changes alone",
            json!({"format_version": "1.2", "resource_changes": [stay(&policy), stay(&web), stay(&open)]}),
            Read,
        ),
        ("changes beside other values", plan(nothing(), json!({"resource_changes": [stay(&open)]})), Read),
        ("what a change deletes", plan(nothing(), json!({"resource_changes": [gone]})), Silent),
        (
            "what Terraform forgets",
            plan(nothing(), json!({"resource_changes": [forgotten]})),
            Told("azapi_resource.open"),
        ),
        ("a plan that is not complete", plan(nothing(), json!({"complete": false})), Told("complete")),
        (
            "a plan that defers",
            plan(
                nothing(),
                json!({"deferred_changes": deferred("module.a.azurerm_firewall_policy_rule_collection_group.open")}),
            ),
            Told("rule_collection_group.open"),
        ),
        (
            "a plan that defers a machine",
            plan(nothing(), json!({"deferred_changes": deferred("azurerm_linux_virtual_machine.a")})),
            Silent,
        ),
        ("a plan that failed", plan(nothing(), json!({"errored": true})), Refused("errored")),
        (
            "a member of a group that is not known",
            state(cidr(json!({"cidr": "0.0.0.0/0"}))),
            Told("azurerm_ip_group_cidr.more"),
        ),
        (
            "a member that is not known",
            state(cidr(json!({"ip_group_id": format!("{ID}/ipGroups/few")}))),
            Told("azurerm_ip_group_cidr.more"),
        ),
        (
            "a member of a group",
            state(cidr(json!({"cidr": "192.0.2.77", "ip_group_id": format!("{ID}/ipGroups/few")}))),
            Read,
        ),
        (
            "a member of a group elsewhere",
            state(cidr(json!({"cidr": "0.0.0.0/0", "ip_group_id": format!("{ID}/ipGroups/other")}))),
            Told("azurerm_ip_group_cidr.more"),
        ),
        (
            "a new kind of the provider's",
            state(of_terraform("azurerm_firewall_policy_rules", "a", json!({}))),
            Refused("azurerm_firewall_policy_rules"),
        ),
        (
            "a hub's routes",
            state(of_terraform("azurerm_virtual_hub_route_table", "a", json!({}))),
            Told("azurerm_virtual_hub_route_table.a"),
        ),
        ("a database's firewall", state(of_terraform("azurerm_mssql_firewall_rule", "a", json!({}))), Silent),
        (
            "a firewall of web applications",
            state(of_terraform("azurerm_web_application_firewall_policy", "a", json!({}))),
            Silent,
        ),
    ]
}

/// What is not told may not be missing: what a command says of the flow.
#[track_caller]
fn holds(what: &str, document: &Value, way: &Way) {
    let sandbox = Sandbox::new();
    sandbox.write("in.json", &document.to_string());
    let explain = sandbox.run(&[&["explain", "in.json"][..], &FLOW, &["--format", "json"]].concat());
    // `tests/cli/assumptions.rs` holds the other commands to what these two tell.
    let errors = [sandbox.run(&["check", "in.json"]).stderr, explain.stderr.clone()];
    match way {
        Read => {
            assert!(explain.stdout.contains("\"verdict\":\"allow\""), "{what}: {}{}", explain.stdout, explain.stderr)
        }
        Told(word) => {
            let is_told = |error: &String| {
                error.lines().any(|line| {
                    line.contains(word) && (line.starts_with("fwc: omitted: ") || line.starts_with("fwc: unknown: "))
                })
            };
            assert!(errors.iter().all(is_told), "{what}: {errors:#?}");
        }
        Refused(word) => {
            assert!(explain.status == 2 && errors.iter().all(|error| error.contains(word)), "{what}: {errors:#?}");
        }
        Unsettled(word) => {
            let is_open = explain.status == 2 || explain.stdout.contains("\"verdict\":\"depends\"");
            assert!(is_open && errors.iter().all(|error| error.contains(word)), "{what}: {errors:#?}");
        }
        Silent => {
            let says = |error: &String| error.contains("omitted: ") || error.contains("unknown: ");
            assert!(explain.stdout.contains("\"verdict\":\"deny\"") && !errors.iter().any(says), "{what}: {errors:#?}");
        }
    }
}

#[test]
fn whatever_may_hold_rules_in_a_template_is_read_refused_or_told() {
    for (what, document, way) in templates() {
        holds(what, &document, &way);
    }
}

#[test]
fn whatever_may_hold_rules_in_terraform_is_read_refused_or_told() {
    for (what, document, way) in of_terraforms_forms() {
        holds(what, &document, &way);
    }
}

/// An address that may be in any group is neither in one nor in none.
#[test]
fn a_member_of_an_unknown_group_makes_answers_depend() {
    let sandbox = Sandbox::new();
    let more = of_terraform("azurerm_ip_group_cidr", "more", json!({"cidr": "0.0.0.0/0"}));
    sandbox.write("in.json", &state(more).to_string());
    let explain = sandbox.run(&[&["explain", "in.json"][..], &FLOW, &["--format", "json"]].concat());
    let answer: Value = serde_json::from_str(&explain.stdout).unwrap();
    assert_eq!(answer["verdict"], "depends", "{answer}");
    assert!(answer["depends"][0]["on"].as_str().unwrap().contains("azurerm_ip_group_cidr.more"), "{answer}");
    assert_eq!(answer["assumptions"][0]["kind"], "unknown");
}

#[test]
fn an_odd_number_is_read_or_refused() {
    let with = |priority: Value, port: Value| {
        let mut open = group(GROUP);
        open["properties"]["priority"] = priority;
        open["properties"]["ruleCollections"][0]["rules"][0]["destinationPorts"] = json!([port]);
        beside(open)
    };
    let text = |document: Value, old: &str, new: &str| {
        serde_json::from_str::<Value>(&document.to_string().replace(old, new)).unwrap()
    };
    for (what, document, way) in [
        ("a text", with(json!("300"), json!("22")), Read),
        ("zeros before", with(json!("0300"), json!("0022")), Read),
        ("a port that is a number", with(json!(300), json!(22)), Read),
        ("an exponent", text(with(json!(987), json!("22")), "987", "3e2"), Refused("priority")),
        ("a fraction", with(json!(300), json!(22.0)), Refused("22.0")),
        ("less than nothing", with(json!(-300), json!("22")), Refused("-300")),
        ("too much", with(json!(18_446_744_073_709_551_615u64), json!("22")), Refused("18446744073709551615")),
        ("a port too high", with(json!(300), json!("70000")), Refused("70000")),
        ("a sign", with(json!("+300"), json!("22")), Refused("+300")),
    ] {
        holds(what, &document, &way);
    }
}
