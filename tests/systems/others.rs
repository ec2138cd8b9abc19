//! What breaks the claims about the other systems.

use super::promises::Broken;
use super::promises::Fires::{Expectation, Finding, Says};

pub(super) const PROFISEE: &[Broken] = &[
    Broken {
        claim: "no public IP anywhere",
        promise: "a jump box inside reaches the API server privately",
        file: "jump-box-inside.pol",
        edits: &[(
            "    subnet \"snet-jumpbox\" 10.20.9.0/28\n",
            "    subnet \"snet-jumpbox\" 10.20.9.0/28\n    route 10.20.8.4/32 via hub-weu\n",
        )],
        fires: Expectation("private https from jumpbox, nodes to api-server"),
    },
    Broken {
        claim: "no public IP anywhere",
        promise: "no public address anywhere",
        file: "egress.pol",
        edits: &[
            ("    private-ip 10.0.1.4\n", "    private-ip 10.0.1.4\n    public-ip  web 203.0.113.50\n"),
            (
                "    group operators {",
                "    group operators { web: dnat tcp/443 from 192.0.2.0/24 to hub-weu::web -> 10.20.0.9 }\n    group more {",
            ),
        ],
        fires: Expectation("deny any from internet to internet"),
    },
    Broken {
        claim: "no public IP anywhere",
        promise: "managed from a jump box",
        file: "egress.pol",
        edits: &[("kubectl: allow https from jumpbox", "kubectl: allow https from jumpbox, 10.21.0.5")],
        fires: Expectation("deny any from any except (jumpbox, cluster) to 10.20.8.4"),
    },
    Broken {
        claim: "no public IP anywhere",
        promise: "which reaches only what it manages",
        file: "egress.pol",
        edits: &[(
            "from jumpbox to arm::hosts, entra::hosts\n\n",
            "from jumpbox to arm::hosts, entra::hosts, github.com\n\n",
        )],
        fires: Expectation("deny https from jumpbox to mcr.microsoft.com, github.com"),
    },
    Broken {
        claim: "a Windows pool",
        promise: "Windows hosts are for Windows nodes",
        file: "egress.pol",
        edits: &[("windows-pool(nodes: windows-nodes)", "windows-pool(nodes: nodes)")],
        fires: Expectation("deny https from linux-nodes to aks::windows-binaries"),
    },
    Broken {
        claim: "Azure SQL, Storage, Purview, Key Vault",
        promise: "data is reached by private endpoints",
        file: "egress.pol",
        edits: &[(
            "directory: allow https from nodes to entra::graph",
            "directory: allow https from nodes to *.vault.azure.net",
        )],
        fires: Expectation(
            "deny https from nodes to *.vault.azure.net, *.purview.azure.com outside secrets, catalogue",
        ),
    },
    Broken {
        claim: "peered virtual networks",
        promise: "peered networks are divided",
        file: "egress.pol",
        edits: &[(
            "kubectl: allow https from jumpbox to api-server",
            "kubectl: allow tcp/443 from operations to cluster",
        )],
        fires: Expectation("deny any from operations except jumpbox to cluster outside endpoints"),
    },
    Broken {
        claim: "egress by `userDefinedRouting`",
        promise: "the pools' subnets lead to the firewall",
        file: "egress.pol",
        edits: &[("\"snet-windows\" 10.20.4.0/22\n    via    hub-weu", "\"snet-windows\" 10.20.4.0/22")],
        fires: Finding("FW0601"),
    },
    Broken {
        claim: "Azure SQL, Storage, Purview, Key Vault",
        promise: "no rule lets out the database",
        file: "egress.pol",
        edits: &[(
            "directory: allow",
            "leak: allow mssql from nodes to sql-profisee.database.windows.net\n directory: allow",
        )],
        fires: Finding("FW0608"),
    },
    Broken {
        claim: "Azure SQL, Storage, Purview, Key Vault",
        promise: "no rule lets out the share",
        file: "egress.pol",
        edits: &[(
            "directory: allow",
            "leak: allow https from nodes to stprofisee.file.core.windows.net\n directory: allow",
        )],
        fires: Finding("FW0608"),
    },
    Broken {
        claim: "Azure SQL, Storage, Purview, Key Vault",
        promise: "no rule lets out the catalogue",
        file: "egress.pol",
        edits: &[(
            "directory: allow",
            "leak: allow https from nodes to pv-profisee.purview.azure.com\n directory: allow",
        )],
        fires: Finding("FW0608"),
    },
    Broken {
        claim: "Azure SQL, Storage, Purview, Key Vault",
        promise: "no rule lets out the vault",
        file: "egress.pol",
        edits: &[(
            "directory: allow",
            "leak: allow https from nodes to kv-profisee.vault.azure.net\n directory: allow",
        )],
        fires: Finding("FW0608"),
    },
];

