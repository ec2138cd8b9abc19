//! Each promise of the reference systems is broken in turn, and what was named for it fires.

use std::path::Path;

use crate::cli::Sandbox;
use crate::shipped::shipped;

/// What has to fire.
enum Fires {
    /// A finding of `check`.
    Finding(&'static str),
    /// An expectation that no longer holds, as `test --strict` prints it.
    Expectation(&'static str),
}

use Fires::{Expectation, Finding};

/// A promise, how it is broken, and what fires.
struct Broken {
    promise: &'static str,
    /// The source, below `policies/examples`.
    file: &'static str,
    /// What is written instead of what.
    edits: &'static [(&'static str, &'static str)],
    fires: Fires,
}

const AKS: [Broken; 22] = [
    Broken {
        promise: "ingress to an internal load balancer is translated",
        file: "aks-hub-spoke/internal-load-balancer.pol",
        edits: &[("hub-weu::shop -> 10.240.4.10:443", "hub-weu::private -> 10.240.4.10:443")],
        fires: Expectation("allow tcp/443 from customers to hub-weu::shop"),
    },
    Broken {
        promise: "and for its callers only",
        file: "aks-hub-spoke/internal-load-balancer.pol",
        edits: &[("dnat tcp/443 from customers", "dnat tcp/443 from internet")],
        fires: Expectation("deny any from internet except customers to hub-weu::shop"),
    },
    Broken {
        promise: "nor is it opened to the whole Internet unnoticed",
        file: "aks-hub-spoke/internal-load-balancer.pol",
        edits: &[("dnat tcp/443 from customers", "dnat tcp/443 from internet")],
        fires: Finding("FW0704"),
    },
    Broken {
        promise: "ingress to a public load balancer is translated",
        file: "aks-hub-spoke/public-load-balancer.pol",
        edits: &[("dnat tcp/443 from partners", "dnat tcp/8443 from partners")],
        fires: Expectation("allow tcp/443 from partners to hub-weu::partner-api"),
    },
    Broken {
        promise: "each workload has a public address of its own",
        file: "aks-hub-spoke/egress.pol",
        edits: &[("hub-weu::shop -> 10.240.4.10:443", "hub-weu::partner-api -> 10.240.4.10:443")],
        fires: Expectation("deny tcp/443 from customers to hub-weu::partner-api"),
    },
    Broken {
        promise: "agents install their tools",
        file: "aks-hub-spoke/devops-agents.pol",
        edits: &[("apply kubectl::install(machines: agents)\n", "\n")],
        fires: Expectation("allow https from agents to kubectl::hosts, helm::hosts"),
    },
    Broken {
        promise: "from the agents' subnet only",
        file: "aks-hub-spoke/devops-agents.pol",
        edits: &[("docker::pull(machines: agents)", "docker::pull(machines: nodes)")],
        fires: Expectation("deny any from any except agents to internet"),
    },
    Broken {
        promise: "a Managed DevOps Pool works",
        file: "aks-hub-spoke/managed-devops-pool.pol",
        edits: &[("managed-devops-pools::pool(machines: pool)", "managed-devops-pools::telemetry(machines: pool)")],
        fires: Expectation(
            "allow https from pool to managed-devops-pools::hosts, managed-devops-pools::linux-packages",
        ),
    },
    Broken {
        promise: "and its wide queue is accepted by somebody",
        file: "aks-hub-spoke/managed-devops-pool.pol",
        edits: &[("@ignore(FW0703, \"a pool takes its jobs from a queue whose name is not known before\")", "")],
        fires: Finding("FW0703"),
    },
    Broken {
        promise: "threat intelligence denies, and no child weakens it",
        file: "aks-hub-spoke/egress.pol",
        edits: &[("policy aks-weu inherits corp-base {", "policy aks-weu inherits corp-base {\n threat-intel alert")],
        fires: Finding("FW0503"),
    },
    Broken {
        promise: "names in network rules need the DNS proxy",
        file: "aks-hub-spoke/egress.pol",
        edits: &[("    dns { proxy on  servers 10.0.0.10 }  # Azure does not inherit DNS settings", "    #")],
        fires: Finding("FW0401"),
    },
    Broken {
        promise: "a public API server is reached",
        file: "aks-hub-spoke/authorised-ranges.pol",
        edits: &[("region: \"westeurope\")", "region: \"westeurope\", private-cluster: on)")],
        fires: Expectation("allow https from nodes, jumpbox to *.hcp.westeurope.azmk8s.io"),
    },
    Broken {
        promise: "Basic has no DNS proxy",
        file: "aks-hub-spoke/sku-basic.pol",
        edits: &[("    threat-intel alert\n", "    threat-intel alert\n    dns { proxy on }\n")],
        fires: Finding("FW0402"),
    },
    Broken {
        promise: "Basic does not deny known-bad addresses",
        file: "aks-hub-spoke/sku-basic.pol",
        edits: &[("threat-intel alert", "threat-intel deny")],
        fires: Finding("FW0402"),
    },
    Broken {
        promise: "Standard has no intrusion detection",
        file: "aks-hub-spoke/sku-standard.pol",
        edits: &[("    threat-intel deny\n", "    threat-intel deny\n    idps alert\n")],
        fires: Finding("FW0402"),
    },
    Broken {
        promise: "a Standard firewall does not take a Premium policy",
        file: "aks-hub-spoke/sku-premium.pol",
        edits: &[("    sku        premium", "    sku        standard")],
        fires: Finding("FW0402"),
    },
    Broken {
        promise: "a base policy stands in its child's region",
        file: "aks-hub-spoke/regions.pol",
        edits: &[("policy org-neu {\n    location \"northeurope\"", "policy org-neu {\n    location \"westeurope\"")],
        fires: Finding("FW0501"),
    },
    Broken {
        promise: "the organisation's rules stand before a region's",
        file: "aks-hub-spoke/regions.pol",
        edits: &[(
            "        stripe: allow",
            "        shell: allow ssh from weu-nodes to internet\n        stripe: allow",
        )],
        fires: Finding("FW0506"),
    },
    Broken {
        promise: "a network rule decides before the rules by name",
        file: "aks-hub-spoke/regions.pol",
        edits: &[(
            "apply aks::required(nodes: neu-nodes,",
            "every: allow tcp/443 from neu-nodes to internet\n apply aks::required(nodes: neu-nodes,",
        )],
        fires: Expectation("deny https from neu-nodes to payments"),
    },
    Broken {
        promise: "pre-production keeps production's promises",
        file: "aks-hub-spoke/environments.pol",
        edits: &[("dnat tcp/443 from customers", "dnat tcp/443 from customers, 192.0.2.0/24")],
        fires: Expectation("deny any from internet except customers to firewall-of-hub::shop"),
    },
    Broken {
        promise: "what is private has no way out",
        file: "aks-hub-spoke/private-endpoints.pol",
        edits: &[("network-isolated: on)\n", "network-isolated: on)\n leak: allow https from nodes to vault\n")],
        fires: Expectation("deny any from nodes, jumpbox to vault, registry, blobs"),
    },
    Broken {
        promise: "images come from the private registry",
        file: "aks-hub-spoke/private-endpoints.pol",
        edits: &[(", network-isolated: on", "")],
        fires: Expectation("deny https from nodes to aks::mcr, *.hcp.westeurope.azmk8s.io"),
    },
];

const PROFISEE: [Broken; 6] = [
    Broken {
        promise: "no public address anywhere",
        file: "profisee/egress.pol",
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
        promise: "managed from a jump box",
        file: "profisee/egress.pol",
        edits: &[("kubectl: allow tcp/443 from jumpbox", "kubectl: allow tcp/443 from jumpbox, 10.21.0.5")],
        fires: Expectation("deny any from any except jumpbox to api-server"),
    },
    Broken {
        promise: "which reaches only what it manages",
        file: "profisee/egress.pol",
        edits: &[(
            "from jumpbox to arm::hosts, entra::hosts\n\n",
            "from jumpbox to arm::hosts, entra::hosts, github.com\n\n",
        )],
        fires: Expectation("deny https from jumpbox to mcr.microsoft.com, github.com"),
    },
    Broken {
        promise: "Windows hosts are for Windows nodes",
        file: "profisee/egress.pol",
        edits: &[("windows-pool(nodes: windows-nodes)", "windows-pool(nodes: nodes)")],
        fires: Expectation("deny https from linux-nodes to aks::windows-binaries"),
    },
    Broken {
        promise: "data is reached by private endpoints",
        file: "profisee/egress.pol",
        edits: &[(
            "directory: allow https from nodes to entra::graph",
            "directory: allow https from nodes to *.vault.azure.net",
        )],
        fires: Expectation("deny https from nodes to *.blob.core.windows.net, *.vault.azure.net, *.purview.azure.com"),
    },
    Broken {
        promise: "peered networks are divided",
        file: "profisee/egress.pol",
        edits: &[(
            "kubectl: allow tcp/443 from jumpbox to api-server",
            "kubectl: allow tcp/443 from operations to cluster",
        )],
        fires: Expectation("deny any from operations except jumpbox to cluster"),
    },
];

const DIGIBEE: [Broken; 7] = [
    Broken {
        promise: "the platform reaches its hosts",
        file: "digibee/egress.pol",
        edits: &[("telemetry: allow https from nodes to telemetry", "telemetry: allow https from runner to telemetry")],
        fires: Expectation("allow https from nodes to control-plane, registry, telemetry"),
    },
    Broken {
        promise: "GitLab is for the runner",
        file: "digibee/egress.pol",
        edits: &[("gitlab::runner(machines: runner)", "gitlab::runner(machines: nodes)")],
        fires: Expectation("deny https from nodes to gitlab::hosts, github.com"),
    },
    Broken {
        promise: "the ingress answers https",
        file: "digibee/egress.pol",
        edits: &[("dnat tcp/443 from internet", "dnat tcp/80 from internet")],
        fires: Expectation("allow tcp/443 from internet to firewall-of-hub::integrations"),
    },
    Broken {
        promise: "operators come by Bastion only",
        file: "digibee/egress.pol",
        edits: &[(
            "integrations: dnat tcp/443",
            "shell: dnat tcp/22 from internet to firewall-of-hub::integrations -> frontend:22\n integrations: dnat tcp/443",
        )],
        fires: Expectation("deny management from any to firewall-of-hub::integrations, nodes, runner"),
    },
    Broken {
        promise: "and a management port that is open is found",
        file: "digibee/egress.pol",
        edits: &[(
            "integrations: dnat tcp/443",
            "shell: dnat tcp/22 from internet to firewall-of-hub::integrations -> frontend:22\n integrations: dnat tcp/443",
        )],
        fires: Finding("FW0705"),
    },
    Broken {
        promise: "pods do not reach the metadata service",
        file: "digibee/egress.pol",
        edits: &[("imds: deny any from nodes to 169.254.169.254", "imds: allow http from nodes to 169.254.169.254")],
        fires: Expectation("deny any from nodes to 169.254.169.254"),
    },
    Broken {
        promise: "the API server is reached by nodes and runner only",
        file: "digibee/egress.pol",
        edits: &[("deploy: allow https from runner", "deploy: allow https from private")],
        fires: Expectation("deny https from private except (nodes, runner) to *.hcp.westeurope.azmk8s.io"),
    },
];

const OPTA: [Broken; 5] = [
    Broken {
        promise: "one way in",
        file: "opta/egress.pol",
        edits: &[(
            "site: dnat tcp/443",
            "more: dnat tcp/8080 from internet to hub-weu::site -> frontend:8080\n site: dnat tcp/443",
        )],
        fires: Expectation("deny tcp/1-442, tcp/444-65535, udp/1-65535, icmp from internet to hub-weu::site"),
    },
    Broken {
        promise: "database and cache are private",
        file: "opta/egress.pol",
        edits: &[("linkerd: allow", "database: allow tcp/5432 from nodes to internet\n linkerd: allow")],
        fires: Expectation("deny tcp/5432, tcp/6380, tcp/6379 from nodes to internet"),
    },
    Broken {
        promise: "so is the cache without TLS",
        file: "opta/egress.pol",
        edits: &[("linkerd: allow", "cache: allow tcp/6379 from nodes to internet\n linkerd: allow")],
        fires: Expectation("deny tcp/5432, tcp/6380, tcp/6379 from nodes to internet"),
    },
    Broken {
        promise: "the registry is private, its data endpoint too",
        file: "opta/egress.pol",
        edits: &[(
            "linkerd: allow",
            "data: allow https from nodes to regopta.westeurope.data.azurecr.io\n linkerd: allow",
        )],
        fires: Expectation("deny https from nodes to regopta.azurecr.io, regopta.westeurope.data.azurecr.io"),
    },
    Broken {
        promise: "the mesh has its images and charts",
        file: "opta/egress.pol",
        edits: &[("apply ghcr::pull(machines: nodes)", "")],
        fires: Expectation("allow https from nodes to linkerd-images, linkerd-charts, ghcr::hosts"),
    },
];

const KEY_VAULT: [Broken; 3] = [
    Broken {
        promise: "no rule lets the vault's name out",
        file: "key-vault-private-link/egress.pol",
        edits: &[("apply entra", "vault: allow https from workload to vault\n apply entra")],
        fires: Expectation("deny https from workload to *.vault.azure.net"),
    },
    Broken {
        promise: "nor its addresses",
        file: "key-vault-private-link/egress.pol",
        edits: &[("apply entra", "vault: allow tcp/443 from workload to tag(AzureKeyVault)\n apply entra")],
        fires: Expectation(
            "deny any from workload to tag(AzureKeyVault), tag(AzureKeyVault.NorthEurope) outside entra::hosts",
        ),
    },
    Broken {
        promise: "the name has its private address",
        file: "key-vault-private-link/egress.pol",
        edits: &[("apply entra", "vault: allow tcp/443 from workload to 10.60.2.0/24\n apply entra")],
        fires: Expectation("deny any from workload to vault"),
    },
];

/// Whether it fires on the source as it stands in the sandbox.
fn fires(sandbox: &Sandbox, path: &str, fires: &Fires) -> (bool, String) {
    match fires {
        Finding(code) => {
            let run = sandbox.run(&["check", path]);
            let said = run.stdout + &run.stderr;
            (said.contains(&format!("[{code}]")), said)
        }
        Expectation(text) => {
            let run = sandbox.run(&["test", path, "--strict"]);
            let failed = format!("  FAILS     {text}");
            (run.stdout.lines().any(|line| line == failed), run.stdout + &run.stderr)
        }
    }
}

#[test]
fn a_broken_promise_is_heard_of() {
    let sandbox = Sandbox::with_example();
    let shipped = shipped();
    let all = AKS.iter().chain(&PROFISEE).chain(&DIGIBEE).chain(&OPTA).chain(&KEY_VAULT);
    for Broken { promise, file, edits, fires: expected } in all {
        let path = format!("policies/examples/{file}");
        let whole = Path::new(env!("CARGO_MANIFEST_DIR")).join(&path);
        let sound = &shipped.iter().find(|(path, _)| *path == whole).unwrap().1;
        sandbox.write(&path, sound);
        assert!(!fires(&sandbox, &path, expected).0, "{file}, {promise}: it fires unbroken");
        let mut text = sound.clone();
        for (from, to) in *edits {
            assert!(text.contains(from), "{file}, {promise}: no `{from}`");
            text = text.replacen(from, to, 1);
        }
        sandbox.write(&path, &text);
        let (fired, said) = fires(&sandbox, &path, expected);
        assert!(fired, "{file}, {promise}: nothing fires\n{said}");
        sandbox.write(&path, sound);
    }
}
