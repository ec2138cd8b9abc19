//! The way of a flow, against a walk of one packet that shares only the model.

mod expectations;
mod mutants;
pub mod walk;

use std::net::Ipv4Addr;

use fwc::driver::{MemoryFiles, Project, ProjectOptions};
use fwc::evaluate::Knowledge;
use fwc::import::read;
use fwc::way::{Carrier, Ways};
use serde_json::json;

use crate::oracle::random::Random;
use walk::Network;

/// How many random networks there are, and how many packets in each.
const NETWORKS: u64 = 200;
const PACKETS: usize = 1000;

#[test]
fn a_way_is_that_of_a_packet_that_walks_hop_by_hop() {
    let networks = std::env::var("FWC_WAY_NETWORKS").ok().and_then(|text| text.parse().ok()).unwrap_or(NETWORKS);
    let mut seen = std::collections::BTreeMap::new();
    for seed in 0..networks {
        let mut random = Random::of(seed);
        let network = Network::draw(&mut random);
        let model = network.model();
        let ways = Ways::of(&model, &Knowledge::none());
        for _ in 0..PACKETS {
            let (from, to) = network.packet(&mut random);
            let inside = network.tags_of(to, &mut random);
            let holds = |tag: &str| inside.contains(&tag);
            let (way, walked) = (ways.of_flow(from, to, &holds), network.walk(from, to, &holds));
            assert_eq!(way.by, walked, "seed {seed}: {from} -> {to}, in {inside:?}, of {network:#?}");
            *seen.entry(way.by).or_insert(0) += 1;
        }
    }
    assert_eq!(seen.len(), 9, "a way that no packet took: {seen:?}");
}

#[test]
fn the_senders_share_no_address_and_their_steps_leave_none_out() {
    for seed in 0..NETWORKS {
        let model = Network::draw(&mut Random::of(seed)).model();
        let ways = Ways::of(&model, &Knowledge::none());
        let senders = ways.senders();
        for (index, sender) in senders.iter().enumerate() {
            assert!(senders.iter().skip(index + 1).all(|other| !other.sources.intersects(&sender.sources)));
            let known = sender.steps.iter().fold(fwc::net::AddressSet::default(), |all, step| match &step.to {
                fwc::way::Destinations::Addresses(addresses) => all.union(addresses),
                fwc::way::Destinations::Tagged { .. } => all,
            });
            assert!(known.is_any(), "seed {seed}");
        }
    }
}

/// The way in a source whose nodes have the given lines in their route table.
fn way(lines: &str, from: &str, to: &str) -> (Carrier, Option<String>) {
    let source = format!(
        "policy edge {{ sku standard }}
         firewall hub {{ policy edge sku standard private-ip 10.0.1.4 public-ip web 203.0.113.10 }}
         routes rt {{ subnet \"snet\" 10.240.0.0/20 {lines} }}
         private-endpoint vault {{ host kv.vault.azure.net address 10.240.20.5 zone privatelink.vaultcore.azure.net }}"
    );
    let project = Project::new(MemoryFiles::of("egress.pol", source), "egress.pol", ProjectOptions::default());
    let address = |text: &str| text.parse::<Ipv4Addr>().unwrap();
    let way =
        Ways::of(project.model(), &Knowledge::none()).of_flow(address(from), address(to), &|tag| tag == "Storage");
    (way.by, way.route.map(|route| route.prefix.to_string()))
}

fn by(lines: &str, to: &str) -> Carrier {
    way(lines, "10.240.0.4", to).0
}

#[test]
fn the_longest_prefix_wins() {
    let lines = "via hub route 198.51.100.0/24 via internet route 198.51.100.8/29 via gateway";
    assert_eq!(way(lines, "10.240.0.4", "198.51.100.9"), (Carrier::Gateway, Some("198.51.100.8/29".to_owned())));
    assert_eq!(by(lines, "198.51.100.77"), Carrier::Internet);
    assert_eq!(by(lines, "192.0.2.1"), Carrier::Firewall);
}

#[test]
fn the_address_of_a_firewall_comes_there_whatever_the_table_states() {
    assert_eq!(by("via internet", "203.0.113.10"), Carrier::Firewall);
    assert_eq!(by("via internet", "10.0.1.4"), Carrier::Firewall);
}

/// Azure refuses the table, so that nobody knows which route would hold; whoever reads one is told.
#[test]
fn of_two_routes_to_one_prefix_none_is_known_to_hold() {
    let route =
        |name: &str, hop: &str| json!({"name": name, "properties": {"addressPrefix": "0.0.0.0/0", "nextHopType": hop}});
    let table = json!({"type": "Microsoft.Network/routeTables", "apiVersion": "2024-05-01", "name": "rt", "location": "westeurope",
        "properties": {"routes": [route("all", "Internet"), route("also", "None")]}});
    let subnet = json!({"name": "snet", "properties": {"addressPrefix": "10.240.0.0/20",
        "routeTable": {"id": "[resourceId('Microsoft.Network/routeTables', 'rt')]"}}});
    let network = json!({"type": "Microsoft.Network/virtualNetworks", "apiVersion": "2024-05-01", "name": "vnet",
        "location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": ["10.240.0.0/16"]}, "subnets": [subnet]}});
    let model = read(&json!({"resources": [table, network]}).to_string(), "twice.json").unwrap();
    let told: Vec<&str> = model.assumptions.iter().map(|told| told.message.as_str()).collect();
    let twice = "routes `all` and `also` of `rt` both lead to `0.0.0.0/0`, which Azure refuses: which of them holds is not known";
    assert!(told.contains(&twice), "{told:#?}");
    let ways = Ways::of(&model, &Knowledge::none());
    let way = ways.of_flow(Ipv4Addr::new(10, 240, 0, 4), Ipv4Addr::new(192, 0, 2, 1), &|_| false);
    assert_eq!(way.by, Carrier::Unknown);
}

