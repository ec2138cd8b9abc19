//! Azure Firewall's resources, settings and closed lists, as values.
//!
//! In: what a source means, lowered, or what an importer read. Out: a [`Model`]: policies with their rule collection
//! groups, IP groups, route tables and private endpoints; the settings, priorities, tiers and closed lists that they are
//! made of; sizes, zones and spellings. Guaranteed: a model can hold what Azure refuses, so that `check` can report it.
//! Deliberately absent: any judgement, JSON and other artefact syntax (`emit` and `import` have those), and the names
//! of the language, except the keywords of settings: their table has one row for each setting.

mod adopt;
mod assumption;
mod bases;
mod canonical;
mod carried;
mod closed_lists;
mod deployed;
mod equal;
mod identity;
mod network;
mod pods;
mod regions;
mod resources;
mod rules;
mod setting;
mod setting_row;
mod settings;
mod site;
pub mod size;
mod spelling;
mod terms;
mod unknown;
mod usual;
mod zones;

pub use assumption::{Assumption, AssumptionKind, Bearing, DocumentPlace, StatedAt, distinct, told_once};
pub use carried::{
    Bearer, CARRIED, Carried, CarriedProperty, SECURITY_PROFILE_GROUP, carried_properties, carried_property,
};
pub use closed_lists::{
    FOREIGN_TAGS, FQDN_TAGS, SERVICE_TAG_REGIONS, SERVICE_TAGS, WEB_CATEGORIES, WordList, is_fqdn_tag, is_known_tag,
    near_service_tag, same_region, service_tag, url_fault,
};
pub use identity::{Came, ResourceId, ResourceName, Scope, UNSTATED_GROUP, UNSTATED_SUBSCRIPTION};
pub use network::{NetworkSubnet, Peering, TableOf, VirtualNetwork, service_tags_of};
pub use pods::{Labels, Pods, Requirement, WantedPods};
pub use regions::{Region, region};
pub use resources::{
    Association, Base, BaseId, Collection, Firewall, Group, IpGroup, LogExport, Model, Moves, NextHop, Policy,
    Presence, PrivateEndpoint, Route, RoutePrefix, RouteTable, Subnet,
};
pub use rules::{
    Action, ApplicationMatches, ApplicationRule, DnatTranslation, HeadMut, Inspection, LAST_APPLICATION_PORT,
    NatMatches, NatRule, NatTarget, NetworkMatches, NetworkProtocol, NetworkRule, Rule, RuleHead, RuleKind, Rules,
    Sources,
};
pub use setting::Setting;
pub use setting_row::{
    Azurerm, BypassPart, Lens, SettingEffect, SettingKind, SettingPlace, SettingRow, TierGate, Times, Truth, Unresolved,
};
pub use settings::{
    BypassProtocol, Dns, ExplicitProxy, Idps, IdpsBypass, IdpsMode, IdpsProfile, Insights, Priority, Settings, Sku,
    Snat, ThreatIntel, ThreatIntelAllow, Tls, UnknownSetting,
};
pub use site::{Site, SiteField, SiteSubject};
pub use spelling::NameSpelling;
pub use terms::{AddressTerm, IP_GROUPS, IpGroupRef};
pub use zones::{ZoneRow, needed_zones, private_zones, zone_rows};
