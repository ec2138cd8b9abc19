//! The network, guards, owners and the other policies: what a change does beside the rules of one policy.

use serde_json::{Value, json};

use crate::cli::Sandbox;

/// A source: the rules of its policy, more policies, and what its route table says.
fn source(rules: &str, policies: &str, routes: &str) -> String {
    format!(
        r#"let pods = 10.9.0.0/20
policy shop {{
    location "westeurope"
    sku      premium
    dns {{ proxy on }}
    group work {{
        {rules}
    }}
}}
{policies}
firewall hub {{
    policy     shop
    sku        premium
    private-ip 10.1.0.4
    public-ip  web 203.0.113.77
}}
routes pods-rt {{
    location "westeurope"
    {routes}
    bgp-propagation off
}}
"#
    )
}

const FEED: &str = "feed: allow https from pods to feed.example.net";
const TO_HUB: &str = "subnet \"snet-pods\" 10.9.0.0/20\n    via hub";

fn shop(routes: &str) -> String {
    source(FEED, "", routes)
}

/// The answer of `diff`, and whether it meets a gate.
fn diff(old: &str, new: &str, gate: &str) -> (i32, Value) {
    let sandbox = Sandbox::new();
    sandbox.write("old.pol", old);
    sandbox.write("new.pol", new);
    let run = sandbox.run(&["diff", "old.pol", "new.pol", "--format", "json", "--fail-on", gate]);
    let json = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}{}", run.stdout, run.stderr));
    (run.status, json)
}

fn texts<'v>(value: &'v Value, list: &str, field: &str) -> Vec<&'v str> {
    value[list].as_array().unwrap().iter().map(|one| one[field].as_str().unwrap()).collect()
}

#[test]
fn a_route_past_the_firewall_is_wider_and_back_is_narrower() {
    let (hub, past) = (shop(TO_HUB), shop(&TO_HUB.replace("via hub", "via internet")));
    let (status, json) = diff(&hub, &past, "widened");
    assert_eq!(
        (status, &json["widened"], &json["weakened"], &json["equivalent"]),
        (1, &json!(true), &json!(true), &json!(true))
    );
    assert_eq!(texts(&json, "changes", "effect"), ["newly-unfiltered"]);
    assert_eq!(json["changes"][0]["after"]["way"]["table"], "pods-rt");
    assert_eq!(json["changes"][0]["after"]["fate"], "unfiltered");
    assert_eq!(texts(&json, "routes", "effect"), ["weakens"]);
    let (status, json) = diff(&past, &hub, "widened");
    assert_eq!((status, &json["widened"], &json["narrowed"]), (0, &json!(false), &json!(true)));
    assert_eq!(texts(&json, "changes", "effect"), ["newly-filtered"]);
    assert_eq!(texts(&json, "routes", "effect"), ["strengthens"]);
}

#[test]
fn a_route_that_leads_nowhere_denies() {
    let nowhere = shop(&format!("{TO_HUB}\n    route 198.51.100.0/24 via none"));
    let rule = "direct: allow tcp/443 from pods to 198.51.100.9";
    let with = |routes: &str| source(rule, "", routes);
    let (_, json) = diff(&with(TO_HUB), &with(&format!("{TO_HUB}\n    route 198.51.100.0/24 via none")), "never");
    assert_eq!(texts(&json, "changes", "effect"), ["newly-denied"]);
    assert_eq!(json["changes"][0]["after"]["way"]["by"], "nowhere");
    // No rule lets anything go there that the route drops.
    let (_, json) = diff(
        &source("log: allow ntp from pods to 192.0.2.9", "", TO_HUB),
        &nowhere.replace(FEED, "log: allow ntp from pods to 192.0.2.9"),
        "never",
    );
    assert_eq!(texts(&json, "changes", "effect"), Vec::<&str>::new());
    assert_eq!(texts(&json, "routes", "effect"), ["neutral"]);
}

#[test]
fn a_subnet_out_of_its_table_weakens_and_into_one_strengthens() {
    let both = shop(&format!("{TO_HUB}\n    subnet \"snet-build\" 10.9.16.0/24"));
    let (status, json) = diff(&both, &shop(TO_HUB), "widened");
    assert_eq!(
        (status, &json["routes"][0]["subnet"], &json["routes"][0]["effect"]),
        (1, &json!("snet-build"), &json!("weakens"))
    );
    let (status, json) = diff(&shop(TO_HUB), &both, "widened");
    assert_eq!((status, &json["routes"][0]["effect"]), (0, &json!("strengthens")));
}

