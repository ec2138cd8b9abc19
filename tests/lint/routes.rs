//! FW06: where route tables lead flows and replies, by the longest prefix.

use std::net::Ipv4Addr;

use fwc::diag::{RenderStyle, render};
use fwc::evaluate::Knowledge;
use fwc::flow::WorkBudget;
use fwc::lint;
use fwc::model::{Model, Moves, NatRule, NatTarget, NextHop, Route, RoutePrefix, RouteTable, Scope};
use proptest::prelude::*;

use super::{NOTHING, found, linted};

/// Two firewalls, of which `hub` has public addresses; a subnet of nodes with rules to a name and to an ERP system.
const HEAD: &str = "policy pp { sku standard dns { proxy on } group gg {
        web: allow https from 10.240.0.0/16 to api.stripe.com
        erp: allow tcp/1433 from 10.240.0.0/16 to 10.50.1.0/24
        shells: deny ssh from 10.0.0.0/8 to internet } }
    firewall hub { policy pp private-ip 10.0.1.4 public-ip web 20.61.0.10 }\n";

/// The FW06 findings in the routes of the nodes.
#[track_caller]
fn nodes(routes: &str) -> Vec<String> {
    of(&format!("{HEAD} routes nodes {{ subnet \"snet-aks\" 10.240.0.0/16 {routes} }}"))
}

#[track_caller]
fn of(text: &str) -> Vec<String> {
    found(text).into_iter().filter(|found| found.starts_with("FW06")).collect()
}

/// The same with one ingress rule.
#[track_caller]
fn ingress(rule: &str, tables: &str) -> Vec<String> {
    of(&format!(
        "policy pp {{ sku standard group gg {{ r: dnat tcp/443 from 198.51.100.0/24 to {rule} }} }}
         firewall hub {{ policy pp private-ip 10.0.1.4 public-ip web 20.61.0.10 public-ip api 20.61.0.11 }} {tables}"
    ))
}

const OFF: &str = "bgp-propagation off";
const NO_DEFAULT: &str = "FW0601 web: route table `nodes` sends nothing by default to a firewall";

#[test]
fn a_default_route_to_the_firewall_is_all_it_takes() {
    assert_eq!(nodes(&format!("via hub {OFF}")), NOTHING);
    assert_eq!(nodes(OFF), [NO_DEFAULT]);
    let message = "FW0601 web: the default route of `nodes` leads to the Internet, not to a firewall";
    assert_eq!(nodes(&format!("via internet {OFF}")), [message]);
    let message =
        "FW0601 web: the default route of `nodes` leads to appliance 10.9.9.9, not to a firewall of this source";
    assert_eq!(nodes(&format!("via 10.9.9.9 {OFF}")), [message]);
}

#[test]
fn two_halves_are_a_default_route_and_one_is_not() {
    assert_eq!(nodes(&format!("route 0.0.0.0/1 via hub route 128.0.0.0/1 via hub {OFF}")), NOTHING);
    assert_eq!(nodes(&format!("route 0.0.0.0/1 via hub {OFF}")), [NO_DEFAULT]);
}

#[test]
fn a_subnet_that_no_rule_speaks_of_goes_where_it_likes() {
    let table = "routes dmz { subnet \"snet-dmz\" 172.16.0.0/24 via internet }";
    assert_eq!(of(&format!("{HEAD} {table}")).iter().filter(|found| !found.contains("(note)")).count(), 0);
}

#[test]
fn a_subnet_that_no_rule_speaks_of_is_a_note() {
    let said = |routes: &str| {
        let table = format!("routes dmz {{ subnet \"snet-dmz\" 172.16.0.0/24 {routes} {OFF} }}");
        of(&format!("{HEAD} routes nodes {{ subnet \"snet-aks\" 10.240.0.0/16 via hub {OFF} }} {table}"))
    };
    let leads = |to: &str| format!("FW0601 (note): the default route of `dmz` leads to {to}, not to a firewall");
    assert_eq!(said("via internet"), [leads("the Internet")]);
    assert_eq!(said("via gateway"), [leads("the gateway")]);
    let part = "FW0601 (note): route table `dmz` sends nothing by default to a firewall";
    assert_eq!(said("route 0.0.0.0/1 via hub"), [part]);
    for routes in ["via none", "via hub"] {
        assert_eq!(said(routes), NOTHING, "{routes}");
    }
}