pub(super) const DIGIBEE: &[Broken] = &[
    Broken {
        claim: "outgoing traffic configured",
        promise: "the platform reaches its hosts",
        file: "egress.pol",
        edits: &[("telemetry: allow https from nodes to telemetry", "telemetry: allow https from runner to telemetry")],
        fires: Expectation("allow https from nodes to control-plane, registry, telemetry"),
    },
    Broken {
        claim: "vendor's pipeline",
        promise: "GitLab is for the runner",
        file: "egress.pol",
        edits: &[("gitlab::runner(machines: runner)", "gitlab::runner(machines: nodes)")],
        fires: Expectation("deny https from nodes to gitlab::hosts, github.com"),
    },
    Broken {
        claim: "NGINX ingress",
        promise: "the ingress answers https",
        file: "egress.pol",
        edits: &[("dnat tcp/443 from internet", "dnat tcp/80 from internet")],
        fires: Expectation("allow tcp/443 from internet to hub-weu::integrations"),
    },
    Broken {
        claim: "Bastion host",
        promise: "operators come by Bastion only",
        file: "egress.pol",
        edits: &[(
            "integrations: dnat tcp/443",
            "shell: dnat tcp/22 from internet to hub-weu::integrations -> frontend:22\n integrations: dnat tcp/443",
        )],
        fires: Expectation("deny management from any to hub-weu::integrations, nodes, runner"),
    },
    Broken {
        claim: "Bastion host",
        promise: "and a management port that is open is found",
        file: "egress.pol",
        edits: &[(
            "integrations: dnat tcp/443",
            "shell: dnat tcp/22 from internet to hub-weu::integrations -> frontend:22\n integrations: dnat tcp/443",
        )],
        fires: Finding("FW0705"),
    },
    Broken {
        claim: "pods must not reach",
        promise: "no rule is taken to keep pods from the metadata service",
        file: "egress.pol",
        edits: &[("    expect deny dns ", "    expect deny any from nodes to 169.254.169.254\n    expect deny dns ")],
        fires: Expectation("deny any from nodes to 169.254.169.254"),
    },
    Broken {
        claim: "API server access limited",
        promise: "the API server is reached by nodes and runner only",
        file: "egress.pol",
        edits: &[("deploy: allow https from runner", "deploy: allow https from private")],
        fires: Expectation("deny https from private except (nodes, runner) to *.hcp.westeurope.azmk8s.io"),
    },
    Broken {
        claim: "NGINX ingress",
        promise: "its certificate is fetched from one vault",
        file: "egress.pol",
        edits: &[(
            "        ## The wildcard certificate of the ingress.\n        apply key-vault::vault(machines: nodes, vault: \"kv-digibee-{environment}\")\n",
            "",
        )],
        fires: Expectation("allow https from nodes to kv-digibee-{environment}.vault.azure.net"),
    },
    Broken {
        claim: "NGINX ingress",
        promise: "and from no other",
        file: "egress.pol",
        edits: &[(
            "apply key-vault::vault(machines: nodes, vault: \"kv-digibee-{environment}\")",
            "vaults: allow https from nodes to *.vault.azure.net",
        )],
        fires: Expectation("deny https from nodes to kv-other.vault.azure.net"),
    },
    Broken {
        claim: "outgoing traffic",
        promise: "Defender reports",
        file: "egress.pol",
        edits: &[("to aks::defender-cloud, aks::log-ingestion, aks::log-agents", "to aks::log-agents")],
        fires: Expectation("allow https from nodes to aks::defender-cloud, aks::log-ingestion"),
    },
    Broken {
        claim: "API server access limited",
        promise: "its ranges hold each address of the firewall",
        file: "egress.pol",
        edits: &[(
            "    public-ip  integrations address\n",
            "    public-ip  integrations address\n    public-ip  more 203.0.113.99\n",
        )],
        fires: Says("FW0611", "203.0.113.99/32"),
    },
];

