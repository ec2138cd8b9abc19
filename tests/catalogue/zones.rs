//! The table of private DNS zones, against `privatelink-zones.json`.

use std::collections::BTreeSet;

use fwc::model::zone_rows;

use super::opened::{reference, text, texts};

#[test]
fn the_table_has_the_zones_of_the_reference_and_no_others() {
    let Some(reference) = reference("privatelink-zones.json") else { return };
    let mut expected = BTreeSet::new();
    for service in reference["zones"].as_array().unwrap() {
        for cloud in ["public", "usgov", "china"] {
            // The zone of a sub-zone of a cluster is that of the cluster for what names need.
            let zones = texts(&service["zones"], cloud).into_iter().filter(|zone| !zone.starts_with("{subzone}"));
            expected.extend(zones.map(|zone| (text(service, "service").to_owned(), cloud, zone.to_owned())));
        }
    }
    let found: BTreeSet<_> =
        zone_rows().iter().map(|row| (row.service.to_owned(), row.cloud, row.zone.to_owned())).collect();
    assert_eq!(found, expected);
}

/// A row's names end in a public name of its service: the zone's own without `privatelink`, or one that is forwarded.
#[test]
fn the_names_of_a_row_are_those_of_the_reference() {
    let Some(reference) = reference("privatelink-zones.json") else { return };
    for row in zone_rows() {
        let of_zone = row.zone.replace("privatelink-global.", "").replacen("privatelink.", "", 1);
        let service =
            reference["zones"].as_array().unwrap().iter().find(|service| text(service, "service") == row.service);
        let forwarded = texts(&service.unwrap()["public_forwarders"], row.cloud);
        let suffix = row.suffix.strip_prefix("=management.").unwrap_or(row.suffix);
        // What the reference notes of Key Vault: zones say `vaultcore` where clients say `vault`.
        let of_vault = row.service == "Key Vault" && of_zone.strip_prefix("vaultcore") == suffix.strip_prefix("vault");
        let known = suffix == of_zone || of_vault || forwarded.iter().any(|name| name.ends_with(suffix));
        assert!(known, "{row:?}: {forwarded:?}");
    }
}
