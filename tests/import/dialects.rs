//! What tools print about policies: PowerShell, Resource Graph, what-if, Pulumi, and parts of policies in parameter files.

use fwc::import::{Artefact, Error, ImportedPart, Moment, ParameterValues, ReadDocument, read_parts, read_with};
use fwc::model::{Model, NextHop, Rules};
use serde_json::{Value, json};

const PROVIDER: &str =
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Network";

fn read(value: &Value) -> Result<ReadDocument, Error> {
    read_with(&[Artefact { name: "t", text: &value.to_string() }], &[])
}

fn read_at(value: &Value, moment: Moment) -> Result<ReadDocument, Error> {
    let artefact = Artefact { name: "t", text: &value.to_string() };
    read_parts(&[ImportedPart { moment, ..ImportedPart::of(artefact) }], ParameterValues::default(), &[])
}

fn id(path: &str) -> String {
    format!("{PROVIDER}/{path}")
}

/// A collection whose one rule, of its name, is for TCP 443.
fn collection(name: &str, action: &str, destination: &str) -> Value {
    json!({"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": name, "priority": 200,
        "action": {"type": action}, "rules": [{"ruleType": "NetworkRule", "name": name, "ipProtocols": ["TCP"],
        "sourceAddresses": ["10.0.0.0/8"], "destinationAddresses": [destination], "destinationPorts": ["443"]}]})
}

