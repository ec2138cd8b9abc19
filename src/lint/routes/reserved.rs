//! Subnets whose services restrict the route table, identified by their names.

use crate::net::same_word;

/// A subnet of a service that does not send its flows through the firewall as machines do.
///
/// The names of the first five are fixed by Azure. Those of the last two are the author's: a name that has the word of the
/// service, or its usual abbreviation (Microsoft Learn, "Abbreviation recommendations for Azure resources": `agw`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reserved {
    /// The subnet of virtual network gateways: `GatewaySubnet`.
    Gateway,
    /// The firewall's own subnet: `AzureFirewallSubnet`.
    Firewall,
    /// The subnet of the firewall's management interface: `AzureFirewallManagementSubnet`.
    FirewallManagement,
    /// The subnet of Azure Bastion: `AzureBastionSubnet`.
    Bastion,
    /// The subnet of a Route Server: `RouteServerSubnet`.
    RouteServer,
    /// The subnet of an Application Gateway.
    ApplicationGateway,
    /// The subnet of the API server of an AKS cluster with API Server VNet Integration.
    ApiServer,
}

impl Reserved {
    /// What the subnet of that name is for; `None` where machines may be in it.
    pub fn of(subnet: &str) -> Option<Self> {
        const FIXED: [(&str, Reserved); 5] = [
            ("GatewaySubnet", Reserved::Gateway),
            ("AzureFirewallSubnet", Reserved::Firewall),
            ("AzureFirewallManagementSubnet", Reserved::FirewallManagement),
            ("AzureBastionSubnet", Reserved::Bastion),
            ("RouteServerSubnet", Reserved::RouteServer),
        ];
        let fixed = FIXED.iter().find(|(name, _)| same_word(name, subnet));
        fixed.map(|&(_, kind)| kind).or_else(|| Self::by_word(&subnet.to_ascii_lowercase()))
    }

    fn by_word(subnet: &str) -> Option<Self> {
        let letters: String = subnet.chars().filter(char::is_ascii_alphanumeric).collect();
        let has = |word: &&str| letters.contains(word);
        let mut words = subnet.split(|c: char| !c.is_ascii_alphanumeric());
        if ["applicationgateway", "appgateway", "appgw", "applgw"].iter().any(has)
            || words.any(|word| word.starts_with("agw"))
        {
            return Some(Self::ApplicationGateway);
        }
        ["apiserver"].iter().any(has).then_some(Self::ApiServer)
    }
}
