//! The private DNS zones in which names of private endpoints lie, from the table in `zones.txt`.

use std::sync::LazyLock;

use indexmap::{IndexMap, IndexSet};

use crate::net::HostName;

use super::PrivateEndpoint;

/// A row of the table: which zone has the private addresses of a service's public names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ZoneRow {
    /// The service.
    pub service: &'static str,
    /// The cloud: `public`, `usgov` or `china`.
    pub cloud: &'static str,
    /// What public names end in; `=NAME` is one whole name; `{word}` is any one label.
    pub suffix: &'static str,
    /// The zone, with the same words in braces.
    pub zone: &'static str,
}

static ROWS: LazyLock<Vec<ZoneRow>> = LazyLock::new(|| {
    let lines = include_str!("zones.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(row).collect()
});

fn row(line: &'static str) -> Option<ZoneRow> {
    let mut parts = line.split(" | ");
    Some(ZoneRow { service: parts.next()?, cloud: parts.next()?, suffix: parts.next()?, zone: parts.next()? })
}

/// Every row of the table.
pub fn zone_rows() -> &'static [ZoneRow] {
    &ROWS
}

/// The private DNS zones that a public name needs for its private addresses; empty where the name is of no service that
/// the table knows. Of several suffixes the longest counts.
pub fn private_zones(host: &HostName) -> IndexSet<String> {
    let fits = ROWS.iter().filter_map(|row| Some((row.suffix.split('.').count(), zone_of(row, host.as_str())?)));
    let fits: Vec<(usize, String)> = fits.collect();
    let longest = fits.iter().map(|(labels, _)| *labels).max();
    fits.into_iter().filter(|(labels, _)| Some(*labels) == longest).map(|(_, zone)| zone).collect()
}

/// The private DNS zones that endpoints need, each with the endpoints that need it: those of the table, and those that the
/// source names.
pub fn needed_zones(endpoints: &[PrivateEndpoint]) -> IndexMap<String, IndexSet<&str>> {
    let mut needed: IndexMap<String, IndexSet<&str>> = IndexMap::new();
    for endpoint in endpoints {
        let of_hosts = endpoint.hosts.iter().flat_map(private_zones);
        let named = endpoint.zones.iter().map(ToString::to_string);
        for zone in of_hosts.chain(named) {
            needed.entry(zone).or_default().insert(&endpoint.name);
        }
    }
    needed
}

/// The zone of a row for a name, where the row covers the name: the public one, or one inside the zone itself.
fn zone_of(row: &ZoneRow, host: &str) -> Option<String> {
    if let Some(whole) = row.suffix.strip_prefix('=') {
        return (whole == host).then(|| row.zone.to_owned());
    }
    let words = below(row.suffix, host).or_else(|| below(row.zone, host))?;
    Some(words.iter().fold(row.zone.to_owned(), |zone, (word, label)| zone.replace(word, label)))
}

/// The text for each word in braces, if `host` lies below `suffix`.
fn below<'t>(suffix: &'t str, host: &'t str) -> Option<Vec<(&'t str, &'t str)>> {
    let (mut labels, mut words) = (host.rsplit('.'), Vec::new());
    for part in suffix.rsplit('.') {
        let label = labels.next()?;
        if part.starts_with('{') {
            words.push((part, label));
        } else if part != label {
            return None;
        }
    }
    labels.next().map(|_| words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn zones(host: &str, expected: &[&str]) {
        let found: Option<IndexSet<String>> = host.parse().ok().map(|host| private_zones(&host));
        assert_eq!(found, Some(expected.iter().map(|&zone| zone.to_owned()).collect()), "{host}");
    }

    #[test]
    fn a_name_leads_to_the_zone_of_its_service() {
        zones("contoso.vault.azure.net", &["privatelink.vaultcore.azure.net"]);
        zones("contoso.blob.core.windows.net", &["privatelink.blob.core.windows.net"]);
        zones("contoso.westeurope.data.azurecr.io", &["privatelink.azurecr.io"]);
        zones("contoso.vault.usgovcloudapi.net", &["privatelink.vaultcore.usgovcloudapi.net"]);
        zones("management.azure.com", &["privatelink.azure.com"]);
        zones("api.stripe.com", &[]);
        zones("vault.azure.net", &[]);
        zones("shop.westeurope.cloudapp.azure.com", &[]);
    }

    #[test]
    fn a_word_in_braces_is_taken_from_the_name() {
        zones("contoso-1a2b.westeurope.azmk8s.io", &["privatelink.westeurope.azmk8s.io"]);
        zones("contoso-1a2b.privatelink.westeurope.azmk8s.io", &["privatelink.westeurope.azmk8s.io"]);
        zones("mi.1a2b3c.database.windows.net", &["privatelink.1a2b3c.database.windows.net"]);
        zones("server.database.windows.net", &["privatelink.database.windows.net"]);
    }
}
