//! The route tables, each with its routes inside.

use crate::model::{NextHop, Route, RouteTable};

use super::hcl::{BlockContent, TerraformValue};
use super::{EmittedVariable, ROUTES_GROUP, WantedVariables, ask, label, location};

/// The file of the route tables.
pub(super) fn file(tables: &[RouteTable], wanted: &mut WantedVariables) -> BlockContent {
    tables.iter().fold(BlockContent::default(), |file, table| {
        let content = route_table(table, wanted);
        file.with_labelled("resource", &["azurerm_route_table", &label(&[&table.name])], content)
    })
}

fn route_table(table: &RouteTable, wanted: &mut WantedVariables) -> BlockContent {
    let group = ask(wanted, EmittedVariable::new(ROUTES_GROUP, "The resource group of the route tables."));
    let head = BlockContent::default()
        .with_text("name", &table.name)
        .with("resource_group_name", group)
        .with("location", location(table.location.as_ref(), wanted))
        .with_optional(
            "bgp_route_propagation_enabled",
            table.disable_bgp_propagation.map(|disabled| TerraformValue::Bool(!disabled)),
        );
    table.routes.iter().fold(head, |content, entry| content.with_block("route", route(entry)))
}

fn route(route: &Route) -> BlockContent {
    let to = BlockContent::default().with_text("name", &route.name).with_text("address_prefix", &route.prefix);
    match &route.next_hop {
        NextHop::Appliance(address) => {
            to.with_text("next_hop_type", "VirtualAppliance").with_text("next_hop_in_ip_address", address)
        }
        // `unsaid` has said that there is no word for several; one that is not known is the expression.
        NextHop::Appliances(addresses) => to
            .with_text("next_hop_type", "VirtualApplianceEcmp")
            .with_text("next_hop_in_ip_address", NextHop::spelled(addresses)),
        NextHop::Unknown(expression) => {
            to.with_text("next_hop_type", "VirtualAppliance").with_text("next_hop_in_ip_address", expression)
        }
        NextHop::Internet => to.with_text("next_hop_type", "Internet"),
        NextHop::Gateway => to.with_text("next_hop_type", "VirtualNetworkGateway"),
        NextHop::VnetLocal => to.with_text("next_hop_type", "VnetLocal"),
        NextHop::None => to.with_text("next_hop_type", "None"),
    }
}