/// Two groups, the later first.
fn groups() -> [(&'static str, Value); 2] {
    let properties =
        |priority: u16, name: &str| json!({"priority": priority, "ruleCollections": [collection(name, "Deny", "*")]});
    [("late", properties(400, "late")), ("early", properties(200, "early"))]
}

/// The policies, each with its groups and their priorities.
fn outline(model: &Model) -> Vec<(String, Vec<(String, u16)>)> {
    let groups = |policy: &fwc::model::Policy| {
        policy.groups.iter().map(|group| (group.name.to_string(), group.priority.get())).collect()
    };
    model.policies.iter().map(|policy| (policy.name.to_string(), groups(policy))).collect()
}

fn outlined(policy: &str, groups: &[(&str, u16)]) -> Vec<(String, Vec<(String, u16)>)> {
    vec![(policy.to_owned(), groups.iter().map(|(name, priority)| ((*name).to_owned(), *priority)).collect())]
}

#[test]
fn groups_keep_their_names_and_priorities_in_every_shape() {
    let [late, early] = groups();
    let own = [("late", 400), ("early", 200)];
    let with = |(name, mut properties): (&str, Value)| {
        properties["name"] = json!(name);
        properties
    };
    let whole = |(name, properties): &(&str, Value)| json!({"id": id(&format!("firewallPolicies/fwp/ruleCollectionGroups/{name}")), "properties": properties});
    for (shape, policy) in [
        (json!({"late": late.1, "early": early.1}), "imported"),
        (json!({"late": {"properties": late.1}, "early": {"properties": early.1}}), "imported"),
        (json!([with(late.clone()), with(early.clone())]), "imported"),
        (json!([{"name": "late", "properties": late.1}, {"name": "early", "properties": early.1}]), "imported"),
        (json!({"groups": {"value": [with(late.clone()), with(early.clone())]}}), "imported"),
        (json!([whole(&late), whole(&early)]), "fwp"),
        (json!({"deeper": [{"x": {"y": [[whole(&late), whole(&early)]]}}]}), "fwp"),
    ] {
        let read = read(&shape).unwrap_or_else(|error| panic!("{error}: {shape}"));
        assert_eq!(outline(&read.model), outlined(policy, &own), "{shape}");
    }
}

#[test]
fn what_nothing_states_of_a_group_is_made_up_and_told() {
    let [late, early] = groups();
    let unnamed = read(&json!([late.1, early.1])).unwrap();
    assert_eq!(outline(&unnamed.model), outlined("imported", &[("imported-1", 400), ("imported-2", 200)]));
    assert!(
        unnamed.model.assumptions.iter().any(|note| note.message.contains("without a name")),
        "{:?}",
        unnamed.model.assumptions
    );
    let loose = json!({"first": late.1["ruleCollections"], "second": early.1["ruleCollections"]});
    let loose = read(&loose).unwrap();
    assert_eq!(outline(&loose.model), outlined("imported", &[("first", 100), ("second", 200)]));
    assert!(
        loose.model.assumptions.iter().any(|note| note.message.contains("100 is assumed")),
        "{:?}",
        loose.model.assumptions
    );
}

#[test]
fn a_group_with_an_unknown_property_is_refused_and_a_rule_in_no_collection_is_told() {
    let [(_, mut group), _] = groups();
    group["madeUp"] = json!(1);
    assert!(read(&json!({"g": group})).unwrap_err().message.contains("`madeUp`"));
    let rule = collection("c", "Allow", "*")["rules"][0].clone();
    let told = read(&json!({"g": groups()[0].1, "extra": {"rules": [rule]}})).unwrap();
    assert!(
        told.model.assumptions.iter().any(|note| note.at.path == "$.extra.rules[0]"),
        "{:?}",
        told.model.assumptions
    );
}

#[test]
fn modules_take_groups_as_parameters() {
    let [late, early] = groups();
    let named = |(name, mut group): (&str, Value)| {
        group["name"] = json!(name);
        group
    };
    let file = |parameters: Value| {
        json!({"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
        "contentVersion": "1.0.0.0", "parameters": parameters})
    };
    let own = [("late", 400), ("early", 200)];
    // Azure Verified Modules: the policy and its groups.
    let groups = json!([named(late.clone()), named(early)]);
    let policy = file(
        json!({"name": {"value": "fwp"}, "tier": {"value": "Premium"}, "ruleCollectionGroups": {"value": groups}}),
    );
    assert_eq!(outline(&read(&policy).unwrap().model), outlined("fwp", &own));
    // One group, with the policy's name beside it.
    let group =
        file(json!({"firewallPolicyName": {"value": "fwp"}, "name": {"value": "late"}, "priority": {"value": 400},
        "ruleCollections": {"value": late.1["ruleCollections"]}}));
    assert_eq!(outline(&read(&group).unwrap().model), outlined("fwp", &[("late", 400)]));
    // Azure landing zones and Mission Landing Zone: an object with the policy inside, and groups in ARM's form.
    let hub = json!({"hub": {"firewall": {"policyName": "fwp", "ruleCollectionGroups": [{"name": "late", "properties": late.1}]}}});
    let hub = file(json!({"hubs": {"value": hub}, "location": {"value": "westeurope"}}));
    assert_eq!(outline(&read(&hub).unwrap().model), outlined("fwp", &[("late", 400)]));
}

/// A collection of a classic firewall, with the rule `rule`.
fn classic(rule: Value) -> Value {
    json!({"name": "c", "properties": {"priority": 200, "action": {"type": "Allow"}, "rules": [rule]}})
}

#[test]
fn classic_collections_are_read_wherever_parameters_have_them() {
    let network = classic(
        json!({"name": "time", "protocols": ["UDP"], "sourceAddresses": ["*"], "destinationAddresses": ["*"], "destinationPorts": ["123"]}),
    );
    let web = classic(
        json!({"name": "web", "protocols": [{"protocolType": "Https", "port": 443}], "sourceAddresses": ["*"], "targetFqdns": ["a.com"]}),
    );
    let wanted = outlined(
        "imported",
        &[("DefaultNetworkRuleCollectionGroup", 200), ("DefaultApplicationRuleCollectionGroup", 300)],
    );
    for parameters in [
        json!({"networkRuleCollections": {"value": [network]}, "applicationRuleCollections": {"value": [web]}}),
        json!({"fwNetworkRuleCollections": {"value": [network]}, "fwRules": {"value": [web]}}),
    ] {
        let read = read(&json!({"parameters": parameters})).unwrap_or_else(|error| panic!("{error}: {parameters}"));
        assert_eq!(outline(&read.model), wanted, "{parameters}");
    }
}

fn firewall(properties: Value) -> Value {
    json!({"type": "Microsoft.Network/azureFirewalls", "name": "fw", "id": id("azureFirewalls/fw"), "location": "westeurope",
        "properties": properties})
}

#[test]
fn a_classic_firewalls_settings_come_along() {
    let rules = json!([classic(
        json!({"name": "r", "protocols": ["Any"], "sourceAddresses": ["*"], "destinationAddresses": ["*"], "destinationPorts": ["*"]})
    )]);
    let mut fields = json!({"networkRuleCollections": rules, "threatIntelMode": "Deny", "sku": {"name": "AZFW_VNet", "tier": "Premium"},
        "additionalProperties": {"Network.DNS.EnableProxy": "True", "Network.DNS.Servers": "10.0.0.10, 10.0.0.11",
            "Network.DNS.RequireProxyForNetworkRules": "false", "Network.SNAT.PrivateRanges": "IANAPrivateRanges, 192.0.2.0/24",
            "ThreatIntel.Whitelist.FQDNs": "*.a.com,b.com", "ThreatIntel.Whitelist.IpAddresses": "192.0.2.1"}});
    let settings = read(&json!([firewall(fields.clone())])).unwrap().model.policies[0].settings.clone();
    let dns = settings.dns.unwrap();
    assert_eq!((dns.proxy, dns.servers.len(), dns.network_rules_need_proxy), (Some(true), 2, Some(false)));
    assert_eq!(settings.snat.unwrap().private_ranges, ["IANAPrivateRanges", "192.0.2.0/24"]);
    let allowed = settings.threat_intel_allow.unwrap();
    assert_eq!((allowed.fqdns.len(), allowed.addresses[0].to_string().as_str()), (2, "192.0.2.1"));
    fields["additionalProperties"]["Network.Made.Up"] = json!("1");
    assert!(read(&json!([firewall(fields.clone())])).unwrap_err().message.contains("`Network.Made.Up`"));
    fields["additionalProperties"] = json!({"Network.FTP.AllowActiveFTP": "true"});
    let told = read(&json!([firewall(fields.clone())])).unwrap();
    assert!(
        told.model.assumptions.iter().any(|note| note.message.contains("AllowActiveFTP")),
        "{:?}",
        told.model.assumptions
    );
    fields["inspectionBypass"] = json!({"hosts": ["a"]});
    assert!(read(&json!([firewall(fields)])).unwrap_err().message.contains("`inspectionBypass`"));
}

#[test]
fn a_classic_firewall_without_rules_decides_by_none_and_one_with_a_policy_by_that() {
    let empty = json!({"networkRuleCollections": [], "natRuleCollections": [], "applicationRuleCollections": []});
    assert_eq!(outline(&read(&json!([firewall(empty.clone())])).unwrap().model), outlined("fw", &[]));
    let mut attached = empty;
    attached["firewallPolicy"] = json!({"id": id("firewallPolicies/fwp")});
    assert!(read(&json!([firewall(attached)])).is_err());
}

#[test]
fn powershell_prints_groups_of_every_version() {
    let rules = json!([{"protocols": ["UDP"], "SourceAddresses": ["10.0.0.0/8"], "DestinationAddresses": ["192.0.2.1"],
        "DestinationPorts": ["123"], "ProtocolsText": "[]", "RuleType": "NetworkRule", "Name": "time", "Description": null}]);
    let nat = json!([{"Protocols": ["TCP"], "SourceAddresses": ["*"], "DestinationAddresses": ["192.0.2.9"], "DestinationPorts": ["443"],
        "TranslatedAddress": "10.0.0.4", "TranslatedPort": "443", "TranslatedFqdn": null, "RuleType": "NatRule", "Name": "in"}]);
    let list = json!([{"Priority": 200, "Action": {"Type": "Allow"}, "RuleCollectionType": "FirewallPolicyFilterRuleCollection", "Name": "net", "Rules": rules},
        {"Priority": 100, "Action": {"Type": "DNAT"}, "RuleCollectionType": "FirewallPolicyNatRuleCollection", "Name": "nat", "Rules": nat, "RulesText": "[]"}]);
    let whole = id("firewallPolicies/fwp/ruleCollectionGroups/rcg");
    let inner = json!({"Priority": 300, "RuleCollection": list, "Name": "rcg", "Id": whole, "Etag": "e"});
    let older = json!({"priority": 300, "ruleCollection": list, "Name": "rcg", "Id": whole});
    let windows = json!({"Priority": 300, "RuleCollection": {"value": list, "Count": 2}, "Name": "rcg", "Id": whole});
    for shape in [
        json!({"Name": "rcg", "Properties": inner}),
        json!([{"Name": "rcg", "Properties": inner}]),
        json!({"value": [{"Name": "rcg", "Properties": inner}], "Count": 1}),
        json!({"name": "rcg", "properties": older}),
        json!({"Properties": windows, "Name": "rcg"}),
    ] {
        let read = read(&shape).unwrap_or_else(|error| panic!("{error}: {shape}"));
        assert_eq!(outline(&read.model), outlined("fwp", &[("rcg", 300)]), "{shape}");
        let Rules::Network(_, rules) = &read.model.policies[0].groups[0].collections[0].rules else {
            panic!("{shape}")
        };
        assert_eq!(rules[0].matches.protocols.len(), 1);
    }
    let mut odd = json!({"Name": "rcg", "Properties": inner});
    odd["Properties"]["RuleCollection"][0]["Rules"][0]["MadeUp"] = json!(["x"]);
    assert!(read(&odd).unwrap_err().message.contains("`MadeUp`"));
}

#[test]
fn what_powershell_cut_is_named() {
    let group = |list: Value| json!({"Name": "rcg", "Properties": {"Priority": 300, "RuleCollection": list}});
    let rule = |addresses: Value| {
        json!([{"Priority": 200, "Action": {"Type": "Allow"}, "Name": "net",
        "RuleCollectionType": "FirewallPolicyFilterRuleCollection", "Rules": [{"RuleType": "NetworkRule", "SourceAddresses": addresses}]}])
    };
    for cut in [
        group(json!("Microsoft.Azure.Commands.Network.Models.PSAzureFirewallPolicyFilterRuleCollection")),
        group(json!(["Microsoft.Azure.Commands.Network.Models.PSAzureFirewallPolicyFilterRuleCollection"])),
        group(rule(json!("10.0.0.0/8 10.1.0.0/16"))),
    ] {
        assert!(read(&cut).unwrap_err().message.contains("ConvertTo-Json -Depth 100"), "{cut}");
    }
}

#[test]
fn powershell_prints_policies_firewalls_ip_groups_and_route_tables() {
    let top = |kind: &str, name: &str| {
        json!({"ResourceGroupName": "rg", "Location": "westeurope", "ResourceGuid": null, "Type": null,
        "Tag": null, "TagsTable": null, "Name": name, "Etag": "e", "Id": id(&format!("{kind}/{name}"))})
    };
    let mut policy = top("firewallPolicies", "fwp");
    policy["ThreatIntelMode"] = json!("Deny");
    policy["Sku"] = json!({"Tier": "Premium"});
    policy["SqlSetting"] = json!({"AllowSqlRedirect": true});
    policy["Snat"] = json!({"PrivateRanges": ["192.0.2.0/24"], "AutoLearnPrivateRanges": null});
    policy["PrivateRange"] = json!(["192.0.2.0/24"]);
    policy["PrivateRangeText"] = json!("[]");
    policy["DnsSettings"] = json!({"Servers": [], "EnableProxy": true, "RequireProxyForNetworkRules": null});
    let mut firewall = top("azureFirewalls", "fw");
    firewall["NetworkRuleCollections"] = json!([{"Name": "n", "Priority": 100, "Action": {"Type": "Allow"}, "ActionText": "{}",
        "Rules": [{"Name": "r", "Protocols": ["TCP"], "SourceAddresses": ["*"], "DestinationAddresses": ["*"], "DestinationPorts": ["443"]}]}]);
    firewall["DNSEnableProxy"] = json!("true");
    firewall["DNSServer"] = json!(["10.0.0.10"]);
    firewall["PrivateRange"] = json!(["IANAPrivateRanges"]);
    firewall["ThreatIntelWhitelist"] = json!({"FQDNs": ["a.com"], "IpAddresses": null});
    let mut ip_group = top("ipGroups", "nodes");
    ip_group["IpAddresses"] = json!(["10.0.0.0/8"]);
    let mut table = top("routeTables", "rt");
    table["DisableBgpRoutePropagation"] = json!(true);
    table["Routes"] = json!([{"Name": "out", "AddressPrefix": "0.0.0.0/0", "NextHopType": "VirtualAppliance",
        "NextHopIpAddress": "10.0.0.4", "ProvisioningState": "Succeeded", "Etag": "e", "Id": id("routeTables/rt/routes/out")}]);
    let model = read(&json!([policy, firewall, ip_group, table])).unwrap().model;
    let settings = &model.policies[0].settings;
    assert_eq!((settings.sku.word(), settings.sql_redirect), ("premium", Some(true)));
    assert_eq!(settings.snat.as_ref().unwrap().private_ranges, ["192.0.2.0/24"]);
    let classic = &model.policies[1].settings;
    assert_eq!(classic.dns.as_ref().unwrap().servers.len(), 1);
    assert_eq!(classic.threat_intel_allow.as_ref().unwrap().fqdns, ["a.com"]);
    assert_eq!(classic.snat.as_ref().unwrap().private_ranges, ["IANAPrivateRanges"]);
    assert_eq!(model.ip_groups.len(), 1);
    assert!(matches!(model.route_tables[0].routes[0].next_hop, NextHop::Appliance(_)));
}

#[test]
fn a_result_of_resource_graph_that_goes_on_elsewhere_is_refused() {
    let row = json!({"id": id("firewallPolicies/fwp/ruleCollectionGroups/late"), "name": "late", "tenantId": "t", "kind": "", "plan": null,
        "type": "microsoft.network/firewallpolicies/rulecollectiongroups", "properties": groups()[0].1});
    let page = |more: Value, all: u32| json!({"count": 1, "data": [row], "skip_token": more, "total_records": all});
    assert_eq!(outline(&read(&page(json!(null), 1)).unwrap().model), outlined("fwp", &[("late", 400)]));
    assert!(read(&page(json!("more"), 1)).unwrap_err().message.contains("goes on elsewhere"));
    assert!(read(&page(json!(null), 7)).unwrap_err().message.contains("7 rows"));
}

/// What a what-if operation says about the group `late`.
fn what_if(kind: &str, before: Value, after: Value) -> Value {
    json!({"status": "Succeeded", "error": null, "changes": [
        {"changeType": "NoChange", "resourceId": id("virtualNetworks/vnet"), "before": {}, "after": {}},
        {"changeType": kind, "resourceId": id("firewallPolicies/fwp/ruleCollectionGroups/late"), "delta": [], "before": before, "after": after}]})
}

fn resource(priority: u16) -> Value {
    let properties = json!({"priority": priority, "ruleCollections": [collection("c", "Allow", "*")]});
    json!({"apiVersion": "2024-05-01", "id": id("firewallPolicies/fwp/ruleCollectionGroups/late"), "name": "late",
        "type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups", "properties": properties})
}

#[test]
fn a_what_if_result_is_read_before_and_after() {
    let outlines = |result: &Value| Moment::ALL.map(|moment| outline(&read_at(result, moment).unwrap().model));
    let of = |priority| outlined("fwp", &[("late", priority)]);
    let modified = what_if("Modify", resource(200), resource(300));
    assert_eq!(outlines(&modified), [of(200), of(300)]);
    let inside = json!({"status": "Succeeded", "properties": {"changes": modified["changes"]}});
    assert_eq!(outlines(&inside), [of(200), of(300)]);
    assert_eq!(outlines(&what_if("Create", json!(null), resource(300))), [vec![], of(300)]);
    assert_eq!(outlines(&what_if("Delete", resource(200), json!(null))), [of(200), vec![]]);
    assert_eq!(outlines(&what_if("Ignore", resource(200), json!(null))), [of(200), of(200)]);
}

#[test]
fn a_what_if_result_that_does_not_show_a_group_is_refused_and_blind_spots_are_told() {
    let ids = read_at(&what_if("Modify", json!(null), json!(null)), Moment::After).unwrap_err();
    assert!(ids.message.contains("--result-format FullResourcePayloads"), "{ids}");
    let mut unevaluated = what_if("Create", json!(null), resource(300));
    unevaluated["changes"][1]["after"]["properties"]["priority"] = json!("[parameters('priority')]");
    assert!(read_at(&unevaluated, Moment::After).unwrap_err().message.contains("`[parameters('priority')]`"));
    let mut blind = what_if("Create", json!(null), resource(300));
    blind["diagnostics"] =
        json!([{"code": "NestedDeploymentShortCircuited", "message": "a nested template was not expanded"}]);
    let told = read_at(&blind, Moment::After).unwrap();
    assert!(
        told.model.assumptions.iter().any(|note| note.message.contains("was not expanded")),
        "{:?}",
        told.model.assumptions
    );
}

fn stack(resources: Value) -> Value {
    json!({"version": 3, "deployment": {"manifest": {}, "resources": resources}})
}

#[test]
fn pulumi_exports_of_azure_native_are_read() {
    let mut outputs = groups()[0].1.clone();
    outputs["name"] = json!("late");
    outputs["azureApiVersion"] = json!("2024-05-01");
    let kind = "azure-native:network/v20240501:FirewallPolicyRuleCollectionGroup";
    let group = json!({"urn": format!("urn:pulumi:dev::hub::{kind}::late"), "custom": true, "type": kind,
        "id": id("firewallPolicies/fwp/ruleCollectionGroups/late"), "inputs": {}, "outputs": outputs});
    let other = json!({"urn": "urn:pulumi:dev::hub::pulumi:pulumi:Stack::hub-dev", "custom": false, "type": "pulumi:pulumi:Stack"});
    let read_stack = |group: &Value| read(&stack(json!([other, group])));
    assert_eq!(outline(&read_stack(&group).unwrap().model), outlined("fwp", &[("late", 400)]));
    let mut secret = group.clone();
    secret["outputs"]["ruleCollections"] =
        json!({"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "x"});
    assert!(read_stack(&secret).unwrap_err().message.contains("--show-secrets"));
    let mut unread = group;
    unread["type"] = json!("azure-native:network:FirewallPolicyRuleGroup");
    assert!(read_stack(&unread).unwrap_err().message.contains("FirewallPolicyRuleGroup"));
}

#[test]
fn pulumi_exports_of_azure_are_read_as_terraforms() {
    let policy = json!({"urn": "urn:pulumi:dev::hub::azure:network/firewallPolicy:FirewallPolicy::fwp", "id": id("firewallPolicies/fwp"),
        "type": "azure:network/firewallPolicy:FirewallPolicy", "outputs": {"id": id("firewallPolicies/fwp"), "name": "fwp", "location": "westeurope",
        "resourceGroupName": "rg", "sku": "Standard", "dns": {"proxyEnabled": true, "servers": ["10.0.0.10"]}, "__meta": "{}"}});
    let kind = "azure:network/firewallPolicyRuleCollectionGroup:FirewallPolicyRuleCollectionGroup";
    let rule = json!({"name": "r", "protocols": ["TCP"], "sourceAddresses": ["10.0.0.0/8"], "destinationAddresses": ["*"], "destinationPorts": ["443"]});
    let web = json!({"name": "w", "protocols": [{"type": "Https", "port": 443}], "sourceAddresses": ["*"], "destinationFqdns": ["a.com"], "terminateTls": false});
    let group = json!({"urn": format!("urn:pulumi:dev::hub::{kind}::rcg"), "id": id("firewallPolicies/fwp/ruleCollectionGroups/rcg"), "type": kind,
        "outputs": {"id": id("firewallPolicies/fwp/ruleCollectionGroups/rcg"), "name": "rcg", "priority": 300, "firewallPolicyId": id("firewallPolicies/fwp"),
        "networkRuleCollections": [{"name": "n", "priority": 200, "action": "Allow", "rules": [rule]}],
        "applicationRuleCollections": [{"name": "a", "priority": 300, "action": "Allow", "rules": [web]}]}});
    let model = read(&stack(json!([policy, group]))).unwrap().model;
    assert_eq!(outline(&model), outlined("fwp", &[("rcg", 300)]));
    assert_eq!(model.policies[0].settings.dns.as_ref().unwrap().proxy, Some(true));
    assert_eq!(model.policies[0].groups[0].collections.len(), 2);
}

#[test]
fn documents_of_other_tools_are_named_with_the_way_to_one_that_is_read() {
    for (document, wanted) in [
        (json!({"resource": {"azurerm_firewall_policy": {"a": {}}}}), "terraform show -json"),
        (json!({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {}}), "CloudFormation"),
        (json!({"error": {"code": "AuthorizationFailed", "message": "no"}}), "`AuthorizationFailed`"),
        (json!({"apiVersion": "v1", "kind": "List", "items": []}), "Kubernetes"),
        (json!({"tables": [{"name": "PrimaryResult", "columns": [], "rows": []}]}), "log query"),
        (json!({"category": "AZFWNetworkRule", "properties": {}}), "log record"),
        (json!({"schema": "fwc.check/1", "diagnostics": []}), "what fwc prints"),
        (json!({"changeNumber": 1, "cloud": "Public", "values": []}), "--service-tags"),
        (json!({"schema": "fwc.fqdn-tags/1", "tags": {}}), "--fqdn-tags"),
    ] {
        let error = read(&document).unwrap_err();
        assert!(error.message.contains(wanted), "{wanted}: {error}");
    }
}

#[test]
fn comments_may_stand_anywhere_and_strings_may_have_lines() {
    let text = "/*/ one */ // two\n[ // three\n{\"name\": \"g\", \"priority\": 300, /* four */ \"ruleCollections\": [],\n\"etag\": \"a\n b // no\",},]";
    assert!(fwc::import::recognise(text));
    let read = read_with(&[Artefact { name: "t", text }], &[]).unwrap();
    assert_eq!(outline(&read.model), outlined("imported", &[("g", 300)]));
}

#[test]
fn several_documents_in_one_file_are_told_by_the_first() {
    for (first, wanted) in [("{\"category\": \"AZFWNetworkRule\"}", "log record"), ("{\"a\": 1}", "one a line")] {
        let text = format!("{first}\n{first}\n");
        let error = read_with(&[Artefact { name: "t", text: &text }], &[]).unwrap_err();
        assert!(error.message.contains(wanted), "{error}");
    }
}