#[test]
fn a_service_endpoint_and_a_private_endpoint_lead_past_the_firewall() {
    let served = shop(&TO_HUB.replace("/20\n", "/20 service-endpoints Storage\n"));
    let (status, json) = diff(&shop(TO_HUB), &served, "unfiltered");
    assert_eq!((status, texts(&json, "changes", "effect")), (1, vec!["newly-unfiltered"]));
    assert_eq!(json["changes"][0]["opaque"]["in"], json!(["tag(Storage)"]));
    let endpoint = "private-endpoint vault { host kv.vault.azure.net  address 10.9.20.4 }\n";
    let private = format!("{endpoint}{}", shop(TO_HUB));
    let (status, json) = diff(&shop(TO_HUB), &private, "unfiltered");
    assert_eq!((status, &json["widened"]), (1, &json!(false)), "{json:#}");
    assert_eq!(json["changes"][0]["risks"][0]["level"], "medium");
    assert_eq!(diff(&shop(TO_HUB), &private, "widened").0, 0);
}

#[test]
fn a_deny_rule_that_goes_is_told_though_nothing_is_allowed_for_it() {
    let base = |rule: &str| {
        let child = shop(TO_HUB).replace("policy shop {", "policy shop inherits corp {");
        format!(
            "policy corp {{\n    location \"westeurope\"\n    sku premium\n    group guard priority 200 {{\n        {rule}\n    }}\n}}\n{child}"
        )
    };
    let strict = base("shells: deny ssh, rdp from 10.9.0.0/16 to internet");
    let (status, json) = diff(&strict, &base("shells: deny ssh from 10.9.0.0/16 to internet"), "widened");
    assert_eq!((status, &json["changes"], texts(&json, "guards", "change")), (1, &json!([]), vec!["narrowed"]));
    assert_eq!((&json["guards"][0]["policy"], &json["guards"][0]["rule"]["rule"]), (&json!("corp"), &json!("shells")));
    let (status, json) = diff(&strict, &base("other: deny smtp from 10.9.0.0/16 to internet"), "widened");
    assert_eq!((status, texts(&json, "guards", "change")), (1, vec!["removed"]));
    assert_eq!(json["guards"][0]["after"], Value::Null);
    // The same deny elsewhere in the base is the same guard; in the child it holds less.
    let renamed = base("no-shells: deny ssh, rdp from 10.9.0.0/16 to internet");
    assert_eq!(diff(&strict, &renamed, "widened").1["guards"], json!([]));
    let moved = base("other: deny smtp from 10.9.0.0/16 to internet")
        .replace(FEED, &format!("shells: deny ssh, rdp from 10.9.0.0/16 to internet\n        {FEED}"));
    assert_eq!(texts(&diff(&strict, &moved, "widened").1, "guards", "change"), ["removed"]);
}

#[test]
fn owners_and_expiries_are_upkeep_and_no_flow_changes() {
    let with = |meta: &str| source(&format!("{meta}\n        {FEED}"), "", TO_HUB);
    let (old, new) = (with("@owner(\"shop\") @expires(2027-03-31)"), with("@owner(\"data\") @expires(2029-03-31)"));
    let (status, json) = diff(&old, &new, "changed");
    assert_eq!(
        (status, &json["equivalent"], texts(&json, "upkeep", "what")),
        (1, &json!(true), vec!["expires", "owner"])
    );
    assert_eq!(
        (&json["upkeep"][0]["before"], &json["upkeep"][0]["after"]),
        (&json!("2027-03-31"), &json!("2029-03-31"))
    );
    assert_eq!(diff(&old, &new, "widened").0, 0);
    let group = |meta: &str| shop(TO_HUB).replace("group work", &format!("{meta} group work"));
    let (_, json) = diff(&group("@expires(2027-03-31)"), &group(""), "changed");
    assert_eq!((texts(&json, "upkeep", "what"), &json["upkeep"][0]["group"]), (vec!["expires"], &json!("work")));
}

