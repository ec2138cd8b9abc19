//! Suffixes below which anybody can register a name.

use crate::net::HostPattern;

/// A suffix below which customers of a provider choose names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HostingSuffix {
    /// The suffix, without `*.`.
    pub name: &'static str,
    /// Whether the names of customers come before that of a region or a service, as in
    /// `NAME.westeurope.cloudapp.azure.com`.
    pub regional: bool,
    /// The page that documents how names are formed, or the Public Suffix List, which holds the suffix or those below
    /// it.
    pub source: &'static str,
    /// The date of the list, or the day the page was looked up.
    pub date: &'static str,
}

const LIST: &str = "publicsuffix/list, public_suffix_list.dat, private domains";
const LIST_DATE: &str = "2026-08-19";
const STORAGE: &str = "MicrosoftDocs/azure-docs, articles/storage/common/storage-account-overview.md";
const DOCS_DATE: &str = "2026-11-21";
const CLOUDAPP: &str = "MicrosoftDocs/azure-docs, articles/virtual-network/ip-services/public-ip-addresses.md";

const fn suffix(name: &'static str) -> HostingSuffix {
    HostingSuffix { name, regional: false, source: LIST, date: LIST_DATE }
}

const fn storage(name: &'static str) -> HostingSuffix {
    HostingSuffix { source: STORAGE, date: DOCS_DATE, ..suffix(name) }
}

const fn regional(name: &'static str) -> HostingSuffix {
    HostingSuffix { regional: true, ..suffix(name) }
}

/// Every suffix that is known to be shared.
pub const SHARED_HOSTING: [HostingSuffix; 26] = [
    suffix("blob.core.windows.net"),
    suffix("file.core.windows.net"),
    storage("dfs.core.windows.net"),
    storage("queue.core.windows.net"),
    storage("table.core.windows.net"),
    regional("web.core.windows.net"),
    suffix("azurewebsites.net"),
    suffix("azureedge.net"),
    regional("azurefd.net"),
    suffix("trafficmanager.net"),
    HostingSuffix { source: CLOUDAPP, date: DOCS_DATE, ..regional("cloudapp.azure.com") },
    suffix("cloudapp.net"),
    regional("azurestaticapps.net"),
    suffix("azure-api.net"),
    regional("amazonaws.com"),
    suffix("cloudfront.net"),
    suffix("appspot.com"),
    regional("run.app"),
    suffix("web.app"),
    suffix("firebaseapp.com"),
    suffix("github.io"),
    suffix("herokuapp.com"),
    suffix("pages.dev"),
    suffix("workers.dev"),
    suffix("vercel.app"),
    suffix("netlify.app"),
];

/// The shared suffix whose names, or many of them, the pattern takes in; every name takes in those of each.
pub fn shared_suffix(pattern: &HostPattern) -> Option<&'static HostingSuffix> {
    let stated = match pattern {
        HostPattern::Any => return SHARED_HOSTING.first(),
        HostPattern::Below(stated) | HostPattern::Ending(stated) => stated.as_str(),
        HostPattern::Exact(_) => return None,
    };
    let below = |name: &str, of: &str| name.strip_suffix(of).is_some_and(|rest| rest.ends_with('.'));
    SHARED_HOSTING.iter().find(|suffix| {
        let takes_all = stated == suffix.name || below(suffix.name, stated);
        takes_all || (suffix.regional && below(stated, suffix.name) && is_region(stated, suffix.name))
    })
}

/// Whether the suffix follows a single label, which is how regions and services of it are named.
fn is_region(stated: &str, suffix: &str) -> bool {
    let end = stated.len().saturating_sub(suffix.len() + 1);
    stated.get(..end).is_some_and(|front| !front.contains('.'))
}
