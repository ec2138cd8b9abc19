//! Snapshots of what only Azure and DNS know: the addresses of service tags and of host names.

use std::net::Ipv4Addr;

use serde::Deserialize;

use super::fault::Error;
use crate::evaluate::Knowledge;
use crate::net::{AddressSet, AddressSpan, HostName};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ServiceTags {
    change_number: u64,
    cloud: String,
    values: Vec<ServiceTag>,
}

#[derive(Deserialize)]
struct ServiceTag {
    name: String,
    properties: Properties,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    address_prefixes: Vec<String>,
}

/// Learns the addresses of service tags from the file that Microsoft publishes, and states which file it is.
///
/// IPv6 prefixes are left out: Azure Firewall rules do not take IPv6.
///
/// # Errors
/// Where the text is no such file.
pub fn service_tags(text: &str, name: &str, knowledge: &mut Knowledge) -> Result<String, Error> {
    let tags: ServiceTags = serde_json::from_str(text).map_err(|error| Error::at(name, "$", error.to_string()))?;
    for (index, tag) in tags.values.iter().enumerate() {
        let mut spans: Vec<AddressSpan> = Vec::new();
        for prefix in tag.properties.address_prefixes.iter().filter(|prefix| !prefix.contains(':')) {
            let path = format!("$.values[{index}].properties.addressPrefixes");
            spans.push(prefix.parse().map_err(|error| Error::at(name, path, format!("`{prefix}`: {error}")))?);
        }
        knowledge.learn_tag(&tag.name, spans.into_iter().collect());
    }
    Ok(format!("service tags of {} number {}", tags.cloud, tags.change_number))
}

#[derive(Deserialize)]
struct SnapshotDns {
    schema: String,
    names: Vec<DnsName>,
}

#[derive(Deserialize)]
struct DnsName {
    name: String,
    addresses: Vec<Ipv4Addr>,
}

/// Learns the addresses of host names from a snapshot.
///
/// # Errors
/// Where the text is no such file.
pub fn dns(text: &str, name: &str, knowledge: &mut Knowledge) -> Result<(), Error> {
    for (host, addresses) in dns_names(text, name)? {
        let addresses: AddressSet = addresses.into_iter().map(AddressSpan::from).collect();
        knowledge.learn(host, &addresses);
    }
    Ok(())
}

/// The names of a snapshot with their addresses: `{"schema":"fwc.dns/1","names":[{"name","addresses":[…]}]}`.
///
/// # Errors
/// Where the text is no such file.
pub fn dns_names(text: &str, name: &str) -> Result<Vec<(HostName, Vec<Ipv4Addr>)>, Error> {
    let dns: SnapshotDns = serde_json::from_str(text).map_err(|error| Error::at(name, "$", error.to_string()))?;
    if dns.schema != "fwc.dns/1" {
        return Err(Error::at(name, "$.schema", format!("expected `fwc.dns/1`, found `{}`", dns.schema)));
    }
    let named = dns.names.into_iter().enumerate().map(|(index, entry)| {
        let path = format!("$.names[{index}].name");
        let host: HostName = entry.name.parse().map_err(|error| Error::at(name, path, format!("{error}")))?;
        Ok((host, entry.addresses))
    });
    named.collect()
}