#[test]
fn all_policies_are_compared_by_name_and_then_by_content() {
    let region = |name: &str, hosts: &str| {
        format!(
            "policy {name} {{\n    location \"northeurope\"\n    sku premium\n    group work {{\n        feed: allow https from 10.10.0.0/20 to {hosts}\n    }}\n}}"
        )
    };
    let with = |policies: &str| source(FEED, policies, TO_HUB);
    let statuses = |json: &Value| -> Vec<(String, String)> {
        let all = json["policies"].as_array().unwrap().iter();
        all.map(|one| (one["policy"].as_str().unwrap().to_owned(), one["status"].as_str().unwrap().to_owned()))
            .collect()
    };
    let pair = |policy: &str, status: &str| (policy.to_owned(), status.to_owned());
    let (status, json) = diff(&with(""), &with(&region("north", "feed.example.net")), "widened");
    assert_eq!((status, statuses(&json)), (1, vec![pair("shop", "same"), pair("north", "added")]));
    assert_eq!(
        (texts(&json, "changes", "policy"), texts(&json, "changes", "effect")),
        (vec!["north"], vec!["newly-allowed"])
    );
    let (status, json) = diff(&with(&region("north", "feed.example.net")), &with(""), "widened");
    assert_eq!((status, statuses(&json)), (0, vec![pair("shop", "same"), pair("north", "removed")]));
    let (status, json) =
        diff(&with(&region("north", "feed.example.net")), &with(&region("arctic", "feed.example.net")), "changed");
    assert_eq!((status, statuses(&json)), (0, vec![pair("shop", "same"), pair("arctic", "changed")]), "{json:#}");
    let old = with(&region("north", "feed.example.net"));
    let (_, json) = diff(&old, &with(&region("north", "feed.example.net, news.example.net")), "changed");
    assert_eq!(statuses(&json), [pair("shop", "same"), pair("north", "changed")]);
}

#[test]
fn a_policy_of_that_name_may_be_on_one_side_only() {
    let sandbox = Sandbox::new();
    let north = "policy north {\n    location \"northeurope\"\n    sku premium\n    group work {\n        feed: allow https from 10.10.0.0/20 to feed.example.net\n    }\n}";
    sandbox.write("old.pol", &shop(TO_HUB));
    sandbox.write("new.pol", &source(FEED, north, TO_HUB));
    let status =
        |policy: &str| sandbox.run(&["diff", "old.pol", "new.pol", "--policy", policy, "--fail-on", "widened"]).status;
    assert_eq!((status("north"), status("shop"), status("south")), (1, 0, 2));
}

#[test]
fn a_name_at_a_private_address_counts_and_is_told_apart() {
    let guard = "guard: deny tcp/443 from pods to 10.0.0.0/8\n    }\n    group later {\n        ";
    let (status, json) = diff(&shop(TO_HUB), &source(&format!("{guard}{FEED}"), "", TO_HUB), "changed");
    assert_eq!((status, texts(&json, "changes", "case")), (1, vec!["unusual-address"]));
    assert_eq!((texts(&json, "changes", "effect"), &json["equivalent"]), (vec!["newly-denied"], &json!(false)));
}

#[test]
fn a_suite_fails_for_what_is_wider_and_not_for_what_is_narrower() {
    let sandbox = Sandbox::new();
    sandbox.write("hub.pol", &shop(TO_HUB));
    sandbox.write("past.pol", &shop(&TO_HUB.replace("via hub", "via internet")));
    let junit = |old: &str, new: &str| sandbox.run(&["diff", old, new, "--format", "junit"]).stdout;
    assert!(junit("hub.pol", "past.pol").contains("<failure"));
    assert!(!junit("past.pol", "hub.pol").contains("<failure"));
}

#[test]
fn subnets_of_one_name_in_two_tables_are_two() {
    let second = "routes other-rt {\n    location \"westeurope\"\n    subnet \"snet-pods\" 10.9.32.0/20\n    via hub\n    bgp-propagation off\n}\n";
    let with = |more: &str| format!("{}{}", shop(TO_HUB), more);
    let (status, json) = diff(&with(second), &with(&second.replace("10.9.32.0/20", "10.9.32.0/21")), "widened");
    assert_eq!((status, json["routes"].as_array().unwrap().len()), (1, 1), "{json:#}");
    assert_eq!((&json["routes"][0]["table"], &json["routes"][0]["effect"]), (&json!("other-rt"), &json!("weakens")));
}