/// The way of a flow to the Internet where the policy, the table and a route of its own are under these conditions.
fn conditional(policy: &str, table: &str, route: &str) -> Carrier {
    let network = |kind: &str, name: &str, condition: &str, properties: serde_json::Value| {
        let mut one = json!({"type": format!("Microsoft.Network/{kind}"), "apiVersion": "2024-05-01", "name": name,
            "location": "westeurope", "properties": properties});
        if !condition.is_empty() {
            one["condition"] = json!(condition);
        }
        one
    };
    let id = |kind: &str, name: &str| json!({"id": format!("[resourceId('Microsoft.Network/{kind}', '{name}')]")});
    let configuration = json!([{"properties": {"privateIPAddress": "10.0.1.4"}}]);
    let firewall = json!({"firewallPolicy": id("firewallPolicies", "edge"), "ipConfigurations": configuration});
    let hop = json!({"addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "10.0.1.4"});
    let subnet =
        json!({"name": "s", "properties": {"addressPrefix": "10.240.0.0/20", "routeTable": id("routeTables", "rt")}});
    let space = json!({"addressSpace": {"addressPrefixes": ["10.240.0.0/16"]}, "subnets": [subnet]});
    let resources = json!([
        network("firewallPolicies", "edge", policy, json!({})),
        network("azureFirewalls", "hub", policy, firewall),
        network("routeTables", "rt", table, json!({"routes": []})),
        network("routeTables/routes", "rt/all", route, hop),
        network("virtualNetworks", "spoke", "", space),
    ]);
    let parameters = json!({"on": {"type": "bool"}, "off": {"type": "bool"}});
    let template = json!({"parameters": parameters, "resources": resources});
    let model = read(&template.to_string(), "conditional.json").unwrap();
    let ways = Ways::of(&model, &Knowledge::none());
    ways.of_flow(Ipv4Addr::new(10, 240, 0, 4), Ipv4Addr::new(192, 0, 2, 1), &|_| false).by
}

#[test]
fn a_route_under_a_condition_leads_nobody_knows_where() {
    let on = "[parameters('on')]";
    assert_eq!(conditional("", "", ""), Carrier::Firewall);
    assert_eq!(conditional("", "", on), Carrier::Unknown);
    assert_eq!(conditional("", on, ""), Carrier::Unknown);
    // The policy is supposed to be there, and so is what comes along with it.
    assert_eq!(conditional(on, on, on), Carrier::Firewall);
    assert_eq!(conditional("[parameters('off')]", "", on), Carrier::Unknown);
}

#[test]
fn a_return_route_moves_no_flow() {
    assert_eq!(by("via hub return via internet for 198.51.100.9", "198.51.100.9"), Carrier::Firewall);
}

#[test]
fn a_private_endpoint_loses_only_to_a_route_for_its_own_address() {
    assert_eq!(by("via hub", "10.240.20.5"), Carrier::PrivateEndpoint);
    assert_eq!(by("via hub route 10.240.20.0/28 via hub", "10.240.20.5"), Carrier::PrivateEndpoint);
    assert_eq!(by("via hub route 10.240.20.5/32 via hub", "10.240.20.5"), Carrier::Firewall);
}

#[test]
fn the_own_subnet_is_reached_directly_unless_a_route_is_as_long() {
    assert_eq!(by("via hub", "10.240.0.9"), Carrier::VirtualNetwork);
    assert_eq!(by("via hub route 10.240.0.0/19 via hub", "10.240.0.9"), Carrier::VirtualNetwork);
    assert_eq!(by("via hub route 10.240.0.0/20 via hub", "10.240.0.9"), Carrier::Firewall);
}

#[test]
fn link_local_addresses_ask_no_table() {
    assert_eq!(by("via hub route 169.254.169.254/32 via hub", "169.254.169.254"), Carrier::LinkLocal);
}

#[test]
fn a_service_endpoint_wins_over_the_default_route_alone() {
    let lines = "service-endpoints Storage via hub";
    assert_eq!(by(lines, "192.0.2.1"), Carrier::ServiceEndpoint);
    let lines = "service-endpoints Storage via hub route 192.0.2.0/24 via hub";
    assert_eq!(by(lines, "192.0.2.1"), Carrier::Unknown);
    let lines = "service-endpoints Storage via hub route 192.0.2.1/32 via hub";
    assert_eq!(by(lines, "192.0.2.1"), Carrier::Firewall);
    assert_eq!(by("service-endpoints Sql via hub", "192.0.2.1"), Carrier::Firewall);
}

#[test]
fn an_appliance_that_is_no_stated_firewall_is_unknown() {
    assert_eq!(by("via 10.9.9.9", "192.0.2.1"), Carrier::Unknown);
}

#[test]
fn without_a_default_route_azure_has_its_own() {
    assert_eq!(by("route 10.50.0.0/16 via gateway", "192.0.2.1"), Carrier::Internet);
    assert_eq!(by("route 10.50.0.0/16 via gateway", "10.60.0.1"), Carrier::Nowhere);
}

#[test]
fn a_source_of_no_stated_subnet_comes_to_the_firewall() {
    assert_eq!(way("via internet", "192.0.2.1", "198.51.100.1"), (Carrier::Firewall, None));
}