pub(super) const OPTA: &[Broken] = &[
    Broken {
        claim: "one region, one private subnet",
        promise: "the cluster's API server is public",
        file: "egress.pol",
        edits: &[("ubuntu-updates: on)", "private-cluster: on, ubuntu-updates: on)")],
        fires: Expectation("allow https from nodes to aks::hosts, *.hcp.westeurope.azmk8s.io"),
    },
    Broken {
        claim: "one region, one private subnet",
        promise: "one way in",
        file: "egress.pol",
        edits: &[(
            "site: dnat tcp/443",
            "more: dnat tcp/8080 from internet to hub-weu::site -> frontend:8080\n site: dnat tcp/443",
        )],
        fires: Expectation("deny tcp/1-442, tcp/444-65535, udp/1-65535, icmp from internet to hub-weu::site"),
    },
    Broken {
        claim: "PostgreSQL and Redis",
        promise: "database and cache are private",
        file: "egress.pol",
        edits: &[("linkerd: allow", "database: allow tcp/5432 from nodes to internet\n linkerd: allow")],
        fires: Expectation("deny tcp/5432, tcp/6380, tcp/6379 from nodes to internet"),
    },
    Broken {
        claim: "PostgreSQL and Redis",
        promise: "so is the cache without TLS",
        file: "egress.pol",
        edits: &[("linkerd: allow", "cache: allow tcp/6379 from nodes to internet\n linkerd: allow")],
        fires: Expectation("deny tcp/5432, tcp/6380, tcp/6379 from nodes to internet"),
    },
    Broken {
        claim: "ACR private",
        promise: "the registry is private, its data endpoint too",
        file: "egress.pol",
        edits: &[("    host    registry-names\n", "    host    regopta.azurecr.io\n")],
        fires: Expectation("private https from nodes to registry-names"),
    },
    Broken {
        claim: "Linkerd",
        promise: "the mesh has its images and charts",
        file: "egress.pol",
        edits: &[("apply ghcr::pull(machines: nodes)", "")],
        fires: Expectation("allow https from nodes to linkerd-images, linkerd-charts, ghcr::hosts"),
    },
    Broken {
        claim: "outbound through a NAT",
        promise: "the firewall takes the place of the NAT",
        file: "egress.pol",
        edits: &[("    via    hub-weu\n", "")],
        fires: Finding("FW0601"),
    },
    Broken {
        claim: "Linkerd",
        promise: "its charts among them",
        file: "egress.pol",
        edits: &[("to linkerd-images, linkerd-charts", "to linkerd-images")],
        fires: Expectation("allow https from nodes to linkerd-images, linkerd-charts, ghcr::hosts"),
    },
    Broken {
        claim: "PostgreSQL and Redis",
        promise: "no rule lets out the database",
        file: "egress.pol",
        edits: &[(
            "linkerd: allow",
            "leak: allow https from nodes to pg-opta.postgres.database.azure.com\n linkerd: allow",
        )],
        fires: Finding("FW0608"),
    },
    Broken {
        claim: "PostgreSQL and Redis",
        promise: "no rule lets out the cache",
        file: "egress.pol",
        edits: &[(
            "linkerd: allow",
            "leak: allow https from nodes to redis-opta.redis.cache.windows.net\n linkerd: allow",
        )],
        fires: Finding("FW0608"),
    },
    Broken {
        claim: "ACR private",
        promise: "no rule lets out the registry",
        file: "egress.pol",
        edits: &[("linkerd: allow", "leak: allow https from nodes to regopta.azurecr.io\n linkerd: allow")],
        fires: Finding("FW0608"),
    },
];

pub(super) const KEY_VAULT: &[Broken] = &[
    Broken {
        claim: "no flow to the vault",
        promise: "no rule lets a vault's name out",
        file: "egress.pol",
        edits: &[("apply entra", "vault: allow https from workload to *.vault.azure.net\n apply entra")],
        fires: Expectation("deny https from workload to *.vault.azure.net outside vault"),
    },
    Broken {
        claim: "no flow to the vault",
        promise: "nor its addresses",
        file: "egress.pol",
        edits: &[("apply entra", "vault: allow tcp/443 from workload to tag(AzureKeyVault)\n apply entra")],
        fires: Expectation(
            "deny any from workload to tag(AzureKeyVault), tag(AzureKeyVault.NorthEurope) outside entra::hosts",
        ),
    },
    Broken {
        claim: "the vault's name resolves",
        promise: "the name has its private address",
        file: "egress.pol",
        edits: &[("    host    vault\n", "    host    kv-other.vault.azure.net\n")],
        fires: Expectation("private https from workload to vault"),
    },
    Broken {
        claim: "the vault may be in another region",
        promise: "its region is closed, wherever it is",
        file: "egress.pol",
        edits: &[("apply entra", "vault: allow tcp/443 from workload to tag(AzureKeyVault.NorthEurope)\n apply entra")],
        fires: Expectation(
            "deny any from workload to tag(AzureKeyVault), tag(AzureKeyVault.NorthEurope) outside entra::hosts",
        ),
    },
    Broken {
        claim: "no flow to the vault",
        promise: "a rule to its name is found",
        file: "egress.pol",
        edits: &[("apply entra", "vault: allow https from workload to vault\n apply entra")],
        fires: Finding("FW0608"),
    },
    Broken {
        claim: "the vault's name resolves",
        promise: "in the zone that its name leads to",
        file: "egress.pol",
        edits: &[("privatelink.vaultcore.azure.net", "privatelink.vault.azure.net")],
        fires: Finding("FW0610"),
    },
];