#[test]
fn tables_of_one_name_in_two_resource_groups_are_two() {
    let table = |group: &str, hop: &str| {
        let id = format!("/subscriptions/s/resourceGroups/{group}/providers/Microsoft.Network/routeTables/rt");
        let route = json!({"name": "default", "properties": {"addressPrefix": "0.0.0.0/0", "nextHopType": hop}});
        json!({"id": id, "type": "Microsoft.Network/routeTables", "name": "rt", "location": "westeurope",
            "properties": {"routes": [route]}})
    };
    let policy = json!({"type": "Microsoft.Network/firewallPolicies", "name": "shop", "location": "westeurope",
        "properties": {"sku": {"tier": "Standard"}}});
    let template = |hop: &str| json!([policy, table("one", "VirtualNetworkGateway"), table("two", hop)]).to_string();
    let sandbox = Sandbox::new();
    sandbox.write("old.json", &template("None"));
    sandbox.write("new.json", &template("Internet"));
    let run = sandbox.run(&["diff", "old.json", "new.json", "--format", "json", "--fail-on", "widened"]);
    let json: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}{}", run.stdout, run.stderr));
    assert_eq!((run.status, texts(&json, "routes", "effect")), (1, vec!["weakens"]), "{json:#}");
}

/// A second firewall, whose policy allows everything.
const LAB: &str = "policy lab {
    location \"westeurope\"
    sku      premium
    group open {
        all: allow any from any to any
    }
}

firewall lab-fw {
    policy     lab
    sku        premium
    private-ip 10.1.9.4
}
";

#[test]
fn another_policy_on_the_firewall_weakens() {
    let old = format!("{}{LAB}", shop(TO_HUB));
    let new = old.replace("policy     shop", "policy     lab");
    let (status, json) = diff(&old, &new, "widened");
    assert_eq!((status, &json["weakened"]), (1, &json!(true)));
    let renamed = new.replace("firewall hub {", "firewall hub2 {").replace("via hub", "via hub2");
    assert_eq!(diff(&old, &renamed, "widened").0, 1, "another firewall at the same address");
    let sandbox = Sandbox::new();
    sandbox.write("new.pol", &new);
    let asked = ["explain", "new.pol", "--policy", "shop", "--from", "10.9.0.4", "--to", "feed.example.net"];
    let run = sandbox.run(&[&asked[..], &["--service", "https"]].concat());
    assert!(run.stdout.contains("firewall `hub` has policy `lab`"), "{}", run.stdout);
    let setting = |json: &Value| json["settings"].as_array().unwrap().iter().any(|of| of["effect"] == "weakens");
    assert!(setting(&json) || json["policies"].as_array().is_some_and(|all| all.iter().any(setting)), "{json:#}");
}

#[test]
fn a_route_to_another_firewall_weakens_unless_that_has_the_policy() {
    let old = format!("{}{LAB}", shop(TO_HUB));
    for (route, path) in [
        (TO_HUB.replace("via hub", "via lab-fw"), "0.0.0.0/0"),
        (format!("{TO_HUB}\n    route 198.51.100.0/24 via lab-fw"), "198.51.100.0/24"),
    ] {
        let new = format!("{}{LAB}", shop(&route));
        let (status, json) = diff(&old, &new, "widened");
        assert_eq!((status, texts(&json, "routes", "effect")), (1, vec!["weakens"]), "{json:#}");
        assert_eq!(json["routes"][0]["prefix"], path);
        let same = new.replace("policy     lab", "policy     shop").replace("policy lab {", "policy spare {");
        let before = old.replace("policy     lab", "policy     shop").replace("policy lab {", "policy spare {");
        assert_eq!(texts(&diff(&before, &same, "widened").1, "routes", "effect"), ["neutral"]);
    }
}

#[test]
fn a_firewall_that_moves_to_another_address_is_the_same() {
    let moved = shop(TO_HUB).replace("private-ip 10.1.0.4", "private-ip 10.1.0.5");
    let (status, json) = diff(&shop(TO_HUB), &moved, "widened");
    assert_eq!((status, texts(&json, "routes", "effect")), (0, vec!["neutral"]));
}

#[test]
fn a_route_table_with_another_name_protects_as_much() {
    let (status, json) = diff(&shop(TO_HUB), &shop(TO_HUB).replace("routes pods-rt", "routes shop-rt"), "widened");
    assert!(!texts(&json, "routes", "effect").contains(&"weakens"), "{json:#}");
    assert_eq!((status, &json["weakened"]), (0, &json!(false)));
}

