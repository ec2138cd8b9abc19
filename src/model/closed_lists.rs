//! The closed lists of words that Azure knows: service tags with their regions, FQDN tags, web categories.

use std::sync::LazyLock;

use crate::diag::nearest;
use crate::net::same_word;

/// A list of words, one for each line; lines that begin with `#` state its source.
pub struct WordList {
    words: Vec<&'static str>,
}

impl WordList {
    /// The list in `text`, which is one of the files of `tables`.
    pub fn new(text: &'static str) -> Self {
        Self { words: text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect() }
    }

    /// The word in the spelling of the table, whatever the case of `word`.
    pub fn canonical(&self, word: &str) -> Option<&'static str> {
        self.words.iter().copied().find(|known| same_word(known, word))
    }

    /// Every word.
    pub fn words(&self) -> impl Iterator<Item = &'static str> {
        self.words.iter().copied()
    }
}

/// Service tags without their region.
pub static SERVICE_TAGS: LazyLock<WordList> = LazyLock::new(|| WordList::new(include_str!("tables/service-tags.txt")));

/// Regions and parts of service tags.
pub static SERVICE_TAG_REGIONS: LazyLock<WordList> =
    LazyLock::new(|| WordList::new(include_str!("tables/service-tag-regions.txt")));

/// FQDN tags.
pub static FQDN_TAGS: LazyLock<WordList> = LazyLock::new(|| WordList::new(include_str!("tables/fqdn-tags.txt")));

/// Web categories.
pub static WEB_CATEGORIES: LazyLock<WordList> =
    LazyLock::new(|| WordList::new(include_str!("tables/web-categories.txt")));

/// Service tags that network security groups and routes take, and firewall rules do not.
///
/// Source: Microsoft Learn, "Virtual network service tags": `Internet`, `VirtualNetwork` and `AzureLoadBalancer` are tags of
/// network security groups; Azure Firewall answers InvalidIpAddressOrRangeFormat.
pub const FOREIGN_TAGS: [&str; 3] = ["Internet", "VirtualNetwork", "AzureLoadBalancer"];

/// Whether Azure knows an FQDN tag; those of the `Office365` family are taken as they are written.
pub fn is_fqdn_tag(text: &str) -> bool {
    let family = "office365.";
    FQDN_TAGS.canonical(text).is_some() || text.get(..family.len()).is_some_and(|start| same_word(start, family))
}

/// Whether two regions are one: `West Europe` is `westeurope`.
pub fn same_region(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    plain(one) == plain(other)
}

/// The service tag in Azure's spelling, if fwc knows it and its region.
pub fn service_tag(text: &str) -> Option<String> {
    let (tag, region) = tag_and_region(text);
    let known = SERVICE_TAGS.canonical(tag)?;
    match region {
        None => Some(join(known, None)),
        Some(region) => Some(join(known, Some(SERVICE_TAG_REGIONS.canonical(region)?))),
    }
}

/// The service tag that `text`, which is not one, most likely means.
pub fn near_service_tag(text: &str) -> Option<String> {
    let (tag, region) = tag_and_region(text);
    let near_region = |region| nearest(region, SERVICE_TAG_REGIONS.words());
    match SERVICE_TAGS.canonical(tag) {
        Some(known) => Some(join(known, Some(near_region(region?)?))),
        None => {
            let near = nearest(tag, SERVICE_TAGS.words())?;
            Some(join(near, region.map(|region| near_region(region).unwrap_or(region))))
        }
    }
}

fn tag_and_region(text: &str) -> (&str, Option<&str>) {
    match text.split_once('.') {
        Some((tag, region)) => (tag, Some(region)),
        None => (text, None),
    }
}

/// Whether the text is a service tag that fwc knows, of whatever region: no word that is read as a tag, and no stand-in
/// for an unknown one.
pub fn is_known_tag(text: &str) -> bool {
    let tag = text.split_once('.').map_or(text, |(tag, _)| tag);
    SERVICE_TAGS.canonical(tag).is_some()
}

/// `AzureCloud` spells its regions in lower case, the other tags as the table does.
fn join(tag: &str, region: Option<&str>) -> String {
    match region {
        Some(region) if tag == "AzureCloud" => format!("{tag}.{}", region.to_ascii_lowercase()),
        Some(region) => format!("{tag}.{region}"),
        None => tag.to_owned(),
    }
}

/// Why a text is no URL that a rule can name.
pub fn url_fault(text: &str) -> Option<&'static str> {
    let (host, path) = match text.split_once('/') {
        Some((host, path)) => (host, path),
        None => (text, ""),
    };
    let starless_path = path.strip_suffix('*').unwrap_or(path);
    if text.contains("://") {
        Some("it has a scheme")
    } else if host.contains(':') {
        Some("it has a port")
    } else if text.contains('?') {
        Some("it has a query")
    } else if host.parse::<crate::net::HostPattern>().is_err() || host == "*" {
        Some("its host is not a host name")
    } else if starless_path.contains('*') {
        Some("a star is allowed only at the left of the host or at the end of the path")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_take_azures_spelling() {
        assert_eq!(service_tag("azurecloud.WestEurope").as_deref(), Some("AzureCloud.westeurope"));
        assert_eq!(service_tag("storage.westeurope").as_deref(), Some("Storage.WestEurope"));
        for (written, near) in [
            ("AzureClod", Some("AzureCloud")),
            ("AzureClod.westeurop", Some("AzureCloud.westeurope")),
            ("Storage.WestEurop", Some("Storage.WestEurope")),
            ("AzureCloud.", None),
            ("Elephant", None),
        ] {
            assert_eq!((service_tag(written), near_service_tag(written).as_deref()), (None, near), "{written}");
        }
    }
}
