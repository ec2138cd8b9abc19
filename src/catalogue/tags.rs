//! What Microsoft documents of the hosts of FQDN tags, as the modules have it.

use super::{ModulePage, module};

/// The documented hosts of an FQDN tag.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DocumentedTag {
    /// The tag, in Azure's spelling.
    pub tag: &'static str,
    /// The page that lists its hosts, as `@source` has it.
    pub page: &'static str,
    /// The day as of which that page was read, `yyyy-mm-dd`.
    pub checked: String,
    /// The page that states that the tag holds what the other lists, with the day as of which it was read.
    pub promise: (&'static str, &'static str),
    /// The hosts that the tag holds, as patterns of application rules.
    pub hosts: Vec<String>,
    /// Patterns around the hosts that the page lists for some clusters only, or with a part that depends on the cluster. That
    /// the tag holds these, and for which values of that part, is not verified.
    pub open: Vec<String>,
}

/// A tag whose hosts are those of a page.
struct TagRow {
    tag: &'static str,
    page: &'static str,
    promise: (&'static str, &'static str),
    /// The module that has what the page lists.
    module: &'static str,
    /// Its bundle of what the page lists for every cluster.
    bundle: &'static str,
    /// Patterns around the names of the page that the module cannot have.
    besides: &'static [&'static str],
}

/// AKS in the public cloud. The page lists three names with a star or a suffix that no application rule has:
/// `md-*.blob.storage.azure.net`, `umsa*.blob.core.windows.net` and, bare, `vault.azure.net`.
static ROWS: &[TagRow] = &[TagRow {
    tag: "AzureKubernetesService",
    page: "MicrosoftDocs/azure-aks-docs, articles/aks/outbound-rules-control-egress.md",
    promise: ("MicrosoftDocs/azure-aks-docs, articles/aks/limit-egress-traffic.md", "2023-12-05"),
    module: "aks",
    bundle: "required",
    besides: &["*.blob.storage.azure.net", "*.blob.core.windows.net", "vault.azure.net"],
}];

/// Each tag of the public cloud whose hosts are documented.
pub fn documented_tags() -> Vec<DocumentedTag> {
    ROWS.iter().filter_map(documented).collect()
}

fn documented(row: &TagRow) -> Option<DocumentedTag> {
    let page = ModulePage::of(module(row.module)?);
    let (mut hosts, mut open, mut checked) = (Vec::new(), Vec::new(), Vec::new());
    for bundle in &page.bundles {
        let entries = bundle.entries.iter().filter(|entry| entry.source == row.page);
        for entry in entries.filter(|entry| entry.services.split(',').all(is_web)) {
            let is_core = bundle.name == row.bundle && entry.need == "required";
            for host in entry.destinations.iter().filter(|host| host.contains('.') && !host.contains('(')) {
                match host.rsplit_once('}') {
                    Some((_, rest)) => open.push(format!("*{rest}")),
                    None if is_core => hosts.push(host.clone()),
                    None => open.push(host.clone()),
                }
            }
            checked.push(entry.checked.clone());
        }
    }
    open.extend(row.besides.iter().map(|&pattern| pattern.to_owned()));
    open.sort_unstable();
    open.dedup();
    open.retain(|pattern| !hosts.contains(pattern));
    let checked = checked.into_iter().min()?;
    Some(DocumentedTag { tag: row.tag, page: row.page, checked, promise: row.promise, hosts, open })
}

fn is_web(service: &str) -> bool {
    matches!(service.trim(), "http" | "https")
}