#[test]
fn a_header_that_is_no_longer_put_in_weakens() {
    let with = "feed: allow http from pods to feed.example.net with header \"Restrict-Access-To-Tenants\" \"contoso\"";
    let without = "feed: allow http from pods to feed.example.net";
    let of = |rule: &str| source(rule, "", TO_HUB);
    let (status, json) = diff(&of(with), &of(without), "widened");
    assert_eq!((status, texts(&json, "settings", "effect")), (1, vec!["weakens"]));
    assert!(json["settings"][0]["path"].as_str().unwrap().ends_with("/feed/httpHeadersToInsert"), "{json:#}");
    assert_eq!(texts(&diff(&of(without), &of(with), "widened").1, "settings", "effect"), ["strengthens"]);
}

/// A template of a virtual network, and what stands in it or beside it.
fn network(peerings: Value, more: Value) -> String {
    let table = json!({"type": "Microsoft.Network/routeTables", "apiVersion": "2024-05-01", "name": "rt", "properties":
        {"routes": [{"name": "out", "properties":
            {"addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "10.1.0.4"}}]}});
    let subnet = json!({"name": "nodes", "properties": {"addressPrefix": "10.9.0.0/20",
        "routeTable": {"id": "[resourceId('Microsoft.Network/routeTables', 'rt')]"}}});
    let network = json!({"type": "Microsoft.Network/virtualNetworks", "apiVersion": "2024-05-01", "name": "spoke",
        "properties": {"addressSpace": {"addressPrefixes": ["10.9.0.0/16"]}, "subnets": [subnet],
            "virtualNetworkPeerings": peerings}});
    let policy = json!({"type": "Microsoft.Network/firewallPolicies", "apiVersion": "2024-05-01", "name": "shop",
        "location": "westeurope", "properties": {"sku": {"tier": "Standard"}}});
    let all = [table, network, policy].into_iter().chain(more.as_array().unwrap().iter().cloned()).collect::<Vec<_>>();
    json!({"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0", "resources": all})
    .to_string()
}

/// Most templates leave the private address of a firewall to Azure.
#[test]
fn a_firewall_without_a_stated_address_gets_another_policy() {
    let id = |name: &str| format!("[resourceId('Microsoft.Network/firewallPolicies', '{name}')]");
    let of = |policy: &str| {
        let firewall = json!({"type": "Microsoft.Network/azureFirewalls", "apiVersion": "2024-05-01", "name": "hub",
            "properties": {"firewallPolicy": {"id": id(policy)}, "ipConfigurations": [{"name": "c", "properties": {}}]}});
        let lab = json!({"type": "Microsoft.Network/firewallPolicies", "apiVersion": "2024-05-01", "name": "lab",
            "location": "westeurope", "properties": {"sku": {"tier": "Standard"}}});
        network(json!([]), json!([lab, firewall]))
    };
    let (sandbox, gate) = (Sandbox::new(), ["--policy", "shop", "--format", "json", "--fail-on", "widened"]);
    sandbox.write("old.json", &of("shop"));
    sandbox.write("new.json", &of("lab"));
    let run = sandbox.run(&[["diff", "old.json", "new.json"].as_slice(), &gate].concat());
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((run.status, texts(&json, "settings", "path")), (1, vec!["hub: properties.firewallPolicy"]), "{json:#}");
    // The table's appliance may be that firewall, as before.
    let flow = ["--from", "10.9.0.4", "--to", "20.0.0.4", "--service", "tcp/443"];
    let run = sandbox.run(&[["explain", "old.json", "--policy", "shop"].as_slice(), &flow].concat());
    assert!(run.stdout.contains("to the firewall, by route 0.0.0.0/0 of table rt"), "{}", run.stdout);
}

/// A name that leads to another endpoint changes no flow at any address: other flows are sent.
#[test]
fn a_name_that_leads_to_another_place_is_told() {
    let vault = |hosts: &str| {
        shop(TO_HUB)
            + &format!(
                "\nprivate-endpoint kv {{ host {hosts} address 10.77.0.5 zone privatelink.vaultcore.azure.net }}\n"
            )
    };
    let (one, two) = (vault("kv-shop.vault.azure.net"), vault("kv-shop.vault.azure.net, kv-other.vault.azure.net"));
    let elsewhere = one.replace("10.77.0.5", "10.77.0.6");
    for (old, new, gate, wanted) in [
        (&one, &two, "changed", (1, vec!["neutral"])),
        (&one, &two, "widened", (0, vec!["neutral"])),
        (&two, &one, "widened", (1, vec!["weakens"])),
        (&one, &elsewhere, "widened", (1, vec!["weakens"])),
        (&one, &one, "changed", (0, vec![])),
    ] {
        let (status, json) = diff(old, new, gate);
        assert_eq!((status, texts(&json, "settings", "effect")), wanted, "{gate} {json:#}");
    }
    let (_, json) = diff(&one, &two, "widened");
    assert_eq!(json["settings"][0]["path"], "private endpoint of kv-other.vault.azure.net");
}

/// A route that is there only under a condition may not be there.
#[test]
fn a_route_under_an_unknown_condition_weakens_and_is_told_by_each_answer() {
    let of = |condition: &str| {
        let mut template: Value = serde_json::from_str(&network(json!([]), json!([]))).unwrap();
        template["parameters"] = json!({"routed": {"type": "bool"}});
        if !condition.is_empty() {
            template["resources"][0]["condition"] = condition.into();
        }
        template.to_string()
    };
    let sandbox = Sandbox::new();
    sandbox.write("old.json", &of(""));
    sandbox.write("new.json", &of("[parameters('routed')]"));
    let run = sandbox.run(&["diff", "old.json", "new.json", "--format", "json", "--fail-on", "widened"]);
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((run.status, texts(&json, "settings", "effect")), (1, vec!["weakens"]), "{json:#}");
    assert!(texts(&json, "routes", "effect").contains(&"weakens"), "{json:#}");
    let flow = ["--from", "10.9.0.4", "--to", "20.0.0.4", "--service", "tcp/443", "--format", "json"];
    let run = sandbox.run(&[["explain", "new.json"].as_slice(), &flow].concat());
    assert!(run.stdout.contains("route table `rt` is there only where"), "{}", run.stdout);
    let page = sandbox.run(&["report", "new.json", "--format", "markdown"]).stdout;
    assert!(page.contains("where route table `rt` leads is not known"), "{page}");
}

#[test]
fn a_peering_that_is_not_connected_carries_nothing() {
    let peering = |state: &str| {
        json!([{"name": "to-lab", "properties": {"peeringState": state,
            "remoteAddressSpace": {"addressPrefixes": ["10.77.0.0/16"]}}}])
    };
    let flow = ["--from", "10.9.0.4", "--to", "10.77.0.4", "--service", "tcp/443", "--format", "json"];
    for (state, way) in [("Connected", "virtual-network"), ("disconnected", "firewall"), ("Initiated", "firewall")] {
        let sandbox = Sandbox::new();
        sandbox.write("in.json", &network(peering(state), json!([])));
        let run = sandbox.run(&[["explain", "in.json"].as_slice(), &flow].concat());
        let json: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(json["way"]["by"], way, "{state}");
    }
}

#[test]
fn what_is_not_stated_of_the_network_is_told_and_weakens() {
    let peering = json!([{"name": "to-lab", "properties": {"allowVirtualNetworkAccess": true, "remoteVirtualNetwork":
        {"id": "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/lab"}}}]);
    let endpoint = json!([{"type": "Microsoft.Network/privateEndpoints", "apiVersion": "2024-05-01", "name": "vault",
        "properties": {"privateLinkServiceConnections": [{"name": "vault", "properties": {"groupIds": ["vault"]}}]}}]);
    for (new, word) in [
        (
            network(peering, json!([])),
            "the addresses behind peering `to-lab` of virtual network `spoke` are not stated",
        ),
        (network(json!([]), endpoint), "the address of private endpoint `vault` is not stated"),
    ] {
        let sandbox = Sandbox::new();
        sandbox.write("old.json", &network(json!([]), json!([])));
        sandbox.write("new.json", &new);
        let run = sandbox.run(&["diff", "old.json", "new.json", "--format", "json", "--fail-on", "widened"]);
        let json: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!((run.status, texts(&json, "settings", "effect")), (1, vec!["weakens"]), "{json:#}");
        assert!(run.stderr.contains(word) && json["assumptions"].to_string().contains(word), "{}", run.stderr);
        let run = sandbox.run(&["diff", "new.json", "new.json", "--format", "json", "--fail-on", "changed"]);
        assert_eq!(run.status, 0, "{}", run.stdout);
    }
}
