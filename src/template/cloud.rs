//! The clouds, and what `environment()` gives in each.
//!
//! Source: Microsoft Learn, "Deployment functions for ARM templates", environment, page of 2022-03-10, for the public cloud; the
//! endpoints of the others are those that `az cloud show` prints. What neither states is not known.

use super::rest::refused;
use super::value::TemplateValue;

/// A cloud.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cloud {
    /// Azure.
    Public,
    /// Azure Government.
    UsGov,
    /// Azure operated by 21Vianet.
    China,
}

/// A property of `environment()`, and its values in the public cloud, in Azure Government and in China.
type CloudRow = (&'static str, [Option<&'static str>; 3]);

const PROPERTIES: &[CloudRow] = &[
    ("name", [Some("AzureCloud"), Some("AzureUSGovernment"), Some("AzureChinaCloud")]),
    ("gallery", [Some("https://gallery.azure.com/"), None, None]),
    (
        "graph",
        [
            Some("https://graph.windows.net/"),
            Some("https://graph.windows.net/"),
            Some("https://graph.chinacloudapi.cn/"),
        ],
    ),
    ("portal", [Some("https://portal.azure.com"), Some("https://portal.azure.us"), Some("https://portal.azure.cn")]),
    (
        "graphAudience",
        [
            Some("https://graph.windows.net/"),
            Some("https://graph.windows.net/"),
            Some("https://graph.chinacloudapi.cn/"),
        ],
    ),
    ("activeDirectoryDataLake", [Some("https://datalake.azure.net/"), None, None]),
    (
        "batch",
        [
            Some("https://batch.core.windows.net/"),
            Some("https://batch.core.usgovcloudapi.net/"),
            Some("https://batch.chinacloudapi.cn/"),
        ],
    ),
    ("media", [Some("https://rest.media.azure.net"), None, None]),
    (
        "sqlManagement",
        [
            Some("https://management.core.windows.net:8443/"),
            Some("https://management.core.usgovcloudapi.net:8443/"),
            Some("https://management.core.chinacloudapi.cn:8443/"),
        ],
    ),
    (
        "vmImageAliasDoc",
        [
            Some(
                "https://raw.githubusercontent.com/Azure/azure-rest-api-specs/master/arm-compute/quickstart-templates/aliases.json",
            ),
            None,
            None,
        ],
    ),
    (
        "resourceManager",
        [
            Some("https://management.azure.com/"),
            Some("https://management.usgovcloudapi.net/"),
            Some("https://management.chinacloudapi.cn/"),
        ],
    ),
];

const AUTHENTICATION: &[CloudRow] = &[
    (
        "loginEndpoint",
        [
            Some("https://login.microsoftonline.com/"),
            Some("https://login.microsoftonline.us/"),
            Some("https://login.chinacloudapi.cn/"),
        ],
    ),
    ("audiences", [None, None, None]),
    ("tenant", [Some("common"), Some("common"), Some("common")]),
    ("identityProvider", [Some("AAD"), Some("AAD"), Some("AAD")]),
];

const SUFFIXES: &[CloudRow] = &[
    ("acrLoginServer", [Some(".azurecr.io"), Some(".azurecr.us"), Some(".azurecr.cn")]),
    ("azureDatalakeAnalyticsCatalogAndJob", [Some("azuredatalakeanalytics.net"), None, None]),
    ("azureDatalakeStoreFileSystem", [Some("azuredatalakestore.net"), None, None]),
    ("azureFrontDoorEndpointSuffix", [Some("azurefd.net"), Some("azurefd.us"), None]),
    ("keyvaultDns", [Some(".vault.azure.net"), Some(".vault.usgovcloudapi.net"), Some(".vault.azure.cn")]),
    (
        "sqlServerHostname",
        [Some(".database.windows.net"), Some(".database.usgovcloudapi.net"), Some(".database.chinacloudapi.cn")],
    ),
    ("storage", [Some("core.windows.net"), Some("core.usgovcloudapi.net"), Some("core.chinacloudapi.cn")]),
];

/// What `environment()` gives in the cloud.
pub(super) fn environment(cloud: Cloud) -> TemplateValue {
    let part = |rows: &[CloudRow]| rows.iter().map(|row| (row.0.into(), of(row, cloud))).collect::<Vec<_>>();
    let object = |entries| TemplateValue::object(entries).unwrap_or(TemplateValue::Null);
    let mut all = part(PROPERTIES);
    all.push(("authentication".into(), object(part(AUTHENTICATION))));
    all.push(("suffixes".into(), object(part(SUFFIXES))));
    object(all)
}

fn of((name, values): &CloudRow, cloud: Cloud) -> TemplateValue {
    let [public, gov, china] = values;
    let value = match cloud {
        Cloud::Public => public,
        Cloud::UsGov => gov,
        Cloud::China => china,
    };
    let unknown = || refused(&format!("environment().{name}"), "it is not documented for this cloud");
    value.map_or_else(unknown, TemplateValue::text)
}
