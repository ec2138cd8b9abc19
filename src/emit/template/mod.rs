//! The resources of a deployment, as ARM and Bicep write them.
//!
//! Shapes and names are those of `Microsoft.Network` 2025-07-01. Every name is literal; a reference to a resource of the
//! same deployment or resource group is an [`EmittedId`]. Resources that Azure refuses to change at the same time are chained.

mod pods;
mod policy;
mod routes;
mod rules;
mod settings;
mod value;

use super::{EmitOptions, EmitScope, Parents};

pub(super) use pods::needed_by;
pub(super) use policy::{by_priority, ip_group_resource, ip_groups_for, policy_resources};
pub(super) use routes::route_tables;
pub(super) use rules::destination_ports;
pub(super) use settings::states;
pub(super) use value::{EmittedId, EmittedObject, EmittedValue, IdKind};

/// The version of the API that the resources are shaped for.
pub(super) const API_VERSION: &str = "2025-07-01";
/// The first version of the API that knows pods; only what speaks of them is written for it.
const PODS_API_VERSION: &str = "2025-09-01";
/// The first version of the API that knows security profiles; only what names them is written for it.
const PROFILES_API_VERSION: &str = "2026-01-01";

/// A resource.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct EmittedResource {
    /// Its kind and name.
    pub(super) id: EmittedId,
    /// The version of the API that it is written for.
    pub(super) version: &'static str,
    /// What has to be before it.
    pub(super) depends_on: Vec<EmittedId>,
    /// Everything else.
    pub(super) body: EmittedObject,
}

impl EmittedResource {
    fn new(kind: IdKind, names: &[&str], body: EmittedObject) -> Self {
        Self { id: EmittedId::new(kind, names), version: API_VERSION, depends_on: Vec::new(), body }
    }

    fn of_version(self, version: &'static str) -> Self {
        Self { version, ..self }
    }

    fn after(self, needs: impl IntoIterator<Item = EmittedId>) -> Self {
        Self { depends_on: needs.into_iter().collect(), ..self }
    }
}

/// The region; absent, that of the resource group.
fn location(region: Option<&String>) -> EmittedValue {
    region.map_or(EmittedValue::GroupLocation, EmittedValue::from)
}