#[test]
fn a_stated_way_out_of_a_part_of_a_larger_network_is_a_note() {
    let tables = format!(
        "routes nodes {{ subnet \"snet-aks\" 10.240.0.0/16 via hub {OFF} }}
         routes gateway {{ subnet \"snet-dmz\" 10.241.0.0/24 via internet }}"
    );
    let message = "FW0601 (note) shells: the default route of `gateway` leads to the Internet, not to a firewall";
    assert_eq!(of(&format!("{HEAD} {tables}")), [message]);
}

#[test]
fn what_serves_a_sender_may_be_unknown() {
    let text = "policy pp { sku standard group gg { r: allow https from 10.1.0.0/24, 10.2.0.0/24 to a.com s: allow https from any to b.com } }
        firewall hub { policy pp private-ip 10.0.1.4 }";
    assert_eq!(of(text), NOTHING);
    let message = "FW0601 (note) r: no route table here serves 10.2.0.0/24: their way is not known";
    assert_eq!(of(&format!("{text} routes tt {{ subnet \"s\" 10.1.0.0/24 via hub {OFF} }}")), [message]);
    assert_eq!(
        of(&format!("{text} routes tt {{ subnet \"s\" 10.1.0.0/24 via hub route 10.2.0.0/16 via gateway {OFF} }}")),
        NOTHING
    );
    let message = "FW0601 (note) r: no route table here serves 10.1.0.0/24 and 10.2.0.0/24: their way is not known";
    assert_eq!(of(&format!("{text} routes tt {{ via hub {OFF} }}")), [message]);
}

#[test]
fn a_sender_of_an_applied_bundle_is_a_sender() {
    let text = |served: &str| {
        format!(
            "bundle tools(machines: addresses) {{ d: allow https from machines to dl.contoso.com }}
             policy pp {{ sku standard group gg {{ r: allow https from 10.1.0.0/24 to a.com apply tools(machines: 10.3.0.0/24) }} }}
             firewall hub {{ policy pp private-ip 10.0.1.4 }}
             routes tt {{ subnet \"s\" 10.1.0.0/24 {served} via hub {OFF} }}"
        )
    };
    let message = "FW0601 (note) d: no route table here serves 10.3.0.0/24: their way is not known";
    assert_eq!(of(&text("")), [message]);
    assert_eq!(of(&text("subnet \"t\" 10.3.0.0/24")), NOTHING);
}

/// What is said of a table of one subnet, beside a table of nodes.
#[track_caller]
fn subnet(subnet: &str, routes: &str) -> Vec<String> {
    let nodes = format!("routes nodes {{ subnet \"snet-aks\" 10.240.0.0/16 via hub {OFF} }}");
    of(&format!("{HEAD} {nodes} routes own {{ subnet \"{subnet}\" {routes} }}"))
}

#[test]
fn subnets_of_azure_itself_do_not_go_through_the_firewall() {
    for name in ["AzureFirewallSubnet", "azurefirewallmanagementsubnet", "snet-agw-weu", "AppGatewaySubnet"] {
        assert_eq!(subnet(name, &format!("10.9.0.0/24 via internet {OFF}")), NOTHING, "{name}");
    }
}

#[test]
fn some_subnets_take_no_route_table() {
    for name in ["AzureBastionSubnet", "RouteServerSubnet"] {
        let message = format!("FW0613: `{name}` does not take a route table");
        assert_eq!(subnet(name, &format!("10.9.2.0/26 via hub {OFF}")), std::slice::from_ref(&message));
        assert_eq!(subnet(name, "10.9.2.0/26"), [message]);
    }
    assert_eq!(subnet("snet-jump", &format!("10.9.2.0/26 via hub {OFF}")), NOTHING);
}

#[test]
fn the_management_of_a_firewall_goes_straight_to_the_internet() {
    let management = |routes: &str| subnet("AzureFirewallManagementSubnet", &format!("10.0.1.64/26 {routes}"));
    assert_eq!(management(&format!("via internet {OFF}")), NOTHING);
    let one = "FW0613: `AzureFirewallManagementSubnet` takes one route only, 0.0.0.0/0 to the Internet";
    assert_eq!(management(&format!("via hub {OFF}")), [one]);
    assert_eq!(management(&format!("via internet route 10.9.0.0/16 via hub {OFF}")), [one]);
    assert_eq!(management(OFF), ["FW0613: `AzureFirewallManagementSubnet` needs a default route to the Internet"]);
    let learned = "FW0613: `AzureFirewallManagementSubnet` must not take in learned routes";
    assert_eq!(management("via internet"), [learned]);
}

#[test]
fn a_firewall_sends_what_it_lets_out_to_the_internet() {
    let own = |routes: &str| subnet("AzureFirewallSubnet", &format!("10.0.1.0/26 {routes} {OFF}"));
    let loops = "FW0613: `AzureFirewallSubnet` leads the firewall's own flows back to the firewall";
    assert_eq!(own("via hub"), [loops]);
    assert_eq!(own("via internet route 10.50.0.0/16 via gateway"), NOTHING);
    let tunnel = "FW0613 (note): `AzureFirewallSubnet` sends what the firewall lets out elsewhere than to the Internet: forced tunnelling";
    assert_eq!(own("via gateway"), [tunnel]);
    assert_eq!(own("via internet route 0.0.0.0/1 via 10.9.9.9"), [tunnel]);
    let management = format!("}} routes m {{ subnet \"AzureFirewallManagementSubnet\" 10.0.1.64/26 via internet {OFF}");
    assert_eq!(own(&format!("via gateway {OFF} {management}")), NOTHING);
}

#[test]
fn an_application_gateway_answers_the_internet_directly() {
    let message = "FW0613 (warning): `snet-appgw` sends the application gateway's flows for the Internet to firewall hub (10.0.1.4)";
    let gateway = |routes: &str| subnet("snet-appgw", &format!("10.9.3.0/24 {routes} {OFF}"));
    assert_eq!(gateway("via hub"), [message]);
    assert_eq!(gateway("route 0.0.0.0/1 via hub route 128.0.0.0/1 via hub"), [message]);
    assert_eq!(gateway("route 10.50.0.0/16 via hub"), NOTHING);
    assert_eq!(gateway("via internet route 10.50.0.0/16 via hub"), NOTHING);
}

#[test]
fn an_api_server_and_its_nodes_reach_each_other() {
    let server = |routes: &str| {
        let nodes = format!("routes nodes {{ subnet \"snet-aks\" 10.240.0.0/16 via hub {OFF} }}");
        of(&format!("{HEAD} {nodes} routes own {{ subnet \"snet-apiserver\" {routes} {OFF} }}"))
    };
    assert_eq!(server("10.9.4.0/28"), NOTHING);
    assert_eq!(server("10.9.4.0/29"), ["FW0613: `snet-apiserver` has to be a /28 or larger for an API server"]);
    let message = "FW0613 (warning): `snet-apiserver` sends what the API server sends to nodes elsewhere";
    assert_eq!(server("10.9.4.0/28 route 10.240.0.0/12 via hub"), [message]);
}

#[test]
fn a_part_of_the_internet_may_go_around() {
    let around = |routes: &str| {
        nodes(&format!("via hub {routes} {OFF}"))
            .into_iter()
            .filter(|found| found.starts_with("FW0614"))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        around("route 0.0.0.0/1 via internet"),
        ["FW0614: route 0.0.0.0/1 of `nodes` takes 56 % of the Internet around the firewall"]
    );
    assert_eq!(
        around("route 0.0.0.0/1 via internet route 128.0.0.0/1 via internet"),
        ["FW0614: 2 routes of `nodes` take all of the Internet around the firewall"]
    );
    assert_eq!(
        around("route 20.0.0.0/12 via gateway"),
        ["FW0614: route 20.0.0.0/12 of `nodes` takes 20.0.0.0/12 of the Internet around the firewall"]
    );
    // A small part is a note, unless a rule names it: then it is that rule's finding.
    let note =
        |to: &str| format!("FW0614 (note): route {to} of `nodes` takes {to} of the Internet around the firewall");
    let alone = |routes: &str| {
        let policy = "policy pp { sku standard group gg { r: allow tcp/22 from 10.240.0.0/16 to 20.0.0.4 } }";
        let table = format!("routes nodes {{ subnet \"s\" 10.240.0.0/16 via hub {routes} {OFF} }}");
        of(&format!("{policy} firewall hub {{ policy pp private-ip 10.0.1.4 public-ip web 20.61.0.10 }} {table}"))
    };
    let named = "FW0602 r: a route takes flows to 20.0.0.4 around the firewall";
    assert_eq!(alone("route 20.0.0.0/13 via internet"), [named]);
    assert_eq!(alone("route 20.8.0.0/13 via internet"), [note("20.8.0.0/13")]);
    let single = "FW0614 (note): route 20.8.0.4/32 of `nodes` takes 20.8.0.4 of the Internet around the firewall";
    assert_eq!(alone("route 20.8.0.4/32 via internet"), [single]);
    assert_eq!(alone("return via internet for web"), NOTHING);
    for routes in [
        "",
        "route 10.0.0.0/8 via gateway",
        "return via internet for web",
        "route 20.0.0.0/8 via none",
        "route 20.0.0.0/8 via hub",
    ] {
        assert_eq!(around(routes), NOTHING, "{routes}");
    }
    assert_eq!(around("route 20.0.0.0/8 via internet route 20.0.0.0/9 via hub route 20.128.0.0/9 via hub"), NOTHING);
    assert_eq!(
        around("route tag(AzureCloud) via internet"),
        ["FW0614: a route of `nodes` takes flows to tag(AzureCloud) around the firewall"]
    );
    assert_eq!(
        around("route tag(Storage) via internet"),
        ["FW0614 (note): a route of `nodes` takes flows to tag(Storage) around the firewall"]
    );
}

#[test]
fn a_service_endpoint_goes_around() {
    let nodes = |endpoints: &str, routes: &str| {
        let text = "policy pp { sku standard group gg { r: allow tcp/22 from 10.240.0.0/16 to 20.1.2.3 } } firewall hub { policy pp private-ip 10.0.1.4 }";
        of(&format!("{text} routes nodes {{ subnet \"s\" 10.240.0.0/16 {endpoints} {routes} {OFF} }}"))
    };
    let message = "FW0615: the service endpoint of `s` for `Storage` goes around the firewall";
    assert_eq!(nodes("service-endpoints Storage", "via hub"), [message]);
    let message = "FW0615: the service endpoints of `s` for `Storage` and `Sql` go around the firewall";
    assert_eq!(nodes("service-endpoints Storage, Sql", "via hub"), [message]);
    assert_eq!(nodes("", "via hub"), NOTHING);
    let other = nodes("service-endpoints Storage", "via internet");
    assert!(other.iter().all(|found| !found.starts_with("FW0615")), "{other:?}");
}

#[test]
fn dnat_needs_a_firewall_that_answers_directly() {
    let rule = "hub::web -> 10.240.4.10:8443";
    let tables = |own: &str| {
        format!(
            "routes nodes {{ subnet \"s\" 10.240.0.0/16 via hub {OFF} }} routes own {{ subnet \"AzureFirewallSubnet\" 10.0.1.0/26 {own} {OFF} }}"
        )
    };
    let dnat = |own: &str| {
        ingress(rule, &tables(own)).into_iter().filter(|found| found.starts_with("FW0616")).collect::<Vec<_>>()
    };
    assert_eq!(dnat("via internet"), NOTHING);
    assert_eq!(dnat(""), NOTHING);
    assert_eq!(dnat("via internet route 203.0.113.0/24 via gateway"), NOTHING);
    let message =
        |next: &str| format!("FW0616 r: DNAT does not work here: the firewall's subnet sends replies to {next}");
    assert_eq!(dnat("via gateway"), [message("the gateway")]);
    assert_eq!(dnat("via internet route 198.51.100.0/25 via 10.9.9.9"), [message("appliance 10.9.9.9")]);
    let named = ingress("hub::web -> lb.contoso.com:443", &tables("via gateway"));
    assert!(named.contains(&message("the gateway")), "{named:?}");
}

#[test]
fn a_policy_that_translates_nothing_gets_no_reply() {
    let with = |snat: &str, rules: &str, own: &str| {
        let policy = format!("policy pp {{ sku standard snat {{ {snat} }} group gg {{ {rules} }} }}");
        let own = format!("firewall hub {{ policy pp private-ip 10.0.1.4 }} {own}");
        let found = of(&format!("{policy} {own} routes n {{ subnet \"s\" 10.240.0.0/16 via hub {OFF} }}"));
        found.into_iter().filter(|found| found.starts_with("FW0617")).collect::<Vec<_>>()
    };
    let (all, out) = ("private 0.0.0.0/0", "r: allow tcp/22 from 10.240.0.0/16 to 198.51.100.4");
    let told =
        "FW0617: rule `gg/gg-allow-network/r` gets no reply from the Internet: the policy translates no source address";
    assert_eq!(with(all, out, ""), [told]);
    assert_eq!(with("private 0.0.0.0/1, 128.0.0.0/1", out, ""), [told]);
    assert_eq!(with(all, "r: allow tcp/443 from 10.240.0.0/16 to tag(Storage)", ""), [told]);
    // What may be an own network with public addresses is a note, where a rule names no more than that.
    let own = "FW0617 (note) r: flows to 198.51.100.4 keep the private address of their sender";
    assert_eq!(with("private private, 198.51.100.0/24", out, ""), [own]);
    assert_eq!(with("private private, 198.51.100.128/25", out, ""), NOTHING);
    assert_eq!(with("private private, 198.51.100.0/24", "r: allow tcp/22 from 10.240.0.0/16 to internet", ""), NOTHING);
    // A proxy that always translates, a private target.
    assert_eq!(with(all, "r: allow https from 10.240.0.0/16 to a.contoso.com", ""), NOTHING);
    assert_eq!(with(all, "r: allow tcp/22 from 10.240.0.0/16 to 10.9.0.4", ""), NOTHING);
    assert_eq!(with(all, "r: deny tcp/22 from 10.240.0.0/16 to 198.51.100.4", ""), NOTHING);
    // Forced tunnelling: another device translates.
    let table = |next: &str| format!("routes own {{ subnet \"AzureFirewallSubnet\" 10.0.1.0/26 via {next} {OFF} }}");
    assert_eq!(with(all, out, &table("gateway")), NOTHING);
    assert_eq!(with(all, out, &table("internet")), [told]);
}

#[test]
fn a_route_may_lead_around() {
    let message = "FW0602 erp: a route takes flows to 10.50.1.0/24 around the firewall";
    assert_eq!(nodes(&format!("via hub route 10.50.0.0/16 via gateway {OFF}")), [message]);
    assert_eq!(nodes(&format!("via hub route 10.50.0.0/16 via gateway route 10.50.1.0/24 via hub {OFF}")), NOTHING);
    assert_eq!(nodes(&format!("via hub route 10.50.1.0/25 via gateway {OFF}")), NOTHING);
    let message = "FW0602 shells: a route takes flows to 23.102.135.246 around the firewall";
    assert_eq!(nodes(&format!("via hub route 23.102.135.246/32 via internet {OFF}")), [message]);
    assert_eq!(nodes(&format!("via hub return via internet for web {OFF}")), NOTHING);
}

#[test]
fn a_service_tag_goes_around_with_its_own_route() {
    let text = |tag: &str| {
        format!(
            "policy pp {{ sku standard group gg {{ r: allow tcp/443 from 10.240.0.0/16 to tag({tag}) }} }}
             firewall hub {{ policy pp private-ip 10.0.1.4 }} routes nodes {{ subnet \"s\" 10.240.0.0/16 via hub
             route tag(Storage.WestEurope) via internet {OFF} }}"
        )
    };
    let message = "FW0602 r: a route takes flows to tag(Storage.WestEurope) around the firewall";
    assert_eq!(of(&text("Storage.WestEurope")), [message]);
    let other = "FW0614 (note): a route of `nodes` takes flows to tag(Storage.WestEurope) around the firewall";
    assert_eq!(of(&text("Storage")), [other]);
    assert_eq!(of(&text("Sql")), [other]);
}

#[test]
fn replies_of_a_public_load_balancer_leave_as_they_came() {
    let rule = "hub::web -> 203.0.113.80:443";
    let table = |routes: &str| format!("routes nodes {{ subnet \"s\" 10.240.0.0/16 {routes} {OFF} }}");
    let message = "FW0603 r: replies from 203.0.113.80 take another way than the flow";
    assert_eq!(ingress(rule, &table("via hub")), [message]);
    assert_eq!(ingress(rule, &table("via hub return via internet for api")), [message]);
    for routes in ["via hub return via internet for web", ""] {
        assert_eq!(ingress(rule, &table(routes)), NOTHING, "{routes}");
    }
    let wider = "FW0614 (note): route 20.61.0.0/16 of `nodes` takes 20.61.0.0/16 of the Internet around the firewall";
    assert_eq!(ingress(rule, &table("via hub route 20.61.0.0/16 via internet")), [wider]);
    let message = "FW0603 (note) r: where replies from 203.0.113.80 go is not known";
    assert_eq!(ingress(rule, ""), [message]);
    let other = "routes agents { subnet \"a\" 10.241.0.0/16 via hub bgp-propagation off }";
    assert_eq!(ingress(rule, &format!("{} {other}", table("via hub return via internet for web"))), NOTHING);
}

#[test]
fn replies_of_a_private_target_come_back_to_the_firewall() {
    let rule = "hub::web -> 10.240.4.10:8443";
    let table = |routes: &str| format!("routes nodes {{ subnet \"s\" 10.240.0.0/16 {routes} {OFF} }}");
    for routes in ["via hub", "via internet route 172.16.0.0/12 via hub", "via internet route 10.0.1.0/26 via vnet"] {
        assert_eq!(ingress(rule, &table(routes)), NOTHING, "{routes}");
    }
    let message = "FW0604 r: `nodes` does not lead replies from 10.240.4.10 to the firewall";
    for routes in ["", "via internet", "via 10.9.9.9"] {
        assert_eq!(ingress(rule, &table(routes)), [message], "{routes}");
    }
    let message = "FW0604 r: a route of `nodes` takes replies from 10.240.4.10 elsewhere";
    assert_eq!(ingress(rule, &table("via hub route 10.0.0.0/16 via gateway")), [message]);
    assert_eq!(ingress(rule, ""), NOTHING);
    let message = "FW0604 (note) r: no route table serves 10.241.4.10: the way back is not known";
    assert_eq!(ingress("hub::web -> 10.241.4.10:8443", &table("via hub")), [message]);
}

#[test]
fn the_subnet_of_a_gateway_has_rules_of_its_own() {
    let table = |routes: &str| {
        of(&format!(
            "firewall hub {{ private-ip 10.0.1.4 }} routes gw {{ subnet \"gatewaysubnet\" 10.0.255.0/27 {routes} }}"
        ))
    };
    assert_eq!(table("route 10.240.0.0/16 via hub"), NOTHING);
    assert_eq!(table("via hub"), ["FW0605: `GatewaySubnet` does not take a default route"]);
    assert_eq!(
        table("route 10.240.0.0/16 via hub bgp-propagation off"),
        ["FW0605: `GatewaySubnet` has to take in the routes that its gateway learns"]
    );
}

#[test]
fn learned_routes_go_before_the_default_route() {
    let message = "FW0606 (note): in `nodes`, learned routes go around the firewall, if there is a gateway";
    assert_eq!(nodes("via hub"), [message]);
    assert_eq!(nodes("via hub bgp-propagation on"), [message]);
    let message = "FW0606: in `nodes`, learned routes go around the firewall";
    assert_eq!(nodes("via hub route 10.60.0.0/16 via gateway"), [message]);
}

#[test]
fn a_table_that_aks_writes_too() {
    let message = "FW0607: `nodes` has a route to a node's pods, which AKS keeps";
    assert_eq!(nodes(&format!("via hub route 10.244.0.0/24 via 10.240.0.4 {OFF}")), [message]);
    assert_eq!(nodes(&format!("via hub route 10.244.0.0/24 via 10.0.1.9 {OFF}")), NOTHING);
    assert_eq!(nodes(&format!("via hub route 10.60.0.0/16 via 10.240.0.4 {OFF}")), NOTHING);
}

/// A vault with a private address, a rule, and the table of the senders.
#[track_caller]
fn vault(rule: &str, routes: &str) -> Vec<String> {
    of(&format!(
        "policy pp {{ sku standard dns {{ proxy on }} group gg {{ r: {rule} }} }}
         firewall hub {{ policy pp private-ip 10.0.1.4 }}
         private-endpoint kv {{ host kv.vault.azure.net address 10.241.20.5 zone privatelink.vaultcore.azure.net }}
         routes nodes {{ subnet \"s\" 10.240.0.0/16 via hub {routes} {OFF} }}"
    ))
}

#[test]
fn a_private_name_needs_no_egress() {
    let message = "FW0608 r: this rule lets out `kv.vault.azure.net`, which is private here";
    assert_eq!(vault("allow https from 10.240.0.0/16 to kv.vault.azure.net", ""), [message]);
    assert_eq!(vault("allow tcp/443 from 10.240.0.0/16 to kv.vault.azure.net", ""), [message]);
    assert_eq!(vault("allow https from 10.240.0.0/16 to other.vault.azure.net", ""), NOTHING);
}

#[test]
fn a_deny_of_a_private_name_stops_nothing_where_the_endpoint_has_its_own_way() {
    let message = "FW0602 (note) r: flows to private endpoint `kv` go around the firewall";
    let deny = |to: &str, routes: &str| vault(&format!("deny https from 10.240.0.0/16 to {to}"), routes);
    assert_eq!(deny("kv.vault.azure.net", ""), [message]);
    assert_eq!(deny("*.vault.azure.net", ""), [message]);
    let led = deny("kv.vault.azure.net", "route 10.241.20.5/32 via hub");
    assert!(led.iter().all(|found| !found.starts_with("FW0602")), "{led:?}");
    assert_eq!(deny("other.vault.azure.net", ""), NOTHING);
    assert_eq!(deny("any-host", ""), NOTHING);
}

#[test]
fn a_wildcard_may_let_a_private_name_out() {
    let message = "FW0608 (note) r: this rule lets out `kv.vault.azure.net`, which is private here";
    for wide in ["*.vault.azure.net", "*.azure.net"] {
        assert_eq!(vault(&format!("allow https from 10.240.0.0/16 to {wide}"), ""), [message], "{wide}");
    }
    for other in ["*.blob.core.windows.net", "any-host"] {
        assert_eq!(vault(&format!("allow https from 10.240.0.0/16 to {other}"), ""), NOTHING, "{other}");
    }
    let denied = "deny https from 10.240.0.0/16 to kv.vault.azure.net } group ll { s: allow https from 10.240.0.0/17 to *.vault.azure.net";
    let kept = |found: Vec<String>| found.into_iter().filter(|one| one.starts_with("FW0608")).collect::<Vec<_>>();
    assert_eq!(kept(vault(denied, "")), NOTHING);
    let others = denied.replace("deny https from 10.240.0.0/16", "deny https from 10.240.0.0/24");
    assert_eq!(kept(vault(&others, "")), [message.replace(" r:", " s:")]);
}

#[test]
fn an_endpoint_is_looked_up_in_the_zone_of_its_service() {
    let endpoint =
        |host: &str, zone: &str| of(&format!("private-endpoint kv {{ host {host} address 10.1.0.4 {zone} }}"));
    let message = "FW0610: zone `privatelink.vault.azure.net` is not used for this name";
    assert_eq!(endpoint("kv.vault.azure.net", "zone privatelink.vault.azure.net"), [message]);
    assert_eq!(endpoint("kv.vault.azure.net", "zone privatelink.vaultcore.azure.net"), NOTHING);
    assert_eq!(endpoint("kv.vault.azure.net", ""), NOTHING);
    assert_eq!(endpoint("kv.contoso.com", "zone privatelink.contoso.com"), NOTHING);
    let message = "FW0610: zone `privatelink.vaultcore.azure.net` is not used for this name";
    assert_eq!(endpoint("kv.vault.azure.cn", "zone privatelink.vaultcore.azure.net"), [message]);
}

#[test]
fn a_zone_that_hides_the_names_beside_it() {
    let endpoint = |host: &str, zone: &str, rule: &str| {
        of(&format!(
            "policy pp {{ sku standard group gg {{ r: {rule} }} }} firewall hub {{ policy pp private-ip 10.0.1.4 }}
             private-endpoint kv {{ host {host} address 10.1.0.4 zone {zone} }}"
        ))
    };
    let rule = |host: &str| format!("allow https from 10.9.0.0/16 to {host}");
    let hides = "FW0610: zone `vault.azure.net` hides every other name below it";
    assert_eq!(endpoint("kv.vault.azure.net", "vault.azure.net", &rule("a.example.org")), [hides]);
    let message = "FW0610 (note): zone `example.com` hides `b.example.com`, which this rule lets out";
    assert_eq!(endpoint("a.example.com", "example.com", &rule("b.example.com")), [message]);
    for other in ["b.example.org", "badexample.com"] {
        assert_eq!(endpoint("a.example.com", "example.com", &rule(other)), NOTHING, "{other}");
    }
    assert_eq!(endpoint("a.example.com", "a.example.com", &rule("b.example.com")), NOTHING);
}

#[test]
fn a_deny_of_an_endpoint_closes_nothing() {
    let message = "FW0602 r: flows to private endpoint `kv` go around the firewall";
    assert_eq!(vault("deny tcp/443 from 10.240.0.0/16 to 10.241.20.5", ""), [message]);
    let source = "policy pp { sku standard group gg { r: deny tcp/443 from 10.240.0.0/16 to 10.241.20.5 } }
        firewall hub { policy pp private-ip 10.0.1.4 } routes n { subnet \"s\" 10.240.0.0/16 via hub bgp-propagation off }";
    let vault_there =
        "private-endpoint kv { host kv.vault.azure.net address 10.241.20.5 zone privatelink.vaultcore.azure.net }";
    let is_guard = |source: &str| found(source).iter().any(|found| found.contains("is a guard"));
    assert!(is_guard(source) && !is_guard(&format!("{source} {vault_there}")));
    let led = "FW0609: a route sends flows for private endpoint `kv` to the firewall";
    assert_eq!(vault("deny tcp/443 from 10.240.0.0/16 to 10.241.20.5", "route 10.241.20.5/32 via hub"), [led]);
    assert_eq!(vault("deny tcp/443 from 10.240.0.0/16 to 10.241.0.0/16", ""), NOTHING);
}

/// What is said where somebody reaches an API server.
#[track_caller]
fn calls(rule: &str, addresses: &str) -> Vec<String> {
    of(&format!(
        "policy base {{ sku standard group gg {{ r: {rule} }} }} policy child inherits base {{ sku standard }}
         policy other {{ sku standard }} firewall hub {{ policy child private-ip 10.0.1.4 {addresses} }}
         firewall away {{ policy other private-ip 10.9.1.4 public-ip out 20.61.0.99 }}"
    ))
}

#[test]
fn a_public_api_server_sees_the_addresses_of_the_firewall() {
    let two = "public-ip one 20.61.0.10 public-ip two 20.61.0.11";
    let message = "FW0611 r: the API server is called from 20.61.0.10 and 20.61.0.11";
    for cloud in [
        "westeurope.azmk8s.io",
        "usgovvirginia.cx.aks.containerservice.azure.us",
        "chinaeast2.cx.prod.service.azk8s.cn",
    ] {
        assert_eq!(calls(&format!("allow https from 10.240.0.0/16 to *.hcp.{cloud}"), two), [message], "{cloud}");
        assert_eq!(calls(&format!("allow https from 10.240.0.0/16 to c-1a.hcp.{cloud}"), two), [message], "{cloud}");
        assert_eq!(calls(&format!("deny https from 10.240.0.0/16 to *.hcp.{cloud}"), two), NOTHING, "{cloud}");
    }
    let message = "FW0611 r: the API server is called from the firewall's public addresses";
    assert_eq!(calls("allow https from 10.240.0.0/16 to *.hcp.westeurope.azmk8s.io", ""), [message]);
    for other in ["hcp.azmk8s.io", "c.privatelink.westeurope.azmk8s.io", "c.hcp.westeurope.example.com"] {
        assert_eq!(calls(&format!("allow https from 10.240.0.0/16 to {other}"), two), NOTHING, "{other}");
    }
}

#[test]
fn the_ranges_that_an_api_server_needs_are_told_in_full() {
    let addresses: Vec<String> = (10..17).map(|n| format!("public-ip p{n} 20.61.0.{n}")).collect();
    let text = format!(
        "policy pp {{ sku standard group gg {{ r: allow https from 10.240.0.0/16 to *.hcp.westeurope.azmk8s.io }} }}
         firewall hub {{ policy pp private-ip 10.0.1.4 {} }}",
        addresses.join(" ")
    );
    let (_, found) = linted(&text);
    let help = found.iter().find(|found| found.code.id == "FW0611").unwrap().help.concat();
    assert!((10..17).all(|n| help.contains(&format!("20.61.0.{n}/32"))), "{help}");
}

#[test]
fn link_local_flows_do_not_come_to_a_firewall() {
    let rule = |rule: &str| of(&format!("policy pp {{ sku standard group gg {{ r: {rule} }} }}"));
    let message = "FW0612 r: flows to 169.254.169.254 do not come to a firewall";
    assert_eq!(rule("deny any from 10.0.0.0/8 to 169.254.169.254"), [message]);
    assert_eq!(rule("allow tcp/80 from 10.0.0.0/8 to 10.1.0.4, 169.254.169.254"), [message]);
    assert_eq!(rule("deny any from 10.0.0.0/8 to 169.0.0.0/8"), NOTHING);
}

#[test]
fn a_route_may_take_a_private_endpoint_away() {
    let through = "FW0609: a route sends flows for private endpoint `kv` to the firewall";
    let other = "allow https from 10.240.0.0/16 to a.com";
    assert_eq!(vault(other, ""), NOTHING);
    assert_eq!(vault(other, "route 10.241.0.0/16 via vnet"), NOTHING);
    assert_eq!(vault(other, "route 10.241.20.5/32 via hub"), [through]);
    assert_eq!(vault("allow tcp/443 from 10.240.0.0/16 to 10.241.20.0/24", "route 10.241.20.5/32 via hub"), [through]);
    assert_eq!(vault("allow https from 10.240.0.0/16 to kv.vault.azure.net", "route 10.241.20.5/32 via hub"), NOTHING);
    assert_eq!(
        vault(other, "route 10.241.20.5/32 via internet"),
        ["FW0609: a route sends flows for private endpoint `kv` to the Internet"]
    );
    // Azure's own /32 goes before a shorter one, unless the endpoint's subnet has it otherwise.
    let elsewhere = "FW0609 (note): a route sends flows for private endpoint `kv` to the Internet, where its subnet has \
                     network policies for route tables";
    assert_eq!(vault(other, "route 10.241.0.0/16 via internet"), [elsewhere]);
}

#[test]
fn each_finding_draws_a_path_of_80_columns() {
    let api = "*.hcp.usgovvirginia.cx.aks.containerservice.azure.us";
    let addresses: String = (20..27).map(|n| format!("public-ip p{n} 20.161.100.1{n}\n")).collect();
    let texts = [
        format!("{HEAD} routes nodes {{ subnet \"snet-aks\" 10.240.0.0/16 }}"),
        format!(
            "{HEAD} routes nodes {{ subnet \"snet-aks\" 10.240.0.0/16 via hub\n route 10.50.0.0/16 via gateway\n \
             route 10.244.0.0/24 via 10.240.0.4 }}"
        ),
        format!("{HEAD} routes agents {{ subnet \"snet-agents\" 10.241.0.0/24 via hub {OFF} }}"),
        format!(
            "policy pp {{ sku standard group gg {{
                api: allow https from 10.240.0.0/16 to {api}
                imds: deny any from 10.240.0.0/16 to 169.254.169.254
                a: dnat tcp/443 from any to 20.161.100.120 -> 203.0.113.180:443
                b: dnat tcp/444 from any to 20.161.100.120 -> 10.241.4.10:443 }} }}
            firewall hub {{ policy pp private-ip 10.0.1.4\n{addresses} }}
            routes tt {{ subnet \"snet-aks\" 10.240.0.0/16 via hub {OFF} }}
            private-endpoint vault {{ host kv-shop-westeurope.vault.azure.net
                address 10.240.255.5 zone privatelink.vault.azure.net }}"
        ),
        "policy pp { sku standard group gg { a: dnat tcp/443 from any to 20.161.100.120 -> 203.0.113.180:443 } }
         firewall hub { policy pp private-ip 10.0.1.4 public-ip one 20.161.100.120 }"
            .to_owned(),
    ];
    let mut drawn = 0;
    for text in texts {
        let (project, found) = linted(&text);
        for found in found.iter().filter(|found| found.code.id.starts_with("FW06")) {
            assert!(found.path.len() >= 3, "{found:?}");
            let text = render(found, project.texts(), RenderStyle::Plain);
            assert!(text.contains("= path: "), "{text}");
            let source = |line: &&str| line.contains(" | ");
            assert!(text.lines().filter(|line| !source(line)).all(|line| line.chars().count() <= 80), "{text}");
            drawn += 1;
        }
    }
    assert_eq!(drawn, 11);
}

#[test]
fn a_rule_may_accept_the_way_its_flows_go() {
    let text = "policy pp { sku standard group gg {
            @ignore(FW0602, \"the gateway's own firewall decides\")
            erp: allow tcp/1433 from 10.240.0.0/16 to 10.50.1.0/24 } }
        firewall hub { policy pp private-ip 10.0.1.4 }
        routes nodes { subnet \"s\" 10.240.0.0/16 via hub route 10.50.0.0/16 via gateway bgp-propagation off }";
    assert_eq!(found(text), NOTHING);
}

/// A route table as an export has it: without subnets, and no firewall beside it.
fn exported(routes: &[(&str, &str, NextHop)]) -> RouteTable {
    let route = |(name, prefix, hop): &(&str, &str, NextHop)| Route {
        name: (*name).to_owned().into(),
        prefix: RoutePrefix::Cidr(match prefix.parse().unwrap() {
            fwc::net::AddressSpan::Cidr(cidr) => cidr,
            fwc::net::AddressSpan::Range(..) => panic!("{prefix}"),
        }),
        next_hop: hop.clone(),
        moves: Moves::Flows,
        origin: None,
    };
    RouteTable {
        scope: Scope::default(),
        name: "nodes".to_owned().into(),
        location: None,
        disable_bgp_propagation: Some(true),
        routes: routes.iter().map(route).collect(),
        subnets: Vec::new(),
        origin: None,
    }
}

fn codes_of(model: &Model) -> Vec<&'static str> {
    let (found, _) = lint::of_model(model, &Knowledge::none(), &WorkBudget::default());
    found.iter().map(|found| found.code.id).filter(|code| code.starts_with("FW06")).collect()
}

#[test]
fn exported_tables_are_read_too() {
    let firewall = NextHop::Appliance(Ipv4Addr::new(10, 0, 1, 4));
    let node = NextHop::Appliance(Ipv4Addr::new(10, 240, 0, 4));
    let default = ("default", "0.0.0.0/0", firewall);
    let model = |table: RouteTable| Model { route_tables: vec![table], ..Model::default() };
    assert_eq!(codes_of(&model(exported(std::slice::from_ref(&default)))), NOTHING);
    let mut open = exported(std::slice::from_ref(&default));
    open.disable_bgp_propagation = None;
    assert_eq!(codes_of(&model(open)), ["FW0606"]);
    let pods = ("aks-nodepool1-12345678-vmss000000____102440024", "10.244.0.0/24", node);
    assert_eq!(codes_of(&model(exported(&[default, pods]))), ["FW0607"]);
}

#[test]
fn an_exported_policy_is_held_against_the_tables_beside_it() {
    let text = "policy pp { sku standard group gg { r: dnat tcp/443 from any to 20.61.0.10 -> 203.0.113.80:443 } }";
    let mut model = crate::project::model(text).as_deployed();
    let firewall = NextHop::Appliance(Ipv4Addr::new(10, 0, 1, 4));
    assert_eq!(codes_of(&model), NOTHING);
    model.route_tables = vec![exported(&[("default", "0.0.0.0/0", firewall.clone())])];
    assert_eq!(codes_of(&model), ["FW0603"]);
    let reply = ("return", "20.61.0.10/32", NextHop::Internet);
    model.route_tables = vec![exported(&[("default", "0.0.0.0/0", firewall), reply])];
    assert_eq!(codes_of(&model), NOTHING);
    let to_name = |rule: &mut NatRule| rule.handling.target = NatTarget::Fqdn("lb.contoso.com".parse().unwrap());
    if let fwc::model::Rules::Nat(rules) = &mut model.policies[0].groups[0].collections[0].rules {
        rules.iter_mut().for_each(to_name);
    }
    model.route_tables.clear();
    assert_eq!(codes_of(&model), NOTHING);
}

/// Where the longest prefix takes one address, found by looking at every route.
fn naive(routes: &[(u32, u8, bool)], to: u32) -> bool {
    let mask = |length: u8| u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
    let holds = |&&(network, length, _): &&(u32, u8, bool)| to & mask(length) == network & mask(length);
    routes.iter().filter(holds).max_by_key(|(_, length, _)| *length).is_some_and(|&(.., to_firewall)| to_firewall)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// A deny to a few addresses is enforced, or FW0601 or FW0602 says that it is not, as the routes say address by address.
    #[test]
    fn sets_of_addresses_go_where_each_address_goes(
        routes in proptest::collection::btree_map((0u32..8, 26u8..=30), any::<bool>(), 0..6),
        default in any::<bool>(),
    ) {
        // Networks of 8 addresses and more inside 20.0.0.0/26.
        let base = u32::from(Ipv4Addr::new(20, 0, 0, 0));
        let network = |part: u32, length: u8| base | ((part * 8) & (u32::MAX << (32 - u32::from(length))));
        let mut flat: std::collections::BTreeMap<(u32, u8), bool> =
            routes.iter().map(|(&(part, length), &to)| ((network(part, length), length), to)).collect();
        flat.insert((0, 0), default);
        let hop = |to: bool| if to { "hub" } else { "internet" };
        let text: String = flat.iter().filter(|((_, length), _)| *length > 0).map(|(&(network, length), &to)| {
            format!("route {}/{length} via {}\n", Ipv4Addr::from(network), hop(to))
        }).collect();
        let found = of(&format!(
            "policy pp {{ sku standard group gg {{ r: deny tcp/443 from 10.240.0.0/16 to 20.0.0.0/26 }} }}
             firewall hub {{ policy pp private-ip 10.0.1.4 }}
             routes nodes {{ subnet \"s\" 10.240.0.0/16 via {} {text} {OFF} }}",
            hop(default),
        ));
        let flat: Vec<(u32, u8, bool)> = flat.into_iter().map(|((network, length), to)| (network, length, to)).collect();
        let enforced = (base..base + 64).all(|to| naive(&flat, to));
        prop_assert_eq!(found.is_empty(), enforced, "{:?} {:?}", found, flat);
    }
}
