//! What the artefacts do not state of the network.

use std::collections::BTreeSet;

use crate::model::{Bearing, Model};

use super::DiffSide;
use super::protection::Protection;
use super::settings::{SettingChange, SettingOf};

/// What an artefact states of the network after a change, where it does not state it.
const NOT_KNOWN: &str = "not known";

/// What stays unknown of the ways in the new network and did not in the old one, where that states one: the flows that it
/// bears on may go past the firewall. Each as a setting that weakens, as nobody can tell.
pub(super) fn changes(old: DiffSide<'_>, new: DiffSide<'_>) -> Vec<SettingChange> {
    if old.model.virtual_networks.is_empty() {
        return Vec::new();
    }
    let known = unknown(old.model);
    let path = |what: String| SettingChange {
        of: SettingOf::Unstated,
        path: what,
        before: None,
        after: Some(NOT_KNOWN.into()),
        effect: Protection::Weakens,
    };
    unknown(new.model).into_iter().filter(|what| !known.contains(what)).map(path).collect()
}

fn unknown(model: &Model) -> BTreeSet<String> {
    let bears = |bears: Bearing| match bears {
        Bearing::Routes => true,
        Bearing::NoFlow | Bearing::Rules | Bearing::IpGroups | Bearing::FromHere | Bearing::EveryFlow => false,
    };
    // What is assumed, such as that a route under an unknown condition is there, is no better known than what is left out.
    let told = model.assumptions.iter().filter(|of| bears(of.bears));
    told.map(crate::model::Assumption::what).collect()
}
